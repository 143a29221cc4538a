"""Boxes on which a slope overflows are kept; equilibria on a kink, and degenerate ones, have no index."""

import pytest

import dynsym as ds


@pytest.mark.parametrize(
    ("rate", "box", "roots"),
    [
        ("exp(x) - 2", (0, 1400), [0.6931471805599453]),
        ("cosh(x) - 2", (-10, 1420), [-1.3169578969248166, 1.3169578969248166]),
        ("exp(x) - 1e300", None, [690.7755278982137]),
        ("exp(x/10) - 2", (0, 14100), [6.931471805599453]),
    ],
)
def test_overflowing_slopes_lose_no_root(rate, box, roots):
    system = ds.system_from_equations({"x": rate})
    count = ds.count_equilibria(system, box=None if box is None else {"x": box})
    assert (count.status, count.lower) == ("proved", len(roots))
    assert [e.state["x"] for e in count.equilibria] == pytest.approx(roots, abs=1e-12)


@pytest.mark.parametrize(
    ("equations", "stability", "index", "index_sum"),
    [
        # Slopes -1 below and 1 above.
        ({"x": "-x + relu(2*x)"}, "unstable", 0, 0),
        ({"x": "-x + relu(x + y)", "y": "-y + relu(x + y)"}, "undecided", None, None),
        # The other equilibrium is x = 1, with slope -1.
        ({"x": "-x + relu(2*x) - relu(2*x - 1)"}, "unstable", 0, 1),
        # Slopes -1 below and -1/2 above.
        ({"x": "-x + relu(x/2)"}, "stable", 1, 1),
        # Slopes 1 below and 2 above.
        ({"x": "x + relu(x)"}, "unstable", -1, -1),
    ],
)
def test_an_equilibrium_on_a_kink_is_decided_by_its_sides(equations, stability, index, index_sum):
    count = ds.count_equilibria(ds.system_from_equations(equations))
    origin = next(e for e in count.equilibria if all(value == 0 for value in e.state.values()))
    assert (origin.stability, origin.index, count.index_sum) == (stability, index, index_sum)


@pytest.mark.parametrize(
    ("equations", "index"),
    [
        ({"x": "y", "y": "-x"}, 1),
        ({"x": "y", "y": "-x", "z": "z"}, -1),
        ({"x": "-x^3", "y": "-y"}, None),
        ({"x": "-x + tanh(x)"}, None),
    ],
)
def test_index_of_equilibria_on_the_imaginary_axis(equations, index):
    assert ds.count_equilibria(ds.system_from_equations(equations)).index_sum == index
