"""Dual propagation against plain numpy: sweeps, fixed points, gradients."""

from itertools import pairwise

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.errors import ParameterError

RNG = np.random.default_rng(3)


def one_sweep(weights, x, t, alpha, beta, plus, minus, *, adjoint, order):
    """A linear network, written without dynsym."""
    plus, minus = [p.copy() for p in plus], [m.copy() for m in minus]
    old_plus, old_minus = [p.copy() for p in plus], [m.copy() for m in minus]
    up, down = (1 - alpha, alpha) if adjoint else (alpha, 1 - alpha)
    depth = len(weights)
    for k in range(depth) if order != "backward" else range(depth - 1, -1, -1):
        seen_plus, seen_minus = (old_plus, old_minus) if order == "jacobi" else (plus, minus)
        mean = [alpha * p + (1 - alpha) * m for p, m in zip(seen_plus, seen_minus, strict=True)]
        a = weights[k] @ (x if k == 0 else mean[k - 1])
        is_output = k == depth - 1
        nudge = -beta * (mean[k] - t) if is_output else weights[k + 1].T @ (seen_plus[k + 1] - seen_minus[k + 1])
        plus[k], minus[k] = a + up * nudge, a - down * nudge
    return plus, minus


@pytest.mark.parametrize("adjoint", [False, True])
@pytest.mark.parametrize("order", list(ds.learning.SweepOrder))
def test_a_sweep_is_that_of_plain_numpy(order, adjoint):
    widths = (2, 3, 1)
    network = ds.DualPropagation(widths, adjoint=adjoint)
    weights = [RNG.integers(-3, 4, (b, a)).astype(float) for a, b in pairwise(widths)]
    x, t = np.array([1.0, -2.0]), np.array([3.0])
    alpha, beta = 0.25, 0.5
    plus, minus = ([RNG.integers(-3, 4, n).astype(float) for n in widths[1:]] for _ in range(2))
    values = dict(zip(network.inputs, x, strict=True)) | dict(zip(network.targets, t, strict=True))
    values |= {network.alpha: alpha, network.beta: beta}
    for matrix, numbers in zip(network.weights, weights, strict=True):
        values |= dict(zip(matrix, numbers.flatten(), strict=True))
    for symbols, numbers in ((network.positive, plus), (network.negative, minus)):
        for layer, part in zip(symbols, numbers, strict=True):
            values |= dict(zip(layer, part, strict=True))
    found = [float(value.subs(values)) for value in network.sweep(order).values()]
    expected = one_sweep(weights, x, t, alpha, beta, plus, minus, adjoint=adjoint, order=order.name.lower())
    flat = [number for pair in zip(*expected, strict=True) for part in pair for number in part]
    np.testing.assert_allclose(found, flat, rtol=1e-12)


def test_fixed_points_of_the_relaxation_are_those_of_sweeps():
    network = ds.DualPropagation((1, 1, 1), alpha="1/3", beta="1/2")
    system = network.system()
    for state, value in network.sweep().items():
        assert sympy.expand(system.equations[state.name] - (value - state)) == 0


def test_damping_mixes_old_and_new():
    network = ds.DualPropagation((1, 1, 1))
    plain, damped = network.sweep_matrix(), network.sweep_matrix(damping=3)
    assert sympy.simplify(damped - (plain + 3 * sympy.eye(4)) / 4) == sympy.zeros(4)


def test_mistakes_are_named():
    with pytest.raises(ParameterError, match="at least one"):
        ds.DualPropagation((2, 3))
    with pytest.raises(ParameterError, match="one or more units"):
        ds.DualPropagation((2, 0, 1))
