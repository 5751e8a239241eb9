"""One message to each owner about all of their pages that are due: never one a page, and not again within four weeks.

It goes through the outbox and the etiquette like everything that is said first: within the person's weekly budget, in
their working hours, on no weekend or holiday. `Digest` is its voice; the wiki's clock puts it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.etiquette import Recipient, Send
from bot.message import Message, Note, Part, Text
from bot.nudging.voice import Plain
from bot.phrases import code, count
from bot.veiling import veiled
from bot.wiki.reviews import Page, Reviews
from bot.wiki.words import page_why
from knowledge.store.database import Database
from knowledge.store.nudges import Nudges
from knowledge.store.outbox import Entry, put
from knowledge.store.repos import get_meta, set_meta
from knowledge.store.wiki import Pages, Said

KIND = "wiki"
DAY = 86_400
AGAIN_DAYS = 28
EXPIRE_DAYS = 14
MOST_PAGES = 5  # of a digest; the stalest
MOST_ASKED = 2  # of these, pages that nobody owns and they would know
LOOKED = "wiki_looked"  # the day on which pages were looked at last


def digests(pages: list[Page], last: Mapping[int, int], now: int) -> list[Entry]:
    """What to say to whom; `last` is when somebody's latest digest was decided. Pure."""
    hands: dict[int, list[Page]] = {}
    for page in sorted(pages, key=lambda one: -one.stale.score):
        person = page.owner.person
        mine = hands.setdefault(person, []) if person else []
        asked = sum(one.owner.asked for one in mine)
        if len(mine) < MOST_PAGES and not (page.owner.asked and asked >= MOST_ASKED):
            mine.append(page)
    return [
        _entry(person, mine, now)
        for person, mine in sorted(hands.items())
        if mine and now - last.get(person, 0) >= AGAIN_DAYS * DAY
    ]


def _entry(person: int, pages: list[Page], now: int) -> Entry:
    year, week, _ = datetime.fromtimestamp(now, UTC).isocalendar()
    told = [{"path": one.path, "title": one.title, "why": page_why(one), "asked": one.owner.asked} for one in pages]
    return Entry(
        mark=f"wiki {person} {year}-W{week:02}",
        kind=KIND,
        what="digest",
        people=(person,),
        created=now,
        not_before=now,
        expires=now + EXPIRE_DAYS * DAY,
        about=f"wiki {person}",
        payload={"pages": told},
    )


def look(db: Database, reviews: Reviews, now: int) -> int:
    """Once a day: put the digests that are due into the outbox; returns how many.

    As with everything personal that is said first, a lead has let the team's first round go before.
    """
    today = str(now // DAY)
    if get_meta(db, LOOKED) == today or all(one.approved is None for one in Nudges(db).rounds()):
        return 0
    made = digests(reviews.due(now), _last(db), now)
    with db.transaction() as tx:
        set_meta(tx, LOOKED, today)
        return put(tx, made)


def _last(db: Database) -> dict[int, int]:
    rows = db.read(
        "SELECT p.person_id, MAX(o.created_time) FROM outbox o JOIN outbox_people p ON p.mark = o.mark"
        " WHERE o.kind = :kind AND o.state <> 'dropped' GROUP BY p.person_id",
        kind=KIND,
    )
    return {int(person): int(at) for person, at in rows}


class Digest(Plain):
    """The voice of the wiki (`bot.nudging.voice`)."""

    kind = KIND

    def __init__(self, db: Database) -> None:
        self._db = db

    def wanted(self, entry: Entry) -> bool:
        """Whether any of its pages still waits."""
        return bool(self._left(entry))

    def message(self, entry: Entry, known: Mapping[int, Recipient], verdict: Send, now: int) -> Message:  # noqa: ARG002
        """Its words, and for each page what can be done at once."""
        return veiled(compose(self._left(entry)), self._db)

    def _left(self, entry: Entry) -> list[dict[str, Any]]:
        """Its pages without those about which something was said since, or that are not theirs any more."""
        said = Pages(self._db).all()
        person = entry.people[0] if entry.people else 0

        def waits(page: Mapping[str, Any]) -> bool:
            now = said.get(str(page["path"]), Said(""))
            return now.confirmed < entry.created and person not in now.not_owners and now.retired is None

        return [page for page in entry.payload.get("pages", ()) if waits(page)]


def compose(pages: list[dict[str, Any]]) -> Message:
    """The digest: which pages, why, and a question."""
    owned = [one for one in pages if not one.get("asked")]
    first = (
        f"{count(len(pages), 'page')} of yours could use a look. Are they still right?"
        if len(owned) == len(pages) != 1
        else "A page of yours could use a look. Is it still right?"
        if len(owned) == len(pages)
        else f"{count(len(pages), 'page')} that you would know best could use a look. Still right?"
    )
    parts: list[Part] = [Text(first)]
    parts += [Text(f"{code(str(one['path']))}: {one['why']}.") for one in pages]
    paths = [str(one["path"]) for one in pages]
    parts.append(Note("In a terminal: `lamp wiki confirm PAGE`, `adopt`, `not-mine` or `retire`."))
    return Message(tuple(parts), data={"wiki": {"pages": paths}})
