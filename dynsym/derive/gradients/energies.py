r"""Energy functions of rate networks with symmetric weights, fixed or plastic, and their exact time derivative."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym._docstrings import documented
from dynsym.algebra.cycle_condition import CycleTest, cycle_test
from dynsym.algebra.ring import Ring, generators_of
from dynsym.derive.gradients.primitives import primitive
from dynsym.errors import UnsupportedFeatureError
from dynsym.model import AntiHebbian, Hebbian, LeakyRate
from dynsym.model.rules.local_rules import POST, PRE, WEIGHT

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem
    from dynsym.model.template.template import Template

__all__ = ["Energy", "energy_derivative", "energy_function", "energy_of"]


@dataclass(frozen=True)
class Energy:
    """An energy, its metric, and what is needed for it."""

    expression: Expr
    metric: tuple[Expr, ...]
    defects: Mapping[tuple[int, int], Expr]


@dataclass(frozen=True)
class _PlasticEdge:
    onto: int
    source: int
    sign: int
    state: Symbol
    strength: Expr
    baseline: Expr
    time: Expr


def energy_function(
    system: SymbolicSystem, *, values: Mapping[str, Any] | None = None, free: Iterable[str | Symbol] = ()
) -> Expr:
    r"""The energy that a rate network with symmetrisable weights descends.

    For :math:`\tau_i x_i' = -x_i + \sum_j w_{ij} \varphi(x_j) + b_i` with :math:`c_i w_{ij} = c_j w_{ji}`, c > 0,

    .. math:: E = \sum_i c_i \left(\int_0^{x_i} s\,\varphi'(s)\,ds - b_i \varphi(x_i)\right)
                  - \tfrac12 \sum_{ij} c_i w_{ij}\,\varphi(x_i)\,\varphi(x_j)

    decreases: :math:`x' = -G^{-1} \nabla E` with the metric :math:`G = \mathrm{diag}(c_i \tau_i \varphi'(x_i))`.

    With plastic weights :math:`T w_{ij}' = -(w_{ij} - w^0_{ij}) + k_{ij}\,\varphi(x_i)\,\varphi(x_j)` whose strengths
    and baselines are symmetric up to the same c, :math:`\tfrac14 \sum_{ij} c_i (w_{ij} - w^0_{ij})^2/k_{ij}` is
    added; on the invariant subspace :math:`c_i w_{ij} = c_j w_{ji}`, which attracts like :math:`e^{-t/T}`, the network
    is a gradient flow with the further metric entries :math:`c_i T/(2 k_{ij})`. These are positive for Hebbian
    plasticity: then E decreases. For anti-Hebbian plasticity the metric is indefinite, and E need not decrease.

    Parameters
    ----------
    system : SymbolicSystem
        Built with `LeakyRate` nodes, and fixed weights or `Hebbian` or `AntiHebbian` synapses.

    Raises
    ------
    UnsupportedFeatureError
        If the system is no such network, or its weights are not symmetrisable; the message names the violating cycle.

    Examples
    --------
    >>> import dynsym as ds
    >>> energy_function(ds.build_system(ds.motifs.bidirectional(), node=ds.LeakyRate(ds.Tanh())))
    -w*tanh(x1)*tanh(x2) + x1*tanh(x1) + x2*tanh(x2) - log(cosh(x1)) - log(cosh(x2))

    References
    ----------
    .. [1] J. Hopfield, *Neurons with graded response…*, PNAS 81 (1984).
    .. [2] M. Cohen and S. Grossberg, *Absolute stability of global pattern formation…*, IEEE Trans. SMC 13 (1983).
    .. [3] D. Dong and J. Hopfield, *Dynamic properties of neural networks with adapting synapses*, Network 3 (1992).
    """
    return energy_of(system, dict(system.substitution(values, free))).expression


@documented("UnsupportedFeatureError: As for `energy_function`.")
def energy_derivative(
    system: SymbolicSystem, *, values: Mapping[str, Any] | None = None, free: Iterable[str | Symbol] = ()
) -> Expr:
    r"""The exact time derivative of the energy along solutions.

    .. math:: \frac{dE}{dt} = -\sum_a G_a\,(x_a')^2
              + \tfrac12 \sum_{ij} \varphi'(x_i)\,x_i'\,(c_i w_{ij} - c_j w_{ji})\,\varphi(x_j)

    over all states a, weights included. The second sum is that of plastic weights; it vanishes where they are
    symmetric.

    Parameters
    ----------
    system : SymbolicSystem
        As for `energy_function`.

    Returns
    -------
    Expr
        In the states; every square of a rate is written out.

    Examples
    --------
    >>> import dynsym as ds
    >>> energy_derivative(ds.build_system(ds.motifs.bidirectional(), node=ds.LeakyRate(ds.Linear())))
    -(w*x1 - x2)**2 - (w*x2 - x1)**2
    """
    substitution = dict(system.substitution(values, free))
    energy = energy_of(system, substitution)
    rates = [rate.xreplace(substitution) for rate in system.rhs]
    terms = [-g * rate**2 for g, rate in zip(energy.metric, rates, strict=True)]
    template = system.template
    assert template is not None
    for (i, j), defect in energy.defects.items():
        for a, b, sign in ((i, j, 1), (j, i, -1)):
            slope = template.outputs[a].diff(system.states[a]).xreplace(substitution)
            terms.append(sign * slope * rates[a] * defect * template.outputs[b].xreplace(substitution) / 2)
    return sympy.Add(*terms)


def energy_of(system: SymbolicSystem, substitution: Mapping[Symbol, Expr]) -> Energy:
    """The energy with its metric; raises as `energy_function`."""
    values, template = dict(substitution), system.template
    plastic = None if template is None else _plastic_edges(system, template, values)
    if template is None or plastic is None or not all(isinstance(rule, LeakyRate) for rule in template.rules):
        raise UnsupportedFeatureError(
            f"{system.name!r} is no rate network with fixed or Hebbian weights. Build it with build_system(network, "
            "node=LeakyRate(…)); for other equations use potential."
        )
    fixed = _fixed_weights(template, values)
    scale = _scale(system, fixed, plastic)
    gain = template.gain.xreplace(values)
    outputs = [output.xreplace(values) for output in template.outputs]
    terms, metric = [], []
    for k, state in enumerate(system.states[: template.network.size]):
        rule = template.rules[template.rule_of_node[k]]
        assert rule.activation is not None
        own = _rest_energy(rule.activation, state).xreplace(values) - template.bias[k].xreplace(values) * outputs[k]
        terms.append(scale[k] * own)
        metric.append(scale[k] * template.time_constants[k].xreplace(values) * outputs[k].diff(state))
    for (i, j), weight in fixed.items():
        terms.append(-scale[i] * gain * weight * outputs[i] * outputs[j] / 2)
    for edge in plastic:
        i, j, factor = edge.onto, edge.source, scale[edge.onto] * gain * edge.sign
        terms.append(-factor * edge.state * outputs[i] * outputs[j] / 2)
        terms.append(factor * (edge.state - edge.baseline) ** 2 / (4 * edge.strength))
        metric.append(factor * edge.time / (2 * edge.strength))
    by_place = {(edge.onto, edge.source): edge for edge in plastic}
    defects = {
        (i, j): gain * (scale[i] * edge.sign * edge.state - scale[j] * by_place[j, i].sign * by_place[j, i].state)
        for (i, j), edge in by_place.items()
        if i < j
    }
    return Energy(sympy.Add(*terms), tuple(metric), defects)


def _fixed_weights(template: Template, values: Mapping[Symbol, Expr]) -> dict[tuple[int, int], Expr]:
    known: dict[Expr, Expr] = {}
    found = {}
    for i, j, weight in zip(template.onto.tolist(), template.source.tolist(), template.fixed_weights, strict=True):
        if weight not in known:
            known[weight] = weight.xreplace(dict(values)) if weight.free_symbols else weight
        if known[weight] != 0:
            found[i, j] = known[weight]
    return found


def _plastic_edges(
    system: SymbolicSystem, template: Template, values: Mapping[Symbol, Expr]
) -> list[_PlasticEdge] | None:
    """The plastic edges of a Hebbian network; None where the synapse rule is another one."""
    if not len(template.plastic):
        return [] if len(system.states) == template.network.size else None
    local = template.local_synapse
    if (
        not isinstance(template.synapse, (Hebbian, AntiHebbian))
        or local is None
        or any(c != 1 for c in template.counts)
    ):
        return None
    decay = local.rate.diff(WEIGHT)
    drive = local.rate.diff(PRE).diff(POST)
    rest = local.rate.xreplace({WEIGHT: sympy.S.Zero, PRE: sympy.S.Zero})
    found = []
    for e, k in enumerate(template.plastic.tolist()):
        put = template.synapse_values[e]
        time = (-1 / decay).xreplace(put).xreplace(dict(values))
        strength = (-drive / decay).xreplace(put).xreplace(dict(values))
        if strength == 0:
            return None
        found.append(
            _PlasticEdge(
                int(template.onto[k]),
                int(template.source[k]),
                int(template.signs[k]),
                system.states[template.weight_positions[e]],
                strength,
                (-rest / decay).xreplace(put).xreplace(dict(values)),
                time,
            )
        )
    return found


def _scale(
    system: SymbolicSystem, fixed: Mapping[tuple[int, int], Expr], plastic: list[_PlasticEdge]
) -> tuple[Expr, ...]:
    """c, from the cycle condition on the strengths of plastic edges and the weights of fixed ones."""
    size = system.template.network.size if system.template is not None else 0
    leading = dict(fixed) | {(edge.onto, edge.source): edge.sign * edge.strength for edge in plastic}
    test = cycle_test(size, leading)
    if not test.holds:
        raise UnsupportedFeatureError(_not_symmetric(system, test))
    c, by_place = test.scale, {(edge.onto, edge.source): edge for edge in plastic}
    for (i, j), edge in by_place.items():
        back = by_place.get((j, i))
        if back is None or not (
            _vanishes(edge.time - back.time)
            and _vanishes(c[i] * edge.sign * edge.baseline - c[j] * back.sign * back.baseline)
        ):
            raise UnsupportedFeatureError(_not_symmetric(system, CycleTest(False, cycle=(j, i))))
    for i, j in fixed:
        if not _vanishes(c[i] * fixed[i, j] - c[j] * fixed.get((j, i), sympy.S.Zero)):
            raise UnsupportedFeatureError(_not_symmetric(system, CycleTest(False, cycle=(j, i))))
    return c


def _vanishes(expression: Expr) -> bool:
    return bool(Ring(generators_of([expression])).polynomial(expression).is_zero())


def _not_symmetric(system: SymbolicSystem, test: CycleTest) -> str:
    names = [system.state_names[k] for k in test.cycle]
    residual = "" if test.residual is None else f" ({test.residual})"
    return (
        f"The weights of {system.name!r} are not symmetric up to a positive scale: round {' -> '.join(names)} the two "
        f"products differ{residual}. Without that edge an energy function may exist; decompose shows the rest."
    )


def _rest_energy(activation: Any, x: Symbol) -> Expr:
    """The integral of s φ'(s) from 0 to x, that is x φ(x) minus the primitive of φ."""
    value = activation.expression(x)
    rest = x * value - primitive(value, x)
    return sympy.expand(rest) if value.is_polynomial(x) else rest
