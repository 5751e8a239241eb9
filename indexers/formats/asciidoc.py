"""AsciiDoc by its lines: `==` and underlined titles, delimited blocks, attributes, comments.

= git-log(1)              → heading, level 1
NAME                      → heading, level 2 (underlined, as older documents have them)
----
:source-highlighter: x    → no text
----                      → a solid block, up to the next such line
$ git log
----
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexers.formats.page import Block, Page, cover, lines_of

_ATX = re.compile(r"^(={1,6}|#{1,6})\s+(\S.*?)(?:\s+\1)?\s*$")
_UNDERLINE = re.compile(r"^(=+|-+|~+|\^+|\++)\s*$")
_LEVELS = "=-~^+"
_DELIMITER = re.compile(r"^(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--|```.*|[|,:!]={3,})\s*$")
_OPEN = frozenset("=*_")  # delimiters around text that is read like the rest
_SILENT = re.compile(
    r"^(?:://|//(?!/)|:!?[\w-]+!?:(?:\s|$)|\[\[.*\]\]\s*$|\[[^\]]*\]\s*$|(?:ifdef|ifndef|ifeval|endif|include|toc)::)",
)
_WORD = re.compile(r"\w")
_TERM = re.compile(r"^\S.*(?:::+|;;)\s*$")


def parse(text: str) -> Page:
    """The page; anything that is not AsciiDoc comes out as paragraphs."""
    lines = lines_of(text)
    return Page("", cover(list(_blocks(lines)), lines))


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
            continue
        heading = _heading(lines, at)
        if heading:
            yield heading
            at = heading.line_end
            continue
        delimiter = _DELIMITER.match(line)
        if delimiter and line[0] not in _OPEN and line.rstrip() != "--":
            end = _closing(lines, at)
            body = "\n".join(text.rstrip() for text in lines[at:end])
            yield Block(at + 1, end, "" if line[0] == "/" else body, solid=True)
        elif delimiter or _SILENT.match(line):
            end = at + 1
            yield Block(at + 1, end, "")
        else:
            end = _end(lines, at)
            body = "\n".join(text.rstrip() for text in lines[at:end])
            yield Block(at + 1, end, body if _WORD.search(body) else "")
        at = end


def _heading(lines: Sequence[str], at: int) -> Block | None:
    atx = _ATX.match(lines[at])
    if atx:
        return Block(at + 1, at + 1, plain(atx[2]), level=len(atx[1]))
    if at + 1 >= len(lines):
        return None
    title, under = lines[at].rstrip(), _UNDERLINE.match(lines[at + 1])
    if not under or not _WORD.search(title) or title[0].isspace() or abs(len(under[1]) - len(title)) > 1:
        return None
    if len(title) < 2 or _SILENT.match(title):
        return None
    return Block(at + 1, at + 2, plain(title), level=_LEVELS.index(under[1][0]) + 1)


def _closing(lines: Sequence[str], at: int) -> int:
    """Where the delimited block that opens at `at` ends (exclusive); an unclosed one ends at its paragraph."""
    fence = "```" if lines[at].startswith("```") else lines[at].rstrip()
    for number in range(at + 1, len(lines)):
        if lines[number].rstrip() == fence:
            return number + 1
    return _end(lines, at)


def _end(lines: Sequence[str], at: int) -> int:
    """The end (exclusive) of the paragraph at `at`; the term of a description list takes its text along."""
    end = at + 1
    while end < len(lines) and lines[end].strip():
        if (
            _DELIMITER.match(lines[end])
            or _heading(lines, end)
            or (_TERM.match(lines[end]) and not _terms(lines, at, end))
        ):
            break
        end += 1
    return end


def _terms(lines: Sequence[str], at: int, end: int) -> bool:
    """Whether everything from `at` to `end` is a run of terms that share one description."""
    return all(_TERM.match(line) for line in lines[at:end])


def plain(heading: str) -> str:
    """A heading's words without anchors, macros and quote marks."""
    text = re.sub(r"\[\[.*?\]\]|\{[\w-]+\}", "", heading)
    text = re.sub(r"(?:link|xref|linkgit|https?):[^\s\[]*\[([^\]]*)\]", r"\1", text)
    return re.sub(r"\s+", " ", text.replace("`", "").replace("**", "").replace("__", "")).strip() or heading.strip()
