"""What a request leaves to say, as entries of the outbox: each named after what it says, so that it is said once."""

from __future__ import annotations

from typing import Any

from bot.calendars import Place, next_open
from bot.requesting.clock import next_day
from knowledge.store.outbox import Entry
from knowledge.store.requests import Request

KIND = "request"
DAY = 86_400
TELL_DAYS = 14  # within which an answer is worth telling
NOTIFIED = frozenset({"slack"})  # platforms on which the bot can say something where it was asked


def ask(one: Request, place: Place, now: int) -> Entry:
    """The question, to whoever was chosen, in their working hours; not after their next working day."""
    opens = next_open(place, now) or now
    return _entry(one, f"ask {one.holder}", "ask", now, next_day(place, opens), people=(one.holder or 0,), agreed=False)


def ping(one: Request, channel: str, now: int) -> Entry:
    """The question, to the channel."""
    return _entry(one, "ping", "ping", now, now + 5 * DAY, payload={"channel": channel})


def reminder(one: Request, now: int) -> Entry:
    """To whoever took it, once."""
    return _entry(one, f"reminder {one.holder}", "reminder", now, now + 5 * DAY, people=(one.holder or 0,))


def courtesy(one: Request, now: int) -> list[Entry]:
    """To whoever had taken it: it is no longer needed."""
    if one.state != "claimed" or one.holder is None:
        return []
    return [_entry(one, f"withdrawn {one.holder}", "withdrawn", now, now + 3 * DAY, people=(one.holder,))]


def to_asker(one: Request, what: str, now: int) -> list[Entry]:
    """To the asker, where they asked (alone, where it was private), once each: taken, answered, nobody found.

    Who asked in a terminal hears it in the chat that runs by then, where the store knows who they are.
    """
    if what == "claimed" and one.holder is not None and one.holder == one.asker_id:
        return []
    if one.platform not in NOTIFIED:
        people = (one.asker_id,) if one.asker_id is not None else ()
        return [_entry(one, what, what, now, now + TELL_DAYS * DAY, people=people)] if people else []
    channel, thread = (one.asker, "") if one.private else (one.place.rpartition("/")[2], one.thread)
    payload = {"channel": channel, "thread": thread, "zone": str(one.facts.get("zone", ""))}
    return [_entry(one, what, what, now, now + TELL_DAYS * DAY, payload=payload)]


def edit(one: Request, now: int) -> Entry:
    """The message in the channel says how it stands."""
    payload = {"channel": one.channel, "edit": one.ts}
    return _entry(one, f"edit {one.version + 1} {one.state}", "edit", now, now + 3 * DAY, payload=payload)


def _entry(
    one: Request,
    name: str,
    what: str,
    now: int,
    expires: int,
    *,
    people: tuple[int, ...] = (),
    payload: dict[str, Any] | None = None,
    agreed: bool = True,
) -> Entry:
    return Entry(
        mark=f"request {one.id} {name}",
        kind=KIND,
        what=what,
        people=people,
        created=now,
        not_before=now,
        expires=expires,
        about=one.id,
        place="person" if people else "channel",
        agreed=agreed,
        payload=payload or {},
    )
