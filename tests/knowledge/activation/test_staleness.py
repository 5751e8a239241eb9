"""Staleness in counted lines: day by day in a readable history, the same by every way, and monotone whatever comes."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Settings, StoreSettings
from bot.wiring import House
from indexers.pipeline import Silent
from knowledge.activation.batch import Wanted, rank_batch
from knowledge.activation.replay import Replay
from knowledge.activation.staleness import Survival, minutes_to_read, survival, together, uncounted
from knowledge.activation.standing import find_place
from knowledge.insight import how_somebody_knows, who_knows
from knowledge.people import Entry, Rules
from knowledge.store import people
from knowledge.store.doings import Change, Doings, read_doings
from knowledge.store.extent import Extent
from tests.teams import Team, seconds

NOW = seconds("2024-07-01")


def lines(first: int, last: int, word: str = "line") -> str:
    """So many lines, each of its own."""
    return "".join(f"{word} {n}\n" for n in range(first, last + 1))


def holiday(path: Path) -> Team:
    """Ada writes 100 lines of login and 50 of token, and goes on a holiday.

    01-01 Ada   app/login.py 100 lines, app/token.py 50
    01-10 Bob   replaces lines 1 to 20 of login.py
    01-20 bot   bumps 50 lines of login.py                       → makes nobody stale
    02-01 Cleo  moves login.py to auth.py and adds 25 lines
    02-10 Bob   adds app/new.py, 25 lines
    02-20 Cleo  writes auth.py anew, 125 other lines
    03-01 Bob   drops app/new.py
    03-10 Ada   is back: 5 lines in auth.py
    """
    team = Team(path / "team")
    old, mended = lines(1, 100), lines(1, 20, "mended") + lines(21, 100)
    bumped = mended.replace("line 5", "LINE 5").replace("line 6", "LINE 6")
    team.commit("Ada", "2024-01-01", "Begin", files={"app/login.py": old, "app/token.py": lines(1, 50)})
    team.commit("Bob", "2024-01-10", "Mend it", files={"app/login.py": mended})
    team.commit("renovate[bot] <bot@renovate.example>", "2024-01-20", "Bump", files={"app/login.py": bumped})
    team.commit(
        "Cleo", "2024-02-01", "Move", files={"app/login.py": None, "app/auth.py": bumped + lines(1, 25, "more")}
    )
    team.commit("Bob", "2024-02-10", "New", files={"app/new.py": lines(1, 25)})
    team.commit("Cleo", "2024-02-20", "Anew", files={"app/auth.py": lines(1, 125, "other")})
    team.commit("Bob", "2024-03-01", "Drop", files={"app/new.py": None})
    team.commit("Ada", "2024-03-10", "Back", files={"app/auth.py": lines(1, 120, "other") + lines(1, 5, "ada")})
    return team


GOLDEN = [  # date, of Ada: app/login.py (from February: app/auth.py), app/token.py, app
    ("2024-01-01", 0.0, 0.0, 0.0),
    ("2024-01-10", 0.2, 0.0, 0.2 * 100 / 150),
    ("2024-01-25", 0.2, 0.0, 0.2 * 100 / 150),
    ("2024-02-01", 1 - 2 * 0.64 * 0.8 / 1.44, 0.0, (1 - 2 * 0.64 * 0.8 / 1.44) * 125 / 175),
    ("2024-02-10", 1 - 2 * 0.64 * 0.8 / 1.44, 0.0, ((1 - 2 * 0.64 * 0.8 / 1.44) * 125 + 25) / 200),
    ("2024-02-20", 1.0, 0.0, (125 + 25) / 200),
    ("2024-03-01", 1.0, 0.0, 125 / 175),
    ("2024-03-10", 0.0, 0.0, 0.0),
]


def indexed(path: Path, team: Team, *, lines_too: bool = True, url: str = "") -> House:
    house = House(Settings(folder=path, store=StoreSettings(url)), None)
    steps = ("history", "lines") if lines_too else ("history",)
    house.senses.index(locations=(str(team.path),), steps=steps, progress=Silent(), now=NOW)
    return house


def of_ada(house: House, path: str, now: int) -> float:
    """Ada's staleness at a place, as an answer's reasons have it and as the replay has it."""
    ada, place = people.find(house.db, "Ada")[0].id, find_place(house.db, 1, path)
    assert place is not None
    replay = Replay(house.db, 1)
    replay.advance(now)
    node, number = place.nodes[-1], replay.people.index(ada)
    last = replay.trace(node, number).last
    single = read_doings(house.db, 1, place, now).changed_since(ada, last)[1]
    assert replay.staleness(node, number, last) == pytest.approx(single, abs=1e-9)
    return single


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_holiday_day_by_day(tmp_path: Path, engine: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres")() if engine == "postgres" else ""
    house = indexed(tmp_path, holiday(tmp_path), url=url)
    for date, login, token, app in GOLDEN:
        now = seconds(date)
        file = "app/login.py" if date < "2024-02" else "app/auth.py"
        found = (of_ada(house, file, now), of_ada(house, "app/token.py", now), of_ada(house, "app", now))
        assert found == pytest.approx((login, token, app), abs=1e-9), date


def test_the_present_says_the_same_as_the_replay_of_it(tmp_path: Path) -> None:
    """Up to each date a store of its own, at whose present the tables are asked instead of the past."""
    team = holiday(tmp_path)
    shas = team.git("rev-list", "--reverse", "HEAD").split()
    for date, login, _, app in GOLDEN[1:]:
        day = seconds(date)
        upto = [sha for sha in shas if int(team.git("show", "-s", "--format=%ct", sha)) <= day][-1]
        team.git("checkout", "-q", upto)
        house = indexed(tmp_path / date, team)
        file = "app/login.py" if date < "2024-02" else "app/auth.py"
        assert (of_ada(house, file, day), of_ada(house, "app", day)) == pytest.approx((login, app), abs=1e-9), date


def test_before_lines_are_counted_changes_count_by_their_number(tmp_path: Path) -> None:
    house = indexed(tmp_path, holiday(tmp_path), lines_too=False)
    assert of_ada(house, "app/auth.py", seconds("2024-02-20")) == pytest.approx(3 / 4)  # of 4 changes
    assert of_ada(house, "app", seconds("2024-02-20")) == pytest.approx(2 / 3)  # of 3 files
    assert of_ada(house, "app", seconds("2024-03-10")) == 0.0


def test_the_past_knows_nothing_of_the_future(tmp_path: Path) -> None:
    """Renamed, grown, rewritten and deleted afterwards: what was said of February stays what it was."""
    team = holiday(tmp_path)
    house = indexed(tmp_path, team)
    dates = [seconds(date) for date, *_ in GOLDEN]
    paths = ["app/login.py", "app/auth.py", "app/token.py", "app", ""]

    def said() -> list[object]:
        told: list[object] = [
            [(k.person.name, round(k.staleness, 9), k.why) for k in (*knows.people, knows.backup) if k]
            for date in dates
            for knows in [who_knows(house.db, 1, path, date) for path in paths]
        ]
        return [*told, *rank_batch(house.db, {"team": 1}, [Wanted(date, path) for date in dates for path in paths])]

    before = said()
    team.tell("2024-04-01 | Eve | Rename | app/auth.py > app/enter.py\n 2024-04-02 | Eve | Drop | -app/token.py")
    team.commit("Eve", "2024-04-03", "Grow", files={"app/enter.py": lines(1, 900), "app/login.py": lines(1, 300)})
    indexed(tmp_path, team)
    assert said() == before


# -- in words ---------------------------------------------------------------------------------------------------------


def told_of(house: House, who: str, path: str, now: int) -> str:
    knower = how_somebody_knows(house.db, 1, path, people.find(house.db, who)[0].id, now)
    assert knower is not None
    return knower.why


def test_fresh_but_stale_says_what_it_takes_and_whom_to_ask(tmp_path: Path) -> None:
    house = indexed(tmp_path, holiday(tmp_path))
    assert told_of(house, "Ada", "app/auth.py", seconds("2024-02-21")) == (
        "worked on it in 1 of the last 8 weeks; but 100 % was changed by others since"
        " (3 changes by Cleo Example and Bob Example, about 20 minutes to read)"
    )
    assert told_of(house, "Ada", "app/login.py", seconds("2024-01-12")) == (
        "worked on it in 1 of the last 8 weeks; 20 % changed by others since"
    )
    people.sync(house.db, Rules(entries=(Entry("Cleo", emails=("cleo@example.org",), opted_out=True),)))
    assert told_of(house, "Ada", "app/auth.py", seconds("2024-02-21")).endswith(
        "(3 changes by Bob Example and others, about 20 minutes to read)"
    )


def test_faded_but_not_stale_says_that_it_still_holds(tmp_path: Path) -> None:
    team = Team(tmp_path / "team").tell("""
        2023-01-01 | Ada | Begin | core.py old.py
        2023-01-02 | Ada | More  | core.py
        2023-01-03 | Ada | More  | core.py old.py
        2023-08-01 | Bob | Touch | other.py
        2024-06-01 | Bob | Comment | other.py
    """)
    team.commit("Ada", "2023-01-04", "Long", files={"core.py": lines(1, 100)})
    team.commit("Bob", "2024-05-01", "A line", files={"core.py": lines(1, 101)})
    house = indexed(tmp_path, team)
    assert told_of(house, "Ada", "core.py", NOW) == (
        "worked on it 4 times, last on 2023-01-04 (1 year ago); only 1 change by others since: what they knew still holds"
    )
    assert told_of(house, "Ada", "old.py", NOW).endswith("; unchanged by others since")  # twice is no knowing
    assert told_of(house, "Ada", "core.py", seconds("2023-02-01")).endswith("; unchanged by others since")
    assert how_somebody_knows(house.db, 1, "other.py", people.find(house.db, "Ada")[0].id, NOW) is None


def test_a_directory_is_read_two_years_back_and_says_so(tmp_path: Path) -> None:
    """Bob changed it after Ada and before the two years: it is not called unchanged, and no number is called all."""
    team = Team(tmp_path / "team").tell("""
        2020-01-01 | Ada | Begin | a/x.py a/y.py
        2020-01-02 | Ada | More  | a/x.py
        2020-01-03 | Ada | More  | a/x.py
        2021-01-01 | Bob | Other | a/x.py
    """)
    house = indexed(tmp_path, team)
    was = "worked on it 3 times, last on 2020-01-03 (4 years ago)"
    assert told_of(house, "Ada", "a", NOW) == f"{was}; unchanged by others in the last 2 years"
    team.commit("Bob", "2024-06-01", "Anew", files={"a/x.py": lines(1, 12, "other")})
    indexed(tmp_path, team)
    assert told_of(house, "Ada", "a", NOW) == (
        f"{was}; at least 57 % changed by others since (1 change, about 5 minutes to read)"
    )


# -- whatever comes ---------------------------------------------------------------------------------------------------

counted = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 200))
changes = st.lists(
    st.tuples(
        st.integers(1, 4), st.sampled_from([1.0, 1.0, 0.5, 0.02]), st.one_of(st.just((None, None, None)), counted)
    ),
    max_size=25,
)


def told(history: list[tuple[int, float, tuple[int | None, ...]]], *, is_dir: bool) -> Doings:
    """One change a day, the oldest first, of four files or of one."""
    whole, found = 0.0, []
    for day, (node, weight, (added, removed, after)) in enumerate(history, 1):
        whole += weight
        at = node if is_dir else 1
        found.append(Change(at, day, day, weight, "M", None, added, removed, after, 1.0 if is_dir else whole))
    weights = {1: 100.0, 2: 50.0, 3: 7.0} if is_dir else {1: 80.0}  # the fourth is gone
    return Doings(tuple(reversed(found)), {}, Extent(weights, sum(weights.values()), True), {}, is_dir, 0)


@given(changes, st.booleans())
def test_an_earlier_moment_never_gives_less(
    history: list[tuple[int, float, tuple[int | None, ...]]], is_dir: bool
) -> None:
    doings = told(history, is_dir=is_dir)
    values = [doings.of_others(9, moment).staleness for moment in range(len(history) + 1)]
    assert all(0.0 <= value <= 1.0 for value in values)
    assert all(later <= earlier + 1e-12 for earlier, later in itertools.pairwise(values))
    assert values[-1] == 0.0


@given(changes, st.integers(0, 25), st.booleans())
def test_more_changes_never_give_less(
    history: list[tuple[int, float, tuple[int | None, ...]]], moment: int, is_dir: bool
) -> None:
    values = [told(history[:n], is_dir=is_dir).of_others(9, moment).staleness for n in range(len(history) + 1)]
    assert all(later >= earlier - 1e-12 for earlier, later in itertools.pairwise(values))


def test_the_formula_is_what_a_diff_shows() -> None:
    """20 of 100 lines replaced: 40 of the 200 lines of both differ. Deleted, made new: all of them."""
    assert survival(1.0, 20, 20, 100) == Survival(0.8, 0.8)
    assert survival(1.0, 20, 20, 100).staleness == pytest.approx(0.2)  # type: ignore[union-attr]
    assert survival(1.0, 100, 0, 200).staleness == pytest.approx(100 / 300)  # type: ignore[union-attr]
    assert survival(1.0, 0, 30, 0).staleness == 1.0  # type: ignore[union-attr]
    assert survival(1.0, 30, 0, 30).staleness == 1.0  # type: ignore[union-attr]
    assert survival(0.0, 100, 100, 100) == Survival(1.0, 1.0)  # a listed reformatting
    assert survival(1.0, 0, 0, 0) == Survival(1.0, 1.0)  # a change of mode
    assert survival(1.0, None, None, None) is None
    assert together([uncounted(1.0, n) for n in (3, 4, 5)]).staleness == pytest.approx(3 / 5)


def test_reading_takes_round_times() -> None:
    asked = [(10, 1), (60, 4), (110, 10), (300, 3), (600, 20), (5_000, 50), (0, 0)]
    assert [minutes_to_read(*one) for one in asked] == [5, 20, 20, 60, 120, 960, 5]
