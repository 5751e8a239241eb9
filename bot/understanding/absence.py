"""When somebody will be away, as people say it: "next week", "in August", "from 1 to 14 May", "for good".

The opposite of `when.py`, which reads questions about the past: a month or day without its year is the next one.
Days begin at 00:00 UTC; a last day is meant to be included.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bot.understanding.when import DAYS, MONTHS

_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8}
_UNIT_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "quarter": 91, "year": 365}


class Absence(NamedTuple):
    """A half-open span [since, until) in seconds UTC; `until` is None for one without an end."""

    since: int
    until: int | None
    for_good: bool = False


Span = tuple[datetime, datetime | None]


def absence(text: str, now: int) -> Absence:
    """The span that `text` names at `now`; from now on, without an end, where it names none."""
    today = datetime.fromtimestamp(now, UTC)
    for pattern, reading in _READINGS:
        match = pattern.search(text)
        if match is None:
            continue
        try:
            since, until = reading(match, today)
        except (ValueError, OverflowError):  # "31 February": nothing was said
            continue
        if reading in _POINTS and _LEAVES.search(text):  # "leaves tomorrow" is no absence of a day
            return Absence(max(now, _stamp(since)), None, for_good=True)
        return Absence(max(now, _stamp(since)), None if until is None else max(now, _stamp(until)))
    return Absence(now, None, bool(_LEAVES.search(text)))


def _stamp(moment: datetime) -> int:
    return int(moment.timestamp())


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _month_start(moment: datetime, later: int = 0) -> datetime:
    at = moment.year * 12 + moment.month - 1 + later
    return _midnight(moment).replace(year=at // 12, month=at % 12 + 1, day=1)


def _number(said: str | None) -> int:
    low = (said or "a").lower()
    return 2 if "couple" in low else _NUMBERS.get(low) or int(low)


def _month(said: str) -> int:
    return 1 + next(n for n, name in enumerate(MONTHS) if name.startswith(said[:3].lower()))


def _day(match: re.Match[str], which: str, now: datetime) -> datetime:
    """The next such day: of "12 May", "May 12", "2026-05-12", or of "12" beside the other day's month."""
    if match[f"iso{which}"]:
        return datetime.fromisoformat(match[f"iso{which}"]).replace(tzinfo=UTC)
    month = match[f"m{which}"] or match[f"n{which}"] or match["m2"] or match["n2"] or match["n1"] or match["m1"]
    number = match[f"d{which}"] or match[f"e{which}"]
    year = match[f"y{which}"] or match["y2"]
    start = datetime(int(year or now.year), _month(month), int(number), tzinfo=UTC)
    is_over = not year and start + timedelta(days=1) <= now and start < now - timedelta(days=60)
    return start.replace(year=start.year + 1) if is_over else start


def _from_to(match: re.Match[str], now: datetime) -> Span:
    first, last = _day(match, "1", now), _day(match, "2", now)
    if last < first:
        last = last.replace(year=last.year + 1)
    return first, last + timedelta(days=1)


def _until(match: re.Match[str], now: datetime) -> Span:
    return now, _day(match, "2", now) + timedelta(days=1)


def _until_weekday(match: re.Match[str], now: datetime) -> Span:
    today = _midnight(now)
    return now, today + timedelta(days=(DAYS.index(match["day"].lower()) - today.weekday()) % 7 + 1)


def _one_day(match: re.Match[str], now: datetime) -> Span:
    first = _day(match, "2", now)
    ends = (
        None if (match["lead"] or "").strip().lower() in {"from", "starting", "after", "since"} else timedelta(days=1)
    )
    return first, None if ends is None else first + ends


def _in_month(match: re.Match[str], now: datetime) -> Span:
    start = datetime(int(match["year"] or now.year), _month(match["month"]), 1, tzinfo=UTC)
    if not match["year"] and _month_start(start, 1) <= now:
        start = start.replace(year=start.year + 1)
    return start, _month_start(start, 1)


def _next(match: re.Match[str], now: datetime) -> Span:
    later = 0 if match["which"].lower() == "this" else 1
    match match["unit"].lower():
        case "week":
            start = _midnight(now) - timedelta(days=now.weekday()) + timedelta(days=7 * later)
            return start, start + timedelta(days=7)
        case "month":
            return _month_start(now, later), _month_start(now, later + 1)
        case "quarter":
            first = 3 * later - (now.month - 1) % 3
            return _month_start(now, first), _month_start(now, first + 3)
        case _:
            start = _month_start(now, 12 * later).replace(month=1)
            return start, start.replace(year=start.year + 1)


def _for_long(match: re.Match[str], now: datetime) -> Span:
    days = _number(match["count"]) * _UNIT_DAYS[match["unit"].lower()]
    return now, now + timedelta(days=days)


def _tomorrow(_: re.Match[str], now: datetime) -> Span:
    start = _midnight(now) + timedelta(days=1)
    return start, start + timedelta(days=1)


def _date(which: str) -> str:
    month = "|".join(f"{name}|{name[:3]}" for name in MONTHS) + "|sept"
    ordinal = r"(?:st|nd|rd|th)?"
    return (
        rf"(?:(?P<iso{which}>\d{{4}}-\d\d-\d\d)|(?P<d{which}>\d{{1,2}}){ordinal}(?:\s+(?:of\s+)?(?P<m{which}>{month})\b\.?)"
        rf"{{0,1}}(?:,?\s+(?P<y{which}>20\d\d))?|(?P<n{which}>{month})\.?\s+(?P<e{which}>\d{{1,2}}){ordinal})"
    )


_COUNT = r"(?P<count>\d{1,3}|a|an|one|two|a\s+couple\s+of|three|four|five|six|eight)"
_UNIT = r"(?P<unit>day|week|fortnight|month|quarter|year)s?"
_MONTH = "(?P<month>" + "|".join(f"{name}|{name[:3]}" for name in MONTHS) + "|sept)"
_FIRST = _date("1")
_LAST = _date("2")
_NOT_A_COUNT = r"(?=\s|$|[?.!,;)])"
_READINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Span]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reading)
    for pattern, reading in (
        (rf"\b(?:from|between)?\s*\b{_FIRST}\s*(?:to|until|till|through|and|-|–)\s*{_LAST}{_NOT_A_COUNT}", _from_to),
        (rf"\b(?:until|till)\s+(?P<day>{'|'.join(DAYS)})\b", _until_weekday),
        (rf"\b(?:until|till)\s+(?:the\s+)?(?P<d1>)?(?P<m1>)?(?P<n1>)?{_LAST}{_NOT_A_COUNT}", _until),
        (rf"\bfor\s+(?:the\s+next\s+)?{_COUNT}\s+{_UNIT}\b", _for_long),
        (rf"\b(?:the\s+)?next\s+{_COUNT}\s+{_UNIT}\b", _for_long),
        (r"\b(?P<which>next|this|the\s+coming)\s+(?P<unit>week|month|quarter|year)\b", _next),
        (rf"\b(?P<lead>on|from|starting|after|since)\s+(?:the\s+)?(?P<d1>)?(?P<m1>)?(?P<n1>)?{_LAST}{_NOT_A_COUNT}",
         _one_day),
        (rf"\b(?:in|during|over|all\s+of|whole|throughout)\s+{_MONTH}\b\.?(?:\s+(?P<year>20\d\d))?", _in_month),
        (r"\btomorrow\b", _tomorrow),
    )
)  # fmt: skip
_POINTS = frozenset({_one_day, _next, _in_month, _tomorrow})
_LEAVES = re.compile(
    r"\bfor\s+good\b|\bforever\b|\b(?:leaves|leave|leaving|left|quits?|quitting|resigns?|resigned|retires?|retired|moves\s+on"
    r"|hit\s+by\s+a\s+bus)\b(?!\s+for\b(?!\s+good))",
    re.IGNORECASE,
)
