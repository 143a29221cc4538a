"""Curl descent against the matrix formulas of its rules, and what is known of one neuron."""

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.claims import load_claims, prove
from dynsym.errors import ParameterError


def test_entries_are_those_of_the_printed_rules():
    m, n = 2, 3
    rng = np.random.default_rng(3)
    w1, w2, s = rng.integers(-2, 3, (n, m)), rng.integers(-2, 3, (1, n)), rng.integers(-2, 3, (1, m))
    rule = ds.CurlDescent(m, n, hidden_signs=[1, -1], readout_signs=[-1, 1, 1])
    system = rule.system(s=s.tolist())
    error = s - w2 @ w1
    expected = [*(w2.T @ error @ np.diag([1, -1])).ravel(), *(error @ w1.T @ np.diag([-1, 1, 1])).ravel()]
    point = dict(zip(system.states, map(int, [*w1.ravel(), *w2.ravel()]), strict=True))
    assert [rate.xreplace({**system.substitution(), **point}) for rate in system.rhs] == list(map(int, expected))


def test_without_flipped_signs_the_loss_descends():
    rule = ds.CurlDescent(2, 2, hidden_signs=[1, 1], readout_signs=[1, 1])
    assert ds.decompose(rule.system(), at=0).is_gradient["euclidean"] == "proved"
    flipped = ds.CurlDescent(1, 1, hidden_signs=[1], readout_signs=[-1])
    assert ds.decompose(flipped.system(s=[1]), at=0).is_gradient["any"] == "refuted"


def test_one_neuron_turns_on_circles():
    toy = ds.CurlDescent().toy()
    assert [str(h) for h in ds.first_integrals(toy, 2)] == ["w1**2 + w2**2"]
    polynomial = ds.characteristic_polynomial(toy, at=0)
    assert sympy.expand(polynomial - sympy.Symbol("lambda") ** 2 - toy["s"] ** 2) == 0


def test_sizes_and_signs_are_checked():
    with pytest.raises(ParameterError, match="both sizes"):
        ds.CurlDescent(2)
    with pytest.raises(ParameterError, match="1 or -1"):
        ds.CurlDescent(2, 1, hidden_signs=[1, 0])
    with pytest.raises(ParameterError, match="1 or -1"):
        ds.CurlDescent(2, 1, hidden_signs=[1])
    with pytest.raises(ParameterError, match="symbolic sizes"):
        ds.CurlDescent().system()


def test_a_claim_file_names_it_with_and_without_sizes():
    text = 'id = "student"\nmodel = "curl_descent"\ngoal = { kind = "is_gradient" }\n'
    (general,) = load_claims(text)
    assert prove(general).verdict == "refuted"
    (small,) = load_claims(f'hypotheses = ["D1_1 = 1", "D2_1 = 1"]\nsizes = {{ M = 1, N = 1 }}\n{text}')
    assert prove(small).verdict == "proved"
    with pytest.raises(ParameterError, match="it needs M, N"):
        load_claims(f"sizes = {{ M = 1 }}\n{text}")
