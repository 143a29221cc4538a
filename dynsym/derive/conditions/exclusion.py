"""Proof that no Hopf bifurcation happens at an equilibrium."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import sympy
from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym._docstrings import documented
from dynsym.algebra.cycle_condition import cycle_test
from dynsym.algebra.enclosures import evaluate
from dynsym.algebra.field import Element
from dynsym.algebra.signs import sign_of_element
from dynsym.algebra.tidy import tidy
from dynsym.arithmetic.balls import precision, sign_of
from dynsym.derive.characteristic.factors import EIGENVALUE, even_and_odd, shown_factor
from dynsym.derive.conditions.large import is_large
from dynsym.derive.crossings.loci import loci
from dynsym.derive.crossings.locus import GUARD_BITS, Locus, Solution
from dynsym.derive.crossings.pair import (
    crossing_polynomial,
    several_pairs,
    squared_frequency,
    without_odd_part,
)
from dynsym.derive.crossings.problem import MovingEquilibrium, with_named_roots
from dynsym.derive.crossings.windows import Window, inside, window_of
from dynsym.derive.equilibria.points import At, parameter_of, points_of
from dynsym.errors import ParameterError
from dynsym.results.stamp import OfSystem, stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem
from dynsym.results.content import record
from dynsym.results.ledger import Cell, Critical, Examined, told

__all__ = ["HopfExclusion", "excludes_hopf"]


@dataclass(frozen=True)
class HopfExclusion(OfSystem):
    """Whether an equilibrium can have a purely imaginary pair of eigenvalues, and why.

    Parameters
    ----------
    verdict : {"proved", "refuted", "undecided"}
        Of the claim that it cannot.
    parameter : str
    span : (Expr, Expr)
        The open interval of the parameter that the verdict is about.
    argument : str
        The proof in words and formulas.
    minors : tuple of Expr
        The polynomials that vanish where two eigenvalues are opposite, one for each factor of degree two or more.
    neutral_saddles : tuple of (Expr, Expr)
        Parameter and squared frequency (negative) where they do.
    open : tuple of Cell
        What was not examined; a proof needs that there is nothing.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.bidirectional(weight=1), gain="g")
    >>> excludes_hopf(pair, parameter="g", at=0).verdict
    'proved'
    """

    verdict: str
    _: KW_ONLY
    parameter: str
    span: tuple[Expr, Expr]
    argument: str
    minors: tuple[Expr, ...] = ()
    neutral_saddles: tuple[tuple[Expr, Expr], ...] = ()
    open: tuple[Cell, ...] = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("A verdict is not a truth value. Compare .verdict with 'proved', 'refuted' or 'undecided'.")

    def to_json(self) -> dict[str, Any]:
        """The verdict as a JSON object of texts."""
        return {"kind": "hopf_exclusion"} | record(self)


@documented("NotAnEquilibrium, ParameterError, UnsupportedFeatureError: As `find_conditions`.")
@stamped
def excludes_hopf(
    system: SymbolicSystem,
    *,
    parameter: str | Symbol,
    span: tuple[Any, Any] = (0, sympy.oo),
    values: Mapping[str, Any] | None = None,
    at: At,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> HopfExclusion:
    r"""Prove or refute that an equilibrium has no Hopf point for a parameter in an interval.

    A pair :math:`\pm i\omega` needs a common root :math:`\omega^2 > 0` of the even and odd parts of a factor of the
    characteristic polynomial. Their resultant is a polynomial in the parameter; its real roots are isolated exactly,
    and at each the sign of :math:`\omega^2` is certified.

    Parameters
    ----------
    span : (low, high)
        Open interval of the parameter.
    at : SymbolicEquilibrium, mapping of state to value, or 0
        The equilibrium; 0 is the origin.

    Returns
    -------
    HopfExclusion
        ``"proved"``, ``"refuted"`` (a Hopf point exists) or ``"undecided"``, with the argument.

    Examples
    --------
    >>> import dynsym as ds
    >>> circuit = ds.build_system(ds.load_network("pyloric"), gain="g")
    >>> excludes_hopf(circuit, parameter="g", at=0).verdict
    'proved'
    """
    moving = parameter_of(system, parameter)
    substitution = system.substitution(values, (*free, moving))
    window = window_of(span)
    clock = budget.start()
    if at is None:
        raise ParameterError("The equilibrium was given as None. Give one: 0 for the origin, a mapping, or a result.")
    (point,) = points_of(system, moving, at, substitution, clock).found
    problem = MovingEquilibrium(system, moving, with_named_roots(point, moving), substitution, clock)
    problem.require_smooth()
    common: dict[str, Any] = {"parameter": moving.name, "span": window}
    cell = problem.cell(Critical.PAIR)
    if is_large(problem):
        seen = _by_symmetry(problem, cell)
        return HopfExclusion(
            "proved" if seen.is_complete else "undecided", argument="; ".join(seen.found), open=seen.open, **common
        )
    problem.require_algebraic()
    minors: list[Expr] = []
    saddles: list[tuple[Expr, Expr]] = []
    pairs: list[Expr] = []

    def parts() -> Iterator[Examined[str]]:
        yield Examined((), problem.corners, by="derivatives that exist")
        for factor in problem.factors:
            if problem.ring.degree(factor.polynomial, EIGENVALUE) < 2:
                continue
            even, odd = even_and_odd(problem.ring, factor.polynomial)
            if odd.is_zero():
                apart = without_odd_part(problem, factor, cell)
                yield Examined((), apart.open, by=apart.by)
                continue
            minor = crossing_polynomial(problem.ring, even, odd, clock)
            minors.append(_with_positive_lead(problem.ring.expression(minor), moving))
            shown = shown_factor(problem.ring, factor.polynomial)
            places = loci(problem, minor, cell)
            step = f"two eigenvalues of {shown} are opposite only where {minors[-1]} = 0"
            yield Examined((step,), places.open, by=places.by)
            for locus in places.found:
                yield _at_locus(problem, locus, squared_frequency(problem, locus, even, odd), window, saddles, pairs)

    seen = Examined.joined(parts(), cell, by="even and odd parts of the characteristic polynomial")
    steps = list(seen.found)
    if not minors and seen.is_complete:
        steps.append(
            "every factor of the characteristic polynomial is linear or has an even part without positive roots"
        )
    elif seen.is_complete and not pairs:
        steps.append("no pair of eigenvalues is purely imaginary")
    verdict = "refuted" if pairs else "proved" if seen.is_complete else "undecided"
    argument = "; ".join([*steps, *told(seen.open)])
    return HopfExclusion(
        verdict, argument=argument, minors=tuple(minors), neutral_saddles=tuple(saddles), open=seen.open, **common
    )


def _with_positive_lead(minor: Expr, parameter: Symbol) -> Expr:
    lead = sympy.Poly(minor, parameter).LC()
    return -minor if lead.is_negative else minor


def _at_locus(
    problem: MovingEquilibrium,
    locus: Locus,
    squared: Element | None,
    window: Window,
    saddles: list[tuple[Expr, Expr]],
    pairs: list[Expr],
) -> Examined[str]:
    """What is said of the points of a locus; neutral saddles and imaginary pairs are appended."""
    cell = problem.cell(Critical.PAIR)
    if squared is None:
        return Examined((), (several_pairs(locus, cell),), by="")
    words: list[str] = []
    left: list[Cell] = []
    for solution in locus.solutions:
        if solution.balls is None or not solution.encloses(squared):
            sign = sign_of_element(squared)
            if sign is None:
                left.append(cell.because(f"omega^2 = {tidy(squared)} where {locus.equation} = 0 can be positive"))
            elif sign > 0 and _surely_inside(solution, window):
                pairs.append(locus.equation)
                words.append(f"there omega^2 = {tidy(squared)} is positive")
            elif sign > 0:
                left.append(cell.because(f"whether {locus.equation} = 0 has a solution in the interval"))
            else:
                words.append(f"there omega^2 = {tidy(squared)} is never positive")
            continue
        with precision(GUARD_BITS):
            balls = solution.balls()
            value, frequency = balls[problem.parameter], evaluate(squared, balls)
        text = _text(solution, float(value.mid()))
        if not inside(value, window, closed=False):
            words.append(f"{problem.parameter} = {text} is outside the interval")
            continue
        if squared.is_zero or sign_of(frequency) == -1:
            words.append(f"at {problem.parameter} = {text} they are real (omega^2 = {float(frequency.mid()):.6g})")
            saddles.append((_formula(problem, solution), sympy.Float(frequency.mid().str(17, radius=False), 17)))
        elif sign_of(frequency) == 1:
            pairs.append(locus.equation)
            words.append(f"at {problem.parameter} = {text} they are imaginary (omega^2 = {float(frequency.mid()):.6g})")
        else:
            left.append(cell.because(f"at {problem.parameter} = {text} the sign of omega^2 is not certified"))
    return Examined(tuple(words), tuple(left), by="the sign of omega^2")


def _surely_inside(solution: Solution, window: Window) -> bool:
    """Whether a formula lies in the interval, by the assumptions on its symbols."""
    (low, high), value = window, solution.formula
    return value is not None and all(d.is_extended_positive for d in (value - low, high - value))


def _text(solution: Solution, number: float) -> str:
    text = str(solution.formula)
    return (
        text
        if solution.formula is not None and solution.formula.is_Integer
        else (f"{text} = {number:.6g}" if len(text) <= 60 else f"{number:.6g}")
    )


def _formula(problem: MovingEquilibrium, solution: Solution) -> Expr:
    return problem.parameter if solution.formula is None else solution.formula


def _by_symmetry(problem: MovingEquilibrium, cell: Cell) -> Examined[str]:
    """A Jacobian that is symmetric up to a positive scale, whatever the parameter, has real eigenvalues."""
    test = cycle_test(problem.system.dimension, problem.expansion.linear)
    if test.holds and not test.assumed_positive:
        words = "the Jacobian is symmetric up to a positive diagonal scale, so all eigenvalues are real"
        return Examined((words,), (), by="symmetry")
    words = "the network is too large for exact polynomials, and its Jacobian is not symmetrisable"
    return Examined((words,), (cell.because(words),), by="")
