"""E-mail by SMTP: compose, hand over, and know whether it was handed over. Synchronous; called in threads.

Handing over has two halves. `opened` goes as far as the server's word that it takes mail from us for that address: what
fails there may be tried again. `Envelope.post` sends the text itself: when the line breaks in it, nobody can know.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate

from knowledge.errors import Mistake

SECONDS = 30.0  # for each step with the server
TLS_PORT = 465  # encrypted from the first byte


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. `password` comes from MAIL_PASSWORD."""

    host: str
    port: int = 587
    starttls: bool = True
    user: str = ""
    sender: str = ""
    password: str = field(default="", repr=False)
    context: ssl.SSLContext | None = None  # who is trusted; None: whom the system trusts


class Envelope:
    """A connection on which the server waits for the text of one mail."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp

    def post(self, mail: EmailMessage) -> None:
        """Send the text.

        Raises:
            Mistake: the server refuses it.
            OSError: the line broke, and it may have been taken or not (smtplib's errors are OSErrors).
        """
        try:
            code, words = self._smtp.data(mail.as_bytes(policy=mail.policy.clone(linesep="\r\n")))
        finally:
            self.close()
        if code != 250:
            raise Mistake(f"the mail server refuses the report ({code} {_words(words)})", "See what it wants of it.")

    def close(self) -> None:
        """End the connection."""
        with suppress(OSError):
            self._smtp.quit()


def composed(
    *, subject: str, sender: str, to: str, text: str, html: str, picture: bytes, number: str, now: int
) -> EmailMessage:
    """A mail with its text, its HTML (which shows `cid:map`), and the picture; `number` makes its Message-ID."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, sender, to
    mail["Date"] = formatdate(now, usegmt=True)
    mail["Message-ID"] = f"<{number}@{sender.rpartition('@')[2].strip('> ') or 'lamplighter'}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    page = mail.get_payload()[1]  # type: ignore[index]
    page.add_related(picture, "image", "png", cid="<map>", filename="areas.png", disposition="inline")  # type: ignore[union-attr]
    return mail


def opened(server: MailServer, to: str) -> Envelope:
    """A connection as far as the server's word that it takes mail for `to`.

    Raises:
        Mistake: one sentence on what is wrong, and its cure. All of it may be tried again.
    """
    if not server.host or not server.sender:
        raise Mistake("no mail server is set", "Fill in mail.host and mail.sender in config.yaml.")
    if server.user and not server.password:
        raise Mistake("MAIL_PASSWORD is not set", f"Set it to the password of {server.user} at {server.host}.")
    try:
        smtp = _connected(server)
    except ssl.SSLError as error:
        raise Mistake(
            f"{server.host} shows no certificate that can be trusted ({error.reason or error})",
            "Name the host as its certificate does, or add its authority to the system's.",
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Mistake(
            f"{server.host} offers no STARTTLS", "Use port 465, or mail.starttls: false in a network that you trust."
        ) from error
    except OSError as error:
        raise Mistake(
            f"{server.host}:{server.port} does not answer ({error})", "See mail.host and mail.port."
        ) from error
    try:
        _admitted(smtp, server, to)
    except BaseException:
        Envelope(smtp).close()
        raise
    return Envelope(smtp)


def _connected(server: MailServer) -> smtplib.SMTP:
    context = server.context or ssl.create_default_context()
    if server.port == TLS_PORT:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    smtp = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    if server.starttls:
        try:
            smtp.starttls(context=context)
        except BaseException:
            smtp.close()
            raise
    return smtp


def _admitted(smtp: smtplib.SMTP, server: MailServer, to: str) -> None:
    try:
        if server.user:
            smtp.login(server.user, server.password)
        smtp.ehlo_or_helo_if_needed()
        for step, code_and_words in (("sender", smtp.mail(server.sender)), ("recipient", smtp.rcpt(to))):
            code, words = code_and_words
            if code not in {250, 251}:
                who = server.sender if step == "sender" else to
                raise Mistake(f"{server.host} refuses {who} as {step} ({code} {_words(words)})", "See that address.")
    except smtplib.SMTPAuthenticationError as error:
        raise Mistake(f"{server.host} refuses mail.user with MAIL_PASSWORD", "See both.") from error
    except smtplib.SMTPNotSupportedError as error:
        raise Mistake(f"{server.host} takes no log-in here", "Leave mail.user empty, or see mail.port.") from error
    except OSError as error:
        raise Mistake(f"{server.host} broke off ({error})", "It is tried again.") from error


def _words(said: bytes | str) -> str:
    return " ".join((said.decode(errors="replace") if isinstance(said, bytes) else said).split())[:200]
