"""Puts together what delivers reports, from the settings and the environment."""

from __future__ import annotations

import os
from collections.abc import Callable

from bot.chat.once import Platform
from bot.config import Settings
from bot.mail import MailServer
from bot.reports.calendar import trigger
from bot.reports.courier import Courier, Edition, Mailbox
from bot.reports.map import picture
from bot.reports.weekly import Report
from bot.reports.zone import zone_of
from bot.veiling import unnamed, veiled
from knowledge.areas.register import week_of
from knowledge.store.database import Database


def courier(db: Database, settings: Settings, make: Callable[[int], Report], clock: Callable[[], int]) -> Courier:
    """The courier of these settings; `make` is called in threads, `clock` gives seconds UTC.

    Raises:
        Mistake: `report.when` or `report.timezone` cannot be understood.
    """
    said, zone = settings.report, zone_of(settings)

    def edition(now: int) -> Edition:
        report = make(now)
        return Edition(report, picture(report))

    def week(now: int) -> str:
        return week_of(now, zone)

    platforms: dict[Platform, tuple[str, ...]] = {}
    if said.to:
        platforms[Mailbox(mail_server(settings), edition, clock, week, lambda words: unnamed(words, db))] = said.to
    if said.channel:
        from bot.chat.slack_report import Channel

        platforms[Channel(edition, clock, week, lambda message: veiled(message, db))] = (said.channel,)
    return Courier(db, platforms, edition, trigger(said.when, zone), zone, clock)


def mail_server(settings: Settings) -> MailServer:
    """The mail server of the settings, with the password of the environment."""
    said = settings.mail
    return MailServer(said.host, said.port, said.starttls, said.user, said.sender, os.environ.get("MAIL_PASSWORD", ""))
