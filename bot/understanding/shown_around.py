"""Whether somebody asks to be shown around, and around what; pure. The tour itself: `bot.telling.touring`."""

from __future__ import annotations

import re

from bot.understanding.clauses import about as about_of

_ASKS = re.compile(
    r"^\W*(?:/?lamp\s+)?tour\b|\b(?:give|take|show) (?:me|us) (?:(?:on|around|round)\b|(?:a|the) tour\b)|\ba tour\b"
    r"|\bguided tour\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^\W*(?:(?:hi|hello|hey)\b\W*)?(?:please\s+)?(?:can|could|would) (?:you|someone)\s+"
    r"|^\W*(?:/?lamp\s+)?(?:the\s+)?tour\b"
    r"|\b(?:give|take|show) (?:me|us) (?:(?:on|around|round)|(?:a|the)(?: guided)? tour)\b"
    r"|\b(?:a|the)(?: guided)? tour\b"
    r"|\b(?:please|thanks|thank you|i want|i need|i would like|i'd like)\b",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"^(?:\s*(?:of|through|around|about|in|into|the|area|module|code|here|our|this|repo|repository|project)\b)+",
    re.IGNORECASE,
)


def _around_what(text: str) -> str:
    """The text; where it tells first what somebody starts with and then only asks for a tour, what they start with."""
    found = list(_ASKS.finditer(text))
    if not found or text[found[-1].end() :].strip(" ?!.,"):
        return text
    polite = r"[\s,;.!-]*\b(?:(?:can|could|would|will) (?:you|someone|somebody|anyone)|please)\b.*$"
    before = re.sub(polite, "", text[: found[-1].start()])
    return about_of(before) if before.strip(" ,.!?") else text


def asks(text: str) -> bool:
    """Whether somebody asks to be shown around."""
    return _ASKS.search(text) is not None


def subject(text: str) -> str:
    """Around what: "show me around the parser" → "parser"; "" for all of it."""
    rest = _around_what(text)
    while (cut := _LEAD.sub(" ", rest, count=1).strip(" ?!.,")) != rest.strip(" ?!.,"):
        rest = cut
    return _JOINT.sub("", rest.strip(" ?!.,`")).strip(" ?!.,`")


_NEWCOMER = re.compile(
    r"\b(?:new (?:here|to|on|in|hire|starter|team|joiner|member|colleague)|i ?a?m new|newcomer|newbie|beginner"
    r"|onboard\w*|just (?:joined|started)|first (?:day|week)|get(?:ting)? started"
    r"|where (?:do|should|can) i (?:start|begin))\b",
    re.IGNORECASE,
)


def is_newcomer(question: str) -> bool:
    """Whether somebody new asks where to begin."""
    return bool(_NEWCOMER.search(re.sub(r"['’]", "", question)))
