"""The map of areas: tiles that fill their rectangle, labels that fit, the same bytes for the same areas."""

import struct

import pytest

from bot.reports.map import HEIGHT, WIDTH, Spot, _broken, _label, _wide, draw
from bot.reports.squarify import Tile, squarify


def test_the_example_of_the_paper():
    tiles = squarify([6, 6, 4, 3, 2, 2, 1], Tile(0, 0, 6, 4))
    shown = [tuple(round(side, 2) for side in tile) for tile in tiles]
    assert shown[:4] == [(0, 0, 3, 2), (0, 2, 3, 2), (3, 0, 1.71, 2.33), (4.71, 0, 1.29, 2.33)]
    assert sum(tile.width * tile.height for tile in tiles) == pytest.approx(24)


@pytest.mark.parametrize("sizes", [[], [5.0], [1.0] * 7, [1000.0, 1.0, 1.0, 0.001]])
def test_tiles_keep_to_their_sizes_and_do_not_leave_the_rectangle(sizes):
    within = Tile(10, 20, 300, 100)
    tiles = squarify(sizes, within)
    assert len(tiles) == len(sizes)
    for size, tile in zip(sizes, tiles, strict=True):
        assert tile.width * tile.height == pytest.approx(size / sum(sizes) * 30_000)
        assert tile.x >= 10 - 1e-9
        assert tile.y >= 20 - 1e-9
        assert tile.x + tile.width <= 310 + 1e-6
        assert tile.y + tile.height <= 120 + 1e-6


def test_labels_break_where_a_reader_would_and_never_overflow():
    assert _broken("src/flask (its own files)", 12, 90) == ["src/flask", "(its own", "files)"]
    assert _broken("scrapy/downloadermiddlewares", 12, 90) == []
    lines, size = _label(Spot("scrapy/downloadermiddlewares", "scrapy", 1, "dim", "worse"), 90, 60)
    assert lines[0].startswith("▼ down")
    assert lines[0].endswith("…")
    assert _wide(lines[0], size) <= 90
    assert _label(Spot("src/auth", "src", 1, "lit"), 8, 8) is None


def test_the_same_areas_make_the_same_picture():
    areas = [
        Spot("src/auth", "src", 900, "dim", "worse"),
        Spot("src/pay", "src", 500, "lit"),
        Spot("$x^2$", "", 3, "dark"),
    ]
    png = draw(areas, "The areas of $shop$, 2026-W12")
    assert png == draw(list(reversed(areas)), "The areas of $shop$, 2026-W12")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (WIDTH, HEIGHT)
    assert len(png) < 200_000
    assert draw([], "The areas of nothing yet")[:4] == b"\x89PNG"
