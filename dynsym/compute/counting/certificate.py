"""Certificates of counts: files from which another program can verify that no equilibrium is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym.compute.compiled import CompiledSystem, compile_system
from dynsym.compute.counting.checker import CertificateCheck, check_certificate_file
from dynsym.compute.counting.description import Setting
from dynsym.compute.counting.link_engine import LinkEngine
from dynsym.compute.counting.link_reader import link_reader
from dynsym.compute.counting.merging import distinct
from dynsym.compute.counting.search import BranchAndPrune, search
from dynsym.compute.counting.search_tree import SearchTree
from dynsym.errors import BudgetExceeded, UnsupportedFeatureError
from dynsym.model.system import SymbolicSystem

__all__ = ["check_certificate", "save_certificate"]


def save_certificate(
    system: CompiledSystem | SymbolicSystem,
    path: str | Path,
    values: Mapping[str, Any] | None = None,
    *,
    method: BranchAndPrune | None = None,
    budget: Budget = DEFAULT_BUDGET,
) -> Path:
    """Count the equilibria of a network and write the proof to a file.

    The file holds the exact equations, the enclosures, and how the start box was cut into parts that hold one solution
    or none. `check_certificate` verifies it without any of the code that found it.

    Parameters
    ----------
    system : CompiledSystem or SymbolicSystem
        A network of tanh or logistic activations, Hebbian weights included, with rational parameters.
    path : str or Path
    values : mapping of name to number, optional
    method : BranchAndPrune, optional
    budget : Budget

    Returns
    -------
    Path

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
    links = _links(setting)
    reader = link_reader(setting.compiled.system)
    assert reader is not None
    problem = reader.problem(setting.balls)
    box = None if problem is None else problem.start_box()
    if problem is None or box is None:
        raise _unsupported(setting)
    tree, engine = SearchTree(), LinkEngine(problem, 10 * float(np.abs(box).max()) + 1)
    outcome = search(engine, *box, method=method or BranchAndPrune(), clock=budget.start(), tree=tree)
    kept, open_pairs = distinct(outcome.found, engine.is_injective)
    if outcome.undecided or len(open_pairs):
        raise BudgetExceeded(
            f"The count of {setting.compiled.system.name!r} was not proved: "
            f"{outcome.reason or 'an equilibrium is nearly degenerate'}. A certificate needs a proof. "
            "Try a larger budget or other parameter values."
        )
    found = engine.refined(outcome.found.take(kept))
    low = box[0].copy()
    if outcome.halved is not None:
        low[outcome.halved] = 0.0
    content = {
        "kind": "certificate of equilibria",
        "name": setting.compiled.system.name,
        "parameters": {n: str(v) for n, v in _exact_values(setting).items()},
        "links": links,
        "start": {"low": [x.hex() for x in low.tolist()], "high": [x.hex() for x in box[1].tolist()]},
        "mirror": outcome.halved,
        "count": len(found.sign),
        "equilibria": [
            {"middle": [x.hex() for x in middle.tolist()], "radius": [x.hex() for x in radius.tolist()]}
            for middle, radius in zip(found.middle, found.radius, strict=True)
        ],
        "tree": _tree(tree, outcome.found.middle, found.middle),
    }
    target = Path(path)
    target.write_text(json.dumps(content) + "\n", encoding="utf-8")
    return target


def check_certificate(
    path: str | Path,
    system: CompiledSystem | SymbolicSystem | None = None,
    values: Mapping[str, Any] | None = None,
) -> CertificateCheck:
    """Verify a certificate file, and that it is one of a given model.

    Parameters
    ----------
    path : str or Path
    system : CompiledSystem or SymbolicSystem, optional
        Its equations must be those of the file.
    values : mapping of name to number, optional
        Parameter values of that system.

    Returns
    -------
    CertificateCheck

    Raises
    ------
    UnsupportedFeatureError
        If the system is no network of bounded activations with rational parameters.

    Examples
    --------
    >>> import dynsym as ds, tempfile, pathlib
    >>> pair = ds.build_system(ds.motifs.bidirectional(), values={"w": 2})
    >>> path = save_certificate(pair, pathlib.Path(tempfile.mkdtemp()) / "pair.json")
    >>> check_certificate(path, pair).valid, check_certificate(path, pair, {"w": 3}).reason
    (True, 'the file is of other equations')
    """
    if system is not None:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        if content["links"] != _links(Setting(compile_system(system), values)):
            return CertificateCheck(False, int(content["count"]), reason="the file is of other equations")
    return check_certificate_file(path)


def _exact_values(setting: Setting) -> dict[str, Any]:
    known = setting.compiled.system.substitution(setting.values)
    return {symbol.name: value for symbol, value in known.items()}


def _links(setting: Setting) -> dict[str, Any]:
    """The exact link form as text."""
    reader = link_reader(setting.compiled.system)
    known = setting.compiled.system.substitution(setting.values)
    exact = None if reader is None else reader.exact(known)
    if reader is None or exact is None or not set(reader.kinds) <= {"tanh", "logistic"}:
        raise _unsupported(setting)
    size = len(exact[0])
    cubic = [["0"] * size for _ in range(size)]
    for (i, j), entry in reader.form.cubic.items():
        value = entry.xreplace(known)
        if not value.is_Rational:
            raise _unsupported(setting)
        cubic[i][j] = str(value)
    return {
        "bias": [str(b) for b in exact[0]],
        "weights": [[str(w) for w in row] for row in exact[1]],
        "cubic": cubic,
        "functions": list(reader.kinds),
    }


def _unsupported(setting: Setting) -> UnsupportedFeatureError:
    return UnsupportedFeatureError(
        f"A certificate was asked for {setting.compiled.system.name!r}. Certificates are made for networks of tanh or "
        "logistic activations with rational parameters. Give exact decimal or rational values."
    )


def _tree(tree: SearchTree, found: np.ndarray, listed: np.ndarray) -> list[list[Any]]:
    """The search tree with positions among the listed enclosures."""
    position = [int(np.abs(listed - middle).max(axis=1).argmin()) for middle in found]
    nodes: list[list[Any]] = []
    for kind, detail in zip(tree.kind, tree.detail, strict=True):
        if kind == "settled":
            nodes.append([kind, position[detail[0]]])
        elif kind == "split":
            nodes.append([kind, detail[0], float(detail[1]).hex(), detail[2], detail[3]])
        else:
            nodes.append([kind])
    return nodes
