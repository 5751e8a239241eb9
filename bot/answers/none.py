"""Thanks, hello and chatter: a short word back, never a search."""

from __future__ import annotations

import re

from bot.answer import Answer, Asked, Ground
from bot.message import Text

_THANKS = re.compile(
    r"\b(?:thank|thanks|thx|cheers|merci|danke|great|helpful|awesome|perfect|ty"
    r"|good job|well done|nice work|nice|love it|brilliant|amazing|you rock|the best)\b",
    re.IGNORECASE,
)
_HELLO = re.compile(r"\b(?:hello|hi|hey|hallo|howdy|morning|afternoon|evening|greetings|yo)\b", re.IGNORECASE)
_NOTHING = re.compile(
    r"\b(?:sorry|oops|my bad|wrong|never ?mind|forget it|ignore|disregard|no worries|no problem|ok|okay|cool|right|fine"
    r"|lol|haha|got it|i see|makes sense|yes|yep|yeah|no|nope|sure|hm+|test|testing)\b",
    re.IGNORECASE,
)
_BLAME = re.compile(
    r"\b(?:not|isn['’]?t|wasn['’]?t|un)\s?(?:very |so |really )?(?:helpful|great|right|good|correct|it)\b"
    r"|\b(?:useless|stupid|dumb|rubbish|nonsense|idiot\w*|hopeless|hate you|shut up|go away|you suck|wtf)\b"
    r"|\b(?:did not|didn['’]?t|do not|don['’]?t|never) (?:answer|understand|get it|listen|help)"
    r"|\b(?:is|are|was|were|you['’]re|that['’]s) wrong\b",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"\b(?:coffee|lunch|tea|beers?|drinks?|breakfast|dinner|pizza|cake|birthday|weekend|holidays?|party|hungry)\b",
    re.IGNORECASE,
)
_BYE = re.compile(r"\b(?:bye|goodbye|ciao|see you|later|good night)\b", re.IGNORECASE)


def answer(_ground: Ground, asked: Asked) -> Answer:
    """Say a short word back."""
    said = asked.incoming.text
    if not said.strip():
        return Answer((Text("I heard nothing. Ask me who knows something, or say `help`."),))
    if asked.meaning.choice:
        return Answer((Text("There is no such choice here. Ask the question again, and I say what it may mean."),))
    if _BLAME.search(said):
        return Answer((Text("I am sorry. Say it in other words, or name a file, and I look again."),))
    if _THANKS.search(said):
        return Answer((Text("You're welcome."),))
    if _BYE.search(said):
        return Answer((Text("Bye for now."),))
    if _HELLO.search(said):
        return Answer(
            (Text("Hello! Ask me who knows something, how it works or why it changed; `help` shows examples."),)
        )
    if _NOTHING.search(said):
        return Answer((Text("All right. I am here when you need me."),))
    if _BREAK.search(said):
        return Answer((Text("Enjoy! I stay here with the code."),))
    told = Text("I have no answer to that. Ask me who, how, where or why; `help` shows examples.")
    return Answer((told,), abstained=True)
