"""Reads the facts of a round from the store, from nothing later than `now`."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.calendars import zone
from bot.nudging.facts import DAY, HOT_DAYS, Deed, Facts, Fresh, Member, OldPage, Spot, Wanted
from bot.nudging.kinds import KINDS
from bot.nudging.people import Team, recipients
from bot.nudging.states import OPEN
from knowledge.activation.standing import find_place, stand
from knowledge.areas.survey import View, health, look
from knowledge.asking.asked import unanswered
from knowledge.memory import Trace
from knowledge.pages import stale_pages
from knowledge.store.asked import read_asked
from knowledge.store.database import Database
from knowledge.store.nudges import Nudge, Nudges
from knowledge.store.outbox import contacts
from knowledge.store.repos import Repos
from knowledge.store.wishes import Wish, Wishes

AROUND_DAYS = 90  # whoever did nothing for longer is not proposed
FEWEST_EVENTS, FEWEST_DAYS = 4, 14  # commits over so many days make a member; config or chat make one, too
NEW_EVENTS = 3  # of a newcomer, who has not been here for long
QUARTER = 91 * DAY
RESTS_ON_DAYS = 90
FEWEST_ANSWERS = 2  # that rest on a page before somebody is asked to look at it
FEWEST_ASKERS = 2  # of a question before somebody is asked to write it down; one is enough who was new
DEED_DAYS = 14
CAME_TO_NOTHING = frozenset({"expired", "did-not", "unknown"})  # never said, or no meeting came of it
AGAIN_DAYS = 21  # what came to nothing is not proposed again to the same people any sooner
REST_DAYS = 28  # an area that anybody was asked about is left alone for so long; a hand-over cannot wait


def week_of(now: int, zone_name: str) -> str:
    """The ISO week where the team is: 2026-W47."""
    year, week, _ = datetime.fromtimestamp(now, zone(zone_name)).isocalendar()
    return f"{year}-W{week:02}"


def gather(db: Database, team: Team, now: int, *, most: int = 4, repeat_days: int = 90) -> Facts:
    """Everything that a round at `now` is decided from."""
    views = {repo.id: look(db, repo.id, now) for repo in Repos(db).all()}
    wishes = Wishes(db).by_person()
    past = [one for one in Nudges(db).since(now - max(repeat_days * DAY, QUARTER)) if one.created <= now]
    members = _members(db, team, views, past, now)
    spots = tuple(spot for repo_id, view in views.items() for spot in _spots(db, repo_id, view, members, now))
    lately = [one for one in past if one.created > now - repeat_days * DAY]
    good, others = _balance(db, now)
    return Facts(
        now=now,
        week=week_of(now, team.manners.zone),
        manners=team.manners,
        members=members,
        spots=spots,
        pages=tuple(page for repo_id in views for page in _pages(db, repo_id, now)),
        wanted=_wanted(db, views, now),
        deeds=_deeds(db, lately, now),
        met=frozenset(frozenset(one.people) for one in lately if len(one.parties) > 1 and not _is_open_again(one, now)),
        told=frozenset(told for one in lately for told in _told(one, now)),
        never=frozenset(
            frozenset({person, int(wish.subject)})
            for person, listed in wishes.items()
            for wish in listed
            if wish.word == "never-pair" and wish.subject.isdecimal()
        ),
        interests={person: _subjects(listed, now) for person, listed in wishes.items()},
        positive=good,
        others=others,
        most=most,
    )


def _is_open_again(one: Nudge, now: int) -> bool:
    """Whether it may be proposed anew: it was never said, or no meeting came of it, and that some weeks ago."""
    return one.state in CAME_TO_NOTHING and one.created <= now - AGAIN_DAYS * DAY


def _told(one: Nudge, now: int) -> set[tuple[int, str]]:
    """Who heard of what; an area itself (person 0) rests for some weeks after anybody heard of it."""
    about = "unmatched" if one.kind == "unmatched" else str(one.facts.get("key", one.area))
    people = set() if _is_open_again(one, now) else set(one.people)
    people |= {0} if one.created > now - REST_DAYS * DAY and one.kind != "unmatched" else set()
    return {(person, about) for person in people}


def _subjects(listed: Sequence[Wish], now: int) -> tuple[str, ...]:
    return tuple(wish.subject for wish in listed if wish.word == "interest" and wish.subject and wish.holds(now))


def _balance(db: Database, now: int) -> tuple[int, int]:
    """Good news and the rest among the unasked messages of the last quarter."""
    told = {one.mark: one.kind for one in contacts(db, now - QUARTER) if not one.agreed and one.time <= now}
    kinds = Counter(kind for kind in told.values() if kind in KINDS and kind != "unmatched")
    good = sum(number for kind, number in kinds.items() if KINDS[kind].positive)
    return good, sum(kinds.values()) - good


# -- people -----------------------------------------------------------------------------------------------------------


def _members(db: Database, team: Team, views: Mapping[int, View], past: Sequence[Nudge], now: int) -> dict[int, Member]:
    """Who may be spoken to: around, human, known by some work or by name to config or chat."""
    work: dict[int, Trace] = {}
    for view in views.values():
        for held in list(view.held.values())[:1]:
            for person, trace in held.traces[0].items():
                work[person] = trace.joined(work[person]) if person in work else trace
    known = {
        row[0] for row in db.read("SELECT id FROM people WHERE is_bot = 0 AND (slack_id <> '' OR discord_id <> '')")
    }
    emails = {key for key in team.extra if "@" in key}
    if emails:
        rows = db.read("SELECT id, LOWER(email) FROM people WHERE is_bot = 0 AND email <> ''")
        known |= {number for number, email in rows if email in emails}
    around = {p for p, t in work.items() if p > 0 and now - t.last <= AROUND_DAYS * DAY and _is_member(t, now)}
    wanted = around | {p for p in known if p not in work or now - work[p].last <= AROUND_DAYS * DAY}
    open_now = Counter(person for one in past if one.state in OPEN for person in one.people)
    nobody = Trace(0.0, 0.0, 0, 0, 0)
    found = recipients(db, team, wanted, now)
    return {
        person: Member(one, work.get(person, nobody).first, work.get(person, nobody).last,
                       work.get(person, nobody).events, open_now[person])
        for person, one in found.items()
        if not one.left and "all" not in one.opted_out
    }  # fmt: skip


def _is_member(trace: Trace, now: int) -> bool:
    lasting = trace.events >= FEWEST_EVENTS and trace.last - trace.first >= FEWEST_DAYS * DAY
    return lasting or (trace.events >= NEW_EVENTS and now - trace.first <= FEWEST_DAYS * DAY * 3)


# -- areas ------------------------------------------------------------------------------------------------------------


def _spots(db: Database, repo_id: int, view: View, members: Mapping[int, Member], now: int) -> list[Spot]:
    owner = {path: area.key for area in view.areas for path in area.files}
    fresh = _fresh(db, repo_id, owner, now)
    found = []
    for area in view.areas:
        held = view.held[area]
        askable = {one.person for one in view.standings[area]} | (set(members) & set(held.traces[0]))
        chances = {p: held.retention(p) for p in askable if p in members or _reachable(view, p)}
        found.append(Spot(repo_id, health(view, area), held, chances, fresh.get(area.key, {})))
    return found


def _reachable(view: View, person: int) -> bool:
    return person in view.people and view.people[person].reachable(view.now)


def _fresh(db: Database, repo_id: int, owner: Mapping[str, str], now: int) -> dict[str, dict[int, Fresh]]:
    """By area key and person: how many commits on how many days within HOT_DAYS."""
    rows = db.read(
        "SELECT DISTINCT c.id, c.commit_time, COALESCE(i.person_id, -i.id), n.path FROM commits c"
        " JOIN roles r ON r.commit_id = c.id JOIN identities i ON i.id = r.identity_id"
        " LEFT JOIN people p ON p.id = i.person_id"
        " JOIN touches t ON t.commit_id = c.id JOIN nodes n ON n.id = t.node_id"
        " WHERE c.repo_id = :repo AND c.commit_time > :since AND c.commit_time <= :now AND c.reachable = 1"
        " AND c.weight >= 0.5 AND c.is_merge = 0 AND r.kind IN ('authored', 'coauthored') AND i.is_bot = 0"
        " AND COALESCE(p.is_bot, 0) = 0",
        repo=repo_id,
        since=now - HOT_DAYS * DAY,
        now=now,
    )
    commits: dict[tuple[str, int], set[int]] = defaultdict(set)
    days: dict[tuple[str, int], set[int]] = defaultdict(set)
    for commit, time, person, path in rows:
        if path in owner:
            commits[owner[path], person].add(commit)
            days[owner[path], person].add(time // DAY)
    found: dict[str, dict[int, Fresh]] = defaultdict(dict)
    for (key, person), listed in commits.items():
        found[key][person] = Fresh(len(listed), len(days[key, person]))
    return found


# -- pages and questions ----------------------------------------------------------------------------------------------


def _pages(db: Database, repo_id: int, now: int) -> list[OldPage]:
    rests_on = read_asked(db, now - RESTS_ON_DAYS * DAY, now).rests_on
    wanted = {path: answers for path, answers in rests_on.items() if answers >= FEWEST_ANSWERS}
    if not wanted:
        return []
    found = stale_pages(db, repo_id, wanted, now, all_pages=False)
    return [OldPage(repo_id, page, _people_at(db, repo_id, page.path, now)) for page in found]


def _people_at(db: Database, repo_id: int, path: str, now: int) -> tuple[int, ...]:
    """Who could say something about a path, the first best."""
    place = find_place(db, repo_id, path)
    return tuple(one.person for one in stand(db, repo_id, place, now) if one.person > 0) if place else ()


def _wanted(db: Database, views: Mapping[int, View], now: int) -> tuple[Wanted, ...]:
    """What was asked again and again, with the people whom the answers named as those to ask."""
    asking = read_asked(db, now - RESTS_ON_DAYS * DAY, now)
    found, _ = unanswered(asking.questions)
    often = [one for one in found if one.people >= FEWEST_ASKERS or one.newcomers]
    if not often or not views:
        return ()
    texts = {one.text for one in often}
    named: dict[str, list[str]] = defaultdict(list)
    where: dict[str, tuple[int, str]] = {}
    for text, target, answer in db.read(
        "SELECT text, target, answer FROM questions WHERE time > :since AND time <= :now ORDER BY time",
        since=now - RESTS_ON_DAYS * DAY,
        now=now,
    ):
        said = " ".join(text.split())
        if said in texts:
            told, aim = json.loads(answer or "{}"), json.loads(target or "{}")
            named[said] += [one.get("email", "").lower() for one in told.get("people", ())]
            where[said] = (int(aim.get("repo_id") or next(iter(views))), aim.get("path") or "")
    emails = sorted({email for listed in named.values() for email in listed if email})
    marks = {f"e{n}": email for n, email in enumerate(emails)}
    listed = ", ".join(f":{name}" for name in marks) or "''"
    ids = {e: n for n, e in db.read(f"SELECT id, LOWER(email) FROM people WHERE LOWER(email) IN ({listed})", **marks)}
    return tuple(
        Wanted(where[one.text][0], one, tuple(dict.fromkeys(ids[e] for e in named[one.text] if e in ids)),
               where[one.text][1])
        for one in often
        if one.text in where
    )  # fmt: skip


def _deeds(db: Database, lately: Sequence[Nudge], now: int) -> tuple[Deed, ...]:
    """What was shared lately and has not been thanked for."""
    thanked = {(person, one.area) for one in lately if one.kind == "thanks" for person in one.people}
    rows = db.read(
        "SELECT n.repo_id, e.person_id, e.kind, COALESCE(NULLIF(e.topic, ''), n.path), e.time FROM events e"
        " JOIN nodes n ON n.id = e.node_id WHERE e.kind IN ('taught', 'documented') AND e.time > :since"
        " AND e.time <= :now ORDER BY e.time, e.id",
        since=now - DEED_DAYS * DAY,
        now=now,
    )
    return tuple(Deed(*row) for row in rows if (row[1], row[3]) not in thanked)
