"""The buttons below what the bot says first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat.flows.forms import Block, button, calendar, menu, row
from bot.chat.flows.willing import offer
from bot.nudging.wording import LABELS

MOST_TIMES = 4
UNTIL = {"week": "Next week", "month": "In a month"}


def rows(said: Mapping[str, Any]) -> tuple[Block, ...]:
    """The buttons of a message, by its `data["nudge"]` (`bot.nudging.wording`); none where it says none."""
    number = str(said.get("id", ""))
    match said.get("what"):
        case "proposal" if said.get("answers"):
            first, *rest = said["answers"]
            answers = [button(f"nudge:{first}", LABELS[first], number, "primary")]
            answers += [_answer(one, number) for one in rest]
            return (row(*answers, button("nudge:never", "Don't ask again", number)),)
        case "time":
            return times(number, said.get("times", ()))
        case "card" | "reminder":
            return (row(button("nudge:when", "Another time…", number)),)
        case "question":
            return (row(button("nudge:did", "Yes, it did", number), button("nudge:didnt", "No", number)),)
        case "preview":
            return (row(button("nudge:approve", "Send them", str(said.get("week", "")))),)
    return ()


def _answer(word: str, number: str) -> Block:
    """A button; "edit" opens the page itself (`bot.chat.flows.wiki`)."""
    if word == "edit":
        return button("wiki:edit", f"{LABELS[word]}…", f"nudge={number}")
    return button(f"nudge:{word}", LABELS[word], number)


def hand_on(number: str, person: int, name: str) -> tuple[Block, ...]:
    """Who is asked about a page instead."""
    ask = [button(f"nudge:hand:{person}", f"Ask {name}", number, "primary")] if person else []
    return (row(*ask, button("nudge:whom", "Name somebody…", number)),)


def times(number: str, listed: Sequence[tuple[int, str]]) -> tuple[Block, ...]:
    """The times to pick from, and a way to name another."""
    picks = [button(f"nudge:pick:{at}", label, number) for at, label in listed[:MOST_TIMES]]
    return (row(*picks, button("nudge:when", "Another time…", number)),)


def until(number: str) -> tuple[Block, ...]:
    """Until when "later" is."""
    return (row(menu(f"nudge:until:{number}", "Ask me…", UNTIL), calendar(f"nudge:day:{number}", "On a day…")),)


def which(number: str, kind: str) -> tuple[Block, ...]:
    """Of what to be left alone."""
    return (
        row(button(f"nudge:stop:{kind}", "Only about this", number), button("nudge:stop:all", "At all", number)),
    )  # fmt: skip


def write_down(number: str, place: str = "") -> tuple[Block, ...]:
    """A way to say what should be written down; and, for who showed `place`, that newcomers may ask them there."""
    return (row(button("nudge:note", "Write it down…", number), *([offer(place)] if place else [])),)
