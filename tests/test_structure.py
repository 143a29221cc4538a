"""How the files of the package hang together: no circles of imports, no crowded folders."""

import ast
from pathlib import Path

import pytest

import dynsym

PACKAGE = Path(dynsym.__file__).parent
MOST_FILES = 30


def imports_between_files(root):
    """For each file below ``root`` the files that it imports, in functions and for type checking too."""
    files = {path: _module(path, root) for path in root.rglob("*.py")}
    modules = {module: path for path, module in files.items()}
    graph = {}
    for path, module in files.items():
        if path.name == "__init__.py":
            continue
        found = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and not node.level:
                found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
        graph[module] = {name for name in found if name in modules and modules[name].name != "__init__.py"}
    return graph


def _module(path, root):
    return ".".join([root.name, *path.relative_to(root).with_suffix("").parts]).removesuffix(".__init__")


def a_circle(graph):
    """Some files that import each other in a circle, in order; empty where there are none."""
    done = set()

    def walk(module, above):
        if module in above:
            return above[above.index(module) :]
        if module in done:
            return []
        for other in sorted(graph.get(module, ())):
            if circle := walk(other, [*above, module]):
                return circle
        done.add(module)
        return []

    return next((circle for module in sorted(graph) if (circle := walk(module, []))), [])


def test_no_circle_of_imports():
    assert a_circle(imports_between_files(PACKAGE)) == []


@pytest.mark.parametrize(
    "text",
    ["from {0}.b import f", "import {0}.b", "from {0} import b", "def g():\n    from {0}.b import f"],
    ids=["names", "module", "from the folder", "in a function"],
)
def test_the_search_sees_each_circle(tmp_path, text):
    root = tmp_path / "rooms"
    root.mkdir()
    (root / "__init__.py").write_text("")
    (root / "a.py").write_text(text.format("rooms"))
    (root / "b.py").write_text("from rooms.c import h\nf = h\n")
    (root / "c.py").write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from rooms import a\nh = 1\n")
    assert set(a_circle(imports_between_files(root))) == {"rooms.a", "rooms.b", "rooms.c"}


def test_no_folder_is_crowded():
    counts = {str(folder): len(list(folder.glob("*.py"))) for folder in PACKAGE.rglob("*") if folder.is_dir()}
    assert {folder: count for folder, count in counts.items() if count > MOST_FILES} == {}


def private_imports(root):
    """Every import of an underscore name from another file, and of an underscore file from another top folder."""
    floors = {path.stem for path in root.glob("_*")}
    modules = {_module(path, root) for path in root.rglob("*.py")}
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for alias in node.names if isinstance(node, ast.ImportFrom) else ():
                whole = f"{node.module}.{alias.name}"
                file = (whole if whole in modules else node.module or "").split(".")
                across = file[1:2] != _module(path, root).split(".")[1:2]
                private = whole not in modules and alias.name.startswith("_") and not alias.name.startswith("__")
                if file[0] == root.name and (private or (across and any(p[0] == "_" for p in set(file) - floors))):
                    yield f"{path.relative_to(root)}:{node.lineno} {whole}"


def test_what_others_import_is_public():
    assert list(private_imports(PACKAGE)) == []
