"""A condition as a curve: drawn where it holds, solid where it is supercritical."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import dynsym as ds
from dynsym.errors import ParameterError
from dynsym.plot import condition


@pytest.fixture(scope="module")
def hopf():
    system = ds.build_system(ds.motifs.ei_pair(w_II=0), node=ds.LeakyRate(ds.Tanh()))
    return ds.hopf_condition(system, parameter="w_EE", at=0)[0]


def test_the_curve_is_drawn_where_the_constraint_holds(hopf):
    ax = condition(hopf, span={"tau_I": (0.1, 2)}, values={"tau_E": 1, "w_EI": 1, "w_IE": 1})
    (line,) = ax.lines
    x, y = line.get_data()
    assert np.isnan(y[x <= 1]).all()
    np.testing.assert_allclose(y[x > 1], 1 + 1 / x[x > 1])
    assert (line.get_linestyle(), line.get_label()) == ("-", "hopf supercritical")
    plt.close("all")


def test_the_line_changes_where_the_criticality_does():
    system = ds.system_from_equations({"x": "p*x - c*x + (c - 1)*x^3"}, {"p": None, "c": None})
    (pitchfork,) = ds.find_conditions(system, parameter="p", at=0)
    ax = condition(pitchfork, span={"c": (0, 2)})
    solid, dashed = ax.lines
    assert np.nanmax(np.where(np.isfinite(solid.get_ydata()), solid.get_xdata(), np.nan)) < 1
    assert np.nanmin(np.where(np.isfinite(dashed.get_ydata()), dashed.get_xdata(), np.nan)) >= 1
    plt.close("all")


def test_one_parameter_is_on_the_axis(hopf):
    with pytest.raises(ParameterError, match="one axis"):
        condition(hopf, span={"tau_I": (0, 1), "tau_E": (0, 1)})
    with pytest.raises(ParameterError, match="no argument"):
        condition(hopf, span={"tau_I": (0.1, 1)})
