"""The catalogue of published claims against what was worked out by hand from the papers' definitions.

Each expected verdict rests on a short calculation of its own; the ones that need an explanation have it here.

- eq3: -∇L = -W2ᵀ e xᵀ, so the middle member has both signs wrong. eq53 lacks d1 in its second term. eq59: W2 is a row.
- eq2_iff, free W: the residual has terms in W2ᵀ that stay for D = 1. a3_free: Σ = 1, D = 1 gives W + Wᵀ, a gradient.
- eq32: ∇ Tr(ΣW + WΣW) = Σ + WΣ + ΣW on symmetric W, so that the factor 1/2 is one too many.
- eq45: the recurrent weights climb. a4_transposes: (W_IE - W_EIᵀ)' = 0. a4_bullet_sdw2: transposes are missing.
- eq76: λ² = d2 Σ, and Σ < 0 exchanges the cases. fixed_points: W2 = 0, W1 sᵀ = 0 is a plane for M ≥ 2.
- toy_circle: w1 w2 = s meets w1² + w2² = r only for r ≥ 2|s|. a1_hidden_whitened: the Jacobian is -(W2ᵀW2) ⊗ D1.
- eq109: for c > 1 W1ᵀW1 is singular. b41_s: W1 W1ᵀ is N×N. eq125_edges: ω = 0 is double at x = 1/c - Δ.
- bi_hebbian_unique: at k = 3, b = 1 Newton's method from many starts finds 5 equilibria.
- fig2_hidden_weak: the critical c at α = 0.1 is 0.446 (sampled spectra: tests of random matrices).
"""

import json
import shutil
import subprocess
import sys

import pytest

from dynsym.claims import CLAIMS, prove

FALSE = {
    "ninou2025": """eq2_iff sec2_no_input_to_inhibitory eq3 a1_hidden_whitened fixed_points toy_circle eq76 eq32 a3_free
        a4_bullet_sdw2 eq45 a4_transposes eq53 eq59 eq109 eq125_edges b41_s fig2_hidden_weak""",
    "gong2023": "bi_hebbian_unique",
}
TRUE = {
    "ninou2025": """eq2 eq2_terms eq2_iff_symmetric_w eq3_last eq4 eq5_nongradient a1_readout a1_hidden eq9
        eq9_eigenvalues toy_stability toy_center eq11 eq76_count eq12 eq13_stable eq24 eq28 eq29 a2_general eq30_31
        a21_iff eq35 eq36 eq37 a4_terms eq44 eq51 eq52 eq54 eq57 eq60 eq71 eq74 eq75 eq78 eq80 eq81 eq82 eq84 eq86 eq91
        eq97 eq98 eq107 eq108 eq110 eq113 eq117 eq123 fig2_hidden fig2_readout_half b42 beyond_error_flow
        beyond_conserved beyond_toy_period beyond_real_spectrum beyond_both_mixed""",
    "pehlevan2018": "local_rules fixed_points principal_only tau_bound k1_always whitening_tau_bound fractional",
    "hoier2024": "symmetric_equal bias_dp bias_dp_plus linear_exact sweep_converges damping",
    "gong2023": """uni_pitchfork bi_pitchfork bi_supercritical bi_supercritical_any bi_unique_all_inputs slow_rates
        baseline_criticality imperfect complete_mode ring_hopf choke""",
}
SLOW = """ninou2025.eq109 ninou2025.eq125_edges ninou2025.fig2_hidden
    ninou2025.fig2_hidden_weak ninou2025.toy_stability ninou2025.beyond_both_mixed pehlevan2018.local_rules
    pehlevan2018.principal_only pehlevan2018.fractional hoier2024.sweep_converges gong2023.bi_pitchfork
    gong2023.bi_hebbian_unique gong2023.bi_unique_all_inputs gong2023.complete_mode gong2023.choke
    gong2023.uni_pitchfork gong2023.bi_supercritical gong2023.bi_supercritical_any gong2023.ring_hopf
    gong2023.imperfect"""
EXPECTED = {
    f"{key}.{name}": verdict
    for verdict, names in (("proved", TRUE), ("refuted", FALSE))
    for key, part in names.items()
    for name in part.split()
}


@pytest.mark.parametrize("key", list(TRUE))
def test_every_claim_has_an_expected_verdict(key):
    assert {claim.id for claim in CLAIMS.of_paper(key)} == {name for name in EXPECTED if name.startswith(f"{key}.")}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in SLOW.split() else ()) for name in sorted(EXPECTED)]
)
def test_verdicts_of_published_claims(name):
    verdict = prove(CLAIMS[name])
    assert verdict.verdict == EXPECTED[name]
    assert verdict.source
    if verdict.verdict == "refuted":
        assert verdict.counterexample is not None or verdict.argument
        assert verdict.corrected


def test_reconstructed_models_say_so():
    for key in ("pehlevan2018", "hoier2024", "gong2023"):
        assert all("model reconstructed" in claim.source for claim in CLAIMS.of_paper(key))


def test_the_command_lists_verdicts_as_json():
    command = shutil.which("dynsym") or str(sys.executable).replace("python", "dynsym")
    done = subprocess.run(
        [command, "verify", "ninou2025.eq4", "ninou2025.eq53", "--json"], capture_output=True, text=True, timeout=120
    )
    found = {entry["id"]: entry for entry in json.loads(done.stdout)["claims"]}
    assert found["ninou2025.eq4"]["verdict"] == "proved"
    assert found["ninou2025.eq53"]["verdict"] == "refuted"
    assert found["ninou2025.eq53"]["corrected"]
