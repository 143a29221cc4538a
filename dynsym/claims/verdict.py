"""What dynsym says about a claim, and what one prover established on the way.

A `Finding` is what a prover or a refuter hands back; a `Verdict` is the answer to a `Claim`. Both hold texts and
numbers only, so that they can be stored as JSON, sent between processes and re-checked without the search that found
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, NoReturn

from dynsym.errors import ParameterError
from dynsym.results.stamp import OfSystem

__all__ = ["VERDICTS", "Finding", "Step", "Verdict"]

VERDICTS = ("proved", "refuted", "supported", "undecided", "vacuous")

Step = Mapping[str, Any]
"""One step of an argument, ready for JSON: ``{"kind": name, …}``. Formulas are texts that `dynsym`'s parser reads."""


@dataclass(frozen=True)
class Finding:
    """What one prover or refuter established.

    Parameters
    ----------
    verdict : {"proved", "refuted", "supported", "undecided", "vacuous"}
        Of the goal that it was asked about.
    method : str
        How, in a few words: ``"exact algebra in the ring"``, ``"Hurwitz minors, z3 and cvc5"``.
    reason : str
        One line for a reader.
    scope : str
        For which values it holds; empty stands for "all values that the hypotheses allow".
    hypotheses : tuple of str
        Those that were used.
    steps : tuple of Step
        The argument, for the kernel.
    counterexample : mapping of str to text, number or list, or None
        A few numbers that a person can check by hand.
    corrected : str or None
        A statement that is proved instead.

    Examples
    --------
    >>> Finding("proved", method="exact algebra in the ring").verdict
    'proved'
    """

    verdict: str
    _: KW_ONLY
    method: str
    reason: str = ""
    scope: str = ""
    hypotheses: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    counterexample: Mapping[str, Any] | None = None
    corrected: str | None = None

    def __post_init__(self) -> None:
        _check_verdict(self.verdict)
        if self.verdict == "refuted" and self.counterexample is None and not self.steps:
            raise ParameterError(
                "A refutation was given without a counterexample and without an argument; one of them is needed. "
                'Try Finding("refuted", counterexample={...}), or "undecided".'
            )

    @property
    def is_settled(self) -> bool:
        """Whether the goal is proved, refuted or vacuous."""
        return self.verdict in {"proved", "refuted", "vacuous"}


@dataclass(frozen=True)
class Verdict(OfSystem):
    """The answer to a claim: how sure, for which values, by which argument.

    Parameters
    ----------
    verdict : {"proved", "refuted", "supported", "undecided", "vacuous"}
        Supported: numerics only. Vacuous: the hypotheses contradict each other.
    id, statement, source : str
        Of the claim.
    scope : str
        For which values, sizes and readings it holds.
    method : str
        The provers or refuters that settled it.
    reason : str
        One line for a reader.
    hypotheses : tuple of str
        Those that were used.
    argument : tuple of Step
        Steps that the kernel re-checks.
    counterexample : mapping or None
        Of a refuted claim.
    corrected : str or None
        A corrected statement that is proved.
    goal : str
        The goal as a text.
    notes : tuple of str
        Provers that could not be asked, and why: a package that is not installed, a limit that was reached.
    seconds : float

    Examples
    --------
    >>> Verdict("refuted", id="mine.square", method="evaluation", counterexample={"x": "1"})
    Verdict(mine.square: refuted; evaluation; counterexample x = 1)
    """

    verdict: str
    _: KW_ONLY
    id: str
    statement: str = ""
    source: str = ""
    scope: str = ""
    method: str = ""
    reason: str = ""
    hypotheses: tuple[str, ...] = ()
    argument: tuple[Step, ...] = ()
    counterexample: Mapping[str, Any] | None = None
    corrected: str | None = None
    goal: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    __hash__ = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        _check_verdict(self.verdict)

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "A verdict is not a truth value: it can be proved, refuted, supported, undecided or vacuous. "
            'Compare .verdict, as in verify(claim).verdict == "proved".'
        )

    def __repr__(self) -> str:
        parts = [f"{self.id}: {self.verdict}", self.method, f"scope: {self.scope}" if self.scope else ""]
        if self.counterexample is not None:
            parts.append(f"counterexample {counterexample_text(self.counterexample)}")
        if self.corrected is not None:
            parts.append(f"corrected: {self.corrected}")
        return f"Verdict({'; '.join(part for part in parts if part)})"

    def to_json(self) -> dict[str, Any]:
        """One entry of the JSON object of ``dynsym verify``."""
        return {
            "id": self.id,
            "statement": self.statement,
            "source": self.source,
            "verdict": self.verdict,
            "scope": self.scope,
            "counterexample": None if self.counterexample is None else dict(self.counterexample),
            "corrected": self.corrected,
            "method": self.method,
            "seconds": round(self.seconds, 3),
            "reason": self.reason,
            "goal": self.goal,
            "hypotheses": list(self.hypotheses),
            "argument": [dict(step) for step in self.argument],
            "notes": list(self.notes),
            "fingerprint": self.fingerprint,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Verdict:
        """The verdict that `to_json` wrote.

        Raises
        ------
        ParameterError
            If a key is missing.
        """
        try:
            return cls(
                content["verdict"],
                id=content["id"],
                statement=content["statement"],
                source=content["source"],
                scope=content["scope"],
                method=content["method"],
                reason=content.get("reason", ""),
                hypotheses=tuple(content.get("hypotheses", ())),
                argument=tuple(content.get("argument", ())),
                counterexample=content["counterexample"],
                corrected=content["corrected"],
                goal=content.get("goal", ""),
                notes=tuple(content.get("notes", ())),
                seconds=float(content["seconds"]),
                fingerprint=content.get("fingerprint", ""),
            )
        except KeyError as error:
            raise ParameterError(
                f"A stored verdict has no {error.args[0]}. It needs what `dynsym verify --json` writes. Run it again."
            ) from error


def counterexample_text(values: Mapping[str, Any], most: int = 8) -> str:
    """A counterexample in one line."""
    shown = [f"{name} = {_cell(value)}" for name, value in list(values.items())[:most]]
    return ", ".join([*shown, *(["…"] if len(values) > most else [])])


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + counterexample_text(value) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_cell, value)) + "]"
    return str(value)


def _check_verdict(verdict: str) -> None:
    if verdict not in VERDICTS:
        raise ParameterError(
            f"A verdict was given as {verdict!r}; it is one of {', '.join(VERDICTS)}. Try 'undecided'."
        )
