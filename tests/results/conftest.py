"""Results as a user would get them from the pair x1' = -x1 + g tanh x2, x2' = -x2 + g tanh x1."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from sympy import Integer, Rational, Symbol

from dynsym.results import (
    BifurcationCondition,
    Branch,
    CountInterval,
    CountStaircase,
    Diagram,
    Equilibrium,
    EquilibriumCount,
    Outcome,
    PhasePortrait,
    Provenance,
    SpecialPoint,
    Trajectory,
)


@pytest.fixture
def condition():
    """The pitchfork of the origin: cubic coefficient -g/3 * 1/2 at g = 1 with v.v = 1."""
    g = Symbol("g", real=True)
    return BifurcationCondition(
        "pitchfork",
        parameter="g",
        at={"x1": Integer(0), "x2": Integer(0)},
        equation=g - 1,
        constraints=(sympy.Gt(g, 0),),
        solution=Integer(1),
        value=1.0,
        transversality=Integer(1),
        nondegeneracy=Rational(-1, 6),
        coefficient=Rational(-1, 6),
        coefficient_value=-1 / 6,
        normalisation="v.v = 1, w.v = 1",
        criticality="supercritical",
        mode={"x1": 1 / sympy.sqrt(2), "x2": 1 / sympy.sqrt(2)},
        assumptions=("g real",),
        verdict="proved",
    )


@pytest.fixture
def count():
    origin = Equilibrium(
        {"x1": 0.0, "x2": 0.0},
        radius=1e-12,
        certificate="certified",
        stability="unstable",
        unstable_dimension=1,
        residual=0.0,
        eigenvalues=(0.5 + 0j, -2.5 + 0j),
        index=-1,
    )
    side = Equilibrium({"x1": 1.288, "x2": 1.288}, stability="stable", unstable_dimension=0, index=1)
    return EquilibriumCount(
        "lower_bound",
        lower=2,
        upper=None,
        index_sum=0,
        equilibria=(origin, side),
        parameters={"g": 1.5},
        boxes_examined=120,
        boxes_undecided=1,
        seconds=0.25,
        undecided_regions=({"x1": (-1.3, -1.2), "x2": (-1.3, -1.2)},),
        reason="the budget of boxes is used up",
        provenance=Provenance("pair", inputs_hash="0f3a", options={"max_boxes": 120}, seed=3),
    )


@pytest.fixture
def staircase(count):
    one = EquilibriumCount("proved", lower=1, upper=1, stable=1, index_sum=1, parameters={"g": 0.5})
    return CountStaircase(
        "g",
        counts=(count, one),
        intervals=(CountInterval(0.0, end=0.99, count=1, status="proved"),),
        folds=((0.99, 1.01),),
    )


@pytest.fixture
def branches():
    g = np.linspace(0, 2, 21)
    pitchfork = SpecialPoint(
        "",
        kind="pitchfork",
        parameters={"g": 1.0},
        state={"x1": 0.0, "x2": 0.0},
        residual=1e-15,
        eigenvalues=(0j, -2 + 0j),
        coefficients={"cubic": -1 / 6},
        branch_id=0,
        step=10,
    )
    hopf = SpecialPoint(
        "", kind="hopf", parameters={"g": 1.5}, state={"x1": 0.2, "x2": 0.2}, coefficients={"first_lyapunov": np.nan}
    )
    trunk = Branch(
        0,
        parameter="g",
        parameter_values=g,
        states=np.zeros((21, 2)),
        state_names=("x1", "x2"),
        stable=g < 1,
        unstable_dimension=(g > 1).astype(int),
        special=(hopf, pitchfork),
        outcomes=(Outcome.REACHED_BOUNDARY, Outcome.REACHED_BOUNDARY),
        values={"w": 1.0},
    )
    side = np.linspace(1, 2, 11)
    arm = Branch(
        3,
        parameter="g",
        parameter_values=side,
        states=np.sqrt(3 * (side - 1))[:, None] * [1, 1],
        state_names=("x1", "x2"),
        stable=np.ones(11, bool),
        unstable_dimension=np.zeros(11, int),
        special=(pitchfork,),
        outcomes=(Outcome.JOINED_BRANCH, Outcome.STEP_TOO_SMALL),
        values={"w": 1.0},
    )
    return trunk, arm


@pytest.fixture
def diagram(branches, condition, staircase):
    return Diagram("g", branches=branches, conditions=(condition,), counts=staircase, name="pair")


@pytest.fixture
def trajectory():
    times = np.linspace(0, 3, 31)
    return Trajectory(
        times,
        states=np.exp(-times)[:, None] * [1.0, -0.5],
        state_names=("x1", "x2"),
        outcome=Outcome.FINISHED,
        parameters={"g": 0.0},
    )


@pytest.fixture
def portrait(trajectory, count):
    x, y = np.linspace(-2, 2, 9), np.linspace(-1, 1, 7)
    grid_x, grid_y = np.meshgrid(x, y)
    return PhasePortrait(
        ("x1", "x2"),
        x=x,
        y=y,
        dx=-grid_x + 1.5 * np.tanh(grid_y),
        dy=-grid_y + 1.5 * np.tanh(grid_x),
        equilibria=count.equilibria,
        trajectories=(trajectory,),
        parameters={"g": 1.5},
    )
