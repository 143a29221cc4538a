"""Hebbian networks against model H written out by hand."""

import pytest
import sympy

import dynsym as ds
from dynsym.errors import ParameterError


def test_one_way_motif_is_model_h():
    net = ds.motifs.unidirectional(nodes=("x1", "x2"), weight=0)
    system = ds.HebbianNetwork(net, baseline="w0").system()
    x1, x2, w = (system[name] for name in ("x1", "x2", "w_x2_x1"))
    gamma, k, w0 = (system[name] for name in ("gamma", "k", "w0"))
    expected = {
        "x1": -x1,
        "x2": -x2 + w * sympy.tanh(x1),
        "w_x2_x1": -gamma * (w - w0 - k * sympy.tanh(x1) * sympy.tanh(x2)),
    }
    assert all(sympy.expand(system.equations[name] - rate) == 0 for name, rate in expected.items())
    assert gamma.is_positive


def test_the_rates_alone_have_the_same_equilibria():
    pair = ds.HebbianNetwork(ds.motifs.bidirectional(weight=0, bias="b"), values={"k": -7, "b": 1, "gamma": 1})
    full, reduced = pair.system(), pair.reduced()
    assert full.dimension == 4
    assert reduced.dimension == 2
    assert ds.count_equilibria(full).count == ds.count_equilibria(reduced).count == 3


def test_any_sigmoid_and_other_rates_are_taken():
    pair = ds.HebbianNetwork(ds.motifs.bidirectional(weight=0), activation=ds.AnySigmoid(), rate="eta/10")
    assert "eta" in pair.system().parameters
    with pytest.raises(ParameterError, match="it needs a Network"):
        ds.HebbianNetwork("pair")
