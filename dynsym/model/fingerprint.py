"""Exact content as a short text: equal content gives equal texts in every process, other content gives others."""

from __future__ import annotations

import dataclasses
import hashlib
import inspect
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from sympy import Basic, Symbol

from dynsym.model.template.template import Template

__all__ = ["content_of", "digest"]

DIGITS = 32
_UNORDERED = (sympy.Add, sympy.And, sympy.Or, sympy.Min, sympy.Max)


def digest(value: Any) -> str:
    """The first hexadecimal digits of a SHA-256 of nested tuples, mappings, records, arrays, texts and expressions."""
    return _hash(value, {}).hex()[:DIGITS]


def _hash(value: Any, known: dict[Basic, bytes]) -> bytes:
    if isinstance(value, Basic):
        if value not in known:
            known[value] = _hash_of_expression(value, known)
        return known[value]
    if isinstance(value, Mapping):
        return _joined("mapping", sorted(_hash(item, known) for item in value.items()))
    if isinstance(value, tuple | list):
        return _joined("sequence", [_hash(entry, known) for entry in value])
    if isinstance(value, set | frozenset):
        return _joined("set", sorted(_hash(entry, known) for entry in value))
    if isinstance(own := getattr(value, "fingerprint", None), str):
        return _joined(own, [])
    if dataclasses.is_dataclass(value):
        fields = [_hash(getattr(value, field.name), known) for field in dataclasses.fields(value)]
        return _joined(type(value).__qualname__, fields)
    if isinstance(value, np.ndarray):
        return _joined(f"{value.dtype.str} {value.shape}", [np.ascontiguousarray(value).tobytes()])
    if isinstance(value, Fraction):
        return _joined(f"{value.numerator}/{value.denominator}", [])
    if inspect.isroutine(value):
        return _joined(f"{value.__module__}.{value.__qualname__}", [])
    return _joined(f"{type(value).__name__} {value!r}", [])


def _hash_of_expression(value: Basic, known: dict[Basic, bytes]) -> bytes:
    head = type(value).__name__
    if isinstance(value, Symbol):
        return _joined(f"{head} {value.name} {sorted(value.assumptions0.items())}", [])
    if isinstance(value, sympy.Rational):
        return _joined(f"{value.p}/{value.q}", [])
    if not value.args:
        return _joined(f"{head} {sympy.srepr(value)}", [])
    parts = [_hash(part, known) for part in value.args]
    free = isinstance(value, _UNORDERED) or (isinstance(value, sympy.Mul) and value.is_commutative)
    return _joined(head, sorted(parts) if free else parts)


def _joined(head: str, parts: list[bytes]) -> bytes:
    made = hashlib.sha256(f"{len(head)} {head}".encode())
    for part in parts:
        made.update(part)
    return made.digest()


def content_of(template: Template) -> tuple[Any, ...]:
    """What the equations of a template are made of, its edges sorted: no longer than the list of edges."""
    order = np.lexsort((template.source, template.onto))
    local, synapse = template.local_nodes, template.local_synapse
    weights, copies = _weights(template), template.copies
    plastic = template.plastic.tolist()
    columns = template.synapse_columns.items()
    return (
        template.gain,
        [(local[k].rates, local[k].output, local[k].states) for k in template.rule_of_node],
        template.bias,
        template.time_constants,
        template.onto[order].astype("<i8"),
        template.source[order].astype("<i8"),
        [(weights[k], copies[k]) for k in order.tolist()],
        [(int(template.onto[k]), int(template.source[k]), template.signs[k]) for k in plastic],
        None if synapse is None else synapse.rate,
        [(own, value if isinstance(value, tuple) else (value,) * len(plastic)) for own, value in columns],
    )


def _weights(template: Template) -> Sequence[Any]:
    """The fixed weight of each edge; a float is the decimal that it prints."""
    edges = template.network.edges
    if edges.floats is None or template.network.copies is not None:
        return template.fixed_weights
    given = [Fraction(repr(number)) for number in (edges.floats * edges.signs).tolist()]
    return given + [Fraction(0)] * (len(template.onto) - len(given))
