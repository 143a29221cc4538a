"""Numbers of unstable eigenvalues: intervals against numpy, exact ones against constructed spectra."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from dynsym.compute.counting.matrices.exact_spectrum import AxisCount, axis_count
from dynsym.compute.counting.matrices.spectrum_sign import UNDECIDED, strong_blocks, unstable_dimensions


def full(matrices: np.ndarray, radius: float = 0.0) -> tuple[list[tuple[int, int]], np.ndarray, np.ndarray]:
    size = matrices.shape[1]
    places = [(i, j) for i in range(size) for j in range(size)]
    entries = matrices.reshape(len(matrices), -1)
    return places, entries - radius, entries + radius


@pytest.mark.parametrize("size", [1, 2, 5, 12])
def test_random_matrices(size: int) -> None:
    matrices = np.random.default_rng(size).standard_normal((100, size, size))
    found, at_least = unstable_dimensions(*full(matrices, 1e-11), size)
    expected = (np.linalg.eigvals(matrices).real > 0).sum(axis=1)
    assert (found != UNDECIDED).mean() > 0.95
    decided = found != UNDECIDED
    np.testing.assert_array_equal(found[decided], expected[decided])
    assert (at_least <= expected).all()


def test_an_eigenvalue_on_the_axis_is_never_decided() -> None:
    rotation = np.array([[[0.0, 1.0], [-1.0, 0.0]]])
    assert unstable_dimensions(*full(rotation), 2)[0][0] == UNDECIDED
    singular = np.array([[[1.0, 2.0], [2.0, 4.0]]])
    dimension, at_least = unstable_dimensions(*full(singular), 2)
    assert dimension[0] == UNDECIDED
    assert at_least[0] == 1


def test_wide_intervals_are_not_decided_beyond_what_holds_for_all() -> None:
    places, low, high = full(np.array([[[-1.0, 0.3], [0.2, -1.0]]]), 0.9)
    assert unstable_dimensions(places, low, high, 2)[0][0] == UNDECIDED
    places, low, high = full(np.array([[[-3.0, 0.3], [0.2, -2.0]]]), 0.2)
    assert unstable_dimensions(places, low, high, 2)[0][0] == 0


def test_a_defective_matrix_is_split_into_blocks() -> None:
    size = 16
    places = [(i, i) for i in range(size)] + [(i, i + 1) for i in range(size - 1)]
    entries = np.array([[-0.01] * size + [1.0] * (size - 1)])
    assert unstable_dimensions(places, entries, entries, size)[0][0] == 0


def test_strong_blocks() -> None:
    assert sorted(map(tuple, strong_blocks([(0, 1), (1, 2), (2, 0), (3, 0)], 5))) == [(0, 1, 2), (3,), (4,)]


def test_fading_weights_leave_the_count_unchanged() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        fast, slow, rate = rng.standard_normal((3, 3)) * 2, 9, -0.7
        matrix = np.zeros((12, 12))
        matrix[:3, :3] = fast
        matrix[:3, 3:] = rng.standard_normal((3, slow))
        matrix[3:, :3] = rng.standard_normal((slow, 3))
        matrix[3:, 3:] = rate * np.eye(slow)
        places = [(i, j) for i in range(12) for j in range(12) if matrix[i, j] != 0]
        entries = np.array([[matrix[i, j] for i, j in places]])
        names = [("decay",) if i == j and i >= 3 else (i, j) for i, j in places]
        expected = (np.linalg.eigvals(matrix).real > 0).sum()
        assert unstable_dimensions(places, entries, entries, 12, names)[0][0] == expected


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ([[0, 1], [-1, 0]], AxisCount(0, 2, 0)),
        ([[0, 0], [0, 0]], AxisCount(0, 2, 0, zero=2)),
        ([[1, 2], [2, 4]], AxisCount(1, 1, 0, zero=1)),
        ([[0, 1, 0], [0, 0, 1], [-2, -1, -1]], AxisCount(2, 0, 1)),  # s³ + s² + s + 2
        ([[0, 2], [3, 0]], AxisCount(1, 0, 1)),  # ±√6: symmetric about the axis, not on it
    ],
)
def test_exact_sides(matrix: list[list[int]], expected: AxisCount) -> None:
    assert axis_count(matrix) == expected


@pytest.mark.parametrize("size", range(3, 40, 6))
def test_consensus_on_a_cycle_is_marginal(size: int) -> None:
    matrix = [[-int(i == j) + int(j == (i + 1) % size) for j in range(size)] for i in range(size)]
    found = axis_count(matrix)
    assert (found.stability, found.central, found.unstable) == ("marginal", 1, 0)


def test_exact_sides_of_rational_jordan_block() -> None:
    entries = [[sympy.Rational(-1, 100) if i == j else int(j == i + 1) for j in range(16)] for i in range(16)]
    assert axis_count(entries) == AxisCount(0, 0, 16)
