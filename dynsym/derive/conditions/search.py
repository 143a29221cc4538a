"""Bifurcations of an equilibrium in closed form: every one of them, each with its normal form."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any, ParamSpec

from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget, Clock
from dynsym._docstrings import documented
from dynsym.arithmetic.balls import ball, precision
from dynsym.derive.conditions.answer import Conditions, provenance_of
from dynsym.derive.conditions.inside import inside_of
from dynsym.derive.conditions.large import is_large, large_conditions
from dynsym.derive.conditions.scaling import scaling_of
from dynsym.derive.copies.conditions import conditions_of_agreement, conditions_of_copies
from dynsym.derive.crossings.assembly import assembled
from dynsym.derive.crossings.locus import GUARD_BITS, allowed
from dynsym.derive.crossings.pair import hopf_findings
from dynsym.derive.crossings.problem import MovingEquilibrium, with_named_roots
from dynsym.derive.crossings.windows import Span, Window, inside, window_of
from dynsym.derive.crossings.zero import zero_findings
from dynsym.derive.elimination.conditions import eliminated, met, periods
from dynsym.derive.equilibria.families import EVERY
from dynsym.derive.equilibria.points import At, parameter_of, points_of
from dynsym.derive.equilibria.single_values import with_single_values
from dynsym.errors import BudgetExceeded, ParameterError
from dynsym.results import BifurcationCondition, SymbolicEquilibrium
from dynsym.results.ledger import LIMITS, Answers, Critical, Examined
from dynsym.results.stamp import stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = [
    "find_conditions",
    "fold_condition",
    "hopf_condition",
    "pitchfork_condition",
    "transcritical_condition",
]


P = ParamSpec("P")

SHARE = 0.4
"""Of the time that is left, for elimination; and for formulas beside a complete list of points."""


@stamped
def find_conditions(
    system: SymbolicSystem,
    *,
    parameter: str | Symbol,
    span: Span = None,
    values: Mapping[str, Any] | None = None,
    at: At = None,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> Conditions:
    r"""All bifurcations of equilibria in closed form as one parameter moves.

    An eigenvalue is zero where a factor of the characteristic polynomial has a vanishing constant term; a pair is
    :math:`\pm i\omega` where its even and odd parts have a common root :math:`\omega^2 > 0`. Both are polynomial
    equations in the parameter, and all their real roots are taken: no crossing is missed, whatever the other
    eigenvalues do. Each result carries the non-degeneracy (the normal form coefficient) and the transversality, and
    was compared with an independent numerical computation.

    Parameters
    ----------
    parameter : str or Symbol
        The parameter that moves; its own default value is ignored.
    span : (low, high), optional
        Only solutions in this closed interval; those whose value depends on free parameters are kept.
    values : mapping of name to number, text or Expr, optional
        Override the default values of the other parameters.
    at : SymbolicEquilibrium, mapping of state to value, 0, or None
        The equilibrium; 0 is the origin, None stands for all that `symbolic_equilibria` finds. In a mapping, nodes left
        out are 0 and plastic weights left out are at their steady state.

    Returns
    -------
    Conditions
        A tuple of `BifurcationCondition`: one per solution, sorted by the parameter; those without a number come last.
        It is `complete` where every cell of the question was settled by an argument; else `open` says what was not
        examined, and why: a budget that is used up, equilibria without a formula, a condition that its check refused.

    Raises
    ------
    NotAnEquilibrium
        If the right-hand side does not vanish at the given point.
    ParameterError
        If the parameter does not occur in the equations, or not in the Jacobian at the given point.
    UnsupportedFeatureError
        If the right-hand side is not smooth at the given point, or a large network has several decay rates.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.bidirectional(weight=1), gain="g")
    >>> find_conditions(pair, parameter="g", at=0, span=(0, 3))
    (BifurcationCondition(pitchfork: g = 1, supercritical, proved),) complete

    References
    ----------
    .. [1] Y. Kuznetsov, *Elements of Applied Bifurcation Theory*, chapters 3 and 5.
    .. [2] W.-M. Liu, *Criterion of Hopf bifurcations without using eigenvalues*, J. Math. Anal. Appl. 182 (1994).
    """
    moving = parameter_of(system, parameter)
    substitution = system.substitution(values, (*free, moving))
    window = None if span is None else window_of(span)
    asked = provenance_of(system, (moving,), substitution, span)
    within = inside_of(system, moving, substitution)
    if within is not None:
        try:
            through = find_conditions(within.system, parameter=within.parameter, at=within.point(at), budget=budget)
        except ParameterError as error:
            raise ParameterError(within.renamed(str(error))) from error
        carried = [own for condition in through if (own := within.back(condition)) is not None]
        shown = _sorted([c for c in carried if window is None or _is_inside(c, window)])
        cells = [within.cell(cell) for cell in through.cells]
        return Conditions(shown, cells, cost=through.cost, provenance=asked)
    clock, seen = budget.start(), None
    if at is None:
        seen = eliminated(system, moving, substitution, window, clock.part(SHARE))
        clock = clock.part(SHARE) if seen is not None and seen.is_complete else clock
    points = _points(system, moving, at, substitution, clock, window)
    found: list[BifurcationCondition] = []
    cells = list(points.cells(EVERY))
    terms = 0
    for point in points.found:
        problem = MovingEquilibrium(system, moving, with_named_roots(point, moving), substitution, clock)
        try:
            there = _at_equilibrium(problem, window)
        except LIMITS as obstacle:
            if at is not None and not isinstance(obstacle, BudgetExceeded):
                raise
            there = Answers((), (problem.cell(Critical.ANY).because(obstacle),))
        found.extend(there)
        cells.extend(there.cells)
        terms = max([terms, *(len(f.polynomial) for f in problem.__dict__.get("factors", ()))])
    notes: list[str] = []
    if seen is not None:
        by_formula = found
        found, notes = met(by_formula, seen)
        notes += periods(system, substitution, seen)
        is_open = any(cell.is_open for cell in cells)
        if seen.is_complete or (seen.by and is_open) or any(condition not in by_formula for condition in found):
            cells = [*seen.cells(EVERY)]
        elif is_open:
            cells += seen.open
    cost = {"seconds": round(clock.elapsed, 3), "terms": terms}
    return Conditions(_sorted(found), cells, notes=notes, cost=cost, provenance=asked)


def _one_kind(find: Callable[P, Conditions]) -> Callable[[Callable[[], str]], Callable[P, Conditions]]:
    """Turn the name of a kind into the question for it, with the arguments and the errors of the question for all."""

    def complete(kind: Callable[[], str]) -> Callable[P, Conditions]:
        def conditions(*args: P.args, **kwargs: P.kwargs) -> Conditions:
            return find(*args, **kwargs).of_kind(kind())

        signature = inspect.signature(find)
        update_wrapper(conditions, kind).__dict__["__signature__"] = signature
        conditions.__annotations__ = find.__annotations__
        raises = "NotAnEquilibrium, ParameterError, UnsupportedFeatureError: As `find_conditions`."
        return documented(raises, dict.fromkeys(signature.parameters, "as for `find_conditions`"))(conditions)

    return complete


@_one_kind(find_conditions)
def fold_condition() -> str:
    """The folds (saddle-nodes) among the conditions that `find_conditions` finds.

    Two equilibria meet and vanish where an eigenvalue is zero, the parameter drives the critical mode (w·f_p ≠ 0) and
    the quadratic coefficient w·B(v,v)/2 is not zero.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.system_from_equations({"x": "m + x - x^3"}, parameters={"m": None})
    >>> [condition.solution for condition in fold_condition(system, parameter="m")]
    [-2*sqrt(3)/9, 2*sqrt(3)/9]
    """
    return "fold"


@_one_kind(find_conditions)
def transcritical_condition() -> str:
    """The transcritical points among the conditions that `find_conditions` finds.

    An equilibrium that persists (w·f_p = 0) meets another one and exchanges stability with it: the quadratic
    coefficient is not zero.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.system_from_equations({"x": "r*x*(1 - x) - h*x"}, parameters={"r": 2, "h": None})
    >>> transcritical_condition(system, parameter="h", at=0)[0].solution
    2
    """
    return "transcritical"


@_one_kind(find_conditions)
def pitchfork_condition() -> str:
    """The pitchforks among the conditions that `find_conditions` finds.

    An equilibrium that persists meets a pair of others: the quadratic coefficient vanishes exactly, and the sign of the
    cubic one, w·(C(v,v,v) + 3 B(v,h))/6, says on which side they are.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.build_system(ds.motifs.bidirectional(), node=ds.LeakyRate(ds.AnySigmoid()))
    >>> [(c.solution, c.coefficient) for c in pitchfork_condition(system, parameter="w", at=0)]
    [(1/s1, s3/(12*s1)), (-1/s1, s3/(12*s1))]
    """
    return "pitchfork"


@_one_kind(find_conditions)
def hopf_condition() -> str:
    r"""The Hopf points among the conditions that `find_conditions` finds.

    A simple pair :math:`\pm i\omega` crosses the axis where the last-but-one Hurwitz minor vanishes with
    :math:`\omega^2 > 0`; a vanishing minor with :math:`\omega^2 < 0` is a neutral saddle and no bifurcation.

    Returns
    -------
    Conditions
        With `frequency` and the first Lyapunov coefficient in `coefficient`.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.build_system(ds.motifs.ei_pair(), node=ds.LeakyRate(ds.Tanh()))
    >>> hopf_condition(system, parameter="w_EE")[0].solution
    tau_E*(w_II + 1)/tau_I + 1

    References
    ----------
    .. [1] Y. Kuznetsov, *Elements of Applied Bifurcation Theory*, section 3.4.
    """
    return "hopf"


# ---- how they are put together


def _points(
    system: SymbolicSystem,
    moving: Symbol,
    at: At,
    substitution: Mapping[Symbol, Expr],
    clock: Clock,
    window: Window | None,
) -> Examined[SymbolicEquilibrium]:
    """The equilibria to look at; none where the budget ends before."""

    def is_asked(value: Expr) -> bool:
        return allowed(moving, value) and (window is None or inside(ball(value), window))

    try:
        seen = points_of(system, moving, at, substitution, clock)
        return with_single_values(system, moving, substitution, seen, clock, is_asked)
    except BudgetExceeded as stop:
        return Examined((), (EVERY.because(stop),), by="")


def _at_equilibrium(problem: MovingEquilibrium, window: Window | None) -> Answers[BifurcationCondition]:
    """The conditions at one equilibrium, and the cells of its zero eigenvalues and pairs."""
    problem.require_smooth()
    if is_large(problem):
        return large_conditions(problem, window)
    problem.require_algebraic()
    problem.require_one_side()
    scaling = scaling_of(problem)
    found: list[BifurcationCondition] = []
    cells = list(problem.corners)
    for critical, search in ((Critical.ZERO, zero_findings), (Critical.PAIR, hopf_findings)):
        seen = search(problem) if scaling is None else scaling.findings(search)
        left = list(seen.open)
        for finding in seen.found:
            checked = Examined.attempt(partial(assembled, problem, finding, window), problem.cell(critical), by=seen.by)
            found += checked.found if problem.system.classes is None else map(conditions_of_agreement, checked.found)
            left += checked.open
        cells += replace(seen, open=tuple(left)).cells(problem.cell(critical))
    if problem.system.classes is not None:
        apart = conditions_of_copies(problem, window)
        found += apart
        cells += apart.cells
    return Answers(found, cells)


def _is_inside(condition: BifurcationCondition, window: Window) -> bool:
    """Whether the value lies in the window, or depends on symbols."""
    if condition.solution is None or condition.solution.free_symbols:
        return True
    with precision(GUARD_BITS):
        return inside(ball(condition.solution, {}), window)


def _sorted(conditions: list[BifurcationCondition]) -> tuple[BifurcationCondition, ...]:
    """By the parameter; a point where two equilibria meet is found from both, and said once."""
    once: dict[Any, BifurcationCondition] = {}
    for condition in conditions:
        place = (condition.solution or condition.equation, condition.value, condition.frequency)
        identity = (condition.kind, condition.multiplicity, place, tuple(condition.at.items()))
        once.setdefault(identity, condition)

    def key(condition: BifurcationCondition) -> tuple[bool, float]:
        return condition.value is None, condition.value or 0.0

    return tuple(sorted(once.values(), key=key))
