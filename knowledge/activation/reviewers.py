"""Who should review a change here: the back-off of `knowledge/memory.py` over reviews instead of work; pure.

    A_n(p) = w · work + reviews (trailers) + m · merges of others' work          score = P_n(p) · presence(p)

Reviews are scarcer than work, so a place's own reviews weigh more against its surroundings than work does. Merges of
others' work stand for reviews where a team writes no trailers (m = 1, w = ⅒); where it does, whoever merges is mostly
the integrator, and a merge counts little (m = 0.07, w = ⅕). Where it is known whose change it is, up to two fifths of
the score are who reviewed that person's changes so far, the more the more there were.
Weights were tuned on the repositories of TUNED_ON in `bench/experts_reviews.py`, which measures them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from knowledge.activation.taking import Taken, last_taken
from knowledge.memory import DAY, REVIEW_KINDS, Level, Trace, presence, share_of_commit, shares
from knowledge.store.reviews import Part

LOOK_BACK_DAYS = 730  # merges before count for nothing
TRAILERS = 0.1  # where reviews by trailer are at least this share of merges, the team names its reviewers
BESIDE, ENOUGH = 0.4, 4.0  # the part of who reviewed the author so far, and how many reviews earn half of it
AUTHOR_DAYS, AUTHOR_HALF_LIFE_DAYS = 365, 180.0  # reviews of the author so far: how far back they count, and fade


class Recipe(NamedTuple):
    """What work and merges are worth, in reviews; how fast merges fade; what each level of the path believes."""

    work: float
    merge: float
    file: Level
    directory: Level

    @property
    def levels(self) -> tuple[Level, Level]:
        """Of a directory and of a file."""
        return self.directory, self.file


BY_MERGES = Recipe(0.1, 1.0, Level(120.0, 2.0, 4.0), Level(120.0, 2.5, 2.0))
BY_TRAILERS = Recipe(0.2, 0.07, Level(180.0, 0.5, 1.0), Level(180.0, 1.0, 1.0))


class Author(NamedTuple):
    """Whose change it is, and the reviews by trailer of their changes so far."""

    person: int
    reviews: Sequence[Part]


class Left(NamedTuple):
    """What people left at one place of the tree; `work` and `review` are the sums of everybody."""

    path: str
    traces: Mapping[int, Trace]
    work: float
    review: float

    @classmethod
    def of(cls, path: str, traces: Mapping[int, Trace]) -> Left:
        """Where everybody's traces are at hand."""
        left = traces.values()
        return cls(path, traces, sum(one.work for one in left), sum(one.review for one in left))


def merged(taken: Sequence[Taken], paths: Sequence[str], half_life_days: float, now: int) -> list[dict[int, float]]:
    """What everybody took in at each of these paths, which lie in each other, "" first: decayed, in merges."""
    found: list[defaultdict[int, float]] = [defaultdict(float) for _ in paths]
    below = [(path, f"{path}/", found[level]) for level, path in enumerate(paths) if level]
    for one in taken:
        worth = _worth(one, half_life_days, now)
        found[0][one.person] += worth * len(one.paths)
        for path in one.paths:
            for place, prefix, there in below:
                if path != place and not path.startswith(prefix):
                    break
                there[one.person] += worth
    return list(found)


def _worth(one: Taken, half_life_days: float, now: int) -> float:
    """Of each path of it."""
    fade: float = 2.0 ** (-max(0, now - one.time) / DAY / half_life_days)
    return share_of_commit(1.0, len(one.paths)) * fade


def are_named(review: float, taken: Sequence[Taken], now: int) -> bool:
    """Whether the team writes its reviewers down: the reviews of everybody anywhere beside the merges."""
    half_life_days = BY_MERGES.file.half_life_days
    return review > TRAILERS * sum(_worth(one, half_life_days, now) * len(one.paths) for one in taken)


def rank_reviewers(
    chain: Sequence[Left],
    taken: Sequence[Taken],
    now: int,
    *,
    is_dir: bool,
    author: Author | None = None,
) -> dict[int, float]:
    """Everybody's score as a reviewer.

    Args:
        chain: the places from the root down to the one asked for, each with what was left there by `now`.
        taken: merges of others' work by then.
        now: seconds UTC.
        is_dir: whether the last of the chain is a directory.
        author: whose change it is, where that is known; has no score.
    """
    recipe = BY_TRAILERS if are_named(chain[0].review, taken, now) else BY_MERGES
    merges = merged(taken, [left.path for left in chain], recipe.file.half_life_days, now)
    root = Level(recipe.file.half_life_days, 0.0, 0.0)
    levels = [root, *(recipe.directory for _ in chain[1:-1]), recipe.levels[not is_dir]][: len(chain)]
    found = [_evidence(left, taking, recipe) for left, taking in zip(chain, merges, strict=True)]
    totals = [
        recipe.work * left.work + left.review + recipe.merge * sum(taking.values())
        for left, taking in zip(chain, merges, strict=True)
    ]
    believed = shares(found, levels, totals)
    last = last_taken(taken)
    everywhere = chain[0].traces
    scores = {p: share * _present(everywhere.get(p), last.get(p, 0), now) for p, share in believed.items()}
    if author is None:
        return scores
    scores.pop(author.person, None)
    return _beside(scores, _of_author(author, taken, recipe, now))


def _evidence(left: Left, merges: Mapping[int, float], recipe: Recipe) -> dict[int, float]:
    """A_n(p) of everybody at one place of the tree."""
    found = {person: recipe.work * trace.work + trace.review for person, trace in left.traces.items()}
    for person, count in merges.items():
        found[person] = found.get(person, 0.0) + recipe.merge * count
    return found


def _present(trace: Trace | None, merged: int, now: int) -> float:
    if trace is None:
        return presence(merged, merged, 1, now)
    return presence(trace.first, max(trace.last, merged), max(1, trace.events), now)


def _of_author(author: Author, taken: Sequence[Taken], recipe: Recipe, now: int) -> dict[int, float]:
    """Who reviewed or took in their changes so far, and how much; decayed, in reviews."""
    found: defaultdict[int, float] = defaultdict(float)
    told = [(one.person, one.time, REVIEW_KINDS[one.kind]) for one in author.reviews]
    told += [(one.person, one.time, recipe.merge) for one in taken if one.writer == author.person]
    for person, time, worth in told:
        if time > now - AUTHOR_DAYS * DAY:
            found[person] += worth * 2.0 ** (-max(0, now - time) / DAY / AUTHOR_HALF_LIFE_DAYS)
    return found


def _beside(scores: Mapping[int, float], of_author: Mapping[int, float]) -> dict[int, float]:
    """The scores mixed with who reviewed the author so far."""
    reviews, whole = sum(of_author.values()), sum(scores.values())
    if not reviews or not whole:
        return dict(scores)
    part = BESIDE * reviews / (reviews + ENOUGH)
    found = {person: (1.0 - part) * score / whole for person, score in scores.items()}
    for person, count in of_author.items():
        found[person] = found.get(person, 0.0) + part * count / reviews
    return found
