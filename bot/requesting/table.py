"""The one table of questions that want a person: how each stands, and who took it. No ranking, no times of people."""

from __future__ import annotations

from typing import Any

from bot.dates import day
from bot.requesting.flow import Asking
from bot.requesting.wording import names, stands
from knowledge.store.requests import DONE, Request

SHOWN_DAYS = 28  # answered and withdrawn ones are listed for so long
MOST_WORDS = 80  # characters of a question


def listed(asking: Asking, now: int) -> list[Request]:
    """What is open, and what was answered or withdrawn lately; the oldest first."""
    since = now - SHOWN_DAYS * 86_400
    return [one for one in asking.store.since(since) if one.state not in DONE or one.state_time >= since]


def lines(asking: Asking, every: list[Request]) -> list[tuple[str, str]]:
    """Of each, its id, day and words, and how it stands."""
    return [(f"{one.id}  {day(one.created)}  {short(one.text)}", _stands(asking, one)) for one in every]


def as_json(asking: Asking, one: Request) -> dict[str, Any]:
    """An entry of `lamp requests --json`; who asked in private is not told."""
    said = names(asking.db, one)
    return {
        "id": one.id,
        "text": one.text,
        "about": one.topic or one.area,
        "asked": day(one.created),
        "by": said.asker if not one.private else "",
        "urgent": one.urgent,
        "state": one.state,
        "taken_by": said.holder if one.state in {"claimed", "answered"} else "",
        "stands": _stands(asking, one),
        "answer": one.answer,
    }


def short(text: str, most: int = MOST_WORDS) -> str:
    """The first words of a text, in one line."""
    words = " ".join(text.split())
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def _stands(asking: Asking, one: Request) -> str:
    said = stands(one, names(asking.db, one), reached=asking.reached())
    return f"urgent; {said}" if one.urgent and one.state not in DONE else said
