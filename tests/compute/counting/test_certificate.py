"""Certificates are verified, and every way of spoiling one is noticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dynsym as ds
from dynsym._budget import Budget
from dynsym.compute.counting import check_certificate, count_equilibria, save_certificate
from dynsym.compute.counting.link_functions import TanhLink
from dynsym.errors import BudgetExceeded, UnsupportedFeatureError


def pair(weight: object = 2, bias: object = 0) -> ds.SymbolicSystem:
    return ds.build_system(ds.motifs.bidirectional(weight=weight, bias=bias))


def plastic() -> ds.SymbolicSystem:
    network = ds.motifs.bidirectional(weight=0, bias="drive")
    return ds.build_system(network, synapse=ds.Hebbian("k"), values={"k": 5, "drive": 0.1})


def random_network() -> ds.SymbolicSystem:
    weights = np.round(np.random.default_rng(3).standard_normal((5, 5)) * 2, 3)
    return ds.build_system(ds.Network.from_matrix(weights), node=ds.LeakyRate(ds.Tanh()))


def logistic() -> ds.SymbolicSystem:
    return ds.system_from_equations({"x": "-x + 8*logistic(x) - 4 + y/10", "y": "-y + logistic(3*x)"})


@pytest.mark.parametrize("build", [pair, lambda: pair(2, "1/10"), plastic, random_network, logistic])
def test_certificates_hold(build: Callable[[], ds.SymbolicSystem], tmp_path: Path) -> None:
    system = build()
    check = check_certificate(save_certificate(system, tmp_path / "file.json"), system)
    assert check.valid, check.reason
    assert check.count == count_equilibria(system).lower


def spoilt(tmp_path: Path, change: Callable[[dict[str, Any]], object], system: ds.SymbolicSystem) -> str:
    path = save_certificate(system, tmp_path / "file.json")
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    check = check_certificate(path)
    assert not check.valid
    return check.reason or ""


def drop_last(content: dict[str, Any]) -> None:
    content["equilibria"].pop()
    content["count"] -= 1
    for node in content["tree"]:
        if node[0] == "settled":
            node[1] = min(node[1], len(content["equilibria"]) - 1)


def repeat_first(content: dict[str, Any]) -> None:
    content["equilibria"].append(content["equilibria"][0])
    content["count"] += 1


def move_first(content: dict[str, Any]) -> None:
    entry = content["equilibria"][0]
    entry["middle"][0] = (float.fromhex(entry["middle"][0]) + 1e-3).hex()


def forget_a_solution(content: dict[str, Any]) -> None:
    node = next(node for node in content["tree"] if node[0] == "settled")
    node[:] = ["empty"]


def shrink_start(content: dict[str, Any]) -> None:
    content["start"]["high"][0] = (0.5 * float.fromhex(content["start"]["high"][0])).hex()


def claim_oddness(content: dict[str, Any]) -> None:
    content["mirror"] = 0
    content["start"]["low"][0] = (0.0).hex()


def leave_a_part(content: dict[str, Any]) -> None:
    next(node for node in content["tree"] if node[0] != "split")[0] = "left"


def close_a_circle(content: dict[str, Any]) -> None:
    node = content["tree"][0]
    node[3] = node[4] = 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (drop_last, "further solution"),
        (repeat_first, "overlap"),
        (move_first, "not proved to hold one solution"),
        (forget_a_solution, "further solution"),
        (shrink_start, "miss solutions"),
        (claim_oddness, "not odd"),
        (leave_a_part, "not finished"),
        (close_a_circle, "not a tree"),
        (lambda content: content.update(count=1), "not the number"),
    ],
)
def test_spoilt_files_are_refused(change: Callable[[dict[str, Any]], object], reason: str, tmp_path: Path) -> None:
    assert reason in spoilt(tmp_path, change, plastic())


def test_a_missing_mirror_image_is_noticed(tmp_path: Path) -> None:
    def drop_images(content: dict[str, Any]) -> None:
        kept = [k for k, e in enumerate(content["equilibria"]) if float.fromhex(e["middle"][0]) > -1e-9]
        content["equilibria"] = [content["equilibria"][k] for k in kept]
        content["count"] = len(kept)
        for node in content["tree"]:
            if node[0] == "settled":
                node[1] = kept.index(node[1])

    assert "mirror image" in spoilt(tmp_path, drop_images, pair())


def test_wrong_bounds_in_the_search_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relaxation that cuts too much away loses equilibria; the checker finds them in a part called empty."""
    honest = TanhLink.line

    def narrow(self: TanhLink, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        slope, lower, upper = honest(self, low, high)
        middle, radius = 0.5 * (lower + upper), 0.5 * (upper - lower)
        return slope, middle - 0.2 * radius, middle + 0.2 * radius

    monkeypatch.setattr(TanhLink, "line", narrow)
    check = check_certificate(save_certificate(pair(2, "1/10"), tmp_path / "file.json"))
    assert not check.valid


def test_other_equations_are_noticed(tmp_path: Path) -> None:
    path = save_certificate(pair("w"), tmp_path / "file.json", {"w": 2})
    assert check_certificate(path, pair("w"), {"w": 2}).valid
    assert check_certificate(path, pair("w"), {"w": "21/10"}).reason == "the file is of other equations"


def test_what_cannot_be_certified(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFeatureError, match="rational"):
        save_certificate(pair("sqrt(2)"), tmp_path / "file.json")
    with pytest.raises(UnsupportedFeatureError):
        save_certificate(ds.system_from_equations({"x": "x - x^3"}), tmp_path / "file.json")
    with pytest.raises(BudgetExceeded, match="not proved"):
        save_certificate(random_network(), tmp_path / "file.json", budget=Budget(boxes=1))
    with pytest.raises(BudgetExceeded, match="nearly degenerate"):
        save_certificate(pair(1), tmp_path / "file.json")
    assert not (tmp_path / "file.json").exists()
