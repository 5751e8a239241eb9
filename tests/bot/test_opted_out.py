"""Somebody who opted out appears nowhere: every command, every intent, every way of asking, in text and in JSON.

The commands are those of `bot/cli.py`: a new one is swept without being named here.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import get_args

import pytest

from bot import cli, quick
from bot.message import Asker, Incoming, Intent
from bot.people.actions import Order, act
from bot.wiring import House, open_house
from indexers.pipeline import Silent
from tests.bot.house import DEPLOY, SESSIONS, Talk, tell
from tests.bot.test_intent import phrasings
from tests.teams import seconds

NOW = seconds("2024-06-15")
ZOE, ZOE_GH = "Zoë Quirk <zoe.quirk@corp.example>", "zquirk99 <4242+zquirk99@users.noreply.github.com>"
MARK = "Mark Odell <mark.odell@corp.example>"  # whose first name is a word that pages use
HIDDEN = (
    "odell",
    "ask mark",
    "by mark",
    "with mark",
    "mark said",
    "zoë quirk",
    "zoe quirk",
    "quirk, zoë",
    "zoe.quirk@",
    "zquirk99",
    "u0zoe",
    "quirk",
)

# What a command is called with; any other is tried with nothing, a path, a name and a question.
SAID = {
    "ask": [["who knows vault?"], ["what changed in vault lately?"]],
    "last": [["vault/keys.py"], ["vault"], ["vault/keys.py:3"], ["vault/c.py"], ["vault/b.py"], ["app/sessions.py"], ["README.md"]],
    "who": [["vault"], ["vault/keys.py"], ["rotating the vault keys"], ["--batch", "who.jsonl"]],
    "search": [["who rotates the vault keys"], ["-k", "5", "vault"], ["--batch", "search.jsonl"]],
    "away": [["Ada"], ["Zoë Quirk"], ["zoe.quirk@corp.example"]],
    "people": [[], ["Zoë"], ["zquirk99"], ["suggest"], ["log"], ["away", "quirk"], ["back", "Zoë Quirk"], ["opt-out", "zoe.quirk@corp.example"]],
    "nudge": [[], ["--dry-run", "--texts"], ["inbox", "--as", "mark.odell@corp.example"], ["wishes", "--as", "mark.odell@corp.example"]],
    "report": [[], ["--details"], ["--format", "markdown"], ["--format", "html", "--details"], ["--as-of", "2024-06-15", "--details"]],
    "wiki": [[], ["--all"], ["--all", "--as-of", "2024-06-15"], ["confirm", "docs/vault.md", "--as", "mark.odell@corp.example"]],
    "requests": [[], ["--all"], ["vault"]],
    "tour": [[], ["vault"], ["vault", "--as-of", "2024-06-15"], ["--as", "mark.odell@corp.example"]],
    "stale": [[], ["vault"], ["--as-of", "2024-06-15"]],
    "serve": [["--once"]],
    "index": [["--only", "history"]],
}  # fmt: skip
TRIED = [[], ["vault"], ["vault/keys.py"], ["Ada"], ["Zoë Quirk"]]
QUESTIONS = {
    "last_touched": ["who last touched vault/keys.py?", "vault/keys.py:3", "who last touched vault?", "app/sessions.py"],
    "who_knows": ["who knows vault?", "who knows about rotating vault keys?", "who knows vault/keys.py?"],
    "knowledge": ["how do I mark messages as read?", "how do I rotate the vault keys?", "how do I roll back?", "where do I start? I'm new here", "what does rotate_all do?"],
    "history": ["why was vault/keys.py changed?", "what changed in vault?", "when was the vault added?"],
    "stale": ["what's going stale?"],
    "what_if": ["what if Ada is away?"],
    "person": ["what does Ada know?", "is Ada around?"],
    "report": ["show me the weekly report"],
    "help": ["help"],
    "none": ["thanks"],
}  # fmt: skip
BY_NAME = [
    "what does Zoë Quirk know?", "is Zoë around?", "what does zquirk99 know?", "who is zoe.quirk@corp.example?",
    "what if Zoë Quirk is away?", "why did Zoë Quirk rotate the vault keys?", "who knows more than Zoë Quirk?", "Quirk, Zoë",
    "does @zquirk99 know vault/keys.py?", "what does Mark Odell know?", "what if Mark Odell is away?", "is mark.odell@corp.example around?",
]  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A team of which somebody opted out, after she wrote, reviewed, was thanked, documented and asked about."""
    path = tmp_path_factory.mktemp("veiled")
    team = tell(path)
    trailers = (
        f"Thanks to @zquirk99 and Quirk, Zoë.\n\nReviewed-by: {ZOE}\nSigned-off-by: Z. Quirk <zoe.quirk@corp.example>"
    )
    keys = "# Written by Zoë Quirk <zoe.quirk@corp.example>\n\ndef rotate_all():\n    '''Ask zquirk99 first.'''\n"
    team.commit(
        ZOE,
        "2024-02-02",
        "Open the vault",
        files={"vault/keys.py": keys, "vault/b.py": SESSIONS, "vault/c.py": "A = 1\n"},
    )
    team.commit(
        ZOE_GH, "2024-03-02", "Rotate vault keys, as Zoë Quirk said", files={"vault/c.py": "A = 2\n"}, body=trailers
    )
    team.commit(
        "Ada", "2024-03-03", "Vault: let zquirk99 rotate keys", files={"vault/b.py": SESSIONS + "\n"}, body=trailers
    )
    docs = "---\nowner: mark.odell@corp.example\n---\n# The vault\n\nTo rotate the vault keys ask Zoë Quirk (zoe.quirk@corp.example, github.com/zquirk99).\n"
    team.commit(
        "Bob", "2024-04-01", "Document the vault", files={"docs/vault.md": docs + DEPLOY}, body=f"Co-authored-by: {ZOE}"
    )
    marks = (
        "# Messages\n\n## Mark messages as read\n\nTo mark messages as read, press m; Mark Odell wrote it. Ask Mark.\n"
    )
    team.commit(
        MARK, "2024-05-01", "Mark messages as read, by Mark", files={"docs/messages.md": marks, "vault/m.py": SESSIONS}
    )
    team.commit(
        "Ada", "2024-05-02", "Look at it with Mark", files={"vault/m.py": SESSIONS + "\n"}, body=f"Reviewed-by: {MARK}"
    )
    team.commit(ZOE, "2024-06-01", "Close the vault", files={"vault/keys.py": keys + "\n\nB = 3\n"})
    (path / "config.yaml").write_text(f"# Lamplighter\nhome: {path}/home\nrepos:\n  - location: {team.path}\n")
    (path / "who.jsonl").write_text('{"path": "vault/keys.py"}\n{"topic": "vault keys"}\n')
    (path / "search.jsonl").write_text('{"id": 1, "query": "rotate vault keys"}\n')
    house = at(path)
    house.senses.index(locations=(), steps=("history", "docs", "code"), progress=Silent(), now=NOW)
    talk = Talk(house, "old")
    for question in (q for questions in (*QUESTIONS.values(), BY_NAME) for q in questions):
        talk(question)
    by = "Lea (command line)"
    act(house.db, Order("link", ("zoe.quirk@corp.example",), slack="U0ZOE"), NOW, by)
    act(house.db, Order("away", ("zoe.quirk@corp.example",), "2024-06-20", "2024-06-21"), NOW, by)
    both = [
        row[0]
        for row in house.db.read(
            "SELECT DISTINCT person_id FROM identities WHERE LOWER(name) LIKE '%quirk%' ORDER BY 1"
        )
    ]
    for other in both[1:]:
        act(house.db, Order("merge", (str(both[0]), str(other))), NOW, by)
    act(house.db, Order("opt-out", (str(both[0]),)), NOW, by)
    asker = Asker("slack", "U0MARK", "Mark Odell", "mark.odell@corp.example")
    house.conversation().bring(Incoming("Who can mark vault messages? Ask Mark Odell", asker, "T/C1", "", NOW), "vault")
    act(house.db, Order("link", ("mark.odell@corp.example",), slack="U0MARK"), NOW, by)
    act(house.db, Order("opt-out", ("mark.odell@corp.example",)), NOW, by)
    return path


def at(path: Path) -> House:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAMPLIGHTER_HOME", str(path / "home"))
        return open_house(str(path / "config.yaml"))


def shown(text: str) -> list[str]:
    low = text.lower()
    return [name for name in HIDDEN if name in low]


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_no_command_names_them(
    told: Path, name: str, *, as_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(told / "home"))
    monkeypatch.chdir(told)
    for words in SAID.get(name, TRIED):
        for config in ([], ["--config", str(told / "config.yaml")]):
            asked = "\n".join(q for questions in (*QUESTIONS.values(), BY_NAME) for q in questions)
            monkeypatch.setattr(sys, "stdin", io.StringIO(asked if not as_json else ""))
            try:
                cli.main([name, *words, *config, *(["--json"] if as_json else [])])
            except SystemExit:  # a wrong option: it says what was typed, and knows of nobody
                capsys.readouterr()
            out, err = capsys.readouterr()
            echoed = f"{out}\n{err}"
            for question in asked.splitlines():  # `lamp chat` repeats what was typed
                echoed = echoed.replace(f"> {question}", "")
            assert shown(echoed) == [], (words, echoed)


def test_the_sweep_finds_somebody_who_did_not_opt_out(
    told: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(told / "home"))
    cli.main(["last", "vault/b.py", "--config", str(told / "config.yaml")])
    assert "Ada Example" in capsys.readouterr().out


@pytest.mark.parametrize("intent", get_args(Intent))
def test_no_answer_in_chat_names_them(told: Path, intent: str) -> None:
    house = at(told)
    asked = QUESTIONS.get(intent) or [phrase for of, phrase, _ in phrasings() if of == intent][:4]
    assert asked, f"tests/bot/phrasings.txt or this file needs a question for {intent}"
    for question in asked:
        for thread in ("old", f"new {question}"):
            message = Talk(house, thread)(question)
            assert message.intent == intent, question
            assert shown(json.dumps(message.data, ensure_ascii=False)) == [], question
            assert shown(repr(message.parts)) == [], question


@pytest.mark.parametrize("question", BY_NAME)
def test_asked_by_name_they_are_not_even_looked_for(told: Path, question: str) -> None:
    message = Talk(at(told), f"named {question}")(question)
    assert shown(repr(message)) == []
    assert "Quirk" not in at(told).db.read("SELECT text FROM questions ORDER BY id DESC LIMIT 1")[0][0]


@pytest.mark.parametrize("option", [[], ["--json"]], ids=["text", "json"])
def test_the_fast_way_of_lamp_last_hides_them_too(
    told: Path, option: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(told / "home"))
    monkeypatch.chdir(told)
    assert quick.last(["vault/c.py", *option]) == 0
    out = capsys.readouterr().out
    assert "Rotate vault keys, as someone said" in out
    assert shown(out) == []


def test_an_ordinary_word_that_is_a_first_name_stays_a_word(told: Path) -> None:
    """Of a page that says "To mark messages as read … Mark Odell wrote it. Ask Mark."."""
    said = Talk(at(told), "word")("how do I mark messages as read?").text
    assert "mark messages as read" in said.lower()
    assert "someone wrote it. Ask someone." in said


def test_their_past_counts_as_someones(told: Path) -> None:
    talk = Talk(at(told), "someone")
    assert "**Someone** last touched `vault/keys.py`" in talk("who last touched vault/keys.py?").text


def test_who_opts_in_again_is_named_again(told: Path) -> None:
    house = at(told)
    number = house.db.read("SELECT id FROM people WHERE name LIKE 'Zo%'")[0][0]
    act(house.db, Order("opt-in", (str(number),)), NOW, "Lea")
    try:
        assert "Zoë Quirk" in Talk(house, "again")("who last touched vault/keys.py?").text
    finally:
        act(house.db, Order("opt-out", (str(number),)), NOW, "Lea")
