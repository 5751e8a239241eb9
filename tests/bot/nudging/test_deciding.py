"""Whom the bot would bring together in a small team, and why; decided from a real repository's history."""

from dataclasses import replace

import pytest

from bot.config import NudgeSettings, PersonSettings, Settings
from bot.etiquette import Recipient, Span
from bot.nudge import decide
from bot.nudging.candidates import candidates, unmatched
from bot.nudging.gather import gather
from bot.nudging.people import team_of
from bot.nudging.rounds import decision, hold_round, wording
from bot.wiring import House
from indexers.pipeline import Silent
from knowledge.areas.gains import expected_holders
from knowledge.store.nudges import Nudges
from knowledge.store.wishes import Wish, Wishes
from tests.teams import seconds, team

NOW = seconds("2024-06-11 10:00")
DAY = 86_400


def files(folder):
    return " ".join(f"{folder}/{name}.py" for name in ("one", "two", "three"))


STORY = f"""
    2023-10-02 | Ada  | Start billing            | {files("billing")}
    2023-10-09 | Bob  | Start mail               | {files("mail")}
    2023-10-16 | Cleo | Start search             | {files("search")}
    2023-11-06 | Bob  | Look into billing        | billing/one.py
    2024-01-15 | Ada  | Round prices             | billing/one.py billing/two.py
    2024-02-12 | Bob  | Queue mail               | mail/one.py
    2024-03-04 | Cleo | Rank hits                | search/one.py
    2024-03-18 | Ada  | Tell Bob about mail      | mail/two.py
    2024-04-15 | Cleo | Read mail                | mail/three.py
    2024-05-06 | Bob  | Send mail twice at most  | mail/one.py mail/two.py
    2024-05-13 | Ada  | Taxes                    | billing/three.py
    2024-06-03 | Cleo | Index by word            | search/one.py
    2024-06-04 | Cleo | Index by stem            | search/two.py
    2024-06-05 | Cleo | Forget stop words        | search/three.py
    2024-06-06 | Cleo | Explain hits             | search/one.py search/two.py
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deciding")
    told = team(folder, STORY)
    house = House(Settings(folder=folder), None, home=folder / "home")
    house.senses.index(locations=(str(told.path),), steps=("history",), progress=Silent(), now=NOW)
    return house


@pytest.fixture(scope="module")
def facts(house):
    return gather(house.db, house.nudging().team, NOW)


def name_of(house, number):
    return house.db.read("SELECT name FROM people WHERE id = :id", id=number)[0][0].split()[0]


def pairs(house, made):
    return {
        (one.candidate.kind, one.candidate.title, *(name_of(house, p) for p in one.candidate.people))
        for one in made.proposals
    }


def number(house, name):
    return house.db.read("SELECT id FROM people WHERE name LIKE :n", n=f"{name}%")[0][0]


def test_what_is_hot_is_shared_first_and_nobody_is_asked_twice(house, facts):
    made = decide(facts)
    assert {("share", "search", "Cleo")} <= {one[:3] for one in pairs(house, made)}
    people = [person for one in made.proposals for person in one.candidate.people]
    assert len(people) == len(set(people))
    assert {one.title: one.why for one in made.held}["billing"] == "its people are asked something else this week"
    assert decide(facts) == made  # the same facts, the same round, the same ids


def test_the_message_says_why_and_why_now_and_ends_in_a_question(house, facts):
    one = decide(facts).proposals[0]
    names = {p: name_of(house, p) for p in one.nudge.people}
    text = wording(house.nudging(), one, names).text
    assert "Cleo put 4 changes into `search` within the last two weeks" in text
    assert text.startswith("Hello, I am Lamplighter.")
    assert text.endswith("?")


def test_never_pair_me_decides_and_is_never_told(house, facts):
    cleo, learner = decide(facts).proposals[0].candidate.people
    refused = decide(replace(facts, never=frozenset({frozenset({cleo, learner})})))
    assert (cleo, learner) not in [one.candidate.people for one in refused.proposals]
    kept_apart = {frozenset({a, b}) for a in facts.members for b in facts.members if a != b}
    alone = decide(replace(facts, never=frozenset(kept_apart)))
    assert alone.proposals == ()
    assert {one.why for one in alone.held} <= {"no two people fit at the moment"}


def test_interest_brings_somebody_forward_and_leaves_no_trace_in_the_words(house, facts):
    cleo, first = decide(facts).proposals[0].candidate.people
    other = next(p for p in facts.members if p not in {cleo, first})
    made = decide(replace(facts, interests={other: ("search",)}))
    said = " ".join(str((one.candidate.words, one.candidate.reasons)) for one in made.proposals)
    assert "interest" not in said
    worth = {c.people: c.worth for c in candidates(facts) if c.key == "search"}
    keen = {c.people: c.worth for c in candidates(replace(facts, interests={other: ("search",)})) if c.key == "search"}
    assert keen[cleo, other] == pytest.approx(1.5 * worth[cleo, other])


def test_people_whose_days_do_not_meet_are_not_paired(house, facts):
    def there(member, zone):
        return member._replace(recipient=replace(member.recipient, zone=zone))

    zones = ("Europe/London", "Asia/Tokyo", "America/Los_Angeles")
    far = {p: there(m, zone) for (p, m), zone in zip(sorted(facts.members.items()), zones, strict=True)}
    assert decide(replace(facts, members=far)).proposals == ()


def test_a_hand_over_comes_before_everything_else(house, facts):
    cleo = number(house, "Cleo")
    away = facts.members[cleo]._replace(recipient=Recipient(cleo, "Cleo", away=(Span(NOW + 6 * DAY, NOW + 30 * DAY),)))
    made = decide(replace(facts, members={**facts.members, cleo: away}))
    first = made.proposals[0].candidate
    assert (first.kind, first.title, first.shows) == ("hand-over", "search", cleo)
    assert "In 6 days {shows} is away" in first.words["now"]


def test_pairs_that_met_are_left_alone_and_so_is_who_heard_of_it(facts):
    one = decide(facts).proposals[0].candidate
    assert one.people not in [c.people for c in candidates(replace(facts, met=frozenset({frozenset(one.people)})))]
    told = frozenset({(one.shows, one.key)})
    assert not [c for c in candidates(replace(facts, told=told)) if c.key == one.key and one.shows in c.people]


def test_good_news_stays_ahead(facts):
    worries = decide(replace(facts, spots=tuple(replace_fresh(s) for s in facts.spots), positive=0, others=3)).proposals
    assert [one.candidate.kind for one in worries] == ["re-light"]  # one, where there is no good news at all
    assert decide(replace(facts, spots=tuple(replace_fresh(s) for s in facts.spots), most=0)).proposals == ()


def replace_fresh(spot):
    return spot._replace(fresh={})


def test_a_round_is_kept_once_a_week_and_the_first_waits(house):
    made = hold_round(house.db, house.nudging(), NOW)
    assert made == decision(house.db, house.nudging(), NOW) or made.proposals
    assert hold_round(house.db, house.nudging(), NOW + 3600) is None
    store = Nudges(house.db)
    assert [(one.week, one.approved) for one in store.rounds()] == [("2024-W24", None)]
    assert {one.id for one in store.since(0)} == {one.nudge.id for one in made.proposals}


def test_expected_holders_by_hand():
    assert expected_holders([]) == 0.0
    assert expected_holders([0.5]) == 0.5
    assert expected_holders([0.5, 0.5]) == pytest.approx(1.0)
    assert expected_holders([1.0, 1.0, 1.0]) == 2.0
    assert expected_holders([0.5, 0.5, 0.5]) == pytest.approx(3 / 8 + 2 * (3 / 8 + 1 / 8))


def test_the_team_of_a_config(house):
    ada = PersonSettings("Ada Example", emails=("ada@example.org",), country="DE", hours="8-12")
    found = team_of(NudgeSettings(timezone="Europe/Berlin", budget=2), (ada,))
    from bot.nudging.people import recipients

    Wishes(house.db).wish(number(house, "Ada"), Wish("snooze", until=NOW + DAY), NOW)
    one = recipients(house.db, found, [number(house, "Ada")], NOW)[number(house, "Ada")]
    assert (one.country, one.hours.end, one.snoozed_until) == ("DE", 720, NOW + DAY)
    Wishes(house.db).take_back(number(house, "Ada"), "snooze")


def asked(house, text, asker, answer, at):
    from knowledge.store.questions import Questions

    Questions(house.db).record(
        time=at, platform="slack", place="T1/C1", thread=text, asker=asker, person_id=None, text=text, intent="knowledge",
        target={"repo_id": 1, "path": "search"}, abstained=not answer["evidence"], answer=answer, took_ms=1,
    )  # fmt: skip


def test_pages_that_answers_rest_on_and_questions_without_a_page(tmp_path):
    story = (
        STORY
        + """
    2024-01-10 | Ada | Explain search    | docs/search.md
    """
    )
    told = team(tmp_path, story)
    told.commit(
        "Ada",
        "2024-01-11",
        "Name the files",
        files={"docs/search.md": "# Search\n\nSee `search/one.py` and `search/two.py`.\n"},
    )
    told.commit("Cleo", "2024-06-07", "More", changes="search/one.py search/two.py")
    for day in ("08", "09", "10"):
        told.commit("Cleo", f"2024-06-{day}", "Yet more", changes="search/one.py")
    house = House(Settings(folder=tmp_path), None, home=tmp_path / "home")
    house.senses.index(locations=(str(told.path),), steps=("history", "docs"), progress=Silent(), now=NOW)
    page = {"evidence": [{"kind": "doc", "path": "docs/search.md"}], "people": []}
    nothing = {"evidence": [], "people": [{"email": "cleo@example.org"}]}
    for at, asker in enumerate(("U1", "U2", "U3")):
        asked(house, f"how is it indexed {at}", asker, page, NOW - DAY * (at + 1))
        asked(house, "how do we weigh synonyms", asker, nothing, NOW - DAY * (at + 1))
    found = {one.kind: one for one in candidates(gather(house.db, house.nudging().team, NOW)) if not one.learns}
    page_asked, to_write = found["page"], found["page-to-write"]
    assert (page_asked.area, page_asked.words["why"]) == ("docs/search.md", "3 answers of the last weeks rest on it")
    said = "It was last changed 5 months ago, and what it describes 8 times from then on"
    assert page_asked.words["now"] == said
    assert name_of(house, to_write.shows) == "Cleo"
    assert to_write.words["why"] == "3 people asked “how do we weigh synonyms”, 3 times in all"


@pytest.fixture(scope="module")
def growing(tmp_path_factory):
    """Ada holds billing, Bob worked there before he moved on to mail, and Nia came three weeks ago."""
    folder = tmp_path_factory.mktemp("growing")
    told = team(folder, f"""
        2020-06-02 | Ada | Start billing       | {files("billing")}
        2020-06-12 | Bob | Look into billing   | billing/one.py billing/two.py
        2020-07-04 | Bob | Round prices        | billing/two.py
        2020-08-08 | Bob | Price lists         | billing/three.py
        2020-09-05 | Bob | Start mail          | {files("mail")}
        2024-02-12 | Ada | Taxes               | billing/one.py
        2024-04-01 | Ada | Discounts           | billing/two.py
        2024-05-06 | Bob | Send mail twice     | mail/one.py mail/two.py
        2024-05-13 | Ada | More taxes          | billing/three.py
        2024-05-21 | Nia | Mail a page         | mail/three.py
        2024-05-28 | Nia | A first price       | billing/two.py
        2024-06-04 | Nia | Mail a price        | mail/one.py
        2024-06-05 | Bob | Mail it later       | mail/two.py
    """)  # fmt: skip
    house = House(Settings(folder=folder), None, home=folder / "home")
    house.senses.index(locations=(str(told.path),), steps=("history",), progress=Silent(), now=NOW)
    return house, gather(house.db, house.nudging().team, NOW)


def shown(house, facts, key):
    found = [one for one in candidates(facts) if one.kind == "newcomer" and one.key == key]
    return {name_of(house, one.shows): one for one in found}


def test_where_the_holder_is_taken_who_worked_there_before_shows_the_newcomer_around(growing):
    house, facts = growing
    ada, bob, nia = (number(house, name) for name in ("Ada", "Bob", "Nia"))
    # The model may take who is new for likelier to work there next than who moved on; they know less of it all the same.
    chances = {ada: 0.4, bob: 0.2, nia: 0.3}
    spots = tuple(one._replace(chances=chances) if one.health.key == "billing" else one for one in facts.spots)
    facts = replace(facts, spots=spots)
    both = shown(house, facts, "billing")
    assert sorted(both, key=lambda name: -both[name].worth) == ["Ada", "Bob"]  # the holder first
    busy = replace(facts, members={**facts.members, ada: facts.members[ada]._replace(open=1)})
    made = decide(busy)
    assert ("newcomer", "billing", "Bob", "Nia") in pairs(house, made)
    assert both["Bob"].words["now"] == "{shows} knows it and works nearby these weeks"


def test_who_is_left_over_hears_why(growing):
    house, facts = growing
    nia = number(house, "Nia")
    known = facts.members[nia]._replace(recipient=replace(facts.members[nia].recipient, met=True))
    listed = candidates(replace(facts, members={**facts.members, nia: known}))
    [left] = unmatched(replace(facts, members={**facts.members, nia: known}), listed, [])
    assert left.words == {"why": "whoever could show it is with somebody else this week"}
    keen = replace(facts, members={**facts.members, nia: known}, interests={nia: ("billing",)})
    [alone] = unmatched(keen, [], [])
    assert alone.words["why"].startswith("nobody who knows it has hours in common with you")
