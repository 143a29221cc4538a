"""A solution over time.

    dynsym simulate pair.toml --start x1=0.1 --time 50 --set g=2
    dynsym simulate pair.toml --start x1=0.1 --time 50 --out run.nc

States that --start leaves out are 0, plastic weights are at their steady state. A solution that grows
beyond all bounds in a finite time is reported as a blow-up, and ends there.
"""

from __future__ import annotations

import argparse

from dynsym.cli.arguments import CommandParser, numbers, positive_number, whole_number
from dynsym.cli.models import check_states, read_model, remark_on_copies
from dynsym.cli.screen import Screen

__all__ = ["add_arguments", "run"]

MOST_POINTS = 10_000_000

ROWS = 11


def add_arguments(parser: CommandParser) -> None:
    """The options of ``dynsym simulate``."""
    parser.add_model()
    parser.add_argument("--start", action="append", metavar="X=VALUE,…", help="the state at time 0")
    parser.add_argument("--time", default="100", metavar="T", help="how long; 100 by default")
    parser.add_argument("--points", default="201", metavar="N", help="times that are kept; 201 by default")
    parser.add_argument("--tolerance", metavar="ERROR", help="relative error of a step; 1e-8 by default")
    parser.add_argument("--out", metavar="FILE.nc", help="save the trajectory as NetCDF")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Integrate and print the states at some times."""
    import numpy as np

    from dynsym.cli.texts import COLUMNS, decimal
    from dynsym.compute import Lsoda, compile_system, simulate
    from dynsym.results import Outcome

    system = read_model(options)
    remark_on_copies(system, screen)
    start = numbers(options.start, "--start")
    check_states(system, start, "--start")
    time = positive_number(options.time, "--time")
    points = whole_number(options.points, "--points", least=2, most=MOST_POINTS)
    tolerance = positive_number(options.tolerance, "--tolerance")
    method = Lsoda() if tolerance is None else Lsoda(relative_tolerance=tolerance)
    with screen.progress("integrating"):
        f = compile_system(system)
        trajectory = simulate(f, start or 0, times=np.linspace(0, time or 0, points or 2), method=method)
    if options.out:
        trajectory.save(options.out)
    made = trajectory.provenance.options
    if options.json:
        screen.json(trajectory.to_json())
    else:
        names = trajectory.state_names[:COLUMNS]
        chosen = np.unique(np.linspace(0, len(trajectory) - 1, ROWS).round().astype(int))
        rows = [[decimal(trajectory.times[k], 6), *(decimal(trajectory[name][k], 6) for name in names)] for k in chosen]
        screen.line(f"{system.name}: {made['message']} (numeric, {made['method']}, {made['evaluations']} evaluations)")
        screen.table(["time", *names], rows, right=["time", *names])
        if len(trajectory.state_names) > COLUMNS:
            screen.line(f"  … and {len(trajectory.state_names) - COLUMNS} more states; --json gives all")
    return 4 if trajectory.outcome in {Outcome.STEP_TOO_SMALL, Outcome.LEFT_DOMAIN} else 0
