"""The shell that speaks first: every decision said exactly once, whoever dies where."""

import itertools
import random
from contextlib import suppress

import pytest

from bot.nudging.flow import previews, proposal
from bot.nudging.runner import Runner
from bot.nudging.sender import Posted
from bot.nudging.texts import load_texts
from knowledge.store.nudges import Nudges
from knowledge.store.outbox import LEASE_SECONDS
from tests.bot.nudging.talking import COPIES, DAY, TEAM, TUESDAY, FakeSender, Killed, Server, decided, nudge, people


@pytest.fixture
def db(both_stores):
    people(both_stores)
    return both_stores


class Copy:
    """One running copy of the bot."""

    def __init__(self, db, server, fault=""):
        self.sender = FakeSender(server, fault)
        self.runner = Runner(db, f"copy {next(COPIES)}", self.sender, TEAM, load_texts())

    async def run(self, now, tick):
        return await self.runner.run(lambda: now, tick)


async def test_a_proposal_is_said_in_working_hours_with_its_introduction(db):
    server = Server()
    copy = Copy(db, server)
    one = nudge()
    decided(db, one)
    assert await copy.run(TUESDAY - 3600 * 4, 0) == 0  # six in the morning
    assert await copy.run(TUESDAY, 60) == 1
    assert await copy.run(TUESDAY, 120) == 0
    [(mark, to, text)] = server.posted
    assert (mark, to) == (f"nudge {one.id} proposal", (1, 2))
    assert text.startswith("Hello, I am Lamplighter.")
    assert "Ada worked on it in 5 of the last 8 weeks" in text
    assert "Bob" in text
    assert Nudges(db).get(one.id).state == "sent"


async def test_an_unapproved_round_waits_for_the_lead(db):
    server = Server()
    copy = Copy(db, server)
    decided(db, nudge(), approved=False)
    assert await copy.run(TUESDAY, 0) == 0
    assert [r.week for r in Nudges(db).approve("lead@example.org", TUESDAY + 60)] == ["2024-W24"]
    assert await copy.run(TUESDAY + 120, 60) == 1


async def test_a_lead_sees_the_first_round_before_anybody_else(db):
    server = Server()
    copy = Copy(db, server)
    one = nudge()
    entries = [proposal(one, TUESDAY), *previews(one.week, [6], TUESDAY)]
    Nudges(db).open_round(one.week, TUESDAY, approved=False, nudges=[one], entries=entries)
    assert [await copy.run(TUESDAY + n, n) for n in range(2)] == [1, 0]
    [(mark, to, text)] = server.posted
    assert (mark, to) == ("round 2024-W24 preview 6", (6,))
    assert "- Ada and Bob, to show what is fresh: `src/auth`" in text
    Nudges(db).approve("Fay", TUESDAY + 60)
    assert await copy.run(TUESDAY + 120, 60) == 1


@pytest.mark.parametrize("fault", ["killed before", "killed after", "lost before", "lost after"])
async def test_a_copy_that_dies_while_sending_leaves_exactly_one_message(db, fault):
    server = Server()
    decided(db, nudge())
    first, second = Copy(db, server, fault), Copy(db, server)
    with suppress(Killed):
        await first.run(TUESDAY, 0)
    assert await second.run(TUESDAY + 9999, 100) == 0  # another clock, an hour ahead: the first may be alive
    assert await second.run(TUESDAY, 100 + LEASE_SECONDS - 1) == 0
    await second.run(TUESDAY, 100 + LEASE_SECONDS)
    assert await second.run(TUESDAY + 60, 200) == 0
    assert len(server.posted) == 1
    assert [one.state for one in Nudges(db).since(0)] == ["sent"]


class Mortal(FakeSender):
    """Dies as it looks for a message."""

    async def find_posted(self, mark, people, since):
        raise Killed


async def test_a_copy_that_dies_while_it_finishes_leaves_the_rest_to_be_taken_over_at_once(db):
    """Three died while they spoke, and so does who looks for the first: the other two are not watched all over again."""
    server = Server()
    decided(db, *(nudge(area=area, pair=pair) for area, pair in (("a", (1, 2)), ("b", (3, 4)), ("c", (5, 6)))))
    for _ in range(3):
        with pytest.raises(Killed):
            await Copy(db, server, "killed before").run(TUESDAY, 0)
    mortal, other = Copy(db, server), Copy(db, server)
    mortal.sender = mortal.runner._sender = Mortal(server)
    await other.run(TUESDAY, 0)
    await mortal.run(TUESDAY, 0)
    with pytest.raises(Killed):
        await mortal.run(TUESDAY, LEASE_SECONDS)
    assert await other.run(TUESDAY, LEASE_SECONDS) == 2


async def test_who_cannot_look_does_not_speak(db):
    server = Server()
    decided(db, nudge())
    first, second = Copy(db, server, "killed after"), Copy(db, server)
    with pytest.raises(Killed):
        await first.run(TUESDAY, 0)
    second.sender.deaf = True
    await second.run(TUESDAY, 0)
    decided(db, other := nudge(pair=(3, 4), area="b", week="2024-W25"), week="2024-W25")
    assert await second.run(TUESDAY, 50) == 1  # what is said to others goes on
    assert server.marks()[-1] == f"nudge {other.id} proposal"
    second.sender.deaf = False
    await second.run(TUESDAY, 60)
    await second.run(TUESDAY, 100)
    server.posted.pop()
    assert len(server.posted) == 1


async def test_whoever_cannot_be_reached_is_not_tried_again(db):
    server = Server()
    decided(db, nudge())
    copy = Copy(db, server, "refused")
    assert [await copy.run(TUESDAY + n, 40 * n) for n in range(3)] == [0, 0, 0]
    assert (server.posted, [one.state for one in Nudges(db).since(0)]) == ([], ["expired"])


async def test_after_downtime_there_is_no_burst(db):
    """Four rounds that nobody carried out while the bot was down; then it comes back."""
    server = Server()
    for week in range(4):
        now = TUESDAY + 7 * week * DAY
        decided(db, nudge(week=f"w{week}", now=now), week=f"w{week}", now=now)
    copy = Copy(db, server)
    for hour in range(24 * 5):
        await copy.run(TUESDAY + 21 * DAY + 3600 * hour, hour * 3600)
    assert len(server.posted) == 1


async def test_two_hundred_kills_and_no_message_twice(tmp_path):
    """Three copies over three years, killed where it hurts and started anew, their clocks jumping by hours."""
    from knowledge.store.schema import open_store

    db = open_store(f"sqlite:///{tmp_path}/kills.db")
    people(db)
    server, dice, kills = Server(), random.Random(7), 0
    copies = [Copy(db, server) for _ in range(3)]
    wanted = {}
    rounds = itertools.cycle([((1, 2), (3, 4)), ((5, 6),), ((2, 3), (4, 5), (6, 1))])
    for week, pairs in zip(range(170), rounds, strict=False):
        start = TUESDAY + 7 * week * DAY
        nudges = [nudge("share", pair, f"src/{week}", f"w{week:02}", start) for pair in pairs]
        decided(db, *nudges, week=f"w{week:02}", now=start)
        wanted |= {f"nudge {one.id} proposal": one for one in nudges}
        for step in range(16):
            at = dice.randrange(3)
            copies[at].sender.fault = dice.choice(["", "killed before", "killed before", "killed after", "lost after"])
            jump = dice.choice([0, 0, 0, -3 * 3600, 3 * 3600])
            try:
                await copies[at].run(start + step * 1800 + jump, week * 1e6 + step * 20.0)
            except Killed:
                kills += 1
                copies[at] = Copy(db, server)
        for mark, (person, _), _ in server.posted[-3:]:
            copies[0].runner.flow.answer(wanted[mark].id, person, "no", start + 2 * DAY)
            copies[0].runner.flow.answer(wanted[mark].id, wanted[mark].people[1], "no", start + 2 * DAY)
    assert kills >= 200
    marks = server.marks()
    assert len(marks) == len(set(marks))
    assert set(marks) <= set(wanted)
    assert len(marks) >= 0.8 * len(wanted)
    told = sorted((c.person, c.time) for c in copies[0].runner.outbox.contacts(0))
    for person, time in told:
        assert sum(p == person and time <= t < time + 7 * DAY for p, t in told) == 1


class Slow(FakeSender):
    """Stands still between its last look and its post, while others go on; can take messages back."""

    refusals = 0  # so often nothing can be taken back
    hears = True  # of its post, and not of its time limit

    async def send(self, mark, people, message):
        await self.before()
        posted = await super().send(mark, people, message)
        await self.after()
        if not self.hears:
            raise TimeoutError
        return posted

    async def before(self):
        pass

    after = before

    async def settle(self, mark, people, channel, thread, *, keep):
        if self.refusals:
            self.refusals -= 1
            raise ConnectionError("the server does not answer")
        standing = [at for at, one in enumerate(self.server.posted) if one and one[0] == mark]
        for at in standing[keep:]:
            self.server.posted[at] = ("taken back", (), "")
        return Posted("D1", str(standing[0])) if keep else None


@pytest.fixture
def late(db):
    """A copy that stands still, another one, and what is to be said."""
    server = Server()
    decided(db, one := nudge())
    first, second = Copy(db, server), Copy(db, server)
    first.sender = first.runner._sender = Slow(server)
    return first, second, f"nudge {one.id} proposal"


async def look_in_vain(second):
    await second.run(TUESDAY, 0)
    [orphan] = second.runner._orphans(LEASE_SECONDS)
    assert second.runner.outbox.put_back(orphan, TUESDAY, "looked in vain")


@pytest.mark.parametrize("hears", [True, False])
@pytest.mark.parametrize("others", ["say it", "look"])
async def test_a_copy_that_stood_still_and_spoke_late_takes_its_message_back(late, others, hears):
    """The others said it meanwhile, or looked in vain and wait for their turn: nobody is left with two."""
    first, second, mark = late

    async def before():
        await second.run(TUESDAY, 0)
        if others == "say it":
            await second.run(TUESDAY, LEASE_SECONDS)
        else:
            await look_in_vain(second)

    first.sender.before, first.sender.hears = before, hears
    assert await first.run(TUESDAY, 0) == 0
    await second.run(TUESDAY + 60, 60)
    posted = first.sender.server.marks()
    assert [one for one in posted if one != "taken back"] == [mark]
    assert len(posted) == 2
    assert [(c.person, c.agreed) for c in second.runner.outbox.contacts(0)] == [(1, False), (2, False)]


async def test_where_the_late_message_is_the_older_one_the_store_follows_it(late):
    """It came after the others' look and before their post: it stays, theirs goes."""
    first, second, mark = late
    first.sender.before = lambda: look_in_vain(second)

    async def after():
        assert await second.run(TUESDAY, 2 * LEASE_SECONDS) == 1

    first.sender.after = after
    assert await first.run(TUESDAY, 0) == 0
    assert first.sender.server.marks() == [mark, "taken back"]
    kept = second.runner.outbox.get(mark)
    assert (kept.state, kept.holder, kept.ts) == ("posted", second.runner.outbox.holder, "0")


async def test_what_cannot_be_taken_back_at_once_is_tried_again_or_found(late):
    first, second, mark = late
    first.sender.refusals = 1

    async def before():
        first.runner._lease = 0.2  # seconds: it waits half of them between its tries
        await second.run(TUESDAY, 0)
        await second.run(TUESDAY, LEASE_SECONDS)

    first.sender.before = before
    assert await first.run(TUESDAY, 0) == 0
    assert first.sender.server.marks() == [mark, "taken back"]


async def test_a_claim_that_its_copy_could_not_settle_is_found_with_its_message(late):
    """The others wait for their turn; the late message cannot be taken back: it is the one that was said."""
    first, second, mark = late
    first.sender.refusals = 1

    async def before():
        first.runner._lease = 0.2
        await look_in_vain(second)

    first.sender.before = before
    assert await first.run(TUESDAY, 0) == 0
    assert second.runner.outbox.get(mark).state == "posting"
    assert [await second.run(TUESDAY, tick) for tick in (50, 50 + LEASE_SECONDS, 200)] == [0, 0, 0]
    assert first.sender.server.marks() == [mark]
    kept = second.runner.outbox.get(mark)
    assert (kept.state, kept.ts) == ("posted", "0")
    assert [c.person for c in second.runner.outbox.contacts(0)] == [1, 2]
