"""What is told after the first of several questions in one: each under its words, of what the first was about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.answer import Answer, Asked
from bot.message import Incoming, Note, Part, Text, plain
from bot.understanding.intent import Meaning


def told_then(
    first: Answer, incoming: Incoming, then: Sequence[tuple[str, Meaning]], answered: Callable[[Asked], Answer]
) -> Answer:
    """The first answer with the others below it; `data["also"]` holds their intents and targets."""
    parts, evidence, also = list(first.parts), list(first.evidence), []
    target, people, abstained = first.target, first.people, first.abstained
    for text, meaning in then:
        about = target if target is not None and target.kind != "person" else None
        asked = Asked(replace(incoming, text=text), meaning, about, tuple(k.person.name for k in people))
        told = answered(asked)
        parts += [Text(f"**{_heading(text)}**"), *_new(told.parts, parts)]
        evidence += [one for one in told.evidence if one not in evidence]
        also.append({"intent": meaning.intent, "question": text, "abstained": told.abstained})
        abstained = abstained and told.abstained
        people = people or told.people
    return replace(
        first, parts=tuple(parts), people=people, evidence=tuple(evidence), abstained=abstained,
        extra={**first.extra, "also": also},
    )  # fmt: skip


def _heading(text: str) -> str:
    said = plain(" ".join(text.split())).strip(" .!?")
    return f"{said[:1].upper()}{said[1:]}?"


def _new(parts: Sequence[Part], before: Sequence[Part]) -> list[Part]:
    """Without the notes that were said already."""
    return [part for part in parts if not (isinstance(part, Note) and part in before)]
