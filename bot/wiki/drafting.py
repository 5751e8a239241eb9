"""What somebody said → a draft of a page: from a question and its answer, a thread, or the notes of a session; pure.

A page keeps what was said, not who said it: names stay with the commit's authors. Links to code are relative where the
page lives in the same repository, else to the repository's web address, else a path that search understands.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.wiki.conventions import SUFFIXES

MOST_LINKS = 8
MOST_TITLE = 80

_PARTICIPLE = r"(\w+(?:ed|pt|tten|wn|ken)|set|built|run|found|held|made|done|put|sent)$"
_TURNS = (  # a question as the title of what answers it
    (r"how (?:do|can|should|could|would|does) (?:i|we|you|one|somebody|someone) ", "How to "),
    (r"how (?:can|do) (.+?) be ", r"How to have \1 "),
    (r"how to ", "How to "),
    (rf"where (is|are) (.+) {_PARTICIPLE}", r"Where \2 \1 \3"),
    (r"where (is|are) (.+)", r"Where \2 \1"),
    (r"where (?:do|can|should) (?:i|we|you) find ", "Where to find "),
    (r"where (?:do|can|should) (?:i|we|you) ", "Where to "),
    (r"what (?:is|are) (?:the )?(.+)", r"\1"),
    (r"what does (.+?) do", r"What \1 does"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sketch:
    """A draft as it is shown to whoever may change it."""

    title: str
    text: str
    links: tuple[str, ...] = ()  # places in code, "src/app.py:12" or "shop:src/app.py"
    sources: tuple[str, ...] = ()  # where it comes from, for whoever reviews it
    question_id: int | None = None
    about: str = ""  # the nudge whose session it was
    wrote: tuple[int, ...] = ()  # the people whose words stand in it


class Spot(NamedTuple):
    """Where a place in code is, seen from the wiki: in its own repository, at a web address of its own, or neither."""

    here: bool = False
    web: str = ""  # of the repository


def title_of(question: str) -> str:
    """What the page that answers a question is called: "How to roll back a release"."""
    said = re.sub(r"\s+", " ", question).strip().strip("?!. ")
    said = re.sub(r"^(?:(?:hi|hey|hello|please|so|ok|and)[, ]+)+", "", said, flags=re.IGNORECASE)
    for pattern, turn in _TURNS:
        found = re.match(pattern, said, re.IGNORECASE)
        if found:
            said = found.expand(turn) + said[found.end() :]
            break
    said = said[:1].upper() + said[1:]
    return said if len(said) <= MOST_TITLE else said[:MOST_TITLE].rsplit(" ", 1)[0] + " …"


def from_question(number: int, question: str, answer: Mapping[str, Any], web: str = "") -> Sketch:
    """From a stored question: what the evidence says in its own words, and where it stands."""
    parts, links, sources = [], [], [f"question {number}"]
    for one in list(answer.get("evidence") or ())[:3]:
        place = _place(one)
        quote = str(one.get("quote") or "").strip()
        if one.get("kind") in {"doc", "wiki"} and quote:
            parts.append(quote)
        elif one.get("kind") == "code":
            links.append(place)
        commit = str(one.get("commit") or "")[:10]
        sources.append(f"{place} at {commit}" if commit else place)
        links += [str(name) for name in (one.get("freshness") or {}).get("named", ()) if "/" in str(name)]
    if not parts:
        parts.append(_said(str(answer.get("text") or "")))
    target = answer.get("target") or {}
    if target.get("path"):
        links.append(str(target["path"]))
    if web:
        sources.append(web)
    return Sketch(title_of(question), "\n\n".join(filter(None, parts)), _each(links), _each(sources), number)


def from_thread(said: Sequence[str], source: str = "") -> Sketch:
    """From the messages of a thread, the first of which asked or told what it is about."""
    lines = [text.strip() for text in said if text.strip()]
    first = lines[0] if lines else ""
    asks = first.rstrip().endswith("?") and len(lines) > 1
    title = title_of(re.split(r"(?<=[.?!])\s|\n", first)[0])
    body = lines[1:] if asks else lines
    return Sketch(title, "\n\n".join(body), _each(_code_in("\n".join(lines))), (source,) if source else ())


def from_session(number: str, area: str, notes: Sequence[str], links: Sequence[str] = ()) -> Sketch:
    """From what people said afterwards should be written down."""
    body = "\n\n".join(dict.fromkeys(note.strip() for note in notes if note.strip()))
    place = f"`{area}`" if area else "the repository"
    found = (*links, *([area] if area else []), *_code_in(body))
    return Sketch(f"Notes on {place}", body, _each(found), (f"session {number}",), about=number)


def with_links(sketch: Sketch, path: str, where: Callable[[str], Spot | None]) -> str:
    """The text with its links to code at the end, as the page at `path` can reach them.

    Args:
        sketch: title, text and places.
        path: of the page.
        where: tells where a path of code is; None for one that is nowhere, which is not linked.
    """
    lines = []
    for link in sketch.links[:MOST_LINKS]:
        place, _, line = link.partition(":")
        if place == path or place.lower().endswith(SUFFIXES) or f"`{link}`]" in sketch.text:
            continue
        spot = where(place)
        if spot is None:
            continue
        number = re.match(r"\d+", line)
        if spot.here:
            target = posixpath.relpath(place, posixpath.dirname(path) or ".")
            lines.append(f"- [`{link}`]({target}{f'#L{number[0]}' if number else ''})")
        elif spot.web:
            lines.append(f"- [`{link}`]({spot.web.rstrip('/')}/blob/HEAD/{place}{f'#L{number[0]}' if number else ''})")
        else:
            lines.append(f"- `{link}`")
    text = sketch.text.strip()
    return f"{text}\n\nIn the code:\n\n" + "\n".join(lines) if lines else text


def _place(evidence: Mapping[str, Any]) -> str:
    path, first, last = evidence.get("path") or "", evidence.get("line_start"), evidence.get("line_end")
    return f"{path}:{first}-{last}" if first and last and first != last else f"{path}:{first}" if first else str(path)


def _said(text: str) -> str:
    """An answer's own words without its small print: up to the first citation."""
    kept = [line for line in text.splitlines() if not re.match(r"\s*(?:[-*•] )?(?:_|Sources?:|↳|›)", line)]
    return "\n".join(kept).strip()


def _code_in(text: str) -> list[str]:
    from knowledge.asking.mentions import mentions

    found = (one for one in mentions(text) if one.kind in {"ticked", "path", "file"})
    return [one.raw for one in found if "/" in one.raw and " " not in one.raw and "://" not in one.raw]


def _each(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))
