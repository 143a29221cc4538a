"""Rules that hold for every file of the package: no evaluators, cheap import, short files, documented public names."""

import ast
import doctest
import enum
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sympy

import dynsym

PACKAGE = Path(dynsym.__file__).parent
ROOT = Path(__file__).parent.parent
MODULES = sorted(
    module.name for module in pkgutil.walk_packages(dynsym.__path__, "dynsym.") if "__main__" not in module.name
)
FOLDERS = sorted(
    module.name
    for module in pkgutil.walk_packages(dynsym.__path__, "dynsym.")
    if module.ispkg and "._" not in module.name
)

BANNED_NAMES = {"sympify", "parse_expr", "eval", "exec", "compile", "execfile", "__import__"}
BANNED_ATTRIBUTES = {"sympify", "parse_expr", "popen"}
BANNED_MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "yaml", "code"}
TEXT_TO_EXPRESSION = {
    "S",
    "lambdify",
    "subs",
    "diff",
    "Poly",
    "solve",
    "Matrix",
    "symbols_from",
    "implemented_function",
}


def _is_text(node):
    """Whether a node is text, or a list with text in it."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return any(_is_text(part) for part in node.elts)
    if isinstance(node, ast.Dict):
        return any(_is_text(part) for part in [*node.keys, *node.values] if part is not None)
    text_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str"
    return (
        text_call or isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    )


def evaluators(source):
    """The places of a source text where text could be evaluated or objects unpickled."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = set()
        if isinstance(node, ast.Import):
            names = {alias.name.split(".")[0] for alias in node.names} & BANNED_MODULES
        elif isinstance(node, ast.ImportFrom):
            imported = {alias.name for alias in node.names}
            names = ({(node.module or "").split(".")[0]} & BANNED_MODULES) | (
                imported & (BANNED_NAMES | BANNED_MODULES)
            )
        elif isinstance(node, ast.Name):
            names = {node.id} & BANNED_NAMES
        elif isinstance(node, ast.Attribute):
            shell = node.attr == "system" and isinstance(node.value, ast.Name) and node.value.id == "os"
            names = {"os.system"} if shell else {node.attr} & BANNED_ATTRIBUTES
        elif isinstance(node, ast.keyword):
            names = {node.arg} & {"allow_pickle"}
        elif isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            positional = [argument for argument in node.args if _is_text(argument)]
            if called == "lambdify":
                positional = [argument for argument in node.args[:2] if _is_text(argument)]
            if called in TEXT_TO_EXPRESSION and positional:
                names = {f"{called} of text"}
        found += [f"line {node.lineno}: {name}" for name in sorted(names)]
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_text_reaches_an_evaluator(path):
    assert evaluators(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "from sympy import sympify",
        "import sympy\nsympy.sympify(text)",
        "from sympy.parsing.sympy_parser import parse_expr",
        "eval(text)",
        "run = exec",
        "import pickle",
        "from joblib import load",
        "import yaml",
        "np.load(file, allow_pickle=True)",
        "sympy.S('x + 1')",
        "sympy.S(str(value))",
        "lambdify(['x'], expression)",
        "lambdify(x, f'{name} + 1')",
        "expression.subs('x', 0)",
        "os.system(text)",
    ],
)
def test_the_ban_sees_each_evaluator(source):
    assert evaluators(source)


def test_the_import_is_light():
    heavy = ["matplotlib", "xarray", "scipy", "networkx", "rich", "tqdm", "h5py", "flint"]
    script = f"import sys, dynsym; print([name for name in {heavy!r} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert answer.stdout.strip() == "[]"


@pytest.mark.slow
def test_the_import_costs_little_more_than_that_of_sympy_and_numpy():
    def fastest(statement):
        script = f"import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"
        runs = [
            subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
            for _ in range(5)
        ]
        return min(float(run.stdout) for run in runs)

    assert fastest("import dynsym") <= 1.3 * fastest("import sympy, numpy")


@pytest.mark.parametrize("folder", ["dynsym", "tests"])
def test_files_are_short(folder):
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / folder).rglob("*.py")
        if not {"data", "__pycache__"} & set(path.parts)
    }
    assert {path: length for path, length in lengths.items() if length > 400} == {}


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_bears_the_name_of_a_public_function(folder):
    module = importlib.import_module(folder)
    files = {Path(name.replace(".", "/")).name for name in MODULES if name.startswith(f"{folder}.")}
    functions = {name for name in getattr(module, "__all__", ()) if inspect.isfunction(getattr(module, name))}
    assert files & functions == set()


def _missing_sections(value):
    """What the docstring of a public function or class lacks."""
    text = inspect.getdoc(value) or ""
    makes_none = inspect.isabstract(value) or (inspect.isclass(value) and issubclass(value, enum.Enum))
    parameters = [] if makes_none else list(inspect.signature(value).parameters)
    needed = ["Examples", *(["Parameters"] if parameters else [])]
    if inspect.isfunction(value) and inspect.signature(value).return_annotation not in {"None", None}:
        needed.append("Returns")
    return [section for section in needed if f"{section}\n{'-' * len(section)}" not in text]


@pytest.mark.parametrize("folder", FOLDERS)
def test_public_names_are_documented(folder):
    module = importlib.import_module(folder)
    lacking = {}
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        if inspect.isfunction(value) or (inspect.isclass(value) and not issubclass(value, Exception)):
            lacking[name] = _missing_sections(value)
    assert {name: sections for name, sections in lacking.items() if sections} == {}


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings(name):
    module = importlib.import_module(name)
    outcome = doctest.testmod(
        module,
        extraglobs={"ds": dynsym, "np": np, "sympy": sympy},
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS,
    )
    assert outcome.failed == 0


def test_the_layers_hold():
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("runs in a checkout")
    answer = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert answer.returncode == 0, answer.stdout[-2000:]
