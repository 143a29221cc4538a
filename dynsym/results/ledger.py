"""The ledger of a question that asks for all: cells, each open with a reason or settled by a named argument.

A cell is which equilibria × which eigenvalues × where. Every route gives back an `Examined`: what it found, what it
did not cover, and the argument that settles the rest. Emptiness proves nothing: without an argument a cell stays open.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from typing import Generic, Self, TypeVar

from sympy import Expr

from dynsym.errors import BudgetExceeded, ClosedFormMismatch, DomainError, UnsupportedFeatureError

__all__ = ["LIMITS", "Answers", "Cell", "Critical", "Examined", "Where", "told"]

Found = TypeVar("Found")
LIMITS = (BudgetExceeded, DomainError, UnsupportedFeatureError)
NOT_EXAMINED = "not examined"
STATES_SHOWN = 4


class Critical(enum.Enum):
    """What may become critical in a cell; the value is how it is said."""

    ANY = ""
    ZERO = "a zero eigenvalue"
    PAIR = "an imaginary pair"
    DOUBLE_ZERO = "a double zero eigenvalue"
    CUSP = "a cusp"


class Where(enum.Enum):
    """Which part of the question a cell is; the value is how it is said."""

    FINITE = ""
    POLE = "at poles"
    OUTSIDE = "at the edge of the domain"
    INFINITY = "far out"
    RANGE = "at single values of parameters"


@dataclass(frozen=True)
class Cell:
    """One part of a question: open with a reason, or settled by an argument.

    Parameters
    ----------
    equilibria : str
        Which ones, for people.
    critical : Critical
    where : Where
    reason : str
        Why it is open.
    argument : str
        What settled it; empty while it is open.
    vanishing : Expr or None
        Of single values of parameters: zero there, and nowhere else.

    Examples
    --------
    >>> cell = Cell("x = 0", critical=Critical.PAIR)
    >>> cell.because("the budget is used up").to_json()
    {'what': 'x = 0: an imaginary pair', 'reason': 'the budget is used up'}
    >>> cell.settled("the polynomial has no real root").is_open
    False
    """

    equilibria: str
    _: KW_ONLY
    critical: Critical = Critical.ANY
    where: Where = Where.FINITE
    reason: str = NOT_EXAMINED
    argument: str = ""
    vanishing: Expr | None = None

    @classmethod
    def at(cls, states: Mapping[str, Expr], critical: Critical = Critical.ANY) -> Cell:
        """The cell of one equilibrium."""
        shown = ", ".join(f"{name} = {value}" for name, value in list(states.items())[:STATES_SHOWN])
        return cls(shown + (", …" if len(states) > STATES_SHOWN else ""), critical=critical)

    @property
    def is_open(self) -> bool:
        """Whether no argument has settled it."""
        return not self.argument

    @property
    def what(self) -> str:
        """The part of the question, in words."""
        return ": ".join(
            [self.equilibria, *filter(None, [", ".join(filter(None, [self.critical.value, self.where.value]))])]
        )

    def because(self, reason: object, where: Where | None = None) -> Cell:
        """The same cell, open for a reason, as an exception tells it."""
        text = f"budget: {reason}" if isinstance(reason, BudgetExceeded) else str(reason)
        return replace(self, reason=text, argument="", where=where or self.where)

    def where_zero(self, expression: Expr) -> Cell:
        """The part of the cell where parameters take the values at which an expression vanishes."""
        return replace(self.because(f"where {expression} = 0", Where.RANGE), vanishing=expression)

    def settled(self, argument: str) -> Cell:
        """The same cell, settled."""
        return replace(self, argument=argument)

    def __str__(self) -> str:
        return f"{self.what}: {self.argument or self.reason}"

    def to_json(self) -> dict[str, str]:
        """What is open and why, or what settled it."""
        return {"what": self.what} | ({"reason": self.reason} if self.is_open else {"argument": self.argument})


@dataclass(frozen=True)
class Examined(Generic[Found]):
    """What a route found, what it did not cover, and the argument that settles all the rest.

    Parameters
    ----------
    found : tuple
    open : tuple of Cell
        Empty only where `by` names an argument that covers everything.
    by : str
        The argument; empty where there is none, and then nothing is settled.

    Examples
    --------
    >>> Examined((1, 2), (), by="a polynomial has no other roots").is_complete
    True
    >>> Examined((), (), by="").is_complete
    False
    """

    found: tuple[Found, ...]
    open: tuple[Cell, ...]
    _: KW_ONLY
    by: str

    @property
    def is_complete(self) -> bool:
        """Whether nothing is open and an argument says so."""
        return bool(self.by) and not self.open

    def cells(self, cell: Cell) -> tuple[Cell, ...]:
        """What is open of a cell, or the cell settled by the argument; without one it is open itself."""
        return self.open or (cell.settled(self.by) if self.by else cell,)

    @classmethod
    def attempt(cls, make: Callable[[], Found | None], cell: Cell, *, by: str) -> Examined[Found]:
        """One finding by an argument; where a limit or a check refuses it, its cell is open."""
        try:
            made = make()
        except (*LIMITS, ClosedFormMismatch) as refusal:
            return cls((), (cell.because(refusal),), by="")
        return cls(() if made is None else (made,), (), by=by)

    @classmethod
    def joined(cls, parts: Iterable[Examined[Found]], cell: Cell, *, by: str) -> Examined[Found]:
        """Parts that together cover a cell by an argument; a limit that ends them leaves the rest open."""
        found: list[Found] = []
        left: dict[Cell, None] = {}
        said = {by: None}
        try:
            for part in parts:
                found.extend(part.found)
                left |= dict.fromkeys(part.open if part.by or part.open else (cell,))
                said |= {part.by: None}
        except LIMITS as stop:
            left[cell.because(stop)] = None
        return cls(tuple(found), tuple(left), by="; ".join(filter(None, said)) if by else "")


class Answers(tuple[Found, ...]):
    """What was found, as a tuple, with the ledger of the question: `complete`, and what is `open`.

    Parameters
    ----------
    found : iterable
    cells : iterable of Cell
        Open or settled; without a settled one nothing is complete.

    Examples
    --------
    >>> cell = Cell("equilibria")
    >>> Answers([], [cell.settled("a linear equation")])
    () complete
    >>> Answers([1], [cell]).open[0].reason
    'not examined'
    """

    cells: tuple[Cell, ...]

    def __new__(cls, found: Iterable[Found] = (), cells: Iterable[Cell] = ()) -> Self:
        made = super().__new__(cls, found)
        made.cells = tuple(dict.fromkeys(cells))
        return made

    @property
    def open(self) -> tuple[Cell, ...]:
        """The cells that no argument has settled."""
        return tuple(cell for cell in self.cells if cell.is_open)

    @property
    def complete(self) -> bool:
        """Whether every cell is settled by an argument, so that there is nothing else."""
        return bool(self.cells) and not self.open

    def ledger(self) -> str:
        """``"complete"``, or what is open and why."""
        return "complete" if self.complete else f"open: {'; '.join(told(self.open)) or NOT_EXAMINED}"

    def __repr__(self) -> str:
        return f"{super().__repr__()} {self.ledger()}"


def told(cells: Iterable[Cell]) -> tuple[str, ...]:
    """Cells as lines, those of one reason together."""
    by_reason: dict[str, dict[str, None]] = {}
    for cell in cells:
        by_reason.setdefault(cell.argument or cell.reason, {})[cell.what] = None
    return tuple(f"{'; '.join(parts)}: {reason}" for reason, parts in by_reason.items())
