"""The map of areas as a picture: a tile an area, the larger the more there is to know, lit, dim or dark.

The three colours differ in lightness, so that they are told apart on any screen, by everybody, and in print.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from bot.reports.squarify import Tile, squarify

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bot.reports.weekly import Report

WIDTH, HEIGHT, DPI = 1200, 750, 100  # pixels; Slack shows it at about a third to a half of that
PAPER, INK = "#fbf8f1", "#2b2636"
COLOURS: Mapping[str, tuple[str, str]] = {  # tile and words on it
    "lit": ("#ffd45c", "#3a2f12"),
    "dim": ("#b86a28", "#ffffff"),
    "dark": ("#352f47", "#e9e4f5"),
}
WORDS = {"lit": "lit: held by enough people", "dim": "dim: one left, or fading", "dark": "dark: nobody is active"}
SIZES = (19, 17, 15, 13, 12, 11, 10)  # of labels, in points at 100 dpi: 11 is still read in a preview
SQUEEZE = 0.6  # size ** this: a giant leaves room for the others
LINE = 1.22  # height of a line, of the font size


class Spot(NamedTuple):
    """An area as the map shows it."""

    title: str
    group: str  # the top directory, shared with its neighbours
    size: float  # lines, or files where no lines are known
    state: str
    mark: str = ""  # worse, better, or nothing


def picture(report: Report) -> bytes:
    """The map of a report as PNG."""
    return draw(spots(report), f"The areas of {report.subject}, {report.week}")


def spots(report: Report) -> list[Spot]:
    """The areas of a report, in a stable order."""
    marks = {(e.repo, e.risk.area): e.risk.mark for e in (*report.entries, *report.improved)}
    found = []
    for repo, area in report.survey:
        top = area.path.partition("/")[0] if area.path else ""
        group = f"{repo}/{top}".rstrip("/") if report.several else top
        mark = marks.get((repo, area.key), "")
        size = area.regeneration.lines or area.files * 60
        found.append(Spot(area.title, group, max(1.0, size), area.state, "worse" if mark == "new" else mark))
    return found


def draw(areas: Sequence[Spot], title: str) -> bytes:
    """A PNG of WIDTH × HEIGHT pixels; the same areas make the same bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    _text(figure, 24, 40, title, 20, INK, weight="bold")
    _legend(figure, areas)
    for tile, spot in _laid(areas, Tile(20, 58, WIDTH - 40, HEIGHT - 58 - 68)):
        _draw(figure, tile, spot)
    out = BytesIO()
    figure.savefig(out, format="png", dpi=DPI, facecolor=PAPER, metadata={"Software": None})
    return out.getvalue()


def _laid(areas: Sequence[Spot], within: Tile) -> list[tuple[Tile, Spot]]:
    """Groups side by side, and in each its areas."""
    groups: dict[str, list[Spot]] = {}
    for spot in areas:
        groups.setdefault(spot.group, []).append(spot)
    order = sorted(groups.values(), key=lambda group: (-sum(map(_size, group)), group[0].group))
    laid = []
    for tile, group in zip(squarify([sum(map(_size, group)) for group in order], within), order, strict=True):
        inner = tile.shrunk(2.5, 2.5, 2.5, 2.5)
        ranked = sorted(group, key=lambda spot: (-_size(spot), spot.title))
        laid += list(zip(squarify([_size(spot) for spot in ranked], inner), ranked, strict=True))
    return laid


def _size(spot: Spot) -> float:
    return float(spot.size**SQUEEZE)


def _draw(figure: Figure, tile: Tile, spot: Spot) -> None:
    fill, ink = COLOURS[spot.state]
    inner = tile.shrunk(1.2, 1.2, 1.2, 1.2)
    _rectangle(figure, inner, fill)
    upright = inner.height > 2 * inner.width and inner.width < 70  # a narrow tile is read from below
    width, height = (inner.height, inner.width) if upright else (inner.width, inner.height)
    found = _label(spot, width - 12, height - 6)
    if found is None:
        return
    lines, size = found
    for number, line in enumerate(lines):
        down = 5 + (number + 0.82) * _line(size)
        if upright:
            _text(figure, inner.x + down, inner.y + inner.height - 7, line, size, ink, turned=90)
        else:
            _text(figure, inner.x + 7, inner.y + down, line, size, ink)


def _label(spot: Spot, width: float, height: float) -> tuple[list[str], float] | None:
    """The lines of a label and their size: the whole title as large as it fits, else its end, else its beginning."""
    arrow = {"worse": "▼ ", "better": "▲ ", "resolved": "▲ "}.get(spot.mark, "")
    short = spot.title.removesuffix(" (its own files)").rpartition("/")[2]
    for words in (spot.title, short):
        for size in SIZES:
            lines = _broken(arrow + words, size, width)
            if lines and len(lines) * _line(size) <= height:
                return lines, size
    for size in SIZES if arrow else ():
        lines = _broken(short, size, width)
        if lines and (len(lines) + 1) * _line(size) <= height:
            return [arrow.strip(), *lines], size
    smallest = SIZES[-1]
    for length in range(len(short) - 1, 2, -1):
        cut = f"{arrow}{short[:length]}…"
        if _wide(cut, smallest) <= width and _line(smallest) <= height:
            return [cut], smallest
    fits = arrow and _wide(arrow.strip(), smallest) <= width and _line(smallest) <= height
    return ([arrow.strip()], smallest) if fits else None


def _line(size: float) -> float:
    """Pixels from line to line."""
    return size * LINE * DPI / 72


def _broken(words: str, size: float, width: float) -> list[str]:
    """The words in lines that fit, broken after slashes and blanks; none when they do not fit."""
    pieces = [piece for part in words.split(" ") for piece in _pieces(part)]
    lines = [""]
    for piece in pieces:
        if _wide(lines[-1] + piece.rstrip(), size) <= width:
            lines[-1] += piece
        elif _wide(piece.rstrip(), size) <= width and lines[-1].strip() not in {"▼", "▲"}:
            lines.append(piece)
        else:
            return []
    return [line.rstrip() for line in lines if line.strip()]


def _pieces(part: str) -> list[str]:
    cut = [f"{piece}/" for piece in part.split("/")]
    return [*cut[:-1], cut[-1][:-1] + " "]


@cache
def _wide(text: str, size: float) -> float:
    """Pixels that a line takes."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    if not text.strip():
        return 0.0
    path = TextPath((0, 0), text, size=size, prop=FontProperties(family="DejaVu Sans"))
    return float(path.get_extents().width) * DPI / 72


def _legend(figure: Figure, areas: Sequence[Spot]) -> None:
    states = [spot.state for spot in areas]
    x, y = 24.0, HEIGHT - 37.0
    for state, (fill, _) in COLOURS.items():
        words = f"{states.count(state)} {WORDS[state]}"
        _rectangle(figure, Tile(x, y - 16, 19, 19), fill)
        _text(figure, x + 26, y, words, 15, INK)
        x += 26 + _wide(words, 15) + 30
    small = "▼ darker  ▲ lighter than before · the larger, the more there is to know (small ones enlarged)"
    _text(figure, 24, HEIGHT - 10, small, 12.5, "#6b6478")


def _rectangle(figure: Figure, tile: Tile, fill: str) -> None:
    from matplotlib.patches import Rectangle

    corner = (tile.x / WIDTH, 1 - (tile.y + tile.height) / HEIGHT)
    shape = Rectangle(corner, tile.width / WIDTH, tile.height / HEIGHT, facecolor=fill, edgecolor="none")
    shape.set_transform(figure.transFigure)
    figure.add_artist(shape)


def _text(
    figure: Figure, x: float, y: float, words: str, size: float, ink: str, *, weight: str = "normal", turned: int = 0
) -> None:
    """Words whose baseline begins at pixel (x, y); never read as mathematics."""
    figure.text(
        x / WIDTH, 1 - y / HEIGHT, words, fontsize=size, color=ink, weight=weight, family="DejaVu Sans",
        parse_math=False, va="baseline", ha="left", rotation=turned, rotation_mode="anchor",
    )  # fmt: skip
