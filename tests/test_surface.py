"""The surface: how many names the top level has, what editors and type checkers see of it, one order of arguments."""

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import dynsym

FOLDERS = sorted(set(dir(dynsym)) - set(dynsym.__all__))
USER = """
import dynsym as ds

system = ds.build_system(ds.load_network("pyloric"), node=ds.LeakyRate(ds.Tanh()), gain="g")
found = ds.find_conditions(system, parameter="g", at=0)
count = ds.count_equilibria(system, values={"g": 2.5}, budget=ds.Budget(seconds=10))
diagram = ds.bifurcation_diagram(ds.compile_system(system), parameter="g", span=(0, 3), conditions=found)
axes = ds.plot.bifurcation(diagram, state="LP")
reveal_type(found)
reveal_type(count)
reveal_type(diagram)
reveal_type(ds.verify("ninou2025.eq12"))
ds.find_conditions(system, paramter="g")
ds.find_condition(system, parameter="g")
ds.count_equilibria(system, {"g": 2.5})
ds.plot.bifurcations
ds.derive.hopf_sums
"""


ORDER = ("parameter", "parameters", "span", "values", "at", "free", "rng", "budget", "progress")
"""What many verbs take, in this order, by name only."""


def verbs():
    """The public functions about a system or a claim."""
    for folder in ("model", "derive", "compute", "claims", "cli"):
        module = importlib.import_module(f"dynsym.{folder}")
        for function in (getattr(module, name) for name in module.__all__):
            if inspect.isfunction(function) and {"system", "claim", "claims"} & set(
                inspect.signature(function).parameters
            ):
                yield function


@pytest.mark.parametrize("verb", list(verbs()), ids=lambda verb: verb.__name__)
def test_verbs_share_one_order_of_arguments(verb):
    parameters = inspect.signature(verb).parameters
    shared = [name for name in parameters if name in ORDER]
    assert shared == sorted(shared, key=ORDER.index)
    assert all(parameters[name].kind is inspect.Parameter.KEYWORD_ONLY for name in shared)
    assert not {"f", "seed", "seconds"} & set(parameters)
    if "at" in parameters:
        assert parameters["at"].default in {None, inspect.Parameter.empty}


def test_the_top_level_is_short_and_every_name_exists():
    assert len(set(dynsym.__all__)) == len(dynsym.__all__) <= 130
    assert all(getattr(dynsym, name) is not None for name in dir(dynsym))


def test_the_top_level_shows_its_folders():
    assert {"claims", "compute", "derive", "errors", "io", "model", "network", "plot", "results"} <= set(FOLDERS)


def test_a_name_of_the_top_level_is_a_public_name_of_a_folder():
    folders = [importlib.import_module(f"dynsym.{folder}") for folder in FOLDERS]
    public = {name for folder in folders for name in getattr(folder, "__all__", ())}
    assert set(dynsym.__all__) - {"__version__"} <= public


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="find_condition"):
        _ = dynsym.find_condition


def test_the_package_says_that_it_is_typed():
    assert (Path(dynsym.__file__).parent / "py.typed").exists()


def test_a_type_checker_knows_what_comes_back_and_sees_what_is_misspelt(tmp_path):
    file = tmp_path / "user.py"
    file.write_text(USER, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--ignore-missing-imports", str(file)]
    root = Path(dynsym.__file__).parent.parent
    answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    said = [line.split(": ", 1)[1] for line in answer.stdout.splitlines() if "user.py:" in line]
    notes = [line for line in said if "Revealed type" in line]
    nouns = [line.rsplit(".", 1)[-1].rstrip('"') for line in notes]
    assert nouns == ["Conditions", "EquilibriumCount", "Diagram", "Verdict"]
    assert [line.removeprefix("error: ").split(";")[0].split("  [")[0] for line in said if "error: " in line] == [
        'Unexpected keyword argument "paramter" for "find_conditions"',
        'Module has no attribute "find_condition"',
        'Too many positional arguments for "count_equilibria"',
        'Module has no attribute "bifurcations"',
        'Module has no attribute "hopf_sums"',
    ]
