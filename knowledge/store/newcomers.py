"""Who is new, so that what they asked in vain becomes pages: the next newcomer asks it, too.

New is for NEW_DAYS who joined by config.yaml (`people[].joined`), who was greeted when they joined the chat, who took a
tour, and whose first commit is that young. It is counted, never told who it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from knowledge.memory import DAY
from knowledge.store.database import Database
from knowledge.store.repos import get_meta, set_meta

NEW_DAYS = 60
GREETED = "joined:"  # how the receipt of a greeting begins; the asker's id follows
_JOINED = "joined"


def set_joined(db: Database, joined: Mapping[str, int]) -> None:
    """Remember who joined when by config.yaml: address → seconds UTC."""
    said = json.dumps(joined, sort_keys=True)
    if (get_meta(db, _JOINED) or "{}") != said:
        with db.transaction() as tx:
            set_meta(tx, _JOINED, said)


def new_since(db: Database, until: int) -> dict[str, int]:
    """By "platform/id" of everybody who asked: since when they are new, seconds UTC, by the earliest sign."""
    found: dict[str, int] = {}

    def sign(asker: str, time: int | None) -> None:
        if time is not None and time <= until:
            found[asker] = min(time, found.get(asker, time))

    for platform, asker, time in db.read(
        "SELECT platform, asker, MIN(time) FROM questions WHERE time <= :until AND intent = 'knowledge'"
        " AND answer LIKE '%\"tour\": true%' GROUP BY platform, asker",
        until=until,
    ):
        sign(f"{platform}/{asker}", time)
    for platform, asker, time in db.read(
        "SELECT platform, asker, MIN(taken_time) FROM receipts WHERE ts LIKE 'joined:%' GROUP BY platform, asker"
    ):
        sign(f"{platform}/{asker}", time)
    joined = json.loads(get_meta(db, _JOINED) or "{}")
    for platform, asker, first, emails in _known(db):
        sign(f"{platform}/{asker}", first)
        for email in emails:
            sign(f"{platform}/{asker}", joined.get(email))
    return found


def was_new(since: Mapping[str, int], asker: str, time: int) -> bool:
    """Whether somebody was new when they asked; a day before the first sign of it counts, too."""
    start = since.get(asker)
    return start is not None and start - DAY <= time <= start + NEW_DAYS * DAY


def _known(db: Database) -> list[tuple[str, str, int | None, tuple[str, ...]]]:
    """Askers whom the history knows: their first work anywhere, and their addresses."""
    rows = db.read(
        "SELECT q.platform, q.asker, LOWER(i.email), MIN(a.first_time) FROM (SELECT DISTINCT platform, asker, person_id"
        " FROM questions WHERE person_id IS NOT NULL) q JOIN identities i ON i.person_id = q.person_id"
        " LEFT JOIN activations a ON a.identity_id = i.id GROUP BY q.platform, q.asker, LOWER(i.email)"
    )
    found: dict[tuple[str, str], tuple[list[int], list[str]]] = {}
    for platform, asker, email, first in rows:
        times, emails = found.setdefault((platform, asker), ([], []))
        times += [int(first)] if first is not None else []
        emails.append(email)
    return [(*who, min(times, default=None), tuple(emails)) for who, (times, emails) in found.items()]
