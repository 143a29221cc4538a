"""Bifurcations in which copies stop agreeing: where a block of differences, or a wave, has a critical eigenvalue.

Each block is a small linear system, examined like any other; a cubic term stands in for its nonlinearity, so that a
crossing counts as one, and no coefficient is kept. The whole eigenvalue has the multiplicity of the block, which is
why most of these are no simple crossings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sympy
from sympy import Expr, Integer, Symbol
from sympy.simplify.fu import TR2i

from dynsym.derive.copies.crossing_check import check_crossing
from dynsym.derive.copies.modes import AGREE, Mode, Slopes, block_of, modes_of, wave_as_read
from dynsym.derive.copies.multiplicities import slopes_at
from dynsym.derive.copies.wave_forms import wave_form
from dynsym.derive.copies.whole_network import as_number
from dynsym.derive.crossings.assembly import assembled
from dynsym.derive.crossings.pair import NORMALISATION, hopf_findings
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.derive.crossings.windows import Window
from dynsym.derive.crossings.zero import Crossing, zero_findings
from dynsym.derive.wording import assumptions_of, criticality_of
from dynsym.errors import UnsupportedFeatureError
from dynsym.model import SymbolicSystem
from dynsym.model.template.template import Template
from dynsym.results import BifurcationCondition, SymbolicEquilibrium
from dynsym.results.ledger import Answers, Cell, Examined

__all__ = ["conditions_of_agreement", "conditions_of_copies"]

ZERO, PAIR = "symmetry_breaking", "symmetry_breaking_hopf"
ONE_COPY = "states and lengths are those of one copy of each node"

Entries = Mapping[tuple[int, int], Expr]


@dataclass(frozen=True)
class _Block:
    """The matrix of one mode, and what is to be said of its crossings."""

    problem: MovingEquilibrium
    mode: Mode
    slopes: Slopes
    entries: Entries
    size: int
    notes: tuple[str, ...] = ()
    accept: Callable[[Mapping[Any, Any]], bool] = bool
    checked: bool = True


def conditions_of_agreement(condition: BifurcationCondition) -> BifurcationCondition:
    """What a condition of the equations of one copy says of the whole network."""
    said = f"{condition.normalisation}; {ONE_COPY}" if condition.normalisation else ""
    return replace(condition, normalisation=said, reductions=(AGREE, *condition.reductions))


def conditions_of_copies(problem: MovingEquilibrium, window: Window | None) -> Answers[BifurcationCondition]:
    """The conditions of every mode in which copies differ."""
    template = problem.system.classes
    assert template is not None
    values = dict(problem.values)
    slopes = slopes_at(problem.system, problem.equilibrium, values)
    counts = tuple(count.xreplace(values) for count in template.copies)
    taken = dict.fromkeys([*problem.system.parameters, *problem.system.state_names])
    found: list[BifurcationCondition] = []
    cells: list[Cell] = []
    for mode in modes_of(template, taken):
        if mode.name == AGREE:
            continue
        moved = mode.with_values(values)
        moved = replace(moved, multiplicity=sympy.factor(moved.multiplicity))
        if moved.multiplicity == 0:
            continue
        seen = Examined.joined(_of_mode(problem, template, moved, slopes, counts, window), Cell(mode.name), by="blocks")
        found.extend(seen.found)
        cells.extend(seen.cells(Cell(mode.name)))
    return Answers(found, cells)


def _of_mode(
    problem: MovingEquilibrium,
    template: Template,
    mode: Mode,
    slopes: Slopes,
    counts: tuple[Expr, ...],
    window: Window | None,
) -> Iterator[Examined[BifurcationCondition]]:
    if mode.indices:
        yield from _waves(problem, template, mode, slopes, counts, window)
    else:
        entries, size = block_of(mode, slopes, counts)
        yield _crossings(_Block(problem, mode, slopes, entries, size), window)


def _waves(
    problem: MovingEquilibrium,
    template: Template,
    mode: Mode,
    slopes: Slopes,
    counts: tuple[Expr, ...],
    window: Window | None,
) -> Iterator[Examined[BifurcationCondition]]:
    """Real blocks as they are; complex ones of one state by real and imaginary part."""
    entries, size = block_of(mode, slopes, counts)
    if mode.is_real:
        names = [str(index) for index, _ in mode.indices]
        opposite = ", ".join(f"-{name}" for name in names)
        note = f"wave numbers {', '.join(names)} and {opposite} cross together, unless they are the same"
        both = replace(mode, multiplicity=2 * mode.multiplicity)
        yield _crossings(_Block(problem, both, slopes, entries, size, (note,)), window)
        return
    if size > 1:
        raise UnsupportedFeatureError(
            "Waves of cells with several states travel, and their conditions are not solved in closed form. Take "
            "spectrum(system), or give the sizes as numbers."
        )
    written = sympy.expand(entries[0, 0].replace(sympy.exp, wave_as_read))
    yield _travelling(problem, template, mode, slopes, written.as_real_imag(), window)
    if len(mode.indices) > 1:
        yield Examined((), (Cell(mode.name).because("waves that alternate in some directions do not travel"),), by="")
    else:
        (index, count), *_ = mode.indices
        alternating = replace(mode, name="alternating copies", indices=())
        halved = {place: _halved(entry, index, count) for place, entry in entries.items()}
        note = f"{count} is even: copies alternate"
        block = _Block(problem, alternating, slopes, halved, size, (note,), lambda values: not _is_odd(count, values))
        yield _crossings(block, window)


def _is_odd(count: Expr, values: Mapping[Any, Any]) -> bool:
    return round(as_number(count, values).real) % 2 == 1


def _halved(entry: Expr, index: Symbol, count: Expr) -> Expr:
    """An entry at the wave number of half the size, where every exponential is a sign."""
    return sympy.expand(entry.xreplace({index: count / 2}))


def _travelling(
    problem: MovingEquilibrium,
    template: Template,
    mode: Mode,
    slopes: Slopes,
    eigenvalue: tuple[Expr, Expr],
    window: Window | None,
) -> Examined[BifurcationCondition]:
    """A wave turns at the frequency that its eigenvalue has where the real part vanishes."""
    real, imaginary = eigenvalue

    def turned(condition: BifurcationCondition) -> BifurcationCondition:
        if condition.solution is None:
            raise UnsupportedFeatureError(
                f"The real part of the waves' eigenvalue, {real}, is not solved for {problem.parameter}. Choose "
                "another parameter."
            )
        turning = TR2i(sympy.factor(imaginary.xreplace({problem.parameter: condition.solution})))
        form = wave_form(problem, template, mode, condition.solution, sympy.Abs(turning))
        coefficient = None if form is None else form.coefficient
        names = ", ".join(str(index) for index, _ in mode.indices)
        hopf = replace(
            condition,
            kind="hopf",
            frequency=sympy.Abs(turning),
            constraints=(*condition.constraints, sympy.Ne(turning, 0)),
            coefficient=coefficient,
            nondegeneracy=coefficient,
            criticality=None if coefficient is None else criticality_of(_sign(coefficient)),
            normalisation="" if coefficient is None else f"{NORMALISATION}; lengths are those of the whole network",
            assumptions=(
                *condition.assumptions,
                f"{names} such that the frequency is not 0",
                "opposite wave numbers are one pair of eigenvalues",
            ),
        )
        check_crossing(problem, slopes, hopf, mode.indices, third=None if form is None else form.third)
        return hopf

    still = _crossings(_Block(problem, mode, slopes, {(0, 0): real}, 1, checked=False), window)
    waves = [Examined.attempt(partial(turned, condition), Cell(mode.name), by=still.by) for condition in still.found]
    return Examined.joined([replace(still, found=()), *waves], Cell(mode.name), by="waves")


def _sign(number: Expr) -> int | None:
    return 1 if number.is_positive else -1 if number.is_negative else 0 if number == 0 else None


def _crossings(block: _Block, window: Window | None) -> Examined[BifurcationCondition]:
    """The zero eigenvalues and imaginary pairs of one block as the parameter moves."""
    problem = block.problem
    if not any(problem.parameter in entry.free_symbols for entry in block.entries.values()):
        return Examined((), (), by="the block does not depend on the parameter")
    alone = _block_problem(problem, block.entries, block.size)
    alone.require_algebraic()

    def described(finding: Crossing, kind: str) -> BifurcationCondition | None:
        condition = assembled(alone, finding, window, [index for index, _ in block.mode.indices])
        if condition is None:
            return None
        made = _described(problem, alone, condition, kind, block.mode, block.notes)
        if block.checked:
            check_crossing(problem, block.slopes, made, block.mode.indices, block.accept)
        return made

    def parts() -> Iterator[Examined[BifurcationCondition]]:
        for search, kind in ((zero_findings, ZERO), (hopf_findings, PAIR)):
            seen = search(alone)
            yield Examined((), tuple(replace(cell, equilibria=block.mode.name) for cell in seen.open), by=seen.by)
            for finding in seen.found:
                problem.clock.check("conditions in which copies differ")
                yield Examined.attempt(partial(described, finding, kind), Cell(block.mode.name), by=seen.by)

    return Examined.joined(parts(), Cell(block.mode.name), by="the eigenvalues of a block")


def _block_problem(problem: MovingEquilibrium, entries: Entries, size: int) -> MovingEquilibrium:
    """The block as a system of its own; an unknown amplitude comes along as one more state."""
    names = _free_names(problem.system, size + 1)
    states = [Symbol(name, real=True) for name in names[:size]]
    rates = [-(state**3) for state in states]
    at: dict[str, Expr] = dict.fromkeys(names[:size], sympy.S.Zero)
    amplitude = problem.amplitude
    moving: dict[Expr, Expr] = {}
    if amplitude is not None:
        states.append(Symbol(names[size], real=True))
        rates.append(amplitude - states[size])
        at[names[size]] = amplitude
        moving[amplitude] = states[size]
    for (i, j), entry in entries.items():
        rates[i] += entry.xreplace(moving) * states[j]
    system = SymbolicSystem(
        f"{problem.system.name}, one block", tuple(states), dict(problem.system.parameters), {}, None, tuple(rates)
    )
    equilibrium = SymbolicEquilibrium(at, constraints=problem.equilibrium.constraints, amplitude=amplitude)
    return MovingEquilibrium(system, problem.parameter, equilibrium, dict(problem.values), problem.clock)


def _free_names(system: SymbolicSystem, count: int) -> list[str]:
    taken = {*system.parameters, *system.state_names}
    prefix = "u"
    while any(name.startswith(prefix) for name in taken):
        prefix += "u"
    return [f"{prefix}{k}" for k in range(count)]


def _described(
    problem: MovingEquilibrium,
    block: MovingEquilibrium,
    condition: BifurcationCondition,
    kind: str,
    mode: Mode,
    notes: tuple[str, ...],
) -> BifurcationCondition:
    put: dict[Expr, Expr] = {} if condition.solution is None else {problem.parameter: condition.solution}
    if block.amplitude is not None:
        put[block.amplitude] = list(condition.at.values())[-1]
    at = {name: value.xreplace(put) for name, value in problem.equilibrium.states.items()}
    multiplicity = Integer(1) * mode.multiplicity
    simple = () if multiplicity == 1 else (f"{mode.name}: the eigenvalue has multiplicity {multiplicity}",)
    ranges = tuple(f"0 <= {index} < {count}" for index, count in mode.indices)
    ranges += (f"{', '.join(str(index) for index, _ in mode.indices)} not 0",) if ranges else ()
    own = [index for index, _ in mode.indices]
    said = assumptions_of([condition.equation, condition.solution, condition.frequency, *at.values()], silent=own)
    return replace(
        condition,
        kind=kind if condition.kind != "degenerate" else "degenerate",
        at=at,
        coefficient=None,
        coefficient_value=None,
        nondegeneracy=None,
        normalisation="",
        criticality=None,
        mode=None,
        multiplicity=multiplicity,
        assumptions=tuple(dict.fromkeys([*condition.assumptions, *said, *ranges, *simple, *notes])),
        reductions=(mode.name,),
        positive_entry=None,
        copies_agree=False,
    )
