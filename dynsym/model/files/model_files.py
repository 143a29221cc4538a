"""Model files: a system from TOML or JSON, and back.

A file has one of two forms: a network with its dynamics, or any equations. Its texts are read by dynsym's own parser.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Final

import sympy
from sympy import Expr

from dynsym._expressions import (
    FunctionDefinition,
    assumption_of,
    check_name,
    did_you_mean,
    exact,
    parse,
    symbol,
    to_text,
)
from dynsym.errors import ModelError, ModelNameError
from dynsym.functions import Tanh
from dynsym.model.build import assembled_system, build_system, system_from_equations
from dynsym.model.files.document import Document, document_from_file, document_from_text
from dynsym.model.files.network_tables import network_of, network_table
from dynsym.model.files.rule_tables import DYNAMICS, dynamics_table, node_rule, plain, synapse_rule
from dynsym.model.files.toml_text import toml_text
from dynsym.model.rules.node_rules import LeakyRate
from dynsym.model.rules.synapse_rules import Static
from dynsym.model.system import SymbolicSystem
from dynsym.network import PeriodicNetwork, list_networks, load_network

__all__ = ["load_system", "save_system"]

_NETWORK_FORM: Final = ("name", "network", "dynamics", "parameters", "assumptions", "sizes")
_EQUATION_FORM: Final = ("name", "states", "functions", "parameters", "assumptions")


def load_system(source: str | PathLike[str]) -> SymbolicSystem:
    r"""The system of a model file, or of a bundled network.

    A bundled network becomes the rate model :math:`\tau x' = -x + g W \tanh(x) + b` with g = 1.

    Parameters
    ----------
    source : path, name of a bundled network, or text with line breaks
        A ``.toml`` or ``.json`` file; or the text of such a file.

    Raises
    ------
    ModelError
        There is no such network, the file is empty, or it has keys that do not belong there.
    ModelParseError
        The file or an expression in it cannot be read, or a key stands twice.
    ModelNameError
        A name is undeclared, declared twice or no identifier.
    ParameterError
        A value is not a finite real number.
    LimitError
        The file or an expression in it is too large.
    UnsafeInputError
        The file is a pickle.

    Examples
    --------
    >>> system = load_system('''
    ... [states]
    ... E = "-E + beta*tanh(E)"
    ... [parameters]
    ... beta = 0.1
    ... ''')
    >>> system.equations, system.values
    ({'E': -E + beta*tanh(E)}, {'beta': 1/10})
    """
    if isinstance(source, str) and "\n" in source:
        return _system(document_from_text(source))
    path = Path(source)
    name = str(source)
    if not path.exists() and path.name == name and not path.suffix:
        if name in list_networks():
            return build_system(load_network(name), LeakyRate(Tanh()), gain="g", name=name, values={"g": 1})
        hint = did_you_mean(name, list_networks()) or "."
        raise ModelError(
            f"{name} is neither a file nor a bundled network{hint} Bundled networks: {', '.join(list_networks())}."
        )
    return _system(document_from_file(path))


def save_system(system: SymbolicSystem, path: str | PathLike[str]) -> Path:
    """Write a system as a model file; `load_system` gives back an equal system.

    A system built from a network and rules that model files have words for is written in these words, any other as
    equations.

    Parameters
    ----------
    path : path that ends in ``.toml`` or ``.json``

    Raises
    ------
    ModelError
        The extension is another one, or the system has functions or assumptions that a file cannot hold.
    StorageError
        The file cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> system = system_from_equations({"x": "m + x - x^3"}, {"m": None})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_system(system, pathlib.Path(folder, "fold.toml"))
    ...     print(path.read_text())
    ...     load_system(path) == system
    name = "system"
    <BLANKLINE>
    [states]
    x = "m - x**3 + x"
    <BLANKLINE>
    [parameters]
    m = {}
    <BLANKLINE>
    True
    """
    from dynsym.results.storage import write_bytes

    path = Path(path)
    writers = {".toml": toml_text, ".json": lambda content: json.dumps(content, indent=1, ensure_ascii=False) + "\n"}
    if path.suffix.lower() not in writers:
        raise ModelError(f"{path.name} is neither .toml nor .json. Save the system under such a name.")
    content = {"name": system.name} | (_network_form(system) or _equation_form(system))
    content["parameters"] = {
        name: plain(system.values[name]) if name in system.values else {} for name in system.parameters
    }
    assumptions = {name: assumption_of(parameter) for name, parameter in system.parameters.items()}
    said = {name: assumption for name, assumption in assumptions.items() if assumption != "real"}
    if said:
        content["assumptions"] = said
    return write_bytes(writers[path.suffix.lower()](content).encode(), path)


def _system(document: Document) -> SymbolicSystem:
    content = document.content
    if "states" in content and "network" in content:
        raise ModelError(f"{document.origin}: a model has [states] or a [network], and both are given. Keep one.")
    if "states" in content:
        document.check_keys(content, _EQUATION_FORM)
        return _from_equations(document)
    if "network" in content:
        document.check_keys(content, _NETWORK_FORM)
        return _from_network(document)
    if {"nodes", "links"} <= content.keys() or {"nodes", "edges"} <= content.keys():
        raise ModelError(
            f"{document.origin} is a graph, and a model needs dynamics too. Write a model file with\n"
            f'    [network]\n    file = "{document.origin}"'
        )
    document.check_keys(content, {*_EQUATION_FORM, *_NETWORK_FORM})
    raise ModelError(f"{document.origin}: there are no equations. Give [states], or a [network] with its [dynamics].")


def _name(document: Document, default: str) -> str:
    name = document.content.get("name", default)
    if not isinstance(name, str):
        with document.at("name"):
            raise ModelError(f"name is {name!r:.60}; a text is needed. Put it into quotes.")
    return name


def _from_network(document: Document) -> SymbolicSystem:
    dynamics = document.table("dynamics", DYNAMICS)
    rule, synapse = node_rule(document), synapse_rule(document)
    network = network_of(document, plastic=not isinstance(synapse, Static))
    values, assumptions = _values(document), _assumptions(document)
    with document.at("dynamics"):
        system = assembled_system(
            network,
            rule,
            synapse,
            dynamics.get("gain"),
            name=_name(document, network.name),
            assumptions=assumptions,
            declared={*values, *assumptions},
        )
    used = sorted(system.parameters)
    for table, names in (("parameters", values), ("assumptions", assumptions)):
        _check_used(document, table, names, used)
    return _with_values(document, system, values)


def _from_equations(document: Document) -> SymbolicSystem:
    states, values, assumptions = document.table("states"), _values(document), _assumptions(document)
    scope: dict[str, Expr] = {}
    for table, names in (("states", states), ("parameters", values), ("assumptions", assumptions)):
        for name in names:
            with document.at(table, name):
                check_name(name, "state" if table == "states" else "parameter")
                if table != "states" and name in states:
                    raise ModelNameError(f"{name} is declared twice: as a state and as a parameter. Rename one.")
                scope[name] = symbol(name, assumptions.get(name, "real"))
    functions = _functions(document, scope)
    equations = {}
    for name, given in states.items():
        with document.at("states", name):
            where = f"equation of {name}"
            if isinstance(given, dict):
                raise ModelError(f'the state {name} has no equation. Write {name} = "...", or declare a parameter.')
            is_text = isinstance(given, str)
            equations[name] = (
                parse(given, scope, functions=functions, where=where) if is_text else exact(given, name=where)
            )
    with document.at("states"):
        system = system_from_equations(
            equations, dict.fromkeys(values), assumptions=assumptions, name=_name(document, Path(document.origin).stem)
        )
    return _with_values(document, system, values)


def _functions(document: Document, scope: Mapping[str, Expr]) -> dict[str, FunctionDefinition]:
    functions = {}
    for name, given in document.table("functions").items():
        with document.at("functions", name):
            check_name(name, "function")
            if not isinstance(given, dict) or not {"arguments", "expression"} <= given.keys():
                raise ModelError(
                    f"the function {name} needs its arguments and its expression, as in "
                    f'{name} = {{ arguments = ["u"], expression = "1/(1 + exp(-u))" }}.'
                )
            document.check_keys(given, ("arguments", "expression"), "functions", name)
            arguments, expression = given["arguments"], given["expression"]
            if not isinstance(arguments, list) or not isinstance(expression, str):
                raise ModelError(f"the function {name} needs a list of arguments and a text as its expression.")
            functions[name] = FunctionDefinition(tuple(arguments), expression)
    for name, definition in functions.items():
        with document.at("functions", name):  # a call of each shows undeclared names and cycles, used or not
            arguments = {argument: symbol(argument) for argument in definition.arguments}
            call = f"{name}({', '.join(arguments)})"
            parse(call, {**scope, **arguments}, functions=functions, where=f"function {name}")
    return functions


def _values(document: Document) -> dict[str, Expr | None]:
    """The values of [parameters], None where there is none."""
    values: dict[str, Expr | None] = {}
    for name, value in document.table("parameters").items():
        with document.at("parameters", name):
            check_name(name, "parameter")
            if isinstance(value, dict) and value:
                raise ModelError(f"{name} is a table; give its value, or {{}} to leave it symbolic.")
            values[name] = None if isinstance(value, dict) else exact(value, name=name)
    return values


def _assumptions(document: Document) -> dict[str, str]:
    assumptions = document.table("assumptions")
    for name, assumption in assumptions.items():
        with document.at("assumptions", name):
            symbol(name, assumption)
    return assumptions


def _check_used(document: Document, table: str, names: Iterable[str], used: Sequence[str]) -> None:
    """Refuse values and assumptions of names that the network and its rules do not use."""
    for name in names:
        if name not in used:
            with document.at(table, name):
                hint = did_you_mean(name, used) or "."
                raise ModelNameError(
                    f"{name} is no parameter of this model{hint} Its parameters are {', '.join(used) or 'none'}."
                )


def _with_values(document: Document, system: SymbolicSystem, values: Mapping[str, Expr | None]) -> SymbolicSystem:
    given = {name: value for name, value in values.items() if value is not None}
    for name, value in given.items():
        with document.at("parameters", name):
            system.with_values(**{name: value})
    return system.with_values(**given)


def _network_form(system: SymbolicSystem) -> dict[str, Any] | None:
    template = system.classes or system.template
    if template is not None and isinstance(template.network, PeriodicNetwork):
        raise ModelError(
            f"{system.name} is built on a network that repeats periodically, which files have no words for beyond the "
            'motifs. Write a model file with motif = "ring" and size = "N".'
        )
    if template is None or len(template.rules) != 1:
        return None
    dynamics = dynamics_table(template.rules[0], template.synapse, template.gain)
    return None if dynamics is None else {"network": network_table(template.network), "dynamics": dynamics}


def _equation_form(system: SymbolicSystem) -> dict[str, Any]:
    if "pi" in {*system.parameters, *system.state_names} and any(rate.has(sympy.pi) for rate in system.rhs):
        raise ModelError("the system has a name pi beside the constant, and a file would mix them up. Rename it.")
    return {"states": {name: to_text(rate) for name, rate in system.equations.items()}}
