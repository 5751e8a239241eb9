"""The words of a question → the file, directory, symbol, topic or person that they name, or a question back.

Never a guess: a name that is nowhere is `Unknown`, with the nearest names to choose from; a name that is in several
places is `Several`, the most alive first. Where paths, symbols and links are found: `knowledge/asking/`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from knowledge.asking.links import at_line, linked
from knowledge.asking.mentions import Mention, mentions, place, said_lines
from knowledge.asking.path_words import (
    ARTICLES,
    ASIDE,
    DIR_WORDS,
    DOC_WORDS,
    EVERYTHING,
    KIND_WORDS,
    PICTURE,
    is_path,
    only_docs,
    path_words,
    stem,
)
from knowledge.asking.paths import Paths
from knowledge.asking.symbols import Symbols
from knowledge.asking.targets import Repo, Resolution, Several, Target, Unknown
from knowledge.asking.tree_text import TreeText
from knowledge.asking.tree_then import Trees
from knowledge.finding.spelling import near
from knowledge.store.database import Database


@dataclass(frozen=True)
class Resolver:
    """Names → targets, over every repository of a store. `topics` maps a topic's name to the paths under it."""

    db: Database
    topics: Mapping[str, Sequence[str]] = field(default_factory=dict)
    webs: Mapping[str, str] = field(default_factory=dict)
    until: int | None = None  # the tree is looked at as it was then, seconds UTC; None: as it is
    text: TreeText | None = field(default=None, compare=False)  # of a process that answers more than once
    _trees: Trees = field(default_factory=dict, compare=False)

    @cached_property
    def tree(self) -> Paths:
        """The paths of the repositories."""
        return Paths(self.db, self.webs, self.until, self._trees, self.text)

    @cached_property
    def symbols(self) -> Symbols:
        """The symbols of their code."""
        return Symbols(self.tree)

    def repos(self) -> list[Repo]:
        """The repositories by id."""
        return self.tree.repos()

    def is_there(self, path: str) -> bool:
        """Whether a living file or directory has this very path."""
        return self.tree.is_there(path)

    def at(self, until: int | None) -> Resolver:
        """A resolver of names as they were at a time."""
        return self if until is None else replace(self, until=until)

    def subject(self, text: str) -> Resolution:
        """What `text` ("line 120 of app.py", "the json provider") is about; a topic when nothing has the name."""
        line, line_end, rest = said_lines(text)
        if any(rest.startswith(f"{repo.name}:") for repo in self.tree.repos()) and not re.search(r"\s", rest.strip()):
            return self.place(rest)  # "api:src", of which no part looks like a path
        found = list(mentions(rest))
        named = [m for m in found if m.is_code]
        result = self._named(named) if named else None
        if isinstance(result, Unknown) and not is_path(named[0]) and len(found) > len(named):
            result = None  # "the GitHub login": one word that only looks like a name, among others
        if result is None:
            result = self._topic(rest) or self._by_words(rest)
        if line and isinstance(result, Target):
            return at_line(result, line, line_end, text)
        return result

    def _named(self, named: list[Mention]) -> Resolution:
        places = [m for m in named if is_path(m)] or named
        result = self.place(places[0].raw, ticked=places[0].kind == "ticked")
        others = [m for m in named if m is not places[0]]
        if isinstance(result, Target) and result.kind == "file" and others:
            symbol = place(others[0].raw).text.removesuffix("()")
            inside = self.symbols.named(symbol, result.repo_id, result.path)
            if inside:
                return inside[0]
        return result

    def place(self, raw: str, *, ticked: bool = False, slips: bool = True) -> Resolution:
        """A path, file name, qualified name or link, whole or in part.

        Without `slips`, what is unknown comes without what else may be meant, which takes a look at every name.
        """
        said = place(raw)
        if "://" in said.text:
            return linked(self.tree, raw)
        repos = self.tree.repos()
        text = said.text.rstrip("/").lstrip("/")
        for repo in repos:
            if text == repo.name and not self.tree.exact(text, repos):
                return Target("repository", repo.id, repo.name)
            if text.startswith(repo.name + ":"):
                repos, text = [repo], text[len(repo.name) + 1 :].lstrip("/")
                said = said._replace(text=said.text[len(repo.name) + 1 :])
                break
        looks_like_path = "/" in said.text or (bool(re.search(r"\.[A-Za-z]\w{0,9}$", text)) and not raw.endswith("()"))
        result = self.tree.path(text, repos, only_dirs=said.text.endswith("/"))
        if result is None and "/" not in text:
            result = self.symbols.one(text.removesuffix("()"), raw)
        if result is None and "." in text and "/" not in text:
            result = self.tree.path(text.replace(".", "/") + ".", repos) or self.tree.path(
                text.replace(".", "/"), repos
            )
        if result is None and not looks_like_path:
            result = self.tree.path(text + ".", repos)
        if result is None and ":" in text and not said.symbol:  # "app.py:Flask", as "app.py::Flask"
            path, _, symbol = text.partition(":")
            file = self.tree.path(path, repos)
            if isinstance(file, Target) and file.kind == "file":
                result, said = file, said._replace(symbol=symbol)
            elif isinstance(file, Several):
                return Unknown(said.text, file.choices)
        if result is None and re.match(r"[\w./-]+:\w", text):  # of a repository that we do not read
            there = self.tree.path(text.rpartition(":")[2], repos)
            near = (there,) if isinstance(there, Target) else there.choices if isinstance(there, Several) else ()
            return Unknown(said.text, near)
        if result is None and not slips:
            return Unknown(said.text, ())
        if result is None and ticked and not looks_like_path:
            return Unknown(said.text, self.symbols.near(text), "symbol")
        if result is None:
            return Unknown(said.text, self.tree.near(text, repos), "path" if looks_like_path else "symbol")
        if isinstance(result, Target) and said.symbol:
            inside = self.symbols.named(said.symbol, result.repo_id, result.path)
            return inside[0] if inside else Unknown(said.symbol, (result,), "symbol")
        return at_line(result, said.line, said.line_end, raw) if said.line and isinstance(result, Target) else result

    def _topic(self, text: str) -> Target | None:
        """A topic of the configuration, however it is written."""
        said = path_words(text)
        for name, paths in self.topics.items():
            if said and said == path_words(name):
                return Target("topic", topic=name, paths=tuple(paths))
        for name, paths in self.topics.items():
            wanted = path_words(name)
            if wanted and all(any(near(w, s) for s in said) for w in wanted):
                return Target("topic", topic=name, paths=tuple(paths), meant=text)
        return None

    def _by_words(self, text: str) -> Resolution:
        """Words that are no name: a repository, a path made of these words, a symbol, else a topic to be searched."""
        said = path_words(text)
        repos = self.tree.repos()
        core = [w for w in said if w not in KIND_WORDS] or [w for w in said if w not in ARTICLES | DIR_WORDS]
        if not core or (len(core) == 1 and core[0] in EVERYTHING):
            if said and len(repos) == 1:
                return Target("repository", repos[0].id, repos[0].name)
            return Target("topic", topic=text)
        for repo in repos:
            if core == [repo.name.lower()] and not self.tree.exact(core[0], repos):
                return Target("repository", repo.id, repo.name)
        wants_dir = bool(DIR_WORDS.intersection(said))
        single = len(core) == 1
        whole = (
            self._at_the_top(core[0], repos) if single and not DOC_WORDS.intersection(set(said) - {core[0]}) else None
        )
        result = whole or (
            self._single(core[0], repos, wants_dir=wants_dir) if single else self.tree.made_of(core, repos)
        )
        if result is None and not single and not (DOC_WORDS | DIR_WORDS).intersection(said):
            result = self.symbols.called(core)
        if DOC_WORDS.intersection(said) and not wants_dir and not whole:
            result = only_docs(result)
        if isinstance(result, Target):
            return replace(result, meant=text)
        return result or Target("topic", topic=text)

    def _at_the_top(self, word: str, repos: list[Repo]) -> Target | None:
        """The directory at the top that a word is the whole name of, whatever else has the word in its name."""
        found = [n for n in self.tree.ending(word, repos) if n.alive and n.is_dir and n.path.lower() == word]
        return self.tree.target(found[0]) if len(found) == 1 else None

    def _single(self, word: str, repos: list[Repo], *, wants_dir: bool) -> Resolution | None:
        forms = {word, word + "s", stem(word)}  # "session" for sessions.py
        nodes = [n for form in forms for n in self.tree.ending(form, repos) if n.alive]
        dirs = [n for n in nodes if n.is_dir]
        stems = [] if wants_dir else [n for form in forms for n in self.tree.ending(form + ".", repos)]
        files = [n for n in stems if n.alive and not n.is_dir and not PICTURE.search(n.path)]
        found = self.tree.by_life(dirs + [n for n in nodes if not n.is_dir] + files)
        shallow = [n for n in found if n.path.count("/") <= 1 and n.is_dir]
        if len(found) == 1 or (shallow and len(shallow) == 1 and wants_dir):
            return self.tree.target((shallow or found)[0])
        if found:
            front = [n for n in found if not ASIDE.search(n.path)]
            if len(front) == 1:
                return self.tree.target(front[0])
            return self.tree.several(word, [self.tree.target(n) for n in found], loose=True)
        symbols = [t for t in self.symbols.named(word) if not ASIDE.search(t.path) and "." not in t.symbol]
        return symbols[0] if len(symbols) == 1 else None
