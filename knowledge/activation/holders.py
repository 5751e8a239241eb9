"""Who holds a place now, without the reasons: all that `lamp last` needs where the last toucher still holds it."""

from __future__ import annotations

from knowledge import fitted
from knowledge.activation.standing import Place, Standing, find_place, stand, with_people
from knowledge.lean import NamedTuple
from knowledge.model import Person

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from knowledge.store.database import Database

    Placed = tuple[Standing, Person]


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
