"""Asking for a person in chat: "ask a person", "status of my question", "withdraw my question"."""

from __future__ import annotations

from dataclasses import replace

from bot.answer import Answer, Asked, Ground, called
from bot.dates import day
from bot.looking_back import only_looks
from bot.message import Choice, Choices, Note, Part, Text, plain
from bot.requesting import intake, table, wording
from bot.requesting.entries import NOTIFIED
from bot.requesting.flow import Asking
from bot.requesting.words import Said
from bot.requests import Ask, Route
from knowledge.model import SOMEONE
from knowledge.store.persons import people_by_id
from knowledge.store.questions import Questions, Turn
from knowledge.store.requests import DONE, Request

NO_PEOPLE = Answer((Text("I bring no questions to people here."),), abstained=True)
NO_QUESTION = frozenset({"none", "help", "report"})


def answer(ground: Ground, asked: Asked, said: Said) -> Answer:
    """Do what somebody wants done about a question for a person.

    Raises:
        Mistake: it was said of a day in the past.
    """
    if asked.incoming.looks_back:
        raise only_looks("what you want of people")
    asking = ground.asking
    if asking is None:
        return NO_PEOPLE
    asker = asked.incoming.asker
    mine = asking.store.of_asker(asker.platform, asker.id)
    if said.what != "ask":
        told = _status(asking, mine) if said.what == "status" else _withdrawn(asking, mine, said.text, ground.now)
        return replace(told, private=True, extra={"request": ""})  # no question that "ask a person" could mean
    place, thread = asked.incoming.place, asked.incoming.thread
    if said.text:
        request = intake.of_words(ground, asker, said.text, place, thread)
    else:
        turn = _last_question(ground, asked)
        if turn is None:
            return Answer((Text("Which question? Ask it here first, or say “ask somebody: …” with it."),))
        request = intake.of_turn(ground, asker, turn, place, thread)
    return opened(asking, request, ground.now, urgent=said.urgent)


def opened(asking: Asking, request: Request, now: int, *, urgent: bool = False) -> Answer:
    """Keep a request, and say what happens next."""
    known = asking.store.get(request.id)
    kept = asking.open(replace(request, urgent=urgent), now)
    if known is not None:
        return Answer(
            (Text(f"That question is on its way already: {stands(asking, kept)}."), _handle(kept)),
            extra={"request": kept.id},
        )
    return Answer((*_next(asking, kept, now), _handle(kept)), extra={"request": kept.id})


def _next(asking: Asking, one: Request, now: int) -> list[Part]:
    if not asking.settings.enabled:
        return [Text("I have kept your question. I bring none to people here; it stands in the weekly report.")]
    found = asking.routed(one, now, lambda _: True)
    if not asking.reached():
        return [Text(_by_hand(asking, one, found))]
    channel = asking.settings.channel
    last = ", and if nobody takes it, in the channel for questions" + " (without your name)" * one.private
    if isinstance(found, Ask):
        hours = asking.settings.answer_hours
        told = (
            f"I bring it to somebody who knows this; after {hours} working hours to the next one{last * bool(channel)}."
        )
        when = " It reaches them when their day begins." * (found.at > now)
        return [Text(f"{told}{when} {_hears(one)}")]
    if channel:
        told = "Nobody who knows it can be asked now, so I put it into the channel for questions."
        return [Text(f"{told} {_hears(one)}")]
    return [Text("Nobody who knows it can be asked now. I keep looking; meanwhile it stands in the weekly report.")]


def _hears(one: Request) -> str:
    """Where the asker hears what becomes of it."""
    if one.platform in NOTIFIED:
        return "You hear from me as soon as it is taken, and get the answer here."
    shows = "`lamp requests` shows how it stands"
    if one.asker_id is not None:
        return f"You hear from me in your chat as soon as it is taken, and get the answer there; {shows}."
    return (
        f"A terminal cannot be written to, and I do not know your chat account, so look again: {shows}."
        " `lamp people link PERSON --slack ID`, or asking with `--as EMAIL`, changes that for the next one."
    )


def _by_hand(asking: Asking, one: Request, found: Route) -> str:
    if not isinstance(found, Ask):
        return f"I have kept your question. Nobody stands out as knowing it, and no chat runs here to ask in. {_LATER}"
    person = people_by_id(asking.db, [found.person]).get(found.person)
    name = called(person.name) if person and not person.opted_out else SOMEONE
    candidate = one.candidate(found.person)
    why = f" ({candidate.why.rstrip('.')})" if candidate and candidate.why else ""
    return (
        f"I would ask {name}{why}. No chat runs here that I could reach them by, so please ask them yourself; I have"
        f" kept the question, and `lamp requests answer {one.id}` keeps what they say. {_LATER}"
    )


_LATER = "As soon as `lamp serve` runs with a chat (docs/slack.md), it is brought to people by itself."


def _handle(one: Request) -> Part:
    if one.state in DONE:
        return Note(f"Question {one.id}.")
    return Choices(f"Question {one.id}:", (
        Choice("How it stands", "status of my question"), Choice("Withdraw it", f"withdraw my question {one.id}"),
    ))  # fmt: skip


def _status(asking: Asking, mine: list[Request]) -> Answer:
    if not mine:
        return Answer((Text("I have no question of yours that wants a person."),))
    lines = [
        f"- “{plain(table.short(one.text))}” ({day(one.created)}, {one.id}): {stands(asking, one)}" for one in mine
    ]
    parts: list[Part] = [Text("\n".join(lines))]
    answered = next((one for one in mine if one.state == "answered"), None)
    if answered is not None:
        parts += wording.answered(answered, wording.names(asking.db, answered)).parts[1:3]
    return Answer(tuple(parts))


def _withdrawn(asking: Asking, mine: list[Request], number: str, now: int) -> Answer:
    open_ = [one for one in mine if one.state not in DONE and one.id.startswith(number)]
    if not open_:
        return Answer((Text("I have no open question of yours."),))
    if len(open_) > 1:
        choices = tuple(Choice(table.short(one.text), f"withdraw my question {one.id}") for one in open_)
        return Answer((Choices("Which one?", choices),))
    asking.withdraw(open_[0].id, now)
    return Answer((Text(f"Withdrawn: “{plain(table.short(open_[0].text))}”. Nobody is asked any more."),))


def stands(asking: Asking, one: Request) -> str:
    """How a request stands, in a sentence."""
    return wording.stands(one, wording.names(asking.db, one), reached=asking.reached())


def _last_question(ground: Ground, asked: Asked) -> Turn | None:
    said = asked.incoming
    turns = Questions(ground.db).thread(said.asker.platform, said.place, said.thread) if said.thread else []
    return next((one for one in turns if one.intent not in NO_QUESTION and "request" not in one.answer), None)
