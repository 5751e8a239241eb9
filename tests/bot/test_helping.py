"""Who is glad to help newcomers: said, asked before somebody is sent, and told on."""

from __future__ import annotations

import pytest

from bot.chat.flows.willing import WillingFlow
from bot.chat.slack import Tokens
from bot.chat.slack_sender import SlackSender
from bot.message import Asker
from bot.nudging.people import Team
from bot.nudging.runner import Runner
from bot.nudging.texts import load_texts
from bot.nudging.wanting import Wanting
from bot.people import helping
from bot.people.actions import Order, act
from bot.wiring import House
from knowledge.errors import Mistake
from knowledge.store import willing
from knowledge.store.finding import find
from knowledge.store.outbox import Outbox
from knowledge.store.wishes import Wish, Wishes
from knowledge.ways_in.glad import helps
from tests.bot.fake_slack import FakeSlack, user, words
from tests.bot.house import NOW, Talk
from tests.bot.nudging.talking import COPIES
from tests.bot.test_slack import running
from tests.bot.test_tour import house, talk  # noqa: F401  (fixtures)

DAY = 86_400
MONDAY = NOW + 2 * DAY  # NOW is a Saturday
NEW = Asker("slack", "U9NEW", "Nia Novak", "nia@example.org")


@pytest.fixture(autouse=True)
def fresh(house: House):  # noqa: F811
    with house.db.transaction() as tx:
        for table in ("wishes", "outbox_people", "outbox"):
            tx.run(f"DELETE FROM {table}")


def bob(house: House) -> int:  # noqa: F811
    return find(house.db, "bob@example.org")[0].id


@pytest.mark.parametrize(
    ("places", "helped"),
    [
        (("all",), True),
        (("web",), True),
        (("web/pages.py",), True),
        (("The Web",), True),
        (("core",), False),
        ((), False),
    ],
)
def test_where_somebody_helps(places: tuple[str, ...], helped: bool) -> None:
    assert helps(places, ("dir:web", "web", "the web"), "web/pages.py") is helped


def test_a_tour_prefers_who_said_yes_and_says_so(house: House, talk: Talk) -> None:  # noqa: F811
    assert "has not been asked yet whether that suits: ask before you count on it." in talk("tour").text
    act(house.db, Order("willing", ("ada@example.org", "web")), NOW, "lead")
    told = talk("tour")
    first = told.data["first_place"]
    assert (first["path"].split("/")[0], first["glad"], first["person"]["name"]) == ("web", True, "Ada Example")
    assert "**Ada Example** is active there and said they are glad to help." in told.text
    act(house.db, Order("willing", ("ada@example.org",), refuse=True), NOW, "lead")
    assert talk("tour").data["first_place"]["person"]["name"] == "Bob Example"
    act(house.db, Order("willing", ("bob@example.org",), refuse=True), NOW, "lead")
    assert talk("tour").data["first_place"] is None  # nobody is left who did not say no
    act(house.db, Order("willing", ("bob@example.org",), every=True), NOW, "lead")
    assert talk("tour").data["first_place"]["glad"] is True


def test_the_command_wants_a_place_that_is_there(house: House) -> None:  # noqa: F811
    for order in (Order("willing", ("bob@example.org",)), Order("willing", ("bob@example.org", "nowhere"))):
        with pytest.raises(Mistake):
            act(house.db, order, NOW, "lead")
    assert willing.read(house.db, NOW) == willing.Said({}, frozenset())


def test_said_in_chat_and_taken_back(house: House) -> None:  # noqa: F811
    said = Wanting(house.db, bob(house), NOW)
    assert (said.said("I am happy to help newcomers with web") or "").startswith("Thank you! Newcomers hear that")
    assert willing.read(house.db, NOW).yes == {bob(house): frozenset({"web"})}
    assert "glad to help newcomers with web" in (said.said("wishes") or "")
    said.said("no newcomers")
    assert willing.read(house.db, NOW) == willing.Said({}, frozenset({bob(house)}))
    said.said("glad to help newcomers")
    assert willing.read(house.db, NOW).yes == {bob(house): frozenset({"all"})}


async def test_who_has_not_been_asked_is_asked_before_somebody_is_sent(house: House, talk: Talk, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-here")
    talk.asker = NEW
    for _ in range(2):
        assert "I ask first, and you hear from me when there is a yes." in talk("tour").text
    entries = house.db.read("SELECT mark, kind, agreed FROM outbox")
    assert [(mark.split()[:2], kind, agreed) for mark, kind, agreed in entries] == [
        (["willing", str(bob(house))], "willing", 0)
    ]
    async with FakeSlack() as slack:
        slack.users["U9NEW"] = user("U9NEW", "Nia Novak")
        sender = SlackSender(house.db, Tokens.from_environment("socket", slack.environment()), lambda: MONDAY)
        copy = Runner(
            house.db, f"copy {next(COPIES)}", sender, Team(), load_texts(), (helping.Helping(house.db),), sender
        )
        flow = WillingFlow(house.db, lambda: MONDAY)
        async with running(slack, house.db, flows=[flow]):
            assert await copy.run(lambda: NOW, 0) == 0  # Saturday
            assert await copy.run(lambda: MONDAY, 60) == 1
            asked = slack.messages[-1]
            assert asked["channel"] == "D2BOB"
            assert "Would you be glad to look at it with them" in words(asked)
            assert "Nia" not in words(asked)
            assert words(asked).endswith("[Gladly, there]\n[Gladly, anywhere I know]\n[Rather not]")
            await slack.click("U1ANA", {**asked, "channel": "C1DEV"}, "willing:yes")
            assert "do not know which of the people" in words(await slack.whisper())
            await slack.click("U2BOB", asked, "willing:yes")
            assert words(await slack.whisper(2)).startswith("Thank you! Newcomers hear that you are glad to help")
            assert await copy.run(lambda: MONDAY + 60, 120) == 1
            told = slack.messages[-1]
            assert (told["channel"], "Bob Example is glad to help you" in words(told)) == ("D9NEW", True)
            assert await copy.run(lambda: MONDAY + 120, 180) == 0
    assert talk("tour").data["first_place"]["glad"] is True


def test_who_is_not_asked(house: House, talk: Talk, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-here")
    talk.asker = Asker("terminal", "ada", "Ada", "ada@example.org")
    assert "ask before you count on it" in talk("tour").text
    assert house.db.read("SELECT mark FROM outbox") == []
    talk.asker = NEW
    talk("tour")
    [entry] = Outbox(house.db, "x").due(NOW)
    voice = helping.Helping(house.db)
    assert voice.wanted(entry)
    Wishes(house.db).wish(bob(house), Wish("opt-out", "newcomer"), NOW)
    assert not voice.wanted(entry)
    assert not helping.ask(house.db, _place(house), NEW, 0, NOW + 90 * DAY)  # once a quarter


def _place(house: House):  # noqa: F811
    from types import SimpleNamespace

    from knowledge.ways_in.tour_places import FirstPlace

    one = find(house.db, "bob@example.org")[0]
    return FirstPlace(SimpleNamespace(path="elsewhere"), "x.py", 30, "", SimpleNamespace(), one)  # type: ignore[arg-type]
