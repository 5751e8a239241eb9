"""The wiki as people meet it: an answer becomes a page that answers cite; reviews, digests, and what is said in chat."""

import json
from dataclasses import replace

import pytest

from bot import cli
from bot.config import RepoSettings, WikiSettings
from bot.message import Asker, Incoming
from bot.nudging.flow import Flow
from bot.nudging.people import team_of
from bot.nudging.runner import Runner
from bot.nudging.states import Sent
from bot.nudging.texts import load_texts
from bot.wiki.digest import Digest, digests, look
from bot.wiki.drafting import Sketch, Spot, from_session, from_thread, title_of, with_links
from bot.wiki.reviews import Owner, Page, day_in, review_days
from bot.wiki.saying import Wish, wish
from bot.wiki.sources import can_be_page, last_question, of_question, of_session
from bot.wiki.staleness import Facts, staleness
from indexers.pipeline import Silent
from knowledge.errors import Mistake
from knowledge.store.events import by_reference
from knowledge.store.finding import find
from knowledge.store.outbox import Outbox
from knowledge.store.wiki import Pages
from tests.bot.house import NOW, Talk, opened
from tests.bot.nudging.talking import FakeSender, Server, decided, nudge
from tests.teams import Team, seconds

DAY = 86_400


@pytest.fixture
def house(tmp_path):
    """The team's house; pages go straight to the branch of a bare repository that the service is cloned from."""
    house = opened(tmp_path, wiki=WikiSettings(repo=str(tmp_path / "bare.git"), folder="docs", merge="direct"))
    house.team = Team(tmp_path / "service")
    house.team.git("clone", "-q", "--bare", str(house.team.path), str(tmp_path / "bare.git"))
    return house


def met(house, notes, area="app/json"):
    """A session of these people (by name) that happened, and what each wanted written down; returns its id."""
    ids = [person(house, name).id for name in notes]
    one = nudge(pair=tuple(ids), area=area)
    decided(house.db, one)
    flow, meet = Flow(house.db), one.created + 3600
    flow.change(one.id, Sent(one.expires), one.created)
    for number in ids:
        flow.answer(one.id, number, "yes", one.created)
    flow.schedule(one.id, meet, one.created)
    for number, note in zip(ids, notes.values(), strict=True):
        flow.told(one.id, number, happened=True, note=note, now=meet + DAY)
    return one.id


def reindexed(house, tmp_path):
    house.team.git("pull", "-q", str(tmp_path / "bare.git"), "main")
    steps = ("history", "docs", "code")
    house.senses.index(locations=(str(house.team.path),), steps=steps, progress=Silent(), now=NOW)


def person(house, name):
    return find(house.db, f"{name}@example.org")[0]


# -- from an answer to a page to an answer ----------------------------------------------------------------------------


def test_from_a_question_to_a_page_to_the_answer_that_cites_it(house, tmp_path):
    talk = Talk(house)
    asked = talk("who can mint the quarterly vouchers?")
    assert "voucher" not in asked.text.lower().replace("vouchers?", "") or asked.abstained
    desk = house.wiki.desk
    sketch = Sketch("Minting quarterly vouchers", "Vouchers are minted with `make vouchers`, each quarter, by whoever"
                    " is on call. See `web/app.py`.", ("web/app.py",), (f"question {asked.question_id or 0}",))  # fmt: skip
    assert desk.near(sketch) is None
    shown = desk.show(sketch, [person(house, "dan")], NOW)
    done = desk.carry(desk.keep(shown.draft).id, NOW)
    assert (done.state, done.path) == ("merged", "docs/minting-quarterly-vouchers.md")
    facts = by_reference(house.db, f"wiki {done.id}")
    assert [(one.kind, one.person_id) for one in facts] == [("documented", person(house, "dan").id)]
    reindexed(house, tmp_path)
    told = Talk(house, "t2")("how are the quarterly vouchers minted?")
    assert "make vouchers" in told.text
    assert told.data["evidence"][0]["path"] == "docs/minting-quarterly-vouchers.md"


def test_an_answer_about_who_asked_becomes_no_page(house):
    kept = Talk(house)("how do I roll back a release?").question_id
    for n, said in enumerate(("I'm new here", "catch me up on app")):
        Talk(house, f"own {n}")(said)
    assert last_question(house.db) == kept
    assert [can_be_page(house.db, number) for number in (kept, kept + 1, kept + 2)] == [True, False, False]
    for number in (kept + 1, kept + 2):
        with pytest.raises(Mistake, match=f"the answer to question {number} is about who asked it. Name another"):
            of_question(house.db, number)


def test_a_page_that_says_it_already_is_offered_and_gets_a_section(house):
    number = Talk(house)("how do I roll back a release?").question_id
    sketch = of_question(house.db, number)
    assert sketch.title == "How to roll back a release"
    desk = house.wiki.desk
    near = desk.near(sketch)
    assert (near.path, near.why) == ("docs/deploy.md", "says much of this already")
    shown = desk.show(replace(sketch, title="Undoing it", text="Call it off."), [], NOW, near.path)
    assert "+## Undoing it\n+\n+Call it off." in shown.diff
    assert desk.near(replace(sketch, title="Deploying", text="x")).why == "has this title already"


def test_no_secret_and_nobody_who_opted_out_gets_into_a_page(house):
    from bot.people.actions import set_opted_out

    cleo = person(house, "cleo")
    set_opted_out(house.db, cleo, NOW, "test")
    text = "Cleo Example knows it. The key is AKIAIOSFODNN7REALKEY and https://me:s3cr3tpw9@host/x works."
    shown = house.wiki.desk.show(Sketch("Keys", text), [person(house, "cleo")], NOW)
    assert "Cleo" not in shown.diff
    assert "someone knows it" in shown.diff
    assert "s3cr3tpw9" not in shown.diff
    assert "password" in shown.redacted
    assert shown.draft.intent["authors"] == []


def test_saying_it_twice_is_one_draft(house):
    desk = house.wiki.desk
    first = desk.show(Sketch("Keys", "Turn them."), [person(house, "ada")], NOW).draft
    done = desk.carry(desk.keep(first).id, NOW)
    again = desk.keep(replace(first, created=NOW + 5))
    assert (again.state, again.sha) == ("merged", done.sha)
    with pytest.raises(Mistake, match="the page has no text"):
        desk.show(Sketch("Keys", " - "), [], NOW)


def test_an_edit_does_not_lose_what_others_wrote_meanwhile(house, tmp_path):
    desk = house.wiki.desk
    shown = desk.edit("docs/deploy.md", "# Deploying\n\nDifferently.\n", person(house, "ada"), NOW)
    kept = desk.keep(shown.draft)
    house.team.commit("Bob", "2024-06-15", "Bob writes", files={"docs/deploy.md": "# Deploying\n\nBob's.\n"})
    house.team.git("push", "-q", str(tmp_path / "bare.git"), "main")
    stuck = desk.carry(kept.id, NOW)
    assert (stuck.state, desk.versions(stuck).theirs) == ("conflict", "# Deploying\n\nBob's.\n")
    with pytest.raises(Mistake, match="changed by somebody else"):
        desk.retry(kept.id, NOW)
    done = desk.retry(kept.id, NOW, "# Deploying\n\nBoth.\n")
    assert done.state == "merged"
    assert desk.carrier.tree().read("docs/deploy.md") == "# Deploying\n\nBoth.\n"


def test_the_command_shows_keeps_and_lists(house, tmp_path, capsys, monkeypatch):
    config = tmp_path / "config.yaml"
    config.write_text(
        f"# Lamplighter\nrepos: [{{location: {tmp_path}/service}}]\nwiki: {{repo: {tmp_path}/bare.git}}\n"
    )
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(house.home))
    Talk(house)("how do I roll back a release?")

    def lamp(*words):
        code = cli.main(["wiki", *words, "--config", str(config)])
        return code, capsys.readouterr().out

    asking = ("new", "--from-question", "last", "--as", "ada@example.org", "--json")
    code, out = lamp(*asking)
    assert (code, json.loads(out)["near"]["path"]) == (2, "docs/deploy.md")
    code, out = lamp(*asking, "--new")
    kept = json.loads(out)
    assert (code, kept["state"], kept["path"]) == (0, "pushed", "docs/how-to-roll-back-a-release.md")
    assert lamp("retire", "deploy", "--as", "bob@example.org")[1].startswith(
        "Retiring `docs/deploy.md` waits on branch"
    )
    assert f"{kept['id']}  new docs/how-to-roll-back-a-release.md: pushed on lamplighter/" in lamp()[1]
    assert lamp("drop", kept["id"])[1].endswith("was given up: given up.\n")
    assert lamp("confirm", "nothing.md", "--as", "ada@example.org")[0] == 1


# -- reviews ----------------------------------------------------------------------------------------------------------


def test_staleness_is_age_times_drift_times_loss_of_experts():
    fresh = Facts(NOW, 100)
    assert staleness(fresh, NOW).score == 0
    due = staleness(fresh, NOW + 100 * DAY)
    assert (due.score, due.overdue_days, due.is_due) == (0.5 * 0.25 * 0.5, 0, True)
    moved = staleness(Facts(NOW, 100, drift=5, knew=4, know=2), NOW + 50 * DAY)
    assert moved.score == pytest.approx((1 - 0.5**0.5) * (0.25 + 0.75 * 0.5) * 0.75)
    assert moved.why == ("5 commits to the code it names since", "2 of 4 who knew this well are no longer at home in it",
                         "confirmed 50 days ago, wanted every 100 days")  # fmt: skip
    gone = staleness(Facts(NOW, 100, missing=("a/b.py",), knew=1), NOW + 60 * DAY)
    assert (gone.is_due, gone.why[0]) == (True, "it names `a/b.py`, which is gone")


@pytest.mark.parametrize(("said", "days"), [("6 months", 183), ("3 weeks", 21), (90, 90), ("1 year", 365), (None, 0), (True, 0), ("soon", 0)])  # fmt: skip
def test_review_in_is_read_as_people_write_it(said, days):
    assert review_days(said) == days
    assert day_in("2024-06-15") == NOW


def test_a_page_is_due_by_its_date_and_its_code_until_somebody_confirms(house):
    [page] = [one for one in house.wiki.due(NOW) if one.path == "docs/deploy.md"]
    assert page.stale.why[0] == "it names `app/servers.py`, which is gone"
    assert (page.owner.asked, page.owner.words) == (True, "Cleo Example")
    house.wiki.not_mine("docs/deploy.md", person(house, "cleo"))
    [page] = [one for one in house.wiki.due(NOW) if one.path == "docs/deploy.md"]
    assert page.owner.words == "Bob Example"
    house.wiki.confirm("docs/deploy.md", person(house, "bob"), NOW)
    house.wiki.confirm("docs/deploy.md", person(house, "bob"), NOW + 60)
    assert house.wiki.due(NOW + 60) == []
    assert [one.kind for one in by_reference(house.db, "page docs/deploy.md 2024-06-15")] == ["confirmed"]
    assert house.wiki.due(NOW + 200 * DAY)[0].stale.overdue_days == 17


def test_front_matter_says_whose_a_page_is_and_a_confirmation_goes_there(house, tmp_path):
    page = "---\ntitle: Keys\nowner: ada@example.org\nlast_reviewed_on: 2023-01-05\nreview_in: 3 months\n---\n\n# Keys\n\nTurn.\n"
    house.team.commit("Ada", "2024-06-14", "Keys", files={"docs/keys.md": page})
    house.team.git("push", "-q", str(tmp_path / "bare.git"), "main")
    house.wiki.desk.tick(NOW)
    [keys] = [one for one in house.wiki.due(NOW) if one.path == "docs/keys.md"]
    assert keys.owner == Owner("ada@example.org", person(house, "ada").id)
    draft = house.wiki.confirm("docs/keys.md", person(house, "ada"), NOW)
    assert house.wiki.desk.carry(draft.id, NOW).state == "merged"
    assert house.wiki.desk.carrier.tree().read("docs/keys.md") == page.replace("2023-01-05", "2024-06-15")
    assert house.team.git(f"--git-dir={tmp_path}/bare.git", "log", "-1", "--format=%an|%s", "main") == (
        "Ada Example|Confirm keys.md"
    )


# -- chat -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("confirm docs/deploy.md", Wish("confirm", "docs/deploy.md")),
        ("This page is still right.", Wish("confirm", "")),
        ("docs/deploy.md is still up to date", Wish("confirm", "docs/deploy.md")),
        ("please retire `docs/deploy.md`", Wish("retire", "docs/deploy.md")),
        ("docs/deploy.md is not mine", Wish("not-mine", "docs/deploy.md")),
        ("adopt docs/deploy.md", Wish("adopt", "docs/deploy.md")),
        ("is docs/deploy.md still right?", None),
        ("who confirmed docs/deploy.md?", None),
        ("confirm the order", None),
        ("is it fine", None),
    ],
)
def test_what_is_said_of_a_page(said, meant):
    assert wish(said) == meant


def test_this_page_is_the_one_that_was_cited(house):
    talk = Talk(house, email="bob@example.org")
    talk("how do I roll back a release?")
    told = talk("this page is still right")
    assert (told.private, told.text) == (True, "Confirming `docs/deploy.md` is noted; no file had to change.")
    assert Pages(house.db).get("docs/deploy.md").confirmed_by == person(house, "bob").id
    stranger = house.conversation().reply(Incoming("confirm docs/deploy.md", Asker("slack", "U9"), "c", "t9", NOW))
    assert stranger.abstained
    assert talk("confirm nothing.md").text.startswith("the wiki has no page nothing.md")


# -- nudges and digests -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["confirm", "retire", "not-mine"])
def test_the_answer_to_a_page_nudge_is_done(house, answer):
    bob = person(house, "bob").id
    asked = nudge("page", (bob,), "docs/deploy.md", now=NOW)
    decided(house.db, asked, now=NOW)
    flow = Flow(house.db)
    flow.change(asked.id, Sent(NOW + DAY), NOW)
    for _ in range(2):
        flow.answer(asked.id, bob, answer, NOW)
    said, drafts = Pages(house.db).get("docs/deploy.md"), house.wiki.desk.drafts
    if answer == "confirm":
        assert (said.confirmed, [one.kind for one in drafts.due(NOW)]) == (NOW, ["confirm"])
    elif answer == "retire":
        assert [(one.kind, one.path) for one in drafts.due(NOW)] == [("retire", "docs/deploy.md")]
        waits = [one.what for one in Outbox(house.db, "x").about(asked.id) if one.state == "waiting"]
        assert "question" not in waits
    else:
        assert (said.not_owners, drafts.due(NOW)) == ((bob,), [])


def page(path, person, score_days, *, asked=False):
    return Page(path, path, Owner("x", person, asked), 0, staleness(Facts(0, 100, drift=score_days), 100 * DAY))


def test_one_digest_an_owner_and_not_again_for_four_weeks():
    pages = [page(f"docs/{n}.md", 1, n) for n in range(8)] + [page(f"lib/{n}.md", 2, n, asked=True) for n in range(4)]
    pages += [page("x.md", None, 1)]
    first, second = digests(pages, {}, NOW)
    assert [one["path"] for one in first.payload["pages"]] == [f"docs/{n}.md" for n in (7, 6, 5, 4, 3)]
    assert (len(second.payload["pages"]), first.mark, first.agreed) == (2, "wiki 1 2024-W24", False)
    assert [one.people for one in digests(pages, {1: NOW - 27 * DAY}, NOW)] == [(2,)]


async def test_a_digest_waits_for_monday_and_says_nothing_when_it_is_done_by_then(house):
    saturday = seconds("2024-06-15 10:00")
    house.settings = replace(house.settings, repos=(RepoSettings(str(house.team.path)),))
    assert look(house.db, house.wiki, saturday) == 0  # no lead has let anything go yet
    decided(house.db, now=saturday)
    assert look(house.db, house.wiki, saturday) == 1
    assert look(house.db, house.wiki, saturday + 60) == 0
    server, team = Server(), team_of(house.settings.nudges, ())
    runner = Runner(house.db, "one", FakeSender(server), team, load_texts(), (Digest(house.db),))
    await runner.run(lambda: saturday, 0)
    assert server.posted == []
    await runner.run(lambda: saturday + 2 * DAY, 1)
    [(mark, people, text)] = server.posted
    assert (mark, people) == (f"wiki {person(house, 'cleo').id} 2024-W24", (person(house, "cleo").id,))
    assert text.startswith("1 page that you would know best could use a look. Still right?")
    assert "`docs/deploy.md`: it names `app/servers.py`, which is gone" in text


# -- the notes of a session -------------------------------------------------------------------------------------------


def test_the_notes_of_a_session_become_a_page_from_the_terminal(house, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("bot.commands.wiki.moment", lambda _: seconds("2024-06-15"))  # the clock
    number = met(house, {"bob": "The cache is app/json/provider.py:1, cleared at each release.", "cleo": ""})
    config = tmp_path / "config.yaml"
    config.write_text(f"repos: [{{location: {house.team.path}}}]\nwiki: {{repo: bare.git, merge: direct}}\n")

    def lamp(*words):
        code = cli.main(["wiki", *words, "--config", str(config), "--as", "ada@example.org"])
        out, err = capsys.readouterr()
        return code, out + err

    code, out = lamp("new", "--from-session", number[:4], "--json")
    assert (code, json.loads(out)["state"], json.loads(out)["path"]) == (0, "merged", "docs/notes-on-app-json.md")
    page = house.wiki.desk.carrier.tree().read("docs/notes-on-app-json.md")
    assert page.startswith("# Notes on `app/json`\n\nThe cache is app/json/provider.py:1, cleared at each release.\n")
    assert (
        "In the code:\n\n- [`app/json`](../app/json)\n- [`app/json/provider.py:1`](../app/json/provider.py#L1)" in page
    )
    assert house.wiki.desk.drafts.unfinished() == []
    log = house.team.git("--git-dir=../bare.git", "log", "-1", "--format=%an%n%B", "main")
    assert log.startswith("Ada Example\n")
    assert "Co-authored-by: Bob Example <bob@example.org>" in log
    assert "Cleo" not in log  # nobody stands under words that are not theirs
    assert lamp("new", "--from-session", "last", "--dry-run")[0] == 2  # the page has this title already
    assert lamp("new", "--from-session", "zzz")[1].startswith("lamp: there is no session 'zzz'")
    assert lamp("new", "--from-session", "last", "--from-question", "last")[0] == 1


def test_a_session_without_notes_is_no_page(house):
    number = met(house, {"bob": "", "cleo": " "})
    with pytest.raises(Mistake, match="nobody has written anything down"):
        of_session(house.db, number)
    with pytest.raises(Mistake, match="there is no session 'last'"):
        of_session(house.db, "last")


def test_the_source_of_a_session_names_its_day(house):
    number = met(house, {"bob": "It is cached.", "cleo": "Cleared at each release."})
    sketch = of_session(house.db, "last")
    assert (sketch.title, sketch.text) == ("Notes on `app/json`", "It is cached.\n\nCleared at each release.")
    assert sketch.sources == (f"session {number} on 2024-06-11",)
    assert sketch.wrote == (person(house, "bob").id, person(house, "cleo").id)


# -- drafts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("how do I roll back a release?", "How to roll back a release"),
        ("hi, where do we keep the signing keys?", "Where to keep the signing keys"),
        ("Where are the logs?", "Where the logs are"),
        ("where is the release token kept?", "Where the release token is kept"),
        ("where are the logs of the night written?", "Where the logs of the night are written"),
        ("why is the cache so big?", "Why is the cache so big"),
        ("what does create_store do?", "What create_store does"),
        ("how does the login work?", "How does the login work"),
    ],
)
def test_titles_of_questions(question, title):
    assert title_of(question) == title


def test_a_thread_and_the_notes_of_a_session_become_pages():
    thread = from_thread(
        ["How do I turn the keys?", "With `make rotate`.", "And then restart, see app/keys.py"], "https://x"
    )
    assert (thread.title, thread.text) == (
        "How to turn the keys",
        "With `make rotate`.\n\nAnd then restart, see app/keys.py",
    )
    assert (thread.links, thread.sources) == (("app/keys.py",), ("https://x",))
    notes = from_session("n1", "src/auth", ["Tokens end at noon.", "", "Tokens end at noon."])
    assert (notes.title, notes.text, notes.about) == ("Notes on `src/auth`", "Tokens end at noon.", "n1")
    text = with_links(
        Sketch("t", "x", ("app/a.py:3", "docs/b.md", "gone.py")), "docs/t.md", {"app/a.py": Spot(here=True)}.get
    )
    assert text == "x\n\nIn the code:\n\n- [`app/a.py:3`](../app/a.py#L3)"
    assert with_links(Sketch("t", "x", ("a.py",)), "t.md", lambda _: Spot(web="https://h/r")).endswith(
        "(https://h/r/blob/HEAD/a.py)"
    )
    assert with_links(Sketch("t", "x", ("a.py",)), "t.md", lambda _: Spot()).endswith("\n- `a.py`")
