"""`--as-of DATE` uses nothing later than DATE, in any command that has it: the same words whatever came afterwards.

The commands are those of `bot/cli.py`: a new one is held to it without being named here.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import re
import sys
from pathlib import Path

import pytest

from bot import cli
from bot.wiring import open_house
from indexers.pipeline import Silent
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
}  # fmt: skip
TRIED = [[], ["app"], ["Ada"]]
OF_TODAY = {"tour", "wiki"}  # are about the pages and lines of the indexed commit; people and work are those of then
BENIGN = "2024-08-01 | Eve | Something else | other/z.txt"
POISON = """
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
            files={".github/CODEOWNERS": "* @mallory\n", "docs/new.md": "# Sessions\n\nAsk Mallory.\n"},
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
    return path


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return home(tmp_path_factory.mktemp("benign"), BENIGN), home(tmp_path_factory.mktemp("poisoned"), POISON)


def said(path: Path, name: str, words: list[str], form: list[str]) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    words = [str(path / "batch.jsonl") if word == "BATCH" else word for word in words]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAMPLIGHTER_HOME", str(path / "home"))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        try:
            code = cli.main([name, *words, "--as-of", DAY, *form, "--config", str(path / "config.yaml")])
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
            assert benign == poisoned or name in OF_TODAY, words
            assert "Mallory" not in poisoned[1], words
            assert "something broke" not in poisoned[1], words


def test_the_future_is_there_to_be_told(worlds: tuple[Path, Path]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAMPLIGHTER_HOME", str(worlds[1] / "home"))
        message = open_house(str(worlds[1] / "config.yaml")).conversation().who("app", seconds("2024-09-01"))
    assert "Mallory Example" in json.dumps(message.data)
    assert {"who", "last", "ask", "stale", "away", "refresh", "report", "nudge", "backtest"} <= set(dated())
