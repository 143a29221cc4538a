"""What holds for every value of the parameter, or for none: said in the notes, since no condition can say it."""

from __future__ import annotations

from dynsym.derive.characteristic.factors import EIGENVALUE, even_and_odd, shown_factor
from dynsym.derive.crossings.problem import MovingEquilibrium

__all__ = ["holds_always", "holds_never"]


def holds_always(problem: MovingEquilibrium) -> tuple[str, ...]:
    """Critical eigenvalues that the parameter does not move."""
    ring, name = problem.ring, problem.parameter.name
    said = []
    for factor in problem.factors:
        degree = ring.degree(factor.polynomial, EIGENVALUE)
        if ring.coefficients(factor.polynomial, EIGENVALUE)[0].is_zero():
            count = "" if factor.multiplicity == 1 else f" of multiplicity {factor.multiplicity}"
            said.append(f"zero is an eigenvalue{count} for every value of {name}")
        elif degree >= 2 and even_and_odd(ring, factor.polynomial)[1].is_zero():
            shown = shown_factor(ring, factor.polynomial)
            said.append(f"the eigenvalues of {shown} come in opposite pairs for every value of {name}: no pair crosses")
    return tuple(said)


def holds_never(problem: MovingEquilibrium) -> str:
    """For an equilibrium at which nothing was found."""
    at = ", ".join(f"{n} = {e}" for n, e in list(problem.equilibrium.states.items())[:4])
    return (
        f"at {at} no eigenvalue passes through zero and no pair through the imaginary axis, whatever the value of "
        f"{problem.parameter.name}"
    )
