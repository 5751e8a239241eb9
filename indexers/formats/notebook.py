r"""Jupyter notebooks, cell by cell, with the lines of the JSON file so that a citation leads to the cell.

{"cells": [
  {"cell_type": "markdown", "source": ["# Churn\\n", "What we measured"]},   → read as Markdown
  {"cell_type": "code", "source": ["model.fit(x)"], "outputs": […]}          → a solid block, outputs dropped
]}
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator
from json import JSONDecoder
from typing import Any

from indexers.formats import markdown
from indexers.formats.page import Block, Page, lines_of


def parse(text: str) -> Page:
    """The page; a file that is no notebook is a page without blocks."""
    text = "\n".join(lines_of(text))
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        return Page("", ())
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        return Page("", ())
    spans = _cell_lines(text, len(cells))
    blocks = [block for cell, span in zip(cells, spans, strict=False) for block in _cell(cell, span)]
    return Page(_title(notebook), tuple(blocks))


def _title(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    title = metadata.get("title") if isinstance(metadata, dict) else None
    return title.strip() if isinstance(title, str) else ""


def _cell(cell: Any, span: tuple[int, int]) -> Iterator[Block]:
    if not isinstance(cell, dict):
        return
    source = cell.get("source", "")
    text = "".join(part for part in source if isinstance(part, str)) if isinstance(source, list) else source
    if not isinstance(text, str) or not text.strip():
        return
    if cell.get("cell_type") == "markdown":
        for block in markdown.parse(text).blocks:
            yield block._replace(line_start=span[0], line_end=span[1])
    elif cell.get("cell_type") == "code":
        yield Block(*span, "\n".join(lines_of(text)).strip("\n"), solid=True)
    else:
        yield Block(*span, "\n".join(lines_of(text)).strip("\n"))


def _cell_lines(text: str, count: int) -> list[tuple[int, int]]:
    """First and last line of each cell, found by decoding the items of the array `cells` one after the other."""
    breaks = [place for place, letter in enumerate(text) if letter == "\n"]
    decoder = JSONDecoder()
    at = _array_start(text, decoder)
    spans: list[tuple[int, int]] = []
    while at is not None and len(spans) < count:
        start = _skip(text, at)
        _, end = decoder.raw_decode(text, start)
        spans.append((bisect_right(breaks, start) + 1, bisect_right(breaks, end - 1) + 1))
        at = _skip(text, end) + 1
    return spans


def _array_start(text: str, decoder: JSONDecoder) -> int | None:
    """Just behind the bracket that opens the last top-level `cells`, which is the one that JSON readers keep."""
    at = _skip(text, 0) + 1
    found = None
    while text[_skip(text, at)] == '"':
        name, end = decoder.raw_decode(text, _skip(text, at))
        value = _skip(text, _skip(text, end) + 1)
        if name == "cells":
            found = value + 1
        at = _skip(text, decoder.raw_decode(text, value)[1])
        if text[at] != ",":
            break
        at += 1
    return found


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\n\r":
        at += 1
    return at
