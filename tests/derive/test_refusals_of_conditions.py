"""What conditions refuse, what they leave out, and that a wrong closed form never gets through."""

import dataclasses

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.algebra import field as _field
from dynsym.derive.checks.look import require_agreement
from dynsym.derive.crossings import assembly as _assembly
from dynsym.errors import (
    BudgetExceeded,
    ClosedFormMismatch,
    ModelNameError,
    NotAnEquilibrium,
    ParameterError,
    UnsupportedFeatureError,
)

SYSTEMS = [
    (ds.build_system(ds.load_network("pyloric"), gain="g"), "g", "pitchfork"),
    (ds.build_system(ds.motifs.ei_pair()), "w_EE", "hopf"),
    (ds.build_system(ds.motifs.bidirectional(), node=ds.LeakyRate(ds.AnySigmoid())), "w", "pitchfork"),
    (
        ds.system_from_equations({"x": "p*x - y + x^2 - x^3", "y": "x + p*y - x*y"}, {"p": None}),
        "p",
        "hopf",
    ),
]


def agreement(system, condition, **changed):
    origin = dict.fromkeys(system.state_names, sympy.S.Zero)
    values = system.substitution(free=(condition.parameter,))
    return require_agreement(system, dataclasses.replace(condition, **changed), values, branch=origin)


def first_of(system, parameter, kind):
    return ds.find_conditions(system, parameter=parameter, at=0).of_kind(kind)[0]


@pytest.mark.parametrize(("system", "parameter", "kind"), SYSTEMS)
@pytest.mark.parametrize("part", ["coefficient", "transversality"])
def test_a_planted_sign_error_is_caught(system, parameter, kind, part):
    condition = first_of(system, parameter, kind)
    assert agreement(system, condition) > 0
    with pytest.raises(ClosedFormMismatch, match="independent computation"):
        agreement(system, condition, **{part: -getattr(condition, part)}, coefficient_value=None)


@pytest.mark.parametrize("factor", [2, sympy.Rational(1000001, 1000000)])
def test_a_planted_factor_is_caught(factor):
    system, *asked = SYSTEMS[1]
    condition = first_of(system, *asked)
    with pytest.raises(ClosedFormMismatch):
        agreement(system, condition, coefficient=factor * condition.coefficient)


def test_a_planted_wrong_solution_is_caught():
    system, *asked = SYSTEMS[1]
    condition = first_of(system, *asked)
    with pytest.raises(ClosedFormMismatch, match="eigenvalue"):
        agreement(system, condition, solution=condition.solution + 1)


def test_nothing_unchecked_is_called_proved(monkeypatch):
    monkeypatch.setattr(_assembly, "require_agreement", lambda *given, **named: 0)
    (first, *_) = ds.find_conditions(SYSTEMS[0][0], parameter="g", at=0)
    assert first.verdict == "supported"


def test_a_point_that_is_no_equilibrium_is_named():
    system = ds.system_from_equations({"x": "m + x - x^3"}, {"m": None})
    with pytest.raises(NotAnEquilibrium, match=r"derivative of 'x' is m there"):
        ds.find_conditions(system, parameter="m", at=0)


def test_an_equilibrium_of_numbers_with_roots_is_recognised():
    system = ds.system_from_equations({"x": "m*(x^2 - 2)*x"}, {"m": None})
    with pytest.raises(NotAnEquilibrium):
        ds.find_conditions(system, parameter="m", at={"x": "3/2"})
    assert ds.find_conditions(system, parameter="m", at={"x": "sqrt(2)"})[0].criticality == "degenerate"


def test_unknown_names_are_answered_with_the_nearest():
    system = SYSTEMS[0][0]
    with pytest.raises(ModelNameError, match="gain"):
        ds.find_conditions(system, parameter="gain")
    with pytest.raises(ModelNameError, match=r"LQ.*LP"):
        ds.find_conditions(system, parameter="g", at={"LQ": 0})


def test_a_parameter_that_nothing_depends_on_is_refused():
    system = ds.system_from_equations({"x": "a*x - x^3"}, {"a": None, "b": None})
    with pytest.raises(ParameterError, match="does not occur"):
        ds.find_conditions(system, parameter="b")


def test_a_parameter_absent_from_the_jacobian_is_refused_at_a_given_point_only():
    system = ds.build_system(ds.motifs.bidirectional(weight="w"), synapse=ds.Hebbian("k"))
    with pytest.raises(ParameterError, match="Jacobian"):
        ds.find_conditions(system, parameter="k", at=0)
    assert isinstance(ds.find_conditions(system.with_values(w=0), parameter="k"), tuple)


def test_corners_are_refused_or_noted():
    system = ds.build_system(ds.motifs.bidirectional(), node=ds.LeakyRate(ds.Rectified()), gain="g")
    with pytest.raises(UnsupportedFeatureError, match="corner"):
        ds.find_conditions(system, parameter="g", at=0)
    found = ds.find_conditions(system, parameter="g")
    assert any("corner" in cell.reason for cell in found.open)


def test_equilibria_without_a_formula_are_reached_by_elimination():
    """det J = 0: y = 0, or 2x^3 = y (2x + y^2); then 4x^9 + x^6 + 2x^4 - 4x^2 - 8 = 0 by a resultant."""
    system = ds.system_from_equations({"x": "x^3 + y^3 - p", "y": "x^2 + x*y^2 - 2"}, {"p": None})
    found = ds.find_conditions(system, parameter="p")
    assert found.complete
    assert [c.kind for c in found] == ["fold"] * 3
    x = next(r.real for r in np.roots([4, 0, 0, 1, 0, 2, 0, -4, 0, -8]) if r.imag == 0)
    y = np.sqrt((2 - x**2) / x)
    assert [c.value for c in found] == pytest.approx([-np.sqrt(8), x**3 + y**3, np.sqrt(8)])


def test_an_empty_span_is_refused():
    with pytest.raises(ParameterError, match="span"):
        ds.find_conditions(SYSTEMS[0][0], parameter="g", at=0, span=(3, 0))


def test_a_budget_ends_the_work_with_what_there_is():
    generic = ds.system_from_equations(
        {f"x{i}": " + ".join(f"a{i}{j}*x{j}" for j in range(9)) for i in range(9)},
        [f"a{i}{j}" for i in range(9) for j in range(9)],
    )
    with pytest.raises(BudgetExceeded, match="terms") as stop:
        ds.characteristic_polynomial(generic, at=0)
    best = stop.value.best
    assert best.factors == ()
    assert best.unexpanded[0].degree == 9
    found = ds.find_conditions(SYSTEMS[0][0], parameter="g", at=0, budget=ds.Budget(seconds=1e-9))
    assert not found.complete
    assert all(cell.reason.startswith("budget") for cell in found.open)


def test_a_derivative_that_is_not_finite_is_an_error():
    system = ds.system_from_equations({"x": "m*x*log(x^2)"}, {"m": None})
    with pytest.raises((ds.errors.DomainError, NotAnEquilibrium)):
        ds.find_conditions(system, parameter="m", at=0)


def generic(size):
    rates = {f"x{i}": " + ".join(f"a{i}{j}*x{j}" for j in range(size)) + f" - x{i}^3" for i in range(size)}
    return ds.system_from_equations(rates, [f"a{i}{j}" for i in range(size) for j in range(size)])


def test_a_normal_form_too_long_to_write_leaves_the_place_of_the_crossing(monkeypatch):
    monkeypatch.setattr(_field, "LARGEST_PRODUCT", 300_000)
    found = ds.find_conditions(generic(3), parameter="a00", at=0)
    assert [c.kind for c in found] == ["pitchfork", "hopf", "hopf"]
    assert found[0].verdict == "proved"
    for condition in found[1:]:
        assert condition.coefficient is None
        assert condition.verdict == "undecided"
        assert any("left out" in said for said in condition.assumptions)


def test_a_hopf_determinant_too_long_to_write_is_given_up_with_its_parts():
    found = ds.find_conditions(generic(5), parameter="a00", at=0, budget=ds.Budget(terms=20_000))
    assert [c.kind for c in found] == ["pitchfork"]
    assert any("Hopf determinant" in cell.reason for cell in found.open)
