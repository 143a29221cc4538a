"""Model files with sizes that are left symbolic: what `show` and `conditions` say of them."""

import pytest

BLOCKS = '[network]\nmotif = "ei_blocks"\nself_coupling = false\n[dynamics]\nactivation = "any_sigmoid"\n'
RING = '[network]\nmotif = "ring"\nsize = "N"\n[dynamics]\nactivation = "any_sigmoid"\n'


def test_show_of_blocks(run, run_json, model):
    path = model(BLOCKS)
    said = run_json("show", path)
    assert said["copies"] == {"E": "n_E", "I": "n_I"}
    assert "(lambda + (s1*w_EE + 1)/tau_E)**(n_E - 1)" in said["characteristic_polynomial_at_origin"]
    code, out, _ = run("show", path)
    assert code == 0
    assert "E stands for n_E copies that agree" in out


def test_sizes_in_a_file_write_every_neuron(run_json, model):
    said = run_json("show", model(BLOCKS + "[sizes]\nn_E = 2\nn_I = 1\n"))
    assert said["states"] == ["E1", "E2", "I1"]
    assert said["copies"] == {}


def test_conditions_of_blocks(run, run_json, model):
    path = model(BLOCKS)
    said = run_json("conditions", path, "--parameter", "w_II", "--at", "0")
    by_kind = {condition["kind"]: condition for condition in said["conditions"]}
    assert set(by_kind) == {"pitchfork", "hopf", "symmetry_breaking"}
    assert by_kind["symmetry_breaking"]["solution"] == "1/s1"
    assert by_kind["symmetry_breaking"]["multiplicity"] == "n_I - 1"
    assert by_kind["hopf"]["multiplicity"] == 1
    code, out, _ = run("conditions", path, "--parameter", "w_II", "--at", "0", "--latex")
    assert code == 0
    assert "symmetry breaking" in out


def test_conditions_of_rings(run, run_json, model):
    said = run_json("conditions", model(RING), "--parameter", "w", "--at", "0")
    (hopf,) = [condition for condition in said["conditions"] if condition["kind"] == "hopf"]
    assert hopf["solution"] == "1/(s1*cos(2*pi*j/N))"
    assert hopf["frequency"] == "Abs(tan(2*pi*j/N))"
    code, out, _ = run("conditions", model(RING), "--parameter", "w", "--at", "0")
    assert code == 0
    assert "j not 0" in " ".join(out.split())


def test_numbers_are_about_copies_that_agree(run, model):
    path = model(BLOCKS.replace("any_sigmoid", "tanh"))
    values = ["n_E=4", "n_I=3", "w_EE=0.5", "w_EI=0.2", "w_IE=0.3", "w_II=0.1", "tau_E=1", "tau_I=1"]
    code, _, err = run("count", path, "--set", *values)
    assert code == 0
    assert "copies that agree" in err


@pytest.mark.parametrize("parameter", ["N", "w_EE"])
def test_a_parameter_without_effect_is_refused(run, model, parameter):
    code, _, err = run("conditions", model(RING), "--parameter", parameter, "--at", "0")
    assert code == 2
    assert parameter in err
