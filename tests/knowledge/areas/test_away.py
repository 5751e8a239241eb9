"""What an absence would leave, and who could hold it: the shop of test_health."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import AreaSettings
from knowledge.areas.away import Gap, effort, while_away
from knowledge.areas.survey import survey
from knowledge.memory import DAY, Trace
from knowledge.people import Entry, Rules
from knowledge.store import people
from knowledge.store.database import Database
from tests.knowledge.areas.test_survey import NOW, opened, story


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Database:
    path = tmp_path_factory.mktemp("shop")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAMPLIGHTER_HOME", str(path / "home"))
        return opened(path, story(path), areas=(AreaSettings("shipping", ("src/ship",), critical=True),)).db


def away(db: Database, name: str, **span: int) -> Gap:
    return while_away(db, 1, people.find(db, name)[0].id, NOW, **span)


def test_what_hangs_on_one_head(shop: Database) -> None:
    gap = away(shop, "Dan Example")
    assert [(one.area.key, one.loss) for one in gap.handovers] == [("name:shipping", "one head")]
    (one,) = gap.handovers
    assert [person.name for person in one.left] == ["Finn Example"]
    assert one.risk > one.area.risk
    assert "Finn Example" not in {heir.person.name for heir in one.heirs}  # is left already
    assert "Dan Example" not in {heir.person.name for heir in one.heirs}
    assert [heir.sessions for heir in one.heirs] == sorted(heir.sessions for heir in one.heirs)
    assert gap.held == 1


def test_others_fade_during_a_long_absence(shop: Database) -> None:
    """Ann and Ben pay now; Ben alone would have faded at the end of half a year without anything happening."""
    short = away(shop, "Ann Example", since=NOW, until=NOW + 7 * DAY)
    assert [(one.area.key, one.loss) for one in short.handovers] == [("src/pay", "one head")]
    long = away(shop, "Ann Example", since=NOW, until=NOW + 300 * DAY)
    assert [(one.area.key, one.loss) for one in long.handovers] == [("src/pay", "dark")]
    assert long.handovers[0].risk > short.handovers[0].risk
    later = away(shop, "Ann Example", since=NOW + 200 * DAY, until=NOW + 207 * DAY)
    assert [one.loss for one in later.handovers] == ["one head"]  # until it begins, everybody goes on as today


def test_nobody_is_counted_on_who_is_away_as_well_or_opted_out(shop: Database, tmp_path: Path) -> None:
    db = opened(tmp_path, story(tmp_path)).db
    ben = "ben@example.org"
    people.sync(db, Rules(entries=(Entry("Ben Example", emails=(ben,), away=(("2024-06-25", "2024-07-05"),)),)))
    assert [one.loss for one in away(db, "Ann Example", since=NOW, until=NOW + 20 * DAY).handovers] == ["dark"]
    people.sync(db, Rules(entries=(Entry("Ben Example", emails=(ben,), opted_out=True),)))
    gap = away(db, "Ann Example")
    assert [one.loss for one in gap.handovers] == ["dark"]
    assert "Ben" not in repr(gap)
    assert "Ben" not in repr(survey(db, 1, NOW))


def test_who_is_away_today_is_counted_on_when_they_are_back_and_missed_all_the_same(tmp_path: Path) -> None:
    """Ann and Ben pay; Ben is on holiday until the 5th of July, which has nothing to do with August."""
    db = opened(tmp_path, story(tmp_path)).db
    holiday = Entry("Ben Example", emails=("ben@example.org",), away=(("2024-06-10", "2024-07-05"),))
    people.sync(db, Rules(entries=(holiday,)))
    assert [one.loss for one in away(db, "Ann Example", since=NOW, until=NOW + 5 * DAY).handovers] == ["dark"]
    august = away(db, "Ann Example", since=NOW + 50 * DAY, until=NOW + 57 * DAY)
    assert [(one.loss, one.left[0].name) for one in august.handovers] == [("one head", "Ben Example")]
    assert [one.loss for one in away(db, "Ann Example").handovers] == ["one head"]  # for good: Ben is back soon
    gone = away(db, "Ben Example")
    assert (gone.held, [one.area.key for one in gone.handovers]) == (1, ["src/pay"])
    people.sync(
        db, Rules(entries=(Entry("Ben Example", emails=("ben@example.org",), left=True, left_day="2024-06-20"),))
    )
    assert away(db, "Ben Example").held == 0


def test_who_holds_nothing_leaves_no_gap(shop: Database) -> None:
    gap = away(shop, "Eve Example")
    assert (gap.handovers, gap.held) == ((), 0)


def test_effort_falls_with_what_somebody_still_knows() -> None:
    never = Trace(0.0, 0.0, 0, 0, 0)
    fresh = Trace(5.0, 0.0, 10, NOW - 400 * DAY, NOW)
    faded = fresh._replace(last=NOW - 180 * DAY)
    assert effort(500, 0.0, never, 1.0, NOW) == 3  # 2 + 2·log2(2)·½
    assert effort(500, 1.0, never, 1.0, NOW) == 4
    assert effort(7_500, 1.0, never, 1.0, NOW) == 10  # 2 + 2·log2(16)
    assert effort(7_500, 1.0, fresh, 0.0, NOW) == 1
    assert effort(7_500, 1.0, fresh, 0.5, NOW) == 5
    assert effort(7_500, 1.0, faded, 0.0, NOW) == 5
    assert effort(7_500, 1.0, faded._replace(events=1), 0.0, NOW) == 10
    assert effort(7_500, 1.0, fresh, 1.0, NOW) == 10
