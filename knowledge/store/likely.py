"""Who of the store may be one person: suggestions from the mapping as it is stored, none of who opted out."""

from __future__ import annotations

from knowledge.alike import Suggestion, suggestions
from knowledge.people import Group, Identity
from knowledge.store.database import Database
from knowledge.store.people import identities


def may_be_one(db: Database, limit: int = 20) -> list[Suggestion]:
    """Merges that a human should decide, the likeliest first."""
    people = {
        row[0]: row for row in db.read("SELECT id, name, email, is_bot FROM people WHERE opted_out = 0 AND is_bot = 0")
    }
    held: dict[int, list[Identity]] = {}
    for identity in identities(db):
        if identity.person_id is not None and identity.person_id in people:
            held.setdefault(identity.person_id, []).append(identity)
    groups = [
        Group(tuple(members), {}, people[number][1], people[number][2], is_bot=False)
        for number, members in sorted(held.items())
    ]
    return suggestions(groups, limit)
