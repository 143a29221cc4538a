"""Arrays of balls hold the exact results of points inside them, worked out in fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dynsym.arithmetic.ball_arrays import BallArray

sizes = st.sampled_from([0.0, 1e-17, 1e-9, 0.3, 2.0])
seeds = st.integers(0, 10**6)


def drawn(rng, shape, size, scale):
    """A ball array, and exact points inside it."""
    middle = rng.normal(size=shape) * scale
    radius = np.abs(rng.normal(size=shape)) * size
    shares = rng.choice([-1.0, 0.0, 0.5, 1.0], size=shape)
    exact = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        exact[place] = Fraction(middle[place]) + Fraction(shares[place]) * Fraction(radius[place])
    return BallArray(middle, radius), exact


def holds(found, exact):
    shape = np.broadcast_shapes(found.middle.shape, found.radius.shape)
    middle, radius = np.broadcast_to(found.middle, shape), np.broadcast_to(found.radius, shape)
    assert shape == exact.shape
    return all(abs(exact[k] - Fraction(middle[k])) <= Fraction(radius[k]) for k in np.ndindex(*shape))


@given(seeds, sizes, sizes, st.sampled_from([1e-150, 1e-8, 1.0, 1e12]))
def test_operations_hold_the_exact_results(seed, size, other_size, scale):
    rng = np.random.default_rng(seed)
    (a, x), (b, y) = drawn(rng, (2, 3), size, scale), drawn(rng, (2, 3), other_size, 1.0)
    matrix, m = drawn(rng, (3, 4), other_size, 1.0)
    assert holds(a + b, x + y)
    assert holds(a * b, x * y)
    assert holds(a.times(-0.5), x * Fraction(-1, 2))
    assert holds(a.through(matrix), x @ m)
    assert holds(a.total(), x.sum(axis=-1))
    assert holds(a.with_last(b[:, 0]), np.concatenate([x, y[:, :1]], axis=1))
    assert holds(a.transposed, x.T)
    assert all(abs(value) <= Fraction(bound) for value, bound in zip(x.flat, a.magnitude.flat, strict=True))


@given(seeds, sizes)
def test_intervals_become_balls_around_them(seed, size):
    rng = np.random.default_rng(seed)
    low = rng.normal(size=5)
    high = low + size * np.abs(rng.normal(size=5))
    found = BallArray.between(low, high)
    for ends in (low, high):
        assert holds(found, np.array([Fraction(end) for end in ends], dtype=object))


def test_what_was_not_worked_out_is_unknown():
    with np.errstate(invalid="ignore"):
        found = BallArray(np.array([0.0]), np.array([np.inf])) * BallArray.exact(np.array([0.0]))
    assert np.isinf(found.unknown_where_nan().radius).all()
