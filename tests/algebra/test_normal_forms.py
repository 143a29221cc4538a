"""The coefficients of normal forms agree with formulas of other books, over several kinds of number."""

from fractions import Fraction
from functools import partial

import mpmath
import numpy as np
import pytest

from dynsym.algebra.normal_forms import (
    crossing_speed,
    cubic_coefficient,
    double_zero_coefficients,
    first_lyapunov,
    pair_coefficient,
    quadratic_coefficient,
)


def forms_of(second, third):
    """Tensors of second and third derivatives as functions of vectors (components, *batch)."""

    def bilinear(u, v):
        return sum(second[:, j, k] * u[j] * v[k] for j in range(2) for k in range(2))

    def trilinear(u, v, w):
        return sum(third[:, j, k, m] * u[j] * v[k] * w[m] for j in range(2) for k in range(2) for m in range(2))

    return bilinear, trilinear


def random_tensors(rng, *batch):
    def draw(*signature):
        return rng.integers(-5, 6, size=(*signature, *batch)).astype(float)

    second, third = draw(2, 2, 2), draw(2, 2, 2, 2)
    second[:, 1, 0] = second[:, 0, 1]
    third[:, 0, 1, 0] = third[:, 1, 0, 0] = third[:, 0, 0, 1]
    third[:, 1, 0, 1] = third[:, 1, 1, 0] = third[:, 0, 1, 1]
    return second, third


def by_partial_derivatives(second, third, omega):
    """16 a of J. Guckenheimer and P. Holmes, *Nonlinear Oscillations*, equation (3.4.11), where r' = a r^3."""
    (f, g), (fff, ggg) = second, third
    cubic = fff[0, 0, 0] + fff[0, 1, 1] + ggg[0, 0, 1] + ggg[1, 1, 1]
    mixed = f[0, 1] * (f[0, 0] + f[1, 1]) - g[0, 1] * (g[0, 0] + g[1, 1]) - f[0, 0] * g[0, 0] + f[1, 1] * g[1, 1]
    return cubic + mixed / omega


@pytest.mark.parametrize("batch", [(), (7,)])
def test_lyapunov_coefficient_of_planar_fields(batch):
    omega = 1.5
    second, third = random_tensors(np.random.default_rng(3), *batch)
    linear = np.array([[0, -omega], [omega, 0]])
    q = np.array([1, -1j]).reshape(2, *[1] * len(batch)) / np.sqrt(2) * np.ones(batch)
    g21 = pair_coefficient(
        lambda x: (q.conj() * x).sum(0),
        *forms_of(second, third),
        q,
        q.conj(),
        partial(np.linalg.solve, linear),
        partial(np.linalg.solve, 2j * omega * np.eye(2) - linear),
    )
    # x = z q + its conjugate has r = sqrt(2) |z|, and |z|' = Re G21/2 |z|^3.
    expected = 2 * by_partial_derivatives(second, third, omega) / 16 / omega
    np.testing.assert_allclose(first_lyapunov(g21.real, omega), expected, rtol=1e-12)


@pytest.mark.parametrize("number", [Fraction, mpmath.mpf, float])
def test_slow_manifold_of_a_fast_variable(number):
    # u' = e u + 3/4 u^2 + 2 u y + 5/2 u^3, y' = -y + 7 u^2 + 4 e: y = 7 u^2 + 4 e.
    def second(x, y):
        return np.array([number(3) / 2 * x[0] * y[0] + 2 * (x[0] * y[1] + x[1] * y[0]), 14 * x[0] * y[0]])

    def third(x, y, z):
        return np.array([15 * x[0] * y[0] * z[0], number(0)])

    v, drift = np.array([number(1), number(0)]), np.array([number(0), number(4)])
    assert quadratic_coefficient(lambda x: x[0], second, v) == number(3) / 4
    assert crossing_speed(lambda x: x[0], v, second, v, drift) == 9

    def bent(x, y):
        return np.array([number(2) * (x[0] * y[1] + x[1] * y[0]), 14 * x[0] * y[0]])

    found = cubic_coefficient(lambda x: x[0], bent, third, v, lambda right: np.array([number(0), -right[1]]))
    assert found == number(5) / 2 + 14
    assert cubic_coefficient(lambda x: x[0], None, third, v, None) == number(5) / 2


def test_double_zero_in_its_own_coordinates():
    # w0' = w1, w1' = 3 w0^2 - 2 w0 w1.
    def second(x, y):
        return np.array([0, 6 * x[0] * y[0] - 2 * (x[0] * y[1] + x[1] * y[0])])

    q0, q1 = np.eye(2, dtype=int)
    assert double_zero_coefficients(lambda x: x[0], lambda x: x[1], second, q0, q1) == (3, -2)
