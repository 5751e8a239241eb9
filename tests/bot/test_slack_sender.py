"""Saying things first in Slack: rooms, separate messages where there are none, who is who, and each message once."""

import asyncio

import pytest

from bot.chat.slack import Tokens
from bot.chat.slack_api import Pace
from bot.chat.slack_sender import LimitedError, SlackSender
from bot.message import Message, Text
from bot.nudging.sender import UnreachableError
from knowledge.store.schema import open_store
from tests.bot.fake_slack import FakeSlack, Fault, user, words

PACE = Pace(api_timeout=2, retry_pause=0.02, give_up=2)
PROPOSAL = {"id": "n1", "what": "proposal", "kind": "share", "answers": ("yes", "later", "other", "no")}
HELLO = Message((Text("May I?"),), data={"nudge": PROPOSAL})


@pytest.fixture
def db(tmp_path):
    db = open_store(f"sqlite:///{tmp_path}/store.db")
    with db.transaction() as tx:
        for name, email in (
            ("Ana Ruiz", "ana@example.org"),
            ("Bob Stone", "bob@home.example"),
            ("Cleo", "c@x.example"),
        ):
            tx.run("INSERT INTO people (name, email) VALUES (:n, :e)", n=name, e=email)
        tx.run("INSERT INTO identities (name, email, person_id) VALUES ('Bob', 'bob@example.org', 2)")
    yield db
    db.close()


@pytest.fixture
async def slack():
    async with FakeSlack() as slack:
        yield slack


def sender(slack, db):
    return SlackSender(db, Tokens.from_environment("socket", slack.environment()), lambda: 1_700_000_000, PACE)


async def test_two_get_one_room_with_buttons_and_are_linked(slack, db):
    one = sender(slack, db)
    posted = await one.send("nudge n1 proposal", (1, 2), HELLO)
    assert slack.rooms == {posted.channel: frozenset({"U1ANA", "U2BOB"})}
    message = slack.message(posted.ts)
    assert words(message) == "May I?\n[Yes, let's]\n[Later]\n[Someone else]\n[No]\n[Don't ask again]"
    assert message["metadata"]["event_payload"] == {"receipt": "nudge n1 proposal"}
    assert db.read("SELECT slack_id FROM people ORDER BY id") == [("U1ANA",), ("U2BOB",), ("",)]
    assert [c["email"] for c in slack.called("users.lookupByEmail")] == [
        "ana@example.org", "bob@home.example", "bob@example.org",
    ]  # fmt: skip
    other = sender(slack, db)
    assert await other.find_posted("nudge n1 proposal", (1, 2), 0) == posted
    assert await other.find_posted("nudge n2 proposal", (1, 2), 0) is None
    assert await other.send("nudge n1 proposal", (1, 2), HELLO) == posted  # it stands there already
    assert len(slack.messages) == 1
    assert len(slack.called("users.lookupByEmail")) == 3


@pytest.mark.parametrize("refusal", [{"ok": False, "error": "missing_scope"}, {"ok": True, "channel": {"id": "D1ANA"}}])
async def test_where_no_room_can_be_had_each_gets_their_own_once(slack, db, refusal):
    real = slack._do_conversations_open
    slack._do_conversations_open = lambda args: refusal if "," in args["users"] else real(args)
    one = sender(slack, db)
    slack.fail("chat.postMessage", Fault("slow"))
    await one.send("m", (1, 2), HELLO)
    assert [(m["channel"], words(m).splitlines()[1]) for m in slack.messages] == [
        ("D1ANA", "Bob Stone got this, too."), ("D2BOB", "Ana Ruiz got this, too."),
    ]  # fmt: skip
    slack.messages.pop()  # killed between the two
    assert await one.find_posted("m", (1, 2), 0) is None
    await one.send("m", (1, 2), HELLO)
    assert sorted(m["channel"] for m in slack.messages) == ["D1ANA", "D2BOB"]
    assert (await one.find_posted("m", (1, 2), 0)).channel == "D1ANA"


async def test_nobody_there(slack, db):
    one = sender(slack, db)
    with pytest.raises(UnreachableError, match="no account in Slack has one of their addresses") as told:
        await one.send("m", (1, 3), HELLO)
    assert told.value.person == 3
    slack.users["U9CLEO"] = user("U9CLEO", "Cleo", email="c@x.example", deleted=True)
    with db.transaction() as tx:
        tx.run("UPDATE people SET slack_id = 'U9CLEO' WHERE id = 3")
    with pytest.raises(UnreachableError, match="deactivated"):
        await one.send("m", (3,), HELLO)
    assert slack.messages == []
    assert one.reaches(1)


async def test_a_429_is_respected_for_all_that_follows(slack, db):
    one = sender(slack, db)
    slack.fail("chat.postMessage", Fault("429", seconds=1))
    with pytest.raises(LimitedError):
        await one.send("m", (1,), HELLO)
    for _ in range(3):
        with pytest.raises(LimitedError):
            await one.send("m", (1,), HELLO)
    assert len(slack.called("chat.postMessage")) == 1
    await asyncio.sleep(1.1)
    await one.send("m", (1,), HELLO)
    assert [words(m).splitlines()[0] for m in slack.messages] == ["May I?"]


@pytest.mark.parametrize("fault", [Fault("lost"), Fault("500"), Fault("internal_error")])
async def test_an_unknown_outcome_is_looked_up(slack, db, fault):
    one = sender(slack, db)
    slack.fail("chat.postMessage", fault)
    await one.send("m", (1, 2), HELLO)
    assert len(slack.messages) == 1


async def test_the_invitation_is_attached_or_told_in_words(slack, db):
    one = sender(slack, db)
    card = Message((Text("Tuesday, 14:00"),), data={"files": (("session.ics", "25 minutes", b"BEGIN:VCALENDAR"),)})
    posted = await one.send("card 1", (1, 2), card)
    [kept] = slack.uploads.values()
    assert (kept["name"], kept["content"], kept["thread_ts"]) == ("session.ics", b"BEGIN:VCALENDAR", posted.ts)
    slack.fail("files.getUploadURLExternal", Fault("missing_scope"))
    posted = await one.send("card 2", (1, 2), card)
    [below] = slack.replies(posted.ts)
    assert words(below) == "session.ics could not be attached: please put it into your calendars."
