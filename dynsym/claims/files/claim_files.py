"""Claim files: claims as TOML or JSON, read by dynsym's own parser.

One claim stands at the top level of a file, several as ``[[claim]]`` tables; what stands above these (``model``,
``symbols``, ``hypotheses``, ``source``) serves all of them. A model is a path that starts at the file's folder, the
name of a bundled network or of a learning system, or a table with ``states`` and ``parameters``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Final

from dynsym.claims.claim import DEFAULT_SECONDS, Claim
from dynsym.claims.files.goal_tables import goal_of
from dynsym.errors import ModelError, ModelParseError
from dynsym.model import MatrixSystem, SymbolicSystem, load_system
from dynsym.model.files.document import Document, document_from_file, document_from_text

__all__ = ["load_claims"]

System = SymbolicSystem | MatrixSystem

_SHARED: Final = ("model", "sizes", "symbols", "hypotheses", "source", "scope", "seconds")
_KEYS: Final = ("id", "statement", *_SHARED, "goal")


def load_claims(source: str | PathLike[str]) -> tuple[Claim, ...]:
    """The claims of a claim file.

    Parameters
    ----------
    source : path, or text with line breaks
        A ``.toml`` or ``.json`` file; or the text of such a file.

    Raises
    ------
    ModelError
        It has keys that do not belong there.
    ModelParseError
        The file or a formula in it cannot be read, or an id stands twice.
    ModelNameError
        A formula has a name that is not declared.
    ParameterError
        A value is unusable.

    Examples
    --------
    >>> claims = load_claims('''
    ... id = "mine.square"
    ... statement = "the binomial formula"
    ... symbols = ["a", "b"]
    ... goal = { kind = "identity", left = "(a + b)^2", right = "a^2 + 2*a*b + b^2" }
    ... ''')
    >>> claims[0].stated_goal.text()
    '(a + b)**2 = a**2 + 2*a*b + b**2'
    """
    document = (
        document_from_text(source) if isinstance(source, str) and "\n" in source else document_from_file(Path(source))
    )
    content = document.content
    listed = [key for key in ("claim", "claims") if key in content]
    if not listed:
        return (_claim(document, content, {}),)
    key = listed[0]
    document.check_keys(content, (*_SHARED, key))
    tables = content[key]
    with document.at(key):
        if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
            raise ModelParseError(f"{key} is no list of tables. Write each claim under a header [[{key}]] of its own.")
    shared = {name: value for name, value in content.items() if name in _SHARED}
    models: dict[str, System] = {}
    claims = tuple(_claim(document, table, shared, models, f"{key} {k}") for k, table in enumerate(tables, start=1))
    ids = [claim.id for claim in claims]
    for id in ids:
        if ids.count(id) > 1:
            raise ModelParseError(f"{document.origin}: the id {id} stands twice. Give each claim an id of its own.")
    return claims


def _claim(
    document: Document,
    table: Mapping[str, Any],
    shared: Mapping[str, Any],
    models: dict[str, System] | None = None,
    which: str = "",
) -> Claim:
    id = str(table.get("id") or re.sub(r"[^\w.+-]", "_", which or Path(document.origin).stem))
    with document.at(*(("id",) if which == "" else ("claim",))), _Named(id):
        document.check_keys(table, _KEYS, *(["claim"] if which else []))
        given = {**shared, **table}
        if not isinstance(given.get("goal"), dict):
            raise ModelError(
                f'the claim {id} has no goal. Write goal = {{ kind = "identity", left = "…", right = "…" }}.'
            )
        sizes = given.get("sizes", ())
        listed = sizes.items() if isinstance(sizes, dict) else ()
        numbers = {name: size for name, size in listed if isinstance(size, int)}
        system = _model(document, given.get("model"), numbers, {} if models is None else models)
        symbols = _symbols(given.get("symbols", ()))
        if isinstance(system, SymbolicSystem):
            for name in (*system.parameters, *system.state_names):
                symbols.setdefault(name, system[name])
        return Claim(
            id,
            str(given.get("statement", "")),
            goal_of(given["goal"], system, id),
            source=str(given.get("source", "")),
            hypotheses=_texts(given.get("hypotheses", ()), "hypotheses", id),
            symbols=symbols,
            sizes=tuple(name for name in sizes if name not in numbers and name not in symbols),
            scope=str(given.get("scope", "")),
            seconds=float(given.get("seconds", DEFAULT_SECONDS)),
        )


class _Named:
    """Names the claim in the errors that are raised inside."""

    def __init__(self, id: str) -> None:
        self.id = id

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ModelError) and self.id not in str(error):
            raise type(error)(f"claim {self.id}: {error}") from error


def _symbols(given: Any) -> dict[str, Any]:
    if isinstance(given, str):
        given = given.replace(",", " ").split()
    if isinstance(given, list | tuple):
        return dict.fromkeys((str(name) for name in given), "real")
    if not isinstance(given, Mapping):
        raise ModelError(f'symbols is {given!r:.40}; a list of names or a table is needed. Try symbols = ["a", "b"].')
    return {name: "real" if kind in ({}, "", True) else kind for name, kind in given.items()}


def _texts(given: Any, what: str, id: str) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    if isinstance(given, list | tuple) and all(isinstance(text, str) for text in given):
        return tuple(given)
    raise ModelError(f'{what} of the claim {id} is {given!r:.40}; a list of texts is needed. Try {what} = ["a > 0"].')


def _model(document: Document, given: Any, sizes: Mapping[str, int], models: dict[str, System]) -> System | None:
    if given is None:
        return None
    key = json.dumps([given, sizes], default=str, sort_keys=True)
    if key not in models:
        models[key] = _loaded(document, given, sizes)
    return models[key]


def _loaded(document: Document, given: Any, sizes: Mapping[str, int]) -> System:
    from dynsym.claims.files.named_systems import NAMED_SYSTEMS, named_system

    if isinstance(given, dict):
        return load_system(json.dumps({"name": "the system", **given}, default=str, indent=1))
    if not isinstance(given, str):
        raise ModelError(f"model is {given!r:.40}; a path, a name or a table is needed.")
    if "\n" in given:
        return load_system(given)
    if given in NAMED_SYSTEMS:
        return named_system(given, sizes)
    path = document.folder / given
    return load_system(path if path.exists() or Path(given).suffix else given)
