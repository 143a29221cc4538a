"""Shapes of batches: states (n, *batch) and parameters (m,) or (m, *batch)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

__all__ = ["broadcast", "over_batch"]

Array = np.ndarray


def broadcast(x: Array, p: Array) -> tuple[Array, Array, tuple[int, ...]]:
    """States and parameters with equal numbers of batch dimensions, and the shape of the batch."""
    batch = np.broadcast_shapes(x.shape[1:], p.shape[1:])
    x = x.reshape(x.shape[0], *(1,) * (len(batch) - x.ndim + 1), *x.shape[1:])
    p = p.reshape(p.shape[0], *(1,) * (len(batch) - p.ndim + 1), *p.shape[1:])
    return x, p, batch


def over_batch(function: Callable[[Array, Array], Array], x: Array, p: Array) -> Array:
    """Call a function of (n, columns) and (m,) for any batch; parameters that vary are taken one by one."""
    if p.ndim == 1:
        batch = x.shape[1:]
        out = function(x.reshape(x.shape[0], -1), p)
        return out.reshape(*out.shape[:-1], *batch)
    x, p, batch = broadcast(x, p)
    states = np.broadcast_to(x, (x.shape[0], *batch)).reshape(x.shape[0], -1)
    values = np.broadcast_to(p, (p.shape[0], *batch)).reshape(p.shape[0], -1)
    if states.shape[1] == 0:
        out = function(states, np.zeros(p.shape[0]))
        return out.reshape(*out.shape[:-1], *batch)
    rows = zip(np.ascontiguousarray(states.T), np.ascontiguousarray(values.T), strict=True)
    out = np.stack([function(state[:, None], value)[..., 0] for state, value in rows], axis=-1)
    return out.reshape(*out.shape[:-1], *batch)
