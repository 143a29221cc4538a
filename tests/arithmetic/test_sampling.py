"""Drawn points: reproducible, exact, inside the assumptions of their symbols."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sympy import Symbol

from dynsym.arithmetic.sampling import Sampler

ASSUMPTIONS = [
    {"real": True},
    {"positive": True},
    {"negative": True},
    {"nonnegative": True},
    {"nonpositive": True},
    {"integer": True},
    {"integer": True, "positive": True},
    {"nonzero": True, "real": True},
]


@pytest.mark.parametrize("assumptions", ASSUMPTIONS, ids=str)
def test_simple_numbers_are_what_their_symbol_is_assumed_to_be(assumptions):
    s, sampler = Symbol("s", **assumptions), Sampler(3)
    for k in range(200):
        value = sampler.simple(s, 1 + k // 20)
        assert isinstance(value, Fraction)
        assert value > 0 or not assumptions.get("positive")
        assert value < 0 or not assumptions.get("negative")
        assert value >= 0 or not assumptions.get("nonnegative")
        assert value <= 0 or not assumptions.get("nonpositive")
        assert value.denominator == 1 or not assumptions.get("integer")
        assert value != 0 or not assumptions.get("nonzero")


def test_moderate_numbers_have_the_sign_of_their_symbol():
    free, low, high = Symbol("a", real=True), Symbol("b", negative=True), Symbol("c", positive=True)
    sampler = Sampler("a text is a seed too")
    drawn = [(sampler.number(free), sampler.number(low), sampler.number(high)) for _ in range(300)]
    assert all(b < 0 < c for _, b, c in drawn)
    assert {a > 0 for a, _, _ in drawn} == {True, False}
    assert all(sampler.number(free, negative=0) > 0 for _ in range(100))
    assert {sampler.number(high, (3, 5), (7, 7)).denominator for _ in range(50)} == {7}


def test_equal_seeds_draw_equal_points():
    s = Symbol("s", real=True)
    first, second = ([Sampler(5).number(s) for _ in range(3)] for _ in range(2))
    assert first == second
    assert Sampler(5).off_axis() == Sampler(5).off_axis()
    assert Sampler(5).off_axis().imag >= 0.5
