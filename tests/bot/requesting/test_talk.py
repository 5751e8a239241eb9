"""Asking for a person by talking to the bot, in a real repository; and what the next one who asks gets to hear."""

import json

import pytest

from bot import cli
from bot.config import RequestSettings
from bot.message import Asker, Incoming
from bot.requesting.words import Said, heard
from knowledge.store.questions import Questions
from knowledge.store.requests import Requests
from tests.bot.house import NOW, Talk, opened

HOUR = 3600
UNKNOWN = "how do I renew the wildcard certificate of the staging cluster?"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("requests"), requests=RequestSettings())


@pytest.fixture
def talk(house, request):
    return Talk(house, thread=request.node.name)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("ask a person", Said("ask")),
        ("Please ask somebody else.", Said("ask")),
        ("can you find me a human please", Said("ask")),
        ("urgent: ask someone", Said("ask", urgent=True)),
        ("ask somebody: how do I rotate the key?", Said("ask", "how do I rotate the key?")),
        ("What's the status of my question?", Said("status")),
        ("has anybody taken my question yet?", Said("status")),
        ("withdraw my question 3f2a91c0", Said("withdraw", "3f2a91c0")),
        ("who can I ask about the json provider?", None),
        ("does anybody know how to rotate the key?", None),
        ("ask", None),
        ("how do I ask a person for access?", None),
    ],
)
def test_what_is_heard(words, wanted):
    assert heard(words) == wanted


def test_with_a_chat_running_it_says_where_the_answer_will_be_heard(house, talk, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-other")
    talk.asker = Asker("terminal", "mia", "Mia")
    talk("how do we rename the staging bucket of the invoices?")
    told = talk("ask a person").text
    assert "look again: `lamp requests` shows how it stands" in told  # nobody knows this terminal
    talk.asker = Asker("terminal", "ada", "Ada", house.db.read("SELECT email FROM people LIMIT 1")[0][0])
    talk("how do we rename the other bucket of the invoices?")
    assert "in your chat as soon as it is taken" in talk("ask a person").text


def test_in_a_terminal_it_names_whom_to_ask_and_keeps_the_question(house, talk):
    assert talk(UNKNOWN).abstained
    told = talk("ask a person").text
    assert "No chat runs here that I could reach them by, so please ask them yourself" in told
    [one] = Requests(house.db).of_asker("terminal", "tester", 1)
    assert (one.text, one.state) == (UNKNOWN, "open")
    assert f"`lamp requests answer {one.id}`" in told
    assert one.id in talk("ask a person").text  # pressed twice, kept once
    assert "on its way already" in talk("ask a person").text
    said = talk("status of my question")
    assert "nobody has been told yet" in said.text
    assert said.private
    assert "Withdrawn" in talk("withdraw my question").text
    assert Requests(house.db).get(one.id).state == "withdrawn"
    assert talk("withdraw my question").text == "I have no open question of yours."


def test_nothing_asked_yet(house):
    talk = Talk(house, thread="empty")
    assert "Which question?" in talk("ask a person").text
    talk.asker = Asker("terminal", "nobody yet", "Nobody")
    assert "no question of yours" in talk("status of my question").text


def test_a_question_about_a_place_knows_who_holds_it(house):
    talk = Talk(house, thread="place")
    talk("who knows app/json/provider.py?")
    talk("ask a person")
    [one] = Requests(house.db).of_asker("terminal", "tester", 1)
    assert (one.area, one.topic) == ("app/json/provider.py", "")
    names = [house.db.read("SELECT name FROM people WHERE id = :i", i=c.person)[0][0] for c in one.candidates]
    assert names[:2] == ["Cleo Example", "Bob Example"]
    assert one.facts["evidence"][0]["label"].endswith(" · Update the headers")


def test_the_next_one_who_asks_hears_the_answer_its_person_and_its_day(house):
    text = "where does the shop keep the franking machine contract?"
    house.conversation().bring(Incoming(text, Asker("terminal", "eve", "Eve"), "terminal", "", NOW))
    [one] = Requests(house.db).of_asker("terminal", "eve", 1)
    cleo = house.db.read("SELECT id FROM people WHERE name LIKE 'Cleo%'")[0][0]
    said = "In the blue folder of the shop; `app/json/provider.py` prints its number."
    house.asking.answer(one.id, cleo, said, NOW + HOUR)
    message = Talk(house, thread="again")("where is the contract of the franking machine?")
    assert not message.abstained
    assert "**Cleo Example** answered this on 2024-06-15, when somebody asked “where does the shop keep" in message.text
    assert "In the blue folder of the shop" in message.text
    assert "Nothing that it names has changed since." in message.text
    assert message.data["evidence"][0]["kind"] == "chat"
    with house.db.transaction() as tx:
        tx.run("UPDATE people SET opted_out = 1 WHERE id = :c", c=cleo)
        tx.run("UPDATE identities SET opted_out = 1 WHERE person_id = :c", c=cleo)
    text = Talk(house, thread="once more")("where is the contract of the franking machine?").text
    assert "Cleo" not in text
    assert "In the blue folder of the shop" in text
    with house.db.transaction() as tx:
        tx.run("UPDATE people SET opted_out = 0 WHERE id = :c", c=cleo)
        tx.run("UPDATE identities SET opted_out = 0 WHERE person_id = :c", c=cleo)


def test_secrets_do_not_stay(house):
    talk = Talk(house, thread="secrets")
    talk("ask somebody: why is api_key = 'sk_live_51Hc9aTqPz8LmWx3vRb7YnKd' refused?")
    [one] = Requests(house.db).of_asker("terminal", "tester", 1)
    house.asking.answer(one.id, None, 'Use password = "hunter2-Kx9" instead.', NOW, "Gil")
    kept = Requests(house.db).get(one.id)
    assert "51Hc9aTqPz8LmWx3vRb7YnKd" not in kept.text
    assert "hunter2-Kx9" not in kept.answer
    assert "[redacted" in kept.answer


def test_an_answer_as_a_page(house):
    from bot.wiki.sources import of_question, of_request
    from knowledge.errors import Mistake

    talk = Talk(house, thread="page")
    talk("how do I get a parking permit for the depot?")
    talk("ask a person")
    one = next(one for one in Requests(house.db).since(0) if "parking" in one.text)
    with pytest.raises(Mistake, match="no answered request"):
        of_request(house.db, one.id)
    house.asking.answer(one.id, None, "Ask at the gate; see `docs/deploy.md`.", NOW, "Gil", ("https://x.example/p",))
    sketch = of_question(house.db, one.question_id)
    assert (sketch.title, sketch.text) == (
        "How to get a parking permit for the depot",
        "Ask at the gate; see `docs/deploy.md`.",
    )
    assert sketch.sources == (f"request {one.id}",)
    assert "https://x.example/p" in sketch.links


def test_a_button_below_an_answer_is_one_request(house, talk):
    talk(UNKNOWN)
    asker = Asker("slack", "U7", "Gil")
    turn = Questions(house.db).thread("terminal", "terminal", talk.thread, 1)[0]
    incoming = Incoming("", asker, "T1/D7", "t9", NOW)
    first, again = (talk.conversation.bring_question(turn.id, incoming) for _ in range(2))
    assert len(Requests(house.db).of_question(turn.id)) == 1
    assert Requests(house.db).of_question(turn.id)[0].private
    assert "on its way already" in again.text
    assert first.data["request"] == Requests(house.db).of_question(turn.id)[0].id
    assert "no longer known" in talk.conversation.bring_question(10**6, incoming).text


def test_on_the_command_line(house, capsys, monkeypatch, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(f"# Lamplighter\nhome: {house.home}\n")
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(house.home))

    def lamp(*words):
        code = cli.main(["requests", *words, "--config", str(config)])
        return code, capsys.readouterr()

    code, said = lamp("ask", "who owns the backup disks?", "--as", "bob@example.org", "--json")
    number = json.loads(said.out)["request"]
    assert code == 0
    code, said = lamp("claim", number, "--as", "ada@example.org")
    assert (code, said.out) == (0, f"It is yours. `lamp requests answer {number}` answers it.\n")
    code, said = lamp("claim", number, "--as", "cleo@example.org")
    assert code == 2
    assert "Nothing has changed: it is taken by Ada Example on" in said.out
    code, said = lamp("pass", number, "Cleo", "--as", "ada@example.org")
    assert (code, said.out) == (0, "Passed on. Thank you for saying so.\n")
    monkeypatch.setattr("sys.stdin", __import__("io").StringIO("I do, they are in the cellar.\n"))
    code, said = lamp("answer", number, "--as", "cleo@example.org")
    assert said.out.startswith("Thank you. It is kept")
    code, said = lamp()
    assert code == 0
    assert f"{number}" in said.out
    assert "answered by Cleo Example on" in said.out
    code, said = lamp("--json")
    entry = next(one for one in json.loads(said.out)["requests"] if one["id"] == number)
    assert (entry["state"], entry["taken_by"], entry["answer"]) == (
        "answered", "Cleo Example", "I do, they are in the cellar.")  # fmt: skip
    code, said = lamp("answer", "zzzz", "text")
    assert (code, said.err) == (1, "lamp: there is no request 'zzzz'. `lamp requests` lists them with their ids.\n")
    code, said = lamp("pass", number, "--as", "nobody@nowhere.example")
    assert code == 1
