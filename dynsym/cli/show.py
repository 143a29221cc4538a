"""The equations of a model, its parameters, Jacobian and characteristic polynomial.

    dynsym show pair.toml
    dynsym show pyloric --latex

Parameters stay symbols; their values are listed beside them.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from dynsym.cli.arguments import CommandParser, positive_number
from dynsym.cli.models import read_model
from dynsym.cli.screen import Screen

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from dynsym.model import SymbolicSystem

__all__ = ["add_arguments", "run"]

LARGEST_MATRIX = 400
LARGEST_POLYNOMIAL = 60
SECONDS = 5.0
SHOWN = 12
LINE = 200


def add_arguments(parser: CommandParser) -> None:
    """The options of ``dynsym show``."""
    parser.add_model()
    parser.add_argument("--latex", action="store_true", help="print LaTeX")
    parser.add_argument("--budget", metavar="SECONDS", help="time for the characteristic polynomial; 5 by default")


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Print what the model says."""
    from dynsym.derive import eigenvalue_symbol

    seconds = positive_number(options.budget, "--budget")
    system = read_model(options)
    symbol = eigenvalue_symbol(system)
    polynomial, at_origin, why = None, None, ""
    if system.dimension <= LARGEST_POLYNOMIAL or seconds is not None:
        polynomial, why = _polynomial(system, symbol, seconds or SECONDS)
        at_origin, _ = _polynomial(system, symbol, seconds or SECONDS, at=0)
    else:
        why = f"no characteristic polynomial: not tried for {system.dimension} states unless --budget is given."
    if options.json:
        screen.json(
            {
                "kind": "system",
                "name": system.name,
                "states": list(system.state_names),
                "copies": _copies(system),
                "parameters": {name: _number(system.values.get(name)) for name in system.parameters},
                "equations": {name: str(rate) for name, rate in system.equations.items()},
                "jacobian": _matrix(system),
                "characteristic_polynomial": _text(polynomial),
                "eigenvalue_symbol": str(symbol),
                "characteristic_polynomial_at_origin": _text(at_origin),
                "notes": [why] if why else [],
            }
        )
    elif options.latex:
        _print_latex(screen, system, polynomial)
    else:
        _print_text(screen, system, polynomial, at_origin, symbol)
    if why and not options.json:
        screen.remark(f"note: {why}")
    return 0


def _polynomial(
    system: SymbolicSystem, symbol: Symbol, seconds: float, at: int | None = None
) -> tuple[Expr | None, str]:
    """The characteristic polynomial, or why there is none; nothing is said of a point that is no equilibrium."""
    from dynsym._budget import Budget
    from dynsym.derive import characteristic_polynomial
    from dynsym.errors import BudgetExceeded, DomainError, NotAnEquilibrium

    symbolic, budget = system.without_values(), Budget(seconds=seconds)
    try:
        return characteristic_polynomial(symbolic, at=at, symbol=symbol, budget=budget), ""
    except BudgetExceeded as stop:
        return None, f"no characteristic polynomial: {stop}"
    except (DomainError, NotAnEquilibrium):
        return None, ""


def _matrix(system: SymbolicSystem) -> list[list[str]] | None:
    """The Jacobian as rows of texts; None beyond `LARGEST_MATRIX` states."""
    from dynsym._expressions import told_apart

    n = system.dimension
    if n > LARGEST_MATRIX:
        return None
    rows = [["0"] * n for _ in range(n)]
    for (i, j), entry in told_apart(system.jacobian_entries()).items():
        rows[i][j] = str(entry)
    return rows


def _text(expression: Expr | None) -> str | None:
    from dynsym._expressions import told_apart

    return None if expression is None else str(told_apart({"": expression})[""])


def _number(value: Expr | None) -> float | int | str | None:
    """A value as a JSON number where a decimal spells it, as its exact text elsewhere."""
    from dynsym._expressions import exact

    if value is None or not value.is_Rational:
        return None if value is None else str(value)
    if value.is_Integer:
        return int(value)
    return float(value) if exact(float(value)) == value else str(value)


def _copies(system: SymbolicSystem) -> dict[str, str]:
    """How many copies each node stands for, where it stands for several."""
    if system.classes is None:
        return {}
    return {n: str(k) for n, k in zip(system.classes.network.node_names, system.classes.counts, strict=True)}


def _print_latex(screen: Screen, system: SymbolicSystem, polynomial: Expr | None) -> None:
    import sympy

    rows = [
        rf"\dot{{{sympy.latex(state)}}} &= {sympy.latex(rate)}"
        for state, rate in zip(system.states, system.rhs, strict=True)
    ]
    screen.line("\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}")
    if system.dimension <= SHOWN:
        matrix = sympy.SparseMatrix(system.dimension, system.dimension, system.jacobian_entries())
        screen.line(f"J = {sympy.latex(matrix)}")
    if polynomial is not None:
        screen.line(rf"\det(\lambda - J) = {sympy.latex(polynomial)}")


def _print_text(
    screen: Screen, system: SymbolicSystem, polynomial: Expr | None, at_origin: Expr | None, symbol: Symbol
) -> None:
    from dynsym._expressions.names import assumption_of
    from dynsym.cli.texts import cut, plural, print_equations

    states, parameters = plural(system.dimension, "state"), plural(len(system.parameters), "parameter")
    screen.line(f"{system.name}: {states}, {parameters}")
    print_equations(screen, system)
    if system.classes is not None:
        screen.heading("Copies")
        for name, count in _copies(system).items():
            screen.line(f"  {name} stands for {count}" + ("" if count == "1" else " copies that agree"))
        screen.line("  the characteristic polynomial is that of the whole network")
    if system.parameters:
        screen.heading("Parameters")
        rows = [[n, str(system.values.get(n, "symbolic")), assumption_of(p)] for n, p in system.parameters.items()]
        screen.table(["name", "value", "assumed"], rows)
    if system.dimension <= SHOWN:
        screen.heading("Jacobian (row: equation, column: state)")
        matrix = _matrix(system) or []
        screen.table(
            ["", *system.state_names],
            [[name, *(cut(entry) for entry in row)] for name, row in zip(system.state_names, matrix, strict=True)],
        )
    if polynomial is not None:
        screen.heading(f"Characteristic polynomial in {symbol}")
        screen.line(f"  {cut(polynomial, 2 * LINE)}")
    if at_origin is not None:
        screen.heading(f"Characteristic polynomial at the origin, in {symbol}")
        screen.line(f"  {cut(at_origin, 2 * LINE)}")
