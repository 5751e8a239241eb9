"""Finding a time for two: what was offered, who picked what, whose turn it is; pure, kept in the nudge's facts.

Each may pick several; the soonest that all of them picked is the time. A pick is told to the others, for they need it
("Mei would like that; does Tuesday 14:00 suit you?"); nothing else is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.store.nudges import Nudge

OFFER, PICKS = "offer", "picks"


def offered(nudge: Nudge, now: int) -> tuple[int, ...]:
    """The times that may still be picked, seconds UTC, the soonest first."""
    return tuple(sorted({int(one) for one in nudge.facts.get(OFFER, ()) if int(one) > now}))


def picks(nudge: Nudge, person: int) -> frozenset[int]:
    """What somebody picked."""
    return frozenset(int(one) for one in dict(nudge.facts.get(PICKS, {})).get(str(person), ()))


def others_picks(nudge: Nudge, person: int, now: int = 0) -> tuple[int, ...]:
    """What the others picked, the soonest first."""
    return tuple(sorted({t for one in nudge.people if one != person for t in picks(nudge, one) if t > now}))


def agreed(nudge: Nudge, now: int) -> int | None:
    """The soonest time ahead that everybody picked."""
    common = frozenset.intersection(*(picks(nudge, one) for one in nudge.people))
    return min((one for one in common if one > now), default=None)


def with_offer(nudge: Nudge, times: Sequence[int]) -> Nudge:
    """With other times to pick from."""
    return replace(nudge, facts={**nudge.facts, OFFER: sorted(set(times))})


def with_pick(nudge: Nudge, person: int, time: int, *, anew: bool = False) -> Nudge:
    """With one more pick; `anew` forgets all others, for an agreed time no longer suits."""
    before = {} if anew else dict(nudge.facts.get(PICKS, {}))
    mine = sorted({time, *(int(one) for one in before.get(str(person), ()))})
    times = sorted({time, *(int(one) for one in nudge.facts.get(OFFER, ()))})
    return replace(nudge, facts={**nudge.facts, OFFER: times, PICKS: {**before, str(person): mine}})


def without(nudge: Nudge) -> Nudge:
    """As if no time had ever been spoken of."""
    return replace(nudge, facts={key: said for key, said in nudge.facts.items() if key not in (OFFER, PICKS)})


def moved_by(before: Nudge, after: Nudge) -> int:
    """Who said something between these two; 0 for nobody."""
    for one in after.parties:
        party = before.party(one.person)
        if picks(before, one.person) != picks(after, one.person) or (party and party.answer != one.answer):
            return one.person
    return 0


def asked_next(nudge: Nudge, mover: int) -> list[tuple[int, bool]]:
    """Whom to ask for a time after `mover` said something; True: at once, for there is something to agree to.

    Whoever just said yes sees the times before them, and is asked only if they leave it at that.
    """
    found = []
    for person in nudge.people:
        mine, others = picks(nudge, person), others_picks(nudge, person)
        if mine and (not others or person == mover):
            continue  # they said theirs, it is somebody else's turn
        found.append((person, bool(others) and person != mover))
    return found
