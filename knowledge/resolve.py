"""The words of a question → the file, directory, symbol, topic or person that they name, or a question back.

Never a guess: a name that is nowhere is `Unknown`, with the nearest names to choose from; a name that is in several
places is `Several`, the most alive first. All look-ups are SQL over the tree (`nodes`), the symbols of the code
(`passages`) and the people; nothing of it is held in memory but the names of the people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

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
    like_pattern,
    made_of,
    only_docs,
    path_words,
    stem,
)
from knowledge.asking.symbol_words import named_by, near_names
from knowledge.asking.targets import Repo, Resolution, Several, Target, Unknown
from knowledge.asking.tree_then import Node, Trees, nodes_at
from knowledge.finding.spelling import near, slips
from knowledge.memory import LATEST
from knowledge.store.database import Database, Row

MOST_CHOICES = 5


@dataclass(frozen=True)
class Resolver:
    """Names → targets, over every repository of a store. `topics` maps a topic's name to the paths under it."""

    db: Database
    topics: Mapping[str, Sequence[str]] = field(default_factory=dict)
    webs: Mapping[str, str] = field(default_factory=dict)
    until: int | None = None  # the tree is looked at as it was then, seconds UTC; None: as it is
    _trees: Trees = field(default_factory=dict, compare=False)

    def at(self, until: int | None) -> Resolver:
        """A resolver of names as they were at a time."""
        return self if until is None else replace(self, until=until)

    @property
    def _latest(self) -> int:
        return LATEST if self.until is None else self.until

    def _nodes(self, rows: Iterable[Row]) -> list[Node]:
        return nodes_at(self.db, rows, self.until, self._trees)

    def repos(self) -> list[Repo]:
        """The repositories by id."""
        rows = self.db.read("SELECT id, name, head FROM repos ORDER BY id")
        return [Repo(row[0], row[1], row[2], self.webs.get(row[1], "")) for row in rows]

    # -- subjects -----------------------------------------------------------------------------------------------------

    def subject(self, text: str) -> Resolution:
        """What `text` ("line 120 of app.py", "the json provider") is about; a topic when nothing has the name."""
        line, line_end, rest = said_lines(text)
        if any(rest.startswith(f"{repo.name}:") for repo in self.repos()) and not re.search(r"\s", rest.strip()):
            return self.place(rest)  # "api:src", of which no part looks like a path
        found = list(mentions(rest))
        named = [m for m in found if m.is_code]
        result = self._named(named) if named else None
        if isinstance(result, Unknown) and not is_path(named[0]) and len(found) > len(named):
            result = None  # "the GitHub login": one word that only looks like a name, among others
        if result is None:
            result = self._topic(rest) or self._by_words(rest)
        if line and isinstance(result, Target):
            return self._at_line(result, line, line_end, text)
        return result

    def _named(self, named: list[Mention]) -> Resolution:
        places = [m for m in named if is_path(m)] or named
        result = self.place(places[0].raw, ticked=places[0].kind == "ticked")
        others = [m for m in named if m is not places[0]]
        if isinstance(result, Target) and result.kind == "file" and others:
            symbol = place(others[0].raw).text.removesuffix("()")
            inside = self._symbols(symbol, result.repo_id, result.path)
            if inside:
                return inside[0]
        return result

    def place(self, raw: str, *, ticked: bool = False) -> Resolution:
        """A path, file name, qualified name or link, whole or in part."""
        said = place(raw)
        if "://" in said.text:
            return self._link(raw)
        repos = self.repos()
        text = said.text.rstrip("/").lstrip("/")
        for repo in repos:
            if text == repo.name and not self._exact(text, repos):
                return Target("repository", repo.id, repo.name)
            if text.startswith(repo.name + ":"):
                repos, text = [repo], text[len(repo.name) + 1 :].lstrip("/")
                said = said._replace(text=said.text[len(repo.name) + 1 :])
                break
        looks_like_path = "/" in said.text or (bool(re.search(r"\.[A-Za-z]\w{0,9}$", text)) and not raw.endswith("()"))
        result = self._path(text, repos, only_dirs=said.text.endswith("/"))
        if result is None and "/" not in text:
            result = self._symbol(text.removesuffix("()"), raw)
        if result is None and "." in text and "/" not in text:
            result = self._path(text.replace(".", "/") + ".", repos) or self._path(text.replace(".", "/"), repos)
        if result is None and not looks_like_path:
            result = self._path(text + ".", repos)
        if result is None and re.match(r"[\w./-]+:\w", text):  # of a repository that we do not read
            there = self._path(text.rpartition(":")[2], repos)
            near = (there,) if isinstance(there, Target) else there.choices if isinstance(there, Several) else ()
            return Unknown(said.text, near)
        if result is None and ticked and not looks_like_path:
            return Unknown(said.text, self._near_symbols(text), "symbol")
        if result is None:
            return Unknown(said.text, self._near_paths(text, repos), "path" if looks_like_path else "symbol")
        if isinstance(result, Target) and said.symbol:
            inside = self._symbols(said.symbol, result.repo_id, result.path)
            return inside[0] if inside else Unknown(said.symbol, (result,), "symbol")
        return (
            self._at_line(result, said.line, said.line_end, raw) if said.line and isinstance(result, Target) else result
        )

    def _at_line(self, target: Target, line: int, line_end: int, said: str) -> Resolution:
        if target.kind not in {"file", "symbol"}:
            return Unknown(said, (target,), "line", f"{target.name} is no file, so it has no line {line}")
        return replace(target, kind="line", line=line, line_end=line_end)

    # -- paths --------------------------------------------------------------------------------------------------------

    def is_there(self, path: str) -> bool:
        """Whether a living file or directory has this very path."""
        return any(node.alive for node in self._exact(path.rstrip("/"), self.repos()))

    def _exact(self, path: str, repos: Iterable[Repo]) -> list[Node]:
        nodes = []
        for repo in repos:
            rows = self.db.read(
                "SELECT id, repo_id, path, is_dir, alive FROM nodes WHERE repo_id = :repo AND path = :path",
                repo=repo.id, path=path,
            )  # fmt: skip
            nodes += self._nodes(rows)
        return nodes

    def _ending(self, tail: str, repos: Iterable[Repo]) -> list[Node]:
        """Nodes whose path ends on whole parts with `tail`, in any case; a `tail` ending in "." fits any suffix."""
        pattern = like_pattern(tail.lower())
        stem = tail.endswith(".")
        end = "%" if stem else ""
        nodes = []
        for repo in repos:
            rows = self.db.read(
                """SELECT id, repo_id, path, is_dir, alive FROM nodes WHERE repo_id = :repo
                   AND (LOWER(path) LIKE :tail ESCAPE '!' OR LOWER(path) LIKE :start ESCAPE '!') LIMIT 400""",
                repo=repo.id, tail=f"%/{pattern}{end}", start=f"{pattern}{end}",
            )  # fmt: skip
            nodes += self._nodes(rows)
        # "app." means app.py and not app.d/thing.
        return [n for n in nodes if "/" not in n.path.lower().rpartition(tail.lower())[2]] if stem else nodes

    def _path(self, text: str, repos: list[Repo], *, only_dirs: bool = False) -> Resolution | None:
        if not text.strip("./"):
            return None
        exact = [n for n in self._exact(text, repos) if not only_dirs or n.is_dir]
        alive = [n for n in exact if n.alive]
        if not alive:
            ending = [n for n in self._ending(text, repos) if not only_dirs or n.is_dir]
            same_case = [n for n in ending if n.path.endswith(text)]
            ending = same_case or ending
            alive = [n for n in ending if n.alive]
        if alive:
            return self._one_of(text, alive)
        dead = exact or ending
        if not dead:
            return None
        followed = {t.path + t.repo: t for t in (self._forward(node) for node in dead)}
        targets = sorted(followed.values(), key=lambda t: not t.alive)
        living = [t for t in targets if t.alive]
        return targets[0] if len(targets) == 1 or len(living) == 1 else self._several(text, targets)

    def _forward(self, node: Node) -> Target:
        """A path that is gone under its present name, or as it was when it went."""
        seen, at = {node.id}, node
        while not at.alive:
            rows = self.db.read(
                """SELECT n.id, n.repo_id, n.path, n.is_dir, n.alive FROM touches t JOIN nodes n ON n.id = t.node_id
                   JOIN commits c ON c.id = t.commit_id
                   WHERE t.from_node_id = :id AND t.change = 'R' AND c.reachable = 1 AND c.commit_time <= :until
                   ORDER BY c.seq DESC LIMIT 1""",
                id=at.id, until=self._latest,
            )  # fmt: skip
            later = self._nodes(rows)
            if not later or later[0].id in seen:
                break
            at = later[0]
            seen.add(at.id)
        target = self._target(at if at.alive else node)
        return replace(target, asked=node.path if target.path != node.path else "")

    def _one_of(self, said: str, nodes: list[Node]) -> Resolution:
        if len(nodes) == 1:
            return self._target(nodes[0])
        return self._several(said, [self._target(n) for n in self._by_life(nodes)])

    def _by_life(self, nodes: list[Node]) -> list[Node]:
        """The ones that are worked on first; tests, examples and the like after the rest."""
        busy = {
            n.id: self.db.read(
                """SELECT COUNT(*), MAX(c.commit_time) FROM touches t JOIN commits c ON c.id = t.commit_id
                   WHERE t.node_id = :id AND c.reachable = 1 AND c.commit_time <= :until""",
                id=n.id,
                until=self._latest,
            )[0]
            for n in nodes[:60]
        }

        def rank(n: Node) -> tuple[bool, bool, int, int]:
            count, _ = busy.get(n.id, (0, 0))
            return (not n.alive, bool(ASIDE.search(n.path)), -int(count or 0), len(n.path))

        return sorted(nodes, key=rank)

    def _several(self, said: str, targets: Sequence[Target], *, loose: bool = False) -> Several:
        mixed = len({target.repo_id for target in targets}) > 1
        return Several(said, tuple(targets[:MOST_CHOICES]), len(targets), loose, mixed)

    def _target(self, node: Node) -> Target:
        repo = next((r.name for r in self.repos() if r.id == node.repo_id), "")
        if not node.path:
            return Target("repository", node.repo_id, repo)
        return Target("directory" if node.is_dir else "file", node.repo_id, repo, node.path, alive=bool(node.alive))

    def _link(self, raw: str) -> Resolution:
        """A link to a file on the host of a repository (GitHub, GitLab, Gitea, Bitbucket)."""
        bare, _, anchor = raw.partition("#")
        line = re.match(r"(?:L|lines-)(\d+)(?:-L?(\d+))?", anchor)
        first = int(line[1]) if line else 0
        last = int(line[2] or line[1]) if line else 0
        bare = bare.split("?")[0].rstrip("/")
        for repo in self.repos():
            base = repo.web.rstrip("/").removesuffix(".git")
            inside = bare.removeprefix(base).strip("/") if base and bare.startswith(base + "/") else None
            if inside is None and not base:
                cut = re.match(rf"https?://[^/]+/(?:[^/]+/)+?{re.escape(repo.name)}/(.+)", bare)
                inside = cut[1] if cut else None
            if inside is None and bare not in {base, base + ".git"}:
                continue
            parts = (inside or "").removeprefix("-/").split("/")
            if not inside:
                return Target("repository", repo.id, repo.name)
            if parts[0] in {"blob", "tree", "raw", "src", "blame", "edit", "commits"}:
                # A branch may contain slashes: the shortest rest that is a path of ours wins last.
                for cut_at in range(2, len(parts)):
                    if nodes := self._exact("/".join(parts[cut_at:]), [repo]):
                        target = self._forward(nodes[0]) if not nodes[0].alive else self._target(nodes[0])
                        return self._at_line(target, first, last, raw) if first else target
            return Unknown("/".join(parts[2:]) or inside, (), "path")
        return Unknown(raw, (), "link")

    # -- symbols ------------------------------------------------------------------------------------------------------

    def _symbols(self, name: str, repo_id: int = 0, path: str = "") -> list[Target]:
        """Places where `name` is defined: the qualified name, else its last parts."""
        columns = """SELECT d.repo_id, d.path, p.symbol, MIN(p.line_start), MAX(p.line_end) FROM passages p
                     JOIN documents d ON d.id = p.document_id"""
        where = " AND d.repo_id = :repo AND d.path = :path" if path else ""
        only = {"repo": repo_id, "path": path} if path else {}
        group = " GROUP BY d.repo_id, d.path, p.symbol ORDER BY d.path LIMIT 200"
        rows = self.db.read(f"{columns} WHERE p.symbol = :name{where}{group}", name=name, **only)
        if not rows:
            tail = f"%.{like_pattern(name)}"
            # The inner query reads the index of symbols alone, not the texts beside them.
            inner = "p.symbol IN (SELECT DISTINCT symbol FROM passages WHERE symbol LIKE :tail ESCAPE '!')"
            rows = self.db.read(f"{columns} WHERE {inner}{where}{group}", tail=tail, **only)
            rows = [row for row in rows if row[2].endswith("." + name)] or rows
        names = {repo.id: repo.name for repo in self.repos()}
        found = [Target("symbol", r[0], names.get(r[0], ""), r[1], r[3], r[4], r[2]) for r in rows]
        return sorted(found, key=lambda t: (bool(ASIDE.search(t.path)), t.symbol.count("."), t.path))

    def _symbol(self, name: str, said: str) -> Resolution | None:
        if not re.fullmatch(r"[A-Za-z_$][\w.$]*", name):
            return None
        found = self._symbols(name)
        while not found and "." in name:  # flask.Flask.route: the module is no part of our qualified name
            name = name.partition(".")[2]
            found = self._symbols(name)
        first = [t for t in found if not ASIDE.search(t.path)]
        found = first or found
        if not found:
            return None
        return found[0] if len(found) == 1 else self._several(said, found)

    # -- words --------------------------------------------------------------------------------------------------------

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
        repos = self.repos()
        core = [w for w in said if w not in KIND_WORDS] or [w for w in said if w not in ARTICLES | DIR_WORDS]
        if not core or (len(core) == 1 and core[0] in EVERYTHING):
            if said and len(repos) == 1:
                return Target("repository", repos[0].id, repos[0].name)
            return Target("topic", topic=text)
        for repo in repos:
            if core == [repo.name.lower()] and not self._exact(core[0], repos):
                return Target("repository", repo.id, repo.name)
        wants_dir = bool(DIR_WORDS.intersection(said))
        single = len(core) == 1
        result = self._single(core[0], repos, wants_dir=wants_dir) if single else self._made_of(core, repos)
        if result is None and not single and not (DOC_WORDS | DIR_WORDS).intersection(said):
            result = self._called(core)
        if DOC_WORDS.intersection(said) and not wants_dir:
            result = only_docs(result)
        if isinstance(result, Target):
            return replace(result, meant=text)
        return result or Target("topic", topic=text)

    def _single(self, word: str, repos: list[Repo], *, wants_dir: bool) -> Resolution | None:
        forms = {word, word + "s", stem(word)}  # "session" for sessions.py
        nodes = [n for form in forms for n in self._ending(form, repos) if n.alive]
        dirs = [n for n in nodes if n.is_dir]
        stems = [] if wants_dir else [n for form in forms for n in self._ending(form + ".", repos)]
        files = [n for n in stems if n.alive and not n.is_dir and not PICTURE.search(n.path)]
        found = self._by_life(dirs + [n for n in nodes if not n.is_dir] + files)
        shallow = [n for n in found if n.path.count("/") <= 1 and n.is_dir]
        if len(found) == 1 or (shallow and len(shallow) == 1 and wants_dir):
            return self._target((shallow or found)[0])
        if found:
            front = [n for n in found if not ASIDE.search(n.path)]
            if len(front) == 1:
                return self._target(front[0])
            return self._several(word, [self._target(n) for n in found], loose=True)
        symbols = [t for t in self._symbols(word) if not ASIDE.search(t.path) and "." not in t.symbol]
        return symbols[0] if len(symbols) == 1 else None

    def _called(self, core: list[str]) -> Resolution | None:
        """The one symbol that is called by these words."""
        names = named_by(self.db, core)
        found = self._symbols(names[0]) if len(names) == 1 else []
        return found[0] if found else None

    def _made_of(self, core: list[str], repos: list[Repo]) -> Resolution | None:
        """Paths that contain all the words as parts of their names: "json provider" → src/flask/json/provider.py."""
        nodes = []
        for repo in repos:
            wheres = " AND ".join(f"LOWER(path) LIKE :w{i} ESCAPE '!'" for i in range(len(core)))
            rows = self.db.read(
                f"""SELECT id, repo_id, path, is_dir, alive FROM nodes
                    WHERE repo_id = :repo AND (alive = 1 OR :past = 1) AND {wheres} LIMIT 500""",
                repo=repo.id, past=int(self.until is not None),
                **{f"w{i}": f"%{like_pattern(stem(w))}%" for i, w in enumerate(core)},
            )  # fmt: skip
            nodes += self._nodes(rows)
        fits = [n for n in nodes if n.alive and made_of(n.path, core) and not PICTURE.search(n.path)]
        # A directory stands for what lies under it.
        fits = [n for n in fits if not any(d.is_dir and n.path.startswith(d.path + "/") for d in fits)]
        front = [n for n in fits if not ASIDE.search(n.path)] or fits
        if not front:
            return None
        ranked = self._by_life(front)
        targets = [self._target(n) for n in ranked]
        return targets[0] if len(ranked) == 1 else self._several(" ".join(core), targets, loose=True)

    # -- nearest names ------------------------------------------------------------------------------------------------

    def _near_paths(self, text: str, repos: list[Repo]) -> tuple[Target, ...]:
        """Living files whose name is a slip or two away, then the directory that does exist."""
        folder, _, base = text.rpartition("/")
        base = base.rstrip(".").lower()
        scored: list[tuple[int, bool, int, Node]] = []
        for repo in repos:
            rows = self.db.read(
                "SELECT id, repo_id, path, is_dir, alive FROM nodes WHERE repo_id = :r AND (alive = 1 OR :past = 1)",
                r=repo.id, past=int(self.until is not None),
            )  # fmt: skip
            for node in self._nodes(rows):
                name = node.path.rpartition("/")[2].lower()
                ends = name.rpartition(".")[0]
                if node.alive and (name == base or near(name, base) or (ends and near(ends, base))):
                    same_folder = bool(folder) and folder.lower() in node.path.lower()
                    scored.append((slips(name, base, 3), not same_folder, len(node.path), node))
        targets = [self._target(node) for *_, node in sorted(scored, key=lambda s: s[:3])[:MOST_CHOICES]]
        if folder and isinstance(under := self._path(folder, repos), Target):
            targets = [*targets[: MOST_CHOICES - 1], under]
        return tuple(targets)

    def _near_symbols(self, name: str) -> tuple[Target, ...]:
        close = near_names(self.db, name)[:MOST_CHOICES]
        return tuple(target for symbol in close for target in self._symbols(symbol)[:1])
