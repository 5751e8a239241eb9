"""An answer as a `Message`, and the JSON of `lamp ask --json` that goes along with it as its data."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from bot.answer import Answer
from bot.message import Choices, Message, Text
from bot.understanding.intent import Meaning
from knowledge.asking.targets import Target
from knowledge.model import Evidence, Knower


def message_of(meaning: Meaning, answer: Answer, took_ms: float) -> Message:
    """An answer as what is said, with its JSON as data."""
    parts = answer.parts or (Text("I have no answer to that."),)
    message = Message(parts, meaning.intent, answer.abstained, private=answer.private)
    data: dict[str, Any] = {
        "intent": meaning.intent,
        "abstained": answer.abstained,
        "text": message.text,
        "target": target_as_json(answer.target),
        "people": [person_as_json(k) for k in answer.people],
        "evidence": [evidence_as_json(e) for e in answer.evidence],
        "took_ms": took_ms,
        **answer.extra,
    }
    if choices := [asdict(choice) for part in parts if isinstance(part, Choices) for choice in part.choices]:
        data["choices"] = choices
    return replace(message, data=data)


def target_as_json(target: Target | None) -> dict[str, Any] | None:
    """The `target` of `lamp ask --json`."""
    if target is None:
        return None
    told = {"kind": target.kind, "path": target.path, "line": target.line or None, "topic": target.topic}
    return told | ({"symbol": target.symbol} if target.symbol else {}) | ({"repo": target.repo} if target.repo else {})


def person_as_json(knower: Knower) -> dict[str, Any]:
    """An entry of `people`; what is not known of somebody (below 0) is null."""
    return {
        "name": knower.person.name,
        "email": knower.person.email,
        "retention": round(knower.retention, 3) if knower.retention >= 0 else None,
        "fading": round(knower.fading, 3) if knower.fading >= 0 else None,
        "staleness": round(knower.staleness, 3) if knower.staleness >= 0 else None,
        "last_date": _date(knower.last_time),
        "why": knower.why,
    }


def evidence_as_json(evidence: Evidence) -> dict[str, Any]:
    """An entry of `evidence`."""
    verdict = evidence.freshness
    fresh = (
        {
            "changed": _date(verdict.changed_time),
            "drift": verdict.drift,
            "named": list(verdict.named),
            "missing": list(verdict.missing),
        }
        if verdict
        else None
    )
    return {
        "kind": evidence.kind,
        "path": evidence.path,
        "line_start": evidence.line_start or None,
        "line_end": evidence.line_end or None,
        "commit": evidence.commit,
        "date": _date(evidence.date),
        "title": evidence.title,
        "quote": evidence.quote,
        "freshness": fresh,
    }


def _date(seconds: int | None) -> str | None:
    if not seconds:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
    except (ValueError, OverflowError, OSError):
        return None
