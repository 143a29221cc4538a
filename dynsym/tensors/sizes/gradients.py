"""Is a flow of weights the gradient of anything?

On all matrices, on symmetric matrices (Frobenius inner product) and on masked ones the space of weights is a vector
space, so a flow F is a gradient if and only if its derivative is symmetric (Schwarz, and Poincaré's lemma): the
residual ∂F_a/∂W_b - ∂F_b/∂W_a vanishes for all pairs of weights, whatever the sizes.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from dataclasses import replace

from dynsym._docstrings import documented
from dynsym.errors import ParameterError
from dynsym.tensors.formulas.binders import array
from dynsym.tensors.formulas.declarations import zeros
from dynsym.tensors.formulas.formula import Formula, Index, require_same_shape
from dynsym.tensors.formulas.operations import derivative
from dynsym.tensors.sizes.conclusion import Conclusion
from dynsym.tensors.sizes.counterexamples import OPTIONS, Hypotheses
from dynsym.tensors.sizes.identities import prove_identity

__all__ = ["prove_derivative", "prove_gradient", "schwarz_residual"]


def schwarz_residual(
    flow: Formula,
    weights: Formula,
    other_flow: Formula | None = None,
    other_weights: Formula | None = None,
    *,
    masks: Mapping[Formula, Formula] | None = None,
) -> Formula:
    """The array whose vanishing says that mixed derivatives commute.

    Its slots are those of `weights`, then those of `other_weights` (by default the same). On symmetric weights the
    derivatives are Frobenius projections. A mask multiplies both slots: rows and columns of missing synapses drop out.

    Parameters
    ----------
    flow, weights : Formula
        A flow and the bare tensor that it moves.
    other_flow, other_weights : Formula, optional
        A second pair, for the mixed block of a joint flow.
    masks : mapping of weights to mask, optional

    Raises
    ------
    SizeMismatchError
        If a flow has not the shape of its weights.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> W, A = tn.matrix("W", N, N), tn.symmetric_matrix("A", N)
    >>> tn.prove_identity(tn.schwarz_residual(W @ A, W), tn.zeros(N, N, N, N)).verdict
    'proved'
    """
    other_flow = flow if other_flow is None else other_flow
    other_weights = weights if other_weights is None else other_weights
    require_same_shape(flow, weights, "a flow and its weights")
    require_same_shape(other_flow, other_weights, "a flow and its weights")
    forward, backward = derivative(flow, other_weights), derivative(other_flow, weights)
    if not flow.sorts or not other_flow.sorts:
        raise ParameterError(
            f"The flow of {weights if not flow.sorts else other_weights} has no slot that takes an index. Treat scalar "
            "weights as a column over a sort of its own."
        )
    first, second = len(flow.sorts), len(other_flow.sorts)
    kept = {key.node: mask for key, mask in (masks or {}).items()}
    for tensor, mask in (masks or {}).items():
        require_same_shape(mask, tensor, "a mask and its weights")

    def entry(*indices: Index) -> Formula:
        a, b = indices[:first], indices[first : first + second]
        value = forward[a + b] - backward[b + a]
        for tensor, at in ((weights, a), (other_weights, b)):
            if tensor.node in kept:
                value = kept[tensor.node][at] * value
        return value

    return array(flow.sorts + other_flow.sorts, entry)


@documented(kinds=OPTIONS)
def prove_gradient(
    flows: Mapping[Formula, Formula],
    *,
    masks: Mapping[Formula, Formula] | None = None,
    hypotheses: Hypotheses | None = None,
    nodes: int = 20_000,
    budget: int = 400_000,
) -> Conclusion:
    """Whether a joint flow is the gradient of a function of all its weights, for all sizes.

    Parameters
    ----------
    flows : mapping of weights to flow
        Each key is a bare tensor, each value a formula of its shape.
    masks : mapping of weights to mask, optional
        Which synapses exist; the others neither move nor count.

    Returns
    -------
    Conclusion
        `refuted` with sizes and weights where two mixed derivatives differ.

    Raises
    ------
    SizeMismatchError
        If a flow or a mask has not the shape of its weights.
    ParameterError
        If a mask is for weights that no flow moves.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> W, S = tn.matrix("W", N, N), tn.symmetric_matrix("S", N)
    >>> D = tn.diagonal_matrix(tn.signs("d", N))
    >>> tn.prove_gradient({W: W @ S}).verdict
    'proved'
    >>> tn.prove_gradient({W: W @ D @ S}).verdict
    'refuted'
    """
    start = time.process_time()
    pairs = list(flows.items())
    strange = [str(tensor) for tensor in masks or {} if tensor.node not in {weights.node for weights, _ in pairs}]
    if strange:
        raise ParameterError(
            f"A mask was given for {', '.join(strange)}, which no flow moves. Masks belong to the weights of the flows."
        )
    for tensor, mask in (masks or {}).items():
        declared = tensor.tensors.get(tensor.node[1])
        if declared is not None and declared.symmetric and prove_identity(mask, mask.T).verdict != "proved":
            raise ParameterError(
                f"The mask {mask} of the symmetric weights {tensor} is not symmetric. "
                "Declare it by mask_matrix(name, N, N, symmetric=True)."
            )
    steps = []
    for weights, flow in pairs:
        declared = weights.tensors[weights.node[1]] if weights.node[0] == "tensor" else None
        if declared is not None and declared.symmetric:
            stays = prove_identity(flow, flow.T, hypotheses=hypotheses, nodes=nodes, budget=budget)
            if stays.verdict != "proved":
                reason = f"the flow of {weights} is not symmetric, so it leaves the symmetric matrices ({stays.reason})"
                return _like(stays, start, reason)
            steps.append(stays)
    for (weights, flow), (other, other_flow) in itertools.combinations_with_replacement(pairs, 2):
        residual = schwarz_residual(flow, weights, other_flow, other, masks=masks)
        found = prove_identity(residual, zeros(*residual.shape), hypotheses=hypotheses, nodes=nodes, budget=budget)
        if found.verdict != "proved":
            reason = f"∂F[{weights}]/∂{other} and ∂F[{other}]/∂{weights} differ: {found.reason}"
            return _like(found, start, reason)
        steps.append(found)
    names = ", ".join(str(weights) for weights, _ in pairs)
    scope = max((step.scope for step in steps), key=len)
    proof = {"kind": "steps", "steps": [step.proof for step in steps], "establishes": f"derivatives by {names} commute"}
    method = f"Schwarz test on {len(steps)} identities: {steps[-1].method}"
    reason = f"all mixed derivatives with respect to {names} commute, so a potential exists"
    return Conclusion("proved", scope, method, reason, proof=proof, seconds=time.process_time() - start)


@documented(kinds=OPTIONS)
def prove_derivative(
    value: Formula, weights: Formula, stated: Formula, *, hypotheses: Hypotheses | None = None
) -> Conclusion:
    """Whether a stated formula is the derivative of another, for all sizes.

    On symmetric weights the verdict is about the Frobenius gradient (convention "projector"); the reason names every
    convention in which the formula holds.

    Parameters
    ----------
    value : Formula
        What is differentiated; of a scalar the derivative has the shape of the weights.
    weights : Formula
        A bare tensor of free entries.
    stated : Formula

    Raises
    ------
    SizeMismatchError
        If the stated formula has other slots than the derivative.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> V, S = tn.symmetric_matrix("V", N), tn.symmetric_matrix("S", N)
    >>> tn.prove_derivative(tn.trace(S @ V), V, 2 * S).reason
    'left = 1, right = 2 at entry (0, 0); it holds in the convention both'
    """
    declared = weights.tensors.get(weights.node[1]) if weights.node[0] == "tensor" else None
    if declared is None or not declared.symmetric:
        return prove_identity(derivative(value, weights), stated, hypotheses=hypotheses)
    found = {
        convention: prove_identity(derivative(value, weights, convention=convention), stated, hypotheses=hypotheses)
        for convention in ("projector", "coordinates", "both")
    }
    holding = [convention for convention, answer in found.items() if answer.verdict == "proved"]
    said = f"it holds in the convention {' and '.join(holding)}" if holding else "it holds in no convention"
    frobenius = found["projector"]
    return replace(frobenius, reason=f"{frobenius.reason}; {said}")


def _like(found: Conclusion, start: float, reason: str) -> Conclusion:
    seconds = time.process_time() - start
    return Conclusion(found.verdict, found.scope, found.method, reason, found.counterexample, None, seconds)
