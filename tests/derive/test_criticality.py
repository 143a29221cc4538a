"""On which side the new equilibria are, checked by counting sign changes; what once was called wrongly or hung."""

import numpy as np
import pytest
import sympy

import dynsym as ds


def zeros(rate, parameter, value, near, reach=0.05):
    """How many sign changes a scalar rate has near a point."""
    x = sympy.Symbol("x", real=True)
    p = sympy.Symbol(parameter, real=True)
    own = sympy.lambdify([x, p], rate, "numpy")
    grid = np.linspace(near - reach, near + reach, 4001) + 1e-9
    return int(np.sum(np.diff(np.sign(own(grid, value))) != 0))


@pytest.mark.parametrize("text", ["p + x - x^3", "-p + x - x^3", "p*x + x^3 - x^5", "1 - p*x^2", "2*p - x^2 + x^3/5"])
def test_a_fold_is_supercritical_where_the_pair_is_above(text):
    system = ds.system_from_equations({"x": text}, {"p": None})
    folds = ds.fold_condition(system, parameter="p")
    for fold in folds:
        at = float(fold.at["x"])
        counts = [zeros(system.rhs[0], "p", fold.value + d, at) for d in (-1e-5, 1e-5)]
        assert counts == ([0, 2] if fold.criticality == "supercritical" else [2, 0])
    assert folds or "1 - p" in text


@pytest.mark.parametrize(("sign", "word"), [("-", "supercritical"), ("+", "subcritical")])
def test_a_transcritical_point_is_supercritical_where_the_branch_along_the_mode_takes_over(sign, word):
    system = ds.system_from_equations({"x": f"p*x {sign} x^2"}, {"p": None})
    (own,) = ds.transcritical_condition(system, parameter="p", at=0)
    assert own.criticality == word
    turned = ds.system_from_equations({"x": f"p*x {sign} x^2 - y*x/3", "y": "-y - 5*x"}, {"p": None})
    (own,) = ds.transcritical_condition(turned, parameter="p", at=0)
    # The largest entry of v = (1, -5) is the second: along -v the x-axis is turned round.
    assert own.criticality == ("subcritical" if sign == "+" else "supercritical") or own.coefficient_value is not None
    assert (own.coefficient_value < 0) == (own.criticality == "supercritical")
    assert max(own.mode.values(), key=abs) > 0


def test_the_side_of_a_fold_with_symbols_needs_no_orientation():
    system = ds.system_from_equations(
        {"x": "p - c*x^2", "y": "-y + e*x"}, ["p", "c", "e"], assumptions={"c": "positive"}
    )
    (fold,) = ds.find_conditions(system, parameter="p")
    assert fold.criticality == "supercritical"
    assert "entry of x" in fold.normalisation or "largest" in fold.normalisation
    numbers = fold.with_values(e=-3, c=1)
    assert numbers.criticality == "supercritical"
    # v = (1, -3)/sqrt(10) turned: y is the largest entry.
    assert numbers.coefficient_value == pytest.approx(1 / np.sqrt(10))
    assert numbers.transversality == -sympy.sqrt(10)
    assert float(numbers.mode["y"]) > 0
    assert numbers.normalisation.endswith("largest entry of v positive")


def test_the_orientation_of_a_transcritical_mode_follows_the_numbers():
    system = ds.system_from_equations({"x": "p*x - x^2", "y": "-y + e*x"}, ["p", "e"])
    (own,) = ds.transcritical_condition(system, parameter="p", at=0)
    assert own.criticality == "depends"
    assert "entry of x" in own.normalisation
    assert own.with_values(e="1/2").criticality == "supercritical"
    assert own.with_values(e=-4).criticality == "subcritical"
    direct = ds.transcritical_condition(system.with_values(e=-4), parameter="p", at=0)[0]
    assert direct.criticality == "subcritical"
    assert direct.coefficient_value == pytest.approx(own.with_values(e=-4).coefficient_value)


def test_a_constraint_that_only_the_origin_solves_is_no_fold():
    system = ds.system_from_equations({"x": "-x + g*w*tanh(x)"}, {"g": None, "w": None})
    assert [c.kind for c in ds.find_conditions(system, parameter="g")] == ["pitchfork"]


def test_rectified_pairs_are_decided_at_once():
    system = ds.build_system(ds.motifs.bidirectional(bias=1), ds.LeakyRate(ds.Rectified()))
    found = ds.find_conditions(system, parameter="w", budget=ds.Budget(seconds=20))
    # On the side where both are active the symmetric equilibrium is 1/(1 - w); its modes are -1 + w and -1 - w.
    assert [(c.kind, c.value, str(c.solution)) for c in found] == [("degenerate", -1.0, "-1")]


def test_rectified_pairs_with_symbols_are_not_decided():
    system = ds.build_system(ds.motifs.bidirectional(bias="b"), ds.LeakyRate(ds.Rectified()))
    found = ds.find_conditions(system, parameter="w")
    assert found == ()
    assert any("side of the corner" in cell.reason for cell in found.open)


@pytest.mark.parametrize(
    ("rate", "value", "kind"),
    [
        ("-x + exp(g)*tanh(x)", 0.0, "pitchfork"),
        ("-x + 3*exp(-2*g)*tanh(x)", np.log(3) / 2, "pitchfork"),
        ("-x + 4*tanh(g)*tanh(x)", np.arctanh(0.25), "pitchfork"),
        ("logistic(g) - 1/4 - x^2", -np.log(3), "fold"),
        ("exp(-g) - 1 - x^2", 0.0, "fold"),
    ],
)
def test_a_parameter_inside_one_function_is_reached_by_its_inverse(rate, value, kind):
    system = ds.system_from_equations({"x": rate}, {"g": None})
    (own,) = ds.find_conditions(system, parameter="g")
    assert (own.kind, own.parameter) == (kind, "g")
    assert own.value == pytest.approx(value, abs=1e-15)
    if kind == "fold":
        counts = [zeros(system.rhs[0], "g", own.value + d, 0.0, 0.5) for d in (-1e-3, 1e-3)]
        assert counts == ([0, 2] if own.criticality == "supercritical" else [2, 0])
    else:
        step = 1e-6
        g = sympy.Symbol("g", real=True)
        slope = system.rhs[0].diff(system.states[0]).subs(system.states[0], 0)
        rate_of = [float(slope.subs(g, own.value + d)) for d in (-step, step)]
        assert float(own.transversality) == pytest.approx((rate_of[1] - rate_of[0]) / (2 * step), rel=1e-6)
    assert ds.find_conditions(system, parameter="g", span=(value + 1, value + 2)) == ()


def test_messages_about_a_parameter_inside_a_function_name_the_parameter():
    system = ds.system_from_equations({"x": "-x + exp(g)*x^3"}, {"g": None})
    with pytest.raises(ds.errors.ParameterError, match="'g' does not occur in the Jacobian"):
        ds.find_conditions(system, parameter="g", at=0)
    never = ds.system_from_equations({"x": "-x*(1 + exp(g))"}, {"g": None})
    assert ds.find_conditions(never, parameter="g", at=0).ledger().endswith("value of g")


def test_a_value_that_the_function_never_takes_gives_no_condition():
    system = ds.system_from_equations({"x": "-x + tanh(g)*tanh(x)/2"}, {"g": None})
    assert ds.find_conditions(system, parameter="g") == ()


@pytest.mark.parametrize(
    ("equations", "said"),
    [
        ({"x": "g*x - x^3", "y": "x^2"}, "zero is an eigenvalue for every value of g"),
        ({"x": "g*y", "y": "-g*x - x^3"}, "opposite pairs for every value of g"),
        ({"x": "-x*(1 + g^2)"}, "whatever the value of g"),
        ({"x": "-x + g*y", "y": "-2*y"}, "whatever the value of g"),
    ],
)
def test_what_holds_always_or_never_is_said(equations, said):
    found = ds.find_conditions(ds.system_from_equations(equations, ["g"]), parameter="g", at=0)
    assert said in found.ledger()
    assert found.complete == (not any(cell.is_open for cell in found.cells)) == said.startswith("whatever")
    assert all(c.kind == "degenerate" for c in found)


def test_denominators_that_vanish_are_named():
    system = ds.system_from_equations({"x": "g*x/(a - 1) - x^3"}, {"g": None, "a": None})
    (own,) = ds.find_conditions(system, parameter="g", at=0)
    assert own.transversality == 1 / (system["a"] - 1)
    with pytest.raises(ds.errors.DynsymError):
        ds.find_conditions(system, parameter="g", at=0, values={"a": 1})
    pair = ds.build_system(ds.motifs.bidirectional(nodes=("a", "b")), ds.LeakyRate(ds.AnySigmoid()))
    (condition, _) = ds.pitchfork_condition(pair, parameter="w", at=0)
    with pytest.raises(ds.errors.ParameterError, match="positive"):
        condition.with_values({"phi'(0)": -1})
    with pytest.raises(ds.errors.ParameterError, match="is shown for phi"):
        condition.with_values(s1=2)
