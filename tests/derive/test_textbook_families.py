"""The normal forms themselves, as systems: every critical point is found, also where the critical state is 0."""

import pytest

import dynsym as ds


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ("g - x^2", [("fold", 0)]),
        ("g - 1 - x^2", [("fold", 1)]),
        ("g - (x - 1)^2", [("fold", 0)]),
        ("g - x^2 + x^3", [("fold", 0), ("fold", 4 / 27)]),
        ("g*x - x^2", [("transcritical", 0)]),
        ("g*x - x^3", [("pitchfork", 0)]),
        ("g*x + x^3 - x^5", [("fold", -1 / 4), ("fold", -1 / 4), ("pitchfork", 0)]),
        ("g - x^3", [("degenerate", 0)]),
    ],
)
def test_scalar_families(rate, expected):
    found = ds.find_conditions(ds.system_from_equations({"x": rate}, parameters=["g"]), parameter="g")
    assert [(c.kind, pytest.approx(c.value, abs=1e-12)) for c in found] == expected


def test_a_fold_at_the_origin_of_two_states():
    system = ds.system_from_equations({"x": "g - x^2", "y": "-y + x"}, parameters=["g"])
    (fold,) = ds.find_conditions(system, parameter="g")
    assert (fold.kind, fold.value) == ("fold", 0)
