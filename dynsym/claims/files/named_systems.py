"""Systems that a claim file can name, at given sizes: the learning rules of `dynsym.learning`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from dynsym.errors import ParameterError
from dynsym.model import MatrixSystem, SymbolicSystem

__all__ = ["NAMED_SYSTEMS", "named_system"]


def _curl_descent(**sizes: int) -> SymbolicSystem | MatrixSystem:
    from dynsym.learning import CurlDescent

    return CurlDescent(sizes["M"], sizes["N"]).system() if sizes else CurlDescent().matrix_system()


def _similarity_matching(**sizes: int) -> SymbolicSystem | MatrixSystem:
    from dynsym.learning import SimilarityMatching

    return SimilarityMatching(sizes["n"], sizes["k"]).system()


NAMED_SYSTEMS: Final[dict[str, tuple[tuple[str, ...], bool, Callable[..., SymbolicSystem | MatrixSystem]]]] = {
    "curl_descent": (("M", "N"), True, _curl_descent),
    "similarity_matching": (("n", "k"), False, _similarity_matching),
}
"""Name -> its sizes, whether they may stay symbolic, and the function that makes the system."""


def named_system(name: str, sizes: Mapping[str, int]) -> SymbolicSystem | MatrixSystem:
    """A named system at given sizes, or, where none is given, with symbolic ones."""
    needed, symbolic, make = NAMED_SYSTEMS[name]
    if set(sizes) != set(needed) and (sizes or not symbolic):
        raise ParameterError(
            f"The system {name} was asked for with the sizes {dict(sizes)}; it needs {', '.join(needed)}. "
            f"Write sizes = {{ {', '.join(f'{size} = 2' for size in needed)} }}."
        )
    return make(**sizes)
