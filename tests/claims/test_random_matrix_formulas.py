"""Random matrix formulas: plain loops, the expansion and the normal form are three readings of one text."""

import itertools
import random
from fractions import Fraction

import pytest

from dynsym import tensors as tn
from dynsym.kernel.index_arguments import interpretation_of
from dynsym.tensors.sizes.bounds import size_bound
from dynsym.tensors.sizes.counterexamples import random_numbers
from dynsym.tensors.sizes.expansion import expand_difference
from dynsym.tensors.sizes.normal_form import declarations_of, normal_form, plain_formula

M, N = tn.Sort("M"), tn.Sort("N")
A, B = tn.matrix("A", N, N), tn.matrix("B", N, M)
S, m, P = tn.symmetric_matrix("S", N), tn.mask_matrix("m", N, M), tn.sign_matrix("P", N, N, symmetric=True)
x, y, d = tn.column("x", N), tn.row("y", M), tn.signs("d", N)
a = tn.scalar("a")
LEAVES = [A, B, S, m, P, x, y, tn.diagonal_matrix(d), tn.diagonal_matrix(x), tn.ones(N, M), tn.identity(N)]
FREE = [A, B, S, x, y]


KINDS = ["product", "product", "sum", "turned", "entrywise", "scaled", "derivative", "diagonal", "point"]


def matrix_formula(choice, depth):
    """A random formula with two slots."""
    if depth == 0 or choice.random() < 0.15:
        return choice.choice(LEAVES)
    kind = choice.choice(
        ["product", "product", "sum", "turned", "entrywise", "scaled", "derivative", "diagonal", "point"]
    )
    first = matrix_formula(choice, depth - 1)
    if kind == "turned":
        return first.T
    if kind == "scaled":
        return choice.choice([2, Fraction(-1, 3), a, N.size, scalar_formula(choice, depth - 1)]) * first
    if kind == "diagonal" and len(first.sorts) == 1:
        return tn.diagonal_matrix(first)
    if kind == "diagonal" and first.shape[0] == first.shape[1]:
        return tn.diagonal_of(first)
    if kind == "point":
        return tn.at_point(first, {x: A @ x, y: 2 * y})
    if kind == "derivative":
        weights = choice.choice(FREE)
        convention = choice.choice(["projector", "coordinates", "both"]) if weights is S else None
        return tn.derivative(scalar_formula(choice, depth - 1), weights, convention=convention)
    second = matrix_formula(choice, depth - 1)
    if kind in ("sum", "entrywise") and second.shape == first.shape:
        return first + second if kind == "sum" else tn.hadamard(first, second)
    for left, right in ((first, second), (first.T, second), (first, second.T), (first.T, second.T)):
        if left.shape[1] == right.shape[0]:
            return left @ right
    return first


def scalar_formula(choice, depth):
    inside = matrix_formula(choice, depth)
    if inside.shape[0] == inside.shape[1] and choice.random() < 0.5:
        return tn.trace(inside)
    return tn.norm_squared(inside) if choice.random() < 0.5 else tn.trace(inside @ matrix_like(inside).T)


def matrix_like(formula):
    return next((leaf for leaf in LEAVES if leaf.shape == formula.shape), formula)


@pytest.mark.parametrize("seed", [*range(40), *(pytest.param(k, marks=pytest.mark.slow) for k in range(40, 400))])
def test_three_readings_agree(seed):
    choice = random.Random(seed)
    formula = matrix_formula(choice, 3)
    zero = tn.zeros(*formula.shape)
    form = normal_form(formula, zero)
    plain = plain_formula(form, formula)
    assert normal_form(formula, plain).is_zero
    for sizes in ({"M": 1, "N": 2}, {"M": 2, "N": 1}, {"M": 2, "N": 2}):
        expansion = expand_difference(formula, zero, sizes)
        assert expand_difference(formula, plain, sizes).is_zero
        argument = {"declarations": declarations_of(formula), "sizes": sizes}
        argument |= random_numbers(formula, sizes, tn.Hypotheses(), choice)
        numbers = interpretation_of(argument)
        known = {(name, ()): value for name, value in argument["scalars"].items()}
        for name, table in argument["tables"].items():
            known |= {(name, tuple(map(int, filter(None, key.split(","))))): value for key, value in table.items()}
        point = [int(known[place]) for place in expansion.places]
        for at in itertools.product(*(range(sizes[sort.name]) for sort in formula.sorts)):
            polynomial = expansion.entries.get(at)
            expected = Fraction(0) if polynomial is None else Fraction(str(polynomial(*(point or [0]))))
            assert numbers.value(formula.node, at, {}) == numbers.value(plain.node, at, {}) == expected
    bound = size_bound(formula, zero, argument["declarations"]["sorts"])
    used = [_dummies(key) for key in form.parts]
    slots = [sum(own == sort for own in formula.sorts) for sort in (M, N)]
    for sort, free in zip((M, N), slots, strict=True):
        most = max((dummies.count(sort.name) for dummies in used), default=0)
        assert bound.least.get(sort.name, 1) >= free + most
        position = form.terms.names.index(f"|{sort.name}|") if f"|{sort.name}|" in form.terms.names else None
        if position is not None and form.parts:
            degree = max(value.degrees()[position] for value in form.parts.values())
            assert bound.degree.get(sort.name, 0) >= degree


def _dummies(key):
    """Sorts of the summed indices of a term."""
    return [sort for sort, _ in {place[1:] for _, places in key[1] for place in places if place[0]}]
