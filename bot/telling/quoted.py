"""How a passage is shown: the part of it around what was found, its language, and how fresh it is, in words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from bot.answer import code, count, join
from bot.dates import when
from bot.phrases import cut
from knowledge.model import Evidence, Freshness
from knowledge.store.passages import StoredPassage

MOST_QUOTE = 900  # characters of the best passage
_LANGUAGES = {
    "py": "python", "js": "javascript", "ts": "typescript", "rb": "ruby", "rs": "rust", "go": "go", "java": "java",
    "c": "c", "h": "c", "cpp": "cpp", "sh": "sh", "cs": "csharp", "php": "php", "kt": "kotlin", "swift": "swift",
}  # fmt: skip


class Shown(NamedTuple):
    """What is shown of a place, and the lines of its file on which that stands, 1-based, both ends included."""

    text: str
    line_start: int
    line_end: int


def in_context(evidence: Evidence, passages: Sequence[StoredPassage], most: int = MOST_QUOTE) -> Shown:
    """What fits of a place: all of its passages where they are short, else the best one around its quote.

    Args:
        evidence: the place; its lines may span several passages of its file.
        passages: those of its file, in the order of their lines.
        most: characters.
    """
    found = next((p for p in passages if p.id == evidence.passage_id), None)
    if found is None:
        return Shown(evidence.quote, evidence.line_start, evidence.line_end)
    inside = [p for p in passages if evidence.line_start <= p.line_start and p.line_end <= evidence.line_end]
    together = "\n\n".join(body_of(p) for p in inside)
    if len(inside) > 1 and len(together) <= most and found.kind != "code":
        return Shown(together, evidence.line_start, evidence.line_end)
    return _around(found, evidence.quote, most)


def _around(passage: StoredPassage, quote: str, most: int) -> Shown:
    """The passage without its heading; a long one from the start of the paragraph in which the quote begins.

    A passage's text may lack lines of its file (its heading, link targets, comments), so that the lines of a part of it
    are known up to as many lines as it lacks: those that are told hold what is shown.
    """
    body = body_of(passage)
    if len(body) <= most:
        return Shown(body, passage.line_start, passage.line_end)
    at = max(0, body.find(textwrap.dedent(quote).strip()[:60]))
    start = 0 if at < most // 3 else body.rfind("\n\n", 0, at) + 1
    start += len(body[start:]) - len(body[start:].lstrip("\n"))
    text = cut(body[start:], most, marks=False)
    above = passage.text.rstrip("\n").count("\n") - body.count("\n") + body[:start].count("\n")
    lacking = passage.line_end - passage.line_start - passage.text.rstrip("\n").count("\n")
    if lacking < 0:  # the text is not as it stands in the file
        return Shown(text, passage.line_start, passage.line_end)
    first = passage.line_start + (above if start else 0)
    last = passage.line_start + above + text.count("\n") + lacking
    return Shown(text, first, min(passage.line_end, last))


def body_of(passage: StoredPassage) -> str:
    """The text of a passage without its heading, its underline and anchors."""
    lines = passage.text.strip("\n").split("\n")
    last = passage.title.rpartition("›")[2].strip()
    while len(lines) > 1 and (
        not lines[0].strip()
        or lines[0].lstrip("#= ").strip() == last
        or re.fullmatch(r"[=\-~^\"'`*+#.]{3,}|\.\. _[^:]+:", lines[0].strip())
    ):
        lines = lines[1:]
    return textwrap.dedent("\n".join(lines))


def language_of(evidence: Evidence) -> str:
    """The language of code, for its colours; empty for prose."""
    return _LANGUAGES.get(evidence.path.rpartition(".")[2].lower(), "text") if evidence.kind == "code" else ""


def in_words(verdict: Freshness, evidence: Evidence, now: int) -> str:
    """The freshness verdict as a sentence or two."""
    what = "This code" if evidence.kind == "code" else "This page"
    if verdict.changed_time is None:
        return f"{what} has no history that I know of."
    sentence = f"{what} was last changed {when(verdict.changed_time, now)}."
    if verdict.missing:
        gone = join([code(name) for name in verdict.missing[:3]])
        are = "is" if len(verdict.missing) == 1 else "are"
        sentence += f" It names {gone}, which {are} no longer there: check before relying on it."
    if verdict.named and evidence.kind != "code":
        what_named = join([code(name) for name in verdict.named[:3]]) + (
            f" and {len(verdict.named) - 3} more" if len(verdict.named) > 3 else ""
        )
        if verdict.drift:
            sentence += f" Since then {count(verdict.drift, 'commit')} changed what it names ({what_named})."
        else:
            sentence += f" What it names ({what_named}) has not changed since."
    return sentence


def distinct(found: Sequence[Evidence], best: Evidence) -> list[Evidence]:
    """Those of other sections than `best`, one a section."""
    seen = {(best.path, best.title)}
    kept = []
    for evidence in found:
        if (evidence.path, evidence.title) not in seen:
            seen.add((evidence.path, evidence.title))
            kept.append(evidence)
    return kept
