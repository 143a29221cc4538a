"""The ledger: what a route does not say is open, and emptiness proves nothing."""

import subprocess
import sys

import pytest

from dynsym.errors import BudgetExceeded, UnsupportedFeatureError
from dynsym.results.ledger import Cell, Critical, Examined, Where, told

PAIR = Cell("x = 0", critical=Critical.PAIR)


def test_a_route_that_names_no_argument_settles_nothing():
    assert not Examined((), (), by="").is_complete
    assert Examined((), (), by="").cells(PAIR) == (PAIR,)
    joined = Examined.joined([Examined((1,), (), by="roots"), Examined((), (), by="")], PAIR, by="factors")
    assert joined.found == (1,)
    assert joined.open == (PAIR,)
    assert not joined.is_complete


def test_parts_that_all_name_their_argument_settle_a_cell():
    joined = Examined.joined([Examined((1,), (), by="roots"), Examined((2,), (), by="roots")], PAIR, by="factors")
    assert joined.is_complete
    assert joined.found == (1, 2)
    assert joined.by == "factors; roots"
    (cell,) = joined.cells(PAIR)
    assert not cell.is_open
    assert cell.argument == "factors; roots"


@pytest.mark.parametrize("stop", [BudgetExceeded("stopped after 1 s", None), UnsupportedFeatureError("a jump at 0")])
def test_what_was_found_stays_and_the_rest_is_open_where_a_limit_ends_the_search(stop):
    def parts():
        yield Examined((1,), (), by="roots")
        raise stop

    joined = Examined.joined(parts(), PAIR, by="factors")
    assert joined.found == (1,)
    assert not joined.is_complete
    assert str(stop) in joined.open[0].reason
    assert joined.open[0].reason.startswith("budget") == isinstance(stop, BudgetExceeded)


def test_cells_of_one_reason_are_told_together():
    at_pole = PAIR.because("a denominator vanishes", Where.POLE)
    assert told([PAIR, PAIR, Cell("y = 0")]) == ("x = 0: an imaginary pair; y = 0: not examined",)
    assert at_pole.where is Where.POLE
    assert "pole" in str(at_pole)


def test_a_route_that_forgets_what_it_left_open_does_not_type_check(tmp_path):
    file = tmp_path / "route.py"
    file.write_text(
        "from dynsym.results.ledger import Examined\n\n"
        "def route() -> Examined[int]:\n    return Examined((1,), by='x')\n"
    )
    checked = subprocess.run([sys.executable, "-m", "mypy", str(file)], capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert 'argument "open"' in checked.stdout
