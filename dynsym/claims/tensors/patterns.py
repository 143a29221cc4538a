"""Coincidence patterns: what a residual without sums demands, whatever the size.

The entries of such a residual are local conditions. For each set partition of its free indices, indices in one block
are identified and deltas between blocks dropped; what is left is a polynomial in entries with pairwise distinct
indices, one condition for every size that has as many elements as blocks. All patterns together are the residual.
"""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from dynsym.claims.tensors.declarations import zeros
from dynsym.claims.tensors.formula import Formula
from dynsym.claims.tensors.normal_form import NormalForm, normal_form
from dynsym.errors import UnsupportedFeatureError

__all__ = ["Pattern", "coincidence_patterns"]

Monomial = tuple[tuple[str, tuple[str, ...]], ...]  # sorted entries and scalars, repeated as often as their power
Polynomial = dict[Monomial, Fraction]


@dataclass(frozen=True)
class Pattern:
    """One condition of a residual.

    Parameters
    ----------
    blocks : tuple of tuple of str
        Which free indices coincide; different blocks hold different values.
    polynomial : mapping
        The condition: entries and scalars, with their powers, to coefficients.

    Examples
    --------
    >>> from dynsym.claims import tensors as tn
    >>> N = tn.Sort("N")
    >>> S, d = tn.symmetric_matrix("S", N), tn.signs("d", N)
    >>> i, j = N.indices("i j")
    >>> for pattern in tn.coincidence_patterns(S[i, j] * d[i] - S[i, j] * d[j]):
    ...     print(pattern)
    i | j: S[i,j]*d[i] - S[i,j]*d[j]
    """

    blocks: tuple[tuple[str, ...], ...]
    polynomial: Mapping[Monomial, Fraction] = field(repr=False)

    def __str__(self) -> str:
        return f"{' | '.join(' = '.join(block) for block in self.blocks)}: {self.condition}"

    @property
    def condition(self) -> str:
        """The polynomial that must vanish, as text."""
        parts = []
        for monomial, value in sorted(self.polynomial.items()):
            factors = [f"{name}[{','.join(at)}]" if at else name for name, at in monomial]
            sign = "-" if value < 0 else "+"
            number = [] if abs(value) == 1 and factors else [str(abs(value))]
            parts.append(f"{sign} {'*'.join(number + factors)}")
        text = " ".join(parts) or "0"
        return text[2:] if text.startswith("+") else "-" + text[2:] if text.startswith("-") else text


def coincidence_patterns(residual: Formula) -> tuple[Pattern, ...]:
    """The conditions under which all entries of a residual vanish, for every size.

    Parameters
    ----------
    residual : Formula
        An array whose normal form has no sums; its slots are named i, j, k, … in the patterns.

    Returns
    -------
    tuple of Pattern
        Patterns whose condition is zero are left out; the residual vanishes identically if none is left.

    Raises
    ------
    UnsupportedFeatureError
        If sums are left in the normal form: such a condition is not local.

    Examples
    --------
    >>> from dynsym.claims import tensors as tn
    >>> N = tn.Sort("N")
    >>> x = tn.column("x", N)
    >>> [str(pattern) for pattern in tn.coincidence_patterns(x @ x.T - tn.identity(N))]
    ['i = j: -1 + x[i]*x[i]', 'i | j: x[i]*x[j]']
    """
    local = LocalConditions(residual)
    return tuple(
        Pattern(blocks, polynomial)
        for blocks in _partitions(list(local.labels.items()))
        if (polynomial := local.at({label: block[0] for block in blocks for label in block}))
    )


class LocalConditions:
    """A residual without sums, to be evaluated at index names."""

    def __init__(self, residual: Formula) -> None:
        zero = zeros(*residual.shape) if residual.sorts else zeros()
        self.form: NormalForm = normal_form(residual, zero)
        if any(place[0] for _, entries in self.form.parts for _, places in entries for place in places):
            raise UnsupportedFeatureError(
                f"The residual {self.form} contains sums, so its entries are no local conditions. "
                "Ask prove_identity for the whole, or state the condition with tensors that absorb the sums."
            )
        letters = (letter for letter in string.ascii_lowercase[8:] + string.ascii_lowercase[:8])
        free = [label for label in self.form.terms.sort_of if isinstance(label, str)]
        taken = {label for label in free if not label.startswith("@")}
        names = {label: label for label in sorted(taken)}
        for label in sorted((label for label in free if label.startswith("@")), key=lambda text: int(text[1:])):
            names[label] = next(letter for letter in letters if letter not in taken)
        self.names = names
        self.labels = {name: self.form.terms.sort_of[label] for label, name in names.items()}

    def at(self, chosen: Mapping[str, str]) -> Polynomial:
        """The polynomial at named indices; equal names are equal indices, others differ."""
        place = {label: chosen[name] for label, name in self.names.items()}
        tensors = self.form.terms.reader.tensors
        result: Polynomial = {}
        for (deltas, entries), coefficient in self.form.parts.items():
            if any(place[a] != place[b] for a, b in deltas):
                continue
            counted: dict[tuple[str, tuple[str, ...]], int] = {}
            for name, places in entries:
                at = tuple(place[slot[2]] for slot in places)
                at = tuple(sorted(at)) if tensors[name]["symmetric"] else at
                counted[name, at] = counted.get((name, at), 0) + 1
            factors: list[tuple[str, tuple[str, ...]]] = []
            for factor, power in counted.items():
                factors += [factor] * {"sign": power % 2, "mask": 1}.get(tensors[factor[0]]["kind"], power)
            for exponents, value in coefficient.to_dict().items():
                scalars = [(self.form.terms.names[k], ()) for k, e in enumerate(exponents) for _ in range(e)]
                key = tuple(sorted([*factors, *scalars]))
                result[key] = result.get(key, Fraction(0)) + Fraction(int(value.p), int(value.q))
        return {key: value for key, value in result.items() if value}


def _partitions(labels: list[tuple[str, Any]]) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Set partitions of labels whose blocks hold one sort, coarsest first."""
    found: list[tuple[tuple[str, ...], ...]] = []

    def extend(rest: list[tuple[str, Any]], blocks: list[tuple[Any, list[str]]]) -> None:
        if not rest:
            found.append(tuple(tuple(block) for _, block in blocks))
            return
        (label, sort), *later = rest
        for at, (kind, block) in enumerate(blocks):
            if kind == sort:
                extend(later, [*blocks[:at], (kind, [*block, label]), *blocks[at + 1 :]])
        extend(later, [*blocks, (sort, [label])])

    extend(labels, [])
    return iter(sorted(found, key=len))


def instances(local: LocalConditions, available: Mapping[str, str]) -> Iterator[Polynomial]:
    """All entries of a residual on given names (name -> sort)."""
    choices = [[name for name, sort in available.items() if sort == own] for own in local.labels.values()]
    for chosen in itertools.product(*choices):
        polynomial = local.at(dict(zip(local.labels, chosen, strict=True)))
        if polynomial:
            yield polynomial
