"""The tour of a small team's repository, as somebody gets it who joined today."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import PersonSettings, Settings
from bot.message import Message
from bot.wiring import House
from indexers.pipeline import Silent
from knowledge.store.asked import read_asked
from knowledge.store.newcomers import new_since
from tests.bot.house import NOW, Talk
from tests.teams import Team

STORE = '''"""Sessions."""


class SessionStore:
    """Where sessions live between requests."""

    def open_session(self, request):
        """Read the session cookie and check its signature."""
        return request.cookies

    def save_session(self, response):
        return response


def sign(value):
    """Sign a value with the key of the day."""
    return value


def check(value):
    """Check the signature of a value."""
    return value == sign(value)
'''
WEB = '''"""Pages."""

from core.store import SessionStore


def serve(request):
    """Answer one request of a browser."""
    store = SessionStore()
    return store.open_session(request)


def close(response):
    """End a session."""
    return SessionStore().save_session(response)


def again(request):
    return serve(request)


def twice(request):
    first = serve(request)
    return first, serve(request)


def ends(response):
    """Say goodbye."""
    return close(response)


def begins(request):
    """Say hello."""
    return serve(request)
'''
GUIDE = """# Sessions

Whoever shops has a session, and it lives in `SessionStore`, which stands in `core/store.py`. The store reads the cookie
of the browser, checks its signature and gives back what was kept in it since the request before.

## Rolling back a release

To roll back a release, run `make rollback` on the host. It takes the release before the present one and restarts the web
servers one after the other, so that nobody who shops loses a session while it goes on.
"""


def tell(path: Path) -> Team:
    """The story: Ada keeps the core, Bob the web that stands on it, and Bob made a small change last week."""
    team = Team(path / "shop")
    pad = "\n\ndef spare_{n}():\n    return {n}\n"
    team.commit("Ada", "2024-01-02", "Start the shop", files={
        "README.md": "# Shop\n\nA shop that keeps sessions. Read how sessions work, then run the tests once.\n",
        "core/store.py": STORE, "core/keys.py": "KEYS = {}\n" + pad.format(n=1), "core/days.py": pad.format(n=2),
        "web/pages.py": WEB, "web/forms.py": pad.format(n=3), "web/lists.py": pad.format(n=4),
        "tests/test_pages.py": "def test_pages():\n    assert 1\n", "tests/test_store.py": "def test_store():\n    assert 1\n",
        "tests/test_days.py": "def test_days():\n    assert 1\n",
        "docs/sessions.md": GUIDE, "docs/a.md": "# A\n\nNothing much.\n", "docs/b.md": "# B\n\nNothing much.\n",
    })  # fmt: skip
    team.tell("""
        2024-02-01 | Ada | Keep the days             | core/days.py core/store.py
        2024-03-01 | Bob | List the forms            | web/forms.py web/pages.py
        2024-04-01 | Ada | Turn the keys             | core/keys.py core/store.py
        2024-05-01 | Bob | Lists of pages            | web/lists.py web/pages.py
        2024-05-20 | Ada | Check twice               | core/store.py
        2024-06-01 | Bob | Say more about sessions   | docs/sessions.md
        2024-06-08 | Bob | Serve a page faster       | web/pages.py tests/test_pages.py
    """)
    return team


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    path = tmp_path_factory.mktemp("tour")
    people = (
        PersonSettings("Bob Example", ("bob@example.org",), team="web"),
        PersonSettings("Neu", ("neu@example.org",), team="web"),
    )
    house = House(Settings(folder=path, people=people), None)
    house.senses.index(locations=(str(tell(path).path),), steps=("history", "docs", "code"), progress=Silent(), now=NOW)
    return house


@pytest.fixture
def talk(house: House) -> Talk:
    with house.db.transaction() as tx:
        tx.run("DELETE FROM feedback")
        tx.run("DELETE FROM questions")
    return Talk(house)


def stops(message: Message) -> list[tuple[object, ...]]:
    found = []
    for one in message.data["areas"]:
        page, entry, person = one["page"], one["entry"], one["person"]
        found.append((one["title"], page["path"], f"{entry['path']}:{entry['line']}" if entry else "", person["name"]))
    return found


def test_areas_in_the_order_to_learn_them_each_with_a_page_a_line_and_a_person(talk: Talk) -> None:
    message = talk("I'm new here, where do I start?")
    assert message.intent == "knowledge"
    assert message.private
    assert message.text.startswith("Welcome to **shop**! Begin with `README.md`. Three areas to know first")
    assert stops(message) == [
        ("core", "docs/sessions.md", "core/store.py:4", "Ada Example"),
        ("web", "README.md", "web/pages.py:6", "Bob Example"),
        ("docs", "docs/sessions.md", "docs/a.md:1", "Ada Example"),
    ]
    web = message.data["areas"][1]
    assert web["needs"] == ["core"]
    assert not web["page"]["own"]
    assert "no page is about this area alone" in message.text
    assert "`core/store.py:4`, `SessionStore`: Where sessions live between requests" in message.text


def test_the_line_is_that_of_the_symbol(talk: Talk, house: House) -> None:
    entry = talk("tour").data["areas"][0]["entry"]
    root = Path(house.db.read("SELECT location FROM repos")[0][0])
    assert (root / entry["path"]).read_text().splitlines()[entry["line"] - 1] == "class SessionStore:"


def test_a_first_small_place(talk: Talk) -> None:
    message = talk("tour")
    first = message.data["first_place"]
    assert (first["path"], first["test"], first["person"]["name"]) == (
        "web/pages.py",
        "tests/test_pages.py",
        "Bob Example",
    )
    assert (
        "A change of the size to begin with: “Serve a page faster”, 7 days ago. **Bob Example** is active"
        in message.text
    )


def test_every_question_offered_has_an_answer(talk: Talk) -> None:
    asked = [one["text"] for one in talk("tour").data["questions"]]
    assert "how do I roll back a release?" in asked
    assert "where is `SessionStore` defined?" in asked
    assert "who knows `core/`?" in asked
    for question in asked:
        assert not Talk(talk.house, thread=question)(question).abstained, question


def test_a_question_is_chosen_by_its_number(talk: Talk) -> None:
    asked = [one["text"] for one in talk("tour").data["questions"]]
    at = asked.index("how do I roll back a release?") + 1
    assert "make rollback" in talk(str(at)).text


def test_one_area(talk: Talk) -> None:
    message = talk("show me around the web")
    assert message.text.startswith("Around `web`: 3 files, 4 changes within a year.")
    assert [one["path"] for one in message.data["files"]] == ["web/pages.py", "web/forms.py", "web/lists.py"]
    assert message.data["story"][0]["subject"] == "Serve a page faster"
    assert "**Ask** **Ada Example** and **Bob Example**, who are active here." in message.text
    assert message.private


@pytest.mark.parametrize(
    "words", ["tour core", "/lamp tour core", "give me a tour of core", "show me around core/", "tour `core`"]
)
def test_ways_to_ask_for_an_area(talk: Talk, words: str) -> None:
    assert talk(words).text.startswith("Around `core`")


def test_an_area_that_is_none(talk: Talk) -> None:
    assert talk("tour nowhere/at/all.py").abstained


def test_a_team_begins_with_what_it_works_on(house: House, talk: Talk) -> None:
    message = Talk(house, email="neu@example.org")("tour")
    web = next(one for one in message.data["areas"] if one["title"] == "web")
    assert (web["of_team"], web["changes"]) == (True, 3)
    assert "3 changes by your team within a year" in message.text


def test_nobody_is_sent_to_themselves_and_who_opted_out_is_not_named(house: House, talk: Talk) -> None:
    assert all(name != "Bob Example" for *_, name in [(s["person"] or {}).values() or ("",) for s in
               Talk(house, email="bob@example.org")("tour").data["areas"]])  # fmt: skip
    with house.db.transaction() as tx:
        tx.run("UPDATE people SET opted_out = 1 WHERE email = 'ada@example.org'")
    try:
        message = talk("tour")
        assert "Ada" not in message.text
        assert message.data["areas"][0]["person"] is None or message.data["areas"][0]["person"]["name"] != "Ada Example"
    finally:
        with house.db.transaction() as tx:
            tx.run("UPDATE people SET opted_out = 0 WHERE email = 'ada@example.org'")


def test_what_a_newcomer_asked_in_vain_is_marked(talk: Talk, house: House) -> None:
    question = "what is the wifi password of the Berlin office?"
    assert talk(question).abstained
    assert [one.new for one in read_asked(house.db, 0, NOW).questions] == [False]
    talk("tour")
    assert new_since(house.db, NOW) == {"terminal/tester": NOW}
    assert [one.new for one in read_asked(house.db, 0, NOW).questions if one.text == question] == [True]
