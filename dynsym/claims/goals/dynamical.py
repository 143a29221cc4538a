"""Goals about systems: Jacobians, gradients, stability, equilibria, conserved quantities, bifurcations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

from dynsym.claims.goals._base import Goal, expression, formula
from dynsym.claims.goals.algebraic import place, shown, subject
from dynsym.errors import ModelNameError, ParameterError

__all__ = ["HasBifurcation", "HasEquilibria", "IsConserved", "IsGradient", "IsInvariant", "IsStable", "JacobianBlock"]

METRICS = ("euclidean", "diagonal", "any")


@dataclass(frozen=True, eq=False)
class JacobianBlock(Goal):
    """A block of the Jacobian is the stated matrix.

    Parameters
    ----------
    system : SymbolicSystem
    rows, columns : sequence of state names
        Entry [i, j] is the derivative of the rate of ``rows[i]`` by ``columns[j]``.
    entries : Matrix or list of lists of texts
    at : mapping of state to value, 0, or None
        Where; None leaves the states symbolic.

    Raises
    ------
    ModelNameError
        If a row or column is no state.
    ParameterError
        If the stated matrix has another shape.

    Examples
    --------
    >>> import dynsym as ds
    >>> swing = ds.system_from_equations({"x": "y", "y": "-k*x"}, ["k"], name="swing")
    >>> JacobianBlock(swing, ["y"], ["x", "y"], [["-k", "0"]]).text()
    'the Jacobian of swing, rows y, columns x, y, is [[-k, 0]]'
    """

    system: Any
    rows: Sequence[str]
    columns: Sequence[str]
    entries: Any = expression(stated=True)
    _: KW_ONLY
    at: Any = expression(None)

    def __post_init__(self) -> None:
        check_states(self.system, (*self.rows, *self.columns))
        entries = self.entries
        shape = tuple(entries.shape) if hasattr(entries, "shape") else (len(entries), len(entries[0]) if entries else 0)
        if shape != (len(self.rows), len(self.columns)):
            raise ParameterError(
                f"A Jacobian block of {len(self.rows)} rows and {len(self.columns)} columns was stated as a matrix of "
                f"{shape[0]} rows and {shape[1]} columns; they must agree. Check the sizes, or transpose."
            )

    def text(self) -> str:
        rows, columns = ", ".join(self.rows), ", ".join(self.columns)
        whole = f"the Jacobian of {subject(self.system)}{place(self.at)}"
        return f"{whole}, rows {rows}, columns {columns}, is {shown(self.entries)}"


@dataclass(frozen=True, eq=False)
class IsGradient(Goal):
    r"""The vector field is a gradient flow, :math:`x' = -G^{-1} \nabla V`, for some V and a metric of the named kind.

    Parameters
    ----------
    system : SymbolicSystem
    metric : {"euclidean", "diagonal", "any"} or Metric
        ``"diagonal"``: some diag(c_i s_i(x_i)) with c > 0; ``"any"``: some Riemannian metric. A `DiagonalMetric` names
        one: 2 for the off-diagonal entries of a symmetric matrix gives the Frobenius product on it.
    states : sequence of str, optional
        Only these states move, the others are held: their block of the field is asked about.

    Raises
    ------
    ParameterError
        If the metric is none of these.
    ModelNameError
        If a name is no state.

    Examples
    --------
    >>> import dynsym as ds
    >>> swing = ds.system_from_equations({"x": "y", "y": "-x"}, name="swing")
    >>> IsGradient(swing).text()
    'swing is a gradient flow in the metric euclidean'
    """

    system: Any
    _: KW_ONLY
    metric: Any = "euclidean"
    states: Sequence[str] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.metric, str) and self.metric not in METRICS:
            raise ParameterError(
                f"The metric was given as {self.metric!r}; it is one of {', '.join(METRICS)}, or a Metric. "
                "Try metric='euclidean'."
            )
        check_states(self.system, self.states or ())

    def text(self) -> str:
        kind = "" if self.metric == "euclidean" else "some "
        metric = self.metric if isinstance(self.metric, str) else str(self.metric)
        moving = f", with only {', '.join(self.states)} moving," if self.states else ""
        words = f"the metric {metric}" if not kind or not isinstance(self.metric, str) else f"{kind}{_KINDS[metric]}"
        return f"{subject(self.system)}{moving} is a gradient flow in {words}"


_KINDS = {"diagonal": "diagonal metric", "any": "metric"}


@dataclass(frozen=True, eq=False)
class IsStable(Goal):
    """An equilibrium is linearly stable: every eigenvalue of its Jacobian has a negative real part.

    To state a stability region, wrap it: ``Exactly(IsStable(system, at=0), where="a < 1")``. Marginal eigenvalues
    refute nothing, since higher orders may decide.

    Parameters
    ----------
    system : SymbolicSystem or square Matrix
    at : mapping of state to value, 0, or None
        The equilibrium, or a family of equilibria; None stands for every equilibrium that the hypotheses allow.
    neutral : int
        So many eigenvalues are zero, along a manifold of equilibria, and are left out.

    Raises
    ------
    ParameterError
        If `neutral` is negative.

    Examples
    --------
    >>> import dynsym as ds
    >>> IsStable(ds.system_from_equations({"x": "a*x - x^3"}, ["a"], name="pitchfork"), at=0).text()
    'pitchfork is stable at the origin'
    """

    system: Any = expression()
    _: KW_ONLY
    at: Any = expression(None)
    neutral: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.neutral, int) or self.neutral < 0:
            raise ParameterError(f"neutral={self.neutral!r}: a number of zero eigenvalues is 0, 1, 2, … Try neutral=1.")

    def text(self) -> str:
        where = place(self.at) or ("" if hasattr(self.system, "shape") else " at every equilibrium")
        beside = f", beside {self.neutral} zero eigenvalues" if self.neutral else ""
        return f"{subject(self.system)} is stable{where}{beside}"


@dataclass(frozen=True, eq=False)
class HasEquilibria(Goal):
    """A system has so many real equilibria, or exactly the stated set of them.

    Parameters
    ----------
    system : SymbolicSystem
    count : int, optional
        Exactly so many.
    at_least, at_most : int, optional
    stable : int, optional
        So many of them are linearly stable.
    exactly : Boolean or text, optional
        A relation between states and parameters that describes the set: ``"w1*w2 = s or (w1 = 0 and w2 = 0)"``.
    box : mapping of state name to (low, high), optional
        Only equilibria in this closed box.

    Raises
    ------
    ParameterError
        If nothing is asserted, or a number is negative.

    Examples
    --------
    >>> import dynsym as ds
    >>> pitchfork = ds.system_from_equations({"x": "a*x - x^3"}, ["a"], name="pitchfork")
    >>> HasEquilibria(pitchfork, count=3).text()
    'pitchfork has exactly 3 equilibria'
    """

    system: Any
    _: KW_ONLY
    count: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    stable: int | None = None
    exactly: Any = formula(None, stated=True)
    box: Mapping[str, tuple[float, float]] | None = None

    def __post_init__(self) -> None:
        numbers = {name: getattr(self, name) for name in ("count", "at_least", "at_most", "stable")}
        given = {name: n for name, n in numbers.items() if n is not None}
        for name, n in given.items():
            if isinstance(n, bool) or not isinstance(n, int) or n < 0:
                raise ParameterError(f"{name}={n!r}: a number of equilibria is 0, 1, 2, … Try {name}=1.")
        if not given and self.exactly is None:
            raise ParameterError(
                "HasEquilibria was given nothing to assert; it needs count, at_least, at_most, stable or exactly. "
                "Try count=1."
            )
        check_states(self.system, self.box or ())

    def text(self) -> str:
        said = []
        if self.count is not None:
            said.append(f"exactly {_many(self.count)}")
        if self.at_least is not None:
            said.append(f"at least {_many(self.at_least)}")
        if self.at_most is not None:
            said.append(f"at most {_many(self.at_most)}")
        if self.stable is not None:
            said.append(f"{self.stable} stable ones")
        if self.exactly is not None:
            said.append(f"exactly the equilibria with {shown(self.exactly)}")
        box = f" in {dict(self.box)}" if self.box else ""
        return f"{subject(self.system)} has {', '.join(said)}{box}"


@dataclass(frozen=True, eq=False)
class IsConserved(Goal):
    r"""A quantity is constant along all solutions: :math:`\nabla H \cdot f = 0`.

    Parameters
    ----------
    system : SymbolicSystem
    quantity : Expr or text

    Examples
    --------
    >>> import dynsym as ds
    >>> swing = ds.system_from_equations({"x": "y", "y": "-x"}, name="swing")
    >>> IsConserved(swing, "x^2 + y^2").text()
    'x^2 + y^2 is conserved by swing'
    """

    system: Any
    quantity: Any = expression(stated=True)

    def text(self) -> str:
        return f"{shown(self.quantity)} is conserved by {subject(self.system)}"


@dataclass(frozen=True, eq=False)
class IsInvariant(Goal):
    r"""The set where an expression vanishes is invariant: a solution that starts on it stays on it.

    Proved by a cofactor, :math:`\nabla g \cdot f = K g`, and refuted by a regular point of the set at which the field
    leaves it. Separatrices and heteroclinic orbits are invariant sets with equilibria on them.

    Parameters
    ----------
    system : SymbolicSystem
    vanishing : Expr or text
        The expression g.

    Examples
    --------
    >>> import dynsym as ds
    >>> flow = ds.system_from_equations({"x": "x*y", "y": "1 - y^2"}, name="flow")
    >>> IsInvariant(flow, "1 - y").text()
    'the set 1 - y = 0 is invariant under flow'
    """

    system: Any
    vanishing: Any = expression(stated=True)

    def text(self) -> str:
        return f"the set {shown(self.vanishing)} = 0 is invariant under {subject(self.system)}"


@dataclass(frozen=True, eq=False)
class HasBifurcation(Goal):
    """An equilibrium bifurcates where the parameter takes the stated value.

    Parameters
    ----------
    system : SymbolicSystem
    parameter : str
    value : Expr or text
        Where; may depend on other parameters.
    kind : {"fold", "transcritical", "pitchfork", "hopf"}
    at : mapping of state to value, 0, or None
        The equilibrium; the origin by default, None for all that have a formula.
    criticality : {"supercritical", "subcritical"}, optional
    frequency : Expr or text, optional
        Of a Hopf bifurcation.

    Raises
    ------
    ParameterError
        If the kind or the criticality is none of these.

    Examples
    --------
    >>> import dynsym as ds
    >>> pitchfork = ds.system_from_equations({"x": "a*x - x^3"}, ["a"], name="pitchfork")
    >>> HasBifurcation(pitchfork, "a", "0", kind="pitchfork", criticality="supercritical").text()
    'pitchfork has a supercritical pitchfork at the origin where a = 0'
    """

    system: Any
    parameter: str
    value: Any = expression(stated=True)
    _: KW_ONLY
    kind: str
    at: Any = expression(0)
    criticality: str | None = None
    frequency: Any = expression(None, stated=True)

    def __post_init__(self) -> None:
        kinds, sides = ("fold", "transcritical", "pitchfork", "hopf"), ("supercritical", "subcritical", None)
        if self.kind not in kinds:
            raise ParameterError(f"The bifurcation was given as {self.kind!r}; it is one of {', '.join(kinds)}.")
        if self.criticality not in sides:
            raise ParameterError(
                f"The criticality was given as {self.criticality!r}; it is 'supercritical' or 'subcritical', or None."
            )

    def text(self) -> str:
        side = f"{self.criticality} " if self.criticality else ""
        turning = f" with frequency {shown(self.frequency)}" if self.frequency is not None else ""
        where = f"{self.parameter} = {shown(self.value)}"
        return f"{subject(self.system)} has a {side}{self.kind}{place(self.at)} where {where}{turning}"


def check_states(system: Any, names: Any) -> None:
    """Refuse names that are no states of a system."""
    known = getattr(system, "state_names", None)
    if known is None:
        return
    for name in names:
        if name not in known:
            raise ModelNameError(
                f"{name!r} is not a state of {system.name!r}; its states are {', '.join(known[:20])}. "
                "Give states by name."
            )


def _many(n: int) -> str:
    return "1 equilibrium" if n == 1 else f"{n} equilibria"
