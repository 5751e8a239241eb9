"""Questions, their threads and what was thought of the answers, on both engines."""

import pytest

from knowledge.store.database import storable
from knowledge.store.questions import Questions, Turn

NOW = 1_800_000_000


@pytest.fixture
def questions(both_stores):
    with both_stores.transaction() as tx:
        tx.run("INSERT INTO repos (id, name) VALUES (1, 'demo')")
        tx.run("INSERT INTO people (id, name, email) VALUES (7, 'Ada', 'ada@example.org')")
        tx.run("INSERT INTO nodes (id, repo_id, path, is_dir) VALUES (3, 1, 'app.py', 0)")
    return Questions(both_stores)


def ask(questions, text="who knows app.py?", thread="t1", **kw):
    said = {"time": NOW, "platform": "slack", "place": "C1", "asker": "U1", "person_id": None, "intent": "who_knows",
            "target": {"kind": "file", "path": "app.py"}, "abstained": False, "answer": {"people": []}, "took_ms": 4}  # fmt: skip
    return questions.record(text=text, thread=thread, **said | kw)


def test_a_thread_is_its_latest_turns_newest_first(questions):
    ids = [ask(questions, f"question {n}", time=NOW + n) for n in range(8)]
    ask(questions, "elsewhere", thread="t2")
    ask(questions, "elsewhere", place="C2")
    turns = questions.thread("slack", "C1", "t1")
    assert [turn.id for turn in turns] == ids[:1:-1]
    assert turns[0] == Turn(ids[7], NOW + 7, "U1", "question 7", "who_knows", {"kind": "file", "path": "app.py"}, False, {"people": []})  # fmt: skip


def test_a_known_asker_leaves_an_event_and_a_stranger_none(questions, both_stores):
    ask(questions, node_id=3)
    number = ask(questions, person_id=7, node_id=3)
    topical = ask(questions, person_id=7, topic="sessions")
    ask(questions, person_id=7)  # about nothing in particular
    rows = both_stores.read("SELECT kind, person_id, node_id, topic, time, reference FROM events ORDER BY id")
    assert rows == [
        ("asked", 7, 3, "", NOW, f"question {number}"),
        ("asked", 7, None, "sessions", NOW, f"question {topical}"),
    ]


def test_the_latest_verdict_of_each_person_counts(questions, both_stores):
    number = ask(questions)
    assert questions.feedback(number, "U1", "not", "", NOW)
    assert questions.feedback(number, "U2", "helpful", "", NOW)
    assert questions.feedback(number, "U1", "helpful", "after all", NOW + 5)
    rows = both_stores.read("SELECT asker, verdict, note, time FROM feedback ORDER BY asker")
    assert rows == [("U1", "helpful", "after all", NOW + 5), ("U2", "helpful", "", NOW)]
    assert questions.feedback(number + 1, "U1", "helpful", "", NOW) is False


@pytest.mark.parametrize(
    "typed", ["naïve 🔦 question", "o'clock; DROP TABLE questions --", "zero\0byte", "lone \ud800", ":name"]
)
def test_whatever_is_typed_is_kept(questions, typed):
    text = storable(typed)
    ask(questions, text, asker=text, topic=text, person_id=7, answer={"text": text})
    [turn] = questions.thread("slack", "C1", "t1")
    assert (turn.text, turn.answer) == (text, {"text": text})


def test_only_what_no_database_keeps_is_taken_away():
    assert storable("a\0b \ud83d\t🔦\n") == "ab ?\t🔦\n"
