"""Iterations against eigenvalues and Jury's conditions; lost positivity against Wigner's semicircle."""

from fractions import Fraction

import numpy as np
import pytest

import dynsym as ds
from dynsym.claims import Converges, Exactly, LosesPositivity, prove
from dynsym.errors import ParameterError

QUADRATIC = [["0", "1"], ["-b", "-a"]]


def test_jury_for_a_quadratic():
    region = "abs(b) < 1 and abs(a) < 1 + b"
    assert prove(Exactly(Converges(QUADRATIC), where=region), symbols=["a", "b"]).verdict == "proved"
    wrong = prove(Converges(QUADRATIC), symbols=["a", "b"], repair=False)
    assert wrong.verdict == "refuted"
    a, b = (float(Fraction(wrong.counterexample[name])) for name in "ab")
    assert max(abs(np.linalg.eigvals([[0, 1], [-b, -a]]))) >= 1 - 1e-12


@pytest.mark.parametrize("seed", range(6))
def test_numbers_agree_with_eigenvalues(seed):
    matrix = np.random.default_rng(seed).integers(-9, 10, (3, 3))
    texts = [[f"{entry}/12" for entry in row] for row in matrix.tolist()]
    radius = max(abs(np.linalg.eigvals(matrix / 12)))
    assert abs(radius - 1) > 1e-6
    assert prove(Converges(texts), repair=False).verdict == ("proved" if radius < 1 else "refuted")


def test_on_the_unit_circle_an_iteration_does_not_converge():
    assert prove(Converges([["0", "1"], ["-1", "0"]]), repair=False).verdict == "refuted"


def test_a_semicircle_of_variance_v_reaches_zero_where_its_radius_is_the_distance():
    law = ds.derive.free_sum(ds.derive.Semicircle("v"), ds.derive.Atoms({3: 1}))  # radius 2 sqrt(v), centre 3
    assert prove(LosesPositivity(law, ("2.24", "2.26"))).verdict == "proved"
    assert prove(LosesPositivity(law, ("2", "2.2")), repair=False).verdict == "refuted"
    with pytest.raises(ParameterError, match="One parameter must be left"):
        LosesPositivity(ds.derive.Semicircle(1), ("1", "2"))
