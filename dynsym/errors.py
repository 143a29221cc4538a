"""Every error that dynsym raises on purpose.

All derive from `DynsymError` and from the built-in that a caller would expect. A message has three parts: what was
given, what was needed, what to try. `exit_code` is what the command line ends with.
"""

from __future__ import annotations

import importlib
from types import ModuleType

__all__ = [
    "BudgetExceeded",
    "ClosedFormMismatch",
    "ConvergenceError",
    "DomainError",
    "DynsymError",
    "GraphError",
    "LimitError",
    "MissingPackageError",
    "ModelError",
    "ModelNameError",
    "ModelParseError",
    "NotAnEquilibrium",
    "ParameterError",
    "ProofError",
    "SizeMismatchError",
    "StorageError",
    "Unhandled",
    "UnsafeInputError",
    "UnsupportedFeatureError",
    "require",
    "unreadable",
]


class DynsymError(Exception):
    """Base of all errors of this package."""

    exit_code = 2


class ModelError(DynsymError, ValueError):
    """A model, a model file or a network does not make sense."""


class ModelNameError(ModelError):
    """A name is undeclared, declared twice, misspelt or no identifier."""


class ModelParseError(ModelError):
    """The text of an expression or of a file cannot be read."""


class GraphError(ModelError):
    """A network is ill-formed."""


class ParameterError(DynsymError, ValueError):
    """A value, an option or a range is unusable."""


class NotAnEquilibrium(DynsymError, ValueError):
    """The right-hand side does not vanish where an equilibrium was claimed."""


class SizeMismatchError(ModelError):
    """Matrices or indices of a formula have sizes that do not fit together."""


class ProofError(DynsymError, ValueError):
    """A stored argument does not establish what it claims."""

    exit_code = 1


class LimitError(DynsymError, ValueError):
    """An input is larger than what is accepted (length, depth, exponent, size)."""


class UnsafeInputError(DynsymError, ValueError):
    """A file of a kind that can run code was refused."""


class UnsupportedFeatureError(DynsymError, NotImplementedError):
    """A thing that dynsym does not do; the message names a neighbour that does."""


class Unhandled(UnsupportedFeatureError):
    """A case analysis met a kind that it has no rule for; what asked is undecided, or open. `kind` names it."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(f"{kind} is not understood here: {why}. Write it with functions that are, or give numbers.")
        self.kind = kind


class MissingPackageError(DynsymError, ImportError):
    """An optional package is not installed; the message says which extra brings it."""


class BudgetExceeded(DynsymError, RuntimeError):
    """A computation was given up at its limit; `best` carries the best structured form reached."""

    exit_code = 4

    def __init__(self, message: str, best: object = None) -> None:
        super().__init__(message)
        self.best = best


class ConvergenceError(DynsymError, RuntimeError):
    """A numerical method stopped before reaching its goal."""

    exit_code = 4


class DomainError(DynsymError, ArithmeticError):
    """A function was evaluated outside its real domain."""

    exit_code = 4


class ClosedFormMismatch(DynsymError, ArithmeticError):
    """A closed form disagreed with its independent numeric check: a fault inside dynsym."""

    exit_code = 1


class StorageError(DynsymError, OSError):
    """A file could not be written or read."""

    exit_code = 5


def unreadable(path: object, error: OSError, needed: str) -> DynsymError:
    """What to raise where a file cannot be read: bad input if it is not there, else a fault of storage."""
    if isinstance(error, FileNotFoundError):
        return ModelError(f"{path} cannot be read: there is no such file. Check the path; give {needed}.")
    return StorageError(f"{path} cannot be read: {error.strerror}. Check its permissions; give {needed}.")


def require(package: str, *, extra: str) -> ModuleType:
    """Import an optional package, or say which extra installs it."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise MissingPackageError(
            f"{package} is not installed, and this needs it. Install it with: pip install 'dynsym[{extra}]'"
        ) from error
