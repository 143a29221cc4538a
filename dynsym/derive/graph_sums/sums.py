r"""Criticality at the origin of any network, as a sum over its nodes and its plastic edges.

The nodes obey :math:`\tau_i x_i' = -l_i x_i + \psi_i(\sum_j g\,\sigma_{ij} w_{ij} \varphi_j(x_j))` with odd φ and ψ;
plastic weights relax to what the activity of their two ends makes of them,
:math:`w_{ij}' = -d_{ij} (w_{ij} - w^0_{ij}) + \alpha\,\varphi_i \varphi_j + \tfrac12 \beta\,\varphi_i^2
+ \tfrac12 \gamma\,\varphi_j^2 + \dots`. With λ = 0 or iω, a right critical vector q and a left one P (τ taken out),

.. math:: \psi' \varphi' W q = (l + \lambda\tau) q, \qquad P^T \psi' \varphi' W = P^T (l + \lambda\tau).

The second equation takes W out of the cubic coefficient: what is left is a sum over nodes, and one over plastic edges.
The weights do not move at first order, so that critical vectors live on the nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Any

import mpmath
import sympy
from sympy import Expr, Idx, IndexedBase, Sum, Symbol, conjugate

from dynsym._docstrings import documented
from dynsym._expressions import Slope, exact
from dynsym.arithmetic.digits import Program
from dynsym.derive.graph_sums.laws import NodeLaw, SynapseLaw, activation_values, node_laws, synapse_laws
from dynsym.derive.graph_sums.terms import OMEGA, edge_terms, node_term, real_part
from dynsym.errors import ParameterError
from dynsym.results.rows import OPERATIONS_SHOWN, Row, SymbolicResult, expression_latex, words
from dynsym.results.stamp import stamped

if TYPE_CHECKING:
    from dynsym.model import Activation, SymbolicSystem
from dynsym.results.content import record

__all__ = ["GraphSum", "hopf_sum", "pitchfork_sum"]

_NORMALISATIONS = {
    "pitchfork": "cubic coefficient of u' = c u^3 for v.v = 1, whatever the length of v and P",
    "hopf": "l1 = Re(G21)/(2 omega) for conj(q).q = 1 (Kuznetsov), whatever the length of q and P",
}


@dataclass(frozen=True, eq=False)
class GraphSum(SymbolicResult):
    """A normal form coefficient in terms of the critical vectors alone.

    Parameters
    ----------
    kind : {"pitchfork", "hopf"}
    coefficient : Expr
        The cubic coefficient, or the first Lyapunov coefficient; its sign is the criticality.
    left, right : tuple of Expr
        What stands for the entries of P and of the right critical vector, node by node; for any network, one indexed
        entry each.
    frequency : Symbol or None
        The angular frequency ω.
    normalisation : str
    premises : tuple of str
        The equations that the critical vectors satisfy, and what was assumed.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.bidirectional(nodes=("a", "b")), ds.LeakyRate(ds.AnySigmoid()))
    >>> pitchfork_sum(pair).at(left=(1, 1), right=(1, 1))
    s3/(12*s1)
    """

    kind: str
    _: KW_ONLY
    coefficient: Expr
    left: tuple[Expr, ...]
    right: tuple[Expr, ...]
    frequency: Symbol | None = None
    normalisation: str = ""
    premises: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash((self.kind, self.coefficient))

    def __repr__(self) -> str:
        text = str(self.coefficient)
        return f"GraphSum({self.kind}: {text if len(text) <= 100 else text[:99] + '…'})"

    def latex_rows(self, *, operations: int | None = OPERATIONS_SHOWN) -> list[Row]:
        """The coefficient, then what the vectors satisfy."""
        rows: list[Row] = [("", words(f"{self.kind}: {self.normalisation}"))]
        rows.append((words("coefficient"), f"= {expression_latex(self.coefficient, limit=operations)}"))
        return rows + [("", words(premise)) for premise in self.premises]

    def at(self, *, left: Sequence[Any], right: Sequence[Any], frequency: Any = None) -> Expr:
        """The coefficient at given critical vectors, exactly.

        Parameters
        ----------
        left, right : sequence of number or Expr, one for each node
            P and the right critical vector, of any length; complex ones at a Hopf point.
        frequency : number, text or Expr, optional
            ω; it stays a symbol where it is not given.

        Examples
        --------
        >>> import dynsym as ds
        >>> ring = ds.build_system(ds.motifs.ring(3), ds.LeakyRate(ds.AnySigmoid()))
        >>> turn = (-1 + sympy.sqrt(3) * sympy.I) / 2
        >>> vector = (1, turn, turn**2)
        >>> hopf_sum(ring).at(left=(1, turn**2, turn), right=vector, frequency="sqrt(3)")
        sqrt(3)*s3/(18*s1)
        """
        put = dict(zip(self.left, self._entries(left, "left"), strict=True))
        put.update(zip(self.right, self._entries(right, "right"), strict=True))
        if frequency is not None and self.frequency is not None:
            put[self.frequency] = exact(frequency, name="frequency")
        inside = self.coefficient.args[0] if isinstance(self.coefficient, sympy.re) else self.coefficient
        return real_part(inside.xreplace(put))

    def evaluate(
        self,
        *,
        left: Sequence[complex],
        right: Sequence[complex],
        frequency: float | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> float:
        """The coefficient as a number.

        Parameters
        ----------
        left, right : sequence of complex, one for each node
        frequency : float, optional
            Needed for a Hopf point.
        values : mapping of name to number
            Of every other symbol in the coefficient.

        Raises
        ------
        ParameterError
            If a symbol has no value.

        Examples
        --------
        >>> import dynsym as ds
        >>> pair = ds.build_system(ds.motifs.bidirectional(nodes=("a", "b")), ds.LeakyRate(ds.Tanh()))
        >>> pitchfork_sum(pair).evaluate(left=(1, 1), right=(1, 1))
        -0.16666666666666666
        """
        table: dict[Any, Any] = dict(zip(self.left, map(mpmath.mpmathify, self._numbers(left, "left")), strict=True))
        for entry, number in zip(self.right, map(mpmath.mpmathify, self._numbers(right, "right")), strict=True):
            table[entry] = number
            table[conjugate(entry)] = mpmath.conj(number)
        given = {name: exact(value, name=name) for name, value in (values or {}).items()}
        inside = self.coefficient.args[0] if isinstance(self.coefficient, sympy.re) else self.coefficient
        for own in inside.free_symbols - set(self.left) - set(self.right):
            if own == self.frequency and frequency is not None:
                table[own] = mpmath.mpf(frequency)
            elif own.name in given:
                table[own] = mpmath.mpf(float(given[own.name]))
            else:
                raise ParameterError(
                    f"The coefficient contains {own.name!r}, and no value was given for it. Give one, as in "
                    f"values={{{own.name!r}: 1}}" + (" or frequency=1." if own == self.frequency else ".")
                )
        return float(mpmath.re(Program([inside], table, [])([])[0]))

    def with_activation(self, activation: Activation) -> GraphSum:
        """The same sum for one activation, where it was derived for any odd one.

        Raises
        ------
        ParameterError
            If the activation is not odd.

        Examples
        --------
        >>> import dynsym as ds
        >>> pair = ds.build_system(ds.motifs.bidirectional(nodes=("a", "b")), ds.LeakyRate(ds.AnySigmoid()))
        >>> pitchfork_sum(pair).with_activation(ds.Tanh()).at(left=(1, 1), right=(1, 1))
        -1/6
        """
        return replace(self, coefficient=self.coefficient.xreplace(activation_values(self.coefficient, activation)))

    def to_json(self) -> dict[str, Any]:
        """The sum as a JSON object of texts."""
        return {"kind": "graph_sum", "bifurcation": self.kind} | record(self, "kind", "frequency")

    def _entries(self, vector: Sequence[Any], which: str) -> list[Expr]:
        return [e if isinstance(e, Expr) else exact(e, name=which) for e in self._numbers(vector, which)]

    def _numbers(self, vector: Sequence[Any], which: str) -> Sequence[Any]:
        if len(self.left) != len(vector) or any(not isinstance(e, Symbol) for e in self.left):
            raise ParameterError(
                f"The {which} critical vector was given with {len(vector)} entries, and the sum is about "
                f"{len(self.left) if isinstance(self.left[0], Symbol) else 'any number of'} nodes. Give one entry for "
                "each node, in the order of the network; the sum for any network takes none."
            )
        return vector


@stamped
def pitchfork_sum(
    system: SymbolicSystem | None = None, *, values: Mapping[str, Any] | None = None, free: Iterable[str | Symbol] = ()
) -> GraphSum:
    r"""The cubic coefficient of a pitchfork at the origin, from left and right critical vectors alone.

    .. math:: c = \frac{\sum_i P_i \big(\tfrac{l_i \varphi'''}{6 \varphi'} v_i^3 + \tfrac{\psi'''}{6}
        (l_i v_i/\psi')^3\big) + \psi' \varphi' \sum_{ij} g\,\sigma_{ij} P_i v_j w_{ij}}
        {\sum_i \tau_i P_i v_i \, \sum_i v_i^2},

    the second sum over plastic edges, with :math:`w_{ij} = \varphi'^2 (\alpha v_i v_j + \tfrac12 \beta v_i^2
    + \tfrac12 \gamma v_j^2)/d_{ij}`. The weights themselves do not occur.

    Parameters
    ----------
    system : SymbolicSystem, optional
        A network of leaky nodes; without one, the sum for any number of nodes is returned, with Hebbian edges of
        strength ``k[i, j]``, sign ``sigma[i, j]``.

    Raises
    ------
    UnsupportedFeatureError
        If the system has no graph, a node has several states or is not leaky, an activation is not odd, or a plastic
        weight does not relax.

    Examples
    --------
    >>> import dynsym as ds
    >>> motif = ds.motifs.bidirectional(nodes=("a", "b"))
    >>> plastic = ds.build_system(motif, ds.LeakyRate(ds.AnySigmoid()), ds.Hebbian("k"))
    >>> pitchfork_sum(plastic).at(left=(1, 1), right=(1, 1))
    k*s1**3/2 + s3/(12*s1)

    References
    ----------
    .. [1] M. Golubitsky, D. Schaeffer, *Singularities and Groups in Bifurcation Theory* I, chapter I.
    """
    return _universal("pitchfork") if system is None else _concrete("pitchfork", system, values, free)


@documented("UnsupportedFeatureError: As `pitchfork_sum`.", {"system": "as for `pitchfork_sum`"})
@stamped
def hopf_sum(
    system: SymbolicSystem | None = None, *, values: Mapping[str, Any] | None = None, free: Iterable[str | Symbol] = ()
) -> GraphSum:
    r"""The first Lyapunov coefficient of a Hopf point at the origin, from left and right critical vectors alone.

    For leaky rate nodes (ψ the identity)

    .. math:: \ell_1 = \frac{1}{\omega\,\bar q \cdot q} \operatorname{Re} \frac{\tfrac{\varphi'''}{2\varphi'}
        \sum_i (l_i + i\omega\tau_i) P_i q_i |q_i|^2 + \varphi' \sum_{ij} g\,\sigma_{ij} P_i (a_{ij} \bar q_j
        + b_{ij} q_j)}{\sum_i \tau_i P_i q_i},

    with :math:`a_{ij} = \varphi'^2 (\alpha q_i q_j + \dots)/(d_{ij} + 2 i\omega)` and
    :math:`b_{ij} = \varphi'^2 (\alpha (q_i \bar q_j + \bar q_i q_j) + \dots)/d_{ij}` on plastic edges.

    Examples
    --------
    >>> hopf_sum().kind, len(hopf_sum().premises)
    ('hopf', 4)

    References
    ----------
    .. [1] Y. Kuznetsov, *Elements of Applied Bifurcation Theory*, section 5.4.
    """
    return _universal("hopf") if system is None else _concrete("hopf", system, values, free)


# ---- a given network


def _concrete(
    kind: str, system: SymbolicSystem, values: Mapping[str, Any] | None, free: Iterable[str | Symbol]
) -> GraphSum:
    edges = list(synapse_laws(system, values, free))
    nodes, names = node_laws(system, values, free), system.state_names
    known = {"real": True} if kind == "pitchfork" else {}
    left, right = (
        tuple(Symbol(f"{letter}_{names[k]}", **known) for k in range(len(nodes)))
        for letter in ("P", "v" if known else "q")
    )
    rate = sympy.S.Zero if kind == "pitchfork" else sympy.I * OMEGA
    terms = [node_term(kind, law, p, q, rate) for law, p, q in zip(nodes, left, right, strict=True)]
    terms += edge_terms(kind, nodes, edges, left, right)
    overlap = sympy.Add(*[law.time * p * q for law, p, q in zip(nodes, left, right, strict=True)])
    length = sympy.Add(*[q * conjugate(q) for q in right])
    return _made(kind, sympy.Add(*terms) / overlap / length, left, right)


# ---- any network


def _universal(kind: str) -> GraphSum:
    size = Symbol("N", integer=True, positive=True)
    i, j = (Idx(name, size) for name in ("i", "j"))
    P, q, tau = IndexedBase("P"), IndexedBase("v" if kind == "pitchfork" else "q"), IndexedBase("tau")
    k, sign, d = IndexedBase("k"), IndexedBase("sigma"), IndexedBase("d")
    slope, third = Slope("phi", 1), Slope("phi", 3)
    rate = sympy.S.Zero if kind == "pitchfork" else sympy.I * OMEGA
    node = NodeLaw(sympy.S.One, tau[i], slope, third, sympy.S.One, sympy.S.Zero)
    on_nodes = Sum(node_term(kind, node, P[i], q[i], rate), (i, 0, size - 1))
    edge = SynapseLaw(0, 1, sign[i, j], d[i, j], d[i, j] * k[i, j], sympy.S.Zero, sympy.S.Zero)
    (term,) = edge_terms(kind, (node, node), [edge], (P[i], P[j]), (q[i], q[j]))
    on_edges = Sum(term, (j, 0, size - 1), (i, 0, size - 1))
    overlap = Sum(tau[i] * P[i] * q[i], (i, 0, size - 1))
    length = Sum(q[i] ** 2 if kind == "pitchfork" else q[i] * conjugate(q[i]), (i, 0, size - 1))
    return _made(kind, (on_nodes + on_edges) / overlap / length, (P[i],), (q[i],))


def _made(kind: str, quotient: Expr, left: tuple[Expr, ...], right: tuple[Expr, ...]) -> GraphSum:
    at_hopf = kind == "hopf"
    factor, name = ("(l + i omega tau)", "q") if at_hopf else ("l", "v")
    return GraphSum(
        kind,
        coefficient=sympy.re(quotient / OMEGA, evaluate=False) if at_hopf else quotient,
        left=left,
        right=right,
        frequency=OMEGA if at_hopf else None,
        normalisation=_NORMALISATIONS[kind],
        premises=(
            f"s1 W {name} = {factor} {name}, simple, W the effective weights at the origin",
            f"s1 transpose(W) P = {factor} P",
            "the activation is odd, and its slope s1 at the origin is not zero",
            "plastic weights relax, with the rate d > 0, to a quadratic function of the outputs of their two nodes",
        ),
    )
