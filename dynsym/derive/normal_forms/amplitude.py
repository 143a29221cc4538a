"""The equation for the amplitude of a simple critical mode, to any order, in two ways.

With x = u v + h_2 u² + h_3 u³ + … and w·h_k = 0, order by order:

- centre manifold: u' = c_2 u² + c_3 u³ + …, A h_k = -N_k + c_k v + Σ_j j h_j c_(k-j+1);
- Lyapunov–Schmidt: f(x) = (c_2 u² + c_3 u³ + …) v, A h_k = -N_k + c_k v,

N_k being the terms of f - A x of order k, and c_k = w·N_k. The two agree up to order three, and further as long as the
lower coefficients vanish. A small parameter ε is carried along to first order.

Sources: M Golubitsky and D Schaeffer, *Singularities and Groups in Bifurcation Theory* I, chapters I and VII; J Carr,
*Applications of Centre Manifold Theory*, chapter 2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import factorial, prod
from typing import Any

from dynsym.algebra.linear import Algebra, Matrix, Vector, transposed
from dynsym.derive.normal_forms.coefficients import combined, dot

__all__ = ["Amplitude", "LocalField", "amplitude_equation"]

Table = Mapping[tuple[int, ...], Any]
Key = tuple[int, int]


@dataclass(frozen=True)
class LocalField:
    """A field at a critical point: its Jacobian, its derivatives of order m, and those by ε, for ascending indices.

    `tables[m]` and `small[m]` have the keys (component, j_1 <= … <= j_m).
    """

    linear: Matrix
    tables: Mapping[int, Table]
    small: Mapping[int, Table] = field(default_factory=dict)


@dataclass(frozen=True)
class Amplitude:
    """The critical vectors as they come, w·v = 1, and the coefficients of u^k and of ε u^k."""

    v: Vector
    w: Vector
    coefficients: Mapping[int, Any]
    small: Mapping[int, Any]


def amplitude_equation(local: LocalField, algebra: Algebra, order: int, *, manifold: bool = True) -> Amplitude:
    """The amplitude equation up to u^order, and up to ε u^(order - 1) where ε occurs."""
    v, w = algebra.kernel(local.linear), algebra.kernel(transposed(local.linear))
    overlap = dot(w, v)
    w = [entry / overlap for entry in w]
    size = len(v)
    series: list[dict[Key, Any]] = [{(1, 0): entry} for entry in v]
    steps: dict[Key, Any] = {}
    keys = [(k, 0) for k in range(2, order + 1)]
    if local.small:
        keys = sorted([*keys, *((k, 1) for k in range(order))], key=lambda key: (key[1], key[0]))
    for key in keys:
        terms = _terms(local, series, key, size)
        steps[key] = dot(w, terms)
        right = combined([-entry for entry in terms], steps[key], v)
        if manifold:
            for (j, e), own in [(place, c) for place, c in steps.items() if place != key]:
                # u' contains own ε^e u^j, and the derivative of h_n u^n by u brings n u^(n-1).
                place = (key[0] - j + 1, key[1] - e)
                if place[0] >= 1 and place[1] >= 0 and place != (1, 0):
                    held = [part.get(place, 0) for part in series]
                    right = combined(right, place[0] * own, held)
        h = algebra.solve_singular(local.linear, right, v, w)
        h = combined(h, -dot(w, h), v)
        for part, entry in zip(series, h, strict=True):
            part[key] = entry
    return Amplitude(
        v, w, {k: c for (k, e), c in steps.items() if e == 0}, {k: c for (k, e), c in steps.items() if e == 1}
    )


def _terms(local: LocalField, series: list[dict[Key, Any]], key: Key, size: int) -> Vector:
    """The coefficient of u^k ε^e in f(x(u, ε), ε) - A x(u, ε)."""
    total: Vector = [0] * size
    for m, table in local.tables.items():
        if m >= 2:
            for (i, *places), entry in table.items():
                product = _coefficient(series, places, key)
                if product is not None:
                    total[i] = total[i] + entry * product / _symmetry(places)
    if key[1] == 1:
        for table in local.small.values():
            for (i, *places), entry in table.items():
                product = _coefficient(series, places, (key[0], 0))
                if product is not None:
                    total[i] = total[i] + entry * product / _symmetry(places)
    return total


def _symmetry(places: list[int]) -> int:
    return prod(factorial(count) for count in Counter(places).values())


def _coefficient(series: list[dict[Key, Any]], places: list[int], key: Key) -> Any:
    """The coefficient of one power in a product of components; None for nothing."""
    partial: dict[Key, Any] = {(0, 0): 1}
    for place in places:
        grown: dict[Key, Any] = {}
        for (k, e), number in partial.items():
            for (j, d), other in series[place].items():
                target = (k + j, e + d)
                if target[0] <= key[0] and target[1] <= key[1]:
                    term = number * other
                    grown[target] = grown[target] + term if target in grown else term
        partial = grown
    return partial.get(key)
