"""Multipliers that bound every unknown of x = b + W φ(x) over a box, each graph of φ replaced by its convex hull.

For each unknown and each side a linear programme is left: least ±x_k over all (x, y) with x = b + W y and (x_i, y_i) in
the hull. The dual simplex method [1]_ works on all programs of a batch of boxes at once. It starts from the multipliers
of the chord relaxation and never gets worse, so that it may stop at any time. Its numbers are plain floats:
`multiplier_bounds` turns them into proofs.

With x eliminated the unknowns are y in R^m, and each line of a hull or end of a box is a constraint ξ x_i + η y_i <= ρ.
A program holds m of them with equality. Its prices π >= 0 make the multipliers λ = c + Σ π ξ of the equations.

References
----------
.. [1] R. Vanderbei, *Linear Programming*, 5th edition, chapter 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.matrices.preconditioner import inverses

__all__ = ["directions", "multipliers"]

MOST_STEPS = 100
TOLERANCE = 1e-4
"""How far, relative to the box, a point may lie outside the hulls."""
SMALLEST_PIVOT = 1e-6
SHORT = np.float32
"""Any multipliers are valid; with half the digits the steps take half the time."""


def directions(size: int) -> np.ndarray:
    """The objectives c of the programs, (2 size, size): every x_k, then every -x_k."""
    return np.concatenate([np.eye(size), -np.eye(size)])


def multipliers(problem: LinkProblem, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Multipliers λ of the equations that bound c·x from below, for each of the `directions` c."""
    found = np.zeros((len(low) * 2 * problem.size, problem.size))
    with np.errstate(all="ignore"):
        constraints, programs = _Constraints.of(problem, low, high), _start(problem, low, high)
        for _ in range(MOST_STEPS):
            if not len(programs):
                break
            which, amount = constraints.most_violated(programs)
            going = amount > 0
            if not going.all():
                _note(found, programs.take(~going))
                programs, which, amount = programs.take(going), which[going], amount[going]
            programs = _step(constraints, programs, which, amount, found)
        _note(found, programs)
    return found.reshape(len(low), 2 * problem.size, problem.size)


@dataclass(slots=True)
class _Constraints:
    """ξ x_i + η y_i <= ρ for all boxes, each divided by the width of the box; x = b + W y."""

    slant: np.ndarray
    level: np.ndarray
    limit: np.ndarray
    reach: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def of(cls, problem: LinkProblem, low: np.ndarray, high: np.ndarray) -> _Constraints:
        over_slope, over_offset, under_slope, under_offset = problem.functions.hull(low, high)
        value_low, value_high = problem.functions.value(low), problem.functions.value(high)
        by_value = 1 / np.maximum(value_high - value_low, 1e-9)
        by_width = 1 / np.maximum(high - low, 1e-9)
        zero = np.zeros_like(low)
        slant = [*(-over_slope * by_value), *(under_slope * by_value), by_width, -by_width]
        level = [by_value] * len(over_slope) + [-by_value] * len(under_slope) + [zero, zero]
        limit = [*(over_offset * by_value), *(-under_offset * by_value), high * by_width, -low * by_width]
        sides = (np.stack(part, axis=-1) for part in (slant, level, limit))
        reach = 1 + np.maximum(np.abs(low), np.abs(high)).max(axis=1)
        return cls(*(part.astype(SHORT) for part in (*sides, reach, problem.weights, problem.bias)))

    def most_violated(self, programs: _Programs) -> tuple[np.ndarray, np.ndarray]:
        """For each program the number of a constraint and by how much the point violates it; 0 if it does not."""
        y, box = programs.output, programs.box
        x = y @ self.weights.T + self.bias
        amount = x[:, :, None] * self.slant[box]
        amount += y[:, :, None] * self.level[box]
        amount -= self.limit[box]
        amount = amount.reshape(len(y), -1)
        which = amount.argmax(axis=1)
        amount = amount[np.arange(len(y)), which]
        return which, np.where(amount > TOLERANCE, amount, 0.0)


@dataclass(slots=True)
class _Programs:
    """Programs under way, each at a point where m constraints hold with equality."""

    number: np.ndarray
    box: np.ndarray
    objective: np.ndarray
    price: np.ndarray
    slant: np.ndarray
    link: np.ndarray
    inverse: np.ndarray
    output: np.ndarray

    def __len__(self) -> int:
        return len(self.number)

    def take(self, chosen: np.ndarray) -> _Programs:
        return _Programs(*(getattr(self, name)[chosen] for name in self.__slots__))


def _start(problem: LinkProblem, low: np.ndarray, high: np.ndarray) -> _Programs:
    """The chord relaxation: one of the two lines of equal slope holds for each link, whichever has a price >= 0."""
    batch, size = low.shape
    slope, lower, upper = problem.functions.line(low, high)
    gain = inverses(np.eye(size) - problem.weights * slope[:, None, :]) @ problem.weights
    inverse, objective = slope[:, :, None] * gain + np.eye(size), directions(size)
    price = -(objective @ problem.weights @ inverse)
    side = np.where(price >= 0, 1.0, -1.0)
    limit = np.where(side > 0, upper[:, None], -lower[:, None]) + side * slope[:, None] * problem.bias
    inverse = inverse[:, None] * side[:, :, None, :]
    link, parts = np.arange(size), batch * 2 * size
    arrays = (
        np.broadcast_to(objective, (batch, 2 * size, size)),
        np.abs(price),
        -side * slope[:, None],
        np.broadcast_to(link, (batch, 2 * size, size)),
        inverse,
        (inverse @ limit[..., None])[..., 0],
    )
    objective, price, slant, link, inverse, output = (part.reshape(parts, *part.shape[2:]) for part in arrays)
    return _Programs(
        np.arange(parts),
        np.repeat(np.arange(batch), 2 * size),
        objective.astype(SHORT),
        price.astype(SHORT),
        slant.astype(SHORT),
        link.copy(),
        inverse.astype(SHORT),
        output.astype(SHORT),
    )


def _step(
    constraints: _Constraints, programs: _Programs, which: np.ndarray, amount: np.ndarray, found: np.ndarray
) -> _Programs:
    """One step of each program: the violated constraint enters, and one whose price falls to zero leaves.

    Where no price falls, no point of the box obeys all constraints: multipliers that show it are noted, and the other
    programs of that box are given up.
    """
    row = np.arange(len(which))
    link, kind = np.divmod(which, constraints.slant.shape[2])
    slant = constraints.slant[programs.box, link, kind]
    level = constraints.level[programs.box, link, kind]
    rate = level[:, None] * programs.inverse[row, link]
    rate += slant[:, None] * (constraints.weights[link][:, None, :] @ programs.inverse)[:, 0]
    ratio = np.where(rate > SMALLEST_PIVOT, programs.price / rate, np.inf)
    leaving = ratio.argmin(axis=1)
    price = ratio[row, leaving]
    impossible = np.isinf(price)
    if impossible.any():
        ray = programs.take(impossible)
        size = 10 * constraints.reach[ray.box] / amount[impossible]
        ray.price = ray.price - size[:, None] * np.minimum(rate[impossible], 0.0)
        _note(found, ray)
        found[ray.number, link[impossible]] += size * slant[impossible]
        going = ~np.isin(programs.box, ray.box)
        programs, row = programs.take(going), np.arange(int(going.sum()))
        rate, leaving, price, amount, link, slant = (
            part[going] for part in (rate, leaving, price, amount, link, slant)
        )
    column = programs.inverse[row, :, leaving] / rate[row, leaving][:, None]
    programs.inverse -= column[:, :, None] * rate[:, None, :]
    programs.inverse[row, :, leaving] = column
    programs.price = np.maximum(programs.price - price[:, None] * rate, 0.0)
    programs.price[row, leaving] = price
    programs.slant[row, leaving], programs.link[row, leaving] = slant, link
    programs.output = programs.output - amount[:, None] * column
    return programs


def _note(found: np.ndarray, programs: _Programs) -> None:
    """Write down the multipliers λ = c + Σ π ξ."""
    total = programs.objective.copy()
    np.add.at(total, (np.arange(len(total))[:, None], programs.link), programs.price * programs.slant)
    found[programs.number] = total
