"""Brings the week's report to where it belongs, once a week each, whatever dies in between.

A destination's week is a receipt (`knowledge/store/receipts.py`): of several copies of the bot one takes it, what a
dead copy left is taken over, and what could not be delivered yet is tried again. `Once` does all that; here are e-mail
as its platform (Slack's is `bot/chat/slack_report.py`), and the clock's tick.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import tzinfo
from email.message import EmailMessage
from typing import Any, NamedTuple

from bot.chat.once import Once, Platform, Reply, Unreachable, new_holder
from bot.mail import Envelope, MailServer, composed, opened
from bot.message import Message
from bot.reports import html, text
from bot.reports.calendar import last_due
from bot.reports.weekly import Report
from knowledge.areas.register import week_of
from knowledge.errors import Mistake
from knowledge.store.database import Database
from knowledge.store.receipts import Key, Receipt, Receipts

log = logging.getLogger("lamplighter.reports")

LEASE_SECONDS = 300  # what failed is tried again after this
SWEEP_SECONDS = 60.0


class Edition(NamedTuple):
    """A week's report with its picture."""

    report: Report
    picture: bytes


Make = Callable[[int], Edition]  # of a moment, seconds UTC; synchronous, called in threads


class Mailbox:
    """E-mail as a platform. What was handed over cannot be looked up: it is sent at most once."""

    name = "mail"

    def __init__(
        self,
        server: MailServer,
        make: Make,
        clock: Callable[[], int],
        week: Callable[[int], str],
        veil: Callable[[str], str] = str,
    ) -> None:
        """The parts; `veil` takes out of a text whoever opted out."""
        self._veil = veil
        self.server = server
        self.trouble: dict[Key, str] = {}  # why a mail is not on its way yet
        self._make, self._clock, self._week = make, clock, week
        self._ready: dict[Key, tuple[Envelope, EmailMessage]] = {}

    async def think(self, receipt: Receipt) -> Reply | None:
        """Compose, and go as far as can be repeated; None for a week that is over."""
        now = self._clock()
        if receipt.key.ts != self._week(now):
            return None
        edition = await asyncio.to_thread(self._make, now)
        mail = self._mail(receipt.key, edition, now)
        try:
            envelope = await asyncio.to_thread(opened, self.server, receipt.key.channel)
        except Mistake as mistake:
            self.trouble[receipt.key] = str(mistake)
            raise Unreachable(str(mistake)) from mistake
        self._ready[receipt.key] = (envelope, mail)
        return Reply(Message(()), private=True)

    async def send(self, receipt: Receipt, reply: Reply) -> str:  # noqa: ARG002  (the mail is ready)
        if receipt.key not in self._ready:
            raise Mistake(f"the report to {receipt.key.channel} failed too often", "The log says why.")
        envelope, mail = self._ready.pop(receipt.key)
        try:
            await asyncio.to_thread(envelope.post, mail)
        except Exception as error:
            self.trouble[receipt.key] = f"{error} It is not known to have arrived, and is not sent again."
            raise
        self.trouble.pop(receipt.key, None)
        return str(mail["Message-ID"])

    async def find(self, receipt: Receipt) -> str | None:  # noqa: ARG002
        """Nobody can know; where nothing was being sent, `Once` goes on by itself."""
        return None

    async def settle(self, receipt: Receipt, reply_id: str) -> str:  # noqa: ARG002
        return reply_id

    def _mail(self, key: Key, edition: Edition, now: int) -> EmailMessage:
        report = edition.report
        return composed(
            subject=f"Knowledge report {report.week}: {report.subject}",
            sender=self.server.sender,
            to=key.channel,
            text=self._veil(text.write(report, width=78)),
            html=self._veil(html.write(report, picture="cid:map")),
            picture=edition.picture,
            number=f"lamplighter-{report.week}-{abs(hash_of(key.channel)):x}",
            now=now,
        )


def hash_of(words: str) -> int:
    """The same number in every process."""
    from zlib import crc32

    return crc32(words.encode())


class Courier:
    """The platforms with their destinations, and what the clock does with them. Times are seconds UTC."""

    def __init__(
        self,
        db: Database,
        platforms: Mapping[Platform, tuple[str, ...]],
        make: Make,
        when: Any,
        zone: tzinfo,
        clock: Callable[[], int],
    ) -> None:
        """The parts; `when` is a trigger of `calendar.py`, `platforms` go with the addresses or channels."""
        self._receipts = {one.name: Receipts(db, new_holder(), LEASE_SECONDS) for one in platforms}
        self._once = {one.name: Once(one, self._receipts[one.name], clock) for one in platforms}
        self._where = {one.name: where for one, where in platforms.items()}
        self._make, self._when, self._zone, self._clock = make, when, zone, clock
        self._kept = ""  # the week for which this process has done its part

    async def tick(self) -> None:
        """Send what is due and nobody has taken; the register remembers the week even where nothing is sent."""
        now = self._clock()
        due = last_due(self._when, now, self._zone)
        if due is None or week_of(due, self._zone) != week_of(now, self._zone):
            return
        week = week_of(now, self._zone)
        if self._kept == week:
            return
        edition = await asyncio.to_thread(self._make, now)
        if not edition.report.commits:
            return  # nothing is indexed yet
        self._kept = week
        for name, once in self._once.items():
            for where in self._where[name]:
                receipt = Receipt(Key(name, "", where, week), "", "", {})
                if await once.take(receipt):
                    log.info("the report of %s goes to %s", week, where)
                    once.answer(receipt)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`: look after what is not delivered yet."""
        try:
            await asyncio.gather(*(once.look_after(stop, SWEEP_SECONDS) for once in self._once.values()))
        finally:
            for once in self._once.values():
                await once.close()

    async def deliver(self) -> dict[str, str]:
        """Send this week's report now, wherever it has not been sent: address or channel → what became of it."""
        now = self._clock()
        week = week_of(now, self._zone)
        told: dict[str, str] = {}
        for name, once in self._once.items():
            waiting = {one.key: one for one in await once.store(self._receipts[name].take_over, name, now)}
            for where in self._where[name]:
                key = Key(name, "", where, week)
                receipt = waiting.get(key, Receipt(key, "", "", {}))
                if key in waiting or await once.take(receipt):
                    await once.answer(receipt)
                    told[where] = await once.store(self._became, name, key, once.platform)
                else:
                    told[where] = f"the report of {week} was sent before, or is being sent"
            await once.close()
        return told

    def _became(self, name: str, key: Key, platform: Any) -> str:
        state, _ = self._receipts[name].state(key) or ("lost", "")
        return "sent" if state == "replied" else platform.trouble.get(key) or f"not sent ({state}); the log says why"
