"""Which system a result is about: its fingerprint, put in where a question is answered."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from dynsym.results.provenance import Provenance

__all__ = ["OfSystem", "WithProvenance", "stamped"]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, eq=False)
class OfSystem:
    """A record about one system; `fingerprint` is that system's, and no part of what makes two records equal."""

    fingerprint: str = field(default="", kw_only=True, compare=False, repr=False)


class WithProvenance:
    """A record whose provenance says which system it is about."""

    provenance: Provenance

    @property
    def fingerprint(self) -> str:
        """That of the system that the answer is about."""
        return self.provenance.inputs_hash


def stamped(question: F) -> F:
    """Put the fingerprint of what is asked about, the first argument, into every result that the answer holds."""

    first = next(iter(inspect.signature(question).parameters))

    @functools.wraps(question)
    def answered(*given: Any, **options: Any) -> Any:
        answer = question(*given, **options)
        about = given[0] if given else options.get(first)
        for result in answer if isinstance(answer, tuple) else (answer,):
            if isinstance(result, OfSystem) and not result.fingerprint and about is not None:
                object.__setattr__(result, "fingerprint", about.fingerprint)
        return answer

    return cast(F, answered)
