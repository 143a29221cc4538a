"""Pictures of results: each takes a result and axes, and returns the axes. Nothing is solved, shown or saved here."""

from dynsym._border import put_behind_border
from dynsym.plot.condition_picture import condition
from dynsym.plot.diagram_picture import bifurcation
from dynsym.plot.eigenvalue_picture import spectrum
from dynsym.plot.graph_picture import network
from dynsym.plot.landscape_picture import landscape
from dynsym.plot.plane_picture import phase_plane
from dynsym.plot.split_picture import decomposition
from dynsym.plot.staircase_picture import count
from dynsym.plot.style import PlotStyle

__all__ = [
    "PlotStyle",
    "bifurcation",
    "condition",
    "count",
    "decomposition",
    "landscape",
    "network",
    "phase_plane",
    "spectrum",
]

put_behind_border(globals(), __all__)
