"""The outbox by its values, on both engines: one taker, budgets booked with the taking, and the way back."""

import threading

import pytest

from knowledge.store import outbox
from knowledge.store.outbox import LATER_SECONDS, Entry, Outbox

NOW = 1_800_000_000
DAY = 86_400


@pytest.fixture
def db(both_stores):
    with both_stores.transaction() as tx:
        for name in ("Ada", "Bob", "Cleo"):
            tx.run("INSERT INTO people (name) VALUES (:n)", n=name)
    return both_stores


def entry(mark="m1", people=(1, 2), **kw):
    return Entry(mark, "share", "proposal", tuple(people), NOW, NOW, NOW + 9 * DAY, about=kw.pop("about", "n1"), **kw)


def put(db, *entries):
    with db.transaction() as tx:
        return outbox.put(tx, entries)


def say(box, one, now):
    taken = box.take(one, now, 1)
    with box.db.transaction() as tx:
        return taken is not None and box.posted(tx, taken, now, "D1", "1.1")


def test_what_is_put_twice_is_there_once_and_comes_back_whole(db):
    one = entry(payload={"why": "zwölf"}, agreed=True, place="group")
    assert (put(db, one), put(db, one)) == (1, 0)
    box = Outbox(db, "a")
    assert box.due(NOW) == [one]
    assert box.due(NOW - 1) == []
    assert (box.get("m1"), box.get("m2")) == (one, None)


def test_one_of_two_copies_takes_it_and_says_so_once(db):
    put(db, entry())
    a, b = Outbox(db, "a"), Outbox(db, "b")
    ours, theirs = a.take(entry(), NOW, 1), b.take(entry(), NOW, 1)
    assert (ours.state, ours.holder, theirs) == ("posting", "a", None)
    taken = b.take_over(a.posting()[0])  # a gave no sign of life
    with db.transaction() as tx:
        assert a.posted(tx, ours, NOW + 60, "D1", "1.1") is False
        assert b.posted(tx, taken, NOW + 60, "D1", "1.1") is True
    assert a.take_over(ours) is None
    assert (a.get("m1").state, a.get("m1").ts, a.posting(), a.due(NOW + DAY)) == ("posted", "1.1", [], [])


def test_the_budget_is_booked_with_the_taking_in_both_directions_of_time(db):
    put(db, entry("m1"), entry("m2", (2, 3)), entry("m3", (2,), agreed=True), entry("m4", (3,)))
    box = Outbox(db, "a")
    assert say(box, entry("m1"), NOW)
    assert not say(box, entry("m2", (2, 3)), NOW + 7 * DAY - 1)
    assert not say(box, entry("m2", (2, 3)), NOW - 7 * DAY + 1)  # the clock was set back
    assert say(box, entry("m3", (2,), agreed=True), NOW + 1)
    assert say(box, entry("m4", (3,)), NOW + 1)
    assert not say(box, entry("m2", (2, 3)), NOW + 7 * DAY + LATER_SECONDS)  # Cleo heard something a second later
    assert say(box, entry("m2", (2, 3)), NOW + 7 * DAY + LATER_SECONDS + 1)
    assert [(c.person, c.time - NOW, c.agreed) for c in box.contacts(NOW)] == [
        (1, 0, False), (2, 0, False), (2, 1, True), (3, 1, False), (2, 7 * DAY + LATER_SECONDS + 1, False),
        (3, 7 * DAY + LATER_SECONDS + 1, False)
    ]  # fmt: skip


def test_two_copies_at_once_never_book_one_person_twice(db):
    marks = [f"m{n}" for n in range(8)]
    put(db, *(entry(mark, (1,)) for mark in marks))
    start, taken = threading.Barrier(8), []

    def work(mark):
        start.wait()
        if Outbox(db, mark).take(entry(mark, (1,)), NOW, 2):
            taken.append(mark)
        db.close() if db.url.startswith("sqlite") else None

    threads = [threading.Thread(target=work, args=(mark,)) for mark in marks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 2


def test_put_back_unbooks_and_drop_is_for_good(db):
    put(db, entry())
    a, b = Outbox(db, "a"), Outbox(db, "b")
    ours = a.take(entry(), NOW, 1, introduce=(1,))
    assert [c.introduced for c in a.contacts(NOW)] == [True, False]
    assert b.put_back(entry(), NOW, "not mine") is False
    assert a.put_back(ours, NOW + 60, "nobody was there") is True
    assert (a.contacts(0), a.due(NOW), a.due(NOW + 60)[0].why) == ([], [], "nobody was there")
    assert a.hold(entry(), NOW + 90, "later") is True
    with db.transaction() as tx:
        assert b.drop(tx, entry(), "expired") is True
        assert b.drop(tx, entry(), "expired") is False
    assert (a.get("m1").state, a.hold(entry(), NOW, ""), a.take(entry(), NOW, 1)) == ("dropped", False, None)


def test_who_heard_a_half_said_message_goes_on_counting(db):
    put(db, entry("m1"), entry("m2", (2, 3)))
    box = Outbox(db, "a")
    assert box.put_back(box.take(entry("m1"), NOW, 1), NOW, "half said", heard=(1,)) is True
    assert [(c.mark, c.person, c.time) for c in box.contacts(0)] == [("m1", 1, NOW)]
    taken = box.take(entry("m2", (2, 3)), NOW, 1)
    with db.transaction() as tx:
        assert box.drop(tx, entry("m1"), "expired") is True  # from waiting: Ada has heard it all the same
        assert box.drop(tx, taken, "refused", heard=(3,)) is True
    assert [(c.mark, c.person) for c in box.contacts(0)] == [("m1", 1), ("m2", 3)]


def test_what_waits_is_claimed_once_to_put_it_right_and_books_nobody(db):
    put(db, entry())
    a, b = Outbox(db, "a"), Outbox(db, "b")
    seen = a.get("m1")
    claimed = a.claim(seen)
    assert (claimed.state, claimed.holder, b.claim(seen), a.contacts(0)) == ("posting", "a", None, [])
    assert b.take(entry(), NOW, 1) is None
    assert a.put_back(claimed, NOW, "taken back") is True
    assert b.claim(seen) is None  # it has moved on since it was seen
    taken = b.take(entry(), NOW, 1)
    assert a.claim(b.get("m1")) is None
    with db.transaction() as tx:
        assert b.posted(tx, taken, NOW, "D1", "2.2") is True
    a.stands_at("m1", "D2", "1.1")
    assert (a.get("m1").state, a.get("m1").channel, a.get("m1").ts) == ("posted", "D2", "1.1")


def test_a_message_found_after_its_booking_was_taken_back_is_counted_again(db):
    put(db, entry())
    a, b = Outbox(db, "a"), Outbox(db, "b")
    claimed = a.claim(a.get("m1"))
    found = b.take_over(claimed)
    with db.transaction() as tx:
        assert b.posted(tx, found, NOW + 9, "D1", "1.1") is True
    assert [(c.person, c.time - NOW) for c in a.contacts(0)] == [(1, 9), (2, 9)]


def test_each_owner_looks_only_at_its_own(db):
    put(db, entry("nudge 1"), entry("request 1", (3,)))
    nudges, everything = Outbox(db, "a", only=("nudge ", "round ")), Outbox(db, "b")
    assert [one.mark for one in nudges.due(NOW)] == ["nudge 1"]
    assert [one.mark for one in everything.due(NOW)] == ["nudge 1", "request 1"]
    everything.take(entry("request 1", (3,)), NOW, 1)
    assert (nudges.posting(), [one.mark for one in everything.posting()]) == ([], ["request 1"])


def test_an_answer_counts_for_everything_said_about_it_and_what_waits_can_be_cancelled(db):
    put(db, entry("m1"), entry("m2", (1,), agreed=True), entry("m3", (3,), about="n2"))
    box = Outbox(db, "a")
    say(box, entry("m1"), NOW)
    with db.transaction() as tx:
        outbox.answered(tx, "n1", 2, NOW + 5)
        assert outbox.cancel(tx, "n1", "over") == 1
    assert [(c.person, c.answered) for c in box.contacts(NOW)] == [(1, False), (2, True)]
    assert [one.mark for one in box.due(NOW)] == ["m3"]
    assert [one.state for one in box.about("n1")] == ["posted", "dropped"]
