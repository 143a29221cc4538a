"""Stored arguments about identities: a proof for all sizes, a counterexample."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq

from dynsym.errors import ProofError
from dynsym.kernel.interpretation import Interpretation
from dynsym.kernel.reader import UNIT, Reader, formula_digest
from dynsym.kernel.registry import recheck, register
from dynsym.kernel.terms import check_identity

__all__ = ["check_counterexample", "check_digest", "check_index", "check_steps", "interpretation_of", "values_at"]


def check_digest(argument: Mapping[str, Any]) -> None:
    """Refuse an argument whose formulas are not those that it names."""
    if argument["digest"] != formula_digest(argument["declarations"], argument["left"], argument["right"]):
        raise ProofError("The argument's digest is not that of its formulas: it proves another claim.")


@register("index")
def check_index(argument: Mapping[str, Any]) -> str:
    """Check an identity for all sizes from the renamings of its dummies."""
    check_digest(argument)
    check_identity(argument["declarations"], argument["left"], argument["right"], argument["labels"])
    return "left = right for all sizes"


def interpretation_of(argument: Mapping[str, Any]) -> Interpretation:
    """The stored sizes, tables and scalars, checked against the kinds of the tensors."""
    reader = Reader(argument["declarations"])
    tables = {
        name: {tuple(map(int, filter(None, key.split(",")))): Fraction(value) for key, value in table.items()}
        for name, table in argument["tables"].items()
        if name in reader.tensors
    }
    for name, table in tables.items():
        kind = reader.tensors[name]["kind"]
        allowed = {"sign": {Fraction(1), Fraction(-1)}, "mask": {Fraction(0), Fraction(1)}}.get(kind)
        if allowed and not set(table.values()) <= allowed:
            raise ProofError(f"The table of {name} holds values that its kind {kind} does not allow.")
    if min(argument["sizes"].values(), default=1) < 1:
        raise ProofError("Sizes must be at least one.")
    exact = {
        name: {at: fmpq(value.numerator, value.denominator) for at, value in table.items()}
        for name, table in tables.items()
    }
    scalars = {name: Fraction(value) for name, value in argument["scalars"].items()}
    numbers = {name: fmpq(value.numerator, value.denominator) for name, value in scalars.items()}
    found = Interpretation(argument["declarations"], reader, argument["sizes"], numbers, exact)
    for name in reader.reciprocals:
        found.scalar(name)  # outside the domain of the claim this raises, wherever the reciprocal occurs
    return found


def values_at(
    argument: Mapping[str, Any], places: Iterable[Sequence[int]]
) -> dict[tuple[int, ...], tuple[Fraction, Fraction]]:
    """Both sides at the stored sizes and tables, at places: the values of the free indices, then of the slots."""
    numbers, free = interpretation_of(argument), argument["declarations"].get("free", {})
    labels = sorted(free)
    sorts = [free[label] for label in labels]
    sorts += [sort for sort in numbers.reader.shape(argument["left"]) if sort != UNIT]
    found = {}
    for place in map(tuple, places):
        if len(place) != len(sorts) or any(not 0 <= k < numbers.sizes[s] for k, s in zip(place, sorts, strict=True)):
            raise ProofError(f"The place {place} lies outside of the sizes {dict(numbers.sizes)}.")
        env = dict(zip(labels, place, strict=False))
        both = [numbers.value(argument[side], place[len(labels) :], env) for side in ("left", "right")]
        found[place] = (both[0], both[1])
    return found


@register("counterexample")
def check_counterexample(argument: Mapping[str, Any]) -> str:
    """Evaluate both sides by plain loops; they must differ at the stored entry by the stored values."""
    check_digest(argument)
    both = values_at(argument, [argument["at"]])[tuple(argument["at"])]
    if both[0] == both[1] or [str(value) for value in both] != list(argument["values"]):
        raise ProofError("The two sides do not differ as stored.")
    return f"left = {both[0]} and right = {both[1]} at the stored numbers"


@register("steps")
def check_steps(argument: Mapping[str, Any]) -> str:
    """Check several arguments, one after the other."""
    if not argument["steps"]:
        raise ProofError("The argument has no steps.")
    for step in argument["steps"]:
        recheck(step)
    return f"{len(argument['steps'])} steps hold: {argument['establishes']}"


@register("unequal_vanishing")
def check_unequal_vanishing(argument: Mapping[str, Any]) -> str:
    """Check that all premises vanish at the stored numbers and that one entry of the conclusion does not."""
    for premise in argument["premises"]:
        stored = {
            **argument,
            "left": premise["left"],
            "right": ["number", "0"],
            "declarations": premise["declarations"],
        }
        declared, sizes = premise["declarations"], argument["sizes"]
        slots = [sort for sort in Reader(declared).shape(premise["left"]) if sort != UNIT]
        free = [sort for _, sort in sorted(declared.get("free", {}).items())]
        places = itertools.product(*(range(sizes[sort]) for sort in free + slots))
        if any(values[0] for values in values_at(stored, places).values()):
            raise ProofError("A premise does not vanish at the stored numbers.")
    conclusion = {**argument, **argument["conclusion"], "right": ["number", "0"]}
    value = values_at(conclusion, [argument["at"]])[tuple(argument["at"])][0]
    if value == 0 or str(value) != argument["value"]:
        raise ProofError("The conclusion vanishes at the stored numbers, or has another value.")
    return f"the premises vanish and the conclusion is {value}"
