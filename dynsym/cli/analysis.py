"""Everything at once: closed-form conditions, proved counts, diagram, gradient and curl, pictures and a report.

    dynsym analyze pair.toml --parameter g --range 0 3 --out report
    dynsym analyze pyloric --parameter g --range 0 3

With --out the folder is made if it is not there, and gets report.html, pictures, diagram.nc and
analysis.json. A folder that holds an analysis is written over; where files of these names are not
from dynsym, nothing is written.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym.cli.arguments import CommandParser, positive_number, span, whole_number
from dynsym.cli.models import equilibrium_of, read_model, remark_on_copies
from dynsym.cli.report_folder import check_folder, write_folder
from dynsym.cli.screen import Screen
from dynsym.cli.study import Study
from dynsym.errors import ParameterError

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem
    from dynsym.results import Analysis

__all__ = ["add_arguments", "analyze", "run"]

POINTS, MOST_POINTS = 60, 100_000


def add_arguments(parser: CommandParser) -> None:
    """The options of ``dynsym analyze``."""
    parser.add_model()
    parser.add_span()
    parser.add_argument("--at", action="append", metavar="POINT", help="of the closed forms: 0, symmetric, or x=0,…")
    parser.add_argument("--points", metavar="N", help=f"values at which equilibria are counted; {POINTS} by default")
    parser.add_argument("--budget", metavar="SECONDS", help="time for the closed forms; 60 by default")
    parser.add_argument("--out", metavar="DIR", help="folder for the report, the pictures and the data")


def analyze(
    system: SymbolicSystem,
    *,
    parameter: str,
    span: tuple[float, float],
    values: Mapping[str, Any] | None = None,
    at: Any = None,
    out: str | os.PathLike[str] | None = None,
    points: int = POINTS,
    budget: Budget = DEFAULT_BUDGET,
    progress: Callable[[float], None] | None = None,
) -> Analysis:
    """Everything that dynsym can say about the equilibria of a system as one parameter moves.

    Closed-form conditions come first; equilibria are counted, with proof where possible, along the span; the counted
    equilibria start the branches of the diagram; closed forms and located points are put side by side; the field is
    split into gradient and curl. What cannot be done is left out, and `notes` says why.

    Parameters
    ----------
    parameter : str
        The parameter that moves.
    span : (float, float)
        Its range.
    at : SymbolicEquilibrium, mapping of state to value, 0, or None
        The equilibrium of the closed forms; None stands for all that are found.
    out : path, optional
        A folder for ``report.html``, pictures, ``diagram.nc`` and ``analysis.json``; it is made if it is not there. An
        analysis in it is written over; files of these names that are not from dynsym are an error.
    points : int
        Values of the parameter at which equilibria are counted: the middles of so many equal parts of the span.
    budget : Budget
        For the closed forms.
    progress : callable, optional
        Called with the share that is done, from 0 to 1.

    Raises
    ------
    ParameterError
        If the parameter is unknown, or the span is empty or not finite.
    NotAnEquilibrium
        If the right-hand side does not vanish at `at`.
    StorageError
        If `out` holds other files of these names, or cannot be written.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.bidirectional(weight=1), gain="g")
    >>> found = ds.analyze(pair, parameter="g", span=(0, 3), points=8)
    >>> found.agreement[0].kind, found.agreement[0].difference < 1e-9
    ('pitchfork', True)
    """
    low, high = float(span[0]), float(span[1])
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ParameterError(f"span={span!r} was given; two finite numbers that ascend are needed. Try span=(0, 3).")
    if points < 2:
        raise ParameterError(f"points={points} was given; at least 2 are needed. Try points={POINTS}.")
    if out is not None:
        check_folder(out)
    if values:
        system = system.with_values(**values)
    study = Study(system, system.parameter(parameter).name, (low, high), at, budget)
    analysis = study.run(points, progress or (lambda share: None))
    if out is not None:
        write_folder(analysis, out, portrait=study.portrait(analysis))
    return analysis


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Analyze and print a summary."""
    seconds = positive_number(options.budget, "--budget")
    points = whole_number(options.points, "--points", least=2, most=MOST_POINTS)
    ends = span(options.range)
    assert ends is not None
    system = read_model(options)
    remark_on_copies(system, screen)
    parameter = system.parameter(options.parameter).name
    with screen.progress("analyzing") as progress:
        analysis = analyze(
            system,
            parameter=parameter,
            span=ends,
            out=options.out,
            at=equilibrium_of(system, options.at, free=(parameter,)),
            points=points or POINTS,
            budget=DEFAULT_BUDGET if seconds is None else Budget(seconds=seconds),
            progress=progress,
        )
    if options.json:
        screen.json(analysis.to_json())
    else:
        _print(screen, analysis)
    for note in analysis.notes:
        screen.remark(f"note: {note}")
    if options.out:
        screen.remark(f"written: {os.path.join(options.out, 'report.html')}")
    return 3 if options.strict and not _is_proved(analysis) else 0


def _print(screen: Screen, analysis: Analysis) -> None:
    from dynsym.cli.texts import (
        print_agreement,
        print_branches,
        print_conditions,
        print_decomposition,
        print_ledger,
        print_special_points,
        print_staircase,
        print_statements,
    )

    low, high = analysis.span
    screen.line(f"{analysis.name}: {len(analysis.equations)} states, {analysis.parameter} from {low:g} to {high:g}")
    screen.heading(f"Bifurcations as {analysis.parameter} moves (closed forms)")
    print_conditions(screen, analysis.conditions, analysis.parameter)
    print_ledger(screen, analysis.conditions)
    print_statements(screen, analysis.statements)
    if analysis.counts is not None:
        screen.heading(f"How many equilibria there are, at {len(analysis.counts)} values of {analysis.parameter}")
        print_staircase(screen, analysis.counts)
    if analysis.diagram is not None:
        screen.heading("Branches of equilibria (numeric continuation)")
        print_branches(screen, analysis.diagram)
        screen.heading("Special points (numeric, each solved from its defining equations)")
        print_special_points(screen, analysis.diagram)
        print_agreement(screen, analysis.agreement)
    if analysis.decomposition is not None:
        screen.heading("Gradient and curl")
        print_decomposition(screen, analysis.decomposition)


def _is_proved(analysis: Analysis) -> bool:
    verdicts = [c.verdict for c in analysis.conditions] + [s.verdict for s in analysis.statements]
    counted = analysis.counts is not None and analysis.counts.is_proved
    return counted and analysis.conditions.complete and all(verdict == "proved" for verdict in verdicts)
