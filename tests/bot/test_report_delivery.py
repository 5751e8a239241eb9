"""The report by mail and in Slack: against a real mail server and a local Slack; once a week, whatever dies."""

import asyncio
import ssl
import subprocess
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from bot import config
from bot.chat.slack_api import Pace
from bot.chat.slack_report import Channel
from bot.mail import MailServer, opened
from bot.reports.calendar import last_due, trigger
from bot.reports.courier import LEASE_SECONDS, Courier, Edition, Mailbox
from bot.reports.map import picture
from knowledge.areas.register import week_of
from knowledge.errors import Mistake
from knowledge.store.receipts import Key, Receipt, Receipts
from knowledge.store.schema import open_store
from tests.bot.fake_mail import free_port
from tests.bot.fake_slack import FakeSlack, Fault
from tests.bot.reporting import MONDAY
from tests.bot.reporting import opened as opened_house
from tests.teams import seconds

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = "2024-W25"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return opened_house(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def edition(house):
    report = house.report(MONDAY)
    return Edition(report, picture(report))


@pytest.fixture
def db(tmp_path):
    return open_store(f"sqlite:///{tmp_path}/store.sqlite")


class Clock:
    def __init__(self, now=MONDAY):
        self.now = now

    def __call__(self):
        return self.now


def week(now):
    return week_of(now)


def mailing(db, server, edition, clock, to=("lead@example.org",)):
    box = Mailbox(server, lambda _: edition, clock, week)
    return box, Courier(db, {box: to}, lambda _: edition, trigger("mon 09:00", UTC), UTC, clock)


async def settled(post, count, seconds_=5.0):
    for _ in range(int(seconds_ / 0.05)):
        if len(post.mails) >= count:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)  # let pass what would come if one more came
    return len(post.mails)


async def test_the_mail_has_text_html_and_the_picture(db, smtp, post, edition):
    _, courier = mailing(db, smtp, edition, Clock())
    assert await courier.deliver() == {"lead@example.org": "sent"}
    ((to, mail),) = post.mails
    assert to == ["lead@example.org"]
    assert mail["Subject"] == f"Knowledge report {WEEK}: team"
    assert mail["From"] == "lamp@example.org"
    assert mail["Message-ID"].startswith(f"<lamplighter-{WEEK}-")
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_body(("plain",)).get_content()
    assert "Areas at risk" in text
    assert max(map(len, text.splitlines())) <= 78
    page = mail.get_body(("html",)).get_content()
    assert 'src="cid:map"' in page
    assert "<code" in page
    (image,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert image["Content-ID"] == "<map>"
    assert image.get_content() == edition.picture


async def test_it_is_sent_once_a_week_also_by_two_copies(both_stores, smtp, post, edition):
    clock = Clock()
    couriers = [mailing(both_stores, smtp, edition, clock, ("a@example.org", "b@example.org"))[1] for _ in range(2)]
    await asyncio.gather(*(courier.tick() for courier in couriers))
    await asyncio.gather(*(courier.tick() for courier in couriers))
    assert await settled(post, 2) == 2
    assert sorted(to[0] for to, _ in post.mails) == ["a@example.org", "b@example.org"]
    _, later = mailing(both_stores, smtp, edition, clock)
    assert await later.deliver() == {"lead@example.org": "sent"}
    _, again = mailing(both_stores, smtp, edition, clock)
    assert await again.deliver() == {"lead@example.org": f"the report of {WEEK} was sent before, or is being sent"}
    clock.now += 7 * 86_400
    _, next_week = mailing(both_stores, smtp, edition, clock)
    assert await next_week.deliver() == {"lead@example.org": "sent"}


async def test_what_could_not_be_sent_is_tried_again_and_says_why(db, smtp, post, edition):
    clock = Clock()
    post.refuse = "lead@example.org"
    _, courier = mailing(db, smtp, edition, clock)
    told = await courier.deliver()
    assert told == {
        "lead@example.org": "127.0.0.1 refuses lead@example.org as recipient (550 no such person). See that address."
    }
    post.refuse = ""
    clock.now += 60
    _, later = mailing(db, smtp, edition, clock)
    assert await later.deliver() == {"lead@example.org": "sent"}
    assert len(post.mails) == 1


@pytest.mark.parametrize(("was_sending", "mails"), [(False, 1), (True, 0)])
async def test_a_copy_that_died_is_taken_over_but_no_mail_goes_twice(
    both_stores, smtp, post, edition, was_sending, mails
):
    dead = Receipts(both_stores, "dead", LEASE_SECONDS)
    key = Key("mail", "", "lead@example.org", WEEK)
    assert dead.take(Receipt(key, "", "", {}), MONDAY)
    if was_sending:
        assert dead.posting(key, MONDAY)
    clock = Clock(MONDAY + LEASE_SECONDS + 1)
    _, courier = mailing(both_stores, smtp, edition, clock)
    await courier.deliver()
    assert len(post.mails) == mails
    assert dead.state(key)[0] == "replied"


async def test_a_week_that_is_over_is_not_sent_late(db, smtp, post, edition):
    dead = Receipts(db, "dead", LEASE_SECONDS)
    key = Key("mail", "", "lead@example.org", "2024-W24")
    assert dead.take(Receipt(key, "", "", {}), MONDAY - 7 * 86_400)
    _, courier = mailing(db, smtp, edition, Clock(), ())
    stop = asyncio.Event()
    running = asyncio.create_task(courier.run(stop))
    while dead.state(key)[0] == "taken":
        await asyncio.sleep(0.05)
    stop.set()
    await running
    assert (dead.state(key)[0], post.mails) == ("refused", [])


# -- the mail server --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    files = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"))
    subject = ("-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *files, *subject],
        check=True,
        capture_output=True,
    )
    return folder


def test_starttls_and_a_log_in(certificate, post):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")

    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"lamp", b"secret"), handled=False)

    controller = Controller(
        post,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        authenticator=check,
        auth_required=True,
    )
    controller.start()
    try:
        port = controller.port
        trust = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
        said = {"host": "127.0.0.1", "port": port, "user": "lamp", "sender": "l@example.org"}
        opened(MailServer(**said, password="secret", context=trust), "a@example.org").close()
        with pytest.raises(Mistake, match=r"127.0.0.1 refuses mail.user with MAIL_PASSWORD"):
            opened(MailServer(**said, password="wrong", context=trust), "a@example.org")
        with pytest.raises(Mistake, match=r"shows no certificate that can be trusted"):
            opened(MailServer(**said, password="secret"), "a@example.org")
        with pytest.raises(Mistake, match=r"MAIL_PASSWORD is not set. Set it to the password of lamp at 127.0.0.1"):
            opened(MailServer(**said), "a@example.org")
    finally:
        controller.stop()


def test_each_trouble_with_the_server_has_its_sentence(smtp):
    with pytest.raises(Mistake, match=r"no mail server is set. Fill in mail.host and mail.sender"):
        opened(MailServer(""), "a@example.org")
    with pytest.raises(Mistake, match=r"127.0.0.1:1 does not answer"):
        opened(MailServer("127.0.0.1", 1, False, "", "l@example.org"), "a@example.org")
    with pytest.raises(Mistake, match=r"127.0.0.1 offers no STARTTLS"):
        opened(MailServer("127.0.0.1", smtp.port, True, "", "l@example.org"), "a@example.org")
    with pytest.raises(Mistake, match=r"takes no log-in here"):
        opened(MailServer("127.0.0.1", smtp.port, False, "me", "l@example.org", "x"), "a@example.org")


# -- Slack ------------------------------------------------------------------------------------------------------------


def posting(db, slack, edition, clock):
    channel = Channel(
        lambda _: edition, clock, week, environment=slack.environment(), pace=Pace(retry_pause=0.05, give_up=3.0)
    )
    return Courier(db, {channel: ("C1DEV",)}, lambda _: edition, trigger("mon 09:00", UTC), UTC, clock)


async def test_slack_gets_one_message_with_map_and_details_in_its_thread(db, edition):
    import time

    clock = Clock()
    async with FakeSlack() as slack:
        assert await posting(db, slack, edition, clock).deliver() == {"C1DEV": "sent"}
        assert "before" in (await posting(db, slack, edition, clock).deliver())["C1DEV"]
        (root,) = [m for m in slack.messages if "thread_ts" not in m]
        assert "Knowledge report" in root["text"]
        assert time.time() - float(root["ts"]) < 60
        (upload,) = slack.uploads.values()
        assert edition.picture in upload["content"]
        assert (upload["channel"], upload["thread_ts"]) == ("C1DEV", root["ts"])
        (below,) = slack.replies(root["ts"])
        assert "Details of" in below["text"]


async def test_without_the_scope_for_files_the_words_are_posted_and_say_so(db, edition):
    async with FakeSlack() as slack:
        slack.fail("files.getUploadURLExternal", Fault("missing_scope"))
        assert await posting(db, slack, edition, Clock()).deliver() == {"C1DEV": "sent"}
        (root,) = [m for m in slack.messages if "thread_ts" not in m]
        assert "files:write" in str(slack.replies(root["ts"]))


async def test_a_post_whose_answer_is_lost_is_found_again(db, edition):
    async with FakeSlack() as slack:
        slack.fail("chat.postMessage", Fault("lost"))
        assert await posting(db, slack, edition, Clock()).deliver() == {"C1DEV": "sent"}
        assert len([m for m in slack.messages if "thread_ts" not in m]) == 1


async def test_a_copy_killed_after_posting_is_not_repeated(db, edition):
    clock = Clock()
    async with FakeSlack() as slack:
        key = Key("slack-report", "", "C1DEV", WEEK)
        assert await posting(db, slack, edition, clock).deliver() == {"C1DEV": "sent"}
        with db.transaction() as tx:  # as if it had died before it could note that
            tx.run("UPDATE receipts SET state = 'posting', reply_ts = ''")
        clock.now += LEASE_SECONDS + 1
        assert await posting(db, slack, edition, clock).deliver() == {"C1DEV": "sent"}
        assert len([m for m in slack.messages if "thread_ts" not in m]) == 1
        assert Receipts(db, "me").state(key)[1] == slack.messages[0]["ts"]


async def test_a_channel_that_is_not_ours_and_a_missing_token_are_sentences(db, edition):
    async with FakeSlack() as slack:
        slack.fail("chat.postMessage", Fault("not_in_channel"))
        told = await posting(db, slack, edition, Clock()).deliver()
        assert told["C1DEV"].startswith("Slack finds no way into C1DEV (not_in_channel): invite Lamplighter there")
    channel = Channel(lambda _: edition, Clock(), week, environment={})
    courier = Courier(db, {channel: ("C2",)}, lambda _: edition, trigger("mon 09:00", UTC), UTC, Clock())
    assert (await courier.deliver())["C2"].startswith(
        "SLACK_BOT_TOKEN is not set. Set it, or leave report.channel empty"
    )


# -- the clock --------------------------------------------------------------------------------------------------------


def local(text, zone=BERLIN):
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


@pytest.mark.parametrize(
    ("when", "now", "due"),
    [
        ("mon 09:00", "2024-06-17T08:59", None),
        ("mon 09:00", "2024-06-17T09:00", "2024-06-17T09:00"),
        ("Monday 9:00", "2024-06-18T08:00", "2024-06-17T09:00"),
        ("mon 09:00", "2024-06-18T09:01", None),  # missed by more than a day: not sent late
        ("0 9 * * 1", "2024-06-17T10:00", "2024-06-17T09:00"),  # 1 is Monday, as in cron
        ("30 7 * * 0", "2024-06-23T08:00", "2024-06-23T07:30"),
        ("0 9 * * mon-fri", "2024-06-19T10:00", "2024-06-19T09:00"),
        # the week of the clock change: nine o'clock stays nine o'clock
        ("mon 09:00", "2024-04-01T09:30", "2024-04-01T09:00"),
        ("mon 09:00", "2024-10-28T09:30", "2024-10-28T09:00"),
        # an hour that is skipped, and one that comes twice
        ("sun 02:30", "2024-03-31T04:00", "2024-03-31T03:30"),
        ("sun 02:30", "2024-10-27T02:45", "2024-10-27T02:30"),
    ],
)
def test_when_it_is_due(when, now, due):
    assert last_due(trigger(when, BERLIN), local(now), BERLIN) == (local(due) if due else None)


@pytest.mark.parametrize("when", ["", "monday", "mon 25:00", "0 9 * *", "* * * * * *", "every week"])
def test_a_time_that_is_none_is_a_mistake(when):
    with pytest.raises(Mistake, match=r"report.when: .* is no time. Write it as"):
        trigger(when, UTC)


async def test_the_tick_sends_at_the_hour_and_never_twice_or_late(db, smtp, post, edition):
    clock = Clock(seconds("2024-06-17 08:59"))
    _, courier = mailing(db, smtp, edition, clock)
    await courier.tick()
    assert await settled(post, 1, 0.2) == 0
    clock.now = seconds("2024-06-17 09:00")
    await courier.tick()
    assert await settled(post, 1) == 1
    clock.now = seconds("2024-06-17 13:00")
    _, restarted = mailing(db, smtp, edition, clock)
    await restarted.tick()
    clock.now = seconds("2024-06-26 09:00")  # down over a Monday: no report on Wednesday
    await restarted.tick()
    assert await settled(post, 2, 0.3) == 1


def test_the_config_of_a_report(tmp_path):
    (tmp_path / "config.yaml").write_text(
        "report: {when: tue 08:15, timezone: Europe/Berlin, channel: C1, to: [a@b.c]}\n"
        "mail: {host: mail.b.c, sender: l@b.c}\nobjective: {holders: 3, areas: all}\n"
    )
    said = config.load(tmp_path / "config.yaml")
    assert (said.report.to, said.mail.port, said.objective.holders) == (("a@b.c",), 587, 3)
