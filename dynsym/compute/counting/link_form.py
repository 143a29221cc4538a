"""The link form of a system with all that must hold for it: from the template in linear time, else recognised.

A `LinkForm` of the model layer says what y = b + W φ(y) + φ(y) ∘ (K φ(y)²) is; here the factors are added that must
not vanish, because the equations were divided by them: decay rates, and the determinant of the linear part.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import logistic, relu
from dynsym.errors import ModelError
from dynsym.model.links import with_logistic
from dynsym.model.reductions import slave
from dynsym.model.rules import INPUT, POST, PRE, TIME_CONSTANT, WEIGHT, LocalNode, LocalSynapse
from dynsym.model.system import SymbolicSystem
from dynsym.model.template import Template

__all__ = ["DividedLinks", "divided_links"]

Entries = dict[tuple[int, int], Expr]

_KINDS = {sympy.tanh: "tanh", logistic: "logistic", relu: "rectified"}


@dataclass(frozen=True, eq=False)
class DividedLinks:
    """y = b + W φ(y) + φ(y) ∘ (K φ(y)²), and what was divided by on the way.

    Parameters
    ----------
    bias : tuple of Expr, length m
    weights, cubic : dict of (row, column) to Expr
    kinds : tuple of str
        "tanh", "logistic" or "rectified".
    unknowns, outputs : tuple of Symbol, length m
        Stand for y and φ(y) in `recover`.
    recover : tuple of Expr
        The states.
    factors : tuple of Expr
        Must not be zero; free of states.
    """

    bias: tuple[Expr, ...]
    weights: Entries
    cubic: Entries
    kinds: tuple[str, ...]
    unknowns: tuple[Symbol, ...]
    outputs: tuple[Symbol, ...]
    recover: tuple[Expr, ...]
    factors: tuple[Expr, ...]


def divided_links(system: SymbolicSystem) -> DividedLinks | None:
    """The link form of a system, or None where it has none.

    Parameters
    ----------
    system : SymbolicSystem

    Returns
    -------
    DividedLinks or None

    Examples
    --------
    >>> import dynsym as ds
    >>> divided_links(ds.build_system(ds.motifs.bidirectional())).weights[0, 1]
    w
    """
    if system.template is not None:
        found = _from_template(system.template)
        if found is not None:
            return found
    form = system.links()
    if form is None or any(a.kind not in _KINDS.values() for a in form.activations):
        return None
    factors = _factors(system)
    if factors is None:
        return None
    unknowns = tuple(sympy.Dummy(f"y{k}", real=True) for k in range(form.size))
    kinds = tuple(a.kind for a in form.activations)
    return DividedLinks(
        form.bias, dict(form.weights), dict(form.cubic), kinds, unknowns, form.link_symbols, form.recover, factors
    )


def _factors(system: SymbolicSystem) -> tuple[Expr, ...] | None:
    """Decay rates of the weights and the determinant of the linear part; None where they depend on a state."""
    try:
        reduced = slave(system) if system.weight_names else system
    except ModelError:
        return None
    kept = set(reduced.state_names)
    decays = [system.equations[n].diff(system[n]) for n in system.state_names if n not in kept]
    states = set(reduced.states)
    entries: Entries = {}
    for i, rate in enumerate(reduced.rhs):
        written = with_logistic(rate)
        row = written.xreplace({f: sympy.Dummy() for f in written.atoms(sympy.Function) if f.free_symbols & states})
        entries.update({(i, j): row.diff(s) for j, s in enumerate(reduced.states) if s in row.free_symbols})
    size = reduced.dimension
    if all(i == j for i, j in entries):
        linear = [entries.get((i, i), sympy.S.Zero) for i in range(size)]
    else:
        linear = [sympy.Matrix(size, size, lambda i, j: entries.get((i, j), sympy.S.Zero)).det()]
    factors = tuple(dict.fromkeys([*decays, *linear]))
    return None if any(f.free_symbols & set(system.states) for f in factors) else factors


@dataclass(frozen=True)
class _NodeForm:
    """One node at rest: x = scale (INPUT) + offset or x = φ(…); its link argument is slope·(its drive) + shift."""

    kind: str
    gain: Expr
    shift: Expr
    state: Expr
    factor: Expr


def _from_template(template: Template) -> DividedLinks | None:
    """Read the form off rules of one state each, in time linear in the edges."""
    nodes = [_node_form(local) for local in template.local_nodes]
    synapse = _steady_weight(template.local_synapse)
    if any(node is None for node in nodes) or synapse is None:
        return None
    size = template.network.size
    unknowns = tuple(sympy.Dummy(f"y{k}", real=True) for k in range(size))
    outputs = tuple(sympy.Dummy(f"v{k}", real=True) for k in range(size))
    own = [{TIME_CONSTANT: t} for t in template.time_constants]
    placed = [nodes[rule] for rule in template.rule_of_node]
    gains = [node.gain.xreplace(own[k]) for k, node in enumerate(placed) if node is not None]
    shifts = [node.shift.xreplace(own[k]) for k, node in enumerate(placed) if node is not None]
    kinds = tuple(node.kind for node in placed if node is not None)
    decay, baseline, strength = synapse
    resting: dict[int, tuple[Expr, Expr]] = {}
    decays = []
    for k, values in zip(template.plastic, template.synapse_values, strict=True):
        resting[k] = (baseline.xreplace(values), strength.xreplace(values))
        decays.append(decay.xreplace(values))
    weights: Entries = {}
    cubic: Entries = {}
    for k, (i, j) in enumerate(zip(template.onto.tolist(), template.source.tolist(), strict=True)):
        fixed = template.fixed_weights[k]
        if k in resting:
            fixed = fixed + template.signs[k] * resting[k][0]
            cubic[i, j] = gains[i] * template.gain * template.signs[k] * resting[k][1]
        if fixed != 0:
            weights[i, j] = gains[i] * template.gain * fixed
    bias = tuple(gains[i] * template.bias[i] + shifts[i] for i in range(size))
    states = [
        node.state.xreplace(own[k] | {_UNKNOWN: unknowns[k], _OUTPUT: outputs[k]})
        for k, node in enumerate(placed)
        if node is not None
    ]
    plastic = [
        resting[k][0] + resting[k][1] * outputs[template.onto[k]] * outputs[template.source[k]]
        for k in template.plastic
    ]
    factors = [node.factor.xreplace(own[k]) for k, node in enumerate(placed) if node is not None]
    return DividedLinks(
        bias, weights, cubic, kinds, unknowns, outputs, (*states, *plastic), tuple(dict.fromkeys([*factors, *decays]))
    )


_UNKNOWN = sympy.Dummy("unknown", real=True)
_OUTPUT = sympy.Dummy("output", real=True)


def _node_form(local: LocalNode) -> _NodeForm | None:
    """Of a rule x' = a x + c INPUT + d with output φ(p x + q), or x' = a x - a φ(p INPUT + q) with output x."""
    if len(local.states) != 1:
        return None
    state, rate = local.states[0], sympy.expand(local.rates[0])
    slope = rate.diff(state)
    if slope.free_symbols & {state, INPUT}:
        return None
    application = rate.diff(INPUT) if local.output != state else sympy.cancel(state - rate / slope)
    if local.output != state:
        parts = _argument(local.output, state)
        if parts is None or application.free_symbols & {state, INPUT}:
            return None
        kind, gain, shift = parts
        constant = rate.xreplace({state: sympy.S.Zero, INPUT: sympy.S.Zero})
        return _NodeForm(
            kind, -gain * application / slope, shift - gain * constant / slope, (_UNKNOWN - shift) / gain, slope * gain
        )
    parts = _argument(application, INPUT)
    return None if parts is None else _NodeForm(parts[0], parts[1], parts[2], _OUTPUT, slope)


def _argument(application: Expr, variable: Symbol) -> tuple[str, Expr, Expr] | None:
    """Kind, slope and shift of φ(slope·variable + shift)."""
    kind = _KINDS.get(type(application))
    if kind is None:
        return None
    argument = application.args[0]
    slope = argument.diff(variable)
    return None if slope == 0 or variable in slope.free_symbols else (kind, slope, argument.subs(variable, 0))


def _steady_weight(local: LocalSynapse | None) -> tuple[Expr, Expr, Expr] | None:
    """Decay rate, baseline and strength of w' = decay·(w - baseline - strength·pre·post)."""
    if local is None:
        return sympy.S.One, sympy.S.Zero, sympy.S.Zero
    decay = local.rate.diff(WEIGHT)
    drive = sympy.expand(local.rate.xreplace({WEIGHT: sympy.S.Zero}))
    product = drive.diff(PRE, POST)
    constant = drive.xreplace({PRE: sympy.S.Zero, POST: sympy.S.Zero})
    moving = {WEIGHT, PRE, POST}
    if decay == 0 or (decay.free_symbols | product.free_symbols) & moving:
        return None
    if sympy.expand(drive - constant - product * PRE * POST) != 0:
        return None
    return decay, -constant / decay, -product / decay
