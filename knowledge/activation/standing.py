"""Where everybody stands at a place of the tree at a time: score, retention and traces; what every insight rests on."""

from __future__ import annotations

from knowledge.lean import NamedTuple
from knowledge.memory import (
    DAY,
    DEFAULT,
    DIRECTORY,
    EVENT_KINDS,
    FILE,
    MOST_PATHS,
    NO_TRACE,
    ROOT,
    Level,
    Params,
    Trace,
    backward,
    fading,
    features,
    retention,
    shares,
    turnout,
    worths,
)
from knowledge.person import Person
from knowledge.store.persons import people_by_id
from knowledge.store.traces import crowds, folded_until, params_at, shares_here, traces

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from knowledge.store.database import Database

POOL = 20  # candidates by score for whom retention is worked out
NOBODY = (0.0, 0)  # activation and traces
FEW_IN = 4  # one in so many is few


class Place(NamedTuple):
    """A node of the tree and the directories above it, the root first."""

    path: str
    is_dir: bool
    nodes: tuple[int, ...]
    levels: tuple[Level, ...]


class Standing(NamedTuple):
    """A person in an area at a time."""

    person: int
    score: float  # P_n(p) × turnout
    retention: float
    here: Trace
    anywhere: Trace
    fading: float = 0.0  # the share of their activation here that time took since their last event here
    share: float = 0.0  # P_n(p)


def find_place(db: Database, repo_id: int, path: str) -> Place | None:
    """The place of a path, or of the nearest directory above it that history knows; None before any history."""
    path = path.strip("/")
    chain = [path]
    while chain[-1]:
        chain.append(chain[-1].rpartition("/")[0])
    marks = ", ".join(f":p{n}" for n in range(len(chain)))
    rows = db.read(
        f"SELECT path, id, is_dir FROM nodes WHERE repo_id = :repo AND path IN ({marks})",
        repo=repo_id,
        **{f"p{n}": one for n, one in enumerate(chain)},
    )
    if not rows:
        return None
    rows.sort(key=lambda row: len(row[0]))
    is_dir = bool(rows[-1][2]) or not rows[-1][0]
    levels = (ROOT, *(DIRECTORY for _ in rows[1:-1]), DIRECTORY if is_dir else FILE)[: len(rows)]
    return Place(rows[-1][0], is_dir, tuple(row[1] for row in rows), levels)


def stand(db: Database, repo_id: int, place: Place, now: int, pool: int = POOL) -> list[Standing]:
    """The humans with the highest scores at a place, the highest first; from nothing later than `now`."""
    found = read_traces(db, repo_id, list(zip(place.nodes, place.levels, strict=True)), now)
    return rank(place, [found[node] for node in place.nodes], now, pool, params_at(db, repo_id, now))


class Crowd(NamedTuple):
    """Everybody at a place in sums: enough to tell the standing of some without reading the others one by one."""

    db: Database
    place: Place
    nodes: list[tuple[int, Level]]  # of the place, the root first
    now: int
    params: Params
    told: dict[int, dict[int, Trace]]  # what was done outside of commits, by node and person
    totals: list[float]  # Σ_q A_n(q) of each node
    many: bool  # whether many of all who ever worked in the repository did so here

    def shares(self, small: float = 0.0, old: int = 0) -> dict[int, tuple[float, float, int, int]]:
        """Share, largest share, events and last time of everybody who left something here, as `shares_here` has them.

        What was done outside of commits is in the shares alone: whoever did that is looked at anyhow.
        """
        worth = dict(zip(self.place.nodes, worths(self.place.levels, self.totals), strict=True))
        faded = [(node, worth[node] * backward(self.now, level.half_life_days)) for node, level in self.nodes]
        rows = shares_here(self.db, faded, small=small, old=old, most_are_here=self.many)
        found = {who: (*said,) for who, *said in rows}
        for node, left in self.told.items():
            for who, trace in left.items():
                share, _, events, last = found.get(who, (0.0, 0.0, 0, 0))
                share += worth[node] * trace.activation
                found[who] = (share, share, events, last)
        return found

    def standings(self, people: Collection[int]) -> list[Standing]:
        """Where these people stand, the highest first."""
        found = traces(self.db, [(node, level.half_life_days) for node, level in self.nodes], self.now, only=people)
        join_traces(
            found, {node: {who: left[who] for who in people if who in left} for node, left in self.told.items()}
        )
        chain = [found[node] for node, _ in self.nodes]
        return rank(self.place, chain, self.now, max(1, len(people)), self.params, self.totals)


def crowd_at(db: Database, repo_id: int, place: Place, now: int) -> Crowd | None:
    """Everybody at a place; None for a time before the newest commit, of which nobody kept sums."""
    if now < folded_until(db, repo_id):
        return None
    nodes = list(zip(place.nodes, place.levels, strict=True))
    told = event_traces(db, repo_id, nodes, now)
    stored = crowds(db, place.nodes)
    totals = []
    for node, level in nodes:
        committed = stored.get(node, NOBODY)[0] * backward(now, level.half_life_days)
        totals.append(committed + sum(left.activation for left in told[node].values()))
    here, anywhere = stored.get(place.nodes[-1], NOBODY)[1], stored.get(place.nodes[0], NOBODY)[1]
    return Crowd(db, place, nodes, now, params_at(db, repo_id, now), told, totals, here * FEW_IN > anywhere)


def read_traces(
    db: Database, repo_id: int, nodes: Sequence[tuple[int, Level]], now: int
) -> dict[int, dict[int, Trace]]:
    """What every human left in these nodes by `now`; before the newest commit, from the events up to it alone."""
    if now >= folded_until(db, repo_id):
        found = traces(db, [(node, level.half_life_days) for node, level in nodes], now)
    else:
        from knowledge.activation.past_traces import traces_then

        found = traces_then(db, repo_id, nodes, now)
    add_events(db, repo_id, nodes, found, now)
    return found


def add_events(
    db: Database, repo_id: int, nodes: Sequence[tuple[int, Level]], found: dict[int, dict[int, Trace]], now: int
) -> None:
    """What people did outside of commits counts at its place and in every directory above."""
    join_traces(found, event_traces(db, repo_id, nodes, now))


def event_traces(
    db: Database, repo_id: int, nodes: Sequence[tuple[int, Level]], now: int
) -> dict[int, dict[int, Trace]]:
    """What people left by what they did outside of commits: at its place, and in every directory above."""
    found: dict[int, dict[int, Trace]] = {node: {} for node, _ in nodes}
    events = db.read(  # with a plus, as it begins with the events then, not with the nodes
        "SELECT e.kind, e.person_id, n.path, e.time, e.weight FROM events e JOIN nodes n ON n.id = e.node_id"
        " JOIN people p ON p.id = e.person_id WHERE +n.repo_id = :repo AND e.time <= :now AND p.is_bot = 0",
        repo=repo_id,
        now=now,
    )
    if not events:
        return found
    listed = ", ".join(str(node) for node, _ in nodes)
    level_of = dict(nodes)
    there = {path: node for node, path in db.read(f"SELECT id, path FROM nodes WHERE id IN ({listed})")}
    for kind, person, where, time, weight in events:
        if kind not in EVENT_KINDS:
            continue
        for node in (there[path] for path in _and_above(where) if path in there):
            work = weight * EVENT_KINDS[kind] * 2.0 ** (-(now - time) / DAY / level_of[node].half_life_days)
            join_traces(found, {node: {person: Trace(work, 0.0, 1, time, time, 1)}})
    return found


def join_traces(found: dict[int, dict[int, Trace]], more: Mapping[int, Mapping[int, Trace]]) -> None:
    """Add to what people left, by node and person."""
    for node, left in more.items():
        for person, trace in left.items():
            had = found[node].get(person)
            found[node][person] = trace if had is None else had.joined(trace)


def _and_above(path: str) -> list[str]:
    """A path, the directories above it, and the root."""
    found = [path]
    while found[-1]:
        found.append(found[-1].rpartition("/")[0])
    return found


def rank(
    place: Place,
    chain: Sequence[Mapping[int, Trace]],
    now: int,
    pool: int,
    params: Params = DEFAULT,
    totals: Sequence[float] | None = None,
) -> list[Standing]:
    """Scores and retention from the traces along a path, the root first; pure.

    `totals` are the activations of everybody, node by node, where the chain does not hold everybody.
    """
    believed = shares([{p: t.activation for p, t in found.items()} for found in chain], place.levels, totals)
    everywhere, here = chain[0], chain[-1]
    everybody = sum(trace.activation for trace in here.values()) if totals is None else totals[-1]
    scores: dict[int, float] = {}
    worst = 0.0  # of the best so far, as a share: nobody with a smaller one can come among them
    most = MOST_PATHS**params.breadth  # of any turnout
    for number, person in enumerate(sorted(believed, key=believed.__getitem__, reverse=True)):
        if number >= pool and number % pool == 0:
            worst = sorted(scores.values(), reverse=True)[pool - 1] / most
        if believed[person] < worst:
            break
        scores[person] = believed[person] * turnout(everywhere.get(person, NO_TRACE), now, params)
    best = sorted(scores, key=lambda person: (-scores[person], person))[:pool]
    standings = []
    for person in best:
        trace, anywhere = here.get(person, NO_TRACE), everywhere.get(person, NO_TRACE)
        score, is_dir = scores[person], place.is_dir
        values = features(trace, anywhere, now, everybody=everybody, score=score, is_dir=is_dir)
        faded = fading(trace, now, place.levels[-1])
        retained = retention(values, params.retention)
        standings.append(Standing(person, score, retained, trace, anywhere, faded, believed[person]))
    return standings


def people_of(db: Database, ids: Iterable[int]) -> dict[int, Person]:
    """People by id; an identity that is not mapped yet is a person of its own, under minus its id."""
    listed = list(ids)
    people = people_by_id(db, [number for number in listed if number > 0])
    loose = sorted(-number for number in listed if number <= 0)
    for start in range(0, len(loose), 500):
        marks = ", ".join(map(str, loose[start : start + 500]))
        rows = db.read(f"SELECT id, name, email FROM identities WHERE id IN ({marks})")
        people.update((-number, Person(-number, name, email)) for number, name, email in rows)
    return people


def with_people(db: Database, standings: Iterable[Standing]) -> list[tuple[Standing, Person]]:
    """Each standing with its person."""
    listed = list(standings)
    people = people_of(db, {one.person for one in listed})
    return [(one, people[one.person]) for one in listed]
