"""Whose name is this: the people of the store by first name, full name, address, login or chat id, slips allowed.

Bots are nobody; somebody who opted out is never found, so that no answer can name them.
"""

from __future__ import annotations

import re
import threading
from typing import NamedTuple

from knowledge.asking.bearers import Bearers
from knowledge.finding.spelling import near
from knowledge.model import Person
from knowledge.store.database import Database
from knowledge.store.people import people_by_id

# Names that are words of questions far more often than they are names; they need a capital or an @.
_ALSO_WORDS = frozenset(
    """will mark may rob bill grant page drew art dean chase jack hope joy grace faith dawn june april august summer
    ray rich guy frank max gene hunter mason cook baker young long white black brown green king price stone wood
    bush day moon west north test root admin user team build doc docs code main master dev ops web data api app
    core base case bug fix tag log link note list file line field form view model node path port host key value
    type name class object pat sue sunny sky star mike chat bot none null true false python ruby rust java go perl
    flask django so an in on at by do am is my me he no the and for you who what when where why how lee see way
    low rose ward lane park hill bell ford law more less best good great nice major minor patch change person
    people""".split()
)


_STAMP = """SELECT (SELECT COUNT(*) FROM people), (SELECT COALESCE(MAX(id), 0) FROM people),
    (SELECT COUNT(*) FROM people WHERE opted_out = 1), (SELECT COUNT(*) FROM identities),
    (SELECT COALESCE(MAX(id), 0) FROM identities), (SELECT COALESCE(SUM(person_id), 0) FROM identities)"""


class Found(NamedTuple):
    """People whom a name may mean, the likeliest first; `near` are those whose name is a slip away."""

    people: tuple[Person, ...]
    near: tuple[Person, ...] = ()


class _Index(NamedTuple):
    stamp: tuple[int, ...]
    bearers: Bearers
    repos: frozenset[str]  # what repositories are called is no name of a person, even where an account is called so


class Names:
    """The names of a store's people, read once and again when people changed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._held: _Index | None = None
        self._moment: object | None = None  # at which it was known to be right
        self._lock = threading.Lock()

    def is_name(self, word: str) -> bool:
        """Whether `word` alone, as it was typed, is somebody's name; of two words, whether one person bears both."""
        low = word.lower().removesuffix("'s").removesuffix("’s")
        index = self._index()
        if low in index.repos:
            return False
        if " " in low:
            return bool(set.intersection(*(index.bearers.parts(part).any for part in low.split())))
        if low in _ALSO_WORDS and not word[:1].isupper():
            return False
        borne = index.bearers.parts(low)
        if borne.first:
            return len(low) > 1
        return bool(borne.any) and (word[:1].isupper() or len(low) > 3) and low not in _ALSO_WORDS

    def find(self, said: str) -> Found:
        """Whom `said` ("Ann", "ann lee", "@ann", "<@U012>", "ann@x.org") may mean, most recently active first."""
        low = re.sub(r"^<?@|>$", "", said.strip()).split("|")[0].strip().lower()
        low = low.removesuffix("'s").removesuffix("’s").strip(" ?!.,")
        index = self._index().bearers
        words = re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", low)
        tries = [index.by_name.get(low, set()) | (index.by_first.get(low, set()) if len(words) == 1 else set())]
        if words:
            tries += [set.intersection(*(index.by_part.get(w, set()) for w in words)), index.by_part.get(low, set())]
            tries.append(
                {i for part, ids in index.by_part.items() if len(words[0]) > 2 and part.startswith(low) for i in ids}
            )
        for ids in tries:
            if ids:
                return Found(self._most_active(ids))
        close = {i for first, ids in index.by_first.items() if near(first, low) for i in ids}
        close |= {i for name, ids in index.by_name.items() if "@" not in name and near(name, low) for i in ids}
        people = self._most_active(close)
        return Found(people) if len(people) == 1 and len(low) > 3 else Found((), people[:5])

    def _most_active(self, ids: set[int]) -> tuple[Person, ...]:
        people = people_by_id(self._db, ids)
        latest = {person_id: self.last_time(person_id) for person_id in people}
        return tuple(sorted(people.values(), key=lambda p: (p.left, -latest[p.id], p.id)))

    def last_time(self, person_id: int) -> int:
        """When somebody last took part in a commit; 0 for never."""
        rows = self._db.read(
            """SELECT MAX(c.commit_time) FROM identities i JOIN roles r ON r.identity_id = i.id
               JOIN commits c ON c.id = r.commit_id WHERE i.person_id = :person""",
            person=person_id,
        )
        return int(rows[0][0] or 0)

    def _index(self) -> _Index:
        moment = self._db.moment()  # a question asks for every one of its words
        with self._lock:
            if self._held is not None and moment is not None and moment == self._moment:
                return self._held
        stamp = tuple(self._db.read(_STAMP)[0])
        with self._lock:
            if self._held is None or self._held.stamp != stamp:
                self._held = self._read(stamp)
            self._moment = moment
            return self._held

    def _read(self, stamp: tuple[int, ...]) -> _Index:
        rows = self._db.read(
            """SELECT p.id, p.name, p.email, p.slack_id, p.discord_id FROM people p
               WHERE p.is_bot = 0 AND p.opted_out = 0"""
        )
        rows += self._db.read(
            """SELECT p.id, i.name, i.email FROM people p JOIN identities i ON i.person_id = p.id
               WHERE p.is_bot = 0 AND p.opted_out = 0 AND i.is_bot = 0"""
        )
        repos = frozenset(str(name).lower() for (name,) in self._db.read("SELECT name FROM repos"))
        return _Index(stamp, Bearers((row[0], row[1:]) for row in rows), repos)
