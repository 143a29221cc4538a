"""Traces, diagonals, entrywise products, derivatives and values of formulas."""

from __future__ import annotations

from collections.abc import Mapping

from dynsym._docstrings import documented
from dynsym.errors import ParameterError, SizeMismatchError
from dynsym.tensors.formulas.formula import UNIT, Formula, as_formula, combine, require_same_shape

__all__ = ["at_point", "derivative", "diagonal_matrix", "diagonal_of", "hadamard", "norm_squared", "trace"]

SQUARE = "SizeMismatchError: If rows and columns have different sorts."
CONVENTIONS = ("free", "projector", "coordinates", "both")


@documented(SQUARE)
def trace(formula: Formula) -> Formula:
    """The trace of a square matrix formula.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> M, N = tn.Sort("M"), tn.Sort("N")
    >>> A, B = tn.matrix("A", N, M), tn.matrix("B", M, N)
    >>> tn.prove_identity(tn.trace(A @ B), tn.trace(B @ A)).verdict
    'proved'
    """
    formula = _require_square(formula, "a trace")
    return combine(("trace", formula.node), (), formula)


@documented(SQUARE)
def diagonal_of(formula: Formula) -> Formula:
    """The diagonal of a square matrix formula, as a column.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> d = tn.column("d", N)
    >>> tn.prove_identity(tn.diagonal_of(tn.diagonal_matrix(d)), d).verdict
    'proved'
    """
    formula = _require_square(formula, "a diagonal")
    return combine(("diagonal_of", formula.node), (formula.shape[0], UNIT), formula)


@documented("SizeMismatchError: If the formula is no row or column.")
def diagonal_matrix(formula: Formula) -> Formula:
    """The diagonal matrix of a row or a column.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> tn.diagonal_matrix(tn.signs("d1", tn.Sort("M"))).shape
    (M, M)
    """
    formula = as_formula(formula)
    if len(formula.sorts) != 1:
        raise SizeMismatchError(
            f"diagonal_matrix was given {formula} of shape {formula.shape}; it needs a row or a column. "
            "Use diagonal_of for the diagonal of a matrix."
        )
    return combine(("diagonal_matrix", formula.node), formula.sorts * 2, formula)


@documented("SizeMismatchError: If the shapes differ.")
def hadamard(first: Formula, second: Formula) -> Formula:
    """The entrywise product.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> A, B = tn.matrix("A", N, N), tn.matrix("B", N, N)
    >>> tn.prove_identity(tn.hadamard(A, B), tn.hadamard(B, A)).verdict
    'proved'
    """
    first, second = as_formula(first), as_formula(second)
    require_same_shape(first, second, "an entrywise product")
    return combine(("hadamard", first.node, second.node), first.shape, first, second)


@documented("SizeMismatchError: If the formula has more than two slots.")
def norm_squared(formula: Formula) -> Formula:
    """The sum of the squares of all entries.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> W2 = tn.row("W2", tn.Sort("N"))
    >>> tn.prove_identity(tn.norm_squared(W2), W2 @ W2.T).verdict
    'proved'
    """
    formula = as_formula(formula)
    return trace(formula @ formula.T) if formula.shape else formula**2


def derivative(formula: Formula, weights: Formula, *, convention: str | None = None) -> Formula:
    """All derivatives of a formula with respect to the entries of a tensor.

    The slots are those of the formula, then those of the weights (UNIT slots left out); the derivative of a scalar has
    the shape of the weights and is their gradient. For symmetric weights the convention is one of

    - ``"projector"``: the Frobenius gradient on symmetric matrices, ½(δδ + δδ);
    - ``"coordinates"``: with respect to the entries i ≤ j as coordinates;
    - ``"both"``: both entries are moved and counted, δδ + δδ.

    Parameters
    ----------
    weights : Formula
        A bare tensor of free entries.
    convention : {"projector", "coordinates", "both"}, optional
        For symmetric weights, default "projector".

    Raises
    ------
    ParameterError
        If the weights are no bare tensor of free entries, or the convention does not suit them.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> W = tn.matrix("W", N, N)
    >>> tn.prove_identity(tn.derivative(tn.norm_squared(W), W), 2 * W).verdict
    'proved'
    """
    formula, weights = as_formula(formula), as_formula(weights)
    declared = weights.tensors.get(weights.node[1]) if weights.node[0] == "tensor" else None
    if declared is None or declared.kind != "free":
        raise ParameterError(
            f"A derivative with respect to {weights} was asked; it needs a bare tensor of free entries. "
            "For masked weights differentiate with respect to W in hadamard(m, W)."
        )
    chosen = convention or ("projector" if declared.symmetric else "free")
    if chosen not in CONVENTIONS or (chosen == "free") == declared.symmetric:
        raise ParameterError(
            f"The convention {chosen!r} was asked for {weights}; symmetric matrices take projector, coordinates "
            "or both, and other tensors none."
        )
    if declared.symmetric and len(weights.sorts) != 2:
        raise ParameterError(f"{weights} is a symmetric tensor; derivatives need two slots. Use a symmetric matrix.")
    shape = weights.shape if formula.is_scalar else formula.sorts + weights.sorts
    return combine(("derivative", formula.node, declared.name, chosen), shape, formula, weights)


def at_point(formula: Formula, values: Mapping[Formula, Formula]) -> Formula:
    """A formula where some tensors have given values; derivatives inside are taken first.

    Parameters
    ----------
    values : mapping of tensor to Formula
        Each key is a bare tensor of free entries that is not declared symmetric, each value has its shape.

    Raises
    ------
    ParameterError
        If a key is no such tensor, or a reciprocal depends on it.
    SizeMismatchError
        If a value has another shape than its tensor.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> x, b = tn.column("x", N), tn.column("b", N)
    >>> slope = tn.derivative(tn.norm_squared(x), x)
    >>> tn.prove_identity(tn.at_point(slope, {x: b}), 2 * b).verdict
    'proved'
    """
    pairs = []
    for tensor, value in values.items():
        declared = tensor.tensors.get(tensor.node[1]) if tensor.node[0] == "tensor" else None
        if declared is None or declared.kind != "free" or declared.symmetric:
            raise ParameterError(
                f"A value was given for {tensor}; it needs a bare tensor of free entries without symmetry. "
                "Build the formula with the value in its place instead."
            )
        for name, denominator in formula.reciprocals.items():
            if declared.name in denominator.tensors:
                raise ParameterError(
                    f"A value was given for {tensor}, on which the reciprocal {name} depends. "
                    "Declare the reciprocal of the denominator at the point instead."
                )
        require_same_shape(value, tensor, "the value of a tensor")
        pairs.append((declared.name, value.node))
    return combine(("at", formula.node, tuple(pairs)), formula.shape, formula, *values, *values.values())


def _require_square(value: Formula, what: str) -> Formula:
    formula = as_formula(value)
    if len(formula.shape) != 2 or formula.shape[0] != formula.shape[1]:
        raise SizeMismatchError(
            f"{formula} has shape {formula.shape}; {what} needs rows and columns of one sort. Check the factors' order."
        )
    return formula
