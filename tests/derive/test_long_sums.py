"""Sums put together term by term are the expressions that sympy makes, argument for argument."""

import random

import pytest
import sympy

from dynsym._expressions import Jet
from dynsym.algebra.ring import Ring
from dynsym.algebra.sums import expanded_sum
from dynsym.derive.characteristic import factors as _spectral
from dynsym.derive.characteristic.factors import EIGENVALUE, _factors

x = sympy.Symbol("x", real=True)
GENERATORS = [
    *sympy.symbols("a B_1"),
    sympy.Symbol("b", positive=True),
    sympy.Dummy("l"),
    x,
    sympy.tanh(x),
    Jet("phi", "odd", 1, x),
    Jet("phi", "odd", 0, x),
    sympy.cos(x),
]


@pytest.mark.parametrize("seed", range(40))
def test_the_same_expression_as_sympy_makes(seed):
    generator = random.Random(seed)
    terms = {
        tuple(generator.choice([0, 0, 0, 1, 1, 2, 3]) for _ in GENERATORS): generator.choice([1, -1, 2, -2, 7, -12])
        for _ in range(generator.choice([5, 9, 30, 80]))
    }
    made = expanded_sum(GENERATORS, terms)
    expected = sympy.Add(
        *(c * sympy.Mul(*[g**e for g, e in zip(GENERATORS, k, strict=True) if e]) for k, c in terms.items())
    )
    assert made.args == expected.args
    assert made == expected
    assert hash(made) == hash(expected)
    assert sympy.srepr(made) == sympy.srepr(expected)


def test_long_polynomials_are_proved_irreducible_or_factored(monkeypatch):
    monkeypatch.setattr(_spectral, "LONG", 1)
    a, b, c = sympy.symbols("a b c")
    ring = Ring([a, b, c, EIGENVALUE])
    irreducible = ring.polynomial(EIGENVALUE**3 + a * EIGENVALUE + b)
    assert _factors(ring, irreducible) == [(irreducible, 1)]
    for reducible in ((EIGENVALUE + a) * (EIGENVALUE**2 + b), (EIGENVALUE + a) ** 2, (c * EIGENVALUE + a) * c):
        polynomial = ring.polynomial(sympy.expand(reducible))
        assert {str(f) for f, _ in _factors(ring, polynomial)} == {str(f) for f, _ in polynomial.factor()[1]}
