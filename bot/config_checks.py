"""Words of config.yaml that must be something: a time zone, hours, a country, days, a timetable.

Each check raises the `Mistake` that the word would meet when it is used; `bot/config_reader.py` tells it at the line of
the file, with all others. Every command reads the file, so that a check loads nothing heavy for a word that is plainly
right: cron words of plain numbers and names, or the shape of a country's code.
"""

from __future__ import annotations

import re
from datetime import UTC

from knowledge.errors import Mistake

_DAY = r"(?:[0-7]|sun|mon|tue|wed|thu|fri|sat)"
_PLAIN = [
    rf"(?:\*|{one}(?:,{one})*)"
    for one in (r"[0-5]?\d", r"(?:[01]?\d|2[0-3])", r"(?:[1-9]|[12]\d|3[01])", r"(?:[1-9]|1[0-2])", _DAY)
]
_PLAIN_CRON = re.compile(r"\s+".join(_PLAIN))
_COUNTRY = re.compile(r"[A-Za-z]{2}(?:-[A-Za-z0-9]{1,3})?")


def zone(word: str) -> None:
    """A time zone; empty: UTC."""
    from knowledge import zones

    zones.zone(word)


def hours(word: str) -> None:
    """Working hours such as 9-17."""
    from bot import calendars

    calendars.hours(word)


def own_hours(word: str) -> None:
    """Working hours of somebody; empty: the team's."""
    if word:
        hours(word)


def country(word: str) -> None:
    """The code of a country, perhaps with a part of it; that its holidays are known is asked where they are needed."""
    if word and not _COUNTRY.fullmatch(word):
        raise Mistake(f"{word!r} is no country", "Use a code such as DE, DE-BY or US-CA.")


def round_time(word: str) -> None:
    """The cron words of the rounds of nudges."""
    if not _PLAIN_CRON.fullmatch(word.lower()):
        from bot.timetable import cron

        cron(word, "")


def report_time(word: str) -> None:
    """When the report is due: a day and an hour, or cron words."""
    from bot.reports.calendar import DAY_AND_HOUR, trigger

    if not (DAY_AND_HOUR.fullmatch(word.strip()) or _PLAIN_CRON.fullmatch(word)):
        trigger(word, UTC)
