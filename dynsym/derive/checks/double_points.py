"""The independent look at points of codimension two.

As in `_check`, nothing of the derivation is used: Taylor coefficients are read off circles, critical vectors come from
bordered systems in mpmath.
"""

from __future__ import annotations

import time
from typing import Any

import mpmath
import sympy
from mpmath import mpf

from dynsym._expressions import Jet
from dynsym.arithmetic.balls import precision
from dynsym.arithmetic.digits import NoNumberError, Program, number_of
from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.checks.circles import Taylor
from dynsym.derive.checks.samples import (
    TOLERANCE,
    SkipError,
    holds,
    jet_value,
    random_function,
    random_number,
    real_number,
)
from dynsym.derive.two_parameters.points import DoublePoint
from dynsym.errors import ClosedFormMismatch
from dynsym.results import BifurcationCondition

__all__ = ["check_double_point"]

DIGITS = 40
LONG = 120
BITS = 512
POINTS = 5
ATTEMPTS = 60
SECONDS = 0.2
LARGEST = 16


def check_double_point(point: DoublePoint, condition: BifurcationCondition, seed: int = 0) -> int:
    """Compare a condition with numbers at random points."""
    if point.setting.system.dimension > LARGEST:
        return 0
    generator = Sampler(seed)
    began, compared = time.monotonic(), 0
    for _ in range(1 if point.is_numeric else ATTEMPTS):
        if compared == POINTS or (compared and time.monotonic() - began > SECONDS):
            break
        try:
            with mpmath.workdps(LONG):
                values = _sample(point, condition, generator)
            with mpmath.workdps(DIGITS):
                _compare(point, condition, values)
            compared += 1
        except (SkipError, NoNumberError, ZeroDivisionError):
            continue
    return compared


def _sample(point: DoublePoint, condition: BifurcationCondition, generator: Sampler) -> dict[Any, Any]:
    """Numbers for every symbol, the two parameters and the states included."""
    setting = point.setting
    values: dict[Any, Any] = {}
    rates = [rate.xreplace(dict(setting.values)) for rate in setting.system.rhs]
    for jet in sorted({j for rate in rates for j in rate.atoms(Jet)}, key=str):
        values.setdefault((jet.args[0].name, jet.args[1].name), random_function(jet.args[1].name, generator))
    claims = [e for e in (*condition.coefficients.values(), condition.coefficient) if e is not None]
    inside = set().union(*(e.free_symbols for e in (*rates, *point.known.values(), *claims)))
    own = {*setting.system.states, *setting.parameters, *setting.unknowns, point.amplitude}
    for symbol in sorted(inside - own, key=str):
        known = jet_value(symbol, values)
        values[symbol] = random_number(symbol, generator) if known is None else known
    if point.amplitude is not None:
        values[point.amplitude] = _amplitude(point, values)
    for symbol, expression in point.known.items():
        values[symbol] = real_number(number_of(expression, values))
    for state in setting.system.states:
        values[state] = real_number(number_of(point.put(setting.point[state]), values))
    for relation in condition.constraints:
        if isinstance(relation, sympy.Rel) and not holds(relation, values):
            raise SkipError
    return values


def _amplitude(point: DoublePoint, values: dict[Any, Any]) -> Any:
    if point.root is not None:
        with precision(BITS):
            return mpf(point.root().mid().str(LONG, radius=False))
    if point.formula is not None:
        return real_number(number_of(point.formula, values))
    polynomial = sympy.Poly(point.constraint, point.amplitude)
    coefficients = [number_of(c, values) for c in polynomial.all_coeffs()]
    real = [r for r in mpmath.polyroots(coefficients, maxsteps=500, extraprec=800) if abs(mpmath.im(r)) < TOLERANCE]
    if not real:
        raise SkipError
    return mpmath.re(real[0])


def _compare(point: DoublePoint, condition: BifurcationCondition, values: dict[Any, Any]) -> None:
    setting = point.setting
    states = setting.system.states
    rates = [rate.xreplace(dict(setting.values)) for rate in setting.system.rhs]
    at = [values[s] for s in states]
    field = Program(rates, {k: v for k, v in values.items() if k not in states}, list(states))
    taylor = Taylor(field, at)
    matrix = taylor.jacobian
    scale = 1 + max(abs(x) for x in at) + mpmath.mnorm(matrix)
    _agree(condition, "the right-hand side", max(map(abs, field(at))) / scale, 0)
    for name, formula in {condition.parameter: condition.solution, **condition.others}.items():
        if formula is not None and formula.free_symbols <= set(values):
            _agree(condition, f"the parameter {name}", number_of(formula, values), values[setting.system[name]])
    low, high = _lowest_coefficients(matrix)
    _agree(condition, "the determinant", low / scale**matrix.rows, 0)
    if condition.kind in {"bogdanov_takens", "z2_bogdanov_takens"}:
        _agree(condition, "the linear coefficient", high / scale ** (matrix.rows - 1), 0)
        _double_zero(condition, taylor, values)
    elif condition.kind == "cusp":
        _cusp(condition, taylor, values)


def _lowest_coefficients(matrix: Any) -> tuple[Any, Any]:
    """Of det(λ + A), from its values on a circle."""
    size, count = matrix.rows, matrix.rows + 2
    turns = [mpmath.expjpi(mpf(2 * k) / count) for k in range(count)]
    numbers = [mpmath.det(t * mpmath.eye(size) + matrix) for t in turns]
    return (mpmath.fsum(numbers) / count, mpmath.fsum(n / t for n, t in zip(numbers, turns, strict=True)) / count)


def _bordered(matrix: Any, right: list[Any], last: Any) -> list[Any]:
    """The solution of a system with a one-dimensional kernel, with a row and a column that make it regular."""
    size = matrix.rows
    table = mpmath.zeros(size + 1)
    for i in range(size):
        for j in range(size):
            table[i, j] = matrix[i, j]
        table[i, size] = mpmath.sqrt(i + 2)
        table[size, i] = mpmath.sqrt(2 * i + 3)
    return list(mpmath.lu_solve(table, mpmath.matrix([*right, last])))[:size]


def _dot(u: list[Any], v: list[Any]) -> Any:
    return mpmath.fsum(a * b for a, b in zip(u, v, strict=True))


def _plus(u: list[Any], factor: Any, v: list[Any]) -> list[Any]:
    return [a + factor * b for a, b in zip(u, v, strict=True)]


def _null(matrix: Any) -> list[Any]:
    vector = _bordered(matrix, [mpf(0)] * matrix.rows, mpf(1))
    length = mpmath.sqrt(_dot(vector, vector))
    return [entry / length for entry in vector]


def _double_zero(condition: BifurcationCondition, taylor: Taylor, values: dict[Any, Any]) -> None:
    matrix = taylor.jacobian
    q0, p1 = _null(matrix), _null(matrix.T)
    q1 = _bordered(matrix, q0, mpf(0))
    q1 = _plus(q1, -_dot(q1, q0), q0)
    p1 = [entry / _dot(p1, q1) for entry in p1]
    p0 = _bordered(matrix.T, p1, mpf(0))
    p0 = _plus(p0, -_dot(p0, q1), p1)
    curved, mixed = taylor.quadratic(q0, q0), taylor.quadratic(q0, q1)
    found = [real_number(c) for c in (_dot(p1, curved) / 2, _dot(p0, curved) + _dot(p1, mixed))]
    if condition.kind == "z2_bogdanov_takens":
        _agree(condition, "the quadratic part", max(map(abs, found)), 0)
        h20 = _bordered(matrix, [-c for c in curved], mpf(0))
        h11 = _bordered(matrix, _plus(h20, -1, mixed), mpf(0))
        third = _plus(taylor.cubic(q0, q0), 3, taylor.quadratic(q0, h20))
        last = _plus(taylor.cubic(q0, q1), 1, taylor.quadratic(q1, h20))
        last = _plus(last, 2, taylor.quadratic(q0, h11))
        found = [_dot(p1, third) / 6, _dot(p1, last) / 2 + _dot(p0, third) / 2]
    claimed = [real_number(number_of(condition.coefficients[name], values)) for name in ("a", "b")]
    if condition.kind == "bogdanov_takens" and found[0] * claimed[0] < 0:
        found = [-c for c in found]
    for name, own, other in zip("ab", claimed, found, strict=True):
        _agree(condition, f"the normal form coefficient {name}", own, other)


def _cusp(condition: BifurcationCondition, taylor: Taylor, values: dict[Any, Any]) -> None:
    matrix = taylor.jacobian
    v, w = _null(matrix), _null(matrix.T)
    w = [entry / _dot(w, v) for entry in w]
    curved = taylor.quadratic(v, v)
    _agree(condition, "the quadratic coefficient", _dot(w, curved), 0)
    h = _bordered(matrix, [-c for c in curved], mpf(0))
    found = _dot(w, _plus(taylor.cubic(v, v), 3, taylor.quadratic(v, h))) / 6
    assert condition.coefficient is not None
    _agree(condition, "the normal form coefficient", real_number(number_of(condition.coefficient, values)), found)


def _agree(condition: BifurcationCondition, what: str, claimed: Any, found: Any) -> None:
    if not abs(claimed - found) <= TOLERANCE * (1 + abs(found)):
        raise ClosedFormMismatch(
            f"{condition.kind} at {condition.parameter} = {condition.solution}: {what} is {mpmath.nstr(claimed, 12)} "
            f"in closed form and {mpmath.nstr(found, 12)} by an independent computation. Nothing is returned; please "
            "report the model."
        )
