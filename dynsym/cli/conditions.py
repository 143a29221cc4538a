"""Closed-form bifurcation conditions of the equilibria of a model, with their normal forms.

    dynsym conditions pair.toml --parameter g
    dynsym conditions pair.toml --parameter k --at symmetric --range -10 10
    dynsym conditions ei.toml --parameter w_EE --at 0 --free w_IE,tau_I --latex
    dynsym conditions ei.toml --parameter w_EE --second w_IE --at 0

--at names the equilibrium: 0 for the origin, symmetric, or a point such as x=0,y=b; without it all
that are found in closed form are taken. Numbers that the model gives to parameters are put in, except
for those named by --free. With --second, the points of codimension two in both parameters: Bogdanov-Takens
points and cusps.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from dynsym.cli.arguments import CommandParser, names, positive_number, span
from dynsym.cli.models import equilibrium_of, read_model
from dynsym.cli.screen import Screen

if TYPE_CHECKING:
    from dynsym.derive import Conditions
    from dynsym.model import SymbolicSystem

__all__ = ["add_arguments", "run"]


def add_arguments(parser: CommandParser) -> None:
    """The options of ``dynsym conditions``."""
    parser.add_model()
    parser.add_span(range_required=False)
    parser.add_argument("--at", action="append", metavar="POINT", help="0, symmetric, or x=0,y=0,…")
    parser.add_argument("--second", metavar="NAME", help="a second parameter: Bogdanov-Takens points and cusps")
    parser.add_argument("--free", metavar="NAMES", help="parameters that stay symbolic, as in w_IE,n_E")
    parser.add_argument("--latex", action="store_true", help="print LaTeX")
    parser.add_argument("--budget", metavar="SECONDS", help="give up after this time; 60 by default")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Derive the conditions and print them."""
    from dynsym._budget import Budget
    from dynsym.cli.texts import plural, print_conditions, print_ledger
    from dynsym.derive import find_conditions
    from dynsym.results.rows import aligned

    system = read_model(options)
    parameter = system.parameter(options.parameter).name
    free = names(options.free)
    seconds = positive_number(options.budget, "--budget")
    moving = (parameter,) if options.second is None else (parameter, system.parameter(options.second).name)
    at = equilibrium_of(system, options.at, free=(*moving, *free))
    asked: dict[str, Any] = {"free": free}
    if seconds is not None:
        asked["budget"] = Budget(seconds=seconds)
    if options.second is None:
        found = find_conditions(system, parameter=parameter, at=at, span=span(options.range), **asked)
    else:
        found = _codimension_two(system, moving, at, asked)
    if options.json:
        content = [condition.to_json() for condition in found]
        head = {"kind": "conditions", "model": system.name, "parameter": parameter}
        if options.second is not None:
            head["second"] = moving[-1]
        screen.json(
            {
                **head,
                "conditions": content,
                "complete": found.complete,
                "open": [cell.to_json() for cell in found.open],
                "notes": list(found.notes),
                "cost": dict(found.cost),
                "provenance": found.provenance.to_json(),
            }
        )
    elif options.latex:
        for condition in found:
            screen.line(aligned(condition.latex_rows()))
        screen.line(f"% {found.ledger()}")
    else:
        screen.line(f"{system.name}: {plural(len(found), 'condition')} in {' and '.join(moving)}, in closed form")
        print_conditions(screen, found, parameter)
        print_ledger(screen, found)
        for note in found.notes:
            screen.line(f"  note: {note}")
    sure = found.complete and all(condition.verdict == "proved" for condition in found)
    return 3 if options.strict and not sure else 0


def _codimension_two(system: SymbolicSystem, parameters: tuple[str, ...], at: Any, asked: dict[str, Any]) -> Conditions:
    """Bogdanov-Takens points, then cusps."""
    from dynsym.derive import Conditions, bogdanov_takens_condition, cusp_condition

    first, second = parameters[0], parameters[-1]
    parts = [
        search(system, parameters=(first, second), at=at, **asked)
        for search in (bogdanov_takens_condition, cusp_condition)
    ]
    cells = [cell for part in parts for cell in part.cells]
    return Conditions([condition for part in parts for condition in part], cells, provenance=parts[0].provenance)
