"""Limits are seconds of the processor and hold: also in steps that look at no clock, and on a busy machine."""

import contextlib
import os
import subprocess
import sys
import time

import pytest

import dynsym as ds
from dynsym._budget import Budget, Clock, charged, in_child
from dynsym.claims.proving.workers import TIME_OVER
from dynsym.errors import BudgetExceeded

LIMIT = 3.0
BUDGET = ds.Budget(seconds=LIMIT)


def used():
    """CPU seconds of this process and of its children."""
    return sum(os.times()[:4])


def equations(parameters, **rates):
    return ds.system_from_equations(rates, parameters=parameters)


def ring(size, power):
    rates = {f"x{k}": f"A/(1 + (x{(k - 1) % size}/25)^{power}) - x{k}/9" for k in range(size)}
    return equations(["A"], **rates)


FOUR = {
    "x": "m*y - 2*x^3 - 3*x/2 - y",
    "y": "w - 3*y^3 - 3*y/2 + 3*z/2",
    "z": "-3*w + 3*z^3 + z",
    "w": "w^3/2 - w - 3*x/2",
}
FIELD = {"r": "1/pi + 2*r*v", "v": "v^2 + eta + 15*r - a - pi^2*r^2", "a": "(alpha*r - a)/10"}
QUINTIC = {"x": "m - x^5 + 3*x*y - y^3*m + y", "y": "x^4 - 2*y^5 + m*x*y - 1 + m^2"}
WAVES = {"x": "sin(x*y)*exp(x) - m*y", "y": "cos(x^2 + y)*log(1 + x^2) + tanh(x*y)"}
EULER = {"x": "y*z*u + x", "y": "u^2 - x*z", "z": "x*y - u*z", "u": "x - y*z"}
QUESTIONS = {
    "four cubics": lambda: ds.find_conditions(equations(["m"], **FOUR), parameter="m", budget=BUDGET),
    "ring of 3": lambda: ds.find_conditions(ring(3, 4), parameter="A", span=(1, 40), budget=BUDGET),
    "ring of 5": lambda: ds.find_conditions(ring(5, 2), parameter="A", budget=BUDGET),
    "excluded": lambda: ds.excludes_hopf(ring(3, 3), parameter="A", at=0, budget=BUDGET),
    "mean field": lambda: ds.cusp_condition(
        equations(["eta", "alpha"], **FIELD), parameters=("eta", "alpha"), budget=BUDGET
    ),
    "double zero": lambda: ds.bogdanov_takens_condition(
        equations(["m", "n"], **FOUR | {"y": "n*w - 3*y^3 - y"}), parameters=("m", "n"), budget=BUDGET
    ),
    "quintics": lambda: ds.find_conditions(equations(["m"], **QUINTIC), parameter="m", budget=BUDGET),
    "equilibria": lambda: ds.symbolic_equilibria(equations(["m"], **QUINTIC), budget=BUDGET),
    "waves": lambda: ds.find_conditions(equations(["m"], **WAVES), parameter="m", budget=BUDGET),
    "integrals": lambda: ds.first_integrals(equations([], **EULER), 8, budget=BUDGET),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_nothing_runs_past_half_more_than_its_budget(name):
    began = used()
    try:
        found = QUESTIONS[name]()
    except (BudgetExceeded, ds.errors.NotAnEquilibrium):
        assert name in {"integrals", "excluded"}  # the others ask for all, and have what they have
    else:
        assert name in {"excluded", "equilibria"} or found.complete or found.open
    assert used() - began < 1.5 * LIMIT


def spin(seconds, clock=None):
    """Use CPU seconds, under the alarm of a clock."""
    with contextlib.nullcontext() if clock is None else clock.alarm():
        end = time.process_time() + seconds
        while time.process_time() < end:
            pass


def test_an_alarm_ends_what_looks_at_no_clock():
    with pytest.raises(BudgetExceeded, match=r"limit was 0\.2 s"):
        spin(20, Budget(seconds=0.2).start())


def test_the_earliest_of_nested_alarms_counts_and_the_outer_one_goes_on():
    outer = Budget(seconds=0.6).start()

    def nested():
        with outer.alarm():
            with pytest.raises(BudgetExceeded, match=r"limit was 0\.1 s"):
                spin(20, Budget(seconds=0.1).start())
            assert outer.elapsed < 0.6
            spin(20, Budget(seconds=50).start())

    with pytest.raises(BudgetExceeded, match=r"limit was 0\.6 s"):
        nested()
    assert 0.6 <= outer.elapsed < 1.2


def test_an_alarm_that_was_swallowed_rings_again():
    clock = Budget(seconds=0.2).start()

    def deaf():
        with clock.alarm():
            with contextlib.suppress(BudgetExceeded):
                spin(20)
            spin(20)

    with pytest.raises(BudgetExceeded):
        deaf()
    assert clock.elapsed < 0.6


def test_a_child_answers_or_is_ended():
    assert in_child(lambda: "π") == "π"
    with Budget(seconds=0.3).start().alarm():
        assert in_child(lambda: str(os.getpid())) != str(os.getpid())
        with pytest.raises(ZeroDivisionError):
            in_child(lambda: str(1 // 0))
    clock = Budget(seconds=0.3).start()
    with pytest.raises(BudgetExceeded), clock.alarm():
        in_child(lambda: str(spin(20)))
    assert 0.2 < clock.elapsed < 0.6
    with pytest.raises(BudgetExceeded):
        in_child(lambda: str(spin(20)), seconds=0.1)


BUSY = "import time\nwhile time.process_time() < 0.2: pass"


def test_what_children_use_counts():
    clock = Clock(Budget(seconds=0.3))

    def children():
        with clock.alarm():
            for _ in range(5):
                with charged():
                    subprocess.run([sys.executable, "-c", BUSY], check=True)

    with pytest.raises(BudgetExceeded):
        children()
    assert clock.elapsed < 0.9


def test_waiting_costs_nothing():
    clock = Budget(seconds=0.2).start()
    with clock.alarm():
        time.sleep(0.5)
    assert not clock.is_over


@pytest.mark.parametrize("seconds", ["3", [3], 1j, float("nan"), 0, -1])
def test_a_limit_is_a_positive_number(seconds):
    with pytest.raises(ds.errors.ParameterError, match="positive number"):
        ds.Budget(seconds=seconds)


HANGS = """
import flint
import dynsym.claims.proving.asking as asking
from dynsym.claims.proving.workers import serve

asking.prove = lambda *given, **options: flint.fmpz(3**600 + 2).factor()
serve()
"""


@pytest.mark.slow
def test_a_prover_that_hangs_in_a_library_ends_itself():
    asked = '{"id": "ninou2025.eq12", "file": null, "seconds": 0.5}\n'
    done = subprocess.run([sys.executable, "-c", HANGS], input=asked, text=True, capture_output=True, timeout=200)
    assert (done.returncode, done.stdout) == (-TIME_OVER, "")
