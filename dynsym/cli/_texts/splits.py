"""Gradient and curl as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynsym.cli._texts.cells import cut, place_text
from dynsym.cli.screen import Screen

if TYPE_CHECKING:
    from dynsym.results import Decomposition

__all__ = ["print_curl", "print_decomposition"]

ROWS = 24
EXACT_UP_TO = 24

_SCOPES = {"euclidean": "the Euclidean metric", "diagonal": "some diagonal metric", "any": "some metric"}


def print_decomposition(screen: Screen, split: Decomposition) -> None:
    """Verdicts, then share and entries of the curl, the potential, and conserved quantities."""
    for scope, words in _SCOPES.items():
        reason = split.reasons.get(scope)
        screen.line(f"  a gradient flow in {words}: {split.is_gradient[scope]}")
        if reason:
            screen.paragraph(reason, indent="    ")
    if split.violating_cycle is not None:
        cycle = split.violating_cycle
        screen.line(f"  violating cycle: {' -> '.join([*cycle[:12], '…' if len(cycle) > 12 else cycle[0]])}")
    if split.potential is not None:
        screen.line(f"  potential: {cut(split.potential, 160)}")
        if "potential" in split.reasons:
            screen.paragraph(split.reasons["potential"], indent="    ")
    print_curl(screen, split)
    if split.curl:
        rows = [[", ".join(entry.states), cut(entry.value, 80)] for entry in split.curl[:ROWS]]
        screen.table(["curl in the plane of", "value"], rows)
        if len(split.curl) > ROWS:
            screen.line(f"  … {len(split.curl) - ROWS} more; --json lists all")
    for integral in split.integrals:
        screen.line(f"  conserved: {cut(integral, 160)}")


def print_curl(screen: Screen, split: Decomposition) -> None:
    """What share of the Jacobian is antisymmetric, where, and which synapse causes it."""
    if split.curl_share is None:
        return
    where = f" at {place_text(split.point)}" if split.point else ""
    screen.line(f"  share of the curl{where} in the metric {split.metric}: {_share(split.curl_share)}")
    if split.cause is not None:
        source, target = split.cause
        screen.line(f"  the synapse that causes most of it: {source} -> {target}")


def _share(value: Any) -> str:
    """A share as it is where that is short, and as a percentage where it is a number."""
    exact = cut(value, 80)
    if getattr(value, "free_symbols", None) or value == 0:
        return exact
    percentage = f"{100 * float(value):.3g} %"
    return f"{exact} = {percentage}" if len(exact) <= EXACT_UP_TO else percentage
