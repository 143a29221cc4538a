"""What provers say, against facts that are known otherwise."""

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.claims import (
    All,
    AnyOf,
    Claim,
    Exactly,
    Exists,
    ForSizes,
    HasBifurcation,
    HasEquilibria,
    HasSpectrum,
    Holds,
    Identity,
    Iff,
    Implies,
    IsConserved,
    IsGradient,
    IsInvariant,
    IsStable,
    JacobianBlock,
    Never,
    Not,
    Series,
    prove,
)
from dynsym.claims.reals import solvers
from dynsym.errors import MissingPackageError, ModelNameError, ParameterError

PITCHFORK = ds.system_from_equations({"x": "a*x - x^3"}, ["a"], name="pitchfork")
SWING = ds.system_from_equations({"x": "y", "y": "-k*x"}, ["k"], name="swing")
HOPF = ds.system_from_equations(
    {"x": "mu*x - om*y - x*(x^2 + y^2)", "y": "om*x + mu*y - y*(x^2 + y^2)"},
    ["mu", "om"],
    assumptions={"om": "positive"},
)
LORENZ = ds.system_from_equations(
    {"x": "s*(y - x)", "y": "r*x - y - x*z", "z": "x*y - b*z"},
    ["s", "r", "b"],
    assumptions={"s": "positive", "b": "positive"},
)


def said(goal, *hypotheses, symbols=()):
    return prove(goal, hypotheses=hypotheses, symbols=symbols, repair=False).verdict


@pytest.mark.parametrize(
    ("relation", "verdict"),
    [
        ("a^2 + b^2 >= 2*a*b", "proved"),
        ("a^2 + b^2 > 2*a*b", "refuted"),
        ("a^4 + b^4 + 1 >= a^2*b + a*b^2 - 1", "proved"),
        ("tanh(a)^2 < 1", "proved"),
        ("a > 0 => tanh(a) < a", "proved"),
        ("abs(a + b) <= abs(a) + abs(b)", "proved"),
        ("abs(a + b) = abs(a) + abs(b)", "refuted"),
        ("a^3 - 3*a + 1 != 0", "refuted"),
        ("0 < a < 1 => exp(a) < 3/2 + 3*a", "proved"),
        ("a = b <=> a - b = 0", "proved"),
        ("not (a < b and b < a)", "proved"),
    ],
)
def test_inequalities(relation, verdict):
    assert said(Holds(relation), symbols=["a", "b"]) == verdict


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("cosh(a)^2 - sinh(a)^2", "1", "proved"),
        ("sin(2*a)", "2*sin(a)*cos(a)", "proved"),
        ("sin(a)^2 + cos(a)^2", "1", "proved"),
        ("tanh(2*a)", "2*tanh(a)/(1 + tanh(a)^2)", "proved"),
        ("sqrt(a^2)", "abs(a)", "proved"),
        ("sqrt(a^2)", "a", "refuted"),
        ("(a^2 - b^2)/(a - b)", "a + b", "proved"),
        ("exp(a)*exp(b)", "exp(a + b)", "proved"),
        ("tanh(a + b)", "tanh(a) + tanh(b)", "refuted"),
    ],
)
def test_identities(left, right, verdict):
    assert said(Identity(left, right), symbols=["a", "b"]) == verdict


def test_a_hypothesis_that_is_not_needed_is_not_named():
    found = prove(Identity("a + a", "2*a"), hypotheses=["a*b = 1"], symbols=["a", "b"])
    assert found.hypotheses == ()
    needed = prove(Identity("a^2*b", "a"), hypotheses=["a*b = 1", "a > 0"], symbols=["a", "b"])
    assert needed.verdict == "proved"
    assert "a*b = 1" in needed.hypotheses


def test_signs_are_numbers_whose_square_is_one():
    claim = Claim(
        "d", "", Identity("1/(x + d*w)", "(x - d*w)/(x^2 - w^2)"), symbols={"x": "real", "w": "real", "d": "sign"}
    )
    assert prove(claim).verdict == "proved"
    free = Claim("d", "", Identity("1/(x + d*w)", "(x - d*w)/(x^2 - w^2)"), symbols=["x", "w", "d"])
    assert prove(free).verdict == "refuted"


def test_existence():
    assert said(Exists("x^3 = 2 and x > 0"), symbols=["x"]) == "proved"
    assert said(Exists("x^2 + y^2 < 2*x*y"), symbols=["x", "y"]) == "refuted"


def test_series_of_an_undefined_sigmoid():
    x = sympy.Symbol("x", real=True)
    assert said(Series(sympy.tanh(x), x - x**3 / 3 + 2 * x**5 / 15, symbol="x", order=6)) == "proved"
    assert said(Series(sympy.tanh(x), x + x**3 / 3, symbol="x", order=3)) == "refuted"
    assert said(Series(sympy.tanh(x), x + x**3 / 3, symbol="x", order=2)) == "proved"


def test_spectra_against_numpy():
    matrix = sympy.Matrix([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    values = np.linalg.eigvals(np.array(matrix, dtype=float))
    assert np.isclose(values, 1).any()
    circulant = [["a", "b"], ["b", "a"]]
    assert said(HasSpectrum(circulant, ("a + b", "a - b")), symbols=["a", "b"]) == "proved"
    assert said(HasSpectrum(circulant, ("a + b", "a + b")), symbols=["a", "b"]) == "refuted"
    assert said(HasSpectrum(circulant, ("a + b",)), symbols=["a", "b"]) == "refuted"


def test_blocks_of_a_jacobian():
    assert said(JacobianBlock(LORENZ, ["y"], ["x", "z"], [["r - z", "-x"]])) == "proved"
    assert said(JacobianBlock(LORENZ, ["y"], ["x", "z"], [["r - z", "x"]])) == "refuted"
    with pytest.raises(ParameterError, match="1 rows and 2 columns"):
        JacobianBlock(LORENZ, ["y"], ["x", "z"], [["r"], ["x"]])


def test_the_origin_of_lorenz_is_stable_exactly_below_one():
    assert said(Exactly(IsStable(LORENZ, at=0), where="r < 1")) == "proved"
    assert said(Exactly(IsStable(LORENZ, at=0), where="r < 2")) == "refuted"
    assert said(IsStable(LORENZ, at=0), "r < 0") == "proved"


def test_marginal_points_refute_nothing():
    found = prove(Exactly(IsStable(PITCHFORK, at=0), where="a <= 0"))
    assert found.verdict == "undecided"
    assert "marginal" in found.reason


def test_a_line_of_equilibria_is_stable_across():
    line = ds.system_from_equations({"x": "-x*(x^2 + 1)", "y": "-x"})
    assert said(IsStable(line, at={"x": 0, "y": sympy.Symbol("y", real=True)}, neutral=1)) == "proved"
    assert said(IsStable(line, at={"x": 0, "y": 0})) == "undecided"


def test_every_equilibrium_that_the_hypotheses_allow():
    assert said(IsStable(PITCHFORK), "a > 0", "x != 0") == "proved"
    assert said(IsStable(PITCHFORK), "a > 0") == "refuted"


def test_gradients():
    assert said(IsGradient(SWING)) == "refuted"
    assert said(IsGradient(SWING), "k = -1") == "proved"
    assert said(Never(IsGradient(SWING)), "k > 0") == "proved"
    assert said(Never(IsGradient(SWING))) == "refuted"
    assert said(Not(IsGradient(SWING))) == "proved"
    assert said(Exactly(IsGradient(SWING), where="k = -1")) == "proved"
    assert said(Not(IsGradient(HOPF, metric="any"))) == "proved"
    pair = ds.build_system(ds.motifs.bidirectional(weight=2))
    assert said(IsGradient(pair)) == "refuted"
    assert said(IsGradient(pair, metric="diagonal")) == "proved"


def test_a_metric_of_two_on_off_diagonal_entries():
    symmetric = ds.system_from_equations({"p": "-4*p*q", "q": "-p^2"})
    assert said(IsGradient(symmetric)) == "refuted"
    assert said(IsGradient(symmetric, metric=ds.derive.DiagonalMetric({"q": 2}))) == "proved"
    assert said(IsGradient(symmetric, metric=ds.derive.DiagonalMetric({"p": 2}))) == "refuted"


def test_conserved_quantities_and_invariant_sets():
    assert said(IsConserved(SWING, "k*x^2 + y^2")) == "proved"
    assert said(IsConserved(SWING, "x^2 + y^2")) == "refuted"
    assert said(IsInvariant(HOPF, "x^2 + y^2 - mu")) == "proved"
    assert said(IsInvariant(HOPF, "x^2 + y^2 - 1")) == "refuted"
    flow = ds.system_from_equations({"x": "1"})
    assert said(IsInvariant(flow, "x^2")) != "proved"  # the gradient vanishes on the set, and the field leaves it


def test_numbers_of_equilibria():
    assert said(HasEquilibria(PITCHFORK, count=3, stable=2), "a = 2") == "proved"
    assert said(HasEquilibria(PITCHFORK, count=1), "a <= 0") == "proved"
    assert said(HasEquilibria(PITCHFORK, count=3)) == "refuted"
    assert said(HasEquilibria(PITCHFORK, at_most=3)) == "proved"
    assert said(HasEquilibria(PITCHFORK, exactly="x = 0 or x^2 = a")) == "proved"
    assert said(HasEquilibria(PITCHFORK, exactly="x = 0")) == "refuted"
    pair = ds.build_system(ds.motifs.bidirectional(weight="w"))
    assert said(HasEquilibria(pair, count=1), "-1 < w < 1") == "proved"
    assert said(HasEquilibria(pair, count=1), "w > 1") == "refuted"
    with pytest.raises(ParameterError, match="nothing to assert"):
        HasEquilibria(pair)


def test_bifurcations():
    assert said(HasBifurcation(PITCHFORK, "a", 0, kind="pitchfork", criticality="supercritical")) == "proved"
    assert said(HasBifurcation(PITCHFORK, "a", 0, kind="pitchfork", criticality="subcritical")) == "refuted"
    assert said(HasBifurcation(PITCHFORK, "a", 1, kind="pitchfork")) == "refuted"
    assert said(HasBifurcation(HOPF, "mu", 0, kind="hopf", frequency="om")) == "proved"
    assert said(HasBifurcation(HOPF, "mu", 0, kind="hopf", frequency="2*om")) == "refuted"
    assert said(HasBifurcation(HOPF, "mu", "om", kind="hopf")) == "refuted"


def test_goals_of_goals():
    x = {"symbols": ["x"]}
    assert said(All((Holds("x^2 >= 0"), Identity("x + x", "2*x"))), **x) == "proved"
    assert said(All((Holds("x^2 >= 0"), Holds("x > 0"))), **x) == "refuted"
    assert said(AnyOf((Holds("x > 0"), Holds("x <= 0"))), **x) == "proved"
    assert said(Implies(Holds("x > 1"), Holds("x^2 > x")), **x) == "proved"
    assert said(Iff(Holds("x^2 > x"), Holds("x > 1")), **x) == "refuted"
    assert said(Not(Not(Holds("x^2 >= 0"))), **x) == "proved"
    assert said(Never(Not(Holds("x^2 >= 0"))), **x) == "proved"


def test_instances_of_sizes_refute_and_do_not_prove():
    def power_sums(N):
        v = sympy.symbols(f"v1:{N + 1}", real=True)
        return Identity(sum(a**2 for a in v), sum(v) ** 2)

    found = prove(ForSizes(power_sums, ("N",)))
    assert found.verdict == "refuted"
    assert found.counterexample["N"] == 2
    assert said(ForSizes(lambda N: Identity(sympy.ones(N, N).trace(), sympy.Integer(N)), ("N",))) == "supported"


# ---- what is not installed, disagrees, or takes too long


HARD = "a^2 + b^2 + a*b + 1 > 0"


def test_a_solver_that_is_not_installed_is_named(monkeypatch):
    def missing(package, *, extra):
        raise MissingPackageError(f"{package} is not installed.")

    monkeypatch.setattr(solvers, "require", missing)
    found = prove(Holds(HARD), symbols=["a", "b"])
    assert found.verdict == "undecided"
    assert any("not installed" in note for note in found.notes)


def test_both_solvers_have_to_agree(monkeypatch):
    monkeypatch.setattr(solvers, "_ask_cvc5", lambda asked, seconds: ("unknown", None))
    found = prove(Holds(HARD), symbols=["a", "b"])
    assert found.verdict == "undecided"
    assert any("cvc5 says unknown" in note for note in found.notes)


def test_time_that_is_over_is_named():
    found = prove(Holds(HARD), symbols=["a", "b"], budget=ds.Budget(seconds=1e-06))
    assert found.verdict == "undecided"
    assert found.notes


def test_contradictory_hypotheses_make_a_claim_vacuous():
    assert said(Holds("a = b"), "a^2 + b^2 < 0", symbols=["a", "b"]) == "vacuous"
    assert said(Holds("a = b"), "a > b", "b > a", symbols=["a", "b"]) == "vacuous"
    assert said(Holds("a = 1"), "a^2 = 2", "a > 0", symbols=["a"]) == "refuted"


def test_a_symbol_declared_twice_is_refused():
    with pytest.raises(ModelNameError, match="another assumption"):
        Claim("x", "", IsConserved(SWING, "x"), symbols={"k": "positive"})


def test_a_verdict_is_no_truth_value():
    with pytest.raises(TypeError, match="not a truth value"):
        bool(prove(Holds("1 < 2")))


# ---- what would make a proof wrong


def test_symbols_made_in_python_are_those_of_the_claim():
    x, y = sympy.symbols("x y")
    assert said(IsConserved(SWING, x**2 + y**2)) == "refuted"
    assert said(IsConserved(SWING, sympy.Symbol("k") * x**2 + y**2)) == "proved"
    assert said(IsConserved(SWING, 0.5 * x**2 + y**2), sympy.Eq(sympy.Symbol("k"), 0.5)) == "proved"
    two = sympy.Symbol("q", real=True) + sympy.Symbol("q")
    with pytest.raises(ModelNameError, match="two symbols"):
        prove(Identity(two, 0))


def test_a_field_without_curl_round_a_hole_is_not_called_a_gradient():
    vortex = ds.system_from_equations({"x": "-y/(x^2 + y^2)", "y": "x/(x^2 + y^2)"})
    assert said(IsGradient(vortex)) == "undecided"
    radial = ds.system_from_equations({"x": "x/(x^2 + y^2 + 1)", "y": "y/(x^2 + y^2 + 1)"})
    assert said(IsGradient(radial)) == "proved"
    wall = ds.system_from_equations({"x": "1/(x + y)", "y": "1/(x + y)"})
    assert said(IsGradient(wall)) == "proved"


def test_poles_are_no_equilibria_and_are_named_in_the_scope():
    removable = ds.system_from_equations({"x": "a*(x^2 - 1)/(x - 1)"}, ["a"])
    assert said(HasEquilibria(removable, count=2), "a > 0") != "proved"
    found = prove(Identity("(a^2 - b^2)/(a - b)", "a + b"), symbols=["a", "b"])
    assert "a - b != 0" in found.scope


def test_a_kink_is_not_taken_for_smooth():
    kinked = ds.system_from_equations({"x": "-x + w*relu(x) + 1"}, ["w"])
    assert said(HasEquilibria(kinked, count=1), "w < 1/2", "w > 0") != "refuted"


def test_a_hypothesis_on_the_parameter_counts_at_the_bifurcation():
    assert said(HasBifurcation(PITCHFORK, "a", 1, kind="pitchfork"), "a < 1") != "refuted"


def test_strict_inequalities_that_touch_are_refuted():
    assert said(Holds("a^2 + 1 > 2*a"), symbols=["a"]) == "refuted"
    assert said(Holds("a^2*(b^2 + 1) > 0"), symbols=["a", "b"]) == "refuted"
    assert said(Holds("a^2*(b^2 + 1) > 0"), "a != 0", symbols=["a", "b"]) == "proved"
