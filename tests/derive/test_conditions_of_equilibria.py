"""Conditions away from the origin: folds, transcritical points, symmetric equilibria, published values.

Reference values of the well-known systems come from an independent high-precision continuation; those of the plastic
pair from the equations of Gong, Chen and Ching (arXiv 2312.14896), solved with mpmath.
"""

import pytest
import sympy
from sympy import Rational, sqrt

import dynsym as ds


def plastic_pair(bias, activation=None):
    network = ds.motifs.bidirectional(nodes=("x1", "x2"), weight=0, bias=bias)
    return ds.build_system(network, node=ds.LeakyRate(activation or ds.Tanh()), synapse=ds.Hebbian("k"))


def test_folds_of_the_cubic():
    system = ds.system_from_equations({"x": "m + x - x^3"}, {"m": None})
    low, high = ds.fold_condition(system, parameter="m")
    assert (low.solution, high.solution) == (-2 * sqrt(3) / 9, 2 * sqrt(3) / 9)
    assert (low.at["x"], high.at["x"]) == (sqrt(3) / 3, -sqrt(3) / 3)
    # x' = m + x - x^3 has the second derivative -6x, so that a = -3x.
    assert (low.coefficient, high.coefficient) == (-sqrt(3), sqrt(3))
    assert low.verdict == "proved"
    assert high.transversality == 1


def test_folds_with_a_free_parameter_keep_their_condition():
    system = ds.system_from_equations({"x": "m + a*x - x^3"}, {"m": None, "a": 1})
    found = ds.fold_condition(system, parameter="m", free=("a",))
    a = system["a"]
    assert {sympy.simplify(c.solution**2 - 4 * a**3 / 27) for c in found} == {0}
    assert all(sympy.Ge(a, 0) in c.constraints for c in found)
    assert all(c.value is None for c in found)


def test_folds_of_a_subcritical_branch():
    system = ds.system_from_equations({"x": "mu*x + x^3 - x^5"}, {"mu": None})
    found = ds.find_conditions(system, parameter="mu")
    assert [(c.kind, c.solution) for c in found] == [
        ("fold", Rational(-1, 4)),
        ("fold", Rational(-1, 4)),
        ("pitchfork", 0),
    ]
    assert found[-1].criticality == "subcritical"
    assert {c.at["x"] ** 2 for c in found[:2]} == {Rational(1, 2)}


def test_a_transcritical_point_is_said_once():
    positive = dict.fromkeys(("beta", "gamma", "mu"), "positive")
    system = ds.system_from_equations(
        {"S": "mu - beta*S*I - mu*S", "I": "beta*S*I - gamma*I - mu*I"}, assumptions=positive
    )
    (condition,) = ds.find_conditions(system, parameter="beta")
    assert condition.kind == "transcritical"
    assert condition.solution == system["gamma"] + system["mu"]
    assert dict(condition.at) == {"S": 1, "I": 0}


@pytest.mark.parametrize(
    ("bias", "amplitude", "strength"),
    [(1, 0.4650045173562825, -6.5375945680763845), (2, 0.8034069886263154, -4.051788026330151)],
)
def test_the_driven_plastic_pair_has_a_supercritical_pitchfork(bias, amplitude, strength):
    found = ds.find_conditions(plastic_pair(bias), parameter="k")
    (condition,) = (c for c in found if c.kind == "pitchfork")
    assert condition.value == pytest.approx(strength, rel=1e-13)
    assert float(condition.at["x1"]) == pytest.approx(amplitude, rel=1e-13)
    assert condition.criticality == "supercritical"
    assert condition.mode["x1"] == -condition.mode["x2"]
    assert condition.constraints
    assert condition.verdict == "proved"


def test_the_pitchfork_of_the_plastic_pair_is_supercritical_for_every_drive():
    condition = next(c for c in ds.find_conditions(plastic_pair("b"), parameter="k") if c.kind == "pitchfork")
    (x,) = condition.solution.free_symbols
    phi = sympy.tanh(x)
    assert sympy.simplify(condition.solution + 1 / (phi**2 * (1 - phi**2))) == 0
    assert condition.criticality == "supercritical"
    assert condition.value is None


def test_the_pitchfork_of_the_plastic_pair_for_an_undefined_sigmoid():
    system = plastic_pair("b", ds.AnySigmoid())
    condition = next(c for c in ds.find_conditions(system, parameter="k") if c.kind == "pitchfork")
    phi = ds.AnySigmoid().expression(condition.at["x1"])
    assert sympy.simplify(condition.solution + 1 / (phi**2 * phi.diff(condition.at["x1"]))) == 0
    assert condition.criticality == "depends"
    assert any("phi" in said for said in condition.assumptions)


KNOWN = [
    (
        {"x": "-y**2-z**2-a*x+a*F", "y": "x*y-b*x*z-y+G", "z": "b*x*y+x*z-z"},
        {"a": "1/4", "b": 4, "G": 1, "F": None},
        "F",
        "hopf",
        1.2789395902379144,
        -3.82066901557274446,
    ),
    (
        {"v": "v - v^3/3 - w + J", "w": "e*(v + a - b*w)"},
        {"e": 0.08, "a": 0.7, "b": 0.8, "J": None},
        "J",
        "hopf",
        0.3312813374547458,
        0.971971081988999005,
    ),
    ({"x": "A + x^2*y - B*x - x", "y": "B*x - x^2*y"}, {"A": 1, "B": None}, "B", "hopf", 2.0, -0.5),
    (
        {"x": "-y**2-z**2-a*x+a*F", "y": "x*y-b*x*z-y+G", "z": "b*x*y+x*z-z"},
        {"a": "1/4", "b": 4, "G": 1, "F": None},
        "F",
        "fold",
        4.312082696655411,
        None,
    ),
]


@pytest.mark.parametrize(("rates", "values", "parameter", "kind", "expected", "coefficient"), KNOWN)
def test_well_known_systems(rates, values, parameter, kind, expected, coefficient):
    found = ds.find_conditions(ds.system_from_equations(rates, values), parameter=parameter)
    condition = next(c for c in found if c.kind == kind and abs(c.value - expected) < 1e-9 * (1 + expected))
    if coefficient is not None:
        assert condition.coefficient_value == pytest.approx(coefficient, rel=1e-12)
    assert condition.verdict == "proved"


def test_conditions_are_sorted_and_the_span_is_closed():
    system = ds.system_from_equations({"x": "(m - 0.105)*(m - 0.108)*x - x**3"}, {"m": None})
    assert [c.value for c in ds.find_conditions(system, parameter="m")] == [0.105, 0.108]
    assert [c.value for c in ds.find_conditions(system, parameter="m", span=(0.106, 0.108))] == [0.108]
    assert ds.find_conditions(system, parameter="m", span=(1, 2)) == ()


def test_the_value_of_the_asked_parameter_is_ignored():
    system = ds.system_from_equations({"x": "g*x - x^3"}, {"g": 7})
    assert ds.find_conditions(system, parameter="g", at=0)[0].value == 0


def test_an_equilibrium_given_with_a_root_is_followed_through_it():
    system = ds.system_from_equations({"x": "mu*x - x^3 + h*x^2"}, {"mu": None, "h": 0})
    branch = next(e for e in ds.symbolic_equilibria(system) if e.states["x"] == sqrt(system["mu"]))
    found = ds.find_conditions(system, parameter="mu", at=branch)
    assert all(c.value == 0 for c in found)


def test_mappings_leave_nodes_at_zero_and_weights_at_rest():
    system = ds.build_system(
        ds.motifs.bidirectional(nodes=("x1", "x2")), synapse=ds.Hebbian("k"), node=ds.LeakyRate(ds.Tanh())
    )
    by_mapping = ds.find_conditions(system, parameter="w", at={"x1": 0})
    assert [c.solution for c in by_mapping] == [c.solution for c in ds.find_conditions(system, parameter="w", at=0)]


def test_normal_forms_name_their_coefficients():
    system = ds.system_from_equations({"x": "m + x - x^3"}, {"m": None})
    (low, _) = ds.fold_condition(system, parameter="m")
    assert dict(ds.normal_form(system, low).coefficients) == {"constant": 1, "quadratic": -sqrt(3)}
    other = ds.system_from_equations({"y": "m + y - y^3"}, {"m": None})
    with pytest.raises(ds.errors.ParameterError, match="derived from"):
        ds.normal_form(other, low)


def test_texts_of_conditions_can_be_read_again():
    system = ds.build_system(ds.motifs.ei_pair())
    (condition,) = ds.hopf_condition(system, parameter="w_EE", at=0)
    content = condition.to_json()
    for key in ("solution", "equation", "coefficient", "frequency", "transversality"):
        assert str(sympy.sympify(content[key])) == content[key]
