"""Questions that were brought to people and that nobody has taken, or taken and not answered; nobody is named."""

from __future__ import annotations

from typing import NamedTuple

from knowledge.store.database import Database
from knowledge.store.requests import DONE, Requests

DAY = 86_400
TAKEN_DAYS = 7  # after which a taken question without an answer is worth a word


class Waiting(NamedTuple):
    """One question that waits for a person."""

    id: str
    text: str
    since: int
    is_taken: bool


def waiting(db: Database, now: int) -> tuple[tuple[Waiting, ...], int]:
    """Those that waited at `now`, the oldest first, and how many more were asked in private."""
    found, private = [], 0
    for one in Requests(db).since(0):
        over = one.state in DONE and one.state_time <= now
        taken = one.state == "claimed" and one.state_time <= now
        if one.created > now or over or (taken and now - one.state_time < TAKEN_DAYS * DAY):
            continue
        if one.private:
            private += 1
        else:
            found.append(Waiting(one.id, " ".join(one.text.split()), one.created, taken))
    return tuple(found), private
