"""What part of a vector field is a gradient, in which metric, and which synapse makes it curl."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sympy import Expr, ImmutableSparseMatrix, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym.derive.equilibria.points import At, the_point
from dynsym.derive.gradients.curl import CurlParts, cause_of, curl_at, curl_entries, parts_at
from dynsym.derive.gradients.domains import is_nonzero_somewhere, jump_of, possible_hole
from dynsym.derive.gradients.energies import energy_function, energy_of
from dynsym.derive.gradients.integrals import first_integrals
from dynsym.derive.gradients.line_integrals import line_potential, ray_potential
from dynsym.derive.gradients.metric_tests import Gradient, diagonal_metric
from dynsym.derive.gradients.metrics import Euclidean, Metric
from dynsym.derive.gradients.obstructions import obstruction
from dynsym.derive.gradients.potentials import polynomial_rates, potential
from dynsym.errors import UnsupportedFeatureError
from dynsym.model.matrices.matrix_system import as_symbolic_system
from dynsym.results import CurlEntry, Decomposition
from dynsym.results.stamp import stamped

if TYPE_CHECKING:
    from dynsym.model import MatrixSystem, SymbolicSystem

__all__ = ["decompose"]

LARGEST_SYMBOLIC = 60
HOMOTOPY = "homotopy potential: f = -grad V + u with x.u = 0, one choice among many"


@stamped
def decompose(
    system: SymbolicSystem | MatrixSystem,
    *,
    values: Mapping[str, Any] | None = None,
    at: At,
    free: Iterable[str | Symbol] = (),
    metric: Metric | None = None,
    integrals: int | None = None,
    budget: Budget = DEFAULT_BUDGET,
) -> Decomposition:
    r"""Gradient and curl of a vector field.

    In a metric G the Jacobian splits into :math:`J = S + A`, self-adjoint and anti-self-adjoint; the share of curl is
    :math:`\|A\|_G^2 / \|J\|_G^2`. The field is a gradient flow :math:`x' = -G^{-1}\nabla V` where the curl
    :math:`\partial_a (G_b f_b) - \partial_b (G_a f_a)` vanishes everywhere.

    Parameters
    ----------
    system : SymbolicSystem, or MatrixSystem without symbolic sizes
    at : SymbolicEquilibrium, mapping of state to value, or 0
        Where the share is taken; 0 is the origin. It need not be an equilibrium.
    metric : Metric, optional
        In which the curl and its share are stated: `Euclidean` (default), `ActivationSlopes`, or `DiagonalMetric`.
    integrals : int, optional
        Also look for polynomial first integrals up to this degree.

    Returns
    -------
    Decomposition
        `is_gradient` has one verdict for the Euclidean metric, one for metrics diag(c_i s_i(x_i)) with c > 0 (the
        `violating_cycle` is named where there is none), and one for any metric (refuted by a non-real eigenvalue or a
        Jordan block at an equilibrium). `reasons` says why. The curl entries are expressions of the states, or, for
        more than 60 states, their values at the point.

    Raises
    ------
    BudgetExceeded
        If the budget is used up.
    DomainError
        If the Jacobian is not finite at the point.

    Examples
    --------
    >>> import dynsym as ds
    >>> pair = ds.build_system(ds.motifs.bidirectional(weight=1))
    >>> decompose(pair, at=0)
    Decomposition(metric euclidean; gradient: euclidean refuted, diagonal proved, any proved; curl share 0)
    """
    system = as_symbolic_system(system)
    chosen = metric if metric is not None else Euclidean()
    substitution = dict(system.substitution(values, free))
    clock = budget.start()
    point = the_point(system, at, substitution)
    parts = parts_at(system, chosen.diagonal(system), point, substitution)
    if system.dimension > LARGEST_SYMBOLIC:
        curl = curl_at(parts)
    else:
        curl = curl_entries(system, chosen.diagonal(system), substitution)
    clock.check("decomposition")
    flat, found = _in_metric(system, Gradient("proved", "", weights=Euclidean().diagonal(system)), substitution)
    diagonal = flat
    if flat.verdict != "proved":
        diagonal = diagonal_metric(system, substitution)
        if diagonal.verdict == "proved" and not diagonal.is_rate_network:
            diagonal, found = _in_metric(system, diagonal, substitution)
    general = diagonal
    if diagonal.verdict != "proved":
        clock.check("decomposition")
        against, looked = obstruction(system, point, substitution, clock)
        general = Gradient("undecided", looked) if against is None else Gradient("refuted", against)
    reasons = {"euclidean": flat.reason, "diagonal": diagonal.reason, "any": general.reason}
    if found is not None:
        why: str | None = f"f = -G^-1 grad V with G = {diagonal.metric}" if diagonal.metric else "f = -grad V"
    else:
        found, why = _potential(system, diagonal, values, free)
    if why is not None:
        reasons["potential"] = why
    cycle = None
    if diagonal.cycle:
        cycle = tuple(system.state_names[k] for k in diagonal.cycle)
    names = system.state_names
    return Decomposition(
        str(chosen),
        state_names=names,
        is_gradient={"euclidean": flat.verdict, "diagonal": diagonal.verdict, "any": general.verdict},
        potential=found,
        curl=tuple(CurlEntry((names[a], names[b]), value=value) for (a, b), value in curl.items()),
        violating_cycle=cycle,
        cause=cause_of(system, parts),
        point=point.states,
        symmetric=_matrix(parts, parts.symmetric),
        antisymmetric=_matrix(parts, parts.antisymmetric),
        curl_share=parts.share,
        integrals=()
        if integrals is None
        else first_integrals(system, integrals, values=values, free=free, budget=budget),
        reasons=reasons,
        assumptions=diagonal.assumptions,
    )


def _in_metric(
    system: SymbolicSystem, claimed: Gradient, substitution: Mapping[Symbol, Expr]
) -> tuple[Gradient, Expr | None]:
    """The verdict on a metric with given weights, and a potential where one is found."""
    entries = curl_entries(system, claimed.weights, substitution, most=1)
    names, states = system.state_names, system.states
    for (a, b), value in entries.items():
        what = f"d f_{names[b]}/d {names[a]} - d f_{names[a]}/d {names[b]} = {value}"
        if is_nonzero_somewhere(value):
            return Gradient("refuted", f"{what} does not vanish"), None
        return Gradient("undecided", f"it is not known whether {what} vanishes"), None
    weights = [g.xreplace(dict(substitution)) for g in claimed.weights]
    rates = [g * rate.xreplace(dict(substitution)) for g, rate in zip(weights, system.rhs, strict=True)]
    proved = claimed if claimed.reason else Gradient("proved", "the curl vanishes", weights=claimed.weights)
    try:
        jump = jump_of(rates)
        if jump is not None:
            return Gradient("undecided", f"the curl vanishes, but not across the jump of {jump}"), None
        if system.dimension <= LARGEST_SYMBOLIC:
            found = line_potential(rates, states)
            if found is not None:
                return proved, found
        hole = possible_hole(rates, states)
        if hole is not None:
            return Gradient("undecided", f"the curl vanishes, and the domain may have holes where {hole} = 0"), None
        return proved, ray_potential(rates, states) if system.dimension <= LARGEST_SYMBOLIC else None
    except UnsupportedFeatureError as error:
        return Gradient("undecided", f"the curl vanishes. {error}"), None


def _matrix(parts: CurlParts, entries: Mapping[tuple[int, int], Expr]) -> ImmutableSparseMatrix | None:
    if parts.size > LARGEST_SYMBOLIC:
        return None
    return ImmutableSparseMatrix(parts.size, parts.size, dict(entries))


def _potential(
    system: SymbolicSystem, diagonal: Gradient, values: Mapping[str, Any] | None, free: Iterable[str | Symbol]
) -> tuple[Expr | None, str | None]:
    """The energy of a network, or the potential of the part of the field along rays; and what it is."""
    if system.dimension > LARGEST_SYMBOLIC:
        return None, f"not written out for more than {LARGEST_SYMBOLIC} states"
    substitution = system.substitution(values, free)
    if diagonal.verdict == "proved":
        if not diagonal.is_rate_network:
            return None, "a potential exists; its integral is not known in closed form"
        found = energy_function(system, values=values, free=free)
        return found, f"f = -G^-1 grad V with G = {diagonal.metric}"
    if polynomial_rates(system, substitution) is not None:
        return potential(system, values=values, free=free), HOMOTOPY
    if system.weight_names:
        return _plastic_energy(system, dict(substitution))
    if diagonal.is_rate_network:
        return potential(system, values=values, free=free), HOMOTOPY
    return None, None


def _plastic_energy(system: SymbolicSystem, substitution: dict[Symbol, Expr]) -> tuple[Expr | None, str | None]:
    """The energy of a plastic network on the subspace of symmetric weights, where there is one."""
    try:
        energy = energy_of(system, substitution)
    except UnsupportedFeatureError:
        return None, None
    size = system.dimension - len(system.weight_names)
    signs = {entry.is_positive for entry in energy.metric[size:]}
    kind = "falls" if signs == {True} else "falls where the strengths are positive, and need not elsewhere"
    tied = ", ".join(f"{defect} = 0" for defect in list(energy.defects.values())[:3]) or "everywhere"
    more = ", …" if len(energy.defects) > 3 else ""
    return energy.expression, f"energy where {tied}{more}, which attracts: there f = -G^-1 grad V, and V {kind}"
