"""The bot is tested by talking to it: a real repository, a real store, real words; only the clock is ours."""

import json
import logging
from pathlib import Path

import pytest

from bot.message import Choices, Message, Sources
from bot.wiring import House
from knowledge.errors import Mistake
from tests.bot.house import NOW, Talk, opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return opened(tmp_path_factory.mktemp("talk"))


@pytest.fixture
def talk(house: House, request: pytest.FixtureRequest) -> Talk:
    return Talk(house, thread=request.node.name)


def says(message: Message) -> list[str]:
    return [choice.say for part in message.parts if isinstance(part, Choices) for choice in part.choices]


# -- last touched -----------------------------------------------------------------------------------------------------


def test_last_touched_leaves_out_the_bot_and_says_so(talk: Talk) -> None:
    message = talk("who last touched app/json/provider.py?")
    assert message.intent == "last_touched"
    assert message.data["last"]["person"] == {"name": "Bob Example", "email": "bob@example.org"}
    assert message.data["last"]["subject"] == "Cache the encoder"
    assert message.data["last"]["date"].startswith("2024-05-02")
    assert [s["person"]["name"] for s in message.data["last"]["skipped"]] == ["renovate[bot]"]
    assert (
        "**Bob Example** (with Cleo Example) last touched `app/json/provider.py` 6 weeks ago (2024-05-02)"
        in message.text
    )
    assert "Left out 1 newer commit (by a bot, renovate[bot])" in message.text
    assert message.data["evidence"][0]["commit"] == message.data["last"]["commit"]


def test_a_partial_path_is_enough_when_it_fits_one_place(talk: Talk) -> None:
    assert talk("who last touched provider.py").data["target"]["path"] == "app/json/provider.py"
    assert talk(r"who last touched app\json\provider.py").data["target"]["path"] == "app/json/provider.py"
    assert talk("who last touched `json/provider.py`?").data["target"]["path"] == "app/json/provider.py"


def test_an_ambiguous_name_asks_back_and_a_number_chooses(talk: Talk) -> None:
    message = talk("who last touched app.py?")
    assert says(message) == ["who last touched `web/app.py`?", "who last touched `tools/app.py`?"]
    assert not message.abstained
    assert [choice["say"] for choice in message.data["choices"]] == says(message)
    chosen = talk("2")
    assert (chosen.intent, chosen.data["target"]["path"]) == ("last_touched", "tools/app.py")


def test_an_unknown_path_is_said_and_no_neighbour_answered(talk: Talk) -> None:
    message = talk("who last touched app/foo.py?")
    assert message.abstained
    assert message.text.startswith("I know no `app/foo.py`, neither now nor in the history.")
    assert message.data["people"] == []
    near = talk("who last touched app/json/provder.py")
    assert near.abstained
    assert says(near)[0] == "who last touched `app/json/provider.py`?"


def test_a_path_that_moved_is_answered_under_its_new_name(talk: Talk) -> None:
    message = talk("who last touched app/provider.py")
    assert "`app/provider.py` is called `app/json/provider.py` now." in message.text
    assert message.data["target"]["path"] == "app/json/provider.py"


def test_a_file_that_is_gone_says_who_deleted_it(talk: Talk) -> None:
    assert "**Cleo Example** deleted `app/servers.py`" in talk("who last touched app/servers.py").text


def test_a_line_is_asked_of_git(talk: Talk) -> None:
    message = talk("who wrote line 1 of app/json/provider.py")
    assert message.data["target"] == {
        "kind": "line",
        "path": "app/json/provider.py",
        "line": 1,
        "topic": "",
        "repo": "service",
    }
    assert message.data["last"]["subject"] == "Make JSON pluggable"
    assert "has no line 900" in talk("who changed app/json/provider.py:900").text


def test_a_symbol_and_a_directory(talk: Talk) -> None:
    symbol = talk("who last touched create_store?")
    assert symbol.data["target"]["symbol"] == "create_store"
    assert symbol.data["last"]["person"]["name"] == "Ada Example"
    folder = talk("who last touched the json directory")
    assert (folder.data["target"]["kind"], folder.data["target"]["path"]) == ("directory", "app/json")


def test_words_find_the_file_and_the_answer_says_what_it_took_them_to_mean(talk: Talk) -> None:
    message = talk("who last touched the json provider?")
    assert "I take “json provider” to mean `app/json/provider.py`." in message.text


# -- threads ----------------------------------------------------------------------------------------------------------


def test_follow_ups_lean_on_the_thread_and_survive_a_restart(talk: Talk) -> None:
    talk("who last touched app/json/provider.py?")
    again = Talk(talk.house, talk.thread)  # another process would know no more
    who = again("and who knows it?")
    assert (who.intent, who.data["target"]["path"]) == ("who_knows", "app/json/provider.py")
    why = again("why?")
    assert (why.intent, why.data["target"]["path"]) == ("history", "app/json/provider.py")
    other = again("and sessions.py?")
    assert (other.intent, other.data["target"]["path"]) == ("history", "app/sessions.py")


def test_another_thread_knows_nothing_of_it(talk: Talk) -> None:
    talk("who last touched app/json/provider.py?")
    assert "Who knows what?" in Talk(talk.house, "elsewhere")("who knows it?").text


# -- knowledge --------------------------------------------------------------------------------------------------------


def test_knowledge_quotes_the_passage_with_its_freshness(talk: Talk) -> None:
    message = talk("how do I roll back a release?")
    assert message.intent == "knowledge"
    assert not message.abstained
    assert "make rollback" in message.text
    best = message.data["evidence"][0]
    assert (best["path"], best["date"], best["title"]) == ("docs/deploy.md", "2024-01-10", "Deploying › Rolling back")
    # Decimals, the cache: two commits by people to what the page names. The deleted list is told.
    assert best["freshness"] == {
        "changed": "2024-01-10",
        "drift": 2,
        "named": ["app/json/provider.py"],
        "missing": ["app/servers.py"],
    }
    assert "`app/servers.py`, which is no longer there" in message.text
    assert "Since then 2 commits changed what it names" in message.text
    assert any(isinstance(part, Sources) for part in message.parts)
    assert "http" not in message.text  # no address is configured, so no link is made up


def test_until_meaning_is_read_an_answer_says_so(talk: Talk) -> None:
    assert "_Searched by words only: meaning is not read yet._" in talk("how do I roll back a release?").text


def test_what_nothing_answers_is_abstained_from_and_a_person_named(talk: Talk) -> None:
    message = talk("what is the wifi password of the Berlin office?")
    assert message.abstained
    assert message.text.startswith("I found nothing written that surely answers this.")
    assert message.data["people"]


def test_a_newcomer_gets_pages_and_people(talk: Talk) -> None:
    message = talk("I'm new here, where do I start?")
    assert message.text.startswith("Welcome to **service**! Begin with `README.md`. One area to know first:")
    assert message.data["people"]
    assert message.private


# -- history, people, talk --------------------------------------------------------------------------------------------


def test_why_quotes_the_reason_of_the_commit(talk: Talk) -> None:
    message = talk("why was JSON made pluggable?")
    assert message.intent == "history"
    assert "The shop needs decimals, which the standard encoder refuses." in message.text


def test_what_changed_within_a_span(talk: Talk) -> None:
    message = talk("what changed in app/json since May?")
    assert "commits changed `app/json/` since May" in message.text
    assert [e["title"] for e in message.data["evidence"]] == ["Cache the encoder"]
    assert "Nothing changed in `app/sessions.py` in 2024." in talk("what changed in sessions.py in 2024").text


def test_who_added_something(talk: Talk) -> None:
    assert "**Ada Example** added `app/sessions.py`" in talk("who added sessions.py?").text


def test_a_person(talk: Talk) -> None:
    message = talk("is cleo around?")
    assert message.intent == "person"
    assert "**Cleo Example** is around: their last commit was 3 weeks ago (2024-05-20)." in message.text
    assert talk("what does Zed know?").text == "I know nobody by that name."


def test_whether_somebody_knows_a_place_says_what_is_left_of_it(talk):
    said = talk("does Bob know app/json/provider.py?").text
    assert said.startswith(
        "Yes, **Bob Example** knows `app/json/provider.py` now: worked on it in 1 of the last 8 weeks;"
    )
    assert talk("does Ada know README.md?").text.startswith(
        "**Ada Example** is not among those who know `README.md` best now: they worked on it once, on 2023-11-01"
    )


def test_small_talk_is_no_search(talk: Talk) -> None:
    assert talk("thanks!").text == "You're welcome."
    assert talk("").text.startswith("I heard nothing.")
    assert talk("help").intent == "help"


# -- the door ---------------------------------------------------------------------------------------------------------


def test_a_key_in_a_question_is_neither_kept_nor_said_again(house: House, talk: Talk) -> None:
    key = "ghp_" + "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW1xY2"
    message = talk(f"who knows why {key} is refused?")
    ((text, answer),) = house.db.read("SELECT text, answer FROM questions ORDER BY id DESC LIMIT 1")
    assert text == "who knows why [redacted: GitHub token] is refused?"
    assert key not in answer + message.text


def test_every_question_is_recorded_with_its_answer(talk: Talk) -> None:
    message = Talk(talk.house, talk.thread, "ada@example.org")("who knows app/sessions.py?")
    rows = talk.house.db.read(
        "SELECT intent, text, answer, person_id FROM questions WHERE id = :id", id=message.question_id
    )
    assert rows[0][:2] == ("who_knows", "who knows app/sessions.py?")
    assert json.loads(rows[0][2])["intent"] == "who_knows"
    events = talk.house.db.read(
        "SELECT kind, person_id FROM events WHERE reference = :r", r=f"question {message.question_id}"
    )
    assert events == [("asked", rows[0][3])]


def test_feedback_is_kept_and_the_latest_counts(talk: Talk) -> None:
    message = talk("who knows app/sessions.py?")
    assert message.question_id is not None
    assert talk.conversation.feedback(message.question_id, "U1", "not", "too old")
    assert talk.conversation.feedback(message.question_id, "U1", "helpful")
    rows = talk.house.db.read("SELECT verdict, note FROM feedback WHERE question_id = :id", id=message.question_id)
    assert rows == [("helpful", "")]
    assert not talk.conversation.feedback(10**9, "U1", "helpful")


def test_a_fault_becomes_a_sentence_with_an_id(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    talk.conversation._search = broken  # type: ignore[assignment]
    with caplog.at_level(logging.ERROR):
        message = talk("how do I roll back?")
    number = message.data["fault"]
    assert message.text == f"Something broke (id {number}). It is logged; please try again."
    assert number in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_mistake_becomes_its_own_sentence(talk: Talk) -> None:
    def mistaken() -> None:
        raise Mistake("the model is not there", "Run lamp index")

    talk.conversation._search = mistaken  # type: ignore[assignment]
    assert talk("how do I roll back?").text == "the model is not there. Run lamp index"


def test_the_json_has_the_promised_keys(talk: Talk) -> None:
    for text in (
        "who knows app",
        "how do I roll back",
        "thanks",
        "what changed",
        "who last touched nothing.py",
        "who is bob",
    ):
        data = talk(text).data
        assert {"intent", "abstained", "text", "target", "people", "evidence", "took_ms"} <= set(data)
        json.dumps(data)


def test_the_past_is_answered_from_nothing_later(talk: Talk) -> None:
    from tests.teams import seconds

    message = talk("who last touched app/json/provider.py", time=seconds("2024-02-01"))
    assert message.data["last"]["subject"] == "Give JSON a room of its own"


def test_commands_answer_without_a_thread(talk: Talk) -> None:
    last = talk.conversation.last("app/sessions.py:1", NOW).data
    assert (last["path"], last["person"]["name"], last["subject"]) == (
        "app/sessions.py",
        "Ada Example",
        "Keep sessions in cookies",
    )
    who = talk.conversation.who("app/json", NOW).data
    assert set(who) == {"target", "people", "nobody", "backup"}
    assert {p["name"] for p in who["people"]} <= {"Bob Example", "Cleo Example"}
    assert who["people"]


def test_somebody_who_opted_out_is_nobody(tmp_path: Path) -> None:
    from bot.config import PersonSettings

    house = opened(tmp_path, people=(PersonSettings("Bob Example", ("bob@example.org",), opted_out=True),))
    talk = Talk(house)
    for text in ("who last touched app/json/provider.py?", "who knows app/json?", "what changed in app", "what does bob know?",
                 "why was JSON made pluggable?", "is Bob around?", "what if Bob is away?", "what's going stale?"):  # fmt: skip
        message = talk(text)
        said = (
            json.dumps(message.data["people"])
            + json.dumps(message.data.get("last", ""))
            + message.text.replace(text, "")
        )
        assert "Bob Example" not in said, text
        assert "bob@example.org" not in said, text
    assert "**Someone** (with Cleo Example) last touched" in talk("who last touched app/json/provider.py?").text
