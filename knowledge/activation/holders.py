"""Who holds a place now, without the reasons: all that `lamp last` needs where the last toucher still holds it."""

from __future__ import annotations

from knowledge import fitted
from knowledge.activation.standing import POOL, Place, Standing, crowd_at, find_place, stand, with_people
from knowledge.lean import NamedTuple
from knowledge.memory import MOST_PATHS
from knowledge.person import Person
from knowledge.store.traces import people_in

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from knowledge.store.database import Database

    Placed = tuple[Standing, Person]


FEW, EVERYBODY = 20, 1 << 40  # of what was left at a place: looked at first, and where that does not tell


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


def first_holder(db: Database, repo_id: int, path: str, now: int) -> int | None:
    """The person whom `hold` names first at a file or directory that history knows, 0 for nobody; None: ask `hold`.

    A holder has left something at the place itself, so nobody else is read. Shares add up to 1: what everybody unread
    has together says how many of them can stand higher.
    """
    place = find_place(db, repo_id, path)
    crowd = crowd_at(db, repo_id, place, now) if place else None
    if crowd is None:
        return None
    most = MOST_PATHS**crowd.params.breadth  # of any turnout: who stands higher has a share above score / most
    for limit in (FEW, EVERYBODY):
        traces = people_in(db, crowd.nodes[-1][0], limit)
        people = {*traces, *crowd.told[crowd.nodes[-1][0]]}
        here = crowd.standings(people)
        holding = [one for one in here if one.retention >= fitted.BAR and one.here.events]
        best = next((one for one, person in with_people(db, holding) if person.reachable(now)), None)
        all_here = len(traces) < limit
        if best is not None:
            higher = here.index(best)
            unread = (1.0 - sum(one.share for one in here)) * most / best.score  # so many at most
            if higher + unread < POOL and (all_here or unread < 1.0):
                return best.person
        if all_here:
            break
    return 0 if best is None else None
