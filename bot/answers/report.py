"""The weekly report, as an answer: "show me the report", "how are we doing?"."""

from __future__ import annotations

from bot.answer import Answer, Asked, Ground
from bot.reports.facts import gather
from bot.reports.message import write
from bot.reports.weekly import weekly


def answer(ground: Ground, _asked: Asked) -> Answer:
    """This week's report as of now; the register is left as it is."""
    message = write(weekly(gather(ground.db, ground.now, ground.options.objective, zone=ground.options.zone)))
    return Answer(message.parts, extra={"report": message.data})
