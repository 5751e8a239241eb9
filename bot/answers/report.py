"""The weekly report, as an answer: "show me the report", "how are we doing?"."""

from __future__ import annotations

from bot.answer import Answer, Asked, Ground
from bot.reports.facts import gather
from bot.reports.message import write
from bot.reports.weekly import weekly


def answer(ground: Ground, _asked: Asked) -> Answer:
    """This week's report as of now; the register remembers it, unless it is asked for as of a past date."""
    options, present = ground.options, ground.as_of is None
    facts = gather(ground.db, ground.now, options.objective, zone=options.zone, keep=present)
    message = write(weekly(facts))
    return Answer(message.parts, extra={"report": message.data})
