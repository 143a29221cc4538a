"""The claims of published papers, by id: ``CLAIMS["ninou2025.eq12"]``.

Each paper is one module of `dynsym.claims.papers` with a tuple ``CLAIMS`` and the text ``PAPER`` (its reference). A
module is imported when one of its claims is asked for.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cached_property

from dynsym._expressions import did_you_mean
from dynsym.claims.claim import Claim
from dynsym.errors import ParameterError

__all__ = ["CLAIMS", "Catalogue"]

_FOLDER = "dynsym.claims.papers"


class Catalogue(Mapping[str, Claim]):
    """The claims of all papers, loaded paper by paper when they are needed."""

    @cached_property
    def papers(self) -> tuple[str, ...]:
        """The keys of the papers."""
        folder = importlib.import_module(_FOLDER)
        return tuple(sorted(m.name for m in pkgutil.iter_modules(folder.__path__) if not m.name.startswith("_")))

    def of_paper(self, key: str) -> tuple[Claim, ...]:
        """The claims of one paper, in its order."""
        if key not in self.papers:
            raise ParameterError(
                f"{key!r} is no paper of the catalogue{did_you_mean(key, self.papers) or '.'} "
                f"Its papers are {', '.join(self.papers) or 'none'}. Try dynsym verify --list."
            )
        return tuple(importlib.import_module(f"{_FOLDER}.{key}").CLAIMS)

    def __getitem__(self, id: str) -> Claim:
        key = id.partition(".")[0]
        if key in self.papers:
            for claim in self.of_paper(key):
                if claim.id == id:
                    return claim
        raise KeyError(id)

    def find(self, id: str) -> Claim:
        """The claim of an id, or an error that names the nearest one."""
        try:
            return self[id]
        except KeyError:
            hint = did_you_mean(id, self) or "."
            raise ParameterError(
                f"{id!r} is neither a claim of the catalogue nor a claim file{hint} Try dynsym verify --list."
            ) from None

    def __iter__(self) -> Iterator[str]:
        for key in self.papers:
            yield from (claim.id for claim in self.of_paper(key))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"Catalogue({', '.join(self.papers) or 'empty'})"


CLAIMS = Catalogue()
