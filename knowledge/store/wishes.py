"""What people want of whatever the bot says first. Confidential: only the person themselves is ever shown theirs.

snooze      until a time
opt-out     of a kind of message, or of "all"
opt-in      to what needs a yes first: "request"
never-pair  with a person (the subject is their id)
interest    in an area or topic
willing     to help newcomers, in an area or in "all"; shown to them (`knowledge.store.willing`)
unwilling   to be sent newcomers
resume      since when they want to hear again, after we paused by ourselves
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal, NamedTuple

from knowledge.store.database import Database

Word = Literal["snooze", "opt-out", "opt-in", "never-pair", "interest", "willing", "unwilling", "resume"]


class Wish(NamedTuple):
    """One wish; `until` is None where it holds until it is taken back."""

    word: Word
    subject: str = ""
    until: int | None = None
    time: int = 0

    def holds(self, now: int) -> bool:
        """Whether it is still in force at `now`."""
        return self.until is None or now < self.until


class Wishes:
    """The table `wishes`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def wish(self, person_id: int, wish: Wish, now: int) -> None:
        """Keep a wish; the same one again replaces the old."""
        with self._db.transaction() as tx:
            tx.insert(
                "wishes",
                "person_id, wish, subject, until_time, time",
                [(person_id, wish.word, wish.subject, wish.until, now)],
                "ON CONFLICT (person_id, wish, subject) DO UPDATE SET until_time = excluded.until_time,"
                " time = excluded.time",
            )

    def take_back(self, person_id: int, word: Word, subject: str | None = None) -> int:
        """Forget a wish (with `subject` None: all of that word); returns how many there were."""
        with self._db.transaction() as tx:
            return len(
                tx.run(
                    "DELETE FROM wishes WHERE person_id = :person AND wish = :word"
                    " AND (:every = 1 OR subject = :subject) RETURNING subject",
                    person=person_id,
                    word=word,
                    every=int(subject is None),
                    subject=subject or "",
                )
            )

    def of(self, person_id: int) -> list[Wish]:
        """Somebody's wishes, in the order of the alphabet."""
        return self.by_person([person_id]).get(person_id, [])

    def by_person(self, people: Iterable[int] | None = None) -> dict[int, list[Wish]]:
        """The wishes of these people, or of everybody."""
        rows = self._db.read("SELECT person_id, wish, subject, until_time, time FROM wishes ORDER BY 1, 2, 3")
        wanted = None if people is None else set(people)
        found: dict[int, list[Wish]] = defaultdict(list)
        for person, *wish in rows:
            if wanted is None or person in wanted:
                found[person].append(Wish(*wish))
        return dict(found)
