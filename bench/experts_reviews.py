"""Who reviews the next change here: the product's ranking against degree of authorship, on real repositories.

    python -m bench.experts_reviews --repositories FOLDER [--work FOLDER] [NAME …]

At cut-offs half a year apart, for files that somebody reviews in the next 180 days (at most PLACES a cut-off, drawn with
a fixed seed), people are ranked by `knowledge.activation.reviewers.rank_reviewers` from nothing later than the cut-off. Right are:

- *trailers*: who is named by Reviewed-by, Acked-by, Tested-by or Helped-by in a commit that touches the file;
- *merges*: who merges the work of somebody else that touches the file into the main line.

A row exists where there are at least FEWEST cases. Left out: bots, reviews of one's own work, people without any earlier
activity. Intervals are drawn by file.
"""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.experts import index, name_of
from bench.experts_topics import rank, rows_asked_for

if TYPE_CHECKING:
    from knowledge.activation.replay import Replay
    from knowledge.activation.reviewers import Taken
    from knowledge.proof.protocol import Trial

TUNED_ON = ("git/git", "pytest-dev/pytest", "prometheus/prometheus")
PLACES = 40
FEWEST = 100
MODELS = ("last toucher", "most commits", "DOA", "ours")
READINGS = ("trailers", "merges")
REVIEWS = ("reviewed", "acked", "tested")


def trials(db: Any, repo_id: int, replay: Replay, taken: Sequence[Taken]) -> list[list[Trial]]:
    """The trials of each of READINGS, with ranks by MODELS."""
    from knowledge.activation.reviewers import rank_reviewers
    from knowledge.proof.baselines import Authors
    from knowledge.proof.protocol import Trial, cuts

    reviewers = _reviewers(db, repo_id, replay)
    number = {person: n for n, person in enumerate(replay.people)}
    draw, authors, seen = random.Random(0), Authors(), 0
    done: list[list[Trial]] = [[], []]
    for cut in cuts(replay):
        replay.advance(cut)
        for step in replay.steps[seen : replay.position]:
            authors.add(step, replay.tree.above)
        seen = replay.position
        before = [one for one in taken if one.time <= cut]
        known = {replay.people[n] for n in replay.ledger.sums[replay.root]} | {one.person for one in before}
        for reading, truth in enumerate((_by_trailer(replay, reviewers), _by_merge(replay, taken))):
            right = {node: people & known for node, people in truth.items() if people & known}
            nodes = sorted(right)
            traces: dict[int, Any] = {}
            for node in nodes if len(nodes) <= PLACES else draw.sample(nodes, PLACES):
                chain = [*reversed(replay.tree.above(node)), node]
                traces |= replay.traces(one for one in chain if one not in traces)
                told = [(replay.path_of[one], traces[one]) for one in chain]
                ours = rank_reviewers(told, before, cut, is_dir=False)
                theirs = [number[p] for p in right[node] if p in number]
                baselines = list(authors.scores(node))
                ranks = (*(rank(scores, theirs) for scores in baselines), rank(ours, right[node]))
                done[reading].append(Trial(cut, node, False, ranks[0] != 1, not baselines[0], ranks))
    return done


def _reviewers(db: Any, repo_id: int, replay: Replay) -> Mapping[int, set[int]]:
    """By commit, the humans whom its trailers name as reviewers."""
    from knowledge.store.doings import HUMAN

    found: dict[int, set[int]] = defaultdict(set)
    kinds = ", ".join(f"'{kind}'" for kind in REVIEWS)
    for commit, person in db.read(
        f"SELECT r.commit_id, {HUMAN} FROM roles r JOIN commits c ON c.id = r.commit_id"
        f" JOIN identities i ON i.id = r.identity_id WHERE c.repo_id = :repo AND r.kind IN ({kinds})",
        repo=repo_id,
    ):
        found[commit].add(person)
    humans = set(replay.people)
    return {commit: people & humans for commit, people in found.items()}


def _by_trailer(replay: Replay, reviewers: Mapping[int, set[int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for step in replay.steps[replay.position :]:
        if step.at.time > replay.now + 180 * 86_400:
            break
        wrote = {replay.people[number] for number, work, _ in step.at.parts if work}
        for node, _, _ in step.touches:
            found[node] |= reviewers.get(step.at.id, set()) - wrote
    return found


def _by_merge(replay: Replay, taken: Iterable[Taken]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for one in taken:
        if replay.now < one.time <= replay.now + 180 * 86_400:
            for path in one.paths:
                if path in replay.node_of:
                    found[replay.node_of[path]].add(one.person)
    return found


def measured(location: Path, work: Path) -> Iterator[dict[str, Any]]:
    """A row per reading and model of one repository."""
    from indexers.merges import read_merges
    from indexers.repository import Repository
    from knowledge.activation.replay import Replay
    from knowledge.activation.reviewers import taken_in
    from knowledge.proof.figures import figures, interval

    name = name_of(location)
    folder = work / name.replace("/", "+")
    db, repo_id = index(location, folder)
    now = int(time.time())
    repository = Repository.open(str(location), folder)
    taken = taken_in(db, repo_id, read_merges(repository, repository.head() or "HEAD", 0, now), now)
    done = trials(db, repo_id, Replay(db, repo_id), taken)
    db.close()
    for reading, found in zip(READINGS, done, strict=True):
        for model, called in enumerate(MODELS if len(found) >= FEWEST else ()):
            row: dict[str, Any] = {"repository": name, "tuned_on": name in TUNED_ON, "right": reading, "model": called}
            row |= {"n": len(found)} | {key: round(value, 4) for key, value in figures(found, model).items()}
            if called != "ours":
                row["ours_ahead"] = [round(end, 4) for end in interval(found, len(MODELS) - 1, model)]
            yield row


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows for people."""
    lines = []
    for row in rows:
        ahead = row.get("ours_ahead")
        lines.append(
            f"{row['repository']:34}{'*' if row['tuned_on'] else ' '} {row['right']:9} {row['model']:14}"
            f" n {row['n']:6,}  MRR {row['mrr']:.3f}  hit@1 {row['hit1']:.3f}  hit@3 {row['hit3']:.3f}"
            + (f"  ours ahead by {ahead[0]:+.3f} to {ahead[1]:+.3f}" if ahead else "")
        )
    return "\n".join([*lines, "(* = tuned on)"])


def main() -> None:
    """From the command line."""
    rows, as_json = rows_asked_for(__doc__, measured)
    print(json.dumps(rows, indent=1) if as_json else table(rows))


if __name__ == "__main__":
    main()
