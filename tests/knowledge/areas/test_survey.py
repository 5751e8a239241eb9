"""The health of areas, on a service whose repository tells everything: holders, trend, pages, owners, truck factors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config import AreaSettings, Settings
from bot.wiring import House
from indexers.pipeline import Silent
from knowledge.areas.away import while_away
from knowledge.areas.health import AreaHealth
from knowledge.areas.survey import repository_truck_factors, survey
from knowledge.areas.view import look
from knowledge.memory import DAY
from knowledge.store import studies
from knowledge.store.database import Database
from tests.knowledge.histories import fill
from tests.teams import Team, seconds

NOW = seconds("2024-06-30")

MONEY = "\n".join(["def pay(amount):", "    if amount:", "        return amount", ""] * 20)
GUIDE = "# Paying\n\nCalls `pay` of `src/pay/charge.py`, and once used `src/pay/legacy.py`.\n"
OWNERS = "* @org/everyone\n/src/pay/ @cleo\n"


def story(path: Path) -> Team:
    """Ann and Ben pay, Cleo (declared owner) has moved on, Dan alone ships, nobody searches any more.

    The guide was written in January and names src/pay/charge.py, which changed eight times since.
    """
    team = Team(path / "shop")
    start = {f"src/search/{n}.py": MONEY for n in "abc"} | {
        f"src/pay/{n}.py": MONEY for n in ("charge", "legacy", "refund", "tax")
    }
    start |= {f"src/ship/{n}.py": MONEY for n in "abcd"} | {f"docs/{n}.md": f"# {n}\n" for n in ("one", "two")}
    start |= {f"src/lib/{n}.py": "x = 1\n" for n in range(40)}
    team.commit("Cleo <7+cleo@users.noreply.github.com>", "2022-01-10", "Start", files={**start, "CODEOWNERS": OWNERS})
    team.commit(
        "Cleo <7+cleo@users.noreply.github.com>", "2024-01-05", "Write the guide", files={"docs/paying.md": GUIDE}
    )
    team.tell("2024-01-20 | Ann | Drop what is old | -src/pay/legacy.py")
    team.tell("2023-02-01 | Eve | Search better | src/search/a.py src/search/b.py")
    lines = [f"2024-0{m}-{d:02} | {who} | Pay {m}-{d} | src/pay/charge.py tests/test_charge.py"
             for m in (3, 4, 5, 6) for d, who in ((3, "Ann"), (17, "Ben"))]  # fmt: skip
    lines += [
        f"2024-0{m}-{d:02} | Dan | Ship {m}-{d} | src/ship/a.py src/ship/b.py" for m in (3, 4, 5, 6) for d in (5, 20)
    ]
    lines += [f"2024-06-{d:02} | Finn | Ship too {d} | src/ship/a.py" for d in (22, 24, 26, 28)]
    lines += ["2024-06-29 | renovate[bot] | Bump | src/search/c.py"]
    team.tell("\n".join(sorted(lines)))
    return team


def opened(path: Path, team: Team, **settings: object) -> House:
    house = House(Settings(folder=path, **settings), None)  # type: ignore[arg-type]
    house.senses.index(locations=(str(team.path),), steps=("history", "docs", "code"), progress=Silent(), now=NOW)
    return house


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Database:
    path = tmp_path_factory.mktemp("shop")
    area = AreaSettings("shipping", ("src/ship",), critical=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAMPLIGHTER_HOME", str(path / "home"))
        house = opened(path, story(path), areas=(area,))
        return house.db


@pytest.fixture(scope="module")
def found(shop: Database) -> dict[str, AreaHealth]:
    return {one.key: one for one in survey(shop, 1, NOW)}


def test_states_and_holders(found: dict[str, AreaHealth]) -> None:
    pay, ship, search = found["src/pay"], found["name:shipping"], found["src/search"]
    assert {p.name for p in pay.holders} == {"Ann Example", "Ben Example"}
    assert {p.name for p in ship.holders} == {"Dan Example", "Finn Example"}
    assert (search.state, search.holders, search.truck_factor_active) == ("dark", (), 0)
    assert search.last_person == "Eve Example"  # the bot of yesterday is nobody
    assert all(one.holders_in[0] >= one.holders_in[1] >= one.holders_in[2] for one in found.values())
    assert pay.truck_factor_active == len(pay.holders)
    assert pay.holders_ahead == pay.holders_in[1]


def test_names_kinds_and_what_the_config_says(found: dict[str, AreaHealth]) -> None:
    ship = found["name:shipping"]
    assert (ship.title, ship.name, ship.kind, ship.critical) == ("shipping", "shipping", "named", True)
    assert found["src/pay"].kind == "owned"
    assert found["src/search"].kind == "tree"


def test_the_declared_owner_is_told_apart_from_the_holders(found: dict[str, AreaHealth]) -> None:
    pay = found["src/pay"]
    assert pay.owners_declared == ("Cleo",)  # @cleo, by the noreply address
    assert "Cleo" not in {p.name for p in pay.holders}
    assert found["src/search"].owners_declared == ("@org/everyone",)


def test_demand_counts_people_only(found: dict[str, AreaHealth]) -> None:
    assert found["src/pay"].demand.changes == 8
    assert found["name:shipping"].demand.changes == 12
    assert found["src/search"].demand.changes == 0


def test_regeneration_knows_size_tests_and_pages(found: dict[str, AreaHealth]) -> None:
    pay = found["src/pay"].regeneration
    assert pay.lines == 79 + 8 + 2 * 79
    assert pay.tested == pytest.approx(1 / 3)  # charge.py, not tax.py nor refund.py
    assert pay.complexity == pytest.approx(1.0, abs=0.2)  # def, if, return, and a blank line that does not count
    assert pay.pages == 1
    assert found["src/search"].regeneration.tested == 0.0


def test_a_page_is_behind_when_what_it_names_moved_on_or_went(found: dict[str, AreaHealth]) -> None:
    (page,) = found["src/pay"].drifted_pages
    assert (page.path, page.changes, page.missing) == ("docs/paying.md", 8, ("src/pay/legacy.py",))
    assert page.changed_time == seconds("2024-01-05")
    assert [p.path for p in found["docs"].drifted_pages] == ["docs/paying.md"]  # where it lies as well


def test_every_factor_has_words_and_the_risk_is_made_of_them(found: dict[str, AreaHealth]) -> None:
    for one in found.values():
        value = {f.name: f.value for f in one.factors if f.of == "risk"}
        assert one.risk == pytest.approx(value["holders"] * value["demand"] * (0.5 + 0.5 * value["regeneration"]))
        assert all(factor.words and 0 <= factor.value <= 1 for factor in one.factors)
    assert found["src/search"].risk == 0.0  # nobody needs it
    assert not found["src/search"].matters


def test_the_trend_looks_four_weeks_back(found: dict[str, AreaHealth]) -> None:
    """Finn came to the shipping in June: before, it hung on Dan."""
    ship = found["name:shipping"]
    assert (ship.trend, ship.trend_words) == ("better", "dim 4 weeks ago")
    assert (found["src/search"].trend, found["src/search"].trend_words) == ("same", "as 4 weeks ago")


def test_truck_factors_of_the_repository(shop: Database) -> None:
    assert repository_truck_factors(look(shop, 1, NOW)) == (1, 4)


def test_a_kept_study_says_the_same_as_a_new_one(shop: Database) -> None:
    kept = survey(shop, 1, NOW)
    with shop.transaction() as tx:
        tx.run("DELETE FROM meta WHERE key LIKE 'area study%'")
    assert survey(shop, 1, NOW) == kept


def test_the_past_is_told_from_nothing_later(tmp_path: Path) -> None:
    """The same survey of 2024-05-15, before and after a month in which everything changed."""
    then = seconds("2024-05-15")
    team = story(tmp_path)
    house = opened(tmp_path, team)
    before = survey(house.db, 1, then)
    plans = [while_away(house.db, 1, person, then) for person in range(1, 6)]
    team.tell("""
        2024-07-01 | Mallory | Take over | src/pay/charge.py src/search/a.py > src/search/z.py docs/paying.md CODEOWNERS
        2024-07-02 | Mallory | Sweep     | -src/ship/a.py -src/ship/b.py src/new/a.py src/new/b.py src/new/c.py
    """)
    house.senses.index(
        locations=(str(team.path),), steps=("history", "docs", "code"), progress=Silent(), now=NOW + 9 * DAY
    )
    assert [rounded(one) for one in survey(house.db, 1, then)] == [rounded(one) for one in before]
    assert [rounded(while_away(house.db, 1, person, then)) for person in range(1, 6)] == [rounded(p) for p in plans]
    assert {p.name for one in before for p in one.holders} == {"Ann Example", "Ben Example", "Dan Example"}
    assert all(one.drifted_pages == () and one.regeneration.pages is None for one in before)  # pages then are not kept
    assert "Mallory" in repr(survey(house.db, 1, NOW + 3 * DAY))


def rounded(value: object) -> str:
    """Representation with floats of nine digits, since sums in another order differ in the last."""
    return re.sub(r"\d+\.\d+", lambda match: f"{float(match.group()):.9f}", repr(value))


def test_both_stores_keep_rules_and_studies(both_stores: Database) -> None:
    fill(both_stores, "2024-02-01 | Ann | app/a.py app/b.py app/c.py CODEOWNERS")
    studies.set_owners(both_stores, 1, "CODEOWNERS", "/app/ @ann")
    stamped = studies.stamp(both_stores, 1, 20_000, "x")
    assert studies.stamp(both_stores, 1, 20_001, "x") != stamped
    studies.keep(both_stores, 1, stamped, {"areas": {}, "truck_factor": 3})
    assert studies.recall(both_stores, 1, stamped) == {"areas": {}, "truck_factor": 3}
    assert studies.recall(both_stores, 1, "other") is None
    assert studies.rules(both_stores, 1, NOW).owners.owners_of("app/a.py") == ("@ann",)
    assert studies.rules(both_stores, 1, seconds("2024-01-01")).owners.rules == ()  # it came later
    assert [one.key for one in survey(both_stores, 1, NOW)] == ["app"]
