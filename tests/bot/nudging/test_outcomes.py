"""What meetings changed: by hand on a small team's history, with intervals that are known."""

from dataclasses import replace

import pytest

from bot.nudge import decide
from bot.nudging.gather import gather
from bot.nudging.outcomes import bootstrap, came_back, in_area, outcomes, wilson
from bot.reports.sections import sections
from knowledge.store.nudges import Nudges
from tests.bot.nudging.talking import DAY, nudge
from tests.bot.nudging.test_deciding import NOW, number
from tests.bot.nudging.test_deciding import house as house
from tests.teams import seconds

MEET = seconds("2024-03-10 10:00")


def test_coming_back_is_work_in_the_area_after_the_meeting(house):
    ada, bob = number(house, "Ada"), number(house, "Bob")
    assert came_back(house.db, 1, ada, "mail", "mail", MEET, MEET + 42 * DAY)  # on the eighteenth of March
    assert not came_back(house.db, 1, ada, "mail", "mail", MEET, MEET + 5 * DAY)
    assert not came_back(house.db, 1, ada, "mail", "mail", seconds("2024-03-18"), MEET + 42 * DAY)  # that very day
    assert not came_back(house.db, 1, bob, "billing", "billing", MEET, MEET + 84 * DAY)


@pytest.mark.parametrize(
    ("area", "key", "path", "inside"),
    [
        ("src", "src", "src/a/b.py", True), ("src", "src", "srcs/a.py", False), ("src", "src/.", "src/a.py", True),
        ("src", "src/.", "src/a/b.py", False), ("", ".", "README", True), ("", ".", "a/b", False),
        ("", "pack-*", "pack-write.c", True), ("", "pack-*", "unpack.c", False), ("x.py", "name:x", "x.py", True),
    ],
)  # fmt: skip
def test_what_belongs_to_an_area(area, key, path, inside):
    assert in_area(area, key)(path) is inside


def meetings(house, count, matches):
    """So many meetings in which Ada learnt `mail`, each a week of its own, all at the same time."""
    ada, bob = number(house, "Ada"), number(house, "Bob")
    store, made = Nudges(house.db), []
    with house.db.transaction() as tx:
        for table in ("nudge_people", "outbox_people", "outbox", "nudges", "rounds"):
            tx.run(f"DELETE FROM {table}")
    for at in range(count):
        one = nudge("share", (bob, ada), "mail", f"w{at}", MEET - 3 * DAY)
        made.append(replace(one, facts={"key": "mail", "matched": matches}))
        assert store.open_round(f"w{at}", MEET, approved=True, nudges=[made[-1]], entries=[])
        with house.db.transaction() as tx:
            assert store.save(tx, replace(made[-1], state="happened", meet_time=MEET))


def test_nothing_is_concluded_from_little(house):
    meetings(house, 0, [])
    assert outcomes(house.db, NOW).words == "Nobody has been brought together yet."
    meetings(house, 3, [])
    told = outcomes(house.db, NOW)
    assert (told.sent, told.happened, told.after_six.difference) == (3, 3, None)
    assert "it cannot be told yet" in told.after_six.words
    assert outcomes(house.db, MEET + 41 * DAY).after_six.words == "No meeting is 6 weeks old yet."


def test_what_was_put_off_until_later_went_out_too(house):
    """Ada said "later", and it is proposed again by now; another was decided and never said."""
    meetings(house, 1, [])
    ada, bob = number(house, "Ada"), number(house, "Bob")
    again, unsaid = (nudge("share", (bob, ada), "mail", week) for week in ("w8", "w9"))
    store = Nudges(house.db)
    assert store.open_round("w8", MEET, approved=True, nudges=[again], entries=[])
    assert store.open_round("w9", MEET, approved=True, nudges=[unsaid], entries=[])
    spoke = tuple(replace(party, time=MEET) if party.person == ada else party for party in again.parties)
    with house.db.transaction() as tx:
        assert store.save(tx, replace(again, parties=spoke))
    assert outcomes(house.db, NOW).sent == 2


def test_the_weekly_report_tells_what_it_changed(house):
    meetings(house, 0, [])
    assert "together" not in {one.key for one in sections(house.report(NOW))}
    meetings(house, 9, [{"key": "billing", "area": "billing", "person": number(house, "Cleo")}])
    (told,) = (one for one in sections(house.report(NOW)) if one.key == "together")
    assert told.lines[0].text.startswith("9 proposals went out, 0 were taken up, 9 led to a meeting. 6 weeks after")


def test_a_difference_is_told_with_its_interval_and_none_as_none(house):
    bob, cleo = number(house, "Bob"), number(house, "Cleo")
    meetings(house, 9, [{"key": "billing", "area": "billing", "person": cleo}])
    told = outcomes(house.db, NOW).after_six
    assert (told.met.yes, told.met.number, told.matched.yes, told.difference, told.low, told.high) == (
        9,
        9,
        0,
        1.0,
        1.0,
        1.0,
    )
    assert told.words.startswith(
        "6 weeks after a meeting, 100 % of 9 had worked there again; of 9 like cases without one, 0 %: more"
    )
    meetings(
        house,
        9,
        [{"key": "mail.", "area": "mail", "person": cleo}],
    )
    told = outcomes(house.db, NOW).after_twelve
    assert (told.difference, told.matched.share) == (0.0, 1.0)
    assert "no difference that is sure" in told.words
    # A match whose person was brought together meanwhile is none.
    meetings(house, 9, [{"key": "billing", "area": "billing", "person": bob}])
    assert outcomes(house.db, NOW).after_six.difference is None


def test_matches_are_chosen_with_the_proposal_and_are_not_in_the_round(house):
    meetings(house, 0, [])
    made = decide(gather(house.db, house.nudging().team, NOW))
    busy = {p for one in made.proposals for p in one.candidate.people}
    for one in made.proposals:
        for match in one.nudge.facts.get("matched", ()):
            assert match["key"] != one.candidate.key
            assert match["person"] not in busy
    assert any(one.nudge.facts.get("matched") for one in made.proposals)


def test_intervals_by_hand():
    """Wilson for 9 of 10: (0.596, 0.982), as in Newcombe 1998."""
    assert wilson(9, 10)[2:] == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert wilson(0, 0) == (0, 0, 0.0, 1.0)
    low, high = bootstrap([0.0, 1.0] * 50)
    assert (low, high) == bootstrap([0.0, 1.0] * 50)
    assert (round(low, 1), round(high, 1)) == (0.4, 0.6)
