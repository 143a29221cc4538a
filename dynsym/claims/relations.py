"""Relations and their combinations as text: ``a < b``, ``0 < k <= 1 and w1*w2 = s``, ``a > 0 => b > 0``.

Weakest first: ``<=>`` or ``iff``, ``=>`` or ``implies``, ``or``, ``and``, ``not``; then the comparisons ``=`` (or
``==``), ``!=``, ``<``, ``<=``, ``>``, ``>=``, which may be chained. Between them stand the expressions of model files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import sympy
from sympy import Expr
from sympy.logic.boolalg import Boolean

from dynsym._expressions import parse
from dynsym.errors import LimitError, ModelParseError

__all__ = ["formula_text", "read_formula"]

MAX_LENGTH: Final = 20_000
MAX_DEPTH: Final = 40

_CONNECTIVES: Final[tuple[tuple[re.Pattern[str], Callable[..., Boolean]], ...]] = (
    (re.compile(r"<=>|\biff\b"), sympy.Equivalent),
    (re.compile(r"(?<![<>=!])=>|\bimplies\b"), sympy.Implies),
    (re.compile(r"\bor\b|\|\|?"), sympy.Or),
    (re.compile(r"\band\b|&&?"), sympy.And),
)
_COMPARISON: Final = re.compile(r"<=|>=|==|!=|<|>|=|≤|≥|≠")
_ANY_RELATION: Final = re.compile(r"[<>=≤≥≠]")
_NOT: Final = re.compile(r"\s*(?:not\b|~)")
_RELATIONS: Final[dict[str, Callable[[Expr, Expr], Boolean]]] = {
    "<": sympy.Lt,
    "<=": sympy.Le,
    "≤": sympy.Le,
    ">": sympy.Gt,
    ">=": sympy.Ge,
    "≥": sympy.Ge,
    "=": sympy.Eq,
    "==": sympy.Eq,
    "!=": sympy.Ne,
    "≠": sympy.Ne,
}


def read_formula(text: str, scope: Mapping[str, Expr], *, where: str = "formula") -> Boolean:
    """The formula of a text; its expressions are read by dynsym's own parser."""
    if len(text) > MAX_LENGTH:
        raise LimitError(f"{where} has {len(text)} characters; at most {MAX_LENGTH} are read. Split it into parts.")
    return _read(text, scope, where, 0)


def formula_text(formula: Boolean | Expr) -> str:
    """A formula as a text that `read_formula` reads back."""
    from dynsym._expressions import to_text

    if formula in (sympy.true, sympy.false):
        return "0 = 0" if formula == sympy.true else "0 = 1"
    if isinstance(formula, sympy.core.relational.Relational):
        sign = {"==": "=", "!=": "!="}.get(formula.rel_op, formula.rel_op)
        return f"{to_text(formula.lhs)} {sign} {to_text(formula.rhs)}"
    if isinstance(formula, sympy.Not):
        return f"not ({formula_text(formula.args[0])})"
    for kind, word in ((sympy.And, "and"), (sympy.Or, "or"), (sympy.Implies, "=>"), (sympy.Equivalent, "<=>")):
        if isinstance(formula, kind):
            parts = formula.args if kind is sympy.Implies else sorted(formula.args, key=sympy.default_sort_key)
            return f" {word} ".join(_grouped(part) for part in parts)
    return to_text(formula)


def _grouped(formula: Boolean) -> str:
    text = formula_text(formula)
    return text if isinstance(formula, sympy.core.relational.Relational | sympy.Not) else f"({text})"


def _read(text: str, scope: Mapping[str, Expr], where: str, depth: int) -> Boolean:
    if depth > MAX_DEPTH:
        raise LimitError(f"{where} nests more than {MAX_DEPTH} parentheses. Split it into parts.")
    for pattern, combine in _CONNECTIVES:
        parts = _split(text, pattern)
        if len(parts) > 1:
            read = [_read(part, scope, where, depth + 1) for part in parts]
            if combine is sympy.Implies:
                total = read[-1]
                for part in reversed(read[:-1]):
                    total = sympy.Implies(part, total)
                return total
            return combine(*read)
    if match := _NOT.match(text):
        return sympy.Not(_read(text[match.end() :], scope, where, depth + 1))
    stripped = text.strip()
    if _is_enclosed(stripped) and _ANY_RELATION.search(stripped):
        return _read(stripped[1:-1], scope, where, depth + 1)
    if stripped in {"true", "false"} and stripped not in scope:
        return sympy.true if stripped == "true" else sympy.false
    return _comparison(stripped, scope, where)


def _comparison(text: str, scope: Mapping[str, Expr], where: str) -> Boolean:
    signs = [match[0] for match in _places(text, _COMPARISON)]
    if not signs:
        raise ModelParseError(
            f"{where}: {text[:80]!r} is no relation; an equation or an inequality is needed. Write, for example, a > 0."
        )
    sides = [parse(side, scope, where=where) for side in _split(text, _COMPARISON)]
    return sympy.And(*(_RELATIONS[s](a, b) for s, a, b in zip(signs, sides[:-1], sides[1:], strict=True)))


def _places(text: str, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    """Where a pattern stands outside of parentheses."""
    levels, level = [], 0
    for letter in text:
        level += {"(": 1, ")": -1}.get(letter, 0)
        levels.append(level)
    return [match for match in pattern.finditer(text) if levels[match.start()] == 0]


def _split(text: str, pattern: re.Pattern[str]) -> list[str]:
    parts, start = [], 0
    for match in _places(text, pattern):
        parts.append(text[start : match.start()])
        start = match.end()
    return [*parts, text[start:]]


def _is_enclosed(text: str) -> bool:
    """Whether the first parenthesis closes at the very end."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    level = 0
    for k, letter in enumerate(text):
        level += {"(": 1, ")": -1}.get(letter, 0)
        if level == 0:
            return k == len(text) - 1
    return False
