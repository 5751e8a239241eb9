"""The weekly report as a value: what is said of the facts, in which order; pure. About areas, never about people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bot.reports.facts import Facts, RepoFacts
from bot.reports.steps import Step, propose
from bot.reports.waiting import Waiting
from knowledge.areas.health import AreaHealth, is_team_of_one
from knowledge.areas.objective import Attainment, Objective, attained, by_week
from knowledge.areas.register import Mark, Risk, counted, week_of
from knowledge.asking.asked import Unanswered
from knowledge.memory import DAY
from knowledge.pages import StalePage

SHORT_DAYS = 180  # a history shorter than this says little about who stays
QUIET_DAYS = 14  # a newest commit older than this may mean that the index is behind
NEWS = 1.5  # what became worse or is new weighs so much more than what is as it was


class Entry(NamedTuple):
    """An area of the register, with its present health; `area` is None for one that is gone."""

    repo: str
    risk: Risk
    area: AreaHealth | None

    @property
    def title(self) -> str:
        """What to call the area."""
        return self.risk.seen.title


class Attained(NamedTuple):
    """The objective of one or more repositories, now and four weeks ago."""

    objective: Objective
    now: Attainment
    before: Attainment | None  # None: nothing is known of then
    missing: tuple[str, ...]  # titles, the riskiest first
    trend: tuple[tuple[str, float], ...]  # (week, share), oldest first


class Report(NamedTuple):
    """A week's report, ready for any way of writing it."""

    week: str
    now: int
    subject: str  # the repositories
    several: bool  # more than one of them
    attained: Attained
    counts: Mapping[Mark, int]
    areas: Mapping[str, int]  # lit, dim, dark: how many areas
    entries: tuple[Entry, ...]  # the open ones: critical areas first, then by risk and news
    improved: tuple[Entry, ...]
    accepted: tuple[Entry, ...]
    unanswered: tuple[Unanswered, ...]
    asked_in_private: int
    questions: int
    pages: tuple[tuple[str, StalePage], ...]  # with the repository
    thanks: tuple[tuple[str, tuple[str, ...]], ...]  # name, what for; by name
    steps: tuple[Step, ...]
    how_right: str
    unknown: tuple[str, ...]
    is_first: bool
    waiting: tuple[Waiting, ...] = ()  # questions that want a person, and have none
    waiting_in_private: int = 0
    survey: tuple[tuple[str, AreaHealth], ...] = ()  # every area, with its repository: the map
    commits: int = 0  # that it rests on
    brought_together: str = ""  # what the proposals to meet really changed
    together: tuple[str, ...] = ()  # this week's sessions and pages
    alone: bool = False  # a single person is all there is to ask
    compares: bool = True  # there is an earlier report, or a history of which it was worked out


def weekly(facts: Facts) -> Report:
    """The report that follows from the facts."""
    every = [Entry(one.repo.name, risk, one.survey.get(risk.area)) for one in facts.repos for risk in one.risks]
    every.sort(key=lambda e: (not e.risk.seen.critical, -_weight(e.risk), e.repo, e.risk.area))
    entries = tuple(e for e in every if e.risk.mark in {"worse", "new", "same"})
    pages = [(one.repo.name, page) for one in facts.repos for page in one.pages]
    pages.sort(key=lambda pair: (-pair[1].answers, -pair[1].recent, -len(pair[1].missing), -pair[1].drift))
    acting = [(e.risk, e.area) for e in entries if e.area is not None]
    states = [area.state for one in facts.repos for area in one.survey.values()]
    alone = _alone(facts)
    return Report(
        week=facts.week,
        now=facts.now,
        subject=", ".join(one.repo.name for one in facts.repos) or "nothing yet",
        several=len(facts.repos) > 1,
        attained=_attained(facts),
        counts=counted(e.risk for e in every),
        areas={state: states.count(state) for state in ("lit", "dim", "dark")},
        entries=entries,
        improved=tuple(e for e in every if _improved(e)),
        accepted=tuple(e for e in every if e.risk.mark == "accepted"),
        unanswered=facts.unanswered,
        asked_in_private=facts.asked_in_private,
        waiting=facts.waiting,
        waiting_in_private=facts.waiting_in_private,
        questions=facts.questions,
        pages=tuple(pages),
        thanks=_thanks(facts),
        steps=propose(acting, facts.unanswered, [page for _, page in pages], alone=alone),
        how_right=facts.how_right,
        unknown=_unknown(facts),
        is_first=any(one.is_first for one in facts.repos),
        commits=sum(one.history.commits for one in facts.repos),
        brought_together=facts.brought_together,
        together=facts.together,
        alone=alone,
        compares=any(len(seen) > 1 for one in facts.repos for seen in one.seen.values()),
        survey=tuple((one.repo.name, area) for one in facts.repos for area in one.survey.values()),
    )


def _alone(facts: Facts) -> bool:
    """Whether one person holds, or could hold, all there is: then nobody can learn anything from another."""
    return is_team_of_one([area for one in facts.repos for area in one.survey.values()])


def _weight(risk: Risk) -> float:
    return risk.seen.risk * (NEWS if risk.mark in {"worse", "new"} else 1.0)


def _improved(entry: Entry) -> bool:
    """Better, or resolved by this week's report rather than long ago."""
    risk = entry.risk
    return risk.mark == "better" or (risk.mark == "resolved" and risk.resolved_time == risk.seen.time)


def _attained(facts: Facts) -> Attained:
    then = week_of(facts.now - 28 * DAY, facts.zone)
    now, before, missing = Attainment(0, 0), Attainment(0, 0), []
    known = True
    trends: dict[str, list[Attainment]] = {}
    for one in facts.repos:
        weeks = {w: attained(seen, facts.objective) for w, seen in by_week(one.seen).items() if w <= facts.week}
        found = weeks.get(facts.week, Attainment(0, 0))
        earlier = [week for week in weeks if week <= then]
        known = known and bool(earlier)
        now = Attainment(now.met + found.met, now.total + found.total)
        old = weeks[earlier[-1]] if earlier else Attainment(0, 0)
        before = Attainment(before.met + old.met, before.total + old.total)
        missing += [(one.seen[key][-1].risk, _title(facts, one, one.seen[key][-1].title)) for key in found.missing]
        for week, there in weeks.items():
            trends.setdefault(week, []).append(there)
    missing.sort(key=lambda pair: -pair[0])
    line = [(w, sum(a.met for a in every) / max(1, sum(a.total for a in every))) for w, every in sorted(trends.items())]
    return Attained(
        facts.objective, now, before if known else None, tuple(title for _, title in missing), tuple(line[-12:])
    )


def _title(facts: Facts, one: RepoFacts, title: str) -> str:
    return f"{one.repo.name}: {title}" if len(facts.repos) > 1 else title


def _thanks(facts: Facts) -> tuple[tuple[str, tuple[str, ...]], ...]:
    told: dict[str, dict[str, None]] = {}
    for one in facts.repos:
        for deed in one.deeds:
            told.setdefault(deed.person.name, {})[deed.what] = None
    return tuple((name, tuple(what)) for name, what in sorted(told.items(), key=lambda pair: pair[0].casefold()))


def _unknown(facts: Facts) -> tuple[str, ...]:
    """What a report like this cannot know yet, the weightier first."""
    from bot.dates import day

    said = []
    for one in facts.repos:
        of = f" of {one.repo.name}" if len(facts.repos) > 1 else ""
        if not one.history.commits:
            said.append(f"anything{of} (no history has been read)")
            continue
        if facts.now - one.history.last_time > QUIET_DAYS * DAY:
            said.append(f"what happened{of} after {day(one.history.last_time)} (the newest commit that I have read)")
        if facts.now - one.history.first_time < SHORT_DAYS * DAY:
            weeks = max(1, (facts.now - one.history.first_time) // (7 * DAY))
            said.append(f"who stays (the history{of} is {weeks} week{'s' if weeks > 1 else ''} old)")
        if not one.page_count:
            said.append(f"whether pages{of} are stale (no docs have been read)")
    if not facts.questions:
        said.append("what people look for in vain (nobody has asked me anything in four weeks)")
    elif not facts.platforms - {"terminal"}:
        said.append("what people ask in chat (I am asked in the terminal only)")
    if not facts.has_wiki:
        said.append("what was only ever said aloud (there is no wiki yet)")
    return tuple(said)
