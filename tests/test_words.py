"""One word is one thing, and sentences for people steer nothing."""

import ast
from pathlib import Path

import dynsym

PACKAGE = Path(dynsym.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

PROSE_NAMES = {
    "notes",
    "note",
    "reason",
    "text",
    "normalisation",
    "reductions",
    "method",
    "scope",
    "assumptions",
    "argument",
    "words",
    "said",
    "why",
}
SEARCHES = {"startswith", "endswith", "find", "index", "fullmatch", "match", "search"}
PROSE_ALLOWED = {
    "dynsym/model/files/document.py": "sorts the messages of tomllib, which has no other sign of what is wrong",
    "dynsym/tensors/corrections.py": "the two ways of writing a characteristic polynomial, an option of a goal",
    "dynsym/tensors/determinants/formulas.py": "the same option",
}


def _prose_in_module(tree):
    """Names of module constants that hold sentences."""
    made = [(node.targets, node.value) for node in tree.body if isinstance(node, ast.Assign)]
    return {t.id for targets, value in made if _is_prose(value, set()) for t in targets if isinstance(t, ast.Name)}


def _is_prose(node, constants):
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and " " in node.value.strip()
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(_is_prose(part, constants) for part in node.elts)
    return isinstance(node, ast.Name) and node.id in constants


def prose_compared(source):
    """Lines that compare or search a sentence: with one, or in what is named as one."""
    tree = ast.parse(source)
    constants = _prose_in_module(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
            names = [part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "") for part in parts[1:]]
            search = any(isinstance(op, ast.In | ast.NotIn) for op in node.ops) and names[-1] in PROSE_NAMES
            by_text = search and isinstance(node.left, ast.JoinedStr)
            if by_text or any(_is_prose(part, constants) for part in parts):
                found.append(node.lineno)
        elif isinstance(node, ast.Call) and any(_is_prose(argument, constants) for argument in node.args):
            found += [node.lineno] if getattr(node.func, "attr", "") in SEARCHES else []
    return found


def test_sentences_are_not_compared():
    found = {_place(path): prose_compared(path.read_text()) for path in FILES}
    assert {name for name, lines in found.items() if lines} == set(PROSE_ALLOWED), found


def _place(path):
    return str(path.relative_to(PACKAGE.parent))


def test_the_scan_finds_sentences_that_are_compared():
    source = 'A = "the pitchfork is degenerate"\nif A in notes: pass\nif text.endswith("v positive"): pass\n'
    assert prose_compared(source) == [2, 3]


def test_one_word_is_one_class():
    """No two public classes of the package share a name."""
    homes = {}
    for path in FILES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(_place(path))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}
