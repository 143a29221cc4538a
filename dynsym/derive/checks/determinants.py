"""Factors of a characteristic polynomial in closed form, compared with determinants of numbers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import mpmath
import numpy as np
from sympy import Expr, Symbol

from dynsym.arithmetic.digits import NoNumberError, number_of
from dynsym.arithmetic.sampling import Sampler
from dynsym.errors import ClosedFormMismatch

__all__ = ["Product", "check_product"]

DIGITS = 15
TOLERANCE = 1e-8

Product = Sequence[tuple[Expr, Expr, Sequence[tuple[Symbol, Expr]]]]


def check_product(
    product: Product,
    eigenvalue: Symbol,
    what: str,
    draw: Callable[[Sampler], tuple[Mapping[Any, Any], np.ndarray] | None],
    *,
    points: int,
    attempts: int,
    seed: int,
) -> int:
    """Compare a product of monic factors with det(λ - J), for numbers and matrices J that are drawn, and random λ."""
    generator, compared = Sampler(seed), 0
    for _ in range(attempts):
        if compared == points:
            break
        try:
            drawn = draw(generator)
            if drawn is None:
                continue
            values, jacobian = drawn
            at = generator.off_axis()
            # Written out, a power of (λ + 1) cancels by as many digits as its degree asks for.
            with mpmath.workdps(DIGITS + len(jacobian)):
                numbers = {own: mpmath.mpmathify(value) for own, value in {**values, eigenvalue: at}.items()}
                claimed = _logarithm(product, numbers)
        except (NoNumberError, ZeroDivisionError, OverflowError):
            continue
        sign, logarithm = np.linalg.slogdet(at * np.eye(len(jacobian)) - jacobian)
        if not abs(np.exp(claimed - np.log(sign) - logarithm) - 1) < TOLERANCE:
            sizes = {str(s): int(v) for s, v in values.items() if getattr(s, "is_integer", False)}
            raise ClosedFormMismatch(
                f"The characteristic polynomial of {what} in closed form differs from a determinant of numbers"
                f"{f' at the sizes {sizes}' if sizes else ''}. Nothing is returned; please report the model."
            )
        compared += 1
    return compared


def _logarithm(product: Product, values: Mapping[Any, Any]) -> complex:
    total = mpmath.mpc(0)
    for factor, multiplicity, indices in product:
        power = number_of(multiplicity, values)
        ranges = [range(round(complex(number_of(count, values)).real)) for _, count in indices]
        for point in itertools.product(*ranges) if power else ():
            at = {**values, **dict(zip((index for index, _ in indices), point, strict=True))}
            total += power * mpmath.log(number_of(factor, at))
    return complex(total)
