"""From the proposal to the note without any chat, by `lamp nudge` alone."""

import json

import pytest

from bot import cli
from bot.config import Settings
from bot.wiring import House
from indexers.pipeline import Silent
from knowledge.store.nudges import Nudges
from knowledge.store.schema import open_store
from tests.bot.nudging.talking import DAY
from tests.bot.nudging.test_deciding import NOW, STORY
from tests.teams import team


@pytest.fixture
def say(tmp_path, monkeypatch, capsys):
    """`lamp nudge …` at a time, as somebody: (exit code, what it printed)."""
    told = team(tmp_path, STORY)
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "home"))
    config = tmp_path / "config.yaml"
    config.write_text(f"repos: [{{location: {told.path}}}]\n")
    house = House(Settings(folder=tmp_path), config, home=tmp_path / "home")
    house.senses.index(locations=(str(told.path),), steps=("history",), progress=Silent(), now=NOW)

    def said(who, *words, at=NOW):
        monkeypatch.setattr("bot.commands.nudge.moment", lambda _: at)  # the clock
        me = ["--as", f"{who}@example.org"] if who else []
        capsys.readouterr()
        code = cli.main(["nudge", "--config", str(config), *me, *words])
        out, err = capsys.readouterr()
        return code, out + err

    said.db = open_store(f"sqlite:///{tmp_path}/home/lamplighter.sqlite")
    said.path = tmp_path
    return said


def test_from_the_proposal_to_the_note(say):
    say("", "deliver")
    say("", "approve", at=NOW + 60)
    assert say("", "deliver", at=NOW + 120) == (0, "Brought into inboxes: 1.\n")
    [one] = [n for n in Nudges(say.db).since(0) if n.state == "sent"]
    names = dict(say.db.read("SELECT id, LOWER(SUBSTR(email, 1, INSTR(email, '@') - 1)) FROM people"))
    shows, learns = (names[p] for p in one.people)
    short, now = one.id[:4], NOW + 600

    code, out = say(shows, "inbox", at=now)
    assert code == 0
    assert f"    lamp nudge yes {short}\n    lamp nudge later {short}\n" in out
    code, out = say(shows, "yes", short, at=now)
    assert out.splitlines()[0] == "Thank you! Which of these times would suit you?"
    assert out.splitlines()[1].startswith("  1. Tuesday 11 June, 1")
    code, out = say(shows, "at", short, "2", at=now)
    assert "noted. As soon as it suits" in out
    assert say(shows, "inbox", at=now) == (2, "Nothing waits for you.\n")
    code, out = say(learns, "yes", short, "--json", at=now)
    assert json.loads(out)["times"][0]["text"].startswith("Wednesday 12 June, 09:30")
    code, out = say(learns, "at", short, "1", at=now)
    assert out.startswith("Then it is Wednesday 12 June, 09:30 (UTC).")
    ics = say.path / "session.ics"
    code, out = say(learns, "card", short, "--ics", str(ics), at=now)
    assert "25 minutes on" in out
    assert b"DTSTART:20240612T093000Z" in ics.read_bytes()
    after = now + DAY
    code, out = say(learns, "inbox", at=after)
    assert f"lamp nudge told {short} no" in out
    assert say(shows, "told", short, "yes", at=after)[1].startswith("Good to hear, thank you!")
    assert say(learns, "told", short, "yes", "The", "index", "first.", at=after)[1].startswith("Kept,")
    assert Nudges(say.db).get(one.id).state == "followed-up"


def test_what_is_not_understood_and_what_is_not_theirs(say):
    say("", "deliver")
    say("", "approve", at=NOW + 60)
    say("", "deliver", at=NOW + 120)
    [one] = [n for n in Nudges(say.db).since(0) if n.state == "sent"]
    rows = say.db.read("SELECT id, LOWER(SUBSTR(email, 1, INSTR(email, '@') - 1)) FROM people WHERE is_bot = 0")
    other = next(name for number, name in rows if number not in one.people)
    mine = next(name for number, name in rows if number in one.people)
    code, out = say(other, "yes", one.id)
    assert out == "This was written to somebody else, so it is theirs to answer; nothing has changed.\n"
    assert say(mine, "yes", "abcabc")[0] == 2
    code, out = say(mine, "at", one.id)
    assert (code, "at which time?" in out) == (1, True)
    code, out = say(mine, "later", one.id, "someday")
    assert (code, "is no time" in out) == (1, True)
    code, out = say(mine, "later", one.id, "month")
    assert out.startswith("Gladly later: I ask again on ")
    code, out = say(mine, "never", one.id)
    assert f"`lamp nudge never {one.id[:4]} all`" in out
    code, out = say(mine, "never", one.id, "all")
    assert out.startswith("Understood: ")
    assert say(mine, "no", "interest", "in", "search")[1].startswith("You had not said")
