"""Goals about the eigenvalue laws of large random matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dynsym.claims.goals._base import Goal, expression
from dynsym.claims.goals.algebraic import shown

__all__ = ["HasSupportEdges"]


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
    >>> prove(HasSupportEdges(ds.MarchenkoPastur("c"), ["(1 - sqrt(c))^2", "(1 + sqrt(c))^2"])).verdict
    'proved'
    """

    law: Any
    edges: Any = expression(stated=True)

    def system_names(self) -> dict[str, Any]:
        return {s.name: s for s in self.law.parameters}

    def text(self) -> str:
        return f"the support of {self.law} has the edges {', '.join(map(shown, self.edges))}"
