"""The sentences of a passage that speak to a question: a piece of the text exactly as it stands there. Pure.

passage   "Lamps are trimmed at dusk. Oil is kept in the shed, behind the boat. Wicks come by mail."
question  "where is the oil"          →  "Oil is kept in the shed, behind the boat."   (with a short limit)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

LIMIT = 420  # characters: four lines in a chat

# Where a reader may begin: behind the end of a sentence, at a blank line, at a list item, a directive or a fence. A
# line break alone is no such place.
_PROSE_END = re.compile(
    r"(?<=[\w)\]\"'`*])[.!?]+[\"')\]*`]*\s+|\n[ \t]*\n\s*|\n(?=[ \t]*(?:[-*+•|#]|\d+[.)]|\.\.|```|~~~)[ \t])"
)
_LINE_END = re.compile(r"\n+")


def quote(
    text: str,
    weights: Mapping[str, float],
    terms: Callable[[str], list[str]],
    limit: int = LIMIT,
    *,
    code: bool = False,
) -> str:
    """The contiguous piece of at most `limit` characters that holds most of what the question asks about.

    Args:
        text: the passage.
        weights: the question's terms and how rare they are.
        terms: how a text becomes terms (`Tokenizer.terms`).
        limit: characters of the quote; a single longer sentence is cut at a word, with "…".
        code: pieces are lines, not sentences.
    """
    text = text.strip("\n")
    if len(text) <= limit:
        return text
    pieces = _pieces(text, _LINE_END if code else _PROSE_END)
    held = [{term for term in terms(piece) if term in weights} for piece in pieces]
    best, best_worth = (0, 1), -1.0
    for start in range(len(pieces)):
        if start and not held[start]:
            continue  # a quote begins where something is said about the question
        size, end = 0, start
        said: set[str] = set()
        while end < len(pieces) and (size + len(pieces[end].rstrip()) <= limit or end == start):
            size += len(pieces[end])
            said |= held[end]
            end += 1
        worth = sum(weights[term] for term in said) + 0.3 * sum(weights[term] for term in held[start]) - 1e-4 * start
        if worth > best_worth:
            best, best_worth = (start, end), worth
    found = "".join(pieces[best[0] : best[1]]).strip("\n").rstrip()
    return found if len(found) <= limit else found[:limit].rsplit(None, 1)[0].rstrip() + " …"


def _pieces(text: str, border: re.Pattern[str]) -> list[str]:
    """The text cut behind every border; together they are the text."""
    ends = [match.end() for match in border.finditer(text)]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True) if start < end]
