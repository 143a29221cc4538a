"""Normal form, expansion and plain loops must say the same; the traps of the size bound; symmetric worst cases."""

import copy
import itertools
import json
import random
import time
from fractions import Fraction

import pytest

from dynsym import tensors as tn
from dynsym.errors import BudgetExceeded, ClosedFormMismatch, ProofError
from dynsym.kernel import recheck
from dynsym.tensors.sizes.bounds import size_bound
from dynsym.tensors.sizes.canonical import SearchLimit
from dynsym.tensors.sizes.expansion import expand_difference
from dynsym.tensors.sizes.normal_form import declarations_of, normal_form

M, N = tn.Sort("M"), tn.Sort("N")
W, V = tn.matrix("W", N, M), tn.matrix("V", N, N)
S, T = tn.symmetric_matrix("S", N), tn.tensor("T", N, M, N)
d, e, m = tn.signs("d", N), tn.signs("e", M), tn.mask_matrix("m", N, M)
x, y, a = tn.column("x", N), tn.row("y", M), tn.scalar("a")
TENSORS = [W, V, S, T, d, e, m, x, y]


def summed(choice, factors, dummies, coefficient):
    """Σ over the dummies of a product; a factor is (tensor, names), a name is a free Index or a dummy's number."""

    def body(bound, rest):
        if rest:
            number, sort = rest[0]
            return tn.total(sort, lambda k: body({**bound, number: k}, rest[1:]))
        product = coefficient * tn.ones()
        for tensor, names in factors:
            indices = tuple(bound.get(name, name) for name in names)
            product = product * (tn.delta(*indices) if tensor is None else tensor[indices])
        return product

    order = list(dummies.items())
    choice.shuffle(order)
    return body({}, order)


def random_term(choice, free):
    dummies = {k: choice.choice((M, N)) for k in range(choice.randint(0, 2))}
    pool = {sort: [k for k, s in dummies.items() if s == sort] + [i for i in free if i.sort == sort] for sort in (M, N)}
    factors = []
    for _ in range(choice.randint(1, 2)):
        tensor = choice.choice([t for t in TENSORS if all(pool[sort] for sort in t.sorts)] or [None])
        if tensor is not None:
            factors.append((tensor, tuple(choice.choice(pool[sort]) for sort in tensor.sorts)))
    if choice.random() < 0.3 and len(pool[N]) > 1:
        factors.append((None, tuple(choice.sample(pool[N], 2))))
    coefficient = choice.choice([1, -1, 2, Fraction(1, 2), a, 1 + a, N.size])
    return factors, dummies, coefficient


def scrambled(choice, term):
    """The same term with other names, another order, an inserted delta, a squared sign, transposed symmetric slots."""
    factors, dummies, coefficient = term
    names = list(range(10, 10 + len(dummies)))
    choice.shuffle(names)
    new = dict(zip(dummies, names, strict=True))
    moved = [(t, tuple(new.get(i, i) for i in at)) for t, at in factors]
    moved = [(t, at[::-1] if t is S and choice.random() < 0.5 else at) for t, at in moved]
    kept = {new[k]: sort for k, sort in dummies.items()}
    if moved and choice.random() < 0.5:
        at = choice.randrange(len(moved))
        tensor, places = moved[at]
        slot = choice.randrange(len(places))
        old = places[slot]
        sort = kept[old] if isinstance(old, int) else old.sort
        kept[99] = sort
        moved[at] = (tensor, places[:slot] + (99,) + places[slot + 1 :])
        moved.append((None, (99, old)))
    signed = [k for k, sort in kept.items() if sort == N]
    if signed and choice.random() < 0.5:
        moved += [(d, (signed[0],))] * 2
    choice.shuffle(moved)
    return moved, kept, coefficient


def fuzzed(seed):
    choice = random.Random(seed)
    free = [*N.indices("i j")[: choice.randint(0, 2)], *M.indices("p")[: choice.randint(0, 1)]]
    terms = [random_term(choice, free) for _ in range(choice.randint(1, 2))]
    others = [scrambled(choice, term) for term in terms]
    choice.shuffle(others)
    if seed % 2:
        at = choice.randrange(len(others))
        others[at] = random_term(choice, free) if choice.random() < 0.5 else (*others[at][:2], others[at][2] * 2)
    left, right = (sum((summed(choice, *term) for term in side), tn.zeros()) for side in (terms, others))
    return left, right


def agree_at(left, right, sizes):
    return expand_difference(left, right, sizes).is_zero


@pytest.mark.parametrize("block", [0, 1, *(pytest.param(k, marks=pytest.mark.slow) for k in range(2, 8))])
def test_the_normal_form_and_the_expansion_agree_on_random_expressions(block):
    for seed in range(50 * block, 50 * block + 50):
        left, right = fuzzed(seed)
        equal = normal_form(left, right).is_zero
        bound = size_bound(left, right, declarations_of(left, right)["sorts"])
        assert equal == all(agree_at(left, right, sizes) for sizes in bound.grid()), (seed, left, right)
        if not seed % 2:
            assert equal


def test_random_expressions_are_decided_with_an_argument_that_survives_json():
    verdicts = set()
    for seed in range(400, 420):
        finding = tn.prove_identity(*fuzzed(seed))
        verdicts.add(finding.verdict)
        stored = json.loads(json.dumps(finding.to_json()))
        assert recheck(stored["proof"] or stored["counterexample"])
    assert verdicts == {"proved", "refuted"}


def test_free_indices_are_counted_over_the_whole_expression():
    i, j = N.indices("i j")
    assert agree_at(x[i], x[j], {"N": 1})
    assert size_bound(x[i], x[j], ["N"]).least == {"N": 2}
    assert tn.prove_identity(x[i], x[j]).verdict == "refuted"


@pytest.mark.parametrize(
    ("left", "right", "where"),
    [
        (tn.total(N, lambda k: d[k] * d[k]), 1, 1),
        (tn.total(N, lambda k: tn.total(N, lambda h: tn.delta(k, h))), 2, 2),
        (tn.total(N, lambda k: tn.ones(N, tn.UNIT)[k]) * N.size, 4, 2),
        (tn.trace(tn.derivative(V @ x, x)) - tn.trace(V), tn.trace(tn.derivative(x, x)) - 3, 3),
    ],
    ids=["squared signs", "deltas", "ones", "derivative"],
)
def test_sizes_that_arise_on_reduction_enlarge_the_grid(left, right, where):
    assert agree_at(left, tn.zeros() + right, {"N": where})
    assert sum(size_bound(left, tn.zeros() + right, ["N"]).degree.values()) >= 1
    assert tn.prove_identity(left, right).verdict == "refuted"


def test_dummies_of_a_product_and_slots_of_a_derivative_are_counted():
    square = tn.trace(V @ V) ** 2
    assert size_bound(square, tn.zeros(), ["N"]).least["N"] == 4
    slope = tn.derivative(tn.derivative(tn.trace(V @ V), V), V)
    assert size_bound(slope, slope, ["N"]).least["N"] >= 4


def power_sum_expression(order):
    """e_k of the entries of x in power sums (Newton), which vanishes for every n < k."""
    sums = [tn.total(N, lambda i, q=q: x[i] ** q) for q in range(order + 1)]
    elementary = [tn.ones()]
    for k in range(1, order + 1):
        terms = (elementary[k - q] * sums[q] * (-1) ** (q - 1) for q in range(1, k + 1))
        elementary.append(sum(terms, tn.zeros()) / k)
    return elementary[order]


@pytest.mark.parametrize("order", [2, 3, 4])
def test_elementary_symmetric_functions_vanish_below_the_bound_only(order):
    left = power_sum_expression(order)
    assert all(agree_at(left, tn.zeros(), {"N": n}) for n in range(1, order))
    finding = tn.prove_identity(left, 0)
    assert (finding.verdict, finding.counterexample["sizes"]) == ("refuted", {"N": order})


def test_cayley_hamilton_of_two_by_two_is_no_identity():
    left = V @ V - tn.trace(V) * V + (tn.trace(V) ** 2 - tn.trace(V @ V)) / 2 * tn.identity(N)
    assert agree_at(left, tn.zeros(N, N), {"N": 2})
    assert tn.prove_identity(left, tn.zeros(N, N)).verdict == "refuted"


def test_the_standard_polynomial_of_degree_four_vanishes_for_two_by_two_only():
    matrices = [tn.matrix(name, N, N) for name in "ABCD"]
    left = tn.zeros(N, N)
    for order in itertools.permutations(range(4)):
        sign = (-1) ** sum(order[p] > order[q] for p in range(4) for q in range(p + 1, 4))
        product = tn.identity(N)
        for at in order:
            product = product @ matrices[at]
        left = left + sign * product
    assert agree_at(left, tn.zeros(N, N), {"N": 2})
    finding = tn.prove_identity(left, tn.zeros(N, N))
    assert (finding.verdict, finding.counterexample["sizes"]) == ("refuted", {"N": 3})


def of_graph(edges, vertices, names=None):
    """Σ Π S over the edges of a graph, the vertices summed in a given order."""
    names = names or list(range(vertices))

    def body(bound):
        if len(bound) < vertices:
            return tn.total(N, lambda k: body([*bound, k]))
        product = tn.ones()
        for p, q in edges:
            product = product * S[bound[names[p]], bound[names[q]]]
        return product

    return body([])


PETERSEN = (
    [(k, (k + 1) % 5) for k in range(5)] + [(k, k + 5) for k in range(5)] + [(5 + k, 5 + (k + 2) % 5) for k in range(5)]
)
COMPLETE = list(itertools.combinations(range(6), 2))
ROOK = [(p, q) for p, q in itertools.combinations(range(16), 2) if p // 4 == q // 4 or p % 4 == q % 4]


@pytest.mark.parametrize(
    ("edges", "vertices", "seconds"),
    [(PETERSEN, 10, 2.0), (COMPLETE, 6, 2.0), pytest.param(ROOK, 16, 20.0, marks=pytest.mark.slow)],
    ids=["petersen", "complete", "rook"],
)
def test_relabelled_symmetric_graphs_have_one_code(edges, vertices, seconds):
    names = list(range(vertices))
    random.Random(7).shuffle(names)
    start = time.process_time()
    assert normal_form(of_graph(edges, vertices), of_graph(edges, vertices, names)).is_zero
    assert time.process_time() - start < seconds
    assert not normal_form(of_graph(edges, vertices), of_graph(edges[1:], vertices)).is_zero


def test_beyond_the_node_budget_nothing_is_claimed():
    left, right = of_graph(COMPLETE, 6), of_graph(COMPLETE, 6, [3, 1, 0, 2, 5, 4])
    with pytest.raises(BudgetExceeded, match="node budget"):
        normal_form(left, right, SearchLimit(5))
    assert tn.prove_identity(left, right, nodes=5, budget=1000).verdict == "undecided"


def test_a_wrong_expansion_is_a_fault_and_no_verdict(monkeypatch):
    from dynsym.tensors.sizes import expansion

    transposed = expansion._Engine._transpose
    monkeypatch.setattr(expansion._Engine, "_transpose", lambda self, node, env: self.value(node[1], env))
    with pytest.raises(ClosedFormMismatch, match="fault"):
        tn.prove_identity((V @ S).T, S @ V.T)
    monkeypatch.setattr(expansion._Engine, "_transpose", transposed)
    assert tn.prove_identity((V @ S).T, S @ V.T).verdict == "proved"


def test_the_kernel_refuses_arguments_that_were_tampered_with():
    proof = json.loads(json.dumps(dict(tn.prove_identity(tn.trace(V @ W @ W.T), tn.trace(W.T @ V @ W)).proof)))
    assert recheck(proof) == "left = right for all sizes"
    swapped = dict(proof, labels=[proof["labels"][0], proof["labels"][1][::-1]])
    for wrong, message in [
        (dict(proof, right=proof["left"]), "digest"),
        (swapped, "cancel"),
        (dict(proof, labels=proof["labels"][:1]), "renamings"),
        (dict(proof, labels=[[0] * len(part) for part in proof["labels"]]), "one-to-one"),
        (dict(proof, kind="belief"), "No checker"),
        ({"kind": "index"}, "ill-formed"),
    ]:
        with pytest.raises(ProofError, match=message):
            recheck(wrong)


def test_the_kernel_refuses_counterexamples_that_are_none():
    example = dict(tn.prove_identity(tn.diagonal_matrix(d) @ V, V).counterexample)
    assert recheck(json.loads(json.dumps(example)))
    far = dict(example, at=[7, 8])
    for wrong in (dict(example, values=["1", "1"]), dict(example, sizes={"N": 0}), far):
        with pytest.raises(ProofError):
            recheck(wrong)
    other = copy.deepcopy(example)
    other["declarations"]["tensors"]["V"]["symmetric"] = True
    with pytest.raises(ProofError, match="digest"):
        recheck(other)
    tables = {**example["tables"], "d": dict.fromkeys(example["tables"]["d"], "5")}
    with pytest.raises(ProofError, match="kind sign"):
        recheck(dict(example, tables=tables))


def test_products_of_many_sums_are_given_up_and_long_sums_are_not(monkeypatch):
    monkeypatch.setattr("dynsym.kernel.terms.MOST_TERMS", 500)
    powers = [V + S]
    for _ in range(9):
        powers.append(powers[-1] @ powers[0])
    finding = tn.prove_identity(powers[-1], powers[-2] @ (S + V), budget=2000)
    assert (finding.verdict, "terms" in finding.reason) == ("undecided", True)
    long = V
    for _ in range(300):
        long = long + S
    assert tn.prove_identity(long, V + 300 * S).verdict == "proved"
