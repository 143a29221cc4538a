"""Matrix and index formulas over symbolic sizes.

A `Formula` is a tree of nested tuples (`node`), the sorts of its slots (`shape`) and the declarations of what it
mentions. `W2.T @ E @ D1` and `total(N, lambda k: W[i, k] * x[k])` build such trees and check their sizes at once;
nothing is computed here. Route A (`normal_form`), route B (`expansion`) and the kernel each read the tree on their own.

A slot of sort `UNIT` has size one and takes no index: a row is a matrix of shape (UNIT, N), and a formula whose slots
are all UNIT counts as a scalar.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from dynsym._expressions import check_name
from dynsym.errors import ModelNameError, ParameterError, SizeMismatchError
from dynsym.tensors.formulas.nodes import Node

__all__ = ["UNIT", "Formula", "Index", "Sort", "Tensor"]

KINDS = ("free", "sign", "mask")
_labels = itertools.count(1)


@dataclass(frozen=True)
class Sort:
    """What an index counts (neurons, inputs, …) and the symbol of its size.

    Parameters
    ----------
    name : str
        The symbol of the size; two sorts of one name are the same sort.

    Raises
    ------
    ModelNameError
        If the name is no identifier.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> i, j = N.indices("i j")
    >>> tn.delta(i, j)
    delta(i, j)
    """

    name: str

    def __post_init__(self) -> None:
        if self.name != "1":
            check_name(self.name, what="sort")

    def index(self, label: str) -> Index:
        """A free index of this sort."""
        return Index(check_name(label, what="index"), self)

    def indices(self, labels: str) -> tuple[Index, ...]:
        """Free indices of this sort, from blank-separated labels."""
        return tuple(self.index(label) for label in labels.split())

    @property
    def size(self) -> Formula:
        """The size as a scalar formula."""
        return Formula(("size", self.name), ())

    def __repr__(self) -> str:
        return "UNIT" if self == UNIT else self.name


UNIT = Sort("1")


@dataclass(frozen=True)
class Index:
    """An index of one sort: free, or bound by `total` or `array` (which alone create bound ones).

    Parameters
    ----------
    label : str
    sort : Sort

    Raises
    ------
    SizeMismatchError
        If the sort is UNIT, whose slots take no index.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> tn.Sort("N").index("i")
    Index('i', N)
    """

    label: str
    sort: Sort

    def __post_init__(self) -> None:
        if self.sort == UNIT:
            raise SizeMismatchError(
                f"The index {self.label} was asked for a slot of size one. Such slots take no index; leave it out."
            )

    def __repr__(self) -> str:
        return f"Index({self.label!r}, {self.sort!r})"


@dataclass(frozen=True)
class Tensor:
    """Declaration of a tensor.

    Parameters
    ----------
    name : str
    sorts : tuple of Sort
        One per slot; UNIT slots carry no index.
    kind : {"free", "sign", "mask"}
        Entries are free, or satisfy x² = 1 (sign), or x² = x (mask).
    symmetric : bool
        Whether the slots are unordered; they must then have one sort.

    Raises
    ------
    ParameterError
        If the kind is unknown.
    SizeMismatchError
        If a symmetric tensor has slots of different sorts.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> tn.Tensor("W", (N, N), symmetric=True).symmetric
    True
    """

    name: str
    sorts: tuple[Sort, ...]
    kind: str = "free"
    symmetric: bool = False

    def __post_init__(self) -> None:
        check_name(self.name, what="tensor")
        if self.kind not in KINDS:
            raise ParameterError(f"The kind of {self.name} is {self.kind!r}; it must be one of {', '.join(KINDS)}.")
        if self.symmetric and len(set(self.sorts)) > 1:
            raise SizeMismatchError(
                f"The symmetric tensor {self.name} has slots of sorts {self.sorts}. "
                "Unordered slots need one sort; declare it with the same sort in every slot."
            )


@dataclass(frozen=True, eq=False)
class Formula:
    """A scalar, vector, matrix or array formula whose sizes are symbols.

    Formulas are made by `matrix`, `row`, `scalar`, … and combined by `+ - * / ** @`, `.T` and `[indices]`; `*` needs a
    scalar on one side (entrywise products are `hadamard`).

    Parameters
    ----------
    node : tuple
        The tree.
    shape : tuple of Sort
        One sort per slot.
    tensors, scalars, reciprocals, free : mapping
        Declarations of what the tree mentions: tensors by name, scalar symbols, scalars defined as 1 over a formula,
        free indices.

    Raises
    ------
    SizeMismatchError
        From an operation whose operands' slots have different sorts.
    ModelNameError
        If one name is declared in two ways.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> M, N = tn.Sort("M"), tn.Sort("N")
    >>> W1, W2, s = tn.matrix("W1", N, M), tn.row("W2", N), tn.row("s", M)
    >>> (W2.T @ (s - W2 @ W1)).shape
    (N, M)
    >>> W2.T @ W1
    Traceback (most recent call last):
        ...
    dynsym.errors.SizeMismatchError: W2.T has shape (N, UNIT) and W1 has shape (N, M); the product ... equal.
    """

    node: Node
    shape: tuple[Sort, ...] = ()
    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    scalars: frozenset[str] = frozenset()
    reciprocals: Mapping[str, Formula] = field(default_factory=dict)
    free: Mapping[str, Sort] = field(default_factory=dict)
    __array_ufunc__ = None

    @property
    def is_scalar(self) -> bool:
        """Whether every slot has size one."""
        return all(sort == UNIT for sort in self.shape)

    @property
    def sorts(self) -> tuple[Sort, ...]:
        """Sorts of the slots that take an index."""
        return tuple(sort for sort in self.shape if sort != UNIT)

    @property
    def T(self) -> Formula:
        """The transpose of a matrix, row or column."""
        if not self.shape:
            return self
        _require_matrix(self, "a transpose")
        return combine(("transpose", self.node), self.shape[::-1], self)

    def __add__(self, other: Any) -> Formula:
        right = as_formula(other)
        node = ("add", (*(self.node[1] if self.node[0] == "add" else (self.node,)), right.node))
        if self.is_scalar and right.is_scalar:
            return combine(node, max(self.shape, right.shape, key=len), self, right)
        require_same_shape(self, right, "a sum")
        return combine(node, self.shape, self, right)

    __radd__ = __add__

    def __neg__(self) -> Formula:
        return self * -1

    def __sub__(self, other: Any) -> Formula:
        return self + (-as_formula(other))

    def __rsub__(self, other: Any) -> Formula:
        return as_formula(other) - self

    def __mul__(self, other: Any) -> Formula:
        right = as_formula(other)
        if not (self.is_scalar or right.is_scalar):
            raise SizeMismatchError(
                f"{self} * {right} multiplies shapes {_shown(self.shape)} and {_shown(right.shape)}; * needs a scalar "
                "on one side. Try @ for the matrix product or hadamard(A, B) for the entrywise one."
            )
        shape = right.shape if self.is_scalar else self.shape
        if self.is_scalar and right.is_scalar:
            shape = max(self.shape, right.shape, key=len)
        return combine(("times", (self.node, right.node)), shape, self, right)

    __rmul__ = __mul__

    def __truediv__(self, other: int | Fraction) -> Formula:
        return self * (1 / Fraction(other))

    def __pow__(self, exponent: int) -> Formula:
        if not self.is_scalar or not isinstance(exponent, int) or exponent < 0:
            raise ParameterError(
                f"({self}) ** {exponent}: powers need a scalar and a whole exponent >= 0. "
                "Write a matrix power as a product, and 1/p as reciprocal(p)."
            )
        return combine(("times", (self.node,) * exponent), self.shape, self) if exponent else as_formula(1)

    def __matmul__(self, other: Formula) -> Formula:
        _require_matrix(self, "a matrix product")
        _require_matrix(other, "a matrix product")
        if self.shape[1] != other.shape[0]:
            raise SizeMismatchError(
                f"{self} has shape {_shown(self.shape)} and {other} has shape {_shown(other.shape)}; the product needs "
                "columns and rows of one sort. Transpose one of them, or declare both sorts equal."
            )
        return combine(("matmul", self.node, other.node), (self.shape[0], other.shape[1]), self, other)

    def __getitem__(self, indices: Index | tuple[Index, ...]) -> Formula:
        given = indices if isinstance(indices, tuple) else (indices,)
        if tuple(index.sort for index in given) != self.sorts:
            raise SizeMismatchError(
                f"{self} was given indices of sorts {_shown(tuple(index.sort for index in given))}; "
                f"its slots have sorts {_shown(self.sorts)}. Give one index per slot, none for slots of size one."
            )
        used = {index.label: index.sort for index in given}
        entry = combine(("entry", self.node, tuple(index.label for index in given)), (), self)
        return combine(entry.node, (), entry, Formula((), (), free=used))

    def __iter__(self) -> Iterator[Formula]:
        raise ParameterError(f"{self} cannot be iterated over: its sizes are symbols. Use total(sort, lambda k: …).")

    def __bool__(self) -> bool:
        raise ParameterError("A formula has no truth value. Ask prove_identity(left, right).")

    def __repr__(self) -> str:
        from dynsym.tensors.formulas.notation import written

        return written(self.node)

    __str__ = __repr__

    def _repr_latex_(self) -> str:
        from dynsym.tensors.formulas.notation import latex

        return f"${latex(self.node)}$"


def combine(node: Node, shape: tuple[Sort, ...], *parts: Formula) -> Formula:
    """A formula with the declarations of all its parts."""
    return Formula(
        node,
        shape,
        tensors=_merged("tensor", [part.tensors for part in parts]),
        scalars=frozenset().union(*(part.scalars for part in parts)),
        reciprocals=_merged("reciprocal", [part.reciprocals for part in parts]),
        free=_merged("index", [part.free for part in parts]),
    )


def _merged(what: str, tables: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    if len(tables) == 1:
        return tables[0]
    whole: dict[str, Any] = {}
    for table in tables:
        for name, value in table.items():
            known = whole.setdefault(name, value)
            if known is not value and (isinstance(value, Formula) or known != value):
                raise ModelNameError(
                    f"The {what} {name} is declared in two ways: {known!r} and {value!r}. "
                    "One name needs one declaration; make the object once and reuse it."
                )
    return MappingProxyType(whole)


def as_formula(value: Any) -> Formula:
    """A formula, or an exact number as a formula."""
    if isinstance(value, Formula):
        return value
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return Formula(("number", str(Fraction(value))))
    raise ParameterError(
        f"{value!r} stands in a formula; it must be a Formula, an int or a Fraction. Try Fraction(1, 2)."
    )


def fresh_label() -> str:
    """A label that no author can write, for a binder."""
    return f"#{next(_labels)}"


def require_same_shape(left: Formula, right: Formula, what: str) -> None:
    """Refuse operands whose slots differ."""
    if left.shape != right.shape:
        raise SizeMismatchError(
            f"{left} has shape {_shown(left.shape)} and {right} has shape {_shown(right.shape)}; "
            f"{what} needs equal shapes. Transpose one of them, or check which sort each slot has."
        )


def _require_matrix(formula: Formula, what: str) -> None:
    if not isinstance(formula, Formula) or len(formula.shape) != 2:
        shape = _shown(formula.shape) if isinstance(formula, Formula) else type(formula).__name__
        raise SizeMismatchError(
            f"{formula} has shape {shape}; {what} needs two slots. Write entries with [indices] and total(sort, …)."
        )


def _shown(shape: tuple[Sort, ...]) -> str:
    return "(" + ", ".join(repr(sort) for sort in shape) + ("," if len(shape) == 1 else "") + ")"
