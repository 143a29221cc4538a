"""Curl descent: a two-layer linear student whose neurons learn by Hebbian or by anti-Hebbian rules.

With the teacher's map s (1×M), whitened inputs and the error E = s - W2 W1, the averaged rules are

    W1' = W2ᵀ E D1,    W2' = E W1ᵀ D2

where the diagonal matrices D1 (M×M) and D2 (N×N) hold 1 for a rule that descends the loss |E|²/2 and -1 for one that
ascends it (Ninou, Kadmon, Cayco-Gajic, *Curl Descent*, eq. 6). Without -1 this is gradient descent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any

import sympy
from sympy import Expr, MatrixSymbol, Symbol
from sympy.matrices.expressions.matexpr import MatrixExpr

from dynsym.errors import ParameterError
from dynsym.model import MatrixSystem, SymbolicSystem, system_from_equations, system_from_matrices

__all__ = ["CurlDescent"]


@dataclass(frozen=True)
class CurlDescent:
    """The learning dynamics of a linear student with rules of both signs.

    Parameters
    ----------
    inputs, hidden : int or None
        M and N; None leaves both sizes symbolic.
    hidden_signs : sequence of 1 and -1, optional
        The diagonal of D1, one for each input; symbols ``D1_1``, … by default.
    readout_signs : sequence of 1 and -1, optional
        The diagonal of D2, one for each hidden neuron.

    Raises
    ------
    ParameterError
        If one size is given without the other, or there are more or fewer signs than neurons.

    Examples
    --------
    >>> import dynsym as ds
    >>> ds.CurlDescent(1, 1, hidden_signs=[1], readout_signs=[-1]).system().values
    {'D1_1': 1, 'D2_1': -1}
    """

    inputs: int | None = None
    hidden: int | None = None
    _: KW_ONLY
    hidden_signs: Sequence[int] | None = None
    readout_signs: Sequence[int] | None = None

    def __post_init__(self) -> None:
        if (self.inputs is None) != (self.hidden is None):
            raise ParameterError(
                f"Curl descent was given {self.inputs} inputs and {self.hidden} hidden neurons; it needs both sizes, "
                "or none. Try CurlDescent(2, 3)."
            )
        for name, size in (("hidden_signs", self.inputs), ("readout_signs", self.hidden)):
            signs = getattr(self, name)
            if signs is None:
                continue
            object.__setattr__(self, name, tuple(signs))
            if size is None or len(tuple(signs)) != size or not set(signs) <= {1, -1}:
                raise ParameterError(
                    f"{name} was given as {tuple(signs)!r:.60}; it needs {size if size is not None else 'sizes and'} "
                    "numbers that are 1 or -1. Try CurlDescent(1, 1, hidden_signs=[1])."
                )

    @cached_property
    def matrices(self) -> dict[str, MatrixSymbol]:
        """W1 (N×M), W2 (1×N), s (1×M), D1 (M×M) and D2 (N×N) with symbolic sizes."""
        m, n = Symbol("M"), Symbol("N")
        shapes: dict[str, tuple[Any, Any]] = {"W1": (n, m), "W2": (1, n), "s": (1, m), "D1": (m, m), "D2": (n, n)}
        return {name: MatrixSymbol(name, *shape) for name, shape in shapes.items()}

    @property
    def error(self) -> MatrixExpr:
        """E = s - W2 W1."""
        return self.matrices["s"] - self.matrices["W2"] * self.matrices["W1"]

    def matrix_system(self) -> MatrixSystem:
        """The rules for every M and N.

        Examples
        --------
        >>> import dynsym as ds
        >>> ds.CurlDescent().matrix_system()
        MatrixSystem('curl descent': W1 (N×M), W2 (1×N); constants D1 (M×M, signs), D2 (N×N, signs), s (1×M))
        """
        w1, w2, _, d1, d2 = self.matrices.values()
        rates = {w1: w2.T * self.error * d1, w2: self.error * w1.T * d2}
        return system_from_matrices(rates, signs=(d1, d2), name="curl descent")

    def system(self, **values: Any) -> SymbolicSystem:
        """The rules at the given sizes, entry by entry: states ``W1_i_j`` and ``W2_i``.

        Parameters
        ----------
        **values : nested lists or numbers
            Values of constants, such as ``s=[1, 0]``.

        Raises
        ------
        ParameterError
            If the sizes are symbolic, or a value has the wrong shape.

        Examples
        --------
        >>> import dynsym as ds
        >>> ds.CurlDescent(1, 1).system().equations["W1_1_1"]
        -D1_1*W1_1_1*W2_1**2 + D1_1*W2_1*s_1
        """
        if self.inputs is None or self.hidden is None:
            raise ParameterError(
                "Curl descent has symbolic sizes, and entries need numbers. Give them, as in CurlDescent(2, 3), or use "
                "matrix_system()."
            )
        signs = {"D1": self.hidden_signs, "D2": self.readout_signs}
        given = {name: list(entries) for name, entries in signs.items() if entries is not None}
        return self.matrix_system().with_values(M=self.inputs, N=self.hidden, **{**given, **values})

    def toy(self) -> SymbolicSystem:
        """One input and one hidden neuron with named weights, the readout's sign -1: w1' = w2 e, w2' = -w1 e.

        Examples
        --------
        >>> import dynsym as ds
        >>> ds.CurlDescent().toy().equations
        {'w1': w2*(s - w1*w2), 'w2': -w1*(s - w1*w2)}
        """
        equations = {"w1": "w2*(s - w1*w2)", "w2": "-w1*(s - w1*w2)"}
        return system_from_equations(equations, ["s"], name="curl descent, one neuron")

    def loss(self) -> Expr:
        """Half the squared error, as a trace.

        Examples
        --------
        >>> import dynsym as ds
        >>> ds.CurlDescent().loss()
        Trace((-W2*W1 + s)*(-W1.T*W2.T + s.T))/2
        """
        return sympy.Trace(self.error * self.error.T) / 2
