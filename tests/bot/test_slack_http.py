"""HTTP mode: signed requests are answered, others are not, and everything else is as in Socket Mode."""

import json
import socket
from urllib.parse import urlencode

import aiohttp
import pytest

from knowledge.errors import Mistake
from tests.bot.fake_slack import BOT, FakeSlack, words
from tests.bot.test_slack import db, empty_store, running, settled  # noqa: F401  (fixtures)
from tests.bot.test_slack_flows import Greeting


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
async def slack(port):
    async with FakeSlack(deliver_to=f"http://127.0.0.1:{port}/slack/events") as slack:
        yield slack


async def test_http_mode(slack, db, port):  # noqa: F811
    async with running(slack, db, mode="http", port=port, host="127.0.0.1"):
        ts = await slack.say("U1ANA", "C1DEV", f"<@{BOT}> who knows app.py?")
        reply = await slack.reply_to(ts)
        await slack.announce(slack.message(ts), retry=1)
        await slack.click("U1ANA", reply, "lamplighter_feedback:helpful")
        assert "noted as helpful" in words(await slack.whisper())
        await slack.command("U1ANA", "C1DEV", "who app.py")
        await slack.whisper(2)
        await settled(db)
        assert len(slack.replies(ts)) == 1
        assert max(slack.acks.values()) < 3
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz") as health:
            assert health.status == 200


async def test_forms_are_answered_with_what_is_wrong(slack, db, port):  # noqa: F811
    async with running(slack, db, flows=[flow := Greeting()], mode="http", port=port, host="127.0.0.1"):
        answers = []
        for whom in ("", "Mei"):
            filled = {"whom": {"filled": {"type": "plain_text_input", "value": whom}},
                      "kind": {"filled": {"type": "static_select", "selected_option": {"value": "long"}}}}  # fmt: skip
            view = {"type": "modal", "id": "V1", "callback_id": "greet:done", "state": {"values": filled}}
            said = {"type": "view_submission", "user": {"id": "U1ANA"}, "team": {"id": "T1TEAM"}, "view": view}
            body = urlencode({"payload": json.dumps(said)})
            answers.append(await slack.post_signed(body, "application/x-www-form-urlencoded"))
        assert json.loads(answers[0][1]) == {"response_action": "errors", "errors": {"whom": "Who shall it be?"}}
        assert answers[1] == (200, "")
        await settled(db)
        assert [one.fields["whom"] for one in flow.presses] == ["Mei"]


async def test_unsigned_forged_and_old_requests_are_refused(slack, db, port):  # noqa: F811
    async with running(slack, db, mode="http", port=port, host="127.0.0.1") as bot:
        event = {"type": "app_mention", "user": "U1ANA", "channel": "C1", "ts": "1.1", "text": f"<@{BOT}> hi"}
        body = json.dumps({"type": "event_callback", "team_id": "T1TEAM", "event": event})
        assert (await slack.post_signed(body, "application/json", secret="guessed"))[0] == 401
        assert (await slack.post_signed(body, "application/json", age=301))[0] == 401
        async with aiohttp.ClientSession() as session, session.post(slack.deliver_to, data=body) as got:
            assert got.status == 401
        assert bot.brain.heard == []
        check = json.dumps({"type": "url_verification", "challenge": "c0ffee", "token": "t"})
        status, answer = await slack.post_signed(check, "application/json")
        assert (status, "c0ffee" in answer) == (200, True)


async def test_a_taken_port_is_a_mistake(slack, db, port):  # noqa: F811
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(Mistake, match=r"port \d+ cannot be listened on"):
            async with running(slack, db, mode="http", port=port, host="127.0.0.1"):
                pass


async def test_http_mode_needs_the_signing_secret(slack, db, port):  # noqa: F811
    from bot.chat.slack import Tokens

    with pytest.raises(Mistake, match="SLACK_SIGNING_SECRET is not set"):
        Tokens.from_environment("http", {"SLACK_BOT_TOKEN": "xoxb-1"})
