"""Høier and Zach 2024: dual propagation with asymmetric nudging (model reconstructed).

The sweeps are those of `DualPropagation`. In a linear network only the product γ = (2α - 1) β and the singular values
of the weights decide how errors of a sweep decay, so that convergence is stated in the network with one unit a layer: a
wider network with one hidden layer splits into such networks, one for each singular value of W_1.
"""

from __future__ import annotations

import sympy
from sympy import Expr, Ne, Rational
from sympy.logic.boolalg import And
from sympy.logic.boolalg import Implies as Implication

from dynsym import tensors as tn
from dynsym._expressions import Jet, symbol
from dynsym.claims.claim import Claim
from dynsym.claims.goals import (
    All,
    CharacteristicPolynomial,
    Converges,
    Exactly,
    Goal,
    Holds,
    Identity,
    IndexStatement,
    IsStable,
    Series,
)
from dynsym.learning import DualPropagation, SweepOrder
from dynsym.model import AnySigmoid

__all__ = ["CLAIMS", "PAPER"]

PAPER = "Høier, Zach, Two Tales of Single-Phase Contrastive Hebbian Learning, arXiv 2402.08573 (2024)"

_SOURCE = f"{PAPER}; model reconstructed"
_ALPHA, _BETA, _GAMMA = symbol("alpha"), symbol("beta", "positive"), symbol("gamma")
_W1, _W2, _L = symbol("w1"), symbol("w2"), symbol("L", "nonnegative")
_Q, _R = symbol("q", "nonnegative"), symbol("r", "nonnegative")
_INPUT, _NUDGE = symbol("a"), symbol("d")


def _activation(argument: Expr) -> Expr:
    return Jet("f", "none", 0, argument)


def _slope(order: int) -> Expr:
    return Jet("f", "none", order, _INPUT)


def _nudged(adjoint: bool) -> tuple[Expr, Expr]:
    """s⁺ and s⁻ of a unit with the input a and Δ = β d."""
    up, down = (1 - _ALPHA, _ALPHA) if adjoint else (_ALPHA, 1 - _ALPHA)
    return _activation(_INPUT + up * _BETA * _NUDGE), _activation(_INPUT - down * _BETA * _NUDGE)


def _symmetric_equal() -> Goal:
    chain, adjoint = (DualPropagation((2, 2, 2), adjoint=a, alpha=Rational(1, 2)) for a in (False, True))
    one, other = (_sweep_of(network) for network in (chain, adjoint))
    return All.of(_unit_at_half(), Identity(one, other))


def _unit_at_half() -> Goal:
    half = {_ALPHA: Rational(1, 2)}
    plain, adjoint = (sympy.ImmutableDenseMatrix([_nudged(a)]).xreplace(half) for a in (False, True))
    return Identity(plain, adjoint)


def _sweep_of(network: DualPropagation) -> sympy.ImmutableDenseMatrix:
    return sympy.ImmutableDenseMatrix(list(network.sweep().values()))


def _bias(adjoint: bool) -> Goal:
    """Mean and difference of a unit's states to second order, then the fixed point of a chain to first order."""
    plus, minus = _nudged(adjoint)
    mean = _ALPHA * plus + (1 - _ALPHA) * minus
    skew = 2 * _ALPHA - 1
    first, second = _slope(1) * _NUDGE * _BETA, _slope(2) * _NUDGE**2 * _BETA**2 / 2
    if adjoint:
        of_mean = _slope(0) + _ALPHA * (1 - _ALPHA) * second
        of_difference = first - skew * second
    else:
        of_mean = _slope(0) + skew * first + (_ALPHA**3 + (1 - _ALPHA) ** 3) * second
        of_difference = first + skew * second
    return All.of(
        Series(mean, of_mean, symbol="beta", order=2),
        Series(plus - minus, of_difference, symbol="beta", order=2),
        _fixed_point_of_chain(adjoint),
    )


def _fixed_point_of_chain(adjoint: bool) -> Goal:
    """The states x → s₁ → s₂ to first order in β satisfy the equations of the fixed point."""
    chain = DualPropagation((1, 1, 1), activation=AnySigmoid(parity="none"), adjoint=adjoint, alpha=_ALPHA, beta=_BETA)
    w0, w1 = (matrix[0, 0] for matrix in chain.weights)
    skew = 0 if adjoint else 2 * _ALPHA - 1
    up, down = (1 - _ALPHA, _ALPHA) if adjoint else (_ALPHA, 1 - _ALPHA)
    phi = chain.activation.expression
    below = w0 * chain.inputs[0]
    hidden, slope = phi(below), phi(_INPUT).diff(_INPUT).xreplace({_INPUT: below})
    above = w1 * hidden
    output, slope_above = phi(above), phi(_INPUT).diff(_INPUT).xreplace({_INPUT: above})
    pull = chain.targets[0] - output
    error = w1 * slope_above * pull
    moved = above + skew * _BETA * w1 * slope * error
    guess = {
        chain.positive[0][0]: hidden + up * _BETA * slope * error,
        chain.negative[0][0]: hidden - down * _BETA * slope * error,
        chain.positive[1][0]: output + slope_above * (moved - above + up * _BETA * pull),
        chain.negative[1][0]: output + slope_above * (moved - above - down * _BETA * pull),
    }
    new = chain.sweep()
    return All(
        tuple(
            Series(_sorted_out(value.xreplace(guess) - guess[state]), sympy.S.Zero, symbol="beta", order=1)
            for state, value in new.items()
        )
    )


def _sorted_out(expression: Expr) -> Expr:
    """With the arguments of the activation multiplied out, so that equal ones are seen to be equal."""
    return expression.replace(
        lambda e: isinstance(e, Jet), lambda e: e.func(*e.args[:3], sympy.collect(sympy.expand(e.point), _BETA))
    )


def _linear_exact() -> Goal:
    """Each layer passes s̄ = a up and δ = Δ down, whatever α and β are; this is back-propagation, for all sizes."""
    inputs, hidden, outputs = tn.Sort("I"), tn.Sort("H"), tn.Sort("O")
    W0, W1 = tn.matrix("W0", hidden, inputs), tn.matrix("W1", outputs, hidden)
    x, t = tn.column("x", inputs), tn.column("t", outputs)
    alpha, beta = tn.scalar("alpha"), tn.scalar("beta")
    a, nudge = tn.column("a", hidden), tn.column("Delta", hidden)
    plus, minus = a + nudge * (1 - alpha), a - nudge * alpha
    error = W1 @ W0 @ x - t
    loss = tn.norm_squared(error) / 2
    scaled = error * beta * -1
    same = tn.prove_identity
    return All.of(
        IndexStatement(same, (plus * alpha + minus * (1 - alpha), a)),
        IndexStatement(same, (plus - minus, nudge)),
        IndexStatement(same, (W1.T @ scaled @ x.T, tn.derivative(loss, W0) * beta * -1)),
        IndexStatement(same, (scaled @ (W0 @ x).T, tn.derivative(loss, W1) * beta * -1)),
        *_wrong_update(),
    )


def _wrong_update() -> tuple[Goal, Goal]:
    """The fixed point of DP in the chain 1 → 1 → 1 with unit weights, x = 1, t = 0; its update of w0 is not -β."""
    chain = DualPropagation((1, 1, 1), alpha=_ALPHA, beta=_BETA)
    given = {chain.inputs[0]: 1, chain.targets[0]: 0, chain.weights[0][0, 0]: 1, chain.weights[1][0, 0]: 1}
    skew = 2 * _ALPHA - 1
    output = 1 / (1 + 2 * skew * _BETA)
    hidden, nudge = 1 - skew * _BETA * output, -_BETA * output
    point = {
        chain.positive[0][0]: 1 + _ALPHA * nudge,
        chain.negative[0][0]: 1 - (1 - _ALPHA) * nudge,
        chain.positive[1][0]: hidden + _ALPHA * nudge,
        chain.negative[1][0]: hidden - (1 - _ALPHA) * nudge,
    }
    put_in = {**{symbol: sympy.Integer(value) for symbol, value in given.items()}, **point}
    rests = [sympy.together((value - state).xreplace(put_in)) for state, value in chain.sweep().items()]
    difference = point[chain.positive[0][0]] - point[chain.negative[0][0]]
    wrong = Implication(Ne(_ALPHA, Rational(1, 2)), Ne(sympy.factor(difference + _BETA), 0))
    return Identity(sympy.ImmutableDenseMatrix(rests), sympy.zeros(4, 1).as_immutable()), Holds(wrong)


def _sweep(hidden_layers: int, order: SweepOrder) -> tuple[Goal, sympy.ImmutableDenseMatrix]:
    """The characteristic polynomial of a sweep of the chain, and the companion matrix of its factor without zeros.

    Here α = (1 + γ/β)/2, w1² and w2² w1² are written as in the factor: r = w1² with one hidden layer, q = w2² and
    r = w2² w1² with two.
    """
    alpha = (1 + _GAMMA / _BETA) / 2
    matrix = DualPropagation((1,) * (hidden_layers + 2), alpha=alpha, beta=_BETA).sweep_matrix(order)
    step = 2 if order is SweepOrder.JACOBI else 1
    gains = [sympy.S.One, _W1**2] if hidden_layers == 1 else [sympy.S.One, _W2**2, _W1**2 * _W2**2]
    short = [sympy.S.One, _R] if hidden_layers == 1 else [sympy.S.One, _Q, _R]
    degree = step * hidden_layers + 1
    eigenvalue = sympy.Symbol("lambda")
    powers = [degree - 1 - step * k for k in range(len(gains))]
    factor = eigenvalue**degree + _GAMMA * sympy.Add(*(g * eigenvalue**k for g, k in zip(gains, powers, strict=True)))
    coefficients = [sympy.S.Zero] * degree
    for gain, power in zip(short, powers, strict=True):
        coefficients[power] = -_GAMMA * gain
    companion = sympy.ImmutableDenseMatrix(
        degree, degree, lambda i, j: coefficients[int(j)] if i == degree - 1 else int(j == i + 1)
    )
    whole = sympy.expand(eigenvalue ** (matrix.rows - degree) * factor)
    return CharacteristicPolynomial(matrix, whole), companion


def _sweep_converges() -> Goal:
    g, q, r = _GAMMA, _Q, _R
    goals: list[Goal] = []
    regions = {
        (1, True): sympy.Abs(g) * (1 + r) < 1,
        (2, True): sympy.Abs(g) * (1 + q + r) < 1,
        (1, False): And(g * r < 1, g * (1 - r) < 1, -g * (1 + r) < 1),
        (2, False): And(-g * (1 + q + r) < 1, g * (1 - q + r) < 1, g * r < 1, g**2 * r * (r - 1) + g * q < 1),
    }
    for order in SweepOrder:
        for hidden_layers in (1, 2):
            polynomial, companion = _sweep(hidden_layers, order)
            region = regions[hidden_layers, order is SweepOrder.JACOBI]
            goals += [polynomial, Exactly(Converges(companion), where=region)]
    return All(tuple(goals))


def _damping() -> Goal:
    """(L + A)/(1 + L) converges for some L exactly if every eigenvalue of A has a real part below 1.

    With λ = u + iv the modulus is below 1 exactly if u² + v² - 1 < 2 L (1 - u): this says how large L has to be.
    """
    alpha = (1 + _GAMMA / _BETA) / 2
    plain, damped = (DualPropagation((1, 1, 1), alpha=alpha, beta=_BETA).sweep_matrix(damping=x) for x in (0, _L))
    polynomial, companion = _sweep(1, SweepOrder.JACOBI)
    u, v = symbol("u"), symbol("v")
    enough = (_L + u) ** 2 + v**2 < (1 + _L) ** 2
    return All.of(
        Identity(damped, (plain + _L * sympy.eye(plain.rows)) / (1 + _L)),
        Holds(sympy.Equivalent(enough, u**2 + v**2 - 1 < 2 * _L * (1 - u))),
        polynomial,
        Exactly(
            IsStable((companion - sympy.eye(companion.rows)).as_immutable()),
            where=And(-_GAMMA * (1 + _R) < 1, _GAMMA * _R < 2 * (2 + _GAMMA) ** 2),
        ),
    )


CLAIMS = (
    Claim(
        "hoier2024.symmetric_equal",
        "At α = 1/2 dual propagation and its adjoint variant coincide.",
        _symmetric_equal,
        source=_SOURCE,
        scope="one unit with any activation; a network of two units a layer with a linear one",
        symbols=(_ALPHA, _BETA, _INPUT, _NUDGE),
    ),
    Claim(
        "hoier2024.bias_dp",
        "DP: s̄ = f(a) + (2α - 1) f'(a) Δ + (α³ + (1-α)³) f''(a) Δ²/2 and s⁺ - s⁻ = f'(a) Δ + (2α - 1) f''(a) Δ²/2, "
        "up to terms of order β³, with Δ = β d. States are wrong at first order in β unless α = 1/2, and so is the "
        "update.",
        lambda: _bias(adjoint=False),
        source=_SOURCE,
        scope="any smooth activation; the fixed point of the chain 1 → 1 → 1 to first order",
        symbols=(_ALPHA, _BETA, _INPUT, _NUDGE),
    ),
    Claim(
        "hoier2024.bias_dp_plus",
        "DP+: s̄ = f(a) + α (1-α) f''(a) Δ²/2 and s⁺ - s⁻ = f'(a) Δ - (2α - 1) f''(a) Δ²/2, up to terms of order β³, "
        "with Δ = β d. States are right at first order in β for every α; the update is wrong at first order unless "
        "α = 1/2 or f'' vanishes.",
        lambda: _bias(adjoint=True),
        source=_SOURCE,
        scope="any smooth activation; the fixed point of the chain 1 → 1 → 1 to first order",
        symbols=(_ALPHA, _BETA, _INPUT, _NUDGE),
    ),
    Claim(
        "hoier2024.linear_exact",
        "In linear networks DP+ gives the exact gradient for every α and β; DP does not unless α = 1/2.",
        _linear_exact,
        source=_SOURCE,
        scope="DP+: all sizes, layer by layer, hence any depth; DP: a counterexample for every α ≠ 1/2 and β > 0",
        symbols=(_ALPHA, _BETA),
    ),
    Claim(
        "hoier2024.sweep_converges",
        "With γ = (2α - 1) β, Jacobi sweeps of DP on a linear network converge exactly if |γ| (1 + w1²) < 1 with one "
        "hidden layer, and |γ| (1 + w2² + w1² w2²) < 1 with two. Gauss–Seidel sweeps, in either order, converge in a "
        "larger region where γ > 0: with one hidden layer γ w1² < 1 and γ (1 - w1²) < 1.",
        _sweep_converges,
        source=_SOURCE,
        scope="one hidden layer: w1 any singular value of W_1; two: W_1 and W_2 with common singular vectors",
        symbols=(_GAMMA, _BETA, _W1, _W2, _Q, _R),
        seconds=60,
    ),
    Claim(
        "hoier2024.damping",
        "Damping can make the Jacobi sweep converge exactly if every undamped eigenvalue has a real part below 1: "
        "-γ (1 + w1²) < 1 and γ w1² < 2 (2 + γ)². It takes 2 L (1 - Re λ) > |λ|² - 1 for every eigenvalue λ.",
        _damping,
        source=_SOURCE,
        scope="one hidden layer, w1 any singular value of W_1, γ = (2α - 1) β",
        symbols=(_GAMMA, _BETA, _W1, _L, _R, symbol("u"), symbol("v")),
        seconds=60,
    ),
)
