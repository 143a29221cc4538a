"""Equations, conditions and statements as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from dynsym.cli._texts.cells import cut, decimal, place_text
from dynsym.cli.screen import Screen

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem
    from dynsym.network import Network
    from dynsym.results import BifurcationCondition, Statement

__all__ = ["print_conditions", "print_equations", "print_normalisations", "print_source", "print_statements"]

ROWS = 24
LINE = 200


def print_equations(screen: Screen, system: SymbolicSystem) -> None:
    """One line a state."""
    screen.heading("Equations")
    for name, rate in list(system.equations.items())[:ROWS]:
        screen.line(f"  {name}' = {cut(rate, LINE)}")
    if system.dimension > ROWS:
        screen.line(f"  … {system.dimension - ROWS} more; --json gives all")


def print_source(screen: Screen, network: Network) -> None:
    """Where a network comes from."""
    if network.reference:
        screen.line()
        screen.paragraph(network.reference)


def print_normalisations(screen: Screen, conditions: Sequence[BifurcationCondition]) -> None:
    """What makes the coefficients numbers, each text once."""
    for condition in {condition.normalisation: condition for condition in conditions}.values():
        if condition.normalisation and condition.coefficient is not None:
            screen.paragraph(f"coefficient of a {condition.kind}: {condition.normalisation}", indent="  ")


def print_conditions(screen: Screen, conditions: Sequence[BifurcationCondition], parameter: str) -> None:
    """A table of the conditions; below it what the coefficients mean and what was assumed."""
    columns = ["kind", parameter, "value", "equilibrium", "criticality", "coefficient", "frequency", "how sure"]
    if not conditions:
        screen.line("  none in closed form")
        return
    screen.table(columns, [_condition_row(condition) for condition in conditions])
    for remark in dict.fromkeys(text for condition in conditions for text in _remarks(condition)):
        screen.paragraph(remark, indent="  ")
    print_normalisations(screen, conditions)


def _condition_row(condition: BifurcationCondition) -> list[str]:
    solution = f"{cut(condition.equation)} = 0" if condition.solution is None else cut(condition.solution)
    solution = ", ".join([solution, *(f"{name} = {cut(value)}" for name, value in condition.others.items())])
    coefficient = "-" if condition.coefficient is None else cut(condition.coefficient, 36)
    if condition.coefficient_value is not None and coefficient != decimal(condition.coefficient_value, 6):
        coefficient = f"{coefficient} = {decimal(condition.coefficient_value, 6)}"
    if set(condition.coefficients) == {"a", "b"}:
        coefficient = ", ".join(f"{name} = {cut(value, 18)}" for name, value in condition.coefficients.items())
    return [
        condition.kind.replace("_", " "),
        solution,
        decimal(condition.value),
        place_text(condition.at),
        condition.criticality or "-",
        coefficient,
        "-" if condition.frequency is None else cut(condition.frequency, 24),
        condition.verdict,
    ]


def _remarks(condition: BifurcationCondition) -> Iterable[str]:
    if condition.constraints:
        yield f"{condition.kind}, where {'; '.join(_relation(entry) for entry in condition.constraints)}"
    if condition.assumptions:
        yield f"assumed: {', '.join(condition.assumptions)}"


def _relation(entry: Any) -> str:
    """An inequality as it is, and an expression that vanishes as an equation; long sides are cut."""
    sign = getattr(entry, "rel_op", None)
    return f"{cut(entry, 80)} = 0" if sign is None else f"{cut(entry.lhs, 80)} {sign} {cut(entry.rhs)}"


def print_statements(screen: Screen, statements: Sequence[Statement]) -> None:
    """One line a statement, its verdict last."""
    for statement in statements:
        screen.line(f"  {statement.text}: {statement.verdict}")
        for step in filter(None, statement.reason.split("; ")):
            screen.paragraph(step, indent="    ")
