"""Faults planted in true claims: a referee that proves one of them is worth nothing.

A mutant flips a sign, changes a factor or an exponent, drops a term or a hypothesis, exchanges symbols, turns a
relation. One that differs from the original at a random exact point is false, and has to be refuted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass, fields, replace
from itertools import islice

from sympy.logic.boolalg import Boolean

from dynsym._budget import Budget
from dynsym.arithmetic.sampling import Sampler
from dynsym.claims.claim import Claim
from dynsym.claims.goals import Goal
from dynsym.claims.problem import Problem
from dynsym.claims.provers.formulas import restated
from dynsym.claims.proving.asking import prove, settle
from dynsym.claims.proving.variations import variations
from dynsym.claims.reals.formulas import equations_of, normal, symbols_of, truth
from dynsym.claims.reals.witnesses import sample_points
from dynsym.errors import DynsymError
from dynsym.model import SymbolicSystem

__all__ = ["Mutant", "MutationCount", "count_mutants", "mutants"]

POINTS = 40


@dataclass(frozen=True)
class Mutant:
    """A claim with a planted fault."""

    claim: Claim
    change: str


@dataclass(frozen=True)
class MutationCount:
    """What became of the mutants of a claim."""

    _: KW_ONLY
    different: int
    refuted: int
    proved: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether all that differ were refuted."""
        return self.refuted == self.different

    def __add__(self, other: MutationCount) -> MutationCount:
        return MutationCount(
            different=self.different + other.different,
            refuted=self.refuted + other.refuted,
            proved=self.proved + other.proved,
            open=self.open + other.open,
        )


def mutants(claim: Claim) -> Iterator[Mutant]:
    """Claims that differ from one in one place."""
    goal = claim.stated_goal
    for path, leaf in goal.stated():
        for change, value in variations(leaf):
            try:
                yield Mutant(_with(claim, goal.with_stated(path, value), claim.relations), change)
            except DynsymError:  # a change that makes no sense, such as a polynomial of degree zero
                continue
    for change, changed in _changed_systems(goal):
        yield Mutant(_with(claim, changed, claim.relations), change)
    for k, dropped in enumerate(claim.relations):
        kept = claim.relations[:k] + claim.relations[k + 1 :]
        yield Mutant(_with(claim, goal, kept), f"the hypothesis {dropped} dropped")


def count_mutants(claim: Claim, *, most: int = 100, seconds: float = 5.0, seed: int = 1) -> MutationCount:
    """How many mutants of a true claim are refuted."""
    rng = Sampler(seed)
    every = list(mutants(claim))
    chosen = every if len(every) <= most else rng.sample(every, most)
    different = refuted = 0
    proved: list[str] = []
    left: list[str] = []
    for mutant in chosen:
        if not _differs(mutant.claim, rng):
            continue
        different += 1
        verdict = prove(mutant.claim, budget=Budget(seconds=seconds), repair=False).verdict
        refuted += verdict == "refuted"
        if verdict == "proved":
            proved.append(f"{mutant.change}: {mutant.claim.stated_goal.text()}")
        elif verdict != "refuted":
            left.append(f"{mutant.change}: {mutant.claim.stated_goal.text()}")
    return MutationCount(different=different, refuted=refuted, proved=tuple(proved), open=tuple(left))


def _changed_systems(goal: Goal) -> Iterator[tuple[str, Goal]]:
    """The same goal about a system with one rate changed, where it was given as equations."""
    names = [name for name in ("system", "of") if isinstance(getattr(goal, name, None), SymbolicSystem)]
    inner = [field.name for field in fields(goal) if isinstance(getattr(goal, field.name), Goal)]
    for name in inner:
        for change, changed in _changed_systems(getattr(goal, name)):
            yield change, replace(goal, **{name: changed})
    for name in names:
        system = getattr(goal, name)
        for k, rate in enumerate(system.rhs if system.template is None else ()):
            for change, value in variations(rate):
                rates = (*system.rhs[:k], value, *system.rhs[k + 1 :])
                other = replace(system, right_hand_side=rates)
                yield f"{change} in the rate of {system.state_names[k]}", replace(goal, **{name: other})


def _with(claim: Claim, goal: Goal, relations: tuple[Boolean, ...]) -> Claim:
    return replace(claim, goal=goal, hypotheses=relations, symbols=dict(claim.scope_symbols), alternatives=())


def _differs(mutant: Claim, rng: Sampler) -> bool:
    """Whether a random exact point that the mutant allows makes the mutant false."""
    problem = Problem(mutant.relations, ask=settle, clock=Budget(seconds=5).start())
    try:
        restatement = restated(mutant.stated_goal, problem)
    except DynsymError:
        return False
    form = normal(restatement.formula)
    margin = restatement.margin
    symbols = symbols_of(form, *mutant.relations)
    for point in islice(sample_points(symbols, equations_of(mutant.relations), rng), POINTS):
        if point is None or not all(truth(relation, point) is True for relation in mutant.relations):
            continue
        if margin is not None and truth(margin, point) is not False:
            continue
        if truth(form, point) is False:
            return True
    return False
