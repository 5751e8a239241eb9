"""How a passage is shown: the part of it around what was found, its language, and how fresh it is, in words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from bot.answer import code, count, join
from bot.dates import when
from bot.phrases import cut
from knowledge.model import Evidence, Freshness

MOST_QUOTE = 900  # characters of the best passage
_LANGUAGES = {
    "py": "python", "js": "javascript", "ts": "typescript", "rb": "ruby", "rs": "rust", "go": "go", "java": "java",
    "c": "c", "h": "c", "cpp": "cpp", "sh": "sh", "cs": "csharp", "php": "php", "kt": "kotlin", "swift": "swift",
}  # fmt: skip


def in_context(evidence: Evidence, text: str, most: int = MOST_QUOTE) -> str:
    """What fits of the passage around its quote: all of it where it is short, else from the start of a paragraph."""
    lines = text.strip("\n").split("\n")
    last = evidence.title.rpartition("›")[2].strip()
    while len(lines) > 1 and (
        not lines[0].strip()
        or lines[0].lstrip("#= ").strip() == last
        or re.fullmatch(r"[=\-~^\"'`*+#.]{3,}|\.\. _[^:]+:", lines[0].strip())
    ):
        lines = lines[1:]
    body = textwrap.dedent("\n".join(lines))
    if len(body) <= most:
        return body
    at = max(0, body.find(evidence.quote.strip()[:60]))
    start = 0 if at < most // 3 else body.rfind("\n\n", 0, at) + 1
    return cut(body[start:].lstrip("\n"), most, marks=False)


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
