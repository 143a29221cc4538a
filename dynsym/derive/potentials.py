"""Potentials: homotopy potential of a polynomial field, energy function of a symmetric rate network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import softplus, symbol
from dynsym.derive._cycles import CycleTest, cycle_test
from dynsym.errors import UnsupportedFeatureError
from dynsym.model import LeakyRate, Linear, Logistic, Polynomial, Rectified, Tanh

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["energy_function", "polynomial_rates", "potential", "rate_network_test"]


def potential(
    system: SymbolicSystem,
    *,
    values: Mapping[str, Any] | None = None,
    free: Iterable[str | Symbol] = (),
) -> Expr:
    r"""The homotopy potential of a polynomial field.

    :math:`V(x) = -\int_0^1 x \cdot f(t x)\,dt`, term by term :math:`-c\,x^m x_i/(|m| + 1)`. Then
    :math:`f = -\nabla V + u` with :math:`x \cdot u = 0`; u vanishes exactly where the field is a gradient. It is one
    decomposition among many.

    Parameters
    ----------
    system : SymbolicSystem
    values : mapping of name to number, text or Expr, optional
        Override the default values of parameters.
    free : iterable of names
        Parameters that stay symbolic whatever their value.

    Returns
    -------
    Expr

    Raises
    ------
    UnsupportedFeatureError
        If the right-hand side is no polynomial in the states.

    Examples
    --------
    >>> import dynsym as ds
    >>> oscillator = ds.system_from_equations({"x": "y", "y": "mu*(1 - x^2)*y - x"}, parameters=["mu"])
    >>> sympy.expand(potential(oscillator))
    mu*x**2*y**2/4 - mu*y**2/2
    """
    rates = polynomial_rates(system, system.substitution(values, free))
    if rates is None:
        raise UnsupportedFeatureError(
            f"{system.name!r} is no polynomial field, and the homotopy potential is worked out for these. For a rate "
            "network with symmetric weights use energy_function."
        )
    terms = []
    for state, rate in zip(system.states, rates, strict=True):
        for powers, coefficient in rate.terms():
            monomial = sympy.Mul(*[s**p for s, p in zip(system.states, powers, strict=True)])
            terms.append(-coefficient * monomial * state / (sum(powers) + 1))
    return sympy.Add(*terms)


def polynomial_rates(system: SymbolicSystem, substitution: Mapping[Symbol, Expr]) -> list[sympy.Poly] | None:
    """The right-hand side as polynomials in the states, or None."""
    rates = [rate.xreplace(dict(substitution)) for rate in system.rhs]
    if not all(rate.is_polynomial(*system.states) for rate in rates):
        return None
    return [sympy.Poly(rate, *system.states) for rate in rates]


def energy_function(
    system: SymbolicSystem,
    *,
    values: Mapping[str, Any] | None = None,
    free: Iterable[str | Symbol] = (),
) -> Expr:
    r"""The energy that a rate network with symmetrisable weights descends.

    For :math:`\tau_i x_i' = -x_i + \sum_j w_{ij} \varphi(x_j) + b_i` with :math:`c_i w_{ij} = c_j w_{ji}`, c > 0,

    .. math:: E = \sum_i c_i \left(\int_0^{x_i} s\,\varphi'(s)\,ds - b_i \varphi(x_i)\right)
                  - \tfrac12 \sum_{ij} c_i w_{ij}\,\varphi(x_i)\,\varphi(x_j)

    decreases: :math:`x' = -G^{-1} \nabla E` with the metric :math:`G = \mathrm{diag}(c_i \tau_i \varphi'(x_i))`.

    Parameters
    ----------
    system : SymbolicSystem
        Built with `LeakyRate` nodes and fixed weights.
    values, free
        As for `potential`.

    Returns
    -------
    Expr

    Raises
    ------
    UnsupportedFeatureError
        If the system is no rate network with fixed weights, or its weights are not symmetrisable; the message names the
        violating cycle.

    Examples
    --------
    >>> import dynsym as ds
    >>> energy_function(ds.build_system(ds.motifs.bidirectional(), node=ds.LeakyRate(ds.Tanh())))
    -w*tanh(x1)*tanh(x2) + x1*tanh(x1) + x2*tanh(x2) - log(cosh(x1)) - log(cosh(x2))

    References
    ----------
    .. [1] J. Hopfield, *Neurons with graded response…*, PNAS 81 (1984).
    .. [2] M. Cohen and S. Grossberg, *Absolute stability of global pattern formation…*, IEEE Trans. SMC 13 (1983).
    """
    substitution = dict(system.substitution(values, free))
    test = rate_network_test(system, substitution)
    if test is None:
        raise UnsupportedFeatureError(
            f"{system.name!r} is no rate network with fixed weights. Build it with build_system(network, "
            "node=LeakyRate(…)); for polynomial equations use potential."
        )
    if not test.holds:
        names = [system.state_names[k] for k in test.cycle]
        raise UnsupportedFeatureError(
            f"The weights of {system.name!r} are not symmetric up to a positive scale: round {' -> '.join(names)} "
            "the two "
            f"products differ ({test.residual}). Without that edge an energy function may exist; decompose shows "
            "the rest."
        )
    template = system.template
    assert template is not None
    terms = []
    for k, state in enumerate(system.states):
        rule = template.rules[template.rule_of_node[k]]
        own = _rest_energy(rule.activation, state) - template.bias[k] * template.outputs[k]
        terms.append(test.scale[k] * own)
    for i, j, weight in zip(template.onto, template.source, template.couplings, strict=True):
        terms.append(-test.scale[i] * weight * template.outputs[i] * template.outputs[j] / 2)
    return sympy.Add(*terms).xreplace(substitution)


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


def _rest_energy(activation: Any, x: Symbol) -> Expr:
    """The integral of s φ'(s) from 0 to x, that is x φ(x) minus the primitive of φ."""
    value = x * activation.expression(x)
    if isinstance(activation, Tanh) and activation.gain == 1:
        return value - sympy.log(sympy.cosh(x))
    if isinstance(activation, Logistic) and activation.expression(x) == Logistic().expression(x):
        return value - softplus(x) + sympy.log(2)
    if isinstance(activation, Rectified) and activation.expression(x) == Rectified().expression(x):
        return value / 2
    if isinstance(activation, (Linear, Polynomial)) and activation.expression(x).is_polynomial(x):
        s = symbol("s")
        return sympy.integrate(s * activation.expression(s).diff(s), (s, 0, x))
    s = symbol("s")
    return value - sympy.Integral(activation.expression(s), (s, 0, x))
