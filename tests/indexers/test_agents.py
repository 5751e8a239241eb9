"""The human beside an AI agent that signed a commit as its author."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexers.agents import beside_an_agent
from indexers.pipeline import Silent
from knowledge.model import Role
from tests.bot.house import Talk
from tests.bot.reporting import House, Settings
from tests.teams import Team, seconds

CLAUDE, COPILOT = Role("authored", "Claude", "noreply@anthropic.com"), Role("authored", "Copilot", "copilot@github.com")
BO = Role("coauthored", "Bo", "bo@example.org")


@pytest.mark.parametrize(
    ("roles", "committer", "beside"),
    [
        ((CLAUDE,), ("Ann", "ann@example.org"), [Role("coauthored", "Ann", "ann@example.org")]),
        ((COPILOT, BO), ("Ann", "ann@example.org"), [BO]),  # who is named did it; Ann merged
        ((COPILOT,), ("GitHub", "noreply@github.com"), []),
        ((CLAUDE,), ("Claude", "noreply@anthropic.com"), []),
        ((COPILOT,), ("renovate[bot]", "bot@renovateapp.com"), []),
        (
            (CLAUDE, Role("reviewed", "Bo", "bo@example.org")),
            ("Ann", "ann@example.org"),
            [Role("reviewed", "Bo", "bo@example.org"), Role("coauthored", "Ann", "ann@example.org")],
        ),
    ],
)
def test_who_took_part(roles: tuple[Role, ...], committer: tuple[str, str], beside: list[Role]) -> None:
    assert list(beside_an_agent(roles, *committer)[1:]) == beside


def test_whoever_committed_what_an_agent_wrote_knows_it_and_whoever_passed_on_what_a_human_wrote_does_not(
    tmp_path: Path,
) -> None:
    """Ann commits what Claude wrote, and what Bo wrote; each file six times."""
    team = Team(tmp_path / "shop")
    for month in range(1, 7):
        at = f"2024-{month:02d}-10"
        ann = {"GIT_COMMITTER_NAME": "Ann Lee", "GIT_COMMITTER_EMAIL": "ann@example.org"}
        for author, path in (
            ("Claude <noreply@anthropic.com>", "agent/a.py"),
            ("Bo Kim <bo@example.org>", "hand/b.py"),
        ):
            team.write(path, f"M = {month}\n")
            team.git("add", "-A")
            dates = {"GIT_AUTHOR_DATE": f"@{seconds(at)} +0000", "GIT_COMMITTER_DATE": f"@{seconds(at)} +0000"}
            team.git("commit", "-q", "--author", author, "-m", f"Change {month}", env={**ann, **dates})
    house = House(Settings(folder=tmp_path), None)
    now = seconds("2024-06-20")
    house.senses.index(locations=(str(team.path),), steps=("history",), progress=Silent(), now=now)
    talk = Talk(house, "agents")
    known = {path: talk(f"who knows {path}?", time=now).data["people"] for path in ("agent/a.py", "hand/b.py")}
    assert {path: [one["name"] for one in people] for path, people in known.items()} == {
        "agent/a.py": ["Ann Lee"],
        "hand/b.py": ["Bo Kim"],
    }
