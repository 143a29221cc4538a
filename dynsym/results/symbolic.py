"""Closed forms: equilibria up to their constraints, and normal forms."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

import sympy
from sympy import Expr, Symbol

from dynsym.results.content import frozen_mapping, one_of, record
from dynsym.results.rows import (
    OPERATIONS_SHOWN,
    Row,
    SymbolicResult,
    constraint_rows,
    expression_latex,
    state_rows,
    symbol_latex,
    words,
)

__all__ = ["CRITICALITIES", "NormalForm", "SymbolicEquilibrium", "decisive", "orientation", "settled_sign"]

CRITICALITIES = ("supercritical", "subcritical", "degenerate", "depends")


@dataclass(frozen=True, eq=False)
class SymbolicEquilibrium(SymbolicResult):
    """An equilibrium as expressions, up to equations that its unknown amplitude satisfies.

    Parameters
    ----------
    states : mapping of state name to Expr
    constraints : tuple of Expr
        Each vanishes at the equilibrium.
    amplitude : Symbol or None
        The unknown that the constraints determine.

    Examples
    --------
    >>> from sympy import Integer
    >>> SymbolicEquilibrium({"x": Integer(0)}).is_trivial
    True
    """

    states: Mapping[str, Expr]
    _: KW_ONLY
    constraints: tuple[Expr, ...] = ()
    amplitude: Symbol | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "states", frozen_mapping(self.states))
        object.__setattr__(self, "constraints", tuple(self.constraints))

    @property
    def is_trivial(self) -> bool:
        """Whether every state is zero."""
        return all(value == 0 for value in self.states.values())

    def latex_rows(self, *, operations: int | None = OPERATIONS_SHOWN) -> list[Row]:
        """The states, then what their unknowns satisfy."""
        return state_rows(self.states, operations) + constraint_rows(self.constraints, operations)

    def __hash__(self) -> int:
        return hash((tuple(self.states.items()), self.constraints, self.amplitude))

    def to_json(self) -> dict[str, Any]:
        """The equilibrium as a JSON object of texts."""
        return {"kind": "symbolic_equilibrium"} | record(self)


@dataclass(frozen=True, eq=False)
class NormalForm(SymbolicResult):
    """Coefficients of the normal form at a bifurcation, with the normalisation that makes them numbers.

    Parameters
    ----------
    kind : str
    coefficients : mapping of str to Expr
    normalisation : str
    criticality : {"supercritical", "subcritical", "degenerate", "depends"} or None

    Examples
    --------
    >>> from sympy import Rational
    >>> NormalForm("pitchfork", coefficients={"cubic": Rational(-1, 3)}, criticality="supercritical").criticality
    'supercritical'
    """

    kind: str
    _: KW_ONLY
    coefficients: Mapping[str, Expr]
    normalisation: str = ""
    criticality: str | None = None

    def __post_init__(self) -> None:
        if self.criticality is not None:
            one_of(self.criticality, CRITICALITIES, "The criticality")
        object.__setattr__(self, "coefficients", frozen_mapping(self.coefficients))

    def latex_rows(self, *, operations: int | None = OPERATIONS_SHOWN) -> list[Row]:
        """The coefficients, then the normalisation."""
        rows = [
            (symbol_latex(name), f"= {expression_latex(value, limit=operations)}")
            for name, value in self.coefficients.items()
        ]
        head = ", ".join(word for word in (self.kind.replace("_", " "), self.criticality, self.normalisation) if word)
        return [("", words(head)), *rows]

    def __hash__(self) -> int:
        return hash((self.kind, tuple(self.coefficients.items()), self.normalisation, self.criticality))

    def to_json(self) -> dict[str, Any]:
        """The normal form as a JSON object."""
        return {"kind": "normal_form", "bifurcation": self.kind} | record(self, "kind")


def orientation(entry: str) -> str:
    """The sign of a critical mode v in words: that of the entry of a state, or of its largest entry."""
    return f"the entry of {entry} in v positive" if entry else "largest entry of v positive"


def decisive(condition: Any) -> Expr | None:
    """What has the sign that the criticality of a condition tells; None where there is no such number."""
    kind, coefficient, speed = condition.kind, condition.coefficient, condition.transversality
    if kind == "bogdanov_takens":
        return condition.nondegeneracy
    if kind == "fold":
        return None if coefficient is None or speed is None else coefficient * speed
    if kind == "pitchfork" and coefficient == 0:
        return condition.coefficients.get("quintic", coefficient)
    is_oriented = kind != "transcritical" or condition.positive_entry == ""
    return (
        coefficient
        if kind in {"transcritical", "pitchfork", "hopf", "cusp", "z2_bogdanov_takens"} and is_oriented
        else None
    )


@functools.lru_cache(maxsize=256)
def settled_sign(expression: Expr, constraints: tuple[Any, ...] = ()) -> int | None:
    """The sign that an expression has wherever the constraints hold and it does not vanish, or None."""
    sides = [c.gts - c.lts for c in constraints if isinstance(c, (sympy.Gt, sympy.Ge, sympy.Lt, sympy.Le))]
    put: dict[Expr, Expr] = {}
    for number, symbol in (side.as_coeff_Mul() for side in sides):
        if symbol.is_Symbol:
            put[symbol] = sympy.sign(number) * sympy.Dummy(positive=True)
    for root in (e for e in expression.atoms(sympy.Pow) if e.exp.is_Rational and e.exp.q == 2):
        # A product of two roots that are not real is real and has the other sign.
        if any(settled_sign(side / root.base) == 1 for side in sides):
            put[root] = sympy.Dummy(positive=True)
    total = 1
    for factor in sympy.Mul.make_args(sympy.factor(expression.xreplace(put))):
        base, power = factor.as_base_exp()
        if power.is_even and base.is_real:
            continue
        own = base if power.is_integer else factor
        if not (own.is_nonnegative or own.is_nonpositive):
            return None
        total *= 1 if own.is_nonnegative else -1
    return total
