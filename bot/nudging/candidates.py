"""Facts → what could be proposed: every pair (or person) for every kind of nudge, with its worth and its reasons; pure.

    worth = gain × matter × fit ÷ hours

`gain`: expected active holders more (`knowledge.areas.gains`); of a page, answers that would rest on it safely.
`matter`: how much the area is needed, log(1 + changes of a year + 3 × questions), how hard its knowledge would be to
regenerate (0.3 + 0.7 × regeneration), and which share of it is code or pages, for lists of versions need nobody to
explain them; twice for critical ones. `fit`: common hours, seniority, interest, and that whoever shows is the one who
knows it; 0 where two cannot or should not be paired. `hours`: of people's time, all together (`KINDS`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import inf, log1p
from typing import NamedTuple

from bot.calendars import common_minutes
from bot.dates import ago
from bot.nudging.facts import DAY, Deed, Facts, Fresh, Member, OldPage, Spot, Wanted
from bot.nudging.kinds import KINDS, Kind
from bot.nudging.wording import area_words
from bot.phrases import count, plain
from knowledge import fitted
from knowledge.areas.gains import Gain, after_event, gain
from knowledge.paths import is_code, is_page

FEWEST_COMMON_MINUTES = 60
LEAST_GAIN = 0.06  # below this, people have something better to do
LEAST_CHANGES = 4  # a year; an area that changes less often can wait
LEAST_WORTH = 0.04  # the same, when what it takes and how much it matters is counted in
AHEAD_DAYS = 21  # absences this near want a hand-over
LONG_DAYS = 4  # shorter ones do not
HOT_COMMITS, HOT_SPAN = 3, 2  # commits on so many days make somebody deep in an area
ALONE_SHARE = 0.34  # of all recent commits there, others' at most
AT_HOME = 0.4  # whoever is this likely to work there anyway need not be shown it
SHOWERS, LEARNERS = 3, 12  # looked at for each area
NEXT_IN_LINE = 0.99
NEIGHBOURS = 3  # who work next to it, for newcomers: where its holders are taken, they show more than nobody
MOST_OPEN = 1  # proposals and sessions that somebody may be in, to be asked for another


class Candidate(NamedTuple):
    """Something that could be proposed."""

    kind: Kind
    repo_id: int
    area: str  # path
    key: str  # of the area, from week to week
    title: str
    shows: int  # or the one person asked
    learns: int  # 0 where only one is asked
    worth: float
    words: Mapping[str, str]  # why, now, gain, page, question: with {shows} and {learns} for the people
    reasons: tuple[str, ...]  # for a dry run: the formula's factors in words

    @property
    def people(self) -> tuple[int, ...]:
        """Everybody in it."""
        return (self.shows, self.learns) if self.learns else (self.shows,)


def candidates(facts: Facts) -> list[Candidate]:
    """Everything that could be proposed, the most worth first."""
    found = [one for spot in facts.spots for one in _of_spot(facts, spot)]
    found += [one for page in facts.pages for one in _page(facts, page)]
    found += [one for wanted in facts.wanted for one in _wanted(facts, wanted)]
    found += [one for deed in facts.deeds for one in _thanks(facts, deed)]
    found = [one for one in found if one.worth >= LEAST_WORTH]
    return sorted(found, key=lambda one: (-one.worth, one.kind, one.key, one.people))


def _of_spot(facts: Facts, spot: Spot) -> Iterator[Candidate]:
    if not is_needed(spot):
        return
    least: dict[int, float] = {}  # by newcomer: whoever knows the area better comes first in line
    for kind, shows in _showers(facts, spot):
        for learns in _learners(facts, spot, kind, shows):
            made = _pair(facts, spot, kind, shows, learns)
            if made is not None and kind == "newcomer":
                made = made._replace(worth=min(made.worth, NEXT_IN_LINE * least.get(learns.id, inf)))
                least[learns.id] = made.worth
            if made is not None:
                yield made


def is_needed(spot: Spot) -> bool:
    """Whether people should hear of an area: it is critical, is asked about, or changes now and then."""
    health = spot.health
    changes = max(health.demand.changes, health.changes)
    return health.critical or bool(health.demand.questions) or changes >= LEAST_CHANGES


def _showers(facts: Facts, spot: Spot) -> Iterator[tuple[Kind, Member]]:
    """Who could show this area, and on what occasion; whoever is shown it last comes first in line."""
    health, members = spot.health, facts.members
    knowing = [members[p] for p in sorted(spot.chances, key=lambda p: -spot.chances[p]) if _knows(spot, p, members)]
    holders = [one for one in knowing if spot.chances[one.id] >= fitted.BAR]
    leaving = [one for one in holders if _goes_away(one, facts.now)]
    staying = [one for one in holders if one not in leaving]
    for one in leaving:
        if len(staying) < health.holders_wanted - 1 or not staying:
            yield "hand-over", one
    hot = next((one for one in knowing if _is_deep(spot.fresh, one.id)), None)
    if hot is not None and hot not in leaving:
        yield "share", hot
    if health.state != "lit":
        for one in [one for one in knowing if one not in leaving and not one.is_new(facts.now)][:SHOWERS]:
            yield "re-light", one
    for one in [*staying, *_neighbours(facts, spot, knowing)]:
        if not one.is_new(facts.now):
            yield "newcomer", one


def _neighbours(facts: Facts, spot: Spot, knowing: Sequence[Member]) -> list[Member]:
    """For a newcomer, when its holders are taken: who knew it of late, then who works in the directory above it."""
    late = [one for one in knowing if spot.chances[one.id] < fitted.BAR]
    above = spot.held.traces[1:-1][-1:]  # not the repository itself, which everybody works in
    near = [p for p in spot.chances if p in facts.members and not _knows(spot, p, facts.members)]
    near = [p for p in near if any(found.get(p) is not None for found in above)]
    beside = [facts.members[p] for p in sorted(near, key=lambda p: (-spot.chances[p], p))]
    found = [one for one in (*late, *beside) if not _goes_away(one, facts.now) and not one.is_new(facts.now)]
    return found[:NEIGHBOURS]


def _knows(spot: Spot, person: int, members: Mapping[int, Member]) -> bool:
    """Whether somebody who may be spoken to has worked there."""
    return person in members and spot.held.traces[-1].get(person) is not None


def _goes_away(one: Member, now: int) -> bool:
    for span in one.recipient.away:
        if now < span.start <= now + AHEAD_DAYS * DAY and (
            span.end is None or span.end - span.start >= LONG_DAYS * DAY
        ):
            return True
    return False


def _is_deep(fresh: Mapping[int, Fresh], person: int) -> bool:
    own = fresh.get(person, Fresh(0, 0))
    everybody = sum(one.commits for one in fresh.values())
    return own.commits >= HOT_COMMITS and own.days >= HOT_SPAN and everybody - own.commits <= ALONE_SHARE * everybody


def _learners(facts: Facts, spot: Spot, kind: Kind, shows: Member) -> list[Member]:
    """Who could learn it: near it by their work, not at home in it yet; newcomers for `newcomer`, and only they."""
    known = spot.chances
    open_to = (
        facts.members[p]
        for p in sorted(known, key=lambda p: (-known[p], p))
        if p in facts.members and p != shows.id and known[p] < AT_HOME
    )
    fits = (one for one in open_to if one.is_new(facts.now) == (kind == "newcomer") and not _goes_away(one, facts.now))
    if kind == "newcomer":
        fits = (one for one in fits if spot.held.traces[-1].get(one.id) is not None or _wants(facts, one, spot))
    return list(fits)[:LEARNERS]


def _pair(facts: Facts, spot: Spot, kind: Kind, shows: Member, learns: Member) -> Candidate | None:
    fit, reasons = _fit(facts, spot, shows, learns, urgent=kind == "hand-over")
    knows, knew = spot.chances[shows.id], spot.chances[learns.id]
    if not fit or not (knows > knew or (kind == "newcomer" and _did_more(spot, shows, learns))):
        return None
    nearest = knows / max(spot.chances[one] for one in spot.chances if one in facts.members)
    fit *= nearest if kind != "newcomer" else 0.8 + 0.2 * nearest  # who is new learns from any who worked there
    nature = KINDS[kind]
    shown, learnt = nature.events
    gone = {shows.id} if kind == "hand-over" else set()  # while they are away, they do not count
    after = {learns.id: after_event(spot.held, learns.id, learnt)}
    after |= {} if gone else {shows.id: after_event(spot.held, shows.id, shown)}
    chances = {p: chance for p, chance in spot.chances.items() if p not in gone}
    found = gain(chances, after, spot.health.holders_wanted)
    if found.more < LEAST_GAIN:
        return None
    matter = _matter(spot) * (2.0 if kind == "hand-over" else 1.0)
    hours = nature.minutes / 60
    return Candidate(
        kind, spot.repo_id, spot.health.path, spot.health.key, spot.health.title, shows.id, learns.id,
        found.more * matter * fit / hours, _words(facts, spot, kind, shows, learns),
        (_gain_words(found), _nearness(spot, learns, facts.now), *reasons, f"{nature.minutes} minutes of both, in all"),
    )  # fmt: skip


def _did_more(spot: Spot, shows: Member, learns: Member) -> bool:
    """Whether somebody has worked there more than who is new has: they know it, also where they moved on since."""
    own, theirs = (spot.held.traces[-1].get(one.id) for one in (shows, learns))
    return own is not None and (theirs is None or own.events > theirs.events)


def _fit(facts: Facts, spot: Spot, shows: Member, learns: Member, *, urgent: bool) -> tuple[float, tuple[str, ...]]:
    """How well two go together in [0, 1.5], and the reasons that anybody may read; 0 where they do not."""
    pair = frozenset({shows.id, learns.id})
    if pair in facts.never or pair in facts.met or shows.open >= MOST_OPEN or learns.open >= MOST_OPEN:
        return 0.0, ()
    if {(one, spot.health.key) for one in (pair if urgent else pair | {0})} & facts.told:
        return 0.0, ()
    places = [one.recipient.place(facts.manners) for one in (shows, learns)]
    minutes = common_minutes(places[0], places[1], facts.now)
    if minutes < FEWEST_COMMON_MINUTES:
        return 0.0, ()
    both_new = shows.is_new(facts.now) and learns.is_new(facts.now)
    interest = 1.5 if _wants(facts, learns, spot) else 1.0
    fit = (0.5 + 0.5 * min(1.0, minutes / 240)) * interest * (0.5 if both_new else 1.0)
    mix = "both know the team" if not learns.is_new(facts.now) else "somebody new, who navigates"
    return fit, (f"{minutes // 60} common working hours a day", mix)


def _wants(facts: Facts, one: Member, spot: Spot) -> bool:
    """Whether they said that they would like to know it; nobody else is ever told."""
    title = f"{spot.health.path}\n{spot.health.title}".lower()
    return any(word.lower() in title for word in facts.interests.get(one.id, ()))


def _matter(spot: Spot) -> float:
    health = spot.health
    needed = log1p(max(health.demand.changes, health.changes) + 3 * health.demand.questions)
    explained = sum(map(_explains, spot.held.area.files)) / max(1, health.files)
    return needed * (0.3 + 0.7 * health.regeneration.value) * explained * (2.0 if health.critical else 1.0)


def _explains(path: str) -> bool:
    """Whether a file holds something that one would show: code, or a page (not a list of versions)."""
    return is_code(path) or (is_page(path) and ("doc" in path.lower() or not path.endswith(".txt")))


def _gain_words(found: Gain) -> str:
    return (
        f"likely to be active there in the next half year: {found.before:.1f} of the {found.wanted} wanted,"
        f" {found.after:.1f} after it"
    )


# -- words ------------------------------------------------------------------------------------------------------------


def _words(facts: Facts, spot: Spot, kind: Kind, shows: Member, learns: Member) -> dict[str, str]:
    """The observation, why now, and the effect, with people by their roles."""
    health, area = spot.health, area_words(spot.health.title)
    own = spot.fresh.get(shows.id, Fresh(0, 0))
    if kind == "hand-over":
        start = min((span.start for span in shows.recipient.away if span.start > facts.now), default=facts.now)
        days = max(1, round((start - facts.now) / DAY))
        why = f"{area} is in the hands of {{shows}} at the moment"
        return _told(why, f"In {count(days, 'day')} {{shows}} is away", "questions about it have somebody to go to")
    if kind == "share":
        why = f"{{shows}} put {count(own.commits, 'change')} into {area} within the last two weeks"
        return _told(why, "Right now every detail is at hand", "both of you can build on it")
    if kind == "newcomer":
        why = (
            f"{{learns}} has begun to work in {area}"
            if _worked(spot, learns)
            else f"{{learns}} is interested in {area}"
        )
        knows = "knows it and works nearby" if _worked(spot, shows) else "works right next to it"
        return _told(why, f"{{shows}} {knows} these weeks", "the next change there comes easier")
    yearly = f"{count(health.changes, 'change')} went in within the last year"
    if len(health.holders) == 1:
        why = f"At the moment {area} has one active person, {plain(health.holders[0].name)}"
        return _told(why, yearly, "there are two of you to build on it")
    if health.holders:
        now = f"{area} has {len(health.holders)} active people now, and {health.holders_ahead or 'none'} in 60 days"
        return _told(f"{now} if nothing happens", yearly, "{learns} can go on there, too")
    last = spot.held.traces[-1][shows.id].last
    why = f"Nobody is active in {area} at the moment; {{shows}} worked on it {ago(last, facts.now)}"
    return _told(why, yearly, "the next change there finds somebody who knows it")


def _told(why: str, now: str, gain: str) -> dict[str, str]:
    return {"why": why, "now": now, "gain": gain}


def _nearness(spot: Spot, learns: Member, now: int) -> str:
    """Why the one who would learn is near."""
    trace = spot.held.traces[-1].get(learns.id)
    if trace is None:
        return "who would learn has not worked there yet"
    often = {1: "once,", 2: "twice, last"}.get(trace.events, f"{trace.events} times, last")
    return f"who would learn worked there {often} {ago(trace.last, now)}"


def _worked(spot: Spot, one: Member) -> bool:
    return spot.held.traces[-1].get(one.id) is not None


# -- one person -------------------------------------------------------------------------------------------------------


def _page(facts: Facts, old: OldPage) -> Iterator[Candidate]:
    page = old.page
    missing = f" and {count(len(page.missing), 'thing')} it names moved away" if page.missing else ""
    why = f"{count(page.answers, 'answer')} of the last weeks rest on it"
    since = ago(page.changed_time, facts.now)
    now = f"It was last changed {since}, and what it describes {count(page.drift, 'time')} from then on{missing}"
    worth = min(0.5, page.answers / 10) * log1p(page.drift + 5 * len(page.missing)) / (KINDS["page"].minutes / 60)
    words = {"why": why, "now": now, "page": page.path}
    yield from _solo(facts, "page", old.repo_id, page.path, old.people, worth, words)


def _wanted(facts: Facts, one: Wanted) -> Iterator[Candidate]:
    asked = one.asked
    said = plain(asked.text)[:80]
    why = f"{count(asked.people, 'person', 'people')} asked “{said}”, {count(asked.times, 'time')} in all"
    new = ", and whoever is new next will ask it, too" if asked.newcomers else ""
    words = {"why": why, "now": f"No page answers it yet{new}", "question": said}
    worth = min(0.5, (asked.people + asked.newcomers) / 6) * log1p(asked.times) / (KINDS["page-to-write"].minutes / 60)
    yield from _solo(facts, "page-to-write", one.repo_id, one.area or asked.text, one.people, worth, words)


def _thanks(facts: Facts, deed: Deed) -> Iterator[Candidate]:
    did = "took time to show" if deed.kind == "taught" else "wrote down"
    where = area_words(deed.area) if deed.area else "something"
    words = {"why": f"{{shows}} {did} {where}", "now": "One more can build on it from here on"}
    yield from _solo(facts, "thanks", deed.repo_id, deed.area, (deed.person,), 0.2, words)


def _solo(
    facts: Facts, kind: Kind, repo_id: int, area: str, people: Iterable[int], worth: float, words: Mapping[str, str]
) -> Iterator[Candidate]:
    """Something that one person is asked; the next in line for less."""
    able = [p for p in people if p in facts.members and (p, _solo_key(kind, area)) not in facts.told]
    for at, person in enumerate(able[:SHOWERS]):
        reasons = (words["why"].replace("{shows}", "they"), f"{KINDS[kind].minutes} minutes of their time")
        yield Candidate(kind, repo_id, area, _solo_key(kind, area), area, person, 0, worth / (1 + at), words, reasons)


def _solo_key(kind: Kind, area: str) -> str:
    return f"{kind}:{area}"


def unmatched(facts: Facts, listed: Iterable[Candidate], chosen: Iterable[Candidate]) -> list[Candidate]:
    """People who said what they would like to know, and newcomers who know us already, left over this round.

    Nobody hears of us for the first time that nobody was found for them.
    """
    busy = {person for one in chosen for person in one.people}
    listed = list(listed)
    hoped = {
        one.learns: one
        for one in reversed(listed)
        if one.kind == "newcomer" and facts.members[one.learns].recipient.met
    }
    for member, spot in product(facts.members.values(), facts.spots):
        if member.id not in hoped and _wants(facts, member, spot):
            health = spot.health
            hoped[member.id] = Candidate("unmatched", spot.repo_id, health.path, "", health.title, 0, 0, 0.0, {}, ())
    able = {one.learns for one in listed if one.learns}
    taken = "whoever could show it is with somebody else this week"
    alone = "nobody who knows it has hours in common with you at the moment, or it was only just gone through"
    return [
        Candidate(
            "unmatched",
            one.repo_id,
            one.area,
            "unmatched",
            one.title,
            person,
            0,
            0.1,
            {"why": taken if person in able else alone},
            (taken if person in able else "nobody fits at the moment",),
        )  # fmt: skip
        for person, one in sorted(hoped.items())
        if person not in busy and not facts.members[person].open and (person, "unmatched") not in facts.told
    ]
