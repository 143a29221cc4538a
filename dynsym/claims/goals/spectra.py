"""Goals about the eigenvalue laws of large random matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dynsym.claims.goals._base import Goal, expression
from dynsym.claims.goals.algebraic import shown
from dynsym.errors import ParameterError

__all__ = ["HasSupportEdges", "LosesPositivity"]


@dataclass(frozen=True, eq=False)
class HasSupportEdges(Goal):
    """The density of a limiting law is positive between the stated edges, and only there.

    Parameters
    ----------
    law : SpectralLaw
        `MarchenkoPastur`, `Semicircle`, a `free_sum`, …
    edges : sequence of Expr, numbers or texts
        The ends of the intervals, ascending; atoms are left out.

    Examples
    --------
    >>> import dynsym as ds
    >>> from dynsym.claims import prove
    >>> prove(HasSupportEdges(ds.derive.MarchenkoPastur("c"), ["(1 - sqrt(c))^2", "(1 + sqrt(c))^2"])).verdict
    'proved'
    """

    law: Any
    edges: Any = expression(stated=True)

    def system_names(self) -> dict[str, Any]:
        return {s.name: s for s in self.law.parameters}

    def text(self) -> str:
        return f"the support of {self.law} has the edges {', '.join(map(shown, self.edges))}"


@dataclass(frozen=True, eq=False)
class LosesPositivity(Goal):
    """The lowest point of a limiting law passes zero once as its parameter moves, inside the stated interval.

    Parameters
    ----------
    law : SpectralLaw
        With one parameter left.
    within : pair of Expr, numbers or texts
        An interval (low, high) that holds the critical value.

    Examples
    --------
    >>> import dynsym as ds
    >>> from dynsym.claims import prove
    >>> law = ds.derive.free_sum(ds.derive.Semicircle("v"), ds.derive.Atoms({1: 1}))
    >>> prove(LosesPositivity(law, ("0.24", "0.26"))).verdict
    'proved'
    """

    law: Any
    within: Any = expression(stated=True)

    def __post_init__(self) -> None:
        if len(self.law.parameters) != 1 or len(self.within) != 2:
            raise ParameterError(
                f"{self.law} has the parameters {', '.join(map(str, self.law.parameters)) or 'none'}, and the interval "
                f"was given as {self.within!r:.60}. One parameter must be left, and an interval has two ends. "
                "Try law.with_values({...}) and ('0.2', '0.3')."
            )

    def text(self) -> str:
        low, high = map(shown, self.within)
        return f"the lowest edge of {self.law} passes 0 once, for {self.law.parameters[0]} between {low} and {high}"
