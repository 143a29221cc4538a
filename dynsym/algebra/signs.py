"""The sign of a closed form from what is known of its generators: assumptions, and ranges of activations."""

from __future__ import annotations

import sympy
from flint import fmpz_poly
from sympy import Expr, Rational

from dynsym._expressions.registry import HEADS
from dynsym.algebra.field import Element
from dynsym.algebra.ring import Polynomial, Ring, factored
from dynsym.arithmetic.balls import ball, precision
from dynsym.arithmetic.real_roots import RealRoot, real_roots

__all__ = ["never_vanishes", "nonnegative", "positive", "sign_by_terms", "sign_of_element", "sign_of_polynomial"]


def sign_of_element(element: Element) -> int | None:
    """1 or -1 where the fraction has that sign wherever it is not zero, 0 for zero, None where it depends."""
    if element.is_zero:
        return 0
    element = element.rationalised()
    ring = element.field.ring
    above, below = sign_of_polynomial(ring, element.numerator), sign_of_polynomial(ring, element.denominator)
    return None if above is None or below is None else above * below


def sign_of_polynomial(ring: Ring, polynomial: Polynomial) -> int | None:
    """As `sign_of_element`, for a polynomial."""
    if polynomial.is_zero():
        return 0
    content, factors = factored(polynomial)
    sign = 1 if content > 0 else -1
    for factor, power in factors:
        if power % 2 == 0:
            continue
        own = sign_by_terms(ring, factor)
        own = _by_roots(ring, factor) if own is None else own
        if own is None:
            return None
        sign *= own
    return sign


def never_vanishes(ring: Ring, polynomial: Polynomial) -> bool:
    """Whether a polynomial is proved to vanish nowhere in the ranges of its generators, their ends included."""
    if polynomial.is_zero():
        return False
    return all(_keeps_away(ring, factor) for factor, _ in factored(polynomial)[1])


def _keeps_away(ring: Ring, factor: Polynomial) -> bool:
    """A sign everywhere, and one term that is never zero; a number is enclosed."""
    occurring = ring.occurring(factor)
    if not any(g.free_symbols for g in occurring):
        with precision(256):
            return not ball(ring.expression(factor), {}).contains(0)
    own = sign_by_terms(ring, factor)
    if own is None and (_by_roots(ring, factor) is None or _is_zero_at_an_end(ring, factor, occurring[0])):
        return False
    nonzero = {g for g in occurring if g.is_extended_positive or g.is_extended_negative}
    places = [k for k, g in enumerate(ring.generators) if g not in nonzero]
    return any(not any(powers[k] for k in places) for powers in factor.to_dict())


def _is_zero_at_an_end(ring: Ring, factor: Polynomial, generator: Expr) -> bool:
    """Whether a polynomial in one function is zero at an end of its range; one with an inverse does not get there."""
    known = HEADS.get(type(generator))
    if known is None or known.inverse is not None:
        return False
    return any(ring.expression(factor).xreplace({generator: end}) == 0 for end in known.bounds if end.is_finite)


def sign_by_terms(ring: Ring, factor: Polynomial) -> int | None:
    """The sign shared by all terms."""
    signs = {_term_sign(ring, powers, int(c)) for powers, c in factor.to_dict().items()}
    return signs.pop() if len(signs) == 1 else None


def _term_sign(ring: Ring, powers: tuple[int, ...], coefficient: int) -> int | None:
    sign = 1 if coefficient > 0 else -1
    for generator, power in zip(ring.generators, powers, strict=False):
        if power % 2 == 0:
            continue
        if generator.is_extended_negative or generator.is_extended_nonpositive:
            sign = -sign
        elif not (generator.is_extended_positive or generator.is_extended_nonnegative):
            return None
    return sign


def _by_roots(ring: Ring, factor: Polynomial) -> int | None:
    """The sign of a factor in one generator, when it has no root in the generator's range."""
    occurring = ring.occurring(factor)
    if len(occurring) != 1:
        return None
    low, high = _range(occurring[0])
    polynomial: fmpz_poly = ring.univariate(factor, occurring[0])
    if any(_between(root, low, high) for root in real_roots(polynomial)):
        return None
    sample = _inside(low, high)
    value = Rational(0)
    for coefficient in reversed(polynomial.coeffs()):
        value = value * sample + int(coefficient)
    return int(sympy.sign(value))


def _inside(low: int | None, high: int | None) -> Rational:
    if low is None:
        return Rational(0 if high is None else high - 1)
    return Rational(low + 1) if high is None else Rational(low + high, 2)


def _between(root: RealRoot, low: int | None, high: int | None) -> bool:
    """Whether a root lies strictly inside; the ends are integers, so that an equal root is rational."""
    if root.degree == 1:
        number = root.expression()
        return (low is None or number > low) and (high is None or number < high)
    with precision(256):
        x = root.ball()
    return (low is None or x > low) and (high is None or x < high)


def _range(generator: Expr) -> tuple[int | None, int | None]:
    """The open interval in which a generator's values lie."""
    known = HEADS.get(type(generator))
    if known is not None and all(end.is_Integer for end in known.bounds):
        low, high = (int(end) for end in known.bounds)
        return (0 if known.is_increasing and known.is_odd and generator.args[0].is_positive else low), high
    if generator.is_extended_positive or generator.is_extended_nonnegative:
        return 0, None
    if generator.is_extended_negative or generator.is_extended_nonpositive:
        return None, 0
    return None, None


def positive(element: Element) -> Expr | None:
    """The inequality that makes an element positive, without factors of known sign.

    None where it always is, and ``false`` where it never is.
    """
    return _inequality(element, sympy.Gt)


def nonnegative(element: Element) -> Expr:
    """The inequality that makes an element non-negative, without factors of known sign."""
    found = _inequality(element, sympy.Ge)
    return sympy.true if found is None else found


def _inequality(element: Element, relation: type[sympy.Rel]) -> Expr | None:
    element = element.rationalised()
    ring = element.field.ring
    parts, sign = [], 1
    for polynomial in (element.numerator, element.denominator):
        content, factors = factored(polynomial)
        sign *= 1 if content > 0 else -1
        for factor, power in factors:
            if power % 2 == 0:
                continue
            own = sign_of_polynomial(ring, factor)
            if own is None:
                parts.append(ring.expression(factor))
            else:
                sign *= own
    if not parts:
        return None if sign > 0 else sympy.false
    return relation(sign * sympy.Mul(*parts), 0, evaluate=False)
