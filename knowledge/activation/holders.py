"""Who holds a place now, without the reasons: all that `lamp last` needs where the last toucher still holds it."""

from __future__ import annotations

from knowledge import fitted
from knowledge.activation.standing import POOL, Place, Standing, crowd_at, find_place, stand, with_people
from knowledge.lean import NamedTuple
from knowledge.memory import DAY, limit
from knowledge.person import Person
from knowledge.store.traces import FEW

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from knowledge.store.database import Database

    Placed = tuple[Standing, Person]

LONG_DAYS = 365  # whoever has not been seen for so long is often told by that alone


class Held(NamedTuple):
    """A place and its people, the one to ask first first."""

    place: Place
    everybody: list[Placed]  # with a standing there, also those who may not be named
    holders: list[Placed]  # worked there, above the bar, to be asked now
    rest: list[Placed]  # who else may be asked


def hold(db: Database, repo_id: int, path: str, now: int, top: int = 3) -> Held | None:
    """The holders of a path, or of the nearest directory above it that history knows; at most `top`.

    A holder has worked there and is above the bar (`fitted.BAR`); bots, and people who left, are away or opted out, are
    passed over. None before any history.
    """
    place = find_place(db, repo_id, path)
    if place is None:
        return None
    everybody = with_people(db, stand(db, repo_id, place, now))
    askable = [(one, person) for one, person in everybody if person.reachable(now)]
    holders = [pair for pair in askable if pair[0].retention >= fitted.BAR and pair[0].here.events][:top]
    return Held(place, everybody, holders, [pair for pair in askable if pair not in holders])


def first_holders(db: Database, repo_id: int, path: str, now: int, top: int = 3) -> list[Placed] | None:
    """The holders as `hold` finds them, with a look at few people; None: they cannot be told from those, ask `hold`.

    A holder has left something at the place itself, and whoever is far from the bar is passed over by share and counts.
    Shares add up to 1: what everybody elsewhere has together says how many of them can stand higher.
    """
    place = find_place(db, repo_id, path)
    crowd = crowd_at(db, repo_id, place, now) if place else None
    if place is None or crowd is None:
        return None
    params, totals = crowd.params, crowd.totals
    most = limit(now, params, everybody=totals[-1], anywhere=totals[0], is_dir=place.is_dir)
    if most is None:
        return None
    small = most.least_share(FEW, LONG_DAYS, fitted.BAR)
    shares = crowd.shares(small, now - LONG_DAYS * DAY)
    told = {who for left in crowd.told.values() for who in left}
    near = {
        who
        for who, (share, _, events, last) in shares.items()
        if who and (who in told or most.allows(share, events, (now - last) / DAY, fitted.BAR))
    }
    if not near:
        return []
    standings = crowd.standings(near)
    over = [one for one in standings if one.retention >= fitted.BAR and one.here.events]
    holders = [(one, person) for one, person in with_people(db, over) if person.reachable(now)][:top]
    if not holders:
        return []
    last = holders[-1][0]
    least = last.score / most.highest  # of the share of whoever may stand higher
    rivals = {who for who, (_, highest, _, _) in shares.items() if who and highest > least} - near
    standings = crowd.standings(near | rivals) if rivals else standings
    share, highest, *_ = shares.get(0, (0.0, 0.0))
    unread = 1.0 - sum(said[0] for said in shares.values()) + share * (highest > least)
    higher = [one.person for one in standings].index(last.person) + unread / least  # at most
    return holders if higher < POOL else None
