"""One person, many names; and who is no person at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.alike import suggestions
from knowledge.errors import Mistake
from knowledge.people import Entry, Identity, Rules, group, is_full_name, login, not_human, plain_name
from knowledge.store import people
from knowledge.store.database import Database
from knowledge.store.schema import open_store
from tests.knowledge.histories import fill


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    store = open_store(f"sqlite:///{tmp_path}/lamplighter.db")
    yield store
    store.close()


def identities(*pairs: str) -> list[Identity]:
    """`Name <address>` each, the earlier the busier."""
    return [
        Identity(n, pair.partition(" <")[0], pair.partition(" <")[2].rstrip(">"), commits=100 - n)
        for n, pair in enumerate(pairs, 1)
    ]


def grouped(*pairs: str, rules: Rules | None = None, aliases: dict | None = None) -> list[list[int]]:
    return [[i.id for i in one.identities] for one in group(identities(*pairs), rules or Rules(), aliases)]


@pytest.mark.parametrize(
    ("name", "email", "what"),
    [
        ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", "bot"),
        ("pytest bot", "pytestbot@gmail.com", "bot"),
        ("pre-commit-ci[bot]", "66853113+pre-commit-ci[bot]@users.noreply.github.com", "bot"),
        ("github-actions", "41898282+github-actions[bot]@users.noreply.github.com", "bot"),
        ("GitHub Action", "action@github.com", "bot"),
        ("Renovate Bot", "bot@renovateapp.com", "bot"),
        ("renovate-bot", "x@y.example", "bot"),
        ("Release", "release-bot@example.org", "bot"),
        ("bors", "bors@example.org", "bot"),
        ("Kubernetes Merge", "k8s-merge-robot@example.org", "bot"),
        ("Arpad Borsos", "arpad.borsos@example.org", ""),
        ("Robotic Arm", "robotic@example.org", ""),
        ("Ann Abbott", "abbott@example.org", ""),
        ("Jim Talbot", "jtalbot@example.org", ""),
        ("Robotics Team", "robotics@example.org", ""),
        ("Botond Kiss", "botond@example.org", ""),
        ("Claude", "noreply@anthropic.com", "AI agent"),
        ("Claude Sonnet 4.6", "x@y.example", "AI agent"),
        ("Copilot", "198982749+Copilot@users.noreply.github.com", "AI agent"),
        ("copilot-swe-agent[bot]", "x@users.noreply.github.com", "AI agent"),
        ("Cursor", "cursoragent@cursor.com", "AI agent"),
        ("Cursor AI", "ai@cursor.sh", "AI agent"),
        ("Cursor Grok 4.5", "grok@x.ai", "AI agent"),
        ("Claude Paroz", "claude@2xlibre.example", ""),
        ("Claude", "claude@example.fr", ""),
        ("Taylor Blau", "ttaylorr@openai.com", ""),
        ("Devin Jeanpierre", "devin@example.org", ""),
    ],
)
def test_bots_agents_and_humans_with_unlucky_names(name: str, email: str, what: str) -> None:
    assert not_human(name, email) == what


def test_the_config_adds_bots_and_excepts_humans() -> None:
    rules = Rules(bots=("*ci-runner*",), not_bots=("jan bot",))
    assert not_human("Jan Bot", "jan@example.org") == "bot"
    assert not_human("Jan Bot", "jan@example.org", rules) == ""
    assert not_human("CI", "ci-runner@example.org", rules) == "bot"


def test_names_and_logins() -> None:
    assert plain_name("  José   Núñez ") == plain_name("jose nunez") == "jose nunez"
    assert plain_name('"Randall S. Becker"') == "randall s becker"
    assert login("12345+Ada-L@users.noreply.github.com") == login("ada-l@users.noreply.github.com") == "ada-l"
    assert login("ada@example.org") == ""
    assert [is_full_name(n) for n in ("Ada Lovelace", "ada", "Your Name", "root user", "a@b c")] == [
        True, False, False, False, False,
    ]  # fmt: skip


def test_the_same_address_joins_whatever_its_case() -> None:
    assert grouped("Ada <ada@example.org>", "A. L. <ADA@example.org>", "Bob <bob@example.org>") == [[1, 2], [3]]


def test_an_address_that_many_share_joins_nobody() -> None:
    team = [f"{name} Smith <team@example.org>" for name in ("Ada", "Bob", "Cleo", "Dan")]
    assert grouped(*team) == [[1], [2], [3], [4]]
    assert grouped("Ada Smith <root@localhost>", "Bob Jones <root@localhost>") == [[1], [2]]


def test_noreply_addresses_join_by_login_and_the_same_full_name_joins() -> None:
    assert grouped("ada <ada@users.noreply.github.com>", "Ada L <7+ada@users.noreply.github.com>") == [[1, 2]]
    assert grouped("Ada Lovelace <a@one.example>", "Ada Lovelace <b@two.example>") == [[1, 2]]
    assert grouped("octocat <o@one.example>", "Mona <5+octocat@users.noreply.github.com>") == [[1, 2]]
    assert grouped("Ada <a@one.example>", "Ada <b@two.example>") == [[1], [2]]  # one word is not enough


def test_namesakes_in_different_repositories_stay_two() -> None:
    one = Identity(1, "Wei Wang", "a@x.example", repos=frozenset({1}))
    other = Identity(2, "Wei Wang", "b@y.example", repos=frozenset({2}))
    assert len(group([one, other])) == 2
    assert len(group([one, other._replace(repos=frozenset({1, 2}))])) == 1


def test_the_mailmap_joins_and_keeps_namesakes_apart() -> None:
    aliases = {("ada", "old@x.example"): ("Ada Lovelace", "ada@example.org")}
    assert grouped("Ada Lovelace <ada@example.org>", "ada <old@x.example>", aliases=aliases) == [[1, 2]]
    apart = {
        ("Wei Wang", "a@x.example"): ("Wei Wang", "wei1@example.org"),
        ("Wei Wang", "b@y.example"): ("Wei Wang", "wei2@example.org"),
    }
    assert grouped("Wei Wang <a@x.example>", "Wei Wang <b@y.example>", aliases=apart) == [[1], [2]]


def test_the_reason_and_the_proper_name_are_kept() -> None:
    aliases = {("ada", "old@x.example"): ("Ada Lovelace", "ada@example.org")}
    found = group(
        identities("Ada Lovelace <ada@example.org>", "ada <old@x.example>", "AL <ADA@example.org>"), Rules(), aliases
    )
    assert found[0].why == {1: "", 2: "mailmap", 3: "same address"}
    assert (found[0].name, found[0].email) == ("Ada Lovelace", "ada@example.org")


def test_a_config_entry_joins_and_names() -> None:
    rules = Rules(entries=(Entry("Ada King", emails=("ada@work.example", "7+al@users.noreply.github.com")),))
    found = group(identities("al <7+al@users.noreply.github.com>", "Ada <ada@work.example>"), rules)
    assert [(g.name, g.email, len(g.identities)) for g in found] == [("Ada King", "ada@work.example", 2)]


def test_what_only_looks_alike_is_suggested_never_merged() -> None:
    found = group(
        identities(
            "Ada Lovelace <ada.lovelace@work.example>", "alove <ada.lovelace@home.example>", "A. Lovelace <x@y.example>"
        )
    )
    assert len(found) == 3
    assert {(s.first.id, s.second.id, s.why) for s in suggestions(found)} == {
        (1, 2, "both write as ada.lovelace@…"),
        (1, 3, "“A. Lovelace” may be short for the other name"),
    }


# -- the store --------------------------------------------------------------------------------------------------------

TEAM = """
    2024-01-01 | Ada Lovelace <ada@work.example>     | a.py
    2024-01-02 | Ada Lovelace <ada@home.example>     | a.py
    2024-01-03 | Bob Stone <bob@work.example>        | b.py
    2024-01-04 | dependabot[bot] <d@bots.example>    | b.py
"""


def names(db: Database) -> dict[str, int]:
    """Person id by address."""
    return dict(db.read("SELECT email, person_id FROM identities ORDER BY id"))


def test_a_mapping_run_is_incremental_and_keeps_ids(db: Database) -> None:
    fill(db, TEAM)
    assert people.sync(db) == people.PeopleSummary(people=2, identities=4, bots=1, new=3)
    before = names(db)
    assert before["ada@work.example"] == before["ada@home.example"] != before["bob@work.example"]
    assert db.read("SELECT why FROM identities WHERE email = 'ada@home.example'") == [("same full name",)]
    fill(db, "2024-02-01 | Bob Stone <bob@new.example> | b.py\n2024-02-02 | Cleo Ray <cleo@work.example> | c.py")
    assert people.sync(db).new == 1
    after = names(db)
    assert {email: after[email] for email in before} == before
    assert after["bob@new.example"] == before["bob@work.example"]
    assert people.sync(db).new == 0


def test_a_mailmap_change_remaps_without_losing_ids(db: Database) -> None:
    fill(db, TEAM)
    people.sync(db)
    before = names(db)
    joined = {("Bob Stone", "bob@work.example"): ("Ada Lovelace", "ada@work.example")}
    people.sync(db, aliases=lambda pairs: {p: joined.get(p, p) for p in pairs})
    assert names(db)["bob@work.example"] == before["ada@work.example"]
    people.sync(db)  # the line is taken out of .mailmap again
    after = names(db)
    assert after["ada@work.example"] == before["ada@work.example"]
    assert after["bob@work.example"] != after["ada@work.example"]


def test_config_flags_reach_the_people(db: Database) -> None:
    fill(db, TEAM)
    rules = Rules(
        entries=(
            Entry("Bob Stone", emails=("bob@work.example",), slack="U07", opted_out=True),
            Entry("Pat Manager", emails=("pat@work.example",), slack="U09"),
        )
    )
    people.sync(db, rules)
    bob = people.find(db, "bob@work.example")[0]
    assert bob.opted_out
    assert not bob.reachable(0)
    assert people.by_chat(db, "slack", "U07") == bob
    pat = people.by_chat(db, "slack", "U09")
    assert pat is not None
    assert pat.name == "Pat Manager"  # no commit yet, and known all the same
    count = db.read("SELECT COUNT(*) FROM people")
    people.sync(db, rules)
    assert db.read("SELECT COUNT(*) FROM people") == count


def test_merges_and_splits_by_hand_survive_the_next_run(db: Database) -> None:
    fill(db, TEAM)
    people.sync(db)
    ids = names(db)
    people.merge(db, ids["ada@work.example"], ids["bob@work.example"])
    people.sync(db)
    assert names(db)["bob@work.example"] == ids["ada@work.example"]
    home = db.read("SELECT id FROM identities WHERE email = 'ada@home.example'")[0][0]
    made = people.split(db, home)
    people.sync(db)
    assert names(db)["ada@home.example"] == made != ids["ada@work.example"]
    with pytest.raises(Mistake, match="no two people"):
        people.merge(db, made, 999)


def test_chat_accounts_that_nobody_is_linked_to_stay_visible(db: Database) -> None:
    fill(db, TEAM)
    people.sync(db)
    with db.transaction() as tx:
        for asker in ("U1", "U1", "U2"):
            tx.run("INSERT INTO questions (time, platform, asker) VALUES (1, 'slack', :a)", a=asker)
    assert people.unmapped(db) == [people.Unmapped("slack", "U1", 2), people.Unmapped("slack", "U2", 1)]
    assert people.by_chat(db, "slack", "U1", "BOB@work.example") == people.find(db, "bob stone")[0]


def test_people_are_found_by_parts_of_their_names(db: Database) -> None:
    fill(db, TEAM)
    people.sync(db)
    assert [p.name for p in people.find(db, "lovelace")] == ["Ada Lovelace"]
    assert [p.name for p in people.find(db, "Bob")] == ["Bob Stone"]
    assert people.find(db, "dependabot") == []
    assert people.find(db, "100%") == []


def test_the_mailmap_of_another_repository_is_remembered(db: Database) -> None:
    fill(db, TEAM)
    fill(db, "2024-01-09 | Cleo Ray <cleo@work.example> | x.py", repo="other")
    joined = {("Bob Stone", "bob@work.example"): ("Ada Lovelace", "ada@work.example")}
    people.sync(db, aliases=lambda pairs: joined, repo_id=1)
    people.sync(db, aliases=lambda pairs: {}, repo_id=2)
    assert names(db)["bob@work.example"] == names(db)["ada@work.example"]
    people.sync(db, aliases=lambda pairs: {}, repo_id=1)
    assert names(db)["bob@work.example"] != names(db)["ada@work.example"]


def test_an_address_that_the_mailmap_gives_to_several_people_joins_nobody(db: Database) -> None:
    """Patches of Ada, Bob and Cleo come in through one gateway, whose address the mailmap knows under all three."""
    names_of = ("Ada Lovelace", "Bob Stone", "Cleo Ray")
    fill(db, "\n".join(
        f"2024-01-0{n} | {name} via Gadget <gadget@list.example> | a.py\n2024-02-0{n} | {name} <{n}@work.example> | b.py"
        for n, name in enumerate(names_of, 1)
    ))  # fmt: skip
    aliases = {(f"{name} via Gadget", "gadget@list.example"): (name, f"{n}@work.example")
               for n, name in enumerate(names_of, 1)}  # fmt: skip
    people.sync(db, aliases=lambda pairs: aliases, repo_id=1)
    assert [len(people.find(db, name)) for name in names_of] == [1, 1, 1]
    assert len(set(names(db).values())) == 3
