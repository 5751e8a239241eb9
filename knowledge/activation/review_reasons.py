"""Why somebody is asked for a review, in plain words: what they reviewed, merged and changed here, and whose."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.activation.reasons import ago, count
from knowledge.activation.reviewers import Left
from knowledge.activation.taking import Taken
from knowledge.memory import DAY, HORIZON_DAYS, WORK_KINDS
from knowledge.store.reviews import Part

MOST = 3  # reasons for one person


def because(
    person: int,
    chain: Sequence[Left],
    done: Sequence[Part],
    taken: Sequence[Taken],
    of_author: Sequence[Part],
    now: int,
    *,
    is_dir: bool,
) -> tuple[str, int]:
    """The reason and the time of their last event that it rests on; "" and 0 where there is no reason at all.

    Samples: "reviewed 3 changes to it, last 5 weeks ago; 12 changes of their own, last yesterday",
    "takes part in changes of others around it (in src/auth), last there 3 days ago".

    Args:
        person: who.
        chain: what was left at each place from the root down to the one asked for.
        done: what they did there lately.
        taken: what everybody merged or approved.
        of_author: the reviews of the changes of the one who asks.
        now: seconds UTC.
        is_dir: whether a directory is asked for; there, only the last half-year was counted.
    """
    place, here = chain[-1].path, chain[-1].traces.get(person)
    lately = " in the last half-year" if is_dir else ""
    told: list[tuple[str, int]] = []
    reviews = [one.time for one in done if one.kind not in WORK_KINDS]
    if reviews:
        told.append(_times(f"reviewed {count(len(reviews), 'change')} to it{lately}", reviews, now))
    elif here is not None and here.review > 0 and not here.work:
        told.append(_times("took part in changes of others to it", [here.last], now))
    if yours := [one.time for one in of_author if one.person == person]:
        told.append(_times(f"reviewed {count(len(yours), 'change')} of yours", yours, now))
    mine = [one for one in taken if one.person == person]
    mine_here = [one for one in mine if one.under(place)]
    for is_approval, verb in ((True, "approved"), (False, "merged")):
        times = [one.time for one in mine_here if one.is_approval == is_approval]
        late = [time for time in times if time > now - HORIZON_DAYS * DAY] if is_dir else []
        if times:
            what = f"{verb} {count(len(late or times), 'change')} of others to it{lately if late else ''}"
            told.append(_times(what, times, now))
    work = [one.time for one in done if one.kind in WORK_KINDS]
    if work:
        told.append(_times(f"{count(len(work), 'change')} of their own{lately}", work, now))
    elif here is not None and here.work > 0:
        told.append(("worked on it earlier", 0) if told else _times("worked on it", [here.last], now, "last there"))
    if not told:
        told = _around(person, chain, mine, now)
    said = told[:MOST]
    return "; ".join(words for words, _ in said), max((time for _, time in said), default=0)


def _around(person: int, chain: Sequence[Left], mine: Sequence[Taken], now: int) -> list[tuple[str, int]]:
    """Of somebody who left nothing at the place itself: what they do in its surroundings."""
    if mine:
        return [_times("merges the work of others around it", [one.time for one in mine], now)]
    for left in reversed(chain[:-1]):
        trace = left.traces.get(person)
        if trace is not None and trace.review > 0:
            what = "takes part in changes of others"
            if not left.path:
                return [_times(f"{what} elsewhere in this repository", [trace.last], now, "last active")]
            return [_times(f"{what} around it (in {left.path})", [trace.last], now, "last there")]
    return []


def _times(what: str, times: Sequence[int], now: int, last: str = "last") -> tuple[str, int]:
    return f"{what}, {last} {ago(max(times), now)}", max(times)
