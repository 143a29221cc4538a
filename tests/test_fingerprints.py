"""Every result says which system it is about; a walk over all public questions sees to it that a new one is asked."""

import inspect
import subprocess
import sys

import pytest

import dynsym as ds
from dynsym import claims, derive

SPAN = (-1, 3)


def ring(weight, size=3, node=None):
    """A ring with one odd weight, in which g = 0 leaves only the decay."""
    edges = [(f"x{k}", f"x{(k + 1) % size}", weight if k == 0 else 1) for k in range(size)]
    return ds.build_system(ds.Network.from_edges(edges), node or ds.LeakyRate(ds.Tanh()), gain="g")


def linked(weight):
    return ds.build_system(ds.motifs.complete(3, weight=weight), gain="g")


def planar(slope):
    return ds.system_from_equations({"x": f"m*x - x^3 - {slope}*y", "y": f"{slope}*x + m*y - y^3"}, {"m": None})


def decaying(slope):
    return ds.system_from_equations({"x": f"-{slope}*x - y", "y": "x - 2*y"}, {"m": 1})


def with_two(factor):
    return ds.system_from_equations({"x": "y", "y": f"m + n*y + {factor}*x^2 + x*y"}, {"m": None, "n": None})


def cusped(factor):
    return ds.system_from_equations({"x": f"m + n*x - {factor}*x^3"}, {"m": None, "n": None})


def hopf_of(system):
    return ds.hopf_condition(system, parameter="m", at=0)[0]


def branch_of(system):
    return ds.continue_equilibrium(system, {"x0": 0, "x1": 0, "x2": 0}, parameter="g", span=(0, 2))


def switched(system):
    branch = branch_of(system)
    point = next(p for p in branch.special if p.kind == "pitchfork")
    return ds.switch_branch(system, point, parameter="g", span=(0, 2), known=branch)


ONE, BOTH = {"m": 1}, ("m", "n")
QUESTIONS = {
    "analyze": (planar, lambda s: ds.analyze(s, parameter="m", span=SPAN, points=5)),
    "axial_branches": (linked, lambda s: derive.axial_branches(s, at=0)),
    "basins": (decaying, lambda s: ds.basins(s, samples=5, box={"x": (-1, 1), "y": (-1, 1)})),
    "bifurcation_diagram": (ring, lambda s: ds.bifurcation_diagram(s, parameter="g", span=(0, 2))),
    "bogdanov_takens_condition": (with_two, lambda s: ds.bogdanov_takens_condition(s, parameters=BOTH)),
    "certify": (planar, lambda s: ds.certify(s, 0.01, values=ONE)),
    "check_condition": (planar, lambda s: ds.check_condition(s, hopf_of(s), points=2)),
    "check_roots": (planar, lambda s: ds.check_roots(s, [0], values=ONE)),
    "compile_system": (planar, ds.compile_system),
    "continue_equilibrium": (ring, branch_of),
    "contraction_condition": (decaying, ds.contraction_condition),
    "count_along": (planar, lambda s: ds.count_along(s, parameter="m", span=SPAN, points=2)),
    "count_equilibria": (planar, lambda s: ds.count_equilibria(s, values=ONE)),
    "cusp_condition": (cusped, lambda s: ds.cusp_condition(s, parameters=BOTH)),
    "decompose": (planar, lambda s: ds.decompose(s, at=0)),
    "excludes_hopf": (ring, lambda s: ds.excludes_hopf(s, parameter="g", at=0)),
    "find_conditions": (planar, lambda s: ds.find_conditions(s, parameter="m", at=0)),
    "find_equilibria": (planar, lambda s: ds.find_equilibria(s, values=ONE, starts=5)),
    "hopf_condition": (planar, lambda s: ds.hopf_condition(s, parameter="m", at=0)),
    "isotypic_blocks": (linked, lambda s: derive.isotypic_blocks(s, at=0)),
    "lyapunov_schmidt": (ring, lambda s: derive.lyapunov_schmidt(s, ds.pitchfork_condition(s, parameter="g", at=0)[0])),
    "noise_circulation": (decaying, lambda s: derive.noise_circulation(s, at=0)),
    "normal_form": (planar, lambda s: ds.normal_form(s, hopf_of(s))),
    "phase_portrait": (decaying, lambda s: ds.phase_portrait(s, {"x": (-1, 1), "y": (-1, 1)}, points=5)),
    "pitchfork_condition": (ring, lambda s: ds.pitchfork_condition(s, parameter="g", at=0)),
    "fold_condition": (cusped, lambda s: ds.fold_condition(s, parameter="m", values={"n": 1})),
    "transcritical_condition": (planar, lambda s: ds.transcritical_condition(s, parameter="m", at=0)),
    "simulate": (decaying, lambda s: ds.simulate(s, 1, span=(0, 1))),
    "spectrum": (decaying, ds.spectrum),
    "stability_quantities": (decaying, lambda s: ds.stability_quantities(s, at=0)),
    "switch_branch": (ring, switched),
    "symbolic_equilibria": (planar, ds.symbolic_equilibria),
    "symmetric_equilibrium": (linked, derive.symmetric_equilibrium),
}
# What answers with an expression, a file, or another system, which has a fingerprint of its own.
OTHERS = {
    "characteristic_polynomial",
    "eigenvalue_symbol",
    "energy_derivative",
    "energy_function",
    "first_integrals",
    "freeze",
    "jacobian",
    "link_form",
    "potential",
    "restrict",
    "save_certificate",
    "save_system",
    "shift",
    "slave",
}
# About a whole family of motifs, or like a question that is in the table.
ALIKE = {"hopf_sum", "pitchfork_sum", "rational_hopf_condition", "imperfect"}


def test_every_question_about_a_system_is_asked():
    public = {n: f for room in (ds, derive) for n, f in vars_of(room) if first_parameter(f) == "system"}
    assert set(public) == set(QUESTIONS) | OTHERS | ALIKE


def vars_of(room):
    return [(name, value) for name in dir(room) if inspect.isfunction(value := getattr(room, name))]


def first_parameter(function):
    return next(iter(inspect.signature(function).parameters), "")


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answer_carries_the_fingerprint_of_its_system(name):
    family, ask = QUESTIONS[name]
    seen = []
    for coefficient in (2, 3):
        system = family(coefficient)
        answer = ask(system)
        parts = list(answer) if isinstance(answer, tuple) else [answer]
        found = {part.fingerprint for part in [*parts, *([answer] if hasattr(answer, "fingerprint") else [])]}
        assert found <= {system.fingerprint}
        assert found or not parts
        seen.append(system.fingerprint)
    assert len(set(seen)) == 2


@pytest.mark.parametrize("size", [2, 40, 300])
def test_fingerprints_differ_at_every_size(size):
    prints = {ring(weight, size).fingerprint for weight in (0.5, 2, "w")} | {ring(2, size + 1).fingerprint}
    assert len(prints) == 4
    answers = {ds.spectrum(ring(weight, size), values={"g": 1}, at=0).fingerprint for weight in (0.5, 2)}
    assert answers < prints
    assert "" not in prints


def test_a_verdict_carries_what_was_claimed_of_what():
    def verdict(slope, bound):
        goal = claims.IsStable(decaying(slope), at={"x": 0, "y": 0})
        return claims.prove(claims.Claim("own.one", "it decays", goal, hypotheses=[f"m > {bound}"]))

    prints = [verdict(*given).fingerprint for given in [(1, 0), (2, 0), (1, 1), (1, 0)]]
    assert "" not in prints
    assert prints[0] == prints[3]
    assert len(set(prints)) == 3
    stored = verdict(1, 0)
    assert claims.Verdict.from_json(stored.to_json()) == stored


def test_fingerprints_of_the_catalogue_are_the_same_in_another_process():
    ask = "from dynsym import claims; print(*[c.fingerprint for c in list(claims.CLAIMS.values())[:40]])"
    first, second = (
        subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout for _ in range(2)
    )
    assert first == second
    assert len(set(first.split())) == 40
