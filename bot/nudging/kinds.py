"""The kinds of nudges, and what each of them is."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["re-light", "share", "hand-over", "newcomer", "page", "page-to-write", "thanks", "unmatched"]
Answer = Literal["yes", "later", "other", "no", "confirm", "edit", "not-mine", "retire"]

MEETING_SECONDS = 25 * 60
FEWEST_OF_AN_ID = 3  # characters of a nudge's id that may stand for it


class Nature(NamedTuple):
    """What a kind is like; `events` are the evidence that it leaves with whoever shows and whoever learns."""

    words: str  # what people call it, and may opt out of
    positive: bool  # good news, or about somebody's strength
    meets: bool  # two people talk
    answers: tuple[Answer, ...]
    events: tuple[str, str] = ("", "")
    minutes: int = 60  # of people's time, all together: what the gain is divided by


PAIR: tuple[Answer, ...] = ("yes", "later", "other", "no")

KINDS: dict[Kind, Nature] = {
    "re-light": Nature("bring an area back", False, True, PAIR, ("paired", "paired"), 70),
    "share": Nature("show what is fresh", True, True, PAIR, ("taught", "attended"), 70),
    "hand-over": Nature("hand over before an absence", False, True, PAIR, ("taught", "paired"), 90),
    "newcomer": Nature("show a newcomer around", True, True, PAIR, ("taught", "paired"), 70),
    "page": Nature(
        "look at a page", False, False, ("confirm", "edit", "not-mine", "retire", "later"), ("confirmed", ""), 15
    ),
    "page-to-write": Nature("write a page", False, False, PAIR, ("documented", ""), 45),
    "thanks": Nature("say thanks", True, False, (), ("", ""), 2),
    "unmatched": Nature("say that nobody was found", False, False, ("yes", "no"), ("", ""), 2),
}
