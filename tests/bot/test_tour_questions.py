"""Questions out of headings and commit messages: those that read well, and none where they would not."""

from __future__ import annotations

import pytest

from bot.telling.tour_questions import how, why


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
