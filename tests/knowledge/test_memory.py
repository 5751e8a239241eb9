"""Golden trajectories: a person's events in the docstring, what the model says day by day."""

from __future__ import annotations

import pytest

from knowledge import fitted, memory
from knowledge.memory import DAY, DIRECTORY, FILE, ROOT, Trace, backward, forward, presence, shares
from tests.knowledge.histories import seconds

START = seconds("2024-01-01")


def decayed(times: list[float], level: memory.Level, day: float) -> float:
    now = START + day * DAY
    return sum(forward(START + t * DAY, level.half_life_days) for t in times if t <= day) * backward(
        now, level.half_life_days
    )


def test_a_single_change_fades_by_half_each_half_life() -> None:
    """Day 0: one small commit."""
    days = [0, 90, 180, 360, 720]
    assert [round(decayed([0], FILE, d), 4) for d in days] == [1.0, 0.7071, 0.5, 0.25, 0.0625]
    assert [round(decayed([0], DIRECTORY, d), 4) for d in days] == [1.0, 0.5946, 0.3536, 0.125, 0.0156]
    assert [round(decayed([0], ROOT, d), 4) for d in days] == [1.0, 0.6189, 0.383, 0.1467, 0.0215]


def test_work_that_goes_on_builds_up_and_levels_off() -> None:
    """A commit every 30 days from day 0 to day 720, then nothing."""
    times = list(range(0, 721, 30))
    values = [round(decayed(times, FILE, d), 3) for d in (0, 30, 180, 360, 720, 900, 1080)]
    assert values == [1.0, 1.891, 5.083, 7.124, 8.655, 4.328, 2.164]
    assert values[4] < 1 / (1 - 2 ** (-30 / 180))  # the limit of the series


@pytest.mark.parametrize("year", [1970, 1999, 2035, 2099])
def test_forward_decay_holds_from_1970_to_2099(year: int) -> None:
    time = seconds(f"{year}-06-01")
    for level in (FILE, DIRECTORY, ROOT):
        assert forward(time, level.half_life_days) * backward(time + 90 * DAY, level.half_life_days) == pytest.approx(
            2 ** (-90 / level.half_life_days)
        )


def test_times_outside_are_drawn_in() -> None:
    assert memory.clamp(-5) == 0
    assert memory.clamp(1 << 40) == seconds("2099-12-31") + DAY // 2


def test_presence_is_measured_against_their_own_cadence() -> None:
    """Ada: every 2 days for 200 days. Bob: every 60 days for 600 days. Cleo: once."""
    ada, bob, cleo = (0, 200 * DAY, 101), (0, 600 * DAY, 11), (0, 0, 1)
    away = [0, 21, 195]
    assert [round(presence(*ada, ada[1] + d * DAY), 3) for d in away] == [1.0, 0.707, 0.312]
    assert [round(presence(*bob, bob[1] + d * DAY), 3) for d in away] == [1.0, 0.95, 0.707]
    assert [round(presence(*cleo, d * DAY), 3) for d in away] == [1.0, 0.645, 0.267]


def test_shares_back_off_from_file_to_directory_to_root() -> None:
    """Ada wrote the file, Bob works in its directory, Cleo elsewhere in the repository."""
    root, directory, file = {"Ada": 2.0, "Bob": 6.0, "Cleo": 12.0}, {"Ada": 1.0, "Bob": 9.0}, {"Ada": 4.0}
    levels = (ROOT, DIRECTORY, FILE)
    assert shares([root], levels[:1]) == pytest.approx({"Ada": 0.1, "Bob": 0.3, "Cleo": 0.6})
    in_directory = shares([root, directory], levels[:2])
    # m = 50 + 3 · 10 = 80: (1 + 80 · 0.1) / 90, (9 + 80 · 0.3) / 90, 80 · 0.6 / 90
    assert in_directory == pytest.approx({"Ada": 0.1, "Bob": 33 / 90, "Cleo": 48 / 90})
    in_file = shares([root, directory, file], levels)
    # m = 8 + 1 · 4 = 12: (4 + 12 · 0.1) / 16, …
    assert in_file == pytest.approx({"Ada": 5.2 / 16, "Bob": 12 / 16 * 33 / 90, "Cleo": 12 / 16 * 48 / 90})
    assert sum(in_file.values()) == pytest.approx(1.0)


def test_a_file_nobody_touched_is_held_by_its_surroundings() -> None:
    assert shares([{"Ada": 1.0, "Bob": 3.0}, {}], (ROOT, FILE)) == pytest.approx({"Ada": 0.25, "Bob": 0.75})
    assert shares([{}, {}], (ROOT, FILE)) == {}


def test_reviews_count_a_quarter() -> None:
    assert Trace(1.0, 2.0, 3, 0, 0).activation == 1.5


def retained(days: float, events: int = 12) -> float:
    """Of somebody with this many monthly commits, so many days after the last."""
    times = [30.0 * n for n in range(events)]
    day = times[-1] + days
    last = START + int(times[-1] * DAY)
    here = Trace(decayed(times, FILE, day), 0.0, events, START, last)
    anywhere = Trace(decayed(times, ROOT, day), 0.0, events, START, last)
    now = START + int(day * DAY)
    score = memory.turnout(anywhere, now)
    values = memory.features(here, anywhere, now, everybody=here.activation, score=score, is_dir=False)
    assert len(values) == len(memory.FEATURES) == len(fitted.RETENTION)
    return memory.retention(values)


def test_retention_fades_day_by_day_and_grows_with_practice() -> None:
    """Twelve monthly commits to one file, then silence."""
    fading = [retained(day) for day in (0, 30, 90, 180, 365, 730)]
    assert fading == sorted(fading, reverse=True)
    assert fading[0] > 0.4
    assert fading[-1] < 0.1
    assert retained(0, events=24) > retained(0, events=12) > retained(0, events=3)


def test_retention_never_overflows() -> None:
    assert memory.retention((-1e9,), (1.0,)) == 0.0
    assert memory.retention((1e9,), (1.0,)) == 1.0


def test_fading_is_times_doing_alone() -> None:
    """One event in a file, then silence; the same in a directory."""
    here = Trace(1.0, 0.0, 1, START, START)
    days = (0, 30, 90, 180, 365, 730, 3650)
    assert [round(memory.fading(here, START + day * DAY, FILE), 2) for day in days] == [
        0,
        0.11,
        0.29,
        0.5,
        0.75,
        0.94,
        1,
    ]
    assert memory.fading(here, START + 120 * DAY, DIRECTORY) == pytest.approx(0.5)
    assert memory.fading(here, START - DAY, FILE) == 0.0  # a clock that was ahead
    assert memory.fading(memory.NO_TRACE, START, FILE) == 0.0


def test_breadth_is_the_paths_of_a_usual_commit_drawn_to_one() -> None:
    """Ada: 40 commits of one file. Bob: 40 of ten. Cleo: one of ten."""
    assert [round(float(memory.breadth(*who)), 3) for who in ((40, 40), (40, 400), (1, 10))] == [1.0, 1.957, 1.424]
    assert memory.breadth(40, 400, 0.0) == 1.0
    widest = memory.Trace(1.0, 0.0, 1000, START, START, 1000 * memory.MOST_PATHS)
    assert memory.turnout(widest, START) <= memory.MOST_PATHS**memory.DEFAULT.breadth


def test_whoever_has_been_coming_for_long_is_likelier_to_stay() -> None:
    """Since the first event, in days; where they have stayed away since does not count here."""
    came = [round(float(memory.settled(START, START + days * DAY)), 3) for days in (0, 30, 180, 365, 1095, 3650)]
    assert came == [0.325, 0.428, 0.651, 0.759, 0.889, 0.962]
    assert memory.settled(START, START, 0.0) == 1.0


def test_two_who_did_the_same_here_rank_by_how_long_they_have_been_coming() -> None:
    """Ada came three years ago, Bob a month ago; both worked here yesterday, as much."""
    ada = memory.Trace(4.0, 0.0, 60, START - 1095 * DAY, START, 60)
    bob = memory.Trace(4.0, 0.0, 60, START - 30 * DAY, START, 60)
    assert round(memory.turnout(ada, START), 3) == 0.889
    assert round(memory.turnout(bob, START), 3) == 0.428
