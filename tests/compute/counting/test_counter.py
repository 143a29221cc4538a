"""`count_equilibria` on whole systems: reference counts with stability, hard cases, boxes, honesty."""

from __future__ import annotations

import numpy as np
import pytest

import dynsym as ds
from dynsym._budget import Budget
from dynsym.compute.counting import count_equilibria
from dynsym.errors import ParameterError
from dynsym.model import SymbolicSystem


def system(_parameters: dict[str, object] | None = None, **equations: str) -> SymbolicSystem:
    return ds.system_from_equations(equations, parameters=_parameters or {})


def states(count: ds.EquilibriumCount) -> list[tuple[float, ...]]:
    return [tuple(e.state.values()) for e in count.equilibria]


def network(
    weights: np.ndarray, bias: np.ndarray, activation: object, strength: np.ndarray | None = None
) -> SymbolicSystem:
    size = len(weights)
    nodes = [ds.Node(f"u{i}", bias=float(bias[i])) for i in range(size)]
    edges = [
        ds.Edge(f"u{j}", f"u{i}", weight=float(weights[i, j]))
        for i in range(size)
        for j in range(size)
        if weights[i, j] != 0
    ]
    synapse = ds.Static() if strength is None else ds.Hebbian(strength)
    return ds.build_system(ds.Network(nodes, edges), node=ds.LeakyRate(activation), synapse=synapse)


def generate(kind: str, n: int, g: float, seed: int, b_scale: float, kappa: float = 0.0) -> SymbolicSystem:
    """The generator of reference/equilibria_counts.json."""
    rng = np.random.default_rng(seed)
    if kind == "tanh_diag":
        weights = g * np.eye(n)
    else:
        weights = rng.standard_normal((n, n)) * g / np.sqrt(n) if g else np.zeros((n, n))
    strength = kappa / n * abs(rng.standard_normal((n, n))) if kind == "plastic" else None
    bias = b_scale * rng.standard_normal(n) if b_scale else np.zeros(n)
    if kind == "tanh_sym":
        weights = (weights + weights.T) / np.sqrt(2)
    activation = {"logistic": ds.Logistic(), "relu": ds.Rectified()}.get(kind, ds.Tanh())
    return network(weights, bias, activation, strength)


@pytest.mark.parametrize(
    ("kind", "n", "g", "seed", "b_scale", "kappa", "expected", "stable", "degree"),
    [  # reference/equilibria_counts.json; stable: the full system, weights included, tau = 1
        ("tanh", 2, 3.0, 5, 0, 0, 3, 2, 1),
        ("tanh", 4, 3.0, 3, 0.3, 0, 3, 2, 1),
        ("tanh", 6, 3.0, 4, 0.3, 0, 1, 0, 1),
        ("tanh", 8, 3.0, 7, 0.2, 0, 3, 2, 1),
        ("tanh_sym", 3, 4.0, 0, 0, 0, 3, 2, 1),
        ("tanh_sym", 8, 2.5, 0, 0, 0, 9, 4, 1),
        ("logistic", 3, 16.0, 0, 0.3, 0, 1, 1, 1),
        ("tanh_diag", 3, 1.5, 0, 0, 0, 27, 8, 1),
        ("plastic", 2, 0, 12, 0.2, 3.0, 3, 2, 1),
        ("plastic", 3, 0, 13, 0.2, 6.0, 29, 9, 1),
        ("plastic", 5, 0, 15, 0.2, 6.0, 167, 32, 1),
        ("plastic", 4, 0, 14, 0.2, -6.0, 1, 1, 1),
        ("plastic", 5, 3.0, 23, 0.2, -5.0, 1, 0, 1),
        ("relu", 4, 3.0, 0, 0.5, 0, 1, 1, 1),
        ("relu", 8, 4.0, 3, 0.5, 0, 3, 0, -1),
    ],
)
def test_reference_counts(
    kind: str,
    n: int,
    g: float,
    seed: int,
    b_scale: float,
    kappa: float,
    expected: int,
    stable: int,
    degree: int,
) -> None:
    count = count_equilibria(generate(kind, n, g, seed, b_scale, kappa))
    assert (count.status, count.lower, count.upper) == ("proved", expected, expected)
    assert (count.stable, count.index_sum) == (stable, degree)
    assert all(e.certificate == "certified" and e.radius < 1e-9 for e in count.equilibria)
    assert all(e.residual < 1e-10 for e in count.equilibria)


def test_stability_of_the_full_plastic_system_as_numpy_sees_it() -> None:
    compiled = ds.compile_system(generate("plastic", 3, 0, 13, 0.2, 6.0))
    for equilibrium in count_equilibria(compiled).equilibria:
        matrix = compiled.jacobian(list(equilibrium.state.values()), compiled.parameter_vector())
        eigenvalues = np.linalg.eigvals(matrix)
        assert equilibrium.unstable_dimension == (eigenvalues.real > 0).sum()
        assert equilibrium.index == np.sign(np.linalg.det(-matrix))


@pytest.mark.parametrize(
    ("parameters", "rate", "expected", "stable"),
    [  # reference/bad_inputs.json, area equilibria: E01-E28, B12
        ({"m": "3849/10000"}, "m + x - x**3", [-0.57767213, -0.57702835, 1.15470048], 2),
        ({"m": "38491/100000"}, "m + x - x**3", [1.15470381], 1),
        ({"m": "2*sqrt(3)/9"}, "m + x - x**3", [-0.5773502691896257, 1.1547005383792515], 1),
        ({"mu": "1e-14"}, "mu - x**2", [-1e-7, 1e-7], 1),
        ({}, "-(x**2 + 1e-18)", [], 0),
        ({}, "exp(-x)", [], 0),
        ({}, "x**2 - 2*x", [0, 2], 1),
        ({}, "-(x**3 - 3*x**2 + 3*x - 1)", [1], 0),
        ({"mu": -1}, "mu*x - x**3", [0], 1),
        ({"a": 0}, "a*x**2 + x - 1", [1], 0),
        ({"b": "1e9"}, "x**2 + b*x + 1", [-1e9, -1e-9], 1),
        ({}, "x**3 - x - 0.1", [-0.945649273923591, -0.101031257881011, 1.0466805318046], 1),
        ({}, "-x + 0.3*exp(x)", [0.489402227180215, 1.7813370234216277], 1),
        ({}, "1/(x - 0.7)", [], 0),
        ({}, "-x + tanh(x)", [0], 0),
    ],
)
def test_one_state(parameters: dict[str, object], rate: str, expected: list[float], stable: int) -> None:
    count = count_equilibria(system(parameters, x=rate))
    assert (count.status, count.lower, count.upper, count.stable) == ("proved", len(expected), len(expected), stable)
    np.testing.assert_allclose([x for (x,) in states(count)], expected, rtol=1e-8, atol=1e-14)


@pytest.mark.parametrize(
    ("parameters", "rate", "degenerate"),
    [
        ({"m": "2*sqrt(3)/9"}, "m + x - x**3", -0.5773502691896257),
        ({}, "-(x**3 - 3*x**2 + 3*x - 1)", 1.0),
        ({}, "-x + tanh(x)", 0.0),
    ],
)
def test_degenerate_equilibria_are_marginal(parameters: dict[str, object], rate: str, degenerate: float) -> None:
    count = count_equilibria(system(parameters, x=rate))
    marginal = [e.state["x"] for e in count.equilibria if e.stability == "marginal"]
    np.testing.assert_allclose(marginal, [degenerate], atol=1e-12)


def test_rectified_competition() -> None:
    """reference/bad_inputs.json, E14."""
    count = count_equilibria(
        system(
            x1="-x1 + relu(1 - 1.5*x2 - 1.5*x3)",
            x2="-x2 + relu(1 - 1.5*x1 - 1.5*x3)",
            x3="-x3 + relu(1 - 1.5*x1 - 1.5*x2)",
        )
    )
    assert (count.status, count.lower, count.stable) == ("proved", 7, 3)
    expected = [(0, 0, 1), (0, 0.4, 0.4), (0, 1, 0), (0.25, 0.25, 0.25), (0.4, 0, 0.4), (0.4, 0.4, 0), (1, 0, 0)]
    np.testing.assert_allclose(states(count), expected, atol=1e-15)


def test_coupled_cycle_with_729_equilibria() -> None:
    """reference/bad_inputs.json, E16; 2⁶ of them are stable."""
    equations = {f"x{i}": f"-x{i} + tanh(3*x{i} + 0.05*(x{(i + 1) % 6} + x{(i - 1) % 6}))" for i in range(6)}
    count = count_equilibria(system(**equations))
    assert (count.status, count.lower, count.stable, count.index_sum) == ("proved", 729, 64, 1)


@pytest.mark.parametrize(("size", "components"), [(3, 1), (5, 1), (6, 2)])
def test_consensus_is_a_marginal_continuum(size: int, components: int) -> None:
    """reference/bad_inputs.json, E12, G12, B01: -L x on directed cycles."""
    length = size // components
    equations = {f"x{i}": f"x{length * (i // length) + (i + 1) % length} - x{i}" for i in range(size)}
    count = count_equilibria(system(**equations))
    assert (count.status, count.upper) == ("continuum", None)
    assert f"dimension {components}" in (count.reason or "")
    assert {e.stability for e in count.equilibria} == {"marginal"}


def test_defective_linear_system_is_stable() -> None:
    """reference/bad_inputs.json, B02."""
    equations = {f"x{i}": f"-x{i}/100" + (f" + x{i + 1}" if i < 15 else "") for i in range(16)}
    count = count_equilibria(system(**equations))
    assert (count.status, count.lower, count.stable) == ("proved", 1, 1)


def test_inconsistent_linear_system_has_none() -> None:
    count = count_equilibria(system(x="x - y", y="2*y - 2*x + 1"))
    assert (count.status, count.lower, count.upper) == ("proved", 0, 0)


def test_polynomial_systems() -> None:
    epidemic = system({"beta": 2, "gamma": 1, "mu": 0.1}, S="mu - beta*S*I - mu*S", I="beta*S*I - gamma*I - mu*I")
    count = count_equilibria(epidemic)
    assert (count.status, count.lower) == ("proved", 2)
    assert any(np.allclose(s, (1, 0)) for s in states(count))
    lorenz = system(x="10*(y - x)", y="x*(28 - z) - y", z="x*y - 8/3*z")
    count = count_equilibria(lorenz)
    assert (count.status, count.lower, count.stable) == ("proved", 3, 0)
    np.testing.assert_allclose(states(count)[2], (np.sqrt(72), np.sqrt(72), 27), rtol=1e-14)


def test_a_curve_beside_isolated_points() -> None:
    """reference/bad_inputs.json, E36: two isolated equilibria and a curve."""
    count = count_equilibria(
        system(x="lam*y**2 + 16*mu*x + 16*x", y="2*y*(lam*x + mu + 1)", lam="x*y**2", mu="8*x**2 + y**2 - 24")
    )
    assert (count.status, count.upper) == ("continuum", None)
    isolated = {(0.0, round(2 * np.sqrt(6) * sign, 9), 0.0, -1.0) for sign in (1, -1)}
    assert isolated <= {tuple(round(x, 9) + 0.0 for x in s) for s in states(count)}


def test_parameters_that_make_a_state_free() -> None:
    free = system({"p": 0}, x="p*x", y="-y + tanh(2*y)")
    assert count_equilibria(free).status == "continuum"
    assert count_equilibria(free, values={"p": -1}).lower == 3
    assert count_equilibria(free, values={"p": -1}).status == "proved"


def test_fields_without_links_in_a_derived_box() -> None:
    """Wilson and Cowan with refractoriness: e and i lie in [0, 1/2] because the sigmoid lies in [0, 1]."""
    count = count_equilibria(
        system(e="-e + (1 - e)*logistic(12*e - 10*i - 2)", i="-i + (1 - i)*logistic(10*e - 2*i - 3)")
    )
    assert count.status == "proved"
    assert count.lower == count.upper
    assert all(0 <= x <= 0.5 for s in states(count) for x in s)


def test_boxes() -> None:
    sine = system(x="sin(x)")
    assert (count_equilibria(sine, box={"x": (-10, 10)}).lower, count_equilibria(sine).status) == (7, "lower_bound")
    assert count_equilibria(sine, box={"x": (0, 1)}).count == 1  # the origin is exact
    on_face = count_equilibria(system(x="sin(x - 1)"), box={"x": (1, 2)})
    assert (on_face.status, on_face.lower, on_face.upper) == ("undecided", 0, 1)
    pair = ds.build_system(ds.motifs.bidirectional(weight=2, nodes=("a", "b")))
    positive = count_equilibria(pair, box={"a": (0.5, 5)})
    assert (positive.status, positive.lower) == ("proved", 1)
    closed = count_equilibria(pair, box={"a": (0, 5)})
    assert (closed.status, closed.lower) == ("proved", 2)  # the origin, on the face, is exact
    with pytest.raises(ParameterError, match="no state"):
        count_equilibria(pair, box={"c": (0, 1)})
    with pytest.raises(ParameterError, match="lower end"):
        count_equilibria(pair, box={"a": (1, 0)})


def test_without_a_box_the_reason_names_the_state() -> None:
    count = count_equilibria(system(v="-2*v*tanh(v) + 1 - w*v", w="-w + logistic(v)"))
    assert count.status == "lower_bound"
    assert count.upper is None
    assert "--box v=-5:5" in (count.reason or "")


def test_a_missing_value_is_named() -> None:
    with pytest.raises(ParameterError, match="w"):
        count_equilibria(ds.build_system(ds.motifs.bidirectional()))


def pyloric() -> SymbolicSystem:
    return ds.build_system(ds.load_network("pyloric"), node=ds.LeakyRate(ds.Tanh()), gain="g")


def test_pyloric_staircase_counts() -> None:
    """Pitchforks of the origin at 1 and (1 + √5)/2 are the only changes: 1, 3, 5 equilibria."""
    compiled = ds.compile_system(pyloric())
    for g, expected in ((0.5, 1), (0.99, 1), (1.01, 3), (1.6, 3), (1.63, 5), (3, 5)):
        count = count_equilibria(compiled, values={"g": g})
        assert (count.status, count.lower, count.index_sum) == ("proved", expected, 1)


@pytest.mark.parametrize(("g", "expected", "origin"), [(1, 1, "marginal"), ("(1 + sqrt(5))/2", 3, "unstable")])
def test_exactly_at_a_pitchfork(g: object, expected: int, origin: str) -> None:
    count = count_equilibria(pyloric(), values={"g": g})
    assert (count.status, count.lower, count.upper) == ("proved", expected, expected)
    at_origin = [e for e in count.equilibria if all(x == 0 for x in e.state.values())]
    assert [e.stability for e in at_origin] == [origin]


def test_exactly_at_a_fold_the_count_is_left_open() -> None:
    """x' = -x + b + 2 tanh x with b = atanh(√½) - √2 in exact numbers: a double root, not rational."""
    count = count_equilibria(system({"b": "sqrt(2) - log(1 + sqrt(2))"}, x="-x + b + 2*tanh(x)"))
    assert count.status in {"lower_bound", "undecided"}
    assert count.upper is None or count.upper >= 2
    assert count.lower >= 1
    assert count.boxes_undecided > 0
    (region,) = count.undecided_regions
    low, high = region["x"]
    assert low <= -np.arctanh(np.sqrt(0.5)) <= high or low <= np.arctanh(np.sqrt(0.5)) <= high
    assert high - low < 1e-3


def test_a_budget_ends_the_search() -> None:
    count = count_equilibria(generate("plastic", 5, 0, 15, 0.2, 6.0), budget=Budget(boxes=100))
    assert count.status in {"lower_bound", "undecided"}
    assert count.upper is None
    assert "limit" in (count.reason or "")
    assert count.lower <= 167


def test_decimal_values_are_exact() -> None:
    """0.1 is 1/10: the double root of (10 x - 1)² is found, which the nearest double would miss."""
    count = count_equilibria(system({"a": 0.1}, x="-(x - a)**2"))
    assert (count.status, count.lower) == ("proved", 1)


def test_weights_with_other_time_constants_count_the_same() -> None:
    pair = ds.build_system(
        ds.motifs.bidirectional(nodes=("a", "b"), weight=0, bias="b0"), synapse=ds.Hebbian("k", time_constant="tau")
    )
    counts = [count_equilibria(pair, values={"k": 6, "tau": tau, "b0": 0.1}) for tau in (0.1, 1, 30)]
    assert len({c.lower for c in counts}) == 1
    assert all(c.status == "proved" for c in counts)


def test_poles_do_not_pass_for_monotony() -> None:
    """tan rises everywhere and has a zero on every branch: no tail of the line is free of zeros."""
    count = count_equilibria(system(x="tan(x)"))
    assert count.status == "lower_bound"
    assert count_equilibria(system(x="tan(x)"), box={"x": (-4, 4)}).lower == 3


def test_the_border_of_a_domain_proves_nothing() -> None:
    """x^2.5 + x/10 + 1e-16 is positive for x >= 0 and undefined for x < 0."""
    count = count_equilibria(system(x="-(x**2.5 + x/10 + 1e-16)"), box={"x": (-1, 1)})
    assert count.lower == 0
    hill = count_equilibria(system(x="-x + 2*x**2.5/(1 + x**2.5) + 0.01"), box={"x": (0, 5)})
    assert (hill.status, hill.lower) == ("proved", 3)


def test_jumps_are_no_zeros() -> None:
    import sympy

    x = sympy.Symbol("x", real=True)
    jump = ds.system_from_equations({"x": -x - sympy.sign(x) + sympy.Rational(1, 2)})
    assert count_equilibria(jump, box={"x": (-3, 3)}).lower == 0
