"""What public functions are not made for is refused in words: each argument is given each wrong kind of value."""

import importlib
import inspect
import itertools
import pickle

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.errors import DynsymError, ParameterError

FOLDERS = ("claims", "cli", "compute", "derive", "io", "learning", "model", "network", "plot", "results", "tensors")
FUNCTIONS = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module in map(importlib.import_module, ["dynsym.network.motifs", *(f"dynsym.{folder}" for folder in FOLDERS)])
    for name in module.__all__
    if inspect.isfunction(getattr(module, name)) and name != "main"
}
PAIR = ds.build_system(ds.motifs.ei_pair(), node=ds.LeakyRate(ds.Tanh()))
NAN = float("nan")


class Strange:
    """Of no use to anybody."""

    def __repr__(self):
        return "Strange()"


WRONG = {
    "Any": [],
    "object": [],
    "Mapping": ["text", 3, [1, 2], Strange(), {1: 2}],
    "tuple": ["text", 3, (1,), (1, 2, 3), {"a": 1}, Strange()],
    "int": ["3", 2.5, -3, NAN, [1], True, Strange()],
    "float": ["3", NAN, [1], sympy.Symbol("x"), Strange()],
    "str": [3, 2.5, ["text"], {"a": 1}, Strange()],
    "bool": ["yes", 1, Strange()],
    "Sequence": ["text", 3, Strange()],
    "Iterable": ["text", 3, Strange()],
    "Callable": ["text", 3, {"a": 1}, Strange()],
    "class": ["text", 3, -2.5, [1], {"a": 1}, (0, 1), Strange(), NAN],
}
"""Values that are not of a kind; of a union those are tried that are of none of its kinds."""


def wrong_values(annotation):
    """Values that an annotation, as it is written, does not admit."""
    kinds = [part.strip().partition("[") for part in outer_parts(annotation) if part.strip() != "None"]
    if any(head in {"Any", "object", "At", "Span", "Start", "Names", "Subject"} for head, _, _ in kinds):
        return []
    lists = [[repr(v) for v in WRONG.get(head, WRONG["class"])] for head, _, _ in kinds]
    every = {repr(v): v for v in itertools.chain(*(WRONG.get(head, WRONG["class"]) for head, _, _ in kinds))}
    return [value for shown, value in every.items() if all(shown in values for values in lists)]


def outer_parts(annotation):
    """The parts of a union, without cutting what stands in brackets."""
    depth, part = 0, ""
    for letter in annotation:
        depth += {"[": 1, "]": -1}.get(letter, 0)
        if letter == "|" and not depth:
            yield part
            part = ""
        else:
            part += letter
    yield part


def cases():
    for name, function in FUNCTIONS.items():
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind not in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
                for value in wrong_values(str(parameter.annotation)):
                    yield pytest.param(function, parameter.name, value, id=f"{name}-{parameter.name}-{value!r}")


RIGHT = {"At": 0, "Start": 0, "Subject": "w", "str": "w", "int": 3, "float": 0.5, "Any": 0, "Callable": len}
RIGHT |= {"Mapping": {}, "Sequence": [], "Iterable": []}


def right_value(annotation):
    """A value that a required argument may have; a class is known by its name."""
    head, _, rest = next(outer_parts(annotation)).strip().partition("[")
    if head == "tuple":
        return tuple(right_value(part) for part in rest.rstrip("]").split(", ") if part != "...")
    return RIGHT[head] if head in RIGHT else type(head.split(".")[-1], (), {})()


@pytest.mark.parametrize(("function", "name", "value"), list(cases()))
def test_a_wrong_kind_of_value_is_refused_in_three_parts(function, name, value):
    many = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    required = [
        p for p in inspect.signature(function).parameters.values() if p.default is p.empty and p.kind not in many
    ]
    given = {p.name: right_value(str(p.annotation)) for p in required} | {name: value}
    with pytest.raises(ParameterError) as caught:
        function(**given)
    for part in (f"{function.__name__} was given {name}=", "It needs ", "Try "):
        assert part in str(caught.value)


USUAL = {"parameter": "w_EE", "parameters": ("w_EE", "w_EI"), "span": (0, 3), "at": 0, "start": 0, "degree": 1}
USUAL["box"] = {"E": (-1, 1), "I": (-1, 1)}
CONTENTS = {
    "values": [{"w_EE": Strange()}, {"w_EE": NAN}, {"w_EE": "1 +"}, {"nobody": 1}, {"w_EE": [1, 2]}, {"w_EE": 1j}],
    "at": [3, "text", Strange(), NAN, {"E": Strange()}, {"nobody": 1}, [0, 0], {"E": NAN}],
    "span": [(1, 0), (Strange(), 1), ("a + b", 1), (NAN, 1), (1j, 2), (None, 1)],
    "free": [["nobody"], [Strange()], 3],
    "parameter": ["nobody", "E", "", "w_EE + 1"],
    "start": [NAN, "text", Strange(), [1, 2, 3], {"nobody": 1}, {"E": NAN}, {"E": "text"}, [NAN, 0]],
    "box": [{"E": (1, 0)}, {"E": 3}, {"nobody": (0, 1)}, {"E": (0, NAN)}, {"E": ("a", "b")}],
}
VERBS = {n: f for n, f in FUNCTIONS.items() if set(inspect.signature(f).parameters) >= {"system"}}


@pytest.mark.parametrize(
    ("verb", "name", "value"),
    [
        pytest.param(verb, name, value, id=f"{verb.__name__}-{name}-{value!r}")
        for verb in VERBS.values()
        for name in inspect.signature(verb).parameters
        for value in CONTENTS.get(name, ())
        if not {p.name for p in inspect.signature(verb).parameters.values() if p.default is p.empty}
        - {"system", *USUAL, name}
    ],
)
def test_a_wrong_content_is_refused(verb, name, value):
    required = [p.name for p in inspect.signature(verb).parameters.values() if p.default is p.empty]
    given = {n: USUAL[n] for n in required if n != "system"} | {name: value}
    with pytest.raises(DynsymError):
        verb(PAIR.with_values(**dict.fromkeys(PAIR.parameters, 1)), **given)


def test_the_border_lets_numbers_of_all_kinds_pass():
    for span in ([0, 3], np.array([0.0, 3.0]), (sympy.Integer(0), sympy.Rational(5, 2))):
        assert ds.find_conditions(PAIR, parameter="w_EE", at=0, span=span) is not None
    assert ds.motifs.ring(np.int64(3)).size == 3


def test_functions_behind_the_border_are_still_themselves():
    assert pickle.loads(pickle.dumps(ds.find_conditions)) is ds.find_conditions
    assert list(inspect.signature(ds.certify).parameters) == ["system", "start", "values"]
    with pytest.raises(TypeError, match="paramter"):
        ds.find_conditions(PAIR, paramter="w_EE")
