"""A report in words: headed sections of lines in our small Markdown, the same for every way of writing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.dates import day
from bot.message import plain
from bot.phrases import called, code, count, join
from bot.reports.steps import brief
from bot.reports.waiting import Waiting
from bot.reports.weekly import Entry, Report
from knowledge.pages import RECENT_DAYS, StalePage
from knowledge.shares import percent

RISKS, PAGES, QUESTIONS, THANKS, IMPROVED, MISSING = 5, 3, 3, 4, 3, 4  # shown on the one screen


class Line(NamedTuple):
    """One line; `tag` says what kind it is: "dark, worse".

    `detailed` is what stands in its place where the details follow; "" for nothing: "And 14 more" is all in them.
    """

    text: str
    tag: str = ""
    detailed: str | None = None


class Section(NamedTuple):
    """A part of the report. `more` is what only the details show."""

    key: str  # objective, steps, risks, improved, together, unanswered, pages, model, unknown
    title: str
    lines: tuple[Line, ...]
    more: tuple[Line, ...] = ()

    def every(self, *, details: bool) -> tuple[Line, ...]:
        """The lines of one screen, or all of them."""
        if not details or not self.more:
            return self.lines
        kept = (line if line.detailed is None else Line(line.detailed, line.tag) for line in self.lines)
        return (*(line for line in kept if line.text), *self.more)


def headline(report: Report) -> str:
    """The report in a sentence or two."""
    lit, dim, dark = (report.areas[state] for state in ("lit", "dim", "dark"))
    total = lit + dim + dark
    if not total:
        return "There is no area to report on yet."
    said = f"{lit} of {count(total, 'area')} {'is' if 1 in {lit, total} else 'are'} lit, {dim} dim, {dark} dark"
    counts = report.counts
    if not report.compares:
        return f"{said}."
    resolved = sum(entry.risk.mark == "resolved" for entry in report.improved)
    better = len(report.improved) - resolved
    told = ((counts["worse"], "worse"), (counts["new"], "new"), (better, "better"), (resolved, "resolved"))
    moved = join([f"{number} {mark}" for number, mark in told if number]) or "nothing changed"
    when = f"by the history, {moved} in the last week" if report.is_first else f"{moved} since last week"
    return f"{said}; {when}."


def sections(report: Report) -> list[Section]:
    """Every section that has something to say, in the order in which a lead needs them."""
    made = (
        _objective(report), _steps(report), _risks(report), _improved(report), _together(report), _unanswered(report),
        _pages(report), _sure(report),
    )  # fmt: skip
    return [section for section in made if section.lines]


def _objective(report: Report) -> Section:
    said = report.attained
    words = said.objective.words
    if not said.now.total:
        why = ", for nobody changed anything within a year" if _is_idle(report) else " yet"
        return Section("objective", "Objective", (Line(f"{words[0].upper()}{words[1:]}: no area counts{why}."),))
    if report.alone:
        return Section("objective", "Objective", (Line(_for_one(report)),))
    text = f"{words[0].upper()}{words[1:]}: **{said.now.met} of {said.now.total}**"
    if said.before is not None and said.before.total:
        was = f"{said.before.met} of {said.before.total}"
        change = said.now.share - said.before.share
        same = (said.before.met, said.before.total) == (said.now.met, said.now.total)
        way = "up from" if change > 0 else "down from" if change < 0 else "after"
        text += ", as four weeks ago" if same else f", {way} {was} four weeks ago"
    lines = [Line(text + ".")]
    if said.missing:
        shown = [code(title) for title in said.missing[:MISSING]]
        rest = len(said.missing) - len(shown)
        lines.append(Line(f"Not yet: {join([*shown, *([f'{rest} more'] if rest else [])])}."))
    more = [Line(", ".join(f"{week} {percent(share)}" for week, share in said.trend), "trend")]
    more += [Line(code(title), "misses it") for title in said.missing]
    return Section("objective", "Objective", tuple(lines), tuple(more))


def _for_one(report: Report) -> str:
    """Of a team of one no area can have two holders; how much one person still holds can be told."""
    every = [area for _, area in report.survey]
    held = sum(bool(area.holders) for area in every)
    told = f"**{held} of {count(len(every), 'area')}** {'has' if 1 in {held, len(every)} else 'have'} one"
    return f"One person works here, so that no area can have two active holders; {told}."


def _steps(report: Report) -> Section:
    lines = [Line(f"{step.text} ({step.effect}).") for step in report.steps]
    return Section("steps", "Three steps for this week" if len(lines) == 3 else "What would help", tuple(lines))


def _risks(report: Report) -> Section:
    dim = [e for e in report.entries if report.alone and e.area is not None and e.area.holders]
    every = [Line(_risk(e, report), _tag(e)) for e in report.entries if e not in dim]
    lines = every[:RISKS]
    if dim:
        lines.append(Line(f"{_what(dim, every)} known by one person, as everything is in a team of one."))
    rest = [f"{count(len(every) - RISKS, 'more risk')}"] * (len(every) > RISKS)
    rest += [f"{len(report.accepted)} accepted"] * bool(report.accepted)
    if rest:
        lines.append(Line(f"And {join(rest)}.", detailed=""))
    if not every and not report.accepted and not dim:
        calm = "Nothing that the team works on is about to be forgotten."
        calm = "Nobody changed anything here within a year." if _is_idle(report) else calm
        lines = [Line(calm)] if sum(report.areas.values()) else []
    accepted = [Line(_accepted(e), "accepted") for e in report.accepted]
    resting = _resting(report)
    if resting:
        which = "other" if every or dim or report.accepted else "area"
        verb, them = ("is", "it") if len(resting) == 1 else ("are", "them")
        unneeded = f"dim or dark, but nobody changed {them} or asked about {them} within a year"
        lines.append(Line(f"{count(len(resting), which)} {verb} {unneeded}.", detailed=""))
        accepted.append(Line(f"{unneeded[0].upper()}{unneeded[1:]}: {join(resting)}."))
    return Section("risks", "Areas at risk", tuple(lines), (*every[RISKS:], *accepted))


def _is_idle(report: Report) -> bool:
    return bool(report.survey) and not any(area.changes for _, area in report.survey)


def _resting(report: Report) -> list[str]:
    """The areas that are not lit and not in the register, for nobody needs them."""
    told = {(entry.repo, entry.risk.area) for entry in (*report.entries, *report.improved, *report.accepted)}
    rest = [(repo, one) for repo, one in report.survey if one.state != "lit" and (repo, one.key) not in told]
    return [code(f"{repo}: {one.title}" if report.several else one.title) for repo, one in rest]


def _what(some: Sequence[Entry], others: Sequence[Line]) -> str:
    return f"{'A further ' if others else ''}{count(len(some), 'area')} {'is' if len(some) == 1 else 'are'}"


def _tag(entry: Entry) -> str:
    mark, state = entry.risk.mark, entry.risk.seen.state
    return f"{state}, {mark}" if mark in {"new", "worse", "better"} else state


def _risk(entry: Entry, report: Report) -> str:
    why = entry.area.why if entry.area else "it is no longer there"
    note = f"; {entry.risk.note}" if entry.risk.note else ""
    return f"{_name(entry, report)}: {plain(why)}{note}."


def _accepted(entry: Entry) -> str:
    said = entry.risk.acceptance
    assert said is not None  # noqa: S101  (the mark says so)
    return f"{code(entry.title)} until {day(said.until)}: {plain(said.reason)} ({plain(said.by)}, {day(said.time)})."


def _name(entry: Entry, report: Report) -> str:
    return code(f"{entry.repo}: {entry.title}" if report.several else entry.title)


def _improved(report: Report) -> Section:
    lines = [Line(_better(e, report), e.risk.mark) for e in report.improved]
    thanks = [Line(f"Thank you, {called(name)}, for {join(list(what[:2]))}.") for name, what in report.thanks]
    shown, hidden = lines[:IMPROVED], lines[IMPROVED:]
    if hidden:
        shown.append(Line(f"And {count(len(hidden), 'more area')}.", detailed=""))
    more = [Line(f"{called(name)}: {join(list(what))}.", "thanks") for name, what in report.thanks]
    kept = thanks[:THANKS]
    if len(thanks) > THANKS:
        kept.append(Line(f"And thank you to {join([called(name) for name, _ in report.thanks[THANKS:]])}."))
    return Section("improved", "What improved", (*shown, *kept), (*hidden, *(more if len(thanks) > THANKS else ())))


def _better(entry: Entry, report: Report) -> str:
    seen = entry.risk.seen
    if seen.state == "gone":
        return f"{_name(entry, report)} is no longer there."
    if entry.risk.mark == "resolved":
        return f"{_name(entry, report)} is lit and stays so: {count(len(seen.holders), 'active holder')}."
    was = f", it was {entry.risk.before.state}" if entry.risk.before and entry.risk.before.state != seen.state else ""
    return f"{_name(entry, report)} is {seen.state} with {count(len(seen.holders), 'active holder')}{was}."


def _together(report: Report) -> Section:
    every = (*report.together, *((report.brought_together,) if report.brought_together else ()))
    return Section("together", "Bringing people together", tuple(Line(one) for one in every))


def _unanswered(report: Report) -> Section:
    every = [
        Line(
            f"“{brief(one.text, 90)}” ({count(one.people, 'person', 'people')}, last on {day(one.last_time)}"
            f"{', asked by somebody new' if one.newcomers else ''}"
            f"{', wants a person' if one.wants_person else ''})"
        )
        for one in report.unanswered
    ]
    waits = [Line(_waits(one), "wants a person") for one in report.waiting]
    every = [*waits, *every]
    lines = every[:QUESTIONS]
    rest = [count(len(every) - QUESTIONS, "more question")] * (len(every) > QUESTIONS)
    if report.waiting_in_private:
        rest.append(f"{count(report.waiting_in_private, 'question')} that {_want(report)} a person, asked in private")
    rest += [f"{report.asked_in_private} asked in private"] * bool(report.asked_in_private)
    if rest:
        unseen = rest[len(every) > QUESTIONS :]
        lines.append(Line(f"And {join(rest)}.", detailed=f"And {join(unseen)}." if unseen else ""))
    if not every and report.questions and not rest:
        lines = [Line(f"All {count(report.questions, 'question')} of the last four weeks had an answer.")]
    return Section("unanswered", "Asked and not answered", tuple(lines), tuple(every[QUESTIONS:]))


def _waits(one: Waiting) -> str:
    how = "taken, and not answered yet" if one.is_taken else f"`lamp requests claim {one.id}` takes it"
    return f"“{brief(one.text, 90)}” (since {day(one.since)}; {how})"


def _want(report: Report) -> str:
    return "wants" if report.waiting_in_private == 1 else "want"


def _pages(report: Report) -> Section:
    every = [Line(_page(repo, page, report)) for repo, page in report.pages]
    used = [line for line, (_, page) in zip(every, report.pages, strict=True) if page.answers]
    lines = (used or every)[:PAGES]
    rest = len(every) - len(lines)
    if rest:
        which = " that no answer rested on" if used else ""
        lines.append(Line(f"And {count(rest, 'more page')}{which}.", detailed=""))
    return Section("pages", "Pages gone stale", tuple(lines), tuple(line for line in every if line not in lines))


def _page(repo: str, page: StalePage, report: Report) -> str:
    name = code(f"{repo}: {page.path}" if report.several else page.path)
    said = [f"{count(page.answers, 'answer')} rested on it"] * bool(page.answers)
    if page.missing:
        gone = join([code(name) for name in page.missing[:2]])
        said.append(f"it names {gone}, which {'is' if len(page.missing[:2]) == 1 else 'are'} no longer there")
    if page.drift:
        moved = f"{count(page.drift, 'commit')} changed what it names since {day(page.changed_time)}"
        some = 0 < page.recent < page.drift
        said.append(f"{moved}, {page.recent:,} of them in the last {RECENT_DAYS} days" if some else moved)
    return f"{name}: {'; '.join(said)}."


def _sure(report: Report) -> Section:
    lines = [Line(report.how_right)] if report.how_right else []
    first = "This is the first report: what came before is worked out from the history. " if report.is_first else ""
    if report.unknown or first:
        told = f"Not known yet: {'; '.join(report.unknown)}." if report.unknown else ""
        lines.append(Line((first + told).strip()))
    return Section("unknown", "How sure this is", tuple(lines))


def shown(lines: Sequence[Line]) -> list[str]:
    """Lines with their tags in front."""
    return [f"**{line.tag}** {line.text}" if line.tag else line.text for line in lines]
