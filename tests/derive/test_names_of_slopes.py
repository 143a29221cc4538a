"""Names of a model that look like slopes of an activation change nothing: the same system under plain names agrees."""

import copy
import random

import pytest
import sympy

import dynsym as ds
from dynsym._expressions import Slope
from dynsym.io.mathml import inline
from dynsym.results._expression_tree import from_tree, to_tree

PLAIN = ("gain", "onto_first", "onto_second", "own", "first", "second", "tau")
LOOKALIKES = ("s0", "s1", "s2", "s3", "s4", "s5", "phi", "s1_phi", "Slope", "value_of_s1")


def built(names, activation):
    gain, onto_first, onto_second, own, first, second, tau = names
    edges = [
        ds.Edge(second, first, onto_first),
        ds.Edge(first, second, f"-{onto_second}"),
        ds.Edge(first, first, own),
    ]
    network = ds.Network([ds.Node(first), ds.Node(second, time_constant=tau)], edges)
    positive = dict.fromkeys((gain, onto_first, onto_second, tau), "positive")
    return ds.build_system(network, ds.LeakyRate(activation), gain=gain, assumptions=positive)


def renamed(condition, system, plain, names):
    put = {system[name]: plain[other] for name, other in zip(names, PLAIN, strict=True) if name in system.parameters}
    parts = (condition.solution, condition.coefficient, condition.transversality, condition.frequency)
    return condition.kind, condition.criticality, *(None if e is None else e.xreplace(put) for e in parts)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("moving", [0, 3])
def test_lookalike_names_give_the_same_conditions(seed, moving):
    names = random.Random(seed).sample(LOOKALIKES, len(PLAIN))
    activation = ds.AnySigmoid()
    system, plain = built(names, activation), built(PLAIN, activation)
    found, expected = (
        ds.find_conditions(system, parameter=names[moving], at=0),
        ds.find_conditions(plain, parameter=PLAIN[moving], at=0),
    )
    assert len(found) == len(expected) >= 2
    for own, other in zip(found, expected, strict=True):
        assert own.verdict == other.verdict == "proved"
        kind, criticality, *parts = renamed(own, system, plain, names)
        assert (kind, criticality) == (other.kind, other.criticality)
        wanted = (other.solution, other.coefficient, other.transversality, other.frequency)
        for part, formula in zip(parts, wanted, strict=True):
            assert part == formula or sympy.cancel((part / formula) ** 2 - 1) == 0
        assert ds.check_condition(system, own, points=2).verdict == "proved"
        numbers = [sympy.Rational(k + 2, 3) for k in range(len(names))]
        values = {n: v for k, (n, v) in enumerate(zip(names, numbers, strict=True)) if k != moving}
        same = {n: v for k, (n, v) in enumerate(zip(PLAIN, numbers, strict=True)) if k != moving}
        inside = {s.name for s in own.solution.free_symbols}
        put = own.with_values({n: v for n, v in values.items() if n in inside}).with_activation(ds.Tanh())
        assert put.solution == other.with_values(same).with_activation(ds.Tanh()).solution


def test_a_gain_called_s1_is_not_the_slope():
    pair = ds.build_system(ds.motifs.bidirectional(), ds.LeakyRate(ds.AnySigmoid()), gain="s1")
    condition = ds.pitchfork_condition(pair, parameter="w", at=0)[0]
    half = condition.with_values(s1=2)
    assert half.solution == 1 / (2 * Slope("phi", 1))
    assert half.with_activation(ds.Tanh()).value == 0.5
    assert repr(condition).startswith("BifurcationCondition(pitchfork: w = 1/(phi'(0)*s1)")
    assert condition.to_json()["solution"] == "1/(s1*s1_phi)"  # names that a parser reads
    assert half.to_json()["solution"] == "1/(2*s1)"


def test_slopes_are_written_as_derivatives():
    slope = Slope("phi", 1)
    assert sympy.latex(slope) == r"\phi'\left(0\right)"
    assert "<mo>′</mo>" in inline(slope)
    assert (copy.deepcopy(slope), repr(slope)) == (slope, "s1")


def test_a_weight_called_s3_has_a_condition():
    network = ds.Network(["x", "y"], [ds.Edge("x", "y", "s3"), ds.Edge("y", "x", "s3"), ds.Edge("x", "x", "s1")])
    system = ds.build_system(network, ds.LeakyRate(ds.AnySigmoid()))
    condition = ds.find_conditions(system, parameter="s1", at=0)[0]
    slope, s3 = Slope("phi", 1), system["s3"]
    assert sympy.cancel(condition.solution - (1 - (s3 * slope) ** 2) / slope) == 0


def test_conditions_with_lookalike_names_are_saved_and_read(tmp_path):
    pair = ds.build_system(ds.motifs.bidirectional(), ds.LeakyRate(ds.AnySigmoid()), gain="s1")
    condition = ds.pitchfork_condition(pair, parameter="w", at=0)[0]
    assert from_tree(to_tree(condition)) == condition
