"""Eigenvalues of numeric matrices, verified in floating point."""

from __future__ import annotations

import numpy as np

UNIT = 2.0**-53


def enclosure_radius(matrix: np.ndarray, mu: complex, vector: np.ndarray) -> float | None:
    """A proved bound on |μ - eigenvalue|, or None where the test fails.

    Newton–Kantorovich for (B - μ) x = 0, x_k fixed: with an approximate inverse R of the bordered matrix G, the true
    pair is within r when |R F| + |I - R G| r + |R| r² <= r. Every product is bounded with its rounding, γ_n |X| |Y|.
    """
    size = len(matrix)
    k = int(np.argmax(np.abs(vector)))
    x = vector / vector[k]
    bordered = np.zeros((size + 1, size + 1), complex)
    bordered[:size, :size] = matrix - mu * np.eye(size)
    bordered[:size, size] = -x
    bordered[size, k] = 1
    try:
        inverse = np.linalg.inv(bordered)
    except np.linalg.LinAlgError:
        return None
    gamma = 4 * (size + 4) * UNIT / (1 - 4 * (size + 4) * UNIT)
    magnitude = np.abs(bordered)
    magnitude[np.diag_indices(size)] += abs(mu)
    defect = np.abs(np.eye(size + 1) - inverse @ bordered) + gamma * (np.abs(inverse) @ magnitude + np.eye(size + 1))
    residual = np.append(np.abs(matrix @ x - mu * x) + gamma * (np.abs(matrix) @ np.abs(x) + abs(mu) * np.abs(x)), 0)
    start = (np.abs(inverse) @ residual).max() * (1 + gamma)
    contraction = defect.sum(axis=1).max() * (1 + gamma)
    growth = np.abs(inverse).sum(axis=1).max() * (1 + gamma)
    if contraction >= 1 or (1 - contraction) ** 2 <= 4 * start * growth:
        return None
    return float(2 * start / (1 - contraction) * (1 + 8 * UNIT))
