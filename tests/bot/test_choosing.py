"""A question back is answered by a number, an ordinal or a word; in a terminal and in a thread alike."""

import pytest

from bot.message import Choices
from bot.understanding.choosing import LAST, pick, picked
from bot.wiring import House
from tests.bot.fake_slack import BOT, FakeSlack, words
from tests.bot.house import Talk, opened
from tests.bot.test_slack import running

OFFERED = [{"label": "src/flask/app.py", "say": "a"}, {"label": "src/flask/sansio/app.py", "say": "b"}]


@pytest.mark.parametrize(
    ("text", "number"),
    [("2", 2), ("#2", 2), ("3.", 3), ("option 2", 2), ("number two please", 2), ("no. 4", 4), ("the second", 2),
     ("First one, thanks", 1), ("2nd one", 2), ("i mean the third", 3), ("the last one", LAST), ("two", 2),
     ("20", 0), ("version 2", 0), ("the last one who touched it", 0), ("one", 1), ("second line", 0)],
)  # fmt: skip
def test_which_choice_a_reply_picks(text: str, number: int) -> None:
    assert pick(text) == number


def test_a_choice_is_found_by_its_number_or_by_a_word_that_only_it_has() -> None:
    assert [picked(n, "", OFFERED) for n in (1, 2, 3, LAST)] == ["a", "b", "", "b"]
    assert picked(0, "the sansio one", OFFERED) == "b"
    assert picked(0, "flask", OFFERED) == ""
    assert picked(0, "who knows the sansio code", OFFERED) == ""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return opened(tmp_path_factory.mktemp("choosing"))


def test_a_thread_picks_and_picks_again(house: House, request: pytest.FixtureRequest) -> None:
    talk = Talk(house, request.node.name)
    asked_back = talk("who last touched app.py?")
    offered = [choice.label for part in asked_back.parts if isinstance(part, Choices) for choice in part.choices]
    assert len(offered) == 2
    for reply, at in (("the second", 1), ("1", 0), ("option 2", 1)):
        told = talk(reply)
        assert (told.intent, told.data["target"]["path"]) == ("last_touched", offered[at])
    assert "no such choice" in talk("7").text
    talk("who last touched app.py?")
    assert talk("the tools one").data["target"]["path"] == "tools/app.py"


def test_a_number_that_nothing_was_offered_for_says_so(house: House, request: pytest.FixtureRequest) -> None:
    assert "no such choice" in Talk(house, request.node.name)("2").text


async def test_in_slack_a_bare_reply_picks_in_a_thread_and_in_a_direct_message(house: House) -> None:
    talk = Talk(house)

    class Real:
        def reply(self, incoming):
            return talk.conversation.reply(incoming)

        def feedback(self, *said):
            return talk.conversation.feedback(*said)

    async with FakeSlack() as slack, running(slack, house.db, Real()):
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who last touched app.py?")
        await slack.reply_to(ts)
        await slack.say("U1ANA", "C1DEV", "the second", thread=ts)
        assert "tools/app.py" in words(await slack.reply_to(ts, 2))
        alone = await slack.say("U1ANA", "D1ANA", "who last touched app.py?")
        assert "Which one" in words(await slack.reply_to(alone))
        assert "tools/app.py" in words(await slack.reply_to(await slack.say("U1ANA", "D1ANA", "2")))
