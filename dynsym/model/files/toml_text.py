"""Tables written as TOML: strings, numbers, truth values, lists and inline tables, one level of headers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["toml_text"]


def toml_text(content: Mapping[str, Any]) -> str:
    """Return a mapping as TOML; mappings inside the top level become tables, deeper ones inline tables."""
    tables = {key: value for key, value in content.items() if isinstance(value, Mapping)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in content.items() if key not in tables]
    for key, table in tables.items():
        lines += ["", f"[{_key(key)}]", *(f"{_key(inner)} = {_value(value)}" for inner, value in table.items())]
    return "\n".join(lines).lstrip("\n") + "\n"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _string(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + " }" if value else "{}"
        )
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], Mapping | list | tuple):
            return "[\n" + "".join(f"    {_value(entry)},\n" for entry in value) + "]"
        return "[" + ", ".join(_value(entry) for entry in value) + "]"
    return repr(value)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
