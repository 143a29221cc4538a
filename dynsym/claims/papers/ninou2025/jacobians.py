"""Appendices B.1 to B.3: the Jacobian of curl descent, its spectrum at the origin and on the solution manifold."""

from __future__ import annotations

import sympy

from dynsym import tensors as tn
from dynsym.claims.goals import All, CharacteristicPolynomial, Goal, Holds, Identity
from dynsym.claims.papers.ninou2025._network import D1, D2, F1, F2, W1, W2, E, M, N, asked, claim, d1, d2, s, same
from dynsym.learning import CurlDescent

__all__ = ["CLAIMS"]

_lam = tn.scalar("lambda")
_MN = M.size * N.size


# ---- B.1, block by block


def _j11() -> tn.Formula:
    return tn.derivative(F1, W1)


def _j12() -> tn.Formula:
    return tn.derivative(F1, W2)


def _j21() -> tn.Formula:
    return tn.derivative(F2, W1)


def _j22() -> tn.Formula:
    return tn.derivative(F2, W2)


def _eq51() -> Goal:
    printed = tn.array((N, M, N, M), lambda i, j, p, q: -1 * W2[i] * W2[p] * d1[q] * tn.delta(j, q))
    return same(_j11(), printed)


def _eq52() -> Goal:
    """Rows of W1 stacked, so that the index of D1 runs fast."""
    flow = tn.jacobian({W1: F1})
    return asked(tn.prove_operator_identity, flow, tn.kronecker(-1 * (W2.T @ W2), D1))


def _eq53() -> Goal:
    printed = tn.array((N, M, N), lambda i, j, h: tn.delta(h, i) * E[j] - W2[i] * W1[h, j] * d1[j])
    return same(_j12(), printed)


def _eq54() -> Goal:
    printed = tn.array((N, M, N), lambda i, j, h: tn.delta(h, i) * E[j] * d1[j] - W2[i] * W1[h, j] * d1[j])
    return same(_j12(), printed)


def _eq57() -> Goal:
    printed = tn.array((N, N, M), lambda l, p, q: tn.delta(l, p) * E[q] * d2[l] - W2[p] * W1[l, q] * d2[l])
    return same(_j21(), printed)


def _eq59() -> Goal:
    """The printed W2,tk exists at M = N = 1 only, where it is W2 itself."""
    return Identity("s - W2*W2", "s - W2*W1")


def _readout_rate(l: tn.Index) -> tn.Formula:
    def error(k: tn.Index) -> tn.Formula:
        return s[k] - tn.total(N, lambda t: W2[t] * W1[t, k])

    return tn.total(M, lambda k: error(k) * W1[l, k] * d2[l])


def _eq60() -> Goal:
    return All.of(
        same(_j22(), tn.array((N, N), lambda l, h: -1 * tn.total(M, lambda k: W1[h, k] * W1[l, k] * d2[l]))),
        same(_j22(), -1 * (D2 @ W1 @ W1.T)),
    )


# ---- B.2, the origin

_sigma = tn.total(M, lambda j: d1[j] * s[j] ** 2)
_weights = tn.Space(((N, M), (N,)))


def _at_origin() -> tn.Operator:
    return tn.jacobian({W1: F1, W2: F2}).at_point({W1: tn.zeros(N, M), W2: W2 * 0})


def _j21_j12() -> tn.Formula:
    at = {W1: tn.zeros(N, M), W2: W2 * 0}
    inner, outer = tn.at_point(_j12(), at), tn.at_point(_j21(), at)
    return tn.array((N, N), lambda l, h: tn.total(N, lambda p: tn.total(M, lambda q: outer[l, p, q] * inner[p, q, h])))


def _eq71() -> Goal:
    right = tn.Product.power(-1 * _lam, _MN - N.size) * tn.Product.determinant(_lam**2 * tn.identity(N) - _j21_j12())
    return asked(tn.prove_characteristic_polynomial, _at_origin(), _lam, right)


def _eq76() -> Goal:
    """With one input and one hidden neuron Σ = d1 s², and λ² = d2 Σ."""
    student = CurlDescent(1, 1).system()
    d, square = student["D2_1"], student["D2_1"] * student["D1_1"] * student["s_1"] ** 2
    return All.of(
        CharacteristicPolynomial(student, "lambda^2 - D1_1*D2_1*s_1^2", at=0),
        Holds(sympy.Implies(sympy.Eq(d, 1), square >= 0)),
        Holds(sympy.Implies(sympy.Eq(d, -1), square <= 0)),
    )


def _eq76_corrected() -> Goal:
    """Real where d2 has the sign of Σ, imaginary where it has not."""
    student = CurlDescent(1, 1).system()
    d, sigma = student["D2_1"], student["D1_1"] * student["s_1"] ** 2
    alike = sympy.Or(sympy.And(sympy.Eq(d, 1), sigma > 0), sympy.And(sympy.Eq(d, -1), sigma < 0))
    return Holds(sympy.Implies(sympy.Ne(sigma, 0), sympy.Equivalent(alike, d * sigma > 0)))


def _eq74() -> Goal:
    return same(_j21_j12(), _sigma * D2)


def _eq11() -> Goal:
    right = tn.Product.power(-1 * _lam, _MN - N.size) * tn.Product.over(N, lambda i: _lam**2 - d2[i] * _sigma)
    return asked(tn.prove_characteristic_polynomial, _at_origin(), _lam, right)


# ---- B.3, the solution manifold

_w = tn.norm_squared(W2)
_u = tn.reciprocal(_lam**2 - _w**2, "u")
"""1/(λ + d w) = (λ - d w) u for a sign d."""


def _resolvent(j: tn.Index) -> tn.Formula:
    return (_lam - d1[j] * _w) * _u


def _on_manifold() -> tn.Operator:
    return tn.jacobian({W1: F1, W2: F2}).at_point({s: W2 @ W1})


def _low_rank() -> tuple[tn.Operator, tn.Operator]:
    """J = G ∂E/∂(W1, W2): the flow is linear in E, which vanishes."""
    errors = tn.Space(((M,),))
    G = {
        (0, 0): tn.array((N, M, M), lambda i, j, m: W2[i] * tn.delta(j, m) * d1[j]),
        (1, 0): tn.array((N, M), lambda l, m: W1[l, m] * d2[l]),
    }
    H = {
        (0, 0): tn.array((M, N, M), lambda m, p, q: -1 * W2[p] * tn.delta(m, q)),
        (0, 1): tn.array((M, N), lambda m, h: -1 * W1[h, m]),
    }
    return tn.Operator(_weights, errors, G), tn.Operator(errors, _weights, H)


def _small() -> tn.Formula:
    return _lam * tn.identity(M) + _w * D1 + W1.T @ D2 @ W1


def _eq12() -> Goal:
    exponent = _MN + N.size
    right = tn.Product.sign(exponent) * tn.Product.power(_lam, exponent - M.size) * tn.Product.determinant(_small())
    return asked(tn.prove_characteristic_polynomial, _on_manifold(), _lam, right, factors=(_low_rank(),))


def _block() -> tuple[tn.Formula, tn.Formula]:
    """A_i = -d W2ᵀ W2 - λ, for a number d."""
    d = tn.scalar("d")
    return -1 * d * (W2.T @ W2) - _lam * tn.identity(N), d


def _eq78() -> Goal:
    A, d = _block()
    right = tn.Product.sign(N.size) * tn.Product.power(_lam, N.size - 1) * tn.Product.power(_lam + d * _w)
    return asked(tn.prove_determinant, A, right, factors=((tn.as_operator(d * W2.T), tn.as_operator(W2)),))


def _upper_left() -> tn.Operator:
    """A = J11 - λ."""
    space = tn.Space(((N, M),))
    return tn.kronecker(-1 * (W2.T @ W2), D1) - tn.Operator.scaled(space, _lam)


def _eq80() -> Goal:
    right = (
        tn.Product.sign(_MN) * tn.Product.power(_lam, _MN - M.size) * tn.Product.over(M, lambda j: _lam + d1[j] * _w)
    )
    rows, columns = tn.Space(((N, M),)), tn.Space(((M,),))
    G = tn.Operator(rows, columns, {(0, 0): tn.array((N, M, M), lambda i, j, m: W2[i] * tn.delta(j, m) * d1[j])})
    H = tn.Operator(columns, rows, {(0, 0): tn.array((M, N, M), lambda m, p, q: W2[p] * tn.delta(m, q))})
    return asked(tn.prove_determinant, _upper_left(), right, factors=((G, H),))


def _eq81() -> Goal:
    A, d = _block()
    below = tn.reciprocal(_lam * (_lam + d * _w), "v")
    return same(A @ (d * below * (W2.T @ W2) - (_lam + d * _w) * below * tn.identity(N)), tn.identity(N))


def _eq82() -> Goal:
    """Multiplied by A_i (λ + d ‖W2‖²)."""
    A, d = _block()
    return same(A @ W2.T, -1 * (_lam + d * _w) * W2.T)


def _solution() -> tn.Formula:
    """The printed A⁻¹ B."""
    return tn.array((N, M, N), lambda i, j, h: W2[i] * W1[h, j] * d1[j] * _resolvent(j))


def _eq84() -> Goal:
    """A X = B for the printed X."""
    X = _solution()
    applied = tn.array(
        (N, M, N), lambda i, j, h: -1 * tn.total(N, lambda p: W2[i] * W2[p] * d1[j] * X[p, j, h]) - _lam * X[i, j, h]
    )
    return same(applied, tn.at_point(_j12(), {s: W2 @ W1}))


def _c_times_solution() -> tn.Formula:
    C, X = tn.at_point(_j21(), {s: W2 @ W1}), _solution()
    return tn.array((N, N), lambda l, h: tn.total(N, lambda p: tn.total(M, lambda q: C[l, p, q] * X[p, q, h])))


def _eq86() -> Goal:
    printed = tn.array(
        (N, N), lambda l, h: -1 * _w * d2[l] * tn.total(M, lambda j: W1[l, j] * d1[j] * _resolvent(j) * W1[h, j])
    )
    return same(_c_times_solution(), printed)


def _lambda_matrix() -> tn.Formula:
    return tn.diagonal_matrix(tn.array((M,), _resolvent))


def _eq91() -> Goal:
    left = tn.at_point(_j22(), {s: W2 @ W1}) - _lam * tn.identity(N) - _c_times_solution()
    return same(left, -1 * _lam * (D2 @ W1 @ _lambda_matrix() @ W1.T + tn.identity(N)))


def _diagonal() -> tn.Formula:
    """Λ⁻¹."""
    return tn.diagonal_matrix(tn.array((M,), lambda j: _lam + d1[j] * _w))


def _eq97() -> Goal:
    """From (94) on; the step before it takes -λ out of the rows."""
    rest = D2 @ W1 @ _lambda_matrix()
    left = tn.Product.power(-1 * _lam, N.size) * tn.Product.determinant(rest @ W1.T + tn.identity(N))
    inner = _diagonal() + W1.T @ D2 @ W1
    right = tn.Product.power(-1 * _lam, N.size) * tn.Product.determinant(inner) * tn.Product.over(M, _resolvent)
    factors = ((tn.as_operator(rest), tn.as_operator(W1.T)),)
    products = ((tn.as_operator(inner), tn.as_operator(_lambda_matrix())),)
    return asked(tn.prove_determinant, left, right, factors=factors, products=products)


def _eq98() -> Goal:
    exponent = _MN + N.size
    right = (
        tn.Product.sign(exponent)
        * tn.Product.power(_lam, exponent - M.size)
        * tn.Product.determinant(_diagonal() + W1.T @ D2 @ W1)
    )
    return asked(tn.prove_characteristic_polynomial, _on_manifold(), _lam, right, factors=(_low_rank(),))


def _eq13() -> Goal:
    """With D1 = 1, D2 = 1 the small matrix is λ + A, and xᵀ A x = ‖W2‖² ‖x‖² + ‖W1 x‖²."""
    x = tn.column("x", M)
    A = _w * tn.identity(M) + W1.T @ W1
    return All.of(_eq12(), same(tn.trace(x.T @ A @ x), _w * tn.norm_squared(x) + tn.norm_squared(W1 @ x)))


def _real_spectrum() -> Goal:
    """The small matrix is symmetric for all signs, so that its eigenvalues are real."""
    K = _w * D1 + W1.T @ D2 @ W1
    return All.of(_eq12(), same(K, K.T))


def _eq76_count() -> Goal:
    return All.of(_eq11(), Holds("Sigma != 0 => d2*Sigma != 0"))


CLAIMS = (
    claim("eq51", "B.1", "∂W1'_ij/∂W1_pq = -W2_i W2_p d1_q δ_jq", _eq51),
    claim("eq52", "B.1", "J11 = -(W2ᵀ W2) ⊗ D1", _eq52, scope="rows of W1 stacked: the index of D1 runs fast"),
    claim(
        "eq53",
        "B.1",
        "∂W1'_ij/∂W2_h = -W2_i W1_hj d1_j + δ_hi (s_j - Σ_k W2_k W1_kj)",
        _eq53,
        alternatives=lambda: (_eq54(),),
    ),
    claim("eq54", "B.1", "∂W1'_ij/∂W2_h = δ_hi E_j d1_j - W2_i W1_hj d1_j", _eq54),
    claim("eq57", "B.1", "∂W2'_l/∂W1_pq = δ_lp E_q d2_l - W2_p W1_lq d2_l", _eq57),
    claim(
        "eq59",
        "B.1",
        "W2'_l = Σ_k E_k W1_lk d2_l with E_k = s_k - Σ_t W2_t W2_tk",
        _eq59,
        scope="M = N = 1, the only sizes at which W2_tk exists",
        symbols=("s", "W1", "W2"),
        alternatives=lambda: (same(F2, tn.array((tn.UNIT, N), _readout_rate)),),
    ),
    claim("eq60", "B.1", "J22 = -Σ_k W1_hk W1_lk d2_l = -[D2 W1 W1ᵀ]_lh", _eq60),
    claim("eq71", "B.2", "det(J - λ) = (-λ)^(NM-N) det(λ² - J21 J12) at the origin", _eq71),
    claim("eq74", "B.2", "J21 J12 = (Σ_j d1_j s_j²) D2 at the origin", _eq74),
    claim("eq75", "B.2", "det(J(0,0) - λ) = (-λ)^(MN-N) Π_i (λ² - d2_i Σ_j d1_j s_j²)", _eq11),
    claim("eq11", "section 4.2", "det(J - λ) = (-λ)^(MN-N) Π_i (λ² - d2_i Σ), Σ = Σ_j d1_j s_j²", _eq11),
    claim(
        "eq76",
        "B.2",
        "The nonzero eigenvalues at the origin are real if d2_i = 1 and imaginary if d2_i = -1, for every sign of Σ.",
        _eq76,
        hypotheses=("D1_1^2 = 1", "D2_1^2 = 1"),
        scope="one input and one hidden neuron",
        alternatives=lambda: (_eq76_corrected(),),
    ),
    claim(
        "eq76_count",
        "B.2",
        "The origin has MN - N zero and 2N nonzero eigenvalues.",
        _eq76_count,
        symbols={"Sigma": "real", "d2": "sign"},
        scope="Σ ≠ 0",
    ),
    claim(
        "eq12",
        "section 4.2",
        "det(J - λ) = (-1)^(NM+N) λ^(MN+N-M) det(λ + ‖W2‖² D1 + W1ᵀ D2 W1) on the solution manifold",
        _eq12,
    ),
    claim(
        "eq13_stable",
        "section 4.2",
        "A = ‖W2‖² + W1ᵀ W1 is positive definite, so gradient descent is stable on the solution manifold.",
        _eq13,
        scope="W2 ≠ 0; modulo the directions along the manifold",
    ),
    claim("eq78", "B.3", "det(A_i) = (-1)^N λ^(N-1) (λ + d1_i ‖W2‖²)", _eq78),
    claim("eq80", "B.3", "det(A) = (-1)^(MN) λ^(M(N-1)) Π_i (λ + d1_i ‖W2‖²)", _eq80),
    claim("eq81", "B.3", "A_i⁻¹ = d1_i W2ᵀ W2/(λ (λ + d1_i ‖W2‖²)) - 1/λ", _eq81),
    claim("eq82", "B.3", "A_i⁻¹ W2ᵀ = -W2ᵀ/(λ + d1_i ‖W2‖²)", _eq82),
    claim("eq84", "B.3", "[A⁻¹ B]_(ij),h = W2_i W1_hj d1_j/(λ + d1_j ‖W2‖²)", _eq84),
    claim("eq86", "B.3", "[C A⁻¹ B]_lh = -‖W2‖² d2_l Σ_j W1_lj d1_j/(λ + d1_j ‖W2‖²) W1_hj", _eq86),
    claim("eq91", "B.3", "D - C A⁻¹ B = -λ (D2 W1 Λ W1ᵀ + 1), Λ = diag(1/(λ + d1_j ‖W2‖²))", _eq91),
    claim("eq97", "B.3", "det(D - C A⁻¹ B) = (-λ)^N det(Λ⁻¹ + W1ᵀ D2 W1) det(Λ)", _eq97),
    claim("eq98", "B.3", "det(J - λ) = (-1)^(NM+N) λ^(MN+N-M) det(diag(λ + d1_j ‖W2‖²) + W1ᵀ D2 W1)", _eq98),
    claim(
        "beyond_real_spectrum",
        "not stated",
        "On the solution manifold every eigenvalue is real, for all signs: the nonzero ones are those of minus the "
        "symmetric matrix ‖W2‖² D1 + W1ᵀ D2 W1.",
        _real_spectrum,
    ),
)
