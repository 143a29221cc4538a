"""A second look at a condition, from the system and the condition alone: exact, and in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import mpmath
import numpy as np
import sympy
from mpmath import mpc, mpf
from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget, Clock
from dynsym._expressions import Jet
from dynsym.algebra.determinants import determinant
from dynsym.algebra.field import Field, Relation, root_relations
from dynsym.algebra.ring import Ring, generators_of
from dynsym.arithmetic.digits import NoNumberError, Program, number_of
from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.checks.circles import Taylor
from dynsym.derive.checks.numbers import critical_vectors, first_lyapunov, zero_coefficient
from dynsym.derive.checks.samples import SkipError, holds, jet_value, random_function, random_number, real_number
from dynsym.derive.normal_forms.at_condition import require_own
from dynsym.errors import BudgetExceeded, ParameterError, UnsupportedFeatureError
from dynsym.results import BifurcationCondition

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["ConditionCheck", "check_condition"]

DIGITS = 40
LONG = 80
ATTEMPTS = 12
OUTSIDE = 5
TOLERANCE = mpf(10) ** -14
OFF_AXIS = mpf(10) ** -8

_PAIR = sympy.Dummy("s")


@dataclass(frozen=True)
class ConditionCheck:
    """What a second look at a condition found.

    Parameters
    ----------
    verdict : {"proved", "supported", "refuted", "undecided"}
        ``"proved"``: the critical eigenvalue is there identically, by exact algebra, and every number agrees.
        ``"supported"``: the numbers agree. ``"undecided"``: no point could be compared.
    inside : int
        Random points within the constraints at which equilibrium, eigenvalue, frequency and coefficient agree.
    outside : int
        Points beyond the constraints at which the bifurcation is indeed absent.
    largest_difference : float
        Between closed form and number, relative.
    counterexample : mapping of name to float, or None
        Where they differ.
    reason : str
        What differs there.

    Examples
    --------
    >>> ConditionCheck("supported", inside=20, outside=5, largest_difference=1e-30).inside
    20
    """

    verdict: str
    _: KW_ONLY
    inside: int
    outside: int
    largest_difference: float
    counterexample: Mapping[str, float] | None = None
    reason: str = ""

    def __bool__(self) -> NoReturn:
        raise TypeError("A verdict is not a truth value. Compare .verdict with 'proved', 'supported', 'refuted', ….")

    def to_json(self) -> dict[str, Any]:
        """The check as a JSON object."""
        return {
            "kind": "condition_check",
            "verdict": self.verdict,
            "inside": self.inside,
            "outside": self.outside,
            "largest_difference": self.largest_difference,
            "counterexample": None if self.counterexample is None else dict(self.counterexample),
            "reason": self.reason,
        }


def check_condition(
    system: SymbolicSystem,
    condition: BifurcationCondition,
    *,
    values: Mapping[str, Any] | None = None,
    free: Iterable[str | Symbol] = (),
    points: int = 20,
    rng: np.random.Generator | None = None,
    budget: Budget = DEFAULT_BUDGET,
) -> ConditionCheck:
    """Look at a condition again, whatever its history: also one with values or an activation put in, or edited.

    The critical eigenvalue is put into the characteristic polynomial by exact algebra. Then, at random values inside
    the constraints, right-hand side, eigenvalue, frequency and normal form coefficient are computed in mpmath from the
    equations alone; and at values outside, the bifurcation must be absent.

    Parameters
    ----------
    system : SymbolicSystem
    condition : BifurcationCondition
        Of the kinds fold, transcritical, pitchfork or hopf.
    values, free
        What was put in, and what was left open, when the condition was derived.
    points : int
        How many points to compare inside.
    rng : numpy.random.Generator, optional
        Of the random values.
    budget : Budget

    Returns
    -------
    ConditionCheck

    Raises
    ------
    ParameterError
        If the condition is about another system or is not solved.
    UnsupportedFeatureError
        If it is about copies that differ.

    Examples
    --------
    >>> import dataclasses, dynsym as ds
    >>> pair = ds.build_system(ds.motifs.ei_pair(w_II=0), node=ds.LeakyRate(ds.Tanh()))
    >>> hopf = ds.hopf_condition(pair, parameter="w_EE", at=0)[0]
    >>> check_condition(pair, hopf, points=3).verdict
    'proved'
    >>> wrong = dataclasses.replace(hopf, solution=2 * hopf.solution)
    >>> check_condition(pair, wrong, points=3).verdict
    'refuted'
    """
    require_own(system, condition)
    if condition.solution is None or (condition.others and condition.kind != "hopf"):
        raise ParameterError(
            f"{condition!r} is not solved for one parameter. Checked are solved conditions of codimension one; "
            "give more parameters a value."
        )
    if not condition.copies_agree:
        raise UnsupportedFeatureError(
            f"{condition!r} is about a mode in which copies of a node differ, and the equations of {system.name!r} are "
            "those of one copy. Build the network with a number of copies, and check its conditions."
        )
    clock = budget.start()
    look = _Look(system, condition, _values(system, condition, values, free))
    generator = Sampler(0 if rng is None else int(rng.integers(2**63)))
    inside = outside = 0
    largest = mpf(0)
    for _ in range(ATTEMPTS * points):
        if (inside >= points and (outside >= OUTSIDE or not look.has_outside)) or clock.is_over:
            break
        try:
            with mpmath.workdps(LONG):
                numbers, is_inside = look.sample(generator)
            if (inside >= points) if is_inside else (outside >= OUTSIDE):
                continue
            with mpmath.workdps(DIGITS):
                difference, what = look.compare(numbers) if is_inside else look.absent(numbers)
        except (SkipError, NoNumberError, ZeroDivisionError):
            continue
        if difference > TOLERANCE:
            shown = {str(key): float(value) for key, value in numbers.items() if isinstance(key, Symbol)}
            return ConditionCheck(
                "refuted",
                inside=inside,
                outside=outside,
                largest_difference=float(difference),
                counterexample=shown,
                reason=what,
            )
        largest = max(largest, difference)
        inside, outside = inside + is_inside, outside + (not is_inside)
    verdict = "undecided" if not inside else "proved" if look.is_exact(clock) else "supported"
    return ConditionCheck(verdict, inside=inside, outside=outside, largest_difference=float(largest))


def _values(
    system: SymbolicSystem,
    condition: BifurcationCondition,
    values: Mapping[str, Any] | None,
    free: Iterable[str | Symbol],
) -> dict[Symbol, Expr]:
    parts = [condition.solution, condition.coefficient, *condition.at.values(), condition.equation]
    symbols = set().union(*(part.free_symbols for part in parts if part is not None))
    named = {s.name for s in symbols} & set(system.parameters) - set(values or {})
    return dict(system.substitution(values, (*named, condition.parameter, *condition.others, *map(str, free))))


class _Look:
    """The system and the condition, ready to be compared at numbers."""

    def __init__(self, system: SymbolicSystem, condition: BifurcationCondition, values: Mapping[Symbol, Expr]) -> None:
        self.system, self.condition, self.values = system, condition, values
        self.rates = [rate.xreplace(dict(values)) for rate in system.rhs]
        self.parameter = system[condition.parameter]
        self.has_outside = any(isinstance(c, sympy.Rel) for c in condition.constraints) and condition.kind == "hopf"

    def sample(self, generator: Sampler) -> tuple[dict[Any, Any], bool]:
        """Numbers for all symbols, and whether the constraints hold there."""
        condition, numbers = self.condition, {}
        for jet in sorted({j for rate in self.rates for j in rate.atoms(Jet)}, key=str):
            numbers[jet.args[0].name, jet.args[1].name] = random_function(jet.args[1].name, generator)
        claims = (
            condition.solution,
            *condition.others.values(),
            condition.coefficient,
            condition.frequency,
            *condition.at.values(),
        )
        parts = [part for part in (*self.rates, *claims, *condition.constraints) if isinstance(part, sympy.Basic)]
        solved = {self.parameter, *(self.system[name] for name in condition.others)}
        open_ = set().union(*(part.free_symbols for part in parts)) - set(self.system.states) - solved
        amplitudes = set().union(*(e.free_symbols for e in condition.at.values())) & set(self.system.states)
        for own in sorted(open_ | amplitudes, key=str):
            known = jet_value(own, numbers)
            numbers[own] = random_number(own, generator) if known is None else known
        self._satisfy(numbers)
        assert condition.solution is not None
        found = number_of(condition.solution, numbers)
        inside = abs(mpmath.im(found)) < TOLERANCE
        numbers[self.parameter] = mpmath.re(found)
        for name, other in condition.others.items():
            numbers[self.system[name]] = real_number(number_of(other, numbers))
        for relation in condition.constraints:
            if isinstance(relation, sympy.Rel) and inside:
                inside = holds(relation, numbers)
        if not inside and abs(mpmath.im(found)) >= TOLERANCE:
            raise SkipError
        if _contradicts(self.parameter, numbers[self.parameter]):
            raise SkipError
        return numbers, inside

    def _satisfy(self, numbers: dict[Any, Any]) -> None:
        """Choose symbols so that the equations among the constraints hold."""
        fixed: set[Any] = set()
        for constraint in self.condition.constraints:
            if isinstance(constraint, sympy.Rel) or not isinstance(constraint, Expr):
                continue
            put = constraint.xreplace({self.parameter: self.condition.solution})
            for own in sorted(put.free_symbols - fixed, key=str):
                slope = put.diff(own)
                if own in slope.free_symbols:
                    continue
                numbers[own] = mpf(0)
                at_zero, rate = number_of(put, numbers), number_of(slope, numbers)
                if rate != 0:
                    numbers[own] = real_number(-at_zero / rate)
                    fixed.add(own)
                    break
            else:
                if abs(number_of(put, numbers)) > TOLERANCE:
                    raise SkipError
                continue
            if _contradicts(own, numbers[own]):
                raise SkipError

    def _at(self, numbers: Mapping[Any, Any]) -> tuple[Any, list[Any], Taylor]:
        states = self.system.states
        point = [real_number(number_of(self.condition.at[s.name], numbers)) for s in states]
        known = {key: value for key, value in numbers.items() if key not in states}
        field = Program(self.rates, known, list(states))
        return field, point, Taylor(field, point)

    def compare(self, numbers: Mapping[Any, Any]) -> tuple[Any, str]:
        """The largest relative difference, and of what."""
        condition = self.condition
        field, point, taylor = self._at(numbers)
        differences = [(max(abs(r) for r in field(point)) / (1 + max(abs(x) for x in point)), "the right-hand side")]
        omega = mpf(0) if condition.frequency is None else real_number(number_of(condition.frequency, numbers))
        size = len(point)
        values = mpmath.eig(taylor.jacobian, left=False, right=False) if size > 1 else [taylor.jacobian[0, 0]]
        nearest = min(values, key=lambda z: abs(z - mpc(0, omega)))
        differences.append((abs(nearest - mpc(0, omega)) / (1 + abs(nearest)), "the critical eigenvalue"))
        if condition.coefficient is not None and condition.kind != "degenerate" and differences[-1][0] < TOLERANCE:
            claimed = real_number(number_of(condition.coefficient, numbers))
            left, right = critical_vectors(taylor.jacobian, nearest)
            if condition.kind == "hopf":
                found = first_lyapunov(taylor, omega, left, right)
            else:
                found = zero_coefficient(condition.kind, taylor, left, right)
            if condition.kind in {"fold", "transcritical"}:
                claimed, found = abs(claimed), abs(found)
            differences.append((abs(claimed - found) / (1 + abs(found)), "the normal form coefficient"))
        return max(differences, key=lambda pair: pair[0])

    def absent(self, numbers: Mapping[Any, Any]) -> tuple[Any, str]:
        """Outside the constraints: no eigenvalue of the kind may be on the axis."""
        if self.condition.kind != "hopf" or self.condition.frequency is None:
            raise SkipError
        _, _, taylor = self._at(numbers)
        values = mpmath.eig(taylor.jacobian, left=False, right=False)
        pairs = [abs(mpmath.re(z)) for z in values if abs(mpmath.im(z)) > OFF_AXIS]
        if any(distance < OFF_AXIS for distance in pairs):
            return mpf(1), "an imaginary pair exists outside the constraints"
        return mpf(0), ""

    def is_exact(self, clock: Clock) -> bool:
        """Whether the critical eigenvalue is one identically, by exact algebra."""
        condition = self.condition
        put = {self.parameter: condition.solution, **{self.system[n]: e for n, e in condition.others.items()}}
        point = {self.system[name]: value for name, value in condition.at.items()}
        entries = {
            place: entry.xreplace(dict(self.values)).xreplace(point).xreplace(put)
            for place, entry in self.system.jacobian_entries().items()
        }
        equations = [c.xreplace(put) for c in condition.constraints if isinstance(c, Expr)]
        square = None if condition.frequency is None else sympy.expand(condition.frequency**2)
        if any(e.has(sympy.Float) for e in (*entries.values(), *equations, *([] if square is None else [square]))):
            return False
        try:
            ring = Ring(generators_of([*entries.values(), *equations, _PAIR, *([] if square is None else [square])]))
            field = Field(ring, root_relations(ring), clock)
            for equation in equations:
                polynomial = ring.polynomial(equation)
                main = min(ring.occurring(polynomial), key=lambda g: (ring.degree(polynomial, g), g.is_Symbol))
                field = field.with_relations(Relation(main, polynomial))
            s = ring.generator(_PAIR)
            if square is not None:
                above, below = ring.quotient(square)
                field = field.with_relations(Relation(_PAIR, below * s * s + above))
            return field.vanishes(self._characteristic(ring, entries, s if square is not None else ring.zero, clock))
        except (UnsupportedFeatureError, BudgetExceeded, ZeroDivisionError, ValueError):
            return False

    def _characteristic(self, ring: Ring, entries: Mapping[tuple[int, int], Expr], at: Any, clock: Clock) -> Any:
        """The numerator of det(J - s)."""
        size = self.system.dimension
        quotients = {place: ring.quotient(e) for place, e in entries.items()}
        factors = [ring.one] * size
        for (i, _), (_, below) in quotients.items():
            factors[i] = factors[i] * (below / factors[i].gcd(below))
        rows = {(i, j): above * (factors[i] / below) for (i, j), (above, below) in quotients.items()}
        for i in range(size):
            rows[i, i] = rows.get((i, i), ring.zero) - at * factors[i]
        return determinant(ring, {place: e for place, e in rows.items() if not e.is_zero()}, size, clock)


def _contradicts(own: Symbol, number: Any) -> bool:
    return bool((own.is_positive and number <= 0) or (own.is_negative and number >= 0))
