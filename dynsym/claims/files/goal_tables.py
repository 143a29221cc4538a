"""Goals from tables of a claim file: which keys each kind has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from dynsym._expressions import did_you_mean
from dynsym.claims.goals import (
    All,
    AnyOf,
    CharacteristicPolynomial,
    Converges,
    Exactly,
    Exists,
    Goal,
    HasBifurcation,
    HasEquilibria,
    HasLyapunovFunction,
    HasSpectrum,
    Holds,
    Identity,
    Iff,
    Implies,
    IsConserved,
    IsContracting,
    IsGradient,
    IsInvariant,
    IsStable,
    JacobianBlock,
    Never,
    Not,
    Series,
)
from dynsym.errors import ModelError
from dynsym.model import MatrixSystem, SymbolicSystem

__all__ = ["goal_of"]

REGION: Final = ("region", "exactly_if", "iff", "where")
"""Keys that turn a goal into "holds exactly in this region"."""


class _Table:
    """The table of one goal: every key is asked for by one of its names, and none may be left over."""

    def __init__(self, table: Mapping[str, Any], system: SymbolicSystem | MatrixSystem | None, id: str) -> None:
        self.rest = dict(table)
        self.kind = str(self.rest.pop("kind", ""))
        self.system, self.id = system, id
        self.known: list[str] = []

    def get(self, *names: str, default: Any = None) -> Any:
        """The value under one of several names of a key."""
        self.known += names
        for name in names:
            if name in self.rest:
                return self.rest.pop(name)
        return default

    def need(self, *names: str) -> Any:
        """As `get`, for a key that must be there."""
        value = self.get(*names)
        if value is None:
            raise ModelError(
                f"the goal {self.kind} of the claim {self.id} needs the key {names[0]}. "
                f'Write goal = {{ kind = "{self.kind}", {names[0]} = … }}.'
            )
        return value

    def model(self) -> Any:
        """The claim's model, which this goal is about."""
        if self.system is None:
            raise ModelError(
                f"the goal {self.kind} of the claim {self.id} is about a system, and the claim has no model. "
                'Write model = "file.toml", or model = { states = { x = "-x" } }.'
            )
        return self.system

    def subject(self) -> Any:
        """A matrix where one is given, the model elsewhere."""
        matrix = self.get("matrix", "jacobian", "left")
        return self.model() if matrix is None else _matrix(matrix, self)

    def at(self) -> Any:
        """Where a system is linearised; the origin can be called so."""
        value = self.get("at", "equilibrium", "point")
        return 0 if isinstance(value, str) and value.strip() in {"0", "origin"} else value

    def region(self) -> Any:
        """The region in which the goal is said to hold, where there is one."""
        return self.get(*REGION)

    def goal(self, *names: str) -> Goal:
        """A goal inside this one."""
        inner = self.need(*names)
        if not isinstance(inner, Mapping):
            raise ModelError(f"{names[0]} of the goal {self.kind} of the claim {self.id} is no goal. Write a table.")
        return goal_of(inner, self.system, self.id)

    def goals(self) -> tuple[Goal, ...]:
        """Several goals."""
        given = self.need("goals", "of")
        if not isinstance(given, list):
            raise ModelError(f"goals of the goal {self.kind} of the claim {self.id} is no list. Write goals = [{{…}}].")
        return tuple(goal_of(inner, self.system, self.id) for inner in given)

    def finish(self) -> None:
        """Refuse keys that nothing has read."""
        for key in self.rest:
            raise ModelError(
                f"the goal {self.kind} of the claim {self.id} has no key {key}"
                f"{did_you_mean(key, self.known) or '.'} Its keys are {', '.join(dict.fromkeys(self.known))}."
            )


def goal_of(table: Mapping[str, Any], system: SymbolicSystem | MatrixSystem | None, id: str) -> Goal:
    """The goal that a table describes."""
    read = _Table(table, system, id)
    make = _KINDS.get(read.kind.lower().replace("-", "_"))
    if make is None:
        hint = did_you_mean(read.kind, _KINDS) or "."
        raise ModelError(
            f"the claim {id} has a goal of the kind {read.kind!r}, which is unknown{hint} "
            f"Kinds are {', '.join(_KINDS)}."
        )
    goal = make(read)
    region = read.region() if not isinstance(goal, Exactly | Not | Identity | Holds) else None
    read.finish()
    return goal if region is None else Exactly(goal, where=region)


def _matrix(given: Any, table: _Table) -> Any:
    if not (isinstance(given, list) and given and all(isinstance(row, list) for row in given)):
        raise ModelError(
            f'a matrix of the claim {table.id} is {given!r:.40}. Write its rows, [["a", "b"], ["c", "d"]].'
        )
    return given


def _numbers(given: Any) -> Any:
    return [given] if isinstance(given, str | int | float) else given


def _relation(table: _Table) -> Any:
    text = table.get("relation", "holds", "formula", "inequality")
    if text is not None:
        return text
    left, right = table.need("left"), table.need("right")
    return f"({left}) {table.get('sign', 'operator', default='=')} ({right})"


def _block(table: _Table) -> Goal:
    system = table.model()
    names = list(system.state_names)
    rows, columns = table.get("rows", default=names), table.get("columns", default=names)
    return JacobianBlock(system, rows, columns, table.need("entries", "right", "matrix"), at=table.at())


def _equilibria(table: _Table) -> Goal:
    unique = table.get("unique", default=False)
    return HasEquilibria(
        table.model(),
        count=1 if unique else table.get("count", "number", "right"),
        at_least=table.get("at_least"),
        at_most=table.get("at_most"),
        stable=table.get("stable"),
        exactly=table.get("exactly", "set", "equilibria"),
        box=table.get("box"),
    )


def _bifurcation(table: _Table) -> Goal:
    return HasBifurcation(
        table.model(),
        str(table.need("parameter")),
        table.need("value", "right"),
        kind=str(table.need("bifurcation", "type")),
        at=table.at() or 0,
        criticality=table.get("criticality"),
        frequency=table.get("frequency"),
    )


def _series(table: _Table) -> Goal:
    return Series(
        table.need("of", "left"),
        table.need("expansion", "right"),
        symbol=str(table.need("symbol", "variable")),
        order=table.need("order"),
    )


def _gradient(table: _Table) -> Goal:
    return IsGradient(table.model(), metric=table.get("metric", default="euclidean"), states=table.get("states"))


def _polynomial(table: _Table) -> Goal:
    subject = table.subject()
    return CharacteristicPolynomial(
        subject,
        table.need("polynomial", "right"),
        symbol=str(table.get("symbol", "eigenvalue", "variable", default="lambda")),
        at=table.at(),
    )


_KINDS: Final[dict[str, Callable[[_Table], Goal]]] = {
    "identity": lambda t: Identity(t.need("left"), t.need("right")),
    "holds": lambda t: Holds(_relation(t)),
    "inequality": lambda t: Holds(_relation(t)),
    "exists": lambda t: Exists(_relation(t)),
    "characteristic_polynomial": _polynomial,
    "spectrum": lambda t: HasSpectrum(t.subject(), _numbers(t.need("eigenvalues", "right")), at=t.at()),
    "jacobian_block": _block,
    "jacobian": _block,
    "series": _series,
    "is_gradient": _gradient,
    "is_stable": lambda t: IsStable(t.subject(), at=t.at(), neutral=t.get("neutral", default=0)),
    "is_conserved": lambda t: IsConserved(t.model(), t.need("quantity", "expression", "left", "right")),
    "is_invariant": lambda t: IsInvariant(t.model(), t.need("vanishing", "expression", "left")),
    "is_contracting": lambda t: IsContracting(t.model(), weights=t.get("weights")),
    "has_lyapunov_function": lambda t: HasLyapunovFunction(
        t.model(), t.need("function", "expression", "left"), at=t.at() or 0, strict=bool(t.get("strict", default=True))
    ),
    "converges": lambda t: Converges(_matrix(t.need("matrix", "left"), t)),
    "has_equilibria": _equilibria,
    "has_bifurcation": _bifurcation,
    "not": lambda t: Not(t.goal("goal", "of", "not")),
    "never": lambda t: Never(t.goal("goal", "of")),
    "all": lambda t: All(t.goals()),
    "any": lambda t: AnyOf(t.goals()),
    "implies": lambda t: Implies(t.goal("premise", "left"), t.goal("conclusion", "right")),
    "iff": lambda t: Iff(t.goal("left"), t.goal("right")),
}
