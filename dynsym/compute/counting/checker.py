"""Independent check of a certificate of equilibria, in ball arithmetic alone.

The file says: y = b + W φ(y) + φ(y) ∘ (K φ(y)²) with rational data, enclosures of solutions, a start box, and how it
was cut into parts, each of which holds none or one named solution. Checked are: the start box holds all solutions;
every enclosure holds exactly one; the enclosures are disjoint; the parts cover the box; every part holds no other
solution. Nothing of the search is used; where it was sharper than the tests here, a part is cut further.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flint import arb, arb_mat, ctx, fmpq

__all__ = ["CertificateCheck", "check_certificate_file"]

PRECISION, ROUNDS, DEEPEST = 80, 8, 40
Box = list[arb]


@dataclass(frozen=True)
class CertificateCheck:
    """Outcome of a check.

    Parameters
    ----------
    valid : bool
    count : int
        Number of equilibria that the file claims.
    parts, cuts : int
        Parts of the box that were checked, and how often one was cut further.
    reason : str or None
        What failed.

    Examples
    --------
    >>> CertificateCheck(valid=False, count=3, reason="the start box may miss solutions").valid
    False
    """

    valid: bool
    count: int
    parts: int = 0
    cuts: int = 0
    reason: str | None = None


class _WrongCertificate(Exception):
    pass


def check_certificate_file(path: str | Path) -> CertificateCheck:
    """Check a certificate file.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    CertificateCheck

    Examples
    --------
    >>> import dynsym as ds, tempfile, pathlib
    >>> from dynsym.compute.counting.certificate import save_certificate
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "pair.json"
    >>> _ = save_certificate(ds.build_system(ds.motifs.bidirectional(weight=2)), path)
    >>> check_certificate_file(path).valid
    True
    """
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    before, limit = ctx.prec, sys.getrecursionlimit()
    ctx.prec = PRECISION
    sys.setrecursionlimit(max(limit, 20_000))
    check = _Check(content)
    try:
        check.run()
    except _WrongCertificate as error:
        return CertificateCheck(False, int(content["count"]), check.parts, check.cuts, str(error))
    finally:
        ctx.prec = before
        sys.setrecursionlimit(limit)
    return CertificateCheck(True, len(check.roots), check.parts, check.cuts)


def _number(text: str) -> arb:
    numerator, _, denominator = text.partition("/")
    return arb(fmpq(int(numerator), int(denominator or 1)))


@dataclass
class _Check:
    content: dict[str, Any]
    parts: int = 0
    cuts: int = 0
    roots: list[Box] = field(default_factory=list)
    inverses: list[arb_mat] = field(default_factory=list)

    def run(self) -> None:
        links = self.content["links"]
        self.bias = [_number(x) for x in links["bias"]]
        self.weights = [[_number(x) for x in row] for row in links["weights"]]
        self.weight_matrix = arb_mat(self.weights)
        self.cubic = [[_number(x) for x in row] for row in links["cubic"]]
        self.kinds: list[str] = links["functions"]
        self.size = len(self.bias)
        self.is_plain = all(c.is_zero() for row in self.cubic for c in row)
        if not all(kind in ("tanh", "logistic") for kind in self.kinds):
            raise _WrongCertificate("an activation is not bounded")
        self._check_roots()
        low, high = ([float.fromhex(x) for x in self.content["start"][end]] for end in ("low", "high"))
        for k in range(self.size):
            least, most = self._reach(k)
            is_halved = k == self.content["mirror"]
            if not (arb(high[k]) >= most and (low[k] == 0 if is_halved else arb(low[k]) <= least)):
                raise _WrongCertificate("the start box may miss solutions")
        used = self._check_tree([arb(a).union(arb(b)) for a, b in zip(low, high, strict=True)])
        if self.content["mirror"] is not None:
            self._check_mirror(used)
        if len(self.roots) != self.content["count"]:
            raise _WrongCertificate("the count is not the number of enclosures")

    def _reach(self, k: int) -> tuple[arb, arb]:
        """Bounds of the right-hand side of row k for all outputs; end by end, because a ball's radius is rounded."""
        least = most = self.bias[k]
        floors = [arb(int(kind == "logistic") - 1) for kind in self.kinds]
        terms = [*zip(self.weights[k], floors, strict=True), *((c, floors[k]) for c in self.cubic[k])]
        for coefficient, floor in terms:
            least += coefficient.min(coefficient * floor)
            most += coefficient.max(coefficient * floor)
        return least, most

    # ---- functions

    def _phi(self, k: int, x: arb) -> arb:
        ends = [self._phi_at(k, arb(end)) for end in (x.lower(), x.upper())]
        return ends[0].union(ends[1])

    def _phi_at(self, k: int, x: arb) -> arb:
        return x.tanh() if self.kinds[k] == "tanh" else (1 + (x / 2).tanh()) / 2

    def _slope(self, k: int, x: arb) -> arb:
        if self.kinds[k] == "logistic":
            t = _interval_tanh(x / 2)
            return (1 - _square(t)) / 4
        return 1 - _square(_interval_tanh(x))

    def _sensitivity(self, v: Box) -> list[list[arb]]:
        """W + diag(K v²) + 2 diag(v) K diag(v)."""
        if self.is_plain:
            return self.weights
        table = [
            [self.weights[i][j] + 2 * v[i] * self.cubic[i][j] * v[j] for j in range(self.size)]
            for i in range(self.size)
        ]
        for i in range(self.size):
            table[i][i] += sum((self.cubic[i][j] * _square(v[j]) for j in range(self.size)), arb(0))
        return table

    def _right_hand_side(self, v: Box) -> Box:
        if self.is_plain:
            image = self.weight_matrix * arb_mat(self.size, 1, v)
            return [b + image[i, 0] for i, b in enumerate(self.bias)]
        squares = [_square(x) for x in v]
        return [
            self.bias[i]
            + sum((w * x for w, x in zip(self.weights[i], v, strict=True)), arb(0))
            + v[i] * sum((c * s for c, s in zip(self.cubic[i], squares, strict=True)), arb(0))
            for i in range(self.size)
        ]

    def _jacobian(self, box: Box) -> arb_mat:
        v = [self._phi(k, x) for k, x in enumerate(box)]
        slopes = [self._slope(k, x) for k, x in enumerate(box)]
        table = self._sensitivity(v)
        return arb_mat([[int(i == j) - table[i][j] * slopes[j] for j in range(self.size)] for i in range(self.size)])

    # ---- enclosures

    def _check_roots(self) -> None:
        for entry in self.content["equilibria"]:
            middle = [arb(float.fromhex(x)) for x in entry["middle"]]
            radius = [float.fromhex(x) for x in entry["radius"]]
            box = [m + arb(0, r) for m, r in zip(middle, radius, strict=True)]
            inverse = _middle(_middle(self._jacobian(middle)).inv())
            rest = _identity(self.size) - inverse * self._jacobian(box)
            value = self._right_hand_side([self._phi_at(k, m) for k, m in enumerate(middle)])
            shift = inverse * arb_mat(self.size, 1, [m - f for m, f in zip(middle, value, strict=True)])
            spread = rest * arb_mat(self.size, 1, [arb(0, r) for r in radius])
            for k in range(self.size):
                if not abs(spread[k, 0] - shift[k, 0]) < arb(radius[k]):
                    raise _WrongCertificate(f"enclosure {len(self.roots)} is not proved to hold one solution")
            self.roots.append(box)
            self.inverses.append(inverse)
        order = sorted(range(len(self.roots)), key=lambda i: float(self.roots[i][0].lower()))
        for place, i in enumerate(order):
            for j in order[place + 1 :]:
                if self.roots[j][0] > self.roots[i][0]:
                    break
                if all(a.overlaps(b) for a, b in zip(self.roots[i], self.roots[j], strict=True)):
                    raise _WrongCertificate(f"enclosures {i} and {j} overlap")

    def _is_alone(self, box: Box, root: int) -> bool:
        """Whether the hull of a box and an enclosure holds no second solution: |I - C J| w < w."""
        hull = [a.union(b) for a, b in zip(box, self.roots[root], strict=True)]
        product = self.inverses[root] * self._jacobian(hull)
        size = [[abs(int(i == j) - product[i, j]).upper() for j in range(self.size)] for i in range(self.size)]
        weight = [1.0] * self.size
        for _ in range(6):
            image = [sum(float(a) * w for a, w in zip(row, weight, strict=True)) for row in size]
            largest = max(image) + 1e-300
            if not largest < 1e100:
                return False
            weight = [x / largest + 1e-3 for x in image]
        exact = [arb(w) for w in weight]
        return all(
            sum((a * w for a, w in zip(row, exact, strict=True)), arb(0)) < exact[i] for i, row in enumerate(size)
        )

    # ---- parts

    def _check_tree(self, start: Box) -> set[int]:
        nodes, used = self.content["tree"], set()
        stack: list[tuple[int, Box]] = [(0, start)]
        seen: set[int] = set()
        while stack:
            number, box = stack.pop()
            if number in seen:
                raise _WrongCertificate("the parts of the box are not a tree")
            seen.add(number)
            node = nodes[number]
            contracted = self._contracted(box, 1)
            if node[0] == "split":
                _, unknown, place, low_part, high_part = node
                cut = arb(float.fromhex(place))
                pieces = (
                    (low_part, _interval_of(start[unknown].lower(), cut)),
                    (high_part, _interval_of(cut, start[unknown].upper())),
                )
                for part, piece in pieces:
                    if contracted is not None and contracted[unknown].overlaps(piece):
                        narrowed = contracted[unknown].intersection(piece)
                        stack.append((part, [*contracted[:unknown], narrowed, *contracted[unknown + 1 :]]))
                continue
            root = int(node[1]) if node[0] == "settled" else None
            if root is not None:
                used.add(root)
            if node[0] not in ("settled", "empty"):
                raise _WrongCertificate("a part of the box was not finished")
            self.parts += 1
            if contracted is not None:
                self._check_part(contracted, root, DEEPEST)
        return used

    def _check_part(self, box: Box, root: int | None, depth: int) -> None:
        """Every solution in the box is the named one."""
        for _ in range(ROUNDS):
            if root is not None and self._is_alone(box, root):
                return
            width = sum(float(x.rad()) for x in box)
            contracted = self._contracted(box, 1)
            if contracted is None:
                return
            box = contracted
            if sum(float(x.rad()) for x in box) > 0.8 * width:
                break
        if depth == 0:
            raise _WrongCertificate("a part of the box may hold a further solution")
        self.cuts += 1
        widths = [float(self._phi(k, x).rad()) for k, x in enumerate(box)]
        k = max(range(self.size), key=widths.__getitem__)
        middle = arb(box[k].mid())
        for piece in (_interval_of(box[k].lower(), middle), _interval_of(middle, box[k].upper())):
            self._check_part([*box[:k], piece, *box[k + 1 :]], root, depth - 1)

    def _contracted(self, box: Box, rounds: int) -> Box | None:
        """A smaller box with the same solutions, or None where there is none."""
        for _ in range(rounds):
            v = [self._phi(k, x) for k, x in enumerate(box)]
            narrowed = _meet(box, self._right_hand_side(v))
            if narrowed is None:
                return None
            box = narrowed
            narrowed = _meet(box, self._linearised(box))
            if narrowed is None:
                return None
            box = narrowed
        return box

    def _linearised(self, box: Box) -> Box:
        """Image by x = C a + C G r + (I - C (I - G S)) x; φ(x) = S x + r, and a + G v holds the right-hand side."""
        v = [self._phi(k, x) for k, x in enumerate(box)]
        centre = [arb(x.mid()) for x in v]
        spread = [x - c for x, c in zip(v, centre, strict=True)]
        gain, value = self._sensitivity(centre), self._right_hand_side(centre)
        lines = [self._line(k, x) for k, x in enumerate(box)]
        size, constant = self.size, []
        linear = arb_mat(gain) * arb_mat(size, 1, centre)
        for i in range(size):
            constant.append(value[i] - linear[i, 0])
            if self.is_plain:
                continue
            squares = sum((self.cubic[i][j] * _square(spread[j]) for j in range(size)), arb(0))
            change = sum((self.cubic[i][j] * (_square(v[j]) - centre[j] * centre[j]) for j in range(size)), arb(0))
            constant[i] += centre[i] * squares + spread[i] * change
        matrix = arb_mat([[int(i == j) - gain[i][j] * lines[j][0] for j in range(size)] for i in range(size)])
        try:
            inverse = _middle(_middle(matrix).inv())
        except ZeroDivisionError:
            return box
        image = inverse * arb_mat(size, 1, constant)
        image += (inverse * arb_mat(gain)) * arb_mat(size, 1, [rest for _, rest in lines])
        image += (_identity(size) - inverse * matrix) * arb_mat(size, 1, box)
        return [image[k, 0] for k in range(size)]

    def _line(self, k: int, x: arb) -> tuple[arb, arb]:
        """A slope s and the range of φ(x) - s x."""
        if self.kinds[k] == "logistic":
            slope, rest = _tanh_line(x / 2)
            return slope / 4, (1 + rest) / 2
        return _tanh_line(x)

    def _check_mirror(self, used: set[int]) -> None:
        """The other half holds the mirror images, which must be listed too."""
        if any(kind != "tanh" for kind in self.kinds) or not all(b.is_zero() for b in self.bias):
            raise _WrongCertificate("the equations are not odd")
        for root in used:
            image = [-x for x in self.roots[root]]
            twins = [
                k for k, box in enumerate(self.roots) if all(a.overlaps(b) for a, b in zip(image, box, strict=True))
            ]
            if not any(self._is_alone(image, k) for k in twins):
                raise _WrongCertificate(f"the mirror image of enclosure {root} is not listed")


def _identity(size: int) -> arb_mat:
    return arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])


def _middle(matrix: arb_mat) -> arb_mat:
    return arb_mat(matrix.nrows(), matrix.ncols(), [arb(entry.mid()) for entry in matrix.entries()])


def _square(x: arb) -> arb:
    return arb(0).union(x.abs_upper() * x.abs_upper()) if x.contains(0) else x * x


def _tanh_line(x: arb) -> tuple[arb, arb]:
    """A slope and the range of tanh x - slope x: extremes at the ends, and where the derivative is the slope."""
    low, high = float(x.lower()), float(x.upper())
    bottom, top = math.tanh(low), math.tanh(high)
    slope = (top - bottom) / (high - low) if high - low > 1e-9 else 1 - bottom * bottom
    slope = min(max(slope, 0.0), 1.0)
    if 0 < slope < 1:
        touch = math.atanh(math.sqrt(1 - slope)) if slope > 1e-15 else 20.0
        peak, level = math.tanh(touch) - slope * touch, bottom - slope * low
        if low < -touch and touch < high:
            # A steeper line leaves half of the rest where both branches bulge over the chord.
            slope = min(slope + min((level + peak) / (high + touch), (peak - level) / (touch - low)), 1.0)
    exact = arb(slope)
    ends = [arb(end).tanh() - exact * arb(end) for end in (x.lower(), x.upper())]
    total = ends[0].union(ends[1])
    tangent = (1 - exact).sqrt()
    touches = tangent.atanh() if 0 < slope < 1 else arb(0)
    peaks = tangent - exact * touches
    if slope > 0 and x.overlaps(touches):
        total = total.union(peaks)
    if slope > 0 and x.overlaps(-touches):
        total = total.union(-peaks)
    return exact, total


def _interval_tanh(x: arb) -> arb:
    return arb(x.lower()).tanh().union(arb(x.upper()).tanh())


def _interval_of(low: arb, high: arb) -> arb:
    return low.union(high)


def _meet(box: Box, image: Box) -> Box | None:
    if not all(a.overlaps(b) for a, b in zip(box, image, strict=True)):
        return None
    return [a.intersection(b) for a, b in zip(box, image, strict=True)]
