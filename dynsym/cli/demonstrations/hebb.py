"""Two neurons with plastic synapses: what happens as learning turns from Hebbian to anti-Hebbian."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import dynsym as ds
from dynsym.cli.screen import Screen
from dynsym.cli.texts import (
    decimal,
    place_text,
    print_agreement,
    print_branches,
    print_equations,
    print_special_points,
    print_staircase,
)

__all__ = ["TITLE", "pictures", "show", "to_json", "work"]

LINE = 80
TITLE = "Two driven neurons whose synapses learn"


def work() -> SimpleNamespace:
    """From the graph to the diagram over the learning strength."""
    net = ds.motifs.bidirectional(nodes=("x1", "x2"), weight=0, bias="b")
    learning = ds.Hebbian("k", time_constant="tau")  # tau w_ij' = -w_ij + k tanh(x_i) tanh(x_j)
    system = ds.build_system(net, ds.LeakyRate(ds.Tanh()), learning, values={"b": 1, "tau": 1})
    conditions = ds.find_conditions(system, parameter="k", span=(-10, 4))
    counts = ds.count_along(system, parameter="k", span=(-10, 4), points=57)
    diagram = ds.bifurcation_diagram(system, parameter="k", span=(-10, 4), counts=counts.counts)
    agreement = ds.compare_points(conditions, diagram)
    return SimpleNamespace(**locals())


def show(screen: Screen, found: SimpleNamespace) -> None:
    """Print what was found."""
    print_equations(screen, found.system)
    screen.heading("Bifurcations as k moves, b = tau = 1 (closed forms at the equilibria that elimination finds)")
    rows = [
        [
            c.kind,
            decimal(c.value),
            c.criticality or "-",
            decimal(c.coefficient_value, 6),
            place_text(nodes(c)),
            c.verdict,
        ]
        for c in found.conditions
    ]
    screen.table(["kind", "k", "criticality", "coefficient", "equilibrium", "how sure"], rows)
    for condition in found.conditions:
        equations = " and ".join(f"{equation} = 0" for equation in (condition.equation, *condition.constraints[:1]))
        if len(equations) <= LINE:
            screen.line(f"  {condition.kind} where {equations}")
    screen.heading(f"How many equilibria there are, at {len(found.counts)} values of k")
    print_staircase(screen, found.counts)
    screen.heading("Branches of equilibria (numeric continuation, started from the proved counts)")
    print_branches(screen, found.diagram)
    print_special_points(screen, found.diagram)
    print_agreement(screen, found.agreement)


def to_json(found: SimpleNamespace) -> dict[str, Any]:
    """What was found, as the JSON of the single commands."""
    return {
        "conditions": [condition.to_json() for condition in found.conditions],
        "counts": found.counts.to_json(),
        "diagram": found.diagram.to_json(),
        "agreement": [row.to_json() for row in found.agreement],
    }


def pictures(found: SimpleNamespace) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Name and drawing function of each picture."""
    yield "network", lambda ax: ds.plot.network(found.net, ax=ax)
    yield (
        "diagram",
        lambda ax: ds.plot.bifurcation(replace(found.diagram, conditions=found.conditions), state="x1", ax=ax),
    )
    yield "counts", lambda ax: ds.plot.count(found.counts, ax=ax)


def nodes(condition: ds.BifurcationCondition) -> dict[str, Any]:
    """The states of the nodes at a bifurcation, the weights left out."""
    return {name: value for name, value in condition.at.items() if not name.startswith("w_")}
