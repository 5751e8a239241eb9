"""What every answer stands on and is made of: the ground, the question as understood, words for dates and people.

The answers themselves live in `bot/answers/`, one file an intent; the word in the JSON is the name of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from bot.message import Choice, Choices, Incoming, Note, Part, PersonLine, Text, plain
from bot.phrases import called as called
from bot.phrases import code as code
from bot.phrases import count as count
from bot.phrases import join as join
from bot.understanding.intent import Meaning
from knowledge.activation.past import Hand, Past
from knowledge.activation.reasons import STALE
from knowledge.activation.taking import Merge
from knowledge.areas.objective import Objective
from knowledge.asking.names import Names
from knowledge.asking.targets import Several, Target, Unknown
from knowledge.model import Evidence, Knower, WhoKnows
from knowledge.resolve import Resolver
from knowledge.store.database import Database
from knowledge.ways_in.symbol_changes import Outlines

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bot.requesting.flow import Asking
    from knowledge.finding.wanting import Sought
    from knowledge.finding.whereabouts import Found


class CommitHit(Protocol):
    """A commit that words or meaning found."""

    @property
    def id(self) -> int: ...
    @property
    def score(self) -> float: ...


class Searcher(Protocol):
    """What answers need of `knowledge.search.Search`."""

    def pages(self, query: str, k: int = 10) -> list[Evidence]: ...
    def commits(self, query: str, k: int = 10) -> Sequence[Any]: ...
    def places(self, sought: Sought) -> Found: ...
    def coverage(self) -> float: ...
    def confidence(self, query: str, evidence: Sequence[Evidence]) -> float: ...
    def sense(self, text: str, model: str) -> NDArray[np.float32] | None: ...


class Git(Protocol):
    """What answers ask of git itself, about a repository as it was indexed."""

    def merges(self, repo_id: int, since: int, until: int) -> Sequence[Merge]:
        """The merges into the main line between two times, seconds UTC."""
        ...

    def outlines(self, repo_id: int, time: int | None, paths: Sequence[str]) -> Outlines:
        """The symbols of files on the main line as it was at a time (seconds UTC), or as it was indexed (None)."""
        ...

    def email(self, repo_id: int) -> str:
        """The address under which whoever sits at this machine commits there; "" for none."""
        ...


class Blame(Protocol):
    """What tells the commits that last changed some lines, one a line; none where there are no such lines."""

    def __call__(self, repo_id: int, path: str, first: int, last: int, ignore: Sequence[str] = ()) -> Sequence[str]:
        """Of the lines from `first` to `last`; commits in `ignore` are looked through."""
        ...


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """The settings that answers read. `webs` is the web address by repository name, where one is configured."""

    confidence: float = 0.5
    people: int = 3
    topics: Mapping[str, Sequence[str]] = field(default_factory=dict)
    webs: Mapping[str, str] = field(default_factory=dict)
    objective: Objective = field(default_factory=Objective)
    zone: tzinfo = UTC
    teams: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by address: the addresses of their team


@dataclass(frozen=True)
class Ground:
    """What an answer stands on. `now` is when the question was asked; `as_of` is set when that lies in the past."""

    db: Database
    resolver: Resolver
    names: Names
    options: AnswerOptions
    search: Callable[[], Searcher | None]
    blame: Blame | None
    now: int
    as_of: int | None = None
    git: Git | None = None
    asking: Asking | None = None  # brings questions to people
    reached: Callable[[], bool] | None = None  # whether a chat runs by which people can be reached

    def past(self, repo_id: int) -> Past:
        """The history of a repository, as far as it may be known at this time."""
        return Past(self.db, repo_id, self.as_of)


class Asked(NamedTuple):
    """A question: what was said, what it means, and what the thread was about before."""

    incoming: Incoming
    meaning: Meaning
    before: Target | None = None
    before_people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What an intent makes of a question; the conversation makes a `Message` and the JSON of it."""

    parts: tuple[Part, ...]
    target: Target | None = None
    people: tuple[Knower, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    abstained: bool = False
    private: bool = False  # for the asker's eyes only, where the platform can do that
    extra: Mapping[str, Any] = field(default_factory=dict)


# -- words ------------------------------------------------------------------------------------------------------------


def about(target: Target) -> str:
    """What a target is called in a sentence."""
    match target.kind:
        case "topic":
            return f"“{plain(target.topic)}”"
        case "repository":
            return f"the repository {code(target.repo)}"
        case "person":
            return called(target.topic)
        case "symbol":
            return f"{code(target.symbol)} in {code(target.path)}"
        case _:
            return code(target.name)


def taken_to_mean(target: Target) -> str:
    """Says aloud what the asker's words were taken to mean; empty when they said it themselves."""
    if target.asked and target.asked != target.path:
        return f"{code(target.asked)} is called {code(target.path)} now."
    if target.meant and target.kind not in {"topic", "repository"} and not _says_so(target):
        return f"I take “{plain(target.meant)}” to mean {about(target)}."
    return ""


def _says_so(target: Target) -> bool:
    """Whether the words were the name itself: "the tests directory" for tests/."""
    words = [
        w
        for w in re.findall(r"[\w.-]+", target.meant.lower())
        if w not in {"the", "directory", "folder", "file", "dir"}
    ]
    return words == [target.path.rpartition("/")[2].lower()]


# -- parts ------------------------------------------------------------------------------------------------------------


def sentence(text: str) -> str:
    """With a capital at its start and a full stop at its end."""
    text = text.strip()
    return text and text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")


def person_line(ground: Ground, knower: Knower) -> PersonLine:
    """A person as an answer names them, with their chat ids where they are known."""
    rows = ground.db.read("SELECT slack_id, discord_id FROM people WHERE id = :id", id=knower.person.id)
    slack, discord = rows[0] if rows else ("", "")
    return PersonLine(knower.person.name, knower.why, slack, discord)


def reachable(ground: Ground, knows: WhoKnows) -> tuple[Knower, ...]:
    """The people of a `WhoKnows` who may be named as somebody to ask, at most as many as the settings allow."""
    return tuple(k for k in knows.people if k.person.reachable(ground.now))[: ground.options.people]


def coverage_note(ground: Ground) -> tuple[Note, ...]:
    """Says so while meaning is still being read."""
    search = ground.search()
    share = search.coverage() if search else 1.0
    if share >= 1:
        return ()
    how = "meaning is not read yet" if share <= 0 else f"meaning is {min(99, int(share * 100))} % read"
    return (Note(f"Searched by words{' only' if share <= 0 else ' and what is read of meaning'}: {how}."),)


def catch_up_note(target: Target, knowers: Iterable[Knower]) -> tuple[Note, ...]:
    """Offers the way to catch up where others changed much of a place since one of these people knew it."""
    if not target.path or all(knower.staleness < STALE for knower in knowers):
        return ()
    return (
        Note(
            f"{code(f'lamp refresh {target.path}')}, or here “catch me up on {plain(target.path)}”, shows what moved."
        ),
    )


# -- questions back ---------------------------------------------------------------------------------------------------


def ask_back(several: Several, say: str) -> Answer:
    """A question back: which of several places. `say` is the question with {} for the place."""
    more = several.total - len(several.choices)
    choices = tuple(_choice(t, say, show_repo=several.mixed) for t in several.choices)
    prompt = f"“{plain(several.said)}” fits {count(several.total, 'place')}. Which one do you mean?"
    parts: list[Part] = [Choices(prompt, choices)]
    if more > 0:
        parts.append(Note(f"{count(more, 'more place')} not shown; a longer part of the path finds each."))
    return Answer(tuple(parts))


def _choice(target: Target, say: str, *, show_repo: bool) -> Choice:
    name = f"{target.path}::{target.symbol}" if target.kind == "symbol" else target.name
    label = (f"{target.symbol} in {target.path}" if target.kind == "symbol" else name) + (
        "" if target.alive else " (gone)"
    )
    prefix = f"{target.repo}:" if show_repo and target.path else ""
    return Choice(prefix + label, say.format(f"`{prefix}{name}`"))


def not_known(unknown: Unknown, say: str) -> Answer:
    """Says that nothing has this name; near names are choices, never an answer."""
    said = plain(unknown.said)
    match unknown.kind:
        case "person":
            sentence = "I know nobody by that name."  # unsaid: it may be somebody who opted out
        case "link":
            sentence = f"That link is to none of the repositories that I read ({said})."
        case "line":
            sentence = (unknown.why or f"There is no such line: {said}") + "."
        case "symbol":
            sentence = f"I know nothing called `{said}`: no file, directory or symbol has that name."
        case _:
            sentence = f"I know no `{said}`, neither now nor in the history."
    parts: list[Part] = [Text(sentence)]
    if unknown.near:
        mixed = len({target.repo_id for target in unknown.near}) > 1
        choices = tuple(_choice(t, say, show_repo=mixed) for t in unknown.near)
        parts.append(Choices("Near it in name:" if unknown.kind != "line" else "About the file itself:", choices))
    elif unknown.kind in {"path", "symbol"}:
        parts.append(Note("If it was added lately, it will be known after the next indexing."))
    return Answer(tuple(parts), abstained=True)


def hand_as_json(hand: Hand) -> dict[str, str]:
    """A person's name and address."""
    return {"name": hand.name, "email": hand.email}
