"""Who took the work of others into the main line: merged it, or said in the merge's message that it may come in.

Input: `Merge` values as git tells them (`indexers/merges.py`). Output: `Taken`, a person, a time and the paths. A merge
that a machine makes for whoever approved the change ("…, r=ann") is that person's doing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from knowledge.people import login, plain_name
from knowledge.store.database import Database
from knowledge.store.doings import HUMAN

MOST_PATHS = 50  # a merge of more paths is a release or a sync, no review
_AT_ONCE = 250  # of what one statement asks for


class Merge(NamedTuple):
    """A merge into the main line, as git tells it: who, when, who wrote what came in, and the paths it changed."""

    name: str
    email: str
    time: int
    writer: tuple[str, str]  # name and address of the author of the commit that came in
    paths: tuple[str, ...]
    approved_by: tuple[str, ...] = ()  # accounts that its message names


class Taken(NamedTuple):
    """Somebody merged or approved the work of another."""

    person: int
    time: int
    paths: tuple[str, ...]
    writer: int | None = None  # whose work it is, where that is known
    is_approval: bool = False

    def under(self, path: str) -> int:
        """How many of its paths are this one or lie below it."""
        if not path:
            return len(self.paths)
        below = f"{path}/"
        return sum(one == path or one.startswith(below) for one in self.paths)


def taken_in(db: Database, merges: Sequence[Merge], now: int) -> list[Taken]:
    """The merges of others' work by humans, none later than `now`; one's own work and syncs are left out."""
    merges = [one for one in merges if one.time <= now and 0 < len(one.paths) <= MOST_PATHS]
    if not merges:
        return []
    people = _people(db, {end for one in merges for end in ((one.name, one.email), one.writer)})
    accounts = _accounts(db) if any(one.approved_by for one in merges) else {}
    found = []
    for one in merges:
        writer, person = people.get(one.writer), people.get((one.name, one.email))
        if person is not None and person != writer:
            found.append(Taken(person, one.time, one.paths, writer))
        for account in one.approved_by:
            approver = accounts.get(account.lower())
            if approver is not None and approver not in {writer, person}:
                found.append(Taken(approver, one.time, one.paths, writer, is_approval=True))
    return found


def last_taken(taken: Sequence[Taken]) -> dict[int, int]:
    """When everybody last took something in, in seconds UTC."""
    return {one.person: one.time for one in sorted(taken, key=lambda one: one.time)}


def _people(db: Database, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The humans among these names with addresses."""
    found: dict[tuple[str, str], int] = {}
    names = sorted({name for name, _ in wanted})
    for start in range(0, len(names), _AT_ONCE):
        some = {f"n{n}": name for n, name in enumerate(names[start : start + _AT_ONCE])}
        marks = ", ".join(f":{key}" for key in some)
        rows = db.read(f"SELECT i.name, i.email, {_HUMANS} AND i.name IN ({marks})", **some)
        found.update(((name, email), person) for name, email, person in rows)
    return found


def _accounts(db: Database) -> dict[str, int]:
    """Humans by account, in small letters: of a noreply address; else before an @, or a name without its spaces.

    What several people might be called names nobody.
    """
    sure: defaultdict[str, set[int]] = defaultdict(set)
    likely: defaultdict[str, set[int]] = defaultdict(set)
    for name, email, person in db.read(f"SELECT i.name, i.email, {_HUMANS}"):
        low = email.lower()
        if account := login(low):
            sure[account].add(person)
        for account in (low.partition("@")[0], plain_name(name).replace(" ", "")):
            likely[account].add(person)
    return {account: min(who) for account, who in (likely | sure).items() if account and len(who) == 1}


_HUMANS = (
    f"{HUMAN} FROM identities i LEFT JOIN people p ON p.id = i.person_id"
    " WHERE i.is_bot = 0 AND COALESCE(p.is_bot, 0) = 0"
)
