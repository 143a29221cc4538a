"""The pyloric circuit of crustaceans as a rate network, from its graph to its bifurcation diagram."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import dynsym as ds
from dynsym.cli.screen import Screen
from dynsym.cli.texts import (
    decimal,
    print_agreement,
    print_branches,
    print_curl,
    print_equations,
    print_normalisations,
    print_source,
    print_special_points,
    print_staircase,
)

__all__ = ["TITLE", "pictures", "show", "to_json", "work"]

TITLE = "The pyloric circuit of crustaceans as a rate network"
NO_HOPF = "no Hopf bifurcation of the origin for any g > 0"


def work() -> SimpleNamespace:
    """From the graph to the diagram."""
    net = ds.load_network("pyloric")
    system = ds.build_system(net, node=ds.LeakyRate(ds.Tanh()), gain="g")  # x' = -x + g W tanh(x)
    conditions = ds.find_conditions(system, parameter="g", at=0, span=(0, 3))
    no_hopf = ds.excludes_hopf(system, parameter="g", at=0)  # for every g > 0
    split = ds.decompose(system, at=0, values={"g": conditions[0].value})
    counts = ds.count_along(system, parameter="g", span=(0.05, 3), points=60)
    diagram = ds.bifurcation_diagram(system, parameter="g", span=(0, 3), counts=counts.counts)
    agreement = ds.compare_points(conditions, diagram)
    return SimpleNamespace(**locals())


def show(screen: Screen, found: SimpleNamespace) -> None:
    """Print what was found."""
    print_source(screen, found.net)
    print_equations(screen, found.system)
    screen.heading("Bifurcations of the origin as g moves (closed forms, each checked independently)")
    rows = [
        [
            entry.kind,
            str(entry.solution),
            decimal(entry.value),
            str(entry.coefficient),
            entry.criticality,
            entry.verdict,
        ]
        for entry in found.conditions
    ]
    screen.table(["kind", "g", "value", "cubic coefficient c", "criticality", "how sure"], rows)
    print_normalisations(screen, found.conditions)
    screen.line(f"  {NO_HOPF}: {found.no_hopf.verdict}")
    for step in found.no_hopf.argument.split("; "):
        screen.paragraph(step, indent="    ")
    screen.heading(f"Curl of the linearised field at the origin, g = {decimal(found.conditions[0].value)}")
    print_curl(screen, found.split)
    screen.heading(f"How many equilibria there are, at {len(found.counts)} values of g")
    print_staircase(screen, found.counts)
    screen.heading("Branches of equilibria (numeric continuation, started from the proved counts)")
    print_branches(screen, found.diagram)
    print_special_points(screen, found.diagram)
    print_agreement(screen, found.agreement)


def to_json(found: SimpleNamespace) -> dict[str, Any]:
    """What was found, as the JSON of the single commands."""
    return {
        "conditions": [condition.to_json() for condition in found.conditions],
        "statements": [{**found.no_hopf.to_json(), "text": NO_HOPF}],
        "decomposition": found.split.to_json(),
        "counts": found.counts.to_json(),
        "diagram": found.diagram.to_json(),
        "agreement": [row.to_json() for row in found.agreement],
    }


def pictures(found: SimpleNamespace) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Name and drawing function of each picture."""
    yield "network", lambda ax: ds.plot.network(found.net, ax=ax)
    yield "diagram", lambda ax: ds.plot.bifurcation(replace(found.diagram, conditions=found.conditions), ax=ax)
    yield "counts", lambda ax: ds.plot.count(found.counts, ax=ax)
    yield "decomposition", lambda ax: ds.plot.decomposition(found.split, ax=ax)
