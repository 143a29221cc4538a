"""Claims about matrix systems of every size, and the same at given sizes by another route."""

import pytest
import sympy

import dynsym as ds
from dynsym.claims import Claim, IsConserved, IsGradient, MatrixIdentity, Not, prove
from dynsym.claims.rechecking import recheck_verdict
from dynsym.errors import ParameterError

from .mutants import count_mutants

M, N = sympy.symbols("M N")
W1, W2 = sympy.MatrixSymbol("W1", N, M), sympy.MatrixSymbol("W2", 1, N)
S, D1, D2 = (sympy.MatrixSymbol(name, *shape) for name, shape in (("s", (1, M)), ("D1", (M, M)), ("D2", (N, N))))
E = S - W2 * W1
DESCENT = ds.system_from_matrices({W1: W2.T * E, W2: E * W1.T}, name="descent")
TURNED = ds.system_from_matrices({W1: W2.T * E * D1, W2: E * W1.T * D2}, signs=(D1, D2), name="turned")


def test_gradient_descent_is_a_gradient_for_all_sizes():
    found = prove(IsGradient(DESCENT))
    assert (found.verdict, found.scope) == ("proved", "all sizes")
    assert prove(IsGradient(DESCENT.with_values(M=2, N=2))).verdict == "proved"


def test_turned_signs_make_it_no_gradient():
    found = prove(IsGradient(TURNED))
    assert found.verdict == "refuted"
    assert found.counterexample["sizes"] == {"M": 1, "N": 1}
    assert prove(Not(IsGradient(TURNED))).verdict == "proved"
    assert prove(IsGradient(TURNED.with_values(M=1, N=1, D1=[1], D2=[-1])), repair=False).verdict == "refuted"
    assert prove(IsGradient(TURNED.with_values(M=1, N=1, D1=[1], D2=[1]))).verdict == "proved"


def test_the_balance_of_layers_is_conserved_by_descent_alone():
    balance = W1 * W1.T - W2.T * W2
    found = prove(IsConserved(DESCENT, balance))
    assert (found.verdict, found.scope) == ("proved", "all sizes")
    assert recheck_verdict(found).failed == ()
    assert len(recheck_verdict(found).checked) == 1
    assert prove(IsConserved(TURNED, balance), repair=False).verdict == "refuted"
    assert prove(IsConserved(DESCENT, sympy.Trace(W1.T * W1) - sympy.Trace(W2 * W2.T))).verdict == "proved"


def test_a_false_identity_is_repaired_by_a_transposition():
    A, B = sympy.MatrixSymbol("A", N, N), sympy.MatrixSymbol("B", N, N)
    found = prove(MatrixIdentity((A * B).T, B.T * A))
    assert found.verdict == "refuted"
    assert found.corrected == "B.T*A.T = B.T*A.T"
    assert prove(MatrixIdentity(D1 * D1, sympy.Identity(M), signs=(D1,))).verdict == "proved"
    assert prove(MatrixIdentity(D1 * D1, sympy.Identity(M), diagonal=(D1,)), repair=False).verdict == "refuted"
    with pytest.raises(ParameterError, match="both sides need one shape"):
        MatrixIdentity(W1, W2)


def test_no_mutant_of_an_identity_is_proved():
    A = sympy.MatrixSymbol("A", N, N)
    claim = Claim("square", "", MatrixIdentity((A + A.T) * (A + A.T), A * A + A * A.T + A.T * A + A.T * A.T))
    assert prove(claim).verdict == "proved"
    assert count_mutants(claim).proved == ()
