"""Branch and prune on random polynomials, against exact Sturm counts: never proved and wrong, never a hang."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym._budget import Budget
from dynsym.arithmetic.intervals import Interval, IntervalArithmetic
from dynsym.compute.counting.fields.engine import FieldEngine, IntervalField
from dynsym.compute.counting.fields.route import count_in_box
from dynsym.compute.counting.search.driver import BranchAndPrune, search
from dynsym.compute.counting.search.merging import distinct
from dynsym.compute.counting.setting import Setting

X = sympy.Symbol("x", real=True)
LOW, HIGH = -10.3, 10.7


def field_of(coefficients: list[int]) -> IntervalField:
    """A polynomial and its derivative over boxes by Horner's scheme, highest coefficient first."""
    degree = len(coefficients) - 1
    slopes = [c * (degree - k) for k, c in enumerate(coefficients[:-1])] or [0]

    def horner(terms: list[int], low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        arithmetic, x = IntervalArithmetic(), Interval(low, high)
        total = Interval.point(np.full(low.shape, float(terms[0])))
        for term in terms[1:]:
            total = arithmetic.add(arithmetic.multiply(total, x), Interval.point(np.full(low.shape, float(term))))
        return total.low, total.high

    def jacobian(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        bottom, top = horner(slopes, low, high)
        return bottom[..., None], top[..., None]

    return IntervalField(1, lambda low, high: horner(coefficients, low, high), jacobian)


def bounds_of_count(coefficients: list[int]) -> tuple[int, bool]:
    """How many zeros are proved to lie in [LOW, HIGH], and whether there can be no others."""
    engine = FieldEngine(field_of(coefficients), 200.0)
    outcome = search(
        engine, np.array([LOW]), np.array([HIGH]), method=BranchAndPrune(), clock=Budget(boxes=200).start()
    )
    kept, open_pairs = distinct(outcome.found, engine.is_injective)
    assert outcome.examined <= 800
    return len(kept) - len(open_pairs), not outcome.undecided and not len(open_pairs)


def random_coefficients(rng: np.random.Generator) -> list[int]:
    """Small integers, or the product of linear factors with rational zeros, multiple ones among them."""
    if rng.random() < 0.4:
        product = sympy.Poly(1, X)
        for a, b, k in zip(rng.integers(-9, 10, 3), rng.integers(1, 5, 3), rng.integers(0, 3, 3), strict=True):
            product *= sympy.Poly(int(b) * X - int(a), X) ** int(k)
        return [int(c) for c in product.all_coeffs()]
    degree = int(rng.integers(1, 9))
    return [int(rng.integers(1, 10)), *(int(c) for c in rng.integers(-9, 10, degree))]


def assert_counts_as_sturm(seeds: Iterable[int]) -> None:
    proved = total = simple = 0
    for seed in seeds:
        coefficients = random_coefficients(np.random.default_rng(seed))
        poly = sympy.Poly(coefficients, X)
        exact = poly.sqf_part().count_roots(sympy.Rational(LOW), sympy.Rational(HIGH)) if poly.degree() > 0 else 0
        found, is_complete = bounds_of_count(coefficients)
        assert found <= exact, coefficients
        assert found == exact or not is_complete, coefficients
        is_simple = poly.is_sqf
        total, simple, proved = total + 1, simple + is_simple, proved + (is_complete and is_simple)
    assert proved > 0.95 * simple
    assert simple > 0.4 * total


def test_random_polynomials() -> None:
    assert_counts_as_sturm(range(40))


@pytest.mark.slow
def test_ten_thousand_random_polynomials() -> None:
    assert_counts_as_sturm(range(1000, 11_000))


@pytest.mark.parametrize("scale", [1e-6, 1, 1e6])
@pytest.mark.parametrize("shift", [0, "1/3", -1000])
def test_scaling_and_shifts_change_nothing(scale: float, shift: float | str) -> None:
    """Five simple zeros of a quintic with a transcendental factor, wherever they are moved."""
    u = (X - sympy.sympify(shift)) / sympy.Rational(scale)
    rate = u * (u**2 - 1) * (u**2 - 4) * sympy.exp(u / 10)
    setting = Setting(ds.compile_system(ds.system_from_equations({"x": rate})))
    middle = float(sympy.Rational(shift))
    low, high = np.array([middle - 2.7 * scale]), np.array([middle + 3.1 * scale])
    answer = count_in_box(setting, low, high, BranchAndPrune(), Budget(boxes=20_000).start(), None)
    assert (answer.status, answer.lower) == ("proved", 5)
    states = sorted(e.state["x"] for e in answer.equilibria)
    np.testing.assert_allclose(states, middle + scale * np.array([-2, -1, 0, 1, 2]), atol=1e-6 * scale)


@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-9])
def test_both_sides_of_a_fold(distance: float) -> None:
    """x' = p + x - x³ with p = ±(2/(3√3) - distance): three zeros, one beyond the fold."""
    fold = 2 / (3 * np.sqrt(3))
    for p, expected in ((fold - distance, 3), (fold + distance, 1), (-fold + distance, 3), (-fold - distance, 1)):
        system = ds.system_from_equations({"x": "p + x - x^3 + 0*exp(x)", "y": "-y + tanh(x)"}, parameters={"p": p})
        count = ds.count_equilibria(system, box={"x": (-2, 2), "y": (-2, 2)}, budget=Budget(boxes=20_000))
        assert count.lower <= expected
        assert count.upper is None or count.upper >= expected
        if distance > 1e-7:
            assert (count.status, count.count) == ("proved", expected)
