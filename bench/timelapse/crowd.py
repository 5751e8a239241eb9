"""What people do about what they are told: answers, times, meetings, holidays, leaving, each when its time has come."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from bench.timelapse.people import Human, Truth
from bench.timelapse.server import Post
from bot.etiquette import ALL, Span
from bot.nudging.answering import Answering
from bot.nudging.flow import Flow
from bot.nudging.kinds import MEETING_SECONDS, PAIR, Answer
from bot.nudging.people import Team, recipients
from bot.nudging.session import propose_times, times_told
from bot.nudging.states import SAID
from bot.people.actions import Order, act
from knowledge.store.database import Database
from knowledge.store.nudges import Nudges
from knowledge.store.wishes import Wish, Wishes

HOUR, DAY = 3600, 86_400
APPROVES_AFTER = 20 * HOUR
TAKES_PLACE, TELLS, MOVES, PICKS = 0.85, 0.75, 0.06, 0.8
Deed = Callable[[int], None]


class Crowd:
    """Everybody of a year; `act` does what is due by then."""

    def __init__(self, db: Database, team: Team, everybody: Iterable[Human], truth: Truth, seed: int) -> None:
        self.truth = truth
        self._db, self._team, self._seed = db, team, seed
        self._flow, self._wishes = Flow(db), Wishes(db)
        self._people: Mapping[int, Human] = {one.person: one for one in everybody}
        self._waiting: list[tuple[int, int, int, Deed]] = []  # when, in which order, whose
        self._number = 0
        for one in self._people.values():
            self._plan(one)

    @property
    def next_time(self) -> int:
        """When somebody does something next; far away where nobody does."""
        return self._waiting[0][0] if self._waiting else 1 << 62

    def read(self, posts: Iterable[Post]) -> None:
        """People find these in their chat; only the first of a mark, for a double is counted, not answered."""
        for post in posts:
            if post.what == "preview":
                self._at(post.time + APPROVES_AFTER, 0, lambda now: void(Nudges(self._db).approve("lead", now)))
            for person in post.people:
                if person in self._people:
                    self._react(post, self._people[person])

    def act(self, now: int) -> None:
        """Everything that is due."""
        while self._waiting and self._waiting[0][0] <= now:
            _, _, person, deed = heapq.heappop(self._waiting)
            if self.truth.left.get(person, now) < now:
                continue
            back = [span.end for span in self.truth.away.get(person, ()) if span.holds(now) and span.end]
            if back:
                self._at(max(back) + 9 * HOUR, person, deed)
            else:
                deed(now)

    def _at(self, time: int, person: int, deed: Deed) -> None:
        self._number += 1
        heapq.heappush(self._waiting, (time, self._number, person, deed))

    def _press(self, now: int) -> Answering:
        """The buttons, as Slack and the terminal have them."""
        return Answering(self._db, self._team, lambda: now)

    # -- of their own accord

    def _plan(self, one: Human) -> None:
        for told, begins, ends in one.holidays:
            self._at(told, 0, self._going_away(one, begins, ends))
        if one.leaves is not None:
            self._at(one.told_leaving, 0, lambda now: self._leaves(one, now))

    def _going_away(self, one: Human, begins: int, ends: int) -> Deed:
        return lambda now: self._goes_away(one, begins, ends, now)

    def _goes_away(self, one: Human, begins: int, ends: int, now: int) -> None:
        act(self._db, Order("away", (str(one.person),), _day(begins), _day(ends)), now, "simulation")
        rows = self._db.read(
            "SELECT from_time, until_time FROM absences WHERE person_id = :p AND first_day = :f",
            p=one.person, f=_day(begins),
        )  # fmt: skip
        self.truth.away.setdefault(one.person, []).extend(Span(start, end) for start, end in rows)

    def _leaves(self, one: Human, now: int) -> None:
        act(self._db, Order("left", (str(one.person),), _day(one.leaves or now)), now, "simulation")
        rows = self._db.read("SELECT left_time FROM people WHERE id = :p", p=one.person)
        self.truth.left[one.person] = max(int(rows[0][0]), now)

    # -- about what they are told

    def _react(self, post: Post, one: Human) -> None:
        dice = random.Random(f"{self._seed} {one.person} {post.mark}")
        number, at = str(post.data.get("id", "")), post.time + int(dice.lognormvariate(0.8, 1.2) * HOUR)
        kind, person = str(post.data.get("kind", "")), one.person
        match post.what:
            case "proposal" if kind not in SAID:
                self._proposed(one, number, kind, at, dice)
            case "time" if dice.random() < PICKS:
                self._at(at, person, lambda now: self._picks(number, person, now))
            case "card" if dice.random() < MOVES:
                self._at(at, person, lambda now: self._moves(number, person, now))
            case "question" if dice.random() < TELLS:
                note = "what we found out" if dice.random() < 0.3 else ""
                self._at(at, person, lambda now: self._tells(number, person, note, now))

    def _proposed(self, one: Human, number: str, kind: str, at: int, dice: random.Random) -> None:
        temper, person = one.temper, one.person
        drawn = dice.random()
        for chance, answer in zip((temper.yes, temper.later, temper.other, temper.no), PAIR, strict=True):
            if drawn < chance:
                self._will_say(one, number, kind, answer, at, dice)
                return
            drawn -= chance
        if drawn < temper.snoozes:
            until = at + dice.randint(7, 45) * DAY
            self._at(at, person, lambda now: self._snoozes(person, until, now))

    def _will_say(self, one: Human, number: str, kind: str, answer: Answer, at: int, dice: random.Random) -> None:
        person = one.person
        until = at + dice.randint(5, 30) * DAY if answer == "later" and dice.random() < 0.5 else None
        self._at(at, person, lambda now: self._answers(number, person, answer, until, now))
        if answer == "no" and dice.random() < one.temper.stops:
            what = ALL if dice.random() < 0.3 else kind
            self._at(at, person, lambda now: self._stops(person, what, now))

    def _answers(self, number: str, person: int, answer: Answer, until: int | None, now: int) -> None:
        self._heard(person, number, now)
        if answer == "later":
            self.truth.laters[number] = self.truth.laters.get(number, 0) + 1
        said = self._press(now).answer(number, person, answer, until)
        if answer == "yes" and said.times:
            self._press(now).pick(number, person, said.times[0][0])

    def _picks(self, number: str, person: int, now: int) -> None:
        """The first of the times that they are shown, those of the other first."""
        nudge = self._flow.nudges.get(number)
        times = times_told(nudge, person, "UTC", now) if nudge else ()
        if times:
            self._heard(person, number, now)
            self._press(now).pick(number, person, times[0][0])

    def _moves(self, number: str, person: int, now: int) -> None:
        """The agreed time no longer suits: another."""
        nudge = self._flow.nudges.get(number)
        if nudge is not None and nudge.meet_time and nudge.meet_time > now:
            known = recipients(self._db, self._team, nudge.people, now)
            fresh = propose_times(list(known.values()), self._team.manners, nudge.meet_time + DAY, number=1)
            if fresh:
                self._press(now).pick(number, person, fresh[0])

    def _tells(self, number: str, person: int, note: str, now: int) -> None:
        nudge = self._flow.nudges.get(number)
        if nudge is None:
            return
        met = random.Random(f"{self._seed} {number} {nudge.meet_time}").random() < TAKES_PLACE
        if met and nudge.meet_time:
            self.truth.met[number] = nudge.meet_time + MEETING_SECONDS
        self._heard(person, number, now)
        self._press(now).told(number, person, happened=met)
        if met and note:
            self._press(now).note(number, person, note)

    def _stops(self, person: int, what: str, now: int) -> None:
        self._flow.never_again(person, what, now)
        self.truth.stopped.setdefault((person, what), now)

    def _snoozes(self, person: int, until: int, now: int) -> None:
        self._wishes.wish(person, Wish("snooze", until=until), now)
        before = [Span(one.start, min(one.end or now, now)) for one in self.truth.snoozed.get(person, ())]
        self.truth.snoozed[person] = [*before, Span(now, until)]

    def _heard(self, person: int, number: str, now: int) -> None:
        self.truth.said.setdefault((person, number), now)


def void(_: object) -> None:
    """Forget a result."""


def _day(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).date().isoformat()
