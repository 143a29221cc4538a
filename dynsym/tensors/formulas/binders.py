"""Deltas, sums and arrays by entries: the index of a binder comes from the function that it is given."""

from __future__ import annotations

from collections.abc import Callable

from dynsym._docstrings import documented
from dynsym.errors import SizeMismatchError
from dynsym.tensors.formulas.formula import UNIT, Formula, Index, Sort, as_formula, fresh_label

__all__ = ["array", "delta", "total"]


@documented("SizeMismatchError: If the indices are of different sorts.")
def delta(first: Index, second: Index) -> Formula:
    """1 where two indices agree and 0 elsewhere.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> i, = N.indices("i")
    >>> x = tn.column("x", N)
    >>> tn.prove_identity(tn.total(N, lambda k: tn.delta(i, k) * x[k]), x[i]).verdict
    'proved'
    """
    if first.sort != second.sort:
        raise SizeMismatchError(
            f"delta({first.label}, {second.label}) compares an index of sort {first.sort} with one of {second.sort}. "
            "It needs one sort; rename one of the indices."
        )
    free = {first.label: first.sort, second.label: second.sort}
    return Formula(("delta", first.label, second.label), (), free=free)


def _bound(sorts: tuple[Sort, ...], body: Callable[..., Formula]) -> tuple[tuple[Index, ...], Formula]:
    indices = tuple(Index(fresh_label(), sort) for sort in sorts)
    inside = as_formula(body(*indices))
    if not inside.is_scalar:
        raise SizeMismatchError(
            f"The body of a binder is {inside}, of shape {inside.shape}; it must be a scalar. Take an entry: A[i, j]."
        )
    return indices, inside


def _without(formula: Formula, indices: tuple[Index, ...]) -> dict[str, Sort]:
    return {label: sort for label, sort in formula.free.items() if label not in {index.label for index in indices}}


@documented("SizeMismatchError: If the body is no scalar.")
def total(sort: Sort, body: Callable[[Index], Formula]) -> Formula:
    """A sum over one index.

    Parameters
    ----------
    body : callable
        Takes the summed index and returns a scalar formula.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> W = tn.matrix("W", N, N)
    >>> tn.prove_identity(tn.total(N, lambda k: W[k, k]), tn.trace(W)).verdict
    'proved'
    """
    (index,), inside = _bound((sort,), body)
    node = ("total", index.label, sort.name, inside.node)
    return Formula(node, (), inside.tensors, inside.scalars, inside.reciprocals, _without(inside, (index,)))


@documented("SizeMismatchError: If the body is no scalar.")
def array(sorts: tuple[Sort, ...], body: Callable[..., Formula]) -> Formula:
    """An array given by its entries.

    Parameters
    ----------
    sorts : tuple of Sort
        One per slot; slots of sort UNIT take no index.
    body : callable
        Takes one index per slot that is not UNIT and returns a scalar formula.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> M, N = tn.Sort("M"), tn.Sort("N")
    >>> x, y = tn.column("x", N), tn.column("y", M)
    >>> tn.prove_identity(tn.array((N, M), lambda i, j: x[i] * y[j]), x @ y.T).verdict
    'proved'
    """
    indices, inside = _bound(tuple(sort for sort in sorts if sort != UNIT), body)
    node = ("array", tuple(index.label for index in indices), tuple(sort.name for sort in sorts), inside.node)
    return Formula(node, sorts, inside.tensors, inside.scalars, inside.reciprocals, _without(inside, indices))
