"""The [dynamics] of a model file: activations, node rules and synapse rules as tables, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from sympy import Expr, MatrixBase

from dynsym._expressions import did_you_mean, to_text
from dynsym.errors import ModelError
from dynsym.functions import Activation, Polynomial, Tanh
from dynsym.functions.activation import ACTIVATIONS
from dynsym.functions.polynomial import activation_from_text
from dynsym.model.files.document import Document
from dynsym.model.rules.local_rules import Rule
from dynsym.model.rules.node_rules import LeakyRate, LeakyVoltage, NodeRule, WilsonCowan
from dynsym.model.rules.synapse_rules import AntiHebbian, Hebbian, Oja, Static, SynapseRule
from dynsym.network.quantities import plain_number

__all__ = ["dynamics_table", "node_rule", "plain", "synapse_rule"]

DYNAMICS: Final = ("node", "activation", "synapse", "gain", "tau")

_NODES: Final[dict[str, type[Rule]]] = {
    "leaky_rate": LeakyRate,
    "leaky_voltage": LeakyVoltage,
    "wilson_cowan": WilsonCowan,
}
_SYNAPSES: Final[dict[str, type[Any]]] = {"static": Static, "hebbian": Hebbian, "anti_hebbian": AntiHebbian, "oja": Oja}


def node_rule(document: Document) -> Rule:
    """Return the node rule of a model file: ``node``, ``activation`` and ``tau`` of [dynamics]."""
    dynamics = document.table("dynamics", DYNAMICS)
    given = dynamics.get("node", "leaky_rate")
    with document.at("dynamics", "node"):
        if isinstance(given, Mapping) and ("states" in given or "output" in given):
            for key in ("activation", "tau"):
                if key in dynamics:
                    raise ModelError(f"a node rule with states of its own has no {key}: write it into its expressions.")
            return _own_rule(document, given)
        kind, options = _named(given, _NODES, "node rule", "rule")
        shared: dict[str, Any] = {key: dynamics[key] for key in ("activation", "tau") if key in dynamics}
        for key in shared.keys() & options.keys():
            raise ModelError(f"{key} is given twice, in [dynamics] and in its node rule. Drop one of the two.")
        options = {**options, **shared}
        _check_options(document, options, kind, "dynamics", "node")
        if "activation" in options:
            with document.at("dynamics", "activation"):
                options["activation"] = _activation(document, options["activation"])
        return kind(**options)


def synapse_rule(document: Document) -> Any:
    """Return the synapse rule of a model file: ``synapse`` of [dynamics], or `Static`."""
    given = document.table("dynamics", DYNAMICS).get("synapse", "static")
    with document.at("dynamics", "synapse"):
        if isinstance(given, Mapping) and "equation" in given:
            document.check_keys(given, ("equation",), "dynamics", "synapse")
            return SynapseRule(_text(given["equation"], "the equation of the synapse"))
        kind, options = _named(given, _SYNAPSES, "synapse rule", "rule")
        _check_options(document, options, kind, "dynamics", "synapse")
        return kind(**options)


def dynamics_table(rule: Rule, synapse: Any, gain: Expr) -> dict[str, Any] | None:
    """Return the [dynamics] of rules, or None if a model file has no words for them."""
    table: dict[str, Any] = {}
    if type(rule) is NodeRule:
        table["node"] = {"states": dict(rule.states), "output": rule.output}
    elif (name := _name_of(rule, _NODES)) is not None:
        options = _options(rule)
        activation = _activation_entry(options.pop("activation", Tanh()))
        if activation is None:
            return None
        table["node"] = {"rule": name, **options} if options.keys() - {"tau"} else name
        table["activation"] = activation
        if "tau" in options and table["node"] == name:
            table["tau"] = options["tau"]
    else:
        return None
    if gain != 1:
        table["gain"] = plain(gain)
    if type(synapse) is SynapseRule:
        table["synapse"] = {"equation": synapse.equation}
    elif (name := _name_of(synapse, _SYNAPSES)) is None:
        return None
    elif name != "static":
        table["synapse"] = {"rule": name, **_options(synapse, defaults=True)}
    return table


def plain(value: Any) -> Any:
    """Return a quantity, a matrix or a mapping of them in the words of a file: numbers and texts, exact."""
    if isinstance(value, Expr):
        number = plain_number(value)
        return to_text(number) if isinstance(number, Expr) or abs(number) >= 2**63 else number
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, MatrixBase):
        return [[plain(entry) for entry in row] for row in value.tolist()]
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value


def _own_rule(document: Document, given: Mapping[str, Any]) -> NodeRule:
    document.check_keys(given, ("states", "output"), "dynamics", "node")
    states = given.get("states")
    if not isinstance(states, Mapping):
        raise ModelError('a node rule of your own needs its states, as in states = { x = "-x + input" }.')
    rates = {name: _text(rate, f"the rate of {name}") for name, rate in states.items()}
    return NodeRule(rates, _text(given.get("output", next(iter(rates), "")), "the output of the node rule"))


def _activation(document: Document, given: Any) -> Activation:
    if isinstance(given, str) and given not in ACTIVATIONS:
        return activation_from_text(given)
    kind, options = _named(given, ACTIVATIONS, "activation", "kind")
    _check_options(document, options, kind, "dynamics", "activation")
    return kind(**options)


def _activation_entry(activation: Activation) -> Any:
    name = _name_of(activation, ACTIVATIONS)
    if name is None:
        return None
    options = _options(activation)
    if isinstance(activation, Polynomial) and "variable" not in options:
        return activation.text
    return {"kind": name, **options} if options else name


def _named(given: Any, kinds: Mapping[str, type[Any]], what: str, key: str) -> tuple[type[Any], dict[str, Any]]:
    """The class that a name or a table with a name stands for, and the rest of the table."""
    options = dict(given) if isinstance(given, Mapping) else {key: given}
    if key not in options:
        raise ModelError(f'the {what} {dict(given)!r:.80} has no name. Add {key} = "{next(iter(kinds))}" to it.')
    name = options.pop(key)
    if not isinstance(name, str) or name not in kinds:
        hint = did_you_mean(str(name), kinds) or "."
        raise ModelError(f"the {what} {name!r:.60} is unknown{hint} Known: {', '.join(kinds)}.")
    return kinds[name], options


def _check_options(document: Document, options: Mapping[str, Any], kind: type[Any], *where: str) -> None:
    document.check_keys(options, [entry.name for entry in dataclasses.fields(kind)], *where)


def _name_of(value: Any, kinds: Mapping[str, type[Any]]) -> str | None:
    return next((name for name, kind in kinds.items() if type(value) is kind), None)


def _options(value: Any, *, defaults: bool = False) -> dict[str, Any]:
    """The fields of a rule that differ from their defaults (or all), in the words of a file."""
    default = None if defaults or isinstance(value, Polynomial) else type(value)()
    fields = [entry.name for entry in dataclasses.fields(value)]
    said = {name: getattr(value, name) for name in fields}
    if isinstance(value, Polynomial) and value.variable == "x":
        del said["variable"]
    kept = {name: entry for name, entry in said.items() if default is None or entry != getattr(default, name)}
    return {name: entry if isinstance(entry, Activation) else plain(entry) for name, entry in kept.items()}


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise ModelError(f"{what} is {value!r:.60}; a text is needed. Put it into quotes.")
    return value
