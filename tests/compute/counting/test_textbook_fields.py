"""Textbook fields counted in a box, against the distinct zeros that MINPACK finds from many starts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import root

import dynsym as ds
from dynsym._expressions import FunctionDefinition
from dynsym.errors import DomainError

Box = dict[str, tuple[float, float]]

MORRIS_LECAR = {
    "V": "(I - gL*(V - VL) - gK*w*(V - VK) - gCa*m(V)*(V - VCa))/20",
    "w": "(n(V) - w)*cosh((V - V3)/(2*V4))/25",
}
CHANNELS = {
    "m": FunctionDefinition(("V",), "(1 + tanh((V + 1.2)/18))/2"),
    "n": FunctionDefinition(("V",), "(1 + tanh((V - V3)/V4))/2"),
}

FIELDS: dict[str, tuple[dict[str, str], Box, dict[str, float], dict[str, FunctionDefinition]]] = {
    "Morris-Lecar, class I": (
        MORRIS_LECAR,
        {"V": (-100, 100), "w": (0, 1)},
        {"I": 35, "gL": 2, "VL": -60, "gK": 8, "VK": -84, "gCa": 4, "VCa": 120, "V3": 12, "V4": 17.4},
        CHANNELS,
    ),
    "Morris-Lecar, class II": (
        MORRIS_LECAR,
        {"V": (-100, 100), "w": (0, 1)},
        {"I": 40, "gL": 2, "VL": -60, "gK": 8, "VK": -84, "gCa": 4.4, "VCa": 120, "V3": 2, "V4": 30},
        CHANNELS,
    ),
    "toggle switch": (
        {"u": "a/(1 + v^n) - u", "v": "a/(1 + u^n) - v"},
        {"u": (0, 10), "v": (0, 10)},
        {"a": 4, "n": 2.5},
        {},
    ),
    "Wilson-Cowan with refractoriness": (
        {"E": "-E + (1 - E)*S(16*E - 12*I + P)", "I": "-I + (1 - I)*S(15*E - 3*I)"},
        {"E": (0, 1), "I": (0, 1)},
        {"P": 1.2},
        {"S": FunctionDefinition(("u",), "1/(1 + exp(-1.3*(u - 4))) - 1/(1 + exp(5.2))")},
    ),
    "Rosenzweig-MacArthur": (
        {"x": "x*(1 - x/K) - x*y/(1 + x)", "y": "x*y/(1 + x) - m*y"},
        {"x": (-0.5, 10), "y": (-1, 10)},
        {"K": 5, "m": 0.4},
        {},
    ),
    "potassium gate": (
        {
            "V": "-36*n^4*(V + 77) - 0.3*(V + 54.4)",
            "n": "0.01*(V + 55)/(1 - exp(-(V + 55)/10))*(1 - n) - 0.125*exp(-(V + 65)/80)*n",
        },
        {"V": (-100, -56), "n": (0, 1)},
        {},
        {},
    ),
    "persistent sodium": (
        {
            "V": "-8*(V + 80) - 20/(1 + exp(-(V + 20)/15))*(V - 60) - 10*n*(V + 90)",
            "n": "1/(1 + exp(-(V + 25)/5)) - n",
        },
        {"V": (-100, 60), "n": (0, 1)},
        {},
        {},
    ),
    "stirred tank": (
        {"x": "-x + D*(1 - x)*exp(y/(1 + y/20))", "y": "-y + 8*D*(1 - x)*exp(y/(1 + y/20)) - 3*y/10"},
        {"x": (0, 1), "y": (-1, 10)},
        {"D": 0.12},
        {},
    ),
    "pendulum": ({"x": "y", "y": "-sin(x) - y/10 + 1/2"}, {"x": (-10, 10), "y": (-5, 5)}, {}, {}),
    "repressilator": (
        {"x": "10/(1 + z^3) - x", "y": "10/(1 + x^3) - y", "z": "10/(1 + y^3) - z"},
        {"x": (0, 12), "y": (0, 12), "z": (0, 12)},
        {},
        {},
    ),
    "waves": (
        {"x": "sin(3*x)*cos(y) - x/3 + exp(-y^2)", "y": "x*y - cos(x + y)"},
        {"x": (-5, 5), "y": (-5, 5)},
        {},
        {},
    ),
}


def zeros_from_starts(f: ds.CompiledSystem, box: Box, starts: int) -> list[np.ndarray]:
    rng, parameters = np.random.default_rng(1), f.default_values
    low, high = (np.array([box[name][k] for name in f.state_names], dtype=float) for k in (0, 1))
    found: list[np.ndarray] = []
    for start in low + (high - low) * rng.random((starts, len(low))):
        with np.errstate(all="ignore"):
            try:
                answer = root(f.field, start, args=(parameters,), jac=f.jacobian, tol=1e-12)
            except DomainError:
                continue
            good = answer.success and np.abs(f.field(answer.x, parameters)).max() < 1e-8
        if good and (answer.x >= low).all() and (answer.x <= high).all():
            scale = 1e-5 * (1 + np.abs(answer.x).max())
            if all(np.abs(answer.x - other).max() > scale for other in found):
                found.append(answer.x)
    return found


@pytest.mark.parametrize("name", FIELDS)
def test_counts_agree_with_many_starts(name: str) -> None:
    equations, box, parameters, functions = FIELDS[name]
    f = ds.compile_system(ds.system_from_equations(equations, parameters=parameters, functions=functions))
    count = ds.count_equilibria(f, box=box)
    assert count.status == "proved", count.reason
    expected = zeros_from_starts(f, box, 120)
    assert count.count == len(expected)
    states = np.array([list(e.state.values()) for e in count.equilibria])
    for zero in expected:
        assert np.abs(states - zero).max(axis=1).min() < 1e-6 * (1 + np.abs(zero).max())


UNBOXED = {
    "saturated cubics": {"x": "-x^3 + tanh(y)", "y": "-y^3 + 2*tanh(x)"},
    "damped quintic": {"x": "x - x^5 + cos(y)", "y": "-y + sin(x*y)"},
    "FitzHugh-Nagumo with a tanh": {"v": "v - v^3/3 - w + 2*tanh(3*v)", "w": "(v + 7/10 - 4/5*w)/12"},
    "Hill functions": {"u": "4/(1 + v^2) - u", "v": "4/(1 + u^2) - v"},
}


@pytest.mark.parametrize("name", UNBOXED)
def test_boxes_are_derived(name: str) -> None:
    f = ds.compile_system(ds.system_from_equations(UNBOXED[name]))
    count = ds.count_equilibria(f)
    assert count.status == "proved", count.reason
    assert count.count == len(zeros_from_starts(f, dict.fromkeys(f.state_names, (-30, 30)), 200))


def test_a_box_contracted_to_a_plane_keeps_what_lies_on_it() -> None:
    """x' = y puts all equilibria of a pendulum on y = 0, which is no face of the box asked for."""
    f = ds.compile_system(ds.system_from_equations({"x": "y", "y": "-sin(x) - y/10"}))
    assert ds.count_equilibria(f, box={"x": (-10, 10), "y": (-5, 5)}).count == 7
    on_face = ds.count_equilibria(f, box={"x": (-10, 10), "y": (0, 5)})
    assert on_face.status != "proved"
    assert on_face.reason == "an equilibrium lies on a face of the box"
