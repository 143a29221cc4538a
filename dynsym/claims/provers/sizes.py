"""Statements in index notation, answered by `dynsym.tensors`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dynsym.claims.goals import IndexStatement
from dynsym.claims.problem import Problem
from dynsym.claims.registry import prover
from dynsym.claims.verdict import Finding

__all__ = ["from_index_calculus"]


@prover(IndexStatement, order=10)
def by_index_calculus(goal: IndexStatement, problem: Problem) -> Finding | None:
    """Normal form and expansion, or a counterexample in integers."""
    return from_index_calculus(goal.question(*goal.arguments, **goal.options))


def from_index_calculus(found: Any) -> Finding:
    """What `dynsym.tensors` found, as a finding of a claim."""
    example = getattr(found, "counterexample", None)
    proof = getattr(found, "proof", None)
    stored = [dict(part) for part in (proof, example) if part]
    return Finding(
        found.verdict,
        method=found.method,
        reason=found.reason,
        scope=found.scope,
        steps=tuple(stored),
        counterexample=_numbers(example) if found.verdict == "refuted" and example else None,
    )


def _numbers(example: Mapping[str, Any]) -> dict[str, Any]:
    """Sizes, tables, the entry and the two values; the formulas themselves stay in the argument."""
    shown = {key: example[key] for key in ("sizes", "tables", "scalars", "at", "values") if example.get(key)}
    return shown or {key: value for key, value in example.items() if isinstance(value, str | int | list)}
