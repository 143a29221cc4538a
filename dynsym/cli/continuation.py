"""Branches of equilibria over one parameter, with their special points.

    dynsym continue pair.toml --parameter g --range 0 3
    dynsym continue fold.toml --parameter m --range -1 1 --start x=-1.3 --set m=-0.9

Without --start all equilibria that are counted at a few values of the parameter start a branch, and
at branch points the other branches are followed. --start is corrected by Newton's method at the value
that --set gives the parameter, or else at the lower end of the range; nodes it leaves out are 0,
plastic weights are at their steady state.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from dynsym.cli.arguments import CommandParser, assignments, number, numbers, span, whole_number
from dynsym.cli.models import check_states, read_model, remark_on_copies
from dynsym.cli.screen import Screen
from dynsym.errors import ConvergenceError, ParameterError

if TYPE_CHECKING:
    from dynsym.compute import PseudoArclength
    from dynsym.results import Diagram

__all__ = ["add_arguments", "run"]


def add_arguments(parser: CommandParser) -> None:
    """The options of ``dynsym continue``."""
    parser.add_model()
    parser.add_span()
    parser.add_argument("--start", action="append", metavar="X=VALUE,…", help="an equilibrium to start from, roughly")
    parser.add_argument("--step-max", metavar="LENGTH", help="longest step, in widths of the range")
    parser.add_argument("--step-min", metavar="LENGTH", help="shortest step")
    parser.add_argument("--max-steps", metavar="N", help="most steps of a branch in each direction")
    parser.add_argument("--tolerance", metavar="ERROR", help="largest error of a point")
    parser.add_argument("--out", metavar="FILE.nc", help="save the diagram as NetCDF")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Follow the branches and print them."""
    from dynsym.cli.texts import plural, print_branches, print_special_points
    from dynsym.compute import bifurcation_diagram, compile_system

    system = read_model(options)
    remark_on_copies(system, screen)
    parameter = system.parameter(options.parameter).name
    ends = span(options.range)
    assert ends is not None
    start = numbers(options.start, "--start")
    check_states(system, start, "--start")
    asked: dict[str, Any] = {"parameter": parameter, "span": ends, "method": _method(options)}
    if start:
        given = assignments(options.set, "--set")
        value = float(given.get(parameter, ends[0]))
        if not ends[0] <= value <= ends[1]:
            raise ParameterError(
                f"--set {parameter}={value:g} lies outside the range from {ends[0]:g} to {ends[1]:g}; --start is "
                "corrected there. Give a value inside."
            )
        asked |= {"starts": [start], "counts": (), "values": {parameter: value}}
    with screen.progress("following branches"):
        diagram = bifurcation_diagram(compile_system(system), **asked)
    notes = diagram.provenance.options.get("notes", ())
    if start and not diagram.branches:
        raise ConvergenceError(" ".join(notes) or f"No branch was found from --start {start}. Try another start.")
    if options.out:
        diagram.save(options.out)
    if options.json:
        screen.json(diagram.to_json())
    else:
        screen.line(f"{system.name}: {plural(len(diagram), 'branch')} over {parameter} from {ends[0]:g} to {ends[1]:g}")
        screen.heading(f"Branches of equilibria along {parameter} (numeric continuation)")
        print_branches(screen, diagram)
        screen.heading("Special points (numeric, each solved from its defining equations)")
        print_special_points(screen, diagram)
        checks = diagram.provenance.options.get("checks", ())
        if checks:
            screen.heading("Branches against counts")
        for check in checks:
            screen.line(f"  {check}")
    for note in notes:
        screen.remark(f"note: {note}")
    return 3 if options.strict and not _is_complete(diagram) else 0


def _method(options: argparse.Namespace) -> PseudoArclength:
    from dynsym.compute import PseudoArclength

    asked = {name: getattr(options, name) for name in ("step_max", "step_min", "tolerance")}
    given: dict[str, Any] = {
        name: number(text, f"--{name.replace('_', '-')}") for name, text in asked.items() if text is not None
    }
    steps = whole_number(options.max_steps, "--max-steps", least=1)
    if steps is not None:
        given["max_steps"] = steps
    if "step_max" in given:
        given["step"] = min(PseudoArclength.step, given["step_max"])
    return PseudoArclength(**given)


def _is_complete(diagram: Diagram) -> bool:
    """Whether no end failed and every counted value was proved and agrees."""
    failed = any(outcome.is_failure for branch in diagram.branches for outcome in branch.outcomes)
    proved = diagram.counts is None or diagram.counts.is_proved
    return not failed and proved and all(diagram.provenance.options.get("agree", ()))
