"""Goals about iterations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dynsym.claims.goals._base import Goal, expression
from dynsym.claims.goals.algebraic import shown

__all__ = ["Converges"]


@dataclass(frozen=True, eq=False)
class Converges(Goal):
    """The iteration x → A x + c converges geometrically from every start: every eigenvalue of A has a modulus below 1.

    To state a region, wrap it: ``Exactly(Converges(A), where="abs(a) < 1")``.

    Parameters
    ----------
    matrix : square Matrix, or list of lists of texts

    Examples
    --------
    >>> from dynsym.claims import prove
    >>> Converges([["0", "a"], ["b", "0"]]).text()
    'the iteration with the matrix [[0, a], [b, 0]] converges'
    """

    matrix: Any = expression(stated=True)

    def text(self) -> str:
        return f"the iteration with the matrix {shown(self.matrix)} converges"
