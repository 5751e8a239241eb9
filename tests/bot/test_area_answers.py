"""Areas in conversation: what is going stale, how one is doing, what an absence leaves; on the shop of test_health."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from bot.config import AreaSettings, AwaySettings, PersonSettings
from bot.message import Message
from bot.wiring import House
from knowledge.activation.standing import find_place
from knowledge.activation.way_back import pages
from knowledge.areas.partition import NamedArea
from knowledge.memory import DAY
from knowledge.store import studies
from tests.bot.house import Talk
from tests.knowledge.areas.test_survey import NOW, opened, story


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    path = tmp_path_factory.mktemp("shop")
    shipping = AreaSettings("shipping", ("src/ship",), critical=True, holders_wanted=3)
    gus = PersonSettings("Gus", ("gus@example.org",), opted_out=True)
    team = story(path)
    team.tell("2024-06-29 | Gus <gus@example.org> | Look up | src/search/a.py src/search/b.py src/search/c.py")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAMPLIGHTER_HOME", str(path / "home"))
        return opened(path, team, areas=(shipping,), people=(gus,))


class Says:
    def __init__(self, house: House, thread: str) -> None:
        self.talk = Talk(house, thread)

    def __call__(self, text: str) -> Message:
        return self.talk(text, time=NOW)


@pytest.fixture
def say(house: House, request: pytest.FixtureRequest) -> Says:
    return Says(house, request.node.name)


def test_what_is_going_stale_names_what_matters_with_reason_trend_and_step(say: Says) -> None:
    message = say("what's going stale?")
    assert message.intent == "stale"
    assert message.text.splitlines()[0] == "One of 5 areas needs more people who know it:"
    # Finn came a week ago: of those who are new, few stay
    assert "**shipping**: Dan Example and Finn Example are active here, only 1 in " in message.text
    assert "12 changes in the last year" in message.text
    assert "\n  → Let " in message.text
    assert "version" not in message.text
    areas = message.data["areas"]
    assert areas[0]["key"] == "name:shipping"  # critical ones come first
    assert {f["name"] for f in areas[0]["factors"]} == {
        "holders", "demand", "regeneration", "size", "complexity", "tests", "docs"
    }  # fmt: skip
    json.dumps(message.data)


def test_how_an_area_is_doing_tells_every_factor(say: Says) -> None:
    text = say("how is src/pay doing?").text
    assert text.startswith(
        "`src/pay` is **lit**: Ann Example and Ben Example are active here; 8 changes in the last year."
    )
    assert "- Holders: 2 active holders now, 2 in 60 days if nothing happens, 2 wanted" in text
    assert "- Demand: 8 changes in a year" in text
    assert "- Learning it anew: " in text
    assert "`docs/paying.md` (8 changes since, names `src/pay/legacy.py`, which is gone)" in text
    assert "- Truck factor: " in text
    assert "- Declared: Cleo; active now: " in text
    assert text.endswith("→ Nothing to do now.")


@pytest.mark.parametrize(
    "asked",
    ["how healthy is src/pay?", "what is the health of src/pay?", "how is src/pay holding up?", "src/pay health"],
)
def test_other_ways_to_ask_for_it(say: Says, asked: str) -> None:
    message = say(asked)
    assert message.intent == "stale"
    assert [one["key"] for one in message.data["areas"]] == ["src/pay"]


def test_a_file_belongs_to_an_area_and_a_name_is_one(say: Says) -> None:
    assert say("how is src/pay/tax.py doing?").text.startswith(
        "`src/pay/tax.py` belongs to an area: `src/pay` is **lit**"
    )
    assert say("how is shipping doing?").text.startswith("**shipping** is **dim** (")
    assert say("what is going stale in src?").text.startswith("One of 4 areas in `src`")


def test_who_opted_out_is_someone(say: Says) -> None:
    text = say("how is src/search doing?").text
    assert "nobody is at home here; last was someone on 2024-06-29" in text
    assert "Gus" not in text + say("what's going stale?").text + say("what if Gus is away?").text.replace("“Gus”", "")


def test_what_an_absence_leaves_and_the_order_to_hand_over(say: Says) -> None:
    message = say("what would go dark if Ann is away from 1 to 14 July?")
    assert message.intent == "what_if"
    assert message.text.startswith(
        "If **Ann Example** were away from 2024-07-01 to 2024-07-14, 1 area would hang on one head. To hand over first:"
    )
    assert "1. `src/pay` (only **Ben Example** left): **" in message.text
    assert "could hold it after about " in message.text
    assert "version" not in message.text
    assert message.data["away"] == {"since": "2024-07-01", "until": "2024-07-14", "for_good": False}
    (one,) = message.data["handovers"]
    assert (one["area"]["key"], one["loss"], one["left"]) == ("src/pay", "one head", ["Ben Example"])
    assert one["heirs"][0]["sessions"] >= 1


def test_leaving_for_good_and_nothing_to_lose(say: Says) -> None:
    assert say("what would go dark if Ann leaves?").data["away"]["for_good"]
    assert say("what if Eve is away next week?").text == (
        "Nothing would be left with fewer than two active people if **Eve Example** were away"
        " from 2024-07-01 to 2024-07-07."
    )


def test_who_has_left_and_who_comes_back_in_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "home"))
    said = (
        PersonSettings("Ben Example", ("ben@example.org",), away=(AwaySettings(date(2024, 6, 10), date(2024, 7, 5)),)),
        PersonSettings("Dan Example", ("dan@example.org",), left=date(2024, 6, 1)),
    )
    say = Says(opened(tmp_path, story(tmp_path), people=said), "back")
    assert "`src/pay` (only **Ben Example** left, back on 2024-07-06): **" in say("what if Ann leaves?").text
    assert say("what if Dan leaves?").text == "**Dan Example** has left already, on 2024-06-01."


def test_the_config_tells_areas_and_topics(house: House, tmp_path: Path) -> None:
    house.remember_areas()
    assert studies.rules(house.db, 1, NOW).named == (NamedArea("shipping", ("src/ship",), True, 3),)
    assert house.conversation()._options.topics == {"shipping": ("src/ship",)}


def test_questions_about_an_area_are_demand_and_those_about_its_health_are_not(say: Says) -> None:
    def asked() -> int:
        return int(say("how is src/ship doing?").data["areas"][0]["demand"]["questions"])

    before = asked()
    assert asked() == before
    say("who knows src/ship/c.py?")
    assert asked() == before + 1


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("what is going stale in our team?", "One of 5 areas"),
        ("how is the weather doing?", "I know no area called “weather”"),
        ("what is the bus factor of src/pay?", "`src/pay` is **lit**"),
        ("is anything going dark in src?", "One of 4 areas in `src`"),
        ("which parts of src are going stale?", "One of 4 areas in `src`"),
        ("is src/pay healthy?", "`src/pay` is **lit**"),
        ("what if I am away next week?", "I cannot tell who you are"),
        ("what would we lose if Ann left tomorrow?", "If **Ann Example** left on 2024-07-01, 1 area would"),
    ],
)
def test_ways_to_ask(say: Says, text: str, start: str) -> None:
    assert say(text).text.startswith(start)


def test_the_truck_factor_of_the_whole(say: Says) -> None:
    message = say("what is our bus factor?")
    assert message.text.startswith("Truck factor: 1 person by who wrote most of it, 4 people by who is active now.")
    assert message.data["truck_factors"] == [{"repo": "", "authorship": 1, "active": 4}]


def test_the_way_back_where_nobody_knows(house: House, say: Says) -> None:
    text = say("who knows src/search/a.py?").text
    assert text.startswith(
        "Someone worked on src/search/a.py yesterday, for the first time; nobody who can be asked knows it. Way back in: "
    )
    assert "Way back in: ask Cleo, who is closest to it now (" in text
    place = find_place(house.db, 1, "src/pay/charge.py")
    assert place is not None
    assert pages(house.db, 1, place, NOW) == ["docs/paying.md"]
    assert pages(house.db, 1, place, NOW - 90 * DAY) == []  # what pages said then is not kept
