"""What is known of a function of one real variable: everything else in the library derives from this record."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias

import mpmath
import numpy as np
import sympy
from sympy import Expr

from dynsym._expressions.registry import register
from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.arithmetic.rounding import FUNCTION_ERROR, UNIT, above, below, square_range, widened_down, widened_up
from dynsym.functions.chords import LINES, Chord, Hull, Range

__all__ = ["Call", "Function", "increasing", "monotone_ball"]

Array = np.ndarray
Ends = tuple[Expr, Expr]
Call: TypeAlias = "staticmethod[..., Any]"
LINE: Ends = (sympy.S.NegativeInfinity, sympy.S.Infinity)


class Function:
    """One function φ. A subclass that names its sympy class as `head` is known everywhere from then on.

    What to give, where the default (sympy's, numpy's, mpmath's or flint's function of the same name) does not do:

    ==========================  ============================================================================
    ``head``                    the sympy class
    ``text``, ``elsewhere``     its name in model files (None: it has none), and what other languages call it
    ``glyph``                   how formulas write it
    ``largest_argument``        decimal logarithm of the largest constant argument that evaluation may meet
    ``bounds``, ``slopes``      least closed intervals with φ and φ' (None: not known) over the domain
    ``domain``                  the open interval where φ is defined, but for isolated poles
    ``pole_at``                 what vanishes at the poles, as an expression
    ``parity``                  ``"odd"``, ``"even"`` or ``"none"``
    ``is_increasing``           whether φ increases strictly wherever it is defined
    ``smoothness``              continuous derivatives: infinite, 0 (a kink at 0), -1 (a jump at 0)
    ``on_floats, on_arrays``    values; where the real part decides between cases, complex steps differentiate
    ``digits``, ``ball``        values of mpmath numbers, enclosures of flint's balls
    ``range``, ``poles``        outward-rounded range over arrays of intervals, and where a pole may lie inside
    ``derivatives``             φ and three derivatives at a float
    ``inverse``, ``preimage``   φ⁻¹ as an expression, and as a guess over arrays
    ``primitive``               a primitive, as an expression
    ==========================  ============================================================================

    An activation that links can hold in a proved count also gives, over arrays of intervals, ``derivative_range``,
    ``chord``, and where they can be better than what follows from these, ``second_derivative``, ``line``, ``hull``,
    ``least``, ``square_chord``, ``quotient_chord``, ``middle``, ``tangent``; ``rest`` if φ(x) - max(x, 0) is bounded.

    Examples
    --------
    >>> from dynsym._expressions.registry import NAMES
    >>> known = NAMES["tanh"]
    >>> known.bounds, known.parity, known.inverse(sympy.Symbol("y"))
    ((-1, 1), 'odd', log((y + 1)/(1 - y))/2)
    """

    head: ClassVar[Any]
    name: ClassVar[str]
    """The name of the sympy class."""
    has_code: ClassVar[bool]
    """Whether numpy has no function of this name."""
    text: ClassVar[str | None] = None
    elsewhere: ClassVar[tuple[str, ...]] = ()
    glyph: ClassVar[str | None] = None
    largest_argument: ClassVar[int | None] = None
    bounds: ClassVar[Ends] = LINE
    slopes: ClassVar[Ends | None] = None
    domain: ClassVar[tuple[float, float]] = (-math.inf, math.inf)
    pole_at: ClassVar[Call | None] = None
    parity: ClassVar[str] = "none"
    is_increasing: ClassVar[bool] = False
    smoothness: ClassVar[float] = math.inf
    rest: ClassVar[float | None] = None
    on_floats: ClassVar[Call]
    on_arrays: ClassVar[Call]
    digits: ClassVar[Call]
    ball: ClassVar[Call]
    inverse: ClassVar[Call | None] = None
    preimage: ClassVar[Call | None] = None
    primitive: ClassVar[Call | None] = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "head" not in cls.__dict__:
            return
        cls.name, cls.has_code = cls.head.__name__, hasattr(cls, "on_arrays")
        for attribute, module in (("on_floats", math), ("on_arrays", np), ("digits", mpmath)):
            if not hasattr(cls, attribute) and hasattr(module, cls.name):
                setattr(cls, attribute, staticmethod(getattr(module, cls.name)))
        if not hasattr(cls, "ball"):
            cls.ball = staticmethod(operator.methodcaller(cls.name))
        register(cls())

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    def __repr__(self) -> str:
        return self.name

    @property
    def is_odd(self) -> bool:
        return self.parity == "odd"

    @property
    def is_smooth(self) -> bool:
        return self.smoothness == math.inf

    @property
    def has_poles(self) -> bool:
        return self.pole_at is not None

    @property
    def is_entire(self) -> bool:
        """Whether φ is smooth and defined on the whole line."""
        return self.is_smooth and self.domain == (-math.inf, math.inf) and not self.has_poles

    @property
    def is_link(self) -> bool:
        """Whether links can hold φ."""
        return type(self).chord is not Function.chord

    @functools.cached_property
    def ends(self) -> tuple[float, float]:
        """Floats below and above φ."""
        low, high = self.bounds
        return _outward(low, -math.inf), _outward(high, math.inf)

    # Values

    def derivatives(self, x: Any) -> tuple[Any, Any, Any, Any]:
        found = self._derivatives(x)
        return found[0], found[1], found[2], found[3]

    @functools.cached_property
    def _derivatives(self) -> Callable[[Any], list[Any]]:
        u = sympy.Dummy("u", real=True)
        own = sympy.Function("own")
        orders = [self.head(u).diff(u, k).replace(self.head, own) for k in range(4)]
        return sympy.lambdify([u], orders, [{"own": self.on_arrays}, "numpy"], cse=True)

    # Formulas

    def slope_at_value(self, y: Expr) -> Expr:
        """φ' where φ is y, for a function with an inverse."""
        assert self.inverse is not None
        u = sympy.Dummy("u", real=True)
        return self.head(u).diff(u).xreplace({self.head(u): y}).xreplace({u: self.inverse(y)})

    # Ranges over arrays of intervals, rounded outward

    def range(self, low: Array, high: Array) -> Range:
        assert self.is_increasing
        with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
            return increasing(
                self.on_arrays, np.maximum(low, self.domain[0]), np.minimum(high, self.domain[1]), self.ends
            )

    def poles(self, low: Array, high: Array) -> Array:
        return np.zeros(np.shape(low), dtype=bool)

    # Links of a proved count

    def value(self, x: Array) -> Array:
        """φ(x), within `value_error`."""
        return np.asarray(self.on_arrays(x))

    def value_error(self, value: Array) -> Array:
        """Bound of the error of `value`."""
        return FUNCTION_ERROR * (np.abs(value) + UNIT)

    def derivative(self, x: Array) -> Array:
        """φ'(x), approximately."""
        return np.asarray(self.derivatives(x)[1])

    def derivative_range(self, low: Array, high: Array) -> Range:
        """Bounds of φ' on [low, high]."""
        raise NotImplementedError(f"{self.name} is no function of links")

    def second_derivative(self, low: Array, high: Array, value: BallArray, slope: BallArray) -> BallArray:
        """Bounds of φ'' on [low, high], where φ and φ' are known; infinite where there are none."""
        return BallArray(np.zeros_like(value.middle), np.full_like(value.middle, np.inf))

    def chord(self, low: Array, high: Array) -> Chord:
        """Slope s and bounds of φ(x) - s x on [low, high]."""
        raise NotImplementedError(f"{self.name} is no function of links")

    def line(self, low: Array, high: Array) -> Chord:
        """As `chord`, with any slope that makes the bounds narrower."""
        return self.chord(low, high)

    def hull(self, low: Array, high: Array) -> Hull:
        """Slopes and offsets of lines over φ on [low, high], and of lines under it, approximately; (LINES, …) each."""
        found = self.chord(low, high)
        slope, lower, upper = (np.broadcast_to(part, (LINES, *low.shape)) for part in found)
        return slope, upper, slope, lower

    def least(self, linear: Array, factor: Array, low: Array, high: Array) -> Array:
        """Lower bounds of `linear` x + `factor` φ(x) on [low, high]."""
        slope, lower, upper = self.chord(low, high)
        steep = np.abs(linear) + np.abs(factor * slope)
        pad = 16 * UNIT * (steep * np.maximum(np.abs(low), np.abs(high)))
        pad += 16 * UNIT * np.abs(factor) * (np.abs(lower) + np.abs(upper))
        total = linear + factor * slope
        return np.minimum(total * low, total * high) + np.minimum(factor * lower, factor * upper) - pad

    def square_chord(self, low: Array, high: Array) -> Chord:
        """Slope s and bounds of φ(x)² - s x on [low, high]."""
        middle, radius = square_range(*self.range(low, high))
        return np.zeros_like(low), below(middle - radius), above(middle + radius)

    def quotient_chord(self, low: Array, high: Array, shift: Array) -> Chord | None:
        """Slope s and bounds of (x - shift)/φ(x) - s x; infinite where φ may vanish. None: no such bounds."""
        return None

    def middle(self, low: Array, high: Array) -> Array:
        """Where to cut [low, high]; between the middle in x and the middle in φ."""
        return 0.5 * low + 0.5 * high

    def tangent(self, slope: Array) -> Array:
        """φ at the x >= 0 with φ'(x) = slope, for a sigmoid whose slope is even and falls for x > 0; else nan."""
        return np.full_like(slope, np.nan)


def _outward(end: Expr, way: float) -> float:
    return float(end) if end.is_Integer or end.is_infinite else math.nextafter(float(end), way)


def increasing(function: Callable[[Array], Array], low: Array, high: Array, ends: tuple[float, float]) -> Range:
    """The range of an increasing function that numpy evaluates within `FUNCTION_ERROR`, between its bounds."""
    bottom, top = widened_down(function(low)), widened_up(function(high))
    return np.maximum(bottom, ends[0]), np.minimum(top, ends[1])


def monotone_ball(x: Any, function: Callable[[Any], Any]) -> Any:
    """The range of an increasing function over a ball, from its two ends."""
    return function(x) if x.is_exact() else function(x.lower()).union(function(x.upper()))
