"""Special points that are easy to miss, to double, or to mistake for others."""

import numpy as np
import pytest

import dynsym as ds


def branch_of(equations, parameter, span, start=0, values=None, **options):
    system = ds.system_from_equations(equations, parameters={parameter: None})
    method = ds.PseudoArclength(**options)
    return ds.continue_equilibrium(system, start, parameter=parameter, span=span, values=values, method=method)


def points(branch):
    return [(point.kind, point.parameters[branch.parameter]) for point in branch.special]


def assert_points(branch, expected):
    found = points(branch)
    assert [kind for kind, _ in found] == [kind for kind, _ in expected]
    assert [value for _, value in found] == pytest.approx([value for _, value in expected], abs=1e-12)


def all_to_all(n):
    return {f"x{i}": f"-x{i} + w*(" + " + ".join(f"tanh(x{j})" for j in range(n) if j != i) + ")" for i in range(n)}


@pytest.mark.parametrize("gap", ["3e-3", "1e-3", "1e-4"])
def test_two_branch_points_within_one_step(gap):
    branch = branch_of({"x": f"(m - 0.105)*(m - 0.105 - {gap})*x - x^3"}, "m", (0, 1))
    assert_points(branch, [("pitchfork", 0.105), ("pitchfork", 0.105 + float(gap))])


def test_a_pair_that_crosses_and_returns_within_one_step():
    rate = "(m - 0.1)*(m - 0.101)"
    equations = {"x": f"{rate}*x - y - x*(x^2 + y^2)", "y": f"x + {rate}*y - y*(x^2 + y^2)"}
    assert_points(branch_of(equations, "m", (-1, 1)), [("hopf", 0.1), ("hopf", 0.101)])


def test_without_a_crossing_nothing_is_reported():
    branch = branch_of({"x": "((m - 0.105)^2 + 1e-4)*x - x^3"}, "m", (0, 1))
    assert points(branch) == []


@pytest.mark.parametrize("n", [3, 4, 5])
def test_eigenvalues_that_cross_together_are_one_point_with_its_multiplicity(n):
    # the Jacobian at 0 is -I + w A; A has the eigenvalues n - 1 (once) and -1 (n - 1 times)
    branch = branch_of(all_to_all(n), "w", (-2, 2))
    crossings = [point for point in branch.special if point.kind != "neutral_saddle"]
    assert [point.kind for point in crossings] == ["branch_point", "pitchfork"]
    assert [point.parameters["w"] for point in crossings] == pytest.approx([-1, 1 / (n - 1)], abs=1e-12)
    assert crossings[0].coefficients["multiplicity"] == n - 1


def test_equal_hopf_pairs_are_one_point_with_multiplicity_two():
    pair = {"{0}": "m*{0} - {1} - {0}*({0}^2 + {1}^2)", "{1}": "{0} + m*{1} - {1}*({0}^2 + {1}^2)"}
    equations = {}
    for names in (("x", "y"), ("u", "v")):
        equations |= {key.format(*names): text.format(*names) for key, text in pair.items()}
    (point,) = branch_of(equations, "m", (-1, 1)).special
    assert point.kind == "hopf"
    assert point.parameters["m"] == pytest.approx(0, abs=1e-12)
    assert point.coefficients["multiplicity"] == 2
    assert "first_lyapunov" not in point.coefficients


def test_hopf_points_of_different_frequency_close_together_are_two():
    equations = {
        "x": "m*x - y - x*(x^2 + y^2)",
        "y": "x + m*y - y*(x^2 + y^2)",
        "u": "(m - 1e-3)*u - 2*v - u*(u^2 + v^2)",
        "v": "2*u + (m - 1e-3)*v - v*(u^2 + v^2)",
    }
    branch = branch_of(equations, "m", (-1, 1))
    assert_points(branch, [("hopf", 0), ("hopf", 1e-3)])
    assert [point.coefficients["frequency"] for point in branch.special] == pytest.approx([1, 2])
    # radial equation r' = m r - r³: l1 = -2/ω with qᴴq = 1
    assert [point.coefficients["first_lyapunov"] for point in branch.special] == pytest.approx([-2, -1])


def test_a_neutral_saddle_is_no_hopf_point():
    # Jacobian diag(m, -1): the sum of the eigenvalues vanishes at m = 1, where both are real
    branch = branch_of({"x": "m*x - x^3", "y": "-y"}, "m", (0.2, 2))
    (point,) = branch.special
    assert (point.kind, point.parameters["m"]) == ("neutral_saddle", pytest.approx(1, abs=1e-12))
    assert point.coefficients["rate"] == pytest.approx(1)
    assert sorted(np.real(point.eigenvalues)) == pytest.approx([-1, 1])


def test_a_pitchfork_is_seen_from_its_side_branch_too():
    branch = branch_of({"x": "m*x - x^3"}, "m", (-1, 1), start={"x": 1}, values={"m": 1})
    assert_points(branch, [("pitchfork", 0)])
    assert branch.outcomes == (ds.Outcome.REACHED_BOUNDARY,) * 2
    assert sorted([branch["x"][0], branch["x"][-1]]) == pytest.approx([-1, 1])


def test_transcritical_and_its_coefficient():
    branch = branch_of({"x": "m*x - 3*x^2", "y": "-y + x"}, "m", (-1, 1))
    (point,) = branch.special
    assert point.kind == "transcritical"
    # v = (1, 1)/√2, w·v = 1, so w = (√2, 0) and w·B(v, v)/2 = √2 · (-6/2)/2
    assert point.coefficients["quadratic"] == pytest.approx(-1.5 * np.sqrt(2))


def test_cubic_coefficient_of_a_pitchfork_with_a_slaved_state():
    # y = x² on the centre manifold: x' = m x + (c - 1) x³
    branch = branch_of({"x": "m*x + 0.3*x*y - x^3", "y": "-y + x^2"}, "m", (-1, 1))
    (point,) = [point for point in branch.special if point.kind == "pitchfork"]
    assert point.coefficients["cubic"] == pytest.approx(0.3 - 1)


@pytest.mark.parametrize("imperfection", ["1e-2", "1e-5", "1e-8"])
def test_an_imperfect_pitchfork_is_no_branch_point(imperfection):
    branch = branch_of({"x": f"{imperfection} + m*x - x^3"}, "m", (-1, 1))
    assert points(branch) == []
    assert branch["x"][-1] > 0.9  # it turns up with the branch that it belongs to, and does not jump to the other
    assert branch.stable.all()


def test_special_points_at_the_ends_of_the_span_are_found():
    for span in ((-1, 0), (0, 1)):
        assert_points(branch_of({"x": "m*x - x^3"}, "m", span), [("pitchfork", 0)])
    assert_points(branch_of({"x": "m - x^2"}, "m", (0, 1)), [("fold", 0)])


def test_relabelling_the_states_changes_no_point():
    rng = np.random.default_rng(2)
    weights = np.round(rng.standard_normal((4, 4)), 3)
    order = np.array([2, 0, 3, 1])

    def network(matrix):
        return ds.build_system(ds.Network.from_matrix(matrix), node=ds.LeakyRate(ds.Tanh()), gain="g")

    found = [
        points(ds.continue_equilibrium(network(matrix), 0, parameter="g", span=(0, 3)))
        for matrix in (weights, weights[np.ix_(order, order)])
    ]
    assert [kind for kind, _ in found[0]] == [kind for kind, _ in found[1]]
    assert [value for _, value in found[0]] == pytest.approx([value for _, value in found[1]], rel=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_crossings_of_a_random_network_at_the_origin_are_those_of_its_eigenvalues(seed):
    # the Jacobian of x' = -x + g W tanh x at 0 is -I + g W
    weights = np.round(np.random.default_rng(seed).standard_normal((5, 5)), 3)
    system = ds.build_system(ds.Network.from_matrix(weights), node=ds.LeakyRate(ds.Tanh()), gain="g")
    branch = ds.continue_equilibrium(system, 0, parameter="g", span=(0, 4))
    eigenvalues = np.linalg.eigvals(weights)
    expected = sorted(
        (1 / z.real, "hopf" if z.imag > 1e-9 else "pitchfork") for z in eigenvalues if z.real > 0.25 and z.imag > -1e-9
    )
    found = [(value, kind) for kind, value in points(branch) if kind != "neutral_saddle"]
    assert [kind for _, kind in found] == [kind for _, kind in expected]
    assert [value for value, _ in found] == pytest.approx([value for value, _ in expected], rel=1e-11)


def test_a_sparse_choice_of_spectra_finds_the_same_points():
    rng = np.random.default_rng(4)
    weights = np.round(rng.standard_normal((6, 6)), 3)
    system = ds.build_system(ds.Network.from_matrix(weights), node=ds.LeakyRate(ds.Tanh()), gain="g")
    branches = [
        ds.continue_equilibrium(system, 0, parameter="g", span=(0, 3), method=ds.PseudoArclength(spectrum_every=every))
        for every in (1, 8)
    ]
    assert [kind for kind, _ in points(branches[0])] == [kind for kind, _ in points(branches[1])]
    assert [v for _, v in points(branches[0])] == pytest.approx([v for _, v in points(branches[1])], rel=1e-11)
    for branch in branches:
        jacobians = [-np.eye(6) + g * weights for g in branch["g"]]
        regular = np.ones(len(branch), bool)
        regular[[point.step for point in branch.special]] = False
        counted = np.array([np.count_nonzero(np.linalg.eigvals(J).real > 0) for J in jacobians])
        assert (branch.unstable_dimension[regular] == counted[regular]).all()
