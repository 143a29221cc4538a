"""What a question about formulas is answered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from dynsym.errors import ParameterError

__all__ = ["Conclusion"]


@dataclass(frozen=True)
class Conclusion:
    """Answer to a question about formulas with symbolic sizes.

    Parameters
    ----------
    verdict : {"proved", "refuted", "undecided"}
    scope : str
        For which sizes, and where which denominators do not vanish.
    method : str
        What was done.
    reason : str
        One line: what was found.
    counterexample : mapping, optional
        Sizes, tables and both values at one entry; `dynsym.kernel.recheck` replays it.
    proof : mapping, optional
        The stored argument; `dynsym.kernel.recheck` checks it.
    seconds : float
        Processor time.

    Examples
    --------
    >>> from dynsym import tensors as tn
    >>> N = tn.Sort("N")
    >>> W = tn.matrix("W", N, N)
    >>> tn.prove_identity(W, W.T)
    Conclusion(refuted; N = 2: ...)
    """

    verdict: str
    scope: str
    method: str
    reason: str
    counterexample: Mapping[str, Any] | None = field(default=None, repr=False)
    proof: Mapping[str, Any] | None = field(default=None, repr=False)
    seconds: float = 0.0

    def __bool__(self) -> NoReturn:
        raise ParameterError('A conclusion is no yes or no: it may be undecided. Compare its verdict == "proved".')

    def __repr__(self) -> str:
        return f"Conclusion({self.verdict}; {self.scope}: {self.reason})"

    def to_json(self) -> dict[str, Any]:
        """All fields as plain data."""
        return {
            "verdict": self.verdict,
            "scope": self.scope,
            "method": self.method,
            "reason": self.reason,
            "counterexample": None if self.counterexample is None else dict(self.counterexample),
            "proof": None if self.proof is None else dict(self.proof),
            "seconds": self.seconds,
        }
