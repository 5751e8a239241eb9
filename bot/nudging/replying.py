"""What to say to somebody who answered a proposal, picked a time or said what became of it; one or two sentences, pure.

Nobody is told what the others pressed, but for what they need: that there is a yes and the time that goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.calendars import zone
from bot.nudging.kinds import Answer
from bot.nudging.states import HEARD, MET
from bot.nudging.times import others_picks, picks
from bot.nudging.wording import LABELS, area_words, local_time
from bot.phrases import plain
from knowledge.model import SOMEONE
from knowledge.store.nudges import Nudge

UNKNOWN = (
    "I do not know which of the people in the histories you are, so nothing has changed."
    " A lead can link you with `lamp people link`."
)
GONE = "I no longer know what this was about; nothing has changed."
NOT_YOURS = "This was written to somebody else, so it is theirs to answer; nothing has changed."
OVER = "This is no longer open; thank you all the same."
MET_ALREADY = "That is over already; thank you all the same."
STOPPED = "Understood: I will not write to you about this any more. “resume” at any time; nobody else sees it."
NO_TIME = "I find no time within the next two weeks at which both of you work: please name one."
NOTE_KEPT = "Kept, with the thanks of whoever looks for it next."


ANOTHER = "I cannot ask them about this at the moment; is there somebody else?"


_NOT_THEIRS = "Thank you for saying so: I do not ask you about it again."


def whom(name: str) -> str:
    """After "not mine": who could be asked instead."""
    if name:
        return f"{_NOT_THEIRS} {plain(name)} worked on it, too: shall I ask them?"
    return f"{_NOT_THEIRS} Who would know whether it is still right?"


def handed(name: str) -> str:
    """That somebody else is asked."""
    return f"Thank you: I ask {plain(name)}, when it suits them." if name else "They were asked already; thank you."


def answered(before: Nudge, after: Nudge, person: int, answer: Answer, zone_name: str) -> str:
    """What to say to an answer: what follows from it, or why nothing does."""
    party, was = after.party(person), before.party(person)
    if party is None or was is None:
        return NOT_YOURS
    if after == before:
        if before.state in MET | {"asked", "did-not"}:
            return MET_ALREADY
        if was.answer == answer and before.state in HEARD | {"declined", "passed"}:
            return f"You said so already: {LABELS[answer].lower()}. Nothing more is needed."
        return OVER
    match answer:
        case "yes" if after.state in {"scheduled", "reminded"}:
            return f"Thank you! It stays with {local_time(after.meet_time or 0, zone_name)}."
        case "yes" if after.state == "later":
            return f"Thank you! I come back to you both on {_day(after.later_time or 0, zone_name)}."
        case "edit":
            opens = f"`lamp wiki edit {after.facts.get('page', after.area)}` opens it in a terminal"
            return f"Thank you! {opens}; in a week I ask you once what came of it."
        case "yes":
            return "Thank you! In a week I ask you once what came of it."
        case "later":
            return f"Gladly later: I ask again on {_day(after.later_time or 0, zone_name)}."
        case "other" | "not-mine":
            return "Thank you for saying so: I look for somebody else."
        case "no":
            area = area_words(str(after.facts.get("title") or after.area))
            return f"That is fine, and thank you for saying so: I leave {area} be."
        case "confirm":
            return "Thank you: noted as still right, today."
        case "retire":
            return "Thank you: noted as ready to go."


def waiting(nudge: Nudge, person: int, names: Mapping[int, str]) -> str:
    """That they have said all they can for now."""
    return f"You said so already, and a time, too. As soon as it suits {_other(nudge, person, names)}, you both hear."


def which_time(nudge: Nudge, person: int, names: Mapping[int, str], zone_name: str) -> str:
    """The question for a time, with the one that somebody else already picked."""
    other = _other(nudge, person, names)
    said = others_picks(nudge, person)
    if said:
        return f"{other} would like that: does {local_time(said[0], zone_name)} suit you?"
    return "Which of these times would suit you?"


def picked(before: Nudge, after: Nudge, person: int, time: int, names: Mapping[int, str], zone_name: str) -> str:
    """What to say to a time that somebody picked."""
    if after.party(person) is None:
        return NOT_YOURS
    when, other = local_time(time, zone_name), _other(after, person, names)
    if after.state == "scheduled" and after.meet_time == time and before.meet_time != time:
        return f"Then it is {when}. The card comes to you both in a moment."
    if after == before:
        if before.meet_time == time:
            return f"It is {when}, as you both said."
        if before.state in HEARD and time in picks(before, person):
            return f"{when}, you said so already; {other} is asked."
        return "That time is over: please pick another." if before.state in HEARD else OVER
    return f"{when}, noted. As soon as it suits {other}, too, you both get the card."


def told(before: Nudge, after: Nudge, person: int, *, happened: bool) -> str:
    """What to say to whether it happened."""
    party, was = after.party(person), before.party(person)
    if party is None or was is None:
        return NOT_YOURS
    if after == before:
        return "You said so already; thank you." if was.happened else OVER
    if was.happened and after.state in MET:
        return "You said so already; thank you."
    if not happened:
        return "Thank you for telling me. Then another time, if you like: I will not ask again about this one."
    return "Good to hear, thank you! Is there a sentence or two that should be written down for the next one?"


def _other(nudge: Nudge, person: int, names: Mapping[int, str]) -> str:
    return next((plain(names.get(one, SOMEONE)) for one in nudge.people if one != person), SOMEONE)


def _day(time: int, zone_name: str) -> str:
    at = datetime.fromtimestamp(time, zone(zone_name))
    return f"{at:%A} {at.day} {at:%B}"
