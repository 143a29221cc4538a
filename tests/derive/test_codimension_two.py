"""Cusps and Bogdanov–Takens points against 50-digit solutions, determinants written out, and the Hopf points nearby.

The numbers of the well-known systems are those of ``reference/continuation.json``: solutions of the defining systems
with 50 digits, found without this package.
"""

import dataclasses

import pytest
import sympy

import dynsym as ds
from dynsym.derive.two_parameters import findings as _double_findings
from dynsym.errors import (
    NotAnEquilibrium,
    ParameterError,
    UnsupportedFeatureError,
)

WILSON_COWAN = ds.system_from_equations(
    {"x": "-x+1/(1+exp(-(rx+a*x-b*y)))", "y": "-y+1/(1+exp(-(ry+c*x-d*y)))"},
    {"rx": None, "ry": None, "a": 10, "b": 10, "c": 10, "d": -2},
)
REACTION = ds.system_from_equations(
    {"u1": "-u1+p1*(1-u1)*exp(u2)", "u2": "-u2+p1*p2*(1-u1)*exp(u2)-p3*u2"}, {"p1": None, "p2": None, "p3": 3}
)
LORENZ = ds.system_from_equations(
    {"x": "-y**2-z**2-a*x+a*F", "y": "x*y-b*x*z-y+G", "z": "b*x*y+x*z-z"}, {"a": "1/4", "b": 4, "F": None, "G": None}
)


def point(found, **states):
    """The one condition at the given states."""
    (own,) = [c for c in found if all(abs(float(c.at[n]) - v) < 1e-9 for n, v in states.items())]
    return own


def test_bogdanov_takens_points_of_wilson_and_cowan():
    found = ds.bogdanov_takens_condition(WILSON_COWAN, parameters=("rx", "ry"))
    assert len(found) == 4
    first = point(found, x=0.257692536057032873, y=0.0456483029770457346)
    assert (first.value, float(first.others["ry"])) == pytest.approx(
        (-3.17843870648106668, -5.70828779350041762), 1e-14
    )
    assert [float(first.coefficients[n]) for n in "ab"] == pytest.approx([-3.05690711374645792, 5.15638587529416615])
    assert (first.criticality, first.verdict) == ("supercritical", "proved")
    second = point(found, x=0.742307463942967127, y=0.0456483029770457346)
    assert second.value == pytest.approx(-5.90859523397801863, rel=1e-14)
    assert [float(second.coefficients[n]) for n in "ab"] == pytest.approx([-5.14411901991127213, -3.59089011023476160])


def test_the_cusp_of_wilson_and_cowan():
    own = point(ds.cusp_condition(WILSON_COWAN, parameters=("rx", "ry")), x=0.173122056438571604)
    assert (own.value, float(own.others["ry"])) == pytest.approx(
        (-3.00200668942927308, -5.29066809943661471), rel=1e-14
    )
    assert own.coefficient_value == pytest.approx(-30.0203407008061362, rel=1e-13)


def test_the_reaction_has_both_points_in_closed_form():
    (takens,) = ds.bogdanov_takens_condition(REACTION, parameters=("p1", "p2"))
    assert (takens.solution, dict(takens.others)) == (
        sympy.exp(sympy.Rational(-4, 3)) / 3,
        {"p2": sympy.Rational(64, 3)},
    )
    assert [float(takens.coefficients[n]) for n in "ab"] == pytest.approx([1.31049624924576253, 3.60386468542584695])
    (cusp,) = ds.cusp_condition(REACTION, parameters=("p1", "p2"))
    assert (cusp.solution, dict(cusp.at)) == (sympy.exp(-2), {"u1": sympy.Rational(1, 2), "u2": sympy.Integer(2)})
    assert cusp.coefficient == sympy.Rational(16, 51)
    assert float(cusp.coefficient) == pytest.approx(0.313725490196078431)


def test_a_parameter_left_open_stays_in_the_formulas():
    (general,) = ds.bogdanov_takens_condition(REACTION, parameters=("p1", "p2"), free=["p3"])
    (special,) = ds.bogdanov_takens_condition(REACTION, parameters=("p1", "p2"))
    put = general.with_values(p3=3)
    assert sympy.simplify(put.solution - special.solution) == 0
    assert put.others == special.others
    for name in "ab":
        assert sympy.simplify(put.coefficients[name] - special.coefficients[name]) == 0
    assert (general.criticality, put.criticality) == ("depends", "subcritical")


def test_the_cusp_of_the_lorenz_atmosphere():
    own = point(ds.cusp_condition(LORENZ, parameters=("F", "G")), y=0.187360851205683967)
    assert (own.value, float(own.others["G"])) == pytest.approx((0.466364895898559363, 0.291954465600658698), rel=1e-14)
    assert own.coefficient_value == pytest.approx(-1.23416386361546247, rel=1e-14)
    # The field turns into itself by y, z -> -y, -z and G -> -G.
    assert len(ds.cusp_condition(LORENZ, parameters=("F", "G"))) == 2


@pytest.mark.parametrize(
    ("rate", "w", "b", "cubic"),
    [
        # x = tanh(w x + b) is tangent to third order at x = 0 alone; the third derivative of tanh there is -2.
        ("-x + tanh(w*x + b)", 1, 0, sympy.Rational(-1, 3)),
        # The logistic function has slope 1/4 and third derivative -1/8 at 0: w = 4 and 4/2 + b = 0.
        ("-x + logistic(w*x + b)", 4, -2, sympy.Rational(-4, 3)),
    ],
)
def test_both_parameters_may_be_inside_one_sigmoid(rate, w, b, cubic):
    (own,) = ds.cusp_condition(ds.system_from_equations({"x": rate}, ["w", "b"]), parameters=("w", "b"))
    assert (own.solution, own.others["b"], own.coefficient) == (w, b, cubic)
    assert own.verdict == "proved"


def test_transversality_is_the_determinant_of_the_whole_map():
    for condition in ds.bogdanov_takens_condition(REACTION, parameters=("p1", "p2")):
        system = REACTION
        rates = [r.subs(system.substitution(free=("p1", "p2"))) for r in system.rhs]
        jacobian = sympy.Matrix(rates).jacobian(system.states)
        unknowns = [*system.states, system["p1"], system["p2"]]
        whole = sympy.Matrix([*rates, jacobian.trace(), -jacobian.det()]).jacobian(unknowns)
        here = {**{system[n]: e for n, e in condition.at.items()}, system["p1"]: condition.solution}
        here[system["p2"]] = condition.others["p2"]
        assert sympy.simplify(whole.subs(here).det() - condition.transversality) == 0


@pytest.mark.parametrize("plastic", [False, True])
def test_the_symmetric_point_is_the_limit_of_the_hopf_points(plastic):
    """Averaging w0'' = -ω² w0 + b w0² w0' gives ω l1 -> b/2 where the frequency goes to zero."""
    nodes = [ds.Node("x1"), ds.Node("x2", time_constant="3/2")]
    edges = [
        ds.Edge("x1", "x1", weight="wee"),
        ds.Edge("x2", "x1", weight="-3/4", plastic=plastic),
        ds.Edge("x1", "x2", weight="wie", plastic=plastic),
        ds.Edge("x2", "x2", weight="-1/3"),
    ]
    rule = ds.Hebbian("2/5", time_constant="7/10") if plastic else ds.Static()
    system = ds.build_system(ds.Network(nodes, edges), ds.LeakyRate(ds.AnySigmoid()), rule)
    (own,) = ds.bogdanov_takens_condition(system, parameters=("wee", "wie"), at=0)
    assert (own.kind, own.verdict) == ("z2_bogdanov_takens", "proved")
    (hopf,) = ds.hopf_condition(system, parameter="wee", at=0)
    assert sympy.cancel(own.solution - hopf.solution.subs(system["wie"], own.others["wie"])) == 0
    near = sympy.cancel(hopf.coefficient * hopf.frequency)
    limit = near.subs(system["wie"], own.others["wie"])
    assert sympy.cancel(limit - own.coefficients["b"] / 2) == 0


def test_the_normal_forms_themselves_in_turned_coordinates():
    """x = 2u + v, y = u - v: the coefficients follow from q0 and q1 by hand."""
    u, v = "((x + y)/3)", "((x - 2*y)/3)"
    first, second = v, f"(m + n*{u} + 3*{u}^2 - 2*{u}*{v})"
    system = ds.system_from_equations(
        {"x": f"2*{first} + {second}", "y": f"{first} - {second}"}, {"m": None, "n": None}
    )
    (own,) = ds.bogdanov_takens_condition(system, parameters=("m", "n"))
    # q0 = (2, 1)/sqrt(5), so u = w0/sqrt(5) + k w1 and v = w1/sqrt(5) with k = -1/(5 sqrt(5)) for q1·q0 = 0. Then
    # w1' = sqrt(5) (3 u^2 - 2 u v) gives a = 3/sqrt(5), and its w0 w1 term with twice the w0^2 term of w0' gives b.
    k = -1 / (5 * sympy.sqrt(5))
    a, b = 3 / sympy.sqrt(5), (6 * k - 2 / sympy.sqrt(5)) - 6 * k
    assert {n: sympy.nsimplify(own.coefficients[n] / own.coefficients["a"] * a) for n in "ab"} == {
        "a": sympy.nsimplify(a),
        "b": sympy.nsimplify(b),
    }


def test_degenerate_points_are_called_so():
    flat = ds.system_from_equations({"x": "y", "y": "m + n*x + x^2 - x^2*y"}, {"m": None, "n": None})
    (own,) = ds.bogdanov_takens_condition(flat, parameters=("m", "n"))
    assert (own.kind, own.criticality) == ("degenerate", "degenerate")
    assert any("vanishes" in note for note in own.assumptions)
    conservative = ds.system_from_equations({"x": "y", "y": "m + n*x + x^2"}, {"m": None, "n": None})
    nothing = ds.bogdanov_takens_condition(conservative, parameters=("m", "n"))
    assert nothing == ()
    assert any("for all values" in cell.reason for cell in nothing.open)
    pair = ds.system_from_equations({"x": "m*x - x^3", "y": "n*y - y^3"}, {"m": None, "n": None})
    (own,) = ds.bogdanov_takens_condition(pair, parameters=("m", "n"), at=0)
    assert own.kind == "degenerate"


def test_a_planted_fault_is_caught(monkeypatch):
    right = _double_findings.double_zero_parts

    def wrong(*given):
        parts = right(*given)
        return {**parts, "coefficients": {"a": parts["coefficients"]["a"], "b": 2 * parts["coefficients"]["b"]}}

    monkeypatch.setattr("dynsym.derive.two_parameters.conditions.double_zero_parts", wrong)
    found = ds.bogdanov_takens_condition(REACTION, parameters=("p1", "p2"))
    assert found == ()
    assert any("coefficient b" in cell.reason for cell in found.open)


def test_nothing_unchecked_is_called_proved(monkeypatch):
    monkeypatch.setattr(_double_findings, "require_agreement", lambda *given: 0)
    assert ds.cusp_condition(REACTION, parameters=("p1", "p2"))[0].verdict == "supported"


def test_what_cannot_be_answered_is_refused():
    with pytest.raises(ParameterError, match="twice"):
        ds.cusp_condition(REACTION, parameters=("p1", "p1"))
    with pytest.raises(ParameterError, match="parameters="):
        ds.cusp_condition(REACTION, parameters="p1")
    with pytest.raises(NotAnEquilibrium):
        ds.cusp_condition(REACTION, parameters=("p1", "p2"), at={"u1": 1, "u2": 1})
    kinked = ds.build_system(ds.motifs.bidirectional(), node=ds.LeakyRate(ds.Rectified()), gain="g")
    with pytest.raises(UnsupportedFeatureError, match="corner"):
        ds.bogdanov_takens_condition(kinked, parameters=("g", "w"), at=0)
    nested = ds.system_from_equations({"x": "-x + tanh(tanh(p*x) + q)"}, {"p": None, "q": None})
    with pytest.raises(UnsupportedFeatureError, match="inside"):
        ds.cusp_condition(nested, parameters=("p", "q"))
    with pytest.raises(ParameterError, match="Jacobian"):
        ds.cusp_condition(
            ds.system_from_equations({"x": "c*x - x^3", "y": "a*b - a*b - y + a*x^2*b"}, ["a", "b", "c"]),
            parameters=("a", "b"),
            at=0,
        )
    unfinished = ds.cusp_condition(LORENZ, parameters=("F", "G"), budget=ds.Budget(seconds=1e-9))
    assert not unfinished.complete
    assert any(cell.reason.startswith("budget") for cell in unfinished.open)


def test_a_condition_of_codimension_two_writes_both_parameters():
    (own,) = ds.cusp_condition(REACTION, parameters=("p1", "p2"))
    record = own.to_json()
    assert record["others"] == {"p2": "16"}
    assert "p2 = 16" in repr(own)
    assert "p_{2}" in own._repr_latex_()
    assert dataclasses.replace(own) == own
    with pytest.raises(ParameterError, match="p2"):
        own.with_values(p2=3)


def test_their_normal_forms_and_activations_follow():
    pair = ds.build_system(ds.motifs.ei_pair(), ds.LeakyRate(ds.AnySigmoid()))
    (own,) = ds.bogdanov_takens_condition(pair, parameters=("w_EE", "w_IE"), at=0)
    assert own.criticality == "depends"
    assert set(ds.normal_form(pair, own).coefficients) == {"a", "b"}
    tanh = own.with_activation(ds.Tanh()).with_values(tau_E=1, tau_I=2, w_II="1/2", w_EI=1)
    direct = ds.build_system(ds.motifs.ei_pair(), ds.LeakyRate(ds.Tanh())).with_values(
        tau_E=1, tau_I=2, w_II="1/2", w_EI=1
    )
    (same,) = ds.bogdanov_takens_condition(direct, parameters=("w_EE", "w_IE"), at=0)
    assert (tanh.solution, tanh.others["w_IE"]) == (same.solution, same.others["w_IE"])
    assert tanh.criticality == same.criticality == "supercritical"
    assert float(tanh.coefficients["a"]) == pytest.approx(float(same.coefficients["a"]))
    (cusp,) = ds.cusp_condition(REACTION, parameters=("p1", "p2"))
    assert dict(ds.normal_form(REACTION, cusp).coefficients) == {"cubic": sympy.Rational(16, 51)}


def test_they_are_saved_and_loaded(tmp_path):
    (cusp,) = ds.cusp_condition(REACTION, parameters=("p1", "p2"))
    (takens,) = ds.bogdanov_takens_condition(REACTION, parameters=("p1", "p2"), free=["p3"])
    diagram = ds.results.Diagram("p1", branches=(), conditions=(cusp, takens))
    diagram.save(tmp_path / "diagram.nc")
    assert ds.load_result(tmp_path / "diagram.nc").conditions == (cusp, takens)


@pytest.mark.parametrize("sign", ["+", "-"])
def test_the_criticality_is_that_of_the_hopf_points_nearby(sign):
    system = ds.system_from_equations({"x": "y", "y": f"m + n*x + x^2 {sign} x*y"}, {"m": None, "n": None})
    (takens,) = ds.bogdanov_takens_condition(system, parameters=("m", "n"))
    (hopf,) = ds.hopf_condition(system, parameter="m", values={"n": "-1/100"})
    assert takens.criticality == hopf.criticality == ("supercritical" if sign == "-" else "subcritical")
