# ruff: noqa: E501  (a pattern stays on its line)
"""What people say of themselves: "forget me", "I'm away from 3 to 14 August", "I'm back", "I am ann@example.org".

Pure. Only what somebody says of themselves is a wish; of others it is said in `lamp people`, by a lead.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, NamedTuple

from bot.understanding.days_ahead import days_ahead

Kind = Literal["opt_out", "opt_in", "away", "which_days", "cancel", "back", "link", "somebody_else"]
MOST_WORDS = 18


class Wish(NamedTuple):
    """What somebody wants to hold of themselves; days are ISO, `last` is "" where nobody said an end."""

    kind: Kind
    first: str = ""
    last: str = ""
    address: str = ""


_NAMING = r"(?:name|mention|list|rank|suggest|propose|recommend|track|show)"
_GONE = (
    r"(?:away|on (?:holidays?|vacation|leave|annual leave|parental leave|maternity leave|paternity leave|sick leave|pto"
    r"|sabbatical)|out of (?:the )?office|ooo|off sick|sick|ill|unavailable|not (?:here|around|available)|afk)"
)
_LESS = r"(?:off|out|gone|travelling|traveling)"  # says it only with its days: "I'm out" is a goodbye, too
_ADDRESS = r"(?P<address>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"

_RULES: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))  # type: ignore[misc]
    for kind, pattern in (
        ("opt_out", r"forget (?:about )?(?:me|who i am)(?: completely| entirely| for ever| forever)?"),
        ("opt_out", r"(?:i (?:want|would like|wish) to )?opt (?:me )?out(?: of (?:this|it|everything|lamplighter))?"),
        ("opt_out", rf"(?:do not|never|stop) (?:ever )?(?:{_NAMING}|naming|mentioning|listing|ranking|suggesting|proposing|recommending|tracking|showing) me(?: any ?more| again| anywhere| ever| to (?:others|anybody|anyone|people))*"),
        ("opt_out", r"i do not want to be (?:named|mentioned|ranked|listed|suggested|proposed|tracked)(?: any ?more| anywhere)*"),
        ("opt_out", r"(?:leave me out|hide me|hide my name|remove me)(?: of| from)?(?: it| this| everything| here| all answers)?"),
        ("opt_in", r"(?:opt me (?:back )?in|opt (?:back )?in|i (?:want|would like) to opt (?:back )?in|remember me)(?: again)?"),
        ("opt_in", rf"(?:you (?:may|can) )?{_NAMING} me again|i want to be named again|undo (?:the|my) opt[- ]?out"),
        ("cancel", r"(?:cancel|delete|undo|forget|take back) my (?:absence|holiday|vacation|leave)s?(?: back)?(?: (?:from|of) (?P<day>\d{4}-\d\d-\d\d))?"),
        ("cancel", rf"i am not {_GONE}"),
        ("back", rf"i am (?:back|here|around|available) again|i am back(?: now| today| at work| in the office| from .+)?|i am no longer {_GONE}"),
        ("link", rf"(?:i am|this is|my e-?mail(?: address)? is|my address is|link me (?:to|with)) {_ADDRESS}"),
    )
)  # fmt: skip
_AWAY = re.compile(
    rf"(?:(?:i am|i will be|i am going to be|we are)(?: going)? (?P<gone>{_GONE})|{_GONE}|i (?:am|will be) (?P<less>{_LESS}))(?: (?P<days>.+))?"
)
_TAKING = re.compile(
    r"(?:i am taking|i (?:will )?take|i have|i am having|my) (?:a |my )?(?:(?P<noun>holidays?|vacation|leave|time off|days? off)"
    r"(?: is| are)? (?P<days>.+)|(?P<days2>.+) off)"
)
_OTHERS = re.compile(
    rf"(?:opt (?!me\b|out\b|in\b|back\b).+ out|(?!i |we |who |what |is |are |if |when )(?:@|<@)?[\w.@<>-]+(?: [\w-]+)? (?:is|will be) (?:{_GONE}|{_LESS})(?P<days> .+)?)"
)
_ASKS_TOO = re.compile(  # "I'm back from leave, what did I miss" is a question
    r"(?:[,.!;:]|\s[-–—]+|\band|\bso|\bbut)\s+(?:(?:so|and|please|can you|could you)\s+)*"
    r"(?:what|who|whom|which|how|where|when|why|catch me|bring me|fill me|get me|update me|brief me|anything)\b"
)
_OPENED = (
    (re.compile(r"\bi['’]?m\b"), "i am"), (re.compile(r"\bi['’]ll\b"), "i will"), (re.compile(r"\bi['’]d\b"), "i would"),
    (re.compile(r"\bdon['’]?t\b"), "do not"), (re.compile(r"\bi['’]ve\b"), "i have"),
)  # fmt: skip


def wish(text: str, today: date) -> Wish | None:
    """What somebody who says this at `today` wants of themselves; None for anything else."""
    said = _plain(text)
    if "?" in text or not said or len(said.split()) > MOST_WORDS or _ASKS_TOO.search(said):
        return None
    for kind, pattern in _RULES:
        if (match := pattern.fullmatch(said)) is not None:
            groups = match.groupdict()
            return Wish(kind, groups.get("day") or "", address=groups.get("address") or "")
    return _away(said, today)


def _away(said: str, today: date) -> Wish | None:
    match = _AWAY.fullmatch(said) or _TAKING.fullmatch(said)
    if match is None:
        other = _OTHERS.fullmatch(said)
        told = other is not None and (said.startswith("opt ") or bool(days_ahead(other["days"] or "", today)))
        return Wish("somebody_else") if told else None
    groups = match.groupdict()
    days = groups.get("days") or groups.get("days2") or ""
    if not days:
        return Wish("away", today.isoformat()) if groups.get("gone") else None
    span = days_ahead(days, today)
    if span is None:
        return Wish("which_days") if groups.get("gone") and re.search(r"\d|week|month|day", days) else None
    return Wish("away", span[0].isoformat(), span[1].isoformat() if span[1] else "")


def _plain(text: str) -> str:
    low = " ".join(text.lower().strip().split())
    for pattern, opened in _OPENED:
        low = pattern.sub(opened, low)
    low = re.sub(r"^(?:(?:hey|hi|hello|ok|okay|please|lamplighter|lamp|so|fyi|btw|note|heads up)[,:!]?\s+)+", "", low)
    return re.sub(r"(?:[,.!]*\s*(?:please|thanks|thank you|thx|cheers))*[.!\s]*$", "", low)
