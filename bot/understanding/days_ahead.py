# ruff: noqa: E501  (a pattern stays on its line)
"""Days to come as people say them: "from 3 to 14 August", "next week", "until Friday", "tomorrow", "for two weeks".

Input: the words and the day that it is for the one who says them. Output: first and last day, both included; the last
is None where nobody said an end. A day without its year is the next one: of a span, the one that has not ended yet.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.understanding.when import DAYS, MONTHS

Span = tuple[date, date | None]

LONGEST = 300  # days of a span that needs no year: "from 14 to 3 August" is a slip

_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "couple of": 2,
            "a couple of": 2, "a few": 3, "seven": 7, "eight": 8, "nine": 9, "ten": 10}  # fmt: skip
_UNITS = {"day": 1, "week": 7, "fortnight": 14}
_MONTH = r"(?:" + "|".join(f"{m[:3]}(?:{m[3:]})?" if len(m) > 3 else m for m in MONTHS) + r"|sept)"
_DAY = (
    rf"(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}\.\d{{1,2}}\.(?:\d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?|{_MONTH} \d{{1,2}}(?: \d{{4}})?"
    rf"|(?:next |this |on |coming )*(?:{'|'.join(DAYS)})|today|tonight|now|tomorrow|day after tomorrow)"
)
_TO = r" ?(?:to|until|till|til|through|thru|and|-) ?(?:and including |including )?"
_FROM = r"(?:from|between|starting|starting on|beginning|as of)"
_COUNT = r"(?P<count>\d{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r") (?P<unit>day|week|fortnight)s?"

_RANGE = re.compile(rf"(?:{_FROM} )?(?P<first>{_DAY}|\d{{1,2}}){_TO}(?P<last>{_DAY})")
_MONTH_FIRST = re.compile(
    rf"(?:{_FROM} )?(?P<month>{_MONTH}) (?P<first>\d{{1,2}}){_TO}(?P<last>\d{{1,2}})(?P<year> \d{{4}})?"
)
_UNTIL = re.compile(rf"(?:until|till|til|through|up to) (?:and including |including )?(?P<last>{_DAY})")
_FOR = re.compile(
    rf"(?:(?:{_FROM} )?(?P<first>{_DAY}) )?for (?:the )?(?:next )?{_COUNT}(?: (?:{_FROM} )(?P<later>{_DAY}))?"
)
_SINCE = re.compile(rf"{_FROM} (?P<first>{_DAY})(?: on| onwards)?")
_ONE = re.compile(rf"(?:on |only |all )*(?P<first>{_DAY})(?: only)?")
_WEEK = re.compile(rf"(?:in |all |for )*(?:(?P<which>next|this|coming) week|week (?:of|from) (?P<first>{_DAY}))")
_WHOLE = re.compile(
    rf"(?:in |all |all of |for |during )*(?:(?P<which>next|this) month|(?P<month>{_MONTH})(?P<year> \d{{4}})?)"
)


def days_ahead(text: str, today: date) -> Span | None:
    """The days that `text` names as a whole, None where it names none that can be."""
    said = _plain(text)
    try:
        return _read(said, today)
    except (ValueError, OverflowError):  # 31 February
        return None


def _plain(text: str) -> str:
    low = re.sub(r"\s*[–—−]\s*", " - ", text.lower().strip())
    low = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", r"\1", low)
    low = re.sub(r"[,;!]|\.(?=\s|$)(?<!\d\.)", " ", low)
    low = re.sub(r"\b(?:of(?= (?:" + "|".join(m[:3] for m in MONTHS) + r"))|the|inclusive|included)\b", " ", low)
    return " ".join(low.split())


def _read(said: str, today: date) -> Span | None:
    if (m := _MONTH_FIRST.fullmatch(said)) is not None:
        year = m["year"] or ""
        return _ordered(f"{m['first']} {m['month']}{year}", f"{m['last']} {m['month']}{year}", today)
    if (m := _RANGE.fullmatch(said)) is not None:
        first = m["first"]
        if first.isdigit():  # "3 to 14 august"
            if (rest := re.search(r"\D.*", m["last"])) is None or not re.match(r"\d", m["last"]):
                return None
            first += rest[0]
        return _ordered(first, m["last"], today)
    if (m := _UNTIL.fullmatch(said)) is not None:
        return today, _day(m["last"], today)
    if (m := _FOR.fullmatch(said)) is not None:
        first_day = _day(m["first"] or m["later"] or "today", today)
        count = int(m["count"]) if m["count"].isdigit() else _NUMBERS[m["count"]]
        return first_day, first_day + timedelta(days=count * _UNITS[m["unit"]] - 1)
    if (m := _SINCE.fullmatch(said)) is not None:
        return _day(m["first"], today), None
    if (m := _ONE.fullmatch(said)) is not None:
        return (_day(m["first"], today),) * 2
    return _calendar(said, today)


def _calendar(said: str, today: date) -> Span | None:
    """Whole weeks and months."""
    if (m := _WEEK.fullmatch(said)) is not None:
        day = _day(m["first"], today) if m["first"] else today
        monday = day - timedelta(days=day.weekday()) + timedelta(days=7 if m["which"] in {"next", "coming"} else 0)
        return max(monday, today), monday + timedelta(days=6)
    if (m := _WHOLE.fullmatch(said)) is not None:
        if m["which"]:
            month = today.replace(day=1) if m["which"] == "this" else _next_month(today)
        else:
            month = _month_ahead(m["month"], m["year"], today)
        return max(month, today), _next_month(month) - timedelta(days=1)
    return None


def _ordered(first: str, last: str, today: date) -> Span | None:
    """Two days in order: "3 to 14 august" may have begun, "monday to friday" has not."""
    if re.search(_MONTH, first) is None:
        begin = _day(first, today)
        end = _day(last, begin)
    else:
        end = _day(last, today)
        begin = _day(first, today)
        if not re.search(r"\d{4}", first) and (begin > end or begin.year < end.year):
            begin = _day(f"{first} {end.year}", today)
            begin = begin if begin <= end else begin.replace(year=end.year - 1)
    return (begin, end) if begin <= end < begin + timedelta(days=LONGEST) else None


def _day(said: str, today: date) -> date:
    """The day; the next one of that name, today included."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", said):
        return date.fromisoformat(said)
    if said in {"today", "tonight", "now"}:
        return today
    if "tomorrow" in said:
        return today + timedelta(days=2 if said.startswith("day") else 1)
    if (m := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?", said)) is not None:
        return _dated(int(m[1]), int(m[2]), m[3], today)
    if (m := re.search(rf"({_MONTH})", said)) is not None:
        numbers = re.findall(r"\d+", said)
        return _dated(int(numbers[0]), _month(m[1]), numbers[1] if len(numbers) > 1 else None, today)
    weekday = next(at for at, name in enumerate(DAYS) if said.endswith(name))
    ahead = (weekday - today.weekday()) % 7
    return today + timedelta(days=ahead + 7 if said.startswith("next ") and ahead == 0 else ahead)


def _dated(day: int, month: int, year: str | None, today: date) -> date:
    if year:
        return date(int(year), month, day)
    here = date(today.year, month, day)
    return here if here >= today else date(today.year + 1, month, day)


def _month(said: str) -> int:
    return 1 + next(at for at, name in enumerate(MONTHS) if name.startswith(said[:3]))


def _month_ahead(said: str, year: str | None, today: date) -> date:
    month = _month(said)
    if year:
        return date(int(year), month, 1)
    return date(today.year + (month < today.month), month, 1)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
