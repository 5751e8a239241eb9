"""What is said of people by hand and in config.yaml: it holds, it survives every mapping run, and it can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.people.actions import Order, act
from knowledge import zones
from knowledge.errors import Mistake
from knowledge.model import FOREVER
from knowledge.people import Entry, Rules
from knowledge.store import merging, people, people_log
from knowledge.store.absences import absences, everybody_away
from knowledge.store.carrying import references
from knowledge.store.choosing import choose
from knowledge.store.database import Database, open_database
from knowledge.store.schema import MIGRATIONS, open_store, upgrade
from knowledge.store.tables import metadata
from knowledge.store.wishes import Wish, Wishes
from tests.knowledge.histories import fill, seconds

TEAM = """
    2024-01-01 | Ada Lovelace <ada@work.example>     | a.py
    2024-01-02 | Ada Lovelace <ada@home.example>     | a.py
    2024-01-03 | Bob Stone <bob@work.example>        | b.py
    2024-01-04 | Bobby <stone@home.example>          | b.py
"""
NOW = seconds("2024-06-15")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    store = open_store(f"sqlite:///{tmp_path}/lamplighter.db")
    fill(store, TEAM)
    people.sync(store)
    yield store
    store.close()


def do(db: Database, words: str, now: int = NOW, **more: str) -> str:
    """`away bob@work.example`, as on the command line; a `|` separates two people."""
    action, *rest = words.split(" ", 1)
    said = tuple(rest[0].split(" | ")) if rest else ()
    return act(db, Order(action, said, **more), now, "Lea (command line)").text


def held(db: Database) -> list[tuple[object, ...]]:
    return db.read("SELECT email, person_id, why, opted_out FROM identities ORDER BY id")


# -- days -------------------------------------------------------------------------------------------------------------


def test_days_begin_at_midnight_of_the_zone_even_when_the_clock_changes() -> None:
    assert zones.span("2026-08-03", "2026-08-14", "Europe/Berlin") == (1785708000, 1786744800)
    begins, ends = zones.span("2026-03-29", "2026-03-29", "Europe/Berlin")
    assert ends - begins == 23 * 3600
    assert zones.span("2026-08-03", "")[1] == FOREVER
    with pytest.raises(Mistake, match="comes before"):
        zones.span("2026-08-14", "2026-08-03")
    with pytest.raises(Mistake, match="no time zone"):
        zones.zone("Mars/Phobos")
    with pytest.raises(Mistake, match="no time zone"):
        zones.zone("../etc/passwd")


# -- away, left, back -------------------------------------------------------------------------------------------------


def test_somebody_is_reachable_but_for_the_days_away_at_any_time_that_is_asked_about(db: Database) -> None:
    do(db, "away bob@work.example", first="2024-08-03", last="2024-08-14")
    do(db, "away bob@work.example", first="2024-12-24", last="2025-01-02")
    do(db, "away bob@work.example", first="2024-12-24", last="2025-01-02")  # said twice, kept once
    bob = choose(db, "bob@work.example")
    told = {day: bob.reachable(seconds(day)) for day in ("2024-08-02", "2024-08-03", "2024-08-14", "2024-08-15")}
    assert told == {"2024-08-02": True, "2024-08-03": False, "2024-08-14": False, "2024-08-15": True}
    assert not bob.reachable(seconds("2025-01-01"))
    assert [a.first_day for a in absences(db, bob.id)] == ["2024-08-03", "2024-12-24"]
    assert [a.first_day for a in absences(db, bob.id, seconds("2024-09-01"), seconds("2025-01-01"))] == ["2024-12-24"]
    assert list(everybody_away(db, NOW)) == [bob.id]


def test_an_absence_follows_the_time_zone(db: Database) -> None:
    do(db, "away bob@work.example", first="2024-08-03", last="2024-08-03")
    assert do(db, "timezone bob@work.example | America/New_York").startswith("The days of Bob Stone begin")
    bob = choose(db, "bob@work.example")
    assert bob.absences == (
        (zones.begin("2024-08-03", "America/New_York"), zones.begin("2024-08-04", "America/New_York")),
    )
    assert bob.absences[0][0] - zones.begin("2024-08-03") == 4 * 3600


def test_who_is_back_is_back_from_today_on_and_was_away_before(db: Database) -> None:
    do(db, "away bob@work.example", first="2024-06-10")
    assert not choose(db, "bob@work.example").reachable(NOW)
    assert do(db, "back bob@work.example") == "Bob Stone is back."
    bob = choose(db, "bob@work.example")
    assert bob.reachable(NOW)
    assert not bob.reachable(seconds("2024-06-14"))  # as of a day in the past


def test_leaving_for_good_has_a_day_and_a_way_back(db: Database) -> None:
    do(db, "left bob@work.example", first="2024-07-01")
    bob = choose(db, "bob@work.example")
    assert (bob.has_left(seconds("2024-06-30")), bob.has_left(seconds("2024-07-01"))) == (False, True)
    do(db, "back bob@work.example")
    assert not choose(db, "bob@work.example").left


# -- the rule between config.yaml and a hand --------------------------------------------------------------------------


def test_what_is_said_by_hand_survives_every_later_run_and_config_wins_where_it_speaks(db: Database) -> None:
    do(db, "timezone bob@work.example | Asia/Tokyo")
    do(db, "link bob@work.example", slack="U1")
    do(db, "left bob@work.example", first="2024-07-01")
    said = "SELECT timezone, slack_id, has_left FROM people WHERE email = 'bob@work.example'"
    entry = Entry("Bob Stone", emails=("bob@work.example",), timezone="Europe/Berlin")
    people.sync(db, Rules(entries=(entry,)))
    assert db.read(said) == [("Europe/Berlin", "U1", 1)]
    assert "config.yaml says Europe/Berlin, and it wins" in do(db, "timezone bob@work.example | Asia/Tokyo")
    fill(db, "2024-02-01 | Cleo Ray <cleo@work.example> | c.py")
    people.sync(db)  # the entry is taken out of config.yaml again
    assert db.read(said) == [("Asia/Tokyo", "U1", 1)]


def test_absences_of_both_sides_add_up_and_config_takes_its_own_back(db: Database) -> None:
    do(db, "away bob@work.example", first="2024-08-01", last="2024-08-02")
    away = Entry("Bob Stone", emails=("bob@work.example",), away=(("2024-06-14", "2024-06-20"),))
    people.sync(db, Rules(entries=(away,)))
    bob = choose(db, "bob@work.example")
    assert [a.source for a in absences(db, bob.id)] == ["config", "hand"]
    with pytest.raises(Mistake, match=r"config\.yaml says that Bob Stone is away"):
        do(db, "back bob@work.example")
    people.sync(db)
    assert [a.source for a in absences(db, bob.id)] == ["hand"]


def test_an_opt_out_follows_every_name_and_no_later_run_takes_it_back(db: Database) -> None:
    do(db, "opt-out ada@work.example")
    apart = {("Ada Lovelace", "ada@home.example"): ("Ada King", "king@home.example")}
    people.sync(db, aliases=lambda pairs: apart)  # the mailmap tells her names apart
    ids = {row[1] for row in held(db) if str(row[0]).startswith("ada")}
    assert {row[0] for row in db.read("SELECT id FROM people WHERE opted_out = 1")} >= ids
    joined = {("Ada Lovelace", a): ("Bob Stone", "bob@work.example") for a in ("ada@home.example", "ada@work.example")}
    people.sync(db, aliases=lambda pairs: joined)  # and takes her for Bob
    assert choose(db, "bob@work.example").opted_out
    assert do(db, "opt-in bob@work.example") == "Bob Stone is named again."


def test_config_decides_over_opting_in(db: Database) -> None:
    people.sync(db, Rules(entries=(Entry("Bob Stone", emails=("bob@work.example",), opted_out=True),)))
    with pytest.raises(Mistake, match="opted out, and it wins"):
        do(db, "opt-in bob@work.example")


def test_somebody_whom_only_the_config_knew_stays_the_same_person_with_their_first_commit(db: Database) -> None:
    rules = Rules(entries=(Entry("Pat Manager", emails=("pat@work.example",), slack="U9"),))
    people.sync(db, rules)
    pat = people.by_chat(db, "slack", "U9")
    fill(db, "2024-02-01 | Pat <pat@work.example> | c.py")
    people.sync(db, rules)
    assert people.by_chat(db, "slack", "U9") == pat
    assert db.read("SELECT COUNT(*) FROM people WHERE name = 'Pat Manager'") == [(1,)]


# -- merging, splitting, undoing --------------------------------------------------------------------------------------


def test_no_column_that_points_at_a_person_can_be_forgotten() -> None:
    known = {(ref.table, ref.column) for ref in references()}
    assert {("identities", "person_id"), ("events", "person_id"), ("questions", "person_id"),
            ("absences", "person_id"), ("sayings", "person_id"), ("people_log", "person_id")} <= known  # fmt: skip
    for table in metadata.sorted_tables:
        for column in table.columns:
            if "person" in column.name and isinstance(column.type, sa.Integer):
                assert (table.name, column.name) in known, (
                    f"{table.name}.{column.name} needs a foreign key to people.id"
                )


def test_a_merge_carries_everything_and_undoing_it_carries_everything_back(both_stores: Database) -> None:
    db = both_stores
    fill(db, TEAM)
    people.sync(db)
    bob, bobby = choose(db, "bob@work.example").id, choose(db, "stone@home.example").id
    do(db, f"timezone {bob} | Asia/Tokyo")
    do(db, f"timezone {bobby} | Europe/Berlin")
    do(db, f"link {bobby}", slack="U7")
    do(db, f"away {bobby}", first="2024-08-01", last="2024-08-02")
    with db.transaction() as tx:
        tx.run("INSERT INTO events (kind, person_id, time) VALUES ('answered', :p, 5)", p=bobby)
        tx.run("INSERT INTO questions (time, person_id) VALUES (6, :p)", p=bobby)
    tables = sorted({ref.table for ref in references()} - {"people_log"})

    def pointing() -> dict[str, list[tuple[object, ...]]]:
        return {table: sorted(db.read(f"SELECT * FROM {table}"), key=repr) for table in (*tables, "people")}

    before = pointing()
    assert "takes it back" in do(db, f"merge {bob} | {bobby}")
    for ref in references():
        assert db.read(f"SELECT COUNT(*) FROM {ref.table} WHERE {ref.column} = :b", b=bobby) == [(0,)], ref
    merged = choose(db, str(bob))
    assert merged.absences == (zones.span("2024-08-01", "2024-08-02", "Asia/Tokyo"),)
    assert people.by_chat(db, "slack", "U7") == merged
    people.sync(db)
    assert {row[1] for row in held(db) if "bob" in str(row[0]) or "stone" in str(row[0])} == {bob}
    do(db, "undo")
    assert pointing() == before
    people.sync(db)
    assert choose(db, "stone@home.example").id == bobby
    with pytest.raises(Mistake, match="no merge or split to undo"):
        do(db, "undo")


def test_a_split_can_be_undone_and_keeps_what_happened_in_between(db: Database) -> None:
    ada = choose(db, "ada@work.example").id
    number = db.read("SELECT id FROM identities WHERE email = 'ada@home.example'")[0][0]
    made = merging.split(db, number)
    do(db, f"away {made}", first="2024-08-01", last="2024-08-02")
    assert len(absences(db, made)) == 1
    people.sync(db)
    assert choose(db, "ada@home.example").id == made
    do(db, "undo")
    people.sync(db)
    assert choose(db, "ada@home.example").id == ada
    assert len(absences(db, ada)) == 1
    with pytest.raises(Mistake, match="is all that person"):
        merging.split(db, db.read("SELECT id FROM identities WHERE email = 'bob@work.example'")[0][0])


def test_an_opt_out_of_either_holds_for_both_until_the_merge_is_undone(db: Database) -> None:
    do(db, "opt-out stone@home.example")
    bob, bobby = choose(db, "bob@work.example").id, choose(db, "stone@home.example").id
    assert "holds for both" in do(db, f"merge {bob} | {bobby}")
    people.sync(db)
    assert choose(db, str(bob)).opted_out
    do(db, "undo")
    people.sync(db)
    assert (choose(db, str(bob)).opted_out, choose(db, str(bobby)).opted_out) == (False, True)


# -- whom, and the log ------------------------------------------------------------------------------------------------


def test_who_is_meant_is_asked_with_choices(db: Database) -> None:
    fill(db, "2024-02-01 | Bob Ray <ray@work.example> | c.py")
    people.sync(db)
    with pytest.raises(Mistake, match=r"“Bob” may be 3 people: .*Name one by their number"):
        do(db, "away Bob")
    with pytest.raises(Mistake, match="I know nobody by “Zed”"):
        do(db, "back Zed")
    do(db, "opt-out ray@work.example")
    with pytest.raises(Mistake, match="may be 2 people") as told:
        do(db, "away Bob")
    assert "Ray" not in str(told.value)
    assert choose(db, f"#{choose(db, 'ray@work.example').id}").email == "ray@work.example"


def test_a_chat_account_is_one_persons(db: Database) -> None:
    do(db, "link bob@work.example", slack="U1")
    with pytest.raises(Mistake, match="is that of person"):
        do(db, "link ada@work.example", slack="U1")
    do(db, "link bob@work.example", slack="")
    assert "Ada Lovelace is U1 in Slack" in do(db, "link ada@work.example", slack="U1")


def test_every_change_is_dated_and_signed_and_of_who_opted_out_only_that_they_did(db: Database) -> None:
    do(db, "away bob@work.example", first="2024-08-01", last="2024-08-02")
    do(db, "away ada@work.example", first="2024-08-01", last="2024-08-02")
    do(db, "opt-out ada@work.example")
    told = people_log.entries(db)
    assert [(e.time, e.said_by, e.action, e.words) for e in told] == [
        (NOW, "Lea (command line)", "opt-out", ""),
        (NOW, "Lea (command line)", "away", "from 2024-08-01 to 2024-08-02"),
    ]


def test_a_store_of_the_version_before_keeps_its_people(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    db = open_database(f"sqlite:///{tmp_path}/old.sqlite")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = db.url
    command.upgrade(config, "0002")
    with db.transaction() as tx:
        tx.run("INSERT INTO people (name, email, opted_out) VALUES ('Ada', 'ada@work.example', 1)")
        tx.run("INSERT INTO identities (name, email, person_id, why) VALUES ('Ada', 'a@b', 1, 'merged by hand')")
    db.close()
    upgrade(db)
    assert db.read("SELECT name, opted_out, left_time FROM people") == [("Ada", 1, 0)]
    assert db.read("SELECT why, opted_out FROM identities") == [("merged by hand", 0)]


def test_whoever_is_not_to_be_paired_with_one_is_not_paired_with_both(both_stores: Database) -> None:
    db = both_stores
    fill(db, TEAM)
    people.sync(db)
    ada, bob, bobby = (choose(db, w).id for w in ("ada@work.example", "bob@work.example", "stone@home.example"))
    Wishes(db).wish(ada, Wish("never-pair", str(bobby)), 1)
    do(db, f"merge {bob} | {bobby}")
    assert {one.subject for one in Wishes(db).of(ada)} >= {str(bob)}
