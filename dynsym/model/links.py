"""The form "linear plus one-variable links" of the equilibrium equations.

Equilibria of a rate network, in whichever form it is written, are the solutions of

    y = bias + W φ(y) + φ(y) ∘ (K φ(y)²),

one unknown y_k for each link v_k = φ_k(y_k); K comes from Hebbian weights at their steady state w0 + k v_i v_j. Counting
works on this form. It is read off the template where there is one, and recognised in plain equations where it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Symbol

from dynsym._expressions import Jet, logistic, relu, softplus
from dynsym.errors import ModelError
from dynsym.model.activations import Activation, AnySigmoid, Logistic, Rectified, Tanh
from dynsym.model.reductions import slave

if TYPE_CHECKING:
    from dynsym.model.system import SymbolicSystem

__all__ = ["LinkForm", "recognise_links", "with_logistic"]

LARGEST_RECOGNISED = 60


@dataclass(frozen=True, eq=False)
class LinkForm:
    """Equilibrium equations as y = bias + W φ(y) + φ(y) ∘ (K φ(y)²).

    Parameters
    ----------
    bias : tuple of Expr, length m
    weights, cubic : mapping of (row, column) to Expr
        W and K, zero entries left out.
    activations : tuple of Activation, length m
    link_symbols : tuple of Symbol, length m
        v_1 … v_m, standing for the link outputs.
    recover : tuple of Expr
        Each state of the system, in its order, as an expression of the link symbols.

    Notes
    -----
    Solutions y and equilibria correspond one to one: y is affine in the states, and `recover` gives them back.
    """

    bias: tuple[Expr, ...]
    weights: Mapping[tuple[int, int], Expr]
    cubic: Mapping[tuple[int, int], Expr]
    activations: tuple[Activation, ...]
    link_symbols: tuple[Symbol, ...]
    recover: tuple[Expr, ...]

    @property
    def size(self) -> int:
        return len(self.bias)


def with_logistic(expression: Expr) -> Expr:
    """Rewrite 1/(1 + c exp(a)) and its kin as a logistic function, which cannot overflow.

    Examples
    --------
    >>> import sympy
    >>> u = sympy.Symbol("u", real=True)
    >>> with_logistic(1 / (1 + sympy.exp(-u)))
    logistic(u)
    """

    def is_candidate(e: Expr) -> bool:
        return e.is_Pow and e.exp.is_Integer and e.exp < 0 and _logistic_argument(e.base) is not None

    def rewritten(e: Expr) -> Expr:
        argument = _logistic_argument(e.base)
        assert argument is not None
        return logistic(argument) ** (-e.exp)

    return expression.replace(is_candidate, rewritten)


def _logistic_argument(base: Expr) -> Expr | None:
    """u such that base = 1 + exp(-u), or None."""
    if not (base.is_Add and len(base.args) == 2 and base.args[0] == 1):
        return None
    factor, rest = base.args[1].as_coeff_Mul()
    if not isinstance(rest, sympy.exp) or not factor.is_positive:
        return None
    return -rest.args[0] - sympy.log(factor)


def recognise_links(system: SymbolicSystem) -> LinkForm | None:
    """The link form of a system, or None where it has none.

    Parameters
    ----------
    system : SymbolicSystem
        Plastic weights are put at their steady state first.

    Returns
    -------
    LinkForm or None

    Examples
    --------
    >>> import dynsym as ds
    >>> form = recognise_links(ds.build_system(ds.motifs.bidirectional(nodes=("x1", "x2"))))
    >>> form.weights
    {(0, 1): w, (1, 0): w}
    """
    if system.dimension - len(system.weight_names) > LARGEST_RECOGNISED:
        return None
    try:
        reduced = slave(system) if system.weight_names else system
    except ModelError:
        return None
    outputs: dict[Expr, Symbol] = {}
    rows = [_outputs_named(with_logistic(rate), outputs, set(reduced.states)) for rate in reduced.rhs]
    if any(row is None for row in rows) or not outputs:
        return None
    links = tuple(outputs.values())
    split = [_split(row, reduced.states, links) for row in rows if row is not None]
    if any(part is None for part in split):
        return None
    return _eliminated(system, reduced, [part for part in split if part is not None], outputs)


def _outputs_named(expression: Expr, outputs: dict[Expr, Symbol], states: set[Symbol]) -> Expr | None:
    """Replace each one-variable nonlinearity of an affine argument by a symbol of its own."""
    found = sorted(
        (a for a in expression.atoms(sympy.Function) if a.free_symbols & states), key=sympy.default_sort_key
    )
    for application in found:
        if _activation_of(application) is None or _affine(_argument(application), states) is None:
            return None
        outputs.setdefault(application, sympy.Dummy(f"v{len(outputs) + 1}", real=True))
    return expression.xreplace(outputs)


def _argument(application: Expr) -> Expr:
    return application.args[-1]


def _activation_of(application: Expr) -> Activation | None:
    if isinstance(application, sympy.tanh):
        return Tanh()
    if isinstance(application, logistic):
        return Logistic()
    if isinstance(application, relu):
        return Rectified()
    if isinstance(application, Jet) and application.order == 0:
        return AnySigmoid(application.label, application.parity)
    return None


def _affine(expression: Expr, states: set[Symbol]) -> tuple[dict[Symbol, Expr], Expr] | None:
    """Coefficients by state and the constant, or None."""
    used = sorted(expression.free_symbols & states, key=lambda s: s.name)
    slopes = {state: expression.diff(state) for state in used}
    if any(slope.free_symbols & states for slope in slopes.values()):
        return None
    constant = expression.xreplace(dict.fromkeys(used, sympy.S.Zero))
    return slopes, constant


def _split(
    row: Expr, states: tuple[Symbol, ...], links: tuple[Symbol, ...]
) -> tuple[dict[Symbol, Expr], Expr, dict[Symbol, Expr], dict[tuple[Symbol, Symbol], Expr]] | None:
    """State coefficients, constant, link coefficients, and coefficients of v_i v_j² of one equation."""
    moving = [s for s in (*states, *links) if s in row.free_symbols]
    if not moving:
        return {}, row, {}, {}
    try:
        polynomial = sympy.Poly(row, *moving)
    except sympy.PolynomialError:
        return None
    linear: dict[Symbol, Expr] = {}
    of_link: dict[Symbol, Expr] = {}
    cubic: dict[tuple[Symbol, Symbol], Expr] = {}
    constant: Expr = sympy.S.Zero
    for powers, coefficient in polynomial.terms():
        term = [(s, k) for s, k in zip(moving, powers, strict=True) if k]
        degree = sum(k for _, k in term)
        if degree == 0:
            constant = coefficient
        elif degree == 1:
            (linear if term[0][0] in states else of_link)[term[0][0]] = coefficient
        elif degree == 3 and all(s in links for s, _ in term) and any(k >= 2 for _, k in term):
            inner = next(s for s, k in term if k >= 2)
            outer = inner if len(term) == 1 else next(s for s, k in term if k == 1)
            cubic[outer, inner] = coefficient
        else:
            return None
    return linear, constant, of_link, cubic


def _eliminated(
    system: SymbolicSystem, reduced: SymbolicSystem, rows: list, outputs: dict[Expr, Symbol]
) -> LinkForm | None:
    """Solve the linear part for the states and write the arguments of the links in terms of the link outputs."""
    states, links = reduced.states, tuple(outputs.values())
    solved = _solve_states(rows, states, links)
    if solved is None:
        return None
    bias, weights, cubic = [], {}, {}
    for k, (application, link) in enumerate(outputs.items()):
        parts = _affine(_argument(application), set(states))
        assert parts is not None
        slopes, constant = parts
        total = constant + sympy.Add(*(slope * solved[state] for state, slope in slopes.items()))
        parsed = _split(sympy.expand(total), (), links)
        if parsed is None:
            return None
        _, bias_k, of_link, triple = parsed
        bias.append(bias_k)
        weights.update({(k, links.index(s)): c for s, c in of_link.items() if c != 0})
        for (outer, inner), c in triple.items():
            if outer != link:
                return None
            cubic[k, links.index(inner)] = c
    by_name = {state.name: solved[state] for state in states}
    steady = slave_values(system, reduced) if system.weight_names else {}
    named = {application: link for application, link in outputs.items()}
    recover = tuple(
        by_name[n] if n in by_name else with_logistic(steady[n]).xreplace(named).xreplace(solved)
        for n in system.state_names
    )
    activations = tuple(a for a in map(_activation_of, outputs) if a is not None)
    return LinkForm(tuple(bias), weights, cubic, activations, links, recover)


def slave_values(system: SymbolicSystem, reduced: SymbolicSystem) -> dict[str, Expr]:
    """The steady-state expressions of the states that `slave` removed."""
    from dynsym.model.reductions import steady_states

    kept = set(reduced.state_names)
    return {n: e for n, e in steady_states(system, [n for n in system.state_names if n not in kept]).items()}


def _solve_states(rows: list, states: tuple[Symbol, ...], links: tuple[Symbol, ...]) -> dict[Symbol, Expr] | None:
    """States as expressions of the links, from A x + c + B v + … = 0; None where A is singular."""
    loads = [
        constant
        + sympy.Add(*(c * v for v, c in of_link.items()))
        + sympy.Add(*(c * outer * inner**2 for (outer, inner), c in cubic.items()))
        for _, constant, of_link, cubic in rows
    ]
    if all(set(linear) == {state} for (linear, *_), state in zip(rows, states, strict=True)):
        return {
            state: sympy.expand(-load / linear[state])
            for (linear, *_), load, state in zip(rows, loads, states, strict=True)
        }
    matrix = sympy.Matrix(len(states), len(states), lambda i, j: rows[i][0].get(states[j], sympy.S.Zero))
    if len(states) > 12 or sympy.cancel(matrix.det()) == 0:
        return None
    solution = matrix.LUsolve(-sympy.Matrix(loads))
    return {state: sympy.expand(entry) for state, entry in zip(states, solution, strict=True)}
