"""The names that pages hold: as if every page were read each time, though only changed ones are."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings
from bot.wiring import House
from indexers.pipeline import Silent
from knowledge.areas import page_names
from knowledge.areas.page_names import said
from knowledge.store.database import Database
from tests.teams import Team, seconds

NOW = seconds("2024-06-15")
PAGES = {
    "docs/pay.md": "# Pay\n\n`app/pay.py` calls `Card.charge`.\n",
    "docs/mail.md": "# Mail\n\nSee `app/mail.py`.\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Team, House]:
    """Two pages, each of which names a file."""
    team = Team(tmp_path / "shop")
    team.commit("Ada", "2024-03-01", "Start", files={"app/pay.py": "def pay():\n    pass\n", **PAGES})
    house = House(Settings(folder=tmp_path), None)
    read(team, house)
    return team, house


def read(team: Team, house: House) -> None:
    house.senses.index(locations=(str(team.path),), steps=("history", "docs"), progress=Silent(), now=NOW)


def counted(db: Database, monkeypatch: pytest.MonkeyPatch) -> tuple[page_names.Said, int]:
    """What is said, and how many texts were read for it."""
    texts: list[str] = []
    plain = page_names.names
    monkeypatch.setattr(page_names, "names", lambda text: texts.append(text) or plain(text))
    found = said(db, 1)
    monkeypatch.undo()
    return found, len(texts)


def test_only_what_changed_is_read_again(shop: tuple[Team, House], monkeypatch: pytest.MonkeyPatch) -> None:
    team, house = shop
    before = {"docs/pay.md": ["app/pay.py", "Card.charge"], "docs/mail.md": ["app/mail.py"]}
    assert counted(house.db, monkeypatch) == (before, 2)
    assert counted(house.db, monkeypatch) == (before, 0)
    team.commit(
        "Bob",
        "2024-04-01",
        "Tell more",
        files={"docs/mail.md": "# Mail\n\nSee `app/post.py`.\n", "docs/new.md": "# New\n\nNothing.\n"},
    )
    read(team, house)
    after = {"docs/pay.md": ["app/pay.py", "Card.charge"], "docs/mail.md": ["app/post.py"], "docs/new.md": []}
    assert counted(house.db, monkeypatch) == (after, 2)
    team.commit("Bob", "2024-05-01", "Drop it", files={"docs/pay.md": None})
    read(team, house)
    del after["docs/pay.md"]
    assert counted(house.db, monkeypatch) == (after, 0)
    assert counted(house.db, monkeypatch) == (after, 0)
