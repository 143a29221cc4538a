r"""The error function, :math:`\mathrm{erf}(x) = 2/\sqrt\pi \int_0^x e^{-t^2} dt`, and its inverse."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.functions.activation import ScaledActivation
from dynsym.functions.function import Function, increasing, monotone_ball
from dynsym.functions.odd_sigmoid import OddSigmoid

__all__ = ["Erf", "ErfFunction"]

Array = np.ndarray
STEEPEST = math.nextafter(2 / math.sqrt(math.pi), 2)


class ErfFunction(OddSigmoid):
    """erf; its derivative is 2/sqrt(pi) exp(-x²)."""

    head = sympy.erf
    text = "erf"
    slopes = (sympy.S.Zero, 2 / sympy.sqrt(sympy.pi))
    steepest = STEEPEST
    ball = staticmethod(lambda x: monotone_ball(x, lambda u: u.erf()))
    inverse = staticmethod(sympy.erfinv)
    primitive = staticmethod(lambda u: u * sympy.erf(u) + sympy.exp(-(u**2)) / sympy.sqrt(sympy.pi))

    @staticmethod
    def on_arrays(x: Any) -> Any:
        from scipy.special import erf

        return erf(x)

    @staticmethod
    def preimage(y: Array) -> Array:
        from scipy.special import erfinv

        return erfinv(y)

    def slope(self, x: Array, value: Array) -> Array:
        return 2 / math.sqrt(math.pi) * np.exp(-np.square(x))

    def fall(self, x: Array, value: Array, slope: Array) -> Array:
        return 2 * x * slope

    def tangent(self, slope: Array) -> Array:
        return self.on_arrays(np.sqrt(-np.log(slope / STEEPEST)))

    def peak(self, slope: Array) -> tuple[Array, Array]:
        with np.errstate(divide="ignore", invalid="ignore"):
            touch = np.sqrt(np.maximum(-np.log(slope / STEEPEST), 0.0))
            return touch, np.where(slope > 0, self.on_arrays(touch) - slope * touch, 1.0)

    def second_derivative(self, low: Array, high: Array, value: BallArray, slope: BallArray) -> BallArray:
        return (BallArray.between(low, high) * slope).times(-2.0)


class InverseErf(Function):
    """erf⁻¹, in which closed forms state parameters."""

    head = sympy.erfinv
    domain = (-1.0, 1.0)
    parity = "odd"
    is_increasing = True

    @staticmethod
    def on_arrays(x: Any) -> Any:
        from scipy.special import erfinv

        return erfinv(x)

    def on_floats(self, x: float) -> float:
        return float(self.on_arrays(x))

    def range(self, low: Array, high: Array) -> tuple[Array, Array]:
        bottom, top = increasing(self.on_arrays, np.clip(low, -1, 1), np.clip(high, -1, 1), self.ends)
        return bottom - 1e-12 * np.abs(bottom), top + 1e-12 * np.abs(top)

    inverse = staticmethod(sympy.erf)
    preimage = staticmethod(lambda y: ErfFunction().on_arrays(y))


@dataclass(frozen=True)
class Erf(ScaledActivation):
    """Error function, ``erf(gain * x)``: what a threshold gives on average over normal noise.

    Parameters
    ----------
    gain : number, text or Expr
        The slope at the origin is 2/sqrt(pi) times this; 1 by default.

    Raises
    ------
    ParameterError
        If the gain is not finite.

    Examples
    --------
    >>> import sympy
    >>> Erf().derivative(sympy.Integer(0))
    2/sqrt(pi)
    """

    gain: Any = 1
    kind = "erf"
    function = ErfFunction()
