"""A second look at a condition, from the system and the condition alone: exact, and in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NoReturn

import mpmath
import numpy as np
import sympy
from mpmath import mpf
from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget, Clock
from dynsym.algebra.determinants import characteristic_rows, determinant
from dynsym.algebra.field import Field, Relation, root_relations
from dynsym.algebra.ring import Ring, generators_of
from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.checks.look import Look
from dynsym.derive.normal_forms.at_condition import require_own
from dynsym.errors import BudgetExceeded, UnsupportedFeatureError
from dynsym.results import BifurcationCondition
from dynsym.results.content import record
from dynsym.results.stamp import OfSystem, stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["ConditionCheck", "check_condition"]

ATTEMPTS = 12
OUTSIDE = 5
LEAST = 300

_PAIR = sympy.Dummy("s")


@dataclass(frozen=True)
class ConditionCheck(OfSystem):
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
        return {"kind": "condition_check", **record(self)}


@stamped
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
    the constraints, right-hand side, eigenvalue, frequency and normal form coefficients are computed in mpmath from the
    equations alone; and at values outside, the bifurcation must be absent.

    Parameters
    ----------
    condition : BifurcationCondition
        Solved for its parameter, or for two at codimension two.
    values, free
        What was put in, and what was left open, when the condition was derived.
    points : int
        How many points to compare inside.
    rng : numpy.random.Generator, optional
        Of the random values.

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
    if not condition.copies_agree:
        raise UnsupportedFeatureError(
            f"{condition!r} is about a mode in which copies of a node differ, and the equations of {system.name!r} are "
            "those of one copy. Build the network with a number of copies, and check its conditions."
        )
    clock = budget.start()
    put = _values(system, condition, values, free)
    look = Look(system, condition, put)
    wanted: dict[int | None, int] = {
        None: points,
        **dict.fromkeys(range(len(condition.constraints)), OUTSIDE),
    }
    counts = dict.fromkeys(wanted, 0)
    largest = mpf(0)
    generator = Sampler(0 if rng is None else int(rng.integers(2**63)))
    attempts = takewhile(
        lambda k: (counts != wanted or k < LEAST * look.is_random) and not clock.is_over,
        range(max(ATTEMPTS * points, LEAST) if look.is_random else points),
    )
    for numbers, broken, worst in look.compared(generator, attempts, lambda k: counts.get(k, 0) < wanted.get(k, 0)):
        if not worst.agrees:
            shown = {str(key): float(mpmath.re(value)) for key, value in numbers.items() if isinstance(key, Symbol)}
            return ConditionCheck(
                "refuted",
                inside=counts[None],
                outside=sum(counts.values()) - counts[None],
                largest_difference=float(worst.difference),
                counterexample=shown,
                reason=worst.what,
            )
        largest = max(largest, worst.difference)
        counts[broken] += 1
    verdict = "undecided" if not counts[None] else "proved" if _is_exact(system, condition, put, clock) else "supported"
    outside = sum(counts.values()) - counts[None]
    return ConditionCheck(verdict, inside=counts[None], outside=outside, largest_difference=float(largest))


def _values(
    system: SymbolicSystem,
    condition: BifurcationCondition,
    values: Mapping[str, Any] | None,
    free: Iterable[str | Symbol],
) -> dict[Symbol, Expr]:
    parts = [condition.solution, condition.coefficient, *condition.at.values(), condition.equation]
    parts += [*condition.others.values(), *condition.coefficients.values(), *condition.further_equations]
    symbols = set().union(*(part.free_symbols for part in parts if part is not None))
    named = {s.name for s in symbols} & set(system.parameters) - set(values or {})
    return dict(system.substitution(values, (*named, condition.parameter, *condition.others, *map(str, free))))


def _is_exact(
    system: SymbolicSystem, condition: BifurcationCondition, values: Mapping[Symbol, Expr], clock: Clock
) -> bool:
    """Whether the critical eigenvalue is one identically, by exact algebra."""
    if condition.solution is None:
        return False
    put = {system[condition.parameter]: condition.solution, **{system[n]: e for n, e in condition.others.items()}}
    point = {system[name]: value for name, value in condition.at.items()}
    entries = {
        place: entry.xreplace(dict(values)).xreplace(point).xreplace(put)
        for place, entry in system.jacobian_entries().items()
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
        quotients = {place: ring.quotient(entry) for place, entry in entries.items()}
        rows = characteristic_rows(ring, quotients, system.dimension, ring.zero if square is None else s)
        return field.vanishes(determinant(ring, rows, system.dimension, clock))
    except (UnsupportedFeatureError, BudgetExceeded, ZeroDivisionError, ValueError):
        return False
