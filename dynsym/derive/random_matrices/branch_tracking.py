r"""Which root of its polynomial is the Cauchy transform: followed from infinity in proved steps.

Far from the support, in [-r, r], :math:`|G(z) - 1/z| \le r/(|z|(|z| - r))`, and one root lies in a disc about 1/z. Down
the vertical line to a real point, each step proves by Rouché's theorem that one root, and only one, lies in a disc for
every z on the step; so it is the same root all along.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
from flint import acb, acb_poly, arb, fmpq, fmpz_poly

from dynsym.arithmetic.balls import precision, rational_ball
from dynsym.derive.random_matrices.cauchy import Table
from dynsym.errors import ConvergenceError

__all__ = ["boundary_value"]

BITS = 192
SMALL = arb(2) ** -64
STRETCHES = (2, 4, 8)
FARTHEST = 2**60
SMALLEST_STEP = Fraction(1, 2**60)
CORRECTIONS = 40


def boundary_value(table: Table, x: fmpq, reach: Fraction) -> acb | None:
    """G(x + i0) as a ball: exactly real where the density vanishes; None at a critical point."""
    with precision(BITS):
        roots = _roots_at(table, x)
        if roots is None:
            return None
        followed = _followed(table, x, reach)
        meeting = [root for root in roots if root.overlaps(followed)]
        if len(meeting) != 1:
            raise ConvergenceError(_stuck(x))
        return meeting[0]


def _roots_at(table: Table, x: fmpq) -> list[acb] | None:
    """All roots at a rational point, isolated; None where one is multiple or infinite."""
    coefficients = [fmpq(0)] * (1 + max(j for _, j, _ in table))
    for i, j, c in table:
        coefficients[j] += c * x**i
    if coefficients[-1] == 0:
        return None
    polynomial: fmpz_poly = flint.fmpq_poly(coefficients).numer()
    roots: Any = polynomial.complex_roots()
    if any(multiplicity > 1 for _, multiplicity in roots):
        return None
    return [acb(root) for root, _ in roots]


def _followed(table: Table, x: fmpq, reach: Fraction) -> acb:
    """The root that is 1/z at infinity, continued to x."""
    centre, bound = arb(x), rational_ball(reach)
    rows = _rows(table)
    height = 4 * (reach + abs(Fraction(int(x.p), int(x.q))) + 1)
    highest = height * FARTHEST
    while True:
        z = acb(centre, rational_ball(height))
        distance = abs(z)
        if _one_root(_centred(rows, z, acb((1 / z).mid())), arb(0), 2 * bound / (distance * (distance - bound))):
            break
        height *= 4
        if height > highest:
            raise ConvergenceError(_stuck(x))
    value = _corrected(rows, z, 1 / z)
    step = height / 2
    while height > 0:
        local = _centred(rows, acb(centre, rational_ball(height)), value)
        step = min(2 * step, height)
        while (radius := _radius(local, rational_ball(step))) is None:
            step /= 2
            if step < SMALLEST_STEP:
                raise ConvergenceError(_stuck(x))
        height -= step
        end = acb(centre, rational_ball(height))
        following = _corrected(rows, end, value)
        if not (abs(following - value) + SMALL < radius and _one_root(_centred(rows, end, following), arb(0), SMALL)):
            raise ConvergenceError(_stuck(x))
        value = following
    return value + acb(arb(0, SMALL), arb(0, SMALL))


Rows = list[acb_poly]


def _rows(table: Table) -> Rows:
    """The coefficient of each power of G as a polynomial in z."""
    degree = max(i for i, _, _ in table)
    rows = [[fmpq(0)] * (degree + 1) for _ in range(1 + max(j for _, j, _ in table))]
    for i, j, c in table:
        rows[j][i] = c
    return [acb_poly([acb(c) for c in row]) for row in rows]


def _centred(rows: Rows, z: acb, value: acb) -> list[list[arb]]:
    """Absolute values of the Taylor coefficients at (z, G), by power of G and then of z."""
    shifted = [list(row(acb_poly([z, 1])).coeffs()) for row in rows]
    width = max(map(len, shifted))
    columns = []
    for i in range(width):
        column = acb_poly([row[i] if i < len(row) else acb(0) for row in shifted])
        columns.append(list(column(acb_poly([value, 1])).coeffs()))
    return [[abs(column[j]) if j < len(column) else arb(0) for column in columns] for j in range(len(rows))]


def _one_root(local: list[list[arb]], step: arb, radius: arb) -> bool:
    """Rouché: the term linear in G outweighs all others on the circle, so that one root lies in it for all z."""
    others, power = arb(0), arb(1)
    for j, row in enumerate(local):
        total = arb(0)
        for coefficient in reversed(row):
            total = total * step + coefficient
        if j == 1:
            total = total - row[0]
        others = others + total * power
        power = power * radius
    return bool(others.upper() < (local[1][0] * radius).lower())


def _radius(local: list[list[arb]], step: arb) -> arb | None:
    """A radius in which one root stays for the whole step."""
    move, slope = arb(0), local[1][0]
    if slope.contains(0):
        return None
    for coefficient in reversed(local[0][1:]):
        move = (move + coefficient) * step
    for stretch in STRETCHES:
        radius = arb((stretch * move / slope).upper()) + 4 * SMALL
        if _one_root(local, step, radius):
            return radius
    return None


def _corrected(rows: Rows, z: acb, value: acb) -> acb:
    """Newton's method from a value next to the root."""
    polynomial = acb_poly([row(z) for row in rows])
    derivative = polynomial.derivative()
    for _ in range(CORRECTIONS):
        slope = derivative(value)
        if slope.contains(0):
            break
        following = acb((value - polynomial(value) / slope).mid())
        done = bool(abs(following - value) < SMALL / 2**20)
        value = following
        if done:
            break
    return value


def _stuck(x: fmpq) -> str:
    return (
        f"The Cauchy transform could not be followed to x = {x}: a branch point lies on or next to the vertical line. "
        "Try a point beside it."
    )
