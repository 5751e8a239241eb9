"""What a survey needs of the whole history: former holders, authorship, what changes together, tests, pages.

It costs a replay of the history, so it is kept (`knowledge/store/studies.py`) until a commit, a page, a rule, a person
or the day changes. Only what was known at `now` goes in; of a moment in the past, what the present tree says of pages,
lines and complexity is left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from knowledge.activation.replay import Replay
from knowledge.activation.standing import add_events
from knowledge.areas.health import AHEAD_DAYS, DEMAND_DAYS, TREND_DAYS, DriftedPage
from knowledge.areas.page_drift import Page, pages
from knowledge.areas.partition import Area, area_of
from knowledge.areas.standings import Node, hold
from knowledge.areas.truck import authors, truck_factor
from knowledge.memory import DAY, Trace
from knowledge.paths import is_code, is_test
from knowledge.store.database import Database
from knowledge.store.traces import params_at

TOGETHER_PATHS = 20  # a commit of more paths says nothing about what belongs together
TOGETHER_COMMITS = 3  # so often in TOGETHER_DAYS do areas change together to depend on each other
TOGETHER_DAYS = 2 * 365
DRIFTED_COMMITS = 5  # commits to what a page names, since it was changed, from which on it counts as drifted
MOST_PAGES = 10  # drifted pages of an area that are kept
SAMPLE = 30  # pieces of an area's code that are looked at for its complexity
PAST = TREND_DAYS * DAY


class AreaStudy(NamedTuple):
    """What one area's history says."""

    active_then: tuple[int, ...] = ()  # person ids above the bar TREND_DAYS before
    ahead_then: tuple[int, ...] = ()  # of them, those who were to be it 60 days on
    is_new: bool = False  # nobody had left anything here by then
    changes: int = 0
    dependents: tuple[str, ...] = ()  # keys of areas
    truck_factor: int = 0
    tested: float | None = None
    lines: int | None = None
    complexity: float | None = None
    pages: int | None = None
    drifted: tuple[DriftedPage, ...] = ()
    drifted_count: int = 0


class Study(NamedTuple):
    """Of a repository: by the key of each area, and by authorship of all its files."""

    areas: Mapping[str, AreaStudy]
    truck_factor: int = 0


NOTHING = AreaStudy()


def study(db: Database, repo_id: int, areas: Sequence[Area], replay: Replay, now: int, *, present: bool) -> Study:
    """The study of these areas at `now`; `replay` must not have come further than TREND_DAYS before.

    Args:
        db: the store.
        repo_id: the repository.
        areas: those of the tree at `now`.
        replay: of this repository, read up to `now`.
        now: seconds UTC.
        present: whether the tree, pages and passages of the store are those of `now`.
    """
    replay.advance(max(replay.now, now - PAST))
    replay.params = params_at(db, repo_id, now - PAST)
    then = _holders(db, repo_id, areas, replay, now - PAST)
    replay.advance(now)
    owner = area_of(areas)
    wrote = {path: _authors(replay, path) for path in owner if path in replay.node_of}
    changes, together = _changes(replay, owner, now)
    tested = _tested(replay)
    sizes = _lines(db, repo_id) if present else {}
    depth = _complexity(db, repo_id, areas) if present else {}
    read = _by_area(pages(db, repo_id, replay), owner) if present else {}
    found = {}
    for area in areas:
        about = read.get(area, [])
        behind = sorted((p.drift for p in about if _is_behind(p.drift)), key=lambda d: (-d.changes, d.path))
        code = [path for path in area.files if is_code(path) and not is_test(path)]
        found[area.key] = AreaStudy(
            *then[area],
            changes=changes[area],
            dependents=tuple(sorted(other.key for other in together[area])),
            truck_factor=truck_factor({path: wrote[path] for path in area.files if path in wrote}),
            tested=sum(path in tested for path in code) / len(code) if code else None,
            lines=_sum(sizes, area.files) if present else None,
            complexity=depth.get(area),
            pages=len(about) if present else None,
            drifted=tuple(behind[:MOST_PAGES]),
            drifted_count=len(behind),
        )
    return Study(found, truck_factor(wrote))


# Person ids: active then, and of them those still so 60 days on; whether nobody had left anything here yet.
Holders = tuple[tuple[int, ...], tuple[int, ...], bool]


def _holders(db: Database, repo_id: int, areas: Sequence[Area], replay: Replay, then: int) -> dict[Area, Holders]:
    known = replay.node_of
    old = [area for area in areas if all(path in known for path in area.files)]
    found: dict[Area, Holders] = dict.fromkeys(areas, ((), (), not replay.position))
    if not replay.position:
        return found
    for one in hold(old, known, lambda nodes: traces_of(db, repo_id, replay, nodes, then), then, replay.params):
        active = one.active(standing.person for standing in one.standings())
        found[one.area] = (tuple(active), tuple(one.active(active, AHEAD_DAYS[1])), not one.traces[-1])
    return found


def traces_of(
    db: Database, repo_id: int, replay: Replay, nodes: Sequence[Node], now: int
) -> dict[int, dict[int, Trace]]:
    """What everybody left in these nodes by `now`, which is where the replay stands; in and outside of commits."""
    found = replay.traces(node for node, _ in nodes)
    add_events(db, repo_id, nodes, found, now)
    return found


def _authors(replay: Replay, path: str) -> frozenset[int]:
    """The people who wrote a file, by number in the replay; mass commits count only where they made it."""
    changes = replay.changes[replay.node_of[path]]
    return authors([one.workers for at, one in enumerate(changes) if one.workers and (not at or one.weight >= 0.5)])


def _changes(replay: Replay, owner: Mapping[str, Area], now: int) -> tuple[Counter[Area], dict[Area, set[Area]]]:
    """How many commits of people touched each area within DEMAND_DAYS, and which areas change together."""
    counts: Counter[Area] = Counter()
    pairs: Counter[tuple[Area, Area]] = Counter()
    for step in reversed(replay.steps[: replay.position]):
        if step.at.time <= now - TOGETHER_DAYS * DAY or step.weight < 0.5:
            continue
        paths = {replay.path_of[node] for node, _, _ in step.touches}
        areas = {owner[path] for path in paths if path in owner}
        if step.at.time > now - DEMAND_DAYS * DAY:
            counts.update(areas)
        if len(step.touches) <= TOGETHER_PATHS:
            code = sorted({owner[path] for path in paths if path in owner and is_code(path) and not is_test(path)})
            pairs.update((one, other) for one in code for other in code if one is not other)
    together: dict[Area, set[Area]] = defaultdict(set)
    for (one, other), count in pairs.items():
        if count >= TOGETHER_COMMITS:
            together[one].add(other)
    return counts, together


def _tested(replay: Replay) -> set[str]:
    """The files that changed together with a test, or of whose name there is one."""
    tests = {node for node in replay.living if is_test(replay.path_of[node])}
    names = {_bare(replay.path_of[node]) for node in tests}
    with_test = {
        step.at.id
        for step in replay.steps[: replay.position]
        if len(step.touches) <= TOGETHER_PATHS and any(node in tests for node, _, _ in step.touches)
    }
    return {
        path
        for node in replay.living
        if (path := replay.path_of[node])
        and (_bare(path) in names or any(change.commit in with_test for change in replay.changes[node]))
    }


def _bare(path: str) -> str:
    """Login for app/login.py, tests/test_login.py, login.spec.ts and LoginTest.java."""
    name = path.rpartition("/")[2].partition(".")[0].lower()
    for word in ("test", "tests", "spec"):
        name = name.removeprefix(f"{word}_").removesuffix(f"_{word}").removesuffix(f"-{word}")
    return name.removesuffix("test") or name


def _lines(db: Database, repo_id: int) -> dict[str, int]:
    """How long files are: as counted, else as far as they were read."""
    read = db.read(
        "SELECT d.path, MAX(p.line_end) FROM passages p JOIN documents d ON d.id = p.document_id"
        " WHERE d.repo_id = :repo GROUP BY d.path",
        repo=repo_id,
    )
    counted = db.read("SELECT path, lines FROM nodes WHERE repo_id = :repo AND lines IS NOT NULL", repo=repo_id)
    return {path: int(lines) for path, lines in (*read, *counted)}


def _sum(sizes: Mapping[str, int], paths: Iterable[str]) -> int:
    return sum(sizes.get(path, 0) for path in paths)


def _complexity(db: Database, repo_id: int, areas: Sequence[Area]) -> dict[Area, float]:
    """The mean indentation of an area's code, in levels, over a sample of its pieces.

    Indentation stands in for the usual complexity metrics, whatever the language (Hindle, Godfrey and Holt 2008,
    "Reading beside the lines: indentation as a proxy for complexity metric").
    """
    pieces: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for path, digest, number in db.read(
        "SELECT d.path, p.hash, p.id FROM passages p JOIN documents d ON d.id = p.document_id"
        " WHERE d.repo_id = :repo AND p.kind = 'code'",
        repo=repo_id,
    ):
        pieces[path].append((digest, number))
    chosen = {  # by hash: as good as by chance, and the same the next time
        area: [number for _, number in sorted(one for path in area.files for one in pieces.get(path, ()))[:SAMPLE]]
        for area in areas
    }
    listed = [number for numbers in chosen.values() for number in numbers]
    texts: dict[int, str] = {}
    for start in range(0, len(listed), 500):
        marks = ", ".join(map(str, listed[start : start + 500]))
        texts.update(db.read(f"SELECT id, text FROM passages WHERE id IN ({marks})"))
    return {area: depth(texts[n] for n in numbers if n in texts) for area, numbers in chosen.items() if numbers}


def depth(texts: Iterable[str]) -> float:
    """The mean indentation of lines that hold something, in levels of four blanks or a tab."""
    levels = [
        (len(line) - len(line.lstrip())) / 4
        for text in texts
        for line in text.expandtabs(4).splitlines()
        if line.strip()
    ]
    return sum(levels) / len(levels) if levels else 0.0


def _by_area(found: Iterable[Page], owner: Mapping[str, Area]) -> dict[Area, list[Page]]:
    """The pages of each area: those that lie in it, and those that name its files."""
    by_area: dict[Area, list[Page]] = defaultdict(list)
    for page in found:
        about = {owner[path] for path in page.named if path in owner and not owner[path].is_reading}
        about |= {owner[page.path]} if page.path in owner else set()
        for area in about:
            by_area[area].append(page)
    return by_area


def _is_behind(drift: DriftedPage) -> bool:
    return bool(drift.missing) or drift.changes >= DRIFTED_COMMITS
