"""Boxes round a pole hold no equilibrium, and are excluded by the field times its denominators."""

import numpy as np
import pytest
import sympy

import dynsym as ds

x = sympy.Symbol("x")


@pytest.mark.parametrize("seed", range(10))
def test_rational_fields_of_one_state_are_counted_past_their_poles(seed):
    rng = np.random.default_rng(seed)
    a, b, c, d = (sympy.Rational(int(k), 2) for k in rng.integers(-6, 7, 4))
    rate = a * x / (x - b) + c / (x + 3) + d - x / 3
    top, bottom = sympy.fraction(sympy.cancel(sympy.together(rate)))
    roots = sorted({sympy.N(r, 20) for r in sympy.Poly(top, x).nroots(n=30, maxsteps=200) if abs(sympy.im(r)) < 1e-15})
    assert all(abs(bottom.subs(x, r)) > 1e-6 for r in roots)
    found = ds.count_equilibria(ds.system_from_equations({"x": str(rate).replace("**", "^")}))
    assert (found.status, found.count) == ("proved", len(roots))
    assert [e.state["x"] for e in found.equilibria] == pytest.approx([float(sympy.re(r)) for r in roots])


@pytest.mark.parametrize(
    ("rates", "box", "expected"),
    [
        ({"x": "tan(x)"}, {"x": (-1, 10)}, [0, np.pi, 2 * np.pi, 3 * np.pi]),
        ({"x": "y - x", "y": "tan(x) - 2*y"}, {"x": (-2, 2), "y": (-9, 9)}, [-1.1655611852, 0, 1.1655611852]),
        ({"x": "1/sinh(x) - x"}, {"x": (-3, 3)}, [-0.9320200293, 0.9320200293]),
        ({"x": "1/x + 1/(x - 1) - exp(x)/4"}, {"x": (-2, 3)}, [0.4513862017, 1.8893288615]),
        ({"x": "y - x/3 - x*y/(1 + x)", "y": "6/5 - 1/(1 + x^3) - y"}, None, [-2.5129018, -0.60244315, 1.1024957]),
        ({"x": "x/(x^2 - y)", "y": "y - 1"}, None, [0]),
    ],
)
def test_fields_with_poles_are_counted(rates, box, expected):
    found = ds.count_equilibria(ds.system_from_equations(rates), box=box)
    assert (found.status, found.count) == ("proved", len(expected))
    assert [e.state["x"] for e in found.equilibria] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    "rates",
    [
        {"x": "2*x - h/(3 - x)", "y": "-y"},
        {"x": "x*y/(x^2 + y^2)", "y": "y - x"},
        {"x": "(x^2 - x)/(x - 1)", "y": "-y"},
    ],
)
def test_a_zero_of_numerators_at_a_pole_is_no_equilibrium(rates):
    # At h = 0 the first field has a hole at x = 3, the second one at the origin, the third at x = 1.
    system = ds.system_from_equations(rates, {"h": 0} if "h" in rates["x"] else None)
    found = ds.count_equilibria(system, box={"x": (-5, 5), "y": (-5, 5)}, budget=ds.Budget(seconds=3))
    holes = {"2": 3.0, "x": 0.0, "(": 1.0}
    assert holes[rates["x"][0]] not in {round(e.state["x"], 6) for e in found.equilibria}
