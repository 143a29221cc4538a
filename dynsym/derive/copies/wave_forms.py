r"""First Lyapunov coefficients of travelling waves, for every number of cells.

In a circulant network waves are left and right critical vectors at once, q_i = e^{iθi}/√N, so the cubic term of the
normal form is the wave's own transfer: with a linear node rule and one output φ per node,
G21 = φ''' g Ŵ(θ)/N wherever φ'' vanishes, g the derivative of the rate by the input.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr
from sympy.simplify.fu import TR2i

from dynsym.algebra.normal_forms import first_lyapunov
from dynsym.derive.copies.modes import Mode
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.model.rules.local_rules import INPUT
from dynsym.model.template.template import Template

__all__ = ["WaveForm", "wave_form"]


@dataclass(frozen=True)
class WaveForm:
    """The first Lyapunov coefficient, and the third derivative of the output that it comes from."""

    coefficient: Expr
    third: Expr


def wave_form(
    problem: MovingEquilibrium, template: Template, mode: Mode, solution: Expr, frequency: Expr
) -> WaveForm | None:
    """l1 at the critical parameter; None where the node rule or a quadratic term does not allow this form."""
    local = template.local_nodes[template.rule_of_node[0]]
    if template.network.size != 1 or len(template.plastic) or len(local.states) != 1:
        return None
    (state,), (rate,) = local.states, local.rates
    if sympy.diff(rate, state, 2) != 0 or sympy.diff(rate, INPUT, 2) != 0 or sympy.diff(rate, state, INPUT) != 0:
        return None
    place = {state: template.states[0]}
    at = {problem.system.states[0]: next(iter(problem.equilibrium.states.values()))}
    values = dict(problem.values)

    def here(expression: Expr) -> Expr:
        return expression.xreplace(template.node_maps[0]).xreplace(place).xreplace(values).xreplace(at)

    if here(local.output.diff(state, 2)) != 0:
        return None
    third = here(local.output.diff(state, 3))
    gain = here(rate.diff(INPUT))
    count = sympy.Mul(*[size for _, size in mode.indices])
    transfer = sympy.Add(
        *(
            template.gain * int(sign) * weight * transfer
            for sign, weight, transfer in zip(
                template.wiring.signs, template.network.edges.weights, mode.transfers, strict=True
            )
        )
    )
    real = sympy.re(transfer.xreplace(dict(template.renaming)).xreplace(values).rewrite(sympy.cos)).doit()
    coefficient = first_lyapunov(third * gain * real.xreplace({problem.parameter: solution}) / count, frequency)
    if coefficient.has(sympy.re, sympy.im):
        return None
    return WaveForm(TR2i(sympy.factor(coefficient)), third)
