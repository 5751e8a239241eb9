"""Whom somebody does not want to be paired with is in no output, log, error or JSON, also not after merges and splits."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot import cli
from bot.config import Settings
from bot.nudging.wanting import Wanting
from bot.senses.reading import Senses
from bot.wiring import House, open_house
from indexers.pipeline import Silent
from knowledge.errors import Mistake
from knowledge.store.merging import merge, split, undo
from knowledge.store.wishes import Wishes
from tests.teams import seconds, team

NOW = seconds("2024-06-15")
EVERYTHING = (
    "people", "people --json", "people Ann --json", "people log", "people log --json", "people suggest --json",
    "people undo 99", "people merge 1 1", "nudge", "nudge --json", "nudge inbox --as zed@example.org", "doctor --json",
    "nudge inbox --as ray@example.org --json", "report --json", "who a.py --json", "away Ann --json", "stale --json",
    "tour --json", "requests --json", "ask who-should-not-be-paired --json", "refresh a.py --json",
    "nudge wishes --as ray@example.org",
)  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> House:
    told = team(tmp_path, """
        2024-05-01 | Zed Last <zed@example.org>          | a.py
        2024-05-02 | Ann Lee <ann@example.org>           | a.py
        2024-06-03 | Ann Ray <ray@example.org>           | b.py
        2024-06-04 | A. Lee <old@example.net>            | b.py
        2024-06-04 | Zed Last <zed@example.org>          | b.py
    """)  # fmt: skip
    config = tmp_path / "config.yaml"
    config.write_text(f"# Lamplighter\nrepos:\n  - location: {told.path}\n")
    house = House(Settings(folder=tmp_path), None)
    Senses(house).index(locations=[str(told.path)], steps=("history", "docs"), progress=Silent(), now=NOW)
    return open_house(str(config))


def number(house: House, email: str) -> int:
    return int(house.db.read("SELECT id FROM people WHERE email = :e", e=email)[0][0])


def never(house: House, who: str, whom: str) -> None:
    Wanting(house.db, number(house, who), NOW).said(f"never pair me with {whom}")


def subjects(house: House, who: str) -> set[str]:
    return {one.subject for one in Wishes(house.db).of(number(house, who)) if one.word == "never-pair"}


def test_a_merge_carries_it_a_split_keeps_it_and_does_not_hand_it_on(house: House) -> None:
    ann, ray, old = (
        number(house, f"{who}@example.{end}") for who, end in (("ann", "org"), ("ray", "org"), ("old", "net"))
    )
    never(house, "zed@example.org", "old@example.net")
    never(house, "old@example.net", "ray@example.org")
    merge(house.db, ann, old, now=NOW, by="lead")
    assert str(ann) in subjects(house, "zed@example.org")
    assert subjects(house, "ann@example.org") == {str(ray)}  # carried along
    told = Wanting(house.db, number(house, "zed@example.org"), NOW).said("wishes") or ""
    assert told.count("not together with") == 1  # once, by the name that there is
    assert "not together with Ann Lee" in told
    (identity,) = house.db.read("SELECT id FROM identities WHERE email = 'old@example.net'")[0]
    made = split(house.db, identity, now=NOW, by="lead")
    assert {str(ann), str(made)} <= subjects(house, "zed@example.org")  # it was said of this name, too
    assert [one.word for one in Wishes(house.db).of(made)] == []  # what Ann said is hers alone
    undo(house.db, now=NOW, by="lead")
    assert str(made) not in subjects(house, "zed@example.org")


def test_a_merge_of_two_who_did_not_want_each_other_leaves_nobody_kept_from_themselves(house: House) -> None:
    never(house, "ann@example.org", "old@example.net")
    never(house, "old@example.net", "ann@example.org")
    ann = number(house, "ann@example.org")
    merge(house.db, ann, number(house, "old@example.net"), now=NOW, by="lead")
    assert Wanting(house.db, ann, NOW).said("wishes") == "You have told me nothing so far."
    undo(house.db, now=NOW, by="lead")
    assert str(ann) in subjects(house, "old@example.net")


def test_no_command_says_it(house: House, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    never(house, "zed@example.org", "old@example.net")
    merge(house.db, number(house, "ann@example.org"), number(house, "old@example.net"), now=NOW, by="lead")
    assert house.config_file is not None
    said = []
    for line in EVERYTHING:
        asked = [word.replace("who-should-not-be-paired", "who does Zed avoid?") for word in line.split()]
        cli.main([*asked, "--config", str(house.config_file)])
        said.append(" ".join(capsys.readouterr()))
    assert all(said)
    told = "\n".join(said) + caplog.text
    for trace in ("not together", "never-pair", "never pair", "wishes", '"subject"', '"moved"'):
        assert trace not in told, trace


def test_a_mistake_in_saying_it_names_nobody_else(house: House) -> None:
    with pytest.raises(Mistake, match="nobody is called 'Nemo' here"):
        never(house, "zed@example.org", "Nemo")
    with pytest.raises(Mistake, match="more than one person is called 'Ann' here"):
        never(house, "zed@example.org", "Ann")


def test_an_error_of_the_store_shows_no_values(both_stores) -> None:
    with pytest.raises(Exception) as caught, both_stores.transaction() as tx:
        tx.run(
            "INSERT INTO wishes (person_id, wish, subject) VALUES (:who, 'never-pair', :whom)", who=None, whom="4711"
        )
    assert "4711" not in str(caught.value)
