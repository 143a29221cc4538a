"""Equilibria in closed form, or up to one equation for one amplitude."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget, Clock
from dynsym._docstrings import documented
from dynsym._expressions import symbol
from dynsym.algebra.field import Field, root_relations
from dynsym.algebra.formulas import has_formula, root_formulas
from dynsym.algebra.ring import Ring, generators_of
from dynsym.algebra.signs import never_vanishes
from dynsym.algebra.tidy import tidied
from dynsym.arithmetic.real_roots import real_roots
from dynsym.derive.equilibria.solving import SolutionFamily, families
from dynsym.errors import BudgetExceeded
from dynsym.results import SymbolicEquilibrium
from dynsym.results.ledger import Answers, Cell, Examined, Where
from dynsym.results.stamp import stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["EVERY", "equilibrium_families", "symbolic_equilibria", "symmetric_equilibrium"]

EVERY = Cell("equilibria beyond those found")
LARGEST = 40
AMPLITUDE_NAMES = ("x", "z", "amplitude")


@stamped
def symbolic_equilibria(
    system: SymbolicSystem,
    *,
    values: Mapping[str, Any] | None = None,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> Answers[SymbolicEquilibrium]:
    """The equilibria that elimination finds: the trivial one, symmetric ones, and all of a polynomial system that
    splits.

    Returns
    -------
    Answers
        A tuple of `SymbolicEquilibrium`, `complete` where these are all, and what was not reached in `open`. Real ones
        only; a condition such as ``mu >= 0`` is among the `constraints`. Where an equation remains, the states are
        expressions of an `amplitude` that satisfies the constraint.

    Examples
    --------
    >>> import dynsym as ds
    >>> normal_form = ds.system_from_equations({"x": "mu*x - x^3"}, parameters={"mu": None})
    >>> [(e.states["x"], e.constraints) for e in symbolic_equilibria(normal_form)]
    [(0, ()), (sqrt(mu), (mu >= 0,)), (-sqrt(mu), (mu >= 0,))]
    """
    found: list[SymbolicEquilibrium] = []
    families = equilibrium_families(system, system.substitution(values, free), budget.start())
    cells = list(families.open)
    for members in map(_explicit, families.found):
        found.extend(e for e in members.found if e not in found)
        cells += members.open
    return Answers(found, cells or families.cells(EVERY))


@documented("BudgetExceeded: If the budget is used up.")
@stamped
def symmetric_equilibrium(
    system: SymbolicSystem,
    *,
    values: Mapping[str, Any] | None = None,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> SymbolicEquilibrium | None:
    """The equilibrium on which as many states as possible are equal, up to one equation for its amplitude.

    Returns
    -------
    SymbolicEquilibrium or None
        None where no two states can be equal, or where elimination does not end at one unknown.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.build_system(ds.motifs.bidirectional(nodes=("x1", "x2")), gain="g")
    >>> symmetric_equilibrium(system).constraints
    (g*w*tanh(x) - x,)
    """
    substitution, clock = system.substitution(values, free), budget.start()
    found = _symmetric(system, substitution, clock)
    if system.classes is not None and system.classes.network.size == 1:
        # One node that stands for all: wherever its copies agree, everything does.
        found = list(equilibrium_families(system, substitution, clock).found)
    nontrivial = [e for e in found if not e.is_trivial]
    return nontrivial[0] if nontrivial else None


def equilibrium_families(
    system: SymbolicSystem, substitution: Mapping[Symbol, Expr], clock: Clock
) -> Examined[SymbolicEquilibrium]:
    """Equilibria with their equations unsolved, one entry for each irreducible factor; and what is left open."""
    rates = [rate.xreplace(dict(substitution)) for rate in system.rhs]
    found: list[SymbolicEquilibrium] = []
    zero = dict.fromkeys(system.states, sympy.S.Zero)
    if all(rate.xreplace(zero) == 0 for rate in rates):
        found.append(SymbolicEquilibrium({s.name: sympy.S.Zero for s in system.states}))
    left: tuple[Cell, ...] = (EVERY.because(f"elimination takes at most {LARGEST} states"),)
    by = ""
    if system.dimension <= LARGEST:
        solved = families(rates, system.states, EVERY, clock)
        left, by = solved.open, solved.by
        usable = [family for family in solved.found if not _is_nested(family)]
        if len(usable) < len(solved.found):
            left = (*left, EVERY.because("a function of a function remains"))
        found.extend(e for e in map(_equilibrium(system.states), usable) if e not in found)
    if any(cell.where is Where.FINITE for cell in left):
        try:
            found.extend(e for e in _symmetric(system, substitution, clock) if e not in found)
        except BudgetExceeded as stop:
            left = (*left, EVERY.because(stop))
    return Examined(tuple(found), left, by=by)


def _equilibrium(states: tuple[Symbol, ...]) -> Any:
    def made(family: SolutionFamily) -> SymbolicEquilibrium:
        constraints = () if family.constraint is None else (family.constraint,)
        values = {s.name: tidied(family.known.get(s, s)) for s in states}
        return SymbolicEquilibrium(values, constraints=constraints, amplitude=family.amplitude)

    return made


def _is_nested(family: SolutionFamily) -> bool:
    """Whether a function of a function remains: correct, and of no use to algebra."""
    if family.constraint is None:
        return False
    functions = family.constraint.atoms(sympy.Function)
    return any(part.has(sympy.Function) and family.amplitude in part.free_symbols for f in functions for part in f.args)


# ---- the symmetric subspace


@dataclass(frozen=True)
class _Partition:
    """Which states are equal, by class number."""

    classes: tuple[int, ...]

    @property
    def count(self) -> int:
        return max(self.classes) + 1


def _symmetric(system: SymbolicSystem, substitution: Mapping[Symbol, Expr], clock: Clock) -> list[SymbolicEquilibrium]:
    rates = [rate.xreplace(dict(substitution)) for rate in system.rhs]
    partition = _balanced(system.states, rates, clock)
    if partition.count == len(system.states) or partition.count > LARGEST:
        return []
    names = _class_symbols(system, partition)
    merged = {s: names[c] for s, c in zip(system.states, partition.classes, strict=True)}
    first = [partition.classes.index(c) for c in range(partition.count)]
    solved = families([rates[k].xreplace(merged) for k in first], names, EVERY, clock)
    found = []
    for family in solved.found:
        if not _is_nested(family):
            reduced = _equilibrium(tuple(names))(family)
            by_symbol = {name: reduced.states[name.name] for name in names}
            states = {s.name: by_symbol[merged[s]] for s in system.states}
            found.append(SymbolicEquilibrium(states, constraints=reduced.constraints, amplitude=reduced.amplitude))
    return found


def _balanced(states: tuple[Symbol, ...], rates: list[Expr], clock: Clock) -> _Partition:
    """The coarsest partition under which equal states stay equal."""
    classes = [0] * len(states)
    while True:
        clock.check("symmetric subspace")
        stand_in = [sympy.Dummy(f"c{k}", real=True) for k in range(max(classes) + 1)]
        merged = {s: stand_in[c] for s, c in zip(states, classes, strict=True)}
        keys: dict[tuple[int, Expr], int] = {}
        refined = [
            keys.setdefault((c, rate.xreplace(merged)), len(keys)) for c, rate in zip(classes, rates, strict=True)
        ]
        if refined == classes:
            return _Partition(tuple(classes))
        classes = refined


def _class_symbols(system: SymbolicSystem, partition: _Partition) -> list[Symbol]:
    """A state that is alone in its class keeps its symbol; a class of several gets a fresh one."""
    taken = {*system.state_names, *system.parameters}
    fresh = [name for name in AMPLITUDE_NAMES if name not in taken]
    chosen = []
    for c in range(partition.count):
        members = [s for s, own in zip(system.states, partition.classes, strict=True) if own == c]
        if len(members) == 1:
            chosen.append(members[0])
        else:
            chosen.append(symbol(fresh.pop(0)) if fresh else sympy.Dummy("x", real=True))
    return chosen


# ---- formulas


def _explicit(family: SymbolicEquilibrium) -> Examined[SymbolicEquilibrium]:
    """The family's members by formula, or the family itself."""
    whole = Examined((family,), (), by="the equation of the amplitude")
    if family.amplitude is None or not family.constraints:
        return whole
    amplitude, constraint = family.amplitude, family.constraints[0]
    ring = Ring(generators_of([constraint]))
    if any(g != amplitude and amplitude in g.free_symbols for g in ring.generators):
        return whole
    polynomial = ring.polynomial(constraint)
    if set(ring.occurring(polynomial)) == {amplitude}:
        roots = real_roots(ring.univariate(polynomial, amplitude))
        return Examined(tuple(_member(family, root.expression(), ()) for root in roots), (), by="all real roots")
    if not has_formula(ring, polynomial, amplitude):
        return whole
    field, high = Field(ring, root_relations(ring)), ring.coefficients(polynomial, amplitude)[-1]
    left = () if never_vanishes(ring, high) else (EVERY.where_zero(ring.expression(high)),)
    members = (_member(family, r.expression, r.relations) for r in root_formulas(field, polynomial, amplitude))
    return Examined(tuple(members), left, by="formulas of the roots")


def _member(family: SymbolicEquilibrium, amplitude: Expr, relations: tuple[Expr, ...]) -> SymbolicEquilibrium:
    assert family.amplitude is not None
    states = {name: value.xreplace({family.amplitude: amplitude}) for name, value in family.states.items()}
    if not amplitude.has(sympy.CRootOf):
        states = {name: sympy.radsimp(value) if not value.free_symbols else value for name, value in states.items()}
    return SymbolicEquilibrium(states, constraints=relations)
