"""The areas of a repository that a team would recognise, and how well each is held.

Areas come from the tree of living files by one rule: a directory is an area when it is small enough to be one thing
(at most a twelfth of the repository, or MOST_FILES); a bigger one is split into its directories, and the files that lie
directly in it form an area of their own. Directories with fewer than FEWEST_FILES belong to what is around them.
Vendored and generated files do not count.

States: *lit* has two or more active holders, now and in 60 days if nothing happens; *dim* has one, or will fall below
two within 60 days; *dark* has none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Literal, NamedTuple

from knowledge import fitted, reasons
from knowledge.memory import DAY, DIRECTORY, FILE, ROOT, Level, Trace
from knowledge.model import Person
from knowledge.standing import Place, Standing, rank, read_traces, with_people
from knowledge.store.database import Database

MOST_FILES = 40
FEWEST_FILES = 3
AHEAD_DAYS = 60
DEMAND_DAYS = 365
State = Literal["lit", "dim", "dark"]


class Area(NamedTuple):
    """A directory with everything in it, or (`own`) the files that lie directly in it."""

    path: str
    own: bool
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AreaHealth:
    """How well an area is held, every factor of `risk` visible."""

    path: str
    own: bool  # only the files directly in that directory
    files: int
    state: State
    holders: tuple[Person, ...]  # active and reachable, the one to ask first first
    holders_ahead: int  # of them, in AHEAD_DAYS if nothing happens
    next_in_line: Person | None  # who would be the next holder
    last_time: int  # of anybody's work there
    last_person: str  # who that was; "someone" where they opted out
    changes: int  # commits in the last DEMAND_DAYS
    risk: float  # missing holders × demand; ranks areas of one repository
    why: str
    step: str

    @property
    def title(self) -> str:
        """What to call it: `src/auth`, `docs (its own files)`, "the files at the top"."""
        if not self.path:
            return "the files at the top" if self.own else "the whole repository"
        return f"{self.path} (its own files)" if self.own else self.path


def find_areas(paths: Sequence[str]) -> list[Area]:
    """The areas of these files, by the rule of this module, in the order of their paths."""
    below: dict[str, list[str]] = defaultdict(list)
    children: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        directory = path.rpartition("/")[0]
        below[directory].append(path)
        while directory:
            parent = directory.rpartition("/")[0]
            children[parent].add(directory)
            below[parent].append(path)
            directory = parent
    most = max(MOST_FILES, len(paths) // 12)
    found: list[Area] = []
    _split("", below, children, most, found)
    return sorted(found)


def _split(
    directory: str, below: Mapping[str, list[str]], children: Mapping[str, set[str]], most: int, found: list[Area]
) -> None:
    files = below.get(directory, [])
    big = sorted(child for child in children.get(directory, ()) if len(below[child]) >= FEWEST_FILES)
    if len(files) < FEWEST_FILES:
        return
    if len(big) == 1 and len(below[big[0]]) == len(files):  # src/ with nothing but src/flask/: only the latter
        _split(big[0], below, children, most, found)
        return
    if not big or (len(files) <= most and directory):
        found.append(Area(directory, False, tuple(sorted(files))))
        return
    for child in big:
        _split(child, below, children, most, found)
    rest = sorted(path for path in files if not any(path.startswith(f"{child}/") for child in big))
    if len(rest) >= FEWEST_FILES:
        found.append(Area(directory, True, tuple(rest)))


def survey(db: Database, repo_id: int, now: int) -> list[AreaHealth]:
    """Every area of a repository at `now`, the riskiest first; from no commit later than `now`.

    The areas themselves are those of the indexed tree.
    """
    nodes = {
        path: number
        for number, path in db.read(
            "SELECT id, path FROM nodes WHERE repo_id = :repo AND (alive = 1 OR is_dir = 1 OR path = '')"
            " AND traits NOT LIKE '%generated%' AND traits NOT LIKE '%vendored%'",
            repo=repo_id,
        )
    }
    living = [
        row[0]
        for row in db.read(
            "SELECT path FROM nodes WHERE repo_id = :repo AND alive = 1 AND is_dir = 0"
            " AND traits NOT LIKE '%generated%' AND traits NOT LIKE '%vendored%' ORDER BY path",
            repo=repo_id,
        )
    ]
    areas = find_areas(living)
    if not areas:
        return []
    chains = {area: _chain(area, nodes) for area in areas}
    wanted = {node: level for chain, own in chains.values() for node, level in (*chain, *own)}
    found = read_traces(db, repo_id, list(wanted.items()), now)
    changes = _changes(db, repo_id, areas, now)
    standings = {area: _stand(area, *chains[area], found, now) for area in areas}
    ahead = {area: _stand(area, *chains[area], found, now, ahead=AHEAD_DAYS) for area in areas}
    everybody = with_people(db, [one for area in areas for one in standings[area]])
    people = {one.person: person for one, person in everybody}
    health = [_health(area, standings[area], ahead[area], people, changes[area], now) for area in areas]
    return sorted(health, key=lambda one: (-one.risk, one.path))


Chain = list[tuple[int, Level]]


def _chain(area: Area, nodes: Mapping[str, int]) -> tuple[Chain, Chain]:
    """The directories of an area, the root first, and its files where it consists of single ones."""
    parts = area.path.split("/") if area.path else []
    paths = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    chain = [(nodes[""], ROOT), *((nodes[path], DIRECTORY) for path in paths)]
    return chain, [(nodes[path], FILE) for path in area.files] if area.own else []


def _stand(
    area: Area, chain: Chain, own: Chain, found: Mapping[int, Mapping[int, Trace]], now: int, ahead: int = 0
) -> list[Standing]:
    traces = [_later(found[node], level, ahead) for node, level in chain]
    levels = tuple(level for _, level in chain)
    if own:
        merged: dict[int, Trace] = {}
        for node, level in own:
            for person, trace in _later(found[node], level, ahead).items():
                merged[person] = trace if person not in merged else merged[person].joined(trace)
        traces.append(merged)
        levels = (*levels, DIRECTORY)
    place = Place(area.path, True, tuple(node for node, _ in chain), levels)
    return rank(place, traces, now + ahead * DAY, 20)


def _later(found: Mapping[int, Trace], level: Level, days: int) -> dict[int, Trace]:
    fade = 2.0 ** (-days / level.half_life_days)
    return (
        {p: t._replace(work=t.work * fade, review=t.review * fade) for p, t in found.items()} if days else dict(found)
    )


def _changes(db: Database, repo_id: int, areas: Iterable[Area], now: int) -> Counter[Area]:
    """How many commits touched each area in the DEMAND_DAYS before `now`."""
    area_of = {path: area for area in areas for path in area.files}
    rows = db.read(
        "SELECT n.path, c.id FROM commits c JOIN touches t ON t.commit_id = c.id JOIN nodes n ON n.id = t.node_id"
        " WHERE c.repo_id = :repo AND c.commit_time > :since AND c.commit_time <= :now AND c.reachable = 1"
        " AND c.weight >= 0.5",
        repo=repo_id,
        since=now - DEMAND_DAYS * DAY,
        now=now,
    )
    return Counter(area for area, _ in {(area_of[path], commit) for path, commit in rows if path in area_of})


def _health(
    area: Area,
    standings: Sequence[Standing],
    ahead: Sequence[Standing],
    people: Mapping[int, Person],
    changes: int,
    now: int,
) -> AreaHealth:
    holders = _holders(standings, people, now)
    later = sum(one.person in {h.id for h in holders} for one in ahead if one.retention >= fitted.BAR)
    rest = [p for p in (people[one.person] for one in standings) if p.reachable(now) and p not in holders]
    workers = [one for one in standings if one.here.work]
    last = max(workers, key=lambda one: one.here.last, default=None)
    name = "" if last is None else "someone" if people[last.person].opted_out else people[last.person].name
    state: State = "dark" if not holders else "dim" if min(len(holders), later) < 2 else "lit"
    missing = 1.0 - min(2.0, (len(holders) + later) / 2) / 2
    risk = missing * log1p(changes + min(len(area.files), MOST_FILES) / 20)
    return AreaHealth(
        path=area.path,
        own=area.own,
        files=len(area.files),
        state=state,
        holders=holders,
        holders_ahead=later,
        next_in_line=rest[0] if rest else None,
        last_time=last.here.last if last else 0,
        last_person=name,
        changes=changes,
        risk=risk,
        why=_why(holders, later, changes, name, last.here.last if last else 0, now),
        step=_step(holders, rest),
    )


def _holders(standings: Sequence[Standing], people: Mapping[int, Person], now: int) -> tuple[Person, ...]:
    active = (one for one in standings if one.retention >= fitted.BAR and one.here.events)
    return tuple(people[one.person] for one in active if people[one.person].reachable(now))


def _why(holders: Sequence[Person], later: int, changes: int, last: str, last_time: int, now: int) -> str:
    names = " and ".join(person.name for person in holders[:2])
    if not holders:
        said = "nobody is active here"
        if last:
            said += f"; last was {last} on {reasons.day(last_time)} ({reasons.ago(last_time, now)})"
    elif len(holders) == 1:
        said = f"only {names} is active here"
    else:
        said = f"{names}{' and others' if len(holders) > 2 else ''} are active here"
    if holders and later < len(holders):
        left = "nobody" if not later else f"only {later}"
        said += f", {left} in {AHEAD_DAYS} days if nothing happens"
    return f"{said}; {reasons.count(changes, 'change')} in the last year"


def _step(holders: Sequence[Person], rest: Sequence[Person]) -> str:
    if holders and rest:
        return f"Let {holders[0].name} show {rest[0].name} around."
    if rest:
        return f"Ask {rest[0].name} to look into it, who is closest to it now."
    return (
        f"Ask {holders[0].name} to write down what a newcomer needs." if holders else "Write down what is still known."
    )


def going_stale(db: Database, repo_id: int, now: int, top: int = 10) -> list[AreaHealth]:
    """The areas that are dim or dark, the riskiest first; those that nobody changed within a year only when dim."""
    return [one for one in survey(db, repo_id, now) if one.state != "lit" and (one.changes or one.holders)][:top]


def what_if_away(db: Database, repo_id: int, person_id: int, now: int, top: int = 10) -> list[AreaHealth]:
    """The areas whose only active holder is this person, the riskiest first; `next_in_line` could take over."""
    alone = (one for one in survey(db, repo_id, now) if [holder.id for holder in one.holders] == [person_id])
    return list(alone)[:top]
