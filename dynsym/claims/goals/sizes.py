"""Goals in index notation: statements about matrices of every size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

from dynsym.claims.goals._base import Goal, expression
from dynsym.errors import ParameterError

__all__ = ["IndexStatement", "MatrixIdentity"]


@dataclass(frozen=True, eq=False)
class IndexStatement(Goal):
    """A question of `dynsym.tensors` as a goal: it holds for all sizes.

    Parameters
    ----------
    question : callable
        ``tensors.prove_identity`` or another question of that package.
    arguments : tuple
        What it is asked about: formulas with symbolic sizes.
    options : mapping of str to object
        Its keyword arguments, ``hypotheses`` among them.
    said : str
        The statement in one line; the formulas by default.

    Raises
    ------
    ParameterError
        If the question cannot be asked.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> from dynsym.claims import prove
    >>> M, N = tn.Sort("M"), tn.Sort("N")
    >>> A, B = tn.matrix("A", N, M), tn.matrix("B", M, N)
    >>> prove(IndexStatement(tn.prove_identity, ((A @ B).T, B.T @ A.T))).scope
    'all sizes'
    """

    question: Callable[..., Any]
    arguments: Any
    _: KW_ONLY
    options: Mapping[str, Any] = field(default_factory=dict)
    said: str = ""

    def __post_init__(self) -> None:
        if not callable(self.question) or not isinstance(self.arguments, tuple):
            raise ParameterError(
                f"IndexStatement was given the question {self.question!r:.60} and the arguments "
                f"{type(self.arguments).__name__}; it needs a function and a tuple. "
                "Try IndexStatement(tn.prove_identity, (left, right))."
            )

    def parts(self) -> tuple[Goal, ...]:
        return ()

    def text(self) -> str:
        if self.said:
            return self.said
        name = getattr(self.question, "__name__", "statement").removeprefix("prove_")
        between = " = " if name == "identity" else ", "
        return (
            between.join(map(str, self.arguments))
            if name == "identity"
            else (f"{name}: {between.join(map(str, self.arguments))}")
        )


@dataclass(frozen=True, eq=False)
class MatrixIdentity(Goal):
    """Two expressions in sympy's ``MatrixSymbol`` s are equal for all sizes and all entries.

    Parameters
    ----------
    left, right : MatrixExpr, or scalar of traces
        Of one shape; the sizes are symbols, or 1.
    signs, diagonal, symmetric : tuple of MatrixSymbol
        Which matrices are diagonal with entries 1 and -1, diagonal, or symmetric.

    Raises
    ------
    ParameterError
        If the shapes differ.

    Examples
    --------
    >>> import sympy
    >>> from dynsym.claims import prove
    >>> M, N = sympy.symbols("M N")
    >>> A, B = sympy.MatrixSymbol("A", M, N), sympy.MatrixSymbol("B", N, M)
    >>> prove(MatrixIdentity(sympy.Trace(A * B), sympy.Trace(B * A))).scope
    'all sizes'
    """

    left: Any = expression()
    right: Any = expression(stated=True)
    _: KW_ONLY
    signs: tuple[Any, ...] = ()
    diagonal: tuple[Any, ...] = ()
    symmetric: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        shapes = [tuple(getattr(side, "shape", ())) for side in (self.left, self.right)]
        if shapes[0] != shapes[1]:
            raise ParameterError(
                f"A matrix identity has the shape {shapes[0]} on the left and {shapes[1]} on the right; both "
                "sides need one shape. Transpose a factor."
            )

    def parts(self) -> tuple[Goal, ...]:
        return ()

    def text(self) -> str:
        return f"{self.left} = {self.right}"
