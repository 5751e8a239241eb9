"""The register's trajectories: what each week saw, and the mark that follows; and that it is kept without loss."""

import pytest

from knowledge.areas.objective import Objective, attained, trend
from knowledge.areas.register import Acceptance, Seen, advance, counted, end_of_week, judge, week_of
from knowledge.store import register
from knowledge.store.repos import Repos
from tests.teams import seconds

WEEK = 7 * 86_400
START = seconds("2026-01-05 09:00")  # a Monday


def weeks(line: str) -> list[Seen]:
    """`dim:1.0 dark:2.0 . lit` as one sight a week; `.` is a week without a report."""
    seen = []
    for number, word in enumerate(line.split()):
        if word == ".":
            continue
        state, _, risk = word.partition(":")
        time = START + number * WEEK
        holders = {"lit": (1, 2), "dim": (1,), "dark": (), "gone": ()}[state]
        seen.append(Seen(week_of(time), time, "src/auth", state, holders, len(holders), 5, float(risk or 0)))
    return seen


def marks(line: str) -> str:
    seen = weeks(line)
    found = [judge("src/auth", seen[: n + 1], None, seen[n].time) for n in range(len(seen))]
    return " ".join(risk.mark if risk else "-" for risk in found)


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ("lit lit lit", "- - -"),
        ("lit dim:1 dim:1 dark:2 dark:2", "- new same worse same"),
        ("dim:1 lit lit lit", "new better resolved resolved"),
        ("dim:1 lit lit dim:1", "new better resolved new"),
        ("dim:1 lit dim:1 dim:1 lit lit", "new better same same better resolved"),
        # flapping between two states is told once, not every week
        ("dim:1 dark:2 dim:1 dark:2 dim:1 dark:2", "new worse same same same same"),
        # a risk that creeps up is told when it has grown by a quarter, and then again a quarter later
        ("dim:1 dim:1.1 dim:1.2 dim:1.3 dim:1.4 dim:1.5 dim:1.63", "new same same worse same same worse"),
        ("dim:1 dim:1.3 dim:1 dim:1.3 dim:1", "new worse same same same"),
        # that fewer need it makes it no better; that somebody holds it again does
        ("dark:2 dark:1.5 dim:1", "new same better"),
        # missed weeks are no gap
        ("dim:1 . . dark:2 . lit . lit", "new worse better resolved"),
        ("dim:1 gone", "new resolved"),
    ],
)
def test_what_each_week_says(seen, said):
    assert marks(seen) == said


def test_nobody_is_troubled_by_what_nobody_needs_but_what_was_once_needed_stays():
    asleep = Seen("2026-W02", START, "attic", "dark", (), 0, 0, 0.4, matters=False)
    assert judge("attic", [asleep], None, START) is None
    once = asleep._replace(state="dim", holders=(1,), matters=True)
    later = asleep._replace(week="2026-W03", time=START + WEEK)
    assert judge("attic", [once, later], None, START + WEEK).mark == "worse"


def test_an_accepted_risk_is_quiet_until_its_end_or_until_it_is_darker():
    seen = weeks("dim:1 dim:1 dim:1 dim:1")
    accepted = Acceptance(START + 1, seen[3].time - 1, "Ada", "it will be deleted", 1)
    said = [judge("src/auth", seen[: n + 1], accepted, seen[n].time) for n in range(4)]
    assert [risk.mark for risk in said] == ["new", "accepted", "accepted", "new"]
    assert said[0].acceptance is None
    assert said[3].note == "its acceptance ended on 2026-01-26"
    darker = judge("src/auth", weeks("dim:1 dark:2"), accepted, START + WEEK)
    assert (darker.mark, darker.note) == ("worse", "it was accepted on 2026-01-05, and is darker now")


def test_the_register_is_the_same_after_the_same_report_and_follows_the_week():
    past = {"a": weeks("lit lit")}
    now = START + 2 * WEEK
    dim = {"a": Seen(week_of(now), now, "a", "dim", (1,), 1, 5, 1.0)}
    first = advance(past, dim, {}, week_of(now), now)
    again = advance({"a": [*past["a"], dim["a"]]}, dim, {}, week_of(now), now)
    assert first == again
    assert first[0].mark == "new"
    mended = {"a": dim["a"]._replace(state="lit", holders=(1, 2), time=now + 86_400)}
    assert advance({"a": [*past["a"], dim["a"]]}, mended, {}, week_of(now), now + 86_400) == []
    assert [r.mark for r in advance({"a": weeks("lit dim:1")}, {}, {}, week_of(now), now)] == ["resolved"]
    assert counted(first)["new"] == 1


def test_weeks_are_those_of_the_calendar():
    assert week_of(seconds("2026-01-01")) == "2026-W01"
    assert week_of(seconds("2027-01-02")) == "2026-W53"
    assert end_of_week("2026-W53") == seconds("2027-01-04 00:00")


def test_the_objective_counts_what_it_speaks_of():
    seen = {
        "a": weeks("lit")[0]._replace(critical=True),
        "b": weeks("dim:2")[0]._replace(critical=True),
        "c": weeks("dark:1")[0],
        "d": weeks("dark:9")[0]._replace(state="gone", critical=True),
    }
    assert attained(seen, Objective()) == (1, 2, ("b",))
    assert attained(seen, Objective(2, "all")) == (1, 3, ("b", "c"))
    assert attained(seen, Objective(1)).share == 1.0
    assert attained({}, Objective()).share == 1.0
    assert Objective().words == "every critical area has two active holders"
    assert Objective(1, "all").words == "every area has an active holder"
    past = {"a": weeks("dim lit"), "b": weeks("dim dim")}
    assert trend(past, Objective(2, "all"), ["2026-W02", "2026-W03", "2026-W09"]) == [
        ("2026-W02", 0.0),
        ("2026-W03", 0.5),
    ]


def test_it_is_kept_and_read_back(both_stores):
    repo = Repos(both_stores).register("shop", "/shop")
    seen = {"src/auth": weeks("lit dim:1.004")}
    risks = advance(seen, {}, {}, "2026-W04", START + 2 * WEEK)
    register.save(both_stores, repo, seen, [])
    kept = register.read_past(both_stores, repo, START + 9 * WEEK)
    assert kept.seen == {"src/auth": weeks("lit dim:1.0")}
    before = both_stores.read("SELECT * FROM risk_weeks ORDER BY week")
    register.save(both_stores, repo, {a: [s._replace(time=s.time + 60) for s in e] for a, e in seen.items()}, risks)
    assert both_stores.read("SELECT * FROM risk_weeks ORDER BY week") == before
    assert register.read_past(both_stores, repo, START).seen == {"src/auth": weeks("lit")}
    assert both_stores.read("SELECT area, mark FROM risks") == [("src/auth", "resolved")]


def test_accepting_and_taking_it_back(both_stores):
    repo = Repos(both_stores).register("shop", "/shop")
    wanted = Acceptance(START, START + WEEK, "Ada", "we drop it", 1)
    register.accept(both_stores, repo, "src/auth", "src/auth", wanted)
    assert register.read_past(both_stores, repo, START).acceptances == {"src/auth": wanted}
    assert register.read_past(both_stores, repo, START - 1).acceptances == {}
    later = wanted._replace(until=START + 2 * WEEK)
    register.accept(both_stores, repo, "src/auth", "src/auth", later)
    assert register.read_past(both_stores, repo, START).acceptances == {"src/auth": later}
    assert register.reopen(both_stores, repo, "src/auth") is True
    assert register.reopen(both_stores, repo, "src/auth") is False
    assert register.read_past(both_stores, repo, START).acceptances == {}
