"""Which function re-checks which kind of argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dynsym.errors import ProofError

__all__ = ["recheck", "register"]

Checker = Callable[[Mapping[str, Any]], str]
CHECKERS: dict[str, Checker] = {}


def register(kind: str) -> Callable[[Checker], Checker]:
    """Decorator for a function that re-checks arguments of one kind.

    Parameters
    ----------
    kind : str
        The value of ``argument["kind"]``.

    Returns
    -------
    callable
        The decorator; the function takes the argument, returns what it establishes and raises `ProofError` otherwise.

    Examples
    --------
    >>> from dynsym.kernel import recheck, register
    >>> @register("sum_example")
    ... def check_sum(argument):
    ...     return f"the sum is {sum(argument['terms'])}"
    >>> recheck({"kind": "sum_example", "terms": [1, 2]})
    'the sum is 3'
    """

    def keep(checker: Checker) -> Checker:
        CHECKERS[kind] = checker
        return checker

    return keep


def recheck(argument: Mapping[str, Any]) -> str:
    """Re-check a stored argument.

    Parameters
    ----------
    argument : mapping
        As JSON reads it; ``argument["kind"]`` says which checker it is for.

    Returns
    -------
    str
        What the argument establishes.

    Raises
    ------
    ProofError
        If it does not establish it, is ill-formed or of an unknown kind.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> W = tn.matrix("W", N, N)
    >>> recheck(tn.prove_identity(W.T.T, W).proof)
    'left = right for all sizes'
    """
    checker = CHECKERS.get(str(argument.get("kind")))
    if checker is None:
        raise ProofError(f"No checker for arguments of kind {argument.get('kind')!r}; there are {sorted(CHECKERS)}.")
    try:
        return checker(argument)
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError) as error:
        if isinstance(error, ProofError):
            raise
        raise ProofError(f"The argument is ill-formed: {type(error).__name__} {error}.") from error
