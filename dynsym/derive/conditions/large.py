"""Crossings of large numeric networks: verified floating-point eigenpairs instead of exact polynomials.

Where the Jacobian at the equilibrium is -c + p B with numbers c and B, its eigenvalue c-shift is linear in the
parameter: zero eigenvalues are at p = c/μ for the real eigenvalues μ of B, imaginary pairs at p = c/Re μ for the
others. Each reported eigenpair is enclosed by a Newton–Kantorovich test with bounds for every rounding; the
coefficients are sums over edges of the left and right critical vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import sympy
from sympy import Expr, Symbol

from dynsym.algebra.determinants import strong_components
from dynsym.algebra.eigenpairs import enclosure_radius
from dynsym.algebra.normal_forms import cubic_coefficient, first_lyapunov, pair_coefficient, quadratic_coefficient
from dynsym.derive.crossings.pair import NORMALISATION
from dynsym.derive.crossings.problem import MovingEquilibrium
from dynsym.derive.crossings.windows import Window
from dynsym.derive.crossings.zero import NORMALISATIONS
from dynsym.derive.wording import criticality_of
from dynsym.errors import UnsupportedFeatureError
from dynsym.results import BifurcationCondition
from dynsym.results.ledger import Answers, Critical, Examined

__all__ = ["is_large", "large_conditions"]

LARGEST_EXACT = 8
NEGLIGIBLE = 1e-9
SHOWN = 24
Form = Callable[..., np.ndarray]


def is_large(problem: MovingEquilibrium) -> bool:
    """Whether a block of the Jacobian is too large for exact polynomials and everything in it is a number."""
    if problem.equilibrium.constraints or problem.equilibrium.amplitude is not None:
        return False
    entries = problem.expansion.linear
    blocks = strong_components(problem.system.dimension, entries)
    if max(map(len, blocks)) <= LARGEST_EXACT:
        return False
    return all(entry.free_symbols <= {problem.parameter} for entry in entries.values())


def _form(columns: list[np.ndarray], value: float, *vectors: np.ndarray) -> np.ndarray:
    """Σ (a + b p) u_j v_k … by component, from columns of components, places, a and b."""
    total = np.zeros(len(vectors[0]), np.result_type(*vectors))
    if columns:
        component, *places, a, b = columns
        np.add.at(total, component, (a + value * b) * np.prod([v[k] for v, k in zip(vectors, places, strict=True)], 0))
    return total


@dataclass
class _Arrays:
    """Taylor coefficients as numbers, each a + b p."""

    size: int
    linear: tuple[np.ndarray, np.ndarray]
    quadratic: list[tuple[Any, ...]] = field(default_factory=list)
    cubic: list[tuple[Any, ...]] = field(default_factory=list)

    @cached_property
    def columns(self) -> list[list[np.ndarray]]:
        """Components, places, a and b of both orders."""
        return [[np.array(column) for column in zip(*rows, strict=True)] for rows in (self.quadratic, self.cubic)]

    def forms(self, value: float) -> tuple[Form | None, Form]:
        """The second and third derivatives at a value of the parameter as functions of vectors; None for none."""
        second, third = (partial(_form, columns, value) for columns in self.columns)
        return second if self.quadratic else None, third


def large_conditions(problem: MovingEquilibrium, window: Window | None) -> Answers[BifurcationCondition]:
    """Every crossing in the window that is seen in floating point; that there are no others is left open."""
    arrays = _arrays(problem)
    constant, _ = arrays.linear
    decay = -constant[0, 0]
    if not decay > 0 or np.abs(constant + decay * np.eye(arrays.size)).max() > 0:
        raise UnsupportedFeatureError(
            f"{problem.system.name!r} has a block of more than {LARGEST_EXACT} coupled states, and its Jacobian is not "
            f"-c + {problem.parameter.name} B with one decay rate c. Follow the equilibrium numerically instead: "
            "continue_equilibrium locates its bifurcations."
        )
    cell = problem.cell(Critical.ANY)
    seen = Examined.joined(_conditions(problem, window, arrays, decay), cell, by="")
    return Answers(seen.found, (*seen.open, cell.because("eigenvalues in floating point do not exclude others")))


def _conditions(
    problem: MovingEquilibrium, window: Window | None, arrays: _Arrays, decay: float
) -> Iterator[Examined[BifurcationCondition]]:
    low, high = (float(end) for end in window) if window is not None else (-np.inf, np.inf)
    spectrum = _Spectrum(arrays.linear[1])
    eigenvalues = spectrum.values
    scale = np.abs(eigenvalues).max(initial=0.0)
    for k in np.argsort(eigenvalues.real):
        problem.clock.check("crossings of a large network")
        mu = complex(eigenvalues[k])
        if abs(mu.real) > NEGLIGIBLE * scale and mu.imag >= 0 and low <= decay / mu.real <= high:
            condition = _condition(problem, arrays, decay / mu.real, decay, mu, spectrum, int(k))
            yield Examined((condition,), (), by="an enclosed eigenpair")


# ---- numbers


def _arrays(problem: MovingEquilibrium) -> _Arrays:
    """Read off the numbers; an entry that depends on one state is differentiated by its shape, once for all edges."""
    system, parameter = problem.system, problem.parameter
    size, values = system.dimension, dict(problem.values)
    position = {s: k for k, s in enumerate(system.states)}
    point = problem.expansion.point
    constant, slope = np.zeros((size, size)), np.zeros((size, size))
    arrays = _Arrays(size, (constant, slope))
    shapes: dict[tuple[Expr, Expr], tuple[Expr, Expr, Expr]] = {}
    for (i, j), entry in system.jacobian_entries().items():
        for term in sympy.Add.make_args(entry.xreplace(values)):
            present = [s for s in term.free_symbols if s in position]
            if len(present) > 1:
                raise UnsupportedFeatureError(
                    f"The derivative of {system.state_names[i]!r} couples several states at once ({term}), which large "
                    "networks do not support here. Follow the equilibrium numerically: continue_equilibrium."
                )
            if not present:
                a, b = _affine(term, parameter)
                constant[i, j] += a
                slope[i, j] += b
                continue
            factor, rest = term.as_independent(present[0], as_Add=False)
            a, b = _affine(factor, parameter)
            h = _shape(shapes, rest, present[0], point[present[0]])
            m = position[present[0]]
            constant[i, j] += a * h[0]
            slope[i, j] += b * h[0]
            if h[1]:
                arrays.quadratic.append((i, j, m, a * h[1], b * h[1]))
            if h[2]:
                arrays.cubic.append((i, j, m, m, a * h[2], b * h[2]))
    return arrays


_U = sympy.Dummy("u", real=True)


def _shape(known: dict[Any, Any], rest: Expr, state: Symbol, at: Expr) -> tuple[float, float, float]:
    """A function of one state with its first two derivatives, at the point."""
    key = (rest.xreplace({state: _U}), at)
    if key not in known:
        derivatives = [key[0], key[0].diff(_U), key[0].diff(_U, 2)]
        known[key] = tuple(float(d.xreplace({_U: at})) for d in derivatives)
    return known[key]


def _affine(factor: Expr, parameter: Symbol) -> tuple[float, float]:
    """a, b of a + b p."""
    if parameter not in factor.free_symbols:
        return float(factor), 0.0
    rest, power = factor.as_independent(parameter, as_Add=False)
    if power == parameter:
        return 0.0, float(rest)
    slope = factor.diff(parameter)
    if parameter in slope.free_symbols:
        raise UnsupportedFeatureError(
            f"{factor} is not linear in {parameter}, which large networks need here. Follow the equilibrium "
            "numerically: continue_equilibrium."
        )
    return float(factor.xreplace({parameter: sympy.S.Zero})), float(slope)


# ---- eigenpairs


class _Spectrum:
    """Eigenvalues and, on demand, eigenvectors, block by block of the strongly connected components.

    Only the diagonal blocks are solved, so that acyclic parts cannot blur the spectrum; a block's eigenvector is
    extended to the other states by the triangular structure.
    """

    def __init__(self, matrix: np.ndarray) -> None:
        from scipy.linalg import eig

        self.matrix = matrix
        self._pairs: list[tuple[list[int], np.ndarray, np.ndarray]] = []
        values: list[complex] = []
        for block in strong_components(len(matrix), zip(*np.nonzero(matrix), strict=True)):
            own, left, right = eig(matrix[np.ix_(block, block)], left=True, right=True)
            for k, mu in enumerate(own):
                if mu != 0:
                    values.append(complex(mu))
                    self._pairs.append((block, right[:, k], left[:, k].conj()))
        self.values = np.array(values, dtype=complex)
        self._down = [np.nonzero(column)[0].tolist() for column in matrix.T]
        self._up = [np.nonzero(row)[0].tolist() for row in matrix]

    def vectors(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Right and left (not conjugated) eigenvectors of length one."""
        block, right, left = self._pairs[k]
        return (
            _extended(self.matrix, self._down, block, right, self.values[k]),
            _extended(self.matrix.T, self._up, block, left, self.values[k]),
        )


def _extended(
    matrix: np.ndarray, next_to: list[list[int]], block: list[int], inner: np.ndarray, mu: complex
) -> np.ndarray:
    """The eigenvector of the whole matrix whose part on a block is given."""
    reached, frontier = set(block), list(block)
    while frontier:
        fresh = [i for i in next_to[frontier.pop()] if i not in reached]
        reached.update(fresh)
        frontier.extend(fresh)
    vector = np.zeros(len(matrix), complex)
    vector[block] = inner
    rest = sorted(reached - set(block))
    if rest:
        system = matrix[np.ix_(rest, rest)] - mu * np.eye(len(rest))
        vector[rest] = np.linalg.solve(system, -matrix[np.ix_(rest, block)] @ inner)
    return vector / np.linalg.norm(vector)


# ---- one condition


def _condition(
    problem: MovingEquilibrium,
    arrays: _Arrays,
    value: float,
    decay: float,
    mu: complex,
    spectrum: _Spectrum,
    k: int,
) -> BifurcationCondition:
    eigenvalues = spectrum.values
    right, left = spectrum.vectors(k)
    is_real = mu.imag == 0
    frequency = 0.0 if is_real else float(mu.imag * value)
    if frequency < 0:
        # A negative gain turns the eigenvalue round: its conjugate has the positive frequency.
        mu, right, left, frequency = mu.conjugate(), right.conj(), left.conj(), -frequency
    gap = np.sort(np.abs(eigenvalues - mu))[1] if len(eigenvalues) > 1 else np.inf
    radius = enclosure_radius(arrays.linear[1], mu, right) if gap > NEGLIGIBLE * abs(mu) else None
    overlap = left @ right
    common: dict[str, Any] = {
        "parameter": problem.parameter.name,
        "at": dict(problem.equilibrium.states),
        "equation": problem.parameter * sympy.Float(mu.real, 17) - sympy.Float(decay, 17),
        "value": value,
        "reductions": ("strongly connected components", "eigenvalues in floating point"),
        "mode": _mode(problem, right),
    }
    if radius is None or abs(overlap) < NEGLIGIBLE:
        note = "the eigenvalue is multiple, or too close to another one to be enclosed"
        return BifurcationCondition(
            "degenerate",
            criticality="degenerate",
            assumptions=(note,),
            verdict="undecided",
            multiplicity=None,
            **common,
        )
    note = f"the eigenvalue is proved to lie within {radius:.2g} of its value; coefficients are in floating point"
    left = left / overlap
    linear = arrays.linear[0] + value * arrays.linear[1]
    speed = float((left @ arrays.linear[1] @ right).real)
    if is_real:
        kind, coefficient = _zero_form(*arrays.forms(value), linear, left.real, right.real)
    else:
        kind, coefficient = "hopf", _first_lyapunov(*arrays.forms(value), linear, frequency, left, right)
    number = sympy.Float(coefficient, 17)
    return BifurcationCondition(
        kind,
        nondegeneracy=number,
        transversality=sympy.Float(speed, 17),
        coefficient=number,
        coefficient_value=coefficient,
        normalisation=NORMALISATION if kind == "hopf" else NORMALISATIONS[kind],
        positive_entry="" if kind == "transcritical" else None,
        criticality=criticality_of(int(np.sign(coefficient))),
        frequency=None if is_real else sympy.Float(frequency, 17),
        assumptions=(note,),
        verdict="supported",
        **common,
    )


def _mode(problem: MovingEquilibrium, vector: np.ndarray) -> Mapping[str, Expr]:
    """The largest components, the very largest one positive."""
    largest = vector[np.argmax(np.abs(vector))]
    turned = vector * abs(largest) / largest
    shown = np.sort(np.argsort(-np.abs(turned), kind="stable")[:SHOWN])
    return {problem.system.state_names[k]: _number(complex(turned[k])) for k in shown}


def _number(z: complex) -> Expr:
    real = sympy.Float(z.real)
    return real if abs(z.imag) <= NEGLIGIBLE else real + sympy.I * sympy.Float(z.imag)


def _zero_form(
    second: Form | None, third: Form, linear: np.ndarray, left: np.ndarray, right: np.ndarray
) -> tuple[str, float]:
    right = right if right[np.argmax(np.abs(right))] > 0 else -right
    left = left / (left @ right)
    if second is not None:
        quadratic = float(quadratic_coefficient(left.dot, second, right))
        if abs(quadratic) > NEGLIGIBLE * np.abs(second(right, right)).max():
            return "transcritical", quadratic
    # A shift along the critical mode makes the matrix regular and does not change what is used of the solution.
    solve = partial(np.linalg.solve, linear + np.outer(right, left))
    return "pitchfork", float(cubic_coefficient(left.dot, second, third, right, solve))


def _first_lyapunov(
    second: Form | None, third: Form, linear: np.ndarray, omega: float, left: np.ndarray, right: np.ndarray
) -> float:
    solve, double = (partial(np.linalg.solve, m) for m in (linear, 2j * omega * np.eye(len(linear)) - linear))
    g21 = pair_coefficient(left.dot, second, third, right, right.conj(), solve, double)
    return float(first_lyapunov(g21.real, omega))
