"""Asked where something is: the place, what it is for, how fresh it is, who knows it; or that nothing is called so.

A small team keeps lamps: a scheduler with its tests, a duplicate filter under a name in one word, a page, a changelog.
"""

from __future__ import annotations

import pytest

from bot.config import Settings
from bot.message import Choices, Message
from bot.wiring import House
from indexers.pipeline import Silent
from tests.bot.house import Talk
from tests.teams import Team, seconds

NOW = seconds("2024-06-15")
SCHEDULER = '''"""When which lamp is lit."""

import time


class Scheduler:
    """Lights every lamp at its hour."""

    def tick(self, lamps):
        """Light those whose hour has come."""
        return [lamp for lamp in lamps if lamp.hour <= time.time()]


class ScheduleEntry:
    """One lamp and its hour."""

    def is_due(self):
        return True
'''
FILTER = '''"""What was asked once is not asked again."""


class RequestFilter:
    """Leaves out a duplicate request, by its fingerprint."""

    def seen(self, request):
        return request in self.prints
'''
TESTS = '''"""Tests of the lamp scheduler."""


def test_scheduler_lights_lamps():
    assert Scheduler().tick([]) == []
'''
GUIDE = """# Lamps

Lamps are kept in the shed.

## Scheduling

Write the hour of a lamp into the schedule; the scheduler reads it every minute.
"""
CHANGES = "# Changes\n\n## 2.0\n\nThe scheduler of lamps and its lamp scheduler schedule were rewritten.\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> House:
    root = tmp_path_factory.mktemp("places")
    team = Team(root / "lamps")
    team.commit("Ada", "2024-02-01", "Begin", files={"lamps/scheduler.py": "import time\n"})
    team.commit("Ada", "2024-05-01", "Light lamps", files={
        "lamps/scheduler.py": SCHEDULER, "lamps/requestfilters.py": FILTER, "tests/test_scheduler.py": TESTS,
        "docs/lamps.md": GUIDE, "CHANGES.md": CHANGES, "lamps/oil/__init__.py": '"""Oil and its tanks."""\n\nFULL = 1\n',
        "lamps/oil/tank.py": "class Tank:\n    def run(self):\n        return 1\n",
        "lamps/oil/pump.py": "class Pump:\n    def run(self):\n        return 2\n",
    })  # fmt: skip
    found = House(Settings(folder=root), None)
    found.senses.index(locations=(str(team.path),), steps=("history", "docs", "code"), progress=Silent(), now=NOW)
    return found


def ask(house: House, text: str, thread: str = "", time: int = NOW) -> Message:
    return Talk(house, thread or text)(text, time)


def at(message: Message) -> str:
    target = message.data["target"]
    return f"{target['path']}:{target['line']} {target.get('symbol', '')}".replace(":None", "").strip()


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("where is the lamp scheduler implemented?", "lamps/scheduler.py:6 Scheduler"),
        ("which file has the schduler", "lamps/scheduler.py"),
        ("which class filters duplicate requests?", "lamps/requestfilters.py:4 RequestFilter"),
        ("where is the scheduler tested", "tests/test_scheduler.py"),
        ("where is scheduling documented?", "docs/lamps.md"),
        ("which folder is the oil in", "lamps/oil"),
        ("where is is_due defined?", "lamps/scheduler.py:17 ScheduleEntry.is_due"),
    ],
)
def test_the_place_is_named_first(house, question, place):
    message = ask(house, question)
    assert (at(message), message.abstained) == (place, False)


def test_the_place_comes_with_its_purpose_its_lines_its_freshness_and_who_knows_it(house):
    message = ask(house, "where is the lamp scheduler implemented?")
    assert message.text.startswith("`Scheduler` in `lamps/scheduler.py:6`: Lights every lamp at its hour.")
    assert "This code was last changed 6 weeks ago (2024-05-01)." in message.text
    assert [one["name"] for one in message.data["people"]] == ["Ada Example"]
    cited = message.data["evidence"][0]
    assert (cited["path"], cited["line_start"], cited["date"]) == ("lamps/scheduler.py", 6, "2024-05-01")


def test_a_directory_says_what_its_first_file_says(house):
    assert ask(house, "which folder is the oil in").text.startswith("`lamps/oil/`: Oil and its tanks.")


def test_a_name_of_several_places_is_asked_back(house):
    (choices,) = [part for part in ask(house, "where is run() defined?").parts if isinstance(part, Choices)]
    assert [choice.label for choice in choices.choices] == [
        "Pump.run in lamps/oil/pump.py",
        "Tank.run in lamps/oil/tank.py",
    ]
    assert at(ask(house, choices.choices[1].say)) == "lamps/oil/tank.py:2 Tank.run"


def test_what_nothing_is_called_is_no_neighbour(house):
    message = ask(house, "where is the websocket scheduler?")
    assert message.abstained
    assert message.text.startswith("Nothing that I have read here speaks of “websocket”.")


def test_a_slip_in_a_name_is_told_with_the_names_near_it(house):
    message = ask(house, "where is is_deu defined?")
    assert message.abstained
    assert "ScheduleEntry.is_due" in message.text


def test_a_thread_goes_on_about_what_it_was_about(house):
    assert at(ask(house, "where is the lamp scheduler implemented?", "on")) == "lamps/scheduler.py:6 Scheduler"
    message = ask(house, "where is it tested?", "on")
    assert message.data["evidence"][0]["path"] == "tests/test_scheduler.py"


def test_as_of_a_day_before_nothing_later_is_named(house):
    assert ask(house, "where is the lamp scheduler?", time=seconds("2024-04-01")).abstained
