"""Matrix and index algebra with symbolic sizes: identities, gradients and determinants for all sizes.

Formulas are typed as in a paper, with sizes as symbols and every product checked by sort at once::

    from dynsym import tensors as tn

    M, N = tn.Sort("M"), tn.Sort("N")
    W1, W2, s = tn.matrix("W1", N, M), tn.row("W2", N), tn.row("s", M)      # W2: 1 x N
    d1, d2 = tn.signs("d1", M), tn.signs("d2", N)                           # entries ±1
    D1, D2 = tn.diagonal_matrix(d1), tn.diagonal_matrix(d2)
    E = s - W2 @ W1
    F1, F2 = W2.T @ E @ D1, E @ W1.T @ D2                                   # the flow of W1 and of W2

**Making formulas**: `matrix`, `row`, `column`, `symmetric_matrix`, `signs` (±1 column), `sign_matrix`, `mask_matrix`
(0/1), `tensor` (any number of slots), `scalar`, `N.size`, `identity(N)`, `ones(N, M)`, `zeros(N, M)`, numbers (int,
Fraction). **Combining**: ``+ - @ .T``, ``*`` and ``/`` by scalars, ``** int`` of scalars, `hadamard`, `trace`,
`norm_squared`, `diagonal_matrix`, `diagonal_of`, `reciprocal(p, "u")` (1/p for a closed scalar p), `derivative(F, W)`
(slots of F, then of W; of a scalar: the gradient, in the shape of W; symmetric W: ``convention="projector"`` (default,
Frobenius), ``"coordinates"`` or ``"both"``), ``at_point(formula, {s: W2 @ W1})`` (values given after derivatives).
**By entries**: ``i, j = N.indices("i j")``, ``W1[i, p]``, ``W2[i]`` (UNIT slots take no index), `delta(i, j)`,
``total(N, lambda k: W1[k, p] * W2[k])``, ``array((N, M), lambda i, j: …)``.

**Questions**, each answered with a `Conclusion` (verdict, scope, method, reason, counterexample, proof):

- `prove_identity(left, right)`: equal for all sizes? The normal form and, from the source formula, the expansion at
  the size vector that suffices must agree; a refutation carries small integers that plain loops replay.
- `corrected_identity(left, right)`: a right side near the given one that is proved; `expanded(formula)` works it out.
- `prove_gradient({W1: F1, W2: F2})`: is the flow the gradient of anything (Schwarz, jointly in all weights; symmetric W
  by the Frobenius projector; ``masks={W: m}`` for missing synapses)? `schwarz_residual(F, W)` is the tested array.
- `prove_derivative(L, W, stated)`: is the stated formula the gradient of L (symmetric W: all conventions are tried, the
  Frobenius gradient counts and the others are named)?
- `coincidence_patterns(residual)`: the entry conditions of a residual without sums, valid for every size;
  `prove_implication((premise, …), conclusion)`, `prove_equivalence(residual, condition)`: does one vanish wherever the
  others do ("holds if", "holds iff"), under `Hypotheses(nonzero=(S,), positive=(W,), least={N: 2})`?
- `prove_characteristic_polynomial(J, lam, right, form="J - lambda")` and `prove_determinant(left, right)`: determinants
  of block operators for all sizes; hints ``factors=[(G, H)]`` (J = G H, low rank) and ``solutions=[Y]`` (A Y = B).
  `evaluated_determinant(left)` says what a determinant is equal to.
- `prove_operator_identity(J, K)`: block by block; operators over differently ordered spaces are compared as flat
  matrices, and can then only be refuted.

**Operators** over spaces such as (N×M) ⊕ N: ``space = Space(((N, M), (N,)))`` and ``Operator(space, space, {(0, 0):
derivative(F1, W1), …})``; a block's slots are the row indices, then the column indices. `jacobian({W1: F1, W2: F2})` is
the Jacobian operator of a flow (rows of weights stacked: the last index runs fast; ``stacking="columns"`` turns each
weight's indices around), `kronecker(X, Y)` has entries X[i,p] Y[j,q] at ((i,j), (p,q)), the index of Y running fast.
``J.at_point({W1: …})``, ``J @ K``, ``J.T``, ``Operator.scaled(space, c)``, `as_operator(matrix)`.

**Determinants**: `Product` is a product of powers: ``Product.sign(p) * Product.power(lam, q) * Product.determinant(A) *
Product.over(M, lambda j: lam + d1[j] * w)`` with exponents in the sizes (``M.size * N.size - N.size``).

Inconsistent sizes raise `SizeMismatchError` where the formula is written.
"""

from dynsym._border import put_behind_border
from dynsym.tensors.corrections import corrected_identity, expanded
from dynsym.tensors.determinants.formulas import (
    evaluated_determinant,
    prove_characteristic_polynomial,
    prove_determinant,
)
from dynsym.tensors.determinants.operator_identities import prove_operator_identity
from dynsym.tensors.determinants.products import Product
from dynsym.tensors.determinants.spaces import Operator, Space, as_operator, jacobian, kronecker
from dynsym.tensors.formulas.binders import array, delta, total
from dynsym.tensors.formulas.declarations import (
    column,
    identity,
    mask_matrix,
    matrix,
    ones,
    reciprocal,
    row,
    scalar,
    sign_matrix,
    signs,
    symmetric_matrix,
    tensor,
    zeros,
)
from dynsym.tensors.formulas.formula import UNIT, Formula, Index, Sort, Tensor
from dynsym.tensors.formulas.operations import (
    at_point,
    derivative,
    diagonal_matrix,
    diagonal_of,
    hadamard,
    norm_squared,
    trace,
)
from dynsym.tensors.sizes.conclusion import Conclusion
from dynsym.tensors.sizes.counterexamples import Hypotheses
from dynsym.tensors.sizes.equivalences import prove_equivalence, prove_implication
from dynsym.tensors.sizes.gradients import prove_derivative, prove_gradient, schwarz_residual
from dynsym.tensors.sizes.identities import prove_identity
from dynsym.tensors.sizes.patterns import Pattern, coincidence_patterns

__all__ = [
    "UNIT",
    "Conclusion",
    "Formula",
    "Hypotheses",
    "Index",
    "Operator",
    "Pattern",
    "Product",
    "Sort",
    "Space",
    "Tensor",
    "array",
    "as_operator",
    "at_point",
    "coincidence_patterns",
    "column",
    "corrected_identity",
    "delta",
    "derivative",
    "diagonal_matrix",
    "diagonal_of",
    "evaluated_determinant",
    "expanded",
    "hadamard",
    "identity",
    "jacobian",
    "kronecker",
    "mask_matrix",
    "matrix",
    "norm_squared",
    "ones",
    "prove_characteristic_polynomial",
    "prove_derivative",
    "prove_determinant",
    "prove_equivalence",
    "prove_gradient",
    "prove_identity",
    "prove_implication",
    "prove_operator_identity",
    "reciprocal",
    "row",
    "scalar",
    "schwarz_residual",
    "sign_matrix",
    "signs",
    "symmetric_matrix",
    "tensor",
    "total",
    "trace",
    "zeros",
]

put_behind_border(globals(), __all__)
