"""Who makes what: the one place that names every concrete part and joins the senses, the memory and the voice."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from bot import config
from bot.senses.git import AskedGit
from bot.senses.places import spelled, spelled_if_there
from bot.senses.reading import Senses
from knowledge.errors import Mistake
from knowledge.store.database import Database
from knowledge.store.lines import is_counted
from knowledge.store.passages import Passages
from knowledge.store.repos import Repos, StoredRepo, get_meta
from knowledge.store.schema import open_store

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.chat.slack_side import SlackSide
    from bot.conversation import Conversation
    from bot.message import Incoming
    from bot.nudging.rounds import Nudging
    from bot.nudging.sender import Sender
    from bot.nudging.speaking import Speaking
    from bot.reports.courier import Courier
    from bot.reports.weekly import Report
    from bot.requesting.flow import Asking
    from bot.wiki.reviews import Reviews
    from knowledge.activation.batch import Wanted
    from knowledge.embed import Embedder
    from knowledge.search import Search

TOPIC_COMMITS = 300  # commits looked at to rank the people of a topic (topics.SEARCHED)


def open_house(config_file: str | None = None, repo: str | None = None) -> House:
    """The house of the nearest config.yaml; with `repo`, of another repository, which has a home of its own.

    Raises:
        Mistake: config.yaml has mistakes.
    """
    path = Path(config_file) if config_file else config.find(Path.cwd())
    settings = config.load(path)
    house = House(settings, path)
    return house.for_repo(repo) if repo else house


class House:
    """Settings and the parts made from them, each at its first use."""

    def __init__(
        self, settings: config.Settings, config_file: Path | None, home: Path | None = None, other: str = ""
    ) -> None:
        self.settings = settings
        self.config_file = config_file
        self.home = (home or settings.home_path).absolute()
        self.other = other  # the repository that this home is only about

    # -- the memory ---------------------------------------------------------------------------------------------------

    @cached_property
    def db(self) -> Database:
        """The store, at the present schema; whoever opted out in it is hidden in what a command prints."""
        from bot import veiling

        url = self.settings.store.url
        if not url or self.other:
            self.home.mkdir(parents=True, exist_ok=True)
            url = f"sqlite:///{self.home / 'lamplighter.sqlite'}"
        db = open_store(url)
        veiling.watch(db)
        return db

    @property
    def has_store(self) -> bool:
        """Whether anything was ever kept here; asking makes no home."""
        return bool(self.settings.store.url and not self.other) or (self.home / "lamplighter.sqlite").exists()

    @cached_property
    def embedder(self) -> Embedder:
        """The model; opening it costs a quarter of a second."""
        from knowledge.embed import open_embedder

        return open_embedder(self.settings.model.name, self.models, threads=self.settings.model.threads)

    @property
    def models(self) -> Path:
        """Where models are kept: shared with the houses of other repositories."""
        return self.settings.home_path.absolute() / "models"

    def coverage(self) -> tuple[int, int]:
        """How many passages the model has read, and how many there are."""
        return Passages(self.db).coverage(self.model_name)

    def vector_troubles(self) -> dict[str, str]:
        """What is wrong with the vector files, by channel; empty when all is well or nothing is there yet."""
        from knowledge.vectors import Vectors

        folder = self.home / "vectors"
        files = {c: Vectors(folder, c, self.embedder.name, self.embedder.dim) for c in ("pages", "commits")}
        return {
            channel: trouble for channel, file in files.items() if file.path.exists() and (trouble := file.trouble())
        }

    def file_count(self) -> int:
        """How many files the indexed trees hold."""
        return int(self.db.read("SELECT COUNT(*) FROM nodes WHERE alive = 1 AND is_dir = 0")[0][0])

    def has_read_code(self) -> bool:
        """Whether the code of every repository has been read at its indexed commit."""
        repos = Repos(self.db)
        return all((repos.cursor("code", repo.id) or {}).get("commit", "") == repo.head for repo in repos.all())

    def has_unread(self) -> bool:
        """Whether an index run would find something to do: code, uncounted lines, or texts without meaning."""
        if not self.has_read_code() or (self.settings.index.history.lines_days and not is_counted(self.db)):
            return True
        done, total = self.coverage()
        return done < total or bool(Passages(self.db).unembedded_commits(self.model_name, 1))

    @cached_property
    def model_name(self) -> str:
        """The name under which embeddings are kept."""
        return get_meta(self.db, "model") or self.embedder.name

    def search(self) -> Search:
        """Search over everything in this home; one for all who ask."""
        return self._search

    @cached_property
    def _search(self) -> Search:
        from knowledge.search import Search

        return Search(self.db, self.home, lambda: self.embedder)

    # -- where it stands ----------------------------------------------------------------------------------------------

    def for_repo(self, location: str) -> House:
        """This house if it knows or stands in the repository at `location`, else one with a home of its own."""
        resolved = spelled(location)
        known = {repo.location for repo in Repos(self.db).all()} if self.has_store else set()
        known |= {spelled_if_there(str(self.senses.relative(r.location))) for r in self.settings.repos}
        if resolved in known or (not known and resolved == spelled_if_there(".")):
            return self
        digest = blake2b(resolved.encode(), digest_size=4).hexdigest()
        name = Path(resolved.rstrip("/")).name.removesuffix(".git") or "repository"
        return House(self.settings, self.config_file, self.home / "others" / f"{name}-{digest}", location)

    def from_here(self, typed: str) -> str:
        """A path that was typed where this process stands, as answers know it (bot/here.py)."""
        from bot.here import from_here

        return from_here(typed, (repo.location for repo in Repos(self.db).all()), str(Path.cwd()))

    def subject(self) -> str:
        """The repositories of this home in words."""
        return ", ".join(repo.name for repo in Repos(self.db).all()) or "nothing yet"

    # -- the senses ---------------------------------------------------------------------------------------------------

    @cached_property
    def senses(self) -> Senses:
        """What reads into the store."""
        return Senses(self)

    @cached_property
    def git(self) -> AskedGit:
        """What answers ask of git itself."""
        return AskedGit(self.db, self.home)

    def fresh(self) -> House:
        """This house, after reading what local repositories gained since they were indexed (if nobody else is at it).

        Raises:
            Mistake: nothing has ever been indexed here.
        """
        self.begun().senses.catch_up()
        return self.with_people()

    def begun(self) -> House:
        """This house, if anything was indexed in it; asking makes no home.

        Raises:
            Mistake: nothing has ever been indexed here.
        """
        if not self.has_store or not Repos(self.db).all():
            raise Mistake("nothing is indexed here yet", "Run `lamp index` in a repository, or `lamp chat`.")
        return self

    def with_people(self) -> House:
        """This house, after hearing what config.yaml says of people since it was last heard."""
        from bot.people.rules import follow_config

        follow_config(self.db, self.settings)
        return self

    def remember_areas(self) -> None:
        """Let the memory know the areas that config.yaml names; costs one look when they are those of before."""
        from knowledge.areas.partition import NamedArea
        from knowledge.store.studies import set_named

        said = self.settings
        areas = [NamedArea(one.name, one.paths, one.critical, one.holders_wanted) for one in said.areas]
        taken = {one.name for one in areas}
        areas += [NamedArea(one.name, one.paths) for one in said.topics if one.name not in taken]
        set_named(self.db, tuple(areas))

    # -- the voice ----------------------------------------------------------------------------------------------------

    def conversation(self) -> Conversation:
        """What answers."""
        from bot.answer import AnswerOptions
        from bot.conversation import Conversation
        from bot.people.newcomers import remember_joined, teams_of
        from bot.reports.zone import zone_of
        from knowledge.areas.objective import Objective

        self.remember_areas()
        remember_joined(self.db, self.settings.people)
        said, answers = self.settings, self.settings.answers
        options = AnswerOptions(
            confidence=answers.confidence,
            people=answers.people,
            topics={**{one.name: one.paths for one in said.topics}, **{one.name: one.paths for one in said.areas}},
            webs={repo.name: web for repo in Repos(self.db).all() if (web := self.web_of(repo))},
            objective=Objective(self.settings.objective.holders, self.settings.objective.areas),
            zone=zone_of(self.settings),
            teams=teams_of(said.people),
        )
        return Conversation(
            self.db,
            self.search,
            self.git.blame,
            options,
            git=self.git,
            asking=lambda: self.asking,
            doing=self._of_pages,
            redact=self.senses.redacted,
        )

    @cached_property
    def asking(self) -> Asking:
        """What brings questions to people."""
        from bot.nudging.people import team_of
        from bot.requesting.flow import Asking

        said = self.settings
        team = team_of(said.nudges, said.people)
        return Asking(self.db, said.requests, team, self.senses.redacted, self._speaks, self.senses.follow_words)

    def _speaks(self) -> bool:
        """Whether a chat runs on this home, or will with the tokens that are here."""
        import os

        from bot.serve import is_healthy, served

        state = served(self)
        runs = state is not None and state["slack"] is True and is_healthy(self, time.time())
        return bool(os.environ.get("SLACK_BOT_TOKEN")) or runs

    def _of_pages(self, incoming: Incoming, before: Sequence[Mapping[str, Any]]) -> Answer | None:
        """What somebody says of a page ("confirm docs/deploy.md"), done; None for anything else."""
        from bot.wiki.saying import answer, wish

        return answer(lambda: self.wiki, incoming, before) if wish(incoming.text) else None

    def report(self, now: int, *, keep: bool = False) -> Report:
        """The weekly report at `now`; with `keep`, the register remembers it."""
        from bot.reports.make import make

        has_model = bool(get_meta(self.db, "model"))  # meaning was read; opening the model to ask costs a second
        return make(self.db, self.settings, now, keep=keep, embedder=(lambda: self.embedder) if has_model else None)

    def courier(self, clock: Callable[[], float] = time.time) -> Courier:
        """What brings the weekly report to where config.yaml says.

        Raises:
            Mistake: `report.when` or `report.timezone` say nothing that can be understood.
        """
        from bot.reports.delivery import courier

        return courier(self.db, self.settings, lambda now: self.report(now, keep=True), lambda: int(clock()))

    def web_of(self, repo: StoredRepo) -> str:
        """The web address that config.yaml gives for a repository, "" for none."""
        for said in self.settings.repos:
            if not said.web:
                continue
            if said.name == repo.name or spelled_if_there(self.senses.relative(said.location)) == repo.location:
                return said.web
        return ""

    def rank_batch(self, wanted: Sequence[Wanted]) -> Iterator[dict[str, Any]]:
        """The lines of `lamp who --batch`, over every repository of the home.

        Raises:
            Mistake: nothing is indexed yet.
        """
        from knowledge.activation.batch import rank_batch

        repos = {repo.name: repo.id for repo in Repos(self.begun().db).all()}
        return rank_batch(self.db, repos, wanted, search=lambda topic: self.search().commits(topic, TOPIC_COMMITS))

    def nudging(self) -> Nudging:
        """How the bot speaks first: manners and texts.

        Raises:
            Mistake: hours, a zone, a country or a text of the config that cannot be.
        """
        from bot.nudging.rounds import nudging_of

        return nudging_of(self.settings.nudges, self.settings.people, self.settings.folder)

    def speaking(self, sender: Sender, clock: Callable[[], int] | None = None) -> Speaking:
        """This copy of the bot as one that speaks first through `sender` (`bot.jobs.speak_first` gives it its minutes).

        Raises:
            Mistake: the settings of nudging cannot be.
        """
        from bot.nudging.sender import Channels
        from bot.nudging.speaking import Speaking
        from bot.people.hello import Hello
        from bot.people.helping import Helping
        from bot.wiki.digest import Digest

        holder = f"{os.uname().nodename} {os.getpid()} {token_hex(4)}"
        channels = sender if isinstance(sender, Channels) else None
        voices = (self.asking, Digest(self.db), Hello(self.db), Helping(self.db))
        return Speaking(self.db, self.nudging(), sender, holder, clock, voices, channels)

    @cached_property
    def wiki(self) -> Reviews:
        """The wiki's desk and its reviews; our clone of it is caught up with when something is done.

        Raises:
            Mistake: there is no such repository.
        """
        from bot.wiki.making import make

        return make(self)

    def wiki_tick(self) -> int:
        """Carry what waits for the wiki into git, and once a day look for pages that are due; returns how much moved.

        Raises:
            Mistake: there is no such repository.
        """
        from bot.wiki.digest import look

        now, wiki = int(time.time()), self.wiki
        with wiki.desk.lock:
            return wiki.desk.tick(now) + look(self.db, wiki, now)

    @cached_property
    def slack(self) -> SlackSide:
        """This house in Slack."""
        from bot.chat.slack_side import SlackSide

        return SlackSide(self)
