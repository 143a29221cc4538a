"""Folds, Hopf points and pitchforks of well-known models: found, solved to rounding, with their coefficients.

The expected values are fifty-digit solutions of defining systems, copied from an independent reference computation.
Normalisations: l1 = Re G21 / (2ω) with qᴴq = 1; fold coefficient w·B(v, v)/2 with v·v = w·v = 1 and the largest entry
of v positive.
"""

import pytest

import dynsym as ds
from dynsym.errors import ConvergenceError

MODELS = {
    "lorenz84": {
        "equations": {"x": "-y**2-z**2-a*x+a*F", "y": "x*y-b*x*z-y+G", "z": "b*x*y+x*z-z"},
        "parameters": {"a": "1/4", "b": "4", "F": "1", "G": "1"},
    },
    "wilson_cowan": {
        "equations": {"x": "-x+1/(1+exp(-(rx+a*x-b*y)))", "y": "-y+1/(1+exp(-(ry+c*x-d*y)))"},
        "parameters": {"rx": "-3", "ry": "-8", "a": "10", "b": "10", "c": "10", "d": "-2"},
    },
    "ab_reaction": {
        "equations": {"u1": "-u1+p1*(1-u1)*exp(u2)", "u2": "-u2+p1*p2*(1-u1)*exp(u2)-p3*u2"},
        "parameters": {"p1": "0", "p2": "14", "p3": "3"},
    },
    "fitzhugh_nagumo": {
        "equations": {"v": "v-v**3/3-w+I", "w": "ep*(v+a-b*w)"},
        "parameters": {"I": "0", "a": "7/10", "b": "4/5", "ep": "2/25"},
    },
    "brusselator": {
        "equations": {"x": "A-(B+1)*x+x**2*y", "y": "B*x-x**2*y"},
        "parameters": {"A": "1", "B": "2"},
    },
    "lure": {"equations": {"x": "y", "y": "z", "z": "-al*z-be*y-x+x**2"}, "parameters": {"al": "1", "be": "1"}},
    "hopfield_hebb": {
        "equations": {
            "x1": "-x1+(w0+w12)*tanh(x2)",
            "x2": "-x2+(w0+w21)*tanh(x1)",
            "w12": "ep*(-w12+eta*tanh(x1)*tanh(x2))",
            "w21": "ep*(-w21+eta*tanh(x1)*tanh(x2))",
        },
        "parameters": {"w0": "1", "eta": "1/5", "ep": "1/10"},
    },
}

# system, kind, free parameter, its value, other parameters, state, coefficient (l1, or the quadratic one of a fold)
POINTS = [
    (
        "lorenz84",
        "fold",
        "F",
        1.18879703742855487,
        {},
        (0.786788474404141933, 0.0214282147562584352, 0.316295703999379200),
        -0.403402905056719262,
    ),
    (
        "lorenz84",
        "fold",
        "F",
        4.31208269665541071,
        {},
        (0.0653468779600399959, 0.992306222855638445, 0.277510927272816928),
        1.13435238060034570,
    ),
    (
        "lorenz84",
        "hopf",
        "F",
        1.27893959023791437,
        {},
        (1.05388977507125745, -0.00303197097978980131, 0.237177699085816122),
        -3.82066901557274446,
    ),
    (
        "wilson_cowan",
        "fold",
        "rx",
        -3.18001813058161317,
        {},
        (0.114076572094985823, 0.00105082047932813547),
        3.80570650888231579,
    ),
    (
        "wilson_cowan",
        "fold",
        "rx",
        -4.47799239437344439,
        {},
        (0.507647383838419430, 0.0567889523053056158),
        10.5613926687521501,
    ),
    (
        "wilson_cowan",
        "hopf",
        "rx",
        1.56800098110702696,
        {},
        (0.783821133117114241, 0.811813761692114206),
        -9.18056533627140209,
    ),
    (
        "wilson_cowan",
        "fold",
        "rx",
        -3.10863316555209161,
        {"ry": -6},
        (0.125433536189894505, 0.00876544638113634108),
        3.22829373757589196,
    ),
    (
        "wilson_cowan",
        "fold",
        "rx",
        -3.32413882862507631,
        {"ry": -6},
        (0.294476612460048584, 0.0494367631482465911),
        23.0874728290378952,
    ),
    (
        "wilson_cowan",
        "fold",
        "rx",
        3.32413882862507631,
        {"ry": -6},
        (0.705523387539951416, 0.950563236851753409),
        -23.0874728290378952,
    ),
    (
        "ab_reaction",
        "hopf",
        "p1",
        0.165042045323560957,
        {},
        (0.405955372117471439, 1.42084380241115004),
        1.55238016019734185,
    ),
    (
        "ab_reaction",
        "hopf",
        "p1",
        0.336550498888431314,
        {},
        (0.879758913596814275, 3.07915619758884996),
        -0.359220869088197509,
    ),
    (
        "ab_reaction",
        "hopf",
        "p1",
        0.120865719509389088,
        {"p2": 17},
        (0.322062481731738521, 1.36876554735988872),
        7.54258738452085409,
    ),
    (
        "ab_reaction",
        "fold",
        "p1",
        0.121901160810782911,
        {"p2": 17},
        (0.378732187481833513, 1.60961179679779243),
        -0.916974790691712659,
    ),
    (
        "ab_reaction",
        "fold",
        "p1",
        0.117014750426703859,
        {"p2": 17},
        (0.621267812518166487, 2.64038820320220757),
        0.317948840947973600,
    ),
    (
        "ab_reaction",
        "hopf",
        "p1",
        0.217080509696289306,
        {"p2": 17},
        (0.913231635915320302, 3.88123445264011128),
        -0.401204355765504127,
    ),
    (
        "fitzhugh_nagumo",
        "hopf",
        "I",
        0.331281337454745811,
        {},
        (-0.967470929795825958, -0.334338662244782448),
        0.971971081988999005,
    ),
    (
        "fitzhugh_nagumo",
        "hopf",
        "I",
        1.41871866254525419,
        {},
        (0.967470929795825958, 2.08433866224478245),
        0.971971081988999005,
    ),
    ("brusselator", "hopf", "B", 2.0, {"A": 1}, (1.0, 2.0), -0.5),
    ("brusselator", "hopf", "B", 5.0, {"A": 2}, (2.0, 2.5), -0.166666666666666667),
    ("lure", "hopf", "al", 1.0, {}, (0.0, 0.0, 0.0), -0.3),
    ("lure", "hopf", "al", -1.0, {}, (1.0, 0.0, 0.0), 0.3),
    ("hopfield_hebb", "pitchfork", "w0", 1.0, {}, (0.0, 0.0, 0.0, 0.0), -1 / 15),
    ("hopfield_hebb", "pitchfork", "w0", -1.0, {}, (0.0, 0.0, 0.0, 0.0), -1 / 15),
    (
        "hopfield_hebb",
        "fold",
        "w0",
        0.938694205174801810,
        {"eta": "3/5"},
        (0.734330310073410943, 0.734330310073410943, 0.234905882575432505, 0.234905882575432505),
        -0.0347839151831731109,
    ),
]
"""For the pitchforks: the reduced equation 0 = (w0 - 1) x + (eta - w0/3) x³ along x1 = x2 = x has the cubic coefficient
-2/15 at eta = 1/5; with v·v = 1 in the plane x1 = x2, x = y/√2, it is -1/15."""

COEFFICIENT = {"hopf": "first_lyapunov", "fold": "quadratic", "pitchfork": "cubic"}


def compiled(name):
    entry = MODELS[name]
    return ds.compile_system(ds.system_from_equations(entry["equations"], parameters=entry["parameters"], name=name))


SYSTEMS = {name: compiled(name) for name in MODELS}


@pytest.mark.parametrize("point", POINTS, ids=[f"{p[0]}-{p[1]}-{p[3]:.4g}" for p in POINTS])
def test_point_is_found_and_solved(point):
    name, kind, free, value, fixed, state, coefficient = point
    f, width = SYSTEMS[name], 0.04 * max(abs(value), 0.5)
    start = dict(zip(f.state_names, state, strict=True))
    found = []
    for side in (-1, 1):
        values = {**fixed, free: value + side * width / 2}
        try:
            branch = ds.continue_equilibrium(
                f, start, parameter=free, span=(value - width, value + width), values=values
            )
        except ConvergenceError:  # on one side of a fold there is no equilibrium nearby
            continue
        found += [special for special in branch.special if special.kind == kind]
    near = [special for special in found if abs(special.parameters[free] - value) < 1e-3]
    assert near
    for special in near:
        assert special.parameters[free] == pytest.approx(value, rel=1e-12, abs=1e-12)
        assert list(special.state.values()) == pytest.approx(state, rel=1e-9, abs=1e-11)
        assert special.residual < 1e-12
        assert special.coefficients[COEFFICIENT[kind]] == pytest.approx(coefficient, rel=1e-9)


def test_first_lyapunov_coefficient_of_a_planar_system_by_the_classical_formula():
    # x' = mx - wy + f, y' = wx + my + g; 16 a = fxxx + fxyy + gxxy + gyyy + (fxy (fxx + fyy) - gxy (gxx + gyy)
    # - fxx gxx + fyy gyy) / w: J. Guckenheimer, P. Holmes, equation (3.4.11).
    w = 1.5
    f = {"xx": 0.7, "xy": -0.4, "yy": 0.3, "xxx": -0.2, "xyy": 0.5}
    g = {"xx": 0.2, "xy": 0.9, "yy": -0.6, "xxy": 0.1, "yyy": -0.8}
    equations = {
        "x": f"m*x - {w}*y + {f['xx']}*x^2/2 + {f['xy']}*x*y + {f['yy']}*y^2/2 + {f['xxx']}*x^3/6 + {f['xyy']}*x*y^2/2",
        "y": f"{w}*x + m*y + {g['xx']}*x^2/2 + {g['xy']}*x*y + {g['yy']}*y^2/2 + {g['xxy']}*x^2*y/2 + {g['yyy']}*y^3/6",
    }
    bracket = f["xy"] * (f["xx"] + f["yy"]) - g["xy"] * (g["xx"] + g["yy"]) - f["xx"] * g["xx"] + f["yy"] * g["yy"]
    a = (f["xxx"] + f["xyy"] + g["xxy"] + g["yyy"] + bracket / w) / 16
    branch = ds.continue_equilibrium(
        ds.system_from_equations(equations, parameters={"m": None}), 0, parameter="m", span=(-0.1, 0.1)
    )
    (hopf,) = [point for point in branch.special if point.kind == "hopf"]
    assert hopf.coefficients["frequency"] == pytest.approx(w, rel=1e-12)
    assert hopf.coefficients["crossing_speed"] == pytest.approx(1, rel=1e-12)
    # z = x + iy obeys z' = iwz + c z|z|² with Re c = a; qᴴq = 1 means z = √2 ζ, hence Re c = 2a for ζ and l1 = 2a/w
    assert hopf.coefficients["first_lyapunov"] == pytest.approx(2 * a / w, rel=1e-9)
