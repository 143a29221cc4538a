"""The link form: its solutions are the equilibria, and it is absent where the equations do not have it."""

import numpy as np
import pytest
import sympy
from scipy.optimize import root

import dynsym as ds
from dynsym._expressions import FunctionDefinition
from dynsym.functions import logistic
from dynsym.model.links.recognition import link_form

W = np.array([[0.4, -1.9, 0.0], [2.3, 0.7, -1.1], [0.0, 1.6, 2.2]])
BIAS = [0.3, -0.2, 0.1]
FUNCTIONS = {
    "tanh": np.tanh,
    "logistic": lambda u: 1 / (1 + np.exp(-u)),
    "rectified": lambda u: np.maximum(u, 0),
    "softplus": lambda u: np.log1p(np.exp(u)),
}


def network(**kwargs):
    return ds.Network.from_matrix(W, **kwargs).with_biases(BIAS)


def signed_network():
    edges = [
        ds.Edge("a", "b", 0.7, plastic=True, sign=-1),
        ds.Edge("b", "a", 1.4, plastic=True),
        ds.Edge("a", "a", 0.9),
        ds.Edge("b", "b", 1.2, plastic=True),
    ]
    return ds.Network([ds.Node("a", bias=0.1), ds.Node("b", bias=-0.15, time_constant=2)], edges)


WILSON_COWAN = {"e": "-e + S(c1*e - c2*i + P)", "i": "-i + S(c3*e - c4*i + Q)"}
WILSON_COWAN_VALUES = {"c1": 10, "c2": 12, "c3": 10, "c4": -2, "P": "0.5", "Q": -4}


def wilson_cowan_text(text):
    functions = {"S": FunctionDefinition(("u",), text)}
    return ds.system_from_equations(WILSON_COWAN, WILSON_COWAN_VALUES, functions=functions)


def arguments(name, system):
    """y as a function of the states, by the definition of the model, for the systems of these names below."""
    x = [system[n] for n in system.network.node_names]
    return {
        "rate": [sympy.Rational(3, 2) * s for s in x],
        "voltage": [2 * (s - sympy.Rational(1, 5)) for s in x],
        "plastic": x,
        "adapting": x,
    }[name]


SYSTEMS = {
    "rate": (
        lambda: ds.build_system(network(), ds.LeakyRate(ds.Tanh("q")), gain="g", values={"q": 1.5, "g": 1.2}),
        {"tanh"},
        0,
    ),
    "voltage": (
        lambda: ds.build_system(
            network(),
            ds.LeakyVoltage(ds.Logistic(2, "th"), rest="r", leak="l"),
            gain=3,
            values={"th": 0.2, "r": -0.4, "l": 0.7},
        ),
        {"logistic"},
        0,
    ),
    "Wilson-Cowan by rule": (
        lambda: ds.build_system(network(), ds.WilsonCowan(ds.Logistic(gain=3)), gain=2),
        {"logistic"},
        0,
    ),
    "Wilson-Cowan by equations": (lambda: wilson_cowan_text("1/(1 + exp(-u))"), {"logistic"}, 0),
    "Wilson-Cowan in another spelling": (lambda: wilson_cowan_text("exp(u)/(1 + exp(u))"), {"logistic"}, 0),
    "plastic": (
        lambda: ds.build_system(
            signed_network(), synapse=ds.Hebbian("k", baseline="w0", time_constant=3), values={"k": 1.1, "w0": 0.4}
        ),
        {"tanh"},
        3,
    ),
    "plastic voltage": (
        lambda: ds.build_system(
            signed_network(),
            ds.LeakyVoltage(ds.Logistic(2, 0.2), rest=0.2, leak=0.5),
            ds.AntiHebbian("k"),
            values={"k": 1.5},
        ),
        {"logistic"},
        3,
    ),
    "plastic, two-thirds of the output": (
        lambda: ds.build_system(
            signed_network(),
            ds.NodeRule({"x": "-x + input"}, "2*tanh(3*x/2)/3"),
            ds.SynapseRule("k*pre*post - 2*w"),
            values={"k": 3},
        ),
        {"tanh"},
        3,
    ),
    "adapting": (
        lambda: ds.build_system(
            network(), ds.NodeRule({"x": "-x - a + input", "a": "(m*x - a)/5"}, "tanh(x)"), gain=2, values={"m": 0.5}
        ),
        {"tanh"},
        0,
    ),
    "a state that only listens": (
        lambda: ds.build_system(network(), ds.NodeRule({"x": "-x + input", "z": "2*input - z"}, "tanh(x)"), gain=2),
        {"tanh"},
        0,
    ),
    "two links in a node": (
        lambda: ds.build_system(
            network(), ds.NodeRule({"x": "-x - a + input", "a": "relu(x - 1/10) - a"}, "1/4 + 2*logistic(3*x - 1)")
        ),
        {"logistic", "rectified"},
        0,
    ),
    "two populations": (
        lambda: ds.build_system(
            ds.motifs.ei_pair(w_EE=4, w_EI=3, w_IE=3, w_II=1, bias=[0.2, 0.1], tau_E=1, tau_I=2),
            {"E": ds.WilsonCowan(ds.Logistic(2)), "I": ds.LeakyRate(ds.Tanh())},
        ),
        {"logistic", "tanh"},
        0,
    ),
    "linear nodes among others": (
        lambda: ds.build_system(
            ds.motifs.ei_pair(w_EE=3, w_EI=1, w_IE=1, w_II=0.5, bias=[0.2, 0.1], tau_E=1, tau_I=2),
            {"E": ds.LeakyRate(ds.Tanh()), "I": ds.LeakyRate(ds.Linear())},
        ),
        {"tanh"},
        0,
    ),
    "smooth rectifiers": (
        lambda: ds.build_system(network(), ds.LeakyVoltage(ds.Softplus(gain=3, threshold=0.2)), gain=0.4),
        {"softplus"},
        0,
    ),
    "a softplus written out": (
        lambda: ds.system_from_equations({"x": "-x + log(1 + exp(2*y - 1))/3", "y": "-y + 1 - tanh(x)"}),
        {"softplus", "tanh"},
        0,
    ),
    "coupled linear part": (
        lambda: ds.system_from_equations({"x": "-x + y/2 + 2*tanh(x - y/3)", "y": "-2*y + x/2 + relu(y + x)/2 - 1/9"}),
        {"tanh", "rectified"},
        0,
    ),
    "weights as equations": (
        lambda: ds.system_from_equations(
            {"x": "-x + w*tanh(y) + 1/5", "y": "-y + 2*tanh(x)", "w": "1 + k*tanh(x)*tanh(y) - w"}, {"k": 2}
        ),
        {"tanh"},
        1,
    ),
    "maximum and minimum": (
        lambda: ds.system_from_equations({"x": "-x + max(y, 1/3)", "y": "-y + 2*min(x, 1/2) - 1/7"}),
        {"rectified"},
        0,
    ),
}


@pytest.fixture(scope="module", params=SYSTEMS)
def case(request):
    make, kinds, cubic = SYSTEMS[request.param]
    system = make()
    return system, link_form(system), kinds, cubic


def numbers(form, system):
    values = system.substitution()
    size = form.size
    bias = np.array([float(b.xreplace(values)) for b in form.bias])
    weights, cubic = np.zeros((size, size)), np.zeros((size, size))
    for target, entries in ((weights, form.weights), (cubic, form.cubic)):
        for place, entry in entries.items():
            target[place] = float(entry.xreplace(values))
    return bias, weights, cubic


def outputs(form, y):
    return np.array([FUNCTIONS[a.kind](u) for a, u in zip(form.activations, y, strict=True)])


def residual(form, system):
    bias, weights, cubic = numbers(form, system)

    def difference(y):
        v = outputs(form, y)
        return y - (bias + weights @ v + v * (cubic @ v**2))

    return difference


def recovered(expressions, form, system, y):
    v = dict(zip(form.link_symbols, outputs(form, y), strict=True))
    known = {**system.substitution(), **dict(zip(form.unknown_symbols, y, strict=True)), **v}
    return np.array([float(e.xreplace(known)) for e in expressions])


def solutions(function, size, seed, wanted=3):
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(60):
        answer = root(function, rng.normal(scale=2, size=size), tol=1e-13)
        solved = np.abs(function(answer.x)).max() < 1e-10
        if solved and all(np.abs(answer.x - other).max() > 1e-6 for other in found):
            found.append(answer.x)
        if len(found) == wanted:
            break
    assert found
    return found


def test_its_activations_are_plain(case):
    _, form, kinds, cubic = case
    assert {a.kind for a in form.activations} == kinds
    assert all(a in (ds.Tanh(), ds.Logistic(), ds.Rectified(), ds.Softplus()) for a in form.activations)
    assert len(form.cubic) == cubic


def test_solutions_are_equilibria(case):
    system, form, *_ = case
    f = ds.compile_system(system)
    for y in solutions(residual(form, system), form.size, 1):
        for expressions in (form.states, form.recover):
            x = recovered(expressions, form, system, y)
            np.testing.assert_allclose(f.field(x, f.parameter_vector()), 0, atol=1e-8)


def test_equilibria_are_solutions(case):
    """Every equilibrium that Newton finds on the full system is the image of a solution."""
    system, form, *_ = case
    f = ds.compile_system(system)
    p = f.parameter_vector()
    images = [
        recovered(form.states, form, system, y) for y in solutions(residual(form, system), form.size, 2, wanted=30)
    ]
    for x in solutions(lambda x: f.field(x, p), system.dimension, 3, wanted=30):
        assert min(np.abs(x - image).max() for image in images) < 1e-6


@pytest.mark.parametrize("name", ["rate", "voltage", "plastic", "adapting"])
def test_unknowns_are_the_arguments_of_the_activations(name):
    system = SYSTEMS[name][0]()
    form = link_form(system)
    rng = np.random.default_rng(4)
    x = dict(zip(system.states, rng.normal(size=system.dimension), strict=True))
    y = [float(e.xreplace(x)) for e in arguments(name, system)]
    back = recovered(form.states, form, system, y)
    np.testing.assert_allclose(back[: form.size], [x[s] for s in system.states[: form.size]], atol=1e-12)


def test_states_off_an_equilibrium_leave_a_residual():
    """y minus the right-hand side is minus τ times the rate of a rate network, at any state."""
    system = SYSTEMS["rate"][0]()
    form, f = link_form(system), ds.compile_system(system)
    x = np.array([0.3, -1.1, 0.8])
    np.testing.assert_allclose(
        residual(form, system)(1.5 * x), -1.5 * f.field(x, f.parameter_vector()), rtol=1e-12, atol=1e-12
    )


def test_parameters_stay_symbols():
    form = link_form(ds.build_system(ds.motifs.bidirectional(nodes=("x1", "x2"), weight="w"), gain="g"))
    assert {place: str(w) for place, w in form.weights.items()} == {(0, 1): "g*w", (1, 0): "g*w"}
    assert form.bias == (0, 0)
    assert form.factors == ()


def test_factors_that_may_vanish_are_named():
    q, m = sympy.Symbol("q", real=True), sympy.Symbol("m", real=True)
    assert link_form(ds.build_system(network(), ds.LeakyRate(ds.Tanh("q")))).factors == (q,)
    adapting = ds.NodeRule({"x": "-x - a + input", "a": "m*x - a"}, "tanh(x)")
    assert m + 1 in link_form(ds.build_system(network(), adapting)).factors
    assert link_form(ds.system_from_equations({"x": "-m*x + tanh(x)"}, ["m"])).factors == (-m,)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ds.build_system(network(), ds.WilsonCowan(ds.Logistic(), refractory=1)),
        lambda: ds.build_system(network(), ds.LeakyRate(ds.Polynomial("x - x^3/3"))),
        lambda: ds.build_system(network(), ds.LeakyRate(ds.Linear())),
        lambda: ds.build_system(network(), synapse=ds.Oja()),
        lambda: ds.build_system(network(), synapse=ds.SynapseRule("pre*post - w^3")),
        lambda: ds.build_system(network(), synapse=ds.SynapseRule("pre - w")),
        lambda: ds.build_system(network(), ds.NodeRule({"x": "-x + input"}, "tanh(x) + 1"), ds.Hebbian("k")),
        lambda: ds.build_system(network(), ds.NodeRule({"x": "-x + input*x"}, "tanh(x)")),
        lambda: ds.build_system(network(), ds.NodeRule({"x": "input - tanh(x)^2"}, "tanh(x)")),
        lambda: ds.build_system(network(), ds.NodeRule({"x": "input"}, "tanh(x)")),
        lambda: ds.system_from_equations({"x": "m + x - x^3"}, ["m"]),
        lambda: ds.system_from_equations({"x": "-x + tanh(x*y)", "y": "-y + tanh(x)"}),
        lambda: ds.system_from_equations({"x": "-x + tanh(x^2)"}),
        lambda: ds.system_from_equations({"x": "-x + sin(x) + tanh(x)"}),
        lambda: ds.system_from_equations({"x": "-x + tanh(x)*tanh(y)", "y": "-y + tanh(x)"}),
        lambda: ds.system_from_equations({"x": "tanh(x) - 1/2"}),
        lambda: ds.system_from_equations({"x": "y + tanh(x)", "y": "y + tanh(y)", "z": "0"}),
        lambda: ds.system_from_equations({"x": "-x + 1/(2 + tanh(x))"}),
        lambda: ds.system_from_equations({"x": "-x"}),
    ],
)
def test_none_where_the_form_is_absent(make):
    assert link_form(make()) is None


def test_an_undefined_sigmoid_keeps_its_name():
    system = ds.build_system(network(), ds.LeakyRate(ds.AnySigmoid("psi", parity="none")))
    assert {a.name for a in link_form(system).activations} == {"psi"}
    plain = ds.system_from_equations(system.equations)
    assert {(a.name, a.parity) for a in link_form(plain).activations} == {("psi", "none")}


def test_template_and_plain_equations_give_the_same_numbers():
    system = ds.build_system(network(), ds.LeakyVoltage(ds.Logistic(2, 0.3), leak=0.5), gain=1.7)
    by_rule, by_text = link_form(system), link_form(ds.system_from_equations(system.equations))
    order = [by_text.states.index(s) for s in by_text.states]
    assert order == [0, 1, 2]
    for one, other in zip(numbers(by_rule, system), numbers(by_text, system), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13)


def test_the_worm_has_a_link_form_with_one_weight_an_edge():
    system = ds.build_system(ds.load_network("c_elegans"), gain="g")
    form = link_form(system)
    assert (form.size, len(form.weights)) == (302, 3709)
    assert form.states == form.unknown_symbols


def test_it_shows_counts():
    assert repr(link_form(SYSTEMS["plastic"][0]())) == "LinkForm(2 links: tanh (2); 4 weights, 3 cubic terms)"


def test_recognition_can_be_called_on_its_own():
    form = link_form(ds.system_from_equations({"x": "-x + 3/(2 + 4*exp(-x))"}))
    (activation,) = form.activations
    assert activation == ds.Logistic()
    # 3/(2 + 4 exp(-x)) = 3/2 logistic(x - log 2): y = x - log 2
    assert form.weights[0, 0] == sympy.Rational(3, 2)
    assert form.bias[0] == -sympy.log(2)
    assert logistic(0) == sympy.Rational(1, 2)
