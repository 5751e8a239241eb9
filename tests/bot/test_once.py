"""Exactly one reply, on a platform that is a list: what any real platform must be able to rely on."""

import asyncio

import pytest

from bot.chat.once import MAX_ATTEMPTS, Once, Reply, Unreachable, fault, mark
from bot.message import Message, Text
from knowledge.errors import Mistake
from knowledge.store.receipts import Key, Receipt, Receipts
from knowledge.store.schema import open_store

KEY = Key("list", "T", "C", "1.1")
ASKED = Receipt(KEY, "1.1", "U1", {"text": "who?"})


class ListPlatform:
    """Says things into a list of (mark, text); can be unreachable, unsearchable or slow of thought."""

    name = "list"

    def __init__(self):
        self.said, self.thought, self.settled = [], [], []
        self.unreachable, self.searchable, self.may_think = 0, True, asyncio.Event()
        self.may_think.set()

    async def think(self, receipt):
        self.thought.append(receipt.key.ts)
        await self.may_think.wait()
        match receipt.payload["text"]:
            case "nothing":
                return None
            case "mistake":
                raise Mistake("no such file", "Say another.")
            case "break":
                raise RuntimeError("secret detail")
            case text:
                return Reply(Message((Text(f"answer to {text}"),)))

    async def send(self, receipt, reply):
        if self.unreachable:
            self.unreachable -= 1
            raise Unreachable("no line")
        self.said.append((mark(receipt.key), reply.message.parts[0].text))
        return str(len(self.said))

    async def find(self, receipt):
        if not self.searchable:
            return None
        marks = [m for m, _ in self.said]
        return str(marks.index(mark(receipt.key)) + 1) if mark(receipt.key) in marks else ""

    async def settle(self, receipt, reply_id):
        self.settled.append(reply_id)
        return reply_id


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def db(tmp_path):
    db = open_store(f"sqlite:///{tmp_path}/s.db")
    yield db
    db.close()


@pytest.fixture
def platform():
    return ListPlatform()


def copy(db, platform, holder, clock=None):
    return Once(platform, Receipts(db, holder, lease_seconds=30), clock or Clock())


async def left_over(db, platform, clock, holder="next"):
    """What a copy that starts later does with what is open."""
    once = copy(db, platform, holder, clock)
    for receipt in once.receipts.take_over("list", int(clock.now)):
        await once.answer(receipt)
    return once


async def test_said_once_however_often_heard(db, platform):
    a, b = copy(db, platform, "a"), copy(db, platform, "b")
    taken = await asyncio.gather(*(once.take(ASKED) for once in (a, b, a, b)))
    assert sorted(taken) == [False, False, False, True]
    await a.answer(ASKED) if taken[0] or taken[2] else await b.answer(ASKED)
    assert platform.said == [(mark(KEY), "answer to who?")]
    assert a.receipts.state(KEY) == ("replied", "1")


@pytest.mark.parametrize(
    ("text", "says", "state"),
    [
        ("nothing", None, "refused"),
        ("mistake", "no such file. Say another.", "replied"),
        ("break", "Something", "failed"),
    ],
)
async def test_what_becomes_of_it(db, platform, text, says, state):
    once = copy(db, platform, "a")
    receipt = Receipt(KEY, "1.1", "U1", {"text": text})
    await once.take(receipt)
    await once.answer(receipt)
    assert [said.startswith(says) for _, said in platform.said] == ([] if says is None else [True])
    assert "secret" not in str(platform.said)
    assert once.receipts.state(KEY)[0] == state


async def test_a_reply_that_was_sent_but_not_marked_is_found(db, platform):
    clock = Clock()
    dead = copy(db, platform, "dead", clock)
    await dead.take(ASKED)
    dead.receipts.posting(KEY, 1000)
    await platform.send(ASKED, Reply(Message((Text("answer"),))))  # and dies here
    clock.now += 31
    once = await left_over(db, platform, clock)
    assert len(platform.said) == 1
    assert platform.thought == []
    assert once.receipts.state(KEY) == ("replied", "1")


async def test_where_nobody_can_know_it_is_not_said_twice(db, platform):
    clock, platform.searchable = Clock(), False
    dead = copy(db, platform, "dead", clock)
    await dead.take(ASKED)
    dead.receipts.posting(KEY, 1000)
    other = ASKED.key._replace(ts="2.2")
    await dead.take(Receipt(other, "2.2", "U1", {"text": "not yet at sending"}))
    clock.now += 31
    once = await left_over(db, platform, clock)
    assert [said for _, said in platform.said] == ["answer to not yet at sending"]
    assert once.receipts.state(KEY) == ("replied", "unknown")


async def test_an_outage_of_the_platform_is_no_attempt(db, platform):
    clock, platform.unreachable = Clock(), 10
    once = copy(db, platform, "a", clock)
    await once.take(ASKED)
    await once.answer(ASKED)
    for _ in range(10):
        clock.now += 31
        await left_over(db, platform, clock)
    assert [said for _, said in platform.said] == ["answer to who?"]


async def test_what_kills_every_copy_is_answered_with_a_sentence(db, platform):
    clock = Clock()
    await copy(db, platform, "0", clock).take(ASKED)
    for n in range(MAX_ATTEMPTS - 1):
        clock.now += 31
        Receipts(db, f"dead {n}").take_over("list", int(clock.now))
    clock.now += 31
    once = await left_over(db, platform, clock)
    assert platform.thought == []
    assert platform.said[0][1].startswith("Something broke while I was answering this (id `")
    assert once.receipts.state(KEY)[0] == "failed"


async def test_a_copy_that_lost_its_lease_says_nothing(db, platform):
    clock = Clock()
    late = copy(db, platform, "late", clock)
    await late.take(ASKED)
    platform.may_think.clear()
    thinking = late.answer(ASKED)
    await asyncio.sleep(0.05)
    clock.now += 31
    taken_over = Receipts(db, "next").take_over("list", int(clock.now))
    platform.may_think.set()
    await thinking
    assert len(taken_over) == 1
    assert platform.said == []


async def test_one_thing_after_the_other_within_a_thread(db, platform):
    once = copy(db, platform, "a")
    platform.may_think.clear()
    keys = [KEY._replace(ts=f"1.{n}") for n in (1, 2)] + [KEY._replace(ts="9.9")]
    for key in keys:
        receipt = Receipt(key, "9.9" if key.ts == "9.9" else "1.1", "U1", {"text": key.ts})
        await once.take(receipt)
        once.answer(receipt)
    await asyncio.sleep(0.1)
    assert sorted(platform.thought) == ["1.1", "9.9"]
    platform.may_think.set()
    await once.close()
    assert platform.thought[-1] == "1.2"
    assert len(platform.said) == 3


async def test_what_is_not_finished_when_the_copy_stops_goes_to_the_next_at_once(db, platform):
    clock = Clock()
    once = copy(db, platform, "a", clock)
    platform.may_think.clear()
    await once.take(ASKED)
    once.answer(ASKED)
    await asyncio.sleep(0.05)
    await once.close(grace_seconds=0.05)
    platform.may_think.set()
    await left_over(db, platform, clock)
    assert [said for _, said in platform.said] == ["answer to who?"]


def test_marks_differ_and_stay():
    assert mark(KEY) == mark(Key(*KEY))
    assert len({mark(KEY), mark(Key("list", "T", "C1", ".1")), mark(Key("slack", *KEY[1:]))}) == 3
    assert len(mark(KEY)) == 29


def test_a_fault_has_an_id_that_the_log_has_too(caplog):
    said = fault(RuntimeError("inner"), "testing").parts[0].text
    assert f"fault {said.split('`')[1]} while testing" in caplog.text
    assert "inner" not in said
