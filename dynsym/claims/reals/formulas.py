"""Formulas over the reals: normal forms, what symbols are assumed to be, and truth at a point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product

import sympy
from sympy import Expr, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean, Or

from dynsym.arithmetic.balls import ball, precision, sign_of
from dynsym.errors import UnsupportedFeatureError

__all__ = [
    "SIGNS_ALLOWED",
    "Point",
    "assumptions_of",
    "atoms_of",
    "branches",
    "conjuncts",
    "equations_of",
    "negated",
    "normal",
    "solved_hypotheses",
    "symbols_of",
    "truth",
]

Point = Mapping[Symbol, Expr]

MAX_BRANCHES = 256
MAX_MODULI = 6
"""Each modulus doubles the cases; a relation with more of them keeps them."""
BITS = 128

SIGNS_ALLOWED = {"<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {1, 0}, "==": {0}, "!=": {-1, 1}}


def normal(formula: Boolean) -> Boolean:
    """Without not, implies, iff and moduli: and, or, and relations."""
    plain = sympy.to_nnf(formula, simplify=False)
    for relation in atoms_of(plain) if plain.has(sympy.Abs) else ():
        plain = plain.xreplace({relation: _without_moduli(relation)})
    return plain


def _without_moduli(relation: Boolean) -> Boolean:
    """The cases of each modulus, innermost first; both hold where it vanishes."""
    moduli = [m for m in relation.atoms(sympy.Abs) if not m.args[0].has(sympy.Abs)]
    if not moduli or len(relation.atoms(sympy.Abs)) > MAX_MODULI:
        return relation
    modulus = min(moduli, key=sympy.default_sort_key)
    inner = modulus.args[0]
    cases = [
        And(side, relation.xreplace({modulus: value}))
        for side, value in ((sympy.Ge(inner, 0), inner), (sympy.Le(inner, 0), -inner))
    ]
    return Or(*(And(*(_without_moduli(part) for part in conjuncts(case))) for case in cases))


def negated(formula: Boolean) -> Boolean:
    """The normal form of the negation."""
    return normal(sympy.Not(formula))


def conjuncts(formula: Boolean) -> tuple[Boolean, ...]:
    """The parts of a conjunction."""
    if formula == sympy.true:
        return ()
    return tuple(formula.args) if isinstance(formula, And) else (formula,)


def branches(formula: Boolean) -> Iterator[tuple[Boolean, ...]]:
    """Conjunctions of relations of which the disjunction is the (normal) formula; the first `MAX_BRANCHES` of them."""
    yield from islice(_branches(formula), MAX_BRANCHES)


def _branches(formula: Boolean) -> Iterator[tuple[Boolean, ...]]:
    if isinstance(formula, Or):
        for part in sorted(formula.args, key=sympy.default_sort_key):
            yield from _branches(part)
    elif isinstance(formula, And):
        plain = tuple(part for part in formula.args if not isinstance(part, Or))
        split = [part for part in formula.args if isinstance(part, Or)]
        for chosen in product(*([list(_branches(part)) for part in split])):
            yield (*plain, *(atom for branch in chosen for atom in branch))
    elif formula == sympy.true:
        yield ()
    elif formula != sympy.false:
        yield (formula,)


def atoms_of(formula: Boolean) -> tuple[Relational, ...]:
    """The relations in a formula."""
    return tuple(sorted(formula.atoms(Relational), key=sympy.default_sort_key))


def equations_of(relations: tuple[Boolean, ...]) -> tuple[Expr, ...]:
    """Expressions that vanish, from the equations among relations that all hold."""
    found = []
    for relation in relations:
        for part in conjuncts(relation):
            if isinstance(part, sympy.Eq):
                found.append(part.lhs - part.rhs)
    return tuple(found)


def solved_hypotheses(hypotheses: tuple[Boolean, ...]) -> dict[Symbol, Expr]:
    """Symbols that a hypothesis gives as an expression of others, each in terms of symbols that are not given."""
    found: dict[Symbol, Expr] = {}
    for part in (c for h in hypotheses for c in conjuncts(h)):
        if not isinstance(part, sympy.Eq):
            continue
        left, right = part.lhs.xreplace(found), part.rhs.xreplace(found)
        for s, value in ((left, right), (right, left)):
            if isinstance(s, Symbol) and s not in found and s not in value.free_symbols and not s.is_integer:
                found = {name: old.xreplace({s: value}) for name, old in found.items()} | {s: value}
                break
    return found


def symbols_of(*formulas: Boolean | Expr) -> tuple[Symbol, ...]:
    """The free symbols, sorted by name."""
    found = set().union(*(formula.free_symbols for formula in formulas)) if formulas else set()
    return tuple(sorted(found, key=lambda s: (s.name, str(s.assumptions0))))


def assumptions_of(symbols: tuple[Symbol, ...]) -> tuple[Boolean, ...]:
    """What symbols are assumed to be, as relations that sympy does not evaluate away."""
    found: list[Boolean] = []
    for s in symbols:
        if s.is_positive:
            found.append(sympy.Gt(s, 0, evaluate=False))
        elif s.is_negative:
            found.append(sympy.Lt(s, 0, evaluate=False))
        elif s.is_nonnegative:
            found.append(sympy.Ge(s, 0, evaluate=False))
        elif s.is_nonpositive:
            found.append(sympy.Le(s, 0, evaluate=False))
        elif s.is_nonzero:
            found.append(sympy.Ne(s, 0, evaluate=False))
    return tuple(found)


def truth(formula: Boolean, point: Point) -> bool | None:
    """Whether a formula holds at a point, exactly or in ball arithmetic; None where that is open."""
    if formula == sympy.true:
        return True
    if formula == sympy.false:
        return False
    if isinstance(formula, Relational):
        if any(side.xreplace(dict(point)).has(sympy.I) for side in formula.args):
            return None  # outside of the real domain of a side, even where the sides' difference is real
        sign = sign_at(formula.lhs - formula.rhs, point)
        return None if sign is None else sign in SIGNS_ALLOWED[formula.rel_op]
    if isinstance(formula, sympy.Not):
        inner = truth(formula.args[0], point)
        return None if inner is None else not inner
    if isinstance(formula, And | Or):
        wanted = isinstance(formula, Or)
        parts = [truth(part, point) for part in formula.args]
        if wanted in parts:
            return wanted
        return None if None in parts else not wanted
    return truth(normal(formula), point)


def sign_at(expression: Expr, point: Point) -> int | None:
    """The sign of an expression at a point: exact for rational values, certified by balls otherwise."""
    value = expression.xreplace(dict(point))
    if _is_at_inner_pole(expression, point):
        return None
    if value.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo) or value.free_symbols or value.has(sympy.I):
        return None
    if value.is_Rational:
        return int(sympy.sign(value))
    try:
        with precision(BITS):
            sign = sign_of(ball(value, {}))
    except (UnsupportedFeatureError, ValueError, ZeroDivisionError):
        return None
    return 0 if sign is None and _is_zero_number(value) else sign


def _is_at_inner_pole(expression: Expr, point: Point) -> bool:
    """Whether an argument or a denominator is infinite, which sympy drops: 1/(1 + 1/x) is 0 to it at x = 0."""
    inner = {p for e in expression.atoms(sympy.Pow, sympy.Function) for a in e.args for p in a.atoms(sympy.Pow)}
    return any(p.base.xreplace(dict(point)) == 0 for p in inner if p.exp.is_negative)


def _is_zero_number(value: Expr) -> bool:
    """Whether a number made of roots is zero: by expansion, or by division by the polynomial of its one root."""
    if sympy.expand(value) == 0:
        return True
    roots = value.atoms(sympy.CRootOf)
    if len(roots) != 1:
        return False
    (root,) = roots
    x = sympy.Dummy("x")
    polynomial = value.xreplace({root: x})
    if not polynomial.is_polynomial(x) or not all(c.is_Rational for c in sympy.Poly(polynomial, x).all_coeffs()):
        return False
    return bool(sympy.rem(sympy.Poly(polynomial, x), sympy.Poly(root.poly.as_expr(x), x)).is_zero)
