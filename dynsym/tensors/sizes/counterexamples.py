"""Counterexamples in small integers, smallest sizes first, replayed by the kernel's plain loops."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq_mpoly

from dynsym.arithmetic.sampling import Sampler
from dynsym.errors import BudgetExceeded, ParameterError
from dynsym.kernel import recheck
from dynsym.kernel.index_arguments import values_at
from dynsym.kernel.reader import formula_digest
from dynsym.tensors.formulas.formula import UNIT, Formula, combine
from dynsym.tensors.sizes.bounds import SizeBound
from dynsym.tensors.sizes.expansion import Difference, expand_difference
from dynsym.tensors.sizes.normal_form import declarations_of

__all__ = ["OPTIONS", "Hypotheses", "find_counterexample", "random_numbers", "small_sizes"]

OPTIONS = {
    "hypotheses": "Hypotheses, optional\n    What a counterexample has to satisfy.",
    "nodes": "int\n    Search nodes for the canonical labels of symmetric terms.",
    "budget": "int\n    Term products and entries of the expansion.",
}
"""What the options of questions mean, for their docstrings."""


@dataclass(frozen=True)
class Hypotheses:
    """Open conditions that a counterexample has to satisfy; proofs do not need them.

    Parameters
    ----------
    nonzero : tuple of Formula
        Tensors or scalars all of whose entries must not vanish.
    positive : tuple of Formula
        Tensors or scalars all of whose entries must be positive.
    least : mapping of Sort to int, or empty
        Sizes from which on the claim is made.

    Raises
    ------
    ParameterError
        If something else than a bare tensor or scalar is given.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> h = tn.column("h", N)
    >>> tn.Hypotheses(nonzero=(h,), least={N: 2}).least_sizes
    {'N': 2}
    """

    nonzero: tuple[Formula, ...] = ()
    positive: tuple[Formula, ...] = ()
    least: Mapping[Any, int] | tuple[()] = ()

    def __post_init__(self) -> None:
        for formula in (*self.nonzero, *self.positive):
            if formula.node[0] not in ("tensor", "scalar"):
                raise ParameterError(
                    f"The hypothesis names {formula}; it must be a bare tensor or scalar. "
                    "Introduce a tensor for it, or parametrise the hypothesis away."
                )

    @property
    def least_sizes(self) -> dict[str, int]:
        """The least size of each sort that has one, by name."""
        return {sort.name: size for sort, size in dict(self.least).items()}

    @property
    def names(self) -> tuple[frozenset[str], frozenset[str]]:
        """Names whose entries do not vanish, and those whose entries are positive."""
        positive = frozenset(formula.node[1] for formula in self.positive)
        return frozenset(formula.node[1] for formula in self.nonzero) | positive, positive


def find_counterexample(
    left: Formula, right: Formula, bound: SizeBound, hypotheses: Hypotheses, *, budget: int, seed: int = 20260401
) -> dict[str, Any] | None:
    """An argument of kind "counterexample" at the smallest sizes where one is found, or None."""
    draw = Sampler(seed)
    for sizes in _sizes(bound, hypotheses):
        try:
            expansion = expand_difference(left, right, sizes, budget=budget)
        except BudgetExceeded:
            return None
        for key in sorted(expansion.entries, key=lambda at: (len(expansion.entries[at]), at))[:3]:
            for values in _assignments(expansion, expansion.entries[key], left, right, hypotheses, draw):
                argument = _argument(left, right, expansion, key, values)
                if argument is not None:
                    return argument
    return None


def _sizes(bound: SizeBound, hypotheses: Hypotheses) -> Iterator[dict[str, int]]:
    """Size vectors from the smallest allowed one up to the end of the grid, by their sum."""
    names = sorted(bound.least)
    low = hypotheses.least_sizes
    ranges = [range(low.get(n, 1), max(bound.least[n] + bound.degree.get(n, 0), low.get(n, 1)) + 1) for n in names]
    for sizes in sorted(itertools.product(*ranges), key=lambda sizes: (sum(sizes), max(sizes, default=0))):
        yield dict(zip(names, sizes, strict=True))


def _assignments(
    expansion: Difference, polynomial: fmpq_mpoly, left: Formula, right: Formula, hypotheses: Hypotheses, draw: Sampler
) -> Iterator[list[Fraction]]:
    """Integer values of all generators at which the polynomial does not vanish, sparse ones first."""
    whole = combine((), (), left, right)
    nonzero, positive = hypotheses.names
    kinds = {name: tensor.kind for name, tensor in whole.tensors.items()}
    monomials = sorted(polynomial.to_dict(), key=lambda exponents: (sum(map(bool, exponents)), exponents))
    for trial in range(40):
        used = monomials[trial % len(monomials)] if trial < 2 * len(monomials) and trial < 20 else None
        values: list[Fraction] = []
        for k, (name, _) in enumerate(expansion.places):
            kind = kinds.get(name, "scalar")
            if name in whole.reciprocals:
                values.append(Fraction(0))
            elif kind == "sign":
                values.append(Fraction(1 if used is not None and trial == 0 else draw.choice((-1, 1))))
            elif kind == "mask":
                values.append(Fraction(1 if used is not None and used[k] else draw.choice((0, 1))))
            elif name in positive:
                values.append(Fraction(draw.randint(1, 3)))
            elif name in nonzero or (used is not None and used[k]):
                values.append(Fraction(draw.choice((1, 2, 3) if used is not None else (-2, -1, 1, 2, 3))))
            else:
                values.append(Fraction(0 if used is not None else draw.randint(-2, 3)))
        point = [int(value) for value in values] or [0]
        if whole.reciprocals or polynomial(*point) != 0:
            yield values


def _argument(
    left: Formula, right: Formula, expansion: Difference, key: tuple[int, ...], values: list[Fraction]
) -> dict[str, Any] | None:
    """The stored counterexample, after plain loops have confirmed it."""
    whole = combine((), (), left, right)
    tables: dict[str, dict[str, str]] = {name: {} for name in whole.tensors}
    scalars: dict[str, str] = {}
    for (name, at), value in zip(expansion.places, values, strict=True):
        if name in tables:
            tables[name][",".join(map(str, at))] = str(value)
        elif name not in whole.reciprocals:
            scalars[name] = str(value)
    declared = declarations_of(left, right)
    argument = {
        "kind": "counterexample",
        "declarations": declared,
        "left": left.node,
        "right": right.node,
        "digest": formula_digest(declared, left.node, right.node),
        "sizes": {name: size for name, size in expansion.sizes.items() if name != UNIT.name},
        "tables": tables,
        "scalars": scalars,
        "at": list(key),
    }
    try:
        both = values_at(argument, [key])[key]
    except ZeroDivisionError:
        return None
    if both[0] == both[1]:
        return None
    argument["values"] = [str(value) for value in both]
    recheck(argument)
    return argument


def small_sizes(sorts: Sequence[str], hypotheses: Hypotheses) -> Iterator[dict[str, int]]:
    """Size vectors up to two above the least ones in all, smallest first."""
    least = hypotheses.least_sizes
    ranges = [range(least.get(sort, 1), least.get(sort, 1) + 3) for sort in sorts]
    for sizes in sorted(itertools.product(*ranges), key=lambda sizes: (sum(sizes), sizes)):
        chosen = dict(zip(sorts, sizes, strict=True))
        if sum(sizes) <= sum(least.get(sort, 1) for sort in sorts) + 2:
            yield chosen


def random_numbers(whole: Formula, sizes: Mapping[str, int], hypotheses: Hypotheses, draw: Sampler) -> dict[str, Any]:
    """Tables of all tensors and values of all scalars, small integers that satisfy the hypotheses."""
    nonzero, positive = hypotheses.names
    tables: dict[str, dict[str, str]] = {}
    for name, tensor in whole.tensors.items():
        ranges = [range(sizes[sort.name]) for sort in tensor.sorts if sort.name != "1"]
        values = {"sign": [-1, 1], "mask": [0, 1]}.get(tensor.kind, [-3, -2, -1, 0, 1, 2, 3])
        if tensor.kind == "free" and name in nonzero:
            values = [1, 2, 3] if name in positive else [-3, -2, -1, 1, 2, 3]
        tables[name] = {
            ",".join(map(str, at)): str(draw.choice(values))
            for at in itertools.product(*ranges)
            if not tensor.symmetric or list(at) == sorted(at)
        }
    others = [-3, -2, 2, 3, 5]
    scalars = {name: str(draw.choice([1, 2, 3, 5] if name in positive else others)) for name in sorted(whole.scalars)}
    return {"tables": tables, "scalars": scalars}
