"""Search for points at which relations hold: small numbers first, equations solved, replayed exactly or in balls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from math import lcm

import flint
import sympy
from sympy import Expr, Rational, Symbol
from sympy.logic.boolalg import Boolean

from dynsym._budget import Clock
from dynsym.arithmetic.real_roots import real_roots
from dynsym.arithmetic.sampling import Sampler
from dynsym.claims.reals.formulas import assumptions_of, branches, equations_of, normal, symbols_of, truth

__all__ = ["find_point", "point_json", "sample_points"]

MAX_DEGREE = 24
POINTS = 240
SEED = 20240229


def find_point(
    formula: Boolean,
    clock: Clock,
    *,
    points: int = POINTS,
    hints: Sequence[Mapping[Symbol, Expr]] = (),
    extra_symbols: Sequence[Symbol] = (),
) -> dict[Symbol, Expr] | None:
    """A point at which a formula is true, or None where none was found."""
    form = normal(formula)
    if form == sympy.false:
        return None
    symbols = tuple(dict.fromkeys([*symbols_of(form), *extra_symbols]))
    ways = list(branches(form))
    if not ways:
        return None
    draws = [
        (way, sample_points(symbols, equations_of(way), Sampler(f"{SEED}.{k}"), hints)) for k, way in enumerate(ways)
    ]
    for _ in range(max(points // len(draws), 40)):
        for way, draw in draws:
            if clock.is_over:
                return None
            point = next(draw, None)
            if point is not None and _holds(way, symbols, point):
                return point
    return None


def _holds(way: tuple[Boolean, ...], symbols: tuple[Symbol, ...], point: Mapping[Symbol, Expr]) -> bool:
    return all(truth(part, point) is True for part in (*assumptions_of(symbols), *way)) and all(
        point[s].is_integer is True for s in symbols if s.is_integer
    )


def sample_points(
    symbols: Sequence[Symbol], equations: Sequence[Expr], rng: Sampler, hints: Sequence[Mapping[Symbol, Expr]] = ()
) -> Iterator[dict[Symbol, Expr] | None]:
    """Points that satisfy equations, without end; None where an attempt failed.

    Symbols get values one after the other; as soon as an equation has one symbol left, it is solved for it.
    """
    numerators = [sympy.numer(sympy.together(e)) for e in equations]
    order = _order(symbols, numerators)
    for hint in hints:
        for kept in (order, list(reversed(order))):
            yield _complete(kept, numerators, lambda s, h=hint: h.get(s, Rational(0)))
    attempt = 0
    while True:
        size = 1 + attempt // 30
        yield _complete(order, numerators, lambda s, n=size: Rational(rng.simple(s, n)), rng)
        attempt += 1


def _order(symbols: Sequence[Symbol], equations: Sequence[Expr]) -> list[Symbol]:
    """Symbols that occur linearly come last, so that equations are solved for them."""

    def weight(s: Symbol) -> tuple[int, str]:
        degrees = [sympy.degree(e, s) for e in equations if s in e.free_symbols and e.is_polynomial(s)]
        return (-max(degrees, default=99), s.name)

    return sorted(symbols, key=weight)


def _complete(
    order: Sequence[Symbol], equations: Sequence[Expr], value: object, rng: Sampler | None = None
) -> dict[Symbol, Expr] | None:
    point: dict[Symbol, Expr] = {}
    waiting = list(equations)
    queue = list(order)
    if rng is not None and rng.random() < 0.5:
        rng.shuffle(queue)
    while queue or waiting:
        progress = True
        while progress:
            progress = False
            for equation in list(waiting):
                left = equation.xreplace(point)
                unknown = left.free_symbols
                if not unknown:
                    waiting.remove(equation)
                    if left.is_Rational and left != 0:
                        return None
                    progress = True
                elif len(unknown) == 1:
                    (s,) = unknown
                    root = _root(left, s, rng)
                    if root is None:
                        if sympy.expand(left) == 0:
                            waiting.remove(equation)
                            progress = True
                            continue
                        return None
                    point[s] = root
                    waiting.remove(equation)
                    progress = True
        queue = [s for s in queue if s not in point]
        if queue:
            point[queue[0]] = value(queue[0])  # type: ignore[operator]
            queue = queue[1:]
        elif waiting:
            return None
    return point


def _root(equation: Expr, s: Symbol, rng: Sampler | None) -> Expr | None:
    """A real root that agrees with what the symbol is assumed to be; rational ones are preferred."""
    if not equation.is_polynomial(s):
        return None
    poly = sympy.Poly(equation, s)
    if poly.degree() < 1 or poly.degree() > MAX_DEGREE:
        return None
    coefficients = poly.all_coeffs()
    if not all(c.is_Rational for c in coefficients):
        if poly.degree() == 1:
            return sympy.radsimp(-coefficients[1] / coefficients[0])
        return None
    scale = reduce(lcm, (int(c.q) for c in coefficients), 1)
    roots = [r.expression() for r in real_roots(flint.fmpz_poly([int(c * scale) for c in reversed(coefficients)]))]
    good = [r for r in roots if _agrees(s, r)]
    rational = [r for r in good if r.is_Rational]
    chosen = rational or good
    if not chosen:
        return None
    return rng.choice(chosen) if rng is not None else chosen[-1]


def _agrees(s: Symbol, value: Expr) -> bool:
    facts = ("is_positive", "is_negative", "is_nonnegative", "is_nonpositive", "is_nonzero", "is_integer")
    return all(getattr(value, fact) is not False for fact in facts if getattr(s, fact))


def point_json(point: Mapping[Symbol, Expr]) -> dict[str, str]:
    """A point as names and texts, sorted by name."""
    return {s.name: str(point[s]) for s in sorted(point, key=lambda s: s.name)}
