"""Generated code: expressions as functions of floats or of arrays.

No intermediate value overflows, nan is passed on, and derivatives by a complex step come out right: where a function
distinguishes cases, the real part decides.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy
from sympy import Symbol

from dynsym._expressions.registry import HEADS

__all__ = ["generated"]


def _larger(x: Any, y: Any) -> Any:
    if np.iscomplexobj(x) or np.iscomplexobj(y):
        return np.where(np.isnan(x) | (np.real(x) > np.real(y)), x, y)
    return np.maximum(x, y)


@functools.cache
def _tables() -> tuple[dict[Any, Any], dict[str, Any], dict[str, Any]]:
    """Functions by names that no printer of sympy rewrites; their values on floats; their values on arrays."""
    coded = [known for known in HEADS.values() if known.has_code]
    heads = [*(known.head for known in coded), sympy.Max, sympy.Min]
    on_floats = {f"own_{known.name}": known.on_floats for known in coded}
    on_arrays = {f"own_{known.name}": known.on_arrays for known in coded}
    on_floats |= {"own_Max": max, "own_Min": min}
    on_arrays |= {
        "own_Max": lambda *values: functools.reduce(_larger, values),
        "own_Min": lambda *values: -functools.reduce(_larger, [-np.asarray(value) for value in values]),
    }
    return {head: sympy.Function(f"own_{head.__name__}") for head in heads}, on_floats, on_arrays


def generated(arguments: Sequence[Symbol], expressions: Any, *, arrays: bool) -> Callable[..., Any]:
    """A function of the arguments that computes the expression, or the list of expressions."""
    own, on_floats, on_arrays = _tables()
    listed = expressions if isinstance(expressions, list) else [expressions]
    written = [
        e.replace(lambda e: type(e) in own, lambda e: own[type(e)](*e.args)) if e.has(*own) else e for e in listed
    ]
    modules = [on_arrays, "numpy"] if arrays else [on_floats, "math"]
    return sympy.lambdify(list(arguments), written if isinstance(expressions, list) else written[0], modules, cse=True)
