"""Reads what a tour is decided from: who works where, which changes were small, who can be asked at the moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from knowledge.areas.partition import area_of
from knowledge.areas.survey import health
from knowledge.areas.view import look
from knowledge.asking.tree_then import tree_at
from knowledge.memory import DAY
from knowledge.model import Person
from knowledge.paths import is_page
from knowledge.store import willing
from knowledge.store.database import Database
from knowledge.store.landmarks import read_landmarks
from knowledge.store.veils import veil_over
from knowledge.store.wishes import Wishes
from knowledge.ways_in.landmarks import by_name
from knowledge.ways_in.tour import TourFacts
from knowledge.ways_in.tour_places import Work

YEAR_DAYS = 365
# States of a nudge in which people still have something to do (bot.nudging.states.OPEN).
OPEN = ("proposed", "sent", "later", "accepted", "scheduled", "reminded", "asked")
_QUIET = frozenset({"snooze", "opt-out"})


def read_tour(
    db: Database,
    repo_id: int,
    now: int,
    newcomer: Person | None = None,
    team: Iterable[int] = (),
    *,
    looks_back: bool = False,
) -> TourFacts:
    """The facts of a tour at `now`, from no commit later.

    With `looks_back`, files and pages are those of then, by their names alone: what they said, how long they were and
    who had how much to do is not kept.

    Args:
        db: the store.
        repo_id: the repository.
        now: seconds UTC.
        newcomer: whom the tour is for, where the history knows them; never named in it.
        team: ids of the people they work with.
        looks_back: whether `now` is a day in the past that somebody asks about.
    """
    view = look(db, repo_id, now)
    alive = tree_at(db, repo_id, now).alive if looks_back else None
    owner = {path: area.key for path, area in area_of(view.areas).items()}
    work = read_work(db, repo_id, now, alive)
    mates = frozenset(team) | ({newcomer.id} if newcomer else set())
    said = willing.read(db, now)
    return TourFacts(
        now=now,
        areas=tuple((area, health(view, area)) for area in view.areas),
        tested={key: one.tested for key, one in view.study.areas.items() if one.tested is not None},
        marks=read_landmarks(db, repo_id) if alive is None else by_name(alive),
        work=work,
        changed=_changed(db, repo_id, now, alive),
        lines=_lines(db, repo_id) if alive is None else {},
        team=_of_team(work, owner, mates),
        load=_load(db, now) if alive is None else {},
        unwilling=frozenset(
            person
            for person, wishes in Wishes(db).by_person().items()
            if any(one.word in _QUIET and one.holds(now) for one in wishes)
        ),
        glad=said.yes,
        refused=said.no,
        newcomer=newcomer.id if newcomer else 0,
        repo_id=repo_id,
    )


def read_work(db: Database, repo_id: int, now: int, alive: Collection[str] | None = None) -> tuple[Work, ...]:
    """The commits of people within a year, newest first, with the living files they touched; no mass commits.

    `alive` are the files that are there; None for those of the indexed tree.
    """
    rows = db.read(
        "SELECT c.id, c.sha, c.subject, LENGTH(c.body), c.commit_time, COALESCE(i.person_id, -i.id), c.path_count,"
        " n.path, n.alive, t.added, t.removed FROM commits c"
        " JOIN roles r ON r.commit_id = c.id AND r.kind = 'authored' JOIN identities i ON i.id = r.identity_id"
        " JOIN touches t ON t.commit_id = c.id JOIN nodes n ON n.id = t.node_id"
        " WHERE c.repo_id = :repo AND c.commit_time > :since AND c.commit_time <= :now AND c.reachable = 1"
        " AND c.weight >= 0.5 AND c.is_merge = 0 AND i.is_bot = 0 ORDER BY c.seq DESC",
        repo=repo_id,
        since=now - YEAR_DAYS * DAY,
        now=now,
    )
    veil = veil_over(db)
    found: dict[int, Work] = {}
    paths: dict[int, list[str]] = {}
    lines: Counter[int] = Counter()
    for number, sha, subject, body, time, person, count, path, there, added, removed in rows:
        if not there if alive is None else path not in alive:
            continue
        if number not in found:
            said = subject if veil is None else veil.text(subject)
            found[number] = Work(sha, said, time, person, (), count, 0, body)
        paths.setdefault(number, []).append(path)
        lines[number] += (added or 0) + (removed or 0)
    return tuple(one._replace(paths=tuple(paths[n]), lines=lines[n]) for n, one in found.items())


def _of_team(work: Sequence[Work], owner: Mapping[str, str], mates: frozenset[int]) -> dict[str, int]:
    """By area, how many commits of these people touched it."""
    counts: Counter[str] = Counter()
    for one in work:
        if one.person in mates:
            counts.update({owner[path] for path in one.paths if path in owner})
    return dict(counts)


def _changed(db: Database, repo_id: int, now: int, alive: Collection[str] | None = None) -> dict[str, int]:
    """When each page was last changed for its own sake: mass commits only count where there is nothing else."""
    pages = "documents d JOIN nodes n ON d.source = 'docs' AND n.repo_id = d.repo_id AND n.path = d.path"
    rows = db.read(
        "SELECT n.path, MAX(CASE WHEN c.weight >= 1 THEN c.commit_time END), MAX(c.commit_time)"
        f" FROM {pages if alive is None else 'nodes n'} JOIN touches t ON t.node_id = n.id"
        " JOIN commits c ON c.id = t.commit_id WHERE n.repo_id = :repo AND c.reachable = 1"
        " AND c.commit_time <= :now GROUP BY n.path",
        repo=repo_id,
        now=now,
    )
    wanted = alive if alive is None else {path for path in alive if is_page(path)}
    return {path: int(t if own is None else own) for path, own, t in rows if wanted is None or path in wanted}


def _lines(db: Database, repo_id: int) -> dict[str, int]:
    """How long files are: as counted, else as far as they were read."""
    read = db.read(
        "SELECT d.path, MAX(p.line_end) FROM passages p JOIN documents d ON d.id = p.document_id"
        " WHERE d.repo_id = :repo GROUP BY d.path",
        repo=repo_id,
    )
    counted = db.read("SELECT path, lines FROM nodes WHERE repo_id = :repo AND lines IS NOT NULL", repo=repo_id)
    return {path: int(lines) for path, lines in (*read, *counted)}


def _load(db: Database, now: int) -> dict[int, int]:
    """How many proposals, sessions and requests somebody is at."""
    states = ", ".join(f"'{state}'" for state in OPEN)
    rows = db.read(
        "SELECT p.person_id, COUNT(*) FROM nudge_people p JOIN nudges n ON n.id = p.nudge_id"
        f" WHERE n.state IN ({states}) AND n.created_time <= :now GROUP BY p.person_id"
        " UNION ALL SELECT holder_id, COUNT(*) FROM requests WHERE state IN ('asked', 'claimed')"
        " AND holder_id IS NOT NULL AND created_time <= :now GROUP BY holder_id",
        now=now,
    )
    load: dict[int, int] = {}
    for person, count in rows:
        load[int(person)] = load.get(int(person), 0) + int(count)
    return load
