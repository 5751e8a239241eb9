"""Spans of time as people say them: "last week", "since June", "yesterday", "in 2023", "the last 3 months".

Days begin at 00:00 UTC. A month or a day without its year is the latest one that has begun.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MONTHS = "january february march april may june july august september october november december".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "few": 3, "four": 4, "five": 5, "six": 6,
            "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12}  # fmt: skip
_UNIT_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "quarter": 91, "year": 365}
_MONTH = "(?P<month>" + "|".join(f"{m}|{m[:3]}" for m in MONTHS if m != "may") + "|may|sept)"


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span [since, until) in seconds UTC; None leaves an end open. `words` is how the asker said it."""

    since: int | None
    until: int | None
    words: str

    def holds(self, time: int) -> bool:
        """Whether `time` lies in the span."""
        return (self.since is None or time >= self.since) and (self.until is None or time < self.until)


def window(text: str, now: int) -> tuple[Window | None, str]:
    """The span that `text` names at `now`, and the text without those words."""
    for pattern, reading in _READINGS:
        match = pattern.search(text)
        if match is None:
            continue
        try:
            since, until = reading(match, datetime.fromtimestamp(now, UTC))
        except (ValueError, OverflowError):  # "31 February", "since 9999999 years": no span, so nothing was said
            continue
        rest = re.sub(r"\s+", " ", text[: match.start()] + " " + text[match.end() :]).strip()
        return Window(_stamp(since), _stamp(until), match[0].strip()), rest
    return None, text


def _stamp(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


Span = tuple[datetime | None, datetime | None]


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _months_later(moment: datetime, months: int) -> datetime:
    at = moment.year * 12 + moment.month - 1 + months
    return moment.replace(year=at // 12, month=at % 12 + 1, day=1)


def _back(match: re.Match[str], now: datetime) -> Span:
    said = match["count"]
    count = 1 if said is None else _NUMBERS.get(said.lower()) or int(said)
    return now - timedelta(days=count * _UNIT_DAYS[match["unit"].lower()]), None


def _ago(match: re.Match[str], now: datetime) -> Span:
    since, _ = _back(match, now)
    lead = (match["lead"] or "").strip().lower()
    if lead in {"since", "from", "after"} or since is None:
        return since, None
    if lead in {"before", "until", "till"}:
        return None, since
    slack = timedelta(days=max(1, _UNIT_DAYS[match["unit"].lower()] // 2))
    return since - slack, since + slack


def _iso(match: re.Match[str], _now: datetime) -> Span:
    year, month, day = int(match["year"]), match["mm"], match["dd"]
    if not (match["lead"] or month):
        raise ValueError(year)  # "error 2013"
    start = datetime(year, int(month or 1), int(day or 1), tzinfo=UTC)
    end = start + timedelta(days=1) if day else _months_later(start, 1 if month else 12)
    return _lead(match["lead"], start, end)


def _named_month(match: re.Match[str], now: datetime) -> Span:
    month = 1 + next(i for i, name in enumerate(MONTHS) if name.startswith(match["month"][:3].lower()))
    day = match["day"] or match["day2"]
    if match["month"].lower() in {"may", "march"} and not (match["lead"] or day or match["year"]):
        raise ValueError(match["month"])  # "may I", "march on"
    if match["year"]:
        start = datetime(int(match["year"]), month, int(day or 1), tzinfo=UTC)
    else:
        start = datetime(now.year, month, int(day or 1), tzinfo=UTC)
        start = start if start <= now else start.replace(year=now.year - 1)
    return _lead(match["lead"], start, start + timedelta(days=1) if day else _months_later(start, 1))


def _weekday(match: re.Match[str], now: datetime) -> Span:
    today = _midnight(now)
    back = (today.weekday() - DAYS.index(match["day"].lower())) % 7 or 7
    start = today - timedelta(days=back)
    return _lead(match["lead"], start, start + timedelta(days=1))


def _lead(lead: str | None, start: datetime, end: datetime) -> Span:
    match (lead or "").strip().lower():
        case "since" | "after" | "from" | "starting":
            return start, None
        case "before" | "until" | "till":
            return None, start
        case _:
            return start, end


def _calendar(match: re.Match[str], now: datetime) -> Span:
    today = _midnight(now)
    this = {
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "quarter": _months_later(today, -((today.month - 1) % 3)),
        "year": today.replace(month=1, day=1),
    }[match["unit"].lower()]
    if match["which"].lower() == "this":
        return this, None
    # "last week" on a Monday morning means the past days as much as the calendar week: from its start until now.
    before = {"week": this - timedelta(days=7), "month": _months_later(this, -1), "quarter": _months_later(this, -3),
              "year": this.replace(year=this.year - 1)}[match["unit"].lower()]  # fmt: skip
    since = (match["lead"] or "").strip().lower() in {"since", "from", "after"}
    return before, None if match["unit"].lower() == "week" or since else this


_LEAD = r"(?:\b(?P<lead>since|after|from|before|until|till|in|on|during|of|starting)\s+)?"
_COUNT = (
    r"(?:a\s+)?(?P<count>\d{1,4}|a|an|one|two|couple|three|few|four|five|six|seven|eight|nine|ten|twelve)(?:\s+of)?"
)
_UNIT = r"(?P<unit>day|week|fortnight|month|quarter|year)s?"
_GONE = "away out off gone sick ill leave holiday vacation sabbatical absent".split()  # … "for two weeks"
_MONTH_DAY = (
    rf"{_LEAD}\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?\b{_MONTH}\b\.?"
    r"(?:\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?\b(?!\d))?(?:,?\s+(?P<year>(?:19|20)\d\d))?"
)
_READINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Span]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reading)
    for pattern, reading in (
        (rf"{_LEAD}\b{_COUNT}\s+{_UNIT}\s+ago\b", _ago),
        (
            rf"\b(?:(?:in|over|within|during|for|since)\s+)?(?:the\s+)?(?:last|past|previous)\s+{_COUNT}\s+{_UNIT}\b",
            _back,
        ),
        (rf"\b(?:(?:in|over|within|during)\s+)?the\s+(?:last|past)\s+(?P<count>(?!))?{_UNIT}\b", _back),
        (rf"{_LEAD}\b(?P<which>last|this|previous|past)\s+(?P<unit>week|month|quarter|year)\b", _calendar),
        (
            r"(?:" + "|".join(rf"(?<=\b{gone} )" for gone in _GONE) + rf")for\s+(?:the\s+last\s+)?{_COUNT}\s+{_UNIT}\b",
            _back,
        ),
        (rf"\bafter\s+{_COUNT}\s+{_UNIT}\s+(?:of\s+)?(?:off|away|out|leave|holidays?|vacation|absence)\b", _back),
        (_MONTH_DAY, _named_month),
        (rf"{_LEAD}\b(?P<year>(?:19|20)\d\d)(?:-(?P<mm>\d\d)(?:-(?P<dd>\d\d))?)?\b(?![.\w])", _iso),
        (rf"{_LEAD}\b(?:last\s+)?(?P<day>{'|'.join(DAYS)})\b", _weekday),
        (rf"{_LEAD}\byesterday\b", lambda m, now: _lead(m["lead"], _midnight(now) - timedelta(days=1), _midnight(now))),
        (rf"{_LEAD}\btoday\b", lambda _, now: (_midnight(now), None)),
        (
            r"\b(?:recently|lately|of late|in recent (?:weeks|months|times))\b",
            lambda _, now: (now - timedelta(days=90), None),
        ),
    )
)
