"""Plain text: paragraphs, under headings only where a line is underlined.

Installing        → heading, level 1 for `=`, 2 for anything else
==========
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexers.formats.page import Block, Page, cover, lines_of

_UNDERLINE = re.compile(r"^([=\-~*#^])\1{2,}\s*$")
_WORD = re.compile(r"\w")


def parse(text: str) -> Page:
    """The page; any text is one."""
    lines = lines_of(text)
    return Page("", cover(list(_blocks(lines)), lines))


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    start: int | None = None
    number = 0
    while number < len(lines):
        line = lines[number]
        if _is_heading(lines, number):
            if start is not None:
                yield _paragraph(lines, start, number)
            start = None
            yield Block(number + 1, number + 2, line.strip(), level=1 if lines[number + 1][0] == "=" else 2)
            number += 2
            continue
        if line.strip():
            start = number if start is None else start
        elif start is not None:
            yield _paragraph(lines, start, number)
            start = None
        number += 1
    if start is not None:
        yield _paragraph(lines, start, number)


def _is_heading(lines: Sequence[str], number: int) -> bool:
    if number + 1 >= len(lines) or not _UNDERLINE.match(lines[number + 1]):
        return False
    title = lines[number].strip()
    alone = number == 0 or not lines[number - 1].strip()
    width = len(lines[number + 1].rstrip())
    return alone and bool(_WORD.search(title)) and len(title) <= 100 and abs(width - len(lines[number].rstrip())) <= 3


def _paragraph(lines: Sequence[str], start: int, end: int) -> Block:
    text = "\n".join(line.rstrip() for line in lines[start:end])
    return Block(start + 1, end, text if _WORD.search(text) else "")
