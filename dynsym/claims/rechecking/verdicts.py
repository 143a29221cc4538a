"""Stored verdicts gone through step by step, without the search that found them."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any

from dynsym.claims.rechecking import line_arguments as line_arguments
from dynsym.claims.rechecking import real_arguments as real_arguments
from dynsym.claims.verdict import Verdict
from dynsym.errors import DynsymError, ProofError
from dynsym.kernel import recheck
from dynsym.kernel.registry import CHECKERS

__all__ = ["Rechecked", "recheck_verdict"]

REMARKS = {"note", "not"}
"""Steps that explain, and establish nothing by themselves."""


@dataclass(frozen=True)
class Rechecked:
    """What became of the steps of one verdict."""

    id: str
    _: KW_ONLY
    checked: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()

    def __str__(self) -> str:
        def many(count: int) -> str:
            return "1 step" if count == 1 else f"{count} steps"

        said = [f"{many(len(self.checked))} re-checked"]
        if self.trusted:
            said.append(f"{many(len(self.trusted))} trusted ({', '.join(dict.fromkeys(self.trusted))})")
        if self.failed:
            said.append(f"{many(len(self.failed))} FAILED: {'; '.join(self.failed)}")
        return ", ".join(said)

    def to_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        return {
            "id": self.id,
            "checked": list(self.checked),
            "failed": list(self.failed),
            "trusted": list(self.trusted),
        }


def recheck_verdict(verdict: Verdict) -> Rechecked:
    """Go through the argument of a verdict with the kernel.

    Parameters
    ----------
    verdict : Verdict

    Returns
    -------
    Rechecked
        Which steps were ``checked``, which ``failed``, and which are ``trusted`` since no checker reads them.

    Examples
    --------
    >>> from dynsym.claims import Identity, prove
    >>> print(recheck_verdict(prove(Identity("(a + 1)^2", "a^2 + 2*a + 1"), symbols=["a"])))
    1 step re-checked
    """
    checked: list[str] = []
    failed: list[str] = []
    trusted: list[str] = []
    for step in verdict.argument:
        kind = str(step.get("kind"))
        if kind in REMARKS:
            continue
        if kind not in CHECKERS:
            trusted.append(kind)
            continue
        try:
            checked.append(recheck(step))
        except real_arguments.NotReadError:
            trusted.append(kind)
        except (ProofError, DynsymError) as error:
            failed.append(f"{kind}: {error}")
    if verdict.verdict in {"proved", "refuted"} and not verdict.argument:
        trusted.append("no argument is stored")
    return Rechecked(verdict.id, checked=tuple(checked), failed=tuple(failed), trusted=tuple(trusted))
