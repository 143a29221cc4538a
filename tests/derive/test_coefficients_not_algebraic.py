"""Equations for the parameter whose coefficients are exact but not algebraic, as exp(-1/2): all their real roots."""

import mpmath
import pytest

import dynsym as ds

CONSTANTS = {"exp(-1/2)": mpmath.exp(-0.5), "pi": mpmath.pi, "log(3)": mpmath.log(3), "atan(3)": mpmath.atan(3)}
SHAPES = ["m^2 - c*m - 1/10", "m^2 + c*m + 3", "m^3 - c*m + 1/4", "m^4 - c*m - 7/5", "3*m^5 - c*m^2 - 30*m"]
COEFFICIENTS = [
    lambda c: [1, -c, -0.1],
    lambda c: [1, c, 3],
    lambda c: [1, 0, -c, 0.25],
    lambda c: [1, 0, 0, -c, -1.4],
    lambda c: [3, 0, 0, -c, -30, 0],
]


@pytest.mark.parametrize("name", CONSTANTS)
@pytest.mark.parametrize("shape", range(len(SHAPES)))
def test_every_real_root_of_the_trace_is_a_hopf_point(shape, name):
    trace = SHAPES[shape].replace("c", name)
    system = ds.system_from_equations({"x": "y", "y": f"-x + ({trace})*y - y^3"}, {"m": None})
    found = ds.find_conditions(system, parameter="m", at=0)
    roots = mpmath.polyroots(COEFFICIENTS[shape](+CONSTANTS[name]), maxsteps=200, extraprec=200)
    real = sorted(float(mpmath.re(r)) for r in roots if abs(mpmath.im(r)) < 1e-12)
    assert {c.kind for c in found} <= {"hopf"}
    assert [c.value for c in found] == pytest.approx(real, rel=1e-12, abs=1e-12)
    assert {c.verdict for c in found} <= {"proved"}
