"""Inputs that go wrong in plain implementations: the right result, or a typed error that names what is wrong.

The identifiers (P01, S04, ...) are those of the reference collection of bad and hard inputs, from which the small cases
are copied here. What the command line does with such files is tested with it.
"""

import pickle
import subprocess
import sys
import time

import pytest
import sympy
from sympy import Rational

import dynsym as ds
from dynsym._expressions import exact, symbol
from dynsym.errors import (
    DynsymError,
    GraphError,
    LimitError,
    ModelError,
    ModelNameError,
    ModelParseError,
    ParameterError,
    UnsafeInputError,
)

RUNS_CODE = "__import__('os').system('touch CANARY')"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    """Run in an empty folder, in which no input may leave the file CANARY."""
    monkeypatch.chdir(tmp_path)
    yield
    assert not (tmp_path / "CANARY").exists()


def refused(kind, words, action, *arguments, seconds=1.0, **options):
    """Check that an action is refused with this class of error, these words and exit code 2, and soon."""
    start = time.perf_counter()
    with pytest.raises(DynsymError) as caught:
        action(*arguments, **options)
    assert time.perf_counter() - start < 30 * seconds  # a hang, not a slow machine
    assert isinstance(caught.value, kind), repr(caught.value)
    assert caught.value.exit_code == 2
    for word in words:
        assert word.lower() in str(caught.value).lower()


def jacobian(system, point):
    """The Jacobian at a point as a nested list."""
    matrix = sympy.zeros(system.dimension, system.dimension)
    for (i, j), entry in system.jacobian_entries().items():
        matrix[i, j] = entry.subs({system[name]: value for name, value in point.items()})
    return matrix


# -- names


def test_P01_states_called_E_and_I():
    system = ds.system_from_equations({"E": "-E + tanh(w*E - c*I)", "I": "-I + tanh(E)"}, ["w", "c"])
    E, I, w, c = (system[name] for name in ("E", "I", "w", "c"))
    assert system.equations["E"].free_symbols | system.equations["I"].free_symbols == {E, I, w, c}
    linear = jacobian(system, {"E": 0, "I": 0})
    assert linear == sympy.Matrix([[w - 1, -c], [1, -1]])
    assert linear.trace().subs(w, 2) == 0
    assert linear.det().subs(w, 2).expand() == c - 1, "a Hopf point if c > 1"
    assert linear.det().subs(w, 1 + c).expand() == 0, "static"


def test_P02_names_of_sympy():
    system = ds.system_from_equations(
        {"S": "-beta*S*I/N", "I": "beta*S*I/N - gamma*I", "R": "gamma*I"}, ["beta", "gamma", "N"]
    )
    names = sorted(free.name for free in system.equations["I"].free_symbols)
    assert names == ["I", "N", "S", "beta", "gamma"]


def test_P04_a_parameter_called_pi():
    system = ds.system_from_equations({"x": "-x + pi*tanh(x)"}, {"pi": 0.5})
    assert jacobian(system, {"x": 0})[0, 0].subs(system.substitution()) == Rational(-1, 2)


def test_P06_one_state_twice():
    refused(ModelNameError, ["x", "declared twice"], ds.Network, ["x", "x"])
    refused(ModelError, ["x", "declared twice"], ds.load_system, '[states]\nx = "-x"\nx = "-x"\n')


def test_P07_nodes_that_would_share_a_name():
    refused(GraphError, ["1", "same name"], ds.Network.from_edges, [(1, "1", 1.0)])


def test_P08_a_node_name_that_runs():
    refused(ModelNameError, ["node name"], ds.Network, [RUNS_CODE])


# -- expressions


def test_P10_a_caret_is_a_power():
    system = ds.system_from_equations({"x": "x^2 - 1"})
    x = system["x"]
    assert system.equations["x"] == x**2 - 1
    assert [system.equations["x"].subs(x, root) for root in (-1, 1)] == [0, 0]


EXPRESSIONS = {
    "P11": ("2x - 1", ModelParseError, ["x", "column 2"]),
    "P12": ("x and y", ModelParseError, ["and"]),
    "P15": ("[1, 2]", ModelParseError, ["["]),
    "P16": ("-x + 1/0", ModelParseError, ["division by zero"]),
    "P18": ("-x + log(0)", ModelParseError, ["log(0)", "not finite"]),
    "P22": ("-x + wieght*tanh(x)", ModelNameError, ["wieght", "did you mean weight"]),
    "P30": ("1j*x", ModelParseError, ["complex"]),
    "S01": (RUNS_CODE, ModelParseError, []),
    "S04": ("9**9**9", LimitError, ["exponent"]),
    "S06": ("1e1000000000*x", LimitError, ["1e1000000000"]),
    "S08": ("(((x+1)**64)**64)**64", LimitError, ["degree"]),
    "S09": ("-" * 20_000 + "x", LimitError, []),
    "S11": ("tanh(" * 300 + "x" + ")" * 300, LimitError, ["nested"]),
}


@pytest.mark.parametrize("case", EXPRESSIONS)
@pytest.mark.parametrize("way", ["python", "file"])
def test_expressions(case, way):
    text, kind, words = EXPRESSIONS[case]
    if way == "python":
        refused(kind, words, ds.system_from_equations, {"x": text, "y": "-y"}, {"weight": 2})
    else:
        content = f'[states]\nx = "{text}"\ny = "-y"\n[parameters]\nweight = 2\n'
        refused(kind, ["line 2", *words], ds.load_system, content)


def test_P20_a_number_below_the_smallest_float():
    system = ds.system_from_equations({"x": "-x + 1e-400"})
    assert system.equations["x"].subs(system["x"], 0) == Rational(1, 10**400)


def test_P21_decimals_add_exactly():
    assert sympy.Matrix([[exact("0.1 + 0.2"), exact("0.3")], [1, 1]]).rank() == 1
    assert sympy.Matrix([[exact(0.1) + exact(0.2), exact(0.3)], [1, 1]]).rank() == 1


def test_P23_a_state_without_an_equation():
    refused(ModelError, ["y", "no equation"], ds.load_system, '[states]\nx = "-x"\ny = {}\n')


# -- files


def in_file(name, content):
    """Write a file in the current folder and load it as a model."""
    with open(name, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return ds.load_system(name)


def test_P25_a_key_twice_in_json():
    content = '{"states": {"x": "w - x"}, "parameters": {"w": 1, "w": 2}}'
    refused(ModelError, ["w", "twice"], in_file, "model.json", content)


def test_P26_yaml_with_words_that_are_truth_values():
    refused(ModelError, ["no", "quote"], in_file, "model.yaml", "nodes: [no, yes, on, E, 012, 12:30:00]")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_P28_numbers_in_json_that_are_not_finite(number):
    content = f'{{"states": {{"x": "w - x"}}, "parameters": {{"w": {number}, "b": 1e999}}}}'
    refused(ParameterError, ["w", "not finite"], in_file, "model.json", content)


def test_P28_large_numbers_in_json_are_exact():
    system = in_file("model.json", '{"states": {"x": "w - x"}, "parameters": {"w": 1e999}}')
    assert system.values["w"] == sympy.Integer(10) ** 999


class _RunsWhenLoaded:
    def __reduce__(self):
        return subprocess.run, ([sys.executable, "-c", "open('CANARY', 'w')"],)


@pytest.mark.parametrize("name", ["results.pkl", "model.toml"])
def test_S13_a_pickle_as_a_model(name):
    refused(UnsafeInputError, ["pickle"], in_file, name, pickle.dumps(_RunsWhenLoaded()))


def test_S13_a_pickle_as_a_result():
    with open("results.pkl", "wb") as file:
        pickle.dump(_RunsWhenLoaded(), file)
    refused(UnsafeInputError, ["pickle"], ds.load_result, "results.pkl", seconds=5)


def test_S15_yaml_with_aliases():
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 8)]
    refused(ModelError, ["alias"], in_file, "model.yaml", "\n".join(levels))


def test_C01_a_file_that_is_not_there():
    refused(ModelError, ["no_such_file.yaml"], ds.load_system, "no_such_file.yaml")


def test_C05_an_empty_file():
    refused(ModelError, ["empty"], in_file, "model.toml", "")
    refused(ModelError, ["empty"], in_file, "model.json", "")


# -- parameters


@pytest.mark.parametrize(("value", "words"), [("nan", ["not finite"]), (float("inf"), ["not finite"]), (RUNS_CODE, [])])
def test_E34_and_S02_values_of_parameters(value, words):
    system = ds.system_from_equations({"x": "w - x"}, ["w"])
    refused(ParameterError, ["w", *words], system.with_values, w=value)


# -- graphs


def test_G01_no_nodes():
    refused(GraphError, ["no nodes"], ds.Network, [])
    refused(GraphError, ["no nodes"], ds.load_system, "[network]\nnodes = []\n")


def test_G03_an_edge_drives_its_target():
    network = ds.Network.from_edges([("a", "b", 2.0)])
    system = ds.build_system(network, ds.LeakyRate(ds.Linear()))
    assert system.equations == {"a": -symbol("a"), "b": 2 * symbol("a") - symbol("b")}


def test_G05_parallel_edges():
    refused(GraphError, ["parallel"], ds.Network.from_edges, [(0, 1, 1.0), (0, 1, 2.0)])


def test_G06_a_misspelt_attribute():
    edge = {"source": 0, "target": 1, "wieght": 5}
    refused(GraphError, ["wieght", "did you mean weight"], ds.Network.from_edges, [edge])


def test_G08_a_weight_that_is_not_finite():
    for weight in ("nan", float("nan")):
        edge = {"source": 0, "target": 1, "weight": weight}
        refused(GraphError, ["weight", "not finite"], ds.Network.from_edges, [edge])


def test_G10_the_order_of_states_is_that_of_the_nodes_whatever_the_hash_seed():
    script = (
        "import dynsym as ds; n = ds.Network.from_edges([(10, 2, 'c*a'), (2, 1, 'b')], [10, 2, 1]);"
        "s = ds.build_system(n); print(s.state_names, list(s.parameters), s.equations)"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": str(seed), "PATH": "", "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in (0, 1, 2)
    }
    assert len(answers) == 1
    assert answers.pop().startswith("('x_10', 'x_2', 'x_1') ['a', 'b', 'c']")


def test_S21_a_graph_that_is_too_large():
    refused(LimitError, ["100000"], ds.motifs.complete, 100_000, seconds=2)
    refused(LimitError, ["100000"], ds.load_system, '[network]\nmotif = "complete"\nsize = 100000\n', seconds=2)
