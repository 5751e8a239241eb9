"""Who reviews the next change here: the product's ranking against degree of authorship, on real repositories.

    python -m bench.experts_reviews --repositories FOLDER [--work FOLDER] [--json] [NAME …]

At cut-offs half a year apart, people are ranked by `knowledge.activation.reviewers.rank_reviewers` from nothing later
than the cut-off, for at most PLACES questions, drawn with a fixed seed. Asked is in two ways:

- *a file*: one that somebody reviews in the next 180 days; right is everybody who does. Nobody knows whose changes
  come, and no ranking leaves anybody out.
- *a change*: one that is reviewed in the next 180 days, of which one file is drawn; right is who reviews that very
  change. Whose it is, is known, and every ranking leaves out who wrote it.

Who reviews is read in two ways: *trailers*, whoever Reviewed-by, Acked-by, Tested-by or Helped-by names in a commit,
and *merges*, who merges or approves the work of somebody else into the main line.

*hindsight* ranks for each half-year whoever will review most in that half-year first, the same for every file: what a
ranking would reach that knew the future of the team, but not of the file. A row exists where there are at least FEWEST
cases. Left out: bots, reviews of one's own work, people without any earlier activity. Intervals are drawn by file; the
one behind × is that of our MRR ÷ the other.
"""

from __future__ import annotations

import json
import random
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.experts import index, name_of
from bench.experts_topics import rank, rows_asked_for

if TYPE_CHECKING:
    from knowledge.activation.replay import Replay
    from knowledge.activation.taking import Taken
    from knowledge.proof.protocol import Trial
    from knowledge.store.reviews import Part

TUNED_ON = (
    "git/git",
    "pytest-dev/pytest",
    "prometheus/prometheus",
    "flashrom/flashrom",
    "riscv-software-src/opensbi",
    "rust-lang/cargo",
    "pallets/flask",
)
PLACES = 40
FEWEST = 100
MODELS = ("last toucher", "most commits", "DOA", "hindsight", "ours")
READINGS = ("trailers", "merges")
ASKED = ("a file", "a change")
REVIEWS = ("reviewed", "acked", "tested")
WINDOW = 180 * 86_400


class Change(NamedTuple):
    """A change that was reviewed: when, by whom it was, who reviewed it, and its files."""

    time: int
    writers: frozenset[int]
    reviewers: frozenset[int]
    nodes: tuple[int, ...]


class Question(NamedTuple):
    """A file, who is right, and whose change it is; nobody's where a file is asked for."""

    node: int
    right: frozenset[int]
    writers: frozenset[int] = frozenset()


def trials(replay: Replay, changes: Sequence[Sequence[Change]], taken: Sequence[Taken]) -> list[list[Trial]]:
    """The trials of each of READINGS × ASKED, with ranks by MODELS."""
    from knowledge.proof.baselines import Authors
    from knowledge.proof.protocol import cuts

    draw, authors, seen = random.Random(0), Authors(), 0
    done: list[list[Trial]] = [[] for _ in READINGS for _ in ASKED]
    for cut in cuts(replay):
        replay.advance(cut)
        for step in replay.steps[seen : replay.position]:
            authors.add(step, replay.tree.above)
        seen = replay.position
        before = [one for one in taken if one.time <= cut]
        known = {replay.people[n] for n in replay.ledger.sums[replay.root]} | {one.person for one in before}
        judge = _Judge(replay, authors, before, changes[0])
        for reading, whole in enumerate(changes):
            coming = [one for one in whole if cut < one.time <= cut + WINDOW]
            files = _of_files(coming, known)
            most = Counter(person for one in files for person in one.right)
            for asked, pool in enumerate((files, _of_changes(coming, known, draw))):
                for one in pool if len(pool) <= PLACES else draw.sample(pool, PLACES):
                    done[len(ASKED) * reading + asked].append(judge.trial(one, most))
    return done


class _Judge:
    """Asks every model at the present of a replay."""

    def __init__(self, replay: Replay, authors: Any, taken: Sequence[Taken], reviewed: Sequence[Change]) -> None:
        self.replay, self.authors, self.taken = replay, authors, taken
        self.reviewed = reviewed[: bisect_right(reviewed, replay.now, key=lambda one: one.time)]
        self._traces: dict[int, Any] = {}

    def trial(self, asked: Question, most: Mapping[int, int]) -> Trial:
        """The ranks of the best right person by MODELS."""
        from knowledge.proof.protocol import Trial

        people = self.replay.people
        baselines = [{people[n]: score for n, score in scores.items()} for scores in self.authors.scores(asked.node)]
        ranked = [*baselines, {p: float(n) for p, n in most.items()}, self._ours(asked)]
        fair = [{p: score for p, score in scores.items() if p not in asked.writers} for scores in ranked]
        ranks = tuple(rank(scores, asked.right) for scores in fair)
        return Trial(self.replay.now, asked.node, False, ranks[0] != 1, not baselines[0], ranks)

    def _ours(self, asked: Question) -> dict[int, float]:
        from knowledge.activation.reviewers import Author, Left, rank_reviewers

        replay = self.replay
        chain = [*reversed(replay.tree.above(asked.node)), asked.node]
        self._traces |= replay.traces(one for one in chain if one not in self._traces)
        told = [Left.of(replay.path_of[one], self._traces[one]) for one in chain]
        author = min(asked.writers, default=None)
        whose = Author(author, self._reviews_of(author)) if author is not None else None
        return rank_reviewers(told, self.taken, replay.now, is_dir=False, author=whose)

    def _reviews_of(self, author: int) -> list[Part]:
        from knowledge.store.reviews import Part

        mine = [one for one in self.reviewed if author in one.writers]
        return [Part(person, one.time, "reviewed") for one in mine for person in one.reviewers]


def _of_files(coming: Iterable[Change], known: Collection[int]) -> list[Question]:
    right: defaultdict[int, set[int]] = defaultdict(set)
    for one in coming:
        for node in one.nodes:
            right[node].update(one.reviewers)
    found = [(node, frozenset(who & set(known))) for node, who in sorted(right.items())]
    return [Question(node, who) for node, who in found if who]


def _of_changes(coming: Iterable[Change], known: Collection[int], draw: random.Random) -> list[Question]:
    found = []
    for one in coming:
        right = one.reviewers & set(known)
        if right and one.writers and one.writers <= set(known):
            found.append(Question(draw.choice(one.nodes), right, one.writers))
    return found


def by_trailers(db: Any, repo_id: int, replay: Replay) -> list[Change]:
    """The commits whose trailers name reviewers, the oldest first."""
    from knowledge.store.doings import HUMAN

    named: defaultdict[int, set[int]] = defaultdict(set)
    kinds = ", ".join(f"'{kind}'" for kind in REVIEWS)
    for commit, person in db.read(
        f"SELECT r.commit_id, {HUMAN} FROM roles r JOIN commits c ON c.id = r.commit_id"
        f" JOIN identities i ON i.id = r.identity_id WHERE c.repo_id = :repo AND r.kind IN ({kinds})",
        repo=repo_id,
    ):
        named[commit].add(person)
    humans, found = set(replay.people), []
    for step in replay.steps:
        writers = frozenset(replay.people[number] for number, work, _ in step.at.parts if work)
        reviewers = frozenset(named.get(step.at.id, set()) & humans - writers)
        if reviewers:
            found.append(Change(step.at.time, writers, reviewers, tuple(sorted(touch[0] for touch in step.touches))))
    return found


def by_merges(replay: Replay, taken: Iterable[Taken]) -> list[Change]:
    """The merges of others' work, the oldest first."""
    found = []
    for one in sorted(taken, key=lambda one: one.time):
        nodes = tuple(sorted(replay.node_of[path] for path in one.paths if path in replay.node_of))
        if nodes:
            writers = frozenset([one.writer] if one.writer is not None else [])
            found.append(Change(one.time, writers, frozenset([one.person]), nodes))
    return found


def measured(location: Path, work: Path) -> Iterator[dict[str, Any]]:
    """A row per reading, way of asking and model of one repository."""
    from indexers.merges import read_merges
    from indexers.repository import Repository
    from knowledge.activation.replay import Replay
    from knowledge.activation.taking import taken_in
    from knowledge.proof.figures import figures, interval, ratio_interval

    name = name_of(location)
    folder = work / name.replace("/", "+")
    db, repo_id = index(location, folder)
    now = int(time.time())
    repository = Repository.open(str(location), folder)
    taken = taken_in(db, read_merges(repository, repository.head() or "HEAD", 0, now), now)
    replay = Replay(db, repo_id)
    done = trials(replay, [by_trailers(db, repo_id, replay), by_merges(replay, taken)], taken)
    db.close()
    kinds = [(reading, asked) for reading in READINGS for asked in ASKED]
    ours = len(MODELS) - 1
    for (reading, asked), found in zip(kinds, done, strict=True):
        for model, called in enumerate(MODELS if len(found) >= FEWEST else ()):
            row: dict[str, Any] = {"repository": name, "tuned_on": name in TUNED_ON, "right": reading, "asked": asked}
            row |= {"model": called, "n": len(found)}
            row |= {key: round(value, 4) for key, value in figures(found, model).items()}
            if model != ours:
                row["ours_ahead"] = [round(end, 4) for end in interval(found, ours, model)]
                row["ours_times"] = [round(end, 3) for end in ratio_interval(found, ours, model)]
            yield row


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows for people."""
    ours = {(r["repository"], r["right"], r["asked"]): r["mrr"] for r in rows if r["model"] == "ours"}
    lines = []
    for row in rows:
        line = (
            f"{row['repository']:34}{'*' if row['tuned_on'] else ' '} {row['right']:9}{row['asked']:9} {row['model']:14}"
            f" n {row['n']:6,}  MRR {row['mrr']:.3f}  hit@1 {row['hit1']:.3f}  hit@3 {row['hit3']:.3f}"
        )
        if row["model"] != "ours":
            (low, high), (less, more) = row["ours_ahead"], row["ours_times"]
            times = ours[row["repository"], row["right"], row["asked"]] / row["mrr"] if row["mrr"] else float("nan")
            line += f"  ours ahead by {low:+.3f} to {high:+.3f}, {times:.2f} × ({less:.2f} to {more:.2f})"
        lines.append(line)
    return "\n".join([*lines, "(* = tuned on)"])


def main() -> None:
    """From the command line."""
    rows, as_json = rows_asked_for(__doc__, measured)
    print(json.dumps(rows, indent=1) if as_json else table(rows))


if __name__ == "__main__":
    main()
