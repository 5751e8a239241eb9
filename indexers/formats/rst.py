"""reStructuredText by its lines: section adornments, directives, literal blocks, comments.

.. _rollback:             → no text (a link target)

Rolling back              → heading; its level is the place of `-` in the order of first appearance
------------

.. code-block:: sh        → a solid block with all that is indented under it

    make rollback
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexers.formats.page import Block, Page, cover, lines_of

_ADORNMENT = re.compile(r"^([!-/:-@\[-`{-~])\1+\s*$")
_DIRECTIVE = re.compile(r"^\s*\.\.\s+(?:\|[^|]+\|\s+)?[\w:+.-]+::")
_EXPLICIT = re.compile(r"^\s*\.\.(?:\s|$)")
_TARGET = re.compile(r"^\s*(?:\.\.\s+_[^:]*:|__\s)")
_NOTE = re.compile(r"^\s*\.\.\s+\[[^\]]+\]\s")  # a footnote or citation
_ROLE = re.compile(r":[\w:+.-]+:`([^`]*)`")
_EMBEDDED = re.compile(r"`([^`<]*?)\s*<[^<>`]*>`_{0,2}")
_SOLID = re.compile(
    r"^\s*\.\.\s+(?:code|code-block|sourcecode|parsed-literal|literalinclude|math|productionlist|ipython|csv-table"
    r"|list-table|table|prompt|highlight)::",
)
_FIELD = re.compile(r"^:[\w -]+:(?:\s|$)")  # `:orphan:` and its like, at the top of a page
_NO_TEXT = re.compile(r"^\s*\.\.\s+(?:highlight|meta|index|default-domain|currentmodule|module|image|raw)::")


def parse(text: str) -> Page:
    """The page; anything that is not reStructuredText comes out as paragraphs."""
    lines = lines_of(text)
    styles: list[tuple[str, bool]] = []
    return Page("", cover(list(_blocks(lines, styles)), lines))


def _blocks(lines: Sequence[str], styles: list[tuple[str, bool]]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        heading = _heading(lines, at, styles)
        if heading:
            yield heading
            at = heading.line_end
            continue
        end = _end(lines, at, styles)
        yield _body(lines, at, end)
        at = end


def _heading(lines: Sequence[str], at: int, styles: list[tuple[str, bool]]) -> Block | None:
    """The section title that begins at line `at` (0-based), if one does."""
    over = _ADORNMENT.match(lines[at])
    title_at = at + 1 if over else at
    if title_at + 1 >= len(lines):
        return None
    title, under = lines[title_at], _ADORNMENT.match(lines[title_at + 1])
    if not under or not title.strip() or _ADORNMENT.match(title) or (not over and title[0].isspace()):
        return None
    width = len(lines[title_at + 1].rstrip())
    if over and (over[1] != under[1] or len(lines[at].rstrip()) != width):
        return None
    if width < min(len(title.rstrip()), 4) or _EXPLICIT.match(title):
        return None
    style = (under[1], bool(over))
    if style not in styles:
        styles.append(style)
    return Block(at + 1, title_at + 2, plain(title), level=styles.index(style) + 1)


def _end(lines: Sequence[str], at: int, styles: list[tuple[str, bool]]) -> int:
    """Where the block that begins at `at` ends (exclusive): its paragraph, and all that is indented under it."""
    indent = _indent(lines[at])
    literal = bool(_EXPLICIT.match(lines[at]))
    end = at + 1
    while end < len(lines) and lines[end].strip() and _indent(lines[end]) >= indent:
        if not literal and indent == 0 and _heading(lines, end, list(styles)):
            return end
        if literal and _indent(lines[end]) == indent:
            return end
        end += 1
    if literal or lines[end - 1].rstrip().endswith("::"):
        end = _indented(lines, end, indent)
    return end


def _indented(lines: Sequence[str], start: int, indent: int) -> int:
    end = start
    for number in range(start, len(lines)):
        if lines[number].strip():
            if _indent(lines[number]) <= indent:
                break
            end = number + 1
    return end


def _body(lines: Sequence[str], at: int, end: int) -> Block:
    first = lines[at]
    text = "\n".join(line.rstrip() for line in lines[at:end])
    explicit = _EXPLICIT.match(first)
    silent = bool(
        (explicit and not _DIRECTIVE.match(first) and not _NOTE.match(first))
        or _TARGET.match(first)
        or _NO_TEXT.match(first)
        or not re.search(r"\w", text)
        or (at == 0 and all(_FIELD.match(line) for line in lines[at:end]))
    )
    solid = bool(_SOLID.match(first)) or (not explicit and first.rstrip().endswith("::")) or _is_table(first)
    return Block(at + 1, end, "" if silent else text, solid=solid)


def _is_table(line: str) -> bool:
    return bool(re.match(r"^\s*(?:\+[-=+]+\+|=+(?:\s+=+)+)\s*$", line))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def plain(heading: str) -> str:
    """A heading's words without roles, links and literal marks."""
    text = _EMBEDDED.sub(r"\1", _ROLE.sub(r"\1", heading))
    return re.sub(r"\s+", " ", text.replace("``", "").replace("`_", "").replace("`", "").replace("**", "")).strip()
