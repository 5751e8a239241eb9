"""What is said about a request: to whoever is asked, to the asker, in the channel.

`message.data["request"]` is for buttons: `{"id", "what", "state", "buttons"}`; `LABELS` says what people read on them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.config import RequestSettings
from bot.dates import day
from bot.etiquette import Recipient, Send
from bot.message import Message, Note, Part, Quote, Source, Sources, Text, plain
from bot.phrases import called, code, count
from knowledge.model import SOMEONE
from knowledge.store.database import Database
from knowledge.store.outbox import Entry
from knowledge.store.persons import people_by_id
from knowledge.store.requests import Request

LABELS = {
    "claim": "I take it", "answer": "Answer", "pass": "Pass on", "not-now": "Not now", "never": "Never ask me",
    "withdraw": "Withdraw it", "page": "Keep as a page", "helpful": "That helps",
}  # fmt: skip
MOST_QUOTED = 1500  # characters of a question or answer in a message
HELLO = (
    "Hello, I am Lamplighter. I read the team's history and pages and answer questions about them; where nothing"
    " written answers one, I ask somebody who works there."
)


@dataclass(frozen=True, slots=True)
class Names:
    """What people are called now."""

    asker: str
    holder: str  # empty: it is with nobody


@dataclass(frozen=True, slots=True)
class Spoken:
    """What words need besides the request."""

    settings: RequestSettings
    names: Names
    known: Mapping[int, Recipient]
    verdict: Send
    first: bool = False  # whoever is asked never said that they may be


def names(db: Database, one: Request) -> Names:
    """What the asker and the holder are called; "someone" for whom does not want to be named."""
    people = people_by_id(db, [number for number in (one.asker_id, one.holder) if number is not None])
    asker = people.get(one.asker_id or 0)
    holder = people.get(one.holder or 0)
    return Names(
        (SOMEONE if asker.opted_out else asker.name) if asker else one.asker_name or SOMEONE,
        (SOMEONE if holder.opted_out else holder.name) if holder else one.holder_name,
    )


def compose(one: Request, entry: Entry, spoken: Spoken) -> Message:
    """The message of an outbox entry about a request."""
    match entry.what:
        case "ask":
            return asking(one, entry.people[0], spoken)
        case "ping" | "edit":
            return in_channel(one, spoken.names)
        case "reminder":
            words = (
                f"You took a question of {called(spoken.names.asker)} on {day(one.state_time)}. Is it still with you?"
            )
            return _message(one, "reminder", (Text(words), _question(one)), ("answer", "pass"))
        case "withdrawn":
            words = f"{called(spoken.names.asker)} no longer needs an answer to this. Thank you for taking it."
            return _message(one, "withdrawn", (Text(words), _question(one)))
        case "claimed":
            words = f"{called(spoken.names.holder)} takes your question and will answer here."
            return _message(one, "claimed", (Text(words), _question(one)), ("withdraw",))
        case "unanswered":
            return _message(one, "unanswered", (Text(NOBODY), _question(one)), ("withdraw",))
        case _:
            return answered(one, spoken.names)


NOBODY = (
    "So far nobody could take your question. It stays open: it stands in the weekly report, and an answer reaches you"
    " whenever it comes."
)


def asking(one: Request, person: int, spoken: Spoken) -> Message:
    """The question, to the person who was chosen: who asks, why them, what was found, and what they can do."""
    parts: list[Part] = [Text(HELLO)] if spoken.verdict.introduce else []
    candidate = one.candidate(person)
    why = f" Why you: {_to_you(candidate.why)}." if candidate and candidate.why else ""
    haste = " It is urgent." if one.urgent else ""
    parts.append(Text(f"{called(spoken.names.asker)} looks for somebody who knows {about(one)}.{haste}{why}"))
    parts.append(_question(one))
    parts += evidence(one)
    hours = spoken.settings.answer_hours / (2 if one.urgent else 1)
    within = count(int(hours), "working hour") if hours >= 1 else "half a working hour"
    parts.append(Text(f"Could you take it? If I hear nothing within {within}, I ask the next one; that is fine, too."))
    buttons: tuple[str, ...] = ("claim", "answer", "pass")
    if spoken.first:
        most = count(spoken.settings.budget, "question")
        parts.append(
            Text(
                f"This is the first such question I bring to you. May I bring others, at most {most} a week and in your"
                " working hours? Taking or answering one is a yes; silence is not, and I will not ask again."
            )
        )
        buttons = (*buttons, "not-now", "never")
    if spoken.verdict.last_call:
        parts.append(
            Note("If this is a bad time, simply leave it: I will be quiet after this one. “resume” ends that.")
        )
    return _message(one, "ask", tuple(parts), buttons)


def _to_you(why: str) -> str:
    """A reason as it is said to the person themselves."""
    said = re.sub(r"\bthey\b", "you", re.sub(r"\btheir\b", "your", why))
    said = re.sub(r"^has not ", "you have not ", said).replace(", but was last", ", but were last")
    said = re.sub(r"^(worked|wrote|changed|merged|reviewed|answered|knows)\b", r"you \1", said).replace(
        "you knows", "you know"
    )
    return said.rstrip(".")


def in_channel(one: Request, said: Names) -> Message:
    """The one message in the channel, as it stands now; who asked in private is not named."""
    who = SOMEONE.capitalize() if one.private else called(said.asker)
    haste = " It is urgent." * one.urgent
    parts: list[Part] = [Text(f"{who} looks for somebody who knows {about(one)}.{haste}"), _question(one)]
    buttons: tuple[str, ...] = ()
    if one.state == "answered":
        parts += [Text(f"Answered by {called(said.holder or SOMEONE)}:"), _quote(one.answer, "the answer")]
    elif one.state == "withdrawn":
        parts.append(Text("No longer needed, thank you."))
    elif one.state == "claimed":
        parts.append(Text(f"Taken by {called(said.holder or SOMEONE)}."))
        buttons = ("answer",)
    else:
        parts += [*evidence(one), Text("Who can take it? An answer in this thread counts, too.")]
        buttons = ("claim", "answer")
    return _message(one, "ping", tuple(parts), buttons)


def answered(one: Request, said: Names) -> Message:
    """The answer, to the asker."""
    who = called(said.holder or SOMEONE)
    parts: list[Part] = [Text(f"{who} answered your question:"), _question(one), _quote(one.answer, "the answer")]
    links = [str(link) for link in one.facts.get("links", [])]
    if links:
        parts.append(Sources(tuple(Source(link, link) for link in links)))
    parts.append(Note("I keep it, so that the next one who asks finds it."))
    return _message(one, "answered", tuple(parts), ("page",))


def thanks(one: Request, asker: str) -> Message:
    """To whoever answered."""
    words = f"Thank you. {called(asker)} has your answer now, and the next one who asks finds it, with your name."
    return _message(one, "thanks", (Text(words),), ("page",))


def evidence(one: Request) -> list[Part]:
    """What was found so far: the places, and the first words of the best."""
    found = [dict(item) for item in one.facts.get("evidence", [])]
    if not found:
        return []
    best = found[0]
    parts: list[Part] = [Text("What I found so far, which does not surely answer it:")]
    if best.get("quote"):
        quoted = str(best["quote"])
        parts.append(Quote(quoted[:400] + "…" * (len(quoted) > 400), str(best["label"])))
    return [*parts, Sources(tuple(Source(str(item["label"]), str(item.get("url", ""))) for item in found))]


def about(one: Request) -> str:
    """What a request is about, in a sentence."""
    if one.topic:
        return "this" if bare(one.topic) == bare(one.text) else f"“{plain(one.topic)}”"
    return code(one.area) if one.area else "this"


def bare(words: str) -> str:
    """Words without what ends a question, to compare them."""
    return " ".join(words.casefold().split()).rstrip("?!. ")


def _question(one: Request) -> Quote:
    return _quote(one.text, f"asked on {day(one.created)} · {one.id}")


def _quote(text: str, source: str) -> Quote:
    return Quote(text if len(text) <= MOST_QUOTED else text[: MOST_QUOTED - 1].rstrip() + "…", source)


def _message(one: Request, what: str, parts: tuple[Part, ...], buttons: tuple[str, ...] = ()) -> Message:
    return Message(parts, data={"request": {"id": one.id, "what": what, "state": one.state, "buttons": buttons}})


def stands(one: Request, said: Names, *, reached: bool = True) -> str:
    """How a request stands, in a sentence for anybody: whom it is with only once they took it."""
    since = day(one.state_time)
    match one.state:
        case "open" if not reached:
            return "nobody has been told yet: no chat runs here that I could reach them by"
        case "open":
            return "I look for somebody who can be asked"
        case "asked":
            return f"with somebody who knows it, since {since}"
        case "claimed":
            return f"taken by {plain(said.holder or SOMEONE)} on {since}"
        case "channel":
            return f"in the channel since {since}"
        case "answered":
            return f"answered by {plain(said.holder or SOMEONE)} on {since}"
        case "withdrawn":
            return f"withdrawn on {since}"
        case _:
            return f"nobody has taken it (since {day(one.created)})"
