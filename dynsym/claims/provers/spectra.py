"""Edges of limiting spectra: exact supports at given parameters, the edge polynomial for all of them."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.logic.boolalg import And

from dynsym.claims.goals import HasSupportEdges, Holds, Identity, LosesPositivity
from dynsym.claims.problem import Problem
from dynsym.claims.reals.formulas import sign_at
from dynsym.claims.reals.witnesses import find_point, point_json
from dynsym.claims.registry import prover
from dynsym.claims.verdict import Finding
from dynsym.derive import critical_curve
from dynsym.errors import ParameterError

__all__: list[str] = []

SAMPLES = 4


@prover(HasSupportEdges, order=20)
def supports_at_values(goal: HasSupportEdges, problem: Problem) -> Finding | None:
    """The exact support, where every parameter has a value; elsewhere at some admissible values."""
    free = list(goal.law.parameters)
    if not free:
        return _compared(goal, {})
    agreed = 0
    seen: list[dict[Any, Any]] = []
    for k in range(SAMPLES):
        apart = [sympy.Or(*(sympy.Ne(s, point[s]) for s in free)) for point in seen]
        point = find_point(And(*problem.hypotheses, *apart), problem.clock.part(0.1), extra_symbols=free, points=60 + k)
        if point is None:
            break
        seen.append(point)
        if not all(point[s].is_Rational for s in free):
            continue
        try:
            found = _compared(goal, {s: point[s] for s in free})
        except ParameterError:  # outside of what the law allows
            continue
        if found is not None and found.verdict == "refuted":
            return found
        agreed += found is not None
    proved = _by_polynomial(goal, problem)
    if proved is not None or agreed == 0:
        return proved
    step = {"kind": "samples", "points": [point_json(point) for point in seen]}
    reason = f"the exact support has these edges at {agreed} choices of parameters"
    return Finding("supported", method="exact supports at some parameters", reason=reason, steps=(step,))


@prover(LosesPositivity, order=20)
def crossings_of_the_lowest_edge(goal: LosesPositivity, problem: Problem) -> Finding | None:
    """The critical values are algebraic numbers, with proved supports on both sides."""
    found = [c for c in critical_curve(goal.law).crossings() if c.is_lowest]
    low, high = goal.within
    signs = [(sign_at(c.value - low, {}), sign_at(high - c.value, {})) for c in found]
    shown = [f"{float(c):.12g}" for c in found]
    name = str(goal.law.parameters[0])
    step = {"kind": "crossings", "law": str(goal.law), "parameter": name, "values": shown}
    reason = f"the lowest edge passes 0 at {name} = {', '.join(shown) or 'no value'}"
    if len(found) == 1 and signs == [(1, 1)]:
        return Finding("proved", method="critical curve, exact supports beside it", reason=reason, steps=(step,))
    if len(found) != 1 or any(-1 in pair or 0 in pair for pair in signs):
        example = {"parameter": name, "critical values": shown}
        method = "critical curve, exact supports beside it"
        return Finding("refuted", method=method, reason=reason, steps=(step,), counterexample=example)
    return None


def _compared(goal: HasSupportEdges, values: dict[Any, Any]) -> Finding | None:
    support = goal.law.support({s.name: v for s, v in values.items()})
    actual = [end for interval in support.intervals for end in interval]
    stated = [edge.xreplace(values) for edge in goal.edges]
    signs = [sign_at(a - b, {}) for a, b in zip(actual, stated, strict=False)]
    if len(actual) == len(stated) and all(
        sign == 0 or _same(a, b) for sign, a, b in zip(signs, actual, stated, strict=True)
    ):
        step = {
            "kind": "support",
            "parameters": {s.name: str(v) for s, v in values.items()},
            "edges": list(map(str, actual)),
        }
        return Finding("proved", method="exact support", reason=f"the support is {support}", steps=(step,))
    if len(actual) != len(stated) or any(sign in {-1, 1} for sign in signs):
        where = {s.name: str(v) for s, v in values.items()}
        example = {**where, "edges": [f"{float(end):.6g}" for end in actual]}
        step = {"kind": "support", "parameters": where, "edges": list(map(str, actual))}
        return Finding(
            "refuted", method="exact support", reason=f"the support is {support}", steps=(step,), counterexample=example
        )
    return None


def _same(one: Any, other: Any) -> bool:
    return bool(sympy.minimal_polynomial(one - other, sympy.Dummy("x"), polys=True).degree() == 1 and one.equals(other))


def _by_polynomial(goal: HasSupportEdges, problem: Problem) -> Finding | None:
    """Two stated edges, both roots of an edge polynomial of degree two: a bounded support has at least two edges."""
    z = next((s for s in goal.law.edge_polynomial.free_symbols if s.name == "z"), None)
    if z is None or len(goal.edges) != 2:
        return None
    polynomial = sympy.Poly(goal.law.edge_polynomial, z)
    if polynomial.degree() != 2:
        return None
    low, high = goal.edges
    monic = [c / polynomial.LC() for c in polynomial.all_coeffs()]
    allowed = [sympy.Ge(quantity, 0) for quantity in goal.law.positive_quantities()]
    roots = problem.prove(Identity(low + high, -monic[1]), *allowed, share=0.3)
    product = problem.prove(Identity(low * high, monic[2]), *allowed, share=0.3)
    order = problem.prove(Holds(sympy.Le(low, high)), *allowed, share=0.3)
    if any(found.verdict != "proved" for found in (roots, product, order)):
        return None
    step = {"kind": "edges", "polynomial": str(polynomial.as_expr()), "edges": [str(low), str(high)]}
    return Finding(
        "proved",
        method="roots of the edge polynomial",
        reason="the edge polynomial has degree two, and a bounded support has two edges",
        scope="all admissible parameters of the law",
        steps=(step, *roots.steps, *product.steps, *order.steps),
    )
