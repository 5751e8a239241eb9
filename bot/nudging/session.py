"""The session that two people agreed to: when both have time, what to look at, and the invitation.

The invitation is a plain `VEVENT` that people add themselves: no organizer, and as attendees only those whose addresses
are handed in, because they agreed to that. Its times are in UTC, which every calendar shows in its owner's zone and
which no change of the clocks moves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bot.calendars import Place, both_open
from bot.dates import day
from bot.etiquette import Manners, Recipient
from bot.message import Message, Note, Part, Text
from bot.nudging.kinds import MEETING_SECONDS
from bot.nudging.times import offered, others_picks
from bot.nudging.wording import Spoken, facts_of, local_time
from bot.phrases import code, plain
from knowledge.model import SOMEONE
from knowledge.store.database import Database
from knowledge.store.nudges import Nudge

DAY = 86_400
NOTICE_SECONDS = 3 * 3600  # nobody is asked to meet sooner
LEAD_SECONDS = 1800  # all of them work so long before it: card and reminder are said in working hours only
AHEAD_DAYS = 14
COMMITS = 3
LATELY_DAYS = 365


class Seen(NamedTuple):
    """A commit to look at together."""

    sha: str
    time: int
    subject: str


class ToSee(NamedTuple):
    """What to look at in a session: the commits that matter, newest first, and a page ("" for none)."""

    commits: tuple[Seen, ...]
    page: str


def propose_times(
    people: Sequence[Recipient], manners: Manners, now: int, *, number: int = 3, length: int = MEETING_SECONDS
) -> tuple[int, ...]:
    """Moments, each on another day, at which all of them work and none is away; seconds UTC, the soonest first."""
    places = [one.place(manners) for one in people]
    found: list[int] = []
    at = now + NOTICE_SECONDS
    while len(found) < number:
        opened = both_open(places, at - LEAD_SECONDS, LEAD_SECONDS + length, now + AHEAD_DAYS * DAY)
        if opened is None:
            break
        slot = opened + LEAD_SECONDS
        if any(span.holds(slot) or span.holds(slot + length) for one in people for span in one.away):
            at = slot + 1800
            continue
        found.append(slot)
        at = _next_morning(places[0], slot)
    return tuple(found)


def times_told(nudge: Nudge, person: int, zone_name: str, now: int = 0) -> tuple[tuple[int, str], ...]:
    """The times that somebody may pick from, those that others picked first, in their own words."""
    first = others_picks(nudge, person, now)
    rest = [one for one in offered(nudge, now) if one not in first]
    return tuple((one, local_time(one, zone_name)) for one in (*first, *rest))


def _next_morning(place: Place, time: int) -> int:
    from bot.calendars import zone

    local = datetime.fromtimestamp(time, zone(place.zone))
    return int((local.replace(hour=0, minute=0) + timedelta(days=1)).timestamp())


def to_see(db: Database, nudge: Nudge, now: int) -> ToSee:
    """The commits that changed most in the area lately, whoever shows it first, and the page that goes with it."""
    prefix = f"{nudge.area}/" if nudge.area else ""
    shows = next((one.person for one in nudge.parties if one.role == "shows"), 0)
    rows = db.read(
        "SELECT c.sha, c.commit_time, c.subject, COUNT(DISTINCT t.node_id) AS paths,"
        " MAX(CASE WHEN i.person_id = :shows THEN 1 ELSE 0 END) AS own FROM commits c"
        " JOIN touches t ON t.commit_id = c.id JOIN nodes n ON n.id = t.node_id"
        " JOIN roles r ON r.commit_id = c.id AND r.kind IN ('authored', 'coauthored')"
        " JOIN identities i ON i.id = r.identity_id"
        " WHERE c.repo_id = :repo AND c.commit_time > :since AND c.commit_time <= :now AND c.reachable = 1"
        " AND c.weight >= 0.5 AND c.is_merge = 0 AND i.is_bot = 0"
        " AND (n.path = :area OR :prefix = '' OR SUBSTR(n.path, 1, :length) = :prefix)"
        " GROUP BY c.id, c.sha, c.commit_time, c.subject ORDER BY c.commit_time DESC LIMIT 40",
        repo=nudge.repo_id,
        since=now - LATELY_DAYS * DAY,
        now=now,
        shows=shows,
        area=nudge.area,
        prefix=prefix,
        length=len(prefix),
    )
    best = sorted(rows, key=lambda row: (-row[4], -min(row[3], 10), -row[1]))[:COMMITS]
    commits = tuple(Seen(*row[:3]) for row in sorted(best, key=lambda row: -row[1]))
    return ToSee(commits, str(nudge.facts.get("page") or _page(db, nudge.repo_id, nudge.area)))


def _page(db: Database, repo_id: int, area: str) -> str:
    """A page that lies in the area, its README first."""
    rows = db.read(
        "SELECT path FROM documents WHERE repo_id = :repo AND source = 'docs' AND SUBSTR(path, 1, :length) = :prefix"
        " ORDER BY CASE WHEN LOWER(path) LIKE '%readme%' OR LOWER(path) LIKE '%index%' THEN 0 ELSE 1 END, path LIMIT 1",
        repo=repo_id,
        prefix=f"{area}/",
        length=len(area) + 1,
    )
    return str(rows[0][0]) if rows and area else ""


def card(nudge: Nudge, names: Mapping[int, str], seen: ToSee, when: str = "") -> Message:
    """What the two of them need for their session, on one card."""
    facts = facts_of(nudge, Spoken(names))
    minutes = MEETING_SECONDS // 60
    half = minutes // 2
    newcomer = nudge.kind == "newcomer"
    driver, navigator = (facts["shows"], facts["learns"]) if newcomer else (facts["learns"], facts["shows"])
    parts: list[Part] = [
        Text(f"**{minutes} minutes on {facts['area']}**" + (f", {when}" if when else "")),
        Text(
            f"- first {half} minutes: {driver} drives (has the keyboard), {navigator} navigates (says where to go)\n"
            f"- then, until minute {minutes - 3}: the other way round\n"
            f"- last 3 minutes: what should be written down?"
        ),
    ]
    looks = [f"- {code(one.sha[:9])} {day(one.time)} {plain(one.subject)[:90]}" for one in seen.commits]
    looks += [f"- the page {code(seen.page)}: does it still say what you just saw?"] if seen.page else []
    if looks:
        parts.append(Text("What to look at:\n" + "\n".join(looks)))
    parts.append(Note(f"Afterwards, {facts['learns']} reviews the next change there, or makes a small one for review."))
    return Message(tuple(parts), data={"nudge": {"id": nudge.id, "what": "card", "kind": nudge.kind}})


def with_invitation(db: Database, nudge: Nudge, shown: Message, names: Mapping[int, str], now: int) -> Message:
    """The card with its iCalendar file (`data["files"]`: name, title, content), for the calendars of those in it."""
    listed = ", ".join(str(int(one)) for one in nudge.people)
    rows = db.read(f"SELECT id, email FROM people WHERE id IN ({listed}) AND opted_out = 0 AND email <> ''")
    attendees = {str(email): names.get(number, SOMEONE) for number, email in rows}
    title = f"{MEETING_SECONDS // 60} minutes on {facts_of(nudge, Spoken(names))['area'].replace('`', '')}"
    said = "\n".join(part.text for part in shown.parts if isinstance(part, (Text, Note)))
    file = ("session.ics", title, invitation(nudge, title, re.sub(r"[`*]", "", said), attendees, now))
    return replace(shown, data={**shown.data, "files": (file,)})


def invitation(nudge: Nudge, summary: str, description: str, attendees: Mapping[str, str], now: int) -> bytes:
    """The session as an iCalendar file.

    Args:
        nudge: with its `meet_time`.
        summary: the title of the event.
        description: its text, such as that of the card.
        attendees: address → name of those who agreed to stand in it.
        now: seconds UTC.

    Raises:
        ValueError: no time has been found yet.
    """
    from icalendar import Calendar, Event, vCalAddress, vText

    if nudge.meet_time is None:
        raise ValueError(f"nudge {nudge.id} has no time yet")
    begins = datetime.fromtimestamp(nudge.meet_time, UTC)
    event = Event()
    event.add("uid", f"nudge-{nudge.id}@lamplighter")
    event.add("sequence", nudge.version)  # a later time replaces the earlier one in people's calendars
    event.add("dtstamp", datetime.fromtimestamp(now, UTC))
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(seconds=MEETING_SECONDS))
    event.add("summary", summary)
    event.add("description", description)
    event.add("status", "CONFIRMED")
    for address, name in sorted(attendees.items()):
        one = vCalAddress(f"MAILTO:{address}")
        one.params["CN"] = vText(name)
        one.params["ROLE"] = vText("REQ-PARTICIPANT")
        one.params["PARTSTAT"] = vText("ACCEPTED")
        event.add("attendee", one, encode=False)
    calendar = Calendar()
    calendar.add("prodid", "-//Lamplighter//nudges//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
