"""Proof that no Hopf bifurcation happens at an equilibrium."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import sympy
from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym._docstrings import VALUES, documented
from dynsym.algebra.cycle_condition import cycle_test
from dynsym.algebra.enclosures import evaluate
from dynsym.algebra.ring import Polynomial
from dynsym.algebra.signs import sign_of_element, sign_of_polynomial
from dynsym.algebra.tidy import tidy
from dynsym.arithmetic.balls import precision, sign_of
from dynsym.derive.characteristic.factors import EIGENVALUE, even_and_odd, shown_factor
from dynsym.derive.conditions.large import is_large
from dynsym.derive.crossings.loci import loci
from dynsym.derive.crossings.locus import GUARD_BITS, Locus, Solution
from dynsym.derive.crossings.pair import crossing_polynomial, squared_frequency
from dynsym.derive.crossings.problem import MovingEquilibrium, with_named_roots
from dynsym.derive.crossings.windows import Window, inside, window_of
from dynsym.derive.equilibria.points import At, parameter_of, points_of
from dynsym.errors import ParameterError
from dynsym.results.stamp import OfSystem, stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem
from dynsym.results.content import record

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

    def __bool__(self) -> NoReturn:
        raise TypeError("A verdict is not a truth value. Compare .verdict with 'proved', 'refuted' or 'undecided'.")

    def to_json(self) -> dict[str, Any]:
        """The verdict as a JSON object of texts."""
        return {"kind": "hopf_exclusion"} | record(self)


@documented("NotAnEquilibrium, ParameterError, UnsupportedFeatureError, BudgetExceeded: As `find_conditions`.", VALUES)
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
    (point,), _ = points_of(system, moving, at, substitution, clock)
    problem = MovingEquilibrium(system, moving, with_named_roots(point, moving), substitution, clock)
    problem.require_smooth()
    common: dict[str, Any] = {"parameter": moving.name, "span": window}
    if is_large(problem):
        verdict, argument = _by_symmetry(problem)
        return HopfExclusion(verdict, argument=argument, **common)
    problem.require_algebraic()
    steps: list[str] = []
    minors: list[Expr] = []
    saddles: list[tuple[Expr, Expr]] = []
    verdict = "proved"
    for factor in problem.factors:
        if problem.ring.degree(factor.polynomial, EIGENVALUE) < 2:
            continue
        even, odd = even_and_odd(problem.ring, factor.polynomial)
        shown = shown_factor(problem.ring, factor.polynomial)
        if odd.is_zero():
            own, why = _without_odd_part(problem, even)
            steps.append(f"{shown} is even in lambda: {why}")
            verdict = _worse(verdict, own)
            continue
        minor = crossing_polynomial(problem.ring, even, odd, clock)
        minors.append(_with_positive_lead(problem.ring.expression(minor), moving))
        steps.append(f"two eigenvalues of {shown} are opposite only where {minors[-1]} = 0")
        for locus in loci(problem, minor):
            own, words, points = _at_locus(problem, locus, even, odd, window)
            verdict = _worse(verdict, own)
            steps.extend(words)
            saddles.extend(points)
    if not minors:
        steps.append("every factor of the characteristic polynomial is linear: all eigenvalues are real")
    elif verdict == "proved":
        steps.append("no pair of eigenvalues is purely imaginary")
    return HopfExclusion(
        verdict, argument="; ".join(steps), minors=tuple(minors), neutral_saddles=tuple(saddles), **common
    )


def _with_positive_lead(minor: Expr, parameter: Symbol) -> Expr:
    lead = sympy.Poly(minor, parameter).LC()
    return -minor if lead.is_negative else minor


def _worse(one: str, other: str) -> str:
    order = ("proved", "undecided", "refuted")
    return max(one, other, key=order.index)


def _without_odd_part(problem: MovingEquilibrium, even: Polynomial) -> tuple[str, str]:
    """An even polynomial: eigenvalues come in opposite pairs for every parameter."""
    if sign_of_polynomial(problem.ring, even) is not None:
        return "proved", "its even part never vanishes, so no pair is imaginary"
    return "undecided", "opposite eigenvalues persist, and a crossing is not isolated"


def _at_locus(
    problem: MovingEquilibrium, locus: Locus, even: Polynomial, odd: Polynomial, window: Window
) -> tuple[str, list[str], list[tuple[Expr, Expr]]]:
    squared = squared_frequency(problem, locus, even, odd)
    if squared is None:
        return "undecided", [f"on {locus.equation} = 0 more than one pair is opposite"], []
    verdict, words, points = "proved", [], []
    for solution in locus.solutions:
        if solution.balls is None or not solution.encloses(squared):
            sign = sign_of_element(squared)
            if sign is None or sign > 0:
                verdict = _worse(verdict, "undecided" if sign is None else "refuted")
                words.append(f"there omega^2 = {tidy(squared)}, which can be positive")
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
            points.append((_formula(problem, solution), sympy.Float(frequency.mid().str(17, radius=False), 17)))
        elif sign_of(frequency) == 1:
            verdict = _worse(verdict, "refuted")
            words.append(f"at {problem.parameter} = {text} they are imaginary (omega^2 = {float(frequency.mid()):.6g})")
        else:
            verdict = _worse(verdict, "undecided")
            words.append(f"at {problem.parameter} = {text} the sign of omega^2 is not certified")
    return verdict, words, points


def _text(solution: Solution, number: float) -> str:
    text = str(solution.formula)
    return (
        text
        if solution.formula is not None and solution.formula.is_Integer
        else (f"{text} = {number:.6g}" if len(text) <= 60 else f"{number:.6g}")
    )


def _formula(problem: MovingEquilibrium, solution: Solution) -> Expr:
    return problem.parameter if solution.formula is None else solution.formula


def _by_symmetry(problem: MovingEquilibrium) -> tuple[str, str]:
    """A Jacobian that is symmetric up to a positive scale, whatever the parameter, has real eigenvalues."""
    test = cycle_test(problem.system.dimension, problem.expansion.linear)
    if test.holds and not test.assumed_positive:
        return "proved", "the Jacobian is symmetric up to a positive diagonal scale, so all eigenvalues are real"
    return "undecided", "the network is too large for exact polynomials, and its Jacobian is not symmetrisable"
