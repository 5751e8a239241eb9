"""The manifest asks for what the bot uses, no more, and docs/slack.md says why."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def manifest():
    return yaml.safe_load((ROOT / "slack-manifest.yaml").read_text("utf-8"))


def test_slack_takes_it(manifest):
    about = manifest["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 174 <= len(about["long_description"]) <= 4000
    assert len(manifest["features"]["agent_view"]["suggested_prompts"]) <= 4
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"]["is_enabled"] is True
    assert [c["command"] for c in manifest["features"]["slash_commands"]] == ["/lamp"]


def test_every_event_has_its_scope_and_every_scope_its_reason(manifest):
    needs = {
        "app_mention": "app_mentions:read",
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "message.mpim": "mpim:history",
        "team_join": "users:read",
    }
    scopes = set(manifest["oauth_config"]["scopes"]["bot"])
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == set(needs)
    assert set(needs.values()) <= scopes
    table = (ROOT / "docs" / "slack.md").read_text("utf-8").split("## Scopes, and why")[1].split("\n## ")[0]
    named = {word.strip("`,") for line in table.splitlines() for word in line.split("|")[1:2] for word in word.split()}
    assert named - {"scope", "---"} == scopes
