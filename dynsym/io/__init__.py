"""Formats: one file each."""

from dynsym.io.latex import to_latex
from dynsym.io.report import report_html

__all__ = ["report_html", "to_latex"]
