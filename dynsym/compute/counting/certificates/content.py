"""What a certificate says: the exact equations, the boxes that hold the solutions, and the proof that these are all."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from dynsym._budget import DEFAULT_BUDGET, Budget
from dynsym.compute.counting.activations.problem import LinkProblem
from dynsym.compute.counting.certificates.orthants import prove_by_orthants
from dynsym.compute.counting.certificates.proof import SAME, Proof, prove_by_cuts
from dynsym.compute.counting.links.bounding import bounding_box
from dynsym.compute.counting.links.reader import link_reader
from dynsym.compute.counting.matrices.krawczyk import enclose, newton
from dynsym.compute.counting.setting import Setting
from dynsym.errors import ConvergenceError, UnsupportedFeatureError
from dynsym.kernel.certificates import CHECKED, KIND, check_certificate_text, content_digest

__all__ = ["certificate_content", "link_content"]

WIDENED = 1e3
"""Boxes in the file are wider than those that just pass, so that the checker's coarser test passes too."""


def link_content(setting: Setting) -> dict[str, Any]:
    """The exact link form as text."""
    reader = link_reader(setting.compiled.system)
    if reader is None or reader.problem(setting.balls) is None:
        raise _unsupported(setting)
    known, form = setting.compiled.system.substitution(setting.values), reader.form
    kinds = [activation.kind for activation in form.activations]
    tables = {}
    for name, entries in (("weights", form.weights), ("cubic", form.cubic)):
        exact = {place: entry.xreplace(known) for place, entry in entries.items()}
        tables[name] = [[exact.get((i, j), 0) for j in range(len(kinds))] for i in range(len(kinds))]
    bias = [entry.xreplace(known) for entry in form.bias]
    numbers = [x for row in (bias, *tables["weights"], *tables["cubic"]) for x in row]
    is_known = set(kinds) <= CHECKED - {"rectified"} or (set(kinds) == {"rectified"} and not form.cubic)
    if not is_known or not all(x == 0 or x.is_Rational for x in numbers):
        raise _unsupported(setting)
    return {
        "functions": kinds,
        "bias": [str(x) for x in bias],
        **{name: [[str(x) for x in row] for row in table] for name, table in tables.items()},
    }


def certificate_content(setting: Setting, count: int, budget: Budget = DEFAULT_BUDGET) -> dict[str, Any]:
    """The content of a certificate file, which the checker has accepted."""
    links = link_content(setting)
    reader = link_reader(setting.compiled.system)
    assert reader is not None
    problem = reader.problem(setting.balls)
    assert problem is not None
    clock, mirror = budget.start(), None
    if "rectified" in links["functions"]:
        proof = prove_by_orthants(problem, clock)
    else:
        box = bounding_box(problem)
        assert box is not None
        reach = np.abs(box).max(axis=0) * (1 + 1e-6) + 1e-6
        mirror = int(reach.argmax()) if problem.is_odd else None
        proof = prove_by_cuts(problem, reach, mirror, clock)
    roots = _boxes(setting, problem, proof, mirror is not None)
    if len(roots) != count:
        raise ConvergenceError(
            f"The proof for a certificate of {setting.compiled.system.name!r} came to {len(roots)} equilibria in place "
            f"of {count}: two of them are nearly degenerate. A certificate needs clear ones. Try other values."
        )
    content: dict[str, Any] = {
        "kind": KIND,
        "name": setting.compiled.system.name,
        "equations": dict(zip(setting.state_names, map(str, setting.exact_rhs), strict=True)),
        "links": links,
        "count": count,
        "equilibria": roots,
        "mirror": mirror,
        "proof": proof.in_order(),
    }
    content["digest"] = content_digest(content)
    check = check_certificate_text(json.dumps(content))
    if not check.valid:
        raise ConvergenceError(
            f"The proof for a certificate of {setting.compiled.system.name!r} is not accepted by the checker: "
            f"{check.reason}. A certificate needs equilibria that are clearly apart. Try other parameter values."
        )
    return content


def _boxes(setting: Setting, problem: LinkProblem, proof: Proof, is_odd: bool) -> list[dict[str, list[float]]]:
    """Boxes about the solutions; of odd equations, exact mirror images of each other."""
    points = np.array(proof.roots).reshape(-1, problem.size)
    if is_odd:
        points = _with_images(points)
    enclosed = enclose(problem, newton(problem, points, steps=4))
    points = points if is_odd else enclosed.middle
    if not enclosed.certified.all():
        raise ConvergenceError(
            f"An equilibrium of {setting.compiled.system.name!r} is nearly degenerate. A certificate needs clear ones. "
            "Try other parameter values."
        )
    radius = WIDENED * (enclosed.radius + np.abs(enclosed.middle - points)) + 1e-13 * (1 + np.abs(points))
    if is_odd:
        radius = np.maximum(radius, [radius[np.abs(points + y).max(axis=1).argmin()] for y in points])
    return [{"low": (y - r).tolist(), "high": (y + r).tolist()} for y, r in zip(points, radius, strict=True)]


def _with_images(points: np.ndarray) -> np.ndarray:
    """The points, each made the exact mirror image of one of them; those without one get it at the end."""
    points, images = np.where(np.abs(points).max(axis=1, keepdims=True) < SAME, 0.0, points), []
    for k, y in enumerate(points):
        near = np.flatnonzero(np.abs(points + y).max(axis=1) < 2 * SAME)
        if not len(near):
            images.append(-y)
        elif near[0] > k:
            points[near[0]] = -y
    return np.array([*points, *images])


def _unsupported(setting: Setting) -> UnsupportedFeatureError:
    return UnsupportedFeatureError(
        f"A certificate was asked for {setting.compiled.system.name!r}. Certificates are made for networks of tanh, "
        "erf or logistic activations, Hebbian weights included, and for rectified networks, with rational parameters. "
        "Give exact decimal or rational values."
    )
