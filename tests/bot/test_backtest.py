"""`lamp backtest`: the words a lead reads, the JSON, the picture, and what a history that is too short gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import cli
from bot.config import Settings
from bot.reports import backtest as words
from bot.wiring import House
from tests.teams import Team, seconds

PEOPLE = ("Ada", "Bob", "Cleo")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five years of three people, each with a corner; Bob takes over Ada's in the third."""
    folder = tmp_path_factory.mktemp("backtest")
    lines = []
    for month in range(60):
        date = f"{2018 + month // 12}-{month % 12 + 1:02}-05"
        for at, who in enumerate(PEOPLE):
            corner = 0 if who == "Bob" and month > 30 else at
            if not (who == "Ada" and month > 30):
                lines.append(f"{date} | {who} | Change {month} | c{corner}/f{month % 4}.py c{corner}/g{month % 2}.py")
    team = Team(folder / "service").tell("\n".join(lines))
    (folder / "config.yaml").write_text(f"# Lamplighter\nrepos:\n  - location: {team.path}\n    name: service\n")
    return folder


def run(place: Path, monkeypatch: pytest.MonkeyPatch, *argv: str) -> int:
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(place / "home"))
    return cli.main([*argv, "--config", str(place / "config.yaml")])


def test_a_backtest_in_words_and_json_with_a_picture(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(place, monkeypatch, "index", "--only", "history") == 0
    capsys.readouterr()
    assert run(place, monkeypatch, "backtest", "--picture", str(place / "curve.png")) == 0
    said = capsys.readouterr().out
    for part in ("How right would Lamplighter have been about service?", "last toucher", "most commits",
                 "degree of authorship", "surviving lines *", "it said   came true", "Brier score",
                 "What it means: the"):  # fmt: skip
        assert part in said
    assert max(map(len, said.splitlines())) <= 100
    assert (place / "curve.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert run(place, monkeypatch, "backtest", "--json", "--as-of", "2021-12-31") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["last"] == "2021-01-01"  # the last half-year that was over at the newest commit of then
    models = {row["model"]: row for row in found["files"]["models"]}
    assert models["ours"]["mrr"] >= models["most commits"]["mrr"] > 0.5
    assert found["surviving_lines"]["n"] > 0
    assert run(place, monkeypatch, "backtest", "--as-of", "2018-09-01") == 2
    assert run(place, monkeypatch, "backtest", "--repo", "nope") == 1
    assert "There is service." in capsys.readouterr().err
    assert run(place, monkeypatch, "backtest", "--picture", str(place / "curve.xyz")) == 1


def test_the_doctor_tells_what_was_learnt(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from knowledge.proof.fitting import fit_now, stored_fit

    run(place, monkeypatch, "index", "--only", "history")
    house = House(Settings(), None, place / "home")
    assert words.fit_in_a_line(stored_fit(house.db, 1)).startswith("nothing learnt")
    fit_now(house.db, 1, seconds("2023-02-01"))
    line = words.fit_in_a_line(stored_fit(house.db, 1))
    assert line.startswith("fitted to its past up to 2023-01-01; in ")
    assert "the first name was right for" in line


def test_surviving_lines_are_those_of_the_date(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every change adds a line, or rewrites the only one."""
    run(place, monkeypatch, "index", "--only", "history")
    count = House(Settings(), None, place / "home").git.surviving(1)
    then, now = count("c0/f0.py", seconds("2019-06-01")), count("c0/f0.py", seconds("2023-02-01"))
    assert sum(then.values()) >= 1
    assert then != now
    assert count("c0/f0.py", seconds("2017-01-01")) == {}
    assert count("nowhere.py", seconds("2023-02-01")) == {}
