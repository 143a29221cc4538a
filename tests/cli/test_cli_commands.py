"""Each command on small models: its JSON, its text, its exit code; expected values by hand or by numpy."""

import json
import math

import numpy as np
import pytest

import dynsym as ds

FOLD_AT = 2 * math.sqrt(3) / 9


# -- show


def test_show_json(run_json, pair):
    said = run_json("show", pair)
    assert said["kind"] == "system"
    assert said["states"] == ["x1", "x2"]
    assert said["parameters"] == {"g": 1, "w": 1}
    assert said["equations"] == {"x1": "g*w*tanh(x2) - x1", "x2": "g*w*tanh(x1) - x2"}
    assert said["jacobian"][0][0] == "-1"
    assert said["eigenvalue_symbol"] == "lambda"
    assert "lambda**2 + 2*lambda + 1" in said["characteristic_polynomial"]
    assert said["characteristic_polynomial_at_origin"] == "(-g*w + lambda + 1)*(g*w + lambda + 1)"


def test_show_keeps_values_exact(run_json, model):
    text = '[states]\nx = "-a*x + c"\n[parameters]\na = 0.1\nb = {}\nc = "15*sqrt(2)"\nd = "1/3"\ne = -7\n'
    said = run_json("show", model(text))
    assert said["parameters"] == {"a": 0.1, "b": None, "c": "15*sqrt(2)", "d": "1/3", "e": -7}


def test_show_text_and_latex(run, pair):
    code, out, err = run("show", pair)
    assert (code, err) == (0, "")
    assert "x1' = g*w*tanh(x2) - x1" in out
    assert "Characteristic polynomial" in out
    assert run("show", pair, "--latex")[1].startswith("\\begin{aligned}")


def test_the_characteristic_polynomial_avoids_the_names_of_the_model(run_json, model):
    said = run_json("show", model('[states]\nE = "-lambda*E"\n[parameters]\nlambda = 2\n'))
    assert said["eigenvalue_symbol"] not in {"lambda", "E"}
    assert said["eigenvalue_symbol"] in said["characteristic_polynomial"]


def test_a_polynomial_that_is_too_large_is_left_out_with_a_note(run):
    code, out, _ = run("show", "c_elegans", "--json")
    said = json.loads(out)
    assert code == 0
    assert said["characteristic_polynomial"] is None
    assert "characteristic polynomial" in said["notes"][0]
    assert len(said["jacobian"]) == len(said["states"]) == 302


# -- conditions


def test_conditions_of_the_pair(run_json, pair):
    said = run_json("conditions", pair, "--parameter", "g")
    assert said["kind"] == "conditions"
    assert [(c["kind"], c["value"]) for c in said["conditions"]] == [("pitchfork", -1.0), ("pitchfork", 1.0)]
    upper = said["conditions"][1]
    # c = w.C(v, v, v)/6 with v = w = (1, 1)/sqrt(2) and tanh'''(0) = -2
    assert upper["coefficient_value"] == pytest.approx(-1 / 6, rel=1e-12)
    assert upper["criticality"] == "supercritical"
    assert upper["at"] == {"x1": "0", "x2": "0"}
    assert {"equation", "constraints", "solution", "normalisation", "frequency", "assumptions", "verdict"} <= set(upper)


def test_conditions_in_a_range_and_for_another_weight(run_json, pair):
    said = run_json("conditions", pair, "--parameter", "g", "--range", "-1e-3", "4", "--set", "w=2")
    assert [c["value"] for c in said["conditions"]] == [0.5]


def test_points_in_two_parameters(run, run_json, tmp_path):
    model = tmp_path / "reaction.toml"
    model.write_text(
        '[states]\nu1 = "-u1 + p1*(1 - u1)*exp(u2)"\nu2 = "-u2 + p1*p2*(1 - u1)*exp(u2) - p3*u2"\n'
        "[parameters]\np1 = {}\np2 = {}\np3 = 3\n"
    )
    said = run_json("conditions", model, "--parameter", "p1", "--second", "p2")
    # p1 = exp(-4/3)/3, p2 = 64/3 and p1 = exp(-2), p2 = 16 are the exact values of reference/continuation.json.
    assert [(c["kind"], c["solution"], c["others"]) for c in said["conditions"]] == [
        ("bogdanov_takens", "exp(-4/3)/3", {"p2": "64/3"}),
        ("cusp", "exp(-2)", {"p2": "16"}),
    ]
    assert said["second"] == "p2"
    code, out, _ = run("conditions", model, "--parameter", "p1", "--second", "p2")
    assert code == 0
    assert "p2 = 64/3" in out


def test_free_parameters_stay_symbolic(run_json, pair):
    said = run_json("conditions", pair, "--parameter", "g", "--at", "0", "--free", "w")
    assert sorted(c["solution"] for c in said["conditions"]) == ["-1/w", "1/w"]
    assert all(c["value"] is None for c in said["conditions"])


def test_conditions_at_the_symmetric_equilibrium(run_json, plastic_pair):
    said = run_json("conditions", plastic_pair, "--parameter", "k", "--at", "symmetric", "--range", "-10", "0")
    (pitchfork,) = [c for c in said["conditions"] if c["kind"] == "pitchfork"]
    k, x = pitchfork["value"], float(pitchfork["at"]["x1"])
    phi = math.tanh(x)
    assert x == pytest.approx(1 + k * phi**3, abs=1e-12)
    slope, weight = 1 - phi**2, k * phi**2
    jacobian = np.array(
        [
            [-1, weight * slope, 0, phi],
            [weight * slope, -1, phi, 0],
            [k * slope * phi, k * slope * phi, -1, 0],
            [k * slope * phi, k * slope * phi, 0, -1],
        ]
    )
    assert np.abs(np.linalg.eigvals(jacobian)).min() < 1e-9


def test_the_hopf_point_of_a_symbolic_model(run_json, symbolic):
    said = run_json("conditions", symbolic, "--parameter", "a", "--at", "E=0,I=0")
    (hopf,) = [c for c in said["conditions"] if c["kind"] == "hopf"]
    assert hopf["solution"] == "1 + 1/tau"
    assert "b*c*tau - 1 > 0" in hopf["constraints"]


def test_long_inequalities_keep_their_sign(run, model):
    path = model('[network]\nmotif = "ei_blocks"\n[dynamics]\nnode = "leaky_rate"\nactivation = "any_sigmoid"\n')
    code, out, _ = run("conditions", path, "--parameter", "w_EE", "--at", "0")
    assert code == 0
    (where,) = [line for line in out.splitlines() if "hopf, where" in line]
    assert where.endswith("> 0")


def test_points_that_are_no_equilibria_are_refused(run, pair):
    code, _, err = run("conditions", pair, "--parameter", "g", "--at", "x1=1,x2=0")
    assert code == 2
    assert "not an equilibrium" in err


def test_conditions_as_text_and_latex(run, pair):
    code, out, _ = run("conditions", pair, "--parameter", "g")
    assert code == 0
    assert "pitchfork" in out
    assert "proved" in out
    table, ledger = out.split("  open: ", 1)
    assert "tanh" not in table
    assert "were not looked for" in ledger
    assert "\\text" in run("conditions", pair, "--parameter", "g", "--latex")[1]


# -- count


def test_count_of_the_pair(run_json, pair):
    said = run_json("count", pair, "--set", "g=2.5")
    assert (said["kind"], said["status"], said["lower"], said["upper"], said["stable"]) == ("count", "proved", 3, 3, 2)
    assert said["index_sum"] == 1
    assert said["parameters"] == {"g": 2.5, "w": 1.0}
    assert {"examined", "undecided"} <= set(said["boxes"])
    for equilibrium in said["equilibria"]:
        x1, x2 = equilibrium["state"]["x1"], equilibrium["state"]["x2"]
        assert equilibrium["certificate"] == "certified"
        assert x1 == pytest.approx(2.5 * math.tanh(x2), abs=1e-9)
        assert x2 == pytest.approx(2.5 * math.tanh(x1), abs=1e-9)


def test_count_in_a_box(run_json, pair):
    said = run_json("count", pair, "--set", "g=2.5", "--box", "x1=1:5,x2=-5:5")
    assert (said["status"], said["lower"], said["upper"]) == ("proved", 1, 1)


def test_count_as_text(run, pair):
    code, out, _ = run("count", pair, "--set", "g=2.5")
    assert code == 0
    assert "3 equilibria: proved" in out
    assert "certified" in out


def test_numbers_are_asked_for(run, symbolic):
    code, _, err = run("count", symbolic)
    assert code == 2
    assert "--set a=1" in err


def test_counts_along_a_parameter_need_a_range(run, pair):
    for words in (("--parameter", "g"), ("--range", "0", "3"), ("--points", "5")):
        code, _, err = run("count", pair, *words)
        assert code == 2
        assert "--parameter" in err


# -- continue


def test_continue_finds_every_branch(run_json, pair):
    said = run_json("continue", pair, "--parameter", "g", "--range", "0", "3")
    assert said["kind"] == "diagram"
    assert len(said["branches"]) == 2
    labels = {point["label"]: point for branch in said["branches"] for point in branch["special"]}
    assert set(labels) == {"pitchfork:1"}
    assert labels["pitchfork:1"]["parameters"]["g"] == pytest.approx(1, abs=1e-9)
    for branch in said["branches"]:
        g, x1, x2 = (np.array(values) for values in (branch["parameter"], *branch["states"].values()))
        assert np.abs(x1 - g * np.tanh(x2)).max() < 1e-8
        assert len(branch["stable"]) == len(g)


def test_continue_from_a_start(run_json, fold):
    words = ("--parameter", "m", "--range", "-1", "1", "--start", "x=-1.2", "--set", "m=-0.9")
    said = run_json("continue", fold, *words)
    (branch,) = said["branches"]
    folds = sorted(point["parameters"]["m"] for point in branch["special"] if point["kind"] == "fold")
    assert folds == pytest.approx([-FOLD_AT, FOLD_AT], abs=1e-9)
    assert said["curves"] == []
    assert said["cycles"] == []


def test_a_start_that_leads_nowhere_is_a_numerical_failure(run, model):
    path = model('[states]\nx = "m + x^2"\n[parameters]\nm = 1\n')
    code, _, err = run("continue", path, "--parameter", "m", "--range", "0.5", "2", "--start", "x=0.3", "--set", "m=1")
    assert code == 4
    assert "no equilibrium" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--start", "y=1"), "no state"),
        (("--start", "x=0", "--set", "m=5"), "outside the range"),
        (("--tolerance", "-1"), "tolerance"),
        (("--step-max", "nan"), "not finite"),
        (("--max-steps", "0"), "--max-steps"),
        (("--set", "k=1"), "'k' is not a parameter"),
    ],
)
def test_options_of_continue_are_checked(run, fold, words, said):
    code, out, err = run("continue", fold, "--parameter", "m", "--range", "-1", "1", *words)
    assert (code, out) == (2, "")
    assert said in err


def test_a_diagram_is_saved(run, fold, tmp_path):
    path = tmp_path / "fold.nc"
    words = ("--parameter", "m", "--range", "-1", "1", "--start", "x=-1.2", "--out", path)
    assert run("continue", fold, *words)[0] == 0
    assert len(ds.load_result(path)) == 1


# -- decompose


def test_decompose_the_pair(run_json, pair):
    said = run_json("decompose", pair)
    assert said["kind"] == "decomposition"
    assert said["is_gradient"]["euclidean"] == "refuted"
    assert said["is_gradient"]["diagonal"] == "proved"
    assert said["violating_cycle"] is None
    assert said["curl"][0]["states"] == ["x1", "x2"]
    assert {"metric", "potential", "integrals"} <= set(said)


def test_decompose_finds_conserved_quantities(run_json, model):
    said = run_json("decompose", model('[states]\nx = "y"\ny = "-x"\n'), "--integrals", "2")
    assert said["integrals"] == ["x**2 + y**2"]
    assert said["is_gradient"]["any"] == "refuted"


def test_decompose_as_text(run, pair):
    for words in ((), ("--metric", "slopes"), ("--latex",)):
        code, out, _ = run("decompose", pair, *words)
        if code == 0:
            assert "euclidean" in out or "diag(phi')" in out
        else:  # plain equations have no activation
            assert words == ("--metric", "slopes")


# -- simulate


def test_simulate_a_decay(run_json, model):
    path = model('[states]\nx = "-x"\n')
    said = run_json("simulate", path, "--start", "x=1", "--time", "2", "--points", "5")
    assert said["times"] == pytest.approx([0, 0.5, 1, 1.5, 2])
    assert said["states"]["x"] == pytest.approx([math.exp(-t) for t in said["times"]], rel=1e-6)
    assert said["outcome"] == "finished"


def test_a_blow_up_is_reported(run_json, model):
    said = run_json("simulate", model('[states]\nx = "x^2"\n'), "--start", "x=1", "--time", "2")
    assert said["outcome"] == "blow_up"
    assert said["times"][-1] == pytest.approx(1, abs=1e-3)


def test_simulate_as_text_and_file(run, model, tmp_path):
    path = tmp_path / "run.nc"
    code, out, _ = run("simulate", "pyloric", "--start", "LP=0.1", "--time", "5", "--out", path)
    assert code == 0
    assert "numeric" in out
    assert ds.load_result(path).state_names == ("AB_PD", "LP", "PY")


# -- models


def test_bundled_networks_are_models(run_json):
    assert run_json("show", "pyloric")["parameters"] == {"g": 1}


def test_near_names_are_suggested(run, fold):
    assert "did you mean pyloric" in run("show", "pylorik")[2]
    assert f"did you mean {fold}?" in run("show", fold.replace("fold.toml", "flod.toml"))[2]
    assert "did you mean g?" in run("conditions", "pyloric", "--parameter", "gg")[2]
    assert "did you mean g?" in run("count", "pyloric", "--set", "gg=1")[2]
    assert "did you mean AB_PD?" in run("simulate", "pyloric", "--start", "AB_PB=1")[2]


@pytest.mark.parametrize("command", ["show", "count", "decompose", "simulate"])
def test_bad_models_are_refused_without_a_traceback(run, model, command):
    for text in ("", '[states]\nx = "-x + undeclared"\n', '[states]\nx = "__import__(1)"\n'):
        code, out, err = run(command, model(text))
        assert (code, out) == (2, "")
        assert "Traceback" not in err


def test_names_of_the_field_are_names(run_json, model):
    text = """
    [states]
    E = "-E + beta*tanh(E) - gamma*tanh(I)"
    I = "(-I + lambda*tanh(E))/N"
    S = "pi - S"
    [parameters]
    beta = 1.2
    gamma = 2
    lambda = 2
    N = 2
    pi = 2
    """
    path = model(text)
    hopfs = run_json("conditions", path, "--parameter", "beta", "--at", "E=0,I=0,S=2")["conditions"]
    assert [c["value"] for c in hopfs if c["kind"] == "hopf"] == [1.5]
    said = run_json("count", path, "--set", "lambda=1", "--set", "beta=1")
    assert said["equilibria"][0]["state"]["S"] == pytest.approx(2)


def test_quiet_prints_no_remarks(run, symbolic):
    words = ("analyze", symbolic, "--parameter", "a", "--range", "0", "3", "--at", "0")
    assert "note: counts and branches need numbers for b, c, tau" in run(*words)[2]
    assert run(*words, "--quiet")[2] == ""


def test_strict_asks_for_proofs(run, fold):
    assert run("count", fold, "--set", "m=0", "--strict")[0] == 0
