"""Greetings and politeness around a question: "hi, could you tell me …", "… please, thanks"."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.understanding.wording import PERSON, Word

_ASKING = r"(?= (?:who|whom|what|where|when|why|how|which|if|whether)\b)"
_ANYBODY = r"(?:you|u|anyone|anybody|someone|somebody|any of you)"
_WISHES = (
    "would|want|need|was|am|are|do|have|had|wonder|wondered|must|should|really|just|not|to|like|love|trying|wondering|know"
    "|find|figure|understand|see|learn|out|no|idea|quickly|hoping"
)
_HEADS = (
    (
        r"(?:hey|hi|hello|hallo|yo|dear|good (?:morning|afternoon|evening|day))"
        r"(?: (?:there|all|team|everyone|folks|lamplighter|lamp|bot|@))*"
    ),
    r"(?:ok|okay|so|well|um+|hm+|alright|right|actually|btw|please|sorry|lamplighter|lamp|bot|@|thanks|thank you)",
    r"(?:great|cool|nice)",
    r"(?:quick|another|one|one more|just a|a|silly|stupid|newbie|dumb) question",
    (
        rf"(?:can|could|would|will) {_ANYBODY}(?: (?:please|kindly|maybe))? (?:tell|show|remind|help|explain|let)"
        r"(?: (?:me|us))?"
        r"(?: (?:know|find|understand|out|see))*(?= )"
    ),
    rf"(?:please )?(?:tell|remind|inform|show|let)(?: (?:me|us))?(?: (?:know|see))?{_ASKING}",
    (
        rf"(?:do|does|did) {_ANYBODY} (?:happen to )?(?:know|remember|have (?:any|an) idea)"
        rf"(?: (?:if|whether)(?= \S+ \S)|{_ASKING})"
    ),
    rf"(?:any|have you any|got any|anyone have any) (?:idea|ideas|clue)(?: about)?{_ASKING}",
    (
        rf"(?:anyone|anybody|someone|somebody) (?:here )?(?:know|knows|remember|remembers|recall|recalls|can tell"
        rf"|could tell|has an idea)(?: me| us)?{_ASKING}"
    ),
    rf"(?:i|we)(?: (?:{_WISHES}))+{_ASKING}",
)
_HEAD = re.compile("^(?:" + "|".join(_HEADS) + ")(?: |$)")  # whole words: "history" does not say hi
_TAIL = re.compile(
    r" (?:please|thanks|thank you|thx|cheers|anyone|anybody|again|by the way|btw|though|exactly"
    r"|(?:do|would) you know|right now"
    r"|nowadays|these days|at the moment|currently|for me)$"
)


def unwrapped(found: list[Word], is_name: Callable[[str], bool] = lambda _: False) -> list[Word]:
    """The words without greetings and politeness at both ends, as long as something of the question stays.

    An @mention at the start is taken for the bot's own unless `is_name` knows it: "@ann still around?" is about Ann.
    """
    while True:
        line = " ".join("#" if is_name(word.raw) and word.plain == PERSON else word.plain for word in found)
        if (head := _HEAD.match(line)) is not None and len(line) > len(head[0]):
            found = found[len(head[0].split()) :]
        elif (tail := _TAIL.search(line)) is not None and tail.start() > 0:
            found = found[: len(found) - len(tail[0].split())]
        else:
            return found
