"""A proposal in Slack from its first word to the note, pressed by people; and whatever goes wrong with it."""

import asyncio
import os
import signal
import sys

import pytest

from bot.chat.flows.nudge import NudgeFlow
from bot.chat.slack import Tokens
from bot.chat.slack_api import Pace
from bot.chat.slack_sender import SlackSender
from bot.config import NudgeSettings
from bot.nudging.people import Team
from bot.nudging.rounds import Nudging
from bot.nudging.runner import Runner
from bot.nudging.texts import load_texts
from knowledge.store.events import by_reference
from knowledge.store.nudges import Nudges
from knowledge.store.outbox import LEASE_SECONDS, Outbox
from knowledge.store.wishes import Wishes
from tests.bot.fake_slack import FakeSlack, words
from tests.bot.nudging.talking import DAY, TUESDAY, decided, nudge
from tests.bot.slack_bed import ana_and_bob
from tests.bot.test_slack import running, settled

HOUR = 3600
PACE = Pace(api_timeout=2, retry_pause=0.02, give_up=2)
NUDGING = Nudging(Team(), load_texts(), NudgeSettings(preview_to=("ana@example.org",)))


class World:
    """A Slack, a store, the bot in it, and a clock of our own."""

    def __init__(self, slack, db):
        self.slack, self.db, self.now, self.tick = slack, db, TUESDAY, 0.0
        self.flow = NudgeFlow(db, NUDGING, lambda: self.now)
        self.runner = self.copy()

    def copy(self):
        sender = SlackSender(
            self.db, Tokens.from_environment("socket", self.slack.environment()), lambda: self.now, PACE
        )
        return Runner(self.db, f"copy {id(sender)}", sender, NUDGING.team, NUDGING.texts)

    async def minute(self, runner=None):
        self.tick += 60
        return await (runner or self.runner).run(lambda: self.now, self.tick)

    async def press(self, who, message, button, chosen=""):
        """Press something; what only they are told then, new or in place of what they pressed."""
        before, shown = len(self.slack.ephemeral), str(self.slack.ephemeral)
        await self.slack.click(who, message, f"nudge:{button}", chosen)
        await self.slack.until(lambda: len(self.slack.ephemeral) > before or str(self.slack.ephemeral) != shown)
        await settled(self.db)
        return self.slack.ephemeral[-1]

    def state(self, number):
        return Nudges(self.db).get(number).state


@pytest.fixture
def db(tmp_path):
    db = ana_and_bob(tmp_path)
    yield db
    db.close()


@pytest.fixture
async def world(db):
    async with FakeSlack() as slack:
        world = World(slack, db)
        async with running(slack, db, flows=[world.flow]):
            yield world


async def proposed(world, one=None):
    one = one or nudge()
    decided(world.db, one, week=one.week, now=world.now)
    assert await world.minute() == 1
    return one.id, world.slack.messages[-1]


async def test_from_the_proposal_to_the_note(world):
    slack = world.slack
    number, message = await proposed(world)
    assert slack.rooms[message["channel"]] == {"U1ANA", "U2BOB"}
    mine = await world.press("U1ANA", message, "yes")
    second = [e for b in mine["blocks"] for e in b.get("elements", ())][1]
    assert words(mine).startswith("Thank you! Which of these times would suit you?\n[Tuesday 11 June, 13:00 (UTC)]")
    said = await world.press("U1ANA", mine, second["action_id"].removeprefix("nudge:"))
    assert words(said).startswith("Wednesday 12 June, 09:30 (UTC), noted. As soon as it suits Bob Stone")
    assert "[Yes, let's]" in words(slack.message(message["ts"]))  # what Ana pressed shows nowhere
    theirs = await world.press("U2BOB", message, "yes")
    assert words(theirs).startswith(
        "Thank you! Ana Ruiz would like that: does Wednesday 12 June, 09:30 (UTC) suit you?"
    )
    said = await world.press("U2BOB", theirs, "pick")
    assert words(said).startswith("Then it is Wednesday 12 June, 09:30 (UTC).")
    assert await world.minute() == 1
    card = slack.messages[-1]
    assert "*25 minutes on `src/auth`*, Wednesday 12 June, 09:30 (UTC)" in words(card)
    [file] = slack.uploads.values()
    assert b"DTSTART:20240612T093000Z" in file["content"]
    assert b"MAILTO:ana@example.org" in file["content"].replace(b"\r\n ", b"")  # long lines are folded
    world.now = TUESDAY + 23 * HOUR + 2400  # twenty to ten: they are at it, the reminder came too late to be said
    assert await world.minute() == 0
    world.now = TUESDAY + DAY + 1800
    assert await world.minute() == 2
    asked = {m["channel"]: m for m in slack.messages[-2:]}
    assert set(asked) == {"D1ANA", "D2BOB"}
    good = await world.press("U1ANA", asked["D1ANA"], "did")
    assert words(good).endswith("[Write it down…]\n[Newcomers may ask me there]")
    assert "[Yes, it did]" not in words(slack.message(asked["D1ANA"]["ts"]))
    await slack.click("U1ANA", good, "nudge:note")
    view = await slack.form("nudge:note")
    assert await slack.submit("U1ANA", view, note="  ") == {"note": "A sentence or two, please."}
    await slack.submit("U1ANA", view, note="The key is in the vault.")
    await settled(world.db)
    await world.press("U2BOB", asked["D2BOB"], "did")
    one = Nudges(world.db).get(number)
    assert (one.state, one.party(1).note) == ("followed-up", "The key is in the vault.")
    assert {(e.kind, e.person_id) for e in by_reference(world.db, f"nudge {number}")} == {
        ("taught", 1),
        ("attended", 2),
    }


async def test_later_asks_until_when(world):
    number, message = await proposed(world)
    asked = await world.press("U1ANA", message, "later")
    assert words(asked) == "Gladly later: I ask again on Tuesday 25 June.\n[Ask me…]\n[On a day…]"
    said = await world.press("U1ANA", asked, "until", "week")
    assert words(said) == "Gladly later: I ask again on Monday 17 June."
    assert Nudges(world.db).get(number).later_time == TUESDAY + 6 * DAY - HOUR
    assert words(await world.press("U2BOB", message, "yes")) == "Thank you! I come back to you both on Monday 17 June."
    assert Nudges(world.db).get(number).later_time == TUESDAY + 6 * DAY - HOUR


async def test_no_never_and_somebody_else(world):
    number, message = await proposed(world)
    asked = await world.press("U2BOB", message, "never")
    assert "[Only about this]\n[At all]" in words(asked)
    said = await world.press("U2BOB", asked, "stop:all")
    assert words(said).startswith("Understood: I will not write to you about this any more.")
    assert (world.state(number), Wishes(world.db).of(2)[0].subject) == ("declined", "all")
    said = await world.press("U1ANA", message, "yes")
    assert words(said) == "This is no longer open; thank you all the same."
    assert "[Yes, let's]" not in words(world.slack.message(message["ts"]))


async def test_pressed_by_others_and_by_nobody_known(world):
    from tests.bot.fake_slack import user

    number, message = await proposed(world)
    with world.db.transaction() as tx:
        tx.run("INSERT INTO people (name, email) VALUES ('Cleo', 'cleo@example.org')")
    world.slack.users["U6CLEO"] = user("U6CLEO", "Cleo")
    world.slack.users["U7NEW"] = user("U7NEW", "Newly Here")
    forwarded = {**message, "channel": "C1DEV"}
    said = await world.press("U6CLEO", forwarded, "no")
    assert words(said) == "This was written to somebody else, so it is theirs to answer; nothing has changed."
    said = await world.press("U7NEW", forwarded, "no")
    assert words(said).startswith("I do not know which of the people in the histories you are")
    assert world.state(number) == "sent"
    assert "[Yes, let's]" in words(world.slack.message(message["ts"]))


async def test_a_redelivered_press_is_answered_once(world):
    number, message = await proposed(world)
    payload = await world.slack.click("U1ANA", message, "nudge:yes")
    await world.slack.deliver("interactive", payload, retry=1)
    await world.slack.whisper()
    await settled(world.db)
    await world.slack.quiet(0.2)
    assert len(world.slack.ephemeral) == 1
    assert world.state(number) == "sent"


async def test_another_time_of_ones_own(world):
    number, message = await proposed(world)
    mine = await world.press("U1ANA", message, "yes")
    await world.slack.click("U1ANA", mine, "nudge:when")
    view = await world.slack.form("nudge:when")
    assert set(await world.slack.submit("U1ANA", view, day="2024-06-01", time="10:00")) == {"day"}
    before = len(world.slack.ephemeral)
    await world.slack.submit("U1ANA", view, day="2024-06-14", time="15:30")
    await world.slack.until(lambda: len(world.slack.ephemeral) > before)
    assert words(world.slack.ephemeral[-1]).startswith("Friday 14 June, 15:30 (UTC), noted.")
    theirs = await world.press("U2BOB", message, "yes")
    assert "does Friday 14 June, 15:30 (UTC) suit you?" in words(theirs)
    assert world.state(number) == "accepted"


async def test_the_lead_lets_the_first_round_go(world):
    from bot.nudging.flow import previews

    one = nudge()
    with world.db.transaction():
        pass
    entries = previews(one.week, [1], world.now)
    Nudges(world.db).open_round(one.week, world.now, approved=False, nudges=[one], entries=entries)
    assert await world.minute() == 1
    preview = world.slack.messages[-1]
    assert preview["channel"] == "D1ANA"
    assert words(await world.press("U2BOB", preview, "approve")).startswith("Only those whom config.yaml names")
    said = words(await world.press("U1ANA", preview, "approve"))
    assert said == "They go out now, in everybody's working hours; those of later weeks do without asking you."
    assert words(await world.press("U1ANA", preview, "approve")).startswith("They went out before")


async def test_two_copies_and_a_clock_that_jumps(world):
    other = world.copy()
    one = nudge()
    decided(world.db, one, week=one.week, now=world.now)
    counts = await asyncio.gather(world.minute(), world.minute(other))
    assert sum(counts) == 1
    for jump in (-3 * DAY, 5 * HOUR, -DAY):
        world.now = TUESDAY + jump
        assert await world.minute() + await world.minute(other) == 0
    assert len(world.slack.messages) == 1


@pytest.mark.parametrize("point", ["before", "after"])
async def test_killed_between_the_decision_and_its_record(db, tmp_path, point):
    """A real process that kills itself before the post, or after it and before anything is noted."""
    async with FakeSlack() as slack:
        world = World(slack, db)
        one = nudge()
        decided(db, one, week=one.week, now=world.now)
        command = [sys.executable, "-m", "tests.bot.sender_copy", db.url, point, str(TUESDAY)]
        process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **slack.environment()})
        assert await asyncio.wait_for(process.wait(), 30) == -signal.SIGKILL
        assert len(slack.messages) == {"before": 0, "after": 1}[point]
        assert await world.minute() == 0  # somebody may still be at it
        world.tick += LEASE_SECONDS
        await world.minute()
        world.now += 900
        await world.minute()
        assert len(slack.messages) == 1
        [entry] = Outbox(db, "x").about(one.id)
        assert (entry.state, entry.ts) == ("posted", slack.messages[0]["ts"])
        assert world.state(one.id) == "sent"
