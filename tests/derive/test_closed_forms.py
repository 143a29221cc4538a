"""Closed forms with symbols against published ones and against independent reference values.

The reference expressions are those of a collection of closed forms that were worked out and checked numerically without
this package; each states its own normalisation, which is converted here.
"""

import itertools

import pytest
import sympy
from sympy import Rational, symbols, sympify

import dynsym as ds
from dynsym._expressions import Slope

S1 = Slope("phi", 1)
S3 = Slope("phi", 3)


def agrees(found, expected, **numbers):
    """Whether two expressions agree at numbers given by symbol name."""
    values = [complex(e.subs({s: numbers[str(s)] for s in e.free_symbols})) for e in (found, sympify(expected))]
    return values[0] == pytest.approx(values[1], rel=1e-12)


def test_the_documented_hopf_condition_of_an_ei_pair():
    system = ds.build_system(ds.motifs.ei_pair(), node=ds.LeakyRate(ds.Tanh()))
    (condition,) = ds.hopf_condition(system, parameter="w_EE", at=0)
    tau_E, tau_I, w_II = system["tau_E"], system["tau_I"], system["w_II"]
    assert condition.solution == 1 + tau_E * (w_II + 1) / tau_I
    assert condition.verdict == "proved"
    assert "tau_E > 0" in condition.assumptions


def test_hopf_of_an_ei_pair_with_time_constant():
    system = ds.system_from_equations(
        {"x": "-x + a*tanh(x) - b*tanh(y)", "y": "(-y + c*tanh(x))/tau"},
        assumptions={"a": "real", "b": "positive", "c": "positive", "tau": "positive"},
    )
    (condition,) = ds.hopf_condition(system, parameter="a", at=0)
    a, b, c, tau = (system[name] for name in ("a", "b", "c", "tau"))
    assert condition.solution == 1 + 1 / tau
    assert condition.constraints == (sympy.Gt(b * c * tau - 1, 0, evaluate=False),)
    assert condition.criticality == "supercritical"
    assert sympy.simplify(condition.frequency**2 - (b * c * tau - 1) / tau**2) == 0
    assert a not in condition.coefficient.free_symbols


def test_pitchfork_of_the_symmetric_plastic_pair():
    # x_i' = -x_i + (w + A_ij) phi_j, p A_ij' = -A_ij + k phi_i phi_j.
    # On x = u (1, 1): u' = … + (6 k s1^4 + s3)/(6 s1) u^3.
    system = ds.build_system(
        ds.motifs.bidirectional(), node=ds.LeakyRate(ds.AnySigmoid()), synapse=ds.Hebbian("k", time_constant="p")
    )
    condition = next(c for c in ds.pitchfork_condition(system, parameter="w", at=0) if c.mode["x1"] == c.mode["x2"])
    assert condition.solution == 1 / S1
    # v = (1, 1)/sqrt 2 has length one, so that u = (amplitude along v)/sqrt 2.
    numbers = {"k": 0.17, "s1": 1.3, "s3": -2.1}
    assert agrees(2 * condition.coefficient, "(6*k*s1**4 + s3)/(6*s1)", **numbers)
    assert float((2 * condition.coefficient).subs({system["k"]: 0.17, S1: 1.3, S3: -2.1})) == pytest.approx(
        0.10425923076923087, rel=1e-12
    )
    turning = sympy.solve(condition.coefficient, system["k"])
    assert sympy.simplify(turning[0] + S3 / (6 * S1**4)) == 0


def test_hopf_of_the_rotating_plastic_motif():
    network = ds.Network(
        ["x1", "x2"],
        [
            ds.Edge("x1", "x1", "al"),
            ds.Edge("x2", "x2", "al"),
            ds.Edge("x2", "x1", "-be", plastic=True),
            ds.Edge("x1", "x2", "be", plastic=True),
        ],
    )
    system = ds.build_system(
        network,
        node=ds.LeakyRate(ds.AnySigmoid()),
        synapse=ds.Hebbian("k", time_constant="p"),
        assumptions={"be": "positive", "p": "positive"},
    )
    (condition,) = ds.hopf_condition(system, parameter="al", at=0)
    assert condition.solution == 1 / S1
    assert condition.frequency == system["be"] * S1
    # The reference has x = z (i, 1) + c.c., a mode of squared length 2; here the mode has length one.
    omega, reference = 1.7, -0.4421469136610518
    put = {"k": 0.17, "s1": 1.3, "s3": -2.1, "p": 0.7, "be": omega / 1.3}
    own = float(condition.coefficient.subs({s: put[str(s)] for s in condition.coefficient.free_symbols}))
    assert own * 2 == pytest.approx(reference, rel=1e-10)


def test_first_lyapunov_coefficient_of_an_ei_pair_for_any_sigmoid():
    network = ds.Network(
        [ds.Node("x1"), ds.Node("x2", time_constant="tau")],
        [
            ds.Edge("x1", "x1", "wee"),
            ds.Edge("x2", "x1", "-wei"),
            ds.Edge("x1", "x2", "wie"),
            ds.Edge("x2", "x2", "-wii"),
        ],
    )
    positive = dict.fromkeys(("wee", "wei", "wie", "wii", "tau"), "positive")
    system = ds.build_system(network, node=ds.LeakyRate(ds.AnySigmoid()), assumptions=positive)
    (condition,) = ds.hopf_condition(system, parameter="wee", at=0)
    # Reference: l1 = s3 (tau wee wei - wii wie/tau)/(4 ω wie) for x2 = z + c.c.
    put = {
        "s3": -2.1,
        "tau": 2.2,
        "wei": 1.6,
        "wie": 2.8720414201183426,
        "wii": 0.5846153846153848,
        "s1": 1.3,
        "wee": 1.3846153846153846,
    }
    assert float(condition.solution.subs({s: put[str(s)] for s in condition.solution.free_symbols})) == pytest.approx(
        put["wee"], rel=1e-12
    )
    omega = float(condition.frequency.subs({s: put[str(s)] for s in condition.frequency.free_symbols}))
    assert omega == pytest.approx(1.7, rel=1e-9)
    mode = [
        complex(entry.subs({s: put[str(s)] for s in entry.free_symbols}).evalf()) for entry in condition.mode.values()
    ]
    share = abs(mode[1]) ** 2 / sum(abs(entry) ** 2 for entry in mode)
    own = float(condition.coefficient.subs({s: put[str(s)] for s in condition.coefficient.free_symbols}))
    assert own / share == pytest.approx(-0.4420076607278742, rel=1e-9)


def test_characteristic_polynomial_of_the_one_way_motif_is_free_of_weights():
    system = ds.build_system(ds.motifs.unidirectional(), synapse=ds.Hebbian("k", time_constant="p"))
    found = ds.characteristic_polynomial(system, at=0)
    p, eigenvalue = system["p"], ds.derive.eigenvalue_symbol(system)
    assert sympy.simplify(found - (eigenvalue + 1) ** 2 * (eigenvalue + 1 / p)) == 0


@pytest.mark.parametrize(("excitatory", "inhibitory"), [(2, 1), (3, 2)])
def test_characteristic_polynomial_of_ei_blocks(excitatory, inhibitory):
    # (λ+1)^(N-2) ((λ+1-N_E wee)(λ+1+N_I wii) + N_E N_I wei wie), self-coupling included.
    wee, wei, wie, wii, x = symbols("wee wei wie wii lambda")
    kinds = ["E"] * excitatory + ["I"] * inhibitory
    entry = {("E", "E"): "wee", ("E", "I"): "-wei", ("I", "E"): "wie", ("I", "I"): "-wii"}
    names = [f"u{k}" for k in range(len(kinds))]
    rates = {}
    for kind, name in zip(kinds, names, strict=True):
        inputs = [f"({entry[kind, other]})*{source}" for other, source in zip(kinds, names, strict=True)]
        rates[name] = f"-{name} + " + " + ".join(inputs)
    system = ds.system_from_equations(rates, ["wee", "wei", "wie", "wii"])
    found = ds.characteristic_polynomial(system, at=0, symbol=x)
    ours = found.subs({system[n]: sympy.Symbol(n) for n in ("wee", "wei", "wie", "wii")})
    block = (x + 1 - excitatory * wee) * (x + 1 + inhibitory * wii) + excitatory * inhibitory * wei * wie
    assert sympy.expand(ours - (x + 1) ** (excitatory + inhibitory - 2) * block) == 0


def test_hurwitz_minors_of_degree_three_and_four():
    a1, a2, a3, a4, x = symbols("a1 a2 a3 a4 lambda")
    cubic = ds.hurwitz_minors(x**3 + a1 * x**2 + a2 * x + a3, x)
    assert sympy.expand(cubic[1] - (a1 * a2 - a3)) == 0
    quartic = ds.hurwitz_minors(x**4 + a1 * x**3 + a2 * x**2 + a3 * x + a4, x)
    assert sympy.expand(quartic[2] - (a1 * a2 * a3 - a3**2 - a1**2 * a4)) == 0


def test_the_number_of_terms_of_the_hopf_determinant():
    # Published counts for n = 6 and 8.
    x, *a = symbols("lambda a1:9")
    for degree, count in ((6, 13), (8, 76)):
        polynomial = x**degree + sum(a[k] * x ** (degree - 1 - k) for k in range(degree))
        assert len(sympy.expand(ds.hurwitz_minors(polynomial, x)[-2]).args) == count


def test_routh_counts_the_unstable_roots():
    x = sympy.Symbol("lambda")
    column = ds.routh_array(x**3 + x**2 + x + 2, x).col(0)
    signs = [sympy.sign(entry) for entry in column]
    assert sum(one != other for one, other in itertools.pairwise(signs)) == 2


def test_bad_inputs_of_the_polynomial_functions():
    x = sympy.Symbol("lambda")
    with pytest.raises(ds.errors.ParameterError, match="polynomial"):
        ds.hurwitz_minors(sympy.sin(x), x)
    with pytest.raises(ds.errors.ParameterError, match="degree"):
        ds.routh_array(sympy.Integer(3), x)
    with pytest.raises(ds.errors.ParameterError, match="begins with 0"):
        ds.routh_array(x**3 + 1, x)


def test_populations_called_E_and_I():
    system = ds.system_from_equations({"E": "-E + tanh(w*E - c*I)", "I": "-I + tanh(E)"}, {"w": None, "c": None})
    w, c = system["w"], system["c"]
    assert ds.jacobian(system, at=0).tolist() == [[w - 1, -c], [1, -1]]
    found = ds.find_conditions(system, parameter="w", at=0)
    assert {(k.kind, k.solution) for k in found} == {("hopf", sympy.Integer(2)), ("pitchfork", 1 + c)}
    (hopf,) = ds.hopf_condition(system, parameter="w", at=0, values={"c": 5})
    assert (hopf.value, hopf.frequency) == (2.0, 2)


def test_names_of_the_field_are_names_like_any_other():
    system = ds.system_from_equations(
        {"E": "-E + beta*tanh(E) - gamma*tanh(I)", "I": "(-I + lambda*tanh(E))/N"},
        {"beta": 1.2, "gamma": 2, "lambda": 2, "N": 2},
    )
    values = [c.value for c in ds.hopf_condition(system, parameter="beta", at={"E": 0, "I": 0})]
    assert values == [1.5]
    assert ds.hopf_condition(system, parameter="beta", at=0)[0].solution == Rational(3, 2)
