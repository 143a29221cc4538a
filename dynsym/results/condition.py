"""Closed forms: symbolic equilibria, normal forms, bifurcation conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

from sympy import Expr, Symbol

from dynsym.results._content import frozen_mapping, one_of, same_content, text_or_none, to_finite

__all__ = ["BifurcationCondition", "NormalForm", "SymbolicEquilibrium"]

CRITICALITIES = ("supercritical", "subcritical", "degenerate", "depends")
VERDICTS = ("proved", "refuted", "supported", "undecided", "vacuous")


@dataclass(frozen=True, eq=False)
class SymbolicEquilibrium:
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

    def __eq__(self, other: object) -> bool:
        return same_content(self, other) if isinstance(other, SymbolicEquilibrium) else NotImplemented

    def __hash__(self) -> int:
        return hash((tuple(self.states.items()), self.constraints, self.amplitude))

    def to_json(self) -> dict[str, Any]:
        """The equilibrium as a JSON object of texts."""
        return {
            "kind": "symbolic_equilibrium",
            "states": to_finite(self.states),
            "constraints": to_finite(self.constraints),
            "amplitude": text_or_none(self.amplitude),
        }


@dataclass(frozen=True, eq=False)
class NormalForm:
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

    def __eq__(self, other: object) -> bool:
        return same_content(self, other) if isinstance(other, NormalForm) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.kind, tuple(self.coefficients.items()), self.normalisation, self.criticality))

    def to_json(self) -> dict[str, Any]:
        """The normal form as a JSON object."""
        return {
            "kind": "normal_form",
            "bifurcation": self.kind,
            "coefficients": to_finite(self.coefficients),
            "normalisation": self.normalisation,
            "criticality": self.criticality,
        }


@dataclass(frozen=True, eq=False)
class BifurcationCondition:
    """One bifurcation in closed form: degeneracy, non-degeneracy, transversality.

    Parameters
    ----------
    kind : str
        ``"fold"``, ``"transcritical"``, ``"pitchfork"``, ``"hopf"``, …
    parameter : str
        The parameter that is solved for.
    at : mapping of state name to Expr
        The equilibrium.
    equation : Expr
        Vanishes at the bifurcation.
    constraints : tuple of Expr
        Hold besides: expressions that vanish, or relations.
    solution : Expr or None
        The parameter at the bifurcation.
    value : float or None
        Its number, where nothing is left free.
    nondegeneracy, transversality : Expr or None
        Must not vanish.
    coefficient : Expr or None
        Normal form coefficient; `coefficient_value` is its number.
    normalisation : str
        What makes the coefficient a number.
    criticality : {"supercritical", "subcritical", "degenerate", "depends"} or None
    frequency : Expr or None
        Angular frequency at a Hopf point.
    mode : mapping of state name to Expr, or None
        The critical right eigenvector.
    assumptions, reductions : tuple of str
        What was assumed, and which exact reductions were used.
    verdict : {"proved", "refuted", "supported", "undecided", "vacuous"}

    Examples
    --------
    >>> from sympy import Integer, Symbol
    >>> g = Symbol("g", real=True)
    >>> origin = {"x": Integer(0)}
    >>> BifurcationCondition("pitchfork", parameter="g", at=origin, equation=g - 1, solution=Integer(1), value=1.0)
    BifurcationCondition(pitchfork: g = 1, undecided)
    """

    kind: str
    _: KW_ONLY
    parameter: str
    at: Mapping[str, Expr]
    equation: Expr
    constraints: tuple[Any, ...] = ()
    solution: Expr | None = None
    value: float | None = None
    nondegeneracy: Expr | None = None
    transversality: Expr | None = None
    coefficient: Expr | None = None
    coefficient_value: float | None = None
    normalisation: str = ""
    criticality: str | None = None
    frequency: Expr | None = None
    mode: Mapping[str, Expr] | None = None
    assumptions: tuple[str, ...] = ()
    reductions: tuple[str, ...] = ()
    verdict: str = "undecided"

    def __post_init__(self) -> None:
        one_of(self.verdict, VERDICTS, "The verdict")
        if self.criticality is not None:
            one_of(self.criticality, CRITICALITIES, "The criticality")
        put = object.__setattr__
        put(self, "at", frozen_mapping(self.at))
        put(self, "mode", None if self.mode is None else frozen_mapping(self.mode))
        for name in ("constraints", "assumptions", "reductions"):
            put(self, name, tuple(getattr(self, name)))
        for name in ("value", "coefficient_value"):
            number = getattr(self, name)
            put(self, name, None if number is None else float(number))

    def __eq__(self, other: object) -> bool:
        return same_content(self, other) if isinstance(other, BifurcationCondition) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.kind, self.parameter, self.equation, self.solution, tuple(self.at.items())))

    def __repr__(self) -> str:
        where = (
            f"{self.parameter} = {_short(self.solution)}"
            if self.solution is not None
            else f"{_short(self.equation)} = 0"
        )
        words = [word for word in (self.criticality, self.verdict) if word]
        return f"BifurcationCondition({self.kind}: {where}, {', '.join(words)})"

    def to_json(self) -> dict[str, Any]:
        """One entry of the JSON of ``dynsym conditions``."""
        return {
            "kind": self.kind,
            "parameter": self.parameter,
            "at": to_finite(self.at),
            "equation": str(self.equation),
            "constraints": to_finite(self.constraints),
            "solution": text_or_none(self.solution),
            "value": to_finite(self.value),
            "nondegeneracy": text_or_none(self.nondegeneracy),
            "transversality": text_or_none(self.transversality),
            "criticality": self.criticality,
            "coefficient": text_or_none(self.coefficient),
            "coefficient_value": to_finite(self.coefficient_value),
            "normalisation": self.normalisation,
            "frequency": text_or_none(self.frequency),
            "mode": to_finite(self.mode),
            "assumptions": list(self.assumptions),
            "reductions": list(self.reductions),
            "verdict": self.verdict,
        }


def _short(expression: Any, limit: int = 100) -> str:
    text = str(expression)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
