"""The steps of an analysis, each of which may fail without taking the others with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dynsym._budget import Budget
from dynsym.errors import BudgetExceeded, DynsymError, NotAnEquilibrium, ParameterError, UnsupportedFeatureError

if TYPE_CHECKING:
    from sympy import Expr

    from dynsym.compute import CompiledSystem
    from dynsym.derive import HopfExclusion
    from dynsym.model import SymbolicSystem
    from dynsym.results import (
        Analysis,
        BifurcationCondition,
        CountStaircase,
        Decomposition,
        Diagram,
        PhasePortrait,
        Statement,
    )
    from dynsym.results.ledger import Answers

__all__ = ["Study"]

Progress = Callable[[float], None]

SECONDS_FOR_A_COUNT = 5.0
COUNTED_UP_TO = 60
LARGEST_MATRIX = 12
SECONDS_FOR_A_POLYNOMIAL = 5.0


@dataclass
class Study:
    """One system, the parameter that moves, and what was left out on the way."""

    system: SymbolicSystem
    parameter: str
    span: tuple[float, float]
    at: Any
    budget: Budget
    notes: list[str] = field(default_factory=list)

    def run(self, points: int, progress: Progress) -> Analysis:
        """All steps."""
        from dynsym.results import Analysis, Provenance, compare_points

        began = time.monotonic()
        system = self.system
        conditions = self.conditions()
        statements = self.statements()
        progress(0.1)
        counts, diagram = self.numbers(points, conditions, progress)
        matrix, polynomial = self.linearisation()
        decomposition = self.decomposition()
        progress(1.0)
        options = {"parameter": self.parameter, "span": list(self.span), "points": points}
        return Analysis(
            system.name,
            equations=system.equations,
            parameters={name: system.values.get(name) for name in system.parameters},
            parameter=self.parameter,
            span=self.span,
            jacobian=matrix,
            characteristic_polynomial=polynomial,
            conditions=conditions,
            statements=statements,
            counts=counts,
            diagram=diagram,
            decomposition=decomposition,
            agreement=() if diagram is None else compare_points(conditions, diagram),
            network=system.network,
            source="" if system.network is None else system.network.reference or "",
            notes=tuple(dict.fromkeys(self.notes)),
            seconds=time.monotonic() - began,
            provenance=Provenance.of(system, options=options),
        )

    # -- closed forms ------------------------------------------------------------------------------------------------

    def conditions(self) -> Answers[BifurcationCondition]:
        """The closed-form conditions in the span, and what was not examined."""
        from dynsym.derive import find_conditions
        from dynsym.results.ledger import Answers, Cell

        try:
            found = find_conditions(
                self.system, parameter=self.parameter, at=self.at, span=self.span, budget=self.budget
            )
        except UnsupportedFeatureError as error:
            return Answers((), [Cell("the given equilibrium").because(error)])
        self.notes += [f"closed forms: {note}" for note in found.notes]
        return found

    def statements(self) -> tuple[Statement, ...]:
        """That the equilibrium (the origin by default) has no Hopf point, on the largest interval with a proof."""
        from dynsym.derive import excludes_hopf
        from dynsym.results import Statement

        where = "the given equilibrium" if self.at else "the origin"
        name, (low, high) = self.parameter, self.span
        inside = f"{name} between {low:g} and {high:g}"
        spans = {inside: (low, high)}
        if low >= 0:
            spans = {f"any {name} > 0": (0, float("inf")), **spans}
        found: HopfExclusion | None = None
        for words, ends in spans.items():
            try:
                found = excludes_hopf(self.system, parameter=name, at=self.at or 0, span=ends, budget=self.budget)
            except (NotAnEquilibrium, ParameterError, UnsupportedFeatureError):
                return ()
            if found.verdict == "proved":
                text = f"no Hopf bifurcation of {where} for {words}"
                return (Statement(text, verdict="proved", reason=found.argument),)
        if found is None or found.verdict == "refuted":
            return ()
        text = f"no Hopf bifurcation of {where} for {inside}"
        return (Statement(text, verdict=found.verdict, reason=found.argument),)

    def linearisation(self) -> tuple[Any, Expr | None]:
        """Jacobian and characteristic polynomial of a small system, parameters as symbols."""
        from dynsym.derive import characteristic_polynomial, jacobian

        if self.system.dimension > LARGEST_MATRIX:
            return None, None
        symbolic = self.system.without_values()
        matrix = jacobian(symbolic)
        try:
            return matrix, characteristic_polynomial(symbolic, budget=Budget(seconds=SECONDS_FOR_A_POLYNOMIAL))
        except BudgetExceeded as stop:
            self.notes.append(f"characteristic polynomial: {stop}")
            return matrix, None

    def decomposition(self) -> Decomposition | None:
        """Gradient and curl at the equilibrium of the closed forms, or else at the origin."""
        from dynsym.derive import decompose

        try:
            return decompose(self.system, at=self.at or 0, free=[self.parameter], budget=self.budget)
        except DynsymError as error:
            self.notes.append(f"gradient and curl: {error}")
            return None

    # -- numbers -----------------------------------------------------------------------------------------------------

    def numbers(
        self, points: int, conditions: tuple[BifurcationCondition, ...], progress: Progress
    ) -> tuple[CountStaircase | None, Diagram | None]:
        """Counts along the span, and the branches that they start."""
        from dynsym.compute import compile_system

        missing = [name for name in self.system.parameters if name not in self.system.values and name != self.parameter]
        if missing:
            self.notes.append(
                f"counts and branches need numbers for {', '.join(missing)}. Give them, as in --set {missing[0]}=1."
            )
            return None, None
        try:
            f = compile_system(self.system)
        except DynsymError as error:
            self.notes.append(f"counts and branches: {error}")
            return None, None
        counts = self._counts(f, points, progress)
        progress(0.7)
        return counts, self._diagram(f, conditions, counts)

    def _counts(self, f: CompiledSystem, points: int, progress: Progress) -> CountStaircase | None:
        """Counts at the middles of equal parts of the span."""
        from dynsym.compute import count_along

        if self.system.dimension - len(self.system.weight_names) > COUNTED_UP_TO:
            self.notes.append(f"equilibria were not counted: {self.system.dimension} states are too many for a proof.")
            return None
        low, high = self.span
        half = 0.5 * (high - low) / points
        return count_along(
            f,
            parameter=self.parameter,
            span=(low + half, high - half),
            points=points,
            budget=Budget(seconds=SECONDS_FOR_A_COUNT),
            progress=lambda share: progress(0.1 + 0.6 * share),
        )

    def _diagram(
        self, f: CompiledSystem, conditions: tuple[BifurcationCondition, ...], counts: CountStaircase | None
    ) -> Diagram | None:
        from dynsym.compute import bifurcation_diagram

        known = None if counts is None else counts.counts
        try:
            diagram = bifurcation_diagram(
                f, parameter=self.parameter, span=self.span, conditions=conditions, counts=known
            )
        except DynsymError as error:
            self.notes.append(f"diagram: {error}")
            return None
        options = diagram.provenance.options
        self.notes += [f"diagram: {note}" for note in options.get("notes", ())]
        checks = zip(options.get("checks", ()), options.get("agree", ()), strict=True)
        self.notes += [check for check, agrees in checks if not agrees]
        return diagram

    def portrait(self, analysis: Analysis) -> PhasePortrait | None:
        """The phase plane of a system of two states, at the upper end of the span."""
        from dynsym.compute import phase_portrait

        if analysis.counts is None or not analysis.counts.counts or self.system.dimension != 2:
            return None
        last = analysis.counts.counts[-1]
        box = {}
        for name in self.system.state_names:
            places = [entry.state[name] for entry in last.equilibria] or [0.0]
            room = max(1.0, 0.5 * (max(places) - min(places)))
            box[name] = (min(places) - room, max(places) + room)
        return phase_portrait(self.system, box, values={self.parameter: last.parameters[self.parameter]})
