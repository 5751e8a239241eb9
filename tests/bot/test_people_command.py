"""`lamp people` on the command line: lists, says, undoes; one sentence for every mistake, and the exit codes of all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.config import Settings
from bot.senses.reading import Senses
from bot.wiring import House, open_house
from indexers.pipeline import Silent
from tests.teams import seconds, team

NOW = seconds("2024-06-15")


class Shell:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.config = folder / "config.yaml"
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str]:
        code = cli.main(["people", *words, "--config", str(self.config)])
        out, err = self._capsys.readouterr()
        return code, (out + err).strip()

    def read(self, *words: str) -> dict[str, Any]:
        code, out = self(*words, "--json")
        assert code == 0, out
        found: dict[str, Any] = json.loads(out)
        return found

    def number(self, name: str) -> str:
        return str(self.read(name)["people"][0]["id"])


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    told = team(tmp_path, """
        2024-01-01 | Zed Last <zed@example.org>          | a.py
        2024-01-02 | Ann Lee <ann@example.org>           | a.py
        2024-01-03 | Ann Ray <ray@example.org>           | b.py
        2024-01-04 | A. Lee <old@example.net>            | b.py
    """)  # fmt: skip
    shell = Shell(tmp_path, capsys)
    shell.config.write_text(f"# Lamplighter\nrepos:\n  - location: {told.path}\n")
    house: House = open_house(str(shell.config))
    assert isinstance(house.senses, Senses)
    assert isinstance(house.settings, Settings)
    house.senses.index(locations=(), steps=("history",), progress=Silent(), now=NOW)
    return shell


def test_words_of_a_name_list_all_who_bear_them(shell: Shell) -> None:
    """A full name is no reason to leave out those of whom it is a part."""
    assert [p["name"] for p in shell.read("lee")["people"]] == ["A. Lee", "Ann Lee"]
    assert [p["name"] for p in shell.read("ann")["people"]] == ["Ann Lee", "Ann Ray"]
    assert [p["name"] for p in shell.read("a. lee")["people"]] == ["A. Lee"]


def test_the_list_is_by_name_with_the_numbers_of_people_and_names(shell: Shell) -> None:
    people = shell.read()["people"]
    assert [p["name"] for p in people] == ["A. Lee", "Ann Lee", "Ann Ray", "Zed Last"]
    assert people[1]["identities"] == [
        {"id": people[1]["identities"][0]["id"], "name": "Ann Lee", "email": "ann@example.org", "why": ""}
    ]
    assert shell("Nobody Atall") == (2, "I know nobody by that name.")


def test_a_suggestion_can_be_taken_and_taken_back(shell: Shell) -> None:
    [pair] = shell.read("suggest")["suggestions"]
    assert pair["why"] == "“A. Lee” may be short for the other name"
    assert "lamp people merge" in shell("--suggest")[1]
    into, other = map(str, pair["people"])
    done = shell.read("merge", into, other)
    assert done["done"] == "merge"
    assert [i["why"] for i in shell.read("ann@example.org")["people"][0]["identities"]] == ["", "merged by hand"]
    assert shell("undo")[1].startswith("Undone:")
    assert len(shell.read()["people"]) == 4
    assert [e["action"] for e in shell.read("log")["log"]] == ["undo", "merge"]


def test_several_are_asked_about_with_their_numbers(shell: Shell) -> None:
    code, said = shell("away", "Ann", "--from", "2024-08-03")
    assert code == 1
    assert said.startswith("lamp: “Ann” may be 2 people:")
    assert said.endswith("Name one by their number.")
    assert shell("merge", "1") == (
        1,
        'lamp: a merge needs two people. Write: lamp people merge 12 31, or "Ann Lee" ann@old.example',
    )
    assert shell("away", "zed", "--from", "August")[0] == 1
    assert shell("timezone", "zed", "Mars/Phobos")[0] == 1
    assert shell("split", "zed")[0] == 1
    assert shell("link", "zed")[0] == 1


def test_states_are_shown_and_config_wins_where_it_speaks(shell: Shell) -> None:
    number = shell.number("zed")
    assert shell("timezone", number, "Asia/Tokyo")[0] == 0
    assert shell("away", number, "--from", "2124-08-03", "--to", "2124-08-14")[0] == 0
    assert shell.read("zed")["people"][0]["state"] == "away from 2124-08-03 to 2124-08-14"
    text = shell.config.read_text()
    shell.config.write_text(
        f"{text}people:\n  - name: Zed Last\n    emails: [zed@example.org]\n    timezone: Europe/Berlin\n    left: 2024-05-01\n"
        "    away: [{from: 2024-08-03, to: 2024-08-14}]\n"
    )
    zed = shell.read("zed")["people"][0]  # holds at once, without indexing
    assert (zed["timezone"], zed["state"]) == ("Europe/Berlin", "left on 2024-05-01")
    assert zed["overruled"][0].startswith("timezone Asia/Tokyo (")
    shell.config.write_text(text)
    assert shell.read("zed")["people"][0]["timezone"] == "Asia/Tokyo"


def test_who_opted_out_is_a_number_without_a_name(shell: Shell) -> None:
    number = shell.number("zed")
    assert shell("opt-out", "zed@example.org")[1].startswith(f"Person {number} is neither named nor ranked")
    assert {p["id"]: p["name"] for p in shell.read()["people"]}[int(number)] == "someone"
    assert shell("zed")[0] == 2
    assert "someone" in shell(number)[1]
    assert shell("log")[1].endswith(f": opt-out someone ({number})")  # who recorded it finds it again, without a name
    assert shell("opt-in", number) == (0, "Zed Last is named again.")
    assert shell("log")[1].splitlines()[0].endswith(": opt-in Zed Last")


def test_config_mistakes_about_people_are_told(shell: Shell) -> None:
    text = shell.config.read_text()
    for wrong, said in (
        ("timezone: Mars/Phobos", "'Mars/Phobos' is no time zone"),
        ("left: soon", "people[0].left is true or false or a day (2026-08-03), not 'soon'"),
        ("away: [{to: 2024-01-01}]", "people[0].away[0] needs from"),
        ("away: [{from: 2024-01-02, to: 2024-01-01}]", "2024-01-01 comes before 2024-01-02"),
    ):
        shell.config.write_text(f"{text}people:\n  - name: Zed Last\n    {wrong}\n")
        code, told = shell()
        assert code == 1
        assert said in told
