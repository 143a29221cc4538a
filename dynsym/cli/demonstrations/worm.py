"""The nervous system of *C. elegans* as a rate network: the same few lines as for three neurons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

import dynsym as ds
from dynsym.cli.screen import Screen
from dynsym.cli.texts import decimal, print_agreement, print_branches, print_curl, print_source

__all__ = ["TITLE", "pictures", "show", "to_json", "work"]

TITLE = "The nervous system of C. elegans as a rate network"
NEURONS = 6
CONDITIONS = 8


def work() -> SimpleNamespace:
    """From the connectome to the branch that is born."""
    net = ds.load_network("c_elegans")
    census = ds.motif_census(net)
    components = ds.network.strongly_connected_components(net)
    system = ds.build_system(net, node=ds.LeakyRate(ds.Tanh()), gain="g")  # x' = -x + g W tanh(x)
    conditions = ds.find_conditions(system, parameter="g", at=0, span=(0, 0.05))
    first = conditions[0]
    split = ds.decompose(system, at=0, values={"g": first.value})
    span = (0, 1.2 * first.value)  # type: ignore[operator]
    diagram = ds.bifurcation_diagram(system, parameter="g", span=span)
    agreement = ds.compare_points([first], diagram)
    return SimpleNamespace(**locals())


def show(screen: Screen, found: SimpleNamespace) -> None:
    """Print what was found."""
    census, first = found.census, found.first
    print_source(screen, found.net)
    screen.heading("The graph")
    loops = ", ".join(f"{signs} {number}" for signs, number in census.loops_of_two.items() if number)
    screen.line(f"  {census.nodes} neurons, {census.edges} connections ({census.self_loops} of a neuron onto itself)")
    screen.line(f"  pairs: {census.mutual} mutual, {census.one_way} one-way; mutual ones by sign: {loops}")
    triads = sorted(census.triads.items(), key=lambda item: -item[1])
    linked = [f"{name} {number}" for name, number in triads if name not in {"003", "012", "102"}]
    screen.line(f"  linked triples: {', '.join(linked[:7])},")
    screen.line(f"    {', '.join(linked[7:])}")
    sizes = sorted(map(len, found.components), reverse=True)
    screen.line(f"  strongly connected components: {len(sizes)}, of {', '.join(map(str, sizes))} neurons")
    screen.heading("Bifurcations of the origin as g moves")
    rows = [
        [entry.kind, decimal(entry.value, 8), entry.criticality, decimal(entry.coefficient_value, 6), entry.verdict]
        for entry in found.conditions[:CONDITIONS]
    ]
    screen.table(["kind", "g", "criticality", "coefficient", "how sure"], rows)
    for text in first.assumptions:
        screen.line(f"  {text}")
    screen.heading(f"The first instability: {first.kind}, {first.criticality}, at g = {decimal(first.value, 8)}")
    screen.paragraph(f"its mode, strongest neurons first: {_strongest(first.mode)}", indent="  ")
    screen.heading(f"Curl of the linearised field at the origin, g = {decimal(first.value, 8)}")
    print_curl(screen, found.split)
    screen.heading("The branch that is born (numeric continuation)")
    print_branches(screen, found.diagram)
    for branch in found.diagram.branches[1:]:
        end = branch.states[int(np.argmax(branch.parameter_values))]
        screen.line(f"  branch {branch.id} at its end: {_strongest(dict(zip(branch.state_names, end, strict=True)))}")
    print_agreement(screen, found.agreement)


def to_json(found: SimpleNamespace) -> dict[str, Any]:
    """What was found, as the JSON of the single commands."""
    census = found.census
    return {
        "census": {
            "nodes": census.nodes,
            "edges": census.edges,
            "mutual": census.mutual,
            "one_way": census.one_way,
            "loops_of_two": dict(census.loops_of_two),
            "triads": dict(census.triads),
        },
        "components": [list(names) for names in found.components],
        "conditions": [condition.to_json() for condition in found.conditions],
        "decomposition": found.split.to_json(),
        "diagram": found.diagram.to_json(),
        "agreement": [row.to_json() for row in found.agreement],
    }


def pictures(found: SimpleNamespace) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Name and drawing function of each picture."""
    yield "network", lambda ax: ds.plot.network(found.net, ax=ax)
    yield "diagram", lambda ax: ds.plot.bifurcation(replace(found.diagram, conditions=[found.first]), ax=ax)


def _strongest(states: Mapping[str, Any]) -> str:
    """The neurons of largest size, the sign chosen so that the first is positive."""
    chosen = sorted(states.items(), key=lambda item: -abs(item[1]))[:NEURONS]
    sign = -1 if float(chosen[0][1]) < 0 else 1
    return ", ".join(f"{name} {sign * float(value):.2f}" for name, value in chosen)
