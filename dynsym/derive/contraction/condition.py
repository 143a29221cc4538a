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

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym._expressions import exact, parse
from dynsym.algebra.field import field_over
from dynsym.algebra.signs import positive
from dynsym.derive.contraction.check import check_contraction
from dynsym.derive.contraction.slopes import slope_form
from dynsym.errors import ModelNameError, ParameterError
from dynsym.results.content import record
from dynsym.results.rows import OPERATIONS_SHOWN, Row, SymbolicResult, expression_latex, words
from dynsym.results.stamp import stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem
from dynsym.derive.contraction.norms import LogarithmicNorm, SomeWeights

__all__ = ["ContractionCondition", "contraction_condition"]


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
        return {"kind": "contraction"} | record(self)

    def __repr__(self) -> str:
        said = " and ".join(map(str, self.inequalities[:6])) or "always"
        more = f", … ({len(self.inequalities)} in all)" if len(self.inequalities) > 6 else ""
        return f"ContractionCondition({self.norm}: {said}{more})"


@stamped
def contraction_condition(
    system: SymbolicSystem,
    *,
    values: Mapping[str, Any] | None = None,
    free: Iterable[str | Symbol] = (),
    norm: LogarithmicNorm | None = None,
    budget: Budget = DEFAULT_BUDGET,
) -> ContractionCondition:
    r"""A closed-form condition under which all solutions of a rate network approach each other.

    Parameters
    ----------
    system : SymbolicSystem
        Of `LeakyRate`, `LeakyVoltage` or `WilsonCowan` nodes (no refractory fraction) with fixed weights, or linear.
    norm : LogarithmicNorm, optional
        `SomeWeights` (default), `MaximumNorm`, `SumNorm` or `EuclideanNorm`.

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
    >>> contraction_condition(pair, norm=ds.derive.MaximumNorm()).inequalities
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
    check_contraction(form, chosen, theta, margins)
    return found


def _relation(margin: Expr) -> Any:
    return positive(field_over([margin])(margin))


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
