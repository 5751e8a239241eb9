"""Months of nudging with simulated people, in seconds: the bench's own loop on a small team."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bench.timelapse.audit import audit
from bench.timelapse.copies import Bot
from bench.timelapse.coverage import coverage
from bench.timelapse.server import Post
from bench.timelapse.telling import Told, as_object, lines
from bench.timelapse.year import Setting, index
from tests.teams import seconds, team

WEEKS, SEED = 12, 3
PEOPLE = ("Ada", "Bob", "Cleo", "Dan", "Eve", "Fay")
AREAS = ("billing", "mail", "search", "login", "export")


def story():
    """Each works in an area of their own every week and in a neighbour's now and then; a year and a bit."""
    start = datetime(2023, 10, 2, tzinfo=UTC)
    lines = []
    for week in range(34):
        for at, area in enumerate(AREAS):
            if (week + at) % 2 == 0:
                who = PEOPLE[at] if week % 7 else PEOPLE[(at + 1) % len(PEOPLE)]
                day = (start + timedelta(days=7 * week + at)).date()
                lines.append(f"{day} | {who} | Step {week} | {area}/{'abc'[week % 3]}.py")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def setting(tmp_path_factory):
    folder = tmp_path_factory.mktemp("timelapse")
    told = team(folder / "service", story())
    (folder / "home").mkdir()
    store = index(told.path, folder / "home")
    return Setting(store, folder, weeks=WEEKS, step=3600, end=seconds("2024-05-24 12:00"))


@pytest.fixture(scope="module")
def year(setting):
    return setting.play(SEED)


def test_months_with_people_who_accept_ignore_snooze_and_leave(year):
    counted = audit(year)
    assert counted.wrongs == 0
    assert counted.kills == {}
    assert counted.most_unasked_seven_days == 1
    assert counted.unasked >= 8
    assert counted.met >= 1
    found = coverage(year, (0, WEEKS))
    assert found[0][0] == found[0][1]  # nobody has met yet
    assert found[WEEKS][0].expected > found[WEEKS][1].expected
    told = Told("service", year.start, year.end, (counted,), (found,), None)
    assert as_object(told)["wrongs"] == 0
    assert "over budget 0, out of hours 0, repeats 0, double sends 0" in "\n".join(lines(told))


def test_processes_that_are_killed_leave_no_double_and_nothing_stuck(setting):
    year = setting.play(SEED, mortal=True)
    counted = audit(year)
    assert sum(counted.kills.values()) >= 20
    assert year.faults == []  # in their own words
    assert counted.wrongs == 0
    assert counted.unasked >= 8
    year.db.close()


def test_a_quiet_minute_writes_nothing(year):
    """Every copy looks every minute: neither a round that was held nor a nudge that rests costs a transaction."""
    wrote = []
    Bot(year.folder, year.nudging, "copy", wrote.append).step(year.end)  # whatever was still due
    wrote.clear()
    Bot(year.folder, year.nudging, "another", wrote.append).step(year.end)
    assert wrote == []


def test_the_audit_sees_what_is_wrong(year):
    """A double, out of hours, to somebody who had opted out: each is counted."""
    year = replace(year, posts=list(year.posts))
    first = next(one for one in year.posts if one.what == "proposal")
    night = next(at for at in range(first.time, first.time + 7 * 86_400, 3600) if at % 86_400 == 0)
    year.posts.append(Post(10_000, first.mark, first.people, first.time, first.data))
    year.posts.append(Post(10_001, "nudge x courtesy", first.people[:1], night, {**first.data, "what": "courtesy"}))
    year.truth.stopped[first.people[0], "all"] = first.time - 60
    counted = audit(year)
    assert counted.double == 1
    assert counted.over_budget == 2 * len(first.people)
    assert counted.unwanted["opted out"] >= 2
    assert counted.out_of_hours >= 1
    assert counted.wrongs > 4
