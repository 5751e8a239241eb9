"""The weekly report as a lead reads it: what it says, what it leaves out, and that it fits one screen."""

import json
import re

import pytest

from bot import cli
from bot.commands import moment
from bot.config import Settings
from bot.message import Asker
from bot.reports import html, markdown, text
from bot.reports.as_json import as_json
from bot.reports.message import details, write
from bot.reports.sections import headline, sections
from bot.reports.steps import propose
from bot.wiring import House
from knowledge.areas.health import AreaHealth
from knowledge.areas.register import Risk, Seen
from knowledge.asking.asked import Asked, Unanswered, unanswered
from knowledge.model import Person
from knowledge.pages import StalePage
from knowledge.store.questions import Questions
from tests.bot.house import Talk
from tests.bot.reporting import MONDAY, ask, opened, read, tell
from tests.teams import Team, seconds

DAY = 86_400


@pytest.fixture
def house(tmp_path):
    return opened(tmp_path)


def said(report, key):
    """The lines of one section, with their tags."""
    found = next((section for section in sections(report) if section.key == key), None)
    return [f"[{line.tag}] {line.text}" if line.tag else line.text for line in found.lines] if found else []


def entry(report, title):
    return next(one for one in as_json(report)["risks"] if one["title"] == title)


def test_a_first_report_is_useful_and_says_what_it_cannot_know(house):
    report = house.report(MONDAY)
    assert report.is_first
    assert entry(report, "src/auth")["why"].startswith("only Ada Example is active here")
    assert any("`src/auth`" in step.text and "**Ada Example**" in step.text for step in report.steps)
    last = said(report, "unknown")[-1]
    assert "This is the first report" in last
    assert "nobody has asked me anything in four weeks" in last
    out = text.write(report)
    assert len(out.splitlines()) <= 45
    assert max(map(len, out.splitlines())) <= 96


def test_the_register_remembers_and_says_what_got_better_with_thanks(house, tmp_path):
    first = house.report(MONDAY, keep=True)
    assert entry(first, "src/auth")["state"] == "dim"
    shop = Team(tmp_path / "team")
    for number in range(5):
        shop.tell(
            f"2024-06-{18 + number} | Dan + Ada | Learn {number} | src/auth/login.py src/auth/key.py src/auth/token.py"
        )
    shop.commit(
        "Cleo", "2024-06-20", "Deploying as it is", files={"docs/deploy.md": "# Deploying\n\nRun `make deploy`.\n"}
    )
    read(house, shop, MONDAY + 6 * DAY)
    later = house.report(MONDAY + 7 * DAY, keep=True)
    assert not later.is_first
    assert entry(later, "src/auth")["mark"] == "better"
    assert "[better] `src/auth` is lit with 2 active holders, it was dim." in said(later, "improved")
    assert "Thank you, **Dan Example**, for taking up `src/auth`." in said(later, "improved")
    assert later.attained.now.met == first.attained.now.met + 1
    calm = house.report(MONDAY + 14 * DAY, keep=True)
    assert entry(calm, "src/auth")["mark"] == "resolved"
    assert "src/auth" not in json.dumps(as_json(house.report(MONDAY + 21 * DAY, keep=True))["risks"])


def test_making_it_again_changes_nothing(house):
    one = house.report(MONDAY, keep=True)
    rows = (
        house.db.read("SELECT * FROM risk_weeks ORDER BY area, week"),
        house.db.read("SELECT * FROM risks ORDER BY area"),
    )
    assert as_json(house.report(MONDAY, keep=True)) == as_json(one)
    again = (
        house.db.read("SELECT * FROM risk_weeks ORDER BY area, week"),
        house.db.read("SELECT * FROM risks ORDER BY area"),
    )
    assert again == rows


def test_a_report_of_the_past_uses_nothing_later(house, tmp_path):
    then = seconds("2024-03-18 09:00")
    before = as_json(house.report(then))
    ask(house, "U1", "How do I get a key?")
    house.report(MONDAY, keep=True)
    shop = Team(tmp_path / "team")
    shop.tell("2024-06-18 | Eve | Poison | src/auth/login.py src/mail/smtp.py")
    read(house, shop, MONDAY + DAY)
    assert as_json(house.report(then)) == before


def test_questions_are_told_once_and_nobody_who_asked(house):
    ask(house, "U1", "How do I rotate the signing key?", days_ago=3)
    ask(house, "U2", "how to rotate signing keys", days_ago=2)
    ask(house, "U3", "What is my salary?", place="T1/D9")
    kept = ask(house, "U1", "Where are the cards listed?", page="docs/a.md")
    Questions(house.db).feedback(kept, "U1", "person", "", MONDAY - DAY)
    told = said(house.report(MONDAY), "unanswered")
    assert told == [
        "“how to rotate signing keys” (2 people, last on 2024-06-15)",
        "“Where are the cards listed?” (1 person, last on 2024-06-16, wants a person)",
        "And 1 asked in private.",
    ]
    assert "U1" not in json.dumps(as_json(house.report(MONDAY)))


def test_stale_pages_are_ranked_by_the_answers_that_rest_on_them(house):
    for number in range(3):
        ask(house, f"U{number}", f"How do I roll back number {number}?", page="docs/deploy.md")
    report = house.report(MONDAY)
    told = (
        "3 answers rested on it; it names `src/pay/old.py`, which is no longer there; 12 commits changed what it names"
    )
    assert said(report, "pages") == [f"`docs/deploy.md`: {told} since 2023-02-01, 6 of them in the last 90 days."]
    assert any(
        "Bring `docs/deploy.md` up to date (3 answers of late rested on it)" in line for line in said(report, "steps")
    )


def test_a_page_that_nobody_relies_on_is_told_only_while_its_code_moves(house):
    (_, page), *_ = house.report(MONDAY).pages
    assert (page.path, page.answers, page.recent) == ("docs/deploy.md", 0, 6)
    quiet = page._replace(missing=(), recent=0)
    assert not quiet.is_stale
    assert quiet._replace(answers=1).is_stale
    assert quiet._replace(missing=("src/pay/old.py",)).is_stale


def test_who_opted_out_is_nowhere(house):
    ask(house, "U1", "What did Cleo Example do to the mail?", days_ago=2)
    ask(house, "U2", "what did cleo do to mail")
    with house.db.transaction() as tx:
        tx.run("UPDATE people SET opted_out = 1 WHERE name = 'Cleo Example'")
        tx.run(
            "INSERT INTO events (kind, person_id, topic, time, weight, reference)"
            " SELECT 'taught', id, 'mail', :time, 1, '' FROM people WHERE name = 'Cleo Example'",
            time=MONDAY - DAY,
        )
    report = house.report(MONDAY, keep=True)
    for out in (json.dumps(as_json(report)), markdown.write(report, details=True), text.write(report, details=True)):
        assert "cleo" not in out.lower()
        assert "what did someone do to mail" in out


def test_a_risk_can_be_accepted_and_taken_back(tmp_path, monkeypatch, capsys):
    shop = tell(tmp_path)
    monkeypatch.chdir(shop.path)
    assert cli.main(["index", "--only", "history"]) == 0
    capsys.readouterr()
    days = {None: "2024-06-16"}  # the clock
    monkeypatch.setattr("bot.commands.report.moment", lambda said: moment(days.get(said, said)))
    asked = ["report", "accept", "src/auth"]
    assert cli.main(asked) == 1
    assert "--reason is missing. Say why" in capsys.readouterr().err
    assert cli.main([*asked, "--reason", "it will be bought", "--until", "2024-01-01"]) == 1
    assert "--until is missing or past" in capsys.readouterr().err
    assert cli.main([*asked, "--reason", "it will be bought", "--until", "2024-08-01", "--by", "Ada"]) == 0
    assert capsys.readouterr().out == "src/auth is accepted until 2024-08-01, or until it is darker than dim.\n"
    assert cli.main(["report", "--json", "--as-of", "2024-06-16"]) == 0
    told = {one["title"]: one for one in json.loads(capsys.readouterr().out)["risks"]}
    assert told["src/auth"]["mark"] == "accepted"
    assert told["src/auth"]["accepted"] == {
        "until": "2024-08-01",
        "by": "Ada",
        "reason": "it will be bought",
        "on": "2024-06-16",
    }
    days[None] = "2024-06-17"
    assert cli.main(["report", "reopen", "src/auth"]) == 0
    assert cli.main(["report", "reopen", "src/auth"]) == 1
    capsys.readouterr()
    assert cli.main([*asked, "--reason", "we move on", "--until", "2024-12-31", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["area"].endswith("src/auth")
    assert cli.main(["report", "accept", "src/aut"]) == 1
    assert "src/aut is no area at risk. Did you mean src/auth?" in capsys.readouterr().err
    assert cli.main(["report", "--week", "2024-W99"]) == 1
    assert "is no week. Write it as 2026-W12." in capsys.readouterr().err
    assert cli.main(["report", "--week", "2024-W24", "--format", "markdown"]) == 0
    assert capsys.readouterr().out.startswith("# Knowledge report 2024-W24: team\n\n")


def test_the_chat_shows_the_same_report(house):
    told = Talk(house)("how are we doing?", MONDAY)
    report = house.report(MONDAY)
    assert told.intent == "report"
    assert told.parts == write(report).parts
    assert headline(report) in told.text
    assert details(report) is None or "Details of 2024-W25" in details(report).text
    assert house.conversation().feedback(told.question_id, Asker("slack", "U1"), "helpful")


# -- the pure parts ---------------------------------------------------------------------------------------------------


def area(title, holders, follower, *, risk=1.0):
    people = {name: Person(ord(name), name, f"{name}@x") for name in "ABCDEFG"}
    health = AreaHealth(
        path=title, own=False, files=3, state="dim" if holders else "dark", holders=tuple(people[h] for h in holders),
        holders_ahead=0, next_in_line=people.get(follower), last_time=0, last_person="", changes=1, risk=risk, why="",
        step="",
    )  # fmt: skip
    return Risk(title, "same", 0, Seen("2024-W01", 0, title, health.state, risk=risk)), health


def test_no_two_steps_ask_the_same_person():
    steps = propose([area("a", "A", "B"), area("b", "A", "B"), area("c", "B", "C"), area("d", "C", "D")], [], [])
    assert [step.text for step in steps] == [
        "**A** shows **B** around `a`",
        "Decide about `b`: who learns it, or accept it until a date",
        "**C** shows **D** around `d`",
    ]
    asked = [person for step in steps for person in step.people]
    assert len(asked) == len(set(asked))


def test_who_is_alone_is_not_told_to_show_anybody_around():
    steps = propose([area("src/a", "A", ""), area("src/b", "A", ""), area("src/c", "", "A")], [], [], alone=True)
    assert [(step.text, step.effect, step.people) for step in steps] == [
        ("Write down what somebody who starts on `src/a` needs", "then it does not rest on one memory alone", set()),
        ("Look into `src/c` again", "`lamp refresh src/c` shows what moved", set()),
    ]


def test_a_team_of_one_is_not_told_to_find_somebody(tmp_path):
    """Ada alone, for a year."""
    team = Team(tmp_path / "solo")
    for month in range(1, 13):
        files = {f"src/pay/p{month % 3}.py": f"P = {month}\n"}
        team.commit("Ada", f"{2023 + (month < 6)}-{month:02}-01", f"Pay {month}", files=files)
    house = House(Settings(folder=tmp_path), None)
    read(house, team)
    report = house.report(MONDAY)
    assert report.alone
    told = text.write(report)
    assert "One person works here, so that no area can have two active holders; 1 of 1 area has one." in told
    assert "Write down what somebody who starts on src" in told
    assert "1 area is known by one person, as everything is in a team of one." in told
    for odd in ("who learns it", "shows", "Ada Example", "Not yet:"):
        assert odd not in told


def test_words_that_people_miss_are_a_step_of_their_own():
    missed = Unanswered("How do I rotate\nthe `key`?", 3, 2, 0, wants_person=False)
    stale = StalePage("docs/deploy.md", 4, 9, (), 0)
    steps = propose([area("a", "A", "B"), area("b", "C", "D"), area("c", "E", "F")], [missed], [stale])
    assert [step.text for step in steps] == [
        "**A** shows **B** around `a`",
        "**C** shows **D** around `b`",
        "Write the answer to “How do I rotate the 'key'?” on a page",
    ]
    assert [s.effect for s in propose([], [missed], [stale])] == [
        "2 people asked in vain",
        "4 answers of late rested on it",
    ]


def asked(number, text_, *, answered=False, verdicts=(), private=False, asker="U1"):
    return Asked(number, number, text_, answered, frozenset(verdicts), private, asker)


def test_a_matter_that_was_answered_later_is_settled():
    lost = asked(1, "how do I rotate the signing key?")
    found = asked(2, "how to rotate the signing key", answered=True)
    assert unanswered([lost, found]) == ([], 0)
    assert unanswered([lost, found._replace(verdicts=frozenset({"not"}))])[0][0].times == 2
    other = asked(3, "who deploys on fridays?", asker="U2")
    assert [one.text for one in unanswered([lost, other])[0]] == [other.text, lost.text]


def test_what_was_asked_in_private_by_one_person_is_not_quoted():
    secret = asked(1, "what about my visa?", private=True)
    assert unanswered([secret, asked(2, "what about my visa", private=True)]) == ([], 1)
    told, private = unanswered([secret, asked(2, "what about a visa?", private=True, asker="U2")])
    assert (told[0].people, private) == (2, 0)


def test_the_page_escapes_what_strangers_wrote_and_needs_nothing_from_elsewhere(house):
    ask(house, "U1", "Why <script>alert(1)</script> & `x` on 2024-01-02?")
    page = html.write(house.report(MONDAY), details=True, picture="cid:map")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in page
    assert "<script" not in page
    assert '<span style="white-space:nowrap">2024-06-16</span>' in page
    assert re.findall(r"https?://", page) == []
    assert page.count("<table") == page.count("</table>") > 0


def test_a_first_report_says_that_the_week_before_was_worked_out(house):
    first = house.report(MONDAY, keep=True)
    assert headline(first).endswith("; by the history, nothing changed in the last week.")
    assert headline(house.report(MONDAY + 7 * DAY)).endswith("; nothing changed since last week.")
    fresh = first._replace(compares=False)
    assert headline(fresh) == "1 of 3 areas is lit, 2 dim, 0 dark."


def test_what_was_resolved_did_not_get_better_once_more(house):
    entry = house.report(MONDAY).entries[0]
    done = entry._replace(risk=entry.risk._replace(mark="resolved"))
    better = entry._replace(risk=entry.risk._replace(mark="better"))
    report = house.report(MONDAY)._replace(improved=(done, better), is_first=False)
    assert headline(report).endswith("; 1 better and 1 resolved since last week.")


def test_the_areas_that_nobody_needs_are_counted_and_named_in_the_details(house):
    report = house.report(MONDAY)
    weak = [area.key for _, area in report.survey if area.state != "lit"]
    needed, *others = report.entries
    few = report._replace(entries=(needed,))
    told = "1 other is dim or dark, but nobody changed it or asked about it within a year."
    assert (len(weak), len(others)) == (2, 1)
    assert said(few, "risks")[-1] == told
    details = text.write(few, details=True)
    assert told not in details
    assert f"  - Dim or dark, but nobody changed it or asked about it within a year: {others[0].title}." in details


def test_details_do_not_count_what_they_list(house):
    report = house.report(MONDAY)
    many = report._replace(entries=report.entries * 4)
    assert "And 3 more risks." in text.write(many)
    assert "more risk" not in text.write(many, details=True)
    assert "more risk" not in markdown.write(many, details=True)


def test_a_repository_that_rests_is_told_so(house):
    idle = house.report(MONDAY + 500 * DAY)
    assert said(idle, "objective") == [
        "Every critical area has two active holders: no area counts, for nobody changed anything within a year."
    ]
    assert said(idle, "risks")[0] == "Nobody changed anything here within a year."
