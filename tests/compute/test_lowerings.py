"""Scalar and array code agree to 1e-12 in everything, for single states and for batches."""

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.compute import Arrays, Scalars, scalar_lowering
from dynsym.compute.scalar_lowering import ScalarLowering

W = np.array([[0.4, -1.2, 0.0], [0.9, 0.0, 1.7], [-0.6, 0.3, 0.8]])


def network():
    given = ds.Network.from_matrix(W)
    nodes = [ds.Node(n, population="P" if k < 1 else "Q", bias=f"b*{k}") for k, n in enumerate(given.node_names)]
    edges = [
        ds.Edge(
            e.source, e.target, e.weight * (sympy.Symbol("v") if k % 3 == 0 else 1), plastic=k % 2 == 0, sign=(-1) ** k
        )
        for k, e in enumerate(given.edges)
    ]
    return ds.Network(nodes, edges)


def static_network():
    given = network()
    return ds.Network(given.nodes, [ds.Edge(e.source, e.target, e.weight, sign=e.sign) for e in given.edges])


VALUES = {
    "g": 1.3, "T": 2, "tau": 0.7, "k": 0.4, "b": 0.2, "v": -0.6, "m": 0.3, "tau_a": 2, "eta": 0.3, "q": 1.5, "th": 0.2,
    "n": 3, "w0": 0.15,
}  # fmt: skip
SYSTEMS = {
    "rate": lambda: ds.build_system(static_network(), ds.LeakyRate(ds.Tanh("q"), tau="tau"), gain="g"),
    "Hebbian": lambda: ds.build_system(
        network(), ds.LeakyRate(ds.Logistic("q", "th")), ds.Hebbian("k", "T", "w0"), gain="g"
    ),
    "Hebbian by matrix": lambda: ds.build_system(network(), synapse=ds.Hebbian(W[::-1], time_constant="T"), gain="g"),
    "Oja, Wilson-Cowan": lambda: ds.build_system(network(), ds.WilsonCowan(ds.Logistic("q"), "m"), ds.Oja("eta")),
    "two states, own synapse": lambda: ds.build_system(
        network(),
        ds.NodeRule({"x": "-x - a + input*x", "a": "(m*x^2*input - a)/tau_a"}, "tanh(x)*a"),
        ds.SynapseRule("eta*pre*post - w^3"),
    ),
    "two populations": lambda: ds.build_system(
        network(),
        {"P": ds.WilsonCowan(ds.Tanh("g")), "Q": ds.NodeRule({"x": "-x + input/tau", "a": "x*input - a"}, "a*x")},
        ds.AntiHebbian("k"),
        gain="v",
    ),
    "kinks": lambda: ds.build_system(
        network(),
        ds.NodeRule({"x": "-abs(m*x) + max(input, x, b) + min(b, input)*relu(v*x)"}, "max(x, 0)*sign(m*x) + abs(v*x)"),
        ds.SynapseRule("k*relu(pre - v)*post - abs(k*w)"),
    ),
    "powers and exponentials": lambda: ds.build_system(
        network(),
        ds.NodeRule({"x": "-x + (x^2)^n/(1 + (x^2)^n) + log(1 + exp(q*input))"}, "1/(1 + exp(-q*(x - m)))"),
        ds.Hebbian("k"),
    ),
}


@pytest.fixture(scope="module", params=SYSTEMS)
def pair(request):
    system = SYSTEMS[request.param]()
    system = system.with_values(**{n: VALUES[n] for n in system.parameters})
    a, b = (ds.compile_system(system, method=method) for method in (Scalars(), Arrays()))
    assert (a.lowering, b.lowering) == ("scalar", "array")
    return a, b, np.random.default_rng(8)


def close(one, other):
    np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


def test_field_and_jacobian_of_a_state(pair):
    a, b, rng = pair
    p, x = a.parameter_vector(), rng.normal(size=a.dimension)
    close(a.field(x, p), b.field(x, p))
    close(a.jacobian(x, p), b.jacobian(x, p))
    close(b.sparse_jacobian(x, p).toarray(), a.jacobian(x, p))
    close(a.sparse_jacobian(x, p).toarray(), a.jacobian(x, p))
    assert a.field(x, p).shape == (a.dimension,)


@pytest.mark.parametrize("batch", [(1,), (4,), (2, 3), (0,)])
def test_batches_of_states(pair, batch):
    a, b, rng = pair
    p, x = a.parameter_vector(), rng.normal(size=(a.dimension, *batch))
    close(a.field(x, p), b.field(x, p))
    close(a.jacobian(x, p), b.jacobian(x, p))
    assert a.field(x, p).shape == (a.dimension, *batch)
    assert a.jacobian(x, p).shape == (a.dimension, a.dimension, *batch)
    for index in np.ndindex(*batch):
        close(a.field(x, p)[:, *index], a.field(x[:, *index], p))
        close(b.jacobian(x, p)[..., *index], b.jacobian(x[:, *index], p))


@pytest.mark.parametrize(
    ("states", "values"), [((), (3,)), ((3,), (3,)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((0,), (0,))]
)
def test_batches_of_parameters(pair, states, values):
    a, b, rng = pair
    x = rng.normal(size=(a.dimension, *states))
    p = a.parameter_vector().reshape(-1, *(1,) * len(values)) + 0.01 * rng.random((len(a.parameter_names), *values))
    batch = np.broadcast_shapes(states, values)
    for f in (a, b):
        assert f.field(x, p).shape == (f.dimension, *batch)
        assert f.jacobian(x, p).shape == (f.dimension, f.dimension, *batch)
        assert f.parameter_derivative(x, p, 0).shape == (f.dimension, *batch)
    close(a.field(x, p), b.field(x, p))
    close(a.jacobian(x, p), b.jacobian(x, p))
    close(a.parameter_derivative(x, p, 1), b.parameter_derivative(x, p, 1))
    wide_x = np.broadcast_to(x.reshape(a.dimension, *(1,) * (len(batch) - len(states)), *states), (a.dimension, *batch))
    wide_p = np.broadcast_to(p.reshape(len(p), *(1,) * (len(batch) - len(values)), *values), (len(p), *batch))
    for index in np.ndindex(*batch):
        close(b.field(x, p)[:, *index], a.field(wide_x[:, *index], wide_p[:, *index]))


def test_parameter_derivatives(pair):
    a, b, rng = pair
    p, x, step = a.parameter_vector(), rng.normal(size=a.dimension), 1e-6
    xs = rng.normal(size=(a.dimension, 2))
    for name in a.parameter_names:
        k = a.parameter_index(name)
        close(a.parameter_derivative(x, p, k), b.parameter_derivative(x, p, k))
        close(a.parameter_derivative(xs, p, k), b.parameter_derivative(xs, p, k))
        e = step * (np.arange(len(p)) == k)
        for derivative, function in (("parameter_derivative", "field"), ("jacobian_parameter_derivative", "jacobian")):
            quotient = (getattr(a, function)(x, p + e) - getattr(a, function)(x, p - e)) / (2 * step)
            for lowering in (a.lowering_object, b.lowering_object):
                exact = getattr(lowering, derivative)(x, p, k)
                np.testing.assert_allclose(exact, quotient, rtol=1e-6, atol=1e-7)
        close(
            a.lowering_object.jacobian_parameter_derivative(x, p, k),
            b.lowering_object.jacobian_parameter_derivative(x, p, k),
        )


def test_higher_derivatives_along_real_and_complex_directions(pair):
    a, b, rng = pair
    p, x = a.parameter_vector(), rng.normal(size=a.dimension)
    u, v, w = rng.normal(size=(3, a.dimension))
    one, two = a.lowering_object, b.lowering_object
    for first, second, third in ((u, v, w), (u + 1j * v, w, v), (u + 1j * v, u - 1j * v, w + 1j * u)):
        close(one.second(x, p, first, second), two.second(x, p, first, second))
        close(one.third(x, p, first, second, third), two.third(x, p, first, second, third))
        close(one.jacobian_along(x, p, first), two.jacobian_along(x, p, first))
        close(one.jacobian_along(x, p, first) @ second, one.second(x, p, first, second))
    assert one.second(x, p, u, v).dtype == two.second(x, p, u, v).dtype == float


def test_second_and_third_derivatives_are_difference_quotients(pair):
    a, b, rng = pair
    p, x = a.parameter_vector(), rng.normal(size=a.dimension)
    u, v, w = rng.normal(size=(3, a.dimension))
    step = 1e-5
    for f in (a, b):
        quotient = (f.jacobian(x + step * v, p) - f.jacobian(x - step * v, p)) / (2 * step)
        np.testing.assert_allclose(f.jacobian_along(x, p, v), quotient, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(f.second(x, p, u, v), quotient @ u, rtol=1e-6, atol=1e-6)
        quotient = (f.second(x + step * w, p, u, v) - f.second(x - step * w, p, u, v)) / (2 * step)
        np.testing.assert_allclose(f.third(x, p, u, v, w), quotient, rtol=1e-6, atol=1e-6)


def test_compiled_systems_use_the_rules_for_higher_derivatives(pair):
    a, b, rng = pair
    p, x = a.parameter_vector(), rng.normal(size=a.dimension)
    u, v = rng.normal(size=(2, a.dimension))
    close(a.second(x, p, u, v), a.lowering_object.second(x, p, u, v))
    close(a.third(x, p, u, v, u), b.third(x, p, u, v, u))


def test_the_numbers_of_one_parameter_vector_are_not_used_for_another(pair):
    _, b, rng = pair
    x = rng.normal(size=b.dimension)
    p = b.parameter_vector()
    first, other = b.field(x, p), b.field(x, p + 0.5)
    assert np.abs(other - first).max() > 0
    np.testing.assert_array_equal(b.field(x, p), first)


def test_large_networks_get_array_code():
    assert ds.compile_system(ds.build_system(ds.motifs.ring(8))).lowering == "scalar"
    assert ds.compile_system(ds.build_system(ds.motifs.ring(41))).lowering == "array"
    assert ds.compile_system(ds.build_system(ds.motifs.complete(22))).lowering == "array"


def test_relabelling_nodes_changes_nothing():
    order = np.array([2, 0, 1])
    x = np.random.default_rng(0).normal(size=3)
    for method in (Scalars(), Arrays()):
        f = ds.compile_system(ds.build_system(ds.Network.from_matrix(W)), method=method)
        g = ds.compile_system(ds.build_system(ds.Network.from_matrix(W[np.ix_(order, order)])), method=method)
        close(g.field(x[order], []), f.field(x, [])[order])
        close(g.jacobian(x[order], []), f.jacobian(x, [])[np.ix_(order, order)])


ALL_FUNCTIONS = ds.system_from_equations(
    {
        "x": "exp(x*y)/(2 + cos(y)) - log(3 + x^2) + sinh(x)*cosh(y) + 1/(1 + exp(-m*y))",
        "y": "tanh(x + y) + atan(m*x) + tan(x/4) + sqrt(2 + sin(y)) + abs(y)*relu(x*y + 1) + sign(x)*y^2",
        "z": "max(x*y, z^3, -m) + min(x, y*z) + step(x)*z^2 + softplus(x - z)"
        " + (4 + x*y)^(3/2) + (x^2 + 1)^(m*z) + x^-2",
    },
    {"m": 0.7},
)


def test_jets_and_tensors_agree_for_every_function(monkeypatch):
    by_tensor = ScalarLowering(ALL_FUNCTIONS)
    monkeypatch.setattr(scalar_lowering, "MOST_OPERATIONS", 10**9)
    rng, p = np.random.default_rng(2), np.array([0.7])
    for _ in range(3):
        x = rng.normal(size=3)
        u, v, w = rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))
        monkeypatch.setattr(scalar_lowering, "MOST_OPERATIONS", 10**9)
        expected = by_tensor.second(x, p, u, v), by_tensor.third(x, p, u, v, w), by_tensor.jacobian_along(x, p, u)
        monkeypatch.setattr(scalar_lowering, "MOST_OPERATIONS", 0)
        by_jets = ScalarLowering(ALL_FUNCTIONS)
        found = by_jets.second(x, p, u, v), by_jets.third(x, p, u, v, w), by_jets.jacobian_along(x, p, u)
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)


def test_jets_are_finite_at_zero_powers(monkeypatch):
    monkeypatch.setattr(scalar_lowering, "MOST_OPERATIONS", 0)
    lowering = ScalarLowering(ds.system_from_equations({"x": "x^3 + x^n"}, {"n": 2}))
    zero, one = np.zeros(1), np.ones(1)
    assert lowering.second(zero, np.array([2.0]), one, one) == 2
    assert lowering.third(zero, np.array([2.0]), one, one, one) == 6


def test_rules_whose_rates_are_constant():
    system = ds.build_system(ds.Network(["u", "v"]), ds.NodeRule({"x": "atan(m)"}, "x"), values={"m": 1})
    for method in (Scalars(), Arrays()):
        f = ds.compile_system(system, method=method)
        p = f.parameter_vector()
        close(f.field([1, 2], p), [np.pi / 4] * 2)
        assert f.sparse_jacobian([1, 2], p).nnz == 0
        assert not f.second([1, 2], p, [1, 0], [0, 1]).any()
        close(f.parameter_derivative([1, 2], p, 0), [0.5, 0.5])
