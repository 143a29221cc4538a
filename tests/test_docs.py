"""The documentation runs: every block of Python and every command line of every page, with what it is said to print.

A page is read from top to bottom. A fence whose first line is ``# some.toml`` (or another file name) becomes a file; a
``python`` fence runs in the namespace of its page; a ``console`` fence runs the commands after ``$``. What a ``text``
fence right after a ``python`` fence says must be what that code prints, the value of its last line included. An
ellipsis ``...`` stands for anything.
"""

import ast
import contextlib
import doctest
import io
import re
import runpy
import shlex
from pathlib import Path

import pytest

from dynsym.cli import main

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\S+)\n(.*?)^```$(\n*)", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"# ([\w-]+\.(?:toml|csv))\n")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

pytestmark = pytest.mark.skipif(not (ROOT / "docs").exists(), reason="runs in a checkout")


def fences(text):
    """The fences of a page as (language, content, whether the next fence follows at once)."""
    found = []
    for match in FENCE.finditer(text):
        follows = text[match.end() :].startswith("```text")
        found.append((match[1], match[2], follows))
    return found


def run_python(source, namespace):
    """What a block of Python prints, its last line's value included."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<page>", "exec"), namespace)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "<page>", "eval"), namespace)
            if value is not None:
                print(repr(value))
    return printed.getvalue()


def run_console(content):
    """The commands of a console block, each with what it prints and what it is said to print."""
    for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        while command.endswith("\\"):
            more, _, expected = expected.partition("\n")
            command = command[:-1] + more
        words = shlex.split(command, comments=True)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            code = main([*words[1:], "--quiet"])
        yield command, code, printed.getvalue(), expected


def assert_printed(printed, expected, source):
    checker = doctest.OutputChecker()
    if not checker.check_output(expected.rstrip("\n") + "\n", printed.rstrip("\n") + "\n", FLAGS):
        pytest.fail(f"This block\n\n{source}\nprints\n\n{printed}\nand the page says\n\n{expected}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_runs_and_prints_what_it_says(page, tmp_path, monkeypatch):
    import matplotlib.pyplot as plt

    monkeypatch.chdir(tmp_path)
    namespace = {}
    printed = None
    for language, content, follows in fences(page.read_text(encoding="utf-8")):
        if name := FILE_NAME.match(content):
            Path(name[1]).write_text(content, encoding="utf-8")
        if language == "python":
            source, printed = content, run_python(content, namespace)
        elif language == "text" and printed is not None:
            assert_printed(printed, content, source)
        elif language == "console":
            for command, _, output, expected in run_console(content):
                if command.startswith("dynsym"):
                    assert_printed(output, expected, command)
        if not follows:
            printed = None
    plt.close("all")


def test_a_wrong_output_is_seen():
    with pytest.raises(pytest.fail.Exception):
        assert_printed(run_python("1 + 1", {}), "3\n", "1 + 1")


def test_every_page_is_in_the_table_of_contents():
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert [page.stem for page in PAGES[1:] if page.stem != "index" and page.stem not in index.split()] == []


def test_every_picture_is_there_and_made_by_the_script():
    used = {name for page in PAGES for name in re.findall(r"_static/(\w+)\.png", page.read_text(encoding="utf-8"))}
    there = {path.stem for path in (ROOT / "docs" / "_static").glob("*.png")}
    script = (ROOT / "docs" / "pictures.py").read_text(encoding="utf-8")
    assert used == there == set(re.findall(r'save\(figure, "(\w+)"\)', script))


@pytest.mark.slow
def test_the_pictures_can_be_made(tmp_path):
    module = runpy.run_path(str(ROOT / "docs" / "pictures.py"))
    module["save"].__globals__["FOLDER"] = tmp_path
    for picture in module["PICTURES"]:
        picture()
    assert len(list(tmp_path.glob("*.png"))) == len(module["PICTURES"])


def test_the_picture_of_the_floors_is_up_to_date():
    drawing = runpy.run_path(str(ROOT / "docs" / "architecture_picture.py"))
    stored = drawing["PICTURE"].read_text(encoding="utf-8")
    assert drawing["picture"]() == stored, "run python docs/architecture_picture.py"
    floors = drawing["floors"]()
    assert all(floors.index(other) > floors.index(floor) for floor in floors for other in drawing["imported_by"](floor))
