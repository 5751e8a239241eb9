"""Questions out of headings and commit messages: those that read well, and none where they would not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings
from bot.telling.tour_questions import how, why
from bot.wiring import House
from indexers.pipeline import Silent
from tests.bot.house import DEPLOY, NOW, Talk, tell


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Rolling Back a Release", "how do I roll back a release?"),
        ("How to add a page", "how do I add a page?"),
        ("Accessing Request Data", "how do I access request data?"),
        ("Run the Development Server", "how do I run the development server?"),
        ("Set up tools", "how do I set up tools?"),
        ("Creating requests that submit HTML forms", "how do I create requests that submit HTML forms?"),
        ("Can I use Scrapy with BeautifulSoup?", "can I use Scrapy with BeautifulSoup?"),
        ("Debug Mode", ""),
        ("Reporting hooks", ""),
        ("Breaking changes", ""),
        ("What about LOP names?", ""),
        ("Signing keys", "how do I sign keys?"),
        ("Usage", ""),
        ("Testing and debugging", ""),
        ("Querying basics", ""),
        ("Query basics", ""),
        ("Clear command", ""),
        ("Delete options", ""),
        ("Deploying: an overview", ""),
        ("Install dependencies", "how do I install dependencies?"),
        ("Clear the cache", "how do I clear the cache?"),
    ],
)
def test_headings(heading: str, question: str) -> None:
    made = how(heading, "a", "docs/x.md")
    assert (made.text if made else "") == question


@pytest.mark.parametrize(
    ("subject", "question"),
    [
        ("Drop start_requests() support. (#7490)", "why was the start_requests() support dropped?"),
        ("Deprecate Spider.log()", "why was Spider.log() deprecated?"),
        ("Removed CKAN references", "why were CKAN references removed?"),
        ("odb: introduce ODB transaction flags", "why were ODB transaction flags introduced?"),
        ("Drop an unreachable guard in UnitTestCase", "why was the unreachable guard dropped?"),
        ("Add A.b(), deprecate returning C", "why was A.b() added?"),
        ("add and use f_g()", ""),
        ("Remove one step from naming context", ""),
        ("Fix typo", ""),
        ("Add tests", ""),
    ],
)
def test_commit_messages(subject: str, question: str) -> None:
    made = why(subject, "a", "sha")
    assert (made.text if made else "") == question


def test_a_tour_offers_no_question_that_another_tour_would_answer(tmp_path: Path) -> None:
    """A heading "Getting started" once made a tour that asked for a tour that asked for a tour."""
    team = tell(tmp_path)
    page = (
        DEPLOY
        + "\n## Getting started\n\nRead `app/json/provider.py` and `app/sessions.py` first, then run the tests.\n"
    )
    team.commit("Ada", "2024-06-11", "Say how to begin", files={"docs/deploy.md": page})
    house = House(Settings(folder=tmp_path), None)
    house.senses.index(locations=(str(team.path),), steps=("history", "docs", "code"), progress=Silent(), now=NOW)
    told = Talk(house, thread="tour")("I'm new here, where do I start?")
    assert "fault" not in told.data
    assert "roll back" in told.text
    assert "get started" not in told.text
