# ruff: noqa: E501  (a pattern stays on its line)
"""Two questions in one: "who knows the cli and is it documented?" is answered for the first, then for the second. Pure.

The second has its own asking word, and leans on the first ("is *it* documented", "and why?") or names its own place.
What only says the same in other words ("who touched it, and when?") stays one question.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.understanding.clauses import untagged
from bot.understanding.intent import Meaning

_ASKS = (
    r"(?:who|whom|whose|why|how|where|what|which|when|since when|is|are|was|were|does|do|did|has|have|can|could|should"
    r"|any(?:one|body))\b"
)
_JOINT = re.compile(
    rf"[\s,;.]+(?:and|&|plus|but|or)(?:\s+(?:also|then|please))*\s+(?={_ASKS})"
    rf"|\s*[?!]+(?:\s+(?:and|also|plus|then|but))*\s+(?={_ASKS})"
    rf"|,\s+(?={_ASKS})",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"\b(?:it|its|that|this|them|they|their|these|those|there|he|she|him|her|his|the docs?|the documentation|the tests?)\b"
    r"|^(?:why|how come|why so)\W*$",
    re.IGNORECASE,
)
_SAID_ANYWAY = re.compile(
    r"(?:by )?(?:when|who|whom|how|where)(?:\s+(?:did|was|has|is)(?:\s+(?:it|that|this|so))?(?:\s+done)?)?\W*$",
    re.IGNORECASE,
)
_FIRST = frozenset({"last_touched", "who_knows", "history", "knowledge", "person", "stale"})
_SECOND = _FIRST | {"what_if"}
MOST = 3
MOST_CHARACTERS = 300  # longer texts tell a story


def questions(text: str, read: Callable[[str], Meaning]) -> list[str]:
    """The questions of `text` in their order, at most MOST; `read` understands a part."""
    found: list[str] = []
    rest = untagged(text.strip())
    if len(text) > MOST_CHARACTERS:
        return [text]
    while len(found) < MOST - 1:
        joints = ((rest[: joint.start()].strip(), rest[joint.end() :].strip()) for joint in _JOINT.finditer(rest))
        cut = next((two for two in joints if len(two[0].split()) > 1 and _are_two(*two, read)), None)
        if cut is None:
            break
        first, rest = cut
        found.append(first)
    return [*found, rest] if found else [text]


def _are_two(first: str, second: str, read: Callable[[str], Meaning]) -> bool:
    if _SAID_ANYWAY.match(second):
        return False
    one = read(first)
    if one.intent not in _FIRST or one.fits == "nothing" or one.request is not None or one.wish is not None:
        return False
    if not one.subject and not one.follow_up:
        return False
    second = _JOINT.split(second, maxsplit=1)[0]
    other = read(second)
    if other.intent not in _SECOND or other.fits == "nothing":
        return False
    leans = other.leans or (bool(_LEANS.search(second)) and (other.follow_up or not other.subject))
    if other.intent == one.intent:  # "how do I install it and how do I run it" is one matter to search for
        return not leans and one.intent != "knowledge" and bool(other.subject)
    return leans or (one.intent != "knowledge" and other.fits == "phrase" and bool(other.subject))
