"""Independent check of a certificate of equilibria, in ball arithmetic alone.

The file states F(y) = y - b - W φ(y) - φ(y) ∘ (K φ(y)²) = 0 with rational data, boxes that hold one solution each, and
a proof that there is no other. The proof cuts all of space; each part comes with its reason:

* ``empty, λ``: λ·F > 0 on the part. Linearised in the outputs φ, λ·F is a sum of functions a y - m φ(y) of one unknown
  each, and their least values are known in closed form.
* ``root, i``: F is injective on the hull of the part and box i, because |I - C F'| w < w there for some w > 0.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import product
from operator import mul
from typing import Any

from flint import arb, arb_mat, ctx, fmpq

__all__ = ["CHECKED", "KIND", "CertificateCheck", "check_certificate_text", "content_digest"]

CHECKED = frozenset({"tanh", "logistic", "erf", "rectified"})
"""The activations that a file may name."""
KIND = "equilibria_certificate"
FIELDS = {"kind", "name", "equations", "links", "count", "equilibria", "mirror", "proof", "digest"}

Box = tuple[list[float], list[float]]


@dataclass(frozen=True)
class CertificateCheck:
    """Outcome of a check.

    Parameters
    ----------
    valid : bool
    count : int
        Number of equilibria that the file claims.
    parts : int
        Parts of space that were checked.
    reason : str or None
        What failed.

    Examples
    --------
    >>> CertificateCheck(valid=False, count=3, reason="the proof ends early").valid
    False
    """

    valid: bool
    count: int
    parts: int = 0
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The JSON object of ``dynsym check-certificate``."""
        return {"kind": "certificate_check", **vars(self)}


class _Refused(Exception):
    pass


def content_digest(content: Mapping[str, Any]) -> str:
    """Binds every field of a certificate, those for people too."""
    bound = {name: value for name, value in content.items() if name != "digest"}
    return hashlib.sha256(json.dumps(bound, sort_keys=True).encode()).hexdigest()


def check_certificate_text(text: str) -> CertificateCheck:
    """Check the text of a certificate file."""
    count, parts, before = 0, 0, ctx.prec
    ctx.prec = 64
    try:
        content = json.loads(text)
        if content.keys() != FIELDS or content["kind"] != KIND or type(content["count"]) is not int:
            raise _Refused("the file is no certificate: a field is missing, or of another kind")
        count = content["count"]
        equations = _Equations(content["links"])
        roots = [_box(entry, equations.size) for entry in content["equilibria"]]
        for number, root in enumerate(roots):
            if not equations.holds_one(root):
                raise _Refused(f"box {number} is not proved to hold one solution")
        _check_disjoint(roots)
        parts = _check_proof(equations, roots, content["proof"], content["mirror"])
        if len(roots) != count:
            raise _Refused("the count is not the number of boxes with a solution")
        if content["digest"] != content_digest(content):
            raise _Refused("the digest is not that of the fields: one was changed")
    except _Refused as error:
        return CertificateCheck(False, count, parts, str(error))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        return CertificateCheck(False, count, parts, f"the file is no certificate: {type(error).__name__} {error}")
    finally:
        ctx.prec = before
    return CertificateCheck(True, count, parts)


def _box(entry: dict[str, list[float]], size: int) -> Box:
    low, high = ([float(x) for x in entry[end]] for end in ("low", "high"))
    if not len(low) == len(high) == size or not all(a < b for a, b in zip(low, high, strict=True)):
        raise _Refused("a box is no box")
    return low, high


def _check_disjoint(roots: list[Box]) -> None:
    order = sorted(roots)
    for place, (low, high) in enumerate(order):
        for other_low, other_high in order[place + 1 :]:
            if other_low[0] > high[0]:
                break
            if all(a <= d and c <= b for a, b, c, d in zip(low, high, other_low, other_high, strict=True)):
                raise _Refused("two boxes with a solution overlap")


def _check_proof(equations: _Equations, roots: list[Box], proof: list[list[Any]], mirror: int | None) -> int:
    """Every solution in a part of space is a listed one; of odd equations half of space is enough."""
    low, high = [-math.inf] * equations.size, [math.inf] * equations.size
    if mirror is not None:
        if not equations.is_odd:
            raise _Refused("the equations are not odd")
        low[mirror] = 0.0
    stack, parts = [(low, high)], 0
    for step in proof:
        if not stack:
            raise _Refused("the proof goes on after its end")
        low, high = stack.pop()
        if step[0] == "cut":
            k, place = step[1], float(step[2])
            if not low[k] < place < high[k]:
                raise _Refused("a cut lies outside its part")
            stack.append(([*low[:k], place, *low[k + 1 :]], high))
            stack.append((low, [*high[:k], place, *high[k + 1 :]]))
            continue
        parts += 1
        if step[0] == "empty":
            if not equations.least([float(x) for x in step[1]], low, high) > 0:
                raise _Refused(f"part {parts} may hold a solution")
        elif step[0] == "root":
            root = roots[step[1]]
            hull = [*map(min, low, root[0])], [*map(max, high, root[1])]
            if not equations.is_injective(root, *hull):
                raise _Refused(f"part {parts} may hold a further solution")
            if mirror is not None and ([-x for x in root[1]], [-x for x in root[0]]) not in roots:
                raise _Refused(f"the mirror image of box {step[1]} is not listed")
        else:
            raise _Refused("a part of space was not finished")
    if stack:
        raise _Refused("the proof ends early")
    return parts


class _Equations:
    """F(y) = y - b - W φ(y) - φ(y) ∘ (K φ(y)²) in balls."""

    def __init__(self, links: dict[str, Any]) -> None:
        self.bias = [_number(x) for x in links["bias"]]
        self.size = len(self.bias)
        self.functions = [str(name) for name in links["functions"]]
        self.weights, self.cubic = (
            arb_mat([[_number(x) for x in row] for row in links[name]]) for name in ("weights", "cubic")
        )
        self.is_plain = all(k.is_zero() for k in self.cubic.entries())
        shapes = {(len(self.functions), self.size)} | {(m.nrows(), m.ncols()) for m in (self.weights, self.cubic)}
        if shapes != {(self.size, self.size)}:
            raise _Refused("the equations do not fit together")
        if not set(self.functions) <= CHECKED:
            raise _Refused("an activation is none that can be checked")
        self.is_odd = set(self.functions) <= {"tanh", "erf"} and all(b.is_zero() for b in self.bias)

    def least(self, factors: list[float], low: list[float], high: list[float]) -> arb:
        """A lower bound of λ·F over a box, whose sides may be infinite."""
        exact = [arb(x) for x in factors]
        slopes, total = (arb_mat([exact]) * self.weights).entries(), -_dot(exact, self.bias)
        if not self.is_plain:
            # With d = v - c: v_i v_j² = c_j² v_i + 2 c_i c_j v_j - 2 c_i c_j² + c_i d_j² + d_i (v_j² - c_j²).
            v = self._outputs(low, high)
            c = [arb(x.mid()) for x in v]
            d = [x - y for x, y in zip(v, c, strict=True)]
            loads = (arb_mat([[x * y for x, y in zip(exact, c, strict=True)]]) * self.cubic).entries()
            change = (self.cubic * _column([_square(x) - y * y for x, y in zip(v, c, strict=True)])).entries()
            total += _dot(loads, [2 * x * x - _square(y) for x, y in zip(c, d, strict=True)])
            total -= _dot(exact, [x * y for x, y in zip(d, change, strict=True)])
            slopes = (arb_mat([exact]) * self._gain(c)).entries()
        return total + sum(map(_least, self.functions, exact, slopes, low, high))

    def holds_one(self, box: Box) -> bool:
        """Krawczyk's test: c - C F(c) + (I - C F') (box - c) lies inside the box."""
        centre = [(a + b) / 2 for a, b in zip(*box, strict=True)]
        inverse, c, v = self._inverse(centre), _column(centre), self._outputs(centre, centre)
        potentiation = (self.cubic * _column([x * x for x in v])).entries()
        value = c - _column(self.bias) - self.weights * _column(v)
        value -= _column([x * y for x, y in zip(v, potentiation, strict=True)])
        spread = _column([arb(a).union(arb(b)) for a, b in zip(*box, strict=True)]) - c
        image = c - inverse * value + self._rest(inverse, *box) * spread
        return all(arb(a) < x < arb(b) for a, b, x in zip(*box, image.entries(), strict=True))

    def is_injective(self, root: Box, low: list[float], high: list[float]) -> bool:
        """Whether |I - C F'| w < w over a box, with C from the middle of the box with a solution."""
        inverse = self._inverse([(a + b) / 2 for a, b in zip(*root, strict=True)])
        size = arb_mat([[x.abs_upper() for x in row] for row in self._rest(inverse, low, high).table()])
        weight = _column([1.0] * self.size)
        for _ in range(6):
            image = [float(x) for x in (size * weight).entries()]
            weight = _column([x / (max(image) + 1e-300) + 1e-3 for x in image])
        return all(x < w for x, w in zip((size * weight).entries(), weight.entries(), strict=True))

    def _outputs(self, low: Sequence[float], high: Sequence[float]) -> list[arb]:
        return [_value(f, a).union(_value(f, b)) for f, a, b in zip(self.functions, low, high, strict=True)]

    def _gain(self, v: list[arb]) -> arb_mat:
        """W + diag(K v²) + 2 diag(v) K diag(v)."""
        squares = (self.cubic * _column([_square(x) for x in v])).entries()
        entries = zip(self.weights.entries(), self.cubic.entries(), product(range(self.size), repeat=2), strict=True)
        gain = [w + 2 * v[i] * k * v[j] + (squares[i] if i == j else 0) for w, k, (i, j) in entries]
        return arb_mat(self.size, self.size, gain)

    def _rest(self, inverse: arb_mat, low: Sequence[float], high: Sequence[float]) -> arb_mat:
        """I - C F' = I - C + (C G) D."""
        gain = self.weights if self.is_plain else self._gain(self._outputs(low, high))
        slopes = [_slope(f, a, b) for f, a, b in zip(self.functions, low, high, strict=True)]
        scaled = [[g * s for g, s in zip(row, slopes, strict=True)] for row in (inverse * gain).table()]
        return _identity(self.size) - inverse + arb_mat(scaled)

    def _inverse(self, point: list[float]) -> arb_mat:
        unit = _identity(self.size)
        return _middle(_middle(self._rest(-unit, point, point) - unit).inv())


@lru_cache(maxsize=100_000)
def _value(function: str, x: float) -> arb:
    """φ(x), its limit at an infinite x."""
    if function == "rectified":
        return arb(max(x, 0.0))
    if function == "logistic":
        return (1 + _value("tanh", x / 2)) / 2
    if math.isinf(x):
        return arb(math.copysign(1, x))
    return arb(x).erf() if function == "erf" else arb(x).tanh()


def _slope(function: str, low: float, high: float) -> arb:
    """The range of difference quotients of φ on an interval."""
    if function == "rectified":
        return arb(float(high > 0)).union(arb(float(low >= 0)))
    if function == "logistic":
        return _slope("tanh", low / 2, high / 2) / 4
    if function == "erf":
        near, far = max(low, -high, 0.0), max(-low, high)
        return _bell(near).union(_bell(far))
    return 1 - _square(_value("tanh", low).union(_value("tanh", high)))


def _least(function: str, a: arb, m: arb, low: float, high: float) -> arb:
    """A lower bound of a x - m φ(x) on an interval: at its ends, at a kink, or where φ' = a/m."""
    if function == "logistic":
        return _least("tanh", 2 * a, m / 2, low / 2, high / 2) - m / 2
    far = m if function == "rectified" else arb(0)
    if (math.isinf(low) and not a <= 0) or (math.isinf(high) and not a >= far):
        return arb("-inf")
    ends = [low, 0.0, high] if function == "rectified" and low < 0 < high else [low, high]
    values = [a * x - m * _value(function, x) for x in ends if not math.isinf(x)]
    if function != "rectified":
        values += [-m * _value(function, x) for x in ends if math.isinf(x) and a.is_zero()]
        share = arb(0) if m.is_zero() else a / (m * _bell(0.0)) if function == "erf" else a / m
        if not (m.is_zero() or share <= 0 or share >= 1):
            if function == "erf":
                where = m.sgn() * (-share.log()).sqrt()
                top = where.erf()
            else:
                top = m.sgn() * (1 - share).sqrt()
                where = top.atanh()
            if not (where < low or where > high):
                values.append(a * where - m * top)
    return reduce(arb.min, values)


def _bell(x: float) -> arb:
    """The derivative of erf, 2/sqrt(pi) exp(-x²)."""
    return arb(0) if math.isinf(x) else 2 * (-(arb(x) ** 2)).exp() / arb.pi().sqrt()


def _number(text: str) -> arb:
    numerator, _, denominator = text.partition("/")
    return arb(fmpq(int(numerator), int(denominator or 1)))


def _column(entries: Sequence[Any]) -> arb_mat:
    return arb_mat([[x] for x in entries])


def _identity(size: int) -> arb_mat:
    return arb_mat(size, size, [int(i == j) for i, j in product(range(size), repeat=2)])


def _middle(matrix: arb_mat) -> arb_mat:
    return arb_mat([[arb(x.mid()) for x in row] for row in matrix.table()])


def _square(x: arb) -> arb:
    return (x.abs_lower() ** 2).union(x.abs_upper() ** 2)


def _dot(left: Sequence[Any], right: Sequence[Any]) -> arb:
    return sum(map(mul, left, right), arb(0))
