"""Draws how often what was said came true: a point a bar of the calibration curve, against the line of the honest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import Mistake

if TYPE_CHECKING:
    from knowledge.proof.backtest import Calibration

SIDE_INCHES = 5.0
LOW = 8  # percent, below which a number stands above its point
FORMATS = (".png", ".svg", ".pdf")


def draw(name: str, found: Calibration, target: Path) -> None:
    """Write the picture of a repository's calibration to `target`.

    Raises:
        Mistake: the ending of `target` is none of FORMATS.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    if target.suffix.lower() not in FORMATS:
        raise Mistake(f"{target.name} is no picture I can draw", f"Let it end in {', '.join(FORMATS)}.")
    figure = Figure(figsize=(SIDE_INCHES, SIDE_INCHES), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    said = [100 * one.said for one in found.curve]
    seen = [100 * one.seen for one in found.curve]
    axes.plot([0, 100], [0, 100], color="#999999", linewidth=1, linestyle="--")
    axes.plot(said, seen, color="#c76b00", linewidth=2, marker="o", markersize=6)
    for x, y, one in zip(said, seen, found.curve, strict=True):
        beside = (8, -12 if y > LOW else 6)
        axes.annotate(f"{one.cases:,}", (x, y), beside, textcoords="offset points", fontsize=8, color="#555555")
    axes.set_xlabel("it said: active here within 180 days (%)")
    axes.set_ylabel("it came true (%)")
    axes.set_title(f"{name}: {found.cases:,} cases, skill {found.skill:.2f}, off by {100 * found.error:.1f} points")
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_aspect("equal")
    axes.grid(visible=True, color="#eeeeee")
    figure.savefig(target, dpi=150)
