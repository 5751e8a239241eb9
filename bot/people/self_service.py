"""What somebody says of themselves in chat, done at once and told to them alone, with the way back.

Who they are follows from the chat account that a lead linked, or from the address that the platform vouches for; never
from what they say.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.answer import Answer, Asked, Ground
from bot.looking_back import only_looks
from bot.message import Asker, Choice, Choices, Note, Part, Text, plain
from bot.people.actions import link, not_away, set_away, set_back, set_opted_in, set_opted_out
from bot.people.asker import person_of
from bot.telling.one_person import areas_to_catch_up
from bot.understanding.oneself import Wish, wish
from knowledge import zones
from knowledge.model import Person
from knowledge.store.database import Database

MOST_AREAS = 4  # are offered to who comes back
OUT = (
    "Done: from now on you are neither named nor ranked, in no answer, list or report, to nobody. What you did still"
    " counts, as someone's. Files and commit messages themselves stay as they are; I show them without your name."
)


def answer(ground: Ground, asked: Asked) -> Answer:
    """Do what somebody wants to hold of themselves, or say why it cannot be done and what can.

    Raises:
        Mistake: it was said of a day in the past.
    """
    if asked.incoming.looks_back:
        raise only_looks("what you say of yourself")
    asker, now = asked.incoming.asker, ground.now
    person = _who(ground.db, asker)
    zone = _zone(ground.db, person) if person else ""
    wanted = wish(asked.incoming.text, zones.today(now, zone)) or asked.meaning.wish
    assert wanted is not None  # noqa: S101  (who comes here has one)
    if wanted.kind == "somebody_else":
        return _private(Text("I take that only from themselves. A lead can say it with `lamp people`."))
    if wanted.kind == "link":
        return _linked(ground, asker, person, wanted)
    if wanted.kind == "which_days":
        return _private(Text("Which days? Say it as “I'm away from 3 to 14 August” or “I'm away until Friday”."))
    if wanted.kind == "back":
        return _back(ground, asker, person)
    if person is None:
        return _unknown(asker)
    return _private(*_done(ground.db, person, wanted, now, f"themselves ({asker.platform})", zone))


def _done(db: Database, person: Person, wanted: Wish, now: int, by: str, zone: str) -> tuple[Part, ...]:
    match wanted.kind:
        case "opt_out":
            set_opted_out(db, person, now, by)
            return Text(OUT), Choices("Should you change your mind:", (Choice("Name me again", "name me again"),))
        case "opt_in":
            if not person.opted_out:
                return (Text("You had not opted out: you may be named."),)
            set_opted_in(db, person, now, by)
            undo = Choices("Should you change your mind:", (Choice("Forget me", "forget me"),))
            return Text("Done: you may be named again, as somebody who knows and can be asked."), undo
        case "cancel":
            gone = not_away(db, person, wanted.first, now, by)
            return (Text("Done: that absence is taken back." if gone else "I knew of no such absence."),)
        case _:
            set_away(db, person, wanted.first, wanted.last, now, by)
            return _told_away(wanted, zone)


def _back(ground: Ground, asker: Asker, person: Person | None) -> Answer:
    """Whoever is back may be proposed again, and is asked what they want to catch up on."""
    if person is not None:
        set_back(ground.db, person, ground.now, f"themselves ({asker.platform})")
        return _private(Text("Welcome back: I may propose you again."), *_catching_up(ground, person))
    told = _unknown(asker)
    repos = ground.resolver.repos()
    seems = person_of(ground, asker, repos[0].id) if repos else None
    offered = _catching_up(ground, seems) if seems else _everything(ground)
    return replace(told, parts=(Text("Welcome back."), *told.parts, *offered))


def _catching_up(ground: Ground, person: Person) -> tuple[Part, ...]:
    """A question back with their own areas that moved; nothing moved, then that."""
    mixed = len(ground.resolver.repos()) > 1
    named = [f"{at.repo}:{at.name}" if mixed else at.name for at in areas_to_catch_up(ground, person)]
    if not named:
        return (Text("Nothing has changed where you worked of late, so there is nothing to catch up on there."),)
    choices = tuple(Choice(name, f"catch me up on `{name}`") for name in named[:MOST_AREAS])
    return (Choices("What should I catch you up on?", choices),)


def _everything(ground: Ground) -> tuple[Part, ...]:
    choices = tuple(Choice(repo.name, f"catch me up on `{repo.name}`") for repo in ground.resolver.repos()[:MOST_AREAS])
    return (Choices("What should I catch you up on?", choices),) if choices else ()


def _told_away(wanted: Wish, zone: str) -> tuple[Part, ...]:
    first = _day(wanted.first)
    if not wanted.last:
        days = f"from {first} on; tell me when you are back"
    elif wanted.last == wanted.first:
        days = f"on {first}"
    else:
        days = f"from {first} to {_day(wanted.last)}, both days included"
    where = Note(f"Days begin at midnight of {zone or 'UTC'}; `lamp people timezone` sets another.")
    undo = Choices("Should that be wrong:", (Choice("Take it back", f"cancel my absence from {wanted.first}"),))
    return Text(f"Noted: you are away {days}. I propose you to nobody then."), where, undo


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day:%A}, {day.day} {day:%B %Y}"


def _linked(ground: Ground, asker: Asker, person: Person | None, wanted: Wish) -> Answer:
    """An address links an account where the platform itself vouches for that very address."""
    if asker.platform != "slack" or asker.email.lower() != wanted.address.lower():
        return _private(Text(
            "I cannot take your word for an address: only one that Slack vouches for links an account. A lead can:"
            f" `{_command(asker)}`."
        ))  # fmt: skip
    if person is None:
        return _private(Text("No history that I read knows that address, so there is nobody to link you to."))
    link(ground.db, person, "slack", asker.id, ground.now, "themselves (slack)")
    return _private(Text("Done: I know you by this account from now on, whatever your address."))


def _unknown(asker: Asker) -> Answer:
    parts: list[Part] = [
        Text("I do not know which of the people in the histories you are, so nothing has changed."),
        Text(f"A lead can link you: `{_command(asker)}`. Then say it again."),
    ]
    if asker.platform == "terminal":
        parts[1] = Text("Say who you are with `--as EMAIL`, or use `lamp people`.")
    return Answer(tuple(parts), abstained=True, private=True)


def _command(asker: Asker) -> str:
    option = f" --{asker.platform} {plain(asker.id)}" if asker.platform in {"slack", "discord"} else ""
    return f"lamp people link PERSON{option}"


def _private(*parts: Part) -> Answer:
    return Answer(tuple(parts), private=True)


def _who(db: Database, asker: Asker) -> Person | None:
    from knowledge.store.finding import by_chat

    return by_chat(db, asker.platform, asker.id, asker.email)


def _zone(db: Database, person: Person) -> str:
    return str(db.read("SELECT timezone FROM people WHERE id = :p", p=person.id)[0][0])
