"""Talking in a terminal: a prompt for a person, or one line in and one answer out for a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from bot.message import Asker, Choices, Incoming, Message
from bot.people.account import user_name
from bot.render import terminal

Reply = Callable[[Incoming], Message]

GREETING = "Ask who, where, how, why or when; `help` shows examples, Ctrl-D ends. {subject}"
LEAVING = frozenset({"exit", "quit", ":q"})


class Behind(Protocol):
    """Work that goes on behind the conversation."""

    def line(self) -> str:
        """One line about how far it is, empty when it is done."""
        ...


def incoming(text: str, email: str = "") -> Incoming:
    """What somebody typed, as the bot hears it."""
    user = user_name()
    return Incoming(text, Asker("terminal", user, user, email), "terminal", f"terminal-{user}", int(time.time()))


def pick(text: str, last: Message | None) -> str:
    """A bare number after a question back means that choice; anything else is itself."""
    if last is None or not text.strip().isdigit():
        return text
    choices = [choice for part in last.parts if isinstance(part, Choices) for choice in part.choices]
    at = int(text) - 1
    return choices[at].say if 0 <= at < len(choices) else text


def shown(message: Message) -> str:
    """The message; where it answers nothing, with the way to somebody who may."""
    wants_person = message.abstained and message.question_id is not None and not message.private
    return terminal(message) + "\n\nShall I bring it to somebody? Say “ask a person”." * wants_person


def answer_lines(lines: Iterable[str], reply: Reply, write: Callable[[str], object], email: str = "") -> int:
    """Answer every line of a pipe in turn, up to one that leaves; returns how many were answered."""
    answered, last = 0, None
    for line in lines:
        said = line.strip()
        if said in LEAVING:
            break
        if not said:
            continue
        last = reply(incoming(pick(said, last), email))
        write(f"> {said}\n\n{shown(last)}\n\n")
        answered += 1
    return answered


def converse(reply: Reply, behind: Behind, home: Path, subject: str, email: str = "") -> None:
    """Talk with a person until they leave; the toolbar shows what still goes on behind."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory

    session: PromptSession[str] = PromptSession(history=FileHistory(str(home / "chat-history")))
    sys.stdout.write(GREETING.format(subject=subject) + "\n\n")
    last: Message | None = None
    while True:
        try:
            said = session.prompt("you › ", bottom_toolbar=lambda: behind.line() or None, refresh_interval=1.0).strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if said in LEAVING:
            return
        if said:
            last = reply(incoming(pick(said, last), email))
            sys.stdout.write(f"\n{shown(last)}\n\n")
