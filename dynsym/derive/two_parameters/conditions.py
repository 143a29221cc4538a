"""Bifurcations of codimension two in closed form: cusps and Bogdanov–Takens points, solved for two parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym.derive.conditions.answer import Conditions, provenance_of
from dynsym.derive.copies.conditions import conditions_of_agreement
from dynsym.derive.equilibria.corners import require_smooth
from dynsym.derive.equilibria.families import EVERY
from dynsym.derive.equilibria.points import At, parameter_of, the_point, verified
from dynsym.derive.two_parameters.findings import Classify, condition_at, cusp_parts, double_zero_parts
from dynsym.derive.two_parameters.points import TwoParameters, cusp_conditions, double_points, double_zero_conditions
from dynsym.errors import BudgetExceeded, ParameterError
from dynsym.results import BifurcationCondition
from dynsym.results.ledger import Critical, Examined
from dynsym.results.stamp import stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["bogdanov_takens_condition", "cusp_condition"]


@stamped
def bogdanov_takens_condition(
    system: SymbolicSystem,
    *,
    parameters: tuple[str | Symbol, str | Symbol],
    values: Mapping[str, Any] | None = None,
    at: At = None,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> Conditions:
    """Where zero is a double eigenvalue with one eigenvector, in two parameters.

    Folds and Hopf points meet there. At an equilibrium that keeps the symmetry x -> -x the point is of the kind
    ``"z2_bogdanov_takens"``, and pitchforks and Hopf points meet.

    Parameters
    ----------
    parameters : (str, str)
        The two parameters that are solved for.
    at : SymbolicEquilibrium, mapping of state to value, 0, or None
        The equilibrium; None finds it together with the parameters.
    values, free, budget
        As for `find_conditions`.

    Returns
    -------
    Conditions
        One `BifurcationCondition` a point: `solution` is the first parameter, `others` has the second, `coefficients`
        has a and b. For the kind ``"bogdanov_takens"`` the criticality is supercritical where a b < 0: the cycle that
        is born at the Hopf points nearby is stable within the centre manifold. With the symmetry the sign of b
        decides.

    Raises
    ------
    NotAnEquilibrium, ParameterError, UnsupportedFeatureError
        As `find_conditions`.

    Examples
    --------
    >>> import dynsym as ds
    >>> takens = ds.system_from_equations({"x": "y", "y": "m + n*x + x^2 - x*y"}, {"m": None, "n": None})
    >>> bogdanov_takens_condition(takens, parameters=("m", "n"))
    (BifurcationCondition(bogdanov_takens: m = 0, n = 0, supercritical, proved),) complete

    References
    ----------
    .. [1] Y. Kuznetsov, *Elements of Applied Bifurcation Theory*, section 8.4.
    """
    return _search(
        system, parameters, at, values, free, budget, double_zero_conditions, double_zero_parts, Critical.DOUBLE_ZERO
    )


@stamped
def cusp_condition(
    system: SymbolicSystem,
    *,
    parameters: tuple[str | Symbol, str | Symbol],
    values: Mapping[str, Any] | None = None,
    at: At = None,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> Conditions:
    """Where two branches of folds meet: a simple zero eigenvalue whose quadratic coefficient vanishes.

    Parameters
    ----------
    system, parameters, values, at, free, budget
        As for `bogdanov_takens_condition`.

    Returns
    -------
    Conditions
        With the cubic coefficient in `coefficient`; supercritical where it is negative, so that the two outer
        equilibria are stable within the centre manifold.

    Raises
    ------
    NotAnEquilibrium, ParameterError, UnsupportedFeatureError
        As `find_conditions`.

    Examples
    --------
    >>> import dynsym as ds
    >>> imperfect = ds.system_from_equations({"x": "m + n*x - x^3"}, {"m": None, "n": None})
    >>> cusp_condition(imperfect, parameters=("m", "n"))
    (BifurcationCondition(cusp: m = 0, n = 0, supercritical, proved),) complete

    References
    ----------
    .. [1] Y. Kuznetsov, *Elements of Applied Bifurcation Theory*, section 8.2.
    """
    return _search(system, parameters, at, values, free, budget, cusp_conditions, cusp_parts, Critical.CUSP)


# ---- the search


def _search(
    system: SymbolicSystem,
    parameters: tuple[str | Symbol, str | Symbol],
    at: At,
    values: Mapping[str, Any] | None,
    free: Iterable[str | Symbol],
    budget: Budget,
    conditions: Callable[[TwoParameters], tuple[Expr, Expr]],
    classify: Classify,
    critical: Critical,
) -> Conditions:
    first, second = _two(system, parameters)
    substitution = system.substitution(values, (*free, first, second))
    asked = provenance_of(system, (first, second), substitution)
    clock = budget.start()
    cell = replace(EVERY, critical=critical)
    point = None if at is None else verified(system, the_point(system, at, substitution), substitution)
    setting = TwoParameters(system, (first, second), substitution, clock, point)
    if point is not None:
        require_smooth(system, setting.point, substitution, "given")
    try:
        equations = conditions(setting)
    except BudgetExceeded as stop:
        return Conditions((), (cell.because(stop),), provenance=asked)
    if point is not None and not any(e.free_symbols & {first, second} for e in setting.equations + equations):
        raise ParameterError(
            f"Neither {first.name!r} nor {second.name!r} occurs in the Jacobian at the given equilibrium, so no "
            "eigenvalue there moves with them. Choose other parameters or another equilibrium (at=None tries all)."
        )
    points = double_points(setting, equations, cell)

    def checked() -> Iterator[Examined[BifurcationCondition]]:
        yield Examined((), points.open, by=points.by)
        if 0 in equations:
            reason = "one of the two conditions holds for all values of the parameters: no isolated point exists"
            yield Examined((), (cell.because(reason),), by="")
        for point in points.found:
            clock.check("bifurcations of codimension two")
            yield Examined.attempt(partial(condition_at, point, equations, classify), cell, by=points.by)

    seen = Examined.joined(checked(), cell, by=points.by)
    found = seen.found if system.classes is None else map(conditions_of_agreement, seen.found)
    ascending = sorted(found, key=lambda c: (c.value is None, c.value or 0.0))
    return Conditions(ascending, seen.cells(cell), provenance=asked)


def _two(system: SymbolicSystem, parameters: tuple[str | Symbol, str | Symbol]) -> tuple[Symbol, Symbol]:
    first, second = (parameter_of(system, parameter) for parameter in parameters)
    if first == second:
        raise ParameterError(f"The parameter {first.name!r} was given twice. Give two different ones.")
    return first, second
