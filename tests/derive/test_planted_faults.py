"""Every field of a condition, changed in several ways, is refuted; what is found is not."""

import pytest
import sympy

import dynsym as ds

from .planted_faults import EQUATIONS, NETWORKS, TWO, conditions, planted

POINTS = 4
QUICK = ("fold", "transcritical of a moving state", "quintic", "Hopf", "no crossing", "sinh", "two nodes", "cusp")
POOL = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in (*EQUATIONS, *NETWORKS, *TWO)]


@pytest.mark.parametrize("name", POOL)
def test_a_change_of_any_field_is_refuted(name):
    system, found = conditions(name)
    one_of_a_kind = {condition.kind: condition for condition in reversed(found) if condition.copies_agree}
    for condition in one_of_a_kind.values():
        assert ds.check_condition(system, condition, points=POINTS).verdict in {"proved", "supported"}
        passed = [
            (field, getattr(wrong, field))
            for field, wrong in planted(condition, system)
            if ds.check_condition(system, wrong, points=POINTS).verdict != "refuted"
        ]
        assert not passed


def test_the_pool_has_every_kind_and_every_field():
    pairs = [(condition, system) for name in QUICK for system, found in [conditions(name)] for condition in found]
    kinds = {condition.kind for condition, _ in pairs}
    assert kinds == {"fold", "transcritical", "pitchfork", "hopf", "degenerate", "cusp"}
    fields = {field for pair in pairs for field, _ in planted(*pair)}
    stated = {"kind", "solution", "equation", "at", "multiplicity", "mode", "coefficient", "nondegeneracy"}
    assert fields >= stated | {"transversality", "criticality", "frequency", "value", "coefficients", "others"}


def test_a_mode_may_be_orthogonal_to_any_simple_vector():
    """The mode (-1, 0, 2) has no component along (1/2, 1/3, 1/4); w = (2, -8/3, 1)/…, a = -6/sqrt(5)."""
    _, found = conditions("mixed terms")
    (own,) = [c for c in found.of_kind("transcritical") if not any(c.at.values())]
    assert own.solution == 1
    assert sympy.simplify(own.coefficient + 6 / sympy.sqrt(5)) == 0


@pytest.mark.parametrize("size", [3, 4, 5])
def test_complete_networks_cross_in_all_differences_at_once(size):
    """The weights J - 1 of a complete network have the eigenvalue -1 on every vector of sum zero."""
    system = ds.build_system(ds.motifs.complete(size), node=ds.LeakyRate(ds.Tanh()))
    (own,) = ds.find_conditions(system, parameter="w", at=0).of_kind("degenerate")
    assert (own.solution, own.multiplicity) == (-1, size - 1)


def test_a_sign_that_holds_for_all_values_is_told():
    """x = ±sqrt(a/3) in m + a x - x^3: u' = p ∓ sqrt(3 a) u^2; in FitzHugh and Nagumo v = ±sqrt(1 - 1/b)."""
    for name in ("fold with a symbol", "FitzHugh and Nagumo"):
        folds = conditions(name)[1].of_kind("fold")
        assert {c.criticality for c in folds} == {"subcritical", "supercritical"}
        for fold in folds:
            number = fold.with_values(a=3, eps="1/10", b=2)
            assert number.criticality == fold.criticality
            assert (number.coefficient * number.transversality < 0) == (fold.criticality == "supercritical")
    # The first Lyapunov coefficient of the Brusselator is -(2 + A^2)/(2 A (1 + …)) up to a positive factor.
    assert [c.criticality for c in conditions("Brusselator")[1]] == ["supercritical"]


@pytest.mark.parametrize(
    ("equations", "parameter"),
    [
        ({"x": "-y - z", "y": "x + a*y", "z": "2 + z*(x - 4)"}, "a"),
        ({"s": "D*(1 - s) - 2*s*x/(3/10 + s)", "x": "x*(2*s/(3/10 + s) - D)"}, "D"),
        ({"x": "x*(1 - x/7) - 6*x*y/(7 + 7*x)", "y": "y*(1 - N*y/x)/5"}, "N"),
    ],
)
def test_what_is_not_finite_is_left_out(equations, parameter):
    found = ds.find_conditions(ds.system_from_equations(equations, {parameter: None}), parameter=parameter)
    assert found
    for condition in found:
        assert condition.multiplicity <= len(equations)
        stated = [*condition.at.values(), condition.coefficient, condition.transversality]
        assert not any(value.has(sympy.nan, sympy.zoo, sympy.oo) for value in stated if value is not None)


def test_one_that_is_contradicted_takes_no_other_along(monkeypatch):
    from dynsym.derive.crossings import assembly

    honest = assembly.require_agreement

    def strict(system, condition, values, **given):
        if condition.kind == "hopf":
            raise ds.errors.ClosedFormMismatch("planted. It was left out.")
        return honest(system, condition, values, **given)

    monkeypatch.setattr(assembly, "require_agreement", strict)
    system, _ = conditions("Rosenzweig")
    found = ds.find_conditions(system, parameter="k")
    assert [c.kind for c in found] == ["transcritical"]
    assert any("planted" in cell.reason for cell in found.open)
