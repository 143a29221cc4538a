"""Sums over the graph against dense tensors of the full system, weights included, and against other closed forms."""

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.errors import ParameterError, UnsupportedFeatureError

from .critical_points import cubic, eigenvectors, first_lyapunov


class Plastic:
    """τ x' = -x + (W + σ w) φ(x), T w' = -w + k φ φ with φ(x) = s1 x + s3 x³/6, as tensors at the origin."""

    def __init__(self, seed, size, *, plastic=True):
        generator = np.random.default_rng(seed)
        self.size = size
        self.weights = np.round(generator.standard_normal((size, size)), 2)
        self.tau = np.round(generator.uniform(0.5, 2, size), 2)
        places = [(i, j) for i in range(size) for j in range(size) if plastic and generator.random() < 0.5]
        self.edges = [
            (i, j, int(generator.choice([-1, 1])), *np.round(generator.uniform(0.3, 2, 2), 2)) for i, j in places
        ]
        self.third = round(float(generator.uniform(-3, 3)), 2)
        self.slope = None

    def jacobian(self, slope):
        matrix = (-np.eye(self.size) + slope * self.weights) / self.tau[:, None]
        total = np.zeros((self.size + len(self.edges),) * 2)
        total[: self.size, : self.size] = matrix
        for e, (*_, relaxation) in enumerate(self.edges):
            total[self.size + e, self.size + e] = -1 / relaxation
        return total

    def critical(self, kind):
        """The slope s1 > 0 at which the first eigenvalue of the kind reaches the axis, and the eigenvalue."""

        def leading(slope):
            values = np.linalg.eigvals(self.jacobian(slope)[: self.size, : self.size])
            own = [z for z in values if (abs(z.imag) > 1e-6) == (kind == "hopf") and z.imag >= 0]
            return max(own, key=lambda z: z.real, default=complex(-1))

        low, high = 1e-3, 1e-3
        while leading(high).real < 0:
            high *= 1.05
            if high > 100:
                return None
        low = high / 1.05
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if leading(middle).real < 0 else (low, middle)
        self.slope = (low + high) / 2
        reached = leading(self.slope)
        # A pair that meets on the real axis ends the search without a crossing.
        return reached if abs(reached.real) < 1e-12 else None

    def tensors(self):
        n, total = self.size, self.size + len(self.edges)
        second, third = np.zeros((total,) * 3), np.zeros((total,) * 4)
        for i in range(n):
            for j in range(n):
                third[i, j, j, j] = self.third * self.weights[i, j] / self.tau[i]
        for e, (i, j, sign, k, relaxation) in enumerate(self.edges):
            w = n + e
            second[i, w, j] += sign * self.slope / self.tau[i]
            second[i, j, w] += sign * self.slope / self.tau[i]
            second[w, i, j] += k * self.slope**2 / relaxation
            second[w, j, i] += k * self.slope**2 / relaxation
        return self.jacobian(self.slope), second, third

    def system(self):
        names = [f"x{i}" for i in range(self.size)]
        nodes = [ds.Node(n, time_constant=str(t)) for n, t in zip(names, self.tau, strict=True)]
        plastic = {(i, j): (sign, k, t) for i, j, sign, k, t in self.edges}
        edges, strengths, times = [], {}, {}
        for i in range(self.size):
            for j in range(self.size):
                sign, k, t = plastic.get((i, j), (1, 0, 1))
                group = f"e{i}{j}"
                edges.append(
                    ds.Edge(
                        names[j],
                        names[i],
                        weight=str(sign * self.weights[i, j]),
                        plastic=(i, j) in plastic,
                        sign=sign,
                        group=group,
                    )
                )
                strengths[group], times[group] = str(k), str(t)
        rule = ds.Hebbian(strengths, time_constant=times) if self.edges else ds.Static()
        return ds.build_system(ds.Network(nodes, edges), ds.LeakyRate(ds.AnySigmoid()), rule)


CASES = [(seed, 2 + seed % 5, seed % 2 == 0) for seed in range(14)]


@pytest.mark.parametrize("kind", ["pitchfork", "hopf"])
def test_sums_equal_the_textbook_formulas_on_random_networks(kind):
    compared = 0
    for seed, size, plastic in CASES:
        model = Plastic(seed, size, plastic=plastic)
        eigenvalue = model.critical(kind)
        if eigenvalue is None:
            continue
        tensors = model.tensors()
        q, w = eigenvectors(tensors[0], eigenvalue)
        q, left = q[:size], w[:size] / model.tau
        values = {"phi'(0)": repr(model.slope), "phi'''(0)": repr(model.third)}
        system = model.system()
        if kind == "hopf":
            own = ds.derive.hopf_sum(system).evaluate(left=left, right=q, frequency=eigenvalue.imag, values=values)
            expected = first_lyapunov(*tensors, eigenvalue.imag)
        else:
            own = ds.derive.pitchfork_sum(system).evaluate(left=left.real, right=q.real, values=values)
            expected = cubic(*tensors)
        assert own == pytest.approx(expected, rel=1e-10, abs=1e-12)
        compared += 1
    assert compared >= 6


def test_a_wrong_left_vector_is_not_forgiven():
    model = Plastic(3, 3, plastic=False)
    eigenvalue = model.critical("pitchfork")
    q, w = (vector.real for vector in eigenvectors(model.jacobian(model.slope), eigenvalue))
    values = {"phi'(0)": repr(model.slope), "phi'''(0)": repr(model.third)}
    right = ds.derive.pitchfork_sum(model.system()).evaluate(left=w / model.tau, right=q, values=values)
    wrong = ds.derive.pitchfork_sum(model.system()).evaluate(left=w * [1, -1, 2], right=q, values=values)
    assert abs(right - wrong) > 1e-6


def test_the_sum_agrees_with_the_general_road_for_every_node_rule():
    motif = ds.motifs.bidirectional(nodes=("a", "b"))
    sigmoid, own_rule = ds.AnySigmoid(), ds.SynapseRule("(-2*w + c*pre^2 + k*pre*post)/tau")
    for node, rule in (
        (ds.LeakyRate(sigmoid), own_rule),
        (ds.WilsonCowan(sigmoid), ds.Hebbian("k", time_constant="tau")),
        (ds.LeakyVoltage(sigmoid, leak=2), own_rule),
        (ds.WilsonCowan(sigmoid), ds.Static()),
    ):
        system = ds.build_system(motif, node, rule)
        (condition,) = [
            c
            for c in ds.pitchfork_condition(system, parameter="w", at=0)
            if sympy.cancel(c.mode["a"] - c.mode["b"]) == 0
        ]
        own = ds.derive.pitchfork_sum(system).at(left=(1, 1), right=(1, 1))
        assert sympy.cancel(own - condition.coefficient) == 0


def hopf_z4():
    """The rotating motif, with critical vectors (i, 1) up to a factor."""
    nodes = [ds.Node("x1"), ds.Node("x2")]
    edges = [
        ds.Edge("x1", "x1", weight="al"),
        ds.Edge("x2", "x2", weight="al"),
        ds.Edge("x2", "x1", weight="-be", plastic=True),
        ds.Edge("x1", "x2", weight="be", plastic=True),
    ]
    return ds.build_system(ds.Network(nodes, edges), ds.LeakyRate(ds.AnySigmoid()), ds.Hebbian("k", time_constant="p"))


def test_coefficients_of_two_motifs():
    """Lyapunov and Schmidt's reduction without this library, Kuznetsov's formula in numbers, simulated amplitudes."""
    s1, s3, k, omega, p = sympy.symbols("s1 s3 k omega p")

    def plain(expression):
        return expression.xreplace({s: sympy.Symbol(str(s)) for s in expression.free_symbols})

    pair = ds.build_system(
        ds.motifs.bidirectional(nodes=("a", "b")), ds.LeakyRate(ds.AnySigmoid()), ds.Hebbian("k", time_constant="p")
    )
    # There x = u (1, 1), v.v = 2: the coefficient is twice ours.
    own = 2 * ds.derive.pitchfork_sum(pair).at(left=(1, 1), right=(1, 1))
    assert sympy.cancel(plain(own) - (6 * k * s1**4 + s3) / (6 * s1)) == 0
    own = ds.derive.hopf_sum(hopf_z4()).at(left=(-sympy.I, 1), right=(sympy.I, 1))
    slow = 1 + 4 * omega**2 * p**2
    assert sympy.cancel(2 * plain(own) - (2 * k * s1**4 + slow * s3) / (2 * omega * s1 * slow)) == 0


def test_the_universal_sum_specialises_to_a_given_network():
    universal = ds.derive.pitchfork_sum()
    assert {str(s) for s in universal.coefficient.free_symbols} >= {"s1", "s3", "N"}
    assert universal.coefficient.has(sympy.Sum)
    tanh = universal.with_activation(ds.Tanh())
    assert not {str(s) for s in tanh.coefficient.free_symbols} & {"s1", "s3"}
    with pytest.raises(ParameterError, match="any network"):
        universal.at(left=(1,), right=(1,))


def test_what_the_sum_does_not_cover_is_refused():
    motif = ds.motifs.bidirectional(nodes=("a", "b"))
    with pytest.raises(UnsupportedFeatureError, match="odd"):
        ds.derive.pitchfork_sum(ds.build_system(motif, ds.WilsonCowan(ds.Tanh(), refractory=1)))
    with pytest.raises(UnsupportedFeatureError, match="relax"):
        ds.derive.hopf_sum(ds.build_system(motif, ds.LeakyRate(ds.Tanh()), ds.SynapseRule("pre*post")))
    with pytest.raises(UnsupportedFeatureError, match="first order"):
        ds.derive.hopf_sum(ds.build_system(motif, ds.LeakyRate(ds.Tanh()), ds.SynapseRule("-w + pre")))
    with pytest.raises(UnsupportedFeatureError, match="graph"):
        ds.derive.hopf_sum(ds.system_from_equations({"x": "-x"}))
    with pytest.raises(UnsupportedFeatureError, match="corner"):
        ds.derive.pitchfork_sum(ds.build_system(motif, ds.LeakyRate(ds.Rectified())))
    with pytest.raises(ParameterError, match="one entry"):
        ds.derive.pitchfork_sum(ds.build_system(motif, ds.LeakyRate(ds.Tanh()))).at(left=(1,), right=(1, 1))
    with pytest.raises(ParameterError, match="no value"):
        ds.derive.pitchfork_sum(ds.build_system(motif, ds.LeakyRate(ds.AnySigmoid()))).evaluate(
            left=(1, 1), right=(1, 1)
        )
    with pytest.raises(ParameterError, match="not odd"):
        ds.derive.pitchfork_sum().with_activation(ds.Logistic())
