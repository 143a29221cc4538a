"""Equations along a parameter: ranges of derivatives, contraction in states and parameter, singular zeros kept."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.optimize import root

import dynsym as ds
from dynsym.arithmetic.ball_arrays import BallArray
from dynsym.compute.counting.along.families import CountedFamily, LinkFamily
from dynsym.compute.counting.links.reader import link_reader
from dynsym.compute.counting.matrices.elimination import Expansion, eliminate
from dynsym.compute.counting.matrices.singularity import is_regular, lacks_singular_zero
from dynsym.compute.counting.setting import Setting


def plastic_pair() -> ds.SymbolicSystem:
    network = ds.motifs.bidirectional(weight=0.3, bias="b")
    return ds.build_system(network, synapse=ds.Hebbian(strength="k"), values={"b": 0.7})


SYSTEMS = {
    "plastic tanh": (plastic_pair(), "k", -1.3),
    "logistic": (
        ds.build_system(
            ds.motifs.ei_pair(w_EE=6, w_EI=4, w_IE=5, w_II="w", bias=[-2, -1]), ds.LeakyRate(ds.Logistic(2))
        ),
        "w",
        1.2,
    ),
    "softplus and tanh": (
        ds.system_from_equations(
            {"x": "-x + p*log(1 + exp(y)) - 1", "y": "-y + tanh(x/p) + p^2"}, parameters={"p": None}
        ),
        "p",
        0.8,
    ),
}


def family_of(system: ds.SymbolicSystem, name: str, value: float) -> LinkFamily:
    compiled = ds.compile_system(system)
    values = {"tau_E": 1, "tau_I": 1} if "tau_E" in system.parameters else {}
    setting = Setting(compiled, {**values, name: value})
    reader = link_reader(compiled.system)
    assert reader is not None
    symbols = tuple(system.parameters.values())
    family = LinkFamily.of(reader, setting.balls, symbols, compiled.parameter_names.index(name))
    assert family is not None
    return family


def residual(family: CountedFamily, p: float, y: np.ndarray) -> np.ndarray:
    """F by floats at one value of the parameter."""
    slab = family.slab(p, p)
    return slab.problem.residual(y[None])[0]


@pytest.fixture(params=SYSTEMS)
def case(request: pytest.FixtureRequest) -> tuple[LinkFamily, float]:
    system, name, value = SYSTEMS[request.param]
    return family_of(system, name, value), value


def test_the_expansion_holds_the_equations(case: tuple[LinkFamily, float]) -> None:
    family, value = case
    rng = np.random.default_rng(0)
    slab = family.slab(value - 0.1, value + 0.1)
    for width in (1.0, 0.1, 0.001):
        middle = rng.normal(size=(20, 2))
        low, high = middle - width * rng.random((20, 2)), middle + width * rng.random((20, 2))
        first = value - 0.1 * rng.random(20)
        last = first + 0.1 * rng.random(20)
        over = slab.expansion(low, high, first, last)
        for k in range(20):
            share, place = rng.random(2), rng.random()
            y = low[k] + share * (high[k] - low[k])
            p = first[k] + place * (last[k] - first[k])
            z = np.append(y - 0.5 * (low[k] + high[k]), p - value)
            doubt = over.error[k] + over.slopes_radius[k] @ np.abs(z) + 1e-12
            assert (np.abs(residual(family, p, y) - over.residual[k] - over.slopes[k] @ z) <= doubt).all()


def test_the_curvature_holds_difference_quotients(case: tuple[LinkFamily, float]) -> None:
    family, value = case
    rng = np.random.default_rng(1)
    slab = family.slab(value - 1e-3, value + 1e-3)
    y, step = rng.normal(size=2), 1e-5
    w, v = rng.normal(size=(2, 1, 2))
    curvature = slab.curvature(y[None] - 1e-3, y[None] + 1e-3, np.array([value]), np.array([value]))
    found = curvature(BallArray.exact(w), BallArray.exact(v))

    def entry(p: float, y: np.ndarray) -> float:
        return float(w[0] @ family.slab(p, p).problem.jacobian(y[None])[0] @ v[0])

    quotients = [(entry(value, y + step * e) - entry(value, y - step * e)) / (2 * step) for e in np.eye(2)]
    quotients.append((entry(value + step, y) - entry(value - step, y)) / (2 * step))
    assert (np.abs(found.middle[0] - quotients) <= found.radius[0] + 1e-7).all()
    assert (found.radius[0] < 0.1).all()


def fold_of_the_plastic_pair() -> tuple[LinkFamily, float, np.ndarray]:
    system = ds.build_system(
        ds.motifs.bidirectional(weight=0, bias=1), synapse=ds.Hebbian(strength="k"), values={"k": 3}
    )
    family = family_of(system, "k", 3)

    def defining(z: np.ndarray) -> list[float]:
        problem = family.slab(z[0], z[0]).problem
        return [*problem.residual(z[None, 1:])[0], np.linalg.det(problem.jacobian(z[None, 1:])[0])]

    solution = root(defining, [2.7, -1.1, 2.7], tol=1e-13)
    assert solution.success
    return family, float(solution.x[0]), solution.x[1:]


@pytest.mark.parametrize("width", [1e-1, 1e-2, 1e-4, 1e-6])
def test_a_fold_is_never_lost(width: float) -> None:
    family, place, state = fold_of_the_plastic_pair()
    rng = np.random.default_rng(2)
    slab = family.slab(place - width, place + 2 * width)
    low, high = state - width * rng.random((50, 2)), state + width * rng.random((50, 2))
    first, last = place - width * rng.random(50), place + width * rng.random(50)
    over = slab.expansion(low, high, first, last)
    assert not is_regular(over).any()
    free, _ = lacks_singular_zero(
        over, slab.centre_jacobian(low, high, first, last), slab.curvature(low, high, first, last)
    )
    assert not free.any()
    found = eliminate(over)
    centre = np.concatenate([0.5 * (low + high), (0.5 * (first + last))[:, None]], axis=1)
    point = np.append(state, place)
    assert (centre + found.low <= point + 1e-13).all()
    assert (centre + found.high >= point - 1e-13).all()


def test_the_parameter_is_known_to_second_order_at_a_fold() -> None:
    family, place, state = fold_of_the_plastic_pair()
    spans = []
    for width in (1e-2, 1e-3):
        slab = family.slab(place - width, place + width)
        over = slab.expansion(
            state[None] - width, state[None] + width, np.array([place - width]), np.array([place + width])
        )
        found = eliminate(over)
        spans.append(float(found.high[0, -1] - found.low[0, -1]))
    assert spans[1] < spans[0] / 50


def test_a_box_off_the_fold_is_free_of_singular_zeros() -> None:
    family, place, state = fold_of_the_plastic_pair()
    slab = family.slab(place, place + 1e-2)
    low, high = (state + [0.05, 0])[None] - 1e-2, (state + [0.05, 0])[None] + 1e-2
    over = slab.expansion(low, high, np.array([place]), np.array([place + 1e-2]))
    assert is_regular(over).all()
    shrunk = dataclasses.replace(over, slopes_radius=30 * over.slopes_radius)
    assert not is_regular(shrunk).any()


def test_elimination_keeps_solutions_of_random_linear_systems() -> None:
    rng = np.random.default_rng(3)
    for size in (1, 2, 4):
        matrix = rng.normal(size=(200, size, size + 1))
        matrix[::3, :, 0] = 0  # singular in the states
        z = rng.uniform(-1, 1, size=(200, size + 1)) * rng.choice([1.0, 1e-3, 1e-6], size=(200, size + 1))
        radius = np.abs(z) * rng.uniform(1, 10, size=z.shape)
        change = 0.1 * rng.random(matrix.shape)
        exact = matrix + change * rng.uniform(-1, 1, size=matrix.shape)
        load = -(exact @ z[..., None])[..., 0]
        found = eliminate(Expansion(load, np.full(load.shape, 1e-15), matrix, change, radius, np.zeros(200)))
        assert (found.low <= z + 1e-12).all()
        assert (found.high >= z - 1e-12).all()
