"""A document as its reader sees it: a title and blocks in the order of the file, each with its lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

# Characters at which `str.splitlines` would break a line and git would not, and others that no store likes.
_CONTROLS = dict.fromkeys((0, 11, 12, 28, 29, 30, 133, 8232, 8233), " ") | {0x0D: None, 0xFEFF: None}
_CONTENTS = frozenset({"index", "_index", "home"})  # their first heading is a title, also with others beside it
_FOLDER_PAGES = frozenset({"index", "readme", "home", "_index", "default"})


class Block(NamedTuple):
    """A heading, a paragraph, a list item, a code block: what should stay together when a page is cut.

    Lines start at 1 and include both ends. An empty `text` is something that nobody would search for (a comment, a
    link definition): its lines still belong to the passage around them.
    """

    line_start: int
    line_end: int
    text: str
    level: int = 0  # 1… for a heading, whose `text` is the heading without its markup; 0 for everything else
    solid: bool = False  # code, tables: not torn apart when that can be avoided
    goes_on: bool = False  # the rest of a line of which the block before holds the beginning


class Page(NamedTuple):
    """A parsed document. `title` is what the document itself says (front matter, `<title>`), else empty."""

    title: str
    blocks: tuple[Block, ...]


def lines_of(text: str) -> list[str]:
    """The lines as git and editors count them: by line feeds alone, without carriage returns and other controls."""
    lines = text.translate(_CONTROLS).split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines


def title_of(page: Page, path: str) -> str:
    """What people would call the page: its own title, its one top heading, or the words of its file name."""
    if page.title:
        return page.title
    headings = [block for block in page.blocks if block.level]
    stem = PurePosixPath(path).name.split(".")[0]
    if headings:
        top = min(block.level for block in headings)
        first = headings[0]
        alone = sum(block.level == top for block in headings) == 1
        if first.level == top and (alone or stem.lower() in _CONTENTS):
            return first.text
    return _words(path, stem)


def _words(path: str, stem: str) -> str:
    folder = PurePosixPath(path).parent.name
    if stem.lower() in _FOLDER_PAGES and folder:
        stem = folder
    return stem.replace("-", " ").replace("_", " ").strip() or path


def cover(blocks: Sequence[Block], lines: Sequence[str], first: int = 1) -> tuple[Block, ...]:
    """The blocks, with text-less ones in between, so that every non-blank line from line `first` on is in a block."""
    covered: list[Block] = []
    at = first
    for block in blocks:
        covered.extend(_gap(lines, at, block.line_start - 1))
        covered.append(block)
        at = max(at, block.line_end + 1)
    covered.extend(_gap(lines, at, len(lines)))
    return tuple(covered)


def _gap(lines: Sequence[str], start: int, end: int) -> list[Block]:
    filled = [number for number in range(start, end + 1) if lines[number - 1].strip()]
    return [Block(filled[0], filled[-1], "")] if filled else []
