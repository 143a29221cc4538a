"""`verify` one claim, `verify_all` of many in processes of their own, each under its limit of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from os import PathLike, fspath
from pathlib import Path

from dynsym._budget import Budget
from dynsym.claims.claim import Claim
from dynsym.claims.files.catalogue import CLAIMS
from dynsym.claims.files.claim_files import load_claims
from dynsym.claims.proving.asking import prove
from dynsym.claims.proving.workers import Task, answers
from dynsym.claims.verdict import Verdict
from dynsym.errors import ParameterError

__all__ = ["verify", "verify_all"]

Subject = str | PathLike[str] | Claim
"""An id of the catalogue, a claim file, or a claim."""


def verify(claim: Subject, *, budget: Budget | None = None) -> Verdict:
    """The verdict on one claim.

    Parameters
    ----------
    claim : str, path or Claim
        An id of the catalogue such as ``"ninou2025.eq12"``; a claim file with one claim, or ``"file.toml:id"``; or a
        claim.
    budget : Budget, optional
        By default the seconds of the claim.

    Raises
    ------
    ParameterError
        If there is no such claim, or a file has several.
    ModelError, ModelNameError, ModelParseError
        If a claim file cannot be read.

    Examples
    --------
    >>> from dynsym.claims import Claim, Identity
    >>> verify(Claim("mine.square", "", Identity("(a + b)^2", "a^2 + b^2"), symbols=["a", "b"])).corrected
    '(a + b)**2 = a**2 + 2*a*b + b**2'
    """
    if isinstance(claim, Claim):
        return prove(claim, budget=budget)
    found = _found(claim)
    if len(found) != 1:
        raise ParameterError(
            f"{fspath(claim)} has {len(found)} claims: {', '.join(task.id for task in found[:8])}. "
            f"Use verify_all, or verify('{fspath(claim)}:{found[0].id}')."
        )
    return prove(found[0].claim(), budget=budget)


def verify_all(
    claims: Iterable[Subject] | None = None,
    *,
    paper: str | None = None,
    processes: int = 2,
    budget: Budget | None = None,
    progress: Callable[[Verdict], None] | None = None,
) -> tuple[Verdict, ...]:
    """The verdicts on many claims, in their order.

    Claims of the catalogue and of files are worked on in processes of their own; one that does not end within its limit
    is ended, and its verdict is undecided. Claims given as objects are worked on here.

    Parameters
    ----------
    claims : iterable of str, path or Claim, optional
        Ids, claim files (all of their claims), or claims; by default the whole catalogue.
    paper : str, optional
        The claims of this paper instead.
    processes : int
        How many work at a time.
    budget : Budget, optional
        Of each claim; by default its own seconds.
    progress : callable, optional
        Called with each verdict as it comes in.

    Raises
    ------
    ParameterError
        If there is no such claim or paper.
    ModelError, ModelNameError, ModelParseError
        If a claim file cannot be read.

    Examples
    --------
    >>> from dynsym.claims import Claim, Holds
    >>> means = Claim("mine.means", "", Holds("4*a*b <= (a + b)^2"), symbols=["a", "b"])
    >>> [verdict.verdict for verdict in verify_all([means])]
    ['proved']
    """
    if processes < 1:
        raise ParameterError(f"processes={processes!r}: a number of processes is 1, 2, 3, … Try processes=2.")
    tell = progress or (lambda verdict: None)
    asked: list[Claim | Task] = []
    if paper is not None:
        asked += [Task(claim.id) for claim in CLAIMS.of_paper(paper)]
    for subject in claims if claims is not None else () if paper is not None else CLAIMS:
        asked += [subject] if isinstance(subject, Claim) else _found(subject)
    found: dict[int, Verdict] = {}
    tasks = [(k, task) for k, task in enumerate(asked) if isinstance(task, Task)]
    for k, verdict in answers(tasks, processes=processes, seconds=None if budget is None else budget.seconds):
        found[k] = verdict
        tell(verdict)
    for k, claim in enumerate(asked):
        if isinstance(claim, Claim):
            found[k] = prove(claim, budget=budget)
            tell(found[k])
    return tuple(found[k] for k in range(len(asked)))


def claims_of(subject: Subject) -> tuple[Claim, ...]:
    """The claims that a word names."""
    return (subject,) if isinstance(subject, Claim) else tuple(task.claim() for task in _found(subject))


def _found(subject: str | PathLike[str]) -> list[Task]:
    """The claims that a word names: an id, a file, or one claim of a file."""
    text = fspath(subject)
    if text in CLAIMS:
        return [Task(text)]
    path, colon, id = text.rpartition(":")
    if colon and Path(path).suffix in {".toml", ".json"} and not Path(text).exists():
        chosen = [claim for claim in load_claims(path) if claim.id == id]
        if not chosen:
            raise ParameterError(f"{path} has no claim {id!r}. Its claims are listed by dynsym verify {path} --list.")
        return [Task(id, file=path)]
    if Path(text).suffix in {".toml", ".json"} or Path(text).exists():
        return [Task(claim.id, file=text) for claim in load_claims(text)]
    CLAIMS.find(text)
    raise ParameterError(f"{text!r} is no claim.")
