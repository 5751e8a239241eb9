"""Who people are to the etiquette: read from the store and config.yaml, at the moment of judging."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.calendars import hours
from bot.config import NudgeSettings, PersonSettings
from bot.etiquette import ALL, WEEK, Manners, Recipient, Span
from knowledge.model import FOREVER, SOMEONE
from knowledge.store.absences import everybody_away
from knowledge.store.database import Database, Row
from knowledge.store.outbox import Contact, contacts
from knowledge.store.wishes import Wish, Wishes

DAY = 86_400
ANSWER_DAYS = 7  # without an answer after this, a message was ignored
ASKING = frozenset({"re-light", "share", "hand-over", "newcomer", "page", "page-to-write", "request"})  # and wait


@dataclass(frozen=True, slots=True)
class Team:
    """What the config says of people and manners; `extra` is the config's word on somebody by address or name."""

    manners: Manners = field(default_factory=Manners)
    extra: Mapping[str, PersonSettings] = field(default_factory=dict)


def team_of(settings: NudgeSettings, people: Sequence[PersonSettings]) -> Team:
    """The team of a config.

    Raises:
        Mistake: hours that are none.
    """
    extra = {key.lower(): one for one in people for key in (*one.emails, one.name) if key}
    manners = Manners(settings.budget, settings.pause_after, settings.timezone, settings.country, hours(settings.hours))
    return Team(manners, extra)


def recipients(
    db: Database, team: Team, ids: Iterable[int], now: int, but: str = "", only: str = ""
) -> dict[int, Recipient]:
    """What the etiquette knows of these people at `now`; `but` is the mark of a message not to count.

    With `only`, a kind that has a budget of its own, messages of that kind alone count as unasked.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    listed = ", ".join(map(str, wanted))
    rows = db.read(
        "SELECT id, name, email, has_left, left_time, opted_out, timezone FROM people"
        f" WHERE id IN ({listed}) AND is_bot = 0"
    )
    wishes = Wishes(db).by_person(wanted)
    away = absences(db, now)
    told: dict[int, list[Contact]] = defaultdict(list)
    for one in contacts(db, 0):  # all of them: a pause holds until it is ended, an introduction for good
        if one.mark != but:
            told[one.person].append(one)
    return {
        row[0]: _recipient(row, team, wishes.get(row[0], []), away.get(row[0], ()), told[row[0]], now, only)
        for row in rows
    }


def absences(db: Database, now: int) -> dict[int, tuple[Span, ...]]:
    """When people are away, from `now` on."""
    return {
        person: tuple(Span(one.from_time, None if one.until_time >= FOREVER else one.until_time) for one in spans)
        for person, spans in everybody_away(db, now).items()
    }


def _recipient(
    row: Row, team: Team, wishes: Sequence[Wish], away: tuple[Span, ...], told: Sequence[Contact], now: int, only: str
) -> Recipient:
    number, name, email, left, left_time, opted_out, timezone = row
    said = team.extra.get(email.lower()) or team.extra.get(name.lower())
    resumed = max((wish.time for wish in wishes if wish.word == "resume"), default=0)
    outs = {wish.subject for wish in wishes if wish.word == "opt-out" and wish.holds(now)}
    return Recipient(
        person=number,
        name=SOMEONE if opted_out else name,
        zone=timezone or (said.timezone if said else ""),
        country=said.country if said else "",
        hours=hours(said.hours) if said and said.hours else None,
        left=bool(left) and now >= left_time,
        away=(*away, Span(left_time)) if left and left_time > now else away,
        snoozed_until=max((w.until or 0 for w in wishes if w.word == "snooze"), default=0) or None,
        opted_out=frozenset(outs | ({ALL} if opted_out else set())),
        unasked=tuple(
            one.time for one in told if not one.agreed and only in {"", one.kind} and one.time > now - 2 * WEEK
        ),
        ignored=ignored_in_a_row(told, resumed, now),
        met=any(one.introduced for one in told),
    )


def ignored_in_a_row(told: Sequence[Contact], resumed: int, now: int) -> int:
    """How many of the latest messages that asked something went by without a word, since `resumed` or an answer."""
    number = 0
    for one in sorted(told, key=lambda contact: -contact.time):
        if one.answered or one.time < resumed:
            break
        if not one.agreed and one.kind in ASKING and one.time + ANSWER_DAYS * DAY <= now:
            number += 1
    return number
