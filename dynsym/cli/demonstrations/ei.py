"""An excitatory and an inhibitory neuron: in closed form for every parameter, and located for one choice of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import dynsym as ds
from dynsym.cli.screen import Screen
from dynsym.cli.texts import decimal, print_agreement, print_branches, print_equations, print_special_points, small

__all__ = ["TITLE", "pictures", "show", "to_json", "work"]

TITLE = "An excitatory and an inhibitory neuron that oscillate"


def work() -> SimpleNamespace:
    """From the graph to the onset of oscillations."""
    weights = {"w_EE": "a", "w_EI": "b", "w_IE": "c", "w_II": 0}  # onto the first from the second
    net = ds.motifs.ei_pair(nodes=("x", "y"), **weights, tau_E=1, tau_I="tau")
    positive = {"b": "positive", "c": "positive", "tau": "positive"}
    system = ds.build_system(net, node=ds.LeakyRate(ds.Tanh()), assumptions=positive)
    conditions = ds.find_conditions(system, parameter="a", at=0)  # for every b, c, tau > 0
    example = system.with_values(b=2, c=2, tau=2)
    exact = ds.find_conditions(example, parameter="a", at=0, span=(0, 3))
    diagram = ds.bifurcation_diagram(example, parameter="a", span=(0, 3))
    agreement = ds.compare_points(exact, diagram)
    beyond = exact[0].value + 0.25  # type: ignore[operator]
    trajectory = ds.simulate(example, {"x": 0.1}, span=(0, 200), values={"a": beyond})
    return SimpleNamespace(**locals())


def show(screen: Screen, found: SimpleNamespace) -> None:
    """Print what was found."""
    print_equations(screen, found.system)
    screen.heading("Bifurcations of the origin as a moves (closed forms for every b, c, tau > 0)")
    for entry in found.conditions:
        screen.line(f"  {entry.kind} at a = {entry.solution}: {entry.verdict}")
        if entry.constraints:
            screen.line(f"    where        {', '.join(map(str, entry.constraints))}")
        if entry.frequency is not None:
            screen.line(f"    frequency    {entry.frequency}")
        screen.line(f"    coefficient  {entry.coefficient}   ({entry.criticality})")
    screen.heading("The same for b = c = tau = 2, in numbers")
    rows = [
        [entry.kind, str(entry.solution), decimal(entry.value), decimal(entry.coefficient_value, 8), entry.criticality]
        for entry in found.exact
    ]
    screen.table(["kind", "a", "value", "coefficient", "criticality"], rows)
    screen.heading("Branches of equilibria (numeric continuation)")
    print_branches(screen, found.diagram)
    print_special_points(screen, found.diagram)
    print_agreement(screen, found.agreement)
    for row in found.agreement:
        if row.kind == "hopf" and row.condition is not None and row.point is not None:
            apart = abs(row.condition.coefficient_value - row.point.coefficients["first_lyapunov"])
            screen.line(f"  first Lyapunov coefficient, closed form against located: difference {small(apart)}")
    late = found.trajectory["x"][found.trajectory.times > 100]
    screen.heading(f"Beyond the Hopf point, a = {decimal(found.beyond)} (numeric integration)")
    screen.line(f"  x swings between {decimal(late.min(), 3)} and {decimal(late.max(), 3)}")


def to_json(found: SimpleNamespace) -> dict[str, Any]:
    """What was found, as the JSON of the single commands."""
    return {
        "conditions": [condition.to_json() for condition in found.conditions],
        "example": [condition.to_json() for condition in found.exact],
        "diagram": found.diagram.to_json(),
        "agreement": [row.to_json() for row in found.agreement],
        "trajectory": found.trajectory.to_json(),
    }


def pictures(found: SimpleNamespace) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Name and drawing function of each picture."""
    yield "network", lambda ax: ds.plot.network(found.net, ax=ax)
    yield "diagram", lambda ax: ds.plot.bifurcation(replace(found.diagram, conditions=found.exact), state="x", ax=ax)
