"""config.yaml → `Settings`: every key known, every mistake told at once, with its line and its cure.

The dataclasses below are the settings: a field's type is its check (`bot/config_reader.py`), its default is the
default, and config.yaml in the repository shows every one of them with a comment (a test proves it). Secrets are never
settings: they come from the environment only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from bot import config_checks as check
from bot.config_reader import Check, Range, Reader
from bot.ours import is_ours
from knowledge.errors import Mistake

FILE_NAME = "config.yaml"
SECRETS = {
    "SLACK_BOT_TOKEN": "the bot token of the Slack app (xoxb-…)",
    "SLACK_APP_TOKEN": "the app-level token for Socket Mode (xapp-…)",
    "SLACK_SIGNING_SECRET": "the signing secret, for HTTP mode",
    "DISCORD_TOKEN": "the bot token of the Discord application",
    "MAIL_PASSWORD": "the password of the mail server, where mail.user is set",
}


Share = Annotated[float, Range(0, 1)]
Zone = Annotated[str, Check(check.zone)]
Country = Annotated[str, Check(check.country)]


@dataclass(frozen=True, slots=True)
class RepoSettings:
    """A repository to index."""

    location: str
    name: str = ""
    branch: str = ""
    web: str = ""


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where the memory lives."""

    url: str = ""


@dataclass(frozen=True, slots=True)
class HistorySettings:
    """What of the history counts, and how much."""

    mass_commit_paths: Annotated[int, Range(2, 1_000_000)] = 50
    lines_days: Annotated[int, Range(0, 100_000)] = 1100
    bots: tuple[str, ...] = ()
    not_bots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileSettings:
    """Which files a source reads."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_kilobytes: Annotated[int, Range(1, 100_000)] = 1024


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What is read, and how often."""

    sync_minutes: Annotated[int, Range(1, 1440)] = 5
    redact: bool = True
    history: HistorySettings = field(default_factory=HistorySettings)
    docs: FileSettings = field(default_factory=FileSettings)
    code: FileSettings = field(default_factory=FileSettings)


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What turns text into meaning."""

    name: str = "all-MiniLM-L6-v2"
    threads: Annotated[int, Range(0, 256)] = 0


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """A name that the team has for some paths."""

    name: str
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AwaySettings:
    """Days on which somebody is away, both included; without `to` nobody knows when they come back."""

    first: date = field(metadata={"key": "from"})
    last: date | None = field(default=None, metadata={"key": "to"})

    def __post_init__(self) -> None:
        """Refuse days that run backwards."""
        if isinstance(self.first, date) and isinstance(self.last, date) and self.last < self.first:
            raise Mistake(f"{self.last} comes before {self.first}", "Give the first day first.")


@dataclass(frozen=True, slots=True)
class AreaSettings:
    """An area that the team watches under a name of its own."""

    name: str
    paths: tuple[str, ...] = ()
    critical: bool = False
    holders_wanted: Annotated[int, Range(1, 20)] = 2


@dataclass(frozen=True, slots=True)
class PersonSettings:
    """What the history cannot know about somebody."""

    name: str
    emails: tuple[str, ...] = ()
    slack: str = ""
    discord: str = ""
    timezone: Zone = ""
    country: Country = ""
    hours: Annotated[str, Check(check.own_hours)] = ""
    away: tuple[AwaySettings, ...] = ()
    left: bool | date = False
    opted_out: bool = False
    asks: bool | None = None
    team: str = ""
    joined: date | None = None


@dataclass(frozen=True, slots=True)
class NudgeSettings:
    """When and how the bot speaks first."""

    when: Annotated[str, Check(check.round_time)] = "0 10 * * tue"
    timezone: Zone = "UTC"
    country: Country = ""
    hours: Annotated[str, Check(check.hours)] = "9-17"
    budget: Annotated[int, Range(0, 5)] = 1
    pause_after: Annotated[int, Range(1, 20)] = 3
    a_round: Annotated[int, Range(0, 100)] = 4
    repeat_days: Annotated[int, Range(7, 730)] = 90
    preview_to: tuple[str, ...] = ()
    texts: str = ""


@dataclass(frozen=True, slots=True)
class RequestSettings:
    """How a question that wants a person is brought to one."""

    enabled: bool = True
    answer_hours: Annotated[int, Range(1, 80)] = 4
    budget: Annotated[int, Range(0, 10)] = 2
    channel: str = ""


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """How sure an answer must be."""

    confidence: Share = 0.5
    people: Annotated[int, Range(1, 3)] = 3


@dataclass(frozen=True, slots=True)
class SlackConfig:
    """The bot in Slack."""

    mode: Literal["socket", "http"] = "socket"
    port: Annotated[int, Range(1, 65535)] = 3000
    allow_guests: bool = False
    allow_external: bool = False
    allow_bots: bool = False
    greet: bool = True


@dataclass(frozen=True, slots=True)
class ObjectiveSettings:
    """What the team wants of its areas."""

    holders: Annotated[int, Range(1, 9)] = 2
    areas: Literal["critical", "all"] = "critical"


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """When the weekly report goes where."""

    when: Annotated[str, Check(check.report_time)] = "mon 09:00"
    timezone: Zone = "UTC"
    channel: str = ""
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server; the password comes from the environment."""

    host: str = ""
    port: Annotated[int, Range(1, 65535)] = 587
    starttls: bool = True
    user: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class WikiSettings:
    """Where pages live, and how they get in."""

    repo: str = ""
    folder: str = ""
    branch: str = ""
    merge: Literal["review", "direct"] = "review"
    review_days: Annotated[int, Range(7, 3650)] = 182
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything config.yaml can say."""

    home: str = ".lamplighter"
    repos: tuple[RepoSettings, ...] = ()
    store: StoreSettings = field(default_factory=StoreSettings)
    index: IndexSettings = field(default_factory=IndexSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    people: tuple[PersonSettings, ...] = ()
    topics: tuple[TopicSettings, ...] = ()
    areas: tuple[AreaSettings, ...] = ()
    answers: AnswerSettings = field(default_factory=AnswerSettings)
    nudges: NudgeSettings = field(default_factory=NudgeSettings)
    requests: RequestSettings = field(default_factory=RequestSettings)
    slack: SlackConfig = field(default_factory=SlackConfig)
    objective: ObjectiveSettings = field(default_factory=ObjectiveSettings)
    report: ReportSettings = field(default_factory=ReportSettings)
    mail: MailSettings = field(default_factory=MailSettings)
    wiki: WikiSettings = field(default_factory=WikiSettings)
    # Not a key: where the file was found; relative paths are relative to it.
    folder: Path = field(default=Path(), metadata={"key": False})

    @property
    def home_path(self) -> Path:
        """The folder of store, indexes and models: LAMPLIGHTER_HOME, else `home` beside config.yaml."""
        override = os.environ.get("LAMPLIGHTER_HOME")
        return Path(override).expanduser() if override else self.folder / Path(self.home).expanduser()

    @property
    def store_url(self) -> str:
        """`store.url`, else a SQLite file in the home."""
        return self.store.url or f"sqlite:///{self.home_path / 'lamplighter.sqlite'}"


def find(start: Path) -> Path | None:
    """The nearest config.yaml that is ours, from `start` upwards to the root of its repository."""
    for folder in (start, *start.parents):
        candidate = folder / FILE_NAME
        if candidate.is_file() and is_ours(str(candidate)):
            return candidate
        if (folder / ".git").exists():
            return None
    return None


def load(path: Path | None) -> Settings:
    """The settings of a file, or the defaults (in the current folder) without one.

    Raises:
        Mistake: with every mistake of the file, one a line.
    """
    if path is None:
        return Settings(folder=Path.cwd())
    import yaml

    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except FileNotFoundError:
        raise Mistake(f"there is no {path}", "Name another file with --config, or leave it out.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Mistake(f"{path} is not YAML: {' '.join(str(error).split())}", "Mend that line.") from error
    reader = Reader(path.name, SECRETS)
    values = reader.section(Settings, node, "") if node is not None else {}
    if reader.mistakes:
        raise Mistake("\n".join(reader.mistakes))
    return Settings(**values, folder=path.resolve().parent)
