"""Does one local condition imply another, for all sizes? ("holds if and only if")

A pattern of the conclusion with b distinct indices is deduced from the premises on the same b indices alone, which
exist whenever the pattern does, so the deduction holds for every size. Signs and masks are enumerated; the rest is
radical membership in a polynomial ring. Where it fails, a point is sought at which the premises vanish and the
conclusion does not.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy

from dynsym._docstrings import documented
from dynsym.arithmetic.sampling import Sampler
from dynsym.errors import BudgetExceeded
from dynsym.kernel import recheck
from dynsym.kernel.local_conditions import Polynomial, cases, with_values, without_units
from dynsym.tensors.formulas.formula import Formula, combine
from dynsym.tensors.sizes.conclusion import Conclusion
from dynsym.tensors.sizes.counterexamples import Hypotheses
from dynsym.tensors.sizes.identities import declared_denominators
from dynsym.tensors.sizes.normal_form import declarations_of
from dynsym.tensors.sizes.patterns import Pattern, coincidence_patterns, local_conditions

__all__ = ["prove_equivalence", "prove_implication"]

LOCAL = "UnsupportedFeatureError: If a normal form contains sums."
NONZERO = {"hypotheses": "Hypotheses, optional\n    Tensors whose entries do not vanish; used by the proof as well."}

Variable = tuple[str, tuple[str, ...]]
Values = Mapping[Variable, Fraction]


@documented(LOCAL, NONZERO)
def prove_equivalence(first: Formula, second: Formula, *, hypotheses: Hypotheses | None = None) -> Conclusion:
    """Whether two residuals without sums vanish together, for all sizes.

    Parameters
    ----------
    first, second : Formula
        Arrays; "vanishes" means: in all entries.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> W, f = tn.matrix("W", N, N), tn.column("f", N)
    >>> D = tn.diagonal_matrix(tn.signs("d", N))
    >>> tn.prove_equivalence(tn.schwarz_residual(W @ D @ f @ f.T, W), f @ f.T @ D - D @ f @ f.T).verdict
    'proved'
    """
    forward = prove_implication((first,), second, hypotheses=hypotheses)
    if forward.verdict != "proved":
        return _named(forward, "the first vanishes and the second does not", "first => second")
    backward = prove_implication((second,), first, hypotheses=hypotheses)
    if backward.verdict != "proved":
        return _named(backward, "the second vanishes and the first does not", "second => first")
    reason = f"each follows from the other ({forward.reason}; {backward.reason})"
    proof: dict[str, Any] | None = None
    if forward.proof and backward.proof:
        steps = [forward.proof, backward.proof]
        proof = {"kind": "steps", "steps": steps, "establishes": "the residuals vanish together"}
    seconds = forward.seconds + backward.seconds
    return Conclusion("proved", forward.scope, forward.method, reason, None, proof, seconds)


def _named(found: Conclusion, refuted: str, direction: str) -> Conclusion:
    reason = f"{refuted}: {found.reason}" if found.verdict == "refuted" else f"{direction}: {found.reason}"
    return Conclusion(found.verdict, found.scope, found.method, reason, found.counterexample, None, found.seconds)


@documented(LOCAL, NONZERO)
def prove_implication(
    premises: Sequence[Formula], conclusion: Formula, *, hypotheses: Hypotheses | None = None
) -> Conclusion:
    """Whether a residual without sums vanishes wherever others do, for all sizes.

    Parameters
    ----------
    premises : sequence of Formula
        Arrays that vanish in all entries.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> S, d = tn.symmetric_matrix("S", N), tn.signs("d", N)
    >>> i, j = N.indices("i j")
    >>> generic = tn.Hypotheses(nonzero=(S,))
    >>> tn.prove_implication((S[i, j] * (d[i] - d[j]),), d[i] - d[j], hypotheses=generic).verdict
    'proved'
    >>> tn.prove_implication((S[i, j] * (d[i] - d[j]),), d[i] - d[j]).verdict
    'refuted'
    """
    start = time.process_time()
    hypotheses = hypotheses or Hypotheses()
    nonzero, _ = hypotheses.names
    kinds = {name: tensor.kind for name, tensor in combine((), (), *premises, conclusion).tensors.items()}
    known = [local_conditions(premise) for premise in premises]
    target, form = local_conditions(conclusion)
    easy, hard, undecided = True, 0, []
    try:
        for blocks, available, fixed, goal, given in cases(
            [local for local, _ in known], target, kinds, nonzero, hypotheses.least_sizes
        ):
            easy, hard = False, hard + 1
            if _in_radical(given, goal, nonzero):
                continue
            pattern = Pattern(blocks, target.at({label: block[0] for block in blocks for label in block}))
            witness = _witness(given, goal, hypotheses)
            argument = None
            if witness is not None:
                argument = _argument(premises, conclusion, pattern, available, {**fixed, **witness}, hypotheses)
            if argument is not None:
                sizes = ", ".join(f"{name} = {size}" for name, size in argument["sizes"].items())
                reason = f"{pattern} is {argument['value']} where the premises hold"
                method = "coincidence patterns; counterexample replayed by plain loops"
                return Conclusion("refuted", sizes, method, reason, argument, None, time.process_time() - start)
            undecided.append(pattern)
    except OverflowError as error:
        raise BudgetExceeded(f"{error} Split the conclusion, or fix some of the signs.") from error
    method = "coincidence patterns, signs enumerated, " + ("one premise at a time" if easy else "radical membership")
    if undecided:
        reason = f"neither deduced nor refuted: {undecided[0]}"
        return Conclusion("undecided", "", method, reason, seconds=time.process_time() - start)
    scope = "all sizes"
    if hypotheses.nonzero or hypotheses.positive:
        named = ", ".join(str(formula) for formula in (*hypotheses.nonzero, *hypotheses.positive))
        scope += f", where no entry of {named} vanishes"
    for denominator in declared_denominators(*premises, conclusion):
        scope += f", where {denominator} ≠ 0"
    for name, size in hypotheses.least_sizes.items():
        scope += f", {name} >= {size}"
    proof: dict[str, Any] | None = None
    if easy:
        proof = {
            "kind": "implication",
            "premises": [_stored(premise, of.labels) for premise, (_, of) in zip(premises, known, strict=True)],
            "conclusion": _stored(conclusion, form.labels),
            "nonzero": sorted(nonzero),
            "least": hypotheses.least_sizes,
        }
        recheck(proof)
    reason = f"{len(coincidence_patterns(conclusion))} patterns are deduced"
    return Conclusion("proved", scope, method, reason, None, proof, time.process_time() - start)


def _stored(residual: Formula, labels: tuple[tuple[int, ...], ...]) -> dict[str, Any]:
    return {"left": residual.node, "declarations": declarations_of(residual), "labels": labels}


def _in_radical(given: list[Polynomial], goal: Polynomial, nonzero: frozenset[str]) -> bool:
    """Whether the goal vanishes wherever the given polynomials do and the hypotheses hold, over the complex numbers."""
    given, goal = [without_units(polynomial, nonzero) for polynomial in given], without_units(goal, nonzero)
    variables = sorted({variable for polynomial in (*given, goal) for monomial in polynomial for variable in monomial})
    symbols = {variable: sympy.Symbol(f"x{k}") for k, variable in enumerate(variables)}
    extra = sympy.Symbol("z")

    def expression(polynomial: Polynomial) -> sympy.Expr:
        terms = []
        for monomial, value in polynomial.items():
            product = sympy.Mul(*(symbols[variable] for variable in monomial))
            terms.append(sympy.Rational(value.numerator, value.denominator) * product)
        return sympy.Add(*terms)

    forbidden = [symbol for (name, _), symbol in symbols.items() if name in nonzero]
    unit = 1 - extra * expression(goal) * sympy.Mul(*forbidden)
    basis = sympy.groebner([*map(expression, given), unit], *symbols.values(), extra, order="grevlex")
    return list(basis.exprs) == [sympy.Integer(1)]


def _witness(given: list[Polynomial], goal: Polynomial, hypotheses: Hypotheses) -> dict[Variable, Fraction] | None:
    """Small integers at which the given polynomials vanish and the goal does not."""
    nonzero, positive = hypotheses.names
    variables = sorted({variable for polynomial in (*given, goal) for monomial in polynomial for variable in monomial})
    draw = Sampler(11)

    def choices(name: str) -> tuple[int, ...]:
        return (1, 2, 3) if name in positive else (1, -1, 2) if name in nonzero else (0, 1, -1, 2)

    options = [choices(name) for name, _ in variables]
    count = 1
    for option in options:
        count *= len(option)
    candidates: Iterable[tuple[int, ...]] = (
        itertools.product(*options)
        if count <= 5000
        else (tuple(draw.choice((option[0], option[0], *option)) for option in options) for _ in range(5000))
    )
    for values in candidates:
        point = {variable: Fraction(value) for variable, value in zip(variables, values, strict=True)}
        if with_values(goal, point) and not any(with_values(polynomial, point) for polynomial in given):
            return point
    return None


def _argument(
    premises: Sequence[Formula],
    conclusion: Formula,
    pattern: Pattern,
    available: Mapping[str, str],
    values: Values,
    hypotheses: Hypotheses,
) -> dict[str, Any] | None:
    """The counterexample as an argument that plain loops have confirmed."""
    whole = combine((), (), *premises, conclusion)
    numbers: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for name, sort in available.items():
        numbers[name] = sizes.get(sort, 0)
        sizes[sort] = numbers[name] + 1
    declared = declarations_of(*premises, conclusion)
    sizes |= {sort: 1 for sort in declared["sorts"] if sort not in sizes}
    nonzero, _ = hypotheses.names
    tables: dict[str, dict[str, str]] = {}
    for name, tensor in whole.tensors.items():
        default = "1" if tensor.kind != "free" or name in nonzero else "0"
        ranges = [range(sizes[sort.name]) for sort in tensor.sorts if sort.name != "1"]
        tables[name] = {",".join(map(str, at)): default for at in itertools.product(*ranges)}
    for (name, at), value in values.items():
        if name in tables:
            place = tuple(numbers[label] for label in at)
            for key in {place, tuple(sorted(place))} if whole.tensors[name].symmetric else {place}:
                tables[name][",".join(map(str, key))] = str(value)
    scalars = {name: str(values.get((name, ()), Fraction(1))) for name in whole.scalars}
    for name, tensor in whole.tensors.items():
        if tensor.symmetric:
            kept = {",".join(map(str, sorted(map(int, key.split(","))))) for key in tables[name]}
            tables[name] = {key: tables[name][key] for key in sorted(kept)}
    block_of = {label: block[0] for block in pattern.blocks for label in block}
    order = local_conditions(conclusion)[0].sorts
    argument: dict[str, Any] = {
        "kind": "unequal_vanishing",
        "premises": [{"left": premise.node, "declarations": declarations_of(premise)} for premise in premises],
        "conclusion": {"left": conclusion.node, "declarations": declarations_of(conclusion)},
        "sizes": sizes,
        "tables": tables,
        "scalars": scalars,
        "at": [numbers[block_of[label]] for label in order],
    }
    argument["value"] = str(with_values(pattern.polynomial, values).get((), Fraction(0)))
    try:
        recheck(argument)
    except ValueError:
        return None
    return argument
