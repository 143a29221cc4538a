"""A vector field as gradient and curl, in a stated metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np
from sympy import Expr, MatrixBase

from dynsym.errors import ParameterError
from dynsym.results.condition import VERDICTS
from dynsym.results.content import frozen_array, frozen_mapping, one_of, record
from dynsym.results.rows import OPERATIONS_SHOWN, Row, SymbolicResult, expression_latex, symbol_latex, words

__all__ = ["CurlEntry", "Decomposition"]

SCOPES = ("euclidean", "diagonal", "any")


@dataclass(frozen=True)
class CurlEntry:
    """One entry of the curl: ∂f_b/∂a - ∂f_a/∂b in the stated metric, for the states a, b.

    Parameters
    ----------
    states : (str, str)
    value : Expr

    Examples
    --------
    >>> from sympy import Integer
    >>> CurlEntry(("x", "y"), value=Integer(2)).to_json()
    {'states': ['x', 'y'], 'value': '2'}
    """

    states: tuple[str, str]
    _: KW_ONLY
    value: Expr

    def to_json(self) -> dict[str, Any]:
        """The entry as a JSON object."""
        return {"states": list(self.states), "value": str(self.value)}


@dataclass(frozen=True, eq=False)
class Decomposition(SymbolicResult):
    """What share of a vector field is a gradient, in which metric, and what stands in the way.

    Parameters
    ----------
    metric : str
        The metric in words: ``"euclidean"``, ``"diag(phi')"``, ``"homotopy"``, …
    state_names : tuple of str
    is_gradient : mapping of {"euclidean", "diagonal", "any"} to verdict
    potential : Expr or None
        V with f = -G⁻¹ ∇V where the field is a gradient, or the homotopy potential: the metric says which.
    curl : tuple of CurlEntry
        The entries that do not vanish.
    violating_cycle : tuple of str or None
        Nodes of a cycle whose two products of weights differ; no diagonal metric makes the field a gradient.
    cause : (source, target) or None
        The synapse whose removal lowers the antisymmetric part most.
    point : mapping of state name to Expr
        Where the Jacobian was taken.
    symmetric, antisymmetric : Matrix or array (n, n), or None
        The two parts of the Jacobian in the metric.
    curl_share : Expr, float or None
        Squared norm of the antisymmetric part over that of the Jacobian.
    integrals : tuple of Expr
        Conserved quantities.
    reasons : mapping of scope to str
        Why each verdict holds.
    assumptions : tuple of str

    Examples
    --------
    >>> found = Decomposition("euclidean", state_names=("x", "y"),
    ...     is_gradient={"euclidean": "refuted", "diagonal": "proved", "any": "proved"}, curl_share=0.25)
    >>> found
    Decomposition(metric euclidean; gradient: euclidean refuted, diagonal proved, any proved; curl share 0.25)
    """

    metric: str
    _: KW_ONLY
    state_names: tuple[str, ...]
    is_gradient: Mapping[str, str]
    potential: Expr | None = None
    curl: tuple[CurlEntry, ...] = ()
    violating_cycle: tuple[str, ...] | None = None
    cause: tuple[str, str] | None = None
    point: Mapping[str, Expr] = field(default_factory=dict)
    symmetric: Any = None
    antisymmetric: Any = None
    curl_share: Any = None
    integrals: tuple[Expr, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()

    __hash__ = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if set(self.is_gradient) != set(SCOPES):
            raise ParameterError(
                f"is_gradient has the scopes {sorted(self.is_gradient)}. It needs {', '.join(SCOPES)}. "
                "Try 'undecided' where nothing is known."
            )
        for scope, verdict in self.is_gradient.items():
            one_of(verdict, VERDICTS, f"The verdict of scope {scope}")
        put = object.__setattr__
        for name in ("is_gradient", "point", "reasons"):
            put(self, name, frozen_mapping(getattr(self, name)))
        for name in ("state_names", "curl", "integrals", "assumptions"):
            put(self, name, tuple(getattr(self, name)))
        for name in ("symmetric", "antisymmetric"):
            part = getattr(self, name)
            if part is not None:
                put(self, name, part.as_immutable() if isinstance(part, MatrixBase) else frozen_array(part, float))

    def __repr__(self) -> str:
        verdicts = ", ".join(f"{scope} {self.is_gradient[scope]}" for scope in SCOPES)
        share = "" if self.curl_share is None else f"; curl share {_number(self.curl_share)}"
        cycle = "" if self.violating_cycle is None else f"; violating cycle {' -> '.join(self.violating_cycle[:12])}"
        return f"Decomposition(metric {self.metric}; gradient: {verdicts}{share}{cycle})"

    def latex_rows(self, *, operations: int | None = OPERATIONS_SHOWN) -> list[Row]:
        """Verdicts, potential, share and entries of the curl, conserved quantities."""
        verdicts = ", ".join(f"{scope} {self.is_gradient[scope]}" for scope in SCOPES)
        rows: list[Row] = [("", words(f"metric {self.metric}; gradient: {verdicts}"))]
        if self.potential is not None:
            rows.append(("V", f"= {expression_latex(self.potential, limit=operations)}"))
        if self.violating_cycle is not None:
            rows.append((words("violating cycle"), r" \to ".join(map(words, self.violating_cycle[:12]))))
        if self.curl_share is not None:
            rows.append((words("curl share"), f"= {expression_latex(self.curl_share, limit=operations)}"))
        for entry in self.curl:
            first, second = map(symbol_latex, entry.states)
            rows.append(
                (
                    rf"\operatorname{{curl}}_{{{first},\,{second}}}",
                    f"= {expression_latex(entry.value, limit=operations)}",
                )
            )
        rows += [(words("conserved"), expression_latex(integral, limit=operations)) for integral in self.integrals]
        return rows

    def to_json(self) -> dict[str, Any]:
        """The JSON object of ``dynsym decompose``."""
        return {"kind": "decomposition"} | record(self, "state_names")


def _number(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return f"{value:.6g}"
    text = str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
