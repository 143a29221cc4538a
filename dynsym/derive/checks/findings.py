"""An independent look at every closed form before it is returned.

Nothing of the derivation is used: the right-hand side is evaluated in mpmath on small circles around the claimed
point, its Taylor coefficients are read off by a discrete Fourier transform, eigenvalues come from a numerical solver,
and the normal form coefficient from these by its textbook formula. Symbols take random rational values inside the
conditions; an undefined activation becomes a random polynomial with the right parity.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import mpmath
import sympy
from mpmath import mpc, mpf
from sympy import Expr, Symbol

from dynsym._expressions import Jet
from dynsym.arithmetic.balls import precision
from dynsym.arithmetic.digits import NoNumberError, Program, number_of
from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.checks.circles import Taylor
from dynsym.derive.checks.numbers import critical_vectors, dot, fifth_order, first_lyapunov, zero_coefficient
from dynsym.derive.checks.samples import (
    TOLERANCE,
    SkipError,
    Values,
    holds,
    jet_value,
    random_function,
    random_number,
    real_number,
)
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.derive.crossings.zero import Crossing
from dynsym.errors import ClosedFormMismatch

__all__ = ["check_finding"]

DIGITS = 40
LONG = 300
BITS = 256
POINTS = 20
ATTEMPTS = 200
LEAST = 2
SECONDS = 0.08
STEP = mpf(10) ** -10
LARGEST = 16


def check_finding(problem: MovingEquilibrium, finding: Crossing, seed: int = 0) -> int:
    """Compare a finding with numbers at random points."""
    if problem.system.dimension > LARGEST:
        return 0
    generator = Sampler(seed)
    began, compared = time.process_time(), 0
    numeric = finding.solution.balls is not None
    # Formulas in a root of high degree cancel: the point and the claims are then worked out with many digits.
    cancels = not numeric and (finding.solution.formula is None or finding.solution.formula.has(sympy.CRootOf))
    digits = LONG if cancels else DIGITS + 10
    for _ in range(1 if numeric and not problem.free else ATTEMPTS):
        if compared == POINTS or (compared >= LEAST and time.process_time() - began > SECONDS):
            break
        try:
            with mpmath.workdps(digits):
                values = _sample(problem, finding, generator)
                claims = _claims(finding, values)
            with mpmath.workdps(DIGITS):
                _compare(problem, finding, values, claims)
            compared += 1
        except (SkipError, NoNumberError, ZeroDivisionError):
            continue
    return compared


# ---- a random point on the locus


def _sample(problem: MovingEquilibrium, finding: Crossing, generator: Sampler) -> dict[Expr, Any]:
    """Values for every symbol, the critical parameter included, and polynomials for undefined activations."""
    values: dict[Expr, Any] = {}
    for function in _undefined(problem, finding):
        values[function] = random_function(function[1], generator)
    numeric = finding.solution.balls
    if numeric is not None:
        with precision(BITS):
            values.update({s: mpf(b.mid().str(DIGITS + 10, radius=False)) for s, b in numeric().items()})
    for symbol in sorted(_symbols(problem, finding) - set(values), key=str):
        known = jet_value(symbol, values)
        values[symbol] = random_number(symbol, generator) if known is None else known
    _satisfy(problem, finding, values)
    if numeric is None:
        own = None if problem.amplitude is None else finding.locus.substitution.get(problem.amplitude)
        if own is not None:
            values[problem.amplitude] = real_number(number_of(own.expression(), values))
        values[problem.parameter] = real_number(_solved(problem, finding, values))
    for relation in (*finding.constraints, *finding.solution.relations):
        if isinstance(relation, sympy.Rel) and not holds(relation, values):
            raise SkipError
    return values


def _symbols(problem: MovingEquilibrium, finding: Crossing) -> set[Symbol]:
    expressions = [*problem.ring.generators, finding.locus.equation, *finding.locus.constraints]
    own = {g for g in problem.ring.generators if isinstance(g, sympy.Dummy) and g != problem.amplitude}
    rates = [rate.xreplace(dict(problem.values)) for rate in problem.system.rhs]
    found = set().union(*(e.free_symbols for e in [*expressions, *rates]))
    return found - own - set(problem.system.states) - {problem.parameter} | (
        {problem.amplitude} if problem.amplitude is not None else set()
    )


def _undefined(problem: MovingEquilibrium, finding: Crossing) -> set[tuple[str, str]]:
    found = set()
    for rate in problem.system.rhs:
        found |= {(jet.args[0].name, jet.args[1].name) for jet in rate.atoms(Jet)}
    return found


def _satisfy(problem: MovingEquilibrium, finding: Crossing, values: dict[Expr, Any]) -> None:
    """Choose one remaining symbol so that the constraints of the locus hold."""
    if finding.solution.balls is not None or not finding.locus.constraints:
        return
    constraint = finding.locus.constraints[0]
    for symbol in sorted(constraint.free_symbols, key=lambda s: (s == problem.amplitude, str(s))):
        slope = constraint.diff(symbol)
        if symbol in slope.free_symbols or symbol == problem.parameter:
            continue
        values[symbol] = mpf(0)
        at_zero, rate = number_of(constraint, values), number_of(slope, values)
        if rate != 0:
            values[symbol] = real_number(-at_zero / rate)
            if (symbol.is_positive and values[symbol] <= 0) or (symbol.is_negative and values[symbol] >= 0):
                raise SkipError
            return
    raise SkipError


def _solved(problem: MovingEquilibrium, finding: Crossing, values: Values) -> Any:
    formula = finding.solution.formula
    for generator, expression in finding.solution.replacements.items():
        if generator == problem.amplitude:
            values[generator] = number_of(expression, values)  # type: ignore[index]
    if formula is not None:
        return number_of(formula, values)
    coefficients = sympy.Poly(finding.locus.equation, problem.parameter).all_coeffs()
    roots = mpmath.polyroots([number_of(c, values) for c in coefficients], maxsteps=500, extraprec=400)
    real = [r for r in roots if abs(mpmath.im(r)) < TOLERANCE]
    if not real:
        raise SkipError
    return mpmath.re(real[0])


# ---- the comparison


def _claims(finding: Crossing, values: Values) -> dict[str, Any]:
    """What the closed forms say at a point."""
    claims = {"frequency": finding.frequency, "coefficient": finding.coefficient, "speed": finding.transversality}
    return {what: real_number(number_of(claim, values)) for what, claim in claims.items() if claim is not None}


def _compare(problem: MovingEquilibrium, finding: Crossing, values: dict[Expr, Any], claims: Mapping[str, Any]) -> None:
    states = problem.system.states
    point = [real_number(number_of(problem.expansion.point[s], values)) for s in states]
    rates = [rate.xreplace(dict(problem.values)) for rate in problem.system.rhs]
    own = {key: value for key, value in values.items() if key not in states}

    critical_value = own.pop(problem.parameter)
    moving = Program(rates, own, [*states, problem.parameter])

    def field(x: list[Any]) -> list[Any]:
        return moving([*x, critical_value])

    scale = 1 + max(abs(x) for x in point)
    _agree(finding, "the right-hand side", max(abs(r) for r in field(point)) / scale, 0)
    taylor = Taylor(field, point)
    critical = claims.get("frequency", mpf(0))
    eigenvalues = mpmath.eig(taylor.jacobian, left=False, right=False) if len(point) > 1 else [taylor.jacobian[0, 0]]
    nearest = min(eigenvalues, key=lambda z: abs(z - mpc(0, critical)))
    _agree(finding, "the critical eigenvalue", nearest, mpc(0, critical), loose=finding.kind == "degenerate")
    if finding.kind == "degenerate" or finding.coefficient is None:
        return
    claimed = claims["coefficient"]
    left, right = critical_vectors(taylor.jacobian, nearest)
    if finding.kind == "hopf":
        found = first_lyapunov(taylor, critical, left, right)
    else:
        found = zero_coefficient(finding.kind, taylor, left, right)
    if finding.kind in {"fold", "transcritical"}:
        # The orientation of the mode is a convention where no entry is known to be the largest.
        claimed, found = abs(claimed), abs(found)
    _agree(finding, "the normal form coefficient", claimed, found)
    if "quintic" in finding.coefficients:
        quintic = real_number(number_of(finding.coefficients["quintic"], values))
        _agree(finding, "the quintic coefficient", quintic, fifth_order(field, point, taylor.jacobian, left, right))
    if problem.amplitude is None and finding.transversality is not None:
        speed = _speed(problem, moving, values, left, right)
        _agree(finding, "the speed of the eigenvalue", claims["speed"], speed)


def _speed(problem: MovingEquilibrium, moving: Program, values: Values, left: list[Any], right: list[Any]) -> Any:
    """Real part of the derivative of the eigenvalue by the parameter, along the equilibrium's formula."""
    jacobians = []
    for side in (1, -1):
        parameter = values[problem.parameter] + side * STEP
        at = {**values, problem.parameter: parameter}
        point = [number_of(problem.expansion.point[s], at) for s in problem.system.states]
        jacobians.append(Taylor(lambda x, p=parameter: moving([*x, p]), point).jacobian)  # type: ignore[misc]
    change = (jacobians[0] - jacobians[1]) / (2 * STEP) * mpmath.matrix(right)
    return mpmath.re(dot(left, list(change)))


def _agree(finding: Crossing, what: str, claimed: Any, found: Any, *, loose: bool = False) -> None:
    tolerance = mpf(10) ** -4 if loose else TOLERANCE
    if not abs(claimed - found) <= tolerance * (1 + abs(found)):
        raise ClosedFormMismatch(
            f"{finding.kind} at {finding.solution.formula}: {what} is {mpmath.nstr(claimed, 12)} in closed form and "
            f"{mpmath.nstr(found, 12)} by an independent computation. Nothing is returned; please report the model."
        )
