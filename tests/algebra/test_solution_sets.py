"""Solution sets of polynomial systems against Newton's method, hand calculation and published counts."""

from __future__ import annotations

import dataclasses
import itertools

import mpmath
import numpy as np
import pytest
import sympy
from flint import fmpq, fmpq_poly

from dynsym._budget import Budget
from dynsym.algebra.elimination import groebner, solutions
from dynsym.algebra.elimination.apart import OURS, from_line, run_apart, to_line
from dynsym.algebra.elimination.groebner import graded_ring, groebner_basis
from dynsym.algebra.elimination.solutions import SolutionSet, solution_set
from dynsym.arithmetic.balls import precision

X, Y, Z, M = sympy.symbols("x y z m")
Q = sympy.Rational


def solved(equations: list, unknowns: list, **options: object) -> SolutionSet:
    return solution_set(equations, unknowns, Budget(seconds=60).start(), **options)


def places(found: SolutionSet, unknowns: list) -> np.ndarray:
    values = [[float(p.ball(u).mid()) for u in unknowns] for p in found.points]
    return np.array(sorted(values)).reshape(-1, len(unknowns))


def random_system(rng: np.random.Generator, size: int, degree: int, terms: int) -> tuple[list, list]:
    unknowns = list(sympy.symbols(f"x0:{size}"))
    monomials = [
        sympy.prod(u**p for u, p in zip(unknowns, powers, strict=True))
        for powers in itertools.product(range(degree + 1), repeat=size)
        if sum(powers) <= degree
    ]
    equations = []
    for k in range(size):
        chosen = rng.choice(len(monomials), terms, replace=False)
        equation = sum(Q(int(c), 2) * monomials[j] for c, j in zip(rng.integers(-6, 7, terms), chosen, strict=True))
        equations.append(equation + unknowns[k] ** degree + 1)
    return equations, unknowns


def newton(equations: list, unknowns: list, rng: np.random.Generator, starts: int = 120) -> list[np.ndarray]:
    """Regular real zeros from random starts."""
    f = sympy.lambdify(unknowns, equations)
    slope = sympy.lambdify(unknowns, sympy.Matrix(equations).jacobian(unknowns))
    found: list[np.ndarray] = []
    for _ in range(starts):
        x = rng.normal(0, 3, len(unknowns))
        for _ in range(40):
            matrix = np.array(slope(*x), dtype=float)
            if not np.isfinite(matrix).all() or np.linalg.cond(matrix) > 1e8:
                break
            step = np.linalg.solve(matrix, np.array(f(*x), dtype=float))
            x = x - step
            if np.abs(step).max() < 1e-13 * (1 + np.abs(x).max()):
                if not any(np.allclose(x, y, rtol=1e-7, atol=1e-7) for y in found):
                    found.append(x)
                break
    return found


@pytest.mark.parametrize(("size", "degree", "terms", "seeds"), [(2, 2, 4, 12), (2, 3, 5, 8), (3, 2, 4, 8)])
def test_random_systems_against_newton(size: int, degree: int, terms: int, seeds: int) -> None:
    """No zero that Newton's method finds is missing; every point listed satisfies the equations to 40 digits."""
    for seed in range(seeds):
        rng = np.random.default_rng([seed, size, degree])
        equations, unknowns = random_system(rng, size, degree, terms)
        found = solved(equations, unknowns)
        if found.curves:
            continue
        assert not found.open
        assert found.degree is not None
        assert found.degree <= degree**size
        listed = places(found, unknowns)
        for zero in newton(equations, unknowns, rng):
            assert any(np.allclose(zero, place, rtol=1e-6, atol=1e-6) for place in listed), (equations, zero)
        with mpmath.workdps(60), precision(200):
            evaluate = sympy.lambdify(unknowns, equations, "mpmath")
            for point in found.points:
                values = [mpmath.mpf(point.ball(u).str(50, radius=False)) for u in unknowns]
                assert all(abs(r) < 1e-30 * (1 + max(map(abs, values))) ** degree for r in evaluate(*values))


@pytest.mark.parametrize(
    ("equations", "degree", "points"),
    [
        ([M * X - X**3, M - 3 * X**2], 3, {(0, 0): 3}),
        ([M + X**3, 3 * X**2], 2, {(0, 0): 2}),
        ([X**3 + M**2, 3 * X**2], 4, {(0, 0): 4}),
        ([X**2, X * M, M**2], 3, {(0, 0): 3}),
        ([(X**2 - 1) ** 2, (M - 2) ** 2], 8, {(-1, 2): 4, (1, 2): 4}),
        ([(X - 1) ** 2 * (X + 3), M - X], 3, {(1, 1): 2, (-3, -3): 1}),
        ([X**2 + 1, M], 2, {}),
        ([X, X - 1, M], 0, {}),
    ],
)
def test_multiplicities_by_hand(equations: list, degree: int, points: dict) -> None:
    found = solved(equations, [X, M])
    assert (found.degree, found.open) == (degree, ())
    assert {(p.expression(X), p.expression(M)): p.multiplicity for p in found.points} == points


def test_coordinates_are_linked() -> None:
    """The folds of a + m^2 x - x^3 at a = 1: x = -(1/2)^(1/3) and m^2 = 3 x^2, so of the pairs only two are points."""
    found = solved([1 + M**2 * X - X**3, M**2 - 3 * X**2], [X, M])
    assert (found.degree, len(found.points)) == (6, 2)
    for point in found.points:
        assert point.is_zero(2 * X**3 + 1)
        assert point.sign(X) == -1
        assert point.sign(M**4 - 3 * X**2 * M**2) == 0
        assert abs(sympy.N(point.expression(M) ** 2 - 3 * point.expression(X) ** 2, 40)) < 1e-35
        assert point.minimal_polynomial(X).coeffs() == [1, 0, 0, 2]
        assert point.rank([[X, 2 * M * X], [M**2 - 3 * X**2, -6 * X]]) == 2
        assert point.rank([[M**2 - 3 * X**2, X], [0, 3 * X**3 + Q(3, 2)]]) == 1
    assert sorted(p.sign(M) for p in found.points) == [-1, 1]


def test_roots_and_rational_numbers_are_written_out() -> None:
    found = solved([X**2 - X - 1, Y + X - Q(1, 3)], [X, Y])
    golden = (1 + sympy.sqrt(5)) / 2
    assert {(p.expression(X), p.expression(Y)) for p in found.points} == {
        (sympy.expand(g), sympy.expand(Q(1, 3) - g)) for g in (golden, 1 - golden)
    }
    cubic = solved([X**3 - X - 1, Y - X**2 + X], [X, Y])
    (point,) = cubic.points
    assert abs(sympy.N(point.expression(Y) - (point.expression(X) ** 2 - point.expression(X)), 30)) < 1e-25


def test_poles_are_no_solutions() -> None:
    """X (X - 1)/(X - 1) = M, written without cancelling, and a pole that the equations would allow."""
    found = solved([X * (X - 1) - M * (X - 1), M - 1], [X, M], nonzero=[X - 1])
    assert found.points == ()
    assert found.degree == 0
    kept = solved([(X**2 - 4) * (X - 1), M - X], [X, M], nonzero=[X - 2])
    assert {p.expression(X) for p in kept.points} == {-2, 1}
    quotient = solved([X / (M - 1) - 1 / (M - 1), (M - 1) * (M + 2)], [X, M])
    assert {(p.expression(X), p.expression(M)) for p in quotient.points} == {(1, -2)}


def test_points_beside_curves() -> None:
    """A line and two double points; a circle and its centre; two curves that cross."""
    line = solved([X * (Y**2 - 2) ** 2, X * (X - Y)], [X, Y])
    assert line.curves == ((X,),)
    assert [u.kind for u in line.open] == ["curve"]
    assert {(p.expression(X), p.multiplicity) for p in line.points} == {(sympy.sqrt(2), 2), (-sympy.sqrt(2), 2)}
    circle = solved([(X**2 + Y**2 - 1) * X, (X**2 + Y**2 - 1) * Y], [X, Y])
    assert [(p.expression(X), p.expression(Y)) for p in circle.points] == [(0, 0)]
    assert circle.curves == ((X**2 + Y**2 - 1,),)
    crossed = solved([X * Y, X * Y * (X - Y)], [X, Y])
    assert set(crossed.curves) == {(X,), (Y,)}
    assert crossed.points == ()
    assert solved([0], [X]).curves == ((),)
    away = solved([X * (Y - 1), X * (Y - 1) * Y], [X, Y], nonzero=[X])
    assert away.curves == ((Y - 1,),)


def katsura(n: int) -> tuple[list, list]:
    u = list(sympy.symbols(f"u0:{n + 1}"))
    entry = {k: u[abs(k)] if abs(k) <= n else sympy.S.Zero for k in range(-2 * n, 2 * n + 1)}
    first = sum(entry[k] for k in range(-n, n + 1)) - 1
    return [first] + [sum(entry[k] * entry[m - k] for k in range(-n, n + 1)) - u[m] for m in range(n)], u


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_katsura_has_a_power_of_two(n: int) -> None:
    """S. Katsura's spin glass: 2^n simple complex solutions."""
    found = solved(*katsura(n))
    assert (found.degree, found.complex_count, found.open) == (2**n, 2**n, ())


def test_a_wrong_coordinate_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault is planted in one coefficient: the point is not listed, and the list is not called complete."""
    represent = solutions.represent

    def faulty(*arguments: object) -> object:
        (first, *rest), is_exact = represent(*arguments)
        spoilt = (first.numerators[0] + fmpq_poly([fmpq(1, 10**30)]), *first.numerators[1:])
        return (dataclasses.replace(first, numerators=spoilt), *rest), is_exact

    equations = [X**2 - 2, Y * (Y - X)]
    before = solved(equations, [X, Y])
    monkeypatch.setattr(solutions, "represent", faulty)
    after = solved(equations, [X, Y])
    assert (len(before.points), before.open) == (4, ())
    assert len(after.points) < 4
    assert "check" in [u.kind for u in after.open]


def test_a_basis_modulo_primes_leaves_the_list_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless Bézout's bound, the product of the degrees, is reached."""

    def untrusted(*arguments: object) -> object:
        basis = groebner_basis(*arguments)
        return basis and dataclasses.replace(basis, is_exact=False)

    monkeypatch.setattr(solutions, "groebner_basis", untrusted)
    assert [u.kind for u in solved([X**2 - 2, X * Y - 1], [X, Y]).open] == ["primes"]
    assert solved([X**2 - 2, Y**2 - X], [X, Y]).open == ()


def test_a_spent_budget_is_told() -> None:
    rng = np.random.default_rng(3)
    equations, unknowns = random_system(rng, 5, 4, 12)
    clock = Budget(seconds=0.3).start()
    found = solution_set(equations, unknowns, clock)
    assert [u.kind for u in found.open] == ["budget"]
    assert found.points == ()
    assert clock.elapsed < 6


@pytest.mark.parametrize("name", ["Singular", "msolve"])
def test_other_engines_find_the_same_basis(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if groebner.program(name) is None:
        pytest.skip(f"{name} is not installed")
    context = graded_ring(3)
    x, y, z = context.gens()
    system = [2 * x**2 - 3 * y + 1, 4 * x * y - z**2 + 5, 7 * y * z - x - 2]
    exact = groebner_basis(system, Budget(seconds=20).start())
    assert exact is not None
    known = {str(p.primitive()[1]) for p in exact.polynomials}
    monkeypatch.setattr(groebner, "QUICK", (1, 1, 1))
    monkeypatch.setattr(
        groebner, "run_apart", lambda c, *r, old=groebner.run_apart: None if c[0] in OURS else old(c, *r)
    )
    other = {"Singular": "msolve", "msolve": "Singular"}[name]
    monkeypatch.setattr(groebner, "program", lambda n, old=groebner.program: None if n == other else old(n))
    basis = groebner_basis(system, Budget(seconds=20).start())
    assert basis is not None
    assert basis.is_exact == (name == "Singular")
    assert {str(p.primitive()[1]) for p in basis.polynomials} == known


def test_our_two_ways_find_the_same_basis() -> None:
    """Python-flint's loop, and ours by sugar: reduced bases are unique."""
    for seed in range(12):
        rng = np.random.default_rng([seed, 5])
        equations, unknowns = random_system(rng, 2 + seed % 2, 2 + seed % 3, 3)
        context = graded_ring(len(unknowns))
        terms = [sympy.Poly(2 * e, *unknowns).terms() for e in equations]
        lines = "\n".join(to_line(context.from_dict({m: int(c) for m, c in each})) for each in terms)
        answers = [run_apart([engine], lines, 20.0) for engine in OURS]
        first, second = ({str(from_line(line, context)) for line in (a or "").split()} for a in answers)
        assert first == second != set()
