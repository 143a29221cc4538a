"""Closed-form bifurcation conditions of the equilibria of a model, with their normal forms.

    dynsym conditions pair.toml --parameter g
    dynsym conditions pair.toml --parameter k --at symmetric --range -10 10
    dynsym conditions ei.toml --parameter w_EE --at 0 --free w_IE,tau_I --latex

--at names the equilibrium: 0 for the origin, symmetric, or a point such as x=0,y=b; without it all
that are found in closed form are taken. Numbers that the model gives to parameters are put in, except
for those named by --free.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from dynsym.cli._texts import plural, print_conditions
from dynsym.cli.arguments import CommandParser, names, positive_number, span
from dynsym.cli.models import equilibrium_of, read_model
from dynsym.cli.screen import Screen

if TYPE_CHECKING:
    from dynsym.results import BifurcationCondition

__all__ = ["add_arguments", "run"]


def add_arguments(parser: CommandParser) -> None:
    """The options of ``dynsym conditions``."""
    parser.add_model()
    parser.add_span(range_required=False)
    parser.add_argument("--at", action="append", metavar="POINT", help="0, symmetric, or x=0,y=0,…")
    parser.add_argument("--free", metavar="NAMES", help="parameters that stay symbolic, as in w_IE,n_E")
    parser.add_argument("--latex", action="store_true", help="print LaTeX")
    parser.add_argument("--budget", metavar="SECONDS", help="give up after this time; 60 by default")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Derive the conditions and print them."""
    from dynsym._budget import Budget
    from dynsym.derive import find_conditions

    system = read_model(options)
    parameter = system.parameter(options.parameter).name
    free = names(options.free)
    seconds = positive_number(options.budget, "--budget")
    at = equilibrium_of(system, options.at, free=(parameter, *free))
    asked: dict[str, Any] = {"free": free, "span": span(options.range)}
    if seconds is not None:
        asked["budget"] = Budget(seconds=seconds)
    found = find_conditions(system, parameter, at=at, **asked)
    if options.json:
        content = [condition.to_json() for condition in found]
        head = {"kind": "conditions", "model": system.name, "parameter": parameter}
        screen.json({**head, "conditions": content, "notes": list(found.notes)})
    elif options.latex:
        for condition in found:
            screen.line(_latex(condition))
    else:
        screen.line(f"{system.name}: {plural(len(found), 'condition')} in {parameter}, in closed form")
        print_conditions(screen, found, parameter)
        for note in found.notes:
            screen.line(f"  note: {note}")
    return 3 if options.strict and any(condition.verdict != "proved" for condition in found) else 0


def _latex(condition: BifurcationCondition) -> str:
    """The whole condition as aligned rows, none left out."""
    from dynsym.results._latex import aligned

    return aligned(condition.latex_rows())
