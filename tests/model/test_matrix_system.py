"""Matrix systems of symbolic size, against products of numpy arrays at given sizes."""

import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.errors import ModelError, ModelNameError, ParameterError

M, N = sympy.symbols("M N")
W1, W2 = sympy.MatrixSymbol("W1", N, M), sympy.MatrixSymbol("W2", 1, N)
S, D1, D2 = (sympy.MatrixSymbol(name, *shape) for name, shape in (("s", (1, M)), ("D1", (M, M)), ("D2", (N, N))))
E = S - W2 * W1


@pytest.fixture
def student():
    return ds.system_from_matrices({W1: W2.T * E * D1, W2: E * W1.T * D2}, signs=(D1, D2), name="student")


@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 3), (3, 2)])
def test_entries_are_those_of_numpy(student, m, n):
    rng = np.random.default_rng(m + 10 * n)
    w1, w2, s = rng.integers(-3, 4, (n, m)), rng.integers(-3, 4, (1, n)), rng.integers(-3, 4, (1, m))
    d1, d2 = rng.choice([-1, 1], m), rng.choice([-1, 1], n)
    system = student.with_values(M=m, N=n, D1=d1.tolist(), D2=d2.tolist(), s=s.tolist())
    error = s - w2 @ w1
    expected = np.concatenate([(w2.T @ error @ np.diag(d1)).ravel(), (error @ w1.T @ np.diag(d2)).ravel()])
    point = dict(zip(system.states, map(int, [*w1.ravel(), *w2.ravel()]), strict=True))
    found = [rate.xreplace({**system.substitution(), **point}) for rate in system.rhs]
    assert found == [int(value) for value in expected]
    assert system.state_names[0] == "W1_1_1"
    assert system.state_names[-1] == f"W2_{n}"


def test_it_says_what_it_is_made_of(student):
    assert [matrix.name for matrix in student.states] == ["W1", "W2"]
    assert [matrix.name for matrix in student.constants] == ["D1", "D2", "s"]
    assert student.sizes == (M, N)
    assert repr(student) == (
        "MatrixSystem('student': W1 (N×M), W2 (1×N); constants D1 (M×M, signs), D2 (N×N, signs), s (1×M))"
    )
    assert student.matrix("D1") == D1
    assert student.hypotheses(M=1, N=2)[-1] == sympy.Eq(sympy.Symbol("D2_2", real=True, nonzero=True) ** 2, 1)


def test_scalars_traces_symmetric_and_hadamard_parts():
    A, C, tau = sympy.MatrixSymbol("A", N, N), sympy.MatrixSymbol("C", N, N), sympy.Symbol("tau", positive=True)
    rate = (A * C - sympy.Trace(A) * sympy.Identity(N) + sympy.HadamardProduct(A, C) + N * A) / tau
    system = ds.system_from_matrices({A: rate}, symmetric=[C]).with_values(N=2)
    a, c = sympy.Matrix(2, 2, system.states), sympy.Matrix([["C_1_1", "C_1_2"], ["C_1_2", "C_2_2"]])
    c = c.applyfunc(lambda s: system[s.name])
    expected = (a * c - a.trace() * sympy.eye(2) + a.multiply_elementwise(c) + 2 * a) / system["tau"]
    assert sympy.simplify(sympy.Matrix(2, 2, system.rhs) - expected).is_zero_matrix
    assert system["tau"].is_positive


def test_a_system_without_symbolic_sizes_is_taken_as_it_is():
    A, C = sympy.MatrixSymbol("A", 2, 1), sympy.MatrixSymbol("C", 2, 2)
    gradient = ds.system_from_matrices({A: -C * A}, symmetric=[C])
    assert ds.decompose(gradient, at=0).is_gradient["euclidean"] == "proved"
    turning = ds.system_from_matrices({A: sympy.Matrix([[0, 1], [-1, 0]]) * A})
    assert [str(h) for h in ds.first_integrals(turning, 2)] == ["A_1**2 + A_2**2"]


def test_mistakes_are_named(student):
    with pytest.raises(ParameterError, match="no value for the size N"):
        student.with_values(M=2)
    with pytest.raises(ParameterError, match="it is 1, 2, 3"):
        student.with_values(M=2, N=0)
    with pytest.raises(ParameterError, match="entries are 1 or -1"):
        student.with_values(M=1, N=1, D1=[2])
    with pytest.raises(ParameterError, match="it is 1 by 2"):
        student.with_values(M=2, N=1, s=[1])
    with pytest.raises(ModelNameError, match="did you mean D1"):
        student.with_values(M=1, N=1, D11=[1])
    with pytest.raises(ParameterError, match="is a state"):
        student.with_values(M=1, N=1, W2=[1])
    with pytest.raises(ModelError, match="1 by N, and W1 is N by M"):
        ds.system_from_matrices({W1: W2})
    with pytest.raises(ModelError, match="square"):
        ds.system_from_matrices({W2: -W2}, signs=[S])
    with pytest.raises(ParameterError, match="at most 400"):
        student.with_values(M=30, N=20)
    with pytest.raises(ParameterError, match="no value for the size M"):
        ds.decompose(student, at=0)
