"""A model file before its meaning: TOML or JSON read into tables, with the line on which each key stands."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from dynsym._expressions import did_you_mean
from dynsym.errors import DynsymError, LimitError, ModelError, ModelParseError, UnsafeInputError, unreadable

__all__ = ["Document", "document_from_file", "document_from_text"]

MAX_BYTES: Final = 100_000_000

_PICKLES: Final = {".pkl", ".pickle", ".joblib", ".npy", ".npz", ".pt", ".dill"}
_GRAPHS: Final = {".graphml", ".csv", ".gml", ".gexf"}
_WHY_NO_YAML: Final = (
    "YAML reads unquoted words such as no and on as truth values unless you quote them, and an alias can blow up; "
    "write the model as TOML or JSON."
)


@dataclass(frozen=True)
class Document:
    """The tables of a model file."""

    origin: str
    text: str = field(repr=False)
    content: dict[str, Any] = field(repr=False)
    folder: Path = field(default_factory=Path)

    @contextmanager
    def at(self, *keys: str) -> Iterator[None]:
        """Add the file and the line of a key to the errors that are raised inside."""
        try:
            yield
        except DynsymError as error:
            if str(error).startswith((f"{self.origin}, line", f"{self.origin}: ")):
                raise
            line = self.line(*keys)
            place = self.origin if line is None else f"{self.origin}, line {line}"
            raise type(error)(f"{place}: {error}") from error

    def line(self, *keys: str) -> int | None:
        """Return the number of the line on which a key stands, or the nearest key around it; None if not found."""
        find = _json_line if self.text.lstrip().startswith("{") else _toml_line
        for length in range(len(keys), 0, -1):
            found = find(self.text, keys[:length])
            if found is not None:
                return found
        return None

    def table(self, name: str, known: Collection[str] | None = None) -> dict[str, Any]:
        """Return a table of the top level, empty if it is not there; refuse keys that are not in `known`."""
        value = self.content.get(name, {})
        with self.at(name):
            if not isinstance(value, dict):
                raise ModelError(f"{name} is {value!r:.60}; a table [{name}] is needed. Write its keys under it.")
        if known is not None:
            self.check_keys(value, known, name)
        return value

    def check_keys(self, table: Mapping[str, Any], known: Collection[str], *where: str) -> None:
        """Refuse keys that nothing reads, with the nearest one that is read."""
        for key in table:
            if key not in known:
                inside = f" in [{'.'.join(where)}]" if where else ""
                with self.at(*where, key):
                    raise ModelError(
                        f"the key {key}{inside} is unknown{did_you_mean(key, known) or '.'} "
                        f"Known here: {', '.join(sorted(known))}."
                    )


def document_from_file(path: Path) -> Document:
    """Return the document in a ``.toml`` or ``.json`` file."""
    kind = path.suffix.lower()
    try:
        content = b"" if path.stat().st_size > MAX_BYTES else path.read_bytes()
    except OSError as error:
        raise unreadable(path, error, "a model file, .toml or .json") from error
    if kind in _PICKLES:
        raise UnsafeInputError(f"{path.name} may be a pickle, which can run code when it is read. Use TOML or JSON.")
    if kind in {".yaml", ".yml"}:
        raise ModelError(f"{path.name} is YAML, and a model file is TOML or JSON. {_WHY_NO_YAML}")
    if kind in _GRAPHS:
        raise ModelError(
            f"{path.name} is a graph, and a model needs dynamics too. Write a model file with\n"
            f'    [network]\n    file = "{path.name}"'
        )
    if kind not in {".toml", ".json"}:
        raise ModelError(f"{path.name} is neither .toml nor .json. Save the model file under such a name.")
    if path.stat().st_size > MAX_BYTES:
        raise LimitError(f"{path.name} has more than {MAX_BYTES} bytes. Put large weights into a graph file.")
    if content.startswith(b"\x80"):
        raise UnsafeInputError(f"{path.name} starts like a pickle, which can run code when read. Use TOML or JSON.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ModelParseError(f"{path.name} is not UTF-8 text ({error.reason}). Save it as UTF-8.") from error
    return _document(text, path.name, path.parent, json_syntax=kind == ".json")


def document_from_text(text: str) -> Document:
    """Return the document in a text: JSON if it starts with a brace, TOML otherwise."""
    return _document(text, "model text", Path(), json_syntax=text.lstrip().startswith("{"))


def _document(text: str, origin: str, folder: Path, *, json_syntax: bool) -> Document:
    try:
        content = _read_json(text, origin) if json_syntax else _read_toml(text, origin)
    except RecursionError as error:
        raise LimitError(f"{origin}: brackets are nested too deeply. Write the model flatter.") from error
    except DynsymError:
        raise
    except ValueError as error:  # integers with more digits than Python reads
        raise LimitError(f"{origin}: {error}. Write fewer digits.") from error
    if not content:
        raise ModelError(f"{origin} is empty: a model needs [states] or [network]. See `dynsym show --help`.")
    return Document(origin, text, content, folder)


def _read_toml(text: str, origin: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=_number)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        match = re.search(r"\(at line (\d+), column \d+\)", said)
        lines = text.splitlines()
        last = max((k for k, line in enumerate(lines, 1) if line.strip()), default=1)
        number = int(match[1]) if match else last
        line = lines[number - 1].strip() if number <= len(lines) else ""
        twice = "overwrite" in said or "twice" in said or "Cannot mutate" in said
        key = re.sub(r"[\[\]\"']", "", line.partition("=")[0]).strip()
        what = f"{key} is declared twice. Drop one of the two" if twice else re.sub(r" \(at .*\)$", "", said)
        raise ModelParseError(f"{origin}, line {number}: {what}.\n    {line[:80]}") from error


def _read_json(text: str, origin: str) -> dict[str, Any]:
    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        for key in keys:
            if keys.count(key) > 1:
                raise ModelParseError(f"{origin}: {key} is declared twice in one table. Drop one of the two.")
        return dict(pairs)

    if not text.strip():
        return {}
    try:
        content = json.loads(text, object_pairs_hook=table, parse_float=_number, parse_constant=_number)
    except json.JSONDecodeError as error:
        raise ModelParseError(f"{origin}, line {error.lineno}, column {error.colno}: {error.msg}.") from error
    if not isinstance(content, dict):
        raise ModelParseError(f"{origin}: a JSON model is an object, {{...}}, with the tables of a TOML model file.")
    return content


def _number(digits: str) -> float | Decimal:
    """A float where it is the decimal that is written, and the decimal itself elsewhere."""
    number = float(digits)
    if math.isfinite(number) and Decimal(repr(number)) != Decimal(digits):
        return Decimal(digits)
    return number if "n" in digits.lower() or math.isfinite(number) else Decimal(digits)


def _toml_line(text: str, keys: tuple[str, ...]) -> int | None:
    """The line of a key under its table header, in an inline table of the table, or of the header itself."""
    header, wanted = "", ".".join(keys)
    for number, line in enumerate(text.splitlines(), start=1):
        if match := re.match(r"\s*\[+([^\[\]]+)\]+\s*(?:#.*)?$", line):
            header = _plain(match[1])
            found = header
        elif match := re.match(r"\s*([^=#]+?)\s*=", line):
            found = _plain(f"{header}.{match[1]}" if header else match[1])
        else:
            continue
        if found == wanted:
            return number
    return None


def _plain(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))


def _json_line(text: str, keys: tuple[str, ...]) -> int | None:
    position = 0
    for key in keys:
        match = re.compile(re.escape(json.dumps(key)) + r"\s*:").search(text, position)
        if match is None:
            return None
        position = match.end()
    return text.count("\n", 0, position) + 1
