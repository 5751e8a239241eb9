"""Thanks, hello and chatter: a short word back, never a search."""

from __future__ import annotations

import re

from bot.answer import Answer, Asked, Ground
from bot.message import Text

_THANKS = re.compile(r"\b(?:thank|thanks|thx|cheers|merci|danke|great|helpful|awesome|perfect|ty)\b", re.IGNORECASE)
_HELLO = re.compile(r"\b(?:hello|hi|hey|hallo|howdy|morning|afternoon|evening|greetings|yo)\b", re.IGNORECASE)
_BYE = re.compile(r"\b(?:bye|goodbye|ciao|see you|later|good night)\b", re.IGNORECASE)


def answer(_ground: Ground, asked: Asked) -> Answer:
    """Say a short word back."""
    said = asked.incoming.text
    if not said.strip():
        return Answer((Text("I heard nothing. Ask me who knows something, or say `help`."),))
    if _THANKS.search(said):
        return Answer((Text("You're welcome."),))
    if _BYE.search(said):
        return Answer((Text("Bye for now."),))
    if _HELLO.search(said):
        return Answer(
            (Text("Hello! Ask me who knows something, how it works or why it changed; `help` shows examples."),)
        )
    return Answer((Text("I have no answer to that. Ask me who, how, where or why; `help` shows examples."),))
