"""What any platform can say, and what any platform can hear.

A `Message` is a sequence of parts. Text inside a part is plain Markdown of the smallest kind: `code`, **bold** and
nothing else; user-supplied text goes through `plain`. Each platform turns the parts into its own blocks and shortens
by meaning where it must: notes go first, then the tail of quotes, then people beyond the first; never the sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.phrases import plain as plain

Intent = Literal[
    "last_touched", "who_knows", "knowledge", "history", "stale", "what_if", "person", "report", "help", "none"
]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as the platform knows them; `email` where the platform tells it."""

    platform: str  # terminal, slack, discord, web, mcp
    id: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing said to the bot, cleaned of the platform's mark-up (mentions, escapes)."""

    text: str
    asker: Asker
    place: str = "terminal"  # team and channel
    thread: str = ""  # messages of one thread share it; follow-ups are understood within it
    time: int = 0  # seconds since 1970, UTC
    looks_back: bool = False  # asked of a day in the past (--as-of): nothing is done for it, and nothing remembered
    is_command: bool = False  # the words of a command such as `lamp stale`: nobody asked a question


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Words from a source, exactly as they stand there; `language` marks code."""

    text: str
    source: str  # "docs/deploy.md:12-20"
    language: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A citation: where an answer comes from. Never shortened away."""

    label: str  # "docs/deploy.md:12-20 · 3f2c1ab · 2026-05-04"
    url: str = ""  # only one that follows from the repository's own configured address


@dataclass(frozen=True, slots=True)
class Sources:
    """The citations of an answer."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person and why they are named; no number without words."""

    name: str
    why: str
    slack_id: str = ""
    discord_id: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """At most three people, the one to ask first."""

    people: tuple[PersonLine, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One way on. `say` is what choosing it says to the bot; `label` what the person sees."""

    label: str
    say: str


@dataclass(frozen=True, slots=True)
class Choices:
    """A question back, with its possible answers."""

    prompt: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Small print: how fresh, what was left out, what is not ready yet."""

    text: str


Part = Text | Quote | Sources | People | Choices | Note


@dataclass(frozen=True, slots=True)
class Message:
    """An answer, an abstention, a question back or an error, ready for any platform."""

    parts: tuple[Part, ...]
    intent: Intent = "none"
    abstained: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)  # the object that `lamp ask --json` prints
    private: bool = False  # for the asker's eyes only, where the platform can do that
    question_id: int | None = None  # set where feedback buttons make sense

    @property
    def text(self) -> str:
        """The message as plain Markdown, whole; the platforms' notification text and the JSON `text`."""
        from bot.render import markdown

        return markdown(self)
