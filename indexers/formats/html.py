"""HTML by the standard library's parser: headings, paragraphs, list items, `pre`; scripts, styles, menus dropped."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from indexers.formats.page import Block, Page, cover, lines_of

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SILENT = frozenset({"script", "style", "template", "nav", "svg", "noscript", "iframe", "select", "button", "head"})
_BREAKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ],
) | set(_HEADINGS)
_CELLS = frozenset({"td", "th"})
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\w")


def parse(text: str) -> Page:
    """The page; text without any tag is one paragraph."""
    lines = lines_of(text)
    reader = _Reader()
    try:
        reader.feed(_tame("\n".join(lines)))
        reader.close()
    except AssertionError:  # the parser's own word for "<![" and what follows it; all before that is read
        reader.flush()
    return Page(reader.title, cover(reader.blocks, lines))


def _tame(text: str) -> str:
    """Markup that the parser gets through: unclosed tags and comments cost it the square of their number."""
    if text.count("<!--") > text.count("-->") + 100 or text.count("<") > text.count(">") + 1000:
        return text.replace("<!--", " ").replace("<", " ")
    return text


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.blocks: list[Block] = []
        self._silent: list[str] = []
        self._in_title = False
        self._level = 0
        self._pre = 0
        self._text: list[str] = []
        self._start = 0
        self._end = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  (the base's)
        if tag == "title":
            self._in_title = not self.title
        if tag in _SILENT:
            self.flush()
            self._silent.append(tag)
        elif tag == "br":
            self._text.append("\n" if self._pre else " ")
        elif tag in _CELLS and self._text:
            self._text.append(" | ")
        elif tag in _BREAKS:
            self.flush()
            self._level = _HEADINGS.get(tag, 0)
            self._pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if tag in self._silent:
            while self._silent.pop() != tag:
                pass
        elif tag in _BREAKS and tag not in _CELLS:
            self.flush()
            self._level = 0
            if tag == "pre":
                self._pre = max(0, self._pre - 1)

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title = _SPACES.sub(" ", self.title + data).strip()
        if self._silent or (not data.strip() and not self._text):
            return
        line = self.getpos()[0]
        lead = len(data) - len(data.lstrip())
        if not self._text:
            self._start = line + data[:lead].count("\n")
        self._end = line + data.rstrip().count("\n")
        self._text.append(data)

    def close(self) -> None:
        super().close()
        self.flush()

    def flush(self) -> None:
        """End the block that is being read."""
        raw, self._text = "".join(self._text), []
        text = raw.strip("\n") if self._pre else _SPACES.sub(" ", raw).strip()
        if not _WORD.search(text):
            return
        before = self.blocks[-1].line_end if self.blocks else 1
        start = max(self._start, self.blocks[-1].line_start if self.blocks else 1)
        heading = self._level
        self.blocks.append(
            Block(start, max(self._end, start, before), text, level=heading, solid=bool(self._pre) and not heading),
        )
