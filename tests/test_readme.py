"""README is true: its commands are two, its block is what the demo prints, its links lead somewhere."""

import re
from pathlib import Path

import pytest

from dynsym.cli import main

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"

pytestmark = pytest.mark.skipif(not README.exists(), reason="runs in a checkout")


@pytest.fixture(scope="module")
def text():
    return README.read_text(encoding="utf-8")


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def test_two_commands_set_up_a_virtual_environment_each(text):
    demo, tests = [block for block in blocks(text, "sh") if "pip install" in block]
    assert demo.count("\n") == tests.count("\n") == 1
    environments = [re.match(r"python3 -m venv (\S+) && ", command)[1] for command in (demo, tests)]
    assert len(set(environments)) == 2
    assert demo.rstrip().endswith(f"{environments[0]}/bin/dynsym demo")
    assert f"{environments[1]}/bin/python -m pytest" in tests


def test_the_printed_block_is_what_the_demo_prints(text, capsys):
    assert main(["demo", "--quiet"]) == 0
    printed = capsys.readouterr().out
    assert blocks(text, "text")[0].strip() == printed.strip()


def test_twelve_lines_of_python(text):
    (source,) = blocks(text, "python")
    assert len([line for line in source.splitlines() if line.strip()]) <= 12


def test_links_and_pictures_lead_somewhere(text):
    local = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]
    assert local
    assert [link for link in local if not (ROOT / link).exists()] == []


def test_the_trust_table_says_proved_certified_numeric(text):
    assert re.findall(r"^\| \*\*(\w+)\*\* \|", text, flags=re.MULTILINE) == ["proved", "certified", "numeric"]
