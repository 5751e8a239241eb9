"""`lamp doctor` names everything that a support person would ask for, and the cure of what is wrong."""

import pytest

from bot.chat.slack_scopes import DND, note
from bot.checkup import Finding, examine
from bot.config import Settings
from bot.wiring import House
from indexers.pipeline import Silent
from knowledge.store.locks import held
from knowledge.store.schema import REVISION
from tests.teams import seconds, team

NOW = seconds("2024-06-15")


@pytest.fixture
def house(tmp_path):
    shop = team(tmp_path, "2024-01-02 | Ada | Add the login page | app/login.py README.md")
    house = House(Settings(folder=tmp_path), None, tmp_path / "home")
    house.senses.index(
        locations=[str(shop.path)], steps=("history", "docs", "code"), progress=Silent(), now=NOW - 3 * 3600
    )
    return house


def found(house) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(house, NOW)}


def test_it_names_versions_places_states_and_jobs(house, tmp_path):
    told = found(house)
    assert told["store"].state == f"sqlite:///{tmp_path}/home/lamplighter.sqlite, schema {REVISION}"
    assert told["repository team"].state.endswith("last read: history 3 hours ago, docs 3 hours ago, code 3 hours ago")
    assert told["lines"].state == "counted in 0 commits of the last 1,100 days"
    assert told["lines"].cure.startswith("Run `lamp index --only lines`")
    assert told["words"].state == "10 of 10 passages, 1 commits"
    assert told["meaning"].cure.startswith("Run `lamp index --only meaning`")
    assert told["indexing"].state == "nothing under way"
    assert told["lamp serve"].state == "not running in this home"
    assert told["job sync"].state == "every 5 minutes; while `lamp serve` runs"
    assert told["job round of nudges"].state.startswith("0 10 * * tue; next on Tuesday 2024-06-18 10:00 (UTC)")
    assert "next on Monday 2024-06-17 09:00 (UTC)" in told["job report"].state
    assert {"lamplighter", "python", "libraries", "git", "machine", "clock", "encoding", "config", "model"} <= set(told)
    assert told["clock"].state.endswith("2024-06-15 12:00 UTC")
    assert not [finding for finding in told.values() if "broke" in finding.state]


def test_it_sees_what_is_under_way_and_who_serves(house):
    jobs = f'{{"sync": {{"last": {NOW - 60}, "ok": true}}, "nudges": {{"last": {NOW - 7200}, "ok": false}}}}'
    (house.home / "health.json").write_text(f'{{"time": {NOW - 4}, "slack": false, "pid": 77, "jobs": {jobs}}}')
    with held(house.home, "reading", house.db):
        told = found(house)
    assert told["indexing"].state == "under way: reading"
    assert told["lamp serve"] == Finding(
        "lamp serve", "process 77, last sign 4 s ago, Slack not connected", "See its log; restart it."
    )
    assert told["job sync"].state.startswith("every 5 minutes; last run ")
    assert told["job messages"].state.endswith("last run 2 hours ago, and it failed")
    assert told["job messages"].cure == "See the log of `lamp serve`."
    assert told["job report"].state.endswith("has not run yet")


def test_a_config_that_does_not_say_whose_it_is_is_pointed_out(house, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("repos: []\n")
    assert found(house)["config"].cure.endswith("say so in its first line: # Lamplighter")


def test_what_is_broken_does_not_hide_the_rest(house, tmp_path):
    (tmp_path / "team").rename(tmp_path / "away")
    (house.home / "words" / "pages" / "meta.json").write_text("{")
    told = found(house)
    assert told["repository team"].cure.startswith(f"there is no folder {tmp_path}/team.")
    assert "SLACK_BOT_TOKEN" in told


def test_a_missing_scope_is_said_once_with_its_cure(house):
    note(house.db, DND)
    named = [one for one in examine(house, NOW) if one.what == "Slack scopes"]
    assert [one.state for one in named] == ["dnd:read is missing: “do not disturb” is not seen before writing first"]
    assert "install the app again" in named[0].cure
    note(house.db, "")
    assert "Slack scopes" not in found(house)


def test_it_looks_at_the_store_the_tokens_and_the_manners(house, tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@proxy.example.org:3128")
    told = found(house)
    assert told["store is sound"].state == "yes"
    assert told["HTTPS_PROXY"].state == "http://…@proxy.example.org:3128"
    assert told["nudges"].state == "9-17 o'clock, UTC, no country; 1 a person and week"
    monkeypatch.setenv("SLACK_BOT_TOKEN", "no token")
    assert found(house)["platforms"].state == "SLACK_BOT_TOKEN does not begin with xoxb-"


def test_before_anything_is_indexed_it_makes_no_home(tmp_path):
    told = found(House(Settings(folder=tmp_path), None, tmp_path / "home"))
    assert told["store"].cure == "Run `lamp index --repo PATH_OR_URL`."
    assert not (tmp_path / "home").exists()
