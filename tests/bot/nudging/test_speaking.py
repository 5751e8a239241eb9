"""A week of the bot that speaks first, by the minute: the round on its day, the lead's word, the messages."""

import pytest

from bot.config import NudgeSettings, Settings
from bot.wiring import House
from indexers.pipeline import Silent
from knowledge.errors import Mistake
from knowledge.store.nudges import Nudges
from tests.bot.nudging.talking import FakeSender, Server
from tests.bot.nudging.test_deciding import NOW, STORY
from tests.teams import team


@pytest.fixture
def house(tmp_path):
    told = team(tmp_path, STORY)
    house = House(
        Settings(folder=tmp_path, nudges=NudgeSettings(preview_to=("ada@example.org",))), None, home=tmp_path / "home"
    )
    house.senses.index(locations=(str(told.path),), steps=("history",), progress=Silent(), now=NOW)
    return house


async def test_a_week(house):
    server = Server()
    copies = [house.speaking(FakeSender(server)) for _ in range(2)]
    clock = [NOW - 3600]
    for one in copies:
        one._clock = lambda: clock[0]

    async def minute(now):
        clock[0] = now
        return sum([await one.run() for one in copies])

    assert await minute(NOW - 3600) == 0
    assert Nudges(house.db).rounds() == []  # not its day yet
    assert await minute(NOW) == 1  # the lead sees it
    assert server.marks() == ["round 2024-W24 preview 1"]
    assert [await minute(NOW + 60 * n) for n in range(1, 5)] == [0, 0, 0, 0]
    Nudges(house.db).approve("Ada", NOW + 600)
    assert await minute(NOW + 660) == 1
    assert await minute(NOW + 720) == 0
    assert len(Nudges(house.db).rounds()) == 1
    assert "Cleo Example put 4 changes into `search`" in server.posted[-1][2]


def test_a_timetable_that_is_none_is_told_before_anything_is_said(tmp_path):
    house = House(Settings(folder=tmp_path, nudges=NudgeSettings(when="weekly")), None, home=tmp_path / "home")
    with pytest.raises(Mistake, match="'weekly' are no cron words"):
        house.speaking(FakeSender(Server()))
