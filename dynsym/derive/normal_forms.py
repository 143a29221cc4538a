"""The normal form on the centre manifold at a bifurcation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr

from dynsym.errors import ParameterError
from dynsym.results import BifurcationCondition, NormalForm

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["normal_form"]

_LEADING = {"fold": "quadratic", "transcritical": "quadratic", "pitchfork": "cubic", "hopf": "first_lyapunov"}
_UNFOLDING = {"fold": "constant", "transcritical": "linear", "pitchfork": "linear", "hopf": "real_part"}


def normal_form(system: SymbolicSystem, condition: BifurcationCondition) -> NormalForm:
    r"""The normal form that a bifurcation condition stands for.

    With p the distance of the parameter from its critical value, and u the amplitude of the critical mode:
    fold :math:`u' = \text{constant}\,p + \text{quadratic}\,u^2`; transcritical
    :math:`u' = \text{linear}\,p\,u + \text{quadratic}\,u^2`; pitchfork
    :math:`u' = \text{linear}\,p\,u + \text{cubic}\,u^3`; Hopf
    :math:`z' = (\text{real\_part}\,p + i\omega) z + \omega\,\text{first\_lyapunov}\,z|z|^2` up to a shift of the
    frequency.

    Parameters
    ----------
    system : SymbolicSystem
        The one that the condition is about.
    condition : BifurcationCondition
        As `find_conditions` returns it.

    Returns
    -------
    NormalForm

    Raises
    ------
    ParameterError
        If the condition belongs to another system, or is degenerate, so that its normal form is of higher order.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.bidirectional(weight=1), gain="g")
    >>> dict(normal_form(pair, ds.find_conditions(pair, "g", at=0)[-1]).coefficients)
    {'linear': 1, 'cubic': -1/6}

    References
    ----------
    .. [1] Y. Kuznetsov, *Elements of Applied Bifurcation Theory*, sections 3.3, 3.5, 5.4, 7.1.
    """
    if tuple(condition.at) != system.state_names or condition.parameter not in system.parameters:
        raise ParameterError(
            f"The condition is about the states {', '.join(condition.at)} and the parameter "
            f"{condition.parameter!r}, and "
            f"{system.name!r} is not. Give the system that it was derived from."
        )
    if condition.kind not in _LEADING or condition.coefficient is None or condition.transversality is None:
        raise ParameterError(
            f"The condition is of kind {condition.kind!r} ({', '.join(condition.assumptions) or 'degenerate'}); "
            "its normal "
            "form is of higher order. Free another parameter and move along it."
        )
    coefficients: dict[str, Expr] = {
        _UNFOLDING[condition.kind]: condition.transversality,
        _LEADING[condition.kind]: condition.coefficient,
    }
    if condition.frequency is not None:
        coefficients["frequency"] = condition.frequency
    return NormalForm(
        condition.kind,
        coefficients=coefficients,
        normalisation=condition.normalisation,
        criticality=condition.criticality,
    )
