"""Who makes what: the one place that names every concrete part and joins the senses, the memory and the voice."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import config
from knowledge.errors import Busy, Mistake
from knowledge.model import IndexSummary
from knowledge.store.database import Database
from knowledge.store.locks import held
from knowledge.store.passages import Passages
from knowledge.store.repos import Repos, StoredRepo, get_meta, set_meta
from knowledge.store.schema import open_store

if TYPE_CHECKING:
    import asyncio

    from bot.chat.slack import SlackBot
    from bot.conversation import Conversation
    from bot.message import Asker
    from indexers.pipeline import Progress, Tally
    from indexers.repository import Repository
    from knowledge.batch import Wanted
    from knowledge.embed import Embedder
    from knowledge.people import Rules as PeopleRules
    from knowledge.search import Search

READING, MEANING = "reading", "meaning"  # the two locks: who reads sources, who embeds
TOPIC_COMMITS = 200  # commits looked at to rank the people of a topic


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
        self._other = other  # the repository that this home is only about

    # -- the memory ---------------------------------------------------------------------------------------------------

    @cached_property
    def db(self) -> Database:
        """The store, at the present schema."""
        if self.settings.store.url and not self._other:
            return open_store(self.settings.store.url)
        self.home.mkdir(parents=True, exist_ok=True)
        return open_store(f"sqlite:///{self.home / 'lamplighter.sqlite'}")

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
        """Whether an index run would find something to do: code, or texts without meaning."""
        if not self.has_read_code():
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
        resolved = self._resolved(location)
        known = {repo.location for repo in Repos(self.db).all()} | {
            self._resolved(r.location) for r in self.settings.repos
        }
        if resolved in known or (not known and resolved == self._resolved(".")):
            return self
        digest = blake2b(resolved.encode(), digest_size=4).hexdigest()
        name = Path(resolved.rstrip("/")).name.removesuffix(".git") or "repository"
        return House(self.settings, self.config_file, self.home / "others" / f"{name}-{digest}", location)

    @staticmethod
    def _resolved(location: str) -> str:
        """A location as the store spells it: an absolute top folder, or the URL."""
        from indexers.clones import is_url, opened, without_secrets

        if is_url(location):
            return without_secrets(location)
        repo = opened(Path(location).expanduser())
        top = Path(repo.working_tree_dir or repo.git_dir)
        return str((top if (top / ".git").exists() else Path(repo.git_dir)).resolve())

    def locations(self, asked: Sequence[str] = ()) -> list[str]:
        """What to index: what was asked for, else config's repositories, else the known ones, else where we stand."""
        if asked:
            return [self._resolved(location) for location in asked]
        if self._other:
            return [self._other]
        if self.settings.repos:
            return [self._resolved(str(self._relative(r.location))) for r in self.settings.repos]
        return [repo.location for repo in Repos(self.db).all()] or [self._resolved(".")]

    def _relative(self, location: str) -> str:
        from indexers.clones import is_url

        return location if is_url(location) else str(self.settings.folder / Path(location).expanduser())

    def subject(self) -> str:
        """The repositories of this home in words."""
        return ", ".join(repo.name for repo in Repos(self.db).all()) or "nothing yet"

    def behind(self, repo: StoredRepo) -> str:
        """What to do about a repository that is gone or has moved on; empty when all is well."""
        from indexers.repository import Repository

        try:
            head = Repository.open(repo.location, self.home).head()
        except Mistake as mistake:
            return str(mistake)
        return "" if (head or "") == repo.head else "It has moved on: run `lamp index`."

    # -- the senses ---------------------------------------------------------------------------------------------------

    def index(
        self,
        *,
        locations: Sequence[str] = (),
        steps: Sequence[str],
        progress: Progress,
        now: int,
        rebuild: bool = False,
        on_wait: Callable[[], None] | None = None,
    ) -> IndexSummary:
        """Run steps of the indexers (history, docs, code, meaning) over repositories; what is new is stored.

        Raises:
            Mistake: a location is no repository.
        """
        from indexers.pipeline import Tally

        began = time.monotonic()
        tally = Tally()
        if set(steps) & {"history", "docs", "code"}:
            with held(self.home, READING, wait_seconds=-1, on_wait=on_wait):
                self._read_all(self.locations(locations), steps, tally, progress, now, rebuild=rebuild)
        if "meaning" in steps:
            with held(self.home, MEANING, wait_seconds=-1, on_wait=on_wait):
                self._read_meaning(tally, progress, rebuild=rebuild)
        self._stamp()
        return IndexSummary(
            tally.commits, tally.events, tally.passages, tally.embedded, tuple(tally.skipped), time.monotonic() - began
        )

    def fresh(self) -> House:
        """This house, after reading what local repositories gained since they were indexed (if nobody else is at it).

        Raises:
            Mistake: nothing has ever been indexed here.
        """
        from indexers.heads import head_of
        from indexers.pipeline import Silent, Tally

        repos = Repos(self.db).all()
        if not repos:
            raise Mistake("nothing is indexed here yet", "Run `lamp index` in a repository, or `lamp chat`.")
        moved = [repo.location for repo in repos if head_of(repo.location) not in {None, repo.head}]
        if moved:
            with suppress(Busy), held(self.home, READING):
                self._read_all(moved, ("history", "docs", "code"), Tally(), Silent(), int(time.time()))
        return self

    def _stamp(self) -> None:
        """Let `bot/quick.py` answer from this home, where no setting but what is in the store matters to it."""
        from bot.quick import STAMP, stamp

        path, said = self.home / STAMP, self.settings
        plain = not (said.store.url or self._other or any(repo.web for repo in said.repos)) and said.answers.people == 3
        if plain:
            path.write_text(stamp(str(self.config_file.absolute()) if self.config_file else None))
        else:
            path.unlink(missing_ok=True)

    def index_command(self) -> tuple[list[str], dict[str, str]]:
        """The command and environment of a process that indexes this home: what serves never reads nor embeds."""
        command = [sys.executable, "-m", "bot.cli", "index", "--json"]
        if self.config_file is not None:
            command += ["--config", str(self.config_file)]
        return command, {**os.environ, "LAMPLIGHTER_HOME": str(self.home)}

    def _read_all(
        self,
        locations: Sequence[str],
        steps: Sequence[str],
        tally: Tally,
        progress: Progress,
        now: int,
        *,
        rebuild: bool = False,
    ) -> None:
        for location in locations:
            self._read(location, steps, tally, progress, now)
        self._follow_words(progress, rebuild=rebuild)

    def _read(self, location: str, steps: Sequence[str], tally: Tally, progress: Progress, now: int) -> None:
        from indexers.near import mark_new
        from indexers.pipeline import read_source
        from indexers.repository import Repository
        from indexers.sources.code import CodeSource
        from indexers.sources.docs import DocsSource
        from indexers.sources.git import GitSource

        said = self._said_of(location)
        repository = Repository.open(location, self.home, said.branch)
        repos = Repos(self.db)
        repo_id = repos.register(said.name or repository.name, location)
        files = self.settings.index
        if "history" in steps:
            source = GitSource(repository, files.history.mass_commit_paths)
            progress.start(f"{repository.name}: history")
            read_source(self.db, repo_id, source, tally, now=now, progress=progress)
            self._follow_history(repository, repo_id, source, now)
        if "docs" in steps:
            progress.start(f"{repository.name}: docs")
            docs = DocsSource(repository, self._rules(files.docs))
            read_source(self.db, repo_id, docs, tally, now=now, progress=progress, on_new=mark_new)
        if "code" in steps:
            progress.start(f"{repository.name}: code")
            code = CodeSource(repository, self._rules(files.code), self._rules(files.docs))
            read_source(self.db, repo_id, code, tally, now=now, progress=progress, on_new=mark_new)

    def _said_of(self, location: str) -> config.RepoSettings:
        """What config.yaml says of the repository at `location`; defaults where it says nothing."""
        said = (r for r in self.settings.repos if self._resolved(self._relative(r.location)) == location)
        return next(said, config.RepoSettings(location))

    def _rules(self, files: config.FileSettings) -> Any:
        from indexers.rules import Rules

        return Rules(files.include, files.exclude, files.max_kilobytes * 1024, self.settings.index.redact)

    def _follow_history(self, repository: Repository, repo_id: int, source: Any, now: int) -> None:
        """People and activation sums catch up with the commits; the head moves."""
        from knowledge.store import activations, people

        people.sync(self.db, self._people_rules(), source.aliases, repo_id)
        with self.db.transaction() as tx:
            activations.fold(tx, repo_id, now)
            Repos(self.db).set_head(tx, repo_id, repository.head() or "", repository.branch())

    def _people_rules(self) -> PeopleRules:
        from knowledge.people import Entry, Rules

        history = self.settings.index.history
        entries = tuple(
            Entry(name=p.name, emails=p.emails, slack=p.slack, discord=p.discord, timezone=p.timezone, left=p.left,
                  opted_out=p.opted_out)
            for p in self.settings.people
        )  # fmt: skip
        return Rules(entries=entries, bots=history.bots, not_bots=history.not_bots)

    def _follow_words(self, progress: Progress, *, rebuild: bool) -> None:
        from knowledge.words import Words

        for channel in ("pages", "commits"):
            progress.start(f"words of {channel}")
            words = Words(self.home / "words", channel)
            if rebuild:
                words.wipe()
            words.catch_up(self.db, progress.advance)

    def _read_meaning(self, tally: Tally, progress: Progress, *, rebuild: bool) -> None:
        from indexers.meaning import read_meaning

        before = get_meta(self.db, "model")
        with self.db.transaction() as tx:
            set_meta(tx, "model", self.embedder.name)
        read_meaning(self.db, self.home, self.embedder, tally, progress, rebuild=rebuild)
        if rebuild or before not in {"", self.embedder.name}:
            with self.db.transaction() as tx:
                Passages(self.db).prune(tx, self.embedder.name)

    # -- the voice ----------------------------------------------------------------------------------------------------

    def conversation(self) -> Conversation:
        """What answers."""
        from bot.answer import AnswerOptions
        from bot.conversation import Conversation

        answers = self.settings.answers
        options = AnswerOptions(
            confidence=answers.confidence,
            people=answers.people,
            topics={topic.name: topic.paths for topic in self.settings.topics},
            webs={repo.name: web for repo in Repos(self.db).all() if (web := self._web(repo))},
        )
        return Conversation(self.db, self.search, self.blame, options)

    def _web(self, repo: StoredRepo) -> str:
        for said in self.settings.repos:
            if said.web and (said.name == repo.name or self._resolved(self._relative(said.location)) == repo.location):
                return said.web
        return ""

    def blame(self, repo_id: int, path: str, first: int, last: int) -> list[str]:
        """The commits that last changed some lines, one a line; empty where there are no such lines."""
        from indexers.repository import Repository

        repo = next(repo for repo in Repos(self.db).all() if repo.id == repo_id)
        repository = Repository.open(repo.location, self.home)
        return repository.blame_span(path, first, last, repo.head)

    def rank_batch(self, wanted: Sequence[Wanted]) -> Iterator[dict[str, Any]]:
        """The lines of `lamp who --batch`, over the first repository of the home.

        Raises:
            Mistake: nothing is indexed yet.
        """
        from knowledge.batch import rank_batch

        repos = Repos(self.db).all()
        if not repos:
            raise Mistake("nothing is indexed yet", "Run `lamp index --repo PATH_OR_URL` first.")
        return rank_batch(
            self.db, repos[0].id, wanted, search=lambda topic: self.search().commits(topic, TOPIC_COMMITS)
        )

    @cached_property
    def _slack(self) -> SlackBot:
        from bot.chat.slack import SlackBot, SlackSettings, Tokens

        said = self.settings.slack
        settings = SlackSettings(
            mode=said.mode,
            port=said.port,
            allow_guests=said.allow_guests,
            allow_external=said.allow_external,
            allow_bots=said.allow_bots,
        )
        tokens, conversation = Tokens.from_environment(said.mode), self.conversation()

        def feedback(question_id: int, asker: Asker, verdict: str, note: str) -> None:
            conversation.feedback(question_id, asker, verdict, note)

        return SlackBot(settings, tokens, conversation.reply, feedback, self.db)

    async def slack(self, stop: asyncio.Event) -> None:
        """Run the bot in Slack until `stop`.

        Raises:
            Mistake: a token is missing, of the wrong kind, or refused.
        """
        await self._slack.run(stop)

    def slack_healthy(self) -> bool:
        """Whether Slack reaches us."""
        return self._slack.healthy()
