"""Exact numbers and balls are read by one function: both against tensors summed by numpy."""

from dataclasses import replace

import numpy as np
import pytest
import sympy
from flint import arb

import dynsym as ds
from dynsym.algebra.field import field_over
from dynsym.arithmetic.balls import precision
from dynsym.derive.crossings import evaluation, pair, zero
from dynsym.derive.normal_forms.coefficients import critical_data, hopf_form
from dynsym.derive.normal_forms.numbers import EnclosedNumbers, ExactNumbers, UndecidedError
from dynsym.derive.normal_forms.taylor import TaylorExpansion

ENCLOSED = "coefficients: enclosed by ball arithmetic at the exact solution"
KINDS = ("transcritical", "pitchfork", "hopf")


def critical_system(kind, seed):
    """x' = A x + B(x,x)/2 + C(x,x,x)/6 + p x, critical at p = 0, with the arrays A, B, C."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    turn = sympy.Matrix([[1, 2, 0], [0, 1, -1], [1, 0, 1]])
    core = sympy.Matrix([[0, -2, 0], [2, 0, 0], [0, 0, -3]]) if kind == "hopf" else sympy.diag(0, -1, -2)
    linear = turn * core * turn.inv()
    x, p = sympy.symbols("x0:3", real=True), sympy.Symbol("p", real=True)
    second = np.zeros((3, 3, 3), int) if kind == "pitchfork" else rng.integers(-2, 3, (3, 3, 3))
    second, third = second + second.transpose(0, 2, 1), rng.integers(-1, 2, (3, 3, 3, 3))
    third = sum(third.transpose(0, *(1 + k for k in order)) for order in ((0, 1, 2), (1, 2, 0), (2, 0, 1)))
    third = third + third.transpose(0, 2, 1, 3)
    rates = []
    for i in range(3):
        rate = sum(linear[i, j] * x[j] for j in range(3)) + p * x[i]
        rate += sum(sympy.Rational(int(second[i, j, k]), 2) * x[j] * x[k] for j in range(3) for k in range(3))
        for j, k, m in np.ndindex(3, 3, 3):
            rate += sympy.Rational(int(third[i, j, k, m]), 6) * x[j] * x[k] * x[m]
        rates.append(rate)
    system = ds.system_from_equations({s.name: r for s, r in zip(x, rates, strict=True)}, {"p": None})
    return system, np.array(linear.tolist(), float), second.astype(float), third.astype(float)


def expected(kind, a, b, c):
    """The coefficient by Kuznetsov's formulas, with |v| = 1 and the largest entry of v positive."""
    values, vectors = np.linalg.eig(a)
    k = np.argmin(abs(values - (2j if kind == "hopf" else 0)))
    v = vectors[:, k] / np.linalg.norm(vectors[:, k])
    w = np.linalg.inv(vectors)[k]
    w = w / (w @ v)

    def bb(x, y):
        return np.einsum("ijk,j,k", b, x, y)

    def cc(x, y, z):
        return np.einsum("ijkl,j,k,l", c, x, y, z)

    if kind == "hopf":
        bar = v.conj()
        g21 = w @ (
            cc(v, v, bar)
            - 2 * bb(v, np.linalg.solve(a, bb(v, bar)))
            + bb(bar, np.linalg.solve(4j * np.eye(3) - a, bb(v, v)))
        )
        return g21.real / 4
    v, w = (np.sign(v[np.argmax(abs(v))]) * x.real for x in (v, w))
    if kind == "pitchfork":
        return w @ cc(v, v, v) / 6
    return w @ bb(v, v) / 2


@pytest.mark.parametrize("seed", range(2, 6))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("enclosed", [False, True])
def test_both_kinds_of_numbers_say_what_numpy_says(kind, seed, enclosed, monkeypatch):
    if enclosed:
        monkeypatch.setattr(evaluation, "LARGEST_DEGREE", 0)
    system, *arrays = critical_system(kind, seed)
    coefficient = expected(kind, *arrays)
    conditions = ds.find_conditions(system, parameter="p", at=0).of_kind(kind)
    (own,) = [c for c in conditions if c.value == 0]
    assert (ENCLOSED in own.reductions) == enclosed
    assert float(own.coefficient) == pytest.approx(coefficient, rel=1e-9)
    assert float(own.transversality) == pytest.approx(1)
    assert own.coefficient_value == pytest.approx(coefficient, rel=1e-9)
    if kind in {"hopf", "pitchfork"}:
        assert own.criticality == ("supercritical" if coefficient < 0 else "subcritical")


@pytest.mark.parametrize("seed", range(3))
def test_any_point_that_balls_enclose_has_a_normal_form(seed):
    """States and parameter by their balls alone, without a problem or a locus; the states are symbols."""
    system, *arrays = critical_system("hopf", seed)
    expansion = TaylorExpansion(system, {s: s for s in system.states}, {}, system["p"])
    with precision(128):
        balls = {s: arb(0, 1e-30) for s in (*system.states, system["p"])}
        numbers = EnclosedNumbers(balls, arb(4, 1e-30))
        form = hopf_form(critical_data(expansion, size=3, numbers=numbers), numbers)
        found = float(numbers.real(form.real_g21).mid()) / 4
        assert numbers.sign(form.real_g21) == np.sign(found)
    assert found == pytest.approx(expected("hopf", *arrays), rel=1e-9)


def test_balls_never_call_a_small_number_zero():
    numbers = EnclosedNumbers({})
    assert numbers.is_zero(arb(0))
    assert numbers.sign(arb(0)) == 0
    for open_ball in (arb(0, 1e-300), arb(1, 2), arb("nan"), arb("inf")):
        with pytest.raises(UndecidedError):
            numbers.is_zero(open_ball)
        with pytest.raises(UndecidedError):
            numbers.sign(open_ball)


def test_symbols_leave_a_sign_open():
    x, k = sympy.symbols("x k", real=True)
    field = field_over([x, k])
    numbers = ExactNumbers(field, field, None)
    assert numbers.sign(field(x * x + 1)) == 1
    assert numbers.sign(field(x)) is None
    assert numbers.enclose(None, field(x)) is None
    assert numbers.orientation([field(k), field(k * (x * x + 2))]) == (1, 0)
    known = ExactNumbers(field, field, None, balls=lambda: {x: arb(-3), k: arb(2)})
    assert known.sign(field(x)) == -1
    assert known.orientation([field(k), field(x)]) == (-1, None)


@pytest.mark.parametrize("kind", ["pitchfork", "hopf"])
@pytest.mark.parametrize("enclosed", [False, True])
def test_a_planted_sign_is_caught(kind, enclosed, monkeypatch):
    """The one function is checked from outside, whichever numbers it reads."""
    if enclosed:
        monkeypatch.setattr(evaluation, "LARGEST_DEGREE", 0)
    system, *_ = critical_system(kind, 2)
    room = zero if kind == "pitchfork" else pair
    name = f"{'zero' if kind == 'pitchfork' else kind}_form"
    right = getattr(room, name)

    def wrong(data, numbers):
        form = right(data, numbers)
        return type(form)(**{**vars(form), **{k: -v for k, v in vars(form).items() if k in {"cubic", "real_g21"}}})

    monkeypatch.setattr(room, name, wrong)
    found = ds.find_conditions(system, parameter="p", at=0)
    assert kind not in {condition.kind for condition in found}
    assert any("independent computation" in cell.reason for cell in found.open)


@pytest.mark.parametrize("seed", range(2, 5))
def test_digits_of_a_mode_tell_its_direction(seed):
    """A mode by digits orients as its formula does: u^2 has the coefficient of the fold."""
    system, *arrays = critical_system("transcritical", seed)
    (own,) = [c for c in ds.find_conditions(system, parameter="p", at=0).of_kind("transcritical") if c.value == 0]
    rough = replace(own, mode={name: sympy.Float(entry, 30) for name, entry in own.mode.items()})
    found = ds.normal_form(system, rough, order=5).coefficients["quadratic"]
    assert float(found) == pytest.approx(expected("transcritical", *arrays), rel=1e-9)
