"""What reads repositories into the store of a house, step by step, and keeps up with them."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot import config
from bot.senses.places import spelled, spelled_if_there
from knowledge.errors import Busy, Mistake
from knowledge.model import IndexSummary, Skipped
from knowledge.store.lines import is_counted
from knowledge.store.locks import held
from knowledge.store.passages import Passages
from knowledge.store.repos import Repos, StoredRepo, get_meta, set_meta

if TYPE_CHECKING:
    from bot.wiring import House
    from indexers.pipeline import Progress, Tally
    from indexers.repository import Repository
    from indexers.wiki_clone import WikiClone

SPARE_EMBEDDINGS = 0.05  # of all may stay although nothing needs them: a text of another branch may come back
READING, LINES, MEANING = "reading", "lines", "meaning"  # the locks: who reads sources, counts lines, embeds
T = TypeVar("T")
R = TypeVar("R")
CATCHING_UP = "catching up"  # in the store while `catch_up` is at it, and after its process was killed


class Senses:
    """What reads for a house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.settings = house.settings

    # -- where they look ----------------------------------------------------------------------------------------------

    def locations(self, asked: Sequence[str] = ()) -> list[str]:
        """What to index: what was asked for, else config's repositories, else the known ones, else where we stand."""
        if asked:
            return [spelled(location) for location in asked]
        if self._house.other:
            return [self._house.other]
        if self.settings.repos:
            return [spelled(str(self.relative(r.location))) for r in self.settings.repos]
        known = Repos(self._house.db).all() if self._house.has_store else []
        return [repo.location for repo in known] or [spelled(".")]

    def relative(self, location: str) -> str:
        """A location of config.yaml, which is relative to that file."""
        from indexers.clones import is_url

        return location if is_url(location) else str(self.settings.folder / Path(location).expanduser())

    def said_of(self, location: str) -> config.RepoSettings:
        """What config.yaml says of the repository at `location`; defaults where it says nothing."""
        said = (r for r in self.settings.repos if spelled_if_there(self.relative(r.location)) == location)
        return next(said, config.RepoSettings(location))

    def behind(self, repo: StoredRepo) -> str:
        """What to do about a repository that is gone or has moved on; empty when all is well."""
        from indexers.clones import head_there, is_url
        from indexers.repository import Repository

        branch = self.said_of(repo.location).branch
        try:
            if is_url(repo.location):
                head = head_there(repo.location, branch) or None
            else:
                head = Repository.open(repo.location, self._house.home, branch).head()
        except Mistake as mistake:
            return str(mistake)
        return "" if (head or "") == repo.head else "It has moved on: run `lamp index`."

    # -- reading ------------------------------------------------------------------------------------------------------

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
        """Run steps of the indexers (history, docs, code, lines, meaning, areas); what is new is kept.

        Raises:
            Mistake: a location is no repository.
        """
        from indexers.pipeline import Tally

        began = time.monotonic()
        tally = Tally()
        places = self._readable(locations, tally)  # before a home is made for what is no repository
        if set(steps) & {"history", "docs", "code"}:
            with held(self._house.home, READING, self._house.db, wait_seconds=-1, on_wait=on_wait):
                self._read_all(places, steps, tally, progress, now, rebuild=rebuild)
        if "lines" in steps:
            self._fit(progress, now)
        if "lines" in steps and self.settings.index.history.lines_days:
            with held(self._house.home, LINES, self._house.db, wait_seconds=-1, on_wait=on_wait):
                _all_but(lambda one: self._read_lines(one, tally, progress, now), places, tally)
        if "meaning" in steps:
            with held(self._house.home, MEANING, self._house.db, wait_seconds=-1, on_wait=on_wait):
                self._read_meaning(tally, progress, rebuild=rebuild)
        if "areas" in steps:
            self._study(progress, now)
        self._stamp()
        return IndexSummary(
            tally.commits, tally.events, tally.passages, tally.embedded, tuple(tally.skipped), time.monotonic() - began
        )

    def _fit(self, progress: Progress, now: int) -> None:
        """Learn from each repository's past anew where a half-year was completed or much came."""
        from knowledge.proof.due import is_due

        for repo in Repos(self._house.db).all():
            if is_due(self._house.db, repo.id, now):
                from knowledge.proof.fitting import fit_now

                progress.start(f"{repo.name}: learning from its past")
                fit_now(self._house.db, repo.id, now)

    def _study(self, progress: Progress, now: int) -> None:
        """Work out and keep what a survey of areas needs of the whole history, where that is not kept yet."""
        from knowledge.areas.view import look

        self._house.remember_areas()
        for repo in Repos(self._house.db).all():
            progress.start(f"{repo.name}: its areas")
            look(self._house.db, repo.id, now)

    def catch_up(self) -> None:
        """Read what local repositories gained since they were indexed, if nobody else is at it."""
        from indexers.heads import head_of
        from indexers.pipeline import Silent, Tally

        repos = Repos(self._house.db).all()
        moved = [repo.location for repo in repos if head_of(repo.location) not in {None, repo.head}]
        broken_off = get_meta(self._house.db, CATCHING_UP)
        if not (moved or broken_off):
            if self._words_are_lost():
                self.follow_words()
            return
        if broken_off:  # the head has moved since, what follows it may not have
            moved = [repo.location for repo in repos if head_of(repo.location) is not None]
        tally, now = Tally(), int(time.time())
        with suppress(Busy), held(self._house.home, READING, self._house.db), self._catching_up():
            was_counted = is_counted(self._house.db)  # else it is a long run, for those who wait for nothing
            self._read_all(moved, ("history", "docs", "code"), tally, Silent(), now)
            if was_counted and self.settings.index.history.lines_days:
                with held(self._house.home, LINES, self._house.db):
                    for location in moved:
                        self._read_lines(location, tally, Silent(), now)

    def _words_are_lost(self) -> bool:
        """Whether somebody took the index of words away; a damaged one is noticed by the next run."""
        lost = not (self._house.home / "words" / "pages").is_dir()
        return lost and bool(self._house.db.read("SELECT 1 FROM passages LIMIT 1"))

    @contextmanager
    def _catching_up(self) -> Iterator[None]:
        """Leaves a note in the store while it lasts, which only a kill (or Ctrl-C) leaves there."""
        self._note(CATCHING_UP, "yes")
        try:
            yield
        except Exception:
            self._note(CATCHING_UP, "")
            raise
        self._note(CATCHING_UP, "")

    def _note(self, key: str, value: str) -> None:
        with self._house.db.transaction() as tx:
            set_meta(tx, key, value)

    def follow_words(self) -> None:
        """Let search find what was just kept, unless somebody else is at it: then they, or the next run, do."""
        from indexers.pipeline import Silent

        with suppress(Busy):
            self._follow_words(Silent(), rebuild=False)

    def redacted(self, text: str) -> str:
        """What somebody wrote, without the secrets in it."""
        from indexers.redact import redact

        return redact(text)[0] if self.settings.index.redact else text

    def _stamp(self) -> None:
        """Let `bot/quick.py` answer from this home, where no setting but what is in the store matters to it."""
        from bot.quick import STAMP, stamp

        path, said = self._house.home / STAMP, self.settings
        plain = (
            not (said.store.url or self._house.other or any(repo.web for repo in said.repos))
            and said.answers.people == 3
        )
        if plain:
            path.write_text(stamp(str(self._house.config_file.absolute()) if self._house.config_file else None))
        else:
            path.unlink(missing_ok=True)

    def index_command(self, *only: str) -> tuple[list[str], dict[str, str]]:
        """The command and environment of a process that indexes this home: what serves never reads nor embeds.

        `only` are steps; none means all that `lamp index` takes by itself.
        """
        command = [sys.executable, "-m", "bot.cli", "index", "--json"]
        if self._house.config_file is not None:
            command += ["--config", str(self._house.config_file)]
        for step in only:
            command += ["--only", step]
        return command, {**os.environ, "LAMPLIGHTER_HOME": str(self._house.home)}

    def _readable(self, asked: Sequence[str], tally: Tally) -> list[str]:
        """What to index; of several repositories of the settings, one that is not there is skipped."""
        if asked or self._house.other or len(self.settings.repos) < 2:
            return self.locations(asked)
        return _all_but(lambda r: spelled(self.relative(r.location)), self.settings.repos, tally, lambda r: r.location)

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
        _all_but(lambda one: self._read(one, steps, tally, progress, now), locations, tally)
        self._follow_words(progress, rebuild=rebuild)

    def _read(self, location: str, steps: Sequence[str], tally: Tally, progress: Progress, now: int) -> None:
        from indexers.pipeline import read_source
        from indexers.repository import Repository
        from indexers.sources.git import GitSource

        said = self.said_of(location)
        repository = Repository.open(location, self._house.home, said.branch)
        repos = Repos(self._house.db)
        repo_id = repos.register(said.name or repository.name, location)
        files = self.settings.index
        if "history" in steps:
            source = GitSource(repository, files.history.mass_commit_paths, redact=files.redact)
            progress.start(f"{repository.name}: history")
            read_source(self._house.db, repo_id, source, tally, now=now, progress=progress)
            self._follow_history(repository, repo_id, source, now)
        if "docs" in steps:
            from indexers.near import mark_new
            from indexers.sources.docs import DocsSource

            progress.start(f"{repository.name}: docs")
            docs = DocsSource(repository, self._rules(files.docs))
            read_source(self._house.db, repo_id, docs, tally, now=now, progress=progress, on_new=mark_new)
        if "code" in steps:
            from indexers.near import mark_new
            from indexers.sources.code import CodeSource

            progress.start(f"{repository.name}: code")
            code = CodeSource(repository, self._rules(files.code), self._rules(files.docs))
            read_source(self._house.db, repo_id, code, tally, now=now, progress=progress, on_new=mark_new)

    def _read_lines(self, location: str, tally: Tally, progress: Progress, now: int) -> None:
        from indexers.lines import read_lines
        from indexers.repository import Repository

        said = self.said_of(location)
        repository = Repository.open(location, self._house.home, said.branch)
        repo_id = Repos(self._house.db).register(said.name or repository.name, location)
        days = self.settings.index.history.lines_days
        read_lines(self._house.db, repo_id, repository, days, tally, progress, now=now)

    def _rules(self, files: config.FileSettings) -> Any:
        from indexers.rules import Rules

        return Rules(files.include, files.exclude, files.max_kilobytes * 1024, self.settings.index.redact)

    def _follow_history(self, repository: Repository, repo_id: int, source: Any, now: int) -> None:
        """People and activation sums catch up with the commits; the head moves."""
        from bot.people.rules import people_rules
        from indexers.codeowners import read_codeowners, read_versions
        from knowledge.store import activations, people, studies

        people.sync(self._house.db, people_rules(self.settings), source.aliases, repo_id)
        with self._house.db.transaction() as tx:
            activations.fold(tx, repo_id, now)
            Repos(self._house.db).set_head(tx, repo_id, repository.head() or "", repository.branch())
        if head := repository.head():
            if not studies.has_owners(self._house.db, repo_id):
                there = studies.ever_had_owners(self._house.db, repo_id)  # git would look through all of history
                past = read_versions(repository, head, studies.MOST_VERSIONS) if there else []
                studies.set_owners_past(self._house.db, repo_id, past)
            studies.set_owners(self._house.db, repo_id, *read_codeowners(repository, head))
        self._house.remember_areas()

    def _follow_words(self, progress: Progress, *, rebuild: bool) -> None:
        from knowledge.finding.words import Words

        for channel in ("pages", "commits"):
            progress.start(f"words of {channel}")
            words = Words(self._house.home / "words", channel)
            if rebuild:
                words.wipe()
            words.catch_up(self._house.db, progress.advance)

    def _read_meaning(self, tally: Tally, progress: Progress, *, rebuild: bool) -> None:
        from indexers.meaning import read_meaning

        self._note("model", self._house.embedder.name)
        read_meaning(self._house.db, self._house.home, self._house.embedder, tally, progress, rebuild=rebuild)
        with self._house.db.transaction() as tx:
            spare = 0.0 if rebuild else SPARE_EMBEDDINGS
            Passages(self._house.db).prune(tx, self._house.embedder.name, spare=spare)

    # -- writing pages ------------------------------------------------------------------------------------------------

    def wiki(self) -> WikiClone:
        """Our own clone of the wiki's repository.

        Raises:
            Mistake: there is no such repository.
        """
        from indexers.wiki_clone import WikiClone

        return WikiClone.open(self.wiki_location(), self._house.home, self.settings.wiki.branch)

    def wiki_location(self) -> str:
        """Where pages live: what the config says, else the first repository of this home."""
        said = self.settings.wiki.repo
        return self.relative(said) if said else self.locations()[0]

    @staticmethod
    def redact(text: str) -> tuple[str, tuple[str, ...]]:
        """The text without secrets, and the kinds that were found."""
        from indexers.redact import redact

        return redact(text)

    @staticmethod
    def overlap(one: str, other: str) -> float:
        """The share of the three-word runs of a text that another has, too; 0 for one too short to have any."""
        from indexers.near import runs

        mine = runs(one)
        return len(mine & runs(other)) / len(mine) if mine else 0.0


def _all_but(do: Callable[[T], R], things: Sequence[T], tally: Tally, name: Callable[[T], str] = str) -> list[R]:
    """Do it with each of several; what is a mistake with one is told and does not keep us from the others.

    Raises:
        Mistake: with all of them, or with the only one.
    """
    done, mistakes = [], []
    for thing in things:
        try:
            done.append(do(thing))
        except Mistake as mistake:
            mistakes.append((name(thing), mistake))
    if mistakes and not done:
        raise mistakes[0][1]
    known = {(one.where, one.why) for one in tally.skipped}
    tally.skipped += [Skipped(where, str(m)) for where, m in mistakes if (where, str(m)) not in known]
    return done
