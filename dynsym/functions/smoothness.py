"""Where an expression is defined, how smooth it is, and what it is beside the places where it breaks.

Everything that has to know asks here: counts, stability, tails, conditions, gradients, claims. Rectifiers have one
spelling: max, min, |u| and sign are written with `relu` and `step`, so that no answer depends on how they are spelt.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce

import sympy
from sympy import Expr, S, Symbol

from dynsym._expressions import Jet
from dynsym._expressions.registry import HEADS
from dynsym.arithmetic.balls import ball, precision, sign_of
from dynsym.errors import DomainError, DynsymError, Unhandled
from dynsym.functions.kinks import relu, step

__all__ = [
    "NOWHERE",
    "Break",
    "Derivative",
    "break_at",
    "breaks",
    "by_pieces",
    "derivative",
    "domain_error",
    "numerator",
    "one_sided",
    "one_spelling",
    "sign_at",
    "undefined",
]

RESPELT = (sympy.Max, sympy.Min, sympy.Abs, sympy.sign, sympy.Heaviside)
BITS, ORDERS = 256, 4
NOWHERE = -math.inf


@dataclass(frozen=True)
class Break:
    """Where `at` is zero, `part` of an expression has only `order` continuous derivatives: 0 at a kink, -1 at a jump.

    The order is -inf where the part is not defined at zero. Elsewhere it is defined where `at` has one of the `signs`.
    """

    part: Expr
    at: Expr
    order: float
    signs: tuple[int, ...] = (-1, 1)

    @property
    def is_defined(self) -> bool:
        """Whether the part is defined on this place and on both sides of it."""
        return self.order > NOWHERE and -1 in self.signs

    @property
    def what(self) -> str:
        """In words."""
        if self.order == NOWHERE:
            return f"{self.part} is not defined"
        return f"{self.part} has a {'jump' if self.order < 0 else 'corner'}"


@dataclass(frozen=True)
class Derivative:
    """A derivative, and where it holds: inside the domain of `of`, wherever no break of it is zero."""

    of: Expr
    value: Expr
    order: int

    @cached_property
    def breaks(self) -> tuple[Break, ...]:
        """The places where the function has no such derivative."""
        return tuple(b for b in breaks(self.of) if b.order < self.order)


def derivative(expression: Expr, variable: Symbol, order: int = 1) -> Derivative:
    """The partial derivative, with the places where it does not hold; powers of one base are joined.

    Joining keeps ``x**n/x`` from being 0/0 at x = 0.
    """
    found = one_spelling(expression)
    for _ in range(order):
        found = found.diff(variable)
    if not found.is_Number and any(power.exp.free_symbols for power in found.atoms(sympy.Pow)):
        found = sympy.powsimp(found, combine="exp", deep=True)
    return Derivative(expression, found, order)


# ---- rectifiers


def one_spelling(expression: Expr) -> Expr:
    """The same function with `relu` and `step` in place of max, min, abs and sign."""
    return _respelt(expression) if expression.has(*RESPELT, step) else expression


@lru_cache(maxsize=4096)
def _respelt(e: Expr) -> Expr:
    if not e.args or not e.has(*RESPELT, step):
        return e
    parts = [_respelt(a) for a in e.args]
    if isinstance(e, sympy.Max | sympy.Min):
        parts.sort(key=lambda part: (len(part.free_symbols), sympy.default_sort_key(part)))
        return reduce(_larger if isinstance(e, sympy.Max) else _smaller, parts)
    if isinstance(e, sympy.Abs):
        return 2 * relu(parts[0]) - parts[0]
    if isinstance(e, sympy.sign):
        return step(parts[0]) - step(-parts[0])
    if isinstance(e, sympy.Heaviside):
        return step(parts[0])
    if e.is_Mul:
        for jump in [p for p in parts if isinstance(p, step) and p.args[0] in parts]:
            parts.remove(jump)
            parts[parts.index(jump.args[0])] = relu(jump.args[0])
        if any(isinstance(a, sympy.Abs) for a in e.args):
            return sympy.expand_mul(sympy.Mul(*parts), deep=False)
    return e.func(*parts)


def _larger(low: Expr, high: Expr) -> Expr:
    return low + relu(high - low)


def _smaller(low: Expr, high: Expr) -> Expr:
    return low - relu(low - high)


def by_pieces(expression: Expr) -> Iterator[tuple[Expr, tuple[tuple[Expr, int], ...]]]:
    """The formulas of an expression with rectifiers, each with the signs of the arguments where it holds."""
    argument = _innermost(expression)
    if argument is None:
        yield expression, ()
        return
    for sign in (1, -1):
        for formula, others in by_pieces(_on_side(expression, argument, sign)):
            yield formula, ((argument, sign), *others)


def _innermost(expression: Expr) -> Expr | None:
    """The argument of a rectifier or step that holds no other, or None."""
    arguments = {part.args[0] for part in expression.atoms(relu, step)}
    return min((u for u in arguments if not u.has(relu, step)), key=sympy.default_sort_key, default=None)


def _on_side(expression: Expr, argument: Expr, sign: int) -> Expr:
    """An expression where an argument of rectifiers has this sign."""
    put: dict[Expr, Expr] = {}
    for u, s in ((argument, sign), (-argument, -sign)):
        put |= {relu(u): u if s > 0 else S.Zero, step(u): S.One if s > 0 else S.Zero}
    return expression.xreplace(put)


def one_sided(expression: Expr, variable: Symbol, value: Expr, side: int) -> Expr:
    """The formula that holds just above (side 1) or below (-1) a value of the variable.

    Raises `Unhandled` where it is not known on which side of a break that is.
    """
    expression = one_spelling(expression)
    while (argument := _innermost(expression)) is not None:
        expression = _on_side(expression, argument, _sign_beside(argument, variable, value, side))
    return expression


def _sign_beside(u: Expr, variable: Symbol, value: Expr, side: int) -> int:
    """The sign of an analytic function just beside a value: that of its first derivative which is not zero."""
    term = u
    for k in range(ORDERS):
        sign = sign_at(term, {variable: value})
        if sign is None:
            break
        if sign:
            return sign * side**k
        term = term.diff(variable)
        if term == 0:
            return 0
    raise Unhandled(str(u), f"its sign beside {variable} = {value} is not known")


def sign_at(expression: Expr, point: Mapping[Symbol, Expr]) -> int | None:
    """The sign of an expression at an exact point; None where it is no number, or not told from zero."""
    value = expression.xreplace(dict(point))
    if value.is_Rational:
        return int(sympy.sign(value))
    if value.free_symbols:
        return None
    try:
        with precision(BITS):
            return sign_of(ball(value))
    except (DynsymError, ArithmeticError):
        return None


# ---- domain and smoothness


@lru_cache(maxsize=4096)
def breaks(expression: Expr) -> tuple[Break, ...]:
    """Where an expression is not analytic: kinks, jumps, poles, ends of domains.

    Raises `Unhandled` where a function occurs of which that is not known.
    """
    found: dict[Break, None] = {}
    waiting = [one_spelling(expression)]
    while waiting:
        e = waiting.pop()
        if e.is_Atom or isinstance(e, sympy.CRootOf):
            continue
        found |= dict.fromkeys(_own_breaks(e))
        waiting += [a for a in reversed(e.args) if isinstance(a, Expr)]
    return tuple(found)


def _own_breaks(e: Expr) -> tuple[Break, ...]:
    if e.is_Add or e.is_Mul or isinstance(e, Jet):
        return ()
    if e.is_Pow:
        return _of_power(e, *e.args)
    if isinstance(e, sympy.Piecewise):
        return tuple(Break(e, r.lhs - r.rhs, -1) for r in e.atoms(sympy.core.relational.Relational))
    known = HEADS.get(type(e))
    if known is None:
        raise Unhandled(type(e).__name__, f"where {e} is smooth is not known")
    u = e.args[0]
    made = [] if known.is_smooth else [Break(e, u, known.smoothness)]
    if known.pole_at is not None:
        made.append(Break(e, known.pole_at(u), NOWHERE))
    ends = [(side, sympy.Rational(end)) for side, end in zip((1, -1), known.domain, strict=True) if abs(end) < math.inf]
    return (*made, *(Break(e, side * (u - end), NOWHERE, (1,)) for side, end in ends))


def _of_power(e: Expr, base: Expr, exponent: Expr) -> tuple[Break, ...]:
    if exponent.is_integer:
        return () if exponent.is_nonnegative else (Break(e, base, NOWHERE),)
    if base.is_positive:
        return ()
    if not exponent.is_positive:
        return (Break(e, base, NOWHERE, (1,)),)
    return (Break(e, base, math.floor(exponent) if exponent.is_number else 0, (1,)),)


def break_at(expressions: Iterable[Expr], point: Mapping[Symbol, Expr], order: float = math.inf) -> Break | None:
    """The first place with fewer than so many continuous derivatives on which an exact point lies, or None."""
    put = dict(point)
    for expression in expressions:
        for place in breaks(expression):
            if place.order < order:
                at = place.at.xreplace(put)
                if at == 0 or at is S.NaN or (not at.free_symbols and sign_at(at, {}) in (0, None)):
                    return place
    return None


def undefined(expressions: Iterable[Expr], values: Mapping[Symbol, Expr]) -> Break | None:
    """The first part without real values at exact values of some symbols, whatever the others are; or None."""
    for place in (place for e in expressions for place in breaks(e) if place.at.free_symbols <= values.keys()):
        sign = sign_at(place.at, values)
        if sign is None or sign in place.signs or (sign == 0 and place.order > NOWHERE):
            continue
        if not (place.part.is_Pow and place.part.exp.xreplace(dict(values)).is_integer and sign):
            return place
    return None


def numerator(expression: Expr) -> Expr:
    """The expression times its denominators: zero wherever it is, and continuous at its poles."""
    plain = expression.replace(sympy.tan, lambda u: sympy.sin(u) / sympy.cos(u))
    return sympy.fraction(sympy.together(plain.replace(sympy.coth, lambda u: sympy.cosh(u) / sympy.sinh(u))))[0]


def domain_error(expressions: Iterable[Expr], symbols: Sequence[Symbol], values: Sequence[float]) -> DomainError | None:
    """The error that names a negative number under a root, a fractional power or a logarithm, or None."""
    known = {s: sympy.Float(v) for s, v in zip(symbols, values, strict=True)}
    for place in (place for e in expressions for place in breaks(e) if -1 not in place.signs):
        if place.part.is_Pow and place.part.exp.xreplace(known).is_integer:
            continue
        value = place.at.xreplace(known).evalf(17)
        if value.is_comparable and value < 0:
            return DomainError(
                f"{place.part} has no real value at {place.at} = {float(value):.6g}, which is negative. Stay where "
                f"{place.at} is nonnegative, or write abs or max there."
            )
    return None
