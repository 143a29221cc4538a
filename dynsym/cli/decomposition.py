"""Gradient and curl of a model: metric, potential, violating cycle, conserved quantities.

    dynsym decompose pair.toml
    dynsym decompose pyloric --at 0 --set g=1.5
    dynsym decompose lotka.toml --integrals 2

The share of the curl is the squared norm of the antisymmetric part of the Jacobian over that of the
Jacobian, at the point that --at names (the origin by default), in the metric that --metric names:
euclidean, or slopes for diag(phi').
"""

from __future__ import annotations

import argparse
from typing import Any

from dynsym.cli.arguments import CommandParser, names, positive_number, whole_number
from dynsym.cli.models import equilibrium_of, read_model
from dynsym.cli.screen import Screen

__all__ = ["add_arguments", "run"]


def add_arguments(parser: CommandParser) -> None:
    """The options of ``dynsym decompose``."""
    parser.add_model()
    parser.add_argument("--at", action="append", metavar="POINT", help="where: 0, symmetric, or x=0,y=0,…")
    parser.add_argument("--free", metavar="NAMES", help="parameters that stay symbolic")
    parser.add_argument("--metric", choices=("euclidean", "slopes"), default="euclidean", help="of curl and share")
    parser.add_argument("--integrals", metavar="DEGREE", help="look for conserved polynomials up to this degree")
    parser.add_argument("--latex", action="store_true", help="print LaTeX")
    parser.add_argument("--budget", metavar="SECONDS", help="give up after this time; 60 by default")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Split the field and print the parts."""
    from dynsym._budget import Budget
    from dynsym.cli.texts import print_decomposition
    from dynsym.derive import ActivationSlopes, decompose
    from dynsym.results.rows import aligned

    seconds = positive_number(options.budget, "--budget")
    degree = whole_number(options.integrals, "--integrals", least=1)
    system = read_model(options)
    free = names(options.free)
    at = equilibrium_of(system, options.at, free=free)
    asked: dict[str, Any] = {"at": 0 if at is None else at, "free": free, "integrals": degree}
    if seconds is not None:
        asked["budget"] = Budget(seconds=seconds)
    if options.metric == "slopes":
        asked["metric"] = ActivationSlopes()
    split = decompose(system, **asked)
    if options.json:
        screen.json(split.to_json())
    elif options.latex:
        screen.line(aligned(split.latex_rows()))
    else:
        screen.line(f"{system.name}: gradient and curl")
        print_decomposition(screen, split)
        if degree is not None and not split.integrals:
            screen.line(f"  no conserved polynomial up to degree {degree}")
    return 3 if options.strict and "undecided" in split.is_gradient.values() else 0
