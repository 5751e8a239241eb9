"""What would go dark if somebody were away, and who could hold it."""

from __future__ import annotations

from bot.answer import Answer, Asked, Ground, called, code
from bot.answers.person import whom
from bot.message import Note, Part, Text
from knowledge.model import Knower
from knowledge.targets import Target

MOST_AREAS = 6
SAY = "what if {} is away?"


def answer(ground: Ground, asked: Asked) -> Answer:
    """Answer "what if Ann is away?"."""
    from knowledge.insight import what_if_away

    said = asked.meaning.subject or (asked.before_people[0] if asked.before_people else "")
    if not said or said.lower() in {"someone", "somebody", "i"}:
        return Answer((Text("If who is away? Name somebody, such as “what if Ann is away?”."),))
    person = whom(ground, said, SAY)
    if isinstance(person, Answer):
        return person
    target = Target("person", topic=person.name, person_id=person.id)
    found = [
        (repo, area)
        for repo in ground.resolver.repos()
        for area in what_if_away(ground.db, repo.id, person.id, ground.now, top=MOST_AREAS)
    ]
    knower = Knower(person, 0.0, -1.0, -1.0, 0, "asked about")
    if not found:
        return Answer(
            (Text(f"Nothing would lose its last active holder if {called(person.name)} were away."),), target, (knower,)
        )
    parts: list[Part] = [Text(f"If {called(person.name)} were away, these would have nobody active left:")]
    parts.append(
        Text(
            "\n".join(
                f"- {(code(area.path) if area.path else 'the whole repository')}: {area.why}"
                for repo, area in found[:MOST_AREAS]
            )
        )
    )
    parts.append(
        Note("A first version: it looks at who is active where, not yet at how hard each area is to take over.")
    )
    return Answer(tuple(parts), target, (knower,))
