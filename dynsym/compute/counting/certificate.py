"""Certificates of counts: files from which another program can verify that no equilibrium is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym.compute.compiled import CompiledSystem, compile_system
from dynsym.compute.counting.certificates.content import link_content
from dynsym.compute.counting.counter import count_equilibria
from dynsym.compute.counting.setting import Setting
from dynsym.errors import UnsupportedFeatureError, unreadable
from dynsym.kernel.certificates import CertificateCheck, check_certificate_text
from dynsym.model.system import SymbolicSystem

__all__ = ["check_certificate", "save_certificate"]


def save_certificate(
    system: CompiledSystem | SymbolicSystem,
    path: str | Path,
    *,
    values: Mapping[str, Any] | None = None,
    budget: Budget = DEFAULT_BUDGET,
) -> Path:
    """Count the equilibria of a network and write the proof to a file.

    The file holds the exact equations, boxes with one equilibrium each, and all of space cut into parts, each with the
    reason why it holds no other. `check_certificate` verifies it without any of the code that found it. The same as
    ``count_equilibria(system, values).save_certificate(path)``.

    Parameters
    ----------
    system : CompiledSystem or SymbolicSystem
        A network of tanh, erf, logistic or rectified activations, Hebbian weights included, with rational parameters.

    Raises
    ------
    UnsupportedFeatureError
        If the system is no such network.
    BudgetExceeded
        If the count could not be proved.

    Examples
    --------
    >>> import dynsym as ds, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "pair.json"
    >>> _ = save_certificate(ds.build_system(ds.motifs.bidirectional(weight=2)), path)
    >>> check_certificate(path).count
    3
    """
    setting = Setting(compile_system(system), values)
    link_content(setting)
    return count_equilibria(system, values=values, budget=budget).save_certificate(path)


def check_certificate(
    path: str | Path, system: CompiledSystem | SymbolicSystem | None = None, *, values: Mapping[str, Any] | None = None
) -> CertificateCheck:
    """Verify a certificate file, and that it is one of a given model.

    Parameters
    ----------
    system : CompiledSystem or SymbolicSystem, optional
        Its equations must be those of the file.
    values : mapping of name to number, optional
        Parameter values of that system.

    Raises
    ------
    ModelError
        If there is no such file.

    Examples
    --------
    >>> import dynsym as ds, tempfile, pathlib
    >>> pair = ds.build_system(ds.motifs.bidirectional(), values={"w": 2})
    >>> path = save_certificate(pair, pathlib.Path(tempfile.mkdtemp()) / "pair.json")
    >>> check_certificate(path, pair).valid, check_certificate(path, pair, values={"w": 3}).reason
    (True, 'the file is of other equations')
    """
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise unreadable(path, error, "a file of save_certificate") from error
    check = check_certificate_text(text)
    if system is None or not check.valid:
        return check
    try:
        links = link_content(Setting(compile_system(system), values))
    except UnsupportedFeatureError:  # no certificate is of such a system
        links = {}
    if json.loads(text)["links"] != links:
        return CertificateCheck(False, check.count, check.parts, "the file is of other equations")
    return check
