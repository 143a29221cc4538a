"""All equilibria of a model, with proof; and their number along a parameter.

    dynsym count pair.toml --set g=2.5
    dynsym count pair.toml --box x1=-5:5,x2=-5:5 --budget 30
    dynsym count pair.toml --parameter g --range 0 3              proved on whole intervals
    dynsym count pair.toml --parameter g --range 0 3 --points 60  at 60 values
    dynsym count pair.toml --certificate pair.json                with a file that proves it

A count is proved when every part of state space (or of --box) was excluded or holds exactly one
equilibrium, with all rounding accounted for; it is a lower bound when parts are left over.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from dynsym.cli.arguments import CommandParser, box, positive_number, span, whole_number
from dynsym.cli.models import check_states, read_model, remark_on_copies
from dynsym.cli.screen import Screen
from dynsym.errors import ParameterError

if TYPE_CHECKING:
    from dynsym.compute import CompiledSystem

__all__ = ["add_arguments", "run"]


def add_arguments(parser: CommandParser) -> None:
    """The options of ``dynsym count``."""
    parser.add_model()
    parser.add_argument("--box", action="append", metavar="X=LOW:HIGH,…", help="where to count; everywhere by default")
    parser.add_argument("--budget", metavar="SECONDS", help="stop searching after this time and say what is left")
    parser.add_span(parameter_required=False, range_required=False)
    parser.add_argument("--points", metavar="N", help="count at so many values in place of whole intervals")
    parser.add_argument("--out", metavar="FILE.nc", help="save the result as NetCDF")
    parser.add_argument("--certificate", metavar="FILE", help="write a file for dynsym check-certificate")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Count and print."""
    from dynsym._budget import Budget
    from dynsym.compute import compile_system

    where = box(options.box)
    seconds = positive_number(options.budget, "--budget")
    points = whole_number(options.points, "--points", least=2)
    ends = span(options.range)
    if (options.parameter is None) != (ends is None) or (points is not None and ends is None):
        raise ParameterError(
            "Counts along a parameter need --parameter and --range. Try --parameter g --range 0 3, and --points 60 "
            "to count at 60 values."
        )
    if options.certificate and (where or ends):
        raise ParameterError(
            "--certificate was given with --box or --range. A certificate is of one count in all of space. "
            "Leave these options out, and choose parameter values by --set."
        )
    system = read_model(options)
    remark_on_copies(system, screen)
    check_states(system, where or (), "--box")
    asked: dict[str, Any] = {"box": where}
    if seconds is not None:
        asked["budget"] = Budget(seconds=seconds)
    if ends is None:
        return _count(compile_system(system), asked, options, screen)
    asked |= {"span": ends, "points": points}
    return _count_along(compile_system(system), asked, options, screen)


def _count(f: CompiledSystem, asked: dict[str, Any], options: argparse.Namespace, screen: Screen) -> int:
    from dynsym.cli.texts import how_many, print_count
    from dynsym.compute import count_equilibria

    with screen.progress("counting") as progress:
        count = count_equilibria(f, progress=lambda share, boxes, found: progress(share), **asked)
    if options.out:
        count.save(options.out)
    if options.certificate and count.status == "proved":
        count.save_certificate(options.certificate)
    if options.json:
        screen.json(count.to_json())
    else:
        screen.line(f"{f.system.name}: {how_many(count)}")
        print_count(screen, count)
    if options.certificate and count.status != "proved":
        screen.remark(f"no certificate was written: {count.reason or 'the count is not proved'}")
        return 4
    return 3 if options.strict and count.status not in {"proved", "continuum"} else 0


def _count_along(f: CompiledSystem, asked: dict[str, Any], options: argparse.Namespace, screen: Screen) -> int:
    from dynsym.cli.texts import print_staircase
    from dynsym.compute import count_along

    with screen.progress("counting") as progress:
        staircase = count_along(f, parameter=options.parameter, progress=progress, **asked)
    if options.out:
        staircase.save(options.out)
    if options.json:
        screen.json(staircase.to_json())
    else:
        screen.line(f"{f.system.name}: equilibria along {staircase.parameter}")
        print_staircase(screen, staircase)
    return 3 if options.strict and not staircase.is_proved else 0
