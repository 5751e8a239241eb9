"""Tiles of given sizes in a rectangle, as square as can be: Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Tile(NamedTuple):
    """A rectangle; y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    def shrunk(self, left: float, top: float, right: float, bottom: float) -> Tile:
        """What is left inside these margins; never less than nothing."""
        width, height = max(0.0, self.width - left - right), max(0.0, self.height - top - bottom)
        return Tile(self.x + left, self.y + top, width, height)


def squarify(sizes: Sequence[float], within: Tile) -> list[Tile]:
    """A tile for each size, in their order; sizes are positive and should fall, the tiles fill `within`."""
    whole = sum(sizes)
    scale = within.width * within.height / whole if whole else 0.0
    tiles: list[Tile] = []
    row: list[float] = []
    left = within
    for size in sizes:
        area = size * scale
        side = min(left.width, left.height)
        if row and _worst([*row, area], side) > _worst(row, side):
            laid, left = _lay(row, left)
            tiles += laid
            row = []
        row.append(area)
    return [*tiles, *_lay(row, left)[0]] if row else tiles


def _worst(row: Sequence[float], side: float) -> float:
    """The highest aspect ratio of a row along `side` (eq. of section 3.1)."""
    whole = sum(row)
    if not whole or not side:
        return float("inf")
    return max(side * side * max(row) / (whole * whole), whole * whole / (side * side * min(row)))


def _lay(row: Sequence[float], left: Tile) -> tuple[list[Tile], Tile]:
    """A row along the shorter side of what is left, and what is left after it."""
    whole = sum(row)
    tiles = []
    if left.width >= left.height:
        width, y = whole / left.height if left.height else 0.0, left.y
        for area in row:
            height = area / width if width else 0.0
            tiles.append(Tile(left.x, y, width, height))
            y += height
        return tiles, Tile(left.x + width, left.y, max(0.0, left.width - width), left.height)
    height, x = whole / left.width, left.x
    for area in row:
        width = area / height if height else 0.0
        tiles.append(Tile(x, left.y, width, height))
        x += width
    return tiles, Tile(left.x, left.y + height, left.width, max(0.0, left.height - height))
