"""Who shared knowledge in a span of time, and by what: for thanks, in the order of their names, never counted.

Sharing is: answering, teaching, pairing and writing down (events), bringing a stale page up to date, and taking up an
area that was losing its holders. Bots and people who opted out are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from knowledge.activation.standing import people_of
from knowledge.fresh import freshness
from knowledge.model import Person
from knowledge.pages import FEWEST_COMMITS
from knowledge.store.database import Database
from knowledge.store.doings import HUMAN

DEEDS = {
    "taught": "showing others {}",
    "paired": "pairing on {}",
    "answered": "answering about {}",
    "documented": "writing down {}",
}
MOST_PAGES = 40


class Deed(NamedTuple):
    """What somebody is thanked for: "pairing on `src/auth`"."""

    person: Person
    what: str


def deeds(
    db: Database, repo_id: int, since: int, now: int, taken_up: Mapping[str, Iterable[int]] | None = None
) -> list[Deed]:
    """The deeds after `since` and by `now`, each once.

    Args:
        db: the store.
        repo_id: the repository.
        since: seconds UTC.
        now: seconds UTC.
        taken_up: title of an area that got better → ids of its new holders.
    """
    found = [*_events(db, repo_id, since, now), *_pages(db, repo_id, since, now)]
    found += [(person, f"taking up {_code(title)}") for title, ids in (taken_up or {}).items() for person in ids]
    people = people_of(db, {person for person, _ in found})
    named = [(people[person], what) for person, what in dict.fromkeys(found) if person in people]
    told = [Deed(person, what) for person, what in named if not (person.is_bot or person.opted_out)]
    return sorted(told, key=lambda deed: (deed.person.name.casefold(), deed.what))


def _events(db: Database, repo_id: int, since: int, now: int) -> list[tuple[int, str]]:
    rows = db.read(
        "SELECT e.person_id, e.kind, COALESCE(n.path, ''), e.topic FROM events e LEFT JOIN nodes n ON n.id = e.node_id"
        " WHERE e.time > :since AND e.time <= :now AND (n.repo_id = :repo OR n.id IS NULL) ORDER BY e.time, e.id",
        since=since,
        now=now,
        repo=repo_id,
    )
    return [(person, _what(kind, path, topic)) for person, kind, path, topic in rows if kind in DEEDS]


def _pages(db: Database, repo_id: int, since: int, now: int) -> list[tuple[int, str]]:
    """Whoever changed a page that was stale before."""
    rows = db.read(
        f"""SELECT n.path, MIN(c.commit_time), MIN({HUMAN}) FROM commits c JOIN touches t ON t.commit_id = c.id
            JOIN nodes n ON n.id = t.node_id JOIN documents d ON d.repo_id = n.repo_id AND d.path = n.path
            JOIN roles r ON r.commit_id = c.id AND r.kind = 'authored' JOIN identities i ON i.id = r.identity_id
            WHERE c.repo_id = :repo AND c.commit_time > :since AND c.commit_time <= :now AND c.reachable = 1
            AND c.weight >= 1 AND d.source = 'docs' AND i.is_bot = 0 GROUP BY n.path ORDER BY n.path""",
        repo=repo_id, since=since, now=now,
    )  # fmt: skip
    found = []
    for path, time, person in rows[:MOST_PAGES]:
        text = "\n".join(
            row[0]
            for row in db.read(
                "SELECT p.text FROM documents d JOIN passages p ON p.document_id = d.id"
                " WHERE d.repo_id = :repo AND d.source = 'docs' AND d.path = :path",
                repo=repo_id,
                path=path,
            )
        )
        before = freshness(db, repo_id, path, text, time - 1)
        if before.changed_time is not None and before.drift >= FEWEST_COMMITS:
            found.append((person, f"bringing {_code(path)} up to date"))
    return found


def _what(kind: str, path: str, topic: str) -> str:
    """A deed in words: a path as code, a topic, title or question as it was written."""
    if path or not topic:
        return DEEDS[kind].format(_code(path) if path else "the repository")
    said = "“" + topic.replace("`", "'") + "”"
    return f"answering {said}" if kind == "answered" else DEEDS[kind].format(said)


def _code(text: str) -> str:
    return "`" + text.replace("`", "'") + "`"
