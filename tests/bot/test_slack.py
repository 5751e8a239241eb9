"""The bot in Slack, tested by talking to it: a real socket, a real store, a Slack of our own."""

import asyncio
import shutil
import threading
import time
from contextlib import asynccontextmanager

import pytest

from bot.chat.slack import SlackBot, SlackSettings, Tokens
from bot.chat.slack_api import Pace
from bot.message import Choice, Choices, Message, Note, People, PersonLine, Quote, Source, Sources, Text
from knowledge.errors import Mistake
from knowledge.store.schema import open_store
from tests.bot.fake_slack import BOT, FakeSlack, Fault, words

PACE = Pace(
    api_timeout=2, retry_pause=0.05, give_up=5, status_after=0.2, take=0.5, lease=2, sweep=0.2, ping=0.3, reconnect=1.5
)


class Brain:
    """Stands where the conversation stands: synchronous, and it remembers what it was asked."""

    def __init__(self):
        self.heard = []
        self.feedback_taken = []
        self.may_speak = threading.Event()

    def reply(self, incoming):
        self.heard.append(incoming)
        text = incoming.text
        if text.startswith("slow"):
            assert self.may_speak.wait(20)
        if text == "break":
            raise RuntimeError("the index fell off the shelf")
        if text == "mistake":
            raise Mistake("there is no repository yet", "Run `lamp index`.")
        if text == "app.py?":
            return Message(
                (Choices("Which one?", (Choice("src/app.py", "who knows src/app.py?"), Choice("b", "who knows b?"))),)
            )
        if text == "forget me":
            return Message((Text("You are named nowhere from now on."),), intent="person", private=True)
        if text == "long":
            quotes = (Quote(f"quote {n} " * 90, f"a.md:{n}") for n in range(14))
            return Message((Text("Fourteen places say so."), *quotes, Sources((Source("kept.md:1-2"),))))
        parts = (
            Text(f"You asked: {text}"),
            People((PersonLine("Ana Ruiz", "worked on it last week", slack_id="U1ANA"),)),
            Sources((Source("docs/a.md:1-9 · 3f2c1ab · 2026-05-04"),)),
            Note("4 commits since."),
        )
        return Message(parts, intent="who_knows", question_id=len(self.heard))

    def feedback(self, question_id, asker, verdict, note):
        self.feedback_taken.append((question_id, asker.id, verdict, note))


@asynccontextmanager
async def running(slack, db, brain=None, flows=(), **settings):
    brain = brain or Brain()
    settings = SlackSettings(**{"pace": PACE, **settings})
    bot = SlackBot(
        settings, Tokens.from_environment(settings.mode, slack.environment()), brain.reply, brain.feedback, db, flows
    )
    stop = asyncio.Event()
    task = asyncio.create_task(bot.run(stop))
    try:
        before = slack.connections
        async with asyncio.timeout(5):
            while not bot.healthy() or (settings.mode == "socket" and slack.connections == before):
                await asyncio.sleep(0.01)
                if task.done():
                    task.result()
        bot.brain = brain
        yield bot
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def settled(db, seconds=8.0):
    """Wait until no message is being answered any more."""
    async with asyncio.timeout(seconds):
        while db.read("SELECT ts FROM receipts WHERE state IN ('taken', 'posting')"):
            await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory):
    path = tmp_path_factory.mktemp("store") / "store.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def db(tmp_path, empty_store):
    shutil.copy(empty_store, tmp_path / "store.db")
    db = open_store(f"sqlite:///{tmp_path}/store.db")
    yield db
    db.close()


@pytest.fixture
async def slack():
    async with FakeSlack() as slack:
        yield slack


async def test_a_mention_gets_one_reply_in_its_thread(slack, db):
    async with running(slack, db) as bot:
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows <http://README.md|README.md>, <@U2BOB>?")
        reply = await slack.reply_to(ts)
        await slack.quiet()
        assert len(slack.replies(ts)) == 1
        assert "You asked: who knows README.md, @Bob Stone?" in words(reply)
        assert "docs/a.md:1-9" in words(reply)
        [incoming] = bot.brain.heard
        assert (incoming.asker.id, incoming.asker.name, incoming.asker.email) == (
            "U1ANA",
            "Ana Ruiz",
            "ana@example.org",
        )
        assert (incoming.place, incoming.thread) == ("T1TEAM/C1DEV", ts)


async def test_a_direct_message(slack, db):
    async with running(slack, db) as bot:
        first = await slack.say("U1ANA", "D1ANA", "who knows app.py?")
        await slack.reply_to(first)
        second = await slack.say("U1ANA", "D1ANA", "and who reviews it?")
        await slack.reply_to(second)
        assert [i.thread for i in bot.brain.heard] == ["D1ANA", "D1ANA"]  # one conversation


async def test_follow_ups_in_a_thread_that_is_ours(slack, db):
    async with running(slack, db) as bot:
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
        await slack.reply_to(ts)
        await slack.say("U2BOB", "C1DEV", "and who reviews it?", thread=ts)
        await slack.reply_to(ts, 2)
        await slack.say("U2BOB", "C1DEV", "<@U1ANA> shall we have lunch?", thread=ts)
        await slack.quiet()
        assert len(slack.replies(ts)) == 2
        assert [i.text for i in bot.brain.heard] == ["who knows app.py?", "and who reviews it?"]


async def test_in_other_peoples_threads_only_who_asked_is_followed(slack, db):
    async with running(slack, db):
        root = await slack.say("U2BOB", "C1DEV", "lunch?")
        await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?", thread=root)
        await slack.reply_to(root)
        await slack.say("U2BOB", "C1DEV", "pizza then", thread=root)
        await slack.say("U1ANA", "C1DEV", "who last touched it?", thread=root)
        await slack.reply_to(root, 2)
        await slack.quiet()
        assert len(slack.replies(root)) == 2


async def test_a_click_on_feedback_is_no_conversation(slack, db):
    async with running(slack, db):
        root = await slack.say("U2BOB", "C1DEV", "lunch?")
        await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?", thread=root)
        await slack.click("U2BOB", await slack.reply_to(root), "lamplighter_feedback:not")
        assert (await slack.whisper())["thread_ts"] == root
        await slack.say("U2BOB", "C1DEV", "pizza then", thread=root)
        await slack.quiet()
        assert len(slack.replies(root)) == 1


async def test_stopping_finishes_what_is_being_answered(slack, db):
    async with running(slack, db) as bot:
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> slow question")
        await slack.until(lambda: bot.brain.heard)
        asyncio.get_running_loop().call_later(0.3, bot.brain.may_speak.set)
    assert not bot.healthy()
    assert len(slack.replies(ts)) == 1


async def test_talk_that_is_not_ours_stays_without_a_reply(slack, db):
    async with running(slack, db) as bot:
        root = await slack.say("U2BOB", "C1DEV", "who knows app.py?")
        await slack.say("U1ANA", "C1DEV", "I do", thread=root)
        await slack.say("U5ROBOT", "C1DEV", f"<@{BOT}> who knows app.py?", bot_id="B5ROBOT")
        await slack.quiet()
        assert bot.brain.heard == []
        assert slack.called("chat.postMessage") == []


async def test_redelivery_and_edits_make_no_second_reply(slack, db):
    async with running(slack, db):
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
        await slack.reply_to(ts)
        for retry in (1, 2, 3):
            await slack.announce(slack.message(ts), retry)
        await slack.edit(ts, f"<@{BOT}> who knows app.py, please?")
        await slack.quiet()
        assert len(slack.replies(ts)) == 1


async def test_an_edit_that_first_mentions_us_is_answered(slack, db):
    async with running(slack, db):
        ts = await slack.say("U1ANA", "C1DEV", "who knows app.py?")
        await slack.edit(ts, f"<@{BOT}> who knows app.py?")
        await slack.reply_to(ts)
        await slack.edit(ts, f"<@{BOT}> who knows app.py??")
        await slack.quiet()
        assert len(slack.replies(ts)) == 1


async def test_two_copies_that_both_hear_everything(slack, db):
    slack.to_all = True
    brain = Brain()
    async with running(slack, db, brain), running(slack, db, brain):
        assert slack.connections == 2
        asked = [await slack.say("U1ANA", "C1DEV", f"<@{BOT}> question {n}") for n in range(10)]
        for ts in asked:
            await slack.reply_to(ts)
        await slack.quiet()
        assert [len(slack.replies(ts)) for ts in asked] == [1] * 10
        assert len(brain.heard) == 10


async def test_after_a_restart_what_was_answered_stays_answered(slack, db):
    async with running(slack, db):
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
        await slack.reply_to(ts)
    async with running(slack, db):
        await slack.announce(slack.message(ts), 1)
        await slack.quiet()
        assert len(slack.replies(ts)) == 1


async def test_everything_is_acknowledged_at_once_however_long_thinking_takes(slack, db):
    async with running(slack, db) as bot:
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> slow question")
        await slack.command("U1ANA", "C1DEV", "ask slow question")
        await slack.until(lambda: len(slack.acks) == 3)
        assert max(slack.acks.values()) < 3
        assert (slack.replies(ts), slack.ephemeral) == ([], [])
        bot.brain.may_speak.set()
        await slack.reply_to(ts)
        await slack.whisper()


async def test_what_we_do_not_use_is_acknowledged_too(slack, db):
    async with running(slack, db):
        await slack.event({"type": "app_home_opened", "user": "U1ANA", "channel": "D1ANA", "tab": "messages"})
        await slack.event({"type": "message", "subtype": "channel_join", "user": "U1ANA", "channel": "C1", "ts": "1.1"})
        await slack.until(lambda: len(slack.acks) == 2)


async def test_thinking_is_shown_and_exactly_one_message_remains(slack, db):
    async with running(slack, db) as bot:
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> slow question")
        await slack.until(lambda: slack.called("assistant.threads.setStatus"))
        bot.brain.may_speak.set()
        await slack.reply_to(ts)
        await slack.quiet()
        [status, *cleared] = slack.called("assistant.threads.setStatus")
        assert (status["channel_id"], status["thread_ts"], status["status"]) == ("C1DEV", ts, "is looking it up…")
        assert {call["status"] for call in cleared} <= {""}  # sent when the first came back too late
        assert len(slack.replies(ts)) == 1


async def test_where_there_is_no_status_a_reaction_comes_and_goes(slack, db):
    slack.unknown_methods.add("assistant.threads.setStatus")
    async with running(slack, db) as bot:
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> slow question")
        await slack.until(lambda: slack.message(ts).get("reactions") == ["eyes"])
        bot.brain.may_speak.set()
        await slack.reply_to(ts)
        await slack.until(lambda: slack.message(ts)["reactions"] == [])
        assert len(slack.replies(ts)) == 1


async def test_commands_are_answered_for_the_asker_only(slack, db):
    async with running(slack, db) as bot:
        for n, text in enumerate(("ask how do we deploy?", "who src/app.py", "last README.md", "help", ""), start=1):
            await slack.command("U1ANA", "C1DEV", text)
            await slack.whisper(n)
        assert [i.text for i in bot.brain.heard] == [
            "how do we deploy?",
            "who knows src/app.py?",
            "who last touched README.md?",
            "help",
            "help",
        ]
        assert {i.thread for i in bot.brain.heard} == {"lamp:U1ANA"}  # her next command may follow up on this one
        assert slack.called("chat.postMessage") == []
        assert slack.ephemeral[0]["response_type"] == "ephemeral"
        assert "/lamp ask how do we deploy?" in words(slack.ephemeral[0])


async def test_the_same_command_delivered_twice(slack, db):
    async with running(slack, db):
        trigger = await slack.command("U1ANA", "C1DEV", "who app.py")
        await slack.command("U1ANA", "C1DEV", "who app.py", trigger=trigger)
        await slack.whisper()
        await slack.quiet()
        assert len(slack.ephemeral) == 1


@pytest.mark.parametrize("fault", [Fault("gone"), Fault("500"), Fault("429", seconds=1)], ids=lambda f: f.kind)
async def test_a_command_is_answered_although_its_response_url_fails(slack, db, fault):
    async with running(slack, db):
        slack.fail("response_url", fault)
        await slack.command("U1ANA", "C1DEV", "who app.py")
        assert "You asked: who knows app.py?" in words(await slack.whisper())
        await settled(db)
        assert len(slack.ephemeral) == 1


async def test_a_choice_asks_in_the_same_thread_and_a_double_click_asks_once(slack, db):
    async with running(slack, db) as bot:
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> app.py?")
        asked_back = await slack.reply_to(ts)
        await slack.click("U2BOB", asked_back, "lamplighter_choice:0:0")
        await slack.click("U2BOB", asked_back, "lamplighter_choice:0:0")
        reply = await slack.reply_to(ts, 2)
        await slack.quiet()
        assert len(slack.replies(ts)) == 2
        assert "You asked: who knows src/app.py?" in words(reply)
        assert bot.brain.heard[-1].thread == ts
        assert bot.brain.heard[-1].asker.id == "U2BOB"


async def test_a_choice_offered_in_private_is_answered_in_private(slack, db):
    async with running(slack, db):
        await slack.command("U1ANA", "C1DEV", "ask app.py?")
        await slack.click("U1ANA", await slack.whisper(), "lamplighter_choice:0:1")
        assert "You asked: who knows b?" in words(await slack.whisper(2))
        assert slack.called("chat.postMessage") == []


async def test_what_is_private_is_whispered_in_a_channel_and_said_in_a_direct_message(slack, db):
    async with running(slack, db):
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> forget me")
        assert "named nowhere" in words(await slack.whisper())
        assert slack.replies(ts) == []
        assert [m["ephemeral_to"] for m in slack.ephemeral] == ["U1ANA"]
        alone = await slack.say("U1ANA", "D1ANA", "forget me")
        assert "named nowhere" in words(await slack.reply_to(alone))
        assert len(slack.ephemeral) == 1


async def test_feedback_is_stored_and_thanked_for_once(slack, db):
    async with running(slack, db) as bot:
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
        reply = await slack.reply_to(ts)
        for _ in range(2):
            await slack.click("U2BOB", reply, "lamplighter_feedback:helpful")
        assert "noted as helpful" in words(await slack.whisper())
        await slack.click("U1ANA", reply, "lamplighter_feedback:not")
        await slack.whisper(2)
        await slack.click("U1ANA", reply, "lamplighter_feedback:person")
        person = await slack.whisper(3)
        await slack.quiet()
        assert "nobody has been asked" in words(person)
        assert "<@U1ANA>" in words(person)  # only she who pressed sees it
        assert bot.brain.feedback_taken == [
            (1, "U2BOB", "helpful", ""),
            (1, "U1ANA", "not", ""),
            (1, "U1ANA", "person", ""),
        ]
        assert [m["ephemeral_to"] for m in slack.ephemeral] == ["U2BOB", "U1ANA", "U1ANA"]


async def test_nobody_is_called_by_name(slack, db):
    async with running(slack, db):
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows &lt;!channel&gt; and &lt;@U2BOB&gt;?")
        reply = await slack.reply_to(ts)
        assert "<!" not in words(reply)
        assert "<@" not in words(reply)
        assert "&lt;!channel&gt;" in words(reply)


@pytest.mark.parametrize("who", ["U3GUEST", "U4STRANGER"])
async def test_guests_and_strangers_get_one_polite_sentence(slack, db, who):
    async with running(slack, db) as bot:
        ts = await slack.say(who, "C1DEV", f"<@{BOT}> who knows app.py?")
        refused = await slack.whisper()
        await slack.say(who, "C1DEV", "hello?", thread=ts)
        await slack.quiet()
        assert words(refused).startswith("Sorry, I")
        assert refused["user"] == who
        assert len(slack.ephemeral) == 1
        assert (bot.brain.heard, slack.replies(ts)) == ([], [])


async def test_guests_may_be_allowed(slack, db):
    async with running(slack, db, allow_guests=True):
        await slack.reply_to(await slack.say("U3GUEST", "C1DEV", f"<@{BOT}> who knows app.py?"))
        await slack.say("U4STRANGER", "C1DEV", f"<@{BOT}> who knows app.py?")
        await slack.whisper()


async def test_bots_may_be_allowed_to_mention_us(slack, db):
    async with running(slack, db, allow_bots=True):
        ts = await slack.say("U5ROBOT", "C1DEV", f"<@{BOT}> who knows app.py?", bot_id="B5ROBOT")
        await slack.reply_to(ts)
        await slack.say("U5ROBOT", "C1DEV", "thank you", thread=ts, bot_id="B5ROBOT")
        await slack.quiet()
        assert len(slack.replies(ts)) == 1  # two bots never talk to each other on and on


async def test_a_busy_store_keeps_nobody_waiting_for_the_acknowledgement(slack, db, tmp_path):
    async with running(slack, db):
        other = open_store(f"sqlite:///{tmp_path}/store.db")
        with other.transaction() as tx:  # an indexer that writes
            tx.run("UPDATE receipts SET holder = holder")
            ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
            await slack.until(lambda: len(slack.acks) == 2, 3)
            assert max(slack.acks.values()) < 3
            assert slack.replies(ts) == []
        await slack.reply_to(ts)
        await settled(db)
        assert len(slack.replies(ts)) == 1


async def test_a_store_that_fails_is_confessed_once(slack, db, caplog):
    async with running(slack, db):
        with db.transaction() as tx:
            tx.run("ALTER TABLE receipts RENAME TO gone")
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
        said = words(await slack.reply_to(ts))
        await slack.announce(slack.message(ts), retry=1)
        await slack.quiet()
        assert said.startswith("Something broke while I was noting your message down (id `")
        assert f"fault {said.split('`')[1]}" in caplog.text
        assert len(slack.replies(ts)) == 1
        with db.transaction() as tx:
            tx.run("ALTER TABLE gone RENAME TO receipts")
        await slack.reply_to(await slack.say("U1ANA", "C1DEV", f"<@{BOT}> and now?"))


async def test_a_mistake_is_its_sentence_and_a_fault_a_sentence_with_an_id(slack, db, caplog):
    async with running(slack, db):
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> mistake")
        assert words(await slack.reply_to(ts)) == "there is no repository yet. Run `lamp index`."
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> break")
        said = words(await slack.reply_to(ts))
        assert said.startswith("Something broke")
        number = said.split("`")[1]
        assert len(number) == 6
        assert f"fault {number}" in caplog.text
        assert "fell off the shelf" in caplog.text
        assert "fell off the shelf" not in said


async def test_429_is_waited_out(slack, db):
    async with running(slack, db):
        slack.fail("chat.postMessage", Fault("429", seconds=1))
        began = time.monotonic()
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
        await slack.reply_to(ts)
        assert 1.0 <= time.monotonic() - began < 4
        assert len(slack.called("chat.postMessage")) == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault("500", times=2),
        Fault("internal_error"),
        Fault("lost"),  # posted, and the answer never came
        Fault("slow", seconds=2.5),  # posted, and the answer came too late
    ],
    ids=lambda fault: fault.kind,
)
async def test_whatever_happens_to_a_post_one_message_remains(slack, db, fault):
    async with running(slack, db):
        slack.fail("chat.postMessage", fault)
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
        await slack.reply_to(ts)
        await settled(db)
        assert len(slack.replies(ts)) == 1
        assert db.read("SELECT state, reply_ts FROM receipts") == [("replied", slack.replies(ts)[0]["ts"])]


async def test_too_long_is_shortened_and_keeps_its_sources(slack, db):
    async with running(slack, db):
        slack.fail("chat.postMessage", Fault("msg_blocks_too_long"))
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> long")
        reply = await slack.reply_to(ts)
        assert "kept.md:1-2" in words(reply)
        sizes = [len(str(call["blocks"])) for call in slack.called("chat.postMessage")]
        assert sizes[1] < 8500 < sizes[0] < 13_500


async def test_blocks_refused_to_the_last_become_text(slack, db):
    async with running(slack, db):
        slack.fail("chat.postMessage", Fault("invalid_blocks", times=4))
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> long")
        reply = await slack.reply_to(ts)
        assert "blocks" not in reply
        assert "kept.md:1-2" in reply["text"]


async def test_where_we_may_not_post_the_asker_is_told_in_private(slack, db):
    async with running(slack, db):
        slack.fail("chat.postMessage", Fault("restricted_action"))
        await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
        await slack.until(lambda: any(m["channel"] == "D1ANA" for m in slack.messages))
        said = words(slack.messages[-1])
        assert "posting my reply there" in said
        assert "restricted_action" in said
        assert "id `" in said


@pytest.mark.parametrize("how", [{"polite": True}, {"polite": False}, {"polite": False, "forget_tickets": True}])
async def test_it_reconnects_by_itself(slack, db, how):
    async with running(slack, db) as bot:
        await slack.disconnect(**how)
        await slack.until(lambda: slack.connections, 8, "a new connection")
        await slack.reply_to(await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?"))
        assert bot.healthy()


async def test_it_comes_back_when_slack_was_away_for_long(slack, db):
    async with running(slack, db):
        slack.fail("apps.connections.open", Fault("500", times=30))
        await slack.disconnect(polite=False, forget_tickets=True)
        await asyncio.sleep(1.0)
        slack.faults.clear()
        await slack.until(lambda: slack.connections, 8, "a new connection")
        await slack.reply_to(await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?"))


async def test_it_waits_for_slack_at_the_start(slack, db):
    slack.fail("auth.test", Fault("500", times=5))
    async with running(slack, db):
        await slack.reply_to(await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?"))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN is not set"),
        ("SLACK_BOT_TOKEN", "xapp-1", "does not begin with xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "Slack refuses SLACK_BOT_TOKEN (invalid_auth)"),
        ("SLACK_APP_TOKEN", "", "SLACK_APP_TOKEN is not set"),
        ("SLACK_APP_TOKEN", "xapp-wrong", "Slack refuses SLACK_APP_TOKEN (invalid_auth)"),
    ],
)
async def test_a_wrong_token_is_a_mistake_with_its_cure(slack, db, name, value, says):
    environment = {**slack.environment(), name: value}
    with pytest.raises(Mistake) as caught:
        tokens = Tokens.from_environment("socket", environment)
        brain = Brain()
        await SlackBot(SlackSettings(pace=PACE), tokens, brain.reply, brain.feedback, db).run(asyncio.Event())
    assert says in str(caught.value)
    assert "docs/slack.md" in caught.value.cure
