"""Similarity matching: feedforward weights W and lateral weights M that find a principal subspace.

The objective is ``min over W, max over M of 2 Tr WᵀW - Tr M² - 2 Tr(W C Wᵀ M⁻¹)`` (Pehlevan, Sengupta, Chklovskii 2018;
model reconstructed). Its flow, with the covariance C of the inputs and the time constant τ of the lateral weights:

    W' = 2 (M⁻¹ W C - W),    τ M' = M⁻¹ W C Wᵀ M⁻¹ - M

The whitening variant has τ M' = M⁻¹ W C Wᵀ M⁻¹ - 1. With y = M⁻¹ W x both rules are local: Hebbian in W,
anti-Hebbian in M.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import exact, symbol
from dynsym.errors import ParameterError
from dynsym.model import SymbolicSystem, system_from_equations

__all__ = ["SimilarityMatching"]

LARGEST_INVERSE = 4
"""M is inverted in symbols; beyond this size its entries fill pages."""


@dataclass(frozen=True)
class SimilarityMatching:
    """The averaged learning dynamics of similarity matching, in the eigenbasis of the input covariance.

    Parameters
    ----------
    inputs, outputs : int
        n and k; k ≤ n, and k ≤ 4, since M is inverted in symbols.
    whitening : bool
        The variant that whitens its outputs.
    eigenvalues : sequence of Expr, numbers or texts, optional
        Of the covariance, one for each input; symbols ``c1``, ``c2``, … by default.

    Raises
    ------
    ParameterError
        If the sizes do not fit, or there are more or fewer eigenvalues than inputs.

    Examples
    --------
    >>> import dynsym as ds
    >>> ds.SimilarityMatching(1, 1).system().equations
    {'w_1_1': 2*c1*w_1_1/m_1_1 - 2*w_1_1, 'm_1_1': (c1*w_1_1**2/m_1_1**2 - m_1_1)/tau}
    """

    inputs: int
    outputs: int
    _: KW_ONLY
    whitening: bool = False
    eigenvalues: tuple[Any, ...] | None = None

    def __post_init__(self) -> None:
        if not 0 < self.outputs <= min(self.inputs, LARGEST_INVERSE):
            raise ParameterError(
                f"Similarity matching was given {self.inputs} inputs and {self.outputs} outputs; it needs 1 to "
                f"{LARGEST_INVERSE} outputs and at least as many inputs. Try SimilarityMatching(3, 2)."
            )
        if self.eigenvalues is None:
            values = tuple(symbol(f"c{a + 1}", "positive") for a in range(self.inputs))
        else:
            values = tuple(exact(c, name="eigenvalue") for c in self.eigenvalues)
        if len(values) != self.inputs:
            raise ParameterError(
                f"{len(values)} eigenvalues were given for {self.inputs} inputs; one for each is needed."
            )
        object.__setattr__(self, "eigenvalues", values)

    @cached_property
    def covariance(self) -> sympy.ImmutableDenseMatrix:
        """C, diagonal."""
        return sympy.ImmutableDenseMatrix(sympy.diag(*(self.eigenvalues or ())))

    @cached_property
    def feedforward(self) -> sympy.ImmutableDenseMatrix:
        """W, outputs × inputs."""
        return _entries("w", self.outputs, self.inputs)

    @cached_property
    def lateral(self) -> sympy.ImmutableDenseMatrix:
        """M, symmetric: ``m_1_2`` stands at both places."""
        entries = _entries("m", self.outputs, self.outputs)
        return sympy.ImmutableDenseMatrix(self.outputs, self.outputs, lambda i, j: entries[min(i, j), max(i, j)])

    @cached_property
    def time_constant(self) -> Symbol:
        """τ, of the lateral weights."""
        return symbol("tau", "positive")

    def objective(self) -> Expr:
        """What W descends and M ascends.

        Examples
        --------
        >>> import dynsym as ds
        >>> ds.SimilarityMatching(1, 1).objective()
        -2*c1*w_1_1**2/m_1_1 - m_1_1**2 + 2*w_1_1**2
        """
        W, M, C = self.feedforward, self.lateral, self.covariance
        penalty = 2 * M.trace() if self.whitening else (M * M).trace()
        return sympy.expand(2 * (W.T * W).trace() - penalty - 2 * (W * C * W.T * M.inv()).trace())

    def rates(self) -> tuple[sympy.Matrix, sympy.Matrix]:
        """W' and M' as matrices.

        Examples
        --------
        >>> import dynsym as ds
        >>> ds.SimilarityMatching(2, 1).rates()[0].shape
        (1, 2)
        """
        W, M, C = self.feedforward, self.lateral, self.covariance
        inverse = M.inv()
        correlation = inverse * W * C * W.T * inverse
        decay = sympy.eye(self.outputs) if self.whitening else M
        return 2 * (inverse * W * C - W), (correlation - decay) / self.time_constant

    def system(self) -> SymbolicSystem:
        """The flow of all weights.

        Returns
        -------
        SymbolicSystem
            States ``w_<output>_<input>`` and ``m_<output>_<output>`` (each pair once), parameters ``tau`` and the
            eigenvalues that were left as symbols.

        Examples
        --------
        >>> import dynsym as ds
        >>> ds.SimilarityMatching(2, 1, whitening=True, eigenvalues=(4, 1)).system().state_names
        ('w_1_1', 'w_1_2', 'm_1_1')
        """
        feedforward, lateral = self.rates()
        rates = {s.name: rate for s, rate in zip(self.feedforward, feedforward, strict=True)}
        for i in range(self.outputs):
            for j in range(i, self.outputs):
                rates[self.lateral[i, j].name] = lateral[i, j]
        free = set().union(*(c.free_symbols for c in self.eigenvalues or ()))
        assumed = {s.name: "positive" if s.is_positive else "real" for s in sorted(free, key=str)}
        name = "similarity matching, whitening" if self.whitening else "similarity matching"
        return system_from_equations(rates, assumptions={"tau": "positive", **assumed}, name=name)


def _entries(name: str, rows: int, columns: int) -> sympy.ImmutableDenseMatrix:
    return sympy.ImmutableDenseMatrix(rows, columns, lambda i, j: symbol(f"{name}_{int(i) + 1}_{int(j) + 1}"))
