"""Random systems against independent methods: Sturm sequences, Newton from many starts, Kuznetsov's formula."""

import numpy as np
import pytest
import sympy

import dynsym as ds

SIGMOIDS = {
    "tanh": (np.tanh, lambda u: 1 - np.tanh(u) ** 2),
    "logistic": (lambda u: 0.5 + 0.5 * np.tanh(u / 2), lambda u: 0.25 * (1 - np.tanh(u / 2) ** 2)),
}


def newton_roots(field, jacobian, starts):
    """Distinct roots that Newton's method reaches from the rows of `starts`."""
    points = starts
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(60):
            slopes = jacobian(points)
            regular = np.abs(np.linalg.det(slopes)) > 1e-200
            points, slopes = points[regular], slopes[regular]
            points = points - np.linalg.solve(slopes, field(points)[..., None])[..., 0]
            points = points[np.isfinite(points).all(axis=1) & (np.abs(points).max(axis=1) < 1e8)]
    points = points[np.abs(field(points)).max(axis=1) < 1e-10 * (1 + np.abs(points).max(axis=1))]
    found = []
    for point in points:
        if not any(np.abs(point - other).max() < 1e-6 * (1 + np.abs(point).max()) for other in found):
            found.append(point)
    return np.array(found)


@pytest.mark.parametrize("seed", range(12))
def test_scalar_polynomials_have_as_many_equilibria_as_sturm_says(seed):
    rng = np.random.default_rng(seed)
    x = sympy.Symbol("x", real=True)
    factors = [sympy.Rational(int(rng.integers(-9, 10)), int(rng.integers(1, 6))) for _ in range(4)]
    power = int(rng.integers(1, 4))
    shift = 0 if seed % 3 == 0 else factors[3]
    polynomial = sympy.expand((x**2 - factors[0]) * (x - factors[1]) ** power * (x - factors[2]) + shift)
    count = ds.count_equilibria(ds.system_from_equations({"x": str(polynomial)}))
    squarefree = sympy.prod(factor for factor, _ in sympy.Poly(polynomial, x).sqf_list()[1])
    assert (count.status, count.lower) == ("proved", sympy.count_roots(squarefree))
    slope = sympy.diff(polynomial, x)
    for equilibrium in count.equilibria:
        if equilibrium.stability == "stable":
            assert slope.subs(x, equilibrium.state["x"]) < 0
        elif equilibrium.stability == "unstable":
            assert slope.subs(x, equilibrium.state["x"]) > 0


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("activation", ["tanh", "logistic"])
def test_no_start_of_newton_reaches_more_than_the_proved_number(seed, activation):
    rng = np.random.default_rng([seed, len(activation)])
    size = int(rng.integers(1, 4))
    weights = np.round(rng.normal(size=(size, size)) * 3, 1)
    bias = np.round(-weights.sum(axis=1) / 2 if seed % 2 else rng.normal(size=size), 2)
    value, slope = SIGMOIDS[activation]
    equations = {
        f"x{i}": f"-x{i} + ({bias[i]})" + "".join(f" + ({weights[i, j]})*{activation}(x{j})" for j in range(size))
        for i in range(size)
    }
    count = ds.count_equilibria(ds.system_from_equations(equations))

    def jacobian(points):
        return -np.eye(size)[None] + weights[None] * slope(points)[:, None, :]

    found = newton_roots(
        lambda points: -points + value(points) @ weights.T + bias,
        jacobian,
        rng.normal(size=(800, size)) * (np.abs(weights).sum() + 1),
    )
    assert count.status == "proved"
    assert count.lower >= len(found)
    assert count.index_sum == 1
    states = np.array([[e.state[name] for name in equations] for e in count.equilibria])
    for point in found:
        assert np.abs(states - point).max(axis=1).min() < 1e-8 * (1 + np.abs(point).max())
    for equilibrium, state in zip(count.equilibria, states, strict=True):
        parts = np.linalg.eigvals(jacobian(state[None])[0]).real
        assert equilibrium.unstable_dimension == (parts > 0).sum()
        assert equilibrium.stability == ("unstable" if (parts > 0).any() else "stable")


def first_lyapunov(linear, quadratic, cubic):
    """Kuznetsov's formula with q of length one and the multilinear forms as arrays B[i,j,k], C[i,j,k,l]."""
    values, vectors = np.linalg.eig(linear)
    k = int(np.argmax(values.imag))
    frequency, q = values[k].imag, vectors[:, k] / np.linalg.norm(vectors[:, k])
    adjoint, rows = np.linalg.eig(linear.T)
    p = rows[:, int(np.argmin(np.abs(adjoint + 1j * frequency)))]
    p = p / np.conj(np.vdot(p, q))

    def two(u, v):
        return np.einsum("ijk,j,k", quadratic, u, v)

    steady = np.linalg.solve(linear, -two(q, q.conj()))
    doubled = np.linalg.solve(2j * frequency * np.eye(len(q)) - linear, two(q, q))
    third = np.einsum("ijkl,j,k,l", cubic, q, q, q.conj()) + 2 * two(q, steady) + two(q.conj(), doubled)
    return float(np.vdot(p, third).real / (2 * frequency))


@pytest.mark.parametrize("seed", range(8))
def test_hopf_coefficients_of_random_quadratic_and_cubic_fields(seed):
    rng = np.random.default_rng(100 + seed)
    rate = int(rng.integers(1, 4)) * (-1 if seed % 2 else 1)
    names = [sympy.Symbol(name, real=True) for name in "xyz"]
    x, y, z = names
    g = sympy.Symbol("g", real=True)
    linear = [g * x - 2 * y + z, x + g * y - z, rate * z]
    monomials = [x**2, x * y, y * z, z**2, x**3, x**2 * y, y**3, x * z**2]
    field = [row + sum(int(rng.integers(-3, 4)) * m for m in monomials) for row in linear]
    equations = {str(n): str(f) for n, f in zip(names, field, strict=True)}
    system = ds.system_from_equations(equations, parameters={"g": None})
    (hopf,) = ds.find_conditions(system, parameter="g", at=0).of_kind("hopf")
    origin = {**dict.fromkeys(names, 0), g: 0}
    quadratic = np.array([[[float(f.diff(a, b).subs(origin)) for b in names] for a in names] for f in field])
    cubic = np.array(
        [[[[float(f.diff(a, b, c).subs(origin)) for c in names] for b in names] for a in names] for f in field]
    )
    matrix = np.array([[float(f.diff(a).subs(origin)) for a in names] for f in field])
    expected = first_lyapunov(matrix, quadratic, cubic)
    assert hopf.value == pytest.approx(0, abs=1e-12)
    assert hopf.coefficient_value == pytest.approx(expected, rel=1e-9, abs=1e-12)
