"""`--as-of DATE` uses nothing later than DATE, in any command that has it: the same words whatever came afterwards.

The commands are those of `bot/cli.py`: a new one is held to it without being named here.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import re
import shlex
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot import cli
from bot.message import Asker, Incoming
from bot.wiring import House, open_house
from indexers.pipeline import Silent
from knowledge.model import Event
from knowledge.store import events, register
from knowledge.store.people import find
from tests.bot.house import SESSIONS, tell
from tests.teams import seconds

DAY = "2024-06-12"
# What a command is called with; any other is tried with nothing, a path and a name.
SAID = {
    "ask": [["who knows app?"], ["who knows about session cookies?"], ["what does Ada know?"], ["what's going stale?"],
            ["why was app/json/provider.py changed?"], ["what changed in app lately?"], ["how do I roll back?"],
            ["who can review app/json/provider.py?"], ["what if Cleo is away?"], ["is Bob around?"],
            ["catch me up on app"], ["show me the weekly report"]],
    "last": [["app/json/provider.py"], ["app"], ["web/app.py"], ["app/sessions.py:3"]],
    "who": [["app"], ["app/json/provider.py"], ["session cookies"], ["app/servers.py"], ["--batch", "BATCH"]],
    "refresh": [["app", "--as", "bob@example.org"], ["app"], [""]],
    "away": [["Cleo"], ["Cleo", "--for-good"]],
    "report": [[], ["--details"]],
    "nudge": [["--dry-run"], ["--dry-run", "--texts"]],
    "tour": [[], ["app"], ["app/json"], ["docs"], ["--as", "bob@example.org"]],
    "wiki": [[], ["--all"]],
}  # fmt: skip
TRIED = [[], ["app"], ["Ada"]]
# What would change something or speak to somebody: refused for a day in the past, with its cure.
DEEDS = {
    "ask": ["I'm back", "forget me", "name me again", "I'm away next week", "my email is bob@example.org", "snooze",
            "stop everything", "never pair me with Cleo", "I'm interested in app", "my wishes", "confirm docs/deploy.md",
            "docs/deploy.md is not mine", "retire docs/deploy.md", "ask a person: how do I roll back?",
            "withdraw my question"],
    "wiki": ["new --title T --text -", "edit docs/deploy.md", "confirm docs/deploy.md", "adopt docs/deploy.md",
             "not-mine docs/deploy.md", "retire docs/deploy.md", "show 1", "retry", "drop 1"],
    "nudge": ["approve", "deliver", "inbox", "snooze", "yes abcd", "stop", "interest app"],
    "report": ["accept app --reason r --until 2026-01-01", "reopen app", "--send"],
}  # fmt: skip
BENIGN = "2024-08-01 | Eve | Something else | other/z.txt"
POISON = """
    2024-06-13 | Mallory | The second after that day | app/json/provider.py README.md
    2024-06-20 | Mallory | Take over | app/json/provider.py > app/json/taken.py
    2024-06-20 | Mallory | Session cookies again | web/app.py tools/session.py
    2024-06-22 | Mallory / Mallory | Sweep | -web/app.py -tools/app.py app/new/a.py app/new/b.py app/new/c.py
    2024-07-22 | Cleo | Come back to the session cookies | app/json/taken.py
    2024-08-01 | Eve | Something else | other/z.txt
"""


def dated() -> dict[str, argparse.ArgumentParser]:
    """The commands that can look from a date in the past."""
    found = {}
    for name in cli.COMMANDS:
        parser = argparse.ArgumentParser()
        importlib.import_module(f"bot.commands.{name}").arguments(parser)
        if any("--as-of" in action.option_strings for action in parser._actions):
            found[name] = parser
    return found


def home(path: Path, future: str) -> Path:
    """A house that was indexed long after DAY, with that future."""
    team = tell(path)
    team.commit(
        "Ada", "2024-06-11", "Who owns what", files={"CODEOWNERS": "/app/ @ada\n", "app/sessions.py": SESSIONS + "\n"}
    )
    team.tell(future)
    if "Mallory" in future:
        team.commit(
            "Mallory",
            "2024-08-02",
            "Mine",
            files={
                ".github/CODEOWNERS": "* @mallory\n",
                "docs/new.md": "# Sessions\n\nAsk Mallory.\n",
                "README.md": "---\nowner: mallory@example.org\n---\n# Mine\n\nSee `app/new/a.py`.\n",
            },
        )
    config = path / "config.yaml"
    config.write_text(f"# Lamplighter\nhome: {path}/home\nrepos:\n  - location: {team.path}\n")
    (path / "batch.jsonl").write_text(
        f'{{"path": "app/sessions.py", "as_of": "{DAY}"}}\n{{"topic": "session cookies", "as_of": "{DAY}"}}\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAMPLIGHTER_HOME", str(path / "home"))
        house = open_house(str(config))
        house.senses.index(
            locations=(), steps=("history", "docs", "code"), progress=Silent(), now=seconds("2024-09-01")
        )
        if "Mallory" in future:
            say_later(house)
        house.db.close()
    return path


def say_later(house: House) -> None:
    """What people said, asked and decided after that day."""
    then = seconds("2024-08-10")
    (mallory,) = find(house.db, "mallory@example.org")
    house.wiki.confirm("docs/deploy.md", mallory, then)
    house.wiki.adopt("README.md", mallory, then)
    register.accept(house.db, 1, "app", "app", register.Acceptance(then, then + 10**7, "Mallory", "it goes", 0))
    for _ in range(3):
        house.conversation().reply(Incoming("how does Mallory's parser work?", Asker("slack", "U1"), time=then))
    with house.db.transaction() as tx:
        place = events.Where(events.node_of(tx, 1, "app"), "app")
        events.record(tx, Event("taught", mallory.id, "app", then, 1.0, "s1"), place)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return home(tmp_path_factory.mktemp("benign"), BENIGN), home(tmp_path_factory.mktemp("poisoned"), POISON)


def said(path: Path, name: str, words: list[str], form: list[str], day: str | None = DAY) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    words = [str(path / "batch.jsonl") if word == "BATCH" else word for word in words]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAMPLIGHTER_HOME", str(path / "home"))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        try:
            code = cli.main(
                [name, *words, *(["--as-of", day] if day else []), *form, "--config", str(path / "config.yaml")]
            )
        except SystemExit:  # words that the command does not take
            return 1, ""
    told = re.sub(r'"(took_ms|seconds)": [\d.]+', r'"\1": 0', out.getvalue() + err.getvalue())
    return code, re.sub(r'"(score|risk)": [\d.]+', lambda m: f"{m.group()[:-2]}", told)


@pytest.mark.parametrize("name", sorted(dated()))
def test_nothing_later_than_the_date_is_used(name: str, worlds: tuple[Path, Path]) -> None:
    has_json = any("--json" in action.option_strings for action in dated()[name]._actions)
    for words in SAID.get(name, TRIED):
        for form in ([], ["--json"]) if has_json else ([],):
            benign, poisoned = (said(path, name, words, form) for path in worlds)
            assert benign == poisoned, words
            assert "Mallory" not in poisoned[1], words
            assert "something broke" not in poisoned[1], words


def test_the_future_is_there_to_be_told(worlds: tuple[Path, Path]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAMPLIGHTER_HOME", str(worlds[1] / "home"))
        message = open_house(str(worlds[1] / "config.yaml")).conversation().who("app", seconds("2024-09-01"))
    assert "Mallory Example" in json.dumps(message.data)
    assert {"who", "last", "ask", "stale", "away", "refresh", "report", "nudge", "backtest"} <= set(dated())


@pytest.mark.parametrize(("name", "deed"), [(name, deed) for name, deeds in DEEDS.items() for deed in deeds])
def test_nothing_is_done_on_a_day_in_the_past(name: str, deed: str, worlds: tuple[Path, Path]) -> None:
    """One sentence with its cure, exit code 1, and not a row of the store is another."""
    before = kept(worlds[1])
    words = [deed, "--as", "bob@example.org"] if name == "ask" else shlex.split(deed)
    code, told = said(worlds[1], name, words, [])
    assert code == 1
    assert re.fullmatch(
        r"(?:lamp: )?(?:--as-of only looks back: .* is not done on a day in the past\. Say it without --as-of\."
        r"|--send sends this week's report\. Leave out --as-of and --week\.)",
        told.strip(),
    )
    assert kept(worlds[1]) == before


@pytest.mark.parametrize("name", sorted(dated()))
def test_a_look_back_leaves_nothing_behind(name: str, worlds: tuple[Path, Path]) -> None:
    """Not even the question: it was not asked then, and `lamp report` counts questions."""
    before = kept(worlds[1])
    for words in SAID.get(name, TRIED):
        said(worlds[1], name, words, [])
    assert kept(worlds[1]) == before


def kept(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the store, but for what was worked out and can be again (`meta`)."""
    with closing(sqlite3.connect(path / "home" / "lamplighter.sqlite")) as store:
        tables = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(store.execute(f"SELECT * FROM {name}"), key=repr) for name in tables if name != "meta"}


def test_a_command_is_no_question_that_somebody_asked(worlds: tuple[Path, Path]) -> None:
    before = len(kept(worlds[0])["questions"])
    for name, words in [("stale", []), ("away", ["Cleo"]), ("refresh", ["app"]), ("tour", []), ("who", ["app"])]:
        assert said(worlds[0], name, words, [], day=None)[0] in {0, 2}
    assert len(kept(worlds[0])["questions"]) == before
    said(worlds[0], "ask", ["who knows app?"], [], day=None)
    assert len(kept(worlds[0])["questions"]) == before + 1
