"""Branches, special points and their agreement with closed forms as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dynsym.cli._texts.cells import COLUMNS, chopped, cut, decimal, small
from dynsym.cli.screen import Screen

if TYPE_CHECKING:
    from dynsym.results import Agreement, Diagram, SpecialPoint

__all__ = ["print_agreement", "print_branches", "print_special_points"]

CROSSING = "crossing_speed"
"""Says that the crossing is transversal; in the JSON, and left out of the table."""


def print_branches(screen: Screen, diagram: Diagram) -> None:
    """One row a branch."""
    rows = []
    for branch in diagram.branches:
        values = branch.parameter_values
        ends = " / ".join(dict.fromkeys(outcome.value.replace("_", " ") for outcome in branch.outcomes))
        span = f"[{decimal(values.min(), 6)}, {decimal(values.max(), 6)}]"
        rows.append([str(branch.id), span, _share(branch.stable), ends])
    screen.table(["branch", diagram.parameter, "stable", "ends"], rows, right=["branch"])


def print_special_points(screen: Screen, diagram: Diagram) -> None:
    """One row a special point, with the first states."""
    if not diagram.special:
        screen.line("  no special points")
        return
    parameter, names = diagram.parameter, diagram.state_names[:COLUMNS]
    rows = [_point_row(point, parameter, names) for point in diagram.special]
    more = ["…"] if len(diagram.state_names) > COLUMNS else []
    screen.table(
        ["label", parameter, *names, *more, "coefficients", "residual"],
        [[*row[: 2 + len(names)], *more, *row[2 + len(names) :]] for row in rows],
        right=[parameter, *names],
    )


def _share(stable: Any) -> str:
    return "all" if stable.all() else "none" if not stable.any() else "in part"


def _point_row(point: SpecialPoint, parameter: str, names: Sequence[str]) -> list[str]:
    shown = [(name, value) for name, value in point.coefficients.items() if name != CROSSING]
    coefficients = ", ".join(f"{name} {decimal(value, 6)}" for name, value in shown) or "-"
    places = [decimal(chopped(point.state[name]), 6) for name in names]
    return [point.label, decimal(point.parameters[parameter]), *places, coefficients, small(point.residual)]


def print_agreement(screen: Screen, rows: Sequence[Agreement]) -> None:
    """Closed forms beside located points; a neutral saddle is no bifurcation and has no row."""
    rows = [row for row in rows if row.condition is not None or row.kind != "neutral_saddle"]
    if not rows:
        screen.line("  nothing to compare")
        return
    parameter = rows[0].parameter
    screen.table(
        ["kind", "closed form", f"{parameter} from it", f"{parameter} located", "difference"],
        [
            [
                row.kind.replace("_", " "),
                "-" if row.condition is None or row.condition.solution is None else cut(row.condition.solution),
                decimal(row.exact_value),
                decimal(row.located_value),
                small(row.difference),
            ]
            for row in rows
        ],
    )
