"""The way back into what nobody knows any more: pages that speak of it, who worked on it last, who is next door."""

from __future__ import annotations

import re

from knowledge.activation import reasons
from knowledge.model import SOMEONE
from knowledge.paths import explains
from knowledge.store.traces import folded_until

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from knowledge.activation.standing import Place, Standing
    from knowledge.model import Knower, Person
    from knowledge.store.database import Database

MOST_PAGES = 2
LOOKED_AT = 40  # pages whose words fit are read


def nobody(
    db: Database, repo_id: int, place: Place, named: Sequence[tuple[Standing, Person]], spare: Knower | None, now: int
) -> str:
    """That nobody is active there, and every way back in that there is, the quickest first."""
    workers = [(one, person) for one, person in named if one.here.work]
    workers.sort(key=lambda pair: -pair[0].here.last)
    told = [
        reasons.Worker(
            SOMEONE if person.opted_out else person.name, one.here.last, one.here.events, person.reachable(now)
        )
        for one, person in workers
    ]
    workers = [(one, person) for one, person in workers if not person.opted_out]
    ways = [f"read {' and '.join(found)}"] if (found := pages(db, repo_id, place, now)) else []
    ways += _people(workers, told, spare, now)
    return reasons.nobody(place.path, told, "; ".join(ways) + "." if ways else "", now)


def _people(
    workers: Sequence[tuple[Standing, Person]], told: Sequence[reasons.Worker], spare: Knower | None, now: int
) -> Iterator[str]:
    """The last who worked there, if they can be asked (or when again), and who is next door."""
    last = next((person for _, person in workers if not person.is_bot and not person.has_left(now)), None)
    if last is not None and (away := last.away(now)) is not None:
        back = f", back on {reasons.day(away[1])}" if away[1] < now + 3650 * 86_400 else ""
        yield f"{last.name} worked on it last and is away now{back}"
    if spare is None:
        return
    if last is not None and spare.person.id == last.id and told[0].name == last.name:
        if not reasons.is_fresh(told[0].last, now):  # else they were named already
            yield f"ask {spare.person.name}, the last who did ({spare.why})"
    else:
        yield f"ask {spare.person.name}, who is closest to it now ({spare.why})"


def pages(db: Database, repo_id: int, place: Place, now: int) -> list[str]:
    """At most MOST_PAGES pages that speak of a place: those that name it, else the readme beside it."""
    if now < folded_until(db, repo_id):
        return []  # what pages said then is not kept
    path = place.path
    name = path.rpartition("/")[2]
    found: dict[str, bool] = {}
    if name:
        exact = re.compile(rf"(?<![\w./-]){re.escape(path)}(?![\w-])")
        alone = re.compile(rf"(?<![\w./-]){re.escape(name)}(?![\w-])")
        for page, text in _that_hold(db, repo_id, f"{path}/" if place.is_dir else name):
            whole = bool(exact.search(text))
            speaks = whole or (not place.is_dir and alone.search(text))
            if speaks and page != path and explains(page):
                found[page] = found.get(page, False) or whole
    named = sorted(found, key=lambda page: (not found[page], page.count("/"), page))
    beside = [page for page in _readmes(db, repo_id, path if place.is_dir else path.rpartition("/")[0]) if page != path]
    return [*named, *(page for page in beside if page not in found)][:MOST_PAGES]


def _that_hold(db: Database, repo_id: int, words: str) -> list[tuple[str, str]]:
    pattern = words.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    rows = db.read(
        "SELECT d.path, p.text FROM passages p JOIN documents d ON d.id = p.document_id WHERE d.repo_id = :repo"
        " AND d.source = 'docs' AND p.kind = 'doc' AND p.text LIKE :words ESCAPE '!' ORDER BY p.id LIMIT :most",
        repo=repo_id,
        words=f"%{pattern}%",
        most=LOOKED_AT,
    )
    return [(str(path), str(text)) for path, text in rows]


def _readmes(db: Database, repo_id: int, directory: str) -> list[str]:
    prefix = f"{directory}/" if directory else ""
    rows = db.read(
        "SELECT path FROM documents WHERE repo_id = :repo AND source = 'docs' AND path IN (:a, :b, :c, :d)",
        repo=repo_id, a=f"{prefix}README.md", b=f"{prefix}README.rst", c=f"{prefix}README", d=f"{prefix}index.md",
    )  # fmt: skip
    return [str(row[0]) for row in rows]
