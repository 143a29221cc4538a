"""Completeness of conditions: points that an independent search finds are listed, or something is open.

The search is Newton's method from random starts on f = 0 with a vanishing determinant, or with two eigenvalues of
opposite sign, in floating point; it shares nothing with the derivation.
"""

import json
import random

import numpy as np
import pytest
import sympy
from scipy.optimize import fsolve

import dynsym as ds
from dynsym.derive.crossings import loci as loci_room
from dynsym.results.ledger import Examined


def number(rng):
    return rng.choice([-3, -2, -1, 1, 2, 3]) / rng.choice([1, 2])


def scalar(rng):
    """One state; the parameter in some power beside a function, a root or a polynomial, the scene moved about."""
    inside = f"(x - ({rng.choice([0, 0, 1, 80])}))/{rng.choice([1, 2])}"
    function = rng.choice(
        ["tanh({0})", "sinh({0})", "sin({0})", "logistic({0})", "({0})^2", "({0})^3", "sqrt(2)*({0})^2"]
    )
    power = rng.choice(["m", "m", "m^2", "m^3", "(m^2 + 1)"])
    form = rng.choice(["{c} - x + {p}*{f}", "{p} + {c}*x + {f}", "{p}*{f} - {c}*x", "{p}*x + {f} + m*({c})"])
    return {"x": form.format(c=f"({number(rng)})", p=power, f=function.format(inside))}


def planar(rng):
    """Two states, polynomial or with one function."""
    terms = ["x*y", "x^2", "y^3", "x^3", "m*x*y", "m^2*x", "m*y", "1", "tanh(x)", "x*y^2"]
    return {
        name: " + ".join([f"({number(rng)})*{name}", "m*x" if name == "x" else f"({number(rng)})*x"]
                         + [f"({number(rng)})*{rng.choice(terms)}" for _ in range(2)])
        for name in "xy"
    }  # fmt: skip


def hidden_from_elimination(rng):
    """Kinds that a route may pass over in silence: each has a critical point by construction."""
    a, b = rng.randint(1, 4), rng.randint(1, 4)
    return rng.choice(
        [
            {"x": f"m - sinh({a}*x) + {a}*x"},  # a double root of the amplitude's equation
            {"x": f"-x + {a}*m*y*tanh(x)", "y": f"{b} - y"},  # a trivial root in a system that is not odd
            {"x": f"{a}*x^2 + {b}*m^2"},  # zero only where both are
            {"x": f"m*(x^2 - {a})"},  # a line of equilibria at m = 0
            {"x": f"{a}*x*m - y - x^3", "y": f"x + {a}*m*y", "u": f"{a}*m*u - {b}*v + u^3", "v": f"{b}*u + {a}*m*v"},
            {"x": f"({a}*x - m)*(x + {b})/(x + {b})^2"},  # a pole
            {"x": "y", "y": f"sin(x)*({a}*m*cos(x) - 1) - y"},  # a periodic family
        ]
    )


def critical_points(system, kinds=("zero", "pair"), starts=12):
    """(parameter, state) of points that Newton's method finds and the spectrum confirms."""
    states, m = list(system.states), system["m"]
    point = [*states, m]
    rhs = sympy.lambdify(point, list(system.rhs), ["numpy", {"logistic": lambda u: 1 / (1 + np.exp(-u))}])
    matrix = sympy.lambdify(point, sympy.Matrix(system.rhs).jacobian(states), ["numpy"])
    rng, found = np.random.default_rng(0), []
    n = len(states)

    def spectrum(z):
        return np.linalg.eigvals(np.array(matrix(*z), float))

    for kind in kinds if n > 1 else ("zero",):

        def residual(z, kind=kind):
            values = spectrum(z)
            sums = [values[i] + values[j] for i in range(n) for j in range(i)]
            return [*rhs(*z), np.prod(values).real if kind == "zero" else np.prod(sums).real]

        for _ in range(starts):
            start = rng.normal(size=n + 1) * rng.choice([0.5, 3, 40])
            with np.errstate(all="ignore"):
                try:
                    z, _, code, _ = fsolve(residual, start, full_output=True, xtol=1e-13)
                    good = code == 1 and np.abs(residual(z)).max() < 1e-10 and np.abs(z).max() < 1e6
                except (np.linalg.LinAlgError, OverflowError, TypeError):
                    continue
            if not good:
                continue
            values = spectrum(z)
            imaginary = n > 1 and min(abs(v.real) + (abs(v.imag) < 1e-3) for v in values) < 1e-8
            if kind == "zero" or imaginary:
                found.append(z)
    return found


def is_listed(z, found):
    for condition in found:
        if condition.value is None:
            return True
        at = [
            complex(sympy.N(value.xreplace(dict.fromkeys(value.free_symbols, condition.value))))
            for value in condition.at.values()
        ]
        if abs(condition.value - z[-1]) + np.abs(np.array(at) - z[:-1]).max() < 1e-3 * (1 + np.abs(z).max()):
            return True
    return False


GENERATED = [
    (make, seed) for make, count in ((scalar, 16), (planar, 8), (hidden_from_elimination, 10)) for seed in range(count)
]


@pytest.mark.parametrize(("make", "seed"), GENERATED)
def test_what_is_called_complete_lists_every_point_that_is_found(make, seed):
    equations = make(random.Random(f"{make.__name__}{seed}"))
    system = ds.system_from_equations(equations, ["m"])
    try:
        found = ds.find_conditions(system, parameter="m", budget=ds.Budget(seconds=10))
    except ds.errors.ParameterError:
        return
    missed = [z for z in critical_points(system) if not is_listed(z, found)]
    assert not (found.complete and missed), (equations, missed, found)


@pytest.mark.parametrize(
    ("equations", "at"),
    [
        ({"x": "m + x - x^3"}, None),
        ({"x": "m*x - x^2"}, None),
        ({"x": "m*x - x^3 + x^5"}, None),
        ({"x": "-x + m*y", "y": "x - 2*y"}, None),
        ({"x": "m*x - y", "y": "x - y + 1"}, None),
        ({"x": "1 - (m + 1)*x + x^2*y", "y": "m*x - x^2*y"}, None),
        ({"x": "m*x - y - x*(x^2 + y^2)", "y": "x + m*y - y*(x^2 + y^2)"}, 0),
        ({"x": "-x + m*tanh(x) - 2*tanh(y)", "y": "-y + 3*tanh(x)"}, 0),
    ],
)
def test_what_exact_arguments_treat_is_complete(equations, at):
    found = ds.find_conditions(ds.system_from_equations(equations, ["m"]), parameter="m", at=at)
    assert found.complete, found.open
    assert all(cell.argument for cell in found.cells)


@pytest.mark.parametrize("seed", range(6))
def test_networks_at_the_origin_are_complete(seed):
    rng = np.random.default_rng(seed)
    network = ds.Network.from_matrix(rng.integers(-2, 3, size=(4, 4)) + np.eye(4, dtype=int) * 3)
    found = ds.find_conditions(ds.build_system(network, gain="g"), parameter="g", at=0)
    assert found.complete, found.open


def test_a_route_that_finds_nothing_and_names_no_argument_proves_nothing(monkeypatch):
    """Planted: the search for critical values gives up in silence."""
    system = ds.system_from_equations({"x": "m*x - y", "y": "x - y"}, ["m"])
    assert ds.find_conditions(system, parameter="m", at=0).complete
    monkeypatch.setattr(loci_room, "_explicit", lambda *given: iter([Examined((), (), by="")]))
    found = ds.find_conditions(system, parameter="m", at=0)
    assert found == ()
    assert not found.complete
    assert ds.excludes_hopf(system, parameter="m", at=0, span=(-9, 9)).verdict == "undecided"


def test_a_spent_budget_brings_the_answer_back():
    system = ds.build_system(ds.motifs.ring(5, weight="w"), gain="g")
    found = ds.find_conditions(system, parameter="g", at=0, budget=ds.Budget(seconds=1e-9))
    assert not found.complete
    assert all(cell.reason.startswith("budget") for cell in found.open)
    assert not ds.symbolic_equilibria(system, budget=ds.Budget(seconds=1e-9)).complete


def test_the_ledger_is_shown_everywhere(tmp_path):
    system = ds.system_from_equations({"x": "a - x + m^2*tanh(x)"}, ["m", "a"])
    found = ds.find_conditions(system, parameter="m")
    (cell,) = found.open
    assert set(cell.to_json()) == {"what", "reason"}
    assert "open: " in repr(found)
    assert "open: " in ds.to_latex(found)
    assert found.of_kind("hopf").complete
    assert not found.of_kind("fold").complete
    analysis = ds.analyze(system, parameter="m", span=(0, 1), points=2)
    said = json.loads(json.dumps(analysis.to_json()))
    assert said["complete"] is False
    assert said["open"] == [cell.to_json()]
    assert "Not examined" in ds.io.report_html(analysis, tmp_path / "report.html").read_text(encoding="utf-8")
    exact = ds.find_conditions(ds.system_from_equations({"x": "-x*(1 + m^2)"}, ["m"]), parameter="m")
    assert exact.complete
    assert repr(exact).endswith("none whatever the value of m")


@pytest.mark.parametrize(
    ("rate", "symbols", "complete"),
    [
        ("mu*x - x^3", ["mu"], True),
        ("2 + mu*x - x^2", ["mu"], True),
        ("1 + x - a*x^2", ["a"], False),  # at a = 0 one root is lost, and the other has another formula
        ("1 - a*x*(x + b)", ["a", "b"], False),
        ("x - cosh(x)*a", ["a"], True),
    ],
)
def test_formulas_of_equilibria_say_for_which_symbols_they_fail(rate, symbols, complete):
    found = ds.symbolic_equilibria(ds.system_from_equations({"x": rate}, symbols))
    assert found.complete == complete, found


def test_a_corner_on_the_way_is_open():
    """At x = a, y = 0 the rectifier has no derivative where a = 1."""
    system = ds.system_from_equations({"x": "a - x", "y": "-m*y + 3*relu(x - 1)*y"}, ["m", "a"])
    found = ds.find_conditions(system, parameter="m", at={"x": "a", "y": 0})
    assert any("corner where a - 1 = 0" in cell.reason for cell in found.open)


def test_axial_branches_say_what_the_lemma_leaves_open():
    branches = ds.derive.axial_branches(ds.build_system(ds.motifs.complete(3)), at=0)
    assert branches
    assert not branches.complete
    assert any("not axial" in cell.what for cell in branches.open)
    assert any(cell.what.startswith("axial branches") for cell in branches.cells if not cell.is_open)


def test_a_point_that_two_roads_find_is_listed_once():
    """k tanh(x)^3 = x - 1 touches where 3 k tanh(x)^2 (1 - tanh(x)^2) = 1: once for 0 < k < 4."""
    system = ds.system_from_equations({"x": "k*tanh(x)^3 - x + 1"}, ["k"])
    (fold,) = ds.find_conditions(system, parameter="k", span=(0, 4))
    x = float(fold.at["x"])
    assert fold.value * np.tanh(x) ** 3 == pytest.approx(x - 1, abs=1e-12)
    assert 3 * fold.value * np.tanh(x) ** 2 / np.cosh(x) ** 2 == pytest.approx(1, abs=1e-12)
