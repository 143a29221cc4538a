"""Where a field is defined and smooth enough that a vanishing curl, or a potential, says what it seems to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import Jet
from dynsym._expressions.registry import NAMES
from dynsym.algebra.field import Field, field_over, root_relations
from dynsym.algebra.ring import Ring, factored, generators_of
from dynsym.algebra.signs import never_vanishes, sign_of_element
from dynsym.algebra.tidy import tidied
from dynsym.arithmetic.balls import ball, precision, rational_ball, sign_of
from dynsym.arithmetic.sampling import Sampler
from dynsym.errors import DynsymError
from dynsym.functions.smoothness import NOWHERE, Break, breaks

__all__ = [
    "breaks_at",
    "has_one_sign",
    "is_identity",
    "is_nonzero_somewhere",
    "is_positive",
    "jump_of",
    "possible_hole",
    "without_further_breaks",
]

BITS, POINTS = 256, 12
CIRCULAR = (sympy.sin, sympy.cos, sympy.tan)
EXPONENTIAL = (sympy.sinh, sympy.cosh, sympy.tanh, sympy.coth, sympy.exp, NAMES["logistic"].head)


def jump_of(rates: Iterable[Expr]) -> Expr | None:
    """A part of a field with a jump, across which a vanishing curl says nothing; or None."""
    return next((b.part for rate in rates for b in breaks(rate) if NOWHERE < b.order < 0), None)


def breaks_at(rates: Iterable[Expr], states: Iterable[Symbol]) -> Iterator[tuple[Break, Expr]]:
    """Breaks of a field, each with the factors of its place that are not known to stay away from zero."""
    moving = set(states)
    for b in (b for rate in rates for b in breaks(rate) if b.at.free_symbols & moving and not is_positive(b.at)):
        yield from ((b, f) for f in _factors(b.at) if f.free_symbols & moving and not _never_zero(f, moving))


def possible_hole(rates: Iterable[Expr], states: Iterable[Symbol]) -> Expr | None:
    """An expression whose zeros the field leaves out, and which may leave a domain that is not simply connected.

    Poles in one state, or on a hyperplane, leave convex parts. Others are shown to stay away from zero, or returned.
    """
    moving = tuple(states)
    for b, pole in breaks_at(rates, moving):
        own = pole.free_symbols & set(moving)
        is_plane = pole.is_polynomial(*own) and sympy.Poly(pole, *own).total_degree() == 1
        if (b.order == NOWHERE or b.signs == (1,)) and len(own) > 1 and not is_plane:
            return pole
    return None


def without_further_breaks(potential: Expr, rates: Iterable[Expr], states: Iterable[Symbol]) -> bool:
    """Whether a potential is defined wherever the field is, and breaks only where the field does.

    Integrals in it are smooth: they are made of functions without breaks only.
    """
    plain = potential.replace(lambda e: isinstance(e, sympy.Integral), lambda _: sympy.Dummy(real=True))
    own = [b for rate in rates for b in breaks(rate)]
    allowed = {factor for b in own for factor in _factors(b.at)}
    sided = {b.at for b in own if b.signs == (1,)}
    return all(
        factor in allowed and (b.signs != (1,) or has_one_sign(b.at) or b.at in sided)
        for b, factor in breaks_at([plain], states)
    )


def _never_zero(factor: Expr, states: set[Symbol]) -> bool:
    return is_positive(factor) or is_positive(-factor) or _stays_away(factor, factor.free_symbols & states)


def _factors(expression: Expr) -> list[Expr]:
    """The irreducible factors of numerator and denominator, of either sign."""
    ring = Ring(generators_of([expression]))
    parts = [ring.expression(factor) for side in ring.quotient(expression) for factor, _ in factored(side)[1]]
    return [-part if part.could_extract_minus_sign() else part for part in parts]


def _stays_away(pole: Expr, moving: set[Symbol]) -> bool:
    """Nowhere closer to zero than at the origin, where it is not zero."""
    least = pole.xreplace(dict.fromkeys(moving, sympy.S.Zero))
    sign = 1 if least.is_positive else -1 if least.is_negative else 0
    return sign != 0 and sign_of_element(field_over([pole, least])(pole - least)) in (0, sign)


def has_one_sign(expression: Expr) -> bool:
    """Whether an expression is known to be positive wherever it is not zero."""
    return sign_of_element(field_over([expression])(expression)) == 1


def is_positive(expression: Expr) -> bool:
    """Whether an expression is known to be positive at all values of its symbols, zeros excluded too."""
    ring = Ring(generators_of([expression]))
    element = Field(ring, root_relations(ring))(expression)
    if element.is_zero or sign_of_element(element) != 1:
        return False
    element = element.rationalised()
    return all(never_vanishes(element.field.ring, factor) for factor, _ in factored(element.numerator)[1])


# ---- identities


def is_identity(expression: Expr) -> bool:
    """Whether an expression is zero by algebra, or once angles and exponents are split into their terms."""
    if expression == 0:
        return True
    if not expression.has(*CIRCULAR, *EXPONENTIAL) or tidied(expression) == 0:
        return bool(tidied(expression) == 0)
    split = expression.replace(NAMES["logistic"].head, lambda u: 1 / (1 + sympy.exp(-u)))
    split = sympy.expand_trig(split.rewrite(EXPONENTIAL[:4], sympy.exp))
    split = sympy.expand(split, power_exp=True, log=False)
    squares = {p: 0 for p in split.atoms(sympy.Pow) if isinstance(p.base, sympy.sin) and p.exp.is_Integer and p.exp > 1}
    for p in squares:
        even, odd = divmod(int(p.exp), 2)
        squares[p] = (1 - sympy.cos(p.base.args[0]) ** 2) ** even * p.base**odd
    return bool(tidied(sympy.expand(split.xreplace(squares), power_exp=True, log=False)) == 0)


def is_nonzero_somewhere(expression: Expr) -> bool:
    """Whether a ball excludes zero at one of some points; a function that is not given counts as generic."""
    if expression.has(Jet):
        return not is_identity(expression)
    symbols, sampler = sorted(expression.free_symbols, key=str), Sampler(1)
    for k in range(POINTS):
        point = {s: sampler.simple(s, 2) if k % 2 else sampler.number(s) for s in symbols}
        try:
            with precision(BITS):
                if sign_of(ball(expression, {s: rational_ball(v) for s, v in point.items()})) in (-1, 1):
                    return True
        except (DynsymError, ArithmeticError):
            continue
    return False
