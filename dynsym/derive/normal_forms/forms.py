"""The normal form on the centre manifold at a bifurcation, and how small imperfections unfold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Expr, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget, Clock
from dynsym._docstrings import documented
from dynsym.algebra.field import Element, element_is_zero
from dynsym.algebra.linear import NotSimpleError
from dynsym.derive.normal_forms.amplitude import Amplitude, amplitude_equation
from dynsym.derive.normal_forms.at_condition import CriticalPoint, orientation, point_of_condition, require_own
from dynsym.derive.normal_forms.coefficients import dot
from dynsym.derive.normal_forms.numbers import root
from dynsym.derive.wording import criticality_of
from dynsym.errors import ParameterError
from dynsym.results import BifurcationCondition, NormalForm
from dynsym.results.stamp import stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["imperfect", "lyapunov_schmidt", "normal_form"]

_LEADING = {
    "fold": "quadratic",
    "transcritical": "quadratic",
    "pitchfork": "cubic",
    "hopf": "first_lyapunov",
    "cusp": "cubic",
}
_UNFOLDING = {"fold": "constant", "transcritical": "linear", "pitchfork": "linear", "hopf": "real_part"}
_DOUBLE = ("bogdanov_takens", "z2_bogdanov_takens")
_NAMES = {2: "quadratic", 3: "cubic", 4: "quartic", 5: "quintic"}
_AT_ZERO = ("fold", "transcritical", "pitchfork", "cusp")
ORDERS = (3, 5)

_MANIFOLD = "u' = quadratic u^2 + cubic u^3 + … on the centre manifold x = u v + h2 u^2 + …, w.h = 0, v.v = 1, w.v = 1"
_REDUCED = "quadratic u^2 + cubic u^3 + … = 0, f(u v + h2 u^2 + …) along v, w.h = 0, v.v = 1, w.v = 1"
_IMPERFECT = (
    "u' = constant + linear u + quadratic u^2 + cubic u^3 to first order in the small parameters and in "
    "p - p*, v.v = 1, w.v = 1, v along the mode of the condition"
)


@stamped
def normal_form(
    system: SymbolicSystem,
    condition: BifurcationCondition,
    *,
    values: Mapping[str, Any] | None = None,
    free: Iterable[str | Symbol] = (),
    order: int = 3,
    budget: Budget = DEFAULT_BUDGET,
) -> NormalForm:
    r"""The normal form that a bifurcation condition stands for.

    With p the distance of the parameter from its critical value, and u the amplitude of the critical mode:
    fold :math:`u' = \text{constant}\,p + \text{quadratic}\,u^2`; transcritical
    :math:`u' = \text{linear}\,p\,u + \text{quadratic}\,u^2`; pitchfork
    :math:`u' = \text{linear}\,p\,u + \text{cubic}\,u^3`; Hopf
    :math:`z' = (\text{real\_part}\,p + i\omega) z + \omega\,\text{first\_lyapunov}\,z|z|^2` up to a shift of the
    frequency; cusp :math:`u' = \beta_1 + \beta_2 u + \text{cubic}\,u^3`; at Bogdanov–Takens points a and b.

    Parameters
    ----------
    system : SymbolicSystem
        The one that the condition is about.
    condition : BifurcationCondition
        As `find_conditions` returns it.
    order : {3, 5}
        With 5, all coefficients on the centre manifold up to the quintic one, at a zero eigenvalue.
    values, free, budget
        As for `find_conditions`; of use where order is 5.

    Raises
    ------
    ParameterError
        If the condition belongs to another system, or is degenerate, so that its normal form is of higher order.
    UnsupportedFeatureError
        If the equilibrium is known by an enclosure alone, and the order is 5.
    BudgetExceeded
        If the budget is used up.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.bidirectional(weight=1), gain="g")
    >>> pitchfork = ds.find_conditions(pair, parameter="g", at=0)[-1]
    >>> dict(normal_form(pair, pitchfork).coefficients)
    {'linear': 1, 'cubic': -1/6}
    >>> dict(normal_form(pair, pitchfork, order=5).coefficients)
    {'linear': 1, 'quadratic': 0, 'cubic': -1/6, 'quartic': 0, 'quintic': 1/30}

    References
    ----------
    .. [1] Y. Kuznetsov, *Elements of Applied Bifurcation Theory*, sections 3.3, 3.5, 5.4, 7.1, 8.2, 8.4.
    """
    require_own(system, condition)
    if order not in ORDERS:
        raise ParameterError(f"The order was given as {order!r}. Normal forms go to order 3 or 5. Try order=5.")
    if order == 5:
        return _reduced(system, condition, 5, values, free, budget.start(), manifold=True)
    if condition.kind in _DOUBLE:
        return _written(condition, dict(condition.coefficients))
    if condition.kind not in _LEADING or condition.coefficient is None or condition.transversality is None:
        raise _without_normal_form(condition)
    coefficients: dict[str, Expr] = {}
    if condition.kind in _UNFOLDING:
        coefficients[_UNFOLDING[condition.kind]] = condition.transversality
    coefficients[_LEADING[condition.kind]] = condition.coefficient
    coefficients |= {name: value for name, value in condition.coefficients.items() if name != "cubic"}
    if condition.frequency is not None:
        coefficients["frequency"] = condition.frequency
    return _written(condition, coefficients)


@documented("ParameterError, UnsupportedFeatureError, BudgetExceeded: As `normal_form`.")
@stamped
def lyapunov_schmidt(
    system: SymbolicSystem,
    condition: BifurcationCondition,
    *,
    values: Mapping[str, Any] | None = None,
    free: Iterable[str | Symbol] = (),
    order: int = 3,
    budget: Budget = DEFAULT_BUDGET,
) -> NormalForm:
    """The bifurcation equation of Lyapunov and Schmidt at a zero eigenvalue: its zeros are the equilibria nearby.

    Up to order three its coefficients are those of the flow on the centre manifold; beyond, they differ by what the
    motion along the manifold adds.

    Parameters
    ----------
    order : {3, 5}
    system, condition, values, free, budget
        As for `normal_form`.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.system_from_equations({"x": "p*x + x*y", "y": "-y - x^2"}, {"p": None})
    >>> pitchfork = ds.pitchfork_condition(system, parameter="p", at=0)[0]
    >>> dict(lyapunov_schmidt(system, pitchfork, order=5).coefficients)
    {'linear': 1, 'quadratic': 0, 'cubic': -1, 'quartic': 0, 'quintic': 0}
    >>> dict(normal_form(system, pitchfork, order=5).coefficients)
    {'linear': 1, 'quadratic': 0, 'cubic': -1, 'quartic': 0, 'quintic': -2}

    References
    ----------
    .. [1] M. Golubitsky, D. Schaeffer, *Singularities and Groups in Bifurcation Theory* I, chapters I and VII.
    """
    require_own(system, condition)
    if order not in ORDERS:
        raise ParameterError(f"The order was given as {order!r}. Normal forms go to order 3 or 5. Try order=5.")
    return _reduced(system, condition, order, values, free, budget.start(), manifold=False)


@stamped
def imperfect(
    system: SymbolicSystem,
    condition: BifurcationCondition,
    small: Iterable[str | Symbol],
    *,
    values: Mapping[str, Any] | None = None,
    free: Iterable[str | Symbol] = (),
    budget: Budget = DEFAULT_BUDGET,
) -> NormalForm:
    r"""How small parameters unfold a pitchfork or a transcritical point, to leading order.

    With the small parameters :math:`\varepsilon_k` (zero in the symmetric system) and p the distance of the parameter
    from its critical value,

    .. math:: u' = \beta_1 + \beta_2 u + \beta_3 u^2 + c u^3, \qquad \beta_1 = \sum_k \varepsilon_k\, w \cdot
        f_{\varepsilon_k}, \qquad \beta_2 = t\,p + \sum_k \varepsilon_k \dots

    A drive that differs between two neurons enters :math:`\beta_1`; a coupling that differs, at an equilibrium that
    stays, enters :math:`\beta_2` or :math:`\beta_3` alone. The amplitude u counts along the mode of the condition.

    Parameters
    ----------
    system : SymbolicSystem
        With the small parameters in it.
    condition : BifurcationCondition
        Of the kind pitchfork, transcritical or fold, derived with the small parameters at zero.
    small : iterable of str
        Their names.
    values, free, budget
        As for `find_conditions`.

    Returns
    -------
    NormalForm
        Its coefficients ``constant``, ``linear``, ``quadratic``, ``cubic`` are in the small parameters and the
        parameter of the condition.

    Raises
    ------
    ParameterError
        If a small parameter is not one of the system, or is the parameter of the condition.
    UnsupportedFeatureError, BudgetExceeded
        As `normal_form`.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.system_from_equations(
    ...     {"x": "-x + w*tanh(y) + d", "y": "-y + (w + e)*tanh(x) - d"}, {"w": None, "d": 0, "e": 0}
    ... )
    >>> pitchfork = ds.pitchfork_condition(system, parameter="w", at=0)[0]
    >>> found = imperfect(system, pitchfork, ["d", "e"])
    >>> found.coefficients["constant"], found.coefficients["linear"]
    (sqrt(2)*d, -e/2 - w - 1)

    References
    ----------
    .. [1] M. Golubitsky, D. Schaeffer, *Singularities and Groups in Bifurcation Theory* I, chapter III.
    """
    require_own(system, condition)
    symbols = [system.parameter(name) for name in small]
    moving = system.parameter(condition.parameter)
    if not symbols or moving in symbols:
        raise ParameterError(
            f"The small parameters were given as {[s.name for s in symbols]}. Name at least one, other than the "
            f"parameter {moving.name!r} of the condition."
        )
    clock = budget.start()
    at_zero = {**(values or {}), **{s.name: 0 for s in symbols}}
    parts: dict[str, Expr] = dict.fromkeys(("constant", "linear", "quadratic"), sympy.S.Zero)
    cubic: Expr = sympy.S.Zero
    for own in [*symbols, moving]:
        is_moving = own == moving
        held = {name: value for name, value in at_zero.items() if name != own.name}
        point, found, flip = _amplitude(system, condition, 3, held, free, clock, small=None if is_moving else own)
        square = dot(found.v, found.v)
        if is_moving:
            assert condition.solution is not None
            distance = own - condition.with_values(held).solution
            which = "constant" if condition.kind == "fold" else "linear"
            speed = condition.with_values(held).transversality
            parts[which] += sympy.S.Zero if speed is None else speed * distance
            parts["quadratic"] += _scaled(point, found.coefficients[2], square, 2, flip)
            cubic = _scaled(point, found.coefficients[3], square, 3, flip)
        else:
            for k, name in enumerate(parts):
                parts[name] += own * _scaled(point, found.small[k], square, k, flip)
    kind = f"imperfect_{condition.kind}"
    coefficients = {name: sympy.expand_mul(value) for name, value in parts.items()} | {"cubic": cubic}
    return NormalForm(kind, coefficients=coefficients, normalisation=_IMPERFECT, criticality=condition.criticality)


# ---- the amplitude equation, written


def _reduced(
    system: SymbolicSystem,
    condition: BifurcationCondition,
    order: int,
    values: Mapping[str, Any] | None,
    free: Iterable[str | Symbol],
    clock: Clock,
    *,
    manifold: bool,
) -> NormalForm:
    point, found, flip = _amplitude(system, condition, order, values, free, clock, manifold=manifold)
    square = dot(found.v, found.v)
    coefficients: dict[str, Expr] = {}
    speed = condition.with_values(values or {}).transversality
    if condition.kind in _UNFOLDING and speed is not None:
        coefficients[_UNFOLDING[condition.kind]] = speed
    for k in range(2, order + 1):
        coefficients[_NAMES[k]] = _scaled(point, found.coefficients[k], square, k, flip)
    leading = next((c for k in range(2, order + 1) if not element_is_zero(c := found.coefficients[k])), 0)
    criticality = condition.criticality
    if condition.kind in {"pitchfork", "cusp"}:
        criticality = criticality_of(point.numbers.sign(leading))
    return NormalForm(
        condition.kind,
        coefficients=coefficients,
        normalisation=_MANIFOLD if manifold else _REDUCED,
        criticality=criticality,
    )


def _amplitude(
    system: SymbolicSystem,
    condition: BifurcationCondition,
    order: int,
    values: Mapping[str, Any] | None,
    free: Iterable[str | Symbol],
    clock: Clock,
    *,
    manifold: bool = True,
    small: Symbol | None = None,
) -> tuple[CriticalPoint, Amplitude, int]:
    if condition.kind not in _AT_ZERO and not (condition.kind == "degenerate" and condition.frequency is None):
        raise ParameterError(
            f"The condition is of kind {condition.kind!r}, and an equation for one real amplitude exists at a "
            "simple zero eigenvalue. Take normal_form(system, condition) of order 3."
        )
    point = point_of_condition(system, condition, values, free, clock, order=order, small=small)
    try:
        found = amplitude_equation(point.local, point.numbers.algebra, order, manifold=manifold)
    except NotSimpleError as obstacle:
        raise _without_normal_form(condition) from obstacle
    return point, found, orientation(point, found.v, condition.with_values(values or {}))


def _scaled(point: CriticalPoint, number: Any, square: Element, power: int, flip: int) -> Expr:
    """The coefficient of u^power for v of length one."""
    for _ in range(power // 2):
        number = number / square
    if power % 2:
        return point.numbers.write(lambda c: c, number)
    return point.numbers.write(lambda c, square: flip * c * root(square), number, square)


def _written(condition: BifurcationCondition, coefficients: Mapping[str, Expr]) -> NormalForm:
    return NormalForm(
        condition.kind,
        coefficients=coefficients,
        normalisation=condition.normalisation,
        criticality=condition.criticality,
    )


def _without_normal_form(condition: BifurcationCondition) -> ParameterError:
    return ParameterError(
        f"The condition is of kind {condition.kind!r} ({', '.join(condition.assumptions) or 'degenerate'}); "
        "its normal form is of higher order. Free another parameter and move along it."
    )
