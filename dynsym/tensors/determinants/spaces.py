"""Operators given by blocks over spaces such as (N×M) ⊕ N: Jacobians of several weights, Kronecker products."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from dynsym._docstrings import documented
from dynsym.errors import ParameterError, SizeMismatchError
from dynsym.tensors.formulas.binders import array, delta, total
from dynsym.tensors.formulas.formula import UNIT, Formula, Index, Sort, as_formula
from dynsym.tensors.formulas.operations import at_point, derivative

__all__ = ["Operator", "Space", "as_operator", "jacobian", "kronecker"]


@dataclass(frozen=True)
class Space:
    """A direct sum of products of sorts.

    Parameters
    ----------
    summands : tuple of tuple of Sort
        ``((N, M), (N,))`` is (N×M) ⊕ N; the empty product ``()`` has dimension one. The last index runs fastest.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> M, N = tn.Sort("M"), tn.Sort("N")
    >>> tn.Space(((N, M), (N,))).dimension
    N*M + N
    """

    summands: tuple[tuple[Sort, ...], ...]

    @property
    def dimension(self) -> Formula:
        """The number of elements, as a polynomial in the sizes."""
        whole = as_formula(0)
        for place, sorts in enumerate(self.summands):
            part = as_formula(1)
            for at, sort in enumerate(sorts):
                part = sort.size if at == 0 else part * sort.size
            whole = part if place == 0 else whole + part
        return whole

    def __add__(self, other: Space) -> Space:
        return Space(self.summands + other.summands)

    def __len__(self) -> int:
        return len(self.summands)

    def __repr__(self) -> str:
        return " ⊕ ".join("×".join(map(repr, sorts)) if sorts else "1" for sorts in self.summands) or "0"


@dataclass(frozen=True, eq=False)
class Operator:
    """A linear map between two spaces, given by its blocks.

    Parameters
    ----------
    rows, columns : Space
    blocks : mapping of (row, column) to Formula
        The slots of a block are the row indices, then the column indices; blocks that are left out are zero.

    Raises
    ------
    SizeMismatchError
        If a block's slots are not those of its place.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> M, N = tn.Sort("M"), tn.Sort("N")
    >>> B = tn.matrix("B", N, M)
    >>> space = tn.Space(((N,), (M,)))
    >>> X = tn.Operator(space, space, {(0, 1): B, (1, 0): B.T})
    >>> (X @ X).blocks[0, 0].shape
    (N, N)
    """

    rows: Space
    columns: Space
    blocks: Mapping[tuple[int, int], Formula] = field(repr=False)

    def __post_init__(self) -> None:
        plain = {}
        for (a, b), block in self.blocks.items():
            sorts = self.rows.summands[a] + self.columns.summands[b]
            if block.sorts != sorts:
                raise SizeMismatchError(
                    f"Block {(a, b)} of an operator from {self.columns} to {self.rows} has slots {block.sorts}; "
                    f"it needs {sorts}. List the row indices first, then the column indices."
                )
            bare = block.shape == sorts
            plain[a, b] = block if bare else array(sorts, lambda *at, block=block: block[at] if at else block)
        object.__setattr__(self, "blocks", plain)

    @staticmethod
    def scaled(space: Space, factor: Formula | int | Fraction) -> Operator:
        """A multiple of the identity of a space."""
        value = as_formula(factor)
        blocks = {}
        for place, sorts in enumerate(space.summands):

            def entry(*at: Index, half: int = len(sorts)) -> Formula:
                result = value
                for i, j in zip(at[:half], at[half:], strict=True):
                    result = delta(i, j) * result
                return result

            blocks[place, place] = array(sorts + sorts, entry)
        return Operator(space, space, blocks)

    @property
    def T(self) -> Operator:
        """The transpose."""
        blocks = {}
        for (a, b), block in self.blocks.items():
            cut = len(self.columns.summands[b])
            sorts = self.columns.summands[b] + self.rows.summands[a]
            blocks[b, a] = array(sorts, lambda *at, block=block, cut=cut: _entry(block, at[cut:] + at[:cut]))
        return Operator(self.columns, self.rows, blocks)

    def __add__(self, other: Operator) -> Operator:
        if (self.rows, self.columns) != (other.rows, other.columns):
            raise SizeMismatchError(
                f"A sum of operators from {self.columns} to {self.rows} and from {other.columns} to {other.rows}. "
                "Both need the same spaces, with summands and indices in one order."
            )
        blocks = dict(self.blocks)
        for key, block in other.blocks.items():
            blocks[key] = blocks[key] + block if key in blocks else block
        return Operator(self.rows, self.columns, blocks)

    def __neg__(self) -> Operator:
        return self * -1

    def __sub__(self, other: Operator) -> Operator:
        return self + (-other)

    def __mul__(self, factor: Formula | int | Fraction) -> Operator:
        return Operator(self.rows, self.columns, {key: factor * block for key, block in self.blocks.items()})

    __rmul__ = __mul__

    def __matmul__(self, other: Operator) -> Operator:
        if self.columns != other.rows:
            raise SizeMismatchError(
                f"A product of operators meets columns {self.columns} and rows {other.rows}; they must be one space. "
                "Check the order of the factors and of the summands."
            )
        blocks: dict[tuple[int, int], Formula] = {}
        for (a, m), first in self.blocks.items():
            for (k, b), second in other.blocks.items():
                if m == k:
                    part = _contracted(first, second, len(self.rows.summands[a]), self.columns.summands[m])
                    blocks[a, b] = blocks[a, b] + part if (a, b) in blocks else part
        return Operator(self.rows, other.columns, blocks)

    def at_point(self, values: Mapping[Formula, Formula]) -> Operator:
        """The operator where some tensors have given values."""
        blocks = {key: at_point(block, values) for key, block in self.blocks.items()}
        return Operator(self.rows, self.columns, blocks)

    def reordered(self, order: list[int]) -> Operator:
        """The operator with the summands of its one space in another order.

        Parameters
        ----------
        order : list of int
            Which summand comes first, second, …
        """
        new = {old: place for place, old in enumerate(order)}
        space = Space(tuple(self.rows.summands[old] for old in order))
        return Operator(space, space, {(new[a], new[b]): block for (a, b), block in self.blocks.items()})

    def __repr__(self) -> str:
        return f"Operator({self.columns} -> {self.rows}, {len(self.blocks)} blocks)"


def _entry(block: Formula, at: tuple[Index, ...]) -> Formula:
    return block[at] if at else block


def _contracted(first: Formula, second: Formula, rows: int, inner: tuple[Sort, ...]) -> Formula:
    """Σ over the inner indices of first[rows, inner] · second[inner, columns]."""

    def summed(left: tuple[Index, ...], right: tuple[Index, ...], chosen: tuple[Index, ...]) -> Formula:
        if len(chosen) < len(inner):
            return total(inner[len(chosen)], lambda k: summed(left, right, (*chosen, k)))
        return _entry(first, left + chosen) * _entry(second, chosen + right)

    sorts = first.sorts[:rows] + second.sorts[len(inner) :]
    return array(sorts, lambda *at: summed(at[:rows], at[rows:], ()))


@documented("SizeMismatchError: If the formula has not two slots.")
def as_operator(formula: Formula | Operator) -> Operator:
    """A matrix formula as an operator with one block.

    Slots of sort UNIT become the space of dimension one.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> tn.as_operator(tn.row("x", tn.Sort("N")))
    Operator(N -> 1, 1 blocks)
    """
    if isinstance(formula, Operator):
        return formula
    if len(formula.shape) != 2:
        raise SizeMismatchError(
            f"{formula} has {len(formula.shape)} slots; an operator with one block is made from two. "
            "For blocks over products of sorts write Operator(rows, columns, {(0, 0): …})."
        )
    spaces = [Space((() if sort == UNIT else (sort,),)) for sort in formula.shape]
    return Operator(spaces[0], spaces[1], {(0, 0): formula})


@documented("SizeMismatchError: If a factor has not two slots.")
def kronecker(first: Formula, second: Formula) -> Operator:
    """The Kronecker product of two matrix formulas.

    Its entry at ((i, j), (p, q)) is first[i, p] · second[j, q]; the index of the second factor runs fast; slots
    of sort UNIT are left out.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> M, N = tn.Sort("M"), tn.Sort("N")
    >>> tn.kronecker(tn.matrix("A", N, N), tn.identity(M))
    Operator(N×M -> N×M, 1 blocks)
    """
    for formula in (first, second):
        if len(formula.shape) != 2:
            raise SizeMismatchError(
                f"{formula} has shape {formula.shape}; a Kronecker factor needs two slots. "
                "Write products of arrays entry by entry with array(…)."
            )
    rows, columns = (tuple(sort for sort in (first.shape[slot], second.shape[slot]) if sort != UNIT) for slot in (0, 1))

    def entry(*at: Index) -> Formula:
        left, right = iter(at[: len(rows)]), iter(at[len(rows) :])
        picked: list[Formula] = []
        for formula in (first, second):
            slots = [next(side) for sort, side in zip(formula.shape, (left, right), strict=True) if sort != UNIT]
            picked.append(_entry(formula, tuple(slots)))
        return picked[0] * picked[1]

    return Operator(Space((rows,)), Space((columns,)), {(0, 0): array(rows + columns, entry)})


@documented("ParameterError: If the stacking is unknown.")
def jacobian(flows: Mapping[Formula, Formula], *, by: Any = None, stacking: str = "rows") -> Operator:
    """The Jacobian of a joint flow, on the direct sum of the spaces of its weights.

    Parameters
    ----------
    flows : mapping of weights to flow
        Each key is a bare tensor, each value a formula of its shape.
    by : sequence of Formula, optional
        The tensors to differentiate by; by default the weights themselves.
    stacking : {"rows", "columns"}
        How a matrix becomes a vector: rows after rows (the last index runs fast), or columns after columns.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> W = tn.matrix("W", N, N)
    >>> tn.jacobian({W: W @ W})
    Operator(N×N -> N×N, 1 blocks)
    """
    if stacking not in ("rows", "columns"):
        raise ParameterError(f"The stacking {stacking!r} was asked for; it is rows or columns of the weights.")
    weights = list(flows) if by is None else list(by)
    turn: Callable[[tuple[Any, ...]], tuple[Any, ...]] = (lambda at: at[::-1]) if stacking == "columns" else tuple
    rows = Space(tuple(turn(flow.sorts) for flow in flows.values()))
    columns = Space(tuple(turn(tensor.sorts) for tensor in weights))
    blocks = {}
    for a, flow in enumerate(flows.values()):
        for b, tensor in enumerate(weights):
            slope, cut = derivative(flow, tensor), len(flow.sorts)
            blocks[a, b] = array(
                turn(flow.sorts) + turn(tensor.sorts),
                lambda *at, slope=slope, cut=cut: _entry(slope, turn(at[:cut]) + turn(at[cut:])),
            )
    return Operator(rows, columns, blocks)
