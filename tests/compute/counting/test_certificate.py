"""Certificates are verified, and every way of spoiling one is noticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dynsym as ds
from dynsym.compute.counting.certificates.proof import Proof
from dynsym.errors import BudgetExceeded, ConvergenceError, ModelError, UnsupportedFeatureError
from dynsym.functions.tanh import TanhFunction


def pair(weight: object = 2, bias: object = 0) -> ds.SymbolicSystem:
    return ds.build_system(ds.motifs.bidirectional(weight=weight, bias=bias))


def plastic() -> ds.SymbolicSystem:
    network = ds.motifs.bidirectional(weight=0, bias="drive")
    return ds.build_system(network, synapse=ds.Hebbian("k"), values={"k": 5, "drive": 0.1})


def random_network(size: int = 5, node: object = None, bias: float = 0.0) -> ds.SymbolicSystem:
    rng = np.random.default_rng(3)
    weights = np.round(rng.standard_normal((size, size)) * 2, 3)
    drive = np.round(bias * rng.standard_normal(size), 3).tolist()
    return ds.build_system(ds.Network.from_matrix(weights, bias=drive), node=ds.LeakyRate(node or ds.Tanh()))


def logistic() -> ds.SymbolicSystem:
    return ds.system_from_equations({"x": "-x + 8*logistic(x) - 4 + y/10", "y": "-y + logistic(3*x)"})


def rectified() -> ds.SymbolicSystem:
    """Two units that inhibit each other, so that either may win; three equilibria."""
    network = ds.Network.from_matrix([[0, -2, 0], [-2, 0, 0], [1, 1, 0]], bias=[1, 1, -0.5])
    return ds.build_system(network, node=ds.LeakyRate(ds.Rectified()))


SYSTEMS = {
    "pair": pair,
    "driven pair": lambda: pair(2, "1/10"),
    "plastic": plastic,
    "random": random_network,
    "random of eight": lambda: random_network(8),
    "logistic": logistic,
    "driven logistic": lambda: random_network(4, ds.Logistic(), 1.0),
    "rectified": rectified,
    "random rectified": lambda: random_network(6, ds.Rectified(), 1.0),
    "no synapses": lambda: ds.build_system(ds.Network(["a"])),
    "no synapses, driven": lambda: ds.build_system(ds.Network([ds.Node("a", bias="1/2"), "b"])),
    "one neuron": lambda: ds.system_from_equations({"x": "-x + 3*tanh(x)"}),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_certificates_hold(name: str, tmp_path: Path) -> None:
    system = SYSTEMS[name]()
    count = ds.count_equilibria(system)
    check = ds.check_certificate(count.save_certificate(tmp_path / "file.json"), system)
    assert check.valid, check.reason
    assert check.count == count.lower
    assert check.parts >= count.lower / 2


@pytest.mark.parametrize("entry", ["tanh 4", "plastic 2", "relu 8"])
def test_certificates_of_reference_counts(entry: str, tmp_path: Path) -> None:
    """Numbers of equilibria from reference/equilibria_counts.json; its generators are repeated here."""
    kind, size = entry.split()
    n = int(size)
    rng = np.random.default_rng({"tanh 4": 3, "plastic 2": 12, "relu 8": 3}[entry])
    expected = {"tanh 4": 3, "plastic 2": 3, "relu 8": 3}[entry]
    if kind == "plastic":
        strength = 3.0 / n * np.abs(rng.standard_normal((n, n)))
        bias = 0.2 * rng.standard_normal(n)
        rates = {
            f"x{i}": f"-x{i} + {float(bias[i])!r} + "
            + "+".join(f"({float(strength[i, j])!r})*tanh(x{i})*tanh(x{j})^2" for j in range(n))
            for i in range(n)
        }
        system = ds.system_from_equations(rates)
    else:
        weights = rng.standard_normal((n, n)) * (3.0 if kind == "tanh" else 4.0) / np.sqrt(n)
        bias = (0.3 if kind == "tanh" else 0.5) * rng.standard_normal(n)
        node = ds.LeakyRate(ds.Tanh() if kind == "tanh" else ds.Rectified())
        system = ds.build_system(ds.Network.from_matrix(weights, bias=bias.tolist()), node=node)
    check = ds.check_certificate(ds.save_certificate(system, tmp_path / "file.json"), system)
    assert check.valid, check.reason
    assert check.count == expected


def spoilt(tmp_path: Path, change: Callable[[dict[str, Any]], object], system: ds.SymbolicSystem) -> str:
    path = ds.save_certificate(system, tmp_path / "file.json")
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    check = ds.check_certificate(path)
    assert not check.valid
    return check.reason or ""


def first(content: dict[str, Any], kind: str) -> list[Any]:
    """The largest part of a kind, beyond the outermost cuts."""
    return [step for step in content["proof"] if step[0] == kind][-1]


def drop_last(content: dict[str, Any]) -> None:
    content["equilibria"].pop()
    content["count"] -= 1
    for step in content["proof"]:
        if step[0] == "root":
            step[1] = min(step[1], len(content["equilibria"]) - 1)


def repeat_first(content: dict[str, Any]) -> None:
    content["equilibria"].append(content["equilibria"][0])
    content["count"] += 1


def move_first(content: dict[str, Any]) -> None:
    entry = content["equilibria"][0]
    for end in ("low", "high"):
        entry[end][0] += 1e-3


def widen_first(content: dict[str, Any]) -> None:
    content["equilibria"][0]["high"][0] += 1e3


def forget_a_solution(content: dict[str, Any]) -> None:
    first(content, "root")[:] = ["empty", [1.0] * len(content["links"]["bias"])]


def change_factors(content: dict[str, Any]) -> None:
    step = first(content, "empty")
    step[1] = [-x for x in step[1]]


def narrow_outermost_cut(content: dict[str, Any]) -> None:
    """A bound of the solutions that is wrong: half of what the equations give."""
    step = next(step for step in content["proof"] if step[0] == "cut")
    step[2] *= 0.3


def move_a_cut(content: dict[str, Any]) -> None:
    """Every cut is moved; the parts still cover all of space, but their reasons fail."""
    for step in content["proof"]:
        if step[0] == "cut":
            step[2] += 0.5


def change_a_weight(content: dict[str, Any]) -> None:
    content["links"]["weights"][0][1] = "3"


def change_a_strength(content: dict[str, Any]) -> None:
    content["links"]["cubic"][0][1] = "8"


def claim_oddness(content: dict[str, Any]) -> None:
    content["mirror"] = 0


def leave_a_part(content: dict[str, Any]) -> None:
    first(content, "root")[0] = "left"


def not_a_number(content: dict[str, Any]) -> None:
    first(content, "empty")[1][0] = float("nan")


def text_in_place_of_a_number(content: dict[str, Any]) -> None:
    """A ball in place of a number would not be the same factor in each term."""
    first(content, "empty")[1][0] = "0 +/- 10"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (drop_last, "further solution"),
        (repeat_first, "overlap"),
        (move_first, "not proved to hold one solution"),
        (widen_first, "not proved to hold one solution"),
        (forget_a_solution, "may hold a solution"),
        (change_factors, "may hold a solution"),
        (narrow_outermost_cut, "may hold a solution"),
        (move_a_cut, ""),
        (change_a_weight, "not proved to hold one solution"),
        (change_a_strength, "not proved to hold one solution"),
        (claim_oddness, "not odd"),
        (leave_a_part, "not finished"),
        (not_a_number, "may hold a solution"),
        (text_in_place_of_a_number, "no certificate"),
        (lambda content: content.update(count=1), "not the number"),
        (lambda content: content["proof"].pop(), "ends early"),
        (lambda content: content["proof"].append(["empty", [0.0, 0.0]]), "after its end"),
        (lambda content: content["links"]["functions"].__setitem__(0, "linear"), "none that can be checked"),
        (lambda content: content["links"]["bias"].append("0"), "do not fit"),
        (lambda content: content.pop("proof"), "no certificate"),
        (lambda content: content.update(links=3), "no certificate"),
        (lambda content: content.update(kind="certificate of anything"), "no certificate"),
        (lambda content: content.update(count=str(content["count"])), "no certificate"),
        (lambda content: content.update(count=content["count"] + 0.9), "no certificate"),
        (lambda content: content.update(count=float(content["count"])), "no certificate"),
        (lambda content: content.update(count=True), "no certificate"),
        (lambda content: content.update(note="checked"), "no certificate"),
        (lambda content: content.update(name="another"), "digest"),
        (lambda content: content["equations"].update(x1="-x1"), "digest"),
        (lambda content: content["links"].update(note="checked"), "digest"),
        (lambda content: content["equilibria"][0].update(name="rest"), "digest"),
        (lambda content: content.update(digest="0" * 64), "digest"),
    ],
)
def test_spoilt_files_are_refused(change: Callable[[dict[str, Any]], object], reason: str, tmp_path: Path) -> None:
    assert reason in spoilt(tmp_path, change, plastic())


def test_a_missing_mirror_image_is_noticed(tmp_path: Path) -> None:
    def drop_an_image(content: dict[str, Any]) -> None:
        used = {step[1] for step in content["proof"] if step[0] == "root"}
        unused = [k for k in range(len(content["equilibria"])) if k not in used]
        kept = [k for k in range(len(content["equilibria"])) if k != unused[0]]
        content["equilibria"] = [content["equilibria"][k] for k in kept]
        content["count"] = len(kept)
        for step in content["proof"]:
            if step[0] == "root":
                step[1] = kept.index(step[1])

    assert "mirror image" in spoilt(tmp_path, drop_an_image, pair())


def test_a_changed_rectified_weight_is_noticed(tmp_path: Path) -> None:
    assert spoilt(tmp_path, change_a_weight, rectified())


def test_wrong_bounds_in_the_search_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relaxation that cuts too much away loses equilibria: then the proof for the file comes to another number."""
    honest = TanhFunction.line

    def narrow(self: TanhFunction, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        slope, lower, upper = honest(self, low, high)
        middle, radius = 0.5 * (lower + upper), 0.5 * (upper - lower)
        return slope, middle - 0.2 * radius, middle + 0.2 * radius

    monkeypatch.setattr(TanhFunction, "line", narrow)
    count = ds.count_equilibria(pair(2, "1/10"))
    assert count.lower != 3
    with pytest.raises((ConvergenceError, BudgetExceeded)):
        count.save_certificate(tmp_path / "file.json")


def test_a_faulty_proof_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a writer makes that calls parts with an equilibrium empty is checked, and no file is written."""
    honest = Proof.in_order

    def careless(self: Proof) -> list[list[Any]]:
        return [["empty", [1.0, 0.0]] if step[0] == "root" else step for step in honest(self)]

    monkeypatch.setattr(Proof, "in_order", careless)
    with pytest.raises(ConvergenceError, match="not accepted by the checker"):
        ds.save_certificate(pair(), tmp_path / "file.json")
    assert not (tmp_path / "file.json").exists()


def test_other_equations_are_noticed(tmp_path: Path) -> None:
    path = ds.save_certificate(pair("w"), tmp_path / "file.json", values={"w": 2})
    assert ds.check_certificate(path, pair("w"), values={"w": 2}).valid
    assert ds.check_certificate(path, pair("w"), values={"w": "21/10"}).reason == "the file is of other equations"
    assert json.loads(path.read_text())["equations"] == {"x1": "-x1 + 2*tanh(x2)", "x2": "-x2 + 2*tanh(x1)"}


def test_what_cannot_be_certified(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    with pytest.raises(UnsupportedFeatureError, match="rational"):
        ds.save_certificate(pair("sqrt(2)"), path)
    with pytest.raises(UnsupportedFeatureError):
        ds.save_certificate(ds.system_from_equations({"x": "x - x^3"}), path)
    with pytest.raises(BudgetExceeded, match="needs a proof"):
        ds.save_certificate(random_network(8), path, budget=ds.Budget(boxes=1))
    assert not path.exists()
    with pytest.raises(ModelError, match="cannot be read"):
        ds.check_certificate(path)


def test_a_count_from_a_file_has_no_proof_at_hand(tmp_path: Path) -> None:
    count = ds.count_equilibria(pair())
    loaded = ds.load_result(count.save(tmp_path / "count.nc"))
    assert loaded == count
    with pytest.raises(UnsupportedFeatureError, match="Count again"):
        loaded.save_certificate(tmp_path / "file.json")


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", '{"count": "many"}', "[" * 2000 + "]" * 2000])
def test_files_that_are_no_certificates(text: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(text)
    check = ds.check_certificate(path)
    assert not check.valid
    assert "no certificate" in (check.reason or "")


@pytest.mark.parametrize(("weight", "bias", "strength"), [(1, 0, 8), (-1, "1/10", 8), (1, "1/2", 3), (-1, "1/2", 8)])
def test_symmetric_plastic_networks_are_accepted(weight: int, bias: object, strength: int, tmp_path: Path) -> None:
    """All nodes alike: many inequalities hold with little to spare in the nine digits of the radii of balls."""
    nodes = [ds.Node(f"x{k}", bias=bias) for k in range(3)]
    edges = [ds.Edge(a.name, b.name, weight=weight) for a in nodes for b in nodes if a is not b]
    system = ds.build_system(ds.Network(nodes, edges), synapse=ds.Hebbian("k"), values={"k": strength})
    assert ds.check_certificate(ds.save_certificate(system, tmp_path / "file.json"), system).valid
