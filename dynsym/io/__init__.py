"""Formats: one file each."""

from dynsym._border import put_behind_border
from dynsym.io.latex import to_latex
from dynsym.io.report import report_html

__all__ = ["report_html", "to_latex"]

put_behind_border(globals(), __all__)
