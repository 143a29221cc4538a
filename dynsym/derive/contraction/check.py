"""An independent look at a contraction condition: logarithmic norms of sampled Jacobians in floating point."""

from __future__ import annotations

import numpy as np
import sympy
from sympy import Expr

from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.contraction.norms import LogarithmicNorm
from dynsym.derive.contraction.slopes import SlopeForm
from dynsym.errors import ClosedFormMismatch

__all__ = ["check_contraction"]

POINTS = 12
ATTEMPTS = 60
SLOPES = 24
LARGEST = 12
TOLERANCE = 1e-9


def check_contraction(
    form: SlopeForm, norm: LogarithmicNorm, theta: tuple[Expr, ...], margins: tuple[Expr, ...]
) -> None:
    """Where all margins are positive, the logarithmic norm must be negative for random slopes."""
    if form.size > LARGEST:
        return
    generator, compared = Sampler(0), 0
    scales = (*theta, *form.leak, *form.times)
    expressions = (*margins, *scales, *form.weights.values(), *(s for p in form.slopes for s in p))
    free = sorted(set().union(*(e.free_symbols for e in expressions)), key=str)
    unit: set[sympy.Symbol] = set().union(*(e.free_symbols for e in scales))
    for attempt in range(ATTEMPTS if free else 1):
        if compared == POINTS:
            break
        size = 2.0 ** -(attempt % 6)
        drawn = {s: float(generator.number(s, (10, 200), (97, 97))) for s in free}
        put = {s: sympy.Float(x * (1 if s in unit else size)) for s, x in drawn.items()}
        if any(float(margin.xreplace(put)) <= 0 for margin in margins):
            continue
        compared += 1
        for _ in range(SLOPES):
            value = norm.of_matrix(_sampled(form, norm, theta, put, generator))
            if value > TOLERANCE:
                raise ClosedFormMismatch(
                    f"A contraction condition holds at {put}, and the logarithmic norm is {value:.3g} there. This is a "
                    "fault inside dynsym: please report it."
                )


def _sampled(
    form: SlopeForm, norm: LogarithmicNorm, theta: tuple[Expr, ...], put: dict[sympy.Symbol, Expr], generator: Sampler
) -> np.ndarray:
    """A Jacobian with random slopes, often at the ends of their range, in the coordinates of the norm."""

    def number(e: Expr) -> float:
        return float(e.xreplace(put))

    slopes = []
    for low, high in form.slopes:
        share = generator.choice([0.0, 1.0, generator.random()])
        slopes.append(number(low) + share * (number(high) - number(low)))
    jacobian = -np.diag([number(g) / number(t) for g, t in zip(form.leak, form.times, strict=True)])
    for (i, j), weight in form.weights.items():
        jacobian[i, j] += number(weight) * slopes[i if form.of_receiver else j] / number(form.times[i])
    scale = np.array([number(t) for t in theta])
    if norm.is_timed:
        scale = scale * np.sqrt([number(t) / number(g) for g, t in zip(form.leak, form.times, strict=True)])
    return jacobian * scale[:, None] / scale[None, :]
