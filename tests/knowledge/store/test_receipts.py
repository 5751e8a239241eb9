"""Receipts by their values: one taker, leases, take-over, and what is forgotten."""

import threading

import pytest

from knowledge.store.receipts import Key, Receipt, Receipts

KEY = Key("slack", "T1", "C1", "100.1")
NOW = 1_800_000_000


def receipt(key=KEY, **kw):
    return Receipt(key, kw.pop("thread", "100.1"), kw.pop("asker", "U1"), kw.pop("payload", {"text": "who?"}))


@pytest.fixture
def db(both_stores):
    return both_stores


def test_one_of_two_copies_takes_it(db):
    a, b = Receipts(db, "a"), Receipts(db, "b")
    assert a.take(receipt(), NOW) is True
    assert b.take(receipt(), NOW) is False
    assert a.take(receipt(), NOW) is False  # redelivery to the same copy
    assert a.close(KEY, "replied", NOW + 1, "200.1") is True
    assert b.take(receipt(), NOW + 9999) is False
    assert a.state(KEY) == ("replied", "200.1")


def test_the_same_ts_elsewhere_is_another_message(db):
    a = Receipts(db, "a")
    for key in (KEY, KEY._replace(channel="C2"), KEY._replace(team="T2"), KEY._replace(platform="discord")):
        assert a.take(receipt(key), NOW)


def test_a_lease_is_taken_over_once_and_the_loser_learns_it(db):
    a, b, c = Receipts(db, "a"), Receipts(db, "b"), Receipts(db, "c")
    a.take(receipt(), NOW)
    assert b.take_over("slack", NOW + 30) == []  # still within the lease
    assert b.take_over("discord", NOW + 31) == []
    assert b.take_over("slack", NOW + 31) == [Receipt(KEY, "100.1", "U1", {"text": "who?"}, attempts=2, resumed=True)]
    assert c.take_over("slack", NOW + 31) == []
    assert a.renew(KEY, NOW + 32) is False
    assert a.posting(KEY, NOW + 32) is False
    assert a.close(KEY, "replied", NOW + 32, "1.1") is False
    assert b.posting(KEY, NOW + 33) is True
    assert c.take_over("slack", NOW + 64)[0].was_posting is True
    assert c.close(KEY, "replied", NOW + 65, "2.2") is True
    assert c.state(KEY) == ("replied", "2.2")


def test_renewing_keeps_it(db):
    a, b = Receipts(db, "a"), Receipts(db, "b")
    a.take(receipt(), NOW)
    assert a.renew(KEY, NOW + 25)
    assert b.take_over("slack", NOW + 50) == []


def test_what_is_given_back_or_released_does_not_count_as_an_attempt(db):
    a, b = Receipts(db, "a"), Receipts(db, "b")
    a.take(receipt(), NOW)
    assert a.give_back(KEY) is True
    assert b.take_over("slack", NOW + 20) == []
    assert b.take_over("slack", NOW + 31)[0].attempts == 1
    b.release()
    assert [r.attempts for r in a.take_over("slack", NOW + 31)] == [1]
    a.posting(KEY, NOW + 32)
    a.release()  # what is being sent may still arrive: its lease has to run out
    assert b.take_over("slack", NOW + 33) == []


def test_closing_forgets_the_words_but_not_the_key(db):
    a = Receipts(db, "a")
    a.take(receipt(), NOW)
    a.close(KEY, "replied", NOW, "1.1")
    assert db.read("SELECT payload, ts FROM receipts") == [("", "100.1")]
    a.forget(NOW)
    assert a.state(KEY) is not None
    a.forget(NOW + 1)
    assert a.state(KEY) is None


def test_forgetting_leaves_unfinished_ones(db):
    a = Receipts(db, "a")
    a.take(receipt(), NOW)
    a.forget(NOW + 10**6)
    assert a.state(KEY) == ("taken", "")


def test_who_addressed_the_bot_in_a_thread(db):
    a = Receipts(db, "a")
    a.take(receipt(), NOW)
    a.take(receipt(KEY._replace(ts="100.2"), asker="U2"), NOW)
    a.take(receipt(KEY._replace(ts="100.3"), asker="U3"), NOW)
    a.close(KEY._replace(ts="100.3"), "refused", NOW)
    a.take(receipt(KEY._replace(ts="300.1"), asker="U4", thread="300.1"), NOW)
    assert a.addressed_by("slack", "T1", "C1", "100.1") == {"100.1": "U1", "100.2": "U2"}
    assert a.addressed_by("slack", "T1", "C9", "100.1") == {}


def test_twenty_threads_one_taker(db):
    """Copies that race for forty messages: each message has exactly one taker."""
    won: list[tuple[str, str]] = []
    lock = threading.Lock()

    def race(name):
        mine = Receipts(db, name)
        for n in range(40):
            if mine.take(receipt(KEY._replace(ts=str(n))), NOW):
                with lock:
                    won.append((str(n), name))
        db.close()

    threads = [threading.Thread(target=race, args=(f"h{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ts for ts, _ in won) == sorted(str(n) for n in range(40))
