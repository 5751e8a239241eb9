"""A report as the object that `lamp report --json` prints."""

from __future__ import annotations

from typing import Any

from bot.dates import day
from bot.reports.sections import headline
from bot.reports.weekly import Attained, Entry, Report


def as_json(report: Report) -> dict[str, Any]:
    """Everything of the report, nothing shortened."""
    return {
        "week": report.week,
        "as_of": day(report.now - 1),
        "repositories": report.subject,
        "first": report.is_first,
        "headline": headline(report),
        "areas": dict(report.areas),
        "objective": _objective(report.attained),
        "risks": [_entry(entry) for entry in (*report.entries, *report.improved, *report.accepted)],
        "steps": [{"text": s.text, "effect": s.effect, "area": s.area or None} for s in report.steps],
        "unanswered": [
            {"text": one.text, "times": one.times, "people": one.people, "last_date": day(one.last_time)}
            for one in report.unanswered
        ],
        "asked_in_private": report.asked_in_private,
        "requests": [
            {"id": one.id, "text": one.text, "since": day(one.since), "taken": one.is_taken} for one in report.waiting
        ],
        "pages": [
            {
                "repo": repo,
                "path": page.path,
                "answers": page.answers,
                "drift": page.drift,
                "recent_drift": page.recent,
                "missing": list(page.missing),
                "changed": day(page.changed_time),
            }
            for repo, page in report.pages
        ],
        "thanks": [{"name": name, "what": list(what)} for name, what in report.thanks],
        "brought_together": report.brought_together or None,
        "together": list(report.together),
        "how_right": report.how_right or None,
        "unknown": list(report.unknown),
    }


def _objective(said: Attained) -> dict[str, Any]:
    return {
        "words": said.objective.words,
        "holders": said.objective.holders,
        "areas": said.objective.areas,
        "met": said.now.met,
        "total": said.now.total,
        "before": {"met": said.before.met, "total": said.before.total} if said.before else None,
        "missing": list(said.missing),
        "trend": [{"week": week, "share": round(share, 3)} for week, share in said.trend],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    risk, area = entry.risk, entry.area
    said = risk.acceptance if risk.mark == "accepted" else None
    return {
        "repo": entry.repo,
        "area": risk.area,
        "title": entry.title,
        "mark": risk.mark,
        "state": risk.seen.state,
        "critical": risk.seen.critical,
        "since": day(risk.first_time),
        "why": area.why if area else "it is no longer there",
        "step": area.step if area else "",
        "note": risk.note,
        "risk": risk.seen.risk,
        "holders": len(risk.seen.holders),
        "holders_ahead": risk.seen.holders_ahead,
        "changes": risk.seen.changes,
        "accepted": {"until": day(said.until), "by": said.by, "reason": said.reason, "on": day(said.time)}
        if said
        else None,
    }
