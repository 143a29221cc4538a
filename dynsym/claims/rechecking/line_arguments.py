"""Checkers for arguments about one real number, by Sturm's theorem, and about signs of terms."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean

from dynsym.claims.rechecking.real_arguments import SIGNS_OF, NotReadError, as_relation, integer_fraction
from dynsym.errors import ProofError
from dynsym.kernel import register

__all__: list[str] = []

MAX_HALVINGS = 200

Poly = list[Fraction]
"""Coefficients, lowest first, without zeros at the end."""


@register("line")
def check_line(argument: Mapping[str, Any]) -> str:
    """A formula in one symbol is false at every real number: at all roots of its polynomials, and between them."""
    formula = as_relation(argument["false"])
    name = argument["symbol"]
    table = {atom: _polynomials(atom, name) for atom in formula.atoms(Relational)}
    product: Poly = [Fraction(1)]
    for above, below in table.values():
        for factor in (above, below):
            if len(factor) > 1:
                product = _times(product, _exact(factor, _gcd(factor, product)))
    product = _square_free(product)
    intervals = _isolated(product)
    places: list[tuple[Fraction, Fraction] | Fraction] = [*intervals]
    ends = [end for interval in intervals for end in interval]
    places += [(min(ends) - 1) if ends else Fraction(0), *((max(ends) + 1,) if ends else ())]
    for (_, low), (high, _) in pairwise(intervals):
        places.append((low + high) / 2)
    for place in places:
        signs = {atom: _sign_of_fraction(pair, place, product) for atom, pair in table.items()}
        if _holds(formula, signs):
            raise ProofError(f"{argument['false']} holds at or near {place}.")
    return f"{argument['false']} is false for every {name}"


@register("signs")
def check_signs(argument: Mapping[str, Any]) -> str:
    """Every factor of odd power has terms of one sign, by what its symbols are assumed to be."""
    relation = as_relation(argument["relation"])
    if not isinstance(relation, Relational) or "assumptions" not in argument:
        raise NotReadError("no relation with assumptions is stored")
    above, below, atoms = integer_fraction(relation.lhs - relation.rhs)
    known = [argument["assumptions"].get(str(atom), "real") for atom in atoms]
    sign, strict = 1, True
    for polynomial in (above, below):
        content, factors = polynomial.factor()
        sign *= 1 if int(content) > 0 else -1
        for factor, power in factors:
            own, never_zero = _sign_of_terms(factor, known)
            if own is None and int(power) % 2:
                raise NotReadError(f"the terms of a factor of {argument['relation']} have both signs")
            strict = strict and never_zero and own is not None
            sign *= own if own is not None and int(power) % 2 else 1
    possible = {sign} if strict else {sign, 0}
    if not possible <= SIGNS_OF[relation.rel_op]:
        raise ProofError(f"The signs of all terms do not give {argument['relation']}.")
    return str(argument["relation"])


def _sign_of_terms(factor: Any, known: list[str]) -> tuple[int | None, bool]:
    """The sign that all terms share, and whether one of them cannot vanish."""
    found, never_zero = set(), False
    for powers, coefficient in factor.to_dict().items():
        sign = 1 if int(coefficient) > 0 else -1
        strict = True
        for assumption, power in zip(known, powers, strict=False):
            if not int(power):
                continue
            strict = strict and assumption in {"positive", "negative", "nonzero", "positive_integer"}
            if int(power) % 2:
                if assumption not in {"positive", "nonnegative", "negative", "positive_integer"}:
                    return None, False
                sign *= -1 if assumption == "negative" else 1
        found.add(sign)
        never_zero = never_zero or strict
    return (found.pop(), never_zero) if len(found) == 1 else (None, False)


# ---- polynomials in one variable


def _polynomials(atom: Relational, name: str) -> tuple[Poly, Poly]:
    above, below, atoms = integer_fraction(atom.lhs - atom.rhs)
    if [str(a) for a in atoms] not in ([], [name]):
        raise NotReadError(f"{atom} is no fraction in {name} alone")
    return _coefficients(above), _coefficients(below)


def _coefficients(polynomial: Any) -> Poly:
    table = {int(powers[0]): Fraction(int(value)) for powers, value in polynomial.to_dict().items()}
    return [table.get(k, Fraction(0)) for k in range(max(table, default=-1) + 1)]


def _at(polynomial: Poly, x: Fraction) -> Fraction:
    total = Fraction(0)
    for c in reversed(polynomial):
        total = total * x + c
    return total


def _times(a: Poly, b: Poly) -> Poly:
    found = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            found[i + j] += x * y
    return found


def _divided(a: Poly, b: Poly) -> tuple[Poly, Poly]:
    quotient, rest = [Fraction(0)] * max(len(a) - len(b) + 1, 0), list(a)
    while len(rest) >= len(b) and rest:
        factor, shift = rest[-1] / b[-1], len(rest) - len(b)
        quotient[shift] = factor
        rest = [c - factor * b[k - shift] if k >= shift else c for k, c in enumerate(rest)]
        while rest and rest[-1] == 0:
            rest.pop()
    return quotient, rest


def _exact(a: Poly, b: Poly) -> Poly:
    return _divided(a, b)[0]


def _gcd(a: Poly, b: Poly) -> Poly:
    while b:
        a, b = b, _divided(a, b)[1]
    return [c / a[-1] for c in a]


def _slope(a: Poly) -> Poly:
    return [k * c for k, c in enumerate(a)][1:]


def _square_free(a: Poly) -> Poly:
    return a if len(a) <= 2 else _exact(a, _gcd(a, _slope(a)))


def _chain(a: Poly) -> list[Poly]:
    chain = [a, _slope(a)]
    while chain[-1]:
        chain.append([-c for c in _divided(chain[-2], chain[-1])[1]])
    return chain[:-1]


def _changes(chain: list[Poly], x: Fraction) -> int:
    signs = [value > 0 for value in (_at(p, x) for p in chain) if value != 0]
    return sum(one != other for one, other in pairwise(signs))


def _count(chain: list[Poly], low: Fraction, high: Fraction) -> int:
    """Roots in the half-open interval (low, high]."""
    return _changes(chain, low) - _changes(chain, high)


def _isolated(a: Poly) -> list[tuple[Fraction, Fraction]]:
    """Disjoint half-open intervals, each with one root of a square-free polynomial, ascending."""
    if len(a) <= 1:
        return []
    bound = 1 + max(abs(c / a[-1]) for c in a)
    chain = _chain(a)
    waiting, found = [(-bound, bound)], []
    while waiting:
        low, high = waiting.pop()
        roots = _count(chain, low, high)
        if roots == 1 and high - low < 1:
            found.append((low, high))
        elif roots:
            middle = (low + high) / 2
            waiting += [(low, middle), (middle, high)]
    ordered = sorted(found)
    for _ in range(MAX_HALVINGS):
        if all(a[1] < b[0] for a, b in pairwise(ordered)):
            return ordered
        ordered = [_narrowed(chain, interval) for interval in ordered]
    raise NotReadError("two roots are too close to be told apart")


def _narrowed(chain: list[Poly], interval: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    """The half of an interval that holds its root."""
    low, high = interval
    middle = (low + high) / 2
    return (low, middle) if _count(chain, low, middle) else (middle, high)


def _sign_of_fraction(
    pair: tuple[Poly, Poly], place: tuple[Fraction, Fraction] | Fraction, product: Poly
) -> int | None:
    above, below = (_sign(polynomial, place, product) for polynomial in pair)
    return None if below == 0 else above * below


def _sign(polynomial: Poly, place: tuple[Fraction, Fraction] | Fraction, product: Poly) -> int:
    """The sign at a number, or at the one root of the product in an interval."""
    if not polynomial:
        return 0
    if isinstance(place, Fraction):
        value = _at(polynomial, place)
        return (value > 0) - (value < 0)
    low, high = place
    common = _gcd(polynomial, product)
    if len(common) > 1 and _count(_chain(_square_free(common)), low, high):
        return 0
    chain, own = _chain(product), _chain(_square_free(polynomial)) if len(polynomial) > 1 else None
    while own is not None and (_count(own, low, high) or _at(polynomial, high) == 0):
        low, high = _narrowed(chain, (low, high))
    value = _at(polynomial, high)
    return (value > 0) - (value < 0)


def _holds(formula: Boolean, signs: Mapping[Any, int | None]) -> bool:
    if formula in (sympy.true, sympy.false):
        return bool(formula)
    if isinstance(formula, Relational):
        return signs[formula] in SIGNS_OF[formula.rel_op]
    parts = [_holds(part, signs) for part in formula.args]
    return all(parts) if isinstance(formula, And) else any(parts)
