"""Everything that one analysis of a system found: the material of a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from sympy import Expr

from dynsym.results.agreement import Agreement
from dynsym.results.condition import VERDICTS, BifurcationCondition
from dynsym.results.content import frozen_mapping, one_of, record
from dynsym.results.decomposition import Decomposition
from dynsym.results.diagram import Diagram
from dynsym.results.ledger import Answers
from dynsym.results.provenance import Provenance
from dynsym.results.staircase import CountStaircase
from dynsym.results.stamp import WithProvenance

__all__ = ["Analysis", "Statement"]


@dataclass(frozen=True)
class Statement:
    """A sentence with its verdict, such as "no Hopf bifurcation of the origin for any g > 0": proved.

    Parameters
    ----------
    text : str
    verdict : {"proved", "refuted", "supported", "undecided", "vacuous"}
    reason : str

    Examples
    --------
    >>> Statement("the origin is an equilibrium for every g", verdict="proved").verdict
    'proved'
    """

    text: str
    _: KW_ONLY
    verdict: str
    reason: str = ""

    def __post_init__(self) -> None:
        one_of(self.verdict, VERDICTS, "The verdict")

    def to_json(self) -> dict[str, Any]:
        """The statement as a JSON object."""
        return record(self)


@dataclass(frozen=True, eq=False)
class Analysis(WithProvenance):
    """What ``dynsym analyze`` found.

    Parameters
    ----------
    name : str
        Name of the system.
    equations : mapping of state name to Expr
        Right-hand sides.
    parameters : mapping of str to Expr or None
        Values; None for a parameter that stays symbolic.
    parameter : str
        The one that was moved.
    span : (float, float)
        Its range.
    jacobian : Matrix or None
    characteristic_polynomial : Expr or None
    conditions : Answers
        A tuple of `BifurcationCondition`; `complete` where these are all, `open` what was not examined.
    statements : tuple of Statement
        What is proved besides.
    counts : CountStaircase or None
    diagram : Diagram or None
    decomposition : Decomposition or None
    agreement : tuple of Agreement
        Closed forms beside located points; see `compare_points`.
    network : Network or None
        Drawn in the report.
    source : str
        Where the model comes from.
    notes : tuple of str
        What was left out, and why.
    seconds : float
    provenance : Provenance

    Examples
    --------
    >>> from sympy import symbols, tanh
    >>> x, g = symbols("x g", real=True)
    >>> Analysis("one neuron", equations={"x": -x + g*tanh(x)}, parameters={"g": None}, parameter="g", span=(0, 3))
    Analysis('one neuron': 1 states, g in [0, 3], 0 conditions, no diagram)
    """

    name: str
    _: KW_ONLY
    equations: Mapping[str, Expr]
    parameters: Mapping[str, Expr | None]
    parameter: str
    span: tuple[float, float]
    jacobian: Any = None
    characteristic_polynomial: Expr | None = None
    conditions: Answers[BifurcationCondition] = Answers()  # noqa: RUF009
    statements: tuple[Statement, ...] = ()
    counts: CountStaircase | None = None
    diagram: Diagram | None = None
    decomposition: Decomposition | None = None
    agreement: tuple[Agreement, ...] = ()
    network: Any = None
    source: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "equations", frozen_mapping(self.equations))
        put(self, "parameters", frozen_mapping(self.parameters))
        put(self, "span", (float(self.span[0]), float(self.span[1])))
        put(self, "conditions", Answers(self.conditions, getattr(self.conditions, "cells", ())))
        for name in ("statements", "agreement", "notes"):
            put(self, name, tuple(getattr(self, name)))

    def __repr__(self) -> str:
        found = "no diagram" if self.diagram is None else f"{len(self.diagram)} branches"
        span = f"{self.parameter} in [{self.span[0]:.6g}, {self.span[1]:.6g}]"
        return (
            f"Analysis({self.name!r}: {len(self.equations)} states, {span}, {len(self.conditions)} conditions, {found})"
        )

    def to_json(self) -> dict[str, Any]:
        """The JSON object of ``dynsym analyze``; its parts are those of the single commands."""
        inside = ("name", "equations", "parameters", "jacobian", "characteristic_polynomial")
        said = record(self, "network")
        system = {"kind": "system", **{name: said.pop(name) for name in inside}, "states": list(self.equations)}
        ledger = {"complete": self.conditions.complete, "open": [cell.to_json() for cell in self.conditions.open]}
        return {"kind": "analysis", "system": system, **said, **ledger}
