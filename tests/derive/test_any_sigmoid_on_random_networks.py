"""Closed forms for an undefined activation, special ones put in: l1, cubic and a, b equal dense numerics to 1e-10.

The tensors of the full system, plastic weights included, are written out here from the equations; the formulas are
those of Kuznetsov, sections 5.4 and 8.4, and for the symmetric double zero the homological equations solved in mpmath.
"""

import mpmath
import numpy as np
import pytest
import sympy

import dynsym as ds

from .critical_points import cubic, first_lyapunov


def random_network(seed, size, *, plastic):
    generator = np.random.default_rng(seed)
    weights = np.round(generator.standard_normal((size, size)), 1)
    weights[weights == 0] = 0.3
    tau = np.round(generator.uniform(0.6, 1.6, size), 1)
    edges = []
    if plastic:
        for i in range(size):
            for j in range(size):
                if i != j:
                    sign = int(generator.choice([-1, 1]))
                    edges.append((i, j, sign, *np.round(generator.uniform(0.4, 1.6, 2), 1)))
    return weights, tau, edges


def system_of(weights, tau, edges, **symbols):
    """With `symbols` in place of some weights, as in w01="p"."""
    size = len(weights)
    plastic = {(i, j): (sign, k, t) for i, j, sign, k, t in edges}
    nodes = [ds.Node(f"x{i}", time_constant=str(tau[i])) for i in range(size)]
    made, strengths, times = [], {}, {}
    for i in range(size):
        for j in range(size):
            sign, k, t = plastic.get((i, j), (1, 0, 1))
            text = symbols.get(f"w{i}{j}", str(weights[i, j]))
            group = f"e{i}{j}"
            made.append(
                ds.Edge(f"x{j}", f"x{i}", weight=f"{sign}*({text})", plastic=(i, j) in plastic, sign=sign, group=group)
            )
            strengths[group], times[group] = str(k), str(t)
    rule = ds.Hebbian(strengths, time_constant=times) if edges else ds.Static()
    gain = None if symbols else "g"
    return ds.build_system(ds.Network(nodes, made), ds.LeakyRate(ds.AnySigmoid()), rule, gain=gain)


def tensors(weights, tau, edges, s1, s3, gain=1.0):
    size, total = len(weights), len(weights) + len(edges)
    first, second, third = np.zeros((total,) * 2), np.zeros((total,) * 3), np.zeros((total,) * 4)
    first[:size, :size] = (-np.eye(size) + gain * s1 * weights) / tau[:, None]
    for i in range(size):
        for j in range(size):
            third[i, j, j, j] = gain * s3 * weights[i, j] / tau[i]
    for e, (i, j, sign, k, relaxation) in enumerate(edges):
        w = size + e
        first[w, w] = -1 / relaxation
        second[i, w, j] += gain * sign * s1 / tau[i]
        second[i, j, w] += gain * sign * s1 / tau[i]
        second[w, i, j] += k * s1**2 / relaxation
        second[w, j, i] += k * s1**2 / relaxation
    return first, second, third


CASES = [(0, 2, True), (1, 2, True), (4, 3, False), (6, 4, False)]


@pytest.mark.parametrize(("seed", "size", "plastic"), CASES)
def test_pitchforks_and_hopf_points(seed, size, plastic):
    network = random_network(seed, size, plastic=plastic)
    chance = np.random.default_rng(100 + seed)
    compared = 0
    for condition in ds.find_conditions(system_of(*network), parameter="g", at=0):
        assert condition.verdict == "proved"
        if condition.kind not in {"pitchfork", "hopf"}:
            continue
        s1, s3 = round(chance.uniform(0.5, 2), 2), round(chance.uniform(-3, 3), 2)
        numbers = condition.with_values({"phi'(0)": str(s1), "phi'''(0)": str(s3)})
        own = tensors(*network, s1, s3, numbers.value)
        expected = first_lyapunov(*own, float(numbers.frequency)) if condition.kind == "hopf" else cubic(*own)
        assert numbers.coefficient_value == pytest.approx(expected, rel=1e-10)
        compared += 1
    assert compared


def symmetric_double_zero(first, second, third):
    """a, b of w0' = w1, w1' = a w0^3 + b w0^2 w1 for |q0| = 1, by least squares in mpmath."""
    matrix, size = mpmath.matrix(first.tolist()), len(first)

    def b(u, v):
        return [
            mpmath.fsum(second[i, j, k] * u[j] * v[k] for j in range(size) for k in range(size) if second[i, j, k])
            for i in range(size)
        ]

    def c(u, v, w):
        return [
            mpmath.fsum(third[i, j, k, m] * u[j] * v[k] * w[m] for j, k, m in np.argwhere(third[i]).tolist())
            for i in range(size)
        ]

    def null(a):
        *_, v = mpmath.svd_r(a)
        return [v[size - 1, k] for k in range(size)]

    def solve(a, right):
        u, s, v = mpmath.svd_r(a)
        y = u.T * mpmath.matrix(right)
        return list(v.T * mpmath.matrix([y[k] / s[k] if k < size - 1 else 0 for k in range(size)]))

    def dot(u, v):
        return mpmath.fsum(x * y for x, y in zip(u, v, strict=True))

    def plus(u, t, v):
        return [x + t * y for x, y in zip(u, v, strict=True)]

    q0, p1 = null(matrix), null(matrix.T)
    q1 = solve(matrix, q0)
    q1 = plus(q1, -dot(q1, q0), q0)
    p1 = [x / dot(p1, q1) for x in p1]
    p0 = solve(matrix.T, p1)
    p0 = plus(p0, -dot(p0, q1), p1)
    h20 = solve(matrix, [-x for x in b(q0, q0)])
    h11 = solve(matrix, plus(h20, -1, b(q0, q1)))
    cube = plus(c(q0, q0, q0), 3, b(q0, h20))
    last = plus(plus(c(q0, q0, q1), 1, b(q1, h20)), 2, b(q0, h11))
    return float(dot(p1, cube) / 6), float(dot(p1, last) / 2 + dot(p0, cube) / 2)


@pytest.mark.parametrize(("seed", "plastic"), [(0, False), (1, False), (0, True), (1, True), (2, True)])
def test_symmetric_double_zero_points(seed, plastic):
    weights, tau, edges = random_network(seed, 2, plastic=plastic)
    system = system_of(weights, tau, edges, w00="p", w01="q")
    (condition,) = ds.bogdanov_takens_condition(system, parameters=("p", "q"), at=0)
    assert (condition.kind, condition.verdict) == ("z2_bogdanov_takens", "proved")
    s1, s3 = sympy.Rational(13, 10), sympy.Rational(-21, 10)
    numbers = condition.with_values({"phi'(0)": s1, "phi'''(0)": s3})
    at = weights.astype(object)
    at[0, 0], at[0, 1] = numbers.solution, numbers.others["q"]
    with mpmath.workdps(40):
        exact = np.array([[mpmath.mpf(sympy.Rational(str(e)).p) / sympy.Rational(str(e)).q for e in row] for row in at])
        taus = np.array([mpmath.mpf(str(t)) for t in tau])
        own = exact_tensors(exact, taus, edges, mpmath.mpf("1.3"), mpmath.mpf("-2.1"))
        expected = symmetric_double_zero(*own)
    assert [float(numbers.coefficients[n]) for n in "ab"] == pytest.approx(expected, rel=1e-10)


def exact_tensors(weights, tau, edges, s1, s3):
    """As `tensors`, with entries of mpmath: a double zero needs more digits than floats have."""
    size, total = 2, 2 + len(edges)
    first, second, third = (np.full((total,) * n, mpmath.mpf(0)) for n in (2, 3, 4))
    for i in range(size):
        for j in range(size):
            first[i, j] = (s1 * weights[i, j] - (1 if i == j else 0)) / tau[i]
            third[i, j, j, j] = s3 * weights[i, j] / tau[i]
    for e, (i, j, sign, k, relaxation) in enumerate(edges):
        w, k, relaxation = size + e, mpmath.mpf(str(k)), mpmath.mpf(str(relaxation))
        first[w, w] = -1 / relaxation
        for place in ((i, w, j), (i, j, w)):
            second[place] += sign * s1 / tau[i]
        for place in ((w, i, j), (w, j, i)):
            second[place] += k * s1**2 / relaxation
    return first, second, third
