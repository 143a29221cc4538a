"""Goals about all solutions at once: Lyapunov functions and contraction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

from dynsym.claims.goals._base import Goal, expression
from dynsym.claims.goals.algebraic import place, shown, subject
from dynsym.claims.goals.dynamical import check_states

__all__ = ["HasLyapunovFunction", "IsContracting"]


@dataclass(frozen=True, eq=False)
class HasLyapunovFunction(Goal):
    """A function has its strict minimum at an equilibrium and decreases along every other solution.

    Parameters
    ----------
    system : SymbolicSystem
    function : Expr or text
    at : mapping of state to value, or 0
        The equilibrium; the origin by default.
    strict : bool
        Whether it decreases strictly away from the equilibrium, or only does not increase.

    Examples
    --------
    >>> import dynsym as ds
    >>> from dynsym.claims import prove
    >>> damped = ds.system_from_equations({"x": "-x + y", "y": "-x - y^3"}, name="damped")
    >>> prove(HasLyapunovFunction(damped, "x^2 + y^2")).verdict
    'proved'
    """

    system: Any
    function: Any = expression(stated=True)
    _: KW_ONLY
    at: Any = expression(0)
    strict: bool = True

    def text(self) -> str:
        how = "" if self.strict else " that does not increase"
        return f"{shown(self.function)} is a Lyapunov function of {subject(self.system)}{place(self.at)}{how}"


@dataclass(frozen=True, eq=False)
class IsContracting(Goal):
    r"""The distance between any two solutions decreases: :math:`P J + J^T P` is negative definite at every state.

    Parameters
    ----------
    system : SymbolicSystem
    weights : mapping of state to Expr, text or number, optional
        The diagonal of P, positive; 1 for states left out.

    Raises
    ------
    ModelNameError
        If a weight belongs to no state.

    Examples
    --------
    >>> import dynsym as ds
    >>> from dynsym.claims import prove
    >>> pair = ds.build_system(ds.motifs.bidirectional(weight="w"))
    >>> prove(IsContracting(pair), hypotheses=["w < 1", "w > -1"]).verdict
    'proved'
    """

    system: Any
    _: KW_ONLY
    weights: Any = expression(None)

    def __post_init__(self) -> None:
        if isinstance(self.weights, Mapping):
            check_states(self.system, self.weights)

    def text(self) -> str:
        metric = f" in the metric diag({shown(dict(self.weights))})" if self.weights else ""
        return f"{subject(self.system)} is contracting{metric}"
