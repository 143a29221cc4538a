"""Claims as data: what is said, where, under which hypotheses, and the goal that a prover is asked about."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property

import sympy
from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean

from dynsym._expressions import check_name, symbol
from dynsym.claims.goals import Goal
from dynsym.claims.goals._base import unified
from dynsym.claims.relations import read_formula
from dynsym.errors import ModelNameError, ParameterError
from dynsym.model.fingerprint import digest

__all__ = ["Claim"]

DEFAULT_SECONDS = 30.0
_ID = re.compile(r"[\w.+-]{1,120}")


@dataclass(frozen=True, eq=False)
class Claim:
    """A statement that dynsym is to prove or refute.

    Parameters
    ----------
    id : str
        Such as ``"ninou2025.eq12"``: letters, digits, underscores, dots.
    statement : str
        What is claimed, in words, as printed.
    goal : Goal, or callable () -> Goal
        What is to be shown. A callable is called when the goal is first needed.
    source : str
        Where it is claimed; a reconstructed model is said to be one here.
    hypotheses : sequence of Boolean or text
        Relations that the free symbols satisfy: ``"w1*w2 = s"``, ``"s > 0"``.
    symbols : mapping of name to assumption or Symbol, or sequence of names and Symbols
        What the texts may use beside the states and parameters of the goal's systems. Assumptions are those of model
        files (``"real"``, ``"positive"``, ``"nonnegative"``, ``"negative"``, ``"nonzero"``, ``"integer"``), and
        ``"sign"`` for a number that is 1 or -1.
    sizes : sequence of str
        The sizes that are general in it.
    scope : str
        Reading or variant under which the claim is taken; it is part of the verdict's scope.
    seconds : float
        Limit of the time spent on it.
    alternatives : sequence of Goal, or callable () -> sequence of Goal
        Candidates for a corrected statement. One is printed only after it is proved.

    Raises
    ------
    ParameterError
        If the id, the goal or the limit is unusable.
    ModelNameError
        If a name is undeclared, or a symbol is declared twice in different ways.
    ModelParseError
        If a text cannot be read.

    Examples
    --------
    >>> from dynsym.claims import Claim, Holds, verify
    >>> claim = Claim("mine.means", "the means are ordered", Holds("4*a*b <= (a + b)^2"), symbols=["a", "b"])
    >>> verify(claim).verdict
    'proved'
    """

    id: str
    statement: str
    goal: Goal | Callable[[], Goal]
    _: KW_ONLY
    source: str = ""
    hypotheses: Sequence[Boolean | str] = ()
    symbols: Mapping[str, str | Symbol] | Sequence[str | Symbol] = field(default_factory=dict)
    sizes: Sequence[str] = ()
    scope: str = ""
    seconds: float = DEFAULT_SECONDS
    alternatives: Sequence[Goal] | Callable[[], Sequence[Goal]] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not _ID.fullmatch(self.id):
            raise ParameterError(
                f"A claim has the id {self.id!r:.60}; an id consists of letters, digits, underscores and dots. "
                "Try 'mine.first'."
            )
        if not isinstance(self.goal, Goal) and not callable(self.goal):
            raise ParameterError(
                f"The claim {self.id} has the goal {self.goal!r:.60}; a Goal is needed. Try Holds('a > 0')."
            )
        if not self.seconds > 0:
            raise ParameterError(f"The claim {self.id} may take {self.seconds!r} seconds; give a positive number.")
        if isinstance(self.hypotheses, str):
            object.__setattr__(self, "hypotheses", (self.hypotheses,))
        if isinstance(self.goal, Goal):
            _ = self.stated_goal, self.relations  # mistakes in texts are told at once

    @cached_property
    def scope_symbols(self) -> dict[str, Symbol]:
        """The declared symbols by name."""
        found: dict[str, Symbol] = {}
        declared: Mapping[str, str | Symbol] = (
            self.symbols
            if isinstance(self.symbols, Mapping)
            else {str(s): s if isinstance(s, Symbol) else "real" for s in self.symbols}
        )
        for name, kind in declared.items():
            check_name(name, "symbol")
            if isinstance(kind, Symbol):
                found[name] = kind
            else:
                found[name] = symbol(name, "nonzero" if kind == "sign" else str(kind))
        for name in self.sizes:
            found.setdefault(check_name(name, "size"), symbol(name, "positive_integer"))
        return found

    @cached_property
    def fingerprint(self) -> str:
        """A hash of what is claimed of which systems, under which hypotheses."""
        return digest((self.id, self.statement, self.stated_goal, self.relations, self.sizes, self.scope))

    @cached_property
    def _unread_goal(self) -> Goal:
        if isinstance(self.goal, Goal):
            return self.goal
        made = self.goal()
        if not isinstance(made, Goal):
            raise ParameterError(f"The goal of {self.id} was made as {made!r:.60}; a Goal is needed.")
        return made

    @cached_property
    def stated_goal(self) -> Goal:
        """The goal, with its texts read."""
        self._check_clashes(self._unread_goal)
        return self._unread_goal.read(self.scope_symbols)

    @cached_property
    def relations(self) -> tuple[Boolean, ...]:
        """The hypotheses, with their texts read; those of ``"sign"`` symbols included."""
        names: dict[str, Expr] = {**self.scope_symbols, **self._unread_goal.scope_names()}
        occurring = {s.name: s for s in self.stated_goal.free_symbols() if isinstance(s, Symbol)}
        read = [
            read_formula(h, names, where=f"hypothesis of {self.id}")
            if isinstance(h, str)
            else unified(h, {**occurring, **names}, f"hypothesis of {self.id}")
            if isinstance(h, Boolean)
            else h
            for h in self.hypotheses
        ]
        declared = self.symbols if isinstance(self.symbols, Mapping) else {}
        signs = [sympy.Eq(self.scope_symbols[n] ** 2, 1) for n, kind in declared.items() if kind == "sign"]
        return (*(sympy.true if h is True else sympy.false if h is False else h for h in read), *signs)

    @cached_property
    def stated_alternatives(self) -> tuple[Goal, ...]:
        """The author's candidates for a corrected statement, with their texts read."""
        given = self.alternatives() if callable(self.alternatives) else self.alternatives
        return tuple(goal.read(self.scope_symbols) for goal in given)

    def _check_clashes(self, goal: Goal) -> None:
        brought = goal.system_names()
        for name, declared in self.scope_symbols.items():
            if name in brought and brought[name] != declared:
                raise ModelNameError(
                    f"{self.id}: {name} is declared in the claim and in its system with another assumption. Declare it "
                    "in the system only, and add what else is known as a hypothesis."
                )

    def __repr__(self) -> str:
        return f"Claim({self.id}: {self.statement})"
