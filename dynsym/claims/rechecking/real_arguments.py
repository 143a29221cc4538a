"""Checkers for arguments over the reals: equal fractions, points, pseudo-division, Hurwitz minors, solvers' questions.

Formulas are read by dynsym's parser of texts and turned into fractions of integer polynomials; nothing of the search is
imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flint
import sympy
from sympy import Expr, Rational, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean, Or

from dynsym._budget import in_child
from dynsym._expressions import parse
from dynsym.claims.relations import read_formula
from dynsym.errors import BudgetExceeded, DynsymError, ProofError, require
from dynsym.kernel import register

__all__ = ["SIGNS_OF", "NotReadError", "as_relation", "integer_fraction"]

SECONDS = 20
SIGNS_OF = {"<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {1, 0}, "==": {0}, "!=": {-1, 1}}


class NotReadError(DynsymError):
    """A formula has parts that the kernel does not know: the step has to be trusted."""


def _expression(text: str) -> Expr:
    try:
        return parse(text, {}, declare=True)
    except DynsymError as error:
        raise NotReadError(str(error)) from error


def integer_fraction(expression: Expr) -> tuple[Any, Any, list[Expr]]:
    """Numerator and denominator as integer polynomials, and the atoms that they are polynomials in."""
    fractions = _Fractions(expression)
    above, below = fractions.of(expression)
    common = above.gcd(below)
    return above / common, below / common, fractions.atoms


def as_relation(text: str) -> Boolean:
    """A relation of stored text, in plain real symbols."""
    words = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in text).split()
    names = {w: Symbol(w, real=True) for w in words if w.isidentifier() and w not in {"and", "or", "not"}}
    try:
        return read_formula(text, names)
    except DynsymError as error:
        raise NotReadError(str(error)) from error


class _Fractions:
    """Fractions of integer polynomials in the symbols and functions of some expressions."""

    def __init__(self, *expressions: Expr) -> None:
        atoms: set[Expr] = set()
        for expression in expressions:
            self._collect(expression, atoms)
        self.atoms = sorted(atoms, key=sympy.default_sort_key)
        names = [f"a{k}" for k in range(max(len(self.atoms), 1))]
        self.context = flint.fmpz_mpoly_ctx.get(names, flint.Ordering.lex)
        self.place = {atom: k for k, atom in enumerate(self.atoms)}

    def _collect(self, expression: Expr, atoms: set[Expr]) -> None:
        if expression.is_Rational:
            return
        if expression.is_Add or expression.is_Mul or (expression.is_Pow and expression.exp.is_Integer):
            for part in expression.args:
                self._collect(part, atoms)
        elif expression.is_Symbol or expression.is_Function:
            atoms.add(expression)
        else:
            raise NotReadError(f"{expression} is no fraction of polynomials")

    def of(self, expression: Expr) -> tuple[Any, Any]:
        """Numerator and denominator."""
        one = self.context.constant(1)
        if expression in self.place:
            return self.context.gens()[self.place[expression]], one
        if expression.is_Rational:
            return one * int(expression.p), one * int(expression.q)
        if expression.is_Pow:
            above, below = self.of(expression.base)
            power = int(expression.exp)
            return (above**power, below**power) if power >= 0 else (below**-power, above**-power)
        total = self.of(expression.args[0])
        for part in expression.args[1:]:
            above, below = self.of(part)
            total = (
                (total[0] * below + above * total[1], total[1] * below)
                if expression.is_Add
                else (total[0] * above, total[1] * below)
            )
        return total


@register("ring")
def check_ring(argument: Mapping[str, Any]) -> str:
    """Both sides are the same fraction."""
    left, right = _expression(argument["left"]), _expression(argument["right"])
    fractions = _Fractions(left, right)
    (a, b), (c, d) = fractions.of(left), fractions.of(right)
    if (a * d - c * b).is_zero():
        return f"{argument['left']} = {argument['right']}"
    if any(atom.is_Function for atom in fractions.atoms):
        raise NotReadError("functions may satisfy relations that the kernel does not know")
    raise ProofError(f"{argument['left']} and {argument['right']} are different fractions.")


@register("pseudo-division")
def check_division(argument: Mapping[str, Any]) -> str:
    """The expression leaves no remainder when it is pseudo-divided by the stated equations, one after the other."""
    expression = _expression(argument["vanishes"])
    equations = [_expression(text) for text in argument["by"]]
    symbols = [Symbol(name, real=True) for name in argument["symbols"]]
    fractions = _Fractions(expression, *equations, *symbols)
    left = fractions.of(expression)[0]
    pending = [fractions.of(equation)[0] for equation in equations]
    for symbol in symbols:
        place = fractions.place[symbol]
        divisor, *pending = pending
        left = _remainder(left, divisor, place)
        pending = [_remainder(other, divisor, place) for other in pending]
        pending = [other for other in pending if not other.is_zero()]
    if not left.is_zero():
        raise ProofError(f"A remainder of {argument['vanishes']} is left.")
    return f"{argument['vanishes']} = 0 wherever {', '.join(argument['by'])} vanish and the leading coefficients do not"


def _remainder(polynomial: Any, divisor: Any, place: int) -> Any:
    degree = int(divisor.degrees()[place]) if not divisor.is_zero() else 0
    if degree == 0:
        return polynomial
    lead = _coefficient(divisor, place, degree)
    x = polynomial.context().gens()[place]
    while not polynomial.is_zero() and int(polynomial.degrees()[place]) >= degree:
        height = int(polynomial.degrees()[place])
        polynomial = lead * polynomial - _coefficient(polynomial, place, height) * x ** (height - degree) * divisor
    return polynomial


def _coefficient(polynomial: Any, place: int, power: int) -> Any:
    kept = {}
    for powers, value in polynomial.to_dict().items():
        if powers[place] == power:
            kept[tuple(0 if k == place else int(p) for k, p in enumerate(powers))] = value
    return polynomial.context().from_dict(kept)


def _truth(formula: Boolean, point: Mapping[str, Rational]) -> bool:
    if formula in (sympy.true, sympy.false):
        return bool(formula)
    if isinstance(formula, Relational):
        values = {s: point[s.name] for s in formula.free_symbols if s.name in point}
        difference = (formula.lhs - formula.rhs).xreplace(values)
        if not difference.is_Rational:
            raise NotReadError(f"{difference} is not rational")
        return int(sympy.sign(difference)) in SIGNS_OF[formula.rel_op]
    if isinstance(formula, And | Or):
        parts = [_truth(part, point) for part in formula.args]
        return all(parts) if isinstance(formula, And) else any(parts)
    return not _truth(formula.args[0], point)


def _point(argument: Mapping[str, Any]) -> dict[str, Rational]:
    point = {name: _expression(str(value)) for name, value in argument["point"].items()}
    if not all(value.is_Rational for value in point.values()):
        raise NotReadError("a coordinate is not rational")
    return point


@register("evaluation")
def check_evaluation(argument: Mapping[str, Any]) -> str:
    """A relation is false at a point."""
    if "false" not in argument:
        raise NotReadError("no relation is stored")
    if _truth(as_relation(argument["false"]), _point(argument)):
        raise ProofError(f"{argument['false']} is true at {argument['point']}.")
    return f"{argument['false']} is false at {argument['point']}"


@register("witness")
def check_witness(argument: Mapping[str, Any]) -> str:
    """A relation is true at a point."""
    if not _truth(as_relation(argument["true"]), _point(argument)):
        raise ProofError(f"{argument['true']} is false at {argument['point']}.")
    return f"{argument['true']} is true at {argument['point']}"


@register("hurwitz")
def check_hurwitz(argument: Mapping[str, Any]) -> str:
    """The stated expressions are the minors of the Hurwitz matrix of the polynomial."""
    coefficients = [_expression(text) for text in reversed(argument["polynomial"])]
    minors = [_expression(text) for text in argument["minors"]]
    fractions = _Fractions(*coefficients, *minors)
    degree = len(coefficients) - 1
    for size, stated in enumerate(minors, start=1):
        rows = [
            [coefficients[2 * j - i + 1] if 0 <= 2 * j - i + 1 <= degree else sympy.S.Zero for j in range(size)]
            for i in range(size)
        ]
        a, b = _determinant([[fractions.of(entry) for entry in row] for row in rows], fractions)
        c, d = fractions.of(stated)
        if not (a * d - c * b).is_zero():
            raise ProofError(f"{stated} is not minor {size} of the Hurwitz matrix.")
    return f"the Hurwitz minors are {', '.join(argument['minors'])}"


def _determinant(rows: list[list[tuple[Any, Any]]], fractions: _Fractions) -> tuple[Any, Any]:
    """Laplace's expansion along the first row."""
    one = fractions.context.constant(1)
    if not rows:
        return one, one
    total = (one * 0, one)
    for k, (above, below) in enumerate(rows[0]):
        if above.is_zero():
            continue
        inner = _determinant([row[:k] + row[k + 1 :] for row in rows[1:]], fractions)
        a, b = above * inner[0] * (-1) ** k, below * inner[1]
        total = (total[0] * b + a * total[1], total[1] * b)
    return total


@register("smt")
def check_solvers(argument: Mapping[str, Any]) -> str:
    """Both solvers are asked the stored question again."""
    z3, cvc5 = require("z3", extra="prove"), require("cvc5", extra="prove")

    def by_z3() -> str:
        solver = z3.SolverFor("QF_NRA")
        solver.from_string(argument["text"])
        return str(solver.check())

    def by_cvc5() -> str:
        solver = cvc5.Solver()
        parser = cvc5.InputParser(solver)
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, argument["text"].removesuffix("(check-sat)"), "stored")
        manager = parser.getSymbolManager()
        while not (command := parser.nextCommand()).isNull():
            command.invoke(solver, manager)
        answer = solver.checkSat()
        return "unsat" if answer.isUnsat() else "sat" if answer.isSat() else "unknown"

    said = {}
    for name, ask in (("z3", by_z3), ("cvc5", by_cvc5)):
        try:
            said[name] = in_child(ask, SECONDS)
        except BudgetExceeded:
            said[name] = "unknown"
    if "sat" in said.values():
        raise ProofError(f"The stored question is answered by {said}; unsat was stored.")
    if set(said.values()) != {"unsat"}:
        raise NotReadError(f"the solvers gave up: {said}")
    return "z3 and cvc5 find the stored question unsatisfiable"
