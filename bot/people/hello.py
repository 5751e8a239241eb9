"""The hello to somebody who joined the chat: what the bot says first there, so it goes through outbox and etiquette.

Kept under the mark of the account, whatever the platform delivers twice; said once, in the working hours of where the
platform says that they are, within everybody's budget, and not to whoever opted out meanwhile. Nobody needs to be known
to the store for it: an account is enough.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.etiquette import Recipient, Send
from bot.message import Asker, Message
from bot.nudging.voice import Plain
from bot.people.newcomers import greeting_of
from knowledge.store.database import Database
from knowledge.store.finding import by_chat
from knowledge.store.outbox import Entry, put

KIND = "hello"
DAY = 86_400
EXPIRE_DAYS = 7  # after which somebody is no longer greeted


def welcome(db: Database, asker: Asker, zone: str, now: int) -> bool:
    """Keep a hello to somebody who joined at `now`, to be said by the runner; False where one was kept before.

    Args:
        db: the store.
        asker: who joined, as the platform knows them.
        zone: where the platform says that they are (IANA); "" for unknown.
        now: seconds UTC.
    """
    if greeting_of(db, asker) is None:
        return False
    with db.transaction() as tx:
        return bool(put(tx, [_entry(db, asker, zone, now)]))


def _entry(db: Database, asker: Asker, zone: str, now: int) -> Entry:
    person = by_chat(db, asker.platform, asker.id, asker.email)
    known = person is not None and not person.is_bot
    return Entry(
        mark=f"{KIND} {asker.platform} {asker.id}",
        kind=KIND,
        what=KIND,
        people=(person.id,) if person is not None and known else (),
        created=now,
        not_before=now,
        expires=now + EXPIRE_DAYS * DAY,
        about=f"{asker.platform}/{asker.id}",
        place="person" if known else "channel",
        payload={"channel": asker.id, "zone": zone, "name": asker.name, "email": asker.email},
    )


class Hello(Plain):
    """Its voice (`bot.nudging.voice`)."""

    kind = KIND

    def __init__(self, db: Database) -> None:
        self._db = db

    def wanted(self, entry: Entry) -> bool:
        """Whether they still may be greeted: nobody is who opted out since."""
        return greeting_of(self._db, _asker(entry)) is not None

    def message(self, entry: Entry, known: Mapping[int, Recipient], verdict: Send, now: int) -> Message:  # noqa: ARG002
        """The hello, which also says how never to hear from us first again."""
        return greeting_of(self._db, _asker(entry)) or Message(())


def _asker(entry: Entry) -> Asker:
    platform, _, number = entry.about.partition("/")
    return Asker(platform, number, str(entry.payload.get("name", "")), str(entry.payload.get("email", "")))
