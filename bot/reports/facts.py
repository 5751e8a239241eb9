"""Gathers what a weekly report is made of: surveys, register, questions, pages, deeds; from nothing after `now`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from typing import NamedTuple

from bot.reports.together import together
from bot.reports.waiting import Waiting, waiting
from bot.veiling import unnamed
from knowledge.areas.health import AreaHealth
from knowledge.areas.objective import Objective
from knowledge.areas.register import LEVELS, Risk, Seen, advance, joined, week_of
from knowledge.areas.thanks import Deed, deeds
from knowledge.asking.asked import Near, Unanswered, unanswered
from knowledge.insight import survey
from knowledge.memory import DAY
from knowledge.pages import StalePage, stale_pages
from knowledge.shares import percent
from knowledge.store import register
from knowledge.store.asked import Asking, read_asked
from knowledge.store.database import Database
from knowledge.store.repos import Repos, StoredRepo

WEEK = 7 * DAY
ASKED_DAYS = 28  # what was asked longer ago is not held against the team
RESTS_ON_DAYS = 90  # answers of this span say which pages matter
RECONSTRUCTED_DAYS = (28, 7)  # before a first report, the areas as they were then


class History(NamedTuple):
    """How far the history of a repository reaches; times are 0 where it is empty."""

    commits: int
    first_time: int
    last_time: int


class RepoFacts(NamedTuple):
    """One repository."""

    repo: StoredRepo
    history: History
    survey: Mapping[str, AreaHealth]  # by key, the riskiest first
    seen: Mapping[str, tuple[Seen, ...]]  # with this week's, oldest first
    risks: tuple[Risk, ...]
    pages: tuple[StalePage, ...]
    deeds: tuple[Deed, ...]
    page_count: int
    is_first: bool  # no report before this week's


class Facts(NamedTuple):
    """Everything that a report says, before anything is chosen."""

    now: int
    week: str
    zone: tzinfo
    objective: Objective
    repos: tuple[RepoFacts, ...]
    unanswered: tuple[Unanswered, ...]
    asked_in_private: int
    questions: int  # in the last ASKED_DAYS
    platforms: frozenset[str]
    has_wiki: bool
    how_right: str = ""  # one sentence on the model's hit rate here, where it was measured
    brought_together: str = ""  # what the proposals to meet really changed; "" while none went out
    waiting: tuple[Waiting, ...] = ()  # questions that want a person, and have none
    waiting_in_private: int = 0
    together: tuple[str, ...] = ()  # what this week brought together, and pages that wait


def gather(
    db: Database,
    now: int,
    objective: Objective,
    *,
    zone: tzinfo = UTC,
    near: Near | None = None,
    keep: bool = False,
) -> Facts:
    """The facts at `now`; with `keep`, the register remembers what was seen."""
    week = week_of(now, zone)
    asking = read_asked(db, now - ASKED_DAYS * DAY, now)
    open_, private = unanswered(asking.questions, near)
    rests_on = read_asked(db, now - RESTS_ON_DAYS * DAY, now).rests_on
    repos = tuple(_of_repo(db, repo, now, week, zone, rests_on, keep=keep) for repo in Repos(db).all())
    wiki = db.read(
        "SELECT 1 FROM passages WHERE kind = 'wiki' UNION SELECT 1 FROM wiki_drafts WHERE state IN ('pushed', 'merged')"
    )
    matters = tuple(one._replace(text=unnamed(one.text, db)) for one in open_)
    count, platforms, right = len(asking.questions), asking.platforms, how_right(db, now)
    wiki_there, met = bool(wiki), brought_together(db, now)
    open_requests, unseen = waiting(db, now)
    asks = tuple(one._replace(text=unnamed(one.text, db)) for one in open_requests)
    told = {one.text for one in asks}
    matters = tuple(one for one in matters if one.text not in told)  # the same question, which waits for somebody
    return Facts(
        now, week, zone, objective, repos, matters, private, count, platforms, wiki_there, right, met, asks, unseen,
        together(db, now),
    )  # fmt: skip


def brought_together(db: Database, now: int) -> str:
    """What came of bringing people together, with its uncertainty; "" while no proposal went out."""
    from bot.nudging.outcomes import outcomes

    found = outcomes(db, now)
    return found.words if found.sent else ""


def how_right(db: Database, now: int) -> str:
    """One sentence on how often the model was right here, in times that it had not learnt from; "" until known."""
    from knowledge.proof.fitting import stored_fit

    fits = [fit for repo in Repos(db).all() if (fit := stored_fit(db, repo.id)) and fit.files and fit.until <= now]
    files = sum(fit.files for fit in fits)
    if not files:
        return ""
    first, three = (sum(getattr(fit, hit) * fit.files for fit in fits) / files for hit in ("hit1", "hit3"))
    return (
        f"Tested on this team's own past: of {files:,} files that changed, whoever I would have named first was among "
        f"those who changed them in {percent(first)}, one of the first three in {percent(three)}."
    )


def _of_repo(
    db: Database, repo: StoredRepo, now: int, week: str, zone: tzinfo, rests_on: Counter[str], *, keep: bool
) -> RepoFacts:
    history = _history(db, repo.id, now)
    areas = {area.key: area for area in survey(db, repo.id, now)}
    past = register.read_past(db, repo.id, now)
    before = {area: [one for one in every if one.week < week] for area, every in past.seen.items()}
    is_first = all(one.worked_out for every in before.values() for one in every)
    if not any(before.values()):
        before = _reconstructed(db, repo.id, history, now, week, zone)
    present = seen_now(list(areas.values()), week, now)
    risks = tuple(advance(before, present, past.acceptances, week, now))
    seen = {area: joined(before.get(area, ()), present.get(area), week, now) for area in {**before, **present}}
    if keep:
        register.save(db, repo.id, seen, risks)
    pages = stale_pages(db, repo.id, rests_on, now)
    done = deeds(db, repo.id, now - WEEK, now, _taken_up(risks))
    ((count,),) = db.read("SELECT COUNT(*) FROM documents WHERE repo_id = :repo AND source = 'docs'", repo=repo.id)
    return RepoFacts(repo, history, areas, seen, risks, tuple(pages), tuple(done), count, is_first)


def seen_now(areas: Sequence[AreaHealth], week: str, now: int) -> dict[str, Seen]:
    """A survey as the register keeps it."""
    critical = _critical(areas)
    return {
        area.key: Seen(
            week,
            now,
            area.title,
            area.state,
            tuple(sorted(person.id for person in area.holders)),
            area.holders_ahead,
            area.changes,
            round(area.risk, 2),
            area.key in critical,
            area.matters,
        )
        for area in areas
    }


CRITICAL_SHARE = 0.8


def _critical(areas: Sequence[AreaHealth]) -> frozenset[str]:
    """Those that config.yaml calls critical; where it calls none so, those that together see most of the changes."""
    if any(area.critical for area in areas):
        return frozenset(area.key for area in areas if area.critical)
    whole = sum(area.changes for area in areas)
    found: set[str] = set()
    reached = 0
    for area in sorted(areas, key=lambda area: (-area.changes, area.path)):
        if area.changes and reached < CRITICAL_SHARE * whole:
            found.add(area.key)
            reached += area.changes
    return frozenset(found)


def _reconstructed(
    db: Database, repo_id: int, history: History, now: int, week: str, zone: tzinfo
) -> dict[str, list[Seen]]:
    """What earlier reports would have seen, from the history up to then."""
    seen: dict[str, list[Seen]] = {}
    for days in RECONSTRUCTED_DAYS:
        then = now - days * DAY
        at = week_of(then, zone)
        if history.first_time and history.first_time < then and at < week:
            for area, one in seen_now(survey(db, repo_id, then), at, then).items():
                seen.setdefault(area, []).append(one._replace(worked_out=True))
    return seen


def _taken_up(risks: Sequence[Risk]) -> dict[str, list[int]]:
    """The new holders of what got better since the report before."""
    return {
        risk.seen.title: sorted(set(risk.seen.holders) - set(risk.before.holders))
        for risk in risks
        if risk.before and LEVELS[risk.seen.state] < LEVELS[risk.before.state] and risk.mark in {"better", "resolved"}
    }


def _history(db: Database, repo_id: int, now: int) -> History:
    ((count, first, last),) = db.read(
        "SELECT COUNT(*), MIN(commit_time), MAX(commit_time) FROM commits"
        " WHERE repo_id = :repo AND reachable = 1 AND commit_time <= :now",
        repo=repo_id,
        now=now,
    )
    return History(count, first or 0, last or 0)


__all__ = ["Asking", "Facts", "History", "RepoFacts", "gather", "seen_now"]
