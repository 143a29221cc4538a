"""An analysis as the command line makes it: x' = (g - 1) x - x**3 beside hostile names and texts."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest
from sympy import Gt, Integer, Matrix, Rational, Symbol

from dynsym.network import load_network
from dynsym.results import (
    Analysis,
    BifurcationCondition,
    Branch,
    CountStaircase,
    Decomposition,
    Diagram,
    Equilibrium,
    EquilibriumCount,
    Provenance,
    SpecialPoint,
    Statement,
    compare_points,
)


@pytest.fixture(autouse=True, scope="session")
def no_screen():
    matplotlib.use("Agg")


@pytest.fixture(scope="session")
def analysis():
    x, g, lam = Symbol("x", real=True), Symbol("g", real=True), Symbol("lambda")
    condition = BifurcationCondition(
        "pitchfork",
        parameter="g",
        at={"x": Integer(0)},
        equation=g - 1,
        constraints=(Gt(g, 0),),
        solution=Integer(1),
        value=1.0,
        nondegeneracy=Integer(-1),
        transversality=Integer(1),
        coefficient=Integer(-1),
        coefficient_value=-1.0,
        normalisation="v.v = 1",
        criticality="supercritical",
        verdict="proved",
        assumptions=("g > 0",),
    )
    values = np.linspace(0, 3, 31)
    point = SpecialPoint(
        "", kind="pitchfork", parameters={"g": 1 + 1e-13}, state={"x": 0.0}, coefficients={"cubic": -1.0}
    )
    other = SpecialPoint("", kind="hopf", parameters={"g": 2.0}, state={"x": 0.0})
    branch = Branch(
        0,
        parameter="g",
        parameter_values=values,
        states=np.zeros((31, 1)),
        state_names=("x",),
        stable=values < 1,
        unstable_dimension=(values > 1).astype(int),
        special=(point, other),
    )
    diagram = Diagram("g", branches=(branch,), conditions=(condition,), name="pitchfork")
    origin = Equilibrium({"x": 0.0}, radius=1e-12, certificate="certified", stability="stable", unstable_dimension=0)
    counts = CountStaircase(
        "g",
        counts=(
            EquilibriumCount("proved", lower=1, upper=1, stable=1, equilibria=(origin,), parameters={"g": 0.5}),
            EquilibriumCount("undecided", lower=1, upper=None, parameters={"g": 1.0}),
            EquilibriumCount("proved", lower=3, upper=3, stable=2, parameters={"g": 2.0}),
        ),
    )
    split = Decomposition(
        "euclidean",
        state_names=("x",),
        is_gradient={"euclidean": "proved", "diagonal": "proved", "any": "proved"},
        potential=x**4 / 4 - (g - 1) * x**2 / 2,
        symmetric=Matrix([[g - 1]]),
        antisymmetric=Matrix([[0]]),
        curl_share=Integer(0),
        reasons={"euclidean": "one state"},
    )
    return Analysis(
        "pitch <script>alert(1)</script> & fork",
        equations={"x": (g - 1) * x - x**3},
        parameters={"g": None, "a": Rational(1, 2)},
        parameter="g",
        span=(0, 3),
        jacobian=Matrix([[g - 1 - 3 * x**2]]),
        characteristic_polynomial=lam - g + 1 + 3 * x**2,
        conditions=(condition,),
        statements=(Statement("no Hopf of the origin for any g > 0", verdict="proved", reason="one state"),),
        counts=counts,
        diagram=diagram,
        decomposition=split,
        agreement=compare_points((condition,), diagram),
        network=load_network("pyloric"),
        source="a textbook <b>example</b>",
        notes=("one count is open",),
        seconds=1.5,
        provenance=Provenance("pitchfork", inputs_hash="0f3a", options={"tolerance": 1e-9}, seed=4),
    )
