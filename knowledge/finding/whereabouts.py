"""Where something is: a description or a name → the symbols, files, directories or sections that are called so.

Candidates are what the index of words finds for the words asked for, for words that only begin like them and for pairs
of them in one ("rate limiter": ratelimit), and what is near in meaning; `naming.py` says how well each is called what
was asked for. A class speaks for its methods, a file for its symbols, a directory for its files; whichever is called
best wins. Tests, examples and chronicles stand behind the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from knowledge.finding.candidates import Candidate, Candidates, Row, in_tests
from knowledge.finding.naming import Wanted, score
from knowledge.finding.wanting import Ground, Sought, wanted_of
from knowledge.finding.words import Words
from knowledge.store.database import Database

CANDIDATES = 250  # passages that words find and whose names are looked at
READ = 24  # of the best by name are read
HEAD_CHARACTERS = 400  # of a passage: its signature and the first lines of what it says of itself
STANDS_FOR = 0.85  # of the score of its file is enough for a symbol to be named instead
SAID, MEANT = 0.08, 0.2  # what the passage gains that words find first, and what the one next in meaning


class Spot(NamedTuple):
    """A place. `symbol` is a heading for pages, "" for a whole file.

    `score` is how surely it is what was sought: 1 for all of it by name, a little more where its meaning is near, too.
    The lines are those of the passage in which it begins; a directory has none.
    """

    repo_id: int
    path: str
    symbol: str
    line_start: int
    line_end: int
    passage_id: int
    score: float
    is_directory: bool = False


class Found(NamedTuple):
    """What was found: the best place of each file, best first; or the words that nothing here has."""

    spots: tuple[Spot, ...]
    unknown: tuple[str, ...] = ()


def places(db: Database, words: Words, sought: Sought, near: Mapping[int, float] | None = None) -> Found:
    """The places that are called what is sought; none where nothing has a word on which the question hangs.

    Args:
        db: the store.
        words: the index of the words of pages.
        sought: what is looked for.
        near: passage → how near its meaning is, in [0, 1], where the model has read it.
    """
    wanted = wanted_of(words, sought.words)
    hits = words.search(*_boosts(wanted)) if wanted else []
    unknown = tuple(one.said for one in wanted if one.is_unknown)
    if not hits or unknown:
        return Found((), unknown)
    top = max((found for _, found in hits), default=1.0)
    gains = {row_id: SAID * found / top for row_id, found in hits}
    for row_id, nearness in (near or {}).items():
        gains[row_id] = gains.get(row_id, 0.0) + MEANT * nearness
    candidates = Candidates(words, wanted, sought, _rows(db, gains, sought.ground))
    found = _read(db, words, wanted, _promising(wanted, candidates.units(), gains), gains)
    return Found(tuple(_one_each(found, whole=sought.unit == "file")))


def _one_each(found: Iterable[Spot], *, whole: bool) -> list[Spot]:
    """The best of each file, best first; a symbol rather than its whole file, where that is not asked for."""
    best: dict[tuple[int, str], Spot] = {}
    for spot in sorted(found, key=lambda spot: (-spot.score, spot.path.count("/"), spot.path, spot.symbol)):
        had = best.setdefault((spot.repo_id, spot.path), spot)
        if had.symbol or whole or not spot.symbol or spot.score < STANDS_FOR * had.score:
            continue
        best[spot.repo_id, spot.path] = spot._replace(score=had.score)
    return list(best.values())


def _boosts(wanted: Sequence[Wanted]) -> tuple[list[str], int, dict[str, float]]:
    """What to search for: the terms, how many passages, what each term is worth."""
    boosts: dict[str, float] = defaultdict(float)
    for one in wanted:
        for term, worth in one.ways.items():
            boosts[term] = max(boosts[term], worth * one.share)
    return list(boosts), CANDIDATES, boosts


def _rows(db: Database, gains: Iterable[int], ground: Ground) -> list[Row]:
    listed = ",".join(map(str, sorted(gains)))
    name, kinds = ("p.title", "'doc', 'wiki'") if ground == "pages" else ("p.symbol", "'code'")
    rows = db.read(
        f"""SELECT p.id, d.repo_id, d.path, {name}, p.line_start, p.line_end FROM passages p
            JOIN documents d ON d.id = p.document_id WHERE p.kind IN ({kinds}) AND p.id IN ({listed}) ORDER BY p.id"""
    )
    found = [Row(*row) for row in rows]
    return [row for row in found if in_tests(row.path)] if ground == "tests" else found


# -- reading ----------------------------------------------------------------------------------------------------------


def _promising(wanted: Sequence[Wanted], units: Sequence[Candidate], gains: Mapping[int, float]) -> list[Candidate]:
    """The candidates that their names and what found them speak for, the best READ."""
    ranked = [(unit.weight * (score(wanted, unit.names) + _gain(unit, gains)), at) for at, unit in enumerate(units)]
    return [units[at] for _, at in sorted(ranked, key=lambda pair: (-pair[0], pair[1]))[:READ]]


def _gain(unit: Candidate, gains: Mapping[int, float]) -> float:
    return max(gains.get(row.id, 0.0) for row in unit.rows)


def _read(
    db: Database, words: Words, wanted: Sequence[Wanted], units: Sequence[Candidate], gains: Mapping[int, float]
) -> Iterable[Spot]:
    """The candidates as spots, with what their passages say taken in."""
    ids = ",".join(map(str, sorted({row.id for unit in units for row in unit.rows}))) or "NULL"
    texts: dict[int, str] = dict(db.read(f"SELECT id, text FROM passages WHERE id IN ({ids})"))
    terms = {row_id: frozenset(words.terms(text)) for row_id, text in texts.items()}
    for unit in units:
        there = [row for row in unit.rows if row.id in texts]  # a sync may have taken some of them meanwhile
        if not there:
            continue
        own = [row for row in there if row.name == unit.symbol] or there
        first = min(own, key=lambda row: row.line_start)
        head = frozenset(unit.names.head)
        if first.name == unit.symbol and not unit.is_directory:
            head |= frozenset(words.terms(texts[first.id][:HEAD_CHARACTERS]))
        body = frozenset[str]().union(*(terms[row.id] for row in there))
        total = score(wanted, unit.names._replace(head=head, body=body)) + _gain(unit, gains)
        yield Spot(
            unit.repo_id, unit.path, unit.symbol, first.line_start, first.line_end, first.id,
            unit.weight * total, unit.is_directory,
        )  # fmt: skip
