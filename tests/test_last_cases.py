"""No case analysis over kinds of expressions, goals or activations ends silently: the last case raises `Unhandled`.

What is walked: `derive`, `compute/counting`, `claims`. Found are a `return` of nothing, `continue` or `pass` after
cases that ask for a kind; an `else` or `case _` like that; a chain of such cases without an `else`; and
``… if isinstance(…) else None``. Exceptions stand here with a reason each; the list can only shrink.
"""

import ast
import functools
import itertools
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[1] / "dynsym"
ROOMS = ("derive", "compute/counting", "claims")
KINDS = {
    f"is_{kind}"
    for kind in [
        "Add",
        "Mul",
        "Pow",
        "Function",
        "Symbol",
        "Atom",
        "Piecewise",
        "MatAdd",
        "MatMul",
        "Number",
        "Integer",
    ]
}
NOTHING = {"None", "0", "()", "[]", "{}", "False", "S.Zero", "sympy.S.Zero", "set()", "''"}
NO_KINDS = {"Mapping", "dict", "tuple", "list", "str", "int"}

EXCEPTIONS = {
    "claims/files/goal_tables.py goal_of": "the region of a goal of a claim file; goals that bring their own have none",
    "claims/goals/_base.py read": "a field of a goal without a reader is a text, which was taken before",
    "claims/goals/_base.py _leaves": "what is no goal and no collection of goals is a leaf",
    "claims/proving/repairs.py _hypotheses": "suggested corrections, each of which is proved before it is shown",
    "claims/proving/repairs.py corrected_goal": "no correction was found, and none is claimed",
    "claims/provers/algebra.py right_side": "every entry of a matrix is taken, then the scalar",
    "claims/provers/logic.py under_the_premise": "None is how a prover says that the goal is not for it",
    "claims/reals/decision.py _by_algebra": "False: this way does not decide, and the next is tried",
    "claims/reals/formulas.py _branches": "the rest, but false, is a relation",
    "claims/reals/solvers.py _known": "no facts about a generator are known: fewer hypotheses, so less is proved",
    "derive/conditions/inside.py inside_of": "needs an exponential of its own; others are left as they are",
    "derive/copies/whole_network.py random_values": "every symbol gets a value; integers and positive ones their kind",
    "derive/equilibria/solving.py _solved": "every outcome is named; a known family adds nothing",
    "derive/two_parameters/points.py plain": "a fraction of exponentials is joined, others are left as they are",
}


def asks_for_a_kind(test):
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "type"):
            named = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
            if node.func.id == "type" or not named & NO_KINDS:
                return True
        if isinstance(node, ast.Attribute) and node.attr in KINDS:
            return True
    return False


def is_nothing(value):
    return value is None or ast.unparse(value) in NOTHING


def is_silent(statement):
    if isinstance(statement, ast.Return):
        return is_nothing(statement.value)
    return isinstance(statement, ast.Continue | ast.Pass)


def leaves(body):
    return isinstance(body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def branches(statement):
    while True:
        yield statement
        if len(statement.orelse) != 1 or not isinstance(statement.orelse[0], ast.If):
            return
        statement = statement.orelse[0]


def silent_endings(tree):
    """(function, line) of every silent last case."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        later = {part for node in ast.walk(function) if isinstance(node, ast.If) for part in [*branches(node)][1:]}
        for node in ast.walk(function):
            if isinstance(node, ast.IfExp) and asks_for_a_kind(node.test) and is_nothing(node.orelse):
                yield function.name, node.lineno
            is_any = isinstance(node, ast.match_case) and isinstance(node.pattern, ast.MatchAs)
            if is_any and node.pattern.pattern is None and is_silent(node.body[-1]):
                yield function.name, node.body[-1].lineno
            for block in (getattr(node, part, None) for part in ("body", "orelse")):
                if isinstance(block, list):
                    yield from ((function.name, line) for line in in_block(block, later))


def in_block(block, later):
    cases = [s for s in block if isinstance(s, ast.If) and any(asks_for_a_kind(part.test) for part in branches(s))]
    leaving = [s for s in cases if any(leaves(part.body) and asks_for_a_kind(part.test) for part in branches(s))]
    if leaving and is_silent(block[-1]):
        yield block[-1].lineno
    for case in set(cases) - later:
        parts = list(branches(case))
        if parts[-1].orelse:
            if is_silent(parts[-1].orelse[-1]):
                yield parts[-1].orelse[-1].lineno
        elif sum(asks_for_a_kind(part.test) for part in parts) > 1 and (
            case is block[-1] or not all(leaves(part.body) for part in parts)
        ):
            yield case.lineno


@functools.cache
def found_in_sources():
    paths = itertools.chain.from_iterable(sorted((SOURCES / room).glob("**/*.py")) for room in ROOMS)
    return {
        f"{path.relative_to(SOURCES).as_posix()} {name}": line
        for path in paths
        for name, line in silent_endings(ast.parse(path.read_text(encoding="utf-8")))
    }


def test_no_case_analysis_ends_silently():
    new = {place: line for place, line in found_in_sources().items() if place not in EXCEPTIONS}
    assert not new, "end these with `raise Unhandled(…)`, or list them with a reason"


def test_the_list_of_exceptions_only_shrinks():
    assert not EXCEPTIONS.keys() - found_in_sources().keys()
    assert len(EXCEPTIONS) <= 14


PLANTED = """
    if e.is_Add:
        return 1
    return {nothing}
---
    if isinstance(e, Jet):
        return 1
    elif e.is_Mul:
        return 2
    else:
        {leave}
---
    for part in e.args:
        if part.is_Pow:
            total += 1
            continue
        {leave}
---
    match e:
        case Add():
            return 1
        case _:
            {leave}
---
    for part in e.args:
        if part.is_Pow:
            total += 1
        elif isinstance(part, Function):
            total += 2
    return total
---
    return e.args if type(e) in HEADS else {nothing}
"""


@pytest.mark.parametrize("body", PLANTED.split("---"))
@pytest.mark.parametrize("nothing", sorted(NOTHING - {"''"}))
def test_planted_endings_are_caught(body, nothing):
    for leave in ("pass", f"return {nothing}"):
        source = "def f(e):\n    total = 0" + body.format(nothing=nothing, leave=leave)
        assert list(silent_endings(ast.parse(source)))


def test_an_ending_that_raises_is_none():
    source = "def f(e):\n    if e.is_Add:\n        return 1\n    raise Unhandled(type(e).__name__, 'no rule')\n"
    assert not list(silent_endings(ast.parse(source)))
