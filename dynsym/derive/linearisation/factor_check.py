"""Factors of a characteristic polynomial, compared with a determinant of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from sympy import Expr

from dynsym.algebra.ring import Ring
from dynsym.arithmetic.digits import Program
from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.characteristic.factors import EIGENVALUE, Factor
from dynsym.derive.checks.determinants import check_product

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["check_factors"]

POINTS = 3
LARGEST = 300
LONGEST = 5_000


def check_factors(
    ring: Ring, factors: Sequence[Factor], entries: Mapping[tuple[int, int], Expr], system: SymbolicSystem
) -> int:
    """Compare the product of monic factors with det(λ - J) at random numbers."""
    size = system.dimension
    if size > LARGEST or any(len(factor.polynomial) > LONGEST for factor in factors):
        return 0
    drawn = {g for g in ring.generators if g.is_Symbol or type(g).__name__ == "Jet"} - {EIGENVALUE}
    drawn |= {s for g in ring.generators for s in g.free_symbols if g not in drawn} - {EIGENVALUE}

    def draw(generator: Sampler) -> tuple[Mapping[Any, Any], np.ndarray]:
        numbers = {g: float(generator.number(g, (20, 160), (80, 80), 0)) for g in sorted(drawn, key=str)}
        matrix = np.zeros((size, size), complex)
        for place, value in zip(entries, Program(list(entries.values()), numbers, [])([]), strict=True):
            matrix[place] = complex(value)
        return numbers, matrix

    product = [
        (
            ring.expression(factor.polynomial)
            / ring.expression(ring.leading_coefficient(factor.polynomial, EIGENVALUE)),
            sympy.Integer(factor.multiplicity),
            (),
        )
        for factor in factors
    ]
    return check_product(product, EIGENVALUE, repr(system.name), draw, points=POINTS, attempts=3 * POINTS, seed=2)
