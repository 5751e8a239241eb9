"""What people and the clock do to requests: every change with everything that follows from it, in one transaction.

For whoever builds buttons or commands (synchronous: call it with `asyncio.to_thread`):

    asking.open(request, now)                   keeps it; the clock asks somebody
    asking.claim(number, person, now)           "I take it"
    asking.pass_on(number, person, how, now)    "not me", "not now", "never ask me", perhaps naming a colleague
    asking.answer(number, person, text, now)    the answer: kept, findable, and evidence of who knows the place
    asking.withdraw(number, now)                by the asker

Each returns the request as it is afterwards (its `state` says what to reply), None where there is none. `Asking` is
also the voice that the runner of `bot.nudging` speaks with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.config import RequestSettings
from bot.etiquette import Recipient, Send
from bot.message import Message
from bot.nudging.flow import TRIES
from bot.nudging.people import Team, recipients
from bot.nudging.sender import Posted
from bot.requesting import entries, states, wording
from bot.requesting.capture import capture
from bot.requesting.clock import after_hours
from bot.requesting.gather import KIND, holders, is_gone
from bot.requesting.states import Happening, moved
from bot.requests import Ask, Route, Rules, ToChannel, route
from bot.veiling import veiled
from knowledge.store import outbox
from knowledge.store.database import Database, Transaction, storable
from knowledge.store.outbox import Entry
from knowledge.store.requests import Request, Requests
from knowledge.store.wishes import Wish, Wishes

NOT_NOW_DAYS = 30  # for which "not now" holds
MOST_CHARACTERS = 12_000  # of an answer are kept
_FITS = {  # an entry is only said while its request is in this state
    "ask": "asked",
    "ping": "channel",
    "reminder": "claimed",
    "claimed": "claimed",
    "unanswered": "unanswered",
}
DAY = 86_400


def as_it_is(text: str) -> str:
    """A text without anything taken out of it."""
    return text


def always() -> bool:
    """Yes."""
    return True


class Asking:
    """Requests as people and the clock change them."""

    kind = KIND

    def __init__(
        self,
        db: Database,
        settings: RequestSettings,
        team: Team,
        redact: Callable[[str], str] = as_it_is,
        reached: Callable[[], bool] = always,
        learnt: Callable[[], object] = always,
    ) -> None:
        """The parts.

        Args:
            db: the store.
            settings: how questions are brought to people.
            team: the manners, and what config.yaml says of people.
            redact: takes secrets out of what people write, before it is kept.
            reached: whether a chat runs by which people can be reached.
            learnt: is called after an answer was kept: search may catch up.
        """
        self.db = db
        self.store = Requests(db)
        self.settings = settings
        self.team = team
        self.redact = redact
        self.reached = reached
        self._learnt = learnt

    @property
    def budget(self) -> int:
        """Requests that a person gets in any seven days, at most."""
        return self.settings.budget

    # -- people -------------------------------------------------------------------------------------------------------

    def open(self, request: Request, now: int) -> Request:
        """Keep a question that wants a person; the same one (of the same id) once."""
        text = self.redact(storable(request.text.strip()))
        self.store.add(replace(request, text=text, state="open", state_time=now, look_time=now))
        kept = self.store.get(request.id)
        assert kept is not None  # noqa: S101  (it was just added, or was there)
        return kept

    def claim(self, number: str, person: int | None, now: int, name: str = "") -> Request | None:
        """Somebody takes it; `name` for one whom the store does not know."""
        look = self._due(person, now, 2 * self.settings.answer_hours)
        after = self.change(number, states.Claimed(person, look, "" if person else name), now)
        if after is not None and after.state == "claimed" and after.holder == person:
            self._willing(person, now)
        return after

    def pass_on(
        self, number: str, person: int, now: int, how: states.No = "passed", to: int | None = None
    ) -> Request | None:
        """Somebody passes it on; "not-now" and "never" also say whether they want to be asked again."""
        if how != "passed":
            until = now + NOT_NOW_DAYS * DAY if how == "not-now" else None
            wishes = Wishes(self.db)
            wishes.take_back(person, "opt-in", KIND)
            wishes.wish(person, Wish("opt-out", KIND, until), now)
        return self.change(number, states.Passed(person, how, to), now)

    def answer(
        self, number: str, person: int | None, text: str, now: int, name: str = "", links: tuple[str, ...] = ()
    ) -> Request | None:
        """The answer; the first one stands."""
        said = self.redact(storable(text.strip()))[:MOST_CHARACTERS]
        after = self.change(number, states.Answered(person, said, "" if person else name, links), now)
        if after is not None and after.state == "answered" and after.holder == person:
            self._willing(person, now)
            self._learnt()
        return after

    def withdraw(self, number: str, now: int) -> Request | None:
        """The asker no longer needs it."""
        return self.change(number, states.Withdrawn(), now)

    def yes(self, person: int, now: int) -> None:
        """Somebody may be asked from now on."""
        wishes = Wishes(self.db)
        wishes.take_back(person, "opt-out", KIND)
        wishes.wish(person, Wish("opt-in", KIND), now)

    def _willing(self, person: int | None, now: int) -> None:
        """Who takes one may be asked again, unless they said no."""
        if person is None:
            return
        held = {(wish.word, wish.subject) for wish in Wishes(self.db).of(person) if wish.holds(now)}
        if not held & {("opt-out", KIND), ("opt-out", "all"), ("opt-in", KIND)}:
            Wishes(self.db).wish(person, Wish("opt-in", KIND), now)

    # -- the clock ----------------------------------------------------------------------------------------------------

    def routed(self, request: Request, now: int, reaches: Callable[[int], bool]) -> Route:
        """Whom a request would be brought to now, and why."""
        rules = Rules(channel=bool(self.settings.channel))
        return route(request, holders(self.db, self.team, self.budget, request, now, reaches), rules, now)

    def tick(self, now: int, reaches: Callable[[int], bool]) -> int:
        """Let time go by, and bring what is open to somebody; returns how many requests changed."""
        return sum(self._looked_at(one, now, reaches) for one in self.store.unfinished())

    def _looked_at(self, before: Request, now: int, reaches: Callable[[int], bool]) -> bool:
        """Whether the clock changed a request."""
        one = before
        happening: Happening | None = None
        if one.state == "claimed" and one.holder is not None and is_gone(self._who(one.holder, now), now):
            happening = states.Released()
        elif one.state == "asked" and one.holder is not None and self._was_dropped(one):
            happening = states.Unreached(one.holder)  # whoever dropped it died before saying so
        elif one.look_time <= now:
            happening = self._happening(one)
        if happening is not None:
            one = self.change(one.id, happening, now) or one
        if one.state == "open" and one.look_time <= now and self.settings.enabled:
            one = self._bring(one, now, reaches)
        return one.version != before.version

    def _was_dropped(self, one: Request) -> bool:
        rows = self.db.read("SELECT state FROM outbox WHERE mark = :mark", mark=f"request {one.id} ask {one.holder}")
        return bool(rows) and rows[0][0] == "dropped"

    @staticmethod
    def _happening(one: Request) -> Happening | None:
        match one.state:
            case "asked":
                return states.TimedOut()
            case "claimed":
                return states.Reminded()
            case "channel":
                return states.GaveUp()
        return None

    def _bring(self, one: Request, now: int, reaches: Callable[[int], bool]) -> Request:
        found = self.routed(one, now, reaches)
        happening: Happening
        if isinstance(found, Ask):
            happening = states.Asked(found.person)
        elif isinstance(found, ToChannel) and not one.ts:
            happening = states.ToChannel()
        elif now >= one.created + states.OPEN_DAYS * DAY or one.ts:
            happening = states.GaveUp()
        else:
            happening = states.LookAgain(found.again if not isinstance(found, ToChannel) else now + DAY)
        return self.change(one.id, happening, now) or one

    def _who(self, person: int, now: int) -> Recipient | None:
        return recipients(self.db, self.team, [person], now, only=KIND).get(person)

    def _due(self, person: int | None, now: int, hours: float) -> int:
        who = self._who(person, now) if person is not None else None
        return after_hours((who or Recipient(0)).place(self.team.manners), now, hours)

    # -- changing -----------------------------------------------------------------------------------------------------

    def change(self, number: str, happening: Happening, now: int) -> Request | None:
        """Apply one happening, with what follows from it; read again where somebody else was quicker."""
        for _ in range(TRIES):
            before = self.store.get(number)
            if before is None:
                return None
            after = moved(before, happening, now)
            if after is before:
                return before
            with self.db.transaction() as tx:
                if self._apply(tx, before, after, happening, now):
                    break
        return self.store.get(number)

    def _apply(self, tx: Transaction, before: Request, after: Request, happening: Happening, now: int) -> bool:
        if not self.store.save(tx, after):
            return False
        spoke = isinstance(happening, states.Claimed | states.Passed | states.Answered)
        heard = happening.person if spoke else before.holder if after.state == "withdrawn" else None  # type: ignore[union-attr]
        if heard is not None:
            outbox.answered(tx, after.id, heard, now)
        if after.state != before.state:
            outbox.cancel(tx, after.id, f"it is {after.state}", "ask")
            self._follow(tx, before, after, now)
        elif isinstance(happening, states.Reminded):
            outbox.put(tx, [entries.reminder(after, now)])
        return True

    def _follow(self, tx: Transaction, before: Request, after: Request, now: int) -> None:
        new: list[Entry] = []
        match after.state:
            case "asked" if after.holder is not None:
                who = self._who(after.holder, now) or Recipient(after.holder)
                new.append(entries.ask(after, who.place(self.team.manners), now))
            case "channel":
                new.append(entries.ping(after, self.settings.channel, now))
            case "claimed" | "unanswered":
                new += entries.to_asker(after, after.state, now)
            case "answered":
                outbox.cancel(tx, after.id, "it is answered", "reminder")
                new += entries.to_asker(after, "answered", now)
                capture(tx, self.db, after, now)
            case "withdrawn":
                outbox.cancel(tx, after.id, "it was withdrawn")
                new += entries.courtesy(before, now)
        if before.ts:
            new.append(entries.edit(after, now))
        outbox.put(tx, new)

    # -- the voice ----------------------------------------------------------------------------------------------------

    def wanted(self, entry: Entry) -> bool:
        """Whether an entry still says what is so."""
        one = self.store.get(entry.about)
        if one is None:
            return False
        if entry.what == "ask":
            return one.state == "asked" and one.holder in entry.people
        return one.state == _FITS.get(entry.what, one.state)

    def message(self, entry: Entry, known: Mapping[int, Recipient], verdict: Send, now: int) -> Message:
        """The words of an entry, without anybody who opted out."""
        one = self.store.get(entry.about)
        assert one is not None  # noqa: S101  (it was wanted a moment ago)
        first = entry.what == "ask" and not self._said_yes(entry.people[0], now)
        spoken = wording.Spoken(self.settings, wording.names(self.db, one), known, verdict, first=first)
        return veiled(wording.compose(one, entry, spoken), self.db)

    def _said_yes(self, person: int, now: int) -> bool:
        from bot.requesting.gather import asks

        return asks(self.db, self.team, [person], now).get(person) == "yes"

    def posted(self, tx: Transaction, entry: Entry, posted: Posted, now: int) -> bool:
        """The question reached somebody, who is waited for from now on; or it stands in the channel."""
        one = self.store.get(entry.about)
        if one is None or entry.what not in {"ask", "ping"}:
            return True
        happening: Happening = states.Stands(posted.channel, posted.ts)
        if entry.what == "ask":
            hours = self.settings.answer_hours / (2 if one.urgent else 1)
            happening = states.Reached(entry.people[0], self._due(entry.people[0], now, hours))
        after = moved(one, happening, now)
        if after is one:
            return True
        saved = self.store.save(tx, after)
        if saved and entry.what == "ping" and after.state != "channel":  # taken while it was being said
            outbox.put(tx, [entries.edit(after, now)])
        return saved

    def dropped(self, entry: Entry, now: int) -> None:
        """It did not reach who was chosen: the next one; nor the channel: the report."""
        if entry.what == "ask" and entry.people:
            self.change(entry.about, states.Unreached(entry.people[0]), now)
        elif entry.what == "ping":
            self.change(entry.about, states.GaveUp(), now)
