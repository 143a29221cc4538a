"""What the tables of results say, once: rows that text, LaTeX and pages each write in their way.

A cell is a text, an expression, a point in state space, or several cells in a tuple; `Sure` says how sure the row is.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import sympy
from sympy import Symbol
from sympy.logic.boolalg import Boolean

from dynsym.results.agreement import Agreement
from dynsym.results.condition import BifurcationCondition
from dynsym.results.diagram import Diagram
from dynsym.results.equilibrium import EquilibriumCount
from dynsym.results.staircase import CountInterval, CountStaircase

__all__ = [
    "COLUMNS",
    "Sheet",
    "Sure",
    "agreement_sheet",
    "chopped",
    "conditions_sheet",
    "decimal",
    "equilibria_sheet",
    "parts_sheet",
    "small",
    "special_points_sheet",
    "staircase_sheet",
]

COLUMNS = 6
"""Most states that a table shows."""
LONG = 25
"""A coefficient of more operations is shown as a number."""
NEGLIGIBLE = 1e-10
SMALLEST_RADIUS = 1e-16
CROSSING = "crossing_speed"
"""Says that the crossing is transversal; left out of tables."""


class Sheet(NamedTuple):
    """A table; the columns `right` are numbers."""

    head: tuple[Any, ...]
    rows: list[tuple[Any, ...]]
    right: tuple[int, ...] = ()


class Sure(str):
    """How sure something is."""


def decimal(value: float | None, digits: int = 10) -> str:
    """A number with so many digits; a dash where there is none.

    Examples
    --------
    >>> decimal(2 / 3, 4), decimal(None)
    ('0.6667', '-')
    """
    return "-" if value is None else f"{value:.{digits}g}"


def small(value: float | None) -> str:
    """A distance or a residual, of which only the order matters.

    Examples
    --------
    >>> small(3e-17), small(0.0123)
    ('< 1e-10', '1.2e-02')
    """
    if value is None or value != value:
        return "-"
    return f"< {NEGLIGIBLE:.0e}" if abs(value) < NEGLIGIBLE else f"{value:.1e}"


def chopped(value: float) -> float:
    """Rounding noise about zero as zero."""
    return 0.0 if abs(value) < NEGLIGIBLE else value


def _words(text: str) -> str:
    return text.replace("_", " ")


def conditions_sheet(conditions: Sequence[BifurcationCondition], parameter: str) -> Sheet:
    """One row a condition."""
    rows = []
    for c in (condition.told_apart() for condition in conditions):
        solution = _equation(c.equation, 0) if c.solution is None else c.solution
        others = (_equation(Symbol(name), value) for name, value in c.others.items())
        place = ((solution, *others), decimal(c.value), c.at)
        sure = Sure(c.verdict)
        rows.append((_words(c.kind), *place, c.criticality or "-", _coefficient(c), c.frequency or "-", sure))
    where = (Symbol(parameter), "value", "equilibrium")
    return Sheet(("kind", *where, "criticality", "coefficient", "frequency", "how sure"), rows)


def parts_sheet(condition: BifurcationCondition) -> Sheet:
    """What holds at a condition, and how it was found, one part a row."""
    own = condition.told_apart()
    rows: list[tuple[Any, ...]] = [("degeneracy", _equation(own.equation, 0))]
    for name in ("nondegeneracy", "transversality"):
        if (value := getattr(own, name)) is not None:
            rows.append((name.replace("non", "non-"), sympy.Ne(value, 0, evaluate=False)))
    rows += [("constraint", c if isinstance(c, Boolean | str) else _equation(c, 0)) for c in own.constraints]
    rows += [("normalisation", own.normalisation)] * bool(own.normalisation)
    rows += [("assumption", assumption) for assumption in own.assumptions]
    return Sheet(("part", "what holds"), [*rows, *(("reduction", reduction) for reduction in own.reductions)])


def _coefficient(condition: BifurcationCondition) -> Any:
    exact, value = condition.coefficient, condition.coefficient_value
    if set(condition.coefficients) == {"a", "b"}:
        return tuple(_equation(Symbol(name), entry) for name, entry in condition.coefficients.items())
    if exact is None or value is None or (exact.is_Rational and str(exact) == decimal(value, 6)):
        return "-" if exact is None else exact
    if exact.is_Float or sympy.count_ops(exact) > LONG:
        return decimal(value, 6)
    return _equation(exact, sympy.Float(decimal(value, 6)))


def _equation(left: Any, right: Any) -> Any:
    return sympy.Eq(left, right, evaluate=False)


def equilibria_sheet(count: EquilibriumCount) -> Sheet:
    """One row an equilibrium, with the first states."""
    names = list(count.equilibria[0].state) if count.equilibria else []
    shown, more = names[:COLUMNS], ["…"] * (len(names) > COLUMNS)
    rows = []
    for e in count.equilibria:
        radius = f"certified to {max(e.radius, SMALLEST_RADIUS):.0e}"
        sure = Sure(radius if e.certificate == "certified" else "numeric, not certified")
        states = (decimal(chopped(e.state[name])) for name in shown)
        rows.append((*states, *more, e.stability, decimal(e.unstable_dimension), sure))
    head = (*map(Symbol, shown), *more, "stability", "unstable", "how sure")
    return Sheet(head, rows, tuple(range(len(shown))))


def staircase_sheet(staircase: CountStaircase) -> Sheet:
    """The number of equilibria along the parameter, steps of one height together."""
    cells: list[tuple[Any, ...]] = [
        (e.start, e.end, _of_interval(e), "-", _words(e.status)) for e in staircase.intervals
    ]
    if staircase.counts:
        steps = zip(staircase.values.tolist(), staircase.counts, strict=True)
        cells = [(x, x, _number(c.lower, c.upper), decimal(c.stable), _words(c.status)) for x, c in steps]
    rows, more = [], ("values counted",) * bool(staircase.counts)
    for (number, stable, status), run in groupby(cells, key=lambda cell: cell[2:]):
        members = list(run)
        ends = dict.fromkeys(decimal(end, 6) for end in (members[0][0], members[-1][1]))
        where = f"[{', '.join(ends)}]" if len(ends) > 1 else next(iter(ends))
        rows.append((where, number, stable, Sure(status), *(str(len(members)) for _ in more)))
    head = (f"{staircase.parameter} in", "equilibria", "stable", "how sure", *more)
    return Sheet(head, rows, (1, 2, 4) if more else (1, 2))


def _of_interval(interval: CountInterval) -> str:
    known = {"proved": str(interval.count), "lower_bound": f"≥ {interval.count}"}
    return known.get(interval.status, "-")


def _number(lower: int, upper: int | None) -> str:
    if upper is None:
        return f"≥ {lower}" if lower else "-"
    return str(lower) if lower == upper else f"{lower} to {upper}"


def special_points_sheet(diagram: Diagram) -> Sheet:
    """One row a special point, with the first states."""
    names, rows = diagram.state_names[:COLUMNS], []
    more = ["…"] * (len(diagram.state_names) > COLUMNS)
    for point in diagram.special:
        said = [f"{name} {decimal(value, 6)}" for name, value in point.coefficients.items() if name != CROSSING]
        states = (decimal(chopped(point.state[name]), 6) for name in names)
        value = decimal(point.parameters[diagram.parameter])
        rows.append((point.label, value, *states, *more, ", ".join(said) or "-", small(point.residual)))
    head = ("label", *map(Symbol, (diagram.parameter, *names)), *more, "coefficients", "residual")
    return Sheet(head, rows, tuple(range(1, len(names) + 2)))


def agreement_sheet(agreement: Sequence[Agreement]) -> Sheet:
    """Closed forms beside located points; a neutral saddle is no bifurcation and has no row."""
    rows: list[tuple[Any, ...]] = []
    for row in agreement:
        condition, point = row.condition, row.point
        if condition is None and row.kind == "neutral_saddle":
            continue
        formula = None if condition is None else condition.solution
        sure = "closed form only" if condition is not None else "numeric"
        if row.agrees is not None:
            sure = "both agree" if row.agrees else "they differ"
        numbers = (decimal(row.exact_value), decimal(row.located_value), small(row.difference))
        coefficients = (
            decimal(None if condition is None else condition.coefficient_value, 6),
            decimal(None if point is None else point.normal_form_coefficient, 6),
        )
        label = "-" if point is None else point.label
        rows.append((_words(row.kind), "-" if formula is None else formula, *numbers, *coefficients, label, Sure(sure)))
    name = agreement[0].parameter if agreement else ""
    head = ("kind", "closed form", f"{name} from it", f"{name} located", "difference")
    return Sheet((*head, "coefficient from it", "coefficient located", "point", "how sure"), rows, (2, 3, 4, 5, 6))
