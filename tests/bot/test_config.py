"""config.yaml documents every setting at its default, and tells every mistake at once."""

import itertools
from dataclasses import fields, is_dataclass
from datetime import UTC
from pathlib import Path

import pytest
import yaml

from bot import config
from bot.config import Settings
from bot.ours import KEYS
from bot.reports.calendar import trigger
from bot.timetable import cron
from knowledge.errors import Mistake

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "config.yaml"


def load(tmp_path, text):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return config.load(path)


def keys(cls, value):
    """Every key that a settings class knows, beside the mapping that should show it."""
    for f in fields(cls):
        if not f.metadata.get("key", True):
            continue
        yield f.name, value
        default = getattr(cls(), f.name)
        if is_dataclass(default):
            yield from keys(type(default), value[f.name])


def test_the_shipped_file_shows_every_setting_at_its_default():
    settings = config.load(SHIPPED)
    assert settings == Settings(folder=ROOT)
    shipped = yaml.safe_load(SHIPPED.read_text())
    for key, section in keys(Settings, shipped):
        assert key in section


def test_every_key_of_the_shipped_file_has_a_comment_above_it():
    lines = SHIPPED.read_text().splitlines()
    for above, line in itertools.pairwise(lines):
        is_leaf = ":" in line and not line.lstrip().startswith("#") and not line.rstrip().endswith(":")
        assert not is_leaf or above.lstrip().startswith("#"), line


def test_no_file_means_the_defaults_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LAMPLIGHTER_HOME", raising=False)
    settings = config.load(config.find(tmp_path))
    assert settings.home_path == tmp_path / ".lamplighter"
    assert settings.store_url == f"sqlite:///{tmp_path}/.lamplighter/lamplighter.sqlite"


def test_lamplighter_home_overrides(tmp_path, monkeypatch):
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path / "elsewhere"))
    assert config.load(SHIPPED).home_path == tmp_path / "elsewhere"


def test_all_mistakes_are_told_at_once_with_line_and_cure(tmp_path):
    with pytest.raises(Mistake) as told:
        load(
            tmp_path,
            "answers:\n  confidense: 0.4\n  people: 9\nslack:\n  mode: pigeon\n  token: xoxb-1\n"
            "index:\n  sync_minutes: often\nrepos:\n  - name: x\nhome: 3\n",
        )
    assert str(told.value).rstrip(".").splitlines() == [
        "config.yaml:2: answers.confidense is unknown; did you mean confidence?",
        "config.yaml:3: answers.people lies between 1 and 3, not 9",
        "config.yaml:5: slack.mode is one of socket, http, not 'pigeon'",
        (
            "config.yaml:6: slack.token: secrets are not kept in files; set SLACK_BOT_TOKEN or SLACK_APP_TOKEN or "
            "SLACK_SIGNING_SECRET in the environment"
        ),
        "config.yaml:8: index.sync_minutes is a whole number, not 'often'",
        "config.yaml:10: repos[0] needs location",
        "config.yaml:11: home is a text, not 3",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a\n", "the file holds keys and values"),
        ("repos: here\n", "repos is a list"),
        ("answers: {confidence: 0.1, confidence: 0.2}\n", "answers.confidence stands here twice"),
        ("a: [\n", "is not YAML"),
        ("zzz: 1\n", "zzz is unknown; known here: answers, areas, home, index"),
        ("mail: {password: x}\n", "mail.password: secrets are not kept in files; set MAIL_PASSWORD in the environment"),
    ],
)
def test_each_mistake_has_its_sentence(tmp_path, text, sentence):
    with pytest.raises(Mistake, match=sentence):
        load(tmp_path, text)


def test_what_is_no_time_zone_hour_or_day_is_told_with_all_the_rest(tmp_path):
    with pytest.raises(Mistake) as told:
        load(
            tmp_path,
            "nudges:\n  when: sometimes\n  timezone: Mars/Phobos\n  hours: late\n  country: Atlantis\n  budget: 9\n"
            "report:\n  when: mon 25:00\n  timezone: Moon\npeople:\n  - name: Ann\n    hours: 17-9\n"
            "    timezone: Mars\n    away:\n      - {from: 2024-01-02, to: 2024-01-01}\n",
        )
    assert str(told.value).rstrip(".").splitlines() == [
        (
            "config.yaml:2: nudges.when: 'sometimes' are no cron words. "
            "Write minute, hour, day, month and weekday, such as 0 10 * * tue."
        ),
        "config.yaml:3: nudges.timezone: 'Mars/Phobos' is no time zone. Write it as Europe/Berlin or America/New_York.",
        "config.yaml:4: nudges.hours: 'late' are no working hours. Write them as 9-17 or 08:30-16:45.",
        "config.yaml:5: nudges.country: 'Atlantis' is no country. Use a code such as DE, DE-BY or US-CA.",
        "config.yaml:6: nudges.budget lies between 0 and 5, not 9",
        (
            "config.yaml:8: report.when: 'mon 25:00' is no time. "
            'Write it as "mon 09:00", or as five words of cron such as "0 9 * * mon".'
        ),
        "config.yaml:9: report.timezone: 'Moon' is no time zone. Write it as Europe/Berlin or America/New_York.",
        "config.yaml:12: people[0].hours: '17-9' are no working hours. Write them as 9-17 or 08:30-16:45.",
        "config.yaml:13: people[0].timezone: 'Mars' is no time zone. Write it as Europe/Berlin or America/New_York.",
        "config.yaml:15: people[0].away[0]: 2024-01-01 comes before 2024-01-02. Give the first day first",
    ]


@pytest.mark.parametrize("words", ["0 10 * * tue", "*/30 9-17 * * mon-fri", "5,35 8,12 1 1,7 0,7", "0 9 * * MON"])
def test_cron_words_are_taken_by_the_check_as_by_what_uses_them(tmp_path, words):
    settings = load(tmp_path, f"nudges: {{when: '{words}'}}\nreport: {{when: '{words}'}}\n")
    assert (settings.nudges.when, settings.report.when) == (words, words)
    assert cron(words, "UTC")
    assert trigger(words, UTC)


def test_people_and_repositories_are_values(tmp_path):
    settings = load(
        tmp_path,
        "repos:\n  - location: ../a\n    web: https://git.example.org/a\n"
        "people:\n  - {name: Ann, emails: [a@example.org], opted_out: true}\nanswers: {confidence: 1}\n",
    )
    assert settings.repos[0].web == "https://git.example.org/a"
    assert settings.people[0].emails == ("a@example.org",)
    assert settings.people[0].opted_out
    assert settings.answers.confidence == 1.0


def test_another_tools_config_is_not_taken_for_ours(tmp_path):
    (tmp_path / "config.yaml").write_text("# Jekyll\ntitle: x\n")
    (tmp_path / ".git").mkdir()
    assert config.find(tmp_path) is None
    assert config.find(ROOT / "docs") == SHIPPED


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("repos:\n  - location: ../service\n", True),
        ("home: /srv/lamp\n\n# the team\npeople: []\nslack:\n  mode: http\n", True),
        ("# Lamplighter\nnothing: ours\n", True),
        ("model:\n  name: resnet\n", False),
        ("repos: []\nplugins: []\n", False),
        ("", False),
    ],
)
def test_a_config_is_ours_by_its_first_line_or_by_all_that_it_sets(tmp_path, text, ours):
    (tmp_path / "config.yaml").write_text(text)
    (tmp_path / ".git").mkdir()
    assert config.find(tmp_path) == (tmp_path / "config.yaml" if ours else None)


def test_the_keys_by_which_a_config_is_ours_are_those_there_are():
    assert {field.name for field in fields(Settings)} - {"folder"} == KEYS


def test_a_missing_file_is_a_mistake(tmp_path):
    with pytest.raises(Mistake, match="there is no"):
        config.load(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("repos:\n  - ../service\n", "config.yaml:2: repos[0] holds keys and values, such as location: …"),
        ("repos:\n  -\n", "config.yaml:2: repos[0] holds keys and values, such as location: …"),
        (
            "people:\n  - name: Ann\n    away: [{from: 2026-13-01}]\n",
            "config.yaml:3: people[0].away[0].from is no day that there is (month must be in 1..12)",
        ),
    ],
)
def test_entries_of_the_wrong_form_are_told(tmp_path, text, said):
    with pytest.raises(Mistake) as caught:
        load(tmp_path, text)
    assert str(caught.value).rstrip(".") == said
