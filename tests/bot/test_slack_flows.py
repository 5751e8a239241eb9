"""Flows in Slack: buttons, menus, forms, a message's menu and words after /lamp, each heard once."""

import asyncio
import time

import pytest

from bot.chat.flows.base import say
from bot.chat.flows.forms import button, calendar, day, form, menu, paragraph, row, select, text, waiting
from bot.chat.flows.parse import from_form, from_press
from bot.chat.slack_flows import as_heard
from bot.message import Message, Text
from knowledge.errors import Mistake
from knowledge.store.receipts import Receipts
from tests.bot.fake_slack import FakeSlack, Fault, words
from tests.bot.test_slack import running, settled


class Greeting:
    """A flow that does a little of everything, and remembers what it heard."""

    name, opens, words = "greet", frozenset({"form", "slow", "keep", "hello"}), frozenset({"hello", "count"})

    def __init__(self):
        self.presses = []
        self.fails = 0

    async def open(self, pressed, asker, desk):
        if pressed.what == "slow":
            view = await desk.open(pressed, waiting("greet:done", "Greet"))
            await asyncio.sleep(0.05)
            await desk.refill(pressed, view, self.view(f"for {asker.name}"))
            return
        if pressed.value == "break":
            raise RuntimeError("no ink left")
        await desk.open(pressed, self.view(pressed.message.get("text", "")))

    @staticmethod
    def view(initial):
        kinds = select("kind", "Which kind?", {"short": "A short one", "long": "A long one"}, initial="short")
        return form(
            "greet:done", "Greet somebody", paragraph("It is **kind**."),
            text("whom", "Whom?", initial=initial), kinds, day("when", "When?", optional=True), meta="m1",
        )  # fmt: skip

    async def mistakes(self, pressed):
        return {} if pressed.fields["whom"] else {"whom": "Who shall it be?"}

    async def heard(self, pressed, asker, desk):
        self.presses.append(pressed)
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the ink ran out")
        if pressed.what == "mistake":
            raise Mistake("nobody of that name", "Try another.")
        if pressed.how == "form":
            return say(f"Hello {pressed.fields['whom']}, says {asker.email}; {pressed.fields['kind']}, {pressed.meta}.")
        if pressed.what == "take":
            await desk.replace(pressed, Message((Text(f"Taken by {asker.name}."),)), mark="greeting 1")
        return say(f"{pressed.what}{':' + pressed.about if pressed.about else ''} {pressed.value}".strip())


ROW = row(
    button("greet:take", "Take", "7", style="primary"), button("greet:form", "Form…"), button("greet:slow", "Slow"),
    button("greet:mistake", "Wrong"), menu("greet:until:7", "Later…", {"week": "Next week", "month": "In a month"}),
    calendar("greet:day:7", "Another day"),
)  # fmt: skip


@pytest.fixture
async def there(db):
    """A Slack with one message that has buttons, and the bot in it: (slack, flow, the message, the bot)."""
    async with FakeSlack() as slack, running(slack, db, flows=[flow := Greeting()]) as bot:
        ts = await bot._talk.desk.post("C1DEV", say("May I?"), mark="greeting 1", buttons=[ROW])
        yield slack, flow, slack.message(ts), bot


@pytest.fixture
def db(tmp_path):
    from knowledge.store.schema import open_store

    db = open_store(f"sqlite:///{tmp_path}/store.db")
    yield db
    db.close()


async def test_a_press_is_heard_and_told_to_who_pressed_alone(there):
    slack, flow, message, _ = there
    await slack.click("U1ANA", message, "greet:take")
    said = await slack.whisper()
    assert (words(said), said["user"], said["channel"]) == ("take 7", "U1ANA", "C1DEV")
    assert words(slack.message(message["ts"])) == "Taken by Ana Ruiz."
    [pressed] = flow.presses
    assert (pressed.how, pressed.id, pressed.user, pressed.ts) == ("button", "greet:take", "U1ANA", message["ts"])
    await slack.until(lambda: slack.acks)
    assert max(slack.acks.values()) < 3


async def test_a_press_delivered_twice_is_heard_once_and_pressing_again_is_heard_again(there, db):
    slack, flow, message, _ = there
    payload = await slack.click("U1ANA", message, "greet:take")
    await slack.deliver("interactive", payload, retry=1)
    await slack.whisper()
    await settled(db)
    assert len(flow.presses) == 1
    await slack.click("U1ANA", message | {"blocks": [ROW]}, "greet:take")
    await slack.whisper(2)
    assert len(flow.presses) == 2


async def test_menus_and_dates_bring_what_they_are_about(there):
    slack, _, message, _ = there
    await slack.click("U2BOB", message, "greet:until", "month")
    assert words(await slack.whisper()) == "until:7 month"
    await slack.click("U2BOB", message, "greet:day", "2026-12-01")
    assert words(await slack.whisper(2)) == "day:7 2026-12-01"


async def test_a_form_opens_says_what_is_wrong_and_is_heard(there):
    slack, flow, message, _ = there
    await slack.click("U1ANA", message, "greet:form")
    view = await slack.form("greet:done")
    assert await slack.submit("U1ANA", view, whom="") == {"whom": "Who shall it be?"}
    assert flow.presses == []
    assert await slack.submit("U1ANA", view, whom="Mei", kind="long") == {}
    said = await slack.whisper()
    assert words(said) == "Hello Mei, says ana@example.org; long, m1."
    assert said["channel"] == "C1DEV"
    assert flow.presses[0].ts == message["ts"]


async def test_a_form_that_takes_longer_is_filled_later(there):
    slack, _, message, _ = there
    await slack.click("U1ANA", message, "greet:slow")
    await slack.until(lambda: any("submit" in view for view in slack.views.values()))
    view = await slack.form("greet:done")
    await slack.submit("U1ANA", view)
    assert words(await slack.whisper()).startswith("Hello for Ana Ruiz, says")


async def test_a_messages_menu_the_global_menu_and_words_after_lamp(there):
    slack, _, message, _ = there
    await slack.shortcut("U1ANA", "greet:keep", message | {"text": "Mei"})
    await slack.submit("U1ANA", await slack.form("greet:done"))
    assert words(await slack.whisper()).startswith("Hello Mei,")
    await slack.command("U2BOB", "C1DEV", "count  to three")
    assert words(await slack.whisper(2)) == "count to three"
    await slack.shortcut("U2BOB", "greet:keep")
    await slack.submit("U2BOB", await slack.form("greet:done"), whom="Ana")
    await slack.until(lambda: any(m["channel"] == "D2BOB" for m in slack.messages))
    assert words(slack.messages[-1]).startswith("Hello Ana, says bob@example.org")
    await slack.command("U2BOB", "C1DEV", "hello")
    assert (await slack.form("greet:done"))["blocks"][1]["element"].get("initial_value") is None


async def test_failures_are_a_sentence_with_an_id(there):
    slack, flow, message, _ = there
    flow.fails = 1
    await slack.click("U1ANA", message, "greet:take")
    assert "Something broke while I was answering this (id `" in words(await slack.whisper())
    await slack.click("U1ANA", message, "greet:mistake")
    assert words(await slack.whisper(2)) == "nobody of that name. Try another."
    slack.fail("views.open", Fault("internal_error"))
    await slack.click("U1ANA", message, "greet:form")
    assert "Something broke while I was opening a form" in words(await slack.whisper(3))
    slack.fail("views.open", Fault("expired_trigger_id"))
    await slack.click("U1ANA", message, "greet:form")
    assert words(await slack.whisper(4)) == "Slack did not wait for my form: please press it again."


async def test_a_form_delivered_twice_opens_once(there):
    slack, _, message, _ = there
    payload = await slack.click("U1ANA", message, "greet:form")
    await slack.form("greet:done")
    await slack.deliver("interactive", payload, retry=1)
    await slack.quiet(0.2)
    assert (len(slack.views), slack.ephemeral) == (1, [])


async def test_guests_press_in_vain(there):
    slack, flow, message, _ = there
    await slack.click("U3GUEST", message, "greet:take")
    assert "I don't answer guest accounts" in words(await slack.whisper())
    await slack.click("U3GUEST", message, "greet:form")
    assert "I don't answer guest accounts" in words(await slack.whisper(2))
    assert (flow.presses, slack.views) == ([], {})


async def test_a_post_whose_outcome_is_unknown_stands_once(there):
    slack, _, _, bot = there
    slack.fail("chat.postMessage", Fault("lost"))
    desk = bot._talk.desk
    room = await desk.room(["U2BOB", "U1ANA"])
    assert slack.rooms[room] == {"U1ANA", "U2BOB"}
    ts = await desk.post(room, say("Hello you two."), mark="hello 1")
    assert [m["ts"] for m in slack.messages if m["channel"] == room] == [ts]
    assert await desk.post(room, say("Hello you two."), mark="hello 1", look=True) == ts
    assert await desk.upload(room, "a.ics", b"BEGIN", title="An invitation")
    assert [u["content"] for u in slack.uploads.values()] == [b"BEGIN"]


async def test_of_two_copies_one_hears_a_press_and_one_opens_the_form(db):
    first, second = Greeting(), Greeting()
    async with (
        FakeSlack() as slack,
        running(slack, db, flows=[first]) as bot,
        running(slack, db, flows=[second]),
    ):
        slack.to_all = True
        message = slack.message(await bot._talk.desk.post("C1DEV", say("May I?"), mark="g", buttons=[ROW]))
        await slack.click("U1ANA", message, "greet:take")
        await slack.whisper()
        await settled(db)
        await slack.quiet(0.2)
        assert (len(first.presses) + len(second.presses), len(slack.ephemeral)) == (1, 1)
        await slack.click("U1ANA", message | {"blocks": [ROW]}, "greet:form")
        await slack.form("greet:done")
        await slack.quiet(0.2)
        assert (len(slack.views), len(slack.ephemeral)) == (1, 1)


async def test_what_a_dead_copy_left_is_heard_again_and_said_so(there, db):
    """It took the receipt and died: the next one hears the press, marked as one that somebody began with."""
    slack, flow, message, _ = there
    pressed = from_press(slack.pressing("U1ANA", message, "greet:take"))
    assert Receipts(db, "a dead copy", 1).take(as_heard(pressed).receipt("T1TEAM"), int(time.time()) - 60)
    said = await slack.whisper()
    assert words(said) == "take 7"
    [heard] = flow.presses
    assert (heard.again, heard.value, heard.ts) == (True, "7", message["ts"])


async def test_a_form_that_was_opened_from_no_message():
    flow = Greeting()
    view = {"callback_id": "greet:done", "id": "V1", "blocks": [], "private_metadata": "",
            "state": {"values": {"whom": {"filled": {"type": "plain_text_input", "value": ""}}}}}  # fmt: skip
    pressed = from_form({"type": "view_submission", "user": {"id": "U1ANA"}, "team": {"id": "T1"}, "view": view})
    assert await flow.mistakes(pressed) == {"whom": "Who shall it be?"}
    assert (pressed.channel, pressed.meta, pressed.once[:8]) == ("", "", "form:V1:")
