"""The kernel imports flint, the standard library, the error classes and itself, nothing else."""

import ast
import sys
from pathlib import Path

import pytest

import dynsym.kernel

ALLOWED = {*sys.stdlib_module_names, "flint"}
FILES = sorted(Path(dynsym.kernel.__file__).parent.rglob("*.py"))


def strangers(source):
    """The modules that a text of the kernel may not import, imports within functions included."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append("." * node.level + (node.module or ""))
    own = ("dynsym.errors", "dynsym.kernel")
    return [name for name in found if name.split(".")[0] not in ALLOWED and not name.startswith(own)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_kernel_stands_alone(path):
    assert strangers(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np",
        "def f():\n    from sympy import S",
        "from dynsym.tensors import trace",
        "from dynsym import errors",
        "from . import terms",
    ],
)
def test_a_planted_import_is_seen(source):
    assert strangers(source)
