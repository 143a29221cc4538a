"""Polynomial formulas as SMT-LIB text, put to z3 and to cvc5; an answer counts where both agree.

Functions enter by their bounds: a fresh variable for ``tanh(x)`` lies between 0 and x and between -1 and 1. What the
bounds leave open can prove a formula unsatisfiable, and never give a counterexample by itself.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import sympy
from sympy import Expr, Rational, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean, Or

from dynsym._budget import Clock, in_child
from dynsym._expressions.registry import HEADS
from dynsym.algebra.elimination.apart import run_apart
from dynsym.algebra.ring import Ring, generators_of
from dynsym.claims.reals.formulas import assumptions_of, normal
from dynsym.errors import BudgetExceeded, MissingPackageError, UnsupportedFeatureError, require
from dynsym.functions.odd_sigmoid import OddSigmoid

__all__ = ["Answer", "Question", "ask_both", "question"]

MAX_CHARACTERS = 400_000
_SIGNS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "="}


@dataclass(frozen=True)
class Question:
    """Is a formula satisfiable over the reals?"""

    text: str
    variables: dict[str, Expr]

    @property
    def is_exact(self) -> bool:
        """Whether every variable is a symbol, so that a model is a point."""
        return all(isinstance(meaning, Symbol) for meaning in self.variables.values())


@dataclass(frozen=True)
class Answer:
    """What the solvers said: ``"unsat"``, ``"sat"``, ``"unknown"``, or why one was not asked."""

    said: dict[str, str]
    model: dict[Symbol, Expr] | None = None

    @property
    def is_unsatisfiable(self) -> bool:
        """Whether both say so."""
        return set(self.said) == {"z3", "cvc5"} and set(self.said.values()) == {"unsat"}

    def __str__(self) -> str:
        return ", ".join(f"{name} says {word}" for name, word in self.said.items())


def question(formula: Boolean, given: Sequence[Boolean] = ()) -> Question:
    """The question whether a formula can be true where other relations hold."""
    parts = [normal(part) for part in (formula, *given)]
    expressions = [side for part in parts for atom in part.atoms(Relational) for side in (atom.lhs, atom.rhs)]
    ring = Ring(generators_of(expressions))
    bounds, hidden = _bounds(ring.generators)
    ring = Ring(generators_of([*expressions, *hidden]))
    names = {g: f"v{k}" for k, g in enumerate(ring.generators)}
    writer = _Writer(ring, names)
    lines = ["(set-logic QF_NRA)", *(f"(declare-fun {name} () Real)" for name in names.values())]
    symbols = tuple(g for g in ring.generators if isinstance(g, Symbol))
    asserted = [*assumptions_of(symbols), *bounds, *parts]
    texts = [writer.formula(part) for part in asserted]
    lines += [f"(assert {text})" for text in (*writer.domains(), *texts)]
    text = "\n".join([*lines, "(check-sat)"])
    if len(text) > MAX_CHARACTERS:
        raise UnsupportedFeatureError(f"the formula has {len(text)} characters. Solvers are asked about shorter ones.")
    return Question(text, {name: g for g, name in names.items()})


def ask_both(asked: Question, clock: Clock, *, share: float = 0.4) -> Answer:
    """Ask z3 and cvc5, each for a share of the time that is left; both must be installed to be counted."""
    said: dict[str, str] = {}
    model = None
    for name, ask in (("z3", _ask_z3), ("cvc5", _ask_cvc5)):
        seconds = clock.part(share).budget.seconds or 10.0
        try:
            said[name], found = ask(asked, min(seconds, 20.0))
        except MissingPackageError:
            said[name] = "not installed (pip install 'dynsym[prove]')"
            continue
        model = found if found is not None else model
        if said[name] != "unsat":
            break
    return Answer(said, model)


def _ask_z3(asked: Question, seconds: float) -> tuple[str, dict[Symbol, Expr] | None]:
    z3 = require("z3", extra="prove")
    symbols = {name: meaning for name, meaning in asked.variables.items() if isinstance(meaning, Symbol)}

    def answer() -> str:
        solver = z3.SolverFor("QF_NRA")
        solver.from_string(asked.text)
        said = str(solver.check())
        model = {str(entry): solver.model()[entry] for entry in solver.model()} if said == "sat" else {}
        return json.dumps([said, {name: _fraction(z3, model[name]) for name in model.keys() & symbols}])

    try:
        said, model = json.loads(in_child(answer, seconds))
    except BudgetExceeded:
        return "unknown", None
    found = {meaning: Rational(*model.get(name, (0, 1))) for name, meaning in symbols.items()}
    return said, found if said == "sat" else None


def _fraction(z3: Any, value: Any) -> tuple[int, int]:
    """A number of a model, or one near it, as numerator and denominator."""
    near = value.approx(20) if z3.is_algebraic_value(value) else value
    exact = Fraction(near.numerator_as_long(), near.denominator_as_long())
    return (exact if near is value else exact.limit_denominator(10**6)).as_integer_ratio()


def _ask_cvc5(asked: Question, seconds: float) -> tuple[str, dict[Symbol, Expr] | None]:
    require("cvc5", extra="prove")
    script = Path(__file__).with_name("cvc5_process.py")
    said = (run_apart([sys.executable, "-I", str(script)], asked.text, seconds) or "").strip()
    return (said if said in {"sat", "unsat"} else "unknown"), None


class _Writer:
    """Formulas as SMT-LIB text; remembers which denominators were cleared."""

    def __init__(self, ring: Ring, names: dict[Expr, str]) -> None:
        self.ring, self.names = ring, names
        self._denominators: dict[str, None] = {}

    def formula(self, formula: Boolean) -> str:
        if formula == sympy.true:
            return "true"
        if formula == sympy.false:
            return "false"
        if isinstance(formula, And | Or):
            word = "and" if isinstance(formula, And) else "or"
            parts = sorted(formula.args, key=sympy.default_sort_key)
            return f"({word} {' '.join(map(self.formula, parts))})"
        assert isinstance(formula, Relational)
        numerator, denominator = self.ring.quotient(formula.lhs - formula.rhs)
        if not denominator.is_constant():
            self._denominators[self.polynomial(denominator)] = None
            numerator = numerator * denominator if formula.rel_op not in {"==", "!="} else numerator
        text = self.polynomial(numerator)
        if formula.rel_op == "!=":
            return f"(not (= {text} 0))"
        return f"({_SIGNS[formula.rel_op]} {text} 0)"

    def domains(self) -> list[str]:
        """Denominators do not vanish: where they do, nothing is claimed."""
        return [f"(not (= {text} 0))" for text in self._denominators]

    def polynomial(self, polynomial: object) -> str:
        terms = []
        for powers, coefficient in polynomial.to_dict().items():  # type: ignore[attr-defined]
            factors = [
                name for g, power in zip(self.ring.generators, powers, strict=False) for name in [self.names[g]] * power
            ]
            number = _integer(int(coefficient))
            if int(coefficient) != 1 or not factors:
                factors.insert(0, number)
            terms.append(factors[0] if len(factors) == 1 else f"(* {' '.join(factors)})")
        if not terms:
            return "0"
        return terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"


def _integer(value: int) -> str:
    return f"(- {-value})" if value < 0 else str(value)


def _bounds(generators: Sequence[Expr]) -> tuple[list[Boolean], list[Expr]]:
    """What is known of the generators that are no symbols, and the expressions that stand in it."""
    found: list[Boolean] = []
    for g in generators:
        if isinstance(g, Symbol):
            continue
        found += _known(g)
    squares = {g.args[0]: g for g in generators if isinstance(g, sympy.sin)}
    for g in generators:
        if isinstance(g, sympy.cos) and g.args[0] in squares:
            found.append(sympy.Eq(g**2 + squares[g.args[0]] ** 2, 1, evaluate=False))
    return found, [side for part in found for atom in part.atoms(Relational) for side in (atom.lhs, atom.rhs)]


def _known(g: Expr) -> list[Boolean]:
    known = HEADS.get(type(g))
    if known is not None:
        return _of_function(g, known)
    if g.is_Pow and g.exp.is_Rational:
        q = int(g.exp.q)
        even = [sympy.Ge(g, 0, evaluate=False)] if q % 2 == 0 else []
        return [*even, sympy.Eq(g**q, g.base ** int(g.exp.p), evaluate=False)]
    if g is sympy.pi:
        return [
            sympy.Gt(g, Rational(314159, 100000), evaluate=False),
            sympy.Lt(g, Rational(314160, 100000), evaluate=False),
        ]
    return []


def _of_function(g: Expr, known: Any) -> list[Boolean]:
    """Bounds of a function, sharp for one that increases, and the chord through 0 of an odd sigmoid."""
    gt, lt, eq, ge = (lambda a, b, r=r: r(a, b, evaluate=False) for r in (sympy.Gt, sympy.Lt, sympy.Eq, sympy.Ge))
    above, below = (gt, lt) if known.is_increasing else (ge, lambda a, b: sympy.Le(a, b, evaluate=False))
    low, high = known.bounds
    found = [above(g, low)] if low.is_Rational else []
    found += [below(g, high)] if high.is_Rational else []
    if isinstance(g, sympy.Abs):
        found.append(eq(g**2, g.args[0] ** 2))
    if isinstance(known, OddSigmoid):
        x = g.args[0]
        most = x * Rational(math.ceil(known.steepest * 1000), 1000)
        right, left = And(gt(x, 0), gt(g, 0), lt(g, most)), And(lt(x, 0), lt(g, 0), gt(g, most))
        found.append(Or(right, left, And(eq(x, 0), eq(g, 0))))
    return found
