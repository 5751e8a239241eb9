"""A bare reply to a question back: "2", "the second", "option 2 please", "the last one", "the sansio one". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

LAST = -1
_ORDINALS = "first second third fourth fifth".split()
_NUMBERS = "one two three four five".split()
_PLEASE = r"(?:,?\s+(?:please|pls|plz|thanks|thx))?[.)!]*"
_NUMBER = re.compile(
    rf"(?:i\s+mean\s+)?(?:the\s+)?(?:(?:option|number|choice|nr|no|num)\.?\s*)?(?:#\s*)?([1-9]|{'|'.join(_NUMBERS)})"
    rf"(?:st|nd|rd|th)?(?:\s+one)?{_PLEASE}",
    re.IGNORECASE,
)
_NTH = re.compile(rf"(?:i\s+mean\s+)?(?:the\s+)?({'|'.join(_ORDINALS)}|last|latter)(?:\s+one)?{_PLEASE}", re.IGNORECASE)
_FILLING = frozenset("the a one file i mean in of from under please pls that this directory folder under".split())


def pick(text: str) -> int:
    """Which choice a bare reply picks, counted from 1; LAST for the last; 0 where it picks by no number."""
    text = text.strip()
    if (number := _NUMBER.fullmatch(text)) is not None:
        said = number[1].lower()
        return int(said) if said.isdigit() else 1 + _NUMBERS.index(said)
    if (nth := _NTH.fullmatch(text)) is not None:
        said = nth[1].lower()
        return 1 + _ORDINALS.index(said) if said in _ORDINALS else LAST
    return 0


def picked(number: int, text: str, choices: Sequence[dict[str, Any]]) -> str:
    """What the choice that a reply picks says: by its number, else by words that only one of the labels has; or ""."""
    if number:
        at = len(choices) - 1 if number == LAST else number - 1
        return str(choices[at]["say"]) if 0 <= at < len(choices) else ""
    wanted = [word for word in re.findall(r"[a-z0-9_]+", text.lower()) if word not in _FILLING]
    if not wanted or len(wanted) > 2:
        return ""
    fits = [c for c in choices if set(wanted) <= set(re.findall(r"[a-z0-9]+|[a-z0-9_]+", str(c["label"]).lower()))]
    return str(fits[0]["say"]) if len(fits) == 1 else ""
