"""Residuals without sums as conditions on entries with distinct indices, and deductions between them.

For each set partition of the free indices of a residual, indices in one block are identified and deltas between blocks
dropped: a polynomial in entries. A deduction fixes the signs and masks in all ways; in each, the conclusion is zero, or
one premise excludes the case or is a multiple of the conclusion, up to entries that do not vanish.
"""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq_mpoly

from dynsym.errors import ProofError
from dynsym.kernel.reader import Reader
from dynsym.kernel.registry import register
from dynsym.kernel.terms import Terms, cancelled, open_difference

__all__ = ["Local", "Polynomial", "cases", "instances", "partitions", "settles", "with_values", "without_units"]

Monomial = tuple[tuple[str, tuple[str, ...]], ...]  # sorted entries and scalars, repeated as often as their power
Polynomial = dict[Monomial, Fraction]
Blocks = tuple[tuple[str, ...], ...]
LETTERS = string.ascii_lowercase[8:] + string.ascii_lowercase[:8]


class Local:
    """A residual without sums, to be read at named indices; its slots are named i, j, k, …"""

    def __init__(self, terms: Terms, parts: Mapping[Any, fmpq_mpoly]) -> None:
        if any(place[0] for _, entries in parts for _, places in entries for place in places):
            raise ProofError("The residual contains sums, so its entries are no local conditions.")
        self.terms, self.parts = terms, parts
        free = [label for label in terms.sort_of if isinstance(label, str)]
        self.names = {label: label for label in sorted(free) if not label.startswith("@")}
        letters = (letter for letter in LETTERS if letter not in self.names)
        for label in sorted(set(free) - set(self.names), key=lambda text: int(text[1:])):
            self.names[label] = next(letters)
        self.sorts = {name: terms.sort_of[label] for label, name in self.names.items()}

    def at(self, chosen: Mapping[str, str]) -> Polynomial:
        """The polynomial at named indices; equal names are equal indices, others differ."""
        place = {label: chosen[name] for label, name in self.names.items()}
        tensors = self.terms.reader.tensors
        result: Polynomial = {}
        for (deltas, entries), coefficient in self.parts.items():
            if any(place[a] != place[b] for a, b in deltas):
                continue
            counted: dict[tuple[str, tuple[str, ...]], int] = {}
            for name, places in entries:
                at = tuple(place[slot[2]] for slot in places)
                at = tuple(sorted(at)) if tensors[name]["symmetric"] else at
                counted[name, at] = counted.get((name, at), 0) + 1
            factors: list[tuple[str, tuple[str, ...]]] = []
            for factor, power in counted.items():
                factors += [factor] * {"sign": power % 2, "mask": 1}.get(tensors[factor[0]]["kind"], power)
            for exponents, value in coefficient.to_dict().items():
                scalars = [(self.terms.names[k], ()) for k, e in enumerate(exponents) for _ in range(e)]
                key = tuple(sorted([*factors, *scalars]))
                result[key] = result.get(key, Fraction(0)) + Fraction(int(value.p), int(value.q))
        return {key: value for key, value in result.items() if value}


def partitions(sorts: Mapping[str, str]) -> list[Blocks]:
    """Set partitions of named indices whose blocks hold one sort, coarsest first."""
    found: list[list[tuple[str, list[str]]]] = [[]]
    for name, sort in sorts.items():
        grown = []
        for blocks in found:
            for at, (kind, block) in enumerate(blocks):
                if kind == sort:
                    grown.append([*blocks[:at], (kind, [*block, name]), *blocks[at + 1 :]])
            grown.append([*blocks, (sort, [name])])
        found = grown
    return sorted((tuple(tuple(block) for _, block in blocks) for blocks in found), key=len)


def instances(local: Local, available: Mapping[str, str]) -> Iterator[Polynomial]:
    """All entries of a residual on given names (name -> sort)."""
    choices = [[name for name, sort in available.items() if sort == own] for own in local.sorts.values()]
    for chosen in itertools.product(*choices):
        polynomial = local.at(dict(zip(local.sorts, chosen, strict=True)))
        if polynomial:
            yield polynomial


def with_values(polynomial: Mapping[Any, Fraction], values: Mapping[Any, Fraction]) -> Polynomial:
    """The polynomial with some variables given."""
    result: Polynomial = {}
    for monomial, coefficient in polynomial.items():
        for variable in monomial:
            if variable in values:
                coefficient = coefficient * values[variable]
        rest = tuple(variable for variable in monomial if variable not in values)
        result[rest] = result.get(rest, Fraction(0)) + coefficient
    return {monomial: coefficient for monomial, coefficient in result.items() if coefficient}


def without_units(polynomial: Polynomial, nonzero: frozenset[str]) -> Polynomial:
    """The polynomial divided by the entries that do not vanish and that divide all its terms."""
    monomials = [list(monomial) for monomial in polynomial]
    for variable in [variable for variable in monomials[0] if variable[0] in nonzero]:
        if all(variable in monomial for monomial in monomials):
            for monomial in monomials:
                monomial.remove(variable)
    return dict(zip(map(tuple, monomials), polynomial.values(), strict=True))


def settles(given: Polynomial, goal: Polynomial, nonzero: frozenset[str]) -> bool:
    """Whether one premise alone excludes the case or is a multiple of the goal."""
    if not given:
        return False
    bare, aim = without_units(given, nonzero), without_units(goal, nonzero)
    if bare.keys() == {()}:
        return True
    return bare.keys() == aim.keys() and len({bare[monomial] / aim[monomial] for monomial in bare}) == 1


def cases(
    premises: Sequence[Local],
    conclusion: Local,
    kinds: Mapping[str, str],
    nonzero: frozenset[str],
    least: Mapping[str, int],
    most: int = 14,
) -> Iterator[tuple[Blocks, dict[str, str], dict[Any, Fraction], Polynomial, list[Polynomial]]]:
    """What one premise alone does not settle: pattern, names, values of signs and masks, conclusion, premises."""
    for blocks in partitions(conclusion.sorts):
        pattern = conclusion.at({label: block[0] for block in blocks for label in block})
        if not pattern:
            continue
        available = {block[0]: conclusion.sorts[block[0]] for block in blocks}
        needed = {**dict.fromkeys((sort for local in premises for sort in local.sorts.values()), 1), **least}
        for sort, count in needed.items():
            spare = count - sum(own == sort for own in available.values())
            available |= {f"{sort}{k}": sort for k in range(1, spare + 1)}
        known = _distinct(polynomial for local in premises for polynomial in instances(local, available))
        variables = sorted(
            {v for p in (*known, pattern) for monomial in p for v in monomial if kinds.get(v[0], "free") != "free"}
        )
        if len(variables) > most:
            raise OverflowError(f"{len(variables)} signs and masks occur in one pattern, more than {most}.")
        choices = [(Fraction(1), Fraction(-1) if kinds[name] == "sign" else Fraction(0)) for name, _ in variables]
        for values in itertools.product(*choices):
            fixed = dict(zip(variables, values, strict=True))
            goal = with_values(pattern, fixed)
            if goal and not any(settles(with_values(polynomial, fixed), goal, nonzero) for polynomial in known):
                given = [p for p in (with_values(polynomial, fixed) for polynomial in known) if p]
                yield blocks, available, fixed, goal, given


def _distinct(polynomials: Iterable[Polynomial]) -> list[Polynomial]:
    """Polynomials without multiples of each other."""
    found: dict[frozenset[Any], Polynomial] = {}
    for polynomial in polynomials:
        leading = polynomial[min(polynomial)]
        found.setdefault(frozenset((key, value / leading) for key, value in polynomial.items()), polynomial)
    return sorted(found.values(), key=len)


def _read(part: Mapping[str, Any]) -> Local:
    declarations, node = part["declarations"], part["left"]
    zero = ("times", (("number", "0"), ("ones", Reader(declarations).shape(node))))
    terms, difference = open_difference(declarations, node, zero)
    return Local(terms, cancelled(terms, difference, part["labels"]))


@register("implication")
def check_implication(argument: Mapping[str, Any]) -> str:
    """Check that a residual vanishes wherever others do, for all sizes from the least ones on."""
    premises, conclusion = [_read(part) for part in argument["premises"]], _read(argument["conclusion"])
    kinds = {
        name: tensor["kind"] for local in (*premises, conclusion) for name, tensor in local.terms.reader.tensors.items()
    }
    for _ in cases(premises, conclusion, kinds, frozenset(argument["nonzero"]), argument["least"]):
        raise ProofError("In some case no premise alone settles the conclusion.")
    return "the conclusion vanishes wherever the premises do, for all sizes"
