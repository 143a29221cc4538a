"""Formulas as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dynsym.tensors.formulas.nodes import children

__all__ = ["index_name", "latex", "written"]

Node = tuple[Any, ...]
_GREEK = {
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "pi"),
    *("rho", "sigma", "tau", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma"),
    *("Phi", "Psi", "Omega"),
}


def written(node: Node) -> str:
    """One line of text, as a user would type it."""
    return _text(node, _binder_names(node, {}))


def latex(node: Node) -> str:
    """LaTeX of the same formula."""
    return _tex(node, _binder_names(node, {}))


def index_name(label: str) -> str:
    """How an index is shown: indices of products over a sort (%0N) bear the sort's name in small letters."""
    return label.lstrip("%0123456789").lower() if label.startswith("%") else label


def _binder_names(node: Node, names: dict[str, str]) -> dict[str, str]:
    """Readable names k1, k2, … of bound indices, in the order in which they are met."""
    if node[0] == "total":
        names.setdefault(node[1], f"k{len(names) + 1}")
    elif node[0] == "array":
        for label in node[1]:
            names.setdefault(label, f"k{len(names) + 1}")
    for child in children(node):
        _binder_names(child, names)
    return names


def _sum(parts: list[str]) -> str:
    text = parts[0]
    for part in parts[1:]:
        text += f" - {part[1:]}" if part.startswith("-") else f" + {part}"
    return text


def _wrapped(node: Node, show: Callable[[Node], str], *, within: tuple[str, ...] = ("add",)) -> str:
    text = show(node)
    return f"({text})" if node[0] in within or text.startswith("-") else text


def _text(node: Node, names: dict[str, str]) -> str:
    def show(child: Node) -> str:
        return _text(child, names)

    def labels(given: tuple[str, ...]) -> str:
        return ", ".join(names.get(label, index_name(label)) for label in given)

    operation, *rest = node
    if operation in ("number", "scalar", "size", "tensor"):
        return str(rest[0])
    if operation == "add":
        return _sum([show(part) for part in rest[0]])
    if operation == "times":
        parts = sorted(rest[0], key=lambda part: part[0] != "number")
        if parts[0] == ("number", "-1") and len(parts) > 1:
            return "-" + "*".join(_wrapped(part, show) for part in parts[1:])
        return "*".join(_wrapped(part, show) for part in parts)
    if operation == "matmul":
        return " @ ".join(_wrapped(part, show, within=("add", "times")) for part in rest)
    if operation == "transpose":
        return f"{_wrapped(rest[0], show, within=('add', 'times', 'matmul'))}.T"
    if operation == "entry":
        return f"{_wrapped(rest[0], show, within=('add', 'times', 'matmul'))}[{labels(rest[1])}]"
    if operation == "delta":
        return f"delta({labels(tuple(rest))})"
    if operation == "total":
        return f"total({rest[1]}, {labels((rest[0],))}: {show(rest[2])})"
    if operation == "array":
        return f"array(({', '.join(_sort(name) for name in rest[1])}), {labels(rest[0])}: {show(rest[2])})"
    if operation == "derivative":
        convention = "" if rest[2] == "free" else f", convention={rest[2]!r}"
        return f"derivative({show(rest[0])}, {rest[1]}{convention})"
    if operation == "at":
        return f"at_point({show(rest[0])}, {', '.join(f'{name} = {show(value)}' for name, value in rest[1])})"
    if operation in ("identity", "ones"):
        return f"{operation}({', '.join(map(_sort, [rest[0]] if isinstance(rest[0], str) else rest[0]))})"
    return f"{operation}({', '.join(show(part) for part in rest)})"


def _sort(name: str) -> str:
    return "UNIT" if name == "1" else name


def _name(name: str) -> str:
    stem = name.rstrip("0123456789")
    head, _, tail = stem.partition("_")
    base = f"\\{head}" if head in _GREEK else (head if len(head) == 1 else rf"\mathrm{{{head}}}")
    low = ",".join(part.replace("_", r"\_") for part in (tail, name[len(stem) :]) if part)
    return f"{base}_{{{low}}}" if low else base


def _tex(node: Node, names: dict[str, str]) -> str:
    def show(child: Node) -> str:
        return _tex(child, names)

    def wrapped(child: Node, *within: str) -> str:
        text = show(child)
        return rf"\left({text}\right)" if child[0] in within or text.startswith("-") else text

    def labels(given: tuple[str, ...]) -> str:
        return " ".join(_name(names.get(label, index_name(label))) for label in given)

    operation, *rest = node
    if operation == "number":
        numerator, _, denominator = rest[0].partition("/")
        return rf"\tfrac{{{numerator}}}{{{denominator}}}" if denominator else numerator
    if operation in ("scalar", "size", "tensor"):
        return _name(rest[0])
    if operation == "identity":
        return rf"I_{{{rest[0]}}}"
    if operation == "ones":
        return r"\mathbf{1}"
    if operation == "add":
        return _sum([show(part) for part in rest[0]])
    if operation == "times":
        parts = sorted(rest[0], key=lambda part: part[0] != "number")
        sign = parts[0] == ("number", "-1") and len(parts) > 1
        return ("-" if sign else "") + r"\,".join(wrapped(part, "add") for part in parts[sign:])
    if operation == "matmul":
        return r"\,".join(wrapped(part, "add") for part in rest)
    if operation == "hadamard":
        return r" \odot ".join(wrapped(part, "add", "matmul") for part in rest)
    if operation == "transpose":
        return wrapped(rest[0], "add", "times", "matmul", "hadamard") + r"^{\top}"
    if operation == "trace":
        return rf"\operatorname{{tr}}\left({show(rest[0])}\right)"
    if operation == "diagonal_matrix":
        return rf"\operatorname{{diag}}\left({show(rest[0])}\right)"
    if operation == "diagonal_of":
        return rf"\operatorname{{diagonal}}\left({show(rest[0])}\right)"
    if operation == "entry":
        return rf"\left[{show(rest[0])}\right]_{{{labels(rest[1])}}}"
    if operation == "delta":
        return rf"\delta_{{{labels(tuple(rest))}}}"
    if operation == "total":
        return rf"\sum_{{{labels((rest[0],))}}}^{{{rest[1]}}} {wrapped(rest[2], 'add')}"
    if operation == "array":
        return rf"\left[{show(rest[2])}\right]_{{{labels(rest[0])}}}"
    if operation == "at":
        values = r",\,".join(f"{_name(name)} = {show(value)}" for name, value in rest[1])
        return rf"\left.{show(rest[0])}\right|_{{{values}}}"
    return rf"\frac{{\partial {show(rest[0])}}}{{\partial {_name(rest[1])}}}"
