"""What config.yaml says of people and bots, as the memory understands it, and whether the store has heard it."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from bot.config import PersonSettings, Settings
from knowledge.store.repos import get_meta, set_meta

if TYPE_CHECKING:
    from knowledge.people import Entry, Rules
    from knowledge.store.database import Database


def people_rules(settings: Settings) -> Rules:
    """The entries and patterns of the settings."""
    from knowledge.people import Rules

    history = settings.index.history
    return Rules(tuple(_entry(person) for person in settings.people), history.bots, history.not_bots)


def follow_config(db: Database, settings: Settings) -> None:
    """Let what config.yaml says of people hold at once, not at the next indexing; one look where nothing changed."""
    said = repr((settings.people, settings.index.history.bots, settings.index.history.not_bots))
    stamp = blake2b(said.encode(), digest_size=12).hexdigest()
    if get_meta(db, "people of config") == stamp:
        return
    from knowledge.store import people

    people.sync(db, people_rules(settings))
    with db.transaction() as tx:
        set_meta(tx, "people of config", stamp)


def _entry(person: PersonSettings) -> Entry:
    from knowledge.people import Entry

    away = tuple((a.first.isoformat(), a.last.isoformat() if a.last else "") for a in person.away)
    return Entry(
        name=person.name, emails=person.emails, slack=person.slack, discord=person.discord, timezone=person.timezone,
        left=bool(person.left), left_day="" if isinstance(person.left, bool) else person.left.isoformat(),
        opted_out=person.opted_out, away=away,
    )  # fmt: skip
