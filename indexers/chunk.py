"""Long text → passages: by heading, 900 to 1,500 characters, cut where a reader would pause. Pure.

    # Deploying            → "Deploying"                  (lines 1–3)
    Every merge deploys.
    ## Rolling back        → "Deploying › Rolling back"   (lines 4–…, in several passages when it is long)

Every section keeps a passage of its own, however short, so that its heading can be found. A heading with nothing but
sub-headings under it joins the passage of the first of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from indexers.formats.page import Block, Page, title_of
from knowledge.model import Passage, PassageKind
from knowledge.store.database import storable

SEPARATOR = " › "

_CRUMB = 200  # characters that do not stand alone: what follows a long block goes with it
_HEADING_LIMIT = 160  # characters of one heading in a title
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+")
_SPACE = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True, slots=True)
class Size:
    """Characters of a passage: as many as a small embedding model reads in one go, and enough to stand alone.

    Text up to `high` is one passage. Longer text is cut into even parts, so that the last is no crumb; a solid block
    is torn only when it alone is longer than `solid`.
    """

    high: int = 1500
    solid: int = 2200


def passage(
    kind: PassageKind, path: str, lines: tuple[int, int], title: str, text: str, *, symbol: str = ""
) -> Passage:
    """A passage with its content hash: BLAKE2b (16 bytes, hex) of kind, title and text."""
    title, text = storable(title), storable(text)
    content = f"{kind}\0{title}\0{text}".encode()
    digest = blake2b(content, digest_size=16).hexdigest()
    return Passage(kind, path, lines[0], lines[1], title, text, symbol, digest)


def passages(page: Page, path: str, kind: PassageKind = "doc", size: Size | None = None) -> Iterator[Passage]:
    """The passages of a page, in the order of the file; spans never run backwards."""
    for title, blocks in _sections(page, path):
        start = blocks[0].line_start
        bodies = [block for block in blocks if not block.level]
        if not any(block.text for block in bodies):
            heading = max(blocks, key=lambda block: (bool(block.level), block.line_start))
            yield passage(kind, path, (start, blocks[-1].line_end), title, heading.text)
            continue
        for part in cut(bodies, size or Size()):
            yield passage(kind, path, (min(start, part[0].line_start), part[-1].line_end), title, joined(part))
            start = part[-1].line_end + 1


def _sections(page: Page, path: str) -> Iterator[tuple[str, list[Block]]]:
    """Title path and blocks of every section, its heading's block first (or that of an empty parent heading)."""
    name = title_of(page, path)
    above: list[Block] = []
    held: list[Block] = []
    for block in page.blocks:
        if block.level:
            if any(other.text and not other.level for other in held) or (above and block.level <= above[-1].level):
                yield _title(name, above), held
                held = []
            above = [*(other for other in above if other.level < block.level), block]
        held.append(block)
    if any(block.text for block in held):
        yield _title(name, above), held


def _title(name: str, above: Sequence[Block]) -> str:
    headings = [block.text[:_HEADING_LIMIT] for block in above]
    if headings and headings[0].casefold() == name.casefold():
        headings = headings[1:]
    return SEPARATOR.join([name, *headings])


def joined(blocks: Sequence[Block]) -> str:
    """The text of neighbouring blocks, a blank line between those that had one."""
    text = ""
    last = 0
    for block in blocks:
        if block.text:
            glue = " " if block.goes_on else "\n" if block.line_start == last + 1 else "\n\n"
            text = f"{text}{glue}{block.text}" if text else block.text
            last = block.line_end
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def cut(blocks: Sequence[Block], size: Size) -> list[list[Block]]:
    """Blocks in even parts of at most `size.high` characters, torn only where a single block is longer."""
    pieces = [piece for block in blocks for piece in split(block, size)]
    total = sum(len(piece.text) for piece in pieces)
    if total <= size.high:
        return [pieces] if pieces else []
    goal = total / -(-total // size.high)
    parts: list[list[Block]] = [[]]
    held = 0
    for piece in pieces:
        grown = held + len(piece.text)
        limit = size.solid if piece.solid else size.high
        if held and piece.text and (grown > limit or (not piece.solid and grown - goal > goal - held)):
            parts.append([])
            held = 0
        parts[-1].append(piece)
        held += len(piece.text)
    return _without_crumbs(parts)


def _without_crumbs(parts: list[list[Block]]) -> list[list[Block]]:
    kept = parts[:1]
    for part in parts[1:]:
        if sum(len(piece.text) for piece in part) < _CRUMB:
            kept[-1] = [*kept[-1], *part]
        else:
            kept.append(part)
    return kept


def split(block: Block, size: Size) -> list[Block]:
    """The block itself, or its parts where it is too long: at blank lines, outer lines, any lines, sentences."""
    if len(block.text) <= (size.solid if block.solid else size.high):
        return [block]
    lines = block.text.split("\n")
    spread = (block.line_end - block.line_start + 1) / len(lines)  # 1 where the text is the file's own
    parts = []
    before = -1
    for start, end, text in split_lines(lines, size.high):
        first, last = (block.line_start + int(place * spread) for place in (start, end))
        parts.append(Block(first, last, text, solid=block.solid, goes_on=start == before))
        before = end
    return parts


def split_lines(lines: Sequence[str], high: int) -> Iterator[tuple[int, int, str]]:
    """Parts of at most `high` characters: (first, last line as indices, text). Long single lines are cut in them."""
    total = sum(len(line) + 1 for line in lines)
    if total > high:  # even parts, with some room to choose the border
        high = min(high, int(1.15 * total / -(-total // high)) + 1)
    held: list[tuple[int, str]] = []
    length = 0
    for atom in _atoms(lines, high):
        while held and length + len(atom[1]) > high:
            border = _border(held, high)
            yield from _part(held[:border])
            held = held[border:]
            length = sum(len(text) + 1 for _, text in held)
        held.append(atom)
        length += len(atom[1]) + 1
    yield from _part(held)


def _atoms(lines: Sequence[str], high: int) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines):
        if len(line) <= high:
            yield number, line
            continue
        rest = line
        while len(rest) > high:
            ends = [match.end() for match in _SENTENCE_END.finditer(rest, high // 2, high)] or [
                match.end() for match in _SPACE.finditer(rest, high // 2, high)
            ]
            at = ends[-1] if ends else high
            yield number, rest[:at].rstrip()
            rest = rest[at:]
        if rest.strip():
            yield number, rest.rstrip()


def _border(held: Sequence[tuple[int, str]], high: int) -> int:
    """Where to cut what is held: in its later half, before a line that follows a blank one or stands furthest left."""
    best, best_cost = len(held), (2, 1 << 30)
    length = 0
    for place, (_, text) in enumerate(held):
        if place and length >= high // 2 and text.strip():
            cost = (0 if not held[place - 1][1].strip() else 1, len(text) - len(text.lstrip()))
            if cost <= best_cost:
                best, best_cost = place, cost
        length += len(text) + 1
    return best


def _part(held: Sequence[tuple[int, str]]) -> Iterator[tuple[int, int, str]]:
    filled = [place for place, (_, text) in enumerate(held) if text.strip()]
    if filled:
        kept = held[filled[0] : filled[-1] + 1]
        yield kept[0][0], kept[-1][0], "\n".join(text for _, text in kept)
