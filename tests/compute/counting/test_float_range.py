"""Equilibria nearer to each other than floats can tell, and beyond their range: counted, never certified falsely."""

import itertools
import warnings

import numpy as np
import pytest

import dynsym as ds


def certified_balls_meet(count):
    """Whether two certified balls share a point, in exact rational arithmetic."""
    from fractions import Fraction

    sure = [e for e in count.equilibria if e.certificate == "certified"]
    return any(
        all(
            abs(Fraction(a.state[n]) - Fraction(b.state[n])) <= Fraction(a.radius) + Fraction(b.radius) for n in a.state
        )
        for a, b in itertools.combinations(sure, 2)
    )


@pytest.mark.parametrize("place", ["0", "1", "1/3", "10^6"])
@pytest.mark.parametrize("digits", [4, 8, 12, 15, 16, 17, 20, 40, 170, 400])
def test_two_roots_at_any_distance(place, digits):
    """(x - a)² = d² has two roots at distance 2 d, whatever d."""
    count = ds.count_equilibria(ds.system_from_equations({"x": f"(x - {place})^2 - 10^(-{2 * digits})"}))
    assert not certified_balls_meet(count)
    if digits == 400 and place != "0":
        assert (count.status, count.lower) in (("proved", 2), ("undecided", 0))
        return
    assert (count.status, count.lower, len(count.equilibria)) == ("proved", 2, 2)
    assert [e.stability for e in count.equilibria] == ["stable", "unstable"]
    if digits <= 8:
        assert all(e.certificate == "certified" for e in count.equilibria)


@pytest.mark.parametrize("steepness", [3, 1e3, 1e9, 1e15, 1e18])
def test_three_roots_of_a_steep_sigmoid(steepness):
    """-u + 2 tanh u has three roots, u = steepness (x - 1)."""
    rate = f"-(x - 1) + 2*tanh({steepness!r}*(x - 1))/{steepness!r}"
    count = ds.count_equilibria(ds.system_from_equations({"x": rate}))
    assert (count.status, count.lower) == ("proved", 3)
    assert not certified_balls_meet(count)
    assert [e.stability for e in count.equilibria if e.stability != "undecided"] in (
        ["stable", "unstable", "stable"],
        [],
    )


@pytest.mark.parametrize("exponent", [300, 308, 309, 400, 500])
@pytest.mark.parametrize(
    ("equations", "expected"),
    [
        ({"x": "x - 10^{0}"}, 1),
        ({"x": "x^2 - 10^(2*{0})"}, 2),
        ({"x": "x^3 - x*10^(2*{0})"}, 3),
        ({"x": "x - 10^{0}", "y": "y - x"}, 1),
        ({"x": "x^2 - 10^(2*{0})", "y": "y - 1"}, 2),
    ],
)
def test_states_beyond_floats_are_never_given_as_numbers(equations, expected, exponent):
    system = ds.system_from_equations({name: rate.format(exponent) for name, rate in equations.items()})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        count = ds.count_equilibria(system)
    assert (count.status, count.lower) == ("proved", expected)
    assert all(np.isfinite(list(e.state.values())).all() for e in count.equilibria)
    assert all(e.radius > 0 or e.state["x"] == 0 for e in count.equilibria)
    if len(count.equilibria) < expected:
        assert exponent > 308
        assert "range of floats" in count.reason
        assert count.stable is None
        assert count.index_sum is None


@pytest.mark.parametrize(("p", "q"), [("1/2", "1/3"), ("-7/5", "22/7"), ("3", "0"), ("1/1000", "-5")])
def test_centres_at_rational_points_are_marginal(p, q):
    """The linearisation at (p, q) is a rotation."""
    rates = {"x": f"-(y - {q}) - (x - {p})^3", "y": f"(x - {p}) - (y - {q})^3"}
    for box in (None, {"x": (-5, 5), "y": (-6, 6)}):
        (found,) = ds.count_equilibria(ds.system_from_equations(rates), box=box).equilibria
        assert (found.stability, found.unstable_dimension, found.index) == ("marginal", 0, 1)


def test_a_rational_point_does_not_lend_its_stability_to_neighbours():
    """Three roots in one float ball; only the one in the middle is rational."""
    rate = "-(x - 1) + 2e-18*tanh(1e18*(x - 1))"
    for count in (
        ds.count_equilibria(ds.system_from_equations({"x": rate})),
        ds.find_equilibria(ds.system_from_equations({"x": rate})),
    ):
        assert all(e.stability == "undecided" for e in count.equilibria)
