"""Who to ask about a topic that is no path: the product's ranking against the most active person, on real repositories.

    python -m bench.experts_topics --repositories FOLDER [--work FOLDER] [NAME …]

At cut-offs half a year apart, subjects of commits of the next 180 days are the topics (at most TOPICS a cut-off, drawn
with a fixed seed). People are ranked by `knowledge.activation.batch.topic_scores`, from words over the commits up to the cut-off
and the history up to the cut-off. Left out: bots, merges, mass commits, people without any earlier activity.

There are two readings of who is right. *wrote it*: the people who did that very commit; the headline, since it is the
harder. *works on it*: besides, everybody who touches one of its files in those 180 days. *Hard* are topics for which the
most active person is not right. Intervals are drawn by cut-off, whose topics hang together.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.experts import FITTED_ON, find, index, name_of
from knowledge.finding.words import Fields, Mark, Words, commit_fields

if TYPE_CHECKING:
    from knowledge.activation.replay import Replay, Step
    from knowledge.proof.protocol import Trial

TOPICS = 100
MODELS = ("most commits", "most active", "ours")
READINGS = ("wrote it", "works on it")


class _Hit(NamedTuple):
    id: int
    score: float


class _Some:
    """Some commits, to be followed like the whole store."""

    def __init__(self, rows: list[tuple[int, Fields]]) -> None:
        self._rows = rows

    def batches(self, seq: int) -> Iterator[tuple[int, list[int], list[tuple[int, Fields]]]]:
        yield seq + len(self._rows), [], self._rows


class WordsSoFar(Words):
    """The product's index of the words of commits, filled up to a moment that moves forward."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "commits")
        self.seq = 0

    def take(self, rows: list[tuple[int, Fields]]) -> None:
        """Add commits: id and fields."""
        if rows:
            self._apply(Mark("bench", self.seq), _Some(rows), None)  # type: ignore[arg-type]
            self.seq += len(rows)

    def commits(self, topic: str) -> list[_Hit]:
        """What `Search.commits` would have found then."""
        from knowledge.activation.topics import SEARCHED

        return [_Hit(number, score) for number, score in self.search(self.terms(topic), SEARCHED)]


def trials(db: Any, replay: Replay, folder: Path) -> list[list[Trial]]:
    """The trials of each of READINGS, with ranks by MODELS."""
    from knowledge.proof.protocol import Trial, cuts

    rows = db.read(
        "SELECT id, commit_time, subject, body, is_merge FROM commits WHERE reachable = 1 ORDER BY commit_time, id"
    )
    times = [row[1] for row in rows]
    subjects = {row[0]: row[2] for row in rows if not row[4]}
    draw, words = random.Random(0), WordsSoFar(folder)
    seen = read = 0
    commits: dict[int, float] = defaultdict(float)
    done: list[list[Trial]] = [[], []]
    for cut in cuts(replay):
        replay.advance(cut)
        new, seen = replay.steps[seen : replay.position], replay.position
        for step in new:
            for number in _workers(step):
                commits[replay.people[number]] += 1
        upto = bisect_right(times, cut)
        words.take([(row[0], commit_fields(row[2], row[3])) for row in rows[read:upto]])
        read = upto
        shares = replay.shares(replay.root)
        active = {person: float(share) for person, share in zip(replay.people, shares, strict=True) if share > 0}
        for topic, right in _topics(replay, subjects, draw):
            ours = _ours(db, replay, words.commits(topic))
            for reading, people in enumerate(right):
                ranks = tuple(rank(scores, people) for scores in (commits, active, ours))
                done[reading].append(Trial(cut, cut, False, ranks[1] >= 2, False, ranks))
    return done


def _ours(db: Any, replay: Replay, hits: Sequence[_Hit]) -> dict[int, float]:
    """What `lamp who --batch` makes of the commits found."""
    from knowledge.activation.batch import topic_scores
    from knowledge.activation.topics import files_of, spoken, work_among

    work = work_among(db, hits, replay.now)
    files = {path: weight for (_, path), weight in files_of(db, work).items()}
    return topic_scores(replay, spoken(db, work, replay.now), files)


def _topics(
    replay: Replay, subjects: Mapping[int, str], draw: random.Random
) -> Iterator[tuple[str, tuple[set[int], set[int]]]]:
    """Subjects of the window after the present, each with the people who are right in both readings."""
    from knowledge.proof.protocol import truth

    known = set(replay.ledger.sums[replay.root])
    touched = truth(replay)
    window = []
    for step in replay.steps[replay.position :]:
        if step.at.time > replay.now + 180 * 86_400:
            break
        if step.weight >= 1 and step.at.id in subjects and known & set(_workers(step)):
            window.append(step)
    for step in window if len(window) <= TOPICS else draw.sample(window, TOPICS):
        wrote = known & set(_workers(step))
        works = wrote | known & {number for node, _, _ in step.touches for number in touched[node]}
        yield subjects[step.at.id], ({replay.people[n] for n in wrote}, {replay.people[n] for n in works})


def _workers(step: Step) -> list[int]:
    return [number for number, work, _ in step.at.parts if work]


def rank(scores: Mapping[int, float], right: Iterable[int]) -> float:
    """Of the best right one, in the middle of those who tie with it; 0 when none has a score."""
    best = max((scores.get(person, 0.0) for person in right), default=0.0)
    if best <= 0.0:
        return 0.0
    values = list(scores.values())
    return 1 + sum(value > best for value in values) + (values.count(best) - 1) / 2


def measured(location: Path, work: Path) -> list[dict[str, Any]]:
    """A row per reading and model of one repository."""
    from knowledge.activation.replay import Replay
    from knowledge.proof.figures import figures, interval

    name = name_of(location)
    db, repo_id = index(location, work / name.replace("/", "+"))
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        done = trials(db, Replay(db, repo_id), Path(folder))
    db.close()
    rows = []
    for reading, found in zip(READINGS, done, strict=True):
        for model, called in enumerate(MODELS if found else ()):
            row: dict[str, Any] = {"repository": name, "fitted_on": name in FITTED_ON, "right": reading}
            row |= {"model": called, "n": len(found)}
            row |= {key: round(value, 4) for key, value in figures(found, model).items()}
            if called != "ours":
                row["ours_ahead"] = [round(end, 4) for end in interval(found, len(MODELS) - 1, model)]
            rows.append(row | {"seconds": round(time.process_time() - began, 1)})
    return rows


def mean(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The means over repositories, each weighing the same; those tuned on apart."""
    found = []
    for fitted_on in (True, False):
        for right, model in dict.fromkeys((row["right"], row["model"]) for row in rows):
            same = [r for r in rows if (r["right"], r["model"], r["fitted_on"]) == (right, model, fitted_on)]
            if same:
                row = {"repository": f"mean of {len(same)}", "fitted_on": fitted_on, "right": right, "model": model}
                row["n"] = sum(r["n"] for r in same)
                found.append(row | {k: sum(r[k] for r in same) / len(same) for k in ("mrr", "hit1", "hit3", "hard")})
    return found


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows for people."""
    lines = []
    for row in rows:
        ahead = row.get("ours_ahead")
        lines.append(
            f"{row['repository']:34}{'*' if row['fitted_on'] else ' '} {row['right']:12} {row['model']:14}"
            f" n {row['n']:6,}  MRR {row['mrr']:.3f}  hit@1 {row['hit1']:.3f}  hit@3 {row['hit3']:.3f}"
            f"  hard {row['hard']:.3f}" + (f"  ours ahead by {ahead[0]:+.3f} to {ahead[1]:+.3f}" if ahead else "")
        )
    return "\n".join([*lines, "(* = tuned on)"])


def rows_asked_for(
    about: str | None, measured: Callable[[Path, Path], Iterable[dict[str, Any]]]
) -> tuple[list[dict[str, Any]], bool]:
    """The rows of the repositories that the command line names, and whether they are wanted as JSON."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="owner/name")
    parser.add_argument("--repositories", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="keeps the stores between runs")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = args.work or Path(scratch)
        rows = [row for place in find(args.repositories, args.names) for row in measured(place, work)]
    return rows, args.json


def main() -> None:
    """From the command line."""
    rows, as_json = rows_asked_for(__doc__, measured)
    rows += mean(rows)
    print(json.dumps(rows, indent=1) if as_json else table(rows))


if __name__ == "__main__":
    main()
