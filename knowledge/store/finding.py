"""Finds the people of the store: by words, by chat account; and the chat accounts that are nobody known."""

from __future__ import annotations

from typing import NamedTuple

from knowledge.model import Person
from knowledge.store.database import Database, Row
from knowledge.store.persons import people_of_rows


class Unmapped(NamedTuple):
    """Somebody on a chat platform whom no person of the store is known to be."""

    platform: str
    asker: str
    questions: int


def find(db: Database, words: str, *, every: bool = False) -> list[Person]:
    """People whom these words name: an address, a chat id or a full name, else part of a name; `every`: both.

    Never a bot; someone who opted out is found (a lead may ask for their flags) and it is the caller who must call
    them `model.SOMEONE`.
    """
    low = words.strip().lstrip("@").lower()
    rows = db.read(
        "SELECT DISTINCT p.id, CASE WHEN LOWER(p.name) = :w OR LOWER(p.email) = :w OR LOWER(i.email) = :w"
        " OR LOWER(p.slack_id) = :w OR LOWER(p.discord_id) = :w OR LOWER(i.name) = :w THEN 0 ELSE 1 END AS rank"
        " FROM people p LEFT JOIN identities i ON i.person_id = p.id WHERE p.is_bot = 0 AND (LOWER(p.email) = :w"
        " OR LOWER(i.email) = :w OR LOWER(p.slack_id) = :w OR LOWER(p.discord_id) = :w OR LOWER(i.name) = :w"
        " OR LOWER(p.name) LIKE :part ESCAPE '!' OR LOWER(i.email) LIKE :local ESCAPE '!') ORDER BY rank, p.id",
        w=low, part=f"%{_like(low)}%", local=f"{_like(low)}@%",
    )  # fmt: skip
    best = min((row[-1] for row in rows), default=1)
    return people_of_rows(db, [row for row in rows if every or row[1] == best])


def _like(words: str) -> str:
    return words.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def by_chat(db: Database, platform: str, asker: str, email: str = "") -> Person | None:
    """The person behind a chat account: by its linked id, else by the address that the platform vouches for."""
    column = {"slack": "slack_id", "discord": "discord_id"}.get(platform)
    rows: list[Row] = []
    if column:
        rows = db.read(f"SELECT p.id FROM people p WHERE p.{column} = :asker", asker=asker) if asker else []
    if not rows and email:
        rows = db.read(
            "SELECT p.id FROM people p LEFT JOIN identities i ON i.person_id = p.id"
            " WHERE LOWER(p.email) = :email OR LOWER(i.email) = :email ORDER BY p.id LIMIT 1",
            email=email.lower(),
        )
    return next(iter(people_of_rows(db, rows)), None)


def unmapped(db: Database) -> list[Unmapped]:
    """Chat accounts that asked something and that no person is linked to, the most curious first."""
    rows = db.read(
        "SELECT q.platform, q.asker, COUNT(*) FROM questions q WHERE q.person_id IS NULL AND q.asker <> ''"
        " AND q.platform IN ('slack', 'discord') AND NOT EXISTS (SELECT 1 FROM people p"
        " WHERE (q.platform = 'slack' AND p.slack_id = q.asker) OR (q.platform = 'discord' AND p.discord_id = q.asker))"
        " GROUP BY q.platform, q.asker ORDER BY COUNT(*) DESC, q.asker"
    )
    return [Unmapped(*row) for row in rows]
