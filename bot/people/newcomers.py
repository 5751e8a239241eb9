"""What config.yaml says of newcomers (who works in which team, who joined when), and what they are greeted with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.message import Asker, Choice, Choices, Message, Note, Text, plain
from knowledge.store.finding import by_chat
from knowledge.store.newcomers import set_joined
from knowledge.store.wishes import Wishes

if TYPE_CHECKING:
    from bot.config import PersonSettings
    from knowledge.store.database import Database


def teams_of(people: Iterable[PersonSettings]) -> Mapping[str, Sequence[str]]:
    """By address, the addresses of everybody in the same team, their own among them."""
    teams: dict[str, list[str]] = {}
    for one in people:
        if one.team:
            teams.setdefault(one.team.lower(), []).extend(email.lower() for email in one.emails)
    return {email: tuple(emails) for emails in teams.values() for email in emails}


def remember_joined(db: Database, people: Iterable[PersonSettings]) -> None:
    """Let the memory know who joined when; costs one look when it is as before."""
    joined = {
        email.lower(): int(datetime(one.joined.year, one.joined.month, one.joined.day, tzinfo=UTC).timestamp())
        for one in people
        if one.joined is not None
        for email in one.emails
    }
    set_joined(db, joined)


def greeting_of(db: Database, asker: Asker) -> Message | None:
    """What somebody who has just joined hears, once and alone; None for whoever wants to hear nothing."""
    person = by_chat(db, asker.platform, asker.id, asker.email)
    if person is not None and (person.opted_out or any(one.word == "opt-out" for one in Wishes(db).of(person.id))):
        return None
    name = f", {plain(asker.name.split()[0])}" if asker.name.strip() else ""
    text = (
        f"Welcome{name}! Ask me who knows something here, how it works or why it changed; I answer with the sources."
        " Here you ask me in private."
    )
    ways = (Choice("Show me around", "show me around"), Choice("What can I ask?", "help"))
    stop = "Now and then I write first, in your working hours; “stop” ends that, and only I see it."
    return Message((Text(text), Choices("Whenever you like:", ways), Note(stop)), private=True)
