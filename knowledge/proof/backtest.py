"""How right the model would have been on a repository's own past: everything that `lamp backtest` tells.

One pass over history (`knowledge/proof/protocol.py`), half-year by half-year, each judged with what had been learnt
from the ones before it. Where some half-years had parameters of the repository's own, only these are told: that is the
later part, on which nothing was fitted. Surviving lines (blame) cost a call of git a file, so they are asked for a
drawn sample, and the model is told on the same sample beside them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from knowledge.activation.replay import Replay, Vector
from knowledge.cycles import no_collections
from knowledge.memory import DEFAULT, LATEST, Params
from knowledge.proof.baselines import AKB_LEVELS, Akb, Authors, rank_of
from knowledge.proof.figures import Bin, brier, brier_skill, calibration_error, curve, figures, interval, skill_interval
from knowledge.proof.fitting import Half, chances_of, walk
from knowledge.proof.lessons import Lesson, is_enough, learn
from knowledge.proof.protocol import MODELS, Trial, drawn, judged, trials_at
from knowledge.store.database import Database

OURS = MODELS.index("ours")
LAST = MODELS.index("last toucher")
LINES_FILES = 120  # whose surviving lines are counted, over all half-years

Surviving = Callable[[str, int], Mapping[str, int]]  # (path, time) → lines by the commit that wrote them


class Row(NamedTuple):
    """One way to rank, with the 95 % interval of its MRR."""

    model: str
    mrr: float
    low: float
    high: float
    hit1: float
    hit3: float
    hard: float


class Lines(NamedTuple):
    """Ranking by surviving lines against ours, on the same drawn files."""

    files: int
    lines: Row
    ours: Row


class Calibration(NamedTuple):
    """How far retention can be believed; `skill_low` and `skill_high` are its 95 % interval."""

    cases: int
    active: float  # share of them
    score: float  # Brier's
    skill: float
    skill_low: float
    skill_high: float
    error: float
    curve: tuple[Bin, ...]


class Backtest(NamedTuple):
    """The whole result. Times are seconds UTC; `since` is 0 where no half-year had parameters of its own."""

    halves: int
    first: int
    last: int
    since: int
    files: tuple[Row, ...]
    file_count: int
    directories: tuple[Row, ...]
    directory_count: int
    ahead: tuple[float, float]  # of the last toucher, in MRR on files: a 95 % interval
    lines: Lines | None
    calibration: Calibration | None
    params: Params  # as learnt from everything
    defaults: Params


class _Told(NamedTuple):
    half: Half
    own: bool
    trials: list[Trial]
    lines: list[tuple[float, float, int, bool]]  # rank by lines, rank of ours, node, hard
    chance: Vector
    active: Vector


@no_collections()
def run(
    db: Database, repo_id: int, now: int = LATEST, surviving: Surviving | None = None, most: int = LINES_FILES
) -> Backtest | None:
    """Backtest a repository on its history up to `now`; None while it is too short for a single half-year.

    Args:
        db: the store.
        repo_id: the repository.
        now: seconds UTC.
        surviving: counts the lines of a file at a time by the commit that wrote them; without it they are left out.
        most: how many files it is asked for.
    """
    told = list(_play(db, repo_id, now, surviving, most))
    if not any(one.trials for one in told):
        return None
    own = [one for one in told if one.own and one.trials]
    kept = own or told
    trials = [trial for one in kept for trial in one.trials]
    files, directories = ([t for t in trials if t.is_dir == kind] for kind in (False, True))
    return Backtest(
        halves=len(kept),
        first=kept[0].half.cut,
        last=kept[-1].half.cut,
        since=own[0].half.cut if own else 0,
        files=_rows(files),
        file_count=len(files),
        directories=_rows(directories),
        directory_count=len(directories),
        ahead=interval(files, OURS, LAST) if files else (0.0, 0.0),
        lines=_lines([entry for one in kept for entry in one.lines]),
        calibration=_calibration(kept),
        params=learn([one.half.lesson for one in told]),
        defaults=DEFAULT,
    )


def _play(db: Database, repo_id: int, now: int, surviving: Surviving | None, most: int) -> Sequence[_Told]:
    replay = Replay(db, repo_id, now)
    akb, authors, seen = Akb(Replay(db, repo_id, now, levels=AKB_LEVELS)), Authors(), 0
    told, lessons = list[_Told](), list[Lesson]()
    writers = _Writers(db, repo_id, replay)
    for half in walk(replay):
        akb.advance(half.cut)
        for step in replay.steps[seen : replay.position]:
            authors.add(step, replay.tree.above)
        seen = replay.position
        trials = trials_at(replay, akb, authors, half.right)
        chance, active = chances_of(replay, half)
        told.append(_Told(half, is_enough(lessons), trials, [], chance, active))
        lessons.append(half.lesson)
    if surviving is not None and told:
        _ask_lines(db, repo_id, told, writers, surviving, most)
    return told


def _ask_lines(
    db: Database, repo_id: int, told: Sequence[_Told], writers: _Writers, surviving: Surviving, most: int
) -> None:
    """Rank a sample of the files by surviving lines; the same number from each half-year that is told."""
    kept = [one for one in told if one.own] or list(told)
    replay = Replay(db, repo_id)
    for one in kept:
        replay.advance(one.half.cut)
        replay.params = one.half.params
        wanted = {node: who for node, who in judged(replay, one.half.right).items() if node not in replay.is_dir}
        hard = {trial.node: trial.hard for trial in one.trials}
        for node in drawn(replay, wanted, max(1, most // len(kept))):
            there = node in replay.living
            scores = writers.scores(surviving(replay.path_of[node], one.half.cut)) if there else {}
            rank = rank_of(list(scores.values()), [scores.get(number, 0.0) for number in wanted[node]])
            ours = replay.scores(node)
            one.lines.append((rank, rank_of(ours, ours[wanted[node]]), node, hard[node]))


class _Writers:
    """Who wrote a commit, as numbers of the replay."""

    def __init__(self, db: Database, repo_id: int, replay: Replay) -> None:
        self._db, self._repo_id, self._number = db, repo_id, replay.number

    def scores(self, lines: Mapping[str, int]) -> dict[int, float]:
        """Lines by human."""
        if not lines:
            return {}
        named = {f"s{at}": sha for at, sha in enumerate(lines)}
        rows = self._db.read(
            "SELECT c.sha, r.identity_id FROM commits c JOIN roles r ON r.commit_id = c.id AND r.kind = 'authored'"
            f" WHERE c.repo_id = :repo AND c.sha IN ({', '.join(f':{name}' for name in named)})",
            repo=self._repo_id,
            **named,
        )
        found: defaultdict[int, float] = defaultdict(float)
        for sha, identity in rows:
            if identity in self._number:
                found[self._number[identity]] += lines[sha]
        return dict(found)


def _rows(done: Sequence[Trial]) -> tuple[Row, ...]:
    return tuple(_row(done, model, name) for model, name in enumerate(MODELS)) if done else ()


def _row(done: Sequence[Trial], model: int, name: str) -> Row:
    found = figures(done, model)
    low, high = interval(done, model, rounds=200)
    return Row(name, found["mrr"], low, high, found["hit1"], found["hit3"], found["hard"])


def _lines(entries: Sequence[tuple[float, float, int, bool]]) -> Lines | None:
    if not entries:
        return None
    done = [Trial(0, node, False, hard, False, (lines, ours)) for lines, ours, node, hard in entries]
    return Lines(len(done), _row(done, 0, "surviving lines"), _row(done, 1, "ours"))


def _calibration(told: Sequence[_Told]) -> Calibration | None:
    chance, active = (np.concatenate([getattr(one, name) for one in told]) for name in ("chance", "active"))
    base = float(active.mean()) if len(active) else 0.0
    if not 0 < base < 1:
        return None
    low, high = skill_interval([(one.chance, one.active) for one in told if len(one.active)])
    skill, error = brier_skill(chance, active), calibration_error(chance, active)
    return Calibration(len(active), base, brier(chance, active), skill, low, high, error, tuple(curve(chance, active)))
