"""Lyapunov functions, contraction and discs, against eigenvalues and energies that are known."""

import numpy as np
import sympy

import dynsym as ds
from dynsym.claims import HasLyapunovFunction, IsContracting, IsStable, load_claims, prove

DAMPED = ds.system_from_equations({"x": "y", "y": "-x - c*y"}, ["c"], name="damped")


def said(goal, *hypotheses):
    return prove(goal, hypotheses=hypotheses, repair=False).verdict


def test_the_energy_of_a_damped_swing_does_not_increase():
    assert said(HasLyapunovFunction(DAMPED, "x^2 + y^2", strict=False), "c >= 0") == "proved"
    assert said(HasLyapunovFunction(DAMPED, "x^2 + y^2"), "c > 0") == "refuted"
    assert said(HasLyapunovFunction(DAMPED, "x^2 + y^2", strict=False)) == "refuted"
    assert said(HasLyapunovFunction(DAMPED, "3*x^2 + 2*x*y + 2*y^2"), "c = 1") == "proved"
    assert said(HasLyapunovFunction(DAMPED, "x^2 - y^2", strict=False), "c > 0") == "refuted"


def test_contraction_of_a_pair_up_to_its_pitchfork():
    pair = ds.build_system(ds.motifs.bidirectional(weight="w"))
    assert said(IsContracting(pair), "-1 < w < 1") == "proved"
    assert said(IsContracting(pair)) == "refuted"
    skew = ds.system_from_equations({"x": "-x + 3*y", "y": "-y"})
    assert said(IsContracting(skew)) == "refuted"
    assert said(IsContracting(skew, weights={"y": 10})) == "proved"


def test_discs_prove_what_numpy_finds_stable():
    rng = np.random.default_rng(2)
    matrix = rng.integers(-3, 4, (6, 6))
    np.fill_diagonal(matrix, -20)
    found = prove(IsStable(sympy.Matrix(matrix.tolist())))
    assert found.verdict == "proved"
    assert found.method == "Gershgorin's discs"
    assert np.linalg.eigvals(matrix).real.max() < 0


def test_discs_after_scaling():
    matrix = sympy.Matrix([[-2, 9, 0, 0], [0, -2, 9, 0], [0, 0, -2, 9], [sympy.Rational(1, 999), 0, 0, -2]])
    found = prove(IsStable(matrix))
    assert found.method == "Gershgorin's discs after diagonal similarity"
    assert max(complex(v).real for v in np.linalg.eigvals(np.array(matrix, dtype=float))) < 0


def test_an_unstable_matrix_is_no_disc_s_business():
    matrix = sympy.Matrix(4, 4, lambda i, j: 1 if i == j else 0)
    assert said(IsStable(matrix)) == "refuted"


def test_files_have_words_for_them():
    text = 'model = { states = { x = "-x + y", y = "-x - y" } }\n'
    goals = ['{ kind = "is_contracting" }', '{ kind = "has_lyapunov_function", function = "x^2 + y^2" }']
    for goal in goals:
        (claim,) = load_claims(f"{text}goal = {goal}\n")
        assert prove(claim).verdict == "proved"
