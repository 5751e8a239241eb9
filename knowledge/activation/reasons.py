"""Why a person is named, and why nobody is, in plain words: never a score without them."""

from __future__ import annotations

from time import gmtime

from knowledge.activation.staleness import minutes_to_read
from knowledge.lean import NamedTuple
from knowledge.memory import DAY, FRESH_DAYS
from knowledge.memory import is_fresh as is_fresh

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.memory import Trace
    from knowledge.store.doings import Doing, Since

WEEKS = 8
REVIEW_DAYS = 180
FADED_DAYS = 180  # and who did not for so many, faded
KNEW = 3  # who was there so often once knew it
TOLD, STALE = 0.05, 0.3  # from which staleness on it is told, and changes what one would ask somebody


def why(
    here: Trace,
    doings: Sequence[Doing],
    now: int,
    since: Since | None = None,
    others: str = "",
    *,
    last_anywhere: int = 0,
    only_mass: bool = False,
) -> str:
    """The evidence for one person; `since` is what others changed after their last event here, `others` who they are.

    `only_mass`: all that they did here were commits of very many files at once, such as an import.

    Samples: "worked on it in 6 of the last 8 weeks, reviewed 3 changes; 20 % changed by others since",
    "worked on it 14 times, last on 2025-03-02 (8 months ago); unchanged by others since: what they knew still holds",
    "has not worked on it, but knows its surroundings and was active here 3 days ago".
    """
    if not here.events:
        return f"has not worked on it, but knows its surroundings and was last active {ago(last_anywhere, now)}"
    work = [one.time for one in doings if one.is_work]
    reviews = sum(not one.is_work and one.time > now - REVIEW_DAYS * DAY for one in doings)
    weeks = {(now - time) // (7 * DAY) for time in work if time > now - WEEKS * 7 * DAY}
    parts = []
    if only_mass:
        parts.append(f"only ever changed it along with many files at once, on {day(here.last)} ({ago(here.last, now)})")
    elif weeks:
        parts.append(f"worked on it in {len(weeks)} of the last {WEEKS} weeks")
    elif work or here.work:
        times = {1: "once,", 2: "twice, last"}.get(here.events, f"{here.events} times, last")
        parts.append(f"worked on it {times} on {day(here.last)} ({ago(here.last, now)})")
    if reviews:
        parts.append(f"reviewed {count(reviews, 'change')}")
    elif not parts:
        parts.append(f"reviewed changes to it, last on {day(here.last)} ({ago(here.last, now)})")
    return ", ".join(parts) + (since_then(since, here, now, others) if since else "")


def since_then(since: Since, here: Trace, now: int, others: str = "") -> str:
    """What others changed since somebody's last event, as the end of a reason; `others` are named only to the fresh.

    The two are told apart where it changes what one would do. Fresh but stale: "; but 60 % was changed by others since
    (14 changes by Mei and Tom, about 20 minutes to read)". Faded but not stale, of who knew it once: "; unchanged by
    others since: what they knew still holds".
    """
    age = now - here.last
    percent, changes = round(100 * since.staleness), count(since.changes, "change")
    share = f"{percent} %" if percent < 100 or since.staleness > 0.999 else "nearly all"
    share = f"at least {share}" if since.read_from and percent < 100 else share
    if since.staleness < TOLD:
        when = f"by others {_lately(since.read_from, now)}" if since.read_from else "by others since"
        said = f"{changes} {when}" if since.changes else f"unchanged {when}"
        if age < FADED_DAYS * DAY or here.events < KNEW or since.read_from:
            return f"; {said}"
        return f"; {'only ' if since.changes else ''}{said}: what they knew still holds"
    if since.staleness < STALE or not since.changes:
        return f"; {share} changed by others since"
    if age < FRESH_DAYS * DAY and since.lines is not None:
        by = f" by {others}" if others else ""
        return f"; but {share} was changed by others since ({changes}{by}{effort(since)})"
    return f"; {share} changed by others since ({changes}{effort(since)})"


def _lately(time: int, now: int) -> str:
    """From when on others' changes were read: "in the last 2 years", else "from 2022-07-02 on"."""
    years, rest = divmod((now - time) // DAY, 365)
    if years and rest <= years:  # leap days
        return f"in the last {count(years, 'year') if years > 1 else 'year'}"
    return f"from {day(time)} on"


def effort(since: Since) -> str:
    """What it takes to catch up, without promising precision; "" where lines were not counted."""
    if since.lines is None:
        return ""
    minutes = minutes_to_read(since.lines, since.changes)
    if minutes < 60:
        return f", about {minutes} minutes to read"
    return f", {_HOURS.get(minutes // 60, 'days')} to read"


_HOURS = {1: "about an hour", 2: "about two hours", 4: "about half a day", 8: "about a day"}


def day(time: int) -> str:
    """2026-05-04."""
    year, month, number, *_ = gmtime(time)
    return f"{year:04}-{month:02}-{number:02}"


def ago(time: int, now: int) -> str:
    """How long ago, in the unit a person would use."""
    days = max(0, now - time) // DAY
    for size, unit in ((365, "year"), (30, "month"), (7, "week")):
        if days >= 2 * size or (size == 365 and days >= 365):
            return f"{count(days // size, unit)} ago"
    return "today" if not days else "yesterday" if days == 1 else f"{days} days ago"


def count(number: int, noun: str) -> str:
    """3 changes, 1 change."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class Worker(NamedTuple):
    """Somebody who worked there, below the bar or not to be asked."""

    name: str
    last: int
    times: int  # events of theirs there
    askable: bool


def nobody(target: str, workers: Sequence[Worker], door: str, now: int) -> str:
    """That nobody is above the bar, and the way back in.

    Where somebody below the bar has worked there just now, that is what is said: not that nobody is active.

    Args:
        target: what was asked for.
        workers: those who last worked on it, the newest first.
        door: who works next door, or "".
        now: seconds UTC.
    """
    what = target or "this repository"
    if not workers:
        said = f"nobody who can be asked has worked on {what}"
    elif is_fresh(workers[0].last, now):
        said = _just_now(what, workers, now)
    else:
        name, time = workers[0][:2]
        said = f"nobody is active in {what} any more: last was {name} on {day(time)} ({ago(time, now)})"
        others = [other for other in dict.fromkeys(one.name for one in workers[1:]) if other != name][:2]
        said += f", before that {' and '.join(others)}" if others else ""
    return f"{said}. Way back in: {door}" if door else f"{said}."


def _just_now(what: str, workers: Sequence[Worker], now: int) -> str:
    """Who worked there within days and does not hold it: ask them, and say who came before."""
    first, *others = workers
    said = f"{first.name} worked on {what} {ago(first.last, now)}{', for the first time' * (first.times == 1)}"
    lately = [other.name for other in others if is_fresh(other.last, now)]
    said += f" ({' and '.join(lately[:2])} lately, too)" if lately else ""
    if not first.askable:
        return f"{said}; nobody who can be asked knows it"
    older = next((other for other in others if not is_fresh(other.last, now)), None)
    if older is None:
        return f"{said}: ask them; nobody has known it for longer"
    return f"{said}: ask them; before that it was {older.name} on {day(older.last)} ({ago(older.last, now)})"
