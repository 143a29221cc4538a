"""Edges of limiting spectra, against the textbook formulas of Marčenko and Pastur and of Wigner."""

import dynsym as ds
from dynsym.claims import HasSupportEdges, prove

MARCHENKO_PASTUR = ["(1 - sqrt(c))^2", "(1 + sqrt(c))^2"]


def test_edges_of_marchenko_and_pastur():
    law = ds.derive.MarchenkoPastur("c")
    assert prove(HasSupportEdges(law, MARCHENKO_PASTUR)).verdict == "proved"
    found = prove(HasSupportEdges(law, ["(1 - c)^2", "(1 + c)^2"]), repair=False)
    assert found.verdict == "refuted"
    assert found.counterexample["edges"]
    assert prove(HasSupportEdges(law, ["0", *MARCHENKO_PASTUR]), repair=False).verdict == "refuted"


def test_edges_at_given_parameters():
    assert prove(HasSupportEdges(ds.derive.MarchenkoPastur("1/4"), ["1/4", "9/4"])).verdict == "proved"
    assert prove(HasSupportEdges(ds.derive.Semicircle(1), ["-2", "2"])).verdict == "proved"
    assert prove(HasSupportEdges(ds.derive.Semicircle(1), ["-1", "1"]), repair=False).verdict == "refuted"


def test_a_free_sum_of_semicircles_is_a_wider_one():
    law = ds.derive.free_sum(ds.derive.Semicircle(1), ds.derive.Semicircle(1))
    assert prove(HasSupportEdges(law, ["-2*sqrt(2)", "2*sqrt(2)"])).verdict == "proved"
