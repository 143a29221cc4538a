"""What is marginal is not called stable, and what does not branch is not called a pitchfork."""

import numpy as np
import pytest

import dynsym as ds


def _diagram(rate):
    system = ds.system_from_equations({"x": rate}, parameters=["m"])
    return ds.bifurcation_diagram(system, parameter="m", span=(-1, 1))


@pytest.mark.parametrize(("rate", "at"), [("m*x", 0), ("(m - 0.3)*(x - 1)", 0.3)])
def test_a_line_of_equilibria_is_not_stable(rate, at):
    diagram = _diagram(rate)
    (line,) = (b for b in diagram.branches if np.ptp(b.parameter_values) < 1e-9)
    assert line.parameter_values == pytest.approx(at)
    ordinary = np.ones(len(line), dtype=bool)
    ordinary[[point.step for point in line.special]] = False
    assert not line.stable[ordinary].any()


def test_a_cusp_shaped_single_branch_has_no_pitchfork():
    diagram = _diagram("m^2 - x^3")
    assert "pitchfork" not in {point.kind for point in diagram.special}
