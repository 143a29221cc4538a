"""Declared tensors, scalars and constants: the leaves of formulas."""

from __future__ import annotations

from dynsym._docstrings import documented
from dynsym._expressions import check_name
from dynsym.errors import ParameterError
from dynsym.tensors.formulas.formula import UNIT, Formula, Sort, Tensor, combine

__all__ = [
    "column",
    "identity",
    "mask_matrix",
    "matrix",
    "ones",
    "reciprocal",
    "row",
    "scalar",
    "sign_matrix",
    "signs",
    "symmetric_matrix",
    "tensor",
    "zeros",
]

NAME = "ModelNameError: If the name is no identifier."
DECLARATION = "ModelNameError, ParameterError, SizeMismatchError: If the declaration makes no sense."


@documented(DECLARATION)
def tensor(name: str, *sorts: Sort, kind: str = "free", symmetric: bool = False) -> Formula:
    """A tensor with any number of slots.

    There is one sort a slot; the kind is "free", "sign" or "mask"; the slots of a symmetric tensor are unordered.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> tn.tensor("T", N, N, N).shape
    (N, N, N)
    """
    return Formula(("tensor", name), sorts, tensors={name: Tensor(name, sorts, kind, symmetric)})


@documented(NAME)
def matrix(name: str, rows: Sort, columns: Sort) -> Formula:
    """A matrix of free entries.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> tn.matrix("W1", tn.Sort("N"), tn.Sort("M")).shape
    (N, M)
    """
    return tensor(name, rows, columns)


@documented(NAME)
def symmetric_matrix(name: str, size: Sort) -> Formula:
    """A symmetric matrix of free entries.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> S = tn.symmetric_matrix("Sigma", tn.Sort("N"))
    >>> tn.prove_identity(S, S.T).verdict
    'proved'
    """
    return tensor(name, size, size, symmetric=True)


@documented(NAME)
def row(name: str, size: Sort) -> Formula:
    """A row of free entries: a matrix of shape (UNIT, size).

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> tn.row("W2", tn.Sort("N")).shape
    (UNIT, N)
    """
    return tensor(name, UNIT, size)


@documented(NAME)
def column(name: str, size: Sort) -> Formula:
    """A column of free entries: a matrix of shape (size, UNIT).

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> f = tn.column("f", tn.Sort("N"))
    >>> (f @ f.T).shape
    (N, N)
    """
    return tensor(name, size, UNIT)


@documented(NAME)
def signs(name: str, size: Sort) -> Formula:
    """A column of entries ±1; `diagonal_matrix(signs("d", N))` is a diagonal sign matrix.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> D = tn.diagonal_matrix(tn.signs("d", N))
    >>> tn.prove_identity(D @ D, tn.identity(N)).verdict
    'proved'
    """
    return tensor(name, size, UNIT, kind="sign")


@documented(DECLARATION)
def sign_matrix(name: str, rows: Sort, columns: Sort, *, symmetric: bool = False) -> Formula:
    """A matrix of entries ±1.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> P = tn.sign_matrix("P", N, N)
    >>> tn.prove_identity(tn.hadamard(P, P), tn.ones(N, N)).verdict
    'proved'
    """
    return tensor(name, rows, columns, kind="sign", symmetric=symmetric)


@documented(DECLARATION)
def mask_matrix(name: str, rows: Sort, columns: Sort, *, symmetric: bool = False) -> Formula:
    """A matrix of entries 0 or 1: which synapses exist.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> m = tn.mask_matrix("m", N, N)
    >>> tn.prove_identity(tn.hadamard(m, m), m).verdict
    'proved'
    """
    return tensor(name, rows, columns, kind="mask", symmetric=symmetric)


@documented(NAME)
def scalar(name: str) -> Formula:
    """A scalar symbol.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> tn.scalar("gamma") * tn.identity(tn.Sort("N"))
    gamma*identity(N)
    """
    check_name(name, what="scalar")
    return Formula(("scalar", name), (), scalars=frozenset({name}))


@documented("ParameterError: If the formula is no closed scalar.")
def reciprocal(formula: Formula, name: str) -> Formula:
    """1 over a scalar formula, where that formula does not vanish.

    Every verdict that meets it holds "where formula ≠ 0". With d = ±1, 1/(λ + d w) = (λ - d w)/(λ² - w²): the
    resolvent of a diagonal sign matrix needs one scalar reciprocal.

    Parameters
    ----------
    formula : Formula
        A scalar without free indices.
    name : str
        How the reciprocal is written.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> p = tn.scalar("lambda") ** 2 - 4
    >>> u = tn.reciprocal(p, "u")
    >>> tn.prove_identity(u * p, 1).verdict
    'proved'
    """
    check_name(name, what="reciprocal")
    if not formula.is_scalar or formula.free or formula.reciprocals:
        raise ParameterError(
            f"The reciprocal {name} was asked of {formula}, which has slots, free indices or reciprocals. "
            "It needs a closed polynomial scalar; clear denominators instead: claim A @ X = B for X = A⁻¹ B."
        )
    return combine(("scalar", name), (), formula, Formula((), (), reciprocals={name: formula}))


def identity(size: Sort) -> Formula:
    """The identity matrix.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> tn.prove_identity(tn.trace(tn.identity(N)), N.size).verdict
    'proved'
    """
    return Formula(("identity", size.name), (size, size))


def ones(*sorts: Sort) -> Formula:
    """An array of ones.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> tn.ones(N, tn.UNIT).shape
    (N, UNIT)
    """
    return Formula(("ones", tuple(sort.name for sort in sorts)), sorts)


def zeros(*sorts: Sort) -> Formula:
    """An array of zeros.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> W = tn.matrix("W", N, N)
    >>> tn.prove_identity(W - W, tn.zeros(N, N)).verdict
    'proved'
    """
    return ones(*sorts) * 0
