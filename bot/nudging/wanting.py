"""What people say about being spoken to: one small grammar for chat and command line, one sentence back.

    snooze                      two weeks; or "snooze until 2026-05-01", "snooze 10 days", "snooze 3 weeks"
    stop                        everything; or one kind: "stop share"
    resume                      everything again; or one kind
    never pair me with Bob      and back: "pair me with Bob again"
    happy to help newcomers with search       shown to them; and back: "no newcomers"
    interest search             a wish to get to know an area or topic; and back: "no interest search"
    wishes                      what you said so far

Everything said here is confidential: it decides, and nobody else is ever shown it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

from bot.calendars import zone
from bot.dates import day
from bot.etiquette import ALL
from bot.nudging.kinds import KINDS
from bot.phrases import plain
from knowledge.errors import Mistake
from knowledge.model import SOMEONE
from knowledge.store import willing
from knowledge.store.database import Database
from knowledge.store.people import find
from knowledge.store.persons import people_by_id
from knowledge.store.wishes import Wish, Wishes

DAY = 86_400
SNOOZE_DAYS = 14
PRIVATE = "Only I see it."

Doing = Callable[["Wanting", "re.Match[str]"], str]


class Wanting:
    """One person's say."""

    def __init__(self, db: Database, person: int, now: int, zone_name: str = "UTC") -> None:
        self.db = db
        self.person = person
        self.now = now
        self.zone_name = zone_name
        self.wishes = Wishes(db)

    def said(self, text: str) -> str | None:
        """What to answer to `text`; None where it says nothing about being spoken to.

        Raises:
            Mistake: it does, and cannot be understood.
        """
        words = " ".join(text.split()).rstrip(".!")
        for pattern, do in _GRAMMAR:
            if found := pattern.fullmatch(words):
                return do(self, found)
        return None

    @staticmethod
    def understands(text: str) -> bool:
        """Whether `text` says something about being spoken to."""
        return any(pattern.fullmatch(text) for pattern, _ in _GRAMMAR)

    def snooze(self, found: re.Match[str]) -> str:
        """Be quiet until a day, its morning where they are."""
        until = self._until(found["day"] or "", found["number"] or "", found["unit"] or "")
        if until <= self.now:
            raise Mistake(f"{day(until)} is not ahead of us", "Name a later day, such as “snooze 2 weeks”.")
        self.wishes.wish(self.person, Wish("snooze", until=until), self.now)
        return f"Quiet until {self._day(until)}. “resume” ends it sooner."

    def stop(self, found: re.Match[str]) -> str:
        """Never again, of a kind or at all."""
        kind = self._kind(found["kind"] or "")
        self.wishes.wish(self.person, Wish("opt-out", kind), self.now)
        what = "anything" if kind == ALL else f"“{KINDS[kind].words}”"  # type: ignore[index]
        return f"I will not write to you about {what} of my own accord any more. “resume” whenever you like. {PRIVATE}"

    def resume(self, found: re.Match[str]) -> str:
        """Again, after a snooze, a stop or silence."""
        kind = self._kind(found["kind"] or "")
        if kind == ALL:
            self.wishes.take_back(self.person, "snooze")
        self.wishes.take_back(self.person, "opt-out", None if kind == ALL else kind)
        self.wishes.wish(self.person, Wish("resume"), self.now)
        return "Good to be back. As before: little, in your working hours, and “snooze” or “stop” at any time."

    def never_pair(self, found: re.Match[str]) -> str:
        """Never with this person."""
        other, name = self._somebody(found["who"])
        self.wishes.wish(self.person, Wish("never-pair", str(other)), self.now)
        return f"I will not propose anything to you together with {plain(name)}. {PRIVATE}"

    def pair_again(self, found: re.Match[str]) -> str:
        """That was some time ago."""
        other, name = self._somebody(found["who"])
        self.wishes.take_back(self.person, "never-pair", str(other))
        return f"{plain(name)} and you may be brought together again. {PRIVATE}"

    def interest(self, found: re.Match[str]) -> str:
        """Something they would like to know."""
        self.wishes.wish(self.person, Wish("interest", found["what"]), self.now)
        return f"I keep in mind that you would like to get to know {plain(found['what'])}. {PRIVATE}"

    def forget(self, found: re.Match[str]) -> str:
        """No longer."""
        known = self.wishes.take_back(self.person, "interest", found["what"])
        what = plain(found["what"])
        return f"Forgotten: {what}." if known else f"You had not said that you would like to know {what}."

    def help_newcomers(self, found: re.Match[str]) -> str:
        """Glad to be asked by whoever is new, somewhere or everywhere."""
        place = (found["what"] or "").strip("`\"'“” ")
        willing.agree(self.db, self.person, [place or willing.EVERYWHERE], self.now)
        where = f" with {plain(place)}" if place else ""
        return f"Thank you! Newcomers hear that you are glad to help{where}. “no newcomers” ends it."

    def no_newcomers(self, _: re.Match[str]) -> str:
        """Rather not."""
        willing.refuse(self.db, self.person, self.now)
        return f"I send no newcomers to you. {PRIVATE}"

    def listed(self, _: re.Match[str]) -> str:
        """What they said so far."""
        lines = [f"- {line}" for wish in self.wishes.of(self.person) if (line := self._line(wish))]
        return "\n".join(["What you told me; only I see it:", *lines]) if lines else "You have told me nothing so far."

    def _line(self, wish: Wish) -> str:
        if not wish.holds(self.now):
            return ""
        match wish.word:
            case "snooze":
                return f"quiet until {self._day(wish.until or 0)}"
            case "opt-out":
                return "nothing of my own accord" if wish.subject == ALL else f"no “{wish.subject}”"
            case "never-pair":
                whom = int(wish.subject) if wish.subject.isdecimal() else 0
                found = people_by_id(self.db, [whom]) if whom != self.person else {}
                names = [_called(one.name, out=one.opted_out) for one in found.values()]
                return f"not together with {plain(names[0])}" if names else ""  # they are somebody else by now
            case "willing":
                everywhere = wish.subject == willing.EVERYWHERE
                return "glad to help newcomers" + ("" if everywhere else f" with {plain(wish.subject)}")
            case "unwilling":
                return "no newcomers"
            case "interest":
                return f"would like to know {plain(wish.subject)}"
            case _:
                return ""

    def _until(self, named: str, number: str, unit: str) -> int:
        if number:
            return self.now + int(number) * (7 if unit.startswith("week") else 1) * DAY
        if not named:
            return self.now + SNOOZE_DAYS * DAY
        try:
            wanted = date.fromisoformat(named)
        except ValueError:
            raise Mistake(f"{named!r} is no day", "Write it as 2026-05-01, or “snooze 2 weeks”.") from None
        return int(datetime(wanted.year, wanted.month, wanted.day, tzinfo=zone(self.zone_name)).timestamp())

    def _day(self, time: int) -> str:
        return f"{datetime.fromtimestamp(time, zone(self.zone_name)):%A %d %B %Y}"

    @staticmethod
    def _kind(word: str) -> str:
        word = word.lower().replace(" ", "-")
        if word in {"", ALL, "everything", "nudges", "nudging"}:
            return ALL
        if word not in KINDS:
            raise Mistake(f"there is no kind {word!r}", f"There are {', '.join(KINDS)}.")
        return word

    def _somebody(self, words: str) -> tuple[int, str]:
        found = [one for one in find(self.db, words) if one.id != self.person]
        if len(found) != 1:
            why = "nobody" if not found else "more than one person"
            raise Mistake(f"{why} is called {words!r} here", "Write the whole name or the address.")
        return found[0].id, _called(found[0].name, out=found[0].opted_out)


def _called(name: str, *, out: bool) -> str:
    return SOMEONE if out else name


def _form(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


_KIND = r"(?: (?P<kind>[a-z-]+))?"
_GRAMMAR: tuple[tuple[re.Pattern[str], Doing], ...] = (
    (_form(r"snooze(?: until (?P<day>\S+)| (?:for )?(?P<number>\d{1,3}) (?P<unit>days?|weeks?))?"), Wanting.snooze),
    (_form(rf"(?:stop|opt-out){_KIND}"), Wanting.stop),
    (_form(rf"(?:resume|opt-in){_KIND}"), Wanting.resume),
    (_form(r"never[ -]pair(?: me with)? (?P<who>.+)"), Wanting.never_pair),
    (_form(r"pair(?: me with)? (?P<who>.+) again"), Wanting.pair_again),
    (_form(r"(?:i am )?interest(?:ed in)? (?P<what>\S.{0,80})"), Wanting.interest),
    (_form(r"(?:no|forget) interest(?: in)? (?P<what>\S.{0,80})"), Wanting.forget),
    (
        _form(
            r"(?:i am )?(?:happy|glad|willing) to (?:help|mentor) (?:newcomers|new people|beginners)"
            r"(?: (?:with|in|on|around) (?P<what>\S.{0,80}))?"
        ),
        Wanting.help_newcomers,
    ),
    (_form(r"no newcomers(?: please)?|i cannot help newcomers"), Wanting.no_newcomers),
    (_form(r"(?:my )?wishes"), Wanting.listed),
)
