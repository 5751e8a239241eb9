"""A question in Slack from "ask a person" to its answer: pressed by people, in a DM, in the channel, by a form."""

import asyncio

import pytest

from bot.chat.flows.request import RequestFlow
from bot.chat.slack import Tokens
from bot.chat.slack_api import Pace
from bot.chat.slack_sender import SlackSender
from bot.config import NudgeSettings, RequestSettings
from bot.conversation import Conversation
from bot.message import Incoming
from bot.nudging.people import Team
from bot.nudging.rounds import Nudging
from bot.nudging.runner import Runner
from bot.nudging.texts import load_texts
from bot.requesting.flow import Asking
from bot.requesting.gather import asks
from knowledge.store.events import by_reference
from knowledge.store.requests import Candidate, Request, Requests, request_id
from tests.bot.fake_slack import FakeSlack, words
from tests.bot.nudging.talking import DAY, TUESDAY
from tests.bot.slack_bed import ana_and_bob
from tests.bot.test_slack import running, settled

HOUR = 3600
PACE = Pace(api_timeout=2, retry_pause=0.02, give_up=2)
CHANNEL = "C1DEV"
QUESTION = "How do I rotate the signing key?"


class World:
    """A Slack, a store, the bot in it, and a clock of our own."""

    def __init__(self, slack, db, channel=CHANNEL):
        self.slack, self.db, self.now, self.tick = slack, db, TUESDAY, 0.0
        self.asking = Asking(db, RequestSettings(channel=channel), Team())
        self.talk = Conversation(db, lambda: None, clock=lambda: self.now, asking=lambda: self.asking)
        self.flow = RequestFlow(self.asking, self.talk.bring, lambda: self.now)
        self.sender = SlackSender(db, Tokens.from_environment("socket", slack.environment()), lambda: self.now, PACE)
        nudging = Nudging(Team(), load_texts(), NudgeSettings())
        self.runner = Runner(db, "copy", self.sender, nudging.team, nudging.texts, [self.asking], self.sender)

    async def minute(self):
        self.tick += 60
        return await self.runner.run(lambda: self.now, self.tick)

    async def press(self, who, message, what):
        before = len(self.slack.ephemeral)
        await self.slack.click(who, message, f"request:{what}")
        await self.slack.until(lambda: len(self.slack.ephemeral) > before)
        await settled(self.db)
        return words(self.slack.ephemeral[-1])

    def ask(self, candidates=((2, 0.9),), **more):
        told = {"platform": "slack", "place": f"T1/{CHANNEL}", "thread": self.root, "asker": "U1ANA", "asker_id": 1,
                "asker_name": "Ana", "repo_id": 1, "area": "src"} | more  # fmt: skip
        people = tuple(Candidate(person, share, "9 commits there") for person, share in candidates)
        one = Request(request_id("slack", "U1ANA", QUESTION, self.now), QUESTION, self.now, candidates=people, **told)
        return self.asking.open(one, self.now)

    def state(self, one):
        return Requests(self.db).get(one.id).state


@pytest.fixture
def db(tmp_path):
    db = ana_and_bob(tmp_path)
    yield db
    db.close()


@pytest.fixture
async def world(db):
    async with FakeSlack() as slack:
        world = World(slack, db)

        async def feedback(number, asker, verdict, note):
            raise AssertionError

        async with running(slack, db, flows=[world.flow]) as bot:
            world.bot = bot
            world.root = await slack.say("U1ANA", CHANNEL, "good morning all")
            yield world


def spoken(world):
    return [m for m in world.slack.messages if m.get("user") not in {"U1ANA", "U2BOB"}]


async def test_a_direct_message_taken_and_answered_by_a_form(world):
    one = world.ask()
    assert await world.minute() == 1
    message = spoken(world)[-1]
    assert message["channel"] == "D2BOB"
    said = words(message)
    assert "*Ana Ruiz* looks for somebody who knows `src`. Why you: 9 commits there." in said
    assert said.endswith("[I take it]\n[Answer…]\n[Pass on]\n[Not now]\n[Never ask me]")
    assert "It is yours, thank you." in await world.press("U2BOB", message, "claim")
    after = words(world.slack.message(message["ts"]))
    assert "You took it, thank you." in after
    assert after.endswith("[Answer…]\n[Pass on]")
    assert asks(world.db, Team(), [2], TUESDAY) == {2: "yes"}
    assert await world.minute() == 1
    assert (spoken(world)[-1]["channel"], spoken(world)[-1]["thread_ts"]) == (CHANNEL, world.root)
    assert words(spoken(world)[-1]).startswith("*Bob Stone* takes your question and will answer here.")
    await world.slack.click("U2BOB", world.slack.message(message["ts"]), "request:answer")
    view = await world.slack.form(f"request:answered:{one.id}")
    assert await world.slack.submit("U2BOB", view, answer="  ") == {"answer": "A sentence or two, please."}
    await world.slack.submit("U2BOB", view, answer="Run `make rotate`.", links="https://wiki.example/keys docs/keys.md")
    await world.slack.until(lambda: world.state(one) == "answered")
    await settled(world.db)
    assert "the next one who asks finds it" in words(world.slack.ephemeral[-1])
    assert await world.minute() == 1
    said = words(spoken(world)[-1])
    assert said.startswith("*Bob Stone* answered your question:")
    assert "Run `make rotate`." in said
    assert "https://wiki.example/keys" in said
    assert [(e.kind, e.person_id, e.path) for e in by_reference(world.db, f"request {one.id}")] == [
        ("answered", 2, "src")
    ]


async def test_never_is_heard_by_nobody_else_and_late_presses_are_one_sentence(world):
    one = world.ask()
    await world.minute()
    message = spoken(world)[-1]
    assert "Only I see it." in await world.press("U2BOB", message, "never")
    assert "[I take it]" not in words(world.slack.message(message["ts"]))
    assert asks(world.db, Team(), [2], TUESDAY) == {2: "no"}
    assert await world.minute() == 1  # nobody is left: the channel
    ping = spoken(world)[-1]
    assert ping["channel"] == CHANNEL
    assert "Bob" not in words(ping)
    assert await world.press("U1ANA", ping, "claim") == "You asked it yourself; somebody else will take it."
    world.asking.withdraw(one.id, world.now)
    assert "withdrawn on 2024-06-11" in await world.press("U2BOB", ping, "claim")


async def test_the_channel_message_is_edited_and_a_reply_is_taken_as_the_answer(world):
    one = world.ask(candidates=())
    assert await world.minute() == 1
    ping = spoken(world)[-1]
    assert words(ping).endswith("[I take it]\n[Answer…]")
    assert "“Use as the answer”" in await world.press("U2BOB", ping, "claim")
    await world.minute()
    assert "Taken by *Bob Stone*." in words(world.slack.message(ping["ts"]))
    ts = await world.slack.say("U2BOB", CHANNEL, "Run make rotate on the host.", thread=ping["ts"])
    reply = world.slack.message(ts)
    before = len(world.slack.ephemeral)
    await world.slack.shortcut("U2BOB", "request:use", reply)
    await world.slack.until(lambda: len(world.slack.ephemeral) > before)
    assert world.state(one) == "answered"
    await world.minute()
    assert "Answered by *Bob Stone*:" in words(world.slack.message(ping["ts"]))
    assert "Run make rotate on the host." in words(world.slack.message(ping["ts"]))
    pings = [m for m in spoken(world) if m["channel"] == CHANNEL and "looks for somebody" in words(m)]
    assert len(pings) == 1
    before = len(world.slack.ephemeral)
    await world.slack.shortcut("U2BOB", "request:use", world.slack.message(world.root))
    await world.slack.until(lambda: len(world.slack.ephemeral) > before)
    assert "in the thread of a question that wants a person" in words(world.slack.ephemeral[-1])


async def test_a_question_by_a_form_to_the_channel(world):
    await world.slack.command("U1ANA", CHANNEL, "request How do I get a staging account?")
    view = await world.slack.form("request:asked")
    assert await world.slack.submit("U1ANA", view, text="how?") == {
        "text": "In a whole sentence, please: somebody else reads it."
    }
    asked = {"text": "How do I get a staging account?", "about": "src", "soon": "urgent", "whom": "channel"}
    await world.slack.submit("U1ANA", view, **asked)
    await world.slack.until(lambda: Requests(world.db).since(0))
    await settled(world.db)
    [one] = Requests(world.db).since(0)
    assert (one.urgent, one.private, one.asker_id, one.state) == (True, False, 1, "open")
    assert await world.minute() == 1
    ping = spoken(world)[-1]
    assert "*Ana Ruiz* looks for somebody who knows" in words(ping)
    assert "It is urgent." in words(ping)
    world.asking.answer(one.id, 2, "Ask ops.", world.now)
    assert await world.minute() == 2  # the answer to Ana alone, and the edit
    assert {m["channel"] for m in spoken(world)[-2:]} >= {"D1ANA"}
    before = len(world.slack.ephemeral)
    await world.slack.command("U2BOB", CHANNEL, "requests")
    await world.slack.until(lambda: len(world.slack.ephemeral) > before)
    assert "answered by Bob Stone on 2024-06-11" in words(world.slack.ephemeral[-1])


async def test_the_button_below_an_answer(db):
    async with FakeSlack() as slack:
        world = World(slack, db)
        answered = {}

        def reply(incoming):
            answered["message"] = world.talk.reply(incoming)
            return answered["message"]

        def feedback(number, asker, verdict, note):
            return world.talk.bring_question(number, Incoming("", asker, "")) if verdict == "person" else None

        brain = type("Brain", (), {"reply": staticmethod(reply), "feedback": staticmethod(feedback)})()
        async with running(slack, db, brain=brain, flows=[world.flow]):
            root = await slack.say("U1ANA", "D1ANA", QUESTION)
            message = await slack.reply_to(root)
            for _ in range(2):
                await slack.click("U1ANA", message, "lamplighter_feedback:person")
            await slack.whisper()
            await settled(db)
    [one] = Requests(db).since(0)
    assert (one.text, one.private, one.asker_id) == (QUESTION, True, 1)
    assert "I put it into the channel for questions" in words(slack.ephemeral[0])
    assert "nobody has been asked" not in words(slack.ephemeral[0])


async def test_who_is_gone_from_slack_is_passed_over(world):
    world.slack.users["U2BOB"]["deleted"] = True
    one = world.ask()
    await world.minute()
    await world.minute()
    assert spoken(world)[-1]["channel"] == CHANNEL
    assert Requests(world.db).get(one.id).candidate(2).outcome == "unreached"
    world.now += 6 * DAY
    await world.minute()
    assert world.state(one) == "unanswered"
    await asyncio.sleep(0)
