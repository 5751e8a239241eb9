"""Pages in Slack: a thread becomes a draft in a form, the draft one commit with its authors; a digest has its buttons."""

import pytest

from bot.chat.flows.nudge import NudgeFlow
from bot.chat.flows.nudge_rows import rows, write_down
from bot.chat.flows.page_form import ROOM, page_of, parts_of
from bot.chat.flows.wiki import WikiFlow, digest_rows, keep_row, kept_as_page
from bot.message import Message, Text
from bot.nudging.flow import Flow
from bot.nudging.states import Sent
from bot.wiki.drafting import Sketch
from knowledge.store.nudges import Nudges
from knowledge.store.outbox import Outbox
from tests.bot.fake_slack import FakeSlack, words
from tests.bot.house import NOW, Talk
from tests.bot.nudging.talking import decided, nudge
from tests.bot.test_slack import running
from tests.bot.test_wiki import house, met, person  # noqa: F401  (a fixture)


@pytest.fixture
async def there(house):  # noqa: F811
    """A Slack in which U1ANA is Ada and U2BOB is Bob, with the bot and the wiki of the service."""
    for name, account in (("ada", "U1ANA"), ("bob", "U2BOB")):
        with house.db.transaction() as tx:
            tx.run("UPDATE people SET slack_id = :s WHERE id = :p", s=account, p=person(house, name).id)
    flow = WikiFlow(house.db, lambda: house.wiki, lambda: NOW)
    async with (
        FakeSlack() as slack,
        running(slack, house.db, flows=[flow, NudgeFlow(house.db, house.nudging(), lambda: NOW)]) as bot,
    ):
        yield slack, house, bot


async def filled(slack):
    await slack.until(lambda: any("submit" in view for view in slack.views.values()))
    return await slack.form("wiki:write")


def values(view):
    return {
        block["block_id"]: block["element"].get("initial_value")
        or block["element"].get("initial_option", {}).get("value")
        for block in view["blocks"]
        if block["type"] == "input"
    }


async def test_a_thread_becomes_a_page_with_its_authors(there):
    slack, house, _ = there  # noqa: F811
    first = await slack.say("U2BOB", "C1DEV", "How do I mint vouchers?")
    await slack.say(
        "U1ANA",
        "C1DEV",
        "With `make vouchers`, see web/app.py. The token is ghp_0123456789abcdefghijABCDEFGHIJ012345.",
        first,
    )
    await slack.shortcut("U1ANA", "wiki:keep", slack.message(first))
    view = await filled(slack)
    assert values(view)["title"] == "How to mint vouchers"
    assert values(view)["where"] == "new"
    wrong = await slack.submit("U1ANA", view, title="")
    assert wrong == {"title": "What should it be called?"}
    assert await slack.submit("U1ANA", view, title="Minting vouchers") == {}
    told = words(await slack.whisper())
    assert told.startswith("The page `docs/minting-vouchers.md` is in (")
    assert "Taken out before it was kept: GitHub token." in told
    git = house.team.git("--git-dir=../bare.git", "log", "-1", "--format=%an%n%B", "main")
    assert git.startswith("Ada Example\nAdd “Minting vouchers”")
    assert "Co-authored-by: Bob Example <bob@example.org>" in git
    page = house.wiki.desk.carrier.tree().read("docs/minting-vouchers.md")
    assert "[redacted: GitHub token]" in page
    assert "[`web/app.py`](../web/app.py)" in page


async def test_an_answer_that_helped_is_offered_and_goes_where_it_stands_already(there):
    slack, house, bot = there  # noqa: F811
    number = Talk(house)("how do I roll back a release?").question_id
    ts = await bot._talk.desk.post("C1DEV", kept_as_page(number), mark="x 1", buttons=kept_as_page(number).data["rows"])
    await slack.click("U1ANA", slack.message(ts), "wiki:page")
    view = await filled(slack)
    assert values(view)["where"] == "docs/deploy.md"
    await slack.submit("U1ANA", view, title="Undoing a release", text="Call it off first.")
    assert words(await slack.whisper()).startswith("The change of `docs/deploy.md` is in (")
    assert house.wiki.desk.carrier.tree().read("docs/deploy.md").endswith("## Undoing a release\n\nCall it off first.\n\nIn the code:\n\n- [`app/json/provider.py`](../app/json/provider.py)\n")  # fmt: skip


async def test_a_digest_is_answered_where_it_stands(there):
    slack, house, bot = there  # noqa: F811
    rows = digest_rows({"pages": ["docs/deploy.md"]})
    ts = await bot._talk.desk.post("C1DEV", kept_as_page(1), mark="x 2", buttons=rows)
    await slack.click("U2BOB", slack.message(ts), "wiki:right")
    assert words(await slack.whisper()) == "Confirming `docs/deploy.md` is noted; no file had to change."
    assert house.wiki.due(NOW) == []
    many = digest_rows({"pages": ["docs/deploy.md", "README.md"]})
    ts = await bot._talk.desk.post("C1DEV", kept_as_page(1), mark="x 3", buttons=many)
    await slack.click("U2BOB", slack.message(ts), "wiki:do", "notmine")
    assert words(await slack.whisper(2)) == "Noted: you are not asked about `docs/deploy.md` any more."


async def test_what_a_session_wrote_down_becomes_a_page(there):
    slack, house, bot = there  # noqa: F811
    number = met(house, {"bob": "", "ada": "Cleared at each release."})
    rows = write_down(number)
    ts = await bot._talk.desk.post("D2BOB", kept_as_page(1), mark="x 4", buttons=rows)
    await slack.click("U2BOB", slack.message(ts), "nudge:note")
    view = await slack.form("nudge:note")
    await slack.submit("U2BOB", view, note="Decimals are cached in app/json/provider.py:1, by ada@example.org.")
    kept = await slack.whisper()
    assert words(kept).endswith("[Keep this as a page…]")
    await slack.click("U2BOB", kept, "wiki:session")
    view = await filled(slack)
    assert values(view) == {
        "title": "Notes on `app/json`",
        "text": "Decimals are cached in app/json/provider.py:1, by ada@example.org.\n\nCleared at each release.",
        "where": "new",
    }
    await slack.submit("U2BOB", view, title="The cache of decimals")
    told = words(await slack.whisper(2))
    assert told.startswith("The page `docs/the-cache-of-decimals.md` is in (")
    git = house.team.git("--git-dir=../bare.git", "log", "-1", "--format=%an%n%B", "main")
    assert git.startswith("Bob Example\nAdd “The cache of decimals”")
    assert "Co-authored-by: Ada Example <ada@example.org>" in git
    page = house.wiki.desk.carrier.tree().read("docs/the-cache-of-decimals.md")
    assert "- [`app/json/provider.py:1`](../app/json/provider.py#L1)" in page


# -- a page, opened as it is ------------------------------------------------------------------------------------------


def test_a_page_in_fields_is_the_page_again():
    page = "---\nowner: x\n---\n" + "\n".join(f"line {n} {'word ' * 12}" for n in range(200)) + "\n\nend\n\n"
    parts = parts_of(page)
    assert len(parts) == 6
    assert all(len(one) <= ROOM for one in parts)
    assert page_of({f"part{at}": one for at, one in enumerate(parts)}) == page.rstrip() + "\n"
    assert parts_of("x" * 3001) is None
    assert parts_of("word\n" * 10_000) is None


async def asked_of_a_page(there, who="bob"):
    slack, house, bot = there  # noqa: F811
    one = nudge("page", (person(house, who).id,), "docs/deploy.md", now=NOW)
    decided(house.db, one, now=NOW)
    Flow(house.db).change(one.id, Sent(NOW + 86_400), NOW)
    said = {"id": one.id, "what": "proposal", "kind": "page", "answers": ("confirm", "edit", "not-mine", "retire")}
    message = Message((Text("Still right?"),), data={"nudge": said})
    ts = await bot._talk.desk.post("U2BOB", message, mark=one.id, buttons=rows(said))
    return one, slack.message(ts)


async def test_edit_opens_the_page_as_it_is_and_keeps_the_change(there):
    slack, house, _ = there  # noqa: F811
    one, message = await asked_of_a_page(there)
    old = house.wiki.desk.carrier.tree().read("docs/deploy.md")
    await slack.click("U2BOB", message, "wiki:edit")
    await slack.until(lambda: any("submit" in view for view in slack.views.values()))
    view = await slack.form("wiki:rewrite")
    assert values(view) == {"part0": old.rstrip("\n")}
    assert set(await slack.submit("U2BOB", view, part0=" ")) == {"part0"}
    text = old.rstrip() + "\n\nCall first. The token is ghp_0123456789abcdefghijABCDEFGHIJ012345."
    await slack.submit("U2BOB", view, part0=text)
    told = words(await slack.whisper())
    assert told.startswith("The change of `docs/deploy.md` is in (")
    assert "Taken out before it was kept: GitHub token." in told
    page = house.wiki.desk.carrier.tree().read("docs/deploy.md")
    assert page == old.rstrip() + "\n\nCall first. The token is [redacted: GitHub token].\n"
    assert house.team.git("--git-dir=../bare.git", "log", "-1", "--format=%an", "main").strip() == "Bob Example"
    assert Nudges(house.db).get(one.id).party(person(house, "bob").id).answer == "edit"


async def test_what_changed_meanwhile_is_not_written_over(there):
    slack, house, _ = there  # noqa: F811
    _, message = await asked_of_a_page(there)
    await slack.click("U2BOB", message, "wiki:edit")
    await slack.until(lambda: any("submit" in view for view in slack.views.values()))
    view = await slack.form("wiki:rewrite")
    desk = house.wiki.desk
    other = desk.keep(desk.edit("docs/deploy.md", "# Deploying\n\nDifferently.\n", person(house, "ada"), NOW).draft)
    desk.carry(other.id, NOW)
    await slack.submit("U2BOB", view, part0="# Deploying\n\nMine.")
    told = words(await slack.whisper())
    assert "changed while you wrote, so nothing was replaced. Yours:" in told
    assert "Mine." in told
    assert desk.carrier.tree().read("docs/deploy.md").endswith("Differently.\n")


async def test_not_mine_proposes_the_next_who_is_asked_as_everybody_is(there):
    slack, house, _ = there  # noqa: F811
    one, message = await asked_of_a_page(there)
    await slack.click("U2BOB", message, "nudge:not-mine")
    said = await slack.whisper()
    assert "shall I ask them?\n[Ask Ada Example]\n[Name somebody…]" in words(said)
    await slack.click("U2BOB", said, "nudge:hand")
    await slack.until(lambda: "Thank you: I ask Ada Example" in words(slack.ephemeral[-1]))
    ada = person(house, "ada").id
    [entry] = [entry for entry in Outbox(house.db, "x").due(NOW) if entry.people == (ada,)]
    assert (entry.kind, entry.what, entry.agreed) == ("page", "proposal", False)
    assert Nudges(house.db).get(entry.about).area == "docs/deploy.md"
    assert entry.about != one.id


async def test_retire_is_a_branch_for_people_to_merge(there):
    slack, house, _ = there  # noqa: F811
    _, message = await asked_of_a_page(there)
    await slack.click("U2BOB", message, "nudge:retire")
    await slack.whisper()
    house.wiki.desk.tick(NOW)
    [draft] = [one for one in house.wiki.desk.drafts.unfinished() if one.kind == "retire"]
    assert draft.branch != "main"
    assert house.wiki.desk.carrier.tree().read("docs/deploy.md") is not None


async def test_the_form_knows_a_page_that_was_merged_a_moment_ago(there, tmp_path):
    slack, house, bot = there  # noqa: F811
    number = met(house, {"bob": "Decimals are cached.", "ada": ""})
    assert house.wiki.desk.near(Sketch("Notes on `app/json`", "")) is None
    house.team.commit("Ada", "2024-06-15", "Notes", files={"docs/json.md": "# Notes on `app/json`\n\nOlder ones.\n"})
    house.team.git("push", "-q", str(tmp_path / "bare.git"), "main")
    rows = keep_row("session", number)
    ts = await bot._talk.desk.post("D2BOB", kept_as_page(1), mark="x 5", buttons=rows)
    await slack.click("U2BOB", slack.message(ts), "wiki:session")
    assert values(await filled(slack))["where"] == "docs/json.md"
