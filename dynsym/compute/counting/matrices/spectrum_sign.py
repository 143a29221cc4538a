"""How many eigenvalues have positive real part: proved for every matrix of an interval matrix.

With approximate eigenvectors V and eigenvalues Λ of the middle, every matrix A of the interval has the spectrum of
V⁻¹ A V = Λ + V⁻¹ (A V - V Λ), which lies in Gershgorin discs about Λ. If no disc meets the imaginary axis, as many
eigenvalues as discs lie on either side. Before, the matrix is split into strongly connected blocks, and weights that
decay at a common rate δ are taken out by a Schur complement:

    det(λ - [[A, B], [C, δ]]) = (λ - δ)^(p - s) det(λ - [[A, 1], [B C, δ]])        (A is s × s, δ stands for p × p).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from dynsym.arithmetic.rounding import ROUND_UP, TINY, UNIT, gamma, midpoint_radius
from dynsym.compute.counting.matrices.preconditioner import inverses

__all__ = ["UNDECIDED", "discs_right", "strong_blocks", "unstable_dimensions"]

UNDECIDED = -1


def unstable_dimensions(
    places: Sequence[tuple[int, int]],
    low: np.ndarray,
    high: np.ndarray,
    size: int,
    names: Sequence[Hashable] | None = None,
    kinked: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Number of eigenvalues with positive real part, for each matrix of a batch.

    Where `kinked` says that entries hold the slopes of several sides, (batch, entries), blocks of one state are decided
    by all of them, larger ones if they contract in the largest or the summed norm; the eigenvalues of the pieces would
    say nothing.
    """
    total, at_least = np.zeros(len(low), dtype=int), np.zeros(len(low), dtype=int)
    decided = np.ones(len(low), dtype=bool)
    names = list(range(len(places))) if names is None else list(names)
    for block in strong_blocks(places, size):
        position = {state: k for k, state in enumerate(block)}
        inside = [e for e, (i, j) in enumerate(places) if i in position and j in position]
        local = [(position[places[e][0]], position[places[e][1]]) for e in inside]
        found, least = _block_dimension(local, low[:, inside], high[:, inside], len(block), [names[e] for e in inside])
        if kinked is not None and len(block) > 1 and (broken := kinked[:, inside].any(axis=1)).any():
            contracting = _contracts(local, low[:, inside], high[:, inside], len(block))
            found = np.where(broken, np.where(contracting, 0, UNDECIDED), found)
            least = np.where(broken, 0, least)
        decided &= found != UNDECIDED
        total += found
        at_least += least
    return np.where(decided, total, UNDECIDED), at_least


def strong_blocks(places: Sequence[tuple[int, int]], size: int) -> list[list[int]]:
    """Strongly connected components of the graph with an edge for each entry (Tarjan 1972)."""
    neighbours: list[list[int]] = [[] for _ in range(size)]
    for i, j in places:
        if i != j:
            neighbours[i].append(j)
    number = [-1] * size
    lowest = [0] * size
    on_stack = [False] * size
    stack: list[int] = []
    blocks: list[list[int]] = []
    counter = 0
    for root in range(size):
        if number[root] >= 0:
            continue
        work = [(root, 0)]
        while work:
            node, step = work.pop()
            if step == 0:
                number[node] = lowest[node] = counter
                counter += 1
                stack.append(node)
                on_stack[node] = True
            else:
                lowest[node] = min(lowest[node], lowest[neighbours[node][step - 1]])
            advanced = False
            for k in range(step, len(neighbours[node])):
                other = neighbours[node][k]
                if number[other] < 0:
                    work += [(node, k + 1), (other, 0)]
                    advanced = True
                    break
                if on_stack[other]:
                    lowest[node] = min(lowest[node], number[other])
            if advanced or lowest[node] != number[node]:
                continue
            block: list[int] = []
            while not block or block[-1] != node:
                block.append(stack.pop())
                on_stack[block[-1]] = False
            blocks.append(sorted(block))
    return blocks


def _block_dimension(
    places: list[tuple[int, int]], low: np.ndarray, high: np.ndarray, size: int, names: list[Hashable]
) -> tuple[np.ndarray, np.ndarray]:
    finite = np.isfinite(low).all(axis=1) & np.isfinite(high).all(axis=1)
    low, high = np.where(finite[:, None], low, 0.0), np.where(finite[:, None], high, 0.0)
    middle, radius = np.zeros((len(low), size, size)), np.zeros((len(low), size, size))
    if places:
        rows, columns = np.array(places).T
        middle[:, rows, columns], radius[:, rows, columns] = midpoint_radius(low, high)
    fading = _fading_states(places, names, size)
    if len(fading) > size - len(fading) > 0:
        rate = middle[:, fading[0], fading[0]]
        surely = rate + radius[:, fading[0], fading[0]] < 0
        finite &= surely
        middle, radius = _reduced(middle, radius, fading)
    dimension, at_least = discs_right(middle, radius)
    return np.where(finite, dimension, UNDECIDED), np.where(finite, at_least, 0)


def _contracts(places: list[tuple[int, int]], low: np.ndarray, high: np.ndarray, size: int) -> np.ndarray:
    """Whether all matrices of an interval matrix contract together: by rows, or by columns."""
    margin = np.zeros((2, len(low), size))
    for e, place in enumerate(places):
        entry = high[:, e] if place[0] == place[1] else np.maximum(np.abs(low[:, e]), np.abs(high[:, e]))
        for way in (0, 1):
            margin[way, :, place[way]] += entry + gamma(size + 8) * np.abs(entry)
    return np.asarray((margin < 0).all(axis=2).any(axis=0))


def _fading_states(places: list[tuple[int, int]], names: list[Hashable], size: int) -> list[int]:
    """The largest set of states that do not act on each other and share one self-coupling, by its name."""
    diagonal = {i: names[e] for e, (i, j) in enumerate(places) if i == j}
    best: list[int] = []
    for name in dict.fromkeys(diagonal.values()):
        members = [i for i in range(size) if diagonal.get(i) == name]
        chosen = set(members)
        coupled = {i for i, j in places if i != j and i in chosen and j in chosen}
        members = [i for i in members if i not in coupled]
        best = max(best, members, key=len)
    return best


def _reduced(middle: np.ndarray, radius: np.ndarray, fading: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """The matrix [[A, 1], [B C, δ]] that is left when the fading states are taken out."""
    kept = [k for k in range(middle.shape[1]) if k not in set(fading)]
    count, fade, keep = len(kept), np.array(fading), np.array(kept)
    onto, onto_radius = (m[:, keep[:, None], fade] for m in (middle, radius))
    back, back_radius = (m[:, fade[:, None], keep] for m in (middle, radius))
    product = onto @ back
    spread = np.abs(onto) @ back_radius + onto_radius @ (np.abs(back) + back_radius)
    spread = (spread + gamma(len(fading) + 4) * (np.abs(onto) @ np.abs(back))) * ROUND_UP + TINY
    found, error = np.zeros((len(middle), 2 * count, 2 * count)), np.zeros((len(middle), 2 * count, 2 * count))
    index = np.arange(count)
    found[:, :count, :count], error[:, :count, :count] = middle[:, keep[:, None], keep], radius[:, keep[:, None], keep]
    found[:, index, count + index] = 1.0
    found[:, count:, :count], error[:, count:, :count] = product, spread
    for source, target in ((middle, found), (radius, error)):
        target[:, count + index, count + index] = source[:, fade[:1], fade[:1]]
    return found, error


def discs_right(middle: np.ndarray, radius: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gershgorin discs about the eigenvalues of the middles: how many lie on the right, exactly and at least."""
    size = middle.shape[1]
    if size == 1:
        value, spread = middle[:, 0, 0], radius[:, 0, 0]
        positive = value - spread > 0
        return np.where(positive, 1, np.where(value + spread < 0, 0, UNDECIDED)), positive.astype(int)
    try:
        values, vectors = np.linalg.eig(middle)
    except np.linalg.LinAlgError:
        return np.full(len(middle), UNDECIDED), np.zeros(len(middle), dtype=int)
    inverse = inverses(vectors)
    factor = 8 * gamma(size + 8)
    lengths, sizes = np.abs(vectors), np.abs(inverse)
    residual = middle @ vectors - vectors * values[:, None, :]
    rows = np.abs(residual) + factor * (np.abs(middle) @ lengths + lengths * np.abs(values)[:, None, :])
    rows = (rows + radius @ lengths).sum(axis=2)
    defect = np.abs(inverse @ vectors - np.eye(size)) + factor * (sizes @ lengths + np.eye(size))
    epsilon = defect.sum(axis=2).max(axis=1) * ROUND_UP
    image = (sizes @ rows[..., None])[..., 0] * ROUND_UP
    good = (epsilon < 0.5) & np.isfinite(epsilon)
    share = np.where(good, epsilon / (1 - np.minimum(epsilon, 0.5)), np.inf)
    with np.errstate(invalid="ignore"):
        reach = image + share[:, None] * image.max(axis=1, keepdims=True) * ROUND_UP
    reach = reach * ROUND_UP + 4 * UNIT * np.abs(values) + TINY
    clear = good & (np.abs(values.real) > reach).all(axis=1)
    right = good[:, None] & (values.real > reach)
    with np.errstate(invalid="ignore"):
        apart = np.abs(values[:, :, None] - values[:, None, :]) > (reach[:, :, None] + reach[:, None, :]) * ROUND_UP
    alone = (apart | ~(right[:, :, None] & ~right[:, None, :])).all(axis=(1, 2))
    return np.where(clear, (values.real > 0).sum(axis=1), UNDECIDED), np.where(alone, right.sum(axis=1), 0)
