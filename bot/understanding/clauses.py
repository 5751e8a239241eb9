"""A situation and then a question: "I'm stuck with blueprints, whom may I ask?" is the question, about blueprints."""

from __future__ import annotations

import re
from typing import NamedTuple

from knowledge.asking.mentions import mentions


class Told(NamedTuple):
    """What was told before, and what is asked; nothing told where all of it is the question."""

    situation: str
    question: str


_ASKS = (
    r"(?:who|whom|whose|which|any(?:one|body)|some(?:one|body)|when|why|since when|what changed|what happened"
    r"|(?:can|could|does|do|is|has|did) (?:any(?:one|body)|some(?:one|body)))\b"
)
_POLITE = r"(?:(?:so|and|but|please|hi|hey|also|now|do you know|any idea|can you tell me|could you tell me)\s+)*"
_BREAK = re.compile(rf"(?:[,;.!:]\s+|\s+[-–—]+\s+|\n+)(?={_POLITE}{_ASKS})", re.IGNORECASE)
_ITSELF_ASKS = re.compile(
    rf"{_POLITE}(?:{_ASKS}|what|where|how|are|will|would|should|may|tell|show|give|if|suppose|assuming|imagine)\b"
    r"|.*\?", re.IGNORECASE
)  # fmt: skip
_SELF = re.compile(
    r"(?:i|we|i['’]?m|we['’]?re|there['’]?s|there|got|having|have|need|needs|trying|looking|working|stuck|just)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r".*?\b(?:with|by|in|on|about|into|inside|regarding|of|at|to (?!be\b|the\b)[a-z]+)\s+(?=\S)", re.IGNORECASE
)
_OPENING = re.compile(
    r"^(?:(?:hi|hey|hello|ok|so|well)\b\W*)?"
    r"(?:(?:my|our|this|a) (?:pr|mr|pull request|change|patch|branch|ticket|issue|diff) \w+ )?",
    re.IGNORECASE,
)
_FILLING = re.compile(
    r"^(?:(?:the|a|an|this|that|our|my|some|it|is|are|was|has|have|seems?|looks?|like)\s+)+"
    r"|\s+(?:is|are|was|seems?|looks?|keeps?|again|today|for me|somehow|please|fails|failing|failed|breaks|broken|broke"
    r"|red)\b.*$",
    re.IGNORECASE,
)


def told(text: str) -> Told:
    """The text cut where a question follows a situation."""
    for found in _BREAK.finditer(text):
        before = text[: found.start()].strip()
        after = text[found.end() :].strip()
        if len(before.split()) > 1 and len(after.split()) > 1 and not _ITSELF_ASKS.match(before):
            return Told(before, after)
    return Told("", text)


def about(situation: str) -> str:
    """What a situation is about: the code that it names, else what stands after "with", "in", "about"."""
    named = [mention.raw for mention in mentions(situation) if mention.is_code]
    if named:
        return named[-1]
    situation = _OPENING.sub("", situation)
    if _SELF.match(situation):
        led = _ABOUT.match(situation)
        situation = situation[led.end() :] if led else ""
    return _FILLING.sub("", _FILLING.sub("", situation)).strip()
