"""Model files of both forms, and a way to run the command line inside the test process."""

import json

import pytest

from dynsym.cli import main

PAIR_AS_NETWORK = """
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

PLASTIC_PAIR = """
name = "plastic pair"
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
"""

FOLD = """
name = "fold"
[states]
x = "m + x - x^3"
[parameters]
m = {}
"""

SYMBOLIC = """
name = "E-I"
[states]
E = "-E + a*tanh(E) - b*tanh(I)"
I = "(-I + c*tanh(E))/tau"
[parameters]
a = {}
b = {}
c = {}
[assumptions]
tau = "positive"
"""


@pytest.fixture
def model(tmp_path):
    """Write a model text to a file and return its path as text."""

    def write(text, name="model.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture(params=[PAIR_AS_NETWORK, PAIR_AS_EQUATIONS], ids=["network", "equations"])
def pair(request, model):
    """The pair of the examples, in each of the two forms."""
    return model(request.param, "pair.toml")


@pytest.fixture
def run(capsys):
    """Run a line; return exit code, standard output, standard error."""

    def call(*words):
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def run_json(run):
    """Run a line with --json; return the object, after a look that it stands alone and the line succeeded."""

    def call(*words, code=0):
        got, out, err = run(*words, "--json")
        assert got == code, err
        assert out.count("\n") == 1
        return json.loads(out)

    return call


@pytest.fixture
def fold(model):
    """x' = m + x - x^3."""
    return model(FOLD, "fold.toml")


@pytest.fixture
def plastic_pair(model):
    """Two driven neurons with Hebbian synapses."""
    return model(PLASTIC_PAIR, "plastic.toml")


@pytest.fixture
def symbolic(model):
    """An E-I pair with parameters that have no value."""
    return model(SYMBOLIC, "symbolic.toml")
