r"""Small noise about a stable equilibrium: covariance, circulation of probability, entropy production.

For :math:`dx = J x\,dt + d\xi` with :math:`\langle d\xi\,d\xi^\top \rangle = 2 D\,dt` the stationary covariance solves
:math:`J C + C J^\top + 2 D = 0`. The flow of probability turns with the antisymmetric matrix
:math:`Q = (J C - C J^\top)/2`; it vanishes exactly where detailed balance holds, that is where J is symmetric in the
metric :math:`D^{-1}` [1]_.

References
----------
.. [1] J. Weiss, *Coordinate invariance in stochastic dynamical systems*, Tellus A 55 (2003).
.. [2] C. Godrèche and J.-M. Luck, *Characterising the nonequilibrium stationary states of Ornstein–Uhlenbeck
   processes*, Journal of Physics A 52 (2019).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from sympy import Expr, ImmutableDenseMatrix, Symbol

from dynsym._budget import DEFAULT_BUDGET, Budget, Clock
from dynsym._expressions import exact, parse
from dynsym.algebra.field import Element, Field, field_over
from dynsym.algebra.linear import ExactAlgebra, NotSimpleError
from dynsym.algebra.tidy import tidy
from dynsym.arithmetic.sampling import Sampler
from dynsym.derive.equilibria.points import At, the_point, verified
from dynsym.derive.linearisation.jacobians import jacobian_at
from dynsym.errors import ClosedFormMismatch, DomainError, ModelNameError, ParameterError
from dynsym.results.content import record
from dynsym.results.rows import OPERATIONS_SHOWN, Row, SymbolicResult, expression_latex
from dynsym.results.stamp import stamped

if TYPE_CHECKING:
    from dynsym.model import SymbolicSystem

__all__ = ["NoiseCirculation", "noise_circulation"]

POINTS = 6
ATTEMPTS = 80
TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class NoiseCirculation(SymbolicResult):
    """Stationary fluctuations about an equilibrium.

    Parameters
    ----------
    state_names : tuple of str
    covariance : Matrix
        C, the stationary covariance.
    circulation : Matrix
        Q, antisymmetric: the probability turns from state b to state a where ``Q[a, b] > 0``.
    entropy_production : Expr or None
        Rate -tr(D⁻¹ J Q), in units of Boltzmann's constant; zero exactly where Q vanishes. None where some state has no
        noise.
    assumptions : tuple of str
    point : mapping of state name to Expr

    Examples
    --------
    >>> oscillator = ds.system_from_equations({"x": "-a*x - b*y", "y": "b*x - a*y"}, parameters=["a", "b"])
    >>> noise_circulation(oscillator, at=0).entropy_production
    2*b**2/a
    """

    state_names: tuple[str, ...]
    _: KW_ONLY
    covariance: ImmutableDenseMatrix
    circulation: ImmutableDenseMatrix
    entropy_production: Expr | None
    assumptions: tuple[str, ...] = ()
    point: Mapping[str, Expr] = field(default_factory=dict)

    __hash__ = None  # type: ignore[assignment]

    @property
    def is_balanced(self) -> bool:
        """Whether no probability circulates, whatever the parameters that are left."""
        return bool(self.circulation.is_zero_matrix)

    def latex_rows(self, *, operations: int | None = OPERATIONS_SHOWN) -> list[Row]:
        """Covariance, circulation and entropy production."""
        rows: list[Row] = [
            ("C", f"= {expression_latex(self.covariance, limit=operations)}"),
            ("Q", f"= {expression_latex(self.circulation, limit=operations)}"),
        ]
        if self.entropy_production is not None:
            rows.append((r"\dot S", f"= {expression_latex(self.entropy_production, limit=operations)}"))
        return rows

    def to_json(self) -> dict[str, Any]:
        """The fluctuations as a JSON object."""
        return {"kind": "noise_circulation", "states": list(self.state_names)} | record(self, "state_names")

    def __repr__(self) -> str:
        names, q = self.state_names, self.circulation
        turns = [f"{names[b]} -> {names[a]}: {q[a, b]}" for a in range(len(names)) for b in range(a) if q[a, b] != 0]
        said = ", ".join(turns[:6]) or "none"
        text = f"NoiseCirculation({said}; entropy production {self.entropy_production})"
        return text if len(text) <= 400 else f"{text[:399]}…"


@stamped
def noise_circulation(
    system: SymbolicSystem,
    *,
    values: Mapping[str, Any] | None = None,
    at: At,
    free: Iterable[str | Symbol] = (),
    noise: Mapping[str, Any] | None = None,
    budget: Budget = DEFAULT_BUDGET,
) -> NoiseCirculation:
    r"""How weak noise circulates about a stable equilibrium.

    Parameters
    ----------
    at : SymbolicEquilibrium, mapping of state to value, or 0
        The equilibrium; 0 is the origin.
    noise : mapping of state name to number, text or Expr, optional
        The diffusion coefficient of each state, the entry of D: the noise has variance 2 D per unit of time. 1 for all
        states by default; where a mapping is given, states left out have none.

    Returns
    -------
    NoiseCirculation
        Exact. Where parameters are left it holds as long as the equilibrium is stable, as `assumptions` says.

    Raises
    ------
    NotAnEquilibrium
        If the right-hand side does not vanish at the point.
    DomainError
        If the equilibrium is not stable: there is no stationary state.
    ModelNameError, ParameterError
        If the noise names something that is no state, or is negative.
    BudgetExceeded
        If the budget is used up.

    Examples
    --------
    >>> pair = ds.build_system(ds.motifs.ei_pair(), values={"w_EE": 0, "w_II": 0, "tau_E": 1, "tau_I": 1})
    >>> noise_circulation(pair, at=0).circulation[1, 0]
    w_EI/2 + w_IE/2
    """
    clock = budget.start()
    substitution = dict(system.substitution(values, free))
    point = verified(system, the_point(system, at, substitution), substitution)
    entries = jacobian_at(system, point, substitution)
    diffusion = _diffusion(system, noise, substitution)
    n = system.dimension
    algebra_field = field_over([*entries.values(), *diffusion], clock)
    zero = algebra_field.zero
    J = [[algebra_field(entries[i, j]) if (i, j) in entries else zero for j in range(n)] for i in range(n)]
    D = [algebra_field(d) for d in diffusion]
    _refuse_unstable(entries, n)
    C = _covariance(J, D, algebra_field, clock)
    Q = [
        [sum((J[i][k] * C[k][j] for k in range(n)), zero) + (D[i] if i == j else zero) for j in range(n)]
        for i in range(n)
    ]
    production = None
    if not any(d.is_zero for d in D):
        total = sum((J[i][k] * Q[k][i] / D[i] for i in range(n) for k in range(n)), zero)
        production = tidy(-total)
    found = NoiseCirculation(
        system.state_names,
        covariance=ImmutableDenseMatrix(n, n, [tidy(entry) for row in C for entry in row]),
        circulation=ImmutableDenseMatrix(n, n, [tidy(entry) for row in Q for entry in row]),
        entropy_production=production,
        assumptions=("the equilibrium is stable",) if any(e.free_symbols for e in entries.values()) else (),
        point=point.states,
    )
    _check(found, entries, diffusion)
    return found


def _diffusion(
    system: SymbolicSystem, noise: Mapping[str, Any] | None, substitution: Mapping[Symbol, Expr]
) -> list[Expr]:
    if noise is None:
        return [sympy.S.One] * system.dimension
    unknown = sorted(set(noise) - set(system.state_names))
    if unknown:
        raise ModelNameError(f"{unknown[0]!r} is not a state of {system.name!r}: {', '.join(system.state_names)}.")
    found, scope = [], dict(system.parameters)
    for name in system.state_names:
        given = noise.get(name, 0)
        value = parse(given, scope, where=f"noise of {name}") if isinstance(given, str) else exact(given, name=name)
        value = value.xreplace(dict(substitution))
        if value.is_negative:
            raise ParameterError(f"The noise of {name!r} was given as {value}; it must not be negative. Try 1.")
        found.append(value)
    if all(value == 0 for value in found):
        raise ParameterError("No state was given noise, so nothing fluctuates. Give one, as in noise={'x': 1}.")
    return found


def _covariance(J: list[list[Element]], D: list[Element], algebra_field: Field, clock: Clock) -> list[list[Element]]:
    """The symmetric solution of J C + C Jᵀ = -2 D."""
    n = len(D)
    number: dict[tuple[int, int], int] = {}
    for i in range(n):
        for j in range(i, n):
            number[i, j] = number[j, i] = len(set(number.values()))
    size = n * (n + 1) // 2
    matrix = [[algebra_field.zero] * size for _ in range(size)]
    right = [algebra_field.zero] * size
    for i in range(n):
        for j in range(i, n):
            row = number[i, j]
            for k in range(n):
                matrix[row][number[k, j]] = matrix[row][number[k, j]] + J[i][k]
                matrix[row][number[i, k]] = matrix[row][number[i, k]] + J[j][k]
        right[number[i, i]] = -2 * D[i]
    try:
        solution = ExactAlgebra(algebra_field, clock).solve(matrix, right)
    except NotSimpleError as error:
        raise DomainError(
            "Two eigenvalues at the equilibrium sum to zero for all parameters, so that it is not stable and has no "
            "stationary fluctuations. Choose a stable equilibrium."
        ) from error
    return [[solution[number[i, j]] for j in range(n)] for i in range(n)]


def _refuse_unstable(entries: Mapping[tuple[int, int], Expr], size: int) -> None:
    if any(entry.free_symbols for entry in entries.values()):
        return
    matrix = np.zeros((size, size))
    for (i, j), entry in entries.items():
        matrix[i, j] = float(entry)
    largest = np.linalg.eigvals(matrix).real.max()
    if largest > -1e-12 * max(1.0, float(abs(matrix).max())):
        raise DomainError(
            f"The equilibrium has an eigenvalue with real part {largest:.6g}; stationary fluctuations need a stable "
            "one. Choose another equilibrium or other values."
        )


def _check(found: NoiseCirculation, entries: Mapping[tuple[int, int], Expr], diffusion: list[Expr]) -> None:
    """Compare with the covariance summed up by Smith's method at random stable points."""
    n = len(diffusion)
    free = sorted(set().union(*(e.free_symbols for e in [*entries.values(), *diffusion])), key=str)
    generator, compared = Sampler(0), 0
    for attempt in range(ATTEMPTS if free else 1):
        if compared == POINTS:
            return
        put = {s: sympy.Rational(generator.number(s, (1, 60), (30, 30), 0)) / 2 ** (attempt % 5) for s in free}
        matrix = np.zeros((n, n))
        for (i, j), entry in entries.items():
            matrix[i, j] = float(entry.xreplace(put))
        if np.linalg.eigvals(matrix).real.max() > -1e-3:
            continue
        compared += 1
        forcing = 2 * np.diag([float(d.xreplace(put)) for d in diffusion])
        expected = _summed(matrix, forcing)
        covariance = np.array(found.covariance.xreplace(put).tolist(), dtype=float)
        circulation = np.array(found.circulation.xreplace(put).tolist(), dtype=float)
        turning = (matrix @ expected - expected @ matrix.T) / 2
        error = max(abs(covariance - expected).max(), abs(circulation - turning).max())
        if error > TOLERANCE * max(1.0, abs(expected).max(), abs(turning).max()):
            raise ClosedFormMismatch(
                f"A covariance differs by {error:.3g} from its numeric value at {put}. This is a fault inside dynsym: "
                "please report it."
            )


def _summed(matrix: np.ndarray, forcing: np.ndarray) -> np.ndarray:
    """The solution of J C + C Jᵀ = -F as a sum over powers of the Cayley transform, doubled (Smith, 1968)."""
    shift = float(np.linalg.norm(matrix, 2))
    inverse = np.linalg.inv(matrix - shift * np.eye(len(matrix)))
    step = inverse @ (matrix + shift * np.eye(len(matrix)))
    total = 2 * shift * inverse @ forcing @ inverse.T
    for _ in range(60):
        total = total + step @ total @ step.T
        step = step @ step
    return total
