"""What config.yaml says of newcomers: who works in which team, and who joined when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from knowledge.store.newcomers import set_joined

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
