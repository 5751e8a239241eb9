"""What the bot says first, as a `Message`: the text of its kind, an introduction before the first, small print.

`message.data["nudge"]` is for buttons: `{"id", "what", "kind", "answers", "people", "mark", "times"}`; `answers` are
the words that `bot.nudging.flow.Flow.answer` takes, in the order to show. `LABELS` says what people read on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.calendars import zone
from bot.message import Message, Note, Part, Text
from bot.nudging.kinds import KINDS, MEETING_SECONDS
from bot.nudging.texts import Texts, choose, fill
from bot.nudging.times import others_picks
from bot.phrases import code, plain
from knowledge.model import SOMEONE
from knowledge.store.nudges import Nudge
from knowledge.store.outbox import Entry

LABELS = {
    "yes": "Yes, let's", "later": "Later", "other": "Someone else", "no": "No",
    "confirm": "Still right", "edit": "I will edit it", "not-mine": "Not mine", "retire": "Retire it",
}  # fmt: skip
OWN_FILES = " (its own files)"
RESUME = "Say “resume” whenever you like"
BUDGET_WORDS = {1: "one message", 2: "two messages", 3: "three messages"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is needed besides the nudge: names by person, who hears of us first and whom we leave alone after."""

    names: Mapping[int, str]
    introduce: tuple[int, ...] = ()
    last_call: tuple[int, ...] = ()
    budget: int = 1
    when: str = ""  # the agreed time in the recipient's own words
    times: tuple[tuple[int, str], ...] = ()  # to pick from: seconds UTC, and in the recipient's own words


def compose(texts: Texts, nudge: Nudge, entry: Entry, spoken: Spoken) -> Message:
    """The message of an outbox entry about a nudge."""
    facts = facts_of(nudge, spoken)
    mine = next((one for one in entry.people if nudge.party(one)), 0)
    others = [spoken.names.get(one, SOMEONE) for one in nudge.people if one != mine]
    facts["other"] = plain(others[0]) if others else facts["who"]
    facts["when"] = spoken.when
    parts: list[Part] = []
    if spoken.introduce:
        budget = BUDGET_WORDS.get(spoken.budget, f"{spoken.budget} messages")
        parts.append(Text(fill(choose(texts, "introduction", entry.mark), {"budget": budget})))
    parts.append(Text(fill(choose(texts, text_name(nudge, entry), entry.mark), facts)))
    if spoken.last_call:
        parts.append(Note(fill(choose(texts, "last-call", entry.mark), {"resume": RESUME})))
    answers = KINDS[nudge.kind].answers if entry.what == "proposal" else ()  # type: ignore[index]
    data = {"id": nudge.id, "what": entry.what, "kind": nudge.kind, "answers": answers, "people": entry.people}
    data |= {"times": spoken.times} if spoken.times else {}
    return Message(tuple(parts), data={"nudge": {**data, "mark": entry.mark}})


def preview(round_: Sequence[Nudge], names: Mapping[int, str]) -> Message:
    """A team's first round as a lead sees it before anybody else; `data["nudge"]["what"]` is "preview"."""
    lines = []
    for one in round_:
        facts = facts_of(one, Spoken(names))
        who = " and ".join(plain(names.get(party.person, SOMEONE)) for party in one.parties)
        words = KINDS[one.kind].words  # type: ignore[index]
        why = fill("{why}", facts) if facts["why"] else ""
        lines.append(
            f"- {who}, to {words}: {facts['area']}" if facts["area"] not in why else f"- {who}, to {words}. {why}"
        )
    intro = "This is the first week in which I would bring people together. Nothing goes out before you say so:"
    close = (
        "`lamp nudge approve` sends it, too. Later weeks go out without asking you; `lamp nudge` shows them beforehand,"
        " `--texts` every word."
    )
    data = {"what": "preview", "week": round_[0].week if round_ else ""}
    return Message((Text(intro), Text("\n".join(lines)), Note(close)), data={"nudge": data})


def text_name(nudge: Nudge, entry: Entry) -> str:
    """Which of the texts an entry is said with."""
    if entry.what == "proposal":
        return nudge.kind
    if entry.what == "time" and not others_picks(nudge, entry.people[0]):
        return "time-open"
    return "question-solo" if entry.what == "question" and len(nudge.parties) == 1 else entry.what


def facts_of(nudge: Nudge, spoken: Spoken) -> dict[str, str]:
    """The placeholders of a nudge: people by the names they go by now, the rest as it was decided.

    What was decided calls people by their roles, for names change and some want none.
    """
    roles = {party.role: plain(spoken.names.get(party.person, SOMEONE)) for party in nudge.parties}
    roles.setdefault("shows", roles.get("asked", ""))
    told = {name: str(nudge.facts.get(name, "")) for name in ("why", "now", "gain", "question")}
    area = area_words(str(nudge.facts.get("title") or nudge.area or "the whole repository"))
    return {
        **told,
        "shows": roles.get("shows", ""),
        "learns": roles.get("learns", ""),
        "who": roles.get("asked") or roles.get("shows") or roles.get("learns") or "",
        "area": area,
        "page": code(str(nudge.facts.get("page", nudge.area))),
        "minutes": str(MEETING_SECONDS // 60),
    }


def area_words(title: str) -> str:
    """What to call an area in a sentence."""
    if title in {"the files at the top", "the whole repository"}:
        return title
    path = title.removesuffix(OWN_FILES)
    return f"{code(path)}{OWN_FILES}" if path != title else code(title)


def local_time(time: int, zone_name: str) -> str:
    """A moment as people where `zone_name` is say it: "Tuesday 24 November, 14:00 (Europe/Berlin)"."""
    at = datetime.fromtimestamp(time, zone(zone_name))
    return f"{at:%A} {at.day} {at:%B, %H:%M} ({zone_name or 'UTC'})"


def local_times(time: int, zone_names: Sequence[str]) -> str:
    """A moment as each of them says it, once where they are in one zone: "Tuesday 24 November, 14:00 (UTC); …"."""
    return "; ".join(dict.fromkeys(local_time(time, one) for one in zone_names))
