"""The freshness of a page, on a real repository; what it names is found in its text."""

import pytest

from bot.wiring import House
from knowledge.fresh import freshness, names
from tests.bot.house import DEPLOY, opened
from tests.teams import seconds


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return opened(tmp_path_factory.mktemp("fresh"))


def test_names_are_what_looks_like_code_each_once() -> None:
    text = "Use ``create_app`` or `app/x.py:12`, then create_app() of :class:`~flask.Flask`; see https://x.org/a_b and so on, e.g. now."
    assert names(text) == ["create_app", "app/x.py", "flask.Flask"]


def test_drift_counts_the_changes_by_people_to_what_the_page_names(house: House) -> None:
    verdict = freshness(house.db, 1, "docs/deploy.md", DEPLOY)
    assert verdict.changed_time == seconds("2024-01-10")
    assert (verdict.drift, verdict.named, verdict.missing) == (2, ("app/json/provider.py",), ("app/servers.py",))


def test_the_past_knows_nothing_later(house: House) -> None:
    assert freshness(house.db, 1, "docs/deploy.md", DEPLOY, seconds("2024-03-02")).drift == 1


def test_symbols_lead_to_their_file_and_moved_paths_are_not_missing(house: House) -> None:
    verdict = freshness(
        house.db, 1, "README.md", "Call `create_store`; `app/provider.py` has it; `other/project.py` not."
    )
    assert (verdict.named, verdict.missing, verdict.drift) == (("create_store",), (), 1)


def test_a_page_without_history(house: House) -> None:
    verdict = freshness(house.db, 1, "docs/none.md", "`app/json/provider.py`")
    assert (verdict.changed_time, verdict.drift) == (None, 0)
