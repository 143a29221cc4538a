"""Results as text that says how sure each thing is; shared by the commands."""

from dynsym.cli._texts.cells import COLUMNS, cut, decimal, place_text, plural, small
from dynsym.cli._texts.closed_forms import (
    print_conditions,
    print_equations,
    print_normalisations,
    print_source,
    print_statements,
)
from dynsym.cli._texts.counts import how_many, print_count, print_staircase
from dynsym.cli._texts.diagrams import print_agreement, print_branches, print_special_points
from dynsym.cli._texts.splits import print_curl, print_decomposition

__all__ = [
    "COLUMNS",
    "cut",
    "decimal",
    "how_many",
    "place_text",
    "plural",
    "print_agreement",
    "print_branches",
    "print_conditions",
    "print_count",
    "print_curl",
    "print_decomposition",
    "print_equations",
    "print_normalisations",
    "print_source",
    "print_special_points",
    "print_staircase",
    "print_statements",
    "small",
]
