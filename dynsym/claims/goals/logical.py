"""Goals made of goals. Where nothing else is said, the free symbols stand for all admissible values."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any

from dynsym.claims.goals._base import Goal, formula
from dynsym.claims.goals.algebraic import shown
from dynsym.errors import ParameterError

__all__ = ["All", "AnyOf", "Exactly", "ForSizes", "Iff", "Implies", "Never", "Not"]


@dataclass(frozen=True, eq=False)
class Not(Goal):
    """The goal does not hold in general: it fails for at least one admissible choice of values.

    `Never` says that it fails for all of them; without free symbols the two are one. Inside `Implies`, `Iff`, `AnyOf`,
    `Never` and `Exactly`, which are read point by point, `Not` is the negation at that point.

    Parameters
    ----------
    goal : Goal

    Examples
    --------
    >>> from dynsym.claims import Identity
    >>> Not(Identity("a*b", "a + b")).text()
    'not: a*b = a + b'
    """

    goal: Goal

    def text(self) -> str:
        return f"not: {self.goal.text()}"


@dataclass(frozen=True, eq=False)
class Never(Goal):
    """The goal fails for every admissible choice of values.

    Parameters
    ----------
    goal : Goal

    Examples
    --------
    >>> from dynsym.claims import Holds
    >>> Never(Holds("x^2 < 0")).text()
    'never: x^2 < 0'
    """

    goal: Goal

    def text(self) -> str:
        return f"never: {self.goal.text()}"


@dataclass(frozen=True, eq=False)
class All(Goal):
    """All of several goals hold.

    Parameters
    ----------
    goals : sequence of Goal

    Raises
    ------
    ParameterError
        If there is none.

    Examples
    --------
    >>> from dynsym.claims import Holds
    >>> All.of(Holds("x^2 >= 0"), Holds("x < x + 1")).text()
    'x^2 >= 0; and x < x + 1'
    """

    goals: Any

    def __post_init__(self) -> None:
        _check_goals(self)

    @classmethod
    def of(cls, *goals: Goal) -> All:
        """All of these."""
        return cls(goals)

    def text(self) -> str:
        return "; and ".join(goal.text() for goal in self.goals)


@dataclass(frozen=True, eq=False)
class AnyOf(Goal):
    """At every admissible point at least one of several goals holds.

    Parameters
    ----------
    goals : sequence of Goal

    Raises
    ------
    ParameterError
        If there is none.

    Examples
    --------
    >>> from dynsym.claims import Holds
    >>> AnyOf((Holds("x >= 0"), Holds("x < 0"))).text()
    'x >= 0; or x < 0'
    """

    goals: Any

    def __post_init__(self) -> None:
        _check_goals(self)

    def text(self) -> str:
        return "; or ".join(goal.text() for goal in self.goals)


@dataclass(frozen=True, eq=False)
class Implies(Goal):
    """At every admissible point: if the first goal holds, so does the second.

    Parameters
    ----------
    premise, conclusion : Goal

    Examples
    --------
    >>> from dynsym.claims import Holds
    >>> Implies(Holds("x > 1"), Holds("x^2 > x")).text()
    'if x > 1 then x^2 > x'
    """

    premise: Goal
    conclusion: Goal

    def text(self) -> str:
        return f"if {self.premise.text()} then {self.conclusion.text()}"


@dataclass(frozen=True, eq=False)
class Iff(Goal):
    """At every admissible point: one goal holds exactly where the other does.

    Parameters
    ----------
    left, right : Goal

    Examples
    --------
    >>> from dynsym.claims import Holds
    >>> Iff(Holds("x*y = 0"), Holds("x = 0 or y = 0")).text()
    'x*y = 0 exactly if x = 0 or y = 0'
    """

    left: Goal
    right: Goal

    def text(self) -> str:
        return f"{self.left.text()} exactly if {self.right.text()}"


@dataclass(frozen=True, eq=False)
class Exactly(Goal):
    """A goal holds exactly in a region: stability regions, "is a gradient iff".

    Parameters
    ----------
    goal : Goal
    where : Boolean or text
        A relation between the free symbols, the region.

    Examples
    --------
    >>> import dynsym as ds
    >>> from dynsym.claims import IsStable
    >>> Exactly(IsStable(ds.system_from_equations({"x": "a*x"}, ["a"], name="line"), at=0), where="a < 0").text()
    'line is stable at the origin exactly if a < 0'
    """

    goal: Goal
    _: KW_ONLY
    where: Any = formula(stated=True)

    def text(self) -> str:
        return f"{self.goal.text()} exactly if {shown(self.where)}"


@dataclass(frozen=True, eq=False)
class ForSizes(Goal):
    """A statement about matrices of any size, given by its instances and, for a proof, by an argument in the sizes.

    Parameters
    ----------
    build : callable that takes the sizes by name and returns a Goal
        The claim at given sizes, written from the source formula: ``build(M=2, N=3)``.
    sizes : sequence of str
        Names of the sizes, as `build` takes them.
    everywhere : Goal, optional
        The same claim in index notation with symbolic sizes. It is proved by its own provers; the instances are the
        second route, and the two must agree.
    smallest, largest : int
        Instances are tried with all sizes from `smallest` up to `largest`.

    Raises
    ------
    ParameterError
        If there is no size, or the range is empty.

    Examples
    --------
    >>> import sympy
    >>> from dynsym.claims import Identity
    >>> def trace_of_ones(N):
    ...     return Identity(sympy.ones(N, N).trace(), sympy.Integer(N))
    >>> ForSizes(trace_of_ones, ("N",)).text()
    'for all N: 1 = 1'
    """

    build: Any
    sizes: Any
    _: KW_ONLY
    everywhere: Goal | None = None
    smallest: int = 1
    largest: int = 3

    def __post_init__(self) -> None:
        if not self.sizes or not 0 < self.smallest <= self.largest:
            raise ParameterError(
                f"ForSizes was given the sizes {self.sizes!r} from {self.smallest} to {self.largest}; it needs names "
                "of sizes and a range. Try ForSizes(build, ('M', 'N'))."
            )

    def text(self) -> str:
        inner = self.everywhere or self.build(**dict.fromkeys(self.sizes, self.smallest))
        return f"for all {', '.join(self.sizes)}: {inner.text()}"


def _check_goals(goal: Any) -> None:
    goals = goal.goals
    if isinstance(goals, list):
        object.__setattr__(goal, "goals", tuple(goals))
        goals = goal.goals
    if not isinstance(goals, tuple) or not goals or not all(isinstance(part, Goal) for part in goals):
        raise ParameterError(
            f"{type(goal).__name__} was given {goals!r:.60}; it needs a sequence of goals. "
            f"Try {type(goal).__name__}((Holds('x > 0'), …))."
        )
