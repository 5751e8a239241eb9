"""What a question may be about, and the two other results of looking it up: several places, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

TargetKind = Literal["file", "directory", "repository", "line", "symbol", "topic", "person"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a question is about. `meant` is set where the asker's words were taken to mean it: to be said aloud."""

    kind: TargetKind
    repo_id: int = 0
    repo: str = ""
    path: str = ""
    line: int = 0
    line_end: int = 0
    symbol: str = ""
    topic: str = ""
    person_id: int = 0
    alive: bool = True
    asked: str = ""  # the path that was asked for, where it has another name now
    meant: str = ""
    paths: tuple[str, ...] = ()  # of a topic: what belongs to it

    @property
    def name(self) -> str:
        """What people call it."""
        match self.kind:
            case "line":
                return f"{self.path}:{self.line}" + (f"-{self.line_end}" if self.line_end > self.line else "")
            case "symbol":
                return self.symbol
            case "topic" | "person":
                return self.topic
            case "repository":
                return self.repo
            case "directory":
                return self.path + "/"
            case _:
                return self.path


@dataclass(frozen=True, slots=True)
class Several:
    """The words fit several places, best first. `loose`: they are words, not a name, so all may be meant together."""

    said: str
    choices: tuple[Target, ...]
    total: int
    loose: bool = False
    mixed: bool = False  # of several repositories: a path alone does not tell them apart


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing has this name; `near` are the nearest names, to be offered and never to be answered for."""

    said: str
    near: tuple[Target, ...] = ()
    kind: Literal["path", "symbol", "person", "line", "link"] = "path"
    why: str = ""


Resolution = Target | Several | Unknown


class Repo(NamedTuple):
    """A repository as questions name it; `web` is where its files are shown, empty when that is not configured."""

    id: int
    name: str
    head: str
    web: str = ""
