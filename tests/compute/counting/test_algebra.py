"""Exact counts of polynomial equations against sympy, closed forms and published systems."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym._budget import Budget
from dynsym.algebra.elimination import solutions
from dynsym.algebra.elimination.groebner import groebner_basis
from dynsym.algebra.elimination.solutions import SolutionSet, solution_set
from dynsym.compute.counting.polynomials.line import real_roots
from dynsym.compute.counting.polynomials.route import list_by_algebra
from dynsym.compute.counting.setting import Setting

X = sympy.Symbol("x", real=True)
Q = sympy.Rational


def random_polynomial(rng: np.random.Generator) -> sympy.Expr:
    """Small integer coefficients, or a product with repeated factors."""
    if rng.random() < 0.3:
        factors = [X - Q(int(a), int(b)) for a, b in zip(rng.integers(-4, 5, 3), rng.integers(1, 4, 3), strict=True)]
        return sympy.expand(sympy.prod(f ** int(k) for f, k in zip(factors, rng.integers(0, 4, 3), strict=True)))
    degree = int(rng.integers(1, 9))
    return sum(int(c) * X**k for k, c in enumerate(rng.integers(-9, 10, degree + 1)))


def assert_counts_as_sturm(seeds: Iterable[int]) -> None:
    for seed in seeds:
        expression = random_polynomial(np.random.default_rng(seed))
        if not expression.has(X):
            continue
        found = real_roots(expression, X)
        assert found is not None
        assert len(found) == sympy.Poly(expression, X).sqf_part().count_roots(), expression
        simple = sympy.Poly(expression, X)
        assert sum(root.index for root in found) == -np.sign(float(simple.LC()) * (1 if simple.degree() % 2 else 0)), (
            expression
        )


def test_random_polynomials_against_sturm() -> None:
    assert_counts_as_sturm([*range(150), 4317])


@pytest.mark.slow
def test_ten_thousand_random_polynomials_against_sturm() -> None:
    assert_counts_as_sturm(range(1000, 11_000))


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (Q(3849, 10000) + X - X**3, 3),
        (Q(38491, 100000) + X - X**3, 1),
        (2 * sympy.sqrt(3) / 9 + X - X**3, 2),
        (Q(1, 10**14) - X**2, 2),
        (-(X**2 + Q(1, 10**18)), 0),
        (1 / (X - Q(7, 10)), 0),
        ((X**2 - 4) / (X - 2), 1),
    ],
)
def test_hard_cases_on_the_line(rate: sympy.Expr, expected: int) -> None:
    found = real_roots(rate, X)
    assert found is not None
    assert len(found) == expected


def test_places_multiplicities_and_indices() -> None:
    found = real_roots(2 * sympy.sqrt(3) / 9 + X - X**3, X)
    assert found is not None
    assert [(r.multiplicity, r.index) for r in found] == [(2, 0), (1, 1)]
    np.testing.assert_allclose([float(r.place.mid()) for r in found], [-1 / np.sqrt(3), 2 / np.sqrt(3)], rtol=1e-15)


def test_close_roots_of_different_factors() -> None:
    found = real_roots(X**5 * (X - 1) ** 3 * (X - 1 - Q(1, 10**30)), X)
    assert found is not None
    assert [r.multiplicity for r in found] == [5, 3, 1] or [r.multiplicity for r in found] == [5, 1, 3]


def noon(n: int) -> tuple[list[sympy.Expr], list[sympy.Symbol]]:
    x = list(sympy.symbols(f"x1:{n + 1}", real=True))
    return [10 * a * sum(b**2 for b in x if b != a) - 11 * a + 10 for a in x], x


def katsura(n: int) -> tuple[list[sympy.Expr], list[sympy.Symbol]]:
    u = list(sympy.symbols(f"u0:{n + 1}", real=True))

    def entry(k: int) -> sympy.Expr:
        return u[abs(k)] if abs(k) <= n else sympy.S.Zero

    equations = [sum(entry(k) for k in range(-n, n + 1)) - 1]
    equations += [sum(entry(k) * entry(m - k) for k in range(-n, n + 1)) - u[m] for m in range(n)]
    return equations, u


def solved(equations: list, unknowns: list) -> SolutionSet:
    return solution_set(equations, unknowns, Budget(seconds=60).start())


def test_noon_three_has_seven_real_roots() -> None:
    found = solved(*noon(3))
    assert (len(found.points), found.degree == found.complex_count, found.open) == (7, True, ())
    evaluate = sympy.lambdify(noon(3)[1], noon(3)[0])
    for point in found.points:
        np.testing.assert_allclose(evaluate(*(float(point.ball(u).mid()) for u in noon(3)[1])), 0, atol=1e-9)


@pytest.mark.parametrize(("n", "expected"), [(2, 4), (3, 6), (4, 12)])
def test_katsura(n: int, expected: int) -> None:
    """Real root counts by sympy: the number of real roots of the eliminant in shape position."""
    assert len(solved(*katsura(n)).points) == expected


def test_curves_of_solutions() -> None:
    """Real curves make a continuum, complex ones leave the question open."""
    x, y, z, w = sympy.symbols("x y z w", real=True)
    clock = Budget(seconds=60).start()
    assert solved([(x**2 + y**2 - 1) * y, -(x**2 + y**2 - 1) * x], [x, y]).fills_a_curve(clock)
    line = [w * y**2 + 16 * z * x + 16 * x, 2 * y * (w * x + z + 1), x * y**2, 8 * x**2 + y**2 - 24]
    assert solved(line, [x, y, w, z]).fills_a_curve(clock)
    complex_only = solved([(x**2 + 1) * y, (x**2 + 1) * x], [x, y])
    assert not complex_only.fills_a_curve(clock)
    assert [p.expression(x) for p in complex_only.points] == [0]


@pytest.mark.parametrize(("trusted", "status"), [(True, "proved"), (False, "lower_bound")])
def test_a_list_modulo_primes_is_a_lower_bound(monkeypatch: pytest.MonkeyPatch, trusted: bool, status: str) -> None:
    def basis(*arguments: object) -> object:
        return dataclasses.replace(groebner_basis(*arguments), is_exact=trusted)

    monkeypatch.setattr(solutions, "groebner_basis", basis)
    system = ds.system_from_equations({"x": "(x - 1)*(x + 2) - 3*y/2", "y": "2*x*y - y"})
    answer = list_by_algebra(Setting(ds.compile_system(system)), Budget().start())
    assert answer is not None
    assert (answer.status, answer.lower) == (status, 3)
    assert {round(e.state["x"], 6) for e in answer.equilibria} == {-2, 1, 0.5}


def test_other_equations_are_left_alone() -> None:
    system = ds.system_from_equations({"x": "sin(x) - y", "y": "x - y"})
    assert list_by_algebra(Setting(ds.compile_system(system)), Budget().start()) is None


def test_planar_systems_against_resultants() -> None:
    """Random planar systems: real solutions counted through sympy's resultant and Sturm."""
    x, y = sympy.symbols("x y", real=True)
    rng = np.random.default_rng(7)
    checked = 0
    while checked < 12:
        c = rng.integers(-3, 4, 8)
        first = x**2 + int(c[0]) * y**2 + int(c[1]) * x + int(c[2]) * y + int(c[3])
        second = x * y + int(c[4]) * x + int(c[5]) * y + int(c[6])
        eliminant = sympy.Poly(sympy.resultant(first, second, x), y)
        if eliminant.degree() < 4 or not eliminant.is_sqf or (second.coeff(x, 1).subs(y, 0) == 0 and False):
            continue
        assert len(solved([first, second], [x, y]).points) == eliminant.count_roots()
        checked += 1
