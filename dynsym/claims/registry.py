"""Which provers and restaters serve which goal: how a new goal becomes provable.

A goal is one frozen dataclass, a subclass of `Goal`. What dynsym can do with it is registered beside it::

    @restater(MyGoal)
    def my_condition(goal, problem):  # -> Restatement: the goal holds at a point exactly where a formula does
        ...

    @prover(MyGoal, order=20)
    def by_a_theorem(goal, problem):  # -> Finding, or None where it has nothing to say
        ...

A prover may raise `UnsupportedFeatureError` (the goal is not of its kind), `MissingPackageError` or `BudgetExceeded`:
each of these becomes a note of the verdict and the next prover is asked. A prover that refutes returns a `Finding` too.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from sympy.logic.boolalg import Boolean

if TYPE_CHECKING:
    from dynsym.claims.goals import Goal
    from dynsym.claims.verdict import Finding, Step

__all__ = [
    "Prover",
    "Restatement",
    "Restater",
    "corrector",
    "corrector_of",
    "prover",
    "provers_of",
    "restater",
    "restater_of",
]

_PROVERS_MODULE = "dynsym.claims.provers"


@dataclass(frozen=True)
class Restatement:
    """A goal as a formula: at every point that the hypotheses allow, the goal holds exactly where the formula does.

    Parameters
    ----------
    formula : Boolean
        Equations and inequalities between real expressions, joined by and, or, not.
    method : str
        What made it: ``"Hurwitz minors"``.
    steps : tuple of Step
        Why the two are equivalent.
    margin : Boolean or None
        Where the formula is false without refuting the goal, such as a marginal eigenvalue: no counterexample is
        taken from there.

    Examples
    --------
    >>> import sympy
    >>> Restatement(sympy.true, method="nothing to show").formula
    True
    """

    formula: Boolean
    method: str
    steps: tuple[Step, ...] = ()
    margin: Boolean | None = None


Prover = Callable[..., "Finding | None"]
Restater = Callable[..., Restatement]
Corrector = Callable[..., "Iterator[Goal]"]

_PROVERS: dict[type, list[tuple[int, str, Prover]]] = {}
_RESTATERS: dict[type, Restater] = {}
_CORRECTORS: dict[type, Corrector] = {}
_GENERAL: list[Prover] = []

GENERAL_ORDER = 50
"""When the general prover is asked, which serves every kind of goal that has a restater."""

P = TypeVar("P", bound=Callable[..., object])


def prover(*goals: type[Goal], order: int = 50) -> Callable[[P], P]:
    """Register a prover or refuter for kinds of goals; a lower order is asked earlier.

    Parameters
    ----------
    *goals : classes of goals
    order : int
        Exact algebra 10, theorems 30, the general engine 50, searches 70.

    Returns
    -------
    decorator of a function (goal, problem) -> Finding or None

    Examples
    --------
    >>> from dynsym.claims.goals import Identity
    >>> @prover(Identity, order=99)
    ... def nothing_to_say(goal, problem):
    ...     return None
    >>> nothing_to_say in provers_of(Identity)
    True
    >>> _PROVERS[Identity].pop() is not None
    True
    """

    def register(function: P) -> P:
        for goal in goals:
            entries = _PROVERS.setdefault(goal, [])
            entries.append((order, function.__name__, function))  # type: ignore[arg-type]
            entries.sort(key=lambda entry: entry[0])
        return function

    return register


def restater(*goals: type[Goal]) -> Callable[[P], P]:
    """Register the function that turns a goal into a formula.

    Parameters
    ----------
    *goals : classes of goals

    Returns
    -------
    decorator of a function (goal, problem) -> Restatement

    Examples
    --------
    >>> from dynsym.claims.goals import Identity
    >>> restater_of(Identity) is not None
    True
    """

    def register(function: P) -> P:
        for goal in goals:
            _RESTATERS[goal] = function  # type: ignore[assignment]
        return function

    return register


def corrector(*goals: type[Goal]) -> Callable[[P], P]:
    """Register what dynsym computes in place of a refuted goal: a function (goal, problem) -> goals to be proved."""

    def register(function: P) -> P:
        _CORRECTORS.update(dict.fromkeys(goals, function))  # type: ignore[arg-type]
        return function

    return register


def general_prover(function: P) -> P:
    """Register the prover that serves every goal with a restater."""
    _GENERAL.append(function)  # type: ignore[arg-type]
    return function


def provers_of(goal: type[Goal]) -> tuple[Prover, ...]:
    """The provers of a kind of goal, in the order in which they are asked."""
    importlib.import_module(_PROVERS_MODULE)
    entries = [(order, function) for order, _, function in _PROVERS.get(goal, ())]
    if goal in _RESTATERS:
        entries += [(GENERAL_ORDER, function) for function in _GENERAL]
    return tuple(function for _, function in sorted(entries, key=lambda entry: entry[0]))


def restater_of(goal: type[Goal]) -> Restater | None:
    """The restater of a kind of goal, or None."""
    importlib.import_module(_PROVERS_MODULE)
    return _RESTATERS.get(goal)


def corrector_of(goal: type[Goal]) -> Corrector | None:
    """The corrector of a kind of goal, or None."""
    importlib.import_module(_PROVERS_MODULE)
    return _CORRECTORS.get(goal)
