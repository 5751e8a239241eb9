"""Names find their places in a real repository; what is nowhere is never guessed."""

import time

import pytest

from bot.config import Settings
from bot.wiring import House
from indexers.pipeline import Silent
from knowledge.asking.targets import Several, Target, Unknown
from knowledge.resolve import Resolver
from knowledge.store.schema import open_store
from tests.bot.house import opened
from tests.teams import Team, seconds


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return opened(tmp_path_factory.mktemp("resolve"))


@pytest.fixture(scope="module")
def resolver(house: House) -> Resolver:
    return Resolver(house.db, {"checkout": ("app/json", "web")}, {"service": "https://git.example.org/shop/service"})


@pytest.mark.parametrize(
    ("said", "kind", "name"),
    [
        ("app/json/provider.py", "file", "app/json/provider.py"),
        ("./app/json/provider.py", "file", "app/json/provider.py"),
        ("`provider.py`", "file", "app/json/provider.py"),
        ("APP/JSON/Provider.py", "file", "app/json/provider.py"),
        (r"app\json\provider.py", "file", "app/json/provider.py"),
        ("the json provider", "file", "app/json/provider.py"),
        ("app/json/", "directory", "app/json/"),
        ("the docs folder", "directory", "docs/"),
        ("app/sessions.py:4", "line", "app/sessions.py:4"),
        ("lines 4 to 9 of sessions.py", "line", "app/sessions.py:4-9"),
        ("app/sessions.py#L4-L9", "line", "app/sessions.py:4-9"),
        ("https://git.example.org/shop/service/blob/main/app/sessions.py#L4", "line", "app/sessions.py:4"),
        ("https://git.example.org/shop/service/-/blob/feature/x/app/sessions.py", "file", "app/sessions.py"),
        ("create_store()", "symbol", "create_store"),
        ("`SessionStore.open_session`", "symbol", "SessionStore.open_session"),
        ("open_session", "symbol", "SessionStore.open_session"),
        ("app.sessions.create_store", "symbol", "create_store"),
        ("service:app/sessions.py:4", "line", "app/sessions.py:4"),
        ("service:app", "directory", "app/"),
        ("app/sessions.py::create_store", "symbol", "create_store"),
        ("app/sessions.py:create_store", "symbol", "create_store"),
        ("service:app/sessions.py:SessionStore.open_session", "symbol", "SessionStore.open_session"),
        ("app/sessions.py: what does it do", "file", "app/sessions.py"),
        ("the session code", "file", "app/sessions.py"),
        ("the checkout", "topic", "checkout"),
        ("checkuot", "topic", "checkout"),
        ("the deploy docs", "file", "docs/deploy.md"),
        ("the session store", "symbol", "SessionStore"),
        ("open sessions", "symbol", "SessionStore.open_session"),
        ("open session documentation", "topic", "open session documentation"),
        ("how the moon turns", "topic", "how the moon turns"),
        ("service", "repository", "service"),
        ("the whole repository", "repository", "service"),
    ],
)
def test_names_that_are_somewhere(resolver: Resolver, said: str, kind: str, name: str) -> None:
    found = resolver.subject(said)
    assert isinstance(found, Target), found
    assert (found.kind, found.name) == (kind, name)


def test_several_places_are_asked_back_with_the_busiest_first(resolver: Resolver) -> None:
    found = resolver.subject("app.py")
    assert isinstance(found, Several)
    assert [t.path for t in found.choices] == ["web/app.py", "tools/app.py"]
    assert not found.loose


@pytest.mark.parametrize(
    ("said", "near"),
    [
        ("app/foo.py", ["app/"]),
        ("app/json/provder.py", ["app/json/provider.py", "app/json/"]),
        ("nothing_like_it.rb", []),
        ("elsewhere:app/sessions.py", ["app/sessions.py"]),
        ("app/json/provider.py::create_nothing", ["app/json/provider.py"]),
        ("app/json/provider.py:abc", ["app/json/provider.py"]),
        ("app.py:abc", ["web/app.py", "tools/app.py"]),
        ("https://elsewhere.example.org/shop/other/blob/main/app/sessions.py", []),
    ],
)
def test_names_that_are_nowhere(resolver: Resolver, said: str, near: list[str]) -> None:
    found = resolver.subject(said)
    assert isinstance(found, Unknown), found
    assert [t.name for t in found.near] == near


def test_old_paths_lead_to_where_the_file_is_now(resolver: Resolver) -> None:
    moved = resolver.subject("app/provider.py")
    assert isinstance(moved, Target)
    assert (moved.path, moved.asked, moved.alive) == ("app/json/provider.py", "app/provider.py", True)
    gone = resolver.subject("app/servers.py")
    assert isinstance(gone, Target)
    assert (gone.path, gone.alive) == ("app/servers.py", False)


def test_a_hundred_thousand_paths_cost_little(tmp_path) -> None:
    db = open_store(f"sqlite:///{tmp_path}/big.sqlite")
    with db.transaction() as tx:
        tx.run("INSERT INTO repos (id, name) VALUES (1, 'big')")
        rows = ((1, f"pkg{n % 300}/part{n % 70}/module_{n}.py", 0, 1) for n in range(100_000))
        tx.insert("nodes", "repo_id, path, is_dir, alive", rows)
    resolver = Resolver(db)
    began = time.process_time()
    found = resolver.subject("module_77777.py")
    took = time.process_time() - began
    assert isinstance(found, Target)
    assert found.path == "pkg77/part7/module_77777.py"
    assert took < 0.5


def test_a_file_that_is_all_dot_and_name_is_a_place():
    from knowledge.asking.mentions import mentions

    assert [(m.kind, m.raw) for m in mentions("who last touched .mailmap? ...and so on. Or .gitignore:3")][3:4] == [
        ("file", ".mailmap")
    ]
    assert [m.raw for m in mentions("wait ...what .gitignore:3") if m.is_code] == [".gitignore:3"]


def test_a_directory_at_the_top_is_meant_by_its_name_whatever_else_has_the_word(tmp_path) -> None:
    """`refs/` beside refs.c, docs of it and a fixture; "the refs docs" are about its pages all the same."""
    shop = Team(tmp_path / "shop")
    files = {
        "refs/files.c": "int a;\n", "refs.c": "int b;\n", "builtin/refs.c": "int c;\n", "Documentation/refs.md": "# Refs\n",
        "Documentation/api.md": "# API\n", "contrib/Documentation/a.md": "# A\n",
    }  # fmt: skip
    shop.commit("Ada", "2024-03-01", "Start", files=files)
    house = House(Settings(folder=tmp_path), None)
    house.senses.index(locations=(str(shop.path),), steps=("history",), progress=Silent(), now=seconds("2024-06-01"))
    names = Resolver(house.db)
    meant = {said: names.subject(said) for said in ("refs", "the refs code", "documentation", "the refs docs")}
    assert {said: one.path for said, one in meant.items() if isinstance(one, Target)} == {
        "refs": "refs", "the refs code": "refs", "documentation": "Documentation", "the refs docs": "Documentation/refs.md",
    }  # fmt: skip


def test_a_name_may_be_looked_up_without_what_else_is_meant(resolver: Resolver) -> None:
    found = resolver.place("create_stoer", ticked=True)
    assert isinstance(found, Unknown)
    assert [t.symbol for t in found.near] == ["create_store"]
    assert resolver.place("create_stoer", ticked=True, slips=False) == Unknown("create_stoer")
    assert resolver.place("create_store", ticked=True, slips=False) == resolver.place("create_store", ticked=True)
