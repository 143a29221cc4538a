"""Exact rewriting: overflow-free forms, derivatives that can be evaluated everywhere."""

import pytest
import sympy

from dynsym.functions import logistic, relu, softplus
from dynsym.functions.overflow import overflow_free
from dynsym.functions.smoothness import derivative

u, v = sympy.symbols("u v", real=True)
c = sympy.Symbol("c", positive=True)
exp, log = sympy.exp, sympy.log


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (1 / (1 + exp(-u)), logistic(u)),
        (1 / (1 + exp(u - v)), logistic(v - u)),
        (1 / (exp(v - 2 * u) + 1), logistic(2 * u - v)),
        (exp(u) / (1 + exp(u)), logistic(u)),
        (3 / (2 + 4 * exp(-u)), 3 * logistic(u - log(2)) / 2),
        (exp(2 * u) / (1 + exp(u)) ** 2, logistic(u) ** 2),
        (log(1 + exp(u)), softplus(u)),
        (log(2 + 2 * exp(u)), log(2) + softplus(u)),
    ],
)
def test_sigmoids_are_recognised(given, written):
    assert overflow_free(given) == written


@pytest.mark.parametrize(
    "given",
    [
        1 / (c + 3 * exp(-u)),
        exp(-u) / (1 + exp(-u)) ** 2,
        exp(2 * u) / (c + exp(u)) ** 3,
        u * exp(u) / (1 + exp(u)) + log(c + exp(u - v)) ** 2,
        (1 - exp(-u)) / (1 + exp(-u)),
        1 / (1 + exp(u) + exp(v)),
        1 / (1 - exp(u)),
        exp(u) + 1 / (v + exp(u)),
    ],
)
def test_rewriting_is_exact(given):
    point = {u: sympy.Rational(7, 5), v: sympy.Rational(-3, 10), c: sympy.Rational(3, 7)}
    assert abs((given - overflow_free(given)).xreplace(point).evalf(40)) < 1e-38


def test_sums_with_other_signs_are_left_alone():
    for given in (1 / (1 - exp(u)), 1 / (v + exp(u)), exp(u) / (u + 1)):
        assert overflow_free(given) == given


def test_joined_powers():
    n = sympy.Symbol("n", real=True)
    assert derivative(c**n, c).value == n * c ** (n - 1)
    hill = derivative(u**n / (1 + u**n), u).value
    assert hill.subs(n, 4).subs(u, 0) == 0


def test_kinks_have_no_second_derivative():
    for kinked, at in ((sympy.Abs(u), u), (sympy.Max(u, v), u - v), (sympy.Min(u, 1), 1 - u), (relu(u), u)):
        found = derivative(kinked, u, 2)
        assert found.value == 0
        assert [place.at in (at, -at) for place in found.breaks] == [True]
