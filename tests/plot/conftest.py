"""Pictures are drawn without a screen and closed after each test."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest
from sympy import Integer, Rational, Symbol, sqrt

from dynsym.results import BifurcationCondition, Branch, CountStaircase, Diagram, EquilibriumCount, SpecialPoint


@pytest.fixture(autouse=True)
def no_screen():
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    yield
    plt.close("all")


def condition(kind, solution, parameter="g"):
    g = Symbol(parameter, real=True)
    return BifurcationCondition(
        kind, parameter=parameter, at={"x": Integer(0)}, equation=g - solution, solution=solution, value=float(solution)
    )


@pytest.fixture
def pitchfork_diagram():
    """x' = (g - 1) x - x**3: the origin, and the arms x = ±sqrt(g - 1)."""
    g = np.linspace(0, 3, 31)
    point = SpecialPoint("", kind="pitchfork", parameters={"g": 1.0}, state={"x": 0.0})
    origin = Branch(
        0, parameter="g", parameter_values=g, states=np.zeros((31, 1)), state_names=("x",), stable=g < 0.999,
        unstable_dimension=(g > 0.999).astype(int), special=(point,),
    )  # fmt: skip
    arms = []
    for number, sign in ((1, 1), (2, -1)):
        values = np.linspace(1, 3, 41)
        arms.append(
            Branch(
                number,
                parameter="g",
                parameter_values=values,
                states=sign * np.sqrt(values - 1)[:, None],
                state_names=("x",),
                stable=np.ones(41, bool),
                unstable_dimension=np.zeros(41, int),
                special=(point,),
            )
        )
    conditions = (condition("pitchfork", Integer(1)), condition("hopf", (1 + sqrt(5)) / 2))
    return Diagram("g", branches=(origin, *arms), conditions=conditions, name="pitchfork")


@pytest.fixture
def staircase():
    counts = [
        EquilibriumCount("proved", lower=1, upper=1, stable=1, parameters={"g": 0.0}),
        EquilibriumCount("proved", lower=1, upper=1, stable=1, parameters={"g": 0.5}),
        EquilibriumCount("undecided", lower=1, upper=None, parameters={"g": 1.0}),
        EquilibriumCount("proved", lower=3, upper=3, stable=2, parameters={"g": 1.5}),
    ]
    return CountStaircase("g", counts=tuple(counts))


@pytest.fixture
def crowd():
    """Closed forms too close for labels side by side."""
    return tuple(condition("fold", Rational(100 + i, 100)) for i in range(6))
