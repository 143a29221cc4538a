"""Model files: what each of their keys means."""

import json

import pytest
from sympy import Rational, exp, sqrt, tanh

from dynsym._expressions import Slope, symbol
from dynsym.errors import ModelError
from dynsym.functions import logistic, relu
from dynsym.model import (
    load_system,
    save_system,
)
from dynsym.network import Edge, Network

PAIR = """
name = "pair"
[network]
motif = "bidirectional"
nodes = ["x1", "x2"]
[dynamics]
node = "leaky_rate"
activation = "tanh"
gain = "g"
[parameters]
g = 1
w = 1
"""
PAIR_AS_EQUATIONS = """
name = "pair"
[states]
x1 = "-x1 + g*w*tanh(x2)"
x2 = "-x2 + g*w*tanh(x1)"
[parameters]
g = 1
w = 1
"""


def test_both_forms_of_one_model_say_the_same():
    network, equations = load_system(PAIR), load_system(PAIR_AS_EQUATIONS)
    assert network.equations == equations.equations
    assert network.values == equations.values == {"g": 1, "w": 1}
    assert network.name == equations.name == "pair"
    assert network.template is not None


def test_plastic_pair():
    system = load_system("""
        name = "bidirectional pair, plastic"
        [network]
        motif = "bidirectional"
        nodes = ["x1", "x2"]
        weight = 0
        bias = "b"
        [dynamics]
        node = "leaky_rate"
        activation = "tanh"
        synapse = { rule = "hebbian", strength = "k", time_constant = "tau" }
        [parameters]
        k = -7.0
        tau = 1
        b = 1.0
    """)
    x1, x2, b, k, tau, w = (system[name] for name in ("x1", "x2", "b", "k", "tau", "w_x1_x2"))
    assert system.equations["x1"] == -x1 + w * tanh(x2) + b
    assert (system.equations["w_x1_x2"] - (-w + k * tanh(x1) * tanh(x2)) / tau).expand() == 0
    assert system.values == {"k": -7, "tau": 1, "b": 1}


def test_weights_are_onto_the_row_from_the_column():
    system = load_system("""
        [network]
        nodes = ["u", "v", "w"]
        weights = [[0.0, "g", -1.5], [0.3, 0, 0], [0, 2, 0]]
        bias = ["b", 0, 0]
        [dynamics]
        gain = "g0"
        [parameters]
        b = {}
        g0 = 1.0
    """)
    u, v, w, g, g0, b = (system[name] for name in ("u", "v", "w", "g", "g0", "b"))
    assert system.equations["u"] == (-u + g0 * (g * tanh(v) - Rational(3, 2) * tanh(w)) + b).expand()
    assert system.equations["v"] == -v + g0 * Rational(3, 10) * tanh(u)
    assert system.equations["w"] == -w + 2 * g0 * tanh(v)
    assert system.values == {"g0": 1}


def test_edges_with_their_fields():
    system = load_system("""
        [network]
        nodes = [{ name = "E", bias = 0.5, time_constant = 2 }, "I"]
        edges = [
            { source = "E", target = "I", weight = 0.3, plastic = true, sign = -1 },
            { source = "I", target = "E", weight = "-w" },
        ]
        [dynamics]
        synapse = { equation = "(-w + eta*pre*post)/tau" }
    """)
    E, I, eta, tau, w, plastic = (system[name] for name in ("E", "I", "eta", "tau", "w", "w_I_E"))
    assert system.equations["E"].expand() == (-E / 2 - w * tanh(I) / 2 + Rational(1, 4))
    assert (system.equations["w_I_E"] - (-plastic + eta * tanh(E) * tanh(I)) / tau).expand() == 0


def test_strength_matrix_makes_its_entries_plastic_the_diagonal_included():
    system = load_system("""
        [network]
        nodes = ["a", "b"]
        weights = [[0, 0.5], [0, 0]]
        [dynamics]
        synapse = { rule = "hebbian", strength = [[1, 0], [2.5, 0]], time_constant = 1.0 }
    """)
    assert system.state_names == ("a", "b", "w_a_a", "w_b_a")
    a, b, w_aa = (system[name] for name in ("a", "b", "w_a_a"))
    assert system.equations["a"] == -a + w_aa * tanh(a) + tanh(b) / 2


def test_a_motif_with_plastic_synapses_has_no_fixed_part_unless_it_is_given():
    text = '[network]\nmotif = "ring"\nsize = 3\n{}\n[dynamics]\nsynapse = "hebbian"\n'
    assert "w" not in load_system(text.format("")).parameters
    assert "w" in load_system(text.format('weight = "w"')).parameters


def test_sizes_of_blocks():
    text = '[network]\nmotif = "ei_blocks"\n[sizes]\nn_E = 3\nn_I = 2\n[parameters]\nw_EE = 0.1\ntau_E = 2\n'
    system = load_system(text)
    assert system.state_names == ("E1", "E2", "E3", "I1", "I2")
    assert system["w_EE"].is_nonnegative
    with pytest.raises(ModelError, match="did you mean n_E"):
        load_system(text.replace("n_E", "nE"))


def test_symbolic_sizes_of_blocks():
    text = '[network]\nmotif = "ei_blocks"\n[dynamics]\nactivation = "tanh"\n[parameters]\nn_E = 80\n'
    system = load_system(text)
    E, I = system["E"], system["I"]
    n_E, n_I, w_EE, w_EI, tau_E = (system[name] for name in ("n_E", "n_I", "w_EE", "w_EI", "tau_E"))
    assert system.equations["E"].equals((-E + n_E * w_EE * tanh(E) - n_I * w_EI * tanh(I)) / tau_E)
    assert system.values == {"n_E": 80}
    plastic = load_system(text.replace("activation =", 'synapse = "hebbian" #'))
    assert plastic.weight_names == ("w_E_E", "w_E_I", "w_I_E", "w_I_I")


def test_graph_file_beside_the_model_file(tmp_path):
    Network(["a", "b"], [Edge("a", "b", "w")]).to_file(tmp_path / "graph.json")
    (tmp_path / "model.toml").write_text('[network]\nfile = "graph.json"\nbias = [1, 0]\n')
    system = load_system(tmp_path / "model.toml")
    assert system.equations["b"] == -system["b"] + system["w"] * tanh(system["a"])
    assert system.equations["a"] == 1 - system["a"]


def test_equations_with_functions_of_their_own():
    system = load_system("""
        name = "Wilson-Cowan"
        [states]
        e = "-e + S(c1*e - c2*i + P)"
        i = "-i + S(c3*e - c4*i + Q)"
        [functions]
        S = { arguments = ["u"], expression = "1/(1 + exp(-u))" }
        [parameters]
        c1 = 10
        c2 = "15*sqrt(2)"
        c3 = 10
        c4 = -2
        P = {}
        Q = -4
        [assumptions]
        c1 = "positive"
    """)
    e, i, c1, c2, P = (system[name] for name in ("e", "i", "c1", "c2", "P"))
    assert (system.equations["e"] - (-e + 1 / (1 + exp(-(c1 * e - c2 * i + P))))).simplify() == 0
    assert system.values == {"c1": 10, "c2": 15 * sqrt(2), "c3": 10, "c4": -2, "Q": -4}
    assert c1 == symbol("c1", "positive")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('"tanh"', lambda x: tanh(x)),
        ('"logistic"', logistic),
        ('"rectified"', relu),
        ('"linear"', lambda x: x),
        ('"x - x^3/3"', lambda x: x - x**3 / 3),
        ('{ kind = "tanh", gain = "beta" }', lambda x: tanh(symbol("beta") * x)),
        ('{ kind = "logistic", gain = 2, threshold = 0.5 }', lambda x: logistic(2 * (x - Rational(1, 2)))),
    ],
)
def test_activations(entry, expected):
    system = load_system(f'[network]\nnodes = ["x"]\nweights = [[2]]\n[dynamics]\nactivation = {entry}\n')
    x = system["x"]
    assert system.equations["x"].equals(-x + 2 * expected(x))


def test_undefined_activation():
    system = load_system('[network]\nnodes = ["x"]\nweights = [["w"]]\n[dynamics]\nactivation = "any_sigmoid"\n')
    assert system.equations["x"].diff(system["x"]).subs(system["x"], 0) == system["w"] * Slope("phi", 1) - 1


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ('"leaky_rate"', lambda x: -x + 2 * tanh(x)),
        ('{ rule = "leaky_voltage", rest = -1, leak = 3 }', lambda x: -3 * (x + 1) + 2 * tanh(x)),
        ('{ rule = "wilson_cowan", refractory = 0.5 }', lambda x: -x + (1 - x / 2) * tanh(2 * x)),
        ('{ states = { v = "-v + input" }, output = "v^3" }', lambda x: -x + 2 * x**3),
    ],
)
def test_node_rules(node, expected):
    system = load_system(f'[network]\nnodes = ["x"]\nweights = [[2]]\n[dynamics]\nnode = {node}\n')
    assert (system.equations["x"] - expected(system["x"])).expand() == 0


def test_time_constant_of_all_nodes():
    system = load_system('[network]\nnodes = ["x"]\nweights = [[2]]\n[dynamics]\ntau = "tau"\n')
    assert system.equations["x"].equals((-system["x"] + 2 * tanh(system["x"])) / system["tau"])
    assert system["tau"].is_positive


def test_decimals_are_what_they_spell(tmp_path):
    text = '[states]\nx = "a - x"\n[parameters]\na = 0.1000000000000000000001\n'
    assert load_system(text).values["a"] == Rational(1, 10) + Rational(1, 10**22)
    content = '{"states": {"x": "a - b*x"}, "parameters": {"a": 0.1, "b": 1e-400}}'
    assert load_system(content + "\n").values == {"a": Rational(1, 10), "b": Rational(1, 10**400)}


@pytest.mark.parametrize("name", ["E", "I", "S", "N", "beta", "lambda", "pi", "self", "states", "exp"])
def test_names_that_other_tools_reserve(name, tmp_path):
    system = load_system(f'[states]\nx = "2*{name} - x"\n[parameters]\n{name} = 3\n')
    assert system.equations["x"] == 2 * symbol(name) - system["x"]
    assert system.values == {name: 3}
    state = load_system(f'[states]\n{name} = "1 - {name}^2"\n')
    assert state.equations[name] == 1 - symbol(name) ** 2
    for saved in (system, state):
        assert load_system(save_system(saved, tmp_path / "model.toml")) == saved


def test_bundled_network():
    system = load_system("pyloric")
    assert system.state_names == ("AB_PD", "LP", "PY")
    assert system.equations["PY"].equals(-system["PY"] - system["g"] * (tanh(system["AB_PD"]) + tanh(system["LP"])))


def test_the_name_defaults_to_that_of_the_file(tmp_path):
    (tmp_path / "decay.json").write_text(json.dumps({"states": {"x": "-x"}}))
    assert load_system(tmp_path / "decay.json").name == "decay"
