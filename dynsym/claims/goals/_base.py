"""What every goal has: fields that hold formulas, which can be read from text, printed, and changed."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

import sympy
from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean

from dynsym._expressions import exact, parse
from dynsym.claims.relations import read_formula
from dynsym.errors import ModelNameError, ParameterError
from dynsym.model import MatrixSystem

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["Goal", "expression", "formula"]

_REQUIRED: Any = dataclasses.MISSING


def expression(default: Any = _REQUIRED, *, stated: bool = False) -> Any:
    """A field that holds an expression, a matrix, or a mapping or tuple of them; texts are read with the claim's names.

    Parameters
    ----------
    default : object
    stated : bool
        Whether it holds what the claim asserts: this is what mutants and repairs change.

    Returns
    -------
    dataclasses.Field

    Examples
    --------
    >>> expression(stated=True).metadata["stated"]
    True
    """
    return dataclasses.field(default=default, metadata={"reads": "expression", "stated": stated})


def formula(default: Any = _REQUIRED, *, stated: bool = False) -> Any:
    """A field that holds a relation such as ``a < b`` or a combination of relations.

    Parameters
    ----------
    default : object
    stated : bool
        As for `expression`.

    Returns
    -------
    dataclasses.Field

    Examples
    --------
    >>> formula().metadata["reads"]
    'formula'
    """
    return dataclasses.field(default=default, metadata={"reads": "formula", "stated": stated})


@dataclasses.dataclass(frozen=True, eq=False)
class Goal(ABC):
    """What a claim asserts, as data. Free symbols stand for all values that the claim's hypotheses allow.

    A further goal is one more frozen dataclass with `text`, and provers or a restater registered for it (see
    `dynsym.claims.registry`). Fields made by `expression` and `formula` can be given as texts.

    Examples
    --------
    >>> from dynsym.claims import Identity
    >>> isinstance(Identity("x + x", "2*x"), Goal)
    True
    """

    @abstractmethod
    def text(self) -> str:
        """The goal in one line."""

    def __str__(self) -> str:
        return self.text()

    def systems(self) -> tuple[SymbolicSystem, ...]:
        """The systems that the goal is about: their names may stand in its texts."""
        found = getattr(self, "system", None)
        return () if found is None or not hasattr(found, "state_names") else (found,)

    def parts(self) -> tuple[Goal, ...]:
        """The goals that this one is made of."""
        return tuple(part for part in _flat(self) if isinstance(part, Goal))

    def system_names(self) -> dict[str, Symbol]:
        """States and parameters of its systems, by name."""
        names: dict[str, Symbol] = {}
        for system in self.systems():
            names |= {name: system[name] for name in (*system.parameters, *system.state_names)}
        for part in self.parts():
            names |= part.system_names()
        return names

    def scope_names(self) -> dict[str, Symbol]:
        """Symbols that the goal brings: those of its systems, and of its own such as an eigenvalue."""
        names = self.system_names()
        for part in self.parts():
            names |= part.scope_names()
        return names

    def read(self, scope: Mapping[str, Expr]) -> Self:
        """The goal with its texts as expressions; `scope` says what names stand for."""
        names = {**scope, **self.scope_names()}
        changes: dict[str, Any] = {}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            reads = field.metadata.get("reads")
            if isinstance(value, MatrixSystem) and not value.sizes:
                changes[field.name] = value.with_values()
                continue
            if reads is not None and value is not None:
                changes[field.name] = _read(value, names, reads, f"{type(self).__name__}, {field.name}")
            elif isinstance(value, Goal):
                changes[field.name] = value.read(scope)
            elif isinstance(value, tuple) and any(isinstance(part, Goal) for part in value):
                changes[field.name] = tuple(part.read(scope) for part in value)
        return dataclasses.replace(self, **changes)

    def stated(self) -> Iterator[tuple[tuple[Any, ...], Expr | Boolean]]:
        """Where the asserted formulas stand, ``(path, formula)``: the field, then keys, indices, or parts of parts."""
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.metadata.get("stated"):
                for path, leaf in _leaves(value):
                    yield (field.name, *path), leaf
            elif isinstance(value, Goal):
                for path, leaf in value.stated():
                    yield (field.name, *path), leaf
            elif isinstance(value, tuple):
                for k, part in enumerate(value):
                    if isinstance(part, Goal):
                        for path, leaf in part.stated():
                            yield (field.name, k, *path), leaf

    def with_stated(self, path: tuple[Any, ...], value: Expr | Boolean) -> Self:
        """A copy that asserts another formula at a place that `stated` names."""
        return dataclasses.replace(self, **{path[0]: _put(getattr(self, path[0]), path[1:], value)})

    def free_symbols(self) -> set[Symbol]:
        """The symbols in its formulas and systems."""
        found: set[Symbol] = set(self.scope_names().values())
        for field in dataclasses.fields(self):
            if field.metadata.get("reads"):
                for _, leaf in _leaves(getattr(self, field.name)):
                    found |= leaf.free_symbols
        for part in self.parts():
            found |= part.free_symbols()
        return found


def _flat(goal: Goal) -> Iterator[Any]:
    for field in dataclasses.fields(goal):
        value = getattr(goal, field.name)
        if isinstance(value, tuple):
            yield from value
        else:
            yield value


def _read(value: Any, names: Mapping[str, Expr], reads: str, where: str) -> Any:
    if isinstance(value, str):
        return read_formula(value, names, where=where) if reads == "formula" else parse(value, names, where=where)
    if isinstance(value, Boolean | sympy.MatrixBase | Expr):
        return unified(value, names, where)
    if hasattr(value, "states"):
        return value
    if isinstance(value, bool):
        return sympy.true if value else sympy.false
    if isinstance(value, Mapping):
        return {
            _read(k, names, reads, where) if not isinstance(k, str) else k: _read(v, names, reads, where)
            for k, v in value.items()
        }
    if isinstance(value, list | tuple):
        parts = [_read(part, names, reads, where) for part in value]
        if parts and all(isinstance(part, tuple) for part in parts):
            if len({len(part) for part in parts}) != 1:
                raise ParameterError(
                    f"{where}: rows of {', '.join(str(len(p)) for p in parts)} entries were given as a matrix; all "
                    "rows must be of one length. Fill in zeros."
                )
            return sympy.ImmutableDenseMatrix([list(part) for part in parts])
        return tuple(parts)
    return exact(value, name=where)


def unified(value: Any, names: Mapping[str, Expr], where: str) -> Any:
    """A formula made in Python in the claim's symbols: one symbol a name, decimals exact."""
    if getattr(value, "is_Matrix", False) and not isinstance(value, sympy.MatrixBase):
        return value
    changes: dict[Expr, Expr] = {number: exact(number, name=where) for number in value.atoms(sympy.Float)}
    seen: dict[str, Symbol] = {}
    for s in value.free_symbols:
        if not isinstance(s, Symbol) or isinstance(s, sympy.Dummy):
            continue
        if isinstance(names.get(s.name), Symbol):
            changes[s] = names[s.name]
        elif seen.setdefault(s.name, s) != s:
            raise ModelNameError(
                f"{where}: {s.name} stands for two symbols with different assumptions. Make it once, or declare it in "
                "the claim's symbols."
            )
    changes = {old: new for old, new in changes.items() if old != new}
    return value.xreplace(changes) if changes else value


def _leaves(value: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if value is None:
        return
    if isinstance(value, Mapping):
        for key, part in value.items():
            for path, leaf in _leaves(part):
                yield (key, *path), leaf
    elif isinstance(value, sympy.MatrixBase):
        for i in range(value.rows):
            for j in range(value.cols):
                yield (i, j), value[i, j]
    elif isinstance(value, tuple):
        for k, part in enumerate(value):
            for path, leaf in _leaves(part):
                yield (k, *path), leaf
    elif isinstance(value, sympy.Basic):
        yield (), value


def _put(container: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    if isinstance(container, Goal):
        return container.with_stated(path, value)
    if isinstance(container, Mapping):
        return {**container, path[0]: _put(container[path[0]], path[1:], value)}
    if isinstance(container, sympy.MatrixBase):
        entries = container.as_mutable()
        entries[path[0], path[1]] = value
        return entries.as_immutable()
    parts = list(container)
    parts[path[0]] = _put(parts[path[0]], path[1:], value)
    return tuple(parts)
