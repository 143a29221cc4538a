"""A pool of systems with conditions of every kind, and false statements about each field of a condition."""

import dataclasses

import sympy

import dynsym as ds

THIRD = sympy.Rational(1, 3)
TANH, ANY = ds.LeakyRate(ds.Tanh()), ds.LeakyRate(ds.AnySigmoid())
EQUATIONS = {
    "fold": ({"x": "m + x - x^3"}, "m", ()),
    "fold with a symbol": ({"x": "m + a*x - x^3"}, "m", ("a",)),
    "fold in two states": ({"x": "m - x^2 + y", "y": "-y + x/2"}, "m", ()),
    "transcritical": ({"x": "r*x*(1 - x) - h*x"}, "h", ("r",)),
    "transcritical of a moving state": ({"x": "(x - m)*(x + m - 1)", "y": "-y + x^2"}, "m", ()),
    "pitchfork": ({"x": "y", "y": "m*x + n*y - x^3 - x^2*y"}, "m", ("n",)),
    "pitchfork with symbols": ({"x": "g*x - c*x^3"}, "g", ("c",)),
    "quintic": ({"x": "g*x - y*x^3", "y": "-y + x^2"}, "g", ()),
    "Hopf": ({"x": "m*x - y - x*(x^2 + y^2)", "y": "x + m*y - y*(x^2 + y^2)"}, "m", ()),
    "van der Pol": ({"x": "y", "y": "m*(1 - x^2)*y - x"}, "m", ()),
    "Brusselator": ({"x": "A - (B + 1)*x + x^2*y", "y": "B*x - x^2*y"}, "B", ("A",)),
    "FitzHugh and Nagumo": ({"v": "v - v^3/3 - w + I", "w": "eps*(v + 7/10 - b*w)"}, "I", ("eps", "b")),
    "Lorenz": ({"x": "10*(y - x)", "y": "r*x - y - x*z", "z": "x*y - 8*z/3"}, "r", ()),
    "Roessler": ({"x": "-y - z", "y": "x + a*y", "z": "1/5 + z*(x - 4)"}, "a", ()),
    "Holling and Tanner": ({"x": "x*(1 - x/7) - 6*x*y/(7 + 7*x)", "y": "y*(1 - N*y/x)/5"}, "N", ()),
    "Rosenzweig": ({"x": "x*(1 - x/k) - x*y/(1 + x)", "y": "x*y/(1 + x) - y/3"}, "k", ()),
    "tanh and a drive": ({"x": "-x + m^2*tanh(x) + 1"}, "m", ()),
    "two modes": ({"x": "m*x - x^3", "y": "m*y - y^3"}, "m", ()),
    "cusp met by one parameter": ({"x": "m - x^3"}, "m", ()),
    "no crossing": ({"x": "m^2*x - x^3"}, "m", ()),
    "double Hopf": ({"x": "m*x - y - x^3", "y": "x + m*y", "u": "m*u - 2*v + u^3", "v": "2*u + m*v"}, "m", ()),
    "sine": ({"x": "y", "y": "sin(x)*(m*cos(x) - 1) - y/2"}, "m", ()),
    "exponential": ({"x": "-x + exp(m)*x*(1 - x)"}, "m", ()),
    "Leslie": ({"x": "x*(1 - x) - 2*x*y/(1/5 + x)", "y": "s*y*(1 - y/x)"}, "s", ()),
    "Sel'kov": ({"x": "-x + a*y + x^2*y", "y": "1/2 - a*y - x^2*y"}, "a", ()),
    "Bazykin": ({"x": "x - x*y/(1 + 3*x/10) - x^2/100", "y": "-y + x*y/(1 + 3*x/10) - d*y^2"}, "d", ()),
    "mixed terms": (
        {"x": "2*x - 4*y + m*z", "y": "-3*x*z^2/2 + z^3/2 - 3*x^4/2 - y", "z": "-2*x - 3*z^2/2 - 3*x^4/2 - z"},
        "m",
        (),
    ),
    "sinh": ({"x": "m - sinh(x) + 2*x"}, "m", ()),
}
NETWORKS = {
    "E and I, tanh": (ds.motifs.ei_pair(), TANH, "w_EE", 0),
    "E and I, any": (ds.motifs.ei_pair(w_II=0), ANY, "w_EE", 0),
    "ring of 3": (ds.motifs.ring(3), ANY, "w", 0),
    "ring of 4": (ds.motifs.ring(4), TANH, "w", 0),
    "complete of 4": (ds.motifs.complete(4), ANY, "w", 0),
    "two nodes": (ds.motifs.bidirectional(), TANH, "w", 0),
    "ring of any size": (ds.motifs.ring("N"), ANY, "w", 0),
}
TWO = {
    "cusp": ({"x": "m + n*x - x^3"}, ds.cusp_condition, None),
    "Bogdanov and Takens": ({"x": "y", "y": "m + n*x + x^2 - x*y"}, ds.bogdanov_takens_condition, None),
    "symmetric double zero": ({"x": "y", "y": "m*x + n*y - x^3 - x^2*y"}, ds.bogdanov_takens_condition, 0),
    "cusp in two states": ({"x": "m + n*x - x^3 + y", "y": "-2*y + x^2"}, ds.cusp_condition, None),
}


def conditions(name):
    """A system, and the conditions that are found about it."""
    if name in TWO:
        equations, find, at = TWO[name]
        system = ds.system_from_equations(equations, {"m": None, "n": None})
        return system, find(system, parameters=("m", "n"), at=at)
    if name in NETWORKS:
        network, node, parameter, at = NETWORKS[name]
        system = ds.build_system(network, node=node)
        return system, ds.find_conditions(system, parameter=parameter, at=at)
    equations, parameter, free = EQUATIONS[name]
    system = ds.system_from_equations(equations, dict.fromkeys([parameter, *free]))
    return system, ds.find_conditions(system, parameter=parameter)


def _other_kinds(condition):
    """Names that say something else: none that is merely weaker, and no name for the same thing.

    A pair that is degenerate by a resonance is a Hopf point as well where the resonant terms vanish.
    """
    by_frequency = [] if condition.frequency is not None else ["fold", "transcritical", "pitchfork"]
    wrong = ["hopf", "fold", "transcritical", "pitchfork", "degenerate", "cusp", "bogdanov_takens"]
    if condition.criticality == "degenerate" and condition.kind in {"pitchfork", "hopf"}:
        wrong.remove("degenerate")
    return [
        kind for kind in wrong if kind != condition.kind and (condition.kind != "degenerate" or kind in by_frequency)
    ]


def _changed(expression):
    return [expression + THIRD, expression * sympy.Rational(3, 2) + 1, expression - 2]


def _scaled(expression):
    return [-expression, 3 * expression, expression + 1]


def faults(condition, system):
    """Each field, and what it is changed to."""
    c, symbol = condition, system[condition.parameter]
    for kind in _other_kinds(c):
        yield "kind", {"kind": kind}
    if c.solution is not None:
        for wrong in _changed(c.solution):
            yield "solution", {"solution": wrong, "value": None}
    for wrong in (c.equation + 1, symbol - 117, sympy.S.Zero):
        yield "equation", {"equation": wrong}
    for name, value in list(c.at.items())[:3]:
        yield "at", {"at": {**c.at, name: value + THIRD}}
    yield "at", {"at": {name: value + 1 for name, value in c.at.items()}}
    yield "at", {"at": dict.fromkeys(c.at, sympy.nan)}
    for wrong in (c.multiplicity + 1, c.multiplicity + 3, 0) if c.multiplicity is not None else ():
        yield "multiplicity", {"multiplicity": wrong}
    if c.mode is not None:
        (first, value), *rest = c.mode.items()
        if rest:
            others = any(entry != 0 for _, entry in rest)
            yield "mode", {"mode": {**c.mode, **({first: value + 1} if others else {rest[0][0]: value})}}
            yield "mode", {"mode": {**c.mode, rest[-1][0]: rest[-1][1] - THIRD}}
        yield "mode", {"mode": dict.fromkeys(c.mode, sympy.S.Zero)}
        if c.positive_entry is not None:
            yield "mode", {"mode": {name: -entry for name, entry in c.mode.items()}}
    for name in ("coefficient", "nondegeneracy", "transversality"):
        value = getattr(c, name)
        if value is None:
            continue
        wrong = _scaled(value)
        if c.kind == "transcritical" and name == "transversality":
            wrong = wrong[1:]  # the other one of the two branches has the opposite speed
        if value == 0:
            wrong = [sympy.S.One, -sympy.S.One, sympy.S(3)]
        for other in [*wrong, sympy.nan]:
            yield name, {name: other, **({"coefficient_value": None} if name == "coefficient" else {})}
    for name, value in c.coefficients.items():
        for wrong in (value + 1, value - THIRD, 3 * value + 5):
            yield "coefficients", {"coefficients": {**c.coefficients, name: wrong}}
    if c.criticality is not None and c.kind != "degenerate":
        words = {"supercritical", "subcritical", "degenerate", "depends"} - {c.criticality}
        for word in words:
            if c.criticality != "depends" or word == "degenerate":
                yield "criticality", {"criticality": word}
    if c.frequency is not None:
        for wrong in (*_scaled(c.frequency), None):
            yield "frequency", {"frequency": wrong}
    else:
        yield "frequency", {"frequency": sympy.S.One}
    for name, value in c.others.items():
        for wrong in _changed(value):
            yield "others", {"others": {name: wrong}}
    for k, further in enumerate(c.further_equations):
        for wrong in _changed(further):
            yield "further_equations", {"further_equations": [*c.further_equations[:k], wrong]}
    for name in ("value", "coefficient_value"):
        number = getattr(c, name)
        if number is not None:
            for wrong in (number + 1, -2 * number + 1, number + 1e-6):
                yield name, {name: wrong}
    for said in _said(c):
        yield "assumptions", {"assumptions": [other for other in c.assumptions if other != said]}
    yield from ((("constraints"), {"constraints": wrong}) for wrong in _constraints(c))


def _said(condition):
    from dynsym.derive.wording import assumptions_of

    return assumptions_of([condition.solution, condition.coefficient, *condition.at.values()])


def _constraints(condition):
    held = list(condition.constraints)
    relations = [c for c in held if isinstance(c, sympy.Rel)]
    for relation in relations:
        rest = [c for c in held if c is not relation]
        yield rest
        yield [*rest, relation.reversedsign.negated if hasattr(relation, "reversedsign") else relation.negated]
    parts = [condition.solution, condition.coefficient, *condition.at.values()]
    symbols = {s for part in parts if part is not None for s in part.free_symbols}
    own = sorted((s for s in symbols if s.name not in condition.at), key=str)
    if own:
        yield [*held, own[0] > 1]
        yield [*held, own[0] - THIRD]


def planted(condition, system):
    """Every false condition, with the name of the field."""
    return [(field, dataclasses.replace(condition, **change)) for field, change in faults(condition, system)]
