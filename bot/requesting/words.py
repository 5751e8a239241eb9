# ruff: noqa: E501  (a pattern stays on its line)
"""What people say in chat to have a question brought to somebody, to see how it stands, to take it back: pure."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

What = Literal["ask", "status", "withdraw"]
MOST_WORDS = 120


class Said(NamedTuple):
    """What somebody wants done; `text` is a question said along with it, else the thread's last one is meant."""

    what: What
    text: str = ""
    urgent: bool = False


_WHOM = r"(?:a |an |another |some )?(?:person|human|human being|colleague|expert|somebody|someone|anybody|anyone)"
_POLITE = r"(?:(?:ok|okay|then|yes|no|please|hey|lamplighter|could you|can you|would you)[,:]?\s+)*"
_ASK = re.compile(
    rf"{_POLITE}(?:urgent(?:ly)?[,:]?\s+)?(?:ask|find|get)(?: me)? {_WHOM}(?: else)?(?: (?:for me|instead|about (?:it|this|that)))?"
    r"(?:\s+(?:please|then|now|urgently|it is urgent|it['’]s urgent))*",
    re.IGNORECASE,
)
_WITH = re.compile(
    rf"{_POLITE}(?:urgent(?:ly)?[,:]?\s+)?ask {_WHOM}(?: for me)?\s*[:,–-]\s*(?P<text>\S.{{7,}})",
    re.IGNORECASE | re.DOTALL,
)
_STATUS = re.compile(
    r"(?:what(?:['’]s| is) the )?status of my (?:questions?|requests?)|(?:show )?my (?:open )?(?:questions|requests)"
    r"|what (?:became|has become|happened) (?:of|to|with) my (?:questions?|requests?)"
    r"|(?:did|has|have) (?:anybody|anyone|somebody|someone) (?:answer(?:ed)?|take|taken|took) my (?:questions?|requests?)(?: yet)?"
    r"|who (?:took|has|takes) my (?:question|request)|how (?:is|are) my (?:questions?|requests?)(?: doing)?",
    re.IGNORECASE,
)  # fmt: skip
_WITHDRAW = re.compile(
    r"(?:please )?(?:withdraw|cancel|take back|drop|forget) my (?:question|request)(?: (?P<text>[0-9a-f]{3,8}))?"
    r"|i no longer need (?:an answer|somebody|anybody)",
    re.IGNORECASE,
)


def heard(text: str) -> Said | None:
    """What `text` wants done about a question for a person; None for anything else."""
    said = " ".join(text.split()).strip(" .!?") if len(text.split()) <= MOST_WORDS else ""
    if not said:
        return None
    urgent = bool(re.search(r"\burgent", said, re.IGNORECASE))
    if _ASK.fullmatch(said):
        return Said("ask", urgent=urgent)
    if found := _WITH.fullmatch(text.strip()):
        return Said("ask", found["text"].strip(), urgent)
    if _STATUS.fullmatch(said):
        return Said("status")
    if found := _WITHDRAW.fullmatch(said):
        return Said("withdraw", found["text"] or "")
    return None
