"""Who knows this now, what goes stale, what hangs on one head: activation turned into people, with reasons in words.

`now` is always an argument; one before the newest commit is answered from the events up to it alone.
"""

from __future__ import annotations

from knowledge.activation import reasons
from knowledge.activation.holders import hold
from knowledge.activation.standing import Place, Standing, find_place, people_of, stand
from knowledge.model import Knower, Person, WhoKnows
from knowledge.store.doings import CERTAIN, Doing, Doings, Since
from knowledge.store.doings_of import doings_of

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.activation.holders import Placed
    from knowledge.activation.topics import CommitHit
    from knowledge.areas.health import AreaHealth
    from knowledge.areas.partition import AreaRules
    from knowledge.store.database import Database

_NO_MARKS = {ord("*"): None, ord("`"): None}  # a reason is text with **bold** and `code`, a name is neither


def who_knows(db: Database, repo_id: int, path: str, now: int, top: int = 3) -> WhoKnows:
    """The people who know a file or directory at `now`, the one to ask first; at most `top`.

    Holders are those of `knowledge.activation.holders`. When nobody is one, `nobody` says so and names the way back in;
    `backup` is the next to ask.

    Args:
        db: the store.
        repo_id: the repository.
        path: repository-relative; "" is the whole repository. An unknown path is answered for the nearest known
            directory above it, which is then the `target`.
        now: seconds since 1970, UTC.
        top: how many people at most.
    """
    held = hold(db, repo_id, path, now, top)
    if held is None:
        return WhoKnows(path, (), nobody="no history of this repository has been read yet.")
    place, named, holders, rest = held
    backup = next((pair for pair in rest if holders or pair[0].here.events), next(iter(rest), None))
    knowers = told(db, repo_id, place, [*holders, *([backup] if backup else [])], now)
    people, spare = tuple(knowers[: len(holders)]), knowers[-1] if backup else None
    said = ""
    if not holders:
        from knowledge.activation.way_back import nobody

        said = nobody(db, repo_id, place, named, spare, now)
    return WhoKnows(place.path, people, said, spare)


def told(db: Database, repo_id: int, place: Place, placed: Sequence[Placed], now: int) -> list[Knower]:
    """These people with what they know of a place, in words."""
    lasts = {one.person: one.here.last for one, _ in placed if one.here.events}
    doings = doings_of(db, repo_id, place, lasts, now)
    return [_knower(db, one, person, doings, now) for one, person in placed]


def how_somebody_knows(db: Database, repo_id: int, path: str, person_id: int, now: int) -> Knower | None:
    """What one person knows of a file or directory, whoever knows it better; None for who never worked there.

    Nobody is told of a person who opted out.
    """
    place = find_place(db, repo_id, path)
    everybody = stand(db, repo_id, place, now, pool=1 << 30) if place else []
    one = next((one for one in everybody if one.person == person_id and one.here.events), None)
    if place is None or one is None:
        return None
    person = people_of(db, [person_id])[person_id]
    return None if person.opted_out else told(db, repo_id, place, [(one, person)], now)[0]


def who_knows_topic(
    db: Database, hits: Sequence[CommitHit], paths: Sequence[str], now: int, top: int = 3, repo_id: int | None = None
) -> WhoKnows:
    """The people to ask about a topic: see `knowledge.activation.topics.who_knows_topic`."""
    from knowledge.activation.topics import who_knows_topic as found

    return found(db, hits, paths, now, top, repo_id)


def survey(db: Database, repo_id: int, now: int, rules: AreaRules | None = None) -> list[AreaHealth]:
    """Every area of a repository, the riskiest first: see `knowledge.areas.survey.survey`."""
    from knowledge.areas.survey import survey as found

    return found(db, repo_id, now, rules)


def going_stale(
    db: Database, repo_id: int, now: int, top: int = 10, rules: AreaRules | None = None
) -> list[AreaHealth]:
    """The areas that are dim or dark and matter, the riskiest first: see `knowledge.areas.survey.going_stale`."""
    from knowledge.areas.survey import going_stale as found

    return found(db, repo_id, now, top, rules)


def what_if_away(db: Database, repo_id: int, person_id: int, now: int, top: int = 10) -> list[AreaHealth]:
    """The areas whose only active holder somebody is: see `knowledge.areas.away`, which also has dates and a plan."""
    alone = (one for one in survey(db, repo_id, now) if [holder.id for holder in one.holders] == [person_id])
    return list(alone)[:top]


def _knower(db: Database, one: Standing, person: Person, doings: Doings, now: int) -> Knower:
    """In words. Whoever has not worked here is fully stale, and their last time is that anywhere."""
    if not one.here.events:
        said = reasons.why(one.here, (), now, last_anywhere=one.anywhere.last)
        return Knower(person, one.score, one.retention, 1.0, one.anywhere.last, said)
    since = doings.of_others(one.person, one.here.last)
    mine = doings.by_person.get(one.person, ())
    said = reasons.why(one.here, mine, now, since, _others(db, since, now), only_mass=_only_mass(one, mine))
    return Knower(person, one.score, one.retention, since.staleness, one.here.last, said, one.fading)


def _only_mass(one: Standing, mine: Sequence[Doing]) -> bool:
    """Whether every event of theirs here was read, and all were commits of very many files at once."""
    own = {doing.commit for doing in mine if doing.is_work}
    whole = any(doing.weight >= CERTAIN for doing in mine)
    return len(own) == len(mine) == one.here.events and bool(own) and not whole


def _others(db: Database, since: Since, now: int) -> str:
    """Whom to ask about what changed, where that is much: at most two names of people who are around."""
    if since.staleness < reasons.STALE:
        return ""
    people = people_of(db, since.people[:10])
    around = [people[number].name for number in since.people[:10] if people[number].reachable(now)]
    named = [name.translate(_NO_MARKS) for name in around[:2]]
    if not named:
        return ""
    more = len(since.people) - len(named)
    return f"{', '.join(named)} and others" if more else " and ".join(named)
