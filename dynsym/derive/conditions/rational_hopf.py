"""The first Lyapunov coefficient without square roots: two parameters eliminated, the frequency a free symbol.

The even and odd parts of the characteristic polynomial at iω, E(ω²) and O(ω²), are often linear in two parameters, as
trace and determinant are in two weights. Solved for these, everything is rational in ω and the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym._docstrings import documented
from dynsym._expressions import symbol
from dynsym.algebra.field import Element, Field, Relation, element_is_zero
from dynsym.algebra.linear import NotSimpleError
from dynsym.algebra.normal_forms import first_lyapunov
from dynsym.algebra.ring import Ring, generators_of
from dynsym.algebra.signs import sign_of_element
from dynsym.algebra.tidy import factored, tidy
from dynsym.derive.characteristic.factors import EIGENVALUE, SQUARED_FREQUENCY, even_and_odd
from dynsym.derive.checks.look import require_agreement
from dynsym.derive.conditions.answer import Conditions, provenance_of
from dynsym.derive.copies.conditions import conditions_of_agreement
from dynsym.derive.crossings.pair import NORMALISATION
from dynsym.derive.crossings.problem import PAIR, MovingEquilibrium, with_named_roots
from dynsym.derive.equilibria.points import At, parameter_of, points_of
from dynsym.derive.equilibria.solving import families
from dynsym.derive.normal_forms.at_condition import critical_point
from dynsym.derive.normal_forms.coefficients import CriticalData, hopf_form, vector_of
from dynsym.derive.normal_forms.numbers import ExactNumbers
from dynsym.derive.wording import assumptions_of, criticality_of, domain
from dynsym.errors import ParameterError, UnsupportedFeatureError
from dynsym.results import BifurcationCondition
from dynsym.results.ledger import Cell, Critical, Examined
from dynsym.results.stamp import stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["rational_hopf_condition"]


@documented(
    "NotAnEquilibrium, ParameterError, UnsupportedFeatureError: As `find_conditions`.",
)
@stamped
def rational_hopf_condition(
    system: SymbolicSystem,
    *,
    parameters: tuple[str | Symbol, str | Symbol],
    values: Mapping[str, Any] | None = None,
    at: At,
    free: Iterable[str | Symbol] = (),
    frequency: str = "omega",
    budget: Budget = DEFAULT_BUDGET,
) -> Conditions:
    r"""Hopf points with two parameters eliminated and the frequency left as a symbol.

    Parameters
    ----------
    parameters : (str, str)
        The two that are solved for; the first one moves.
    at : SymbolicEquilibrium without an amplitude, mapping of state to value, or 0
        The equilibrium; 0 is the origin.
    frequency : str
        Name of the symbol for the angular frequency, which is positive.

    Returns
    -------
    Conditions
        `solution` is the first parameter, `others` has the second, both rational in the frequency;
        `coefficient` is the first Lyapunov coefficient, rational too.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.ei_pair(w_II=0), ds.LeakyRate(ds.AnySigmoid(), tau=1))
    >>> hopf = rational_hopf_condition(pair, parameters=("w_EE", "w_IE"), at=0)[0]
    >>> hopf.solution, hopf.others["w_IE"], hopf.coefficient
    (2/s1, (omega**2 + 1)/(s1**2*w_EI), s1*s3*w_EI**2/(2*omega*(omega**2 + s1**2*w_EI**2 + 1)))

    References
    ----------
    .. [1] Y. Kuznetsov, *Elements of Applied Bifurcation Theory*, section 5.4.
    """
    first, second = (parameter_of(system, parameter) for parameter in parameters)
    if first == second or frequency in system.parameters or frequency in system.state_names:
        raise ParameterError(
            f"The parameters {first.name!r} and {second.name!r} and the frequency {frequency!r} must be three "
            "different names, and the frequency none of the system's. Choose another frequency=…."
        )
    omega = symbol(frequency, "positive")
    substitution = system.substitution(values, (*free, first, second))
    clock = budget.start()
    (point,) = points_of(system, first, at, substitution, clock).found
    if point.amplitude is not None:
        raise UnsupportedFeatureError(
            "The equilibrium is known up to an amplitude only. Give one by formulas, or use hopf_condition."
        )
    problem = MovingEquilibrium(system, first, with_named_roots(point, first), substitution, clock)
    problem.require_smooth()
    cell = problem.cell(Critical.PAIR)

    def parts() -> Iterator[Examined[BifurcationCondition]]:
        for known in _eliminated(problem, (first, second), omega, cell):
            clock.check("Hopf points in rational coordinates")
            yield Examined((), known.open, by=known.by)
            for place in known.found:
                make = partial(_condition, problem, place, (first, second), omega)
                yield Examined.attempt(make, cell, by=known.by)

    seen = Examined.joined(parts(), cell, by="the even and odd parts of the characteristic polynomial")
    asked = provenance_of(system, (first, second), substitution)
    return Conditions(seen.found, seen.cells(cell), provenance=asked)


def _eliminated(
    problem: MovingEquilibrium, parameters: tuple[Symbol, Symbol], omega: Symbol, cell: Cell
) -> Iterator[Examined[dict[Symbol, Expr]]]:
    """Both parameters as rational functions, for each factor of the characteristic polynomial."""
    ring = problem.ring
    for factor in problem.factors:
        if ring.degree(factor.polynomial, EIGENVALUE) < 2:
            continue
        if factor.multiplicity > 1:
            yield Examined((), (cell.because(f"a pair of multiplicity {factor.multiplicity}"),), by="")
            continue
        parts = [
            ring.expression(p).xreplace({SQUARED_FREQUENCY: omega**2}) for p in even_and_odd(ring, factor.polynomial)
        ]
        solved = families(parts, parameters, cell, problem.clock)
        usable = [f.known for f in solved.found if f.amplitude is None and set(f.known) == set(parameters)]
        others = (cell.because("solutions that are not rational in the frequency"),)
        left = solved.open if len(usable) == len(solved.found) else (*solved.open, *others)
        yield Examined(tuple({p: _tidied(e) for p, e in known.items()} for known in usable), left, by=solved.by)


def _tidied(expression: Expr) -> Expr:
    return tidy(Field(Ring(generators_of([expression])))(expression))


def _condition(
    problem: MovingEquilibrium, known: Mapping[Symbol, Expr], parameters: tuple[Symbol, Symbol], omega: Symbol
) -> BifurcationCondition | None:
    system, clock = problem.system, problem.clock
    expansion = problem.expansion
    point = {state: expansion.point[state].xreplace(dict(known)) for state in system.states}
    moved = [
        *expansion.by_parameter.values(),
        *expansion.linear_by_parameter.values(),
        *expansion.point_by_parameter.values(),
    ]
    critical = critical_point(
        system, point, known, problem.values, clock, further=[PAIR, omega, *(e.xreplace(dict(known)) for e in moved)]
    )
    ring = critical.numbers.field.ring
    s = ring.generator(PAIR)
    field = critical.numbers.field.with_relations(Relation(PAIR, s * s + ring.generator(omega) ** 2))

    def lifted(number: Element) -> Element:
        return field.element(number.numerator, number.denominator)

    def convert(expression: Expr) -> Element:
        return field(expression.xreplace(dict(known)))

    local, numbers = critical.local, ExactNumbers(field, convert, clock, PAIR)
    data = CriticalData(
        [[lifted(entry) for entry in row] for row in local.linear],
        {place: lifted(e) for place, e in local.tables[2].items()},  # type: ignore[misc]
        {place: lifted(e) for place, e in local.tables[3].items()},  # type: ignore[misc]
        [vector_of(expansion.by_parameter, system.dimension, numbers)],
        [{place: convert(e) for place, e in expansion.linear_by_parameter.items()}],
        vector_of(expansion.point_by_parameter, system.dimension, numbers),
    )
    try:
        form = hopf_form(data, numbers)
    except NotSimpleError as multiple:
        raise UnsupportedFeatureError("Another eigenvalue is critical there: no normal form.") from multiple
    coefficient = first_lyapunov(factored(form.real_g21), omega)
    signs = {p: sign_of_element(Field(Ring(generators_of([known[p]])))(known[p])) for p in parameters}
    domains = [domain(p, sign, known[p]) for p, sign in signs.items()]
    if sympy.false in domains:
        return None
    degenerate = element_is_zero(form.transversality)
    kind = "degenerate" if degenerate else "hopf"
    first, second = parameters
    names = system.state_names
    shown = {name: point[s] for name, s in zip(names, system.states, strict=True)}
    condition = BifurcationCondition(
        kind,
        parameter=first.name,
        at=shown,
        equation=first - known[first],
        further_equations=(second - known[second],),
        constraints=tuple(d for d in domains if d is not None),
        solution=known[first],
        others={second.name: known[second]},
        nondegeneracy=coefficient,
        transversality=factored(form.transversality),
        coefficient=coefficient,
        normalisation=NORMALISATION,
        criticality="degenerate" if degenerate else criticality_of(sign_of_element(form.real_g21)),
        frequency=omega,
        mode={name: factored(e).xreplace({PAIR: sympy.I * omega}) for name, e in zip(names, form.q, strict=True)},
        assumptions=assumptions_of([*known.values(), coefficient, *shown.values()]),
        reductions=(f"{first.name} and {second.name} eliminated, {omega} free",),
    )
    if system.classes is not None:
        condition = conditions_of_agreement(condition)
    compared = require_agreement(system, condition, problem.values)
    return replace(condition, verdict="proved" if compared else "supported")
