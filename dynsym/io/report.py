"""A report on one analysis: a single HTML file that needs no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dynsym._docstrings import documented
from dynsym.results import Analysis
from dynsym.results.storage import write_bytes

if TYPE_CHECKING:
    import os

__all__ = ["report_html"]


@documented("StorageError: If the file cannot be written.")
def report_html(analysis: Analysis, path: str | os.PathLike[str]) -> Path:
    """Write a report as one self-contained HTML file.

    Equations are MathML, pictures are inside the file, and nothing is loaded from elsewhere. Beside each statement
    stands how sure it is.

    Parameters
    ----------
    path : str or path
        The file; an older one stays whole until the new one is complete.

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> import tempfile
    >>> from sympy import symbols, tanh
    >>> from dynsym.results import Analysis
    >>> x, g = symbols("x g", real=True)
    >>> equations = {"x": -x + g*tanh(x)}
    >>> found = Analysis("neuron", equations=equations, parameters={"g": None}, parameter="g", span=(0, 3))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     "<math" in report_html(found, f"{folder}/report.html").read_text(encoding="utf-8")
    True
    """
    from dynsym.io import _sections
    from dynsym.io.html import page

    parts = (
        _sections.summary(analysis),
        _sections.system(analysis),
        _sections.closed_forms(analysis),
        _sections.counts(analysis),
        _sections.diagram(analysis),
        _sections.decomposition(analysis),
        _sections.trust(analysis),
        _sections.provenance(analysis),
    )
    return write_bytes(page(f"{analysis.name}: dynsym report", *parts).encode(), Path(path))
