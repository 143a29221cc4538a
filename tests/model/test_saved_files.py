"""Saved systems load as equal ones, in both formats and both forms."""

import numpy as np
import pytest
import sympy
from sympy import Rational

from dynsym._expressions import symbol
from dynsym.errors import (
    ModelError,
    StorageError,
)
from dynsym.model import (
    AntiHebbian,
    AnySigmoid,
    Hebbian,
    LeakyRate,
    LeakyVoltage,
    Linear,
    Logistic,
    NodeRule,
    Oja,
    Polynomial,
    Rectified,
    Softplus,
    SynapseRule,
    Tanh,
    WilsonCowan,
    build_system,
    load_system,
    save_system,
    system_from_equations,
)
from dynsym.network import Edge, Network, Node, motifs, quotient

SYSTEMS = {
    "pair": lambda: build_system(motifs.bidirectional(), gain="g", values={"g": 2.5, "w": Rational(1, 3)}),
    "assumed": lambda: build_system(motifs.ring(3), assumptions={"w": "positive"}),
    "ei": lambda: build_system(motifs.ei_pair(), WilsonCowan(Logistic(gain="beta", threshold=1.5))),
    "blocks": lambda: build_system(quotient(motifs.ei_blocks()).network, values={"n_I": 20}),
    "plastic": lambda: build_system(motifs.ring(3, bias="b"), LeakyRate(Tanh(2)), Hebbian("k", "tau", baseline="w0")),
    "anti": lambda: build_system(motifs.bidirectional(weight=0.1), synapse=AntiHebbian("k")),
    "oja": lambda: build_system(motifs.chain(3), LeakyVoltage(Linear(), rest="r", leak=2), Oja("eta")),
    "groups": lambda: build_system(motifs.barbell(2), synapse=Hebbian({"bridge": "k", "inner": 1})),
    "matrix": lambda: build_system(motifs.complete(2), synapse=Hebbian(np.array([[0.5, 0.0], [1.0, 2.0]]))),
    "own": lambda: build_system(
        motifs.bidirectional(),
        NodeRule({"x": "-x - a + input", "a": "(c*x - a)/tau_a"}, "tanh(x)"),
        SynapseRule("-w + eta*pre*post - w*post^2"),
    ),
    "any": lambda: build_system(motifs.bidirectional(), LeakyRate(AnySigmoid())),
    "none": lambda: build_system(motifs.bidirectional(), LeakyRate(AnySigmoid("psi", "none"))),
    "polynomial": lambda: build_system(motifs.bidirectional(), LeakyRate(Polynomial("v - v^3/3", "v"))),
    "rectified": lambda: build_system(
        motifs.star(3), LeakyRate(Rectified("theta"), tau={"x1": 2, "x2": 3, "x3": "t3"})
    ),
    "softplus": lambda: build_system(motifs.bidirectional(), LeakyRate(Softplus(gain=3, threshold="theta"))),
    "populations": lambda: build_system(
        motifs.ei_pair(), {"E": LeakyRate(Tanh()), "I": WilsonCowan(Logistic())}, values={"tau_E": 2}
    ),
    "fields": lambda: build_system(
        Network(
            [Node("a", label='A/1 "x"', population="P", sign=-1, bias="2*c", time_constant=0.1), "b"],
            [Edge("a", "b", "-w", group="g"), Edge("a", "a", -3, sign=1), Edge("b", "a", 1e30, plastic=True)],
            reference="A. Author, “Title” (1999)",
        ),
        synapse=Hebbian(),
    ),
    "equations": lambda: system_from_equations(
        {"E": "-E + min(lambda*E, 1) + exp(1)*abs(pi2)", "I": "logistic(E) - relu(I)^(1/3)"},
        {"lambda": "15*sqrt(2)", "pi2": None},
        assumptions={"lambda": "nonzero", "n": "integer"},
    ),
    "large": lambda: system_from_equations({"x": "a - x"}, {"a": 10**30}),
}


@pytest.mark.parametrize("extension", ["toml", "json"])
@pytest.mark.parametrize("name", sorted(SYSTEMS))
def test_saved_systems_load_as_equal_ones(name, extension, tmp_path):
    system = SYSTEMS[name]()
    path = save_system(system, tmp_path / f"model.{extension}")
    loaded = load_system(path)
    assert loaded == system
    assert loaded.values == system.values
    assert loaded.parameters == dict(system.parameters)


def test_a_network_is_saved_as_a_network(tmp_path):
    loaded = load_system(save_system(SYSTEMS["fields"](), tmp_path / "model.toml"))
    assert loaded.network == SYSTEMS["fields"]().network


def test_what_no_file_can_hold(tmp_path):
    x, pi = symbol("x"), symbol("pi")
    with pytest.raises(ModelError, match=r"\.toml"):
        save_system(SYSTEMS["pair"](), tmp_path / "model.yaml")
    with pytest.raises(ModelError, match="besselj"):
        save_system(system_from_equations({"x": sympy.besselj(0, x)}), tmp_path / "model.toml")
    with pytest.raises(ModelError, match="pi"):
        save_system(system_from_equations({"x": pi * sympy.pi - x}, ["pi"]), tmp_path / "model.toml")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        save_system(SYSTEMS["pair"](), tmp_path / "file" / "model.toml")
