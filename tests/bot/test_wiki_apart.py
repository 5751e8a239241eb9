"""A wiki that is a repository of its own, beside the code that its pages are about; and what the report tells of it."""

import pytest

from bot.config import RepoSettings, Settings, WikiSettings
from bot.reports.facts import brought_together
from bot.reports.together import together
from bot.wiki.drafting import Sketch
from bot.wiki.sources import of_request, of_session
from bot.wiring import House
from indexers.pipeline import Silent
from knowledge.store.requests import Request, Requests
from tests.bot.house import NOW, tell
from tests.bot.test_wiki import met, person
from tests.teams import Team

DAY = 86_400
PAGE = "---\nowner: ada@example.org\nlast_reviewed_on: 2024-05-01\n---\n\n# Home\n\nPages about the service.\n"


@pytest.fixture
def house(tmp_path):
    """The service's code and, as another repository, its wiki; changes wait on branches of the wiki's bare repository."""
    team = tell(tmp_path)
    pages = Team(tmp_path / "pages")
    pages.commit("Ada", "2024-05-01", "Begin", files={"docs/home.md": PAGE})
    pages.git("clone", "-q", "--bare", str(pages.path), str(tmp_path / "wiki.git"))
    repos = (RepoSettings(str(team.path), "service"), RepoSettings(str(tmp_path / "wiki.git"), "wiki"))
    house = House(Settings(folder=tmp_path, repos=repos, wiki=WikiSettings(repo=str(tmp_path / "wiki.git"))), None)
    house.team, house.pages = team, pages
    indexed(house)
    return house


def indexed(house):
    locations = (str(house.team.path), str(house.settings.folder / "wiki.git"))
    house.senses.index(locations=locations, steps=("history", "docs", "code"), progress=Silent(), now=NOW)


def merged(house, branch):
    """Somebody merges a branch of the wiki, and the index follows."""
    git = house.pages.git
    git("pull", "-q", "--no-edit", str(house.settings.folder / "wiki.git"), branch)
    git("push", "-q", str(house.settings.folder / "wiki.git"), "main")
    house.wiki.desk.tick(NOW + DAY)
    indexed(house)


def kept(house, sketch, *authors):
    desk = house.wiki.desk
    shown = desk.show(sketch, authors, NOW)
    return desk.carry(desk.keep(shown.draft).id, NOW), shown


def test_a_page_of_the_wiki_names_the_code_of_the_other_repository(house):
    sketch = Sketch("The cache", "It is cached.", ("app/json/provider.py:1", "app/gone.py", "docs/home.md"))
    _, shown = kept(house, sketch, person(house, "bob"))
    page = "\n".join(line[1:] for line in shown.diff.splitlines()[3:])
    assert page.startswith("---\nowner: bob@example.org\nlast_reviewed_on: 2024-06-15\n")
    assert page.endswith("# The cache\n\nIt is cached.\n\nIn the code:\n\n- `app/json/provider.py:1`")


def test_with_a_web_address_the_code_is_linked(house):
    service, wiki = house.settings.repos
    repos = (RepoSettings(service.location, service.name, web="https://git.example.org/service"), wiki)
    house = House(Settings(folder=house.settings.folder, repos=repos, wiki=house.settings.wiki), None)
    _, shown = kept(house, Sketch("The cache", "It is cached.", ("app/json",)))
    assert shown.diff.endswith("+- [`app/json`](https://git.example.org/service/blob/HEAD/app/json)")


def test_a_second_page_of_the_same_session_is_told_of_the_first(house):
    number = met(house, {"bob": "Decimals are cached in app/json/provider.py.", "cleo": "Cleared at each release."})
    sketch = of_session(house.db, number)
    desk = house.wiki.desk
    assert (desk.near(sketch), desk.on_its_way(sketch)) == (None, None)
    first, _ = kept(house, Sketch("How decimals are cached", sketch.text, sketch.links, sketch.sources, about=number))
    assert first.state == "pushed"
    assert desk.near(sketch) is None
    assert desk.on_its_way(sketch).title == "How decimals are cached"
    merged(house, first.branch)
    assert desk.on_its_way(sketch) is None
    near = desk.near(sketch)
    assert (near.path, near.why) == ("docs/how-decimals-are-cached.md", "has notes of this session already")


def test_a_page_that_says_it_under_another_title_is_found_by_its_text(house):
    first, _ = kept(house, Sketch("Housekeeping", "Decimals are cached by the provider and cleared at each release."))
    merged(house, first.branch)
    again = Sketch("About numbers", "Decimals are cached by the provider and cleared at each release.")
    near = house.wiki.desk.near(again)
    assert (near.path, near.why) == ("docs/housekeeping.md", "says much of this already")


def test_who_answered_a_question_is_an_author_of_its_page(house):
    bob = person(house, "bob").id
    Requests(house.db).add(Request("abc123", "where are decimals cached?", created=NOW, state="open"))
    house.asking.answer("abc123", bob, "In app/json/provider.py.", NOW)
    sketch = of_request(house.db, "abc123")
    assert (sketch.title, sketch.wrote) == ("Where decimals are cached", (bob,))


def test_the_report_tells_of_sessions_and_pages_and_of_what_waits(house):
    now = NOW
    assert together(house.db, now) == ()
    number = met(house, {"bob": "Decimals are cached.", "cleo": ""})
    first, _ = kept(house, of_session(house.db, number), person(house, "bob"))
    assert together(house.db, now) == (
        "1 session in the last seven days, on `app/json`, and what came of it was written down.",
        f"“Notes on 'app/json'” waits since 2024-06-15 for somebody to merge it (branch `{first.branch}`).",
    )
    merged(house, first.branch)
    landed = "New in the wiki: “Notes on 'app/json'” (`docs/notes-on-app-json.md`)."
    assert together(house.db, NOW + 2 * DAY)[-1] == landed
    assert together(house.db, NOW + 20 * DAY) == ()
    assert brought_together(house.db, now) == (
        "1 proposal went out, 1 was taken up, 1 led to a meeting. What a meeting changed is looked at six and twelve weeks"
        " later; none is as old yet."
    )
    report = house.report(NOW + 2 * DAY)
    assert landed in report.together
    assert not any("there is no wiki yet" in one for one in report.unknown)
