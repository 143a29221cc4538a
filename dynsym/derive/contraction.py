r"""Contraction: any two solutions of a rate network approach each other, shown by a logarithmic norm.

Where :math:`\mu(J(x)) \le -c < 0` at every state, distances in the norm shrink at least like :math:`e^{-ct}` [1]_ [2]_.
The slopes of the activation are only known to lie in their range; a bound on the logarithmic norm over all of them is a
closed form in weights and time constants.

References
----------
.. [1] C. Desoer and H. Haneda, *The measure of a matrix as a tool to analyze computer algorithms*, IEEE Trans. Circuit
   Theory 19 (1972).
.. [2] W. Lohmiller and J.-J. Slotine, *On contraction analysis for nonlinear systems*, Automatica 34 (1998).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget, Clock
from dynsym._expressions import exact, parse
from dynsym.algebra.determinants import determinant
from dynsym.algebra.field import Field, root_relations
from dynsym.algebra.ring import Ring, generators_of
from dynsym.algebra.signs import positive
from dynsym.derive._contraction_check import check_condition
from dynsym.derive._slopes import SlopeForm, slope_form
from dynsym.errors import ModelNameError, ParameterError
from dynsym.results._content import text_or_none
from dynsym.results._latex import OPERATIONS_SHOWN, Row, SymbolicResult, expression_latex, words

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = [
    "ContractionCondition",
    "EuclideanNorm",
    "LogarithmicNorm",
    "MaximumNorm",
    "SomeWeights",
    "SumNorm",
    "contraction_condition",
]


@dataclass(frozen=True)
class LogarithmicNorm(ABC):
    """A weighted norm in which contraction is asked for.

    A further norm is one more subclass: `margins` gives expressions that, all positive, make its logarithmic norm
    negative for every slope.

    Parameters
    ----------
    weights : mapping of state name to positive number, text or Expr
        The factor θ of each coordinate in the norm; 1 where none is given.

    Examples
    --------
    >>> isinstance(MaximumNorm(), LogarithmicNorm)
    True
    """

    weights: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((type(self), tuple(sorted((name, str(value)) for name, value in self.weights.items()))))

    @abstractmethod
    def margins(self, form: SlopeForm, theta: tuple[Expr, ...], clock: Clock) -> tuple[Expr, ...]:
        """Expressions that are positive where the logarithmic norm is negative for every slope."""

    @property
    @abstractmethod
    def words(self) -> str:
        """The norm in words."""

    gives_rate = True


@dataclass(frozen=True)
class MaximumNorm(LogarithmicNorm):
    """max θ_i abs(x_i): every diagonal entry outweighs the rest of its row.

    Parameters
    ----------
    weights : mapping of state name to positive number, text or Expr

    Examples
    --------
    >>> MaximumNorm().words
    'maximum norm'
    """

    def margins(self, form: SlopeForm, theta: tuple[Expr, ...], clock: Clock) -> tuple[Expr, ...]:
        n = range(form.size)
        return tuple(margin for i in n for margin in form.row_margins(i, {j: theta[i] / theta[j] for j in n if j != i}))

    @property
    def words(self) -> str:
        return "maximum norm"


@dataclass(frozen=True)
class SumNorm(LogarithmicNorm):
    """Σ θ_i abs(x_i): every diagonal entry outweighs the rest of its column.

    Parameters
    ----------
    weights : mapping of state name to positive number, text or Expr

    Examples
    --------
    >>> SumNorm().words
    'sum norm'
    """

    def margins(self, form: SlopeForm, theta: tuple[Expr, ...], clock: Clock) -> tuple[Expr, ...]:
        n = range(form.size)
        return tuple(
            margin for j in n for margin in form.column_margins(j, {i: theta[i] / theta[j] for i in n if i != j})
        )

    @property
    def words(self) -> str:
        return "sum norm"


@dataclass(frozen=True)
class EuclideanNorm(LogarithmicNorm):
    r"""The norm :math:`(\sum_i \theta_i^2 \tau_i x_i^2)^{1/2}`, with τ over the leak where that is not one.

    The largest singular value of the weights times the largest slopes, B in these coordinates, is to stay below one:
    the leading principal minors of :math:`1 - B^\top B` are asked to be positive.

    Parameters
    ----------
    weights : mapping of state name to positive number, text or Expr

    Examples
    --------
    >>> EuclideanNorm().words
    'Euclidean norm'
    """

    gives_rate = False

    def margins(self, form: SlopeForm, theta: tuple[Expr, ...], clock: Clock) -> tuple[Expr, ...]:
        n = range(form.size)
        b = {(i, j): theta[i] / theta[j] * a * form.steepest(i, j) / form.leak[i] for (i, j), a in form.weights.items()}
        table = {}
        for i in n:
            for j in n:
                entry = sympy.Add(*(b[k, i] * b[k, j] for k in n if (k, i) in b and (k, j) in b))
                table[i, j] = (1 if i == j else 0) - entry
        return _leading_minors(table, form.size, clock)

    @property
    def words(self) -> str:
        return "Euclidean norm"


@dataclass(frozen=True)
class SomeWeights(LogarithmicNorm):
    """Some maximum norm with positive weights: the comparison matrix is a Hurwitz Metzler matrix.

    Such weights exist exactly when the leading principal minors of minus the comparison matrix (largest diagonal
    entries, absolute values of the others) are positive; sum norms with weights then exist too.

    Examples
    --------
    >>> SomeWeights().words
    'some weighted maximum norm'
    """

    weights: Mapping[str, Any] = field(init=False, default_factory=dict)
    gives_rate = False

    def margins(self, form: SlopeForm, theta: tuple[Expr, ...], clock: Clock) -> tuple[Expr, ...]:
        found: list[Expr] = []
        for place in form.ends_of_the_diagonal():
            table = {}
            for i in range(form.size):
                table[i, i] = form.leak[i] - form.weights.get((i, i), sympy.S.Zero) * place[i]
            for (i, j), a in form.weights.items():
                if i != j:
                    table[i, j] = -abs(a) * form.steepest(i, j)
            found += [m for m in _leading_minors(table, form.size, clock) if m not in found]
        return tuple(found)

    @property
    def words(self) -> str:
        return "some weighted maximum norm"


@dataclass(frozen=True, eq=False)
class ContractionCondition(SymbolicResult):
    """A sufficient condition for contraction.

    Parameters
    ----------
    norm : str
        In words.
    inequalities : tuple of relations
        All together make the system contracting; those that always hold are left out, ``False`` never holds.
    rate : Expr or None
        A contraction rate, positive where the inequalities hold: distances shrink at least like exp(-rate t).
    verdict : {"proved", "undecided"}
        Proved where no inequality is left. Undecided says that this norm decides nothing, not that solutions part.
    assumptions : tuple of str

    Examples
    --------
    >>> contraction_condition(ds.build_system(ds.motifs.bidirectional())).inequalities
    (-(w - 1)*(w + 1) > 0,)
    """

    norm: str
    _: KW_ONLY
    inequalities: tuple[Any, ...]
    rate: Expr | None
    verdict: str
    assumptions: tuple[str, ...] = ()

    def holds(self, values: Mapping[str, Any] | None = None) -> bool | None:
        """Whether all inequalities hold for these values; None where that depends on a parameter without one."""
        given = {name: exact(value, name=name) for name, value in (values or {}).items()}
        answers = set()
        for inequality in self.inequalities:
            put = {s: given[s.name] for s in inequality.free_symbols if s.name in given}
            answers.add(inequality.func(*(side.xreplace(put) for side in inequality.args)) if put else inequality)
        if sympy.false in answers:
            return False
        return True if answers <= {sympy.true} else None

    def latex_rows(self, *, operations: int | None = OPERATIONS_SHOWN) -> list[Row]:
        """The norm, the inequalities and the rate."""
        rows: list[Row] = [("", words(f"contraction in the {self.norm}: {self.verdict}"))]
        rows += [("", expression_latex(inequality, limit=operations)) for inequality in self.inequalities]
        if self.rate is not None:
            rows.append((words("rate"), f"= {expression_latex(self.rate, limit=operations)}"))
        return rows

    def to_json(self) -> dict[str, Any]:
        """The condition as a JSON object."""
        return {
            "kind": "contraction",
            "norm": self.norm,
            "inequalities": [str(inequality) for inequality in self.inequalities],
            "rate": text_or_none(self.rate),
            "verdict": self.verdict,
            "assumptions": list(self.assumptions),
        }

    def __repr__(self) -> str:
        said = " and ".join(map(str, self.inequalities[:6])) or "always"
        more = f", … ({len(self.inequalities)} in all)" if len(self.inequalities) > 6 else ""
        return f"ContractionCondition({self.norm}: {said}{more})"


def contraction_condition(
    system: SymbolicSystem,
    *,
    norm: LogarithmicNorm | None = None,
    values: Mapping[str, Any] | None = None,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> ContractionCondition:
    r"""A closed-form condition under which all solutions of a rate network approach each other.

    Parameters
    ----------
    system : SymbolicSystem
        Of `LeakyRate`, `LeakyVoltage` or `WilsonCowan` nodes (no refractory fraction) with fixed weights, or linear.
    norm : LogarithmicNorm, optional
        `SomeWeights` (default), `MaximumNorm`, `SumNorm` or `EuclideanNorm`.
    values : mapping of name to number, text or Expr, optional
        Override the default values of parameters.
    free : iterable of names
        Parameters that stay symbolic whatever their value.
    budget : Budget

    Returns
    -------
    ContractionCondition

    Raises
    ------
    UnsupportedFeatureError
        If the slopes in the Jacobian have no known range, as with plastic weights.
    ModelNameError
        If the norm weighs something that is no state.
    BudgetExceeded
        If the budget is used up.

    Examples
    --------
    >>> pair = ds.build_system(ds.motifs.ei_pair())
    >>> contraction_condition(pair, norm=MaximumNorm()).inequalities
    (-w_EE - w_EI + 1 > 0, 1 - w_IE > 0)
    """
    chosen = SomeWeights() if norm is None else norm
    clock = budget.start()
    substitution = dict(system.substitution(values, free))
    form = slope_form(system, substitution)
    theta = _theta(system, chosen, substitution)
    margins = chosen.margins(form, theta, clock)
    inequalities: list[Any] = []
    for margin in margins:
        relation = _relation(margin)
        if relation is not None and relation not in inequalities:
            inequalities.append(relation)
    if sympy.false in inequalities:
        inequalities = [sympy.false]
    rate = sympy.Min(*margins) if chosen.gives_rate and len(margins) <= 2 * form.size else None
    found = ContractionCondition(
        chosen.words,
        inequalities=tuple(inequalities),
        rate=rate,
        verdict="undecided" if inequalities else "proved",
        assumptions=form.assumptions,
    )
    check_condition(form, chosen, theta, margins)
    return found


def _relation(margin: Expr) -> Any:
    ring = Ring(generators_of([margin]))
    return positive(Field(ring, root_relations(ring))(margin))


def _leading_minors(table: Mapping[tuple[int, int], Expr], size: int, clock: Clock) -> tuple[Expr, ...]:
    ring = Ring(generators_of(table.values()))
    rows = []
    for i in range(size):
        common = ring.one
        for j in range(size):
            below = ring.quotient(table.get((i, j), sympy.S.Zero))[1]
            common = common * (below / common.gcd(below))
        rows.append(common)
    entries = {}
    for (i, j), entry in table.items():
        above, below = ring.quotient(entry)
        if not above.is_zero():
            entries[i, j] = above * (rows[i] / below)
    minors, scale = [], ring.one
    for k in range(1, size + 1):
        clock.check("leading minors")
        scale = scale * rows[k - 1]
        inside = {place: entry for place, entry in entries.items() if max(place) < k}
        minors.append(ring.expression(determinant(ring, inside, k, clock)) / ring.expression(scale))
    return tuple(minors)


def _theta(system: SymbolicSystem, norm: LogarithmicNorm, substitution: Mapping[Symbol, Expr]) -> tuple[Expr, ...]:
    unknown = sorted(set(norm.weights) - set(system.state_names))
    if unknown:
        raise ModelNameError(f"{unknown[0]!r} is not a state of {system.name!r}: {', '.join(system.state_names)}.")
    found = []
    for name in system.state_names:
        given = norm.weights.get(name, 1)
        scope: dict[str, Expr] = dict(system.parameters)
        value = parse(given, scope, where=f"weight of {name}") if isinstance(given, str) else exact(given, name=name)
        value = value.xreplace(dict(substitution))
        if not value.is_positive:
            raise ParameterError(
                f"The weight of {name!r} in the norm was given as {value}; it must be positive. Declare the parameter "
                "positive, or give a positive number."
            )
        found.append(value)
    return tuple(found)
