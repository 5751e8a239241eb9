"""What people say about being spoken to, in chat and on the command line."""

import json

import pytest

from bot import cli
from bot.nudging.wanting import Wanting
from knowledge.errors import Mistake
from knowledge.store.schema import open_store
from knowledge.store.wishes import Wish, Wishes
from tests.bot.nudging.talking import DAY, TUESDAY, people
from tests.bot.nudging.test_deciding import STORY
from tests.teams import seconds, team


@pytest.fixture
def db(tmp_path):
    db = open_store(f"sqlite:///{tmp_path}/wishes.db")
    people(db)
    return db


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("snooze", Wish("snooze", "", TUESDAY + 14 * DAY, TUESDAY)),
        ("Snooze for 3 weeks.", Wish("snooze", "", TUESDAY + 21 * DAY, TUESDAY)),
        ("snooze 5 days", Wish("snooze", "", TUESDAY + 5 * DAY, TUESDAY)),
        ("snooze until 2024-07-01", Wish("snooze", "", seconds("2024-06-30 22:00"), TUESDAY)),  # midnight in Berlin
        ("stop", Wish("opt-out", "all", None, TUESDAY)),
        ("stop share", Wish("opt-out", "share", None, TUESDAY)),
        ("never pair me with Bob", Wish("never-pair", "2", None, TUESDAY)),
        ("never-pair bob@example.org", Wish("never-pair", "2", None, TUESDAY)),
        ("interest src/search", Wish("interest", "src/search", None, TUESDAY)),
        ("resume", Wish("resume", "", None, TUESDAY)),
    ],
)
def test_each_wish_is_kept_as_it_was_said(db, words, wish):
    assert Wanting(db, 1, TUESDAY, "Europe/Berlin").said(words)
    assert Wishes(db).of(1) == [wish]


def test_wishes_are_taken_back(db):
    wanting = Wanting(db, 1, TUESDAY)
    for words in ("snooze", "stop", "stop page", "never pair me with Bob", "interested in mail"):
        wanting.said(words)
    assert wanting.said("wishes").splitlines() == [
        "What you told me; only I see it:", "- would like to know mail", "- not together with Bob",
        "- nothing of my own accord", "- no “page”", "- quiet until Tuesday 25 June 2024",
    ]  # fmt: skip
    for words in ("resume", "pair me with Bob again", "no interest mail"):
        wanting.said(words)
    assert wanting.said("my wishes") == "You have told me nothing so far."
    assert wanting.said("no interest mail") == "You had not said that you would like to know mail."


def test_what_cannot_be_meant_is_told_and_other_talk_is_left_alone(db):
    wanting = Wanting(db, 1, TUESDAY)
    for words, sentence in [
        ("stop everybody", "there is no kind"), ("snooze until tomorrow", "is no day"),
        ("snooze until 2020-01-01", "is not ahead of us"), ("never pair me with Zoe", "nobody is called"),
        ("never pair me with Ada", "nobody is called"), ("never pair me with example", "more than one|nobody"),
    ]:  # fmt: skip
        with pytest.raises(Mistake, match=sentence):
            wanting.said(words)
    assert wanting.said("how do I stop the server?") is None
    assert Wishes(db).of(1) == []


def test_the_command_line_from_a_dry_run_to_a_wish(tmp_path, capsys, monkeypatch):
    told = team(tmp_path, STORY)
    config = tmp_path / "config.yaml"
    config.write_text(f"# Lamplighter\nrepos:\n  - location: {told.path}\n")
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "home"))
    assert cli.main(["index", "--config", str(config), "--only", "history"]) == 0
    capsys.readouterr()
    show = ["nudge", "--config", str(config), "--dry-run", "--as-of", "2024-06-11T10:00", "--json"]
    assert cli.main(show) == 0
    first = json.loads(capsys.readouterr().out)
    (one, *_) = first["proposals"]
    assert (one["kind"], one["area"], one["people"][0]["name"], one["when"]) == (
        "share",
        "search",
        "Cleo Example",
        "now",
    )
    assert one["text"].endswith("?")
    learns = one["people"][1]["name"]
    assert (
        cli.main(["nudge", "--config", str(config), "--as", "cleo@example.org", "never", "pair", "me", "with", learns])
        == 0
    )
    assert capsys.readouterr().out.startswith("I will not propose anything to you together with")
    assert cli.main(show) == 0
    second = capsys.readouterr().out
    assert [p["name"] for p in json.loads(second)["proposals"][0]["people"]] != [p["name"] for p in one["people"]]
    assert "wish" not in second
    assert cli.main(["nudge", "--config", str(config), "--as", "nobody@example.org", "stop"]) == 1
    assert "nobody here is known as" in capsys.readouterr().err
    assert cli.main(["nudge", "--config", str(config), "approve"]) == 2
