"""Coefficients of normal forms, once for every kind of number: exact, balls, floats, arrays of floats.

A is the Jacobian, B (`second`) and C (`third`) are the second and third derivatives as functions of vectors; None for B
where it vanishes. A left critical vector w is given as the map x -> w·x. Divide by w·v what comes back where that is
not 1; v·v = 1 and q̄·q = 1 are the caller's, too.

- Zero eigenvalue: a = w·B(v,v)/2 and c = w·(C(v,v,v) - 3 B(v, A⁻¹B(v,v)))/6.
- Imaginary pair: l1 = Re G21/(2ω), G21 = p̄·(C(q,q,q̄) - 2 B(q, A⁻¹B(q,q̄)) + B(q̄, (2iω - A)⁻¹B(q,q))).
- Double zero, A q1 = q0, p0ᵀA = p1ᵀ: w1' = a w0² + b w0 w1, a = p1·B(q0,q0)/2, b = p0·B(q0,q0) + p1·B(q0,q1); with the
  symmetry w -> -w: w1' = a w0³ + b w0² w1.

Sources: Y Kuznetsov, *Elements of Applied Bifurcation Theory*, sections 5.4, 8.2, 8.4, 8.7; M Golubitsky and D
Schaeffer, *Singularities and Groups in Bifurcation Theory* I, chapter I; J Carr, *Applications of Centre Manifold
Theory*, chapter 4, for the symmetric double zero.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = [
    "crossing_speed",
    "cubic_coefficient",
    "double_zero_coefficients",
    "first_lyapunov",
    "pair_coefficient",
    "quadratic_coefficient",
    "symmetric_double_zero_coefficients",
]

Linear = Callable[[Any], Any]
Bilinear = Callable[[Any, Any], Any]
Trilinear = Callable[[Any, Any, Any], Any]


def quadratic_coefficient(left: Linear, second: Bilinear, v: Any) -> Any:
    """The coefficient of u² at a fold or a transcritical point."""
    return left(second(v, v)) / 2


def cubic_coefficient(left: Linear, second: Bilinear | None, third: Trilinear, v: Any, solve: Linear) -> Any:
    """The coefficient of u³ at a pitchfork or a cusp; `solve` gives some h with A h = the vector."""
    terms = left(third(v, v, v))
    if second is not None:
        terms = terms - 3 * left(second(v, solve(second(v, v))))
    return terms / 6


def pair_coefficient(
    left: Linear, second: Bilinear | None, third: Trilinear, q: Any, bar: Any, solve: Linear, solve_double: Linear
) -> Any:
    """G21 with `bar` = q̄; `solve` inverts A, and `solve_double` 2iω - A."""
    terms = left(third(q, q, bar))
    if second is not None:
        terms = terms - 2 * left(second(q, solve(second(q, bar)))) + left(second(bar, solve_double(second(q, q))))
    return terms


def first_lyapunov(real_g21: Any, frequency: Any) -> Any:
    """l1 from Re G21, in Kuznetsov's normalisation."""
    return real_g21 / (2 * frequency)


def crossing_speed(left: Linear, changed: Any, second: Bilinear, v: Any, drift: Any) -> Any:
    """The derivative of the eigenvalue by the parameter: `changed` is A_p v, `drift` how the equilibrium moves."""
    return left(changed) + left(second(v, drift))


def double_zero_coefficients(onto_0: Linear, onto_1: Linear, second: Bilinear, q0: Any, q1: Any) -> tuple[Any, Any]:
    """a and b of Bogdanov and Takens; the maps are x -> p0·x and x -> p1·x."""
    curved = second(q0, q0)
    return onto_1(curved) / 2, onto_0(curved) + onto_1(second(q0, q1))


def symmetric_double_zero_coefficients(
    onto_0: Linear,
    onto_1: Linear,
    second: Bilinear | None,
    third: Trilinear,
    q0: Any,
    q1: Any,
    solve: Linear,
    plus: Bilinear,
) -> tuple[Any, Any]:
    """a and b with the symmetry; `plus` adds two vectors."""
    held = None if second is None else solve(second(q0, q0))
    a, along = (cubic_coefficient(onto, second, third, q0, lambda _: held) for onto in (onto_1, onto_0))
    last = onto_1(third(q0, q0, q1))
    if second is not None:
        mixed = solve(plus(held, second(q0, q1)))
        last = last - onto_1(second(q1, held)) - 2 * onto_1(second(q0, mixed))
    return a, last / 2 + 3 * along
