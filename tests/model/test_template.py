"""Equations against the formulas of the models, and the template's Jacobian against dense differentiation."""

import itertools
import math

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym._expressions import Slope
from dynsym.compute import Arrays, Scalars

NODES = ("a", "b", "c")
TAU = (2.0, 0.5, 0.5)
BIAS = (0.3, -0.2, 0.0)
# onto, from: fixed part, sign
EDGES = {
    ("b", "a"): (0.7, 1),
    ("c", "a"): (-1.2, -1),
    ("c", "b"): (0.4, -1),
    ("a", "c"): (1.1, 1),
    ("b", "b"): (0.25, -1),
}
GAIN = 1.3


def small_network(plastic=()):
    nodes = [
        ds.Node(name, population="P" if name == "a" else "Q", bias=b, time_constant=t)
        for name, b, t in zip(NODES, BIAS, TAU, strict=True)
    ]
    edges = [
        ds.Edge(source, target, weight, sign=sign, plastic=(target, source) in plastic)
        for (target, source), (weight, sign) in EDGES.items()
    ]
    return ds.Network(nodes, edges)


def logistic(u):
    return 1 / (1 + math.exp(-u))


ACTIVATIONS = {
    "tanh": (ds.Tanh(gain="q"), lambda u: math.tanh(1.7 * u)),
    "logistic": (ds.Logistic(gain=2, threshold="q"), lambda u: logistic(2 * (u - 1.7))),
    "rectified": (ds.Rectified(threshold=0.1), lambda u: max(u - 0.1, 0.0)),
    "linear": (ds.Linear(), lambda u: u),
    "polynomial": (ds.Polynomial("q*x - x^3/3"), lambda u: 1.7 * u - u**3 / 3),
    "softplus": (ds.Polynomial("softplus(x)/q"), lambda u: math.log1p(math.exp(u)) / 1.7),
}


def leaky(phi):
    return lambda x, total, tau: ((-x[0] + total) / tau,), lambda x: phi(x[0])


def voltage(phi):
    return lambda x, total, tau: ((-0.8 * (x[0] - 0.6) + total) / tau,), lambda x: phi(x[0])


def wilson_cowan(phi):
    return lambda x, total, tau: ((-x[0] + (1 - 0.4 * x[0]) * phi(total)) / tau,), lambda x: x[0]


def adapting(phi):
    del phi
    return (
        lambda x, total, tau: ((-x[0] - x[1] + total) / tau, (0.9 * x[0] ** 2 * math.sin(total) - x[1]) / 3),
        lambda x: math.tanh(x[0]) * x[1],
    )


OWN = ds.NodeRule(
    states={"x": "(-x - h + input)/tau", "h": "(m*x^2*sin(input) - h)/tau_h"},
    output="tanh(x)*h",
)
NODE_RULES = {
    "leaky rate": (ds.LeakyRate, leaky),
    "leaky voltage": (lambda phi: ds.LeakyVoltage(phi, rest="v_r", leak=0.8), voltage),
    "Wilson-Cowan": (lambda phi: ds.WilsonCowan(phi, refractory="r"), wilson_cowan),
    "two states": (lambda _: OWN, adapting),
}
VALUES = {"q": 1.7, "v_r": 0.6, "r": 0.4, "m": 0.9, "tau_h": 3, "g": GAIN, "k": -0.7, "eta": 0.45, "T": 1.5, "w0": 0.35}

SYNAPSES = {
    "static": (ds.Static(), None),
    "Hebbian": (
        ds.Hebbian("k", time_constant="T", baseline="w0"),
        lambda w, pre, post: (-(w - 0.35) - 0.7 * pre * post) / 1.5,
    ),
    "anti-Hebbian": (ds.AntiHebbian("eta", time_constant=2), lambda w, pre, post: (-w - 0.45 * pre * post) / 2),
    "Oja": (
        ds.Oja("eta", normalisation="w0", time_constant="T"),
        lambda w, pre, post: 0.45 * (pre * post - 0.35 * post**2 * w) / 1.5,
    ),
    "own": (ds.SynapseRule("eta*pre*post^2 - w^3/T"), lambda w, pre, post: 0.45 * pre * post**2 - w**3 / 1.5),
}
PLASTIC = (("c", "a"), ("b", "b"), ("a", "c"))

CASES = [
    (node, synapse, activation)
    for (node, synapse), activation in zip(
        itertools.product(NODE_RULES, SYNAPSES), itertools.cycle(ACTIVATIONS), strict=False
    )
] + [(node, "static", activation) for node in list(NODE_RULES)[:3] for activation in ACTIVATIONS]


def made(case):
    """The system of a case and its right-hand side written out by hand."""
    node, synapse, activation = case
    phi, phi_value = ACTIVATIONS[activation]
    rule, reference = NODE_RULES[node]
    plasticity, learning = SYNAPSES[synapse]
    plastic = () if learning is None else PLASTIC
    system = ds.build_system(small_network(plastic), rule(phi), plasticity, gain="g")
    system = system.with_values(**{name: VALUES[name] for name in system.parameters})
    rates, output = reference(phi_value)
    extra = 2 if node == "two states" else 1

    def field(x):
        own = {n: (x[k], *([x[3 + k]] if extra == 2 else [])) for k, n in enumerate(NODES)}
        sent = {n: output(own[n]) for n in NODES}
        # weights come in the order of the edges
        weight = dict(zip([e for e in EDGES if e in plastic], x[3 * extra :], strict=True))
        found, further = [], []
        for n, tau, bias in zip(NODES, TAU, BIAS, strict=True):
            total = bias + GAIN * sum(
                sign * (fixed + weight.get((onto, source), 0.0)) * sent[source]
                for (onto, source), (fixed, sign) in EDGES.items()
                if onto == n
            )
            first, *others = rates(own[n], total, tau)
            found.append(first)
            further += others
        return np.array(found + further + [learning(w, sent[j], sent[i]) for (i, j), w in weight.items()])

    return system, field


@pytest.fixture(scope="module", params=CASES, ids=lambda case: ", ".join(case))
def case(request):
    return (*made(request.param), np.random.default_rng(len(str(request.param))))


def test_the_equations_are_those_of_the_model(case):
    system, reference, rng = case
    for method in (Scalars(), Arrays()):
        f = ds.compile_system(system, method=method)
        for _ in range(3):
            x = rng.normal(size=system.dimension)
            np.testing.assert_allclose(f.field(x, f.parameter_vector()), reference(x), rtol=1e-12, atol=1e-12)


def test_the_template_jacobian_is_the_dense_derivative_of_the_equations(case):
    system, _, rng = case
    dense = sympy.Matrix(system.rhs).jacobian(system.states)
    point = {s: sympy.Rational(int(rng.integers(-900, 900)), 701) for s in system.states}
    point |= {system[name]: value for name, value in system.values.items()}
    entries = system.jacobian_entries()
    for (i, j), entry in np.ndenumerate(np.array(dense)):
        given = entries.get((i, j), sympy.S.Zero)
        assert abs((entry - given).xreplace(point).evalf(30)) < 1e-25, (i, j)
        assert (given == 0) == ((i, j) not in entries)


def test_the_jacobian_is_the_difference_quotient(case):
    system, reference, rng = case
    x, step = rng.normal(size=system.dimension), 1e-6
    quotient = np.stack(
        [(reference(x + step * e) - reference(x - step * e)) / (2 * step) for e in np.eye(system.dimension)], axis=1
    )
    for method in (Scalars(), Arrays()):
        f = ds.compile_system(system, method=method)
        np.testing.assert_allclose(f.jacobian(x, f.parameter_vector()), quotient, rtol=1e-6, atol=1e-7)


def test_any_sigmoid_has_jets_in_equations_and_jacobian():
    system = ds.build_system(small_network(PLASTIC), ds.LeakyRate(ds.AnySigmoid()), ds.Hebbian("k"))
    at_zero = dict.fromkeys(system.states, sympy.S.Zero)
    s1 = Slope("phi", 1)
    entries = {place: entry.xreplace(at_zero) for place, entry in system.jacobian_entries().items()}
    a, b, c = range(3)
    # a <- c with weight 1.1 and tau 2; c <- a with sign -1, fixed part -1.2 and tau 1/2
    assert entries[a, c] == sympy.Rational(11, 10) * s1 / 2
    assert entries[c, a] == sympy.Rational(12, 10) * s1 * 2
    assert entries[b, b] == -2 - 2 * sympy.Rational(1, 4) * s1
    dense = sympy.Matrix(system.rhs).jacobian(system.states)
    assert all(sympy.expand(dense[place] - entry) == 0 for place, entry in system.jacobian_entries().items())


def test_different_rules_and_time_constants_for_populations():
    network = small_network()
    rules = {"P": ds.WilsonCowan(ds.Logistic(), tau="tau_P"), "Q": ds.LeakyRate(ds.Tanh(), tau={"b": 3, "c": "tau_c"})}
    system = ds.build_system(network, rules)
    text = {n: str(e) for n, e in system.equations.items()}
    assert text["a"] == "(-a + logistic(11*tanh(c)/10 + 3/10))/tau_P"
    assert text["b"] == "7*a/30 - b/3 - tanh(b)/12 - 1/15"
    assert text["c"] == "(6*a/5 - c - 2*tanh(b)/5)/tau_c"
    assert all(system[name].is_positive for name in ("tau_P", "tau_c"))
    dense = sympy.Matrix(system.rhs).jacobian(system.states)
    assert {place: e for place, e in system.jacobian_entries().items() if sympy.expand(e - dense[place]) != 0} == {}


def test_orientation_from_matrix_to_jacobian():
    W = np.array([[0.0, 2.0, 0.0], [0.0, 0.0, 3.0], [5.0, 0.0, 7.0]])
    system = ds.build_system(ds.Network.from_matrix(W))
    f = ds.compile_system(system)
    np.testing.assert_array_equal(f.jacobian(np.zeros(3), []), W - np.eye(3))
    np.testing.assert_allclose(f.field([0.1, 0.2, 0.3], []), W @ np.tanh([0.1, 0.2, 0.3]) - [0.1, 0.2, 0.3])


def test_names_and_order_of_states():
    network = ds.Network(
        ["u", "v"],
        [ds.Edge("v", "u", plastic=True), ds.Edge("u", "u"), ds.Edge("u", "v", plastic=True)],
    )
    system = ds.build_system(network, OWN, ds.Hebbian("k"))
    assert system.state_names == ("u", "v", "h_u", "h_v", "w_u_v", "w_v_u")
    assert system.weight_names == ("w_u_v", "w_v_u")
    assert system.network is network


def test_plastic_edges_are_all_edges_where_none_is_marked():
    system = ds.build_system(small_network(), synapse=ds.Hebbian("k"))
    assert system.weight_names == ("w_b_a", "w_c_a", "w_c_b", "w_a_c", "w_b_b")


def test_a_strength_matrix_says_which_edges_are_plastic_and_adds_edges():
    strength = [[0, 0, "k"], [0, 0, 0], [0.5, 0, 2]]
    system = ds.build_system(small_network(), synapse=ds.Hebbian(strength, baseline=[[0, 0, 9], [0, 0, 0], [0, 0, 0]]))
    assert system.weight_names == ("w_c_a", "w_a_c", "w_c_c")
    assert str(system.equations["w_a_c"]) == "k*tanh(a)*tanh(c) - w_a_c + 9"
    assert str(system.equations["w_c_a"]) == "-w_c_a + tanh(a)*tanh(c)/2"
    assert str(system.equations["w_c_c"]) == "-w_c_c + 2*tanh(c)**2"
    rhs = sympy.expand(system.equations["c"] / 2)
    # the added self-loop has no fixed part and acts with sign +1; the edge from a keeps its sign -1
    assert rhs.coeff(system["w_c_c"]) == sympy.tanh(system["c"])
    assert rhs.coeff(system["w_c_a"]) == -sympy.tanh(system["a"])


@pytest.mark.parametrize("kind", [np.array, sympy.Matrix, lambda rows: [list(map(str, row)) for row in rows]])
def test_a_strength_matrix_of_any_kind(kind):
    rows = [[0, 0, 1.5], [0, 0, 0], [0.5, 0, 0]]
    expected = ds.build_system(small_network(), synapse=ds.Hebbian(rows))
    assert ds.build_system(small_network(), synapse=ds.Hebbian(kind(rows))) == expected


def test_a_baseline_matrix_does_not_choose_the_plastic_edges():
    system = ds.build_system(small_network(PLASTIC), synapse=ds.Hebbian("k", baseline=np.diag([0, 0.5, 0])))
    assert system.weight_names == ("w_c_a", "w_a_c", "w_b_b")
    assert str(system.equations["w_b_b"]) == "k*tanh(b)**2 - w_b_b + 1/2"


def test_strength_by_edge_group():
    barbell = ds.motifs.barbell(2, weight=0)
    system = ds.build_system(barbell, synapse=ds.Hebbian(strength={"bridge": "k", "inner": 1}))
    edges = {f"w_{e.target}_{e.source}": e.group for e in barbell.edges}
    assert set(edges.values()) == {"bridge", "inner"}
    for name, group in edges.items():
        assert (system["k"] in system.equations[name].free_symbols) == (group == "bridge")


def test_the_sign_of_an_edge_acts_on_fixed_and_plastic_parts_alike():
    network = ds.Network(["a", "b"], [ds.Edge("a", "b", "J", sign=-1, plastic=True)])
    rate = ds.build_system(network, synapse=ds.Hebbian("k")).equations["b"]
    assert str(sympy.expand(rate)) == "-J*tanh(a) - b - w_b_a*tanh(a)"


def test_nodes_without_inputs_zero_gain_and_linear_networks():
    lonely = ds.build_system(ds.Network([ds.Node("x", bias="b"), "y"]), ds.LeakyRate(ds.Linear()))
    assert lonely.equations == {"x": lonely["b"] - lonely["x"], "y": -lonely["y"]}
    assert lonely.jacobian_entries() == {(0, 0): -1, (1, 1): -1}
    for method in (Scalars(), Arrays()):
        f = ds.compile_system(ds.build_system(small_network(), gain=0), method=method)
        np.testing.assert_array_equal(f.jacobian([1.0, 2, 3], []), np.diag([-0.5, -2, -2]))
        linear = ds.compile_system(ds.build_system(small_network(), ds.LeakyRate(ds.Linear())), method=method)
        W = small_network().weight_matrix()
        np.testing.assert_allclose(linear.jacobian([1.0, 2, 3], []), (W - np.eye(3)) / np.array(TAU)[:, None])
        assert not linear.second([1.0, 2, 3], [], [1, 0, 0], [1, 0, 0]).any()


def test_a_plastic_network_without_edges_has_no_weights():
    system = ds.build_system(ds.Network(["x"]), synapse=ds.Hebbian(1))
    assert system.weight_names == ()
    for method in (Scalars(), Arrays()):
        f = ds.compile_system(system, method=method)
        np.testing.assert_array_equal(f.jacobian([1.0], []), [[-1.0]])


def test_large_templates_stay_linear_in_the_edges():
    rng = np.random.default_rng(1)
    network = ds.Network.from_matrix(rng.standard_normal((60, 60)))
    system = ds.build_system(network, synapse=ds.Hebbian("k"), values={"k": 0.2})
    f = ds.compile_system(system)
    x = rng.normal(size=system.dimension)
    J = f.sparse_jacobian(x, f.parameter_vector()).tocsr()
    assert f.lowering == "array"
    assert J.shape == (3660, 3660)
    assert J.nnz <= 3660 + 3 * 3600 + 3600
    entries = system.jacobian_entries()
    point = {**dict(zip(system.states, map(sympy.Float, x), strict=True)), system["k"]: sympy.Rational(1, 5)}
    for place in [(0, 0), (3, 7), (5, 60 + 5 * 60 + 8), (60 + 61, 1), (60 + 62, 2), (60 + 62, 1)]:
        assert J[place] == pytest.approx(float(entries[place].xreplace(point)), rel=1e-12)
