"""What results have in common: read-only arrays, equality by content, and values that JSON can hold."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
import sympy

from dynsym.errors import ParameterError

__all__ = ["FrozenDict", "frozen_array", "frozen_mapping", "one_of", "record", "same_content", "to_finite"]


def frozen_array(values: Any, dtype: type | None = None) -> np.ndarray:
    """A read-only copy as an array."""
    array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array


class FrozenDict(dict[str, Any]):
    """A dictionary that cannot be changed; it can be hashed, copied and sent to another process."""

    def _refuse(self, *arguments: Any, **named: Any) -> NoReturn:
        raise TypeError("This mapping belongs to a frozen result. Make a copy with dict(…) and change the copy.")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
        return (FrozenDict, (dict(self),))


def frozen_mapping(values: Mapping[str, Any] | None) -> FrozenDict:
    """A read-only copy of a mapping, its keys as text."""
    return FrozenDict({str(name): value for name, value in (values or {}).items()})


def one_of(value: str, allowed: tuple[str, ...], what: str) -> str:
    """The value, if it is one of the allowed words."""
    if value not in allowed:
        raise ParameterError(f"{what} is {value!r}. It must be one of {', '.join(allowed)}. Try {allowed[0]!r}.")
    return value


def same_content(left: Any, right: Any) -> bool:
    """Equality by content: arrays elementwise, nan equal to nan, records field by field."""
    if dataclasses.is_dataclass(left) and not isinstance(left, type):
        if type(left) is not type(right):
            return False
        compared = (field.name for field in dataclasses.fields(left) if field.compare)
        return all(same_content(getattr(left, name), getattr(right, name)) for name in compared)
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        return _same_arrays(left, right)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same_content(left[name], right[name]) for name in left)
    if isinstance(left, (tuple, list)) and isinstance(right, (tuple, list)):
        return len(left) == len(right) and all(map(same_content, left, right))
    if isinstance(left, (float, complex)) and isinstance(right, (float, complex)) and left != left:
        return right != right
    return bool(left == right)


def _same_arrays(left: Any, right: Any) -> bool:
    if not (isinstance(left, np.ndarray) and isinstance(right, np.ndarray)) or left.shape != right.shape:
        return False
    inexact = left.dtype.kind in "fc" and right.dtype.kind in "fc"
    return bool(np.array_equal(left, right, equal_nan=inexact))


def record(value: Any, *left_out: str) -> dict[str, Any]:
    """The fields of a result as a JSON object; a part whose whole bears the fingerprint states none."""
    names = [field.name for field in dataclasses.fields(value)]
    left_out = left_out if getattr(value, "fingerprint", True) else (*left_out, "fingerprint")
    return {name: to_finite(getattr(value, name)) for name in names if name not in left_out}


def to_finite(value: Any) -> Any:
    """A copy that JSON can hold: floats finite or None, complex as pairs, arrays as lists, expressions as text."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.ndarray):
        return to_finite(value.tolist())
    if isinstance(value, (np.bool_, np.integer, np.floating, np.complexfloating)):
        return to_finite(value.item())
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, complex):
        return [to_finite(value.real), to_finite(value.imag)]
    if hasattr(value, "to_json"):
        return value.to_json()
    if isinstance(value, sympy.MatrixBase):
        return [[str(entry) for entry in row] for row in value.tolist()]
    if isinstance(value, Mapping):
        return {str(name): to_finite(entry) for name, entry in value.items()}
    if isinstance(value, (tuple, list, set, frozenset)):
        return [to_finite(entry) for entry in value]
    return str(value)
