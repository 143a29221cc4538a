"""Activations of the user's own: bounded ones give a start box, whatever their expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import sympy
from scipy.optimize import root
from sympy import Expr

import dynsym as ds
from dynsym.errors import ParameterError

W = np.array([[2.0, -3.0, 0.5], [1.5, 3.5, -1.0], [-0.5, 2.0, 2.5]])
BIAS = [0.3, -0.2, 0.1]


@dataclass(frozen=True)
class Softsign(ds.model.Activation):
    """u/(1 + |u|)."""

    kind: ClassVar[str] = "softsign"

    def expression(self, argument: Expr) -> Expr:
        return argument / (1 + sympy.Abs(argument))

    @property
    def parity(self) -> str:
        return "odd"

    @property
    def bounds(self) -> tuple[Expr, Expr]:
        return (sympy.S.NegativeOne, sympy.S.One)

    @property
    def derivative_bounds(self) -> tuple[Expr, Expr]:
        return (sympy.S.Zero, sympy.S.One)


@dataclass(frozen=True)
class Algebraic(Softsign):
    """u/√(1 + u²)."""

    kind: ClassVar[str] = "algebraic"

    def expression(self, argument: Expr) -> Expr:
        return argument / sympy.sqrt(1 + argument**2)


@dataclass(frozen=True)
class Misdeclared(Softsign):
    """2 u/(1 + |u|), which leaves [-1, 1]."""

    kind: ClassVar[str] = "misdeclared"

    def expression(self, argument: Expr) -> Expr:
        return 2 * argument / (1 + sympy.Abs(argument))


@pytest.mark.parametrize("activation", [Softsign(), Algebraic()], ids=repr)
@pytest.mark.parametrize("node", [ds.LeakyRate, ds.WilsonCowan])
def test_counts_agree_with_many_starts(activation: ds.model.Activation, node: type) -> None:
    system = ds.build_system(ds.Network.from_matrix(W).with_biases(BIAS), node(activation))
    form = ds.link_form(system)
    assert form is not None
    assert form.activations == (activation,) * 3
    f = ds.compile_system(system)
    count = ds.count_equilibria(f)
    rng, found = np.random.default_rng(0), []
    for start in rng.normal(scale=4, size=(200, 3)):
        answer = root(f.field, start, args=(f.default_values,), jac=f.jacobian, tol=1e-12)
        if answer.success and all(np.abs(answer.x - other).max() > 1e-6 for other in found):
            found.append(answer.x)
    assert count.status == "proved"
    assert count.count == len(found)


def test_learning_weights_with_an_activation_of_ones_own() -> None:
    """x = k φ(x) φ(y)², y = k φ(y) φ(x)² once the weights rest at k φ(x) φ(y)."""
    strength = 12.0
    system = ds.build_system(
        ds.motifs.bidirectional(weight=0, bias=[0.1, 0.2]), ds.LeakyRate(Softsign()), ds.Hebbian(strength=strength)
    )
    count = ds.count_equilibria(system)
    assert count.status == "proved"

    def reduced(z: np.ndarray) -> np.ndarray:
        v = z / (1 + np.abs(z))
        return z - [0.1, 0.2] - strength * v * v[::-1] ** 2

    rng, found = np.random.default_rng(1), []
    for start in rng.uniform(-12, 12, size=(400, 2)):
        answer = root(reduced, start, tol=1e-13)
        if answer.success and all(np.abs(answer.x - other).max() > 1e-6 for other in found):
            found.append(answer.x)
    assert count.count == len(found) > 1


def test_a_false_range_is_refused() -> None:
    system = ds.build_system(ds.Network.from_matrix(W), ds.LeakyRate(Misdeclared()))
    with pytest.raises(ParameterError, match="declares the range"):
        ds.count_equilibria(system)


@dataclass(frozen=True)
class Spike(Softsign):
    """u/(1 + |u|) with a narrow peak of five at u = 5.37 that no handful of probes meets; bounds as declared."""

    kind: ClassVar[str] = "spike"
    height: int = 5

    def expression(self, argument: Expr) -> Expr:
        return super().expression(argument) + self.height / (1 + (10**6 * (argument - sympy.Rational(537, 100))) ** 2)


@dataclass(frozen=True)
class Unread(Softsign):
    """√(u² + 1 + sin² u) - √(u² + 1), within [0, 1]: a difference of infinite terms, which intervals cannot bound."""

    kind: ClassVar[str] = "unread"

    def expression(self, argument: Expr) -> Expr:
        return sympy.sqrt(argument**2 + 1 + sympy.sin(argument) ** 2) - sympy.sqrt(argument**2 + 1)


def test_a_narrow_peak_beyond_the_declared_range_is_never_overlooked() -> None:
    system = ds.build_system(ds.Network.from_matrix([[2.0]], bias=[0.1]), ds.LeakyRate(Spike()))
    with pytest.raises(ParameterError, match="declares the range"):
        ds.count_equilibria(system)


def test_a_range_that_is_not_proved_is_named() -> None:
    system = ds.build_system(ds.Network.from_matrix([[0.5]], bias=[0.1]), ds.LeakyRate(Unread()))
    count = ds.count_equilibria(system)
    assert (count.status, count.upper) == ("lower_bound", None)
    assert "given the declared bounds of unread" in str(count.reason)
    boxed = ds.count_equilibria(system, box={"x1": (-3, 3)})
    assert (boxed.status, boxed.lower) == ("proved", 1)


def test_smooth_rectifiers() -> None:
    """x' = -x + w softplus(x) + b: 1 = w s at the fold, so that b = log(s/(1 - s)) - w log(1/(1 - s))."""
    w = 2
    share = 1 / w
    fold = np.log(share / (1 - share)) - w * np.log(1 / (1 - share))
    for bias, expected in ((fold - 0.01, 2), (fold + 0.01, 0)):
        system = ds.build_system(
            ds.Network.from_matrix(np.array([[w]])).with_biases([bias]), ds.LeakyRate(ds.Softplus())
        )
        count = ds.count_equilibria(system)
        assert (count.status, count.count) == ("proved", expected)
