"""The homotopy potential of a field, and the cycle condition on a rate network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym._docstrings import documented
from dynsym._expressions import symbol
from dynsym.algebra.cycle_condition import CycleTest, cycle_test
from dynsym.derive.gradients.primitives import primitive
from dynsym.errors import UnsupportedFeatureError
from dynsym.model import LeakyRate

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["polynomial_rates", "potential", "rate_network_test"]


@documented(
    "UnsupportedFeatureError: If a term of the right-hand side is not finite at the origin, where the homotopy starts.",
)
def potential(
    system: SymbolicSystem, *, values: Mapping[str, Any] | None = None, free: Iterable[str | Symbol] = ()
) -> Expr:
    r"""The homotopy potential of a field.

    :math:`V(x) = -\int_0^1 x \cdot f(t x)\,dt`. Then :math:`f = -\nabla V + u` with :math:`x \cdot u = 0`; u vanishes
    exactly where the field is a gradient. It is one decomposition among many.

    Monomials :math:`c\,x^m` of :math:`f_i` give :math:`-c\,x^m x_i/(|m| + 1)`, and a function of one state
    :math:`c\,\varphi(x_j)` gives :math:`-c\,x_i \Phi(x_j)/x_j` with the primitive :math:`\Phi(x) = \int_0^x \varphi`,
    which stays an integral where the activation is not given. Of other terms the integral over t is left as it is.

    Examples
    --------
    >>> import dynsym as ds
    >>> oscillator = ds.system_from_equations({"x": "y", "y": "mu*(1 - x^2)*y - x"}, parameters=["mu"])
    >>> sympy.expand(potential(oscillator))
    mu*x**2*y**2/4 - mu*y**2/2
    >>> potential(ds.build_system(ds.motifs.unidirectional(), node=ds.LeakyRate(ds.Tanh())))
    -w*x2*log(cosh(x1))/x1 + x1**2/2 + x2**2/2
    """
    substitution = dict(system.substitution(values, free))
    rates = polynomial_rates(system, substitution)
    if rates is not None:
        terms = []
        for state, rate in zip(system.states, rates, strict=True):
            for powers, coefficient in rate.terms():
                monomial = sympy.Mul(*[s**p for s, p in zip(system.states, powers, strict=True)])
                terms.append(-coefficient * monomial * state / (sum(powers) + 1))
        return sympy.Add(*terms)
    terms = []
    for state, right in zip(system.states, system.rhs, strict=True):
        for term in sympy.Add.make_args(sympy.expand(right.xreplace(substitution))):
            terms.append(-state * _mean_along_the_ray(term, system))
    return sympy.Add(*terms)


def _mean_along_the_ray(term: Expr, system: SymbolicSystem) -> Expr:
    """The integral of a term at t x over t from 0 to 1."""
    states = system.states
    monomial, others, degree = [], [], 0
    for factor in sympy.Mul.make_args(term):
        if not factor.free_symbols & set(states):
            monomial.append(factor)
        elif (factor.is_polynomial(*states) and factor.is_Symbol) or (factor.is_Pow and factor.base in states):
            power = int(factor.exp) if factor.is_Pow and factor.exp.is_Integer else 1 if factor.is_Symbol else -1
            if power < 0:
                raise UnsupportedFeatureError(_not_finite(term, system))
            degree += power
            monomial.append(factor)
        else:
            others.append(factor)
    rest = sympy.Mul(*others)
    if not others:
        return term / (degree + 1)
    at_origin = rest.xreplace(dict.fromkeys(states, sympy.S.Zero))
    if at_origin.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        raise UnsupportedFeatureError(_not_finite(term, system))
    moving = rest.free_symbols & set(states)
    if len(moving) == 1 and degree == 0:
        (own,) = moving
        return sympy.Mul(*monomial) * primitive(rest, own) / own
    t = symbol("t")
    along = rest.xreplace({s: t * s for s in moving})
    return sympy.Mul(*monomial) * sympy.Integral(t**degree * along, (t, 0, 1))


def _not_finite(term: Expr, system: SymbolicSystem) -> str:
    return (
        f"The term {term} of {system.name!r} is not finite at the origin, from where the homotopy starts. Centre the "
        "system elsewhere with shift(system, at)."
    )


def polynomial_rates(system: SymbolicSystem, substitution: Mapping[Symbol, Expr]) -> list[sympy.Poly] | None:
    """The right-hand side as polynomials in the states, or None."""
    rates = [rate.xreplace(dict(substitution)) for rate in system.rhs]
    if not all(rate.is_polynomial(*system.states) for rate in rates):
        return None
    return [sympy.Poly(rate, *system.states) for rate in rates]


def rate_network_test(system: SymbolicSystem, substitution: Mapping[Symbol, Expr]) -> CycleTest | None:
    """The cycle condition on the weights of a rate network; None for other systems."""
    template = system.template
    if template is None or len(template.plastic) or len(system.states) != template.network.size:
        return None
    if not all(isinstance(rule, LeakyRate) for rule in template.rules):
        return None
    known: dict[Expr, Expr] = {}
    values = dict(substitution)
    weights = {}
    for i, j, weight in zip(template.onto.tolist(), template.source.tolist(), template.couplings, strict=True):
        if weight not in known:
            known[weight] = weight.xreplace(values) if weight.free_symbols else weight
        weights[i, j] = known[weight]
    return cycle_test(system.dimension, weights)
