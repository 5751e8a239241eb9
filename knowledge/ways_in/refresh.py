"""What changed in a place since somebody last knew it: the commits in groups, symbols, pages, who, and what to read.

"Last knew it" is their last event there. Without one, the last DEFAULT_DAYS stand for it, or a year where those hold
little.
Nothing here decides how it is said: that is `bot/telling/getting_back.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import log1p
from typing import Literal, NamedTuple

from knowledge.activation.past import Past, PastCommit
from knowledge.activation.standing import Place, find_place, read_traces
from knowledge.fresh import names
from knowledge.memory import DAY, WORK_KINDS
from knowledge.paths import explains, is_chronicle
from knowledge.store.database import Database
from knowledge.store.doings import Since, read_doings
from knowledge.store.traces import folded_until
from knowledge.ways_in.grouping import OTHERS, UPKEEP, Group, Text, grouped

DEFAULT_DAYS, LONGER_DAYS, LITTLE = 90, 365, 5
MOST_COMMITS = 400  # are grouped, the newest
_FIX = re.compile(r"\bfix(?:e[sd]|ing)?\b", re.IGNORECASE)


class Start(NamedTuple):
    """From when on things are new, and why from then: their own last work, a span they asked for, or a default."""

    time: int
    why: Literal["last", "asked", "default"]


class FileChange(NamedTuple):
    """What became of a file; `old` is its name before where it was renamed."""

    path: str
    change: str  # A, M, D or R
    old: str = ""


class PageChange(NamedTuple):
    """A page that talks about the place and is new or was changed."""

    path: str
    title: str
    is_new: bool
    time: int
    about: int  # how many of the place's files and symbols it names; all of them where it lies there itself


class Refresh(NamedTuple):
    """What there is to catch up on."""

    start: Start
    commits: tuple[PastCommit, ...]  # newest first, without merges, bots, mass changes and their own
    left_out: int  # those
    more: bool  # there are more than MOST_COMMITS
    groups: tuple[Group, ...]  # of positions in `commits`
    files: tuple[FileChange, ...]
    pages: tuple[PageChange, ...]
    people: tuple[str, ...]  # who did it, by name; someone who opted out is not among them
    first: PastCommit | None  # the one commit to read
    since: Since  # how much of the place is new, in changes and as a share


def start_of(db: Database, repo_id: int, place: Place, person_id: int | None, now: int) -> Start:
    """From when on a place is new to somebody; None is somebody unknown."""
    if person_id is not None:
        node, level = place.nodes[-1], place.levels[-1]
        trace = read_traces(db, repo_id, [(node, level)], now)[node].get(person_id)
        if trace is not None and trace.events:
            return Start(trace.last, "last")
    few = len(_commits(db, repo_id, place, now - DEFAULT_DAYS * DAY, now, LITTLE)) < LITTLE
    return Start(now - (LONGER_DAYS if few else DEFAULT_DAYS) * DAY, "default")


def refresh(
    db: Database, repo_id: int, path: str, start: Start, now: int, person_id: int | None = None
) -> Refresh | None:
    """What changed in a file or directory after `start`, up to `now` (seconds UTC); None before any history."""
    place = find_place(db, repo_id, path)
    if place is None:
        return None
    found = _commits(db, repo_id, place, start.time, now, MOST_COMMITS + 1)
    telling = [one for one in found[:MOST_COMMITS] if _tells(one, person_id)]
    touched = _touched(db, [one.id for one in telling], place)
    below = {n: tuple(change.path for change in touched.get(one.id, ())) for n, one in enumerate(telling)}
    texts = [Text(one.subject, _within(below[n], place)) for n, one in enumerate(telling)]
    groups = grouped(texts, _vectors(db, [one.sha for one in telling]))
    doings = read_doings(db, repo_id, place, now, start.time)
    return Refresh(
        start=start,
        commits=tuple(telling),
        left_out=min(len(found), MOST_COMMITS) - len(telling),
        more=len(found) > MOST_COMMITS,
        groups=tuple(groups),
        files=_files([change for one in reversed(telling) for change in _here(touched.get(one.id, ()), one, place)]),
        pages=_pages(db, repo_id, place, start.time, now),
        people=_people(telling),
        first=_first(telling, groups, below),
        since=doings.of_others(person_id or 0, start.time),
    )


def _commits(db: Database, repo_id: int, place: Place, since: int, now: int, limit: int) -> list[PastCommit]:
    past = Past(db, repo_id, now)
    read = past.of_directory if place.is_dir else past.of_file
    found = read(place.path, limit, since=since + 1)
    return [one for one in found if not one.is_merge]


def _tells(one: PastCommit, person_id: int | None) -> bool:
    own = person_id is not None and any(
        h.person_id == person_id and h.kind in {"authored", "coauthored"} for h in one.hands
    )
    return not (one.author.is_bot or one.is_mass or own)


def _people(commits: Sequence[PastCommit]) -> tuple[str, ...]:
    hands = (h for one in commits for h in one.hands if h.kind in WORK_KINDS and not h.is_bot)
    return tuple(sorted({hand.name for hand in hands if hand.person_id}))


# -- files ------------------------------------------------------------------------------------------------------------


def _touched(db: Database, commits: Sequence[int], place: Place) -> dict[int, list[FileChange]]:
    """By commit, what it did below the place."""
    found: dict[int, list[FileChange]] = {}
    for at in range(0, len(commits), 500):
        listed = ", ".join(map(str, commits[at : at + 500]))
        rows = db.read(
            "SELECT t.commit_id, n.path, t.change, f.path FROM touches t JOIN nodes n ON n.id = t.node_id"
            f" LEFT JOIN nodes f ON f.id = t.from_node_id WHERE t.commit_id IN ({listed}) ORDER BY t.commit_id, n.path"
        )
        for commit, path, change, old in rows:
            if not place.is_dir or _lies_in(path, place.path) or (change == "R" and _lies_in(old or "", place.path)):
                found.setdefault(commit, []).append(FileChange(path, change, old if change == "R" and old else ""))
    return found


def _here(changes: Sequence[FileChange], one: PastCommit, place: Place) -> list[FileChange]:
    """Of what a commit did, that to the place itself; `one.path` is the name that a file had then."""
    return [change for change in changes if place.is_dir or change.path == one.path]


def _lies_in(path: str, directory: str) -> bool:
    return not directory or path == directory or path.startswith(f"{directory}/")


def _within(paths: Sequence[str], place: Place) -> tuple[str, ...]:
    """The paths that say what a change was about: not the place itself, nor the list of all changes."""
    cut = len(place.path) + 1 if place.path and place.is_dir else 0
    return tuple(path[cut:] for path in paths if path != place.path and not is_chronicle(path))


def _files(changes: Sequence[FileChange]) -> tuple[FileChange, ...]:
    """All that happened to each file as one change, by path; `changes` in the order of time."""
    now: dict[str, FileChange] = {}
    for one in changes:
        had = now.pop(one.old, None) if one.change == "R" else now.get(one.path)
        if one.change == "R":
            origin = had.old or ("" if had.change == "A" else one.old) if had else one.old
            now[one.path] = FileChange(one.path, "R" if origin else "A", origin)
        elif one.change == "D":
            if had is not None and had.change == "A":
                del now[one.path]
            else:
                now.pop(one.path, None)
                gone = had.old if had and had.old else one.path
                now[gone] = FileChange(gone, "D")
        elif had is None or had.change == "D":
            now[one.path] = FileChange(one.path, "M" if had else "A" if one.change in "AC" else "M")
    return tuple(now[path] for path in sorted(now))


def _first(
    commits: Sequence[PastCommit], groups: Sequence[Group], below: Mapping[int, Sequence[str]]
) -> PastCommit | None:
    """The commit that tells most: in a large group, about many of the files, and with reasons in its message."""
    size = {n: 0 if group.name in {UPKEEP, OTHERS} else len(group.members) for group in groups for n in group.members}
    worth = {n: _telling(one, size[n], len(below[n])) for n, one in enumerate(commits)}
    return commits[max(worth, key=lambda n: (worth[n], -n))] if worth else None


def _telling(one: PastCommit, like_it: int, files: int) -> float:
    """How much one commit tells of the rest: breadth first, then how many are like it, then reasons; fixes less."""
    breadth = 1 + 1.5 * log1p(min(files, 20)) + log1p(min(one.path_count, 40)) / 2
    reasons = 1 + log1p(min(len(one.body), 2000) / 200) / 2
    return (0.5 + log1p(min(like_it, 10))) * breadth * reasons * (0.6 if _FIX.search(one.subject) else 1.0)


def _vectors(db: Database, shas: Sequence[str]) -> list[list[float]] | None:
    """What the model made of each message; None unless it has read them all."""
    if len(shas) < 2:
        return None
    rows = db.read("SELECT value FROM meta WHERE key = 'model'")
    found: dict[str, bytes] = {}
    for at in range(0, len(shas) if rows else 0, 400):
        some = shas[at : at + 400]
        marks = ", ".join(f":s{n}" for n in range(len(some)))
        sql = f"SELECT hash, vector FROM embeddings WHERE model = :model AND hash IN ({marks})"
        found.update(
            (row[0], bytes(row[1]))
            for row in db.read(sql, model=rows[0][0], **{f"s{n}": sha for n, sha in enumerate(some)})
        )
    if any(not found.get(sha) for sha in shas):
        return None
    import numpy as np

    return [np.frombuffer(found[sha], dtype=np.float16).astype(float).tolist() for sha in shas]


# -- pages ------------------------------------------------------------------------------------------------------------


def _pages(db: Database, repo_id: int, place: Place, since: int, now: int) -> tuple[PageChange, ...]:
    """Pages that were written or changed for their own sake and talk about the place, what is new first.

    None of the past: what a page said then is not kept.
    """
    if now < folded_until(db, repo_id):
        return ()
    rows = db.read(
        "SELECT d.id, d.path, MAX(c.commit_time), MAX(CASE WHEN t.change = 'A' THEN 1 ELSE 0 END) FROM documents d"
        " JOIN nodes n ON n.repo_id = d.repo_id AND n.path = d.path JOIN touches t ON t.node_id = n.id"
        " JOIN commits c ON c.id = t.commit_id WHERE d.repo_id = :repo AND d.source = 'docs' AND c.weight >= 1"
        " AND c.reachable = 1 AND c.is_merge = 0 AND c.commit_time > :since AND c.commit_time <= :now"
        " GROUP BY d.id, d.path ORDER BY d.path",
        repo=repo_id, since=since, now=now,
    )  # fmt: skip
    rows = [row for row in rows if explains(row[1])]
    wanted = _words_of(db, repo_id, place)
    found = []
    for document, path, time, is_new in rows:
        passages = db.read(
            "SELECT title, text FROM passages WHERE document_id = :id AND kind = 'doc' ORDER BY line_start", id=document
        )
        said = {name for _, text in passages for name in names(text)}
        about = sum(name in wanted or name.rpartition("/")[2] in wanted for name in said)
        if place.is_dir and place.path and _lies_in(path, place.path):
            about = max(about, 1)
        if about or not place.path:
            title = passages[0][0].partition(" › ")[0] if passages else path
            found.append(PageChange(path, title, bool(is_new), time, about))
    return tuple(sorted(found, key=lambda page: (not page.is_new, -page.about, page.path)))


def _words_of(db: Database, repo_id: int, place: Place) -> frozenset[str]:
    """Names by which a page may speak of the place: its path, its files' paths and names, its symbols."""
    if not place.path:
        return frozenset()
    below = "= :path" if not place.is_dir else ">= :low AND {0}.path < :high"
    bounds = {"low": f"{place.path}/", "high": f"{place.path}0"} if place.is_dir else {"path": place.path}
    sql = "SELECT n.path FROM nodes n WHERE n.repo_id = :repo AND n.alive = 1 AND n.is_dir = 0 AND n.path "
    files = [row[0] for row in db.read(sql + below.format("n"), repo=repo_id, **bounds)]
    symbols = db.read(
        "SELECT DISTINCT p.symbol FROM passages p JOIN documents d ON d.id = p.document_id"
        f" WHERE d.repo_id = :repo AND p.symbol <> '' AND d.path {below.format('d')}",
        repo=repo_id,
        **bounds,
    )
    own = {place.path, *files, *(path.rpartition("/")[2] for path in files if "." in path and "__" not in path)}
    return frozenset(own | {row[0] for row in symbols if len(row[0]) > 3})
