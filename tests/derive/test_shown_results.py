"""Contraction, circulation, blocks and curves in notebooks and in JSON."""

import json

import pytest

import dynsym as ds

SIGNS = ds.derive.Atoms({1: "1-a", -1: "a"})
PAIR = ds.build_system(ds.motifs.ei_pair())
RESULTS = [
    (ds.contraction_condition(PAIR, norm=ds.derive.MaximumNorm()), "contraction", "w_{IE}"),
    (ds.derive.noise_circulation(PAIR, values={"tau_E": 1, "tau_I": 1}, at=0), "noise_circulation", r"\dot S"),
    (ds.derive.isotypic_blocks(ds.build_system(ds.motifs.ring(5, both_ways=True)), at=0), "isotypic_blocks", "2 times"),
    (ds.derive.critical_curve(ds.derive.free_sum(SIGNS, ds.derive.MarchenkoPastur("c"))), "critical_curve", "c^{2}"),
]


@pytest.mark.parametrize(("result", "kind", "said"), RESULTS, ids=[kind for _, kind, _ in RESULTS])
def test_results_show_themselves(result, kind, said):
    found = result.to_json()
    assert found["kind"] == kind
    assert json.loads(json.dumps(found)) == found
    assert said in result._repr_latex_()
    assert len(repr(result)) < 2000


def test_the_json_of_blocks_holds_the_matrices():
    blocks = ds.derive.isotypic_blocks(ds.build_system(ds.motifs.complete(3)), at=0).to_json()["blocks"]
    assert [(b["dimension"], b["repetition"], b["matrix"]) for b in blocks] == [
        (1, 1, [["2*w - 1"]]),
        (2, 2, [["-w - 1"]]),
    ]
