"""What a round of nudges is decided from: values only, gathered by `gather.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.etiquette import Manners, Recipient
from knowledge.areas.health import AreaHealth
from knowledge.areas.standings import Held
from knowledge.asking.asked import Unanswered
from knowledge.pages import StalePage

DAY = 86_400
NEWCOMER_DAYS = 60  # since their first commit here
HOT_DAYS = 14  # "the last two weeks"


class Member(NamedTuple):
    """Somebody of the team who may be spoken to."""

    recipient: Recipient
    first: int  # their first event anywhere, seconds UTC; 0 for none
    last: int
    events: int
    open: int = 0  # proposals and sessions they are in

    @property
    def id(self) -> int:
        """Their number in the store."""
        return self.recipient.person

    def is_new(self, now: int) -> bool:
        """Whether they came within NEWCOMER_DAYS."""
        return not self.events or now - self.first <= NEWCOMER_DAYS * DAY


class Fresh(NamedTuple):
    """What somebody did in an area within HOT_DAYS."""

    commits: int
    days: int


class Spot(NamedTuple):
    """An area at a time."""

    repo_id: int
    health: AreaHealth
    held: Held
    chances: Mapping[int, float]  # retention there of everybody who may be asked
    fresh: Mapping[int, Fresh]  # everybody's recent work there, members or not


class OldPage(NamedTuple):
    """A page that answers rest on and that the code moved away from; `people` could say, the first best."""

    repo_id: int
    page: StalePage
    people: tuple[int, ...]


class Wanted(NamedTuple):
    """A question asked again and again without an answer; `people` could write it down, the first best."""

    repo_id: int
    asked: Unanswered
    people: tuple[int, ...]
    area: str = ""


class Deed(NamedTuple):
    """Something shared that nobody has said thanks for yet."""

    repo_id: int
    person: int
    kind: str  # taught, documented
    area: str
    time: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a round is decided from."""

    now: int
    week: str
    manners: Manners = field(default_factory=Manners)
    members: Mapping[int, Member] = field(default_factory=dict)
    spots: tuple[Spot, ...] = ()
    pages: tuple[OldPage, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    deeds: tuple[Deed, ...] = ()
    met: frozenset[frozenset[int]] = frozenset()  # pairs that met lately, or were asked and did not take it up
    told: frozenset[tuple[int, str]] = frozenset()  # (person, what it was about) of the same time; 0: the area rests
    never: frozenset[frozenset[int]] = frozenset()  # confidential: pairs of whom one does not want it
    interests: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # confidential: areas, topics
    positive: int = 0  # good news among the messages of the last quarter
    others: int = 0  # the rest of them
    most: int = 4  # messages of this round
