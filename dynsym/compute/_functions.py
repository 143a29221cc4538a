"""Numeric meanings of the functions that generated code calls, for floats and for arrays.

Written so that no intermediate value overflows and that derivatives by a complex step come out right.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["ON_ARRAYS", "ON_FLOATS"]


def _logistic_float(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x)) if x < 700 else 1.0
    return math.exp(x) / (1 + math.exp(x)) if x > -745 else 0.0


def _softplus_float(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)) if abs(x) < 745 else 0.0)


def _logistic(x: Any) -> Any:
    x = np.asarray(x)
    small = np.exp(np.where(np.real(x) > 0, -x, x))
    return np.where(np.real(x) > 0, 1.0, small) / (1 + small)


def _relu(x: Any) -> Any:
    return np.where(np.real(x) > 0, x, 0.0)


def _step(x: Any) -> Any:
    return np.where(np.real(x) > 0, 1.0, 0.0)


def _softplus(x: Any) -> Any:
    x = np.asarray(x)
    return np.where(np.real(x) > 0, x, 0.0) + np.log1p(np.exp(np.where(np.real(x) > 0, -x, x)))


ON_FLOATS: dict[str, Any] = {
    "logistic": _logistic_float,
    "relu": lambda x: max(x, 0.0),
    "step": lambda x: 1.0 if x > 0 else 0.0,
    "softplus": _softplus_float,
    "sign": lambda x: float((x > 0) - (x < 0)),
    "Heaviside": lambda x, at_zero=0.0: 1.0 if x > 0 else 0.0 if x < 0 else at_zero,
}

ON_ARRAYS: dict[str, Any] = {"logistic": _logistic, "relu": _relu, "step": _step, "softplus": _softplus}
