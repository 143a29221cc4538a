"""Coincidence patterns: what a residual without sums demands, whatever the size.

The entries of such a residual are local conditions. For each set partition of its free indices, indices in one block
are identified and deltas between blocks dropped; what is left is a polynomial in entries with pairwise distinct
indices, one condition for every size that has as many elements as blocks. All patterns together are the residual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from dynsym._docstrings import documented
from dynsym.errors import UnsupportedFeatureError
from dynsym.kernel.local_conditions import Blocks, Local, Monomial, partitions
from dynsym.tensors.formulas.declarations import zeros
from dynsym.tensors.formulas.formula import Formula
from dynsym.tensors.sizes.normal_form import SizeNormalForm, normal_form

__all__ = ["Pattern", "coincidence_patterns"]


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
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> S, d = tn.symmetric_matrix("S", N), tn.signs("d", N)
    >>> i, j = N.indices("i j")
    >>> for pattern in tn.coincidence_patterns(S[i, j] * d[i] - S[i, j] * d[j]):
    ...     print(pattern)
    i | j: S[i,j]*d[i] - S[i,j]*d[j]
    """

    blocks: Blocks
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


@documented("UnsupportedFeatureError: If sums are left in the normal form: such a condition is not local.")
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

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> x = tn.column("x", N)
    >>> [str(pattern) for pattern in tn.coincidence_patterns(x @ x.T - tn.identity(N))]
    ['i = j: -1 + x[i]*x[i]', 'i | j: x[i]*x[j]']
    """
    local, _ = local_conditions(residual)
    return tuple(
        Pattern(blocks, polynomial)
        for blocks in partitions(local.sorts)
        if (polynomial := local.at({label: block[0] for block in blocks for label in block}))
    )


def local_conditions(residual: Formula) -> tuple[Local, SizeNormalForm]:
    """A residual to be read at named indices, or an error if sums are left in it."""
    form = normal_form(residual, zeros(*residual.shape))
    if any(place[0] for _, entries in form.parts for _, places in entries for place in places):
        raise UnsupportedFeatureError(
            f"The residual {form} contains sums, so its entries are no local conditions. "
            "Ask prove_identity for the whole, or state the condition with tensors that absorb the sums."
        )
    return Local(form.terms, form.parts), form
