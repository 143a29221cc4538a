"""Draw the floors of the package and which floor imports which: ``python docs/architecture_picture.py``.

The order of the floors is that of the import rules in pyproject.toml; rooms and imports are read from the sources. The
picture has no numbers, so that it changes when the structure does, and only then.
"""

import ast
import re
import tomllib
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "dynsym"
PICTURE = ROOT / "docs" / "_static" / "architecture.svg"

ROW, CELL, NAMES, ROOMS, MARGIN, HEAD = 46, 24, 118, 560, 16, 96
INK, FAINT, BAND, DOT = "#1f2933", "#616e7c", "#eef2f6", "#1f6f8b"


def floors():
    """The floors from the top, as names of folders and files; floors side by side follow each other."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(rule["layers"] for rule in rules if rule["type"] == "layers")
    return [name for layer in layers for name in re.findall(r"dynsym\.(\w+)", layer)]


def rooms_of(floor):
    """The folders inside a floor, or else its files."""
    folder = PACKAGE / floor
    rooms = sorted(path.parent.name for path in folder.glob("*/__init__.py"))
    files = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    return rooms or files


def imported_by(floor):
    """The floors that a floor imports, whatever the place of the statement."""
    files = [PACKAGE / f"{floor}.py"] if (PACKAGE / f"{floor}.py").exists() else (PACKAGE / floor).rglob("*.py")
    found = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dynsym"):
                parts = node.module.split(".")
                found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
    return found - {floor}


def lines_of(rooms, width=92):
    """The names of rooms in at most two lines of similar length."""
    whole = " · ".join(rooms)
    if len(whole) <= width:
        return [whole]
    cut = next(k for k in range(len(rooms)) if len(" · ".join(rooms[: k + 1])) > min(width, len(whole) / 2))
    first, second = " · ".join(rooms[:cut]), " · ".join(rooms[cut:])
    return [first, second if len(second) <= width else second[: width - 2] + " …"]


def text(x, y, content, *, size=13, colour=INK, weight="normal", more=""):
    """One line of text."""
    style = f'font-size="{size}" fill="{colour}" font-weight="{weight}"'
    return f'<text x="{x}" y="{y}" {style} {more}>{escape(content)}</text>'


def picture():
    """The picture as SVG."""
    names = floors()
    left = MARGIN + NAMES + ROOMS
    width, height = left + CELL * len(names) + 2 * MARGIN, HEAD + ROW * len(names) + MARGIN
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" role="img">',
        "<title>The floors of dynsym and their imports</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        text(MARGIN, 28, "Floors, from what a user meets down to the ground", size=15, weight="bold"),
        text(
            MARGIN,
            50,
            "A dot: the floor of the row imports the floor of the column. All dots lie right of the",
            colour=FAINT,
        ),
        text(MARGIN, 68, "diagonal: nothing imports upward.", colour=FAINT),
    ]
    for k, floor in enumerate(names):
        top, known = HEAD + ROW * k, imported_by(floor)
        drawn.append(
            f'<rect x="{MARGIN}" y="{top}" width="{width - 2 * MARGIN}" height="{ROW - 6}" rx="4" fill="{BAND}"/>'
        )
        drawn.append(text(MARGIN + 10, top + 25, floor, weight="bold"))
        lines = lines_of(rooms_of(floor))
        first = top + (25 if len(lines) == 1 else 17)
        drawn += [text(MARGIN + NAMES, first + 16 * n, line, size=11.5, colour=FAINT) for n, line in enumerate(lines)]
        centre = left + CELL * (k + 0.5)
        turned = f'transform="rotate(-60 {centre} {HEAD - 10})"'
        drawn.append(text(centre, HEAD - 10, floor, size=11, colour=FAINT, more=turned))
        for column, other in enumerate(names):
            x, y = left + CELL * (column + 0.5), top + (ROW - 6) / 2
            if column == k:
                drawn.append(f'<rect x="{x - 4}" y="{y - 4}" width="8" height="8" fill="#cbd2d9"/>')
            elif other in known:
                drawn.append(f'<circle cx="{x}" cy="{y}" r="5" fill="{DOT}"/>')
    return "\n".join([*drawn, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    print(PICTURE.relative_to(ROOT))
