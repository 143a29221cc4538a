"""Pictures as PNG files, without a display."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["write_picture"]

DOTS_PER_INCH = 150


def write_picture(draw: Callable[[Any], Any], path: Path, *, size: tuple[float, float] = (6.4, 4.4)) -> Path:
    """Draw on fresh axes and write them, whole or not at all."""
    from matplotlib.figure import Figure

    from dynsym.results.storage import write_bytes

    figure = Figure(figsize=size, layout="constrained")
    draw(figure.add_subplot())
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH)
    return write_bytes(buffer.getvalue(), path)
