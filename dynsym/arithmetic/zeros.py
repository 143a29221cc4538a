"""Zeros of as many equations as unknowns, enclosed in balls.

References
----------
.. [1] R. Krawczyk, Computing 4 (1969) 187-201; S. Rump, Acta Numerica 19 (2010), section 10.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from flint import arb, arb_mat
from sympy import Expr, Symbol

from dynsym.arithmetic.balls import BallArithmetic, precision
from dynsym.arithmetic.tape import Tape

__all__ = ["enclosed_zeros"]

BITS, STEPS, RADIUS = 128, 40, 2.0**-50
Place = tuple[int, int]


def enclosed_zeros(
    equations: Sequence[Expr],
    slopes: Mapping[Place, Expr],
    unknowns: Sequence[Symbol],
    starts: Iterable[Sequence[float]],
) -> Iterator[tuple[list[arb], arb_mat]]:
    """Balls that hold exactly one zero each, and the Jacobian over them; Newton's method, then Krawczyk's test.

    A start from which the test does not succeed gives nothing; a zero that was met before is left out.
    """
    size, known = len(unknowns), list[list[arb]]()
    tape = Tape.of([*equations, *slopes.values()], unknowns)

    def values(x: list[arb]) -> tuple[arb_mat, arb_mat]:
        found = tape.run(BallArithmetic(), x)
        jacobian = arb_mat(size, size)
        for (i, j), entry in zip(slopes, found[size:], strict=True):
            jacobian[i, j] = entry
        return arb_mat(size, 1, found[:size]), jacobian

    for start in starts:
        with precision(BITS):
            try:
                middle = _newton(values, [arb(x) for x in start])
                box = None if middle is None else _krawczyk(values, middle)
                if box is None or any(all(a.overlaps(b) for a, b in zip(box, other, strict=True)) for other in known):
                    continue
                jacobian = values(box)[1]
            except (ZeroDivisionError, ValueError, OverflowError):
                continue
        known.append(box)
        yield box, jacobian


def _newton(values, x: list[arb]) -> list[arb] | None:  # type: ignore[no-untyped-def]
    for _ in range(STEPS):
        residual, jacobian = values(x)
        step = [_middle(entry) for entry in jacobian.solve(residual).entries()]
        longest = max(abs(float(s)) for s in step)
        if not longest < 1e6:
            return None
        damping = min(1.0, (1 + max(abs(float(a)) for a in x)) / longest) if longest else 1.0
        x = [_middle(a - damping * s) for a, s in zip(x, step, strict=True)]
        if longest < RADIUS**2:
            return x
    return None


def _krawczyk(values, middle: list[arb]) -> list[arb] | None:  # type: ignore[no-untyped-def]
    """m - Y f(m) + (1 - Y J(X)) (X - m) inside X: exactly one zero in X."""
    size = len(middle)
    radii = [arb(0, RADIUS * (1 + abs(float(m)))) for m in middle]
    residual, jacobian = values(middle)
    inverse = arb_mat(size, size, [_middle(entry) for entry in jacobian.inv().entries()])
    _, slopes = values([m + r for m, r in zip(middle, radii, strict=True)])
    one = arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    image = arb_mat(size, 1, middle) - inverse * residual + (one - inverse * slopes) * arb_mat(size, 1, radii)
    found = list(image.entries())
    inside = all((m + r).contains_interior(k) for m, r, k in zip(middle, radii, found, strict=True))
    return found if inside else None


def _middle(x: arb) -> arb:
    if not x.is_finite():
        raise ValueError("not finite")
    return x.mid()
