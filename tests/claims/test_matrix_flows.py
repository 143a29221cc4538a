"""Gradients, Schwarz residuals and local conditions: against sympy at small sizes, and the cases of the literature."""

import itertools
import json
import random
from fractions import Fraction

import pytest
import sympy

from dynsym import tensors as tn
from dynsym.errors import (
    BudgetExceeded,
    ModelNameError,
    ParameterError,
    ProofError,
    SizeMismatchError,
    UnsupportedFeatureError,
)
from dynsym.kernel import recheck
from dynsym.kernel.index_arguments import interpretation_of
from dynsym.tensors.sizes.counterexamples import random_numbers
from dynsym.tensors.sizes.normal_form import declarations_of

M, N = tn.Sort("M"), tn.Sort("N")
W, A, B = tn.matrix("W", N, N), tn.matrix("A", N, N), tn.matrix("B", N, M)
V, S = tn.symmetric_matrix("V", N), tn.symmetric_matrix("S", N)
f, d = tn.column("f", N), tn.signs("d", N)
D, rank_one = tn.diagonal_matrix(d), f @ f.T
P, Q = tn.sign_matrix("P", N, N), tn.sign_matrix("Q", N, N, symmetric=True)
CONDITION = rank_one @ D - D @ rank_one


def replayed(finding):
    return recheck(json.loads(json.dumps(finding.counterexample or finding.proof)))


def numeric(formula, sizes, seed):
    """A formula at random integers by plain loops, and the tables used."""
    argument = {"declarations": declarations_of(formula), "sizes": sizes}
    argument |= random_numbers(formula, sizes, tn.Hypotheses(), random.Random(seed))
    return interpretation_of(argument), argument["tables"]


def symbols_of(tables, names):
    return {
        (name, tuple(map(int, key.split(",")))): sympy.Symbol(f"{name}_{key.replace(',', '_')}")
        for name in names
        for key in tables[name]
    }


@pytest.mark.parametrize("convention", ["projector", "coordinates", "both"])
def test_derivatives_by_symmetric_matrices_follow_their_convention(convention):
    value = tn.trace(A @ V @ V @ A.T @ V)
    slope = tn.derivative(value, V, convention=convention)
    numbers, tables = numeric(slope, {"N": 2}, 4)
    v = {key: sympy.Symbol(f"v{key[0]}{key[1]}") for key in itertools.product(range(2), repeat=2)}
    free = sympy.Matrix(2, 2, lambda i, j: v[i, j])
    a = sympy.Matrix(2, 2, lambda i, j: int(tables["A"][f"{i},{j}"]))
    polynomial = (a * free * free * a.T * free).trace()
    at = {v[i, j]: int(tables["V"][f"{min(i, j)},{max(i, j)}"]) for i, j in v}
    for i, j in v:
        first, second = (sympy.diff(polynomial, v[key]).subs(at) for key in ((i, j), (j, i)))
        expected = {
            "projector": (first + second) / 2,
            "both": first + second,
            "coordinates": first if i == j else first + second,
        }[convention]
        assert numbers.value(slope.node, (i, j), {}) == Fraction(int(2 * expected), 2)


def test_a_stated_gradient_is_tried_in_every_convention():
    value = tn.trace(S @ V + V @ S @ V)
    right, doubled = S + S @ V + V @ S, 2 * (S + S @ V + V @ S)
    assert tn.prove_derivative(value, V, right).verdict == "proved"
    assert "in the convention projector" in tn.prove_derivative(value, V, right).reason
    other = tn.prove_derivative(value, V, doubled)
    assert (other.verdict, "in the convention both" in other.reason) == ("refuted", True)
    assert "in no convention" in tn.prove_derivative(value, V, 3 * right).reason
    assert tn.prove_derivative(tn.norm_squared(W), W, 2 * W).verdict == "proved"


def test_formulas_evaluate_to_what_sympy_finds():
    formula = tn.hadamard(A @ B @ B.T - 2 * A.T, tn.diagonal_matrix(f) @ A) + tn.trace(A) * tn.identity(N)
    numbers, tables = numeric(formula, {"M": 3, "N": 2}, 9)
    a, b = (
        sympy.Matrix(2, columns, lambda i, j, name=name: int(tables[name][f"{i},{j}"]))
        for name, columns in (("A", 2), ("B", 3))
    )
    g = sympy.diag(*(int(tables["f"][str(i)]) for i in range(2)))
    expected = (a * b * b.T - 2 * a.T).multiply_elementwise(g * a) + a.trace() * sympy.eye(2)
    assert [[numbers.value(formula.node, (i, j), {}) for j in range(2)] for i in range(2)] == expected.tolist()


def test_gradients_of_functions_are_recognised():
    for value in (tn.norm_squared(W @ S), tn.trace(A @ W @ W) ** 2, tn.trace(W @ D @ W.T @ A)):
        finding = tn.prove_gradient({W: tn.derivative(value, W)}, budget=20_000)
        assert finding.verdict == "proved"
        assert "steps hold" in replayed(finding)
    for convention, verdict in (("projector", "proved"), ("coordinates", "refuted")):
        slope = tn.derivative(tn.trace(A @ V @ S @ V), V, convention=convention)
        assert tn.prove_gradient({V: slope}).verdict == verdict


@pytest.mark.parametrize(
    "flow",
    [W @ D @ rank_one + rank_one @ D @ W.T, tn.hadamard(W @ S, P), W @ W, A @ W.T],
    ids=["ei", "mixed", "square", "turned"],
)
def test_flows_that_are_no_gradient(flow):
    finding = tn.prove_gradient({W: flow})
    assert finding.verdict == "refuted"
    assert replayed(finding)


def test_a_joint_flow_needs_the_mixed_derivatives_as_well():
    x, y = tn.column("x", N), tn.column("y", N)
    assert tn.prove_gradient({x: A @ y, y: A.T @ x}).verdict == "proved"
    assert tn.prove_gradient({x: A @ y}).verdict == "proved"
    assert tn.prove_gradient({x: A @ y, y: A @ x}).verdict == "refuted"


def test_symmetric_weights():
    flow = V @ D @ rank_one + rank_one @ D @ V
    assert tn.prove_gradient({V: V @ S + S @ V}).verdict == "proved"
    assert tn.prove_gradient({V: flow}).verdict == "refuted"
    leaving = tn.prove_gradient({V: V @ S})
    assert (leaving.verdict, "leaves the symmetric matrices" in leaving.reason) == ("refuted", True)


def test_masks_leave_out_missing_synapses():
    m = tn.mask_matrix("m", N, N)
    chosen = tn.array((N, N), lambda i, j: m[i, j] * (1 - m[j, i]) * W[j, i])
    assert tn.prove_gradient({W: chosen}).verdict == "refuted"
    assert tn.prove_gradient({W: chosen}, masks={W: m}).verdict == "proved"
    assert tn.prove_gradient({W: chosen}, masks={tn.matrix("W", N, N): m}).verdict == "proved"
    with pytest.raises(ParameterError, match="no flow moves"):
        tn.prove_gradient({W: chosen}, masks={A: m})
    with pytest.raises(ParameterError, match="not symmetric"):
        tn.prove_gradient({V: V}, masks={V: m})
    with pytest.raises(SizeMismatchError, match="mask"):
        tn.prove_gradient({W: chosen}, masks={W: tn.mask_matrix("m", N, M)})


def test_hypotheses_bind_counterexamples():
    finding = tn.prove_gradient({W: A @ W.T}, hypotheses=tn.Hypotheses(positive=(A, W), least={N: 3}))
    assert finding.counterexample["sizes"] == {"N": 3}
    assert all(int(value) > 0 for name in "AW" for value in finding.counterexample["tables"][name].values())


def test_the_patterns_of_the_symmetry_condition():
    residual = tn.schwarz_residual(tn.hadamard(S @ W.T + W @ S, P), W)
    shown = {str(pattern) for pattern in tn.coincidence_patterns(residual)}
    assert "i = j = k | l: 2*P[i,i]*S[i,l] - P[i,l]*S[i,l]" in shown
    assert len(shown) == 8


def test_patterns_are_all_of_a_residual():
    """Instantiated at all index values, the patterns are the entries of the residual."""
    residual = tn.schwarz_residual(tn.hadamard(S @ W.T + W @ S, P), W)
    numbers, tables = numeric(residual, {"N": 3}, 2)
    patterns = {pattern.blocks: pattern.polynomial for pattern in tn.coincidence_patterns(residual)}
    for place in itertools.product(range(3), repeat=4):
        named = dict(zip("ijkl", place, strict=True))
        blocks = tuple(tuple(label for label in "ijkl" if named[label] == value) for value in dict.fromkeys(place))
        polynomial = next((p for key, p in patterns.items() if set(key) == set(blocks)), {})
        value = Fraction(0)
        for monomial, coefficient in polynomial.items():
            term = coefficient
            for name, at in monomial:
                key = [named[label] for label in at]
                term *= Fraction(tables[name][",".join(map(str, sorted(key) if name == "S" else key))])
            value += term
        assert value == numbers.value(residual.node, place, {})


def test_sums_are_no_local_condition():
    with pytest.raises(UnsupportedFeatureError, match="sums"):
        tn.coincidence_patterns(A @ A)


def test_when_the_excitatory_inhibitory_rule_is_a_gradient():
    symmetric = tn.schwarz_residual(V @ D @ rank_one + rank_one @ D @ V, V)
    together = tn.prove_equivalence(symmetric, CONDITION)
    assert together.verdict == "proved"
    assert replayed(together) == "2 steps hold: the residuals vanish together"
    unconstrained = tn.schwarz_residual(W @ D @ rank_one + rank_one @ D @ W.T, W)
    finding = tn.prove_equivalence(unconstrained, CONDITION)
    assert finding.verdict == "refuted"
    assert replayed(finding)
    assert tn.prove_implication((unconstrained,), CONDITION).verdict == "proved"
    assert tn.prove_equivalence(tn.schwarz_residual(W @ D @ rank_one, W), CONDITION).verdict == "proved"


def test_generic_covariance_forces_one_kind_of_plasticity():
    i, j, k, l = N.indices("i j k l")
    residual = tn.schwarz_residual(tn.hadamard(S @ V + V @ S, Q), V)
    uniform = Q[i, j] - Q[k, l]
    generic = tn.prove_implication((residual,), uniform, hypotheses=tn.Hypotheses(nonzero=(S,)))
    assert generic.verdict == "proved"
    assert "no entry of S vanishes" in generic.scope
    assert "for all sizes" in replayed(generic)
    for wrong in (dict(generic.proof, nonzero=[]), dict(generic.proof, premises=[])):
        with pytest.raises(ProofError, match="no premise alone"):
            recheck(wrong)
    degenerate = tn.prove_implication((residual,), uniform)
    assert degenerate.verdict == "refuted"
    assert replayed(degenerate)


def test_real_conditions_that_complex_numbers_do_not_meet_are_left_undecided():
    x, y = tn.column("x", N), tn.column("y", N)
    i = N.index("i")
    assert tn.prove_implication((x[i] ** 2 + y[i] ** 2,), x[i]).verdict == "undecided"
    assert tn.prove_implication((x[i] ** 2,), x[i]).verdict == "proved"
    assert tn.prove_implication((x[i] ** 2 - 1,), x[i] - 1).verdict == "refuted"


def test_many_signs_are_refused_instead_of_enumerated():
    signs = [tn.sign_matrix(f"P{k}", N, N) for k in range(16)]
    i, j = N.indices("i j")
    with pytest.raises(BudgetExceeded, match="signs"):
        tn.prove_implication((signs[0][i, j] - 1,), sum((p[i, j] for p in signs), tn.zeros()))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: W @ B.T, SizeMismatchError, "columns and rows of one sort"),
        (lambda: W + B, SizeMismatchError, "equal shapes"),
        (lambda: W * B, SizeMismatchError, "hadamard"),
        (lambda: tn.hadamard(W, B), SizeMismatchError, "equal shapes"),
        (lambda: tn.trace(B), SizeMismatchError, "one sort"),
        (lambda: tn.trace(2), ParameterError, "formula=2"),
        (lambda: tn.hadamard(W, 2), ParameterError, "second=2"),
        (lambda: W @ 2, SizeMismatchError, "two slots"),
        (lambda: B[N.index("i"), N.index("j")], SizeMismatchError, "slots have sorts"),
        (lambda: f[N.index("i"), N.index("j")], SizeMismatchError, "none for slots of size one"),
        (lambda: tn.delta(N.index("i"), M.index("j")), SizeMismatchError, "one sort"),
        (lambda: tn.total(N, lambda k: B), SizeMismatchError, "scalar"),
        (lambda: tn.diagonal_matrix(W), SizeMismatchError, "row or a column"),
        (lambda: tn.diagonal_of(B), SizeMismatchError, "one sort"),
        (lambda: tn.schwarz_residual(B, W), SizeMismatchError, "equal shapes"),
        (lambda: tn.prove_identity(W, B), SizeMismatchError, "equal shapes"),
        (lambda: tn.at_point(W @ B, {W: B}), SizeMismatchError, "equal shapes"),
        (lambda: tn.Index("i", tn.UNIT), SizeMismatchError, "size one"),
        (lambda: tn.tensor("T", N, M, symmetric=True), SizeMismatchError, "one sort"),
        (lambda: W + 0.5, ParameterError, "Fraction"),
        (lambda: W**2, ParameterError, "power"),
        (lambda: f.T @ f**-1, ParameterError, "reciprocal"),
        (lambda: list(W), ParameterError, "total"),
        (lambda: bool(W), ParameterError, "prove_identity"),
        (lambda: bool(tn.prove_identity(W, W)), ParameterError, "undecided"),
        (lambda: tn.derivative(W, D), ParameterError, "bare tensor"),
        (lambda: tn.derivative(d, d), ParameterError, "free entries"),
        (lambda: tn.derivative(tn.trace(V), V, convention="free"), ParameterError, "projector"),
        (lambda: tn.derivative(tn.trace(W), W, convention="projector"), ParameterError, "projector"),
        (lambda: tn.reciprocal(W, "u"), ParameterError, "closed polynomial scalar"),
        (lambda: tn.at_point(W, {V: S}), ParameterError, "without symmetry"),
        (lambda: tn.jacobian({W: W}, stacking="upwards"), ParameterError, "stacking"),
        (lambda: tn.Hypotheses(nonzero=(W @ W,)), ParameterError, "bare tensor"),
        (lambda: tn.tensor("T", N, kind="odd"), ParameterError, "kind"),
        (lambda: tn.matrix("2W", N, N), ModelNameError, "identifier"),
        (lambda: W + tn.matrix("W", N, N).T @ tn.matrix("W", N, M) @ B.T, ModelNameError, "two ways"),
        (lambda: W[N.index("i"), N.index("i")] + B[N.index("j"), M.index("i")], ModelNameError, "two ways"),
    ],
)
def test_inconsistent_formulas_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_formulas_are_written_as_they_were_typed():
    i = N.index("i")
    shown = {
        W.T @ A - 2 * S: "W.T @ A - 2*S",
        (W + A) @ B: "(W + A) @ B",
        tn.total(N, lambda k: W[i, k] * f[k]): "total(N, k1: W[i, k1]*f[k1])",
        tn.derivative(tn.trace(V), V): "derivative(trace(V), V, convention='projector')",
        tn.array((N, tn.UNIT), lambda k: f[k]): "array((N, UNIT), k1: f[k1])",
        tn.at_point(W @ A, {A: tn.identity(N)}): "at_point(W @ A, A = identity(N))",
    }
    assert {str(formula): text for formula, text in shown.items()} == {text: text for text in shown.values()}
    assert (tn.scalar("lambda") * W.T @ A)._repr_latex_() == r"$\lambda\,W^{\top}\,A$"
    for formula in [
        *shown,
        tn.hadamard(W, A),
        tn.diagonal_matrix(f),
        tn.diagonal_of(W),
        tn.ones(N, N) / 2,
        D - tn.identity(N),
    ]:
        assert formula._repr_latex_().count("{") == formula._repr_latex_().count("}")
