"""What a thread was about: the questions and answers before this one, kept, so that it goes on after a restart."""

from __future__ import annotations

from dataclasses import replace

from bot.message import Incoming
from bot.understanding.choosing import picked
from bot.understanding.intent import Meaning
from knowledge.asking.targets import Target
from knowledge.store.questions import Questions, Turn

THREAD_SECONDS = 14 * 86_400  # what a thread was about is forgotten after that
CHOICE_TURNS = 4  # a number picks of what was offered so many turns ago at most
_AGAIN = frozenset({"last_touched", "who_knows", "history", "person", "what_if", "stale", "knowledge"})


def turns_before(questions: Questions, incoming: Incoming) -> list[Turn]:
    """The questions and answers of the thread so far, the latest first; none outside of a thread."""
    if not incoming.thread:
        return []
    turns = questions.thread(incoming.asker.platform, incoming.place, incoming.thread)
    return [turn for turn in turns if abs(incoming.time - turn.time) < THREAD_SECONDS]


def in_thread(meaning: Meaning, turns: list[Turn]) -> Meaning:
    """A bare "and app.py?" asks what was asked before."""
    if not meaning.same_intent:
        return meaning
    intent = next((turn.intent for turn in turns if turn.intent in _AGAIN), None)
    if intent is None:
        return meaning
    return replace(meaning, intent=intent, fits="phrase")  # type: ignore[arg-type]


def before(turns: list[Turn]) -> tuple[Target | None, tuple[str, ...]]:
    """What the thread was about, and the people it named, from the latest turn that had such a thing."""
    target = next((_target(turn) for turn in turns if turn.target and turn.target.get("kind") != "person"), None)
    return target, next((named for turn in turns if (named := _people(turn))), ())


def _people(turn: Turn) -> tuple[str, ...]:
    """Whom a turn named, whoever was asked about first: "does Ann know the cli?" is about Ann, whoever else does."""
    asked = turn.answer.get("person") or {}
    named = [p["name"] for p in ([asked] if asked else []) + (turn.answer.get("people") or [])]
    return tuple(dict.fromkeys(named))


def _target(turn: Turn) -> Target:
    kept = {key: value for key, value in turn.target.items() if key in Target.__dataclass_fields__}
    kept["paths"] = tuple(kept.get("paths", ()))
    return replace(Target(**kept), meant="", asked="")


def chosen(turns: list[Turn], number: int, text: str) -> str:
    """What a reply picks of the choices that were offered last; "" where it picks none.

    By a number, also some turns later ("and 3?"); by words, only right after they were offered.
    """
    offered = next((t for t in turns[: CHOICE_TURNS if number else 1] if t.answer.get("choices")), None)
    return picked(number, text, offered.answer["choices"]) if offered is not None else ""
