"""Points at which two conditions hold at once: equilibria, two parameters, and the polynomials that tie them.

The equations of the equilibrium and the two conditions are solved together, by elimination and, for the last two
unknowns, by a resultant. A parameter inside a function, as in ``logistic(p + 2*x)``, is reached through the value of
the function: that value is the unknown, and the parameter follows from the inverse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb
from sympy import Expr, Symbol

from dynsym._budget import Clock
from dynsym._expressions.registry import HEADS
from dynsym.algebra.analytic_roots import amplitude_roots
from dynsym.algebra.determinants import characteristic_rows, determinant, maximal_minors
from dynsym.algebra.field import Field, Relation, root_relations
from dynsym.algebra.formulas import has_formula, root_formulas
from dynsym.algebra.linear import cleared
from dynsym.algebra.ring import Polynomial, Quotient, Ring, generators_of
from dynsym.algebra.tidy import tidy
from dynsym.arithmetic.balls import Balls, ball, precision
from dynsym.arithmetic.real_roots import real_roots
from dynsym.derive.conditions.inside import reachable
from dynsym.derive.crossings.locus import GUARD_BITS, allowed
from dynsym.derive.equilibria.solving import SolutionFamily, families
from dynsym.derive.normal_forms.taylor import TaylorExpansion
from dynsym.errors import UnsupportedFeatureError
from dynsym.results import SymbolicEquilibrium
from dynsym.results.ledger import Cell, Examined, Where

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["DoublePoint", "TwoParameters", "cusp_conditions", "double_points", "double_zero_conditions"]

_EIGENVALUE = sympy.Dummy("lambda")


@dataclass(frozen=True, eq=False)
class TwoParameters:
    """A system, two parameters that move, and an equilibrium: given, or to be found with them."""

    system: SymbolicSystem
    parameters: tuple[Symbol, Symbol]
    values: Mapping[Symbol, Expr]
    clock: Clock
    equilibrium: SymbolicEquilibrium | None = None

    @cached_property
    def point(self) -> dict[Symbol, Expr]:
        if self.equilibrium is None:
            return {state: state for state in self.system.states}
        return {self.system[name]: value for name, value in self.equilibrium.states.items()}

    @cached_property
    def expansions(self) -> tuple[TaylorExpansion, TaylorExpansion]:
        """One for each parameter; they differ in the derivatives by it alone."""
        first, second = (TaylorExpansion(self.system, self.point, self.values, p) for p in self.parameters)
        return first, second

    @cached_property
    def equations(self) -> tuple[Expr, ...]:
        """What makes the point an equilibrium."""
        if self.equilibrium is not None:
            return self.equilibrium.constraints
        return tuple(rate.xreplace(dict(self.values)) for rate in self.system.rhs)

    @cached_property
    def unknowns(self) -> tuple[Symbol, ...]:
        """What the equations are solved for, stand-ins of function values included."""
        own: tuple[Symbol, ...] = self.system.states if self.equilibrium is None else ()
        if self.equilibrium is not None and self.equilibrium.amplitude is not None:
            own = (self.equilibrium.amplitude,)
        inside = set(self.inverses)
        return (*own, *self.stand_ins.values(), *(p for p in self.parameters if p not in inside))

    @cached_property
    def stand_ins(self) -> dict[Expr, Symbol]:
        """Names for the function values that contain one of the parameters."""
        entries = [*self.expansions[0].linear.values(), *self.equations]
        hidden = [g for g in generators_of(entries) if not g.is_Symbol and g.free_symbols & set(self.parameters)]
        return {g: sympy.Dummy(f"y{k}", real=True) for k, g in enumerate(hidden)}

    @cached_property
    def inverses(self) -> dict[Symbol, Expr]:
        """Parameters by the inverse functions, in terms of stand-ins and what is inside besides."""
        if not self.stand_ins:
            return {}
        equations = []
        for value, name in self.stand_ins.items():
            if not reachable(value):
                raise self._unreachable(value)
            equations.append((value.args[0], HEADS[type(value)].inverse(name)))
        visible = set().union(*(self.plain(e).free_symbols for e in (*self.equations, *self._entries)))
        hidden = [
            p for p in self.parameters if p not in visible and any(p in left.free_symbols for left, _ in equations)
        ]
        if len(hidden) != len(equations):
            raise self._unreachable(next(iter(self.stand_ins)))
        slopes = sympy.Matrix([[left.diff(p) for p in hidden] for left, _ in equations])
        if slopes.free_symbols & {*self.system.states, *self.parameters} or slopes.det() == 0:
            raise self._unreachable(next(iter(self.stand_ins)))
        rests = sympy.Matrix([right - left.xreplace(dict.fromkeys(hidden, sympy.S.Zero)) for left, right in equations])
        return dict(zip(hidden, slopes.LUsolve(rests), strict=True))

    def _unreachable(self, value: Expr) -> UnsupportedFeatureError:
        return UnsupportedFeatureError(
            f"The parameters {self.parameters[0]} and {self.parameters[1]} occur inside {value}, where algebra does "
            "not reach both. Choose other parameters, give the equilibrium with at=…, or follow the curve numerically."
        )

    @property
    def _entries(self) -> list[Expr]:
        return list(set(self.expansions[0].linear.values()))

    def plain(self, expression: Expr) -> Expr:
        """An expression with the stand-ins put in."""
        if not self.stand_ins:
            return expression
        put = dict(self.stand_ins)
        for own in expression.atoms(sympy.exp):
            for value, name in self.stand_ins.items():
                ratio = sympy.cancel(own.args[0] / value.args[0]) if isinstance(value, sympy.exp) else None
                if ratio is not None and ratio.is_Integer:
                    put[own] = name**ratio
        return expression.xreplace(put)

    @cached_property
    def ring(self) -> Ring:
        """Of the Jacobian and the second derivatives, before anything is solved."""
        own = self.expansions[0]
        entries = [self.plain(e) for table in (own.linear, own.quadratic) for e in set(table.values())]
        return Ring((*generators_of([*entries, *self.unknowns]), _EIGENVALUE))

    @cached_property
    def quotients(self) -> dict[tuple[int, int], Quotient]:
        """The entries of the Jacobian."""
        return {place: self.ring.quotient(self.plain(e)) for place, e in self.expansions[0].linear.items()}


def double_zero_conditions(setting: TwoParameters) -> tuple[Expr, Expr]:
    """The two lowest coefficients of the characteristic polynomial."""
    ring, size = setting.ring, setting.system.dimension
    block = characteristic_rows(ring, setting.quotients, size, ring.generator(_EIGENVALUE))
    low, high, *_ = [*ring.coefficients(determinant(ring, block, size, setting.clock), _EIGENVALUE), ring.zero]
    return ring.expression(low), ring.expression(high)


def cusp_conditions(setting: TwoParameters) -> tuple[Expr, Expr]:
    """The determinant, and w·B(v,v) with cofactors for the critical vectors."""
    ring, size = setting.ring, setting.system.dimension
    below = [[d for (k, _), (_, d) in setting.quotients.items() if k == i] for i in range(size)]
    factors = [ring.common_multiple(row) for row in below]
    rows = {(i, j): n * (factors[i] / d) for (i, j), (n, d) in setting.quotients.items()}
    field = Field(ring, clock=setting.clock)
    whole = determinant(ring, rows, size, setting.clock)
    turned = {(j, i): entry for (i, j), entry in rows.items()}
    v = _null_vector(setting, field, rows, whole)
    w = _null_vector(setting, field, turned, whole)
    w = [entry * field.element(factor) for entry, factor in zip(w, factors, strict=True)]
    total = field.zero
    for (i, j, k), entry in setting.expansions[0].quadratic.items():
        product = v[j] * v[k] * (1 if j == k else 2)
        total = total + w[i] * field.element(*ring.quotient(setting.plain(entry))) * product
    return ring.expression(whole), ring.expression(total.numerator)


def _null_vector(
    setting: TwoParameters, field: Field, rows: Mapping[tuple[int, int], Polynomial], whole: Polynomial
) -> Any:
    """The cofactors of a row, shortest first, that do not all vanish with the determinant."""
    ring, size = setting.ring, setting.system.dimension
    found = []
    for left_out in range(size):
        entries = {(i - (i > left_out), j): e for (i, j), e in rows.items() if i != left_out}
        minors = maximal_minors(ring, entries, size - 1, setting.clock) if size > 1 else [ring.one]
        if any(not minor.is_zero() and (whole.is_zero() or minor.gcd(whole) != whole) for minor in minors):
            signed = [field.element(m if j % 2 == 0 else -m) for j, m in enumerate(minors)]
            found.append((sum(len(m) for m in minors), left_out, signed))
    if not found:
        raise UnsupportedFeatureError(
            f"The Jacobian of {setting.system.name!r} has rank below {size - 1} wherever it is singular. Reduce the "
            "system first, by slaving or removing states."
        )
    return cleared(field, min(found, key=lambda item: item[:2])[2])


# ---- solutions


@dataclass(frozen=True, eq=False)
class DoublePoint:
    """One solution: every unknown in terms of at most one amplitude, which solves a constraint."""

    setting: TwoParameters
    known: Mapping[Symbol, Expr]
    amplitude: Symbol | None = None
    constraint: Expr | None = None
    formula: Expr | None = None
    root: Callable[[], arb] | None = None
    relations: tuple[Expr, ...] = field(default=())

    def put(self, expression: Expr) -> Expr:
        """An expression of the setting in terms of the amplitude and what is free."""
        return _functions_tidied(self.setting.plain(expression).xreplace(dict(self.known)))

    def at(self, expression: Expr) -> Expr:
        """An expression in the amplitude, at the amplitude's formula."""
        if self.amplitude is None or self.formula is None:
            return expression
        put = expression.xreplace({self.amplitude: self.formula})
        if put.free_symbols or put.has(sympy.CRootOf):
            return put
        return sympy.radsimp(sympy.expand(put))

    @property
    def is_numeric(self) -> bool:
        """Whether no symbol is left open, so that balls enclose everything."""
        free = set().union(*(e.free_symbols for e in self.known.values())) - {self.amplitude}
        return not free and (self.amplitude is None or self.root is not None)

    def balls(self) -> Balls:
        """Enclosures of the unknowns and the parameters."""
        own: dict[Expr, arb] = {}
        if self.amplitude is not None and self.root is not None:
            own[self.amplitude] = self.root()
        return {**{s: ball(e, own) for s, e in self.known.items()}, **own}

    @cached_property
    def degree(self) -> int:
        """Of the equation of the amplitude; one where there is none."""
        if self.constraint is None or self.amplitude is None:
            return 1
        ring = Ring(generators_of([self.constraint]))
        return ring.degree(ring.polynomial(self.constraint), self.amplitude)

    def field(self, expressions: list[Expr]) -> Field:
        """The field in which expressions of the amplitude live, its equation among the relations."""
        parts = [*expressions, *([] if self.constraint is None else [self.constraint])]
        ring = Ring(generators_of(parts))
        base = Field(ring, root_relations(ring), self.setting.clock)
        if self.constraint is None or self.amplitude is None:
            return base
        return base.with_relations(Relation(self.amplitude, ring.polynomial(self.constraint)))


def double_points(setting: TwoParameters, conditions: tuple[Expr, Expr], cell: Cell) -> Examined[DoublePoint]:
    """The real solutions of both conditions."""

    def parts() -> Iterator[Examined[DoublePoint]]:
        equations = [setting.plain(e) for e in setting.equations]
        seen = families([*equations, *conditions], setting.unknowns, cell, setting.clock, resultants=True)
        yield Examined((), seen.open, by=seen.by)
        for family in seen.found:
            left = set(setting.unknowns) - set(family.known) - {family.amplitude}
            if left or (family.amplitude is not None and family.constraint is None):
                yield Examined((), (cell.because("a line of solutions"),), by="")
                continue
            try:
                points, why = _real_points(setting, family)
            except ZeroDivisionError:
                yield Examined((), (cell.because("a denominator vanishes", Where.POLE),), by="")
                continue
            kept = tuple(point for point in points if _is_allowed(point))
            yield Examined(kept, (cell.because(why),) if why else (), by="real roots")

    return Examined.joined(parts(), cell, by="elimination")


def _real_points(setting: TwoParameters, family: SolutionFamily) -> tuple[list[DoublePoint], str]:
    """The real members of a family, and what is not known of others."""
    known = dict(family.known)
    if family.amplitude is None or family.constraint is None:
        return [DoublePoint(setting, _with_inverses(setting, known))], ""
    amplitude, constraint = family.amplitude, family.constraint
    known[amplitude] = amplitude
    known = _with_inverses(setting, known)
    ring = Ring(generators_of([constraint]))
    polynomial = ring.polynomial(constraint)
    algebraic = not any(g != amplitude and amplitude in g.free_symbols for g in ring.generators)
    numeric = constraint.free_symbols == {amplitude}
    common: dict[str, Any] = {"amplitude": amplitude, "constraint": constraint}
    points: list[DoublePoint] = []
    if numeric and algebraic and set(ring.occurring(polynomial)) == {amplitude}:
        for root in real_roots(ring.univariate(polynomial, amplitude)):
            if root.degree == 1:
                value = root.expression()
                points.append(DoublePoint(setting, {s: e.xreplace({amplitude: value}) for s, e in known.items()}))
            else:
                points.append(DoublePoint(setting, known, formula=root.expression(), root=root.ball, **common))
        return points, ""
    if numeric and not algebraic:
        roots, why = amplitude_roots(ring, polynomial, amplitude, exclude_zero=False, clock=setting.clock)
        return [DoublePoint(setting, known, root=enclosure, **common) for enclosure in roots], why
    if algebraic and has_formula(ring, polynomial, amplitude):
        for formula in root_formulas(Field(ring, root_relations(ring)), polynomial, amplitude):
            own = {"formula": formula.expression, "relations": formula.relations}
            points.append(DoublePoint(setting, known, **own, **common))
        return points, ""
    return [DoublePoint(setting, known, **common)], ""


def _with_inverses(setting: TwoParameters, known: dict[Symbol, Expr]) -> dict[Symbol, Expr]:
    known = {s: _tidied(e) for s, e in known.items()}
    return known | {p: e.xreplace(known) for p, e in setting.inverses.items()}


def _functions_tidied(expression: Expr) -> Expr:
    """One spelling for equal arguments of functions, so that equal values share a generator."""
    return expression.replace(_is_function, lambda e: e.func(*[_tidied(part) for part in e.args]))


def _tidied(expression: Expr) -> Expr:
    expression = _functions_tidied(expression)
    ring = Ring(generators_of([expression]))
    return tidy(Field(ring, root_relations(ring))(expression))


def _is_function(expression: Any) -> bool:
    known = HEADS.get(type(expression))
    return known is not None and known.is_increasing and not expression.args[0].is_Atom


def _is_allowed(point: DoublePoint) -> bool:
    """Whether the parameters and the function values are in their domains, as far as numbers tell."""
    if not point.is_numeric:
        return True
    with precision(GUARD_BITS):
        try:
            balls = point.balls()
        except ZeroDivisionError:
            return False
        if not all(balls[s].is_finite() for s in point.known):
            return False
        return all(allowed(s, balls[s]) for s in point.setting.parameters)
