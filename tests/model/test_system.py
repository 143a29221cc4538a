"""Systems: names, values, copies, equality, how they look."""

import numpy as np
import pytest
import sympy
from sympy import Rational

import dynsym as ds
from dynsym._expressions import FunctionDefinition, symbol
from dynsym.errors import DynsymError, ModelError, ModelNameError, ParameterError, UnsupportedFeatureError

PAIR = ds.motifs.bidirectional(nodes=("x1", "x2"))


def pitchfork(**values):
    return ds.system_from_equations({"x": "mu*x - x^3"}, {"mu": values.get("mu")})


# ---- names


def test_states_called_E_and_I():
    system = ds.system_from_equations({"E": "-E + tanh(w*E - c*I)", "I": "-I + tanh(E)"}, ["w", "c"])
    assert {s.name for rate in system.rhs for s in rate.free_symbols} == {"E", "I", "c", "w"}
    at_origin = {place: e.subs({system["E"]: 0, system["I"]: 0}) for place, e in system.jacobian_entries().items()}
    assert at_origin == {(0, 0): system["w"] - 1, (0, 1): -system["c"], (1, 0): 1, (1, 1): -1}
    f = ds.compile_system(system)
    np.testing.assert_allclose(f.jacobian([0, 0], [3, 2]), [[2, -2], [1, -1]])


def test_an_epidemic_with_S_I_R_beta_gamma_N():
    equations = {"S": "-beta*S*I/N", "I": "beta*S*I/N - gamma*I", "R": "gamma*I"}
    system = ds.system_from_equations(equations, {"beta": 2, "gamma": 0.5, "N": 4})
    assert {s.name for s in system.rhs[1].free_symbols} == {"I", "N", "S", "beta", "gamma"}
    f = ds.compile_system(system)
    np.testing.assert_allclose(f.field([3, 1, 0], f.parameter_vector()), [-1.5, 1.0, 0.5])


def test_parameters_called_lambda_pi_and_Q():
    system = ds.system_from_equations({"x": "lambda*x - pi*tanh(x) + Q"}, {"lambda": 2, "pi": 0.5, "Q": 1})
    f = ds.compile_system(system)
    assert f.field([1.0], f.parameter_vector())[0] == pytest.approx(2 - 0.5 * np.tanh(1) + 1)
    assert system.with_values(**{"lambda": 3}).values["lambda"] == 3
    assert f.parameter_names == ("lambda", "pi", "Q")


def test_a_parameter_called_pi_beside_the_constant_in_a_network():
    network = ds.Network([ds.Node("E", bias="2*pi")], [ds.Edge("E", "E", "I")])
    constant = ds.compile_system(ds.build_system(network, values={"I": 0}))
    assert constant.field([0.0], constant.parameter_vector())[0] == pytest.approx(2 * np.pi)


@pytest.mark.parametrize("method", [ds.compute.Scalars(), ds.compute.Arrays()])
def test_difficult_names_in_a_network_compile(method):
    network = ds.Network(
        [ds.Node("E", population="S", bias="beta"), ds.Node("I", population="N", bias="gamma"), "lambda", "S", "N"],
        [ds.Edge("E", "I", "zeta"), ds.Edge("I", "E", "-Q"), ds.Edge("S", "N", "O"), ds.Edge("lambda", "S", 1)],
    )
    system = ds.build_system(network, gain="del", synapse=ds.Hebbian("re", time_constant="im"))
    values = {"beta": 0.1, "gamma": 0.2, "zeta": 1.5, "Q": 2, "O": 0.3, "del": 1.1, "re": 0.4, "im": 3}
    assert set(system.parameters) == set(values)
    f = ds.compile_system(system, method=method)
    x = np.linspace(-1, 1, f.dimension)
    E, I, lam, S, N, w_I_E, w_E_I, w_N_S, w_S_l = x
    expected = [
        -E + 0.1 + 1.1 * (-2 + w_E_I) * np.tanh(I),
        -I + 0.2 + 1.1 * (1.5 + w_I_E) * np.tanh(E),
        -lam,
        -S + 1.1 * (1 + w_S_l) * np.tanh(lam),
        -N + 1.1 * (0.3 + w_N_S) * np.tanh(S),
        (-w_I_E + 0.4 * np.tanh(E) * np.tanh(I)) / 3,
        (-w_E_I + 0.4 * np.tanh(E) * np.tanh(I)) / 3,
        (-w_N_S + 0.4 * np.tanh(S) * np.tanh(N)) / 3,
        (-w_S_l + 0.4 * np.tanh(S) * np.tanh(lam)) / 3,
    ]
    np.testing.assert_allclose(f.field(x, f.parameter_vector(values)), expected, rtol=1e-13)


def test_one_name_is_one_symbol_that_knows_what_is_said_of_it():
    network = ds.Network([ds.Node("a", bias="m*t_m"), ds.Node("b", time_constant="t_m")], [ds.Edge("a", "b", "m")])
    system = ds.build_system(network, ds.LeakyRate(ds.Tanh(gain="m"), tau="m"), gain="2*t_m")
    assert {s.name for rate in system.rhs for s in rate.free_symbols - set(system.states)} == {"m", "t_m"}
    assert {s for rate in system.rhs for s in rate.free_symbols} == {*system.states, *system.parameters.values()}
    assert system["m"].is_positive
    assert system["t_m"].is_positive is None
    assumed = ds.build_system(network, assumptions={"t_m": "positive", "m": "nonnegative"})
    assert assumed["t_m"] == symbol("t_m", "positive")
    assert assumed["m"] == symbol("m", "nonnegative")
    assert {s for rate in assumed.rhs for s in rate.free_symbols} == {*assumed.states, *assumed.parameters.values()}


def test_symbols_of_the_user_become_real():
    w, k = sympy.symbols("w k")
    network = ds.Network(["a"], [ds.Edge("a", "a", w)])
    system = ds.build_system(network, synapse=ds.Hebbian(k), gain=k * w)
    assert all(s.is_real for s in system.parameters.values())
    plain = ds.system_from_equations({"x": sympy.Symbol("x") * k}, ["k"])
    assert plain.equations["x"] == plain["x"] * plain["k"]


def test_assumptions_of_equations_declare():
    system = ds.system_from_equations({"x": "-x + sqrt(m^2)"}, assumptions={"m": "positive"})
    assert str(system.equations["x"]) == "m - x"


def test_what_a_name_stands_for():
    system = pitchfork()
    assert system["mu"] == system.parameters["mu"] == system.parameter(sympy.Symbol("mu"))
    assert system["x"] == system.states[0]
    with pytest.raises(ModelNameError, match="'muu' is not a parameter or state of 'system'; did you mean mu"):
        system["muu"]
    with pytest.raises(ModelNameError, match="'x' is not a parameter"):
        system.parameter("x")


# ---- values


def test_values_are_exact_defaults():
    system = pitchfork(mu=0.1)
    assert system.values == {"mu": Rational(1, 10)}
    assert system.with_values(mu="15*sqrt(2)").values["mu"] == 15 * sympy.sqrt(2)
    assert system.with_values(mu=np.float32(0.5)).values["mu"] == Rational(1, 2)
    assert system.values == {"mu": Rational(1, 10)}
    assert system.without_values("mu").values == {}
    assert system.without_values().values == {}


def test_copies_with_other_values_share_what_was_derived():
    system = ds.build_system(PAIR, gain="g")
    entries, form, rates = system.jacobian_entries(), ds.link_form(system), system.rhs
    other = system.with_values(g=2).without_values()
    assert ds.link_form(other) is form
    assert other.rhs is rates
    assert other.jacobian_entries() == entries
    assert ds.link_form(other.with_activation(ds.Logistic())) is not form


def test_substitution_overrides_and_frees():
    system = ds.build_system(PAIR, gain="g", values={"g": 2, "w": 3})
    g, w = system["g"], system["w"]
    assert system.substitution() == {g: 2, w: 3}
    assert system.substitution({"g": 5}) == {g: 5, w: 3}
    assert system.substitution({"g": 5}, free=["w"]) == {g: 5}
    assert system.substitution({g: 5}, free=[w]) == {g: 5}


def test_a_parameter_may_be_called_self():
    assert ds.system_from_equations({"x": "self - x"}, ["self"]).with_values(**{"self": 2}).values == {"self": 2}  # noqa: PIE804


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda s: s.with_values(w=float("nan")), ParameterError, ["w", "not finite"]),
        (lambda s: s.with_values(w="inf"), ParameterError, ["w", "not finite"]),
        (lambda s: s.with_values(w=1j), ParameterError, ["w", "complex"]),
        (lambda s: s.with_values(w="2*q"), ParameterError, ["w", "q"]),
        (lambda s: s.with_values(w=sympy.Symbol("q")), ParameterError, ["w", "q", "number"]),
        (lambda s: s.with_values(wieght=1), ModelNameError, ["wieght", "did you mean weight"]),
        (lambda s: s.with_values(x=1), ModelNameError, ["'x'"]),
        (lambda s: s.without_values("v"), ModelNameError, ["'v'"]),
        (lambda s: s.substitution(free=["v"]), ModelNameError, ["'v'"]),
        (lambda s: s.with_values(weight=-1), ParameterError, ["weight", "-1", "positive"]),
        (lambda s: s.with_values(weight=0), ParameterError, ["weight", "positive"]),
        (lambda s: s.with_values(n=0.5), ParameterError, ["n", "1/2", "integer"]),
        (lambda s: s.with_values(z=0), ParameterError, ["z", "nonzero"]),
        (lambda s: s.with_activation(ds.Tanh()), ModelError, ["equations", "build_system"]),
    ],
)
def test_values_that_are_refused(call, error, words):
    system = ds.system_from_equations(
        {"x": "-x + w*tanh(weight*x) + n + z"},
        ["w"],
        assumptions={"weight": "positive", "n": "integer", "z": "nonzero"},
    )
    with pytest.raises(error) as caught:
        call(system)
    assert isinstance(caught.value, DynsymError)
    for word in words:
        assert word in str(caught.value)


# ---- equations


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: ds.system_from_equations({}), ModelError, ["at least one state"]),
        (lambda: ds.system_from_equations([("x", "-x")]), ParameterError, ['{"x": "-x"}']),
        (lambda: ds.system_from_equations({"x": None}), ModelError, ["'x'", "no equation"]),
        (lambda: ds.system_from_equations({"x": "-x"}, "ab"), ParameterError, ["parameters='ab'", "Iterable"]),
        (lambda: ds.system_from_equations({"x": "-x"}, ["x"]), ModelNameError, ["'x'", "declared twice"]),
        (
            lambda: ds.system_from_equations({"x": "-x + wieght"}, ["weight"]),
            ModelNameError,
            ["wieght", "did you mean weight"],
        ),
        (
            lambda: ds.system_from_equations({"x": sympy.Symbol("wieght")}, ["weight"]),
            ModelNameError,
            ["wieght", "did you mean weight"],
        ),
        (lambda: ds.system_from_equations({"x 1": "1"}), ModelNameError, ["x 1"]),
        (lambda: ds.system_from_equations({"x": "1"}, ["1a"]), ModelNameError, ["1a"]),
        (lambda: ds.system_from_equations({"x": sympy.I}), ParameterError, ["x", "complex"]),
        (lambda: ds.system_from_equations({"x": sympy.zoo}), ParameterError, ["x", "not finite"]),
        (lambda: ds.system_from_equations({"x": "1"}, {"m": "nan"}), ParameterError, ["m", "not finite"]),
        (lambda: ds.system_from_equations({"x": "cos(t) - x"}), UnsupportedFeatureError, ["t", "autonomous"]),
        (lambda: ds.system_from_equations({"x": sympy.Symbol("t")}), UnsupportedFeatureError, ["t", "JiTCODE"]),
        (lambda: ds.system_from_equations({"x": "x(t - 1)"}), UnsupportedFeatureError, ["x(t - 1)", "JiTCDDE"]),
        (
            lambda: ds.system_from_equations({"x": sympy.Function("x")(sympy.Symbol("t") - 1)}),
            UnsupportedFeatureError,
            ["x(t - 1)", "JiTCDDE"],
        ),
        (lambda: ds.system_from_equations({"x": "-x + randn()"}), UnsupportedFeatureError, ["noise", "Brian2"]),
        (lambda: ds.system_from_equations({"x": "laplacian(x)"}), UnsupportedFeatureError, ["laplacian"]),
    ],
)
def test_equations_that_are_refused(make, error, words):
    with pytest.raises(error) as caught:
        make()
    assert isinstance(caught.value, DynsymError)
    for word in words:
        assert word in str(caught.value)


def test_the_time_may_be_a_declared_parameter():
    assert ds.system_from_equations({"x": "t - x"}, {"t": 1}).values == {"t": 1}


def test_functions_of_the_user():
    functions = {"S": FunctionDefinition(("u", "a"), "a*tanh(u)")}
    system = ds.system_from_equations({"x": "-x + S(x, m)"}, ["m"], functions=functions)
    assert str(system.equations["x"]) == "m*tanh(x) - x"


def test_the_jacobian_of_a_power_with_a_symbolic_exponent_is_finite_at_zero():
    system = ds.system_from_equations({"x": "x^n/(1 + x^n) - x"}, {"n": 3})
    entry = system.jacobian_entries()[0, 0]
    assert entry.subs({system["n"]: 3}).subs(system["x"], 0) == -1


def test_jacobian_entries_are_a_copy():
    system = pitchfork()
    system.jacobian_entries().clear()
    assert system.jacobian_entries()


# ---- copies with another activation


def test_another_activation():
    system = ds.build_system(PAIR, ds.LeakyRate(ds.AnySigmoid()), gain="g", values={"g": 2})
    other = system.with_activation(ds.Tanh())
    assert other == ds.build_system(PAIR, ds.LeakyRate(ds.Tanh()), gain="g", values={"g": 2})


def test_another_activation_shares_symbols_and_drops_what_is_gone():
    system = ds.build_system(PAIR, ds.LeakyRate(ds.Logistic("q", "h"), tau="m"), values={"q": 2, "m": 1})
    other = system.with_activation(ds.Tanh("2*m"))
    assert list(other.parameters) == ["m", "w"]
    assert other["m"].is_positive
    assert {s for rate in other.rhs for s in rate.free_symbols} == {*other.states, *other.parameters.values()}
    assert other.values == {"m": 1}
    with pytest.raises(ModelNameError, match="declared twice"):
        system.with_activation(ds.Tanh("x1"))
    with pytest.raises(ModelError, match="activation was given as"):
        system.with_activation("tanh")


# ---- equality, and how they look


def test_equal_systems():
    one = ds.build_system(PAIR, gain="g", values={"g": 2})
    two = ds.build_system(ds.motifs.bidirectional(nodes=("x1", "x2")), gain="g", values={"g": 2.0})
    assert one == two
    assert hash(one) == hash(two)
    assert one != one.with_values(g=3)
    assert one != "bidirectional pair"
    as_text = ds.system_from_equations(
        {n: str(e) for n, e in one.equations.items()}, {"g": 2, "w": None}, name=one.name
    )
    assert one == as_text
    assert len({one, two, as_text}) == 1


def test_large_systems_compare_by_their_templates():
    W = np.random.default_rng(0).standard_normal((220, 220))
    one, two = (ds.build_system(ds.Network.from_matrix(W), gain="g") for _ in range(2))
    assert one == two
    assert one != ds.build_system(ds.Network.from_matrix(W), ds.LeakyRate(ds.Logistic()), gain="g")


def test_what_is_printed():
    assert repr(pitchfork(mu=0.1)) == "SymbolicSystem('system': 1 state, parameters: mu = 1/10)"
    assert repr(ds.system_from_equations({"x": "-x"})) == "SymbolicSystem('system': 1 state, parameters: none)"
    many = ds.system_from_equations({"x": "+".join(f"p{k}" for k in range(12))}, [f"p{k}" for k in range(12)])
    assert repr(many).endswith("p6, p7, …)")


def test_latex():
    system = ds.system_from_equations({"lambda": "-lambda + beta*tanh(lambda)"}, ["beta"])
    text = system._repr_latex_()
    assert text.startswith(r"$$\begin{aligned}")
    assert r"\dot{\lambda} &= \beta \tanh{\left(\lambda \right)} - \lambda" in text


def test_latex_is_cut_after_twelve_rows_and_twelve_terms():
    system = ds.build_system(ds.motifs.complete(30))
    text = system._repr_latex_()
    assert text.count(r"\dot") == 12
    assert r"(18\text{ more})" in text
    assert text.count(r"\cdots") == 12
    assert len(text) < 12_000


def test_latex_of_a_large_plastic_network_is_quick_and_short():
    network = ds.Network.from_matrix(np.random.default_rng(0).standard_normal((40, 40)).round(2))
    assert len(ds.build_system(network, synapse=ds.Hebbian("k"))._repr_latex_()) < 20_000
