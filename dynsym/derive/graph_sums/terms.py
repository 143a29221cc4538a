"""The terms of the sums over a graph: what each node and each plastic edge adds to a cubic coefficient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import sympy
from sympy import Expr, conjugate

from dynsym._expressions import symbol
from dynsym.algebra.field import Field, Relation, root_relations
from dynsym.algebra.ring import Ring, generators_of
from dynsym.algebra.tidy import tidy
from dynsym.derive.graph_sums.laws import NodeLaw, SynapseLaw

__all__ = ["OMEGA", "edge_terms", "node_term", "real_part"]

OMEGA = symbol("omega", "positive")


def node_term(kind: str, law: NodeLaw, p: Expr, q: Expr, rate: Expr) -> Expr:
    """What the cubic terms of output and input contribute at one node."""
    at_node = law.leak + rate * law.time
    arriving = at_node * q / law.input_slope
    if kind == "pitchfork":
        return p * (law.third / (6 * law.slope) * at_node * q**3 + law.input_third / 6 * arriving**3)
    inner = law.third / (2 * law.slope) * at_node * q**2 * conjugate(q)
    if law.input_third == 0:
        return p * inner
    back = (law.leak - rate * law.time) * conjugate(q) / law.input_slope
    return p * (inner + law.input_third / 2 * arriving**2 * back)


def edge_terms(
    kind: str, nodes: Sequence[NodeLaw], edges: Iterable[SynapseLaw], left: Sequence[Expr], right: Sequence[Expr]
) -> Iterator[Expr]:
    for edge in edges:
        post, pre = nodes[edge.onto], nodes[edge.source]
        p, qi, qj = left[edge.onto], post.slope * right[edge.onto], pre.slope * right[edge.source]
        factor = p * post.input_slope * edge.effect
        if kind == "pitchfork":
            yield factor * qj * (edge.mixed * qi * qj + (edge.post * qi**2 + edge.pre * qj**2) / 2) / edge.decay
            continue
        ci, cj = post.slope * conjugate(right[edge.onto]), pre.slope * conjugate(right[edge.source])
        double = (edge.mixed * qi * qj + (edge.post * qi**2 + edge.pre * qj**2) / 2) / (
            edge.decay + 2 * sympy.I * OMEGA
        )
        mean = (edge.mixed * (qi * cj + ci * qj) + edge.post * qi * ci + edge.pre * qj * cj) / edge.decay
        yield factor * (double * cj + mean * qj)


def real_part(expression: Expr) -> Expr:
    """The real part of a rational function of real symbols, roots and i."""
    ring = Ring(tuple(dict.fromkeys((*generators_of([expression]), sympy.I))))
    unit = ring.generator(sympy.I)
    field = Field(ring, (*root_relations(ring), Relation(sympy.I, unit * unit + ring.one)))
    element = field(expression).rationalised()
    return tidy(field.element(ring.coefficients(element.numerator, sympy.I)[0], element.denominator))
