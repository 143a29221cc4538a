"""Eigenvalues by formula: the roots of a factor of degree one or two."""

from __future__ import annotations

import sympy
from sympy import Expr

from dynsym.algebra.field import Field, root_relations
from dynsym.algebra.ring import Polynomial, Ring
from dynsym.algebra.tidy import tidy
from dynsym.derive.characteristic.factors import EIGENVALUE

__all__ = ["formulas"]


def formulas(ring: Ring, polynomial: Polynomial) -> tuple[Expr, ...]:
    """The roots in the eigenvalue, where the degree is one or two; nothing otherwise."""
    field = Field(ring, root_relations(ring))
    coefficients = ring.coefficients(polynomial, EIGENVALUE)
    if len(coefficients) == 2:
        return (tidy(field.element(-coefficients[0], coefficients[1])),)
    if len(coefficients) == 3:
        c, b, a = coefficients
        middle = tidy(field.element(-b, 2 * a))
        root = sympy.sqrt(tidy(field.element(b * b - 4 * a * c, 4 * a * a)))
        return (middle + root, middle - root)
    return ()
