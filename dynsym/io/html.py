"""Pieces of a page: escaped text, tables, figures, badges, and the page itself, which loads nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Markup", "badge", "figure", "page", "paragraph", "section", "table", "text"]

SVG_LIMIT = 600_000
"""A vector picture larger than this many bytes is written as pixels."""


class Markup(str):
    """Text that is HTML already."""


def text(value: object) -> Markup:
    """A value as HTML: markup as it is, all else escaped."""
    return value if isinstance(value, Markup) else Markup(escape("" if value is None else str(value)))


def paragraph(*parts: object, kind: str = "") -> Markup:
    """A paragraph; `kind` is its class."""
    return Markup(
        f'<p class="{escape(kind)}">{"".join(map(text, parts))}</p>' if kind else f"<p>{''.join(map(text, parts))}</p>"
    )


def badge(word: str) -> Markup:
    """How sure something is, as a coloured word."""
    sure = {"proved": "sure", "certified": "sure", "both agree": "sure", "refuted": "broken", "they differ": "broken"}
    sure |= dict.fromkeys(("undecided", "lower bound", "continuum", "vacuous"), "open")
    return Markup(f'<span class="badge {sure.get(word, "numeric")}">{escape(word)}</span>')


def table(head: Sequence[object], rows: Iterable[Sequence[object]], *, numbers: Sequence[int] = ()) -> Markup:
    """A table that scrolls sideways on a narrow screen; columns `numbers` are set to the right."""

    def cells(tag: str, values: Sequence[object]) -> str:
        mark = [' class="number"' if i in numbers else "" for i in range(len(values))]
        return "".join(f"<{tag}{kind}>{text(value)}</{tag}>" for kind, value in zip(mark, values, strict=True))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return Markup(
        f'<div class="wide"><table><thead><tr>{cells("th", head)}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def section(title: str, *parts: object) -> Markup:
    """A section with its heading; nothing if there are no parts."""
    body = "".join(map(text, parts))
    return Markup(f"<section><h2>{escape(title)}</h2>{body}</section>" if body else "")


def details(summary: object, *parts: object) -> Markup:
    """Parts that are folded away."""
    return Markup(f"<details><summary>{text(summary)}</summary>{''.join(map(text, parts))}</details>")


def figure(draw: Callable[[Axes], object], caption: object, *, size: tuple[float, float], describe: str) -> Markup:
    """A picture inside the page: vector if small, else pixels."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "dynsym", "font.size": 10}):
        drawing = Figure(figsize=size, layout="constrained")
        draw(drawing.add_subplot())
        kind, content = "svg+xml", _rendered(drawing, "svg")
        if len(content) > SVG_LIMIT:
            kind, content = "png", _rendered(drawing, "png")
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    wide = ' class="broad"' if size[0] > 6 else ""
    image = f'<img{wide} alt="{escape(describe, quote=True)}" src="{source}">'
    return Markup(f'<figure><div class="plate">{image}</div><figcaption>{text(caption)}</figcaption></figure>')


def _rendered(drawing: object, kind: str) -> bytes:
    from matplotlib.figure import Figure

    assert isinstance(drawing, Figure)
    buffer = BytesIO()
    metadata = {"Date": None} if kind == "svg" else {}
    drawing.savefig(buffer, format=kind, dpi=170, facecolor="white", metadata=metadata)
    return buffer.getvalue()


def page(title: str, *parts: object) -> str:
    """A whole page in one file: no scripts, no fonts, no addresses; its policy forbids loading any."""
    body = "".join(map(text, parts))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )


_STYLE = """
:root { color-scheme: light dark; --ink: #1a1a1a; --soft: #5c5c5c; --paper: #fdfdfc; --card: #ffffff; --line: #dcdcd8;
  --sure: #0b5c3d; --sure-back: #dff2e8; --open: #7a4b00; --open-back: #fbecd0; --broken: #8c2300;
  --broken-back: #fbe0d6; --numeric: #2c4a6e; --numeric-back: #e1ebf6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e6; --soft: #a5a5a2; --paper: #16171a; --card: #1e2024;
  --line: #383a40; --sure: #8fe0b8; --sure-back: #12382a; --open: #f3c77c; --open-back: #40300f; --broken: #f6a68c;
  --broken-back: #45190d; --numeric: #a9c9ef; --numeric-back: #1b2d42; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI",
  Roboto, "Helvetica Neue", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0.5rem 0 0.2rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 0.6rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 0.3rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
.soft, figcaption, summary { color: var(--soft); font-size: 0.92rem; }
.lead { font-size: 1.08rem; }
ul { padding-left: 1.2rem; margin: 0.5rem 0; }
li { margin: 0.35rem 0; }
code { font: 0.88em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin: 0.8rem 0; border: 1px solid var(--line); border-radius: 6px;
  background: var(--card); }
table { border-collapse: collapse; width: 100%; font-size: 0.93rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.45rem 0.7rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
td:first-child { white-space: nowrap; }
th { font-weight: 600; white-space: nowrap; color: var(--soft); }
tbody tr:last-child td { border-bottom: 0; }
.number { text-align: right; white-space: nowrap; }
figure { margin: 1rem 0; }
.plate { overflow-x: auto; }
figure .broad { min-width: 30rem; }
td math { math-style: normal; }
figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; background: #fff;
  border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem; }
figcaption { margin-top: 0.4rem; text-align: center; }
.formula { overflow-x: auto; overflow-y: hidden; padding: 0.6rem 0.8rem; margin: 0.8rem 0;
  border: 1px solid var(--line); border-radius: 6px; background: var(--card); }
math { font-size: 1.06em; }
math[display="block"] { margin: 0.2rem 0; }
mtd { padding: 0.3em 0.25em; }
.badge { display: inline-block; padding: 0.05rem 0.5rem; border-radius: 999px; font-size: 0.82rem; font-weight: 600;
  white-space: nowrap; color: var(--numeric); background: var(--numeric-back); }
.badge.sure { color: var(--sure); background: var(--sure-back); }
.badge.open { color: var(--open); background: var(--open-back); }
.badge.broken { color: var(--broken); background: var(--broken-back); }
details { margin: 0.6rem 0; }
summary { cursor: pointer; }
@media (max-width: 34rem) { body { font-size: 15px; } h1 { font-size: 1.5rem; } th, td { padding: 0.4rem 0.5rem; } }
@media print { body { background: #fff; } section { break-inside: avoid; } }
"""
