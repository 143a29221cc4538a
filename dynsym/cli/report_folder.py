"""The folder of an analysis: report, pictures, data; each file is written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynsym.cli.pictures import write_picture
from dynsym.errors import StorageError

if TYPE_CHECKING:
    from dynsym.results import Analysis, PhasePortrait

__all__ = ["check_folder", "write_folder"]

REPORT, DATA, CONTENT = "report.html", "diagram.nc", "analysis.json"
PICTURES = ("network.png", "diagram.png", "counts.png", "decomposition.png", "spectrum.png", "plane.png")
STATES_SHOWN_BY_ONE = 6
"""Larger systems are drawn by the norm of their state."""


def check_folder(path: str | os.PathLike[str]) -> Path:
    """The folder, if an analysis may be written there.

    ``analysis.json`` marks a folder of dynsym's; one without it must hold none of the other files.
    """
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise StorageError(f"{folder} is a file; a folder is needed. Give another name.")
    taken = [name for name in (REPORT, DATA, CONTENT, *PICTURES) if (folder / name).exists()]
    if taken and not _is_analysis(folder / CONTENT):
        raise StorageError(
            f"{folder} holds {taken[0]}, which is not from an analysis of dynsym, and would be written over. "
            "Give another folder, or move the file."
        )
    return folder


def write_folder(analysis: Analysis, path: str | os.PathLike[str], *, portrait: PhasePortrait | None = None) -> Path:
    """Write report, pictures and data, and return the folder."""
    from dynsym.io import report_html
    from dynsym.results.storage import write_bytes

    folder = check_folder(path)
    content = json.dumps(analysis.to_json(), ensure_ascii=False, allow_nan=False, indent=1)
    write_bytes(content.encode(), folder / CONTENT)
    drawn = set()
    for name, draw in _pictures(analysis, portrait):
        write_picture(draw, folder / name)
        drawn.add(name)
    if analysis.diagram is not None:
        analysis.diagram.save(folder / DATA)
    report_html(analysis, folder / REPORT)
    outdated = [*PICTURES, *([] if analysis.diagram is not None else [DATA])]
    for name in outdated:
        if name not in drawn:
            (folder / name).unlink(missing_ok=True)
    return folder


def _is_analysis(path: Path) -> bool:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("kind") == "analysis"


def _pictures(analysis: Analysis, portrait: PhasePortrait | None) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """File name and drawing function of each picture that there is something for."""
    from dynsym import plot

    if analysis.network is not None:
        yield "network.png", lambda ax: plot.network(analysis.network, ax=ax)
    diagram, counts, split = analysis.diagram, analysis.counts, analysis.decomposition
    if diagram is not None and len(diagram):
        state = diagram.state_names[0] if len(diagram.state_names) <= STATES_SHOWN_BY_ONE else None
        yield "diagram.png", lambda ax: plot.bifurcation(diagram, state=state, ax=ax)
    if counts is not None:
        yield "counts.png", lambda ax: plot.count(counts, ax=ax)
    if split is not None and split.symmetric is not None:
        yield "decomposition.png", lambda ax: plot.decomposition(split, ax=ax)
    if counts is not None and counts.counts:
        last = counts.counts[-1]
        if any(entry.eigenvalues for entry in last.equilibria):
            yield "spectrum.png", lambda ax: plot.spectrum(last, ax=ax)
    if portrait is not None:
        yield "plane.png", lambda ax: plot.phase_plane(portrait, ax=ax)
