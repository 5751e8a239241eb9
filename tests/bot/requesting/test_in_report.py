"""Every question that nobody takes stands in the weekly report, and leaves it with its answer."""

import pytest

from bot.config import RequestSettings
from bot.message import Asker, Incoming
from bot.reports.sections import sections
from knowledge.store.requests import Requests
from tests.bot.house import NOW, Talk, opened

DAY = 86_400
TEXT = "how do I renew the wildcard certificate of the staging cluster?"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("report"), requests=RequestSettings())


def told(house, now):
    report = house.report(now)
    shown = next((one for one in sections(report) if one.key == "unanswered"), None)
    return [f"{line.tag} {line.text}".strip() for line in shown.lines] if shown else []


def test_what_nobody_takes_and_what_is_taken_and_answered(house):
    talk = Talk(house)
    talk(TEXT)
    talk("ask a person")
    [one] = Requests(house.db).since(0)
    line = f"wants a person “{TEXT}” (since 2024-06-15; `lamp requests claim {one.id}` takes it)"
    assert told(house, NOW + DAY) == [line]  # once, although it is a question without an answer, too
    cleo = house.db.read("SELECT id FROM people WHERE name LIKE 'Cleo%'")[0][0]
    house.asking.claim(one.id, cleo, NOW + DAY)
    assert not [text for text in told(house, NOW + 2 * DAY) if "since" in text]
    assert told(house, NOW + 9 * DAY)[0].endswith("(since 2024-06-15; taken, and not answered yet)")
    assert "Cleo" not in told(house, NOW + 9 * DAY)[0]
    house.asking.answer(one.id, cleo, "Run `make renew`.", NOW + 9 * DAY)
    assert told(house, NOW + 10 * DAY) == ["All 1 question of the last four weeks had an answer."]


def test_what_was_asked_in_private_is_counted_and_not_quoted(house):
    asker = Asker("slack", "U9", "Gil")
    house.conversation().bring(Incoming("may I see the salary tables?", asker, "T1/D9", "D9", NOW))
    said = " ".join(told(house, NOW + DAY))
    assert "1 question that wants a person, asked in private" in said
    assert "salary" not in said
