"""Where functions break, what they are beside, and that the spelling of a rectifier changes no answer."""

import itertools

import mpmath
import numpy as np
import pytest
import sympy

import dynsym as ds
from dynsym.errors import DomainError, Unhandled, UnsupportedFeatureError
from dynsym.functions import relu, step
from dynsym.functions.smoothness import breaks, by_pieces, derivative, one_sided, one_spelling, sign_at, undefined

x, y = sympy.symbols("x y", real=True)
n, p = sympy.symbols("n p", real=True)
inf = float("inf")

SPELLINGS = {
    "relu": "relu({0})",
    "max": "max({0}, 0)",
    "abs": "(({0}) + abs({0}))/2",
    "min": "-min(-({0}), 0)",
    "ramp": "({0})*step({0})",
}


def rectified(spelling, argument):
    return SPELLINGS[spelling].format(argument)


def one_state(rng):
    """a x + b + Σ c_k max(x - d_k, 0) with small rational numbers, as text and as a function."""
    numbers = [sympy.Rational(int(rng.integers(-6, 7)), int(rng.integers(1, 4))) for _ in range(6)]
    a, b, c, d, e, f = numbers
    text = f"({a})*x + ({b}) + ({c})*{{0}} + ({e})*{{1}}"

    def value(u):
        return a * u + b + c * max(u - d, 0) + e * max(u - f, 0)

    return text, (d, f), value


def truth_on_the_line(value, corners):
    """Zeros of a piecewise linear function with the slopes beside them; None where it vanishes on an interval."""
    ends = sorted({*corners})
    marks = [ends[0] - 1, *ends, ends[-1] + 1]
    found = {}
    for left, right in itertools.pairwise(marks):
        slope = (value(right) - value(left)) / (right - left)
        if slope == 0:
            if value(left) == 0:
                return None
            continue
        zero = left - value(left) / slope
        inside = (left == marks[0] or zero >= left) and (right == marks[-1] or zero <= right)
        if inside:
            found[zero] = tuple(
                sympy.sign(value(zero + side * step_size) * side)
                for side in (-1, 1)
                for step_size in [min([abs(zero - m) for m in ends if m != zero] or [1]) / 2]
            )
    return found


@pytest.mark.parametrize("seed", range(12))
def test_every_spelling_is_counted_alike_and_right(seed):
    text, corners, value = one_state(np.random.default_rng(seed))
    truth = truth_on_the_line(value, corners)
    answers = set()
    for spelling in SPELLINGS:
        equation = text.format(*(rectified(spelling, f"x - ({d})") for d in corners))
        found = ds.count_equilibria(ds.system_from_equations({"x": equation}))
        answers.add((found.status, tuple((e.state["x"], e.stability, e.index) for e in found.equilibria)))
    assert len(answers) == 1
    ((status, listed),) = answers
    if truth is None:
        assert status != "proved"
        return
    assert (status, len(listed)) == ("proved", len(truth))
    for (place, (below, above)), (state, stability, index) in zip(sorted(truth.items()), listed, strict=True):
        assert state == pytest.approx(float(place), abs=1e-12)
        assert stability == ("unstable" if 1 in (below, above) else "stable")
        assert index == -(below + above) / 2


def answers_of(spelling):
    """What is said about systems of one spelling: conditions, gradients, steady states, points, values."""
    r = SPELLINGS[spelling].format
    one = ds.system_from_equations({"x": f"p + x - x^3 + {r('x - 1')}"}, {"p": None})
    corner = ds.system_from_equations({"x": f"-x + p*{r('x')}"}, {"p": None})
    pair = {"x": f"-x + 2*{r('y - 1')}", "y": f"-y + 2*{r('x - 1')} + 3"}
    two = ds.system_from_equations(pair)
    yield sorted((c.kind, c.value, c.verdict) for c in ds.find_conditions(one, parameter="p"))
    yield ds.find_conditions(one, parameter="p").notes
    with pytest.raises(UnsupportedFeatureError, match="corner"):
        ds.find_conditions(corner, parameter="p", at=0)
    yield ds.find_conditions(corner, parameter="p").notes
    yield str(ds.potential(two))
    yield [(e.state, e.stability) for e in ds.count_equilibria(two).equilibria]
    yield [(e.state, e.stability) for e in ds.find_equilibria(two, starts=20).equilibria]
    yield two.rhs, two.fingerprint, ds.compile_system(two).jacobian([1.0, 1.0], []).tolist()


def test_every_spelling_gets_every_answer_alike():
    said = {spelling: list(map(repr, answers_of(spelling))) for spelling in SPELLINGS}
    for spelling, answers in said.items():
        assert answers == said["relu"], spelling


def test_a_node_rule_is_one_more_spelling():
    network = ds.Network.from_matrix([[0, 2], ["1/2", 0]], nodes=["x", "y"])
    built = ds.build_system(network, node=ds.LeakyRate(ds.Rectified()))
    counted = ds.count_equilibria(built)
    for spelling in SPELLINGS:
        r = SPELLINGS[spelling].format
        written = ds.system_from_equations({"x": f"-x + 2*{r('y')}", "y": f"-y + {r('x')}/2"})
        assert ds.count_equilibria(written).status == counted.status == "continuum"


def test_a_spiral_glued_of_two_linear_pieces_is_not_called_stable():
    # Growth exp(0.075) a turn: the pieces are stable, the whole is not; with both signs turned the opposite.
    for spelling, sign in itertools.product(SPELLINGS, (1, -1)):
        r = rectified(spelling, "x")
        rates = {"x": f"{-sign}*x/100 + 2*{r}/5 - x/5 - y", "y": f"x - 4*{r}/5 + 2*x/5 - {sign}*y/100"}
        (found,) = ds.count_equilibria(ds.system_from_equations(rates)).equilibria
        assert found.stability == "undecided"
        assert found.eigenvalues is None


def test_pieces_that_contract_together_are_stable():
    rates = {"x": "-3*x + abs(y) + max(x, 0)", "y": "-2*y + abs(x)"}
    (found,) = ds.count_equilibria(ds.system_from_equations(rates), box={"x": (-1, 1), "y": (-1, 1)}).equilibria
    assert found.stability == "stable"


def test_the_end_of_a_continuum_is_not_called_stable():
    found = ds.count_equilibria(ds.system_from_equations({"x": "max(y, 0) - x", "y": "max(x, 0) - y"}))
    assert found.status == "continuum"
    assert {e.stability for e in found.equilibria} == {"undecided"}


def test_tails_do_not_pass_over_a_kink():
    # exp(x/10) + 1/2 = 3 (x - 10) has two solutions beyond the corner (mpmath), and none before it.
    roots = [mpmath.findroot(lambda u: mpmath.exp(u / 10) + 0.5 - 3 * (u - 10), start) for start in (11, 47)]
    for spelling in SPELLINGS:
        system = ds.system_from_equations({"x": f"exp(x/10) + 1/2 - 3*{rectified(spelling, 'x - 10')}"})
        found = ds.count_equilibria(system)
        assert (found.status, found.count) == ("proved", 2)
        assert [e.state["x"] for e in found.equilibria] == pytest.approx([float(r) for r in roots])


def test_a_field_with_a_jump_is_counted_piece_by_piece():
    system = ds.system_from_equations({"x": "-x + w*step(x - 1)"}, {"w": None})
    for w in (2, 3, sympy.Rational(3, 2)):
        found = ds.count_equilibria(system, values={"w": w})
        assert [(e.state["x"], e.stability) for e in found.equilibria] == [(0, "stable"), (float(w), "stable")]
        assert found.status == "proved"
    assert ds.count_equilibria(system, values={"w": sympy.Rational(1, 2)}).count == 1
    jump_only = ds.count_equilibria(ds.system_from_equations({"x": "1/2 - step(x)"}), box={"x": (-1, 1)})
    assert jump_only.lower == 0


@pytest.mark.parametrize(
    ("rate", "exponents", "roots"),
    [
        ("x^n - 2 - tanh(x)/10", {"n": 2}, lambda u: u**2 - 2 - np.tanh(u) / 10),
        ("x^n + x/2 - 1", {"n": 4}, lambda u: u**4 + u / 2 - 1),
        ("x - x^n/3 + 1/2", {"n": 3}, lambda u: u - u**3 / 3 + 0.5),
        ("1/(1 + x^n) - x/3 + x^(2*k)/50 - 1/2", {"n": 2, "k": 1}, lambda u: 1 / (1 + u**2) - u / 3 + u**2 / 50 - 0.5),
        ("sinh(x)/4 - x^(n - 1)", {"n": 4}, lambda u: np.sinh(u) / 4 - u**3),
    ],
)
def test_the_value_of_an_exponent_says_where_a_power_is_defined(rate, exponents, roots):
    points = np.linspace(-6.003, 6, 200_001)
    values = roots(points)
    crossings = points[:-1][np.sign(values[:-1]) != np.sign(values[1:])]
    system = ds.system_from_equations({"x": rate}, exponents)
    found = ds.count_equilibria(system, box={"x": (-6, 6)})
    assert (found.status, found.count) == ("proved", len(crossings))
    assert [e.state["x"] for e in found.equilibria] == pytest.approx(crossings.tolist(), abs=1e-3)
    assert ds.find_equilibria(system, box={"x": (-6, 6)}).lower >= len(crossings)


def test_a_power_that_is_not_whole_is_not_defined_below_zero():
    found = ds.count_equilibria(ds.system_from_equations({"x": "x^n - 2"}, {"n": "5/2"}), box={"x": (-4, 4)})
    assert (found.status, [e.state["x"] for e in found.equilibria]) == ("proved", pytest.approx([2**0.4]))


def test_a_field_that_is_nowhere_defined_is_refused():
    for rate, value in (("sqrt(p)*tanh(x) - x", -1), ("log(p)*x - 1", 0), ("x/p - 1", 0), ("p^(1/3) - x", -8)):
        system = ds.system_from_equations({"x": rate}, {"p": None})
        with pytest.raises(DomainError, match="no real value"):
            ds.count_equilibria(system, values={"p": value})
    assert ds.count_equilibria(ds.system_from_equations({"x": "p^n - x"}, {"p": -2, "n": 3})).lower == 1


def test_a_hidden_zero_is_no_proof():
    for rate in ("log(6) - log(2) - log(3)", "(log(6) - log(2) - log(3))*x", "sqrt(2)*sqrt(3) - sqrt(6)"):
        found = ds.count_equilibria(ds.system_from_equations({"x": rate}), budget=ds.Budget(seconds=1))
        assert found.status in ("undecided", "continuum")
    assert ds.count_equilibria(ds.system_from_equations({"x": "log(6) - log(2)"})).status == "proved"


BREAKS = [
    (abs(x), {(x, 0, True)}),
    (step(x), {(x, -1, True)}),
    (sympy.Max(x, y), {(x - y, 0, True)}),
    (sympy.sqrt(x), {(x, 0, False)}),
    (x ** sympy.Rational(7, 2), {(x, 3, False)}),
    (sympy.log(x - 1), {(x - 1, -inf, False)}),
    (1 / (x**2 + 1), {(x**2 + 1, -inf, False)}),
    (sympy.tan(x), {(sympy.cos(x), -inf, False)}),
    (sympy.sqrt(x**2 + y**2), {(x**2 + y**2, 0, False)}),
    (x / (sympy.exp(x) - 1), {(sympy.exp(x) - 1, -inf, False)}),
    (sympy.atanh(x), {(x + 1, -inf, False), (1 - x, -inf, False)}),
    (x**3 + sympy.tanh(x) * y, set()),
]


@pytest.mark.parametrize(("expression", "expected"), BREAKS)
def test_where_functions_break(expression, expected):
    found = {(place.at, place.order, place.is_defined) for place in breaks(expression)}
    assert found <= expected | {(-at, order, defined) for at, order, defined in expected}
    assert len(found) == len(expected)


def test_a_function_of_which_nothing_is_known_is_named():
    with pytest.raises(Unhandled, match="gamma"):
        breaks(x + sympy.gamma(x))


@pytest.mark.parametrize("seed", range(10))
def test_derivatives_and_pieces_agree_with_difference_quotients(seed):
    rng = np.random.default_rng(seed)
    a, b, c = (sympy.Rational(int(k), 3) for k in rng.integers(-5, 6, 3))
    functions = [sympy.Abs, relu, lambda u: sympy.Max(u, a), lambda u: sympy.Min(u, b * x), sympy.tanh]
    f, g = (functions[k] for k in rng.choice(len(functions), 2))
    expression = f(x - c) * 2 + g(sympy.sin(x) + a) + b * x**2
    found = derivative(expression, x)
    for point in rng.normal(size=6):
        place = sympy.Rational(float(point))
        if any(abs(float(broken.at.subs(x, place))) < 1e-4 for broken in found.breaks):
            continue
        quotient = (expression.subs(x, place + sympy.Rational(1, 10**8)) - expression.subs(x, place)) * 10**8
        assert float(found.value.subs(x, place)) == pytest.approx(float(quotient), abs=1e-5)
    for side in (-1, 1):
        near = one_sided(expression, x, c, side)
        assert not near.has(relu, step)
        beside = c + side * sympy.Rational(1, 10**6)
        assert float(near.subs(x, beside)) == pytest.approx(float(expression.subs(x, beside)), abs=1e-9)
    inside = [
        formula.subs(x, sympy.Rational(1, 7))
        for formula, sides in by_pieces(one_spelling(expression))
        if all(sign_at(at, {x: sympy.Rational(1, 7)}) == sign for at, sign in sides)
    ]
    assert [float(v) for v in inside] == pytest.approx([float(expression.subs(x, sympy.Rational(1, 7)))])


def test_what_is_undefined_at_values():
    assert undefined([x**n], {n: sympy.Integer(2)}) is None
    assert undefined([p**n * x], {n: sympy.Integer(2), p: sympy.Integer(-1)}) is None
    assert undefined([p**n * x], {n: sympy.Rational(1, 2), p: sympy.Integer(-1)}).at == p
