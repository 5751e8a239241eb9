"""Whom the handles of CODEOWNERS mean: people by address or GitHub login; teams and strangers stay as written."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.model import SOMEONE
from knowledge.store.database import Database


def declared(db: Database, owners: Iterable[str]) -> dict[str, str]:
    """What to call each owner: a name where it is known, else the handle; somebody who opted out is "someone"."""
    found: dict[str, str] = {}
    for owner in sorted(set(owners)):
        rows = _people(db, owner)
        found[owner] = owner if not rows else SOMEONE if rows[0][1] else str(rows[0][0])
    return found


def _people(db: Database, owner: str) -> list[tuple[str, int]]:
    low = owner.lower()
    if low.startswith("@"):
        login = low[1:]
        if "/" in login:  # a team's handle stays a handle
            return []
        rows = db.read(
            "SELECT p.name, p.opted_out FROM identities i JOIN people p ON p.id = i.person_id"
            " WHERE p.is_bot = 0 AND (LOWER(i.email) = :bare OR LOWER(i.email) LIKE :numbered ESCAPE '!')"
            " ORDER BY p.opted_out DESC, p.id LIMIT 1",
            bare=f"{login}@users.noreply.github.com",
            numbered=f"%+{_like(login)}@users.noreply.github.com",
        )
    else:
        rows = db.read(
            "SELECT p.name, p.opted_out FROM identities i JOIN people p ON p.id = i.person_id WHERE p.is_bot = 0"
            " AND LOWER(i.email) = :email ORDER BY p.opted_out DESC, p.id LIMIT 1",
            email=low,
        )
    return [(str(name), int(opted_out)) for name, opted_out in rows]


def _like(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
