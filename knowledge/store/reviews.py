"""Who took part in the commits of a place or of a person, as far as the reasons for a reviewer need it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from knowledge.memory import REVIEW_KINDS, WORK_KINDS
from knowledge.store.database import Database, Row
from knowledge.store.doings import HUMAN, Place
from knowledge.store.extent import BELOW

_KINDS = [*WORK_KINDS, *(kind for kind in REVIEW_KINDS if kind != "reported")]  # who reports a bug has not read the fix


def _quoted(words: Collection[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


class Part(NamedTuple):
    """Somebody's part in a commit; `time` in seconds UTC."""

    person: int
    time: int
    kind: str  # of memory.WORK_KINDS or REVIEW_KINDS


def parts_here(
    db: Database, repo_id: int, place: Place, people: Collection[int], since: int, now: int
) -> dict[int, list[Part]]:
    """What these people did to a file or directory from `since` to `now`, one part a commit; work before review.

    A file is followed under the names that it had before.
    """
    identities = _identities(db, people)
    if not identities:
        return {}
    if place.is_dir:
        rows = _in_directory(db, repo_id, place.path, identities, since, now)
    else:
        rows = [row for name in _names(db, place.nodes[-1]) for row in _in_file(db, name, identities, since, now)]
    first: dict[tuple[int, int], Part] = {}
    for commit, person, time, kind in sorted(rows, key=lambda row: _KINDS.index(row[3])):
        first.setdefault((commit, person), Part(person, time, kind))
    found: defaultdict[int, list[Part]] = defaultdict(list)
    for part in first.values():
        found[part.person].append(part)
    return found


_PARTS = (
    f"SELECT c.id, {HUMAN}, c.commit_time, r.kind FROM {{places}}"
    " JOIN roles r ON r.commit_id = c.id JOIN identities i ON i.id = r.identity_id"
    " WHERE c.commit_time > :since AND c.commit_time <= :now AND c.reachable = 1 AND c.weight > 0"
    f" AND r.kind IN ({_quoted(_KINDS)}) AND +r.identity_id IN ({{people}})"  # +: by commit, of whom there are few
)


def _in_file(db: Database, name: tuple[int, int], identities: Collection[int], since: int, now: int) -> list[Row]:
    places = "touches t JOIN commits c ON c.id = t.commit_id AND t.node_id = :node AND t.commit_id <= :last"
    sql = _PARTS.format(places=places, people=_listed(identities))
    return db.read(sql, node=name[0], last=name[1], since=since, now=now)


def _in_directory(
    db: Database, repo_id: int, path: str, identities: Collection[int], since: int, now: int
) -> list[Row]:
    sql = _PARTS.format(places="commits c", people=_listed(identities)) + " AND c.repo_id = :repo"
    if not path:
        return db.read(sql, repo=repo_id, since=since, now=now)
    touched = "SELECT 1 FROM touches t JOIN nodes n ON n.id = t.node_id WHERE t.commit_id = c.id"
    prefix = f"{path}/"
    sql += f" AND EXISTS ({touched} AND {BELOW})"
    return db.read(sql, repo=repo_id, since=since, now=now, prefix=prefix, length=len(prefix))


def reviews_of(db: Database, repo_id: int, author: int, since: int, now: int) -> list[Part]:
    """The reviews of the commits that somebody wrote from `since` to `now`, by others."""
    own = _identities(db, [author])
    if not own:
        return []
    rows = db.read(
        f"SELECT DISTINCT c.id, {HUMAN}, c.commit_time, r.kind FROM roles a JOIN commits c ON c.id = a.commit_id"
        " JOIN roles r ON r.commit_id = c.id JOIN identities i ON i.id = r.identity_id"
        " LEFT JOIN people p ON p.id = i.person_id"
        f" WHERE a.identity_id IN ({_listed(own)}) AND a.kind IN ({_quoted(WORK_KINDS)})"
        f" AND r.kind IN ({_quoted(_KINDS[len(WORK_KINDS) :])}) AND c.repo_id = :repo AND c.reachable = 1"
        " AND c.commit_time > :since AND c.commit_time <= :now AND i.is_bot = 0 AND COALESCE(p.is_bot, 0) = 0",
        repo=repo_id,
        since=since,
        now=now,
    )
    found = {(commit, person): Part(person, time, kind) for commit, person, time, kind in rows if person != author}
    return list(found.values())


def _names(db: Database, node: int) -> list[tuple[int, int]]:
    """A file and those it was renamed from, each with the last commit that was to it under that name."""
    found = [(node, 1 << 62)]
    for now, last in found:
        rows = db.read(
            "SELECT from_node_id, commit_id FROM touches WHERE node_id = :node AND change = 'R'"
            " AND from_node_id IS NOT NULL AND commit_id <= :last",
            node=now,
            last=last,
        )
        known = {had for had, _ in found}
        found += [(before, commit - 1) for before, commit in rows if before not in known]
    return found


def _identities(db: Database, people: Collection[int]) -> list[int]:
    """Those of these people; an identity that is not mapped yet is a person of its own, under minus its id."""
    loose = [-person for person in people if person <= 0]
    known = [person for person in people if person > 0]
    if not known:
        return loose
    return loose + [row[0] for row in db.read(f"SELECT id FROM identities WHERE person_id IN ({_listed(known)})")]


def _listed(numbers: Collection[int]) -> str:
    return ", ".join(map(str, numbers))
