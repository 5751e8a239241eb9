"""When something came, went or was replaced: the commit that did it, not one that only speaks of it."""

from pathlib import Path

import pytest

from bot.config import Settings
from bot.wiring import House
from indexers.pipeline import Silent
from tests.bot.house import NOW, Talk
from tests.teams import Team

STORY = """
    2023-01-02 | Ada | Begin | app.py
    2023-02-01 | Ada | Run on Node 16 | app.py
    2023-02-05 | Bob | Node 14 compatibility | app.py
    2023-03-01 | Bob | Cache replies in Redis | cache.py
    2023-03-09 | Bob | Add a test of the Redis cache under load | cache.py
    2023-06-01 | Cleo | Drop Node 12 | app.py
    2023-07-01 | Cleo | Drop Node 14, its end of life is near | app.py
    2023-08-01 | Ada | Swap moment for dayjs | app.py
    2023-09-01 | Bob | Handle dates of moment and dayjs alike | app.py
    2023-10-01 | Cleo | Introduce webhooks for orders | hooks.py
    2024-01-01 | Bob | Document webhooks | hooks.py
    2024-02-01 | Bob | Fix webhooks that were sent twice | hooks.py
    2023-01-09 | Ada | Add client.request | client.py
    2024-03-01 | Bob | Add a cli | tool.py
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    path: Path = tmp_path_factory.mktemp("turns")
    team = Team(path / "shop").tell(STORY)
    house = House(Settings(folder=path), None)
    house.senses.index(locations=(str(team.path),), steps=("history",), progress=Silent(), now=NOW)
    return house


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("when did we drop node 14?", "Drop Node 14, its end of life is near"),
        ("why was moment replaced by dayjs?", "Swap moment for dayjs"),
        ("when were webhooks added?", "Introduce webhooks for orders"),
        ("when was the redis cache added?", "Cache replies in Redis"),
        ("when was the cli added?", "Add a cli"),  # no client
    ],
)
def test_the_commit_that_did_it(house: House, question: str, subject: str) -> None:
    answer = Talk(house)(question)
    assert answer.intent == "history"
    assert answer.data["evidence"][0]["title"] == subject


def test_another_version_is_another_thing(house: House) -> None:
    answer = Talk(house)("when did we drop node 18?")
    assert answer.abstained
    assert answer.text.startswith("I found no commit that speaks of “node 18”.")
