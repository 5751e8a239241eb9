"""What somebody knows and whether they are around: their areas, their last work, never more than the history tells."""

from __future__ import annotations

from bot.answer import (
    Answer,
    Asked,
    Ground,
    about,
    ask_back,
    called,
    catch_up_note,
    count,
    not_known,
    person_line,
)
from bot.answers import who_knows
from bot.dates import DAY
from bot.message import Choice, Choices, Note, Part, People, Sources, Text, plain
from bot.telling.one_person import of_person, what_they_know_of
from knowledge.asking.targets import Several, Target, Unknown
from knowledge.model import Person

AROUND_DAYS = 365  # of several Davids, the only one who did something within a year is meant
SAY = "what does {} know?"


def answer(ground: Ground, asked: Asked) -> Answer:
    """Answer "what does Ann know", "is Ann around", "does Ann know the json provider"."""
    if asked.meaning.wish is not None:
        from bot.people import self_service  # late: it brings what changes people

        return self_service.answer(ground, asked)
    said = asked.meaning.subject
    if not said and asked.before_people:
        said = asked.before_people[0]
    if not said:
        return Answer((Text("About whom? Name somebody, such as “what does Ann know?”."),))
    found = whom(ground, said, SAY)
    if isinstance(found, Answer):
        return found
    if asked.meaning.about:
        return _about(ground, found, asked.meaning.about)
    return of_person(ground, Target("person", topic=found.name, person_id=found.id), asked.meaning.window)


def whom(ground: Ground, said: str, say: str) -> Person | Answer:
    """The person that a name means, or the question back, or the sentence that nobody has it."""
    found = ground.names.find(said)
    if not found.people:
        near = tuple(Choice(p.name, say.format(p.name)) for p in found.near)
        sentence = Text("I know nobody by that name.")
        return Answer((sentence, Choices("Near it in name:", near)) if near else (sentence,), abstained=True)
    around = [p for p in found.people if ground.now - ground.names.last_time(p.id) < AROUND_DAYS * DAY]
    if len(found.people) > 1 and len(around) == 1 and "@" not in said:
        return around[0]
    if len(found.people) > 1:
        same_name = len({p.name for p in found.people}) < len(found.people)
        shown = found.people[:5]
        choices = tuple(
            Choice(f"{p.name} ({p.email})" if same_name else p.name, say.format(p.email if same_name else p.name))
            for p in shown
        )
        parts: list[Part] = [
            Choices(
                f"“{plain(said)}” may be {count(len(found.people), 'person', 'people')}. Whom do you mean?", choices
            )
        ]
        if len(found.people) > len(shown):
            parts.append(
                Note(
                    f"{count(len(found.people) - len(shown), 'more')} not shown; the full name finds each.".replace(
                        "mores", "more"
                    )
                )
            )
        return Answer(tuple(parts))
    return found.people[0]


def _about(ground: Ground, person: Person, subject: str) -> Answer:
    """Whether somebody knows something: they are among those who do, or who does instead."""
    found = ground.resolver.subject(subject)
    if isinstance(found, Unknown):
        return not_known(found, f"does {person.name} know {{}}?")
    if isinstance(found, Several) and not found.loose:
        return ask_back(found, f"does {person.name} know {{}}?")
    if isinstance(found, Several):
        found = Target("topic", topic=subject, paths=who_knows.named_apart(found))
    told = who_knows.of_topic(ground, found) if found.kind == "topic" else who_knows.of_place(ground, found)
    mine = next((k for k in told.people if k.person.id == person.id), None)
    others = tuple(k for k in told.people if k is not mine)
    if mine is not None:
        parts: list[Part] = [Text(f"Yes, {called(person.name)} knows {about(found)} now: {mine.why}.")]
    else:
        some = what_they_know_of(ground, found, person)
        so_far = f": they {some.why}" if some else ""
        parts = [Text(f"{called(person.name)} is not among those who know {about(found)} best now{so_far}.")]
        parts += catch_up_note(found, (some,) if some else ())
    if others:
        parts += [Text("Also:" if mine else "These do:"), People(tuple(person_line(ground, k) for k in others))]
    parts += [part for part in told.parts if isinstance(part, Sources)]
    asked_about = {"name": person.name, "email": person.email}
    return Answer(tuple(parts), told.target, told.people, told.evidence, extra={**told.extra, "person": asked_about})
