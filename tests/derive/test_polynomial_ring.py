"""The arithmetic below the closed forms: conversion, relations, determinants, real roots, signs."""

import random

import flint
import pytest
import sympy
from sympy import Matrix, Rational, sqrt, symbols, tanh

from dynsym._budget import Budget
from dynsym.algebra.determinants import determinant, predicted_terms, strong_components
from dynsym.algebra.field import Field, Relation, root_relations
from dynsym.algebra.ring import Ring, generators_of
from dynsym.algebra.signs import positive, sign_of_element
from dynsym.algebra.tidy import factored, tidy
from dynsym.arithmetic.real_roots import real_roots
from dynsym.errors import BudgetExceeded

x, y = symbols("x y", real=True)
a, b = symbols("a b", positive=True)


def field_of(*expressions):
    ring = Ring(generators_of(expressions))
    return Field(ring, root_relations(ring))


@pytest.mark.parametrize(
    "expression",
    [
        (x**2 - y**2) / (x - y),
        1 / (1 + tanh(x)) - tanh(x) / 3,
        sympy.exp(-2 * x) / (1 + sympy.exp(-x)) + sympy.exp(x),
        sqrt(a) * (1 + sqrt(a)) ** 3 / (b - sqrt(2)),
        Rational(3, 7) * x**3 / y - 5,
    ],
)
def test_conversion_there_and_back_keeps_the_value(expression):
    element = field_of(expression)(expression)
    point = {x: Rational(1, 3), y: Rational(2, 7), a: Rational(5, 3), b: 3}
    assert abs(sympy.N((element.expression() - expression).subs(point), 30)) < 1e-25


def test_a_field_knows_its_roots():
    field = field_of(sqrt(a), sqrt(2))
    assert (field(sqrt(a)) * field(sqrt(a)) - field(a)).is_zero
    assert (field(1 / (1 + sqrt(2))) - field(sqrt(2)) + 1).is_zero


def test_elements_at_a_root_of_degree_three_are_zero_exactly_when_the_number_is():
    ring = Ring((x,))
    field = Field(ring, [Relation(x, ring.polynomial(x**3 - 2))])
    assert field(x**3 - 2).is_zero
    assert not field(x**3 - 2 + x).is_zero
    with pytest.raises(ZeroDivisionError):
        field(1 / (x**3 - 2))


def test_determinants_agree_with_sympy():
    generator = random.Random(3)
    ring = Ring((x, y))
    for size in (1, 2, 3, 5):
        matrix = Matrix(size, size, lambda i, j: generator.choice([0, x, y, 1, x - 2 * y, generator.randint(-4, 4)]))
        entries = {(i, j): ring.polynomial(matrix[i, j]) for i in range(size) for j in range(size) if matrix[i, j] != 0}
        found = ring.expression(determinant(ring, entries, size, Budget().start()))
        assert sympy.expand(found - matrix.det(method="berkowitz")) == 0


def test_the_predicted_number_of_terms_is_exact_for_generic_matrices():
    names = symbols("m0:16")
    ring = Ring(names)
    entries = {(i, j): ring.generator(names[4 * i + j]) for i in range(4) for j in range(4)}
    clock = Budget().start()
    assert predicted_terms(entries, 4, clock) == len(determinant(ring, entries, 4, clock)) == 24


def test_a_determinant_with_too_many_terms_is_refused_before_it_is_expanded():
    names = symbols("m0:100")
    ring = Ring(names)
    entries = {(i, j): ring.generator(names[10 * i + j]) for i in range(10) for j in range(10)}
    with pytest.raises(BudgetExceeded, match=r"terms.*Budget\(terms="):
        determinant(ring, entries, 10, Budget(terms=1000).start())


def test_strong_components_are_those_of_networkx():
    networkx = pytest.importorskip("networkx")
    generator = random.Random(1)
    for _ in range(20):
        places = [(generator.randrange(9), generator.randrange(9)) for _ in range(14)]
        graph = networkx.DiGraph(places)
        graph.add_nodes_from(range(9))
        expected = sorted(sorted(c) for c in networkx.strongly_connected_components(graph))
        assert sorted(strong_components(9, places)) == expected


@pytest.mark.parametrize(
    "coefficients", [(-1, -1, 1), (-2, 0, 0, 1), (1, 0, -5, 0, 2), (3, 2, 0, -7, 1, 1), (-6, 11, -6, 1), (1, 0, 1)]
)
def test_real_roots_are_those_of_numpy_and_their_formulas_agree(coefficients):
    import numpy as np

    found = real_roots(flint.fmpz_poly(list(coefficients)))
    expected = sorted(z.real for z in np.roots(coefficients[::-1]) if abs(z.imag) < 1e-12)
    assert [float(root) for root in found] == pytest.approx(expected, abs=1e-12)
    assert [float(root.expression()) for root in found] == pytest.approx(expected, abs=1e-12)


def test_signs_use_assumptions_and_ranges():
    assert sign_of_element(field_of(a, b)((a + b) / a)) == 1
    assert sign_of_element(field_of(x)(-(x**2) - 1)) == -1
    assert sign_of_element(field_of(tanh(x))(tanh(x) ** 2 - 1)) == -1
    assert sign_of_element(field_of(a)(a - 1)) is None
    assert positive(field_of(a, x)(a * (x - 1))) == sympy.Gt(x - 1, 0)


def test_tidy_splits_over_a_monomial_and_factors_otherwise():
    assert tidy(field_of(a, b, x)((a * (x + 1) + b) / b)) == 1 + a * (x + 1) / b
    assert factored(field_of(x, y)(x**2 - y**2)) == (x - y) * (x + y)
    assert tidy(field_of(sqrt(5))((1 + sqrt(5)) / 2)) == Rational(1, 2) + sqrt(5) / 2


def test_budgets_must_be_positive():
    from dynsym.errors import ParameterError

    with pytest.raises(ParameterError, match="seconds"):
        Budget(seconds=0)
    with pytest.raises(BudgetExceeded, match="seconds"):
        Budget(seconds=1e-9).start().check("this test")
