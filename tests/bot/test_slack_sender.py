"""Saying things first in Slack: rooms, separate messages where there are none, who is who, and each message once."""

import asyncio

import pytest
from slack_sdk.errors import SlackApiError

from bot.chat.slack import Tokens
from bot.chat.slack_api import Pace
from bot.chat.slack_quiet import status_until
from bot.chat.slack_scopes import MISSING
from bot.chat.slack_sender import SlackSender
from bot.message import Message, Text
from bot.nudging.runner import Runner
from bot.nudging.sender import LimitedError, PartlyError, UnreachableError
from bot.nudging.texts import load_texts
from knowledge.store.outbox import Outbox
from knowledge.store.repos import get_meta
from knowledge.store.schema import open_store
from tests.bot.fake_slack import FakeSlack, Fault, user, words
from tests.bot.nudging.talking import COPIES, TEAM, TUESDAY, decided, nudge

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


NO_SCOPE = {"ok": False, "error": "missing_scope"}


def no_room_for_several(slack, refusal=NO_SCOPE):
    real = slack._do_conversations_open
    slack._do_conversations_open = lambda args: refusal if "," in args["users"] else real(args)


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


@pytest.mark.parametrize("refusal", [NO_SCOPE, {"ok": True, "channel": {"id": "D1ANA"}}])
async def test_where_no_room_can_be_had_each_gets_their_own_once(slack, db, refusal):
    no_room_for_several(slack, refusal)
    one = sender(slack, db)
    slack.fail("chat.postMessage", Fault("slow"))
    await one.send("m", (1, 2), HELLO)
    assert [(m["channel"], words(m).splitlines()[1]) for m in slack.messages] == [
        ("D1ANA", "Bob Stone got this, too."), ("D2BOB", "Ana Ruiz got this, too."),
    ]  # fmt: skip
    slack.messages.pop()  # killed between the two
    with pytest.raises(PartlyError) as partly:
        await one.find_posted("m", (1, 2), 0)
    assert partly.value.heard == (1,)
    await one.send("m", (1, 2), HELLO)
    assert sorted(m["channel"] for m in slack.messages) == ["D1ANA", "D2BOB"]
    assert (await one.find_posted("m", (1, 2), 0)).channel == "D1ANA"


async def test_who_got_theirs_before_it_was_refused_to_the_other_has_heard_it(slack, db):
    no_room_for_several(slack)
    post, gone = slack._do_chat_postmessage, {"ok": False, "error": "is_inactive"}
    slack._do_chat_postmessage = lambda args: gone if args["channel"] == "D2BOB" else post(args)
    with pytest.raises(UnreachableError, match="Slack says is_inactive") as told:
        await sender(slack, db).send("m", (1, 2), HELLO)
    assert (told.value.person, told.value.heard) == (2, (1,))
    with db.transaction() as tx:
        tx.run("INSERT INTO repos (name) VALUES ('service')")
    decided(db, one := nudge())
    copy = Runner(db, f"copy {next(COPIES)}", sender(slack, db), TEAM, load_texts())
    assert await copy.run(lambda: TUESDAY, 0) == 0
    assert [m["channel"] for m in slack.messages] == ["D1ANA", "D1ANA"]
    assert Outbox(db, "").get(f"nudge {one.id} proposal").state == "dropped"
    assert [c.person for c in Outbox(db, "").contacts(0)] == [1]  # it counts for Ana alone


# -- a copy that had stood still and spoke late ------------------------------------------------------------------------


def marked(mark):
    return {"event_type": "lamplighter_reply", "event_payload": {"receipt": mark}}


def late(slack, mark, people="U1ANA,U2BOB"):
    """Another message of this mark where they are written to: of a copy whose last look was long ago."""
    room = slack._do_conversations_open({"users": people})["channel"]["id"]
    return slack._do_chat_postmessage({"channel": room, "text": "May I?", "metadata": marked(mark)})["ts"]


async def test_of_two_messages_the_late_one_is_taken_back(slack, db):
    one = sender(slack, db)
    other = await one.send("other", (1, 2), HELLO)
    posted = await one.send("m", (1, 2), HELLO)
    second = late(slack, "m")
    assert await one.settle("m", (1, 2), "", "", keep=True) == posted
    assert [m["ts"] for m in slack.messages] == [other.ts, posted.ts]
    assert [c["ts"] for c in slack.called("chat.delete")] == [second]
    assert await one.settle("m", (1, 2), "", "", keep=True) == posted  # one stands there: nothing to take back
    assert len(slack.called("chat.delete")) == 1
    assert await one.settle("m", (1, 2), "", "", keep=False) is None  # nobody counts it as said
    assert [m["ts"] for m in slack.messages] == [other.ts]
    assert await one.settle("m", (1, 2), "", "", keep=False) is None
    assert len(slack.called("chat.delete")) == 2


async def test_where_each_got_their_own_one_stays_in_each_room(slack, db):
    no_room_for_several(slack)
    one = sender(slack, db)
    posted = await one.send("m", (1, 2), HELLO)
    late(slack, "m", "U2BOB")
    assert await one.settle("m", (1, 2), "", "", keep=True) == posted
    assert [m["channel"] for m in slack.messages] == ["D1ANA", "D2BOB"]


async def test_in_a_channel_and_in_a_thread_it_is_looked_for_there(slack, db):
    one = sender(slack, db)
    above = await one.say_in("above", "C1DEV", "", HELLO)
    for thread in ("", above.ts):
        first = await one.say_in("m", "C1DEV", thread, HELLO)
        in_thread = {"thread_ts": thread} if thread else {}
        slack._do_chat_postmessage({"channel": "C1DEV", "text": "May I?", "metadata": marked("m"), **in_thread})
        assert await one.settle("m", (), "C1DEV", thread, keep=True) == first
    assert len(slack.called("chat.delete")) == 2
    assert [m.get("thread_ts", "") for m in slack.messages] == ["", "", above.ts]


@pytest.mark.parametrize("fault", [Fault("429", seconds=1), Fault("lost")])
async def test_waiting_for_slack_and_what_is_gone_already_are_no_faults(slack, db, fault):
    """Of a deletion whose answer was lost, Slack says the next time that there is no such message."""
    one = sender(slack, db)
    posted = await one.send("m", (1, 2), HELLO)
    late(slack, "m")
    slack.fail("chat.delete", fault)
    assert await one.settle("m", (1, 2), "", "", keep=True) == posted
    assert [m["ts"] for m in slack.messages] == [posted.ts]
    assert len(slack.called("chat.delete")) == 2


async def test_what_may_not_be_deleted_is_told(slack, db):
    one = sender(slack, db)
    await one.send("m", (1,), HELLO)
    slack.fail("chat.delete", Fault("cant_delete_message"))
    with pytest.raises(SlackApiError, match="cant_delete_message"):
        await one.settle("m", (1,), "", "", keep=False)


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


# -- who does not want to be disturbed --------------------------------------------------------------------------------

HOUR = 3600


async def test_who_does_not_want_to_be_disturbed_is_asked_in_one_call(slack, db):
    one = sender(slack, db)
    slack.dnd["U1ANA"] = (TUESDAY - HOUR, TUESDAY + HOUR)
    slack.snoozes["U2BOB"] = TUESDAY + 2 * HOUR
    assert await one.quiet((1, 2, 3), TUESDAY) == {1: TUESDAY + HOUR, 2: TUESDAY + 2 * HOUR}  # 3 has no account
    assert [c["users"] for c in slack.called("dnd.teamInfo")] == ["U1ANA,U2BOB"]
    assert [c["user"] for c in slack.called("dnd.info")] == ["U2BOB"]  # only whom the first call shows as open
    assert await one.quiet((1, 2), TUESDAY + 3 * HOUR - 1) == {}


NOW = 1_000_000


@pytest.mark.parametrize(
    ("words_", "sign", "ends", "until"),
    [
        ("", "", 0, 0),
        ("Vacationing", ":palm_tree:", NOW + 99, NOW + 99),
        ("Vacationing", ":palm_tree:", NOW - 1, 0),  # over
        ("", ":face_with_thermometer:", 0, NOW + 24 * HOUR),  # without an end: looked at again
        ("Im Urlaub", "", NOW + 5, NOW + 5),
        ("In a meeting • Google Calendar", ":spiral_calendar_pad:", NOW + 1800, NOW + 1800),
        ("Out of office until Monday", "", 0, NOW + 24 * HOUR),
        ("Working remotely", ":house_with_garden:", NOW + 99, 0),
        ("WFH, back from holidays", ":palm_tree:", 0, 0),
        ("I'll ship it", ":rocket:", 0, 0),
    ],
)
def test_what_a_status_says(words_, sign, ends, until):
    profile = {"status_text": words_, "status_emoji": sign, "status_expiration": ends}
    assert status_until(profile, NOW) == until


async def test_a_snoozed_persons_message_waits_for_the_end_within_their_hours(slack, db):
    with db.transaction() as tx:
        tx.run("INSERT INTO repos (name) VALUES ('service')")
    copy = Runner(db, f"copy {next(COPIES)}", sender(slack, db), TEAM, load_texts())
    decided(db, one := nudge())
    mark = f"nudge {one.id} proposal"
    slack.snoozes["U1ANA"] = TUESDAY + HOUR
    slack.set_status("U2BOB", "Vacationing: secret island", ":palm_tree:", TUESDAY + 9 * HOUR)  # 19:00
    assert await copy.run(lambda: TUESDAY, 0) == 0
    held = Outbox(db, "").get(mark)
    assert (held.state, held.not_before) == ("waiting", TUESDAY + 23 * HOUR)  # nine the next morning
    assert held.why.endswith("is not available for this at the moment")
    assert await copy.run(lambda: TUESDAY + 2 * HOUR, 60) == 0
    assert len(slack.called("dnd.teamInfo")) == 1  # nothing was due: nothing was asked
    slack.snoozes.clear()
    slack.set_status("U2BOB", "")
    assert await copy.run(lambda: TUESDAY + 23 * HOUR, 120) == 1
    stored = "".join(
        str(row) for table in ("outbox", "nudges", "people", "meta") for row in db.read(f"SELECT * FROM {table}")
    )
    assert "island" not in stored + words(slack.messages[0])
    assert "acation" not in stored


async def test_nothing_is_said_while_slack_wants_us_to_wait(slack, db):
    with db.transaction() as tx:
        tx.run("INSERT INTO repos (name) VALUES ('service')")
    one = sender(slack, db)
    copy = Runner(db, f"copy {next(COPIES)}", one, TEAM, load_texts())
    decided(db, nudge())
    slack.fail("dnd.teamInfo", Fault("429", seconds=30))
    assert [await copy.run(lambda at=n: TUESDAY + at, n) for n in range(2)] == [0, 0]
    assert len(slack.called("dnd.teamInfo")) == 1  # not asked again before its time
    with pytest.raises(LimitedError):
        await one.send("m", (1,), HELLO)
    one._quiet_until = 0.0
    assert await copy.run(lambda: TUESDAY + 30, 40) == 1


async def test_without_the_scope_the_rest_of_the_manners_holds_and_doctor_says_so(slack, db):
    with db.transaction() as tx:
        tx.run("INSERT INTO repos (name) VALUES ('service')")
    copy = Runner(db, f"copy {next(COPIES)}", sender(slack, db), TEAM, load_texts())
    decided(db, nudge())
    slack.fail("dnd.teamInfo", Fault("missing_scope"))
    assert await copy.run(lambda: TUESDAY, 0) == 1
    assert get_meta(db, MISSING) == "dnd:read"
    assert await sender(slack, db).quiet((1,), TUESDAY) == {}
    assert get_meta(db, MISSING) == ""  # it was granted since
