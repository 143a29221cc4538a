"""How many equilibria a system has: the structure is read off first, and the method follows from it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from dynsym._budget import DEFAULT_BUDGET, Budget, Clock
from dynsym._docstrings import documented
from dynsym.compute.compiled import CompiledSystem, compile_system
from dynsym.compute.counting.certificates.content import certificate_content
from dynsym.compute.counting.description import told_apart
from dynsym.compute.counting.fields.regions import given_box, split_by_box
from dynsym.compute.counting.fields.route import count_in_box, search_box
from dynsym.compute.counting.links.reader import LinkReader, array_reader, link_reader
from dynsym.compute.counting.links.route import LARGEST_PROVED, count_by_links, count_by_patterns
from dynsym.compute.counting.polynomials.route import count_by_algebra, list_by_algebra
from dynsym.compute.counting.search.answer import SearchAnswer
from dynsym.compute.counting.search.driver import BranchAndPrune, Progress
from dynsym.compute.counting.setting import Setting
from dynsym.compute.counting.starts.descent import DEFAULT_STARTS
from dynsym.compute.counting.starts.multistart import found_from_starts
from dynsym.errors import UnsupportedFeatureError
from dynsym.model.links.atoms import affine
from dynsym.model.rules.local_rules import INPUT
from dynsym.model.system import SymbolicSystem
from dynsym.model.template.template import Template
from dynsym.results import Equilibrium, EquilibriumCount, Provenance

__all__ = ["count_equilibria"]


@documented("ParameterError: If a parameter has no value, or the box names no state.")
@np.errstate(all="ignore")
def count_equilibria(
    system: CompiledSystem | SymbolicSystem,
    *,
    values: Mapping[str, Any] | None = None,
    box: Mapping[str, tuple[float, float]] | None = None,
    method: BranchAndPrune | None = None,
    budget: Budget = DEFAULT_BUDGET,
    progress: Progress | None = None,
) -> EquilibriumCount:
    """Count all equilibria, with proof where that is possible.

    The structure decides the method: exact linear algebra, exact real roots of one rational equation, Gröbner basis and
    trace form for polynomial systems, enumeration of the activity patterns of rectified networks, and branch and prune
    for networks of smooth activations and for other fields in a box. A number is called proved only if every bound on
    the way was rounded outward or exact.

    Parameters
    ----------
    box : mapping of state name to (low, high), optional
        Count the equilibria in this closed box. States left out are not bounded.
    budget : Budget
        Limits of seconds and boxes; what was found by then is returned as a lower bound.
    progress : callable, optional
        Called with the settled share of the search box, the boxes examined and the equilibria found.

    Returns
    -------
    EquilibriumCount
        ``status`` is ``"proved"``, ``"lower_bound"``, ``"continuum"`` or ``"undecided"``.

    Examples
    --------
    >>> import dynsym as ds
    >>> system = ds.build_system(ds.motifs.bidirectional(weight=2))
    >>> count_equilibria(system).count
    3

    References
    ----------
    .. [1] A. Neumaier, *Interval Methods for Systems of Equations*, Cambridge 1990, chapter 5.
    """
    compiled = compile_system(system)
    setting = Setting(compiled, values)
    clock = budget.start()
    answer = _answer(setting, box, method or BranchAndPrune(), clock, progress)
    return _result(setting, answer, clock, is_whole=not box)


def _answer(
    setting: Setting,
    box: Mapping[str, tuple[float, float]] | None,
    method: BranchAndPrune,
    clock: Clock,
    progress: Progress | None,
) -> SearchAnswer:
    names = setting.state_names
    low, high = given_box(box or {}, names)
    is_whole = not np.isfinite(low).any() and not np.isfinite(high).any()
    reader = array_reader(setting.compiled.system) or link_reader(setting.compiled.system)
    problem = None if reader is None else reader.problem(setting.balls)
    if reader is not None and problem is not None:
        answer = None
        if isinstance(reader, LinkReader):
            answer = count_by_patterns(setting, reader, problem, clock)
        answer = answer or count_by_links(setting, reader, problem, method, clock, progress)
    else:
        answer = _by_algebra(setting, method, clock)
    if answer is not None:
        return answer if is_whole else _within(answer, low, high)
    return _by_box(setting, low, high, method, clock, progress)


def _by_algebra(setting: Setting, method: BranchAndPrune, clock: Clock) -> SearchAnswer | None:
    system = setting.compiled.system
    template = system.template
    if system.dimension > LARGEST_PROVED and template is not None and not _is_linear(template):
        return None
    answer = _with_free_states(setting, method, clock)
    return answer or count_by_algebra(setting, clock)


def _is_linear(template: Template) -> bool:
    """Whether all node rules are linear and no weight moves."""
    return template.local_synapse is None and all(
        affine(expression, (*local.states, INPUT)) is not None
        for local in template.local_nodes
        for expression in (*local.rates, local.output)
    )


def _with_free_states(setting: Setting, method: BranchAndPrune, clock: Clock) -> SearchAnswer | None:
    """States that rest everywhere and act on nothing: a continuum, if the others have an equilibrium."""
    system, rhs = setting.compiled.system, setting.exact_rhs
    if system.dimension > LARGEST_PROVED or all(rate != 0 for rate in rhs):
        return None
    acting = set().union(*(rate.free_symbols for rate in rhs))
    free = {s for s, rate in zip(system.states, rhs, strict=True) if rate == 0 and s not in acting}
    kept = [(s, rate) for s, rate in zip(system.states, rhs, strict=True) if s not in free]
    if not free or not kept:
        return None
    rest = SymbolicSystem(system.name, tuple(s for s, _ in kept), {}, right_hand_side=tuple(rate for _, rate in kept))
    count = _answer(Setting(compile_system(rest)), None, method, clock, None)
    if count.status == "proved" and count.lower == 0:
        return SearchAnswer("proved", 0, 0, method=count.method)
    if count.lower == 0:
        return None
    names = ", ".join(sorted(s.name for s in free))
    return SearchAnswer("continuum", 0, None, reason=f"{names} may take any value", method=count.method)


def _by_box(
    setting: Setting, low: np.ndarray, high: np.ndarray, method: BranchAndPrune, clock: Clock, progress: Progress | None
) -> SearchAnswer:
    if setting.compiled.dimension > LARGEST_PROVED:
        return _by_starts(setting, f"{setting.compiled.dimension} states are too many for a search of all boxes", clock)
    asked = low, high
    try:
        low, high, doubtful = search_box(setting, low, high)
        if np.isfinite(low).all() and np.isfinite(high).all():
            return count_in_box(setting, low, high, method, clock, progress, asked=asked, doubtful=doubtful)
    except UnsupportedFeatureError as error:
        return _by_starts(setting, str(error), clock)
    listed = list_by_algebra(setting, clock)
    if listed is not None:
        return _within(listed, *asked)
    unbounded = [n for n, a, b in zip(setting.state_names, low, high, strict=True) if not np.isfinite(b - a)]
    example = ",".join(f"{name}=-5:5" for name in unbounded[:3])
    return _by_starts(
        setting,
        f"no bound was found for the equilibria in {', '.join(unbounded)}; give one, as in box={{'{unbounded[0]}': "
        f"(-5, 5)}} or --box {example}",
        clock,
    )


def _by_starts(
    setting: Setting, reason: str, clock: Clock, box: Mapping[str, tuple[float, float]] | None = None
) -> SearchAnswer:
    """What Newton's method finds from many starts: certified equilibria, and no claim that there are no others."""
    found = _from_starts(setting, clock, box)
    status = "lower_bound" if found else "undecided"
    return SearchAnswer(status, len(found), None, found, reason=reason, method="Newton from many starts")


def _from_starts(
    setting: Setting, clock: Clock, box: Mapping[str, tuple[float, float]] | None
) -> tuple[Equilibrium, ...]:
    return found_from_starts(setting, DEFAULT_STARTS, np.random.default_rng(0), clock, box)[0]


def _within(answer: SearchAnswer, low: np.ndarray, high: np.ndarray) -> SearchAnswer:
    """The part of an answer that lies in a box."""
    inside, on_face = split_by_box(answer.equilibria, low, high)
    regions = tuple(r for r in answer.undecided if (r[0] <= high).all() and (r[1] >= low).all())
    listed = (*inside, *on_face)
    located = answer.lower == len(answer.equilibria)
    settled = answer.status == "proved" or (bool(answer.undecided) and not regions)
    if settled and located and not on_face:
        return SearchAnswer("proved", len(inside), len(inside), listed, answer.examined, method=answer.method)
    reason = "an equilibrium lies on a face of the box" if on_face else answer.reason
    if answer.status == "continuum":
        reason = f"{answer.reason}; whether it meets the box was not decided"
    return SearchAnswer(
        "lower_bound" if inside else "undecided",
        len(inside),
        len(listed) if settled and located else None,
        listed,
        answer.examined,
        regions,
        answer.undecided_count if regions else None,
        reason,
        answer.method,
    )


def _result(setting: Setting, answer: SearchAnswer, clock: Clock, *, is_whole: bool) -> EquilibriumCount:
    names = setting.state_names
    equilibria, note = told_apart(answer.equilibria)
    located = len(equilibria) >= answer.lower
    missing = None if located else "counted exactly; not all of them were located within the range of floats"
    complete = answer.status == "proved" and len(equilibria) == answer.lower
    decided = complete and all(e.stability != "undecided" for e in equilibria)
    indices = [e.index for e in equilibria]
    undecided = answer.undecided_count if answer.undecided_count is not None else len(answer.undecided)
    system = setting.compiled.system
    return EquilibriumCount(
        answer.status,
        lower=answer.lower,
        upper=answer.upper,
        stable=sum(e.stability == "stable" for e in equilibria) if decided else None,
        index_sum=None if not located or any(i is None for i in indices) else sum(i for i in indices if i is not None),
        equilibria=equilibria,
        parameters=setting.parameters,
        boxes_examined=answer.examined,
        boxes_undecided=undecided,
        seconds=clock.elapsed,
        undecided_regions=tuple(
            {n: (float(a), float(b)) for n, a, b in zip(names, *region, strict=True)} for region in answer.undecided
        ),
        reason="; ".join(filter(None, (answer.reason, missing, note))) or None,
        provenance=Provenance.of(system, options={"method": answer.method}),
        proof=functools.partial(certificate_content, setting, answer.lower, clock.budget) if is_whole else None,
    )
