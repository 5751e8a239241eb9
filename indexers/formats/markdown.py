r"""Markdown, as CommonMark sees it, with what sites put around it: front matter, MDX, admonitions, ERB.

Input, and what is made of it:

    ---
    title: Get started        → the page's title
    ---
    ## Before you start {#a}  → heading, level 2, "Before you start"
    <!-- a comment -->        → no text
    ```sh                     → a solid block
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from indexers.formats.page import Block, Page, cover, lines_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])")
_ANCHOR = re.compile(r"\s*\{\s*[#.:][^{}]*\}\s*$")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_DATA_URI = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]{64,}")
_BADGE = re.compile(r"^\s*(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?\s*)+$")
_TEMPLATE_LINE = re.compile(r"^\s*(?:<%.*%>|\{%.*%\}|\{\{<.*>\}\})\s*$")
_MDX_LINE = re.compile(r"^(?:import\s.+\sfrom\s|import\s+['\"]|export\s+(?:const|default|function)\b)")
_FIELD = re.compile(r"^(title|description|summary)\s*[:=]\s*(.+?)\s*$")


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Inline markup is left as it stands: passages quote the source, and the block structure alone costs a third.
    return MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"])


def parse(text: str) -> Page:
    """The page; a text that is no Markdown at all is a page of paragraphs."""
    lines = lines_of(text)
    fields, body = _front_matter(lines)
    blocks: list[Block] = []
    if fields.get("description"):
        blocks.append(Block(1, body, fields["description"]))
    tokens = _parser().parse("\n".join([""] * body + lines[body:]))
    blocks.extend(_blocks(tokens, lines))
    return Page(fields.get("title", ""), cover(blocks, lines))


def _front_matter(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """The fields that speak to a reader, and the number of lines that the front matter takes."""
    fence = lines[0].rstrip() if lines else ""
    if fence not in ("---", "+++"):
        return {}, 0
    for number, line in enumerate(lines[1:200], 1):
        if line.rstrip() in (fence, "..."):
            found = (_FIELD.match(field) for field in lines[1:number])
            fields = {match[1]: match[2].strip("\"'").strip() for match in found if match}
            fields.setdefault("description", fields.get("summary", ""))
            return {
                name: value for name, value in fields.items() if value not in ("", "|", ">", ">-", "|-")
            }, number + 1
    return {}, 0


def _blocks(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Block]:
    depth = 0
    for place, token in enumerate(tokens):
        opens = token.nesting == 1
        at_top = depth == 0 or (depth == 1 and token.type == "list_item_open")
        depth += token.nesting
        if not at_top or token.map is None or token.type in ("bullet_list_open", "ordered_list_open"):
            continue
        start, end = _trimmed(lines, *token.map)
        if token.type == "heading_open":
            yield Block(start, end, plain(tokens[place + 1].content) or "…", level=int(token.tag[1]))
        elif opens or token.nesting == 0:
            solid = token.type in ("fence", "code_block", "table_open")
            yield Block(start, end, _text(lines[start - 1 : end], solid=solid), solid=solid)


def _trimmed(lines: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """1-based inclusive lines of a token's half-open map, without blank lines at its end."""
    end = min(end, len(lines))
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return start + 1, max(end, start + 1)


def _text(lines: Sequence[str], *, solid: bool) -> str:
    if solid:
        return "\n".join(line.rstrip() for line in lines)
    kept = (
        line.rstrip()
        for line in lines
        if not (_BADGE.match(line) or _TEMPLATE_LINE.match(line) or _MDX_LINE.match(line))
    )
    text = _DATA_URI.sub("data:…", _without_comments("\n".join(kept)))
    return text.strip("\n") if re.search(r"\w", _TAG.sub("", text)) else ""


def _without_comments(text: str) -> str:
    """The text without `<!-- … -->`; found by hand, since a pattern takes the square of the time for unclosed ones."""
    out, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        out.append(text[at:start])
        at = end + 3
    return "".join([*out, text[at:]])


def plain(heading: str) -> str:
    """A heading's words without their markup: links, code marks, emphasis, anchors, tags."""
    text = _TAG.sub("", _ANCHOR.sub("", heading))
    text = _LINK.sub(r"\1", text).replace("`", "").replace("**", "").replace("__", "")
    return re.sub(r"\s+", " ", text).strip(" *#")
