"""The other branches through a branch point, simple and symmetric ones."""

import numpy as np
import pytest

import dynsym as ds
from dynsym.errors import ParameterError


def trivial_branch(equations, span, parameter="m"):
    f = ds.compile_system(ds.system_from_equations(equations, parameters={parameter: None}))
    return f, ds.continue_equilibrium(f, 0, parameter=parameter, span=span)


def all_to_all(n):
    return {f"x{i}": f"-x{i} + w*(" + " + ".join(f"tanh(x{j})" for j in range(n) if j != i) + ")" for i in range(n)}


def residual(f, branch):
    index = f.parameter_names.index(branch.parameter)
    worst = 0.0
    for x, value in zip(branch.states, branch.parameter_values, strict=True):
        p = f.parameter_vector({branch.parameter: value})
        assert p[index] == value
        worst = max(worst, float(np.abs(f.field(x, p)).max()))
    return worst


def test_the_side_branch_of_a_pitchfork():
    f, trivial = trivial_branch({"x": "m*x - x^3"}, (-1, 1))
    (new,) = ds.switch_branch(f, trivial.special[0], parameter="m", span=(-1, 1), known=trivial)
    assert new.id == 1
    assert sorted([new["x"][0], new["x"][-1]]) == pytest.approx([-1, 1])
    assert np.abs(new["m"] - new["x"] ** 2).max() < 1e-9
    assert [point.kind for point in new.special] == ["pitchfork"]
    assert new.stable.all()


def test_the_other_branch_of_a_transcritical_point():
    f, trivial = trivial_branch({"x": "m*x - x^2"}, (-1, 1))
    (new,) = ds.switch_branch(f, trivial.special[0], parameter="m", span=(-1, 1), known=[trivial])
    assert np.abs(new["m"] - new["x"]).max() < 1e-9
    assert (new.stable == (new["m"] >= 0)).all()


def test_without_known_branches_all_are_returned():
    f, trivial = trivial_branch({"x": "m*x - x^3"}, (-1, 1))
    branches = ds.switch_branch(f, trivial.special[0], parameter="m", span=(-1, 1))
    assert len(branches) == 2
    assert {len(set(np.round(branch["x"], 9))) == 1 for branch in branches} == {True, False}


def test_a_loop_between_two_branch_points_closes():
    f, trivial = trivial_branch({"x": "x*(x^2 + (m - 0.1)^2 - 0.04)"}, (-1, 1))
    assert [point.parameters["m"] for point in trivial.special] == pytest.approx([-0.1, 0.3])
    (loop,) = ds.switch_branch(f, trivial.special[0], parameter="m", span=(-1, 1), known=trivial)
    assert loop.outcomes == (ds.Outcome.CLOSED_LOOP,) * 2
    assert np.hypot(loop["x"], loop["m"] - 0.1) == pytest.approx(0.2, abs=1e-9)
    assert [point.kind for point in loop.special] == ["pitchfork", "pitchfork"]


@pytest.mark.parametrize(("n", "expected"), [(3, 6), (4, 13)])
def test_all_branches_of_a_symmetric_point(n, expected):
    # S_n x Z_2 on the sum-zero plane: for n = 3 the six lines of (1, -1, 0) and (2, -1, -1); for n = 4 four of
    # (3, -1, -1, -1), three of (1, 1, -1, -1), six of (1, -1, 0, 0)
    f, trivial = trivial_branch(all_to_all(n), (-2, 2), "w")
    point = next(point for point in trivial.special if point.kind == "branch_point")
    branches = ds.switch_branch(f, point, parameter="w", span=(-2, 2), known=trivial)
    assert len(branches) == expected
    for branch in branches:
        assert residual(f, branch) < 1e-9
        assert branch.outcomes == (ds.Outcome.REACHED_BOUNDARY,) * 2
        assert branch.states[0] == pytest.approx(-branch.states[-1], abs=1e-8)
    ends = [np.round(np.sort(np.abs(branch.states[0])), 5) for branch in branches]
    assert len({tuple(end) for end in ends}) == n - 1


def test_symmetric_point_with_quadratic_terms():
    # S_3 without the reflection x -> -x: three transcritical branches
    equations = {
        f"x{i}": f"-x{i} + w*(" + " + ".join(f"tanh(x{j}) + x{j}^2" for j in range(3) if j != i) + ")" for i in range(3)
    }
    f, trivial = trivial_branch(equations, (-1.5, 0), "w")
    (point,) = trivial.special
    branches = ds.switch_branch(f, point, parameter="w", span=(-1.5, 0), known=trivial)
    assert len(branches) == 3
    assert all(residual(f, branch) < 1e-9 for branch in branches)


@pytest.mark.parametrize("start", [(0.728, 0.728, -2.488), (1.915, -1.915, 0.0)])
@pytest.mark.parametrize("length", [0.005, 0.012, 0.025])
def test_a_symmetric_point_is_passed_and_found_from_a_side_branch(start, length):
    f = ds.compile_system(ds.system_from_equations(all_to_all(3), parameters={"w": None}))
    method = ds.PseudoArclength(step=0.005, step_max=length)
    branch = ds.continue_equilibrium(f, start, parameter="w", span=(-2, 2), method=method)
    (point,) = branch.special
    assert point.kind == "branch_point"
    assert point.coefficients["multiplicity"] == 2
    assert point.parameters["w"] == pytest.approx(-1, abs=1e-12)
    assert branch.states[0] == pytest.approx(-branch.states[-1], abs=1e-8)


def test_only_branch_points_are_switched_at():
    f = ds.compile_system(ds.system_from_equations({"x": "m - x^2"}, parameters={"m": None}))
    fold = ds.continue_equilibrium(f, 0, parameter="m", span=(0, 1)).special[0]
    with pytest.raises(ParameterError, match="branches cross"):
        ds.switch_branch(f, fold, parameter="m", span=(0, 1))


def test_the_point_must_lie_in_the_span():
    f, trivial = trivial_branch({"x": "m*x - x^3"}, (-1, 1))
    with pytest.raises(ParameterError, match="outside the span"):
        ds.switch_branch(f, trivial.special[0], parameter="m", span=(1, 2))
