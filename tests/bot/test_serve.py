"""`lamp serve` as a process: answers in Slack, says how it is, syncs by the clock, and ends when it is told to."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from bot.calendars import works_on
from bot.jobs import Sync
from knowledge.store.repos import get_meta
from knowledge.store.schema import open_store
from tests.bot.fake_slack import BOT, FakeSlack, words
from tests.bot.nudging.talking import decided, nudge
from tests.teams import team


@pytest.fixture
def shop(tmp_path):
    shop = team(tmp_path, "2024-01-02 | Ada | Add the login page | app/login.py")
    (shop.path / "config.yaml").write_text("# Lamplighter\nindex: {sync_minutes: 1}\n")
    return shop


def lamp(shop, tmp_path, *arguments, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=shop.path,
        env={**os.environ, "LAMPLIGHTER_HOME": str(tmp_path / "home"), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def test_it_answers_is_healthy_and_ends_within_seconds_of_sigterm(shop, tmp_path):
    async with FakeSlack() as slack:
        serving = lamp(shop, tmp_path, "serve", **slack.environment())
        try:
            await slack.until(lambda: slack.connections, 30, "the socket")
            health = tmp_path / "home" / "health.json"
            while not (health.exists() and json.loads(health.read_text() or "{}").get("slack")):
                await asyncio.sleep(0.2)  # the test's own time-out ends this
            assert await asyncio.to_thread(lamp(shop, tmp_path, "doctor", "--health").wait, 30) == 0
            indexed = lamp(shop, tmp_path, "index", "--only", "history")  # waits for the sync under way
            assert await asyncio.to_thread(indexed.wait, 60) == 0
            ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who last touched app/login.py?")
            assert "Ada Example" in words(await slack.reply_to(ts, seconds=20))
        finally:
            serving.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(serving.wait, 10)
    assert code == 0
    assert lamp(shop, tmp_path, "doctor", "--health").wait(30) == 1


async def test_it_speaks_first_once_from_two_copies_and_hears_the_answer(tmp_path):
    today = datetime.now(UTC).date()
    country = next(one for one in ("", "SA", "BN", "IR", "NP", "US", "JP") if works_on(one, today))
    shop = team(tmp_path, "2024-01-02 | Ana <ana@example.org> | Add | src/auth/login.py\n"
                          "2024-01-03 | Bob <bob@example.org> | Mend | src/auth/login.py")  # fmt: skip
    (shop.path / "config.yaml").write_text(
        f"# Lamplighter\nnudges: {{country: '{country}', hours: 0-24, a_round: 0}}\n"
    )
    assert await asyncio.to_thread(lamp(shop, tmp_path, "index", "--only", "history").wait, 60) == 0
    db, now = open_store(f"sqlite:///{tmp_path}/home/lamplighter.sqlite"), int(time.time())
    decided(db, nudge(now=now), now=now)
    async with FakeSlack() as slack:
        copies = [lamp(shop, tmp_path, "serve", **slack.environment()) for _ in range(2)]
        try:
            await slack.until(lambda: slack.messages and slack.connections == 2, 60, "the proposal")
            await slack.click("U1ANA", slack.messages[0], "nudge:yes")
            assert "Which of these times would suit you?" in words(await slack.whisper(seconds=20))
            health = json.loads((tmp_path / "home" / "health.json").read_text())
            assert health["jobs"]["nudges"]["ok"]
        finally:
            for one in copies:
                one.send_signal(signal.SIGTERM)
            for one in copies:
                await asyncio.to_thread(one.wait, 15)
        assert [m["channel"] for m in slack.messages] == list(slack.rooms)
    assert db.read("SELECT slack_id FROM people ORDER BY 1") == [("U1ANA",), ("U2BOB",)]


async def test_the_weekly_report_comes_by_the_clock_and_once_from_two_copies(shop, tmp_path):
    settings = "# Lamplighter\nreport: {when: '* * * * *', channel: C1DEV}\n"  # due at any minute, so now
    (shop.path / "config.yaml").write_text(settings)
    assert await asyncio.to_thread(lamp(shop, tmp_path, "index", "--only", "history").wait, 60) == 0
    async with FakeSlack() as slack:
        copies = [lamp(shop, tmp_path, "serve", **slack.environment()) for _ in range(2)]
        try:
            await slack.until(lambda: slack.uploads and slack.messages, 60, "the report")
            await slack.until(lambda: slack.connections == 2, 30, "both copies")
            await slack.quiet(2.0)
        finally:
            for one in copies:
                one.send_signal(signal.SIGTERM)
            for one in copies:
                await asyncio.to_thread(one.wait, 15)
        roots = [message for message in slack.messages if "thread_ts" not in message]
        assert len(roots) == 1
        assert "Knowledge report" in roots[0]["text"]
        again = lamp(shop, tmp_path, "report", "--send", **slack.environment())
        out, err = await asyncio.to_thread(again.communicate, timeout=30)
        assert (again.returncode, err) == (0, "")
        assert "was sent before" in out


def test_without_tokens_it_says_what_to_do(shop, tmp_path):
    process = lamp(shop, tmp_path, "serve", SLACK_BOT_TOKEN="")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "no platform has tokens. Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN (docs/slack.md)" in err


async def test_without_slack_reports_still_go_by_mail(shop, tmp_path, post, smtp):
    to_mail = "report: {when: '* * * * *', to: [lea@example.org]}"
    mail = f"mail: {{host: 127.0.0.1, port: {smtp.port}, starttls: false, sender: lamp@example.org}}"
    (shop.path / "config.yaml").write_text(f"# Lamplighter\n{to_mail}\n{mail}\n")
    assert await asyncio.to_thread(lamp(shop, tmp_path, "index", "--only", "history").wait, 60) == 0
    serving = lamp(shop, tmp_path, "serve", SLACK_BOT_TOKEN="")
    try:
        while not post.mails:
            await asyncio.sleep(0.2)  # the test's own time-out ends this
        assert await asyncio.to_thread(lamp(shop, tmp_path, "doctor", "--health").wait, 30) == 0
    finally:
        serving.send_signal(signal.SIGTERM)
        _, err = await asyncio.to_thread(serving.communicate, timeout=15)
    assert (serving.returncode, "only the index is kept fresh" in err) == (0, True)
    assert "ERROR" not in err
    assert [to for to, _ in post.mails] == [["lea@example.org"]]
    assert "Knowledge report" in post.mails[0][1]["Subject"]


def test_a_channel_for_reports_needs_slack(shop, tmp_path):
    (shop.path / "config.yaml").write_text("# Lamplighter\nreport: {channel: C1DEV, to: [lea@example.org]}\n")
    _, err = (process := lamp(shop, tmp_path, "serve", SLACK_BOT_TOKEN="")).communicate(timeout=30)
    assert (process.returncode, "report.channel is C1DEV, but Slack has no tokens" in err) == (1, True)


def test_once_indexes_and_returns(shop, tmp_path):
    process = lamp(shop, tmp_path, "serve", "--once")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert '"commits": 1' in err


async def test_what_questions_about_areas_wait_for_is_worked_out_behind_a_sync(tmp_path, caplog):
    """At first, and again where a run read something; a run that found nothing new leaves it."""
    caplog.set_level("INFO")
    told = tmp_path / "told.json"
    says = [sys.executable, "-c", f"print(open({str(told)!r}).read())"]
    sync = Sync(says, os.environ, [sys.executable, "-c", "print('areas')"])
    for new in (0, 0, 2):
        told.write_text(json.dumps({"commits": new, "passages": 0}))
        assert await sync.run() == 0
    assert [r.getMessage().split(":")[0] for r in caplog.records if r.name == "lamplighter.jobs"] == [
        "synced", "worked out ahead", "synced", "synced", "worked out ahead",
    ]  # fmt: skip


def test_the_areas_are_worked_out_ahead(shop, tmp_path):
    shop.commit("Ada", "2024-01-03", "Begin", files={f"app/{n}.py": f"A = {n}\n" for n in range(14)})
    for step, is_kept in (("history", False), ("areas", True)):
        process = lamp(shop, tmp_path, "index", "--only", step)
        assert process.wait(60) == 0, process.communicate()[1]
        db = open_store(f"sqlite:///{tmp_path}/home/lamplighter.sqlite")
        assert bool(get_meta(db, "area study 1")) == is_kept
        db.close()


async def test_a_sync_that_fails_says_why_and_one_that_is_ended_ends(caplog):
    broken = Sync([sys.executable, "-c", "import sys; sys.exit('the disk is full')"], os.environ)
    assert await broken.run() == 1
    assert "the disk is full" in caplog.text
    endless = Sync([sys.executable, "-c", "import time; time.sleep(60)"], os.environ)
    running = asyncio.create_task(endless.run())
    await asyncio.sleep(0.3)
    caplog.clear()
    await endless.end()
    assert await asyncio.wait_for(running, 5) == -signal.SIGTERM
    assert await endless.run() == 0
    assert [record.levelname for record in caplog.records] in ([], ["INFO"])
