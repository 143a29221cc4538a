"""Systems that a claim file can name, at given sizes: the learning rules of `dynsym.learning`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from dynsym.errors import ParameterError
from dynsym.model import SymbolicSystem

__all__ = ["NAMED_SYSTEMS", "named_system"]

NAMED_SYSTEMS: Final[dict[str, tuple[tuple[str, ...], Callable[..., SymbolicSystem]]]] = {}
"""Name -> (its sizes, function of these that makes the system)."""


def named_system(name: str, sizes: Mapping[str, int]) -> SymbolicSystem:
    """A named system at given sizes.

    Parameters
    ----------
    name : str
    sizes : mapping of str to int

    Returns
    -------
    SymbolicSystem

    Raises
    ------
    ParameterError
        If a size is missing or unknown.
    """
    needed, make = NAMED_SYSTEMS[name]
    if set(sizes) != set(needed):
        raise ParameterError(
            f"The system {name} was asked for with the sizes {dict(sizes)}; it needs {', '.join(needed)}. "
            f"Write sizes = {{ {', '.join(f'{size} = 2' for size in needed)} }}."
        )
    return make(**sizes)
