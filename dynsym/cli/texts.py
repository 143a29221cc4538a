"""Results as text that says how sure each thing is; shared by the commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sympy

from dynsym.cli.screen import Screen
from dynsym.results.ledger import told
from dynsym.results.sheets import (
    COLUMNS,
    Sheet,
    agreement_sheet,
    chopped,
    conditions_sheet,
    decimal,
    equilibria_sheet,
    small,
    special_points_sheet,
    staircase_sheet,
)

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem
    from dynsym.network import Network
    from dynsym.results import (
        Agreement,
        BifurcationCondition,
        CountStaircase,
        Decomposition,
        Diagram,
        EquilibriumCount,
        Statement,
    )
    from dynsym.results.ledger import Answers

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
    "print_ledger",
    "print_normalisations",
    "print_source",
    "print_special_points",
    "print_staircase",
    "print_statements",
    "small",
]

CELL = 56
ROWS_SHOWN = 40
ROWS = 24
LINE = 200
EXACT_UP_TO = 24
_SCOPES = {"euclidean": "the Euclidean metric", "diagonal": "some diagonal metric", "any": "some metric"}


def plural(number: int, noun: str) -> str:
    """A number and its noun.

    Examples
    --------
    >>> plural(1, "branch"), plural(2, "branch"), plural(0, "state")
    ('1 branch', '2 branches', '0 states')
    """
    ending = "" if number == 1 else "es" if noun.endswith(("ch", "s")) else "s"
    return f"{number} {noun}{ending}"


def cut(value: Any, length: int = CELL) -> str:
    """The text of an expression, its end left out where it is long; a float to ten digits.

    Examples
    --------
    >>> cut("x" * 80, 10)
    'xxxxxxxxx…'
    """
    text = decimal(float(value)) if isinstance(value, float) or getattr(value, "is_Float", False) else str(value)
    return text if len(text) <= length else f"{text[: length - 1]}…"


def place_text(states: Mapping[str, Any]) -> str:
    """A point in state space, as in ``x1 = x2 = 0, y = 1``."""
    texts = {name: _value_text(value) for name, value in states.items()}
    if len(texts) > COLUMNS and len(set(texts.values())) == 1:
        return f"all {len(texts)} states = {next(iter(texts.values()))}"
    parts = []
    for value, run in groupby(list(texts.items())[:COLUMNS], key=lambda item: item[1]):
        parts.append(" = ".join([*(name for name, _ in run), value]))
    return ", ".join(parts) + (", …" if len(texts) > COLUMNS else "")


def _value_text(value: Any) -> str:
    """The text of an expression; a number that has no formula to eight digits."""
    if isinstance(value, float) or getattr(value, "is_Float", False):
        return decimal(chopped(float(value)), 8)
    return cut(value, 40)


def print_sheet(screen: Screen, sheet: Sheet, *, columns: int | None = None) -> None:
    """A table of a result, with so many of its columns."""
    head = [str(cell) for cell in sheet.head]
    rows = [[_cell_text(cell) for cell in row[:columns]] for row in sheet.rows[:ROWS_SHOWN]]
    screen.table(head[:columns], rows, right=[head[k] for k in sheet.right])
    if len(sheet.rows) > ROWS_SHOWN:
        screen.line(f"  … {len(sheet.rows) - ROWS_SHOWN} more; --json lists all")


def _cell_text(cell: Any) -> str:
    if isinstance(cell, tuple):
        return ", ".join(map(_cell_text, cell))
    if isinstance(cell, Mapping):
        return place_text(cell)
    return relation(cell) if isinstance(cell, sympy.Rel) else cut(cell)


def relation(entry: Any) -> str:
    """A relation as it is, and an expression that vanishes as an equation; long sides are cut."""
    sign = getattr(entry, "rel_op", None)
    if sign is None:
        return f"{cut(entry, 80)} = 0"
    return f"{cut(entry.lhs, 80)} {sign.replace('==', '=')} {cut(entry.rhs)}"


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
    if not conditions:
        screen.line("  none was found in closed form")
        return
    print_sheet(screen, conditions_sheet(conditions, parameter))
    for remark in dict.fromkeys(text for condition in conditions for text in _remarks(condition)):
        screen.paragraph(remark, indent="  ")
    print_normalisations(screen, conditions)


def print_ledger(screen: Screen, answers: Answers[Any]) -> None:
    """Whether that is all; else what is open, and why."""
    for line in [f"open: {line}" for line in told(answers.open)] or [answers.ledger()]:
        screen.paragraph(line, indent="  ")


def _remarks(condition: BifurcationCondition) -> Iterable[str]:
    if condition.constraints:
        yield f"{condition.kind}, where {'; '.join(relation(entry) for entry in condition.constraints)}"
    if condition.assumptions:
        yield f"assumed: {', '.join(condition.assumptions)}"


def print_statements(screen: Screen, statements: Sequence[Statement]) -> None:
    """One line a statement, its verdict last."""
    for statement in statements:
        screen.line(f"  {statement.text}: {statement.verdict}")
        for step in filter(None, statement.reason.split("; ")):
            screen.paragraph(step, indent="    ")


def how_many(count: EquilibriumCount) -> str:
    """``"5 equilibria: proved"``."""
    if count.status == "continuum":
        return "a continuum of equilibria"
    number = str(count.lower) if count.upper == count.lower else f"{count.lower} to {count.upper}"
    if count.upper is None:
        number = f"at least {count.lower}"
    return f"{number} {'equilibrium' if number == '1' else 'equilibria'}: {count.status.replace('_', ' ')}"


def print_count(screen: Screen, count: EquilibriumCount) -> None:
    """What the number rests on, and the equilibria one by one."""
    values = ", ".join(f"{name} = {decimal(value)}" for name, value in count.parameters.items())
    if values:
        screen.line(f"  at {values}")
    facts = [] if count.stable is None else [f"{count.stable} stable"]
    facts += [] if count.index_sum is None else [f"indices sum to {count.index_sum}"]
    facts += [f"{count.boxes_examined} boxes examined, {count.boxes_undecided} undecided"]
    screen.line(f"  {'; '.join(facts)}")
    if count.reason:
        screen.line(f"  {count.reason}")
    if count.equilibria:
        print_sheet(screen, equilibria_sheet(count))


def print_staircase(screen: Screen, staircase: CountStaircase) -> None:
    """The number of equilibria along the parameter, steps of one height together."""
    print_sheet(screen, staircase_sheet(staircase))
    for low, high in staircase.folds:
        screen.line(f"  the number changes within [{decimal(low)}, {decimal(high)}]")
    for low, high in staircase.open:
        screen.line(f"  open: nothing is known within [{decimal(low)}, {decimal(high)}]")


def print_branches(screen: Screen, diagram: Diagram) -> None:
    """One row a branch."""
    rows = []
    for branch in diagram.branches:
        values = branch.parameter_values
        ends = " / ".join(dict.fromkeys(outcome.value.replace("_", " ") for outcome in branch.outcomes))
        span = f"[{decimal(values.min(), 6)}, {decimal(values.max(), 6)}]"
        stable = "all" if branch.stable.all() else "none" if not branch.stable.any() else "in part"
        rows.append([str(branch.id), span, stable, ends])
    screen.table(["branch", diagram.parameter, "stable", "ends"], rows, right=["branch"])


def print_special_points(screen: Screen, diagram: Diagram) -> None:
    """One row a special point, with the first states."""
    if not diagram.special:
        screen.line("  no special points")
        return
    print_sheet(screen, special_points_sheet(diagram))


def print_agreement(screen: Screen, rows: Sequence[Agreement]) -> None:
    """Closed forms beside located points, under a heading."""
    screen.heading("Closed form against located points")
    sheet = agreement_sheet(rows)
    if sheet.rows:
        print_sheet(screen, sheet._replace(right=()), columns=5)
    else:
        screen.line("  nothing to compare")


def print_decomposition(screen: Screen, split: Decomposition) -> None:
    """Verdicts, then share and entries of the curl, the potential, and conserved quantities."""
    for scope, words in _SCOPES.items():
        reason = split.reasons.get(scope)
        screen.line(f"  a gradient flow in {words}: {split.is_gradient[scope]}")
        if reason:
            screen.paragraph(reason, indent="    ")
    if split.violating_cycle is not None:
        cycle = split.violating_cycle
        screen.line(f"  violating cycle: {' -> '.join([*cycle[:12], '…' if len(cycle) > 12 else cycle[0]])}")
    if split.potential is not None:
        screen.line(f"  potential: {cut(split.potential, 160)}")
        if "potential" in split.reasons:
            screen.paragraph(split.reasons["potential"], indent="    ")
    print_curl(screen, split)
    if split.curl:
        rows = [[", ".join(entry.states), cut(entry.value, 80)] for entry in split.curl[:ROWS]]
        screen.table(["curl in the plane of", "value"], rows)
        if len(split.curl) > ROWS:
            screen.line(f"  … {len(split.curl) - ROWS} more; --json lists all")
    for integral in split.integrals:
        screen.line(f"  conserved: {cut(integral, 160)}")


def print_curl(screen: Screen, split: Decomposition) -> None:
    """What share of the Jacobian is antisymmetric, where, and which synapse causes it."""
    if split.curl_share is None:
        return
    where = f" at {place_text(split.point)}" if split.point else ""
    screen.line(f"  share of the curl{where} in the metric {split.metric}: {_share(split.curl_share)}")
    if split.cause is not None:
        source, target = split.cause
        screen.line(f"  the synapse that causes most of it: {source} -> {target}")


def _share(value: Any) -> str:
    """A share as it is where that is short, and as a percentage where it is a number."""
    exact = cut(value, 80)
    if getattr(value, "free_symbols", None) or value == 0:
        return exact
    percentage = f"{100 * float(value):.3g} %"
    return f"{exact} = {percentage}" if len(exact) <= EXACT_UP_TO else percentage
