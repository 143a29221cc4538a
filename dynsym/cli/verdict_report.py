"""Verdicts as one HTML page: formulas as MathML, counterexamples, corrections, arguments."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sympy

from dynsym._expressions import parse
from dynsym.claims import Verdict
from dynsym.claims.relations import read_formula
from dynsym.claims.verdict import counterexample_text
from dynsym.cli.texts import cut
from dynsym.errors import DynsymError
from dynsym.io.html import Markup, badge, details, page, paragraph, section, table, text
from dynsym.io.mathml import display
from dynsym.results.storage import write_bytes

__all__ = ["verdict_report"]

LONGEST_FORMULA = 400
STEPS_SHOWN = 40


def verdict_report(verdicts: Sequence[Verdict], path: str | os.PathLike[str]) -> Path:
    """Write the verdicts as one HTML file that loads nothing."""
    counted = Counter(verdict.verdict for verdict in verdicts)
    words = ", ".join(f"{number} {word}" for word, number in counted.items())
    rows = [[verdict.id, badge(verdict.verdict), verdict.scope, verdict.reason[:160]] for verdict in verdicts]
    parts = [
        Markup("<h1>Verdicts on claims</h1>"),
        paragraph(f"{len(verdicts)} claims: {words}.", kind="lead"),
        table(["claim", "verdict", "scope", "reason"], rows),
        *(_claim(verdict) for verdict in verdicts),
    ]
    return write_bytes(page("dynsym: verdicts", *parts).encode(), Path(path))


def _claim(verdict: Verdict) -> Markup:
    parts: list[object] = [paragraph(verdict.statement), paragraph(badge(verdict.verdict), " ", verdict.scope)]
    if verdict.source:
        parts.append(paragraph(verdict.source, kind="soft"))
    parts.append(_formula(verdict.goal))
    if verdict.reason:
        parts.append(paragraph(verdict.reason))
    if verdict.counterexample:
        parts.append(paragraph("Counterexample: ", counterexample_text(verdict.counterexample, 40)))
    if verdict.corrected:
        parts += [paragraph("Corrected, and proved:"), _formula(verdict.corrected)]
    if verdict.hypotheses:
        parts.append(paragraph(f"Used: {'; '.join(verdict.hypotheses)}", kind="soft"))
    for note in verdict.notes:
        parts.append(paragraph(note, kind="soft"))
    steps = [_step(step) for step in verdict.argument[:STEPS_SHOWN]]
    if steps:
        parts.append(details(f"argument by {verdict.method or 'no method'}: {len(verdict.argument)} steps", *steps))
    parts.append(paragraph(f"{verdict.seconds:.2f} s", kind="soft"))
    return section(verdict.id, *parts)


def _step(step: Mapping[str, Any]) -> Markup:
    rows = [[key, Markup(f"<code>{text(cut(str(value), 1500))}</code>")] for key, value in step.items()]
    return table(["", ""], rows)


def _formula(words: str) -> Markup:
    """A formula drawn as one, where the words are one; the words elsewhere."""
    value = _read(words) if len(words) <= LONGEST_FORMULA else None
    if value is None or value in (sympy.true, sympy.false):
        return paragraph(Markup(f"<code>{text(words)}</code>"))
    return Markup(f'<div class="formula">{display(value)}</div>')


def _read(words: str) -> sympy.Basic | None:
    """The expression of words that `dynsym` printed, with equations left as they are."""
    try:
        if words.count(" = ") == 1 and not set("<>!") & set(words):
            left, right = (parse(side, {}, declare=True) for side in words.split(" = "))
            return sympy.Eq(left, right, evaluate=False)
        names = sorted(set(_names(words)))
        return read_formula(words, {name: sympy.Symbol(name, real=True) for name in names})
    except DynsymError:
        return None


def _names(words: str) -> list[str]:
    letters = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in words)
    return [word for word in letters.split() if word.isidentifier() and word not in {"and", "or", "not", "iff"}]
