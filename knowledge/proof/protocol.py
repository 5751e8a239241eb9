"""The protocol that judges the model on a repository's own past.

At cut-offs on the first of January and July, for every file and directory that is touched in the next 180 days,
everybody is ranked from nothing but the history up to the date; right are those who touch it. Left out: what only
people without any earlier activity touched, bots, the root. *Hard* are cases whose last toucher is not among the right.
Cut-offs lie on the calendar and areas are drawn by their paths, so that what is learnt by a date depends on nothing
that came after it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from zlib import crc32

from knowledge.activation.replay import Replay
from knowledge.memory import DAY, HORIZON_DAYS, features
from knowledge.proof.baselines import Akb, Authors, rank_of
from knowledge.proof.due import checkpoints

FIRST_DAYS = 365  # of history before the first cut-off
OUTLIERS = 200  # one commit in so many may carry a wrong clock
MODELS = ("last toucher", "most commits", "DOA", "AKB+", "defaults", "ours")
AREAS_A_CUT = 250  # whose candidates become cases
CANDIDATES = 20  # in each of them, as an answer considers


class Trial(NamedTuple):
    """One file or directory at one cut-off; `ranks` of the best right person by MODELS, 0 where nobody was ranked."""

    cut: int
    node: int
    is_dir: bool
    hard: bool
    is_new: bool  # nobody had touched it before
    ranks: tuple[float, ...]


class Case(NamedTuple):
    """One person in one area at one cut-off, and whether they work there within HORIZON_DAYS."""

    area: int
    features: tuple[float, ...]
    active: bool


def cuts(replay: Replay, now: int | None = None) -> list[int]:
    """Cut-offs with a year of history before them and a full window after them, up to `now` or the newest commit.

    Outliers of the clock are not believed.
    """
    times = [step.at.time for step in replay.steps]
    if not times:
        return []
    end = (times[-1 - len(times) // OUTLIERS] if now is None else now) - HORIZON_DAYS * DAY
    found = []
    for cut in checkpoints(times[0], max(times[0], end)):
        before = bisect_right(times, cut)
        if before and times[before // OUTLIERS] <= cut - FIRST_DAYS * DAY:
            found.append(cut)
    return found


def truth(replay: Replay) -> dict[int, set[int]]:
    """Who touches what within HORIZON_DAYS after the replay's present."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    end = replay.now + HORIZON_DAYS * DAY
    for step in replay.steps[replay.position :]:
        if step.at.time > end:
            break
        workers = [number for number, work, _ in step.at.parts if work]
        for node, _, _ in step.touches:
            for place in (node, *replay.tree.above(node)):
                found[place].update(workers)
    return found


def judged(replay: Replay, right: dict[int, set[int]]) -> dict[int, list[int]]:
    """The areas of the protocol at the replay's present, with who is right among those known by then."""
    known = set(replay.ledger.sums[replay.root])
    found = {node: sorted(who & known) for node, who in right.items() if node != replay.root}
    return {node: who for node, who in found.items() if who}


def trials_at(replay: Replay, akb: Akb, authors: Authors, right: dict[int, set[int]]) -> list[Trial]:
    """Every trial at the present of the replay, whose `params` are those that had been learnt by then."""
    fitted, plain = replay.turnout(), replay.turnout(type(replay.params)())
    done = []
    for node, who in judged(replay, right).items():
        last, shares = authors.last(node), replay.shares(node)
        ranks = [rank_of(list(s.values()), [s.get(number, 0.0) for number in who]) for s in authors.scores(node)]
        scores = (akb.scores(node), shares * plain, shares * fitted)
        ranks += [rank_of(one, one[who]) for one in scores]
        done.append(Trial(replay.now, node, node in replay.is_dir, last not in who, last is None, tuple(ranks)))
    return done


def drawn(replay: Replay, nodes: Iterable[int], count: int) -> list[int]:
    """At most `count` of these nodes, by their paths and the date alone."""
    listed = list(nodes)
    if len(listed) <= count:
        return listed
    return sorted(listed, key=lambda node: (crc32(f"{replay.now} {replay.path_of[node]}".encode()), node))[:count]


def cases_at(replay: Replay, right: dict[int, set[int]], areas: int = AREAS_A_CUT) -> list[Case]:
    """Living areas drawn at the present of the replay, and in each the candidates that an answer considers."""
    places = set(replay.living)
    for node in replay.living:
        places.update(replay.tree.above(node))
    found = []
    for node in drawn(replay, places, areas):
        scores, everybody, is_dir = replay.scores(node), replay.everybody(node), node in replay.is_dir
        for number in replay.top(node, CANDIDATES):
            here, anywhere = replay.trace(node, number), replay.trace(replay.root, number)
            score = float(scores[number])
            values = features(here, anywhere, replay.now, everybody=everybody, score=score, is_dir=is_dir)
            found.append(Case(node, values, number in right.get(node, ())))
    return found


def cases(replay: Replay) -> list[Case]:
    """The cases of every cut-off of a fresh replay."""
    found: list[Case] = []
    for cut in cuts(replay):
        replay.advance(cut)
        found += cases_at(replay, truth(replay))
    return found


def hits(done: Sequence[Trial], model: int, most: int) -> list[bool]:
    """Whether a right person was among the first `most`."""
    return [0 < trial.ranks[model] <= most for trial in done]
