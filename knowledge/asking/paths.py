"""Files and directories of the trees of a store, found by a path, a part of one, or the words in it.

All look-ups are SQL over `nodes`; a path that is gone is followed to its present name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from knowledge.asking.path_words import ASIDE, PICTURE, like_pattern, stem
from knowledge.asking.path_words import made_of as is_made_of
from knowledge.asking.targets import Repo, Resolution, Several, Target
from knowledge.asking.tree_text import TreeText
from knowledge.asking.tree_then import Node, Trees, nodes_at
from knowledge.finding.spelling import near, slips
from knowledge.model import FOREVER
from knowledge.store.database import Database, Row

MOST_CHOICES = 5
_MOST_ENDING = 400  # paths of a repository that end alike are looked at
_MOST_HOLDING = 500  # that hold the same words
_MOST_LOOKED_AT = 4_000
_CHUNK = 500  # ids in one IN (…) list


@dataclass(frozen=True)
class Paths:
    """The paths of every repository of a store. `webs` is the web address by repository name."""

    db: Database
    webs: Mapping[str, str] = field(default_factory=dict)
    until: int | None = None  # the tree is looked at as it was then, seconds UTC; None: as it is
    _trees: Trees = field(default_factory=dict, compare=False)
    text: TreeText | None = field(default=None, compare=False)  # of a process that answers more than once

    def repos(self) -> list[Repo]:
        """The repositories by id."""
        rows = self.db.read("SELECT id, name, head FROM repos ORDER BY id")
        return [Repo(row[0], row[1], row[2], self.webs.get(row[1], "")) for row in rows]

    def is_there(self, path: str) -> bool:
        """Whether a living file or directory has this very path."""
        return any(node.alive for node in self.exact(path.rstrip("/"), self.repos()))

    @property
    def latest(self) -> int:
        """The time as of which the tree is looked at, seconds UTC."""
        return FOREVER if self.until is None else self.until

    def nodes(self, rows: Iterable[Row]) -> list[Node]:
        """Rows of `nodes` as they were then."""
        return nodes_at(self.db, rows, self.until, self._trees)

    def exact(self, path: str, repos: Iterable[Repo]) -> list[Node]:
        """The nodes of this very path, gone ones as well."""
        nodes = []
        for repo in repos:
            rows = self.db.read(
                "SELECT id, repo_id, path, is_dir, alive FROM nodes WHERE repo_id = :repo AND path = :path",
                repo=repo.id, path=path,
            )  # fmt: skip
            nodes += self.nodes(rows)
        return nodes

    def ending(self, tail: str, repos: Iterable[Repo]) -> list[Node]:
        """Nodes whose path ends on whole parts with `tail`, in any case; a `tail` ending in "." fits any suffix."""
        if self.text is not None and self.text.ready():
            return self._by_id(self.text.ending(tail), repos, _MOST_ENDING)
        pattern = like_pattern(tail.lower())
        stem = tail.endswith(".")
        end = "%" if stem else ""
        nodes = []
        for repo in repos:
            rows = self.db.read(
                """SELECT id, repo_id, path, is_dir, alive FROM nodes WHERE repo_id = :repo
                   AND (LOWER(path) LIKE :tail ESCAPE '!' OR LOWER(path) LIKE :start ESCAPE '!') LIMIT :most""",
                repo=repo.id, tail=f"%/{pattern}{end}", start=f"{pattern}{end}", most=_MOST_ENDING,
            )  # fmt: skip
            nodes += self.nodes(rows)
        # "app." means app.py and not app.d/thing.
        return [n for n in nodes if "/" not in n.path.lower().rpartition(tail.lower())[2]] if stem else nodes

    def _by_id(self, ids: list[int], repos: Iterable[Repo], most: int, *, alive: bool = False) -> list[Node]:
        """Nodes (only the living) in the order of their repositories and paths, at most so many of a repository."""
        rows: list[Row] = []
        for at in range(0, len(ids), _CHUNK):
            numbers = ",".join(str(i) for i in ids[at : at + _CHUNK])
            rows += self.db.read(f"SELECT id, repo_id, path, is_dir, alive FROM nodes WHERE id IN ({numbers})")
        rows = sorted((row for row in rows if row[4] or not alive), key=lambda row: row[2])
        return [n for repo in repos for n in self.nodes([row for row in rows if row[1] == repo.id][:most])]

    def path(self, text: str, repos: list[Repo], *, only_dirs: bool = False) -> Resolution | None:
        """The file or directory of a path, whole or its last parts; several, or None for none."""
        if not text.strip("./"):
            return None
        exact = [n for n in self.exact(text, repos) if not only_dirs or n.is_dir]
        alive = [n for n in exact if n.alive]
        if not alive:
            ending = [n for n in self.ending(text, repos) if not only_dirs or n.is_dir]
            same_case = [n for n in ending if n.path.endswith(text)]
            ending = same_case or ending
            alive = [n for n in ending if n.alive]
        if alive:
            return self.one_of(text, alive)
        dead = exact or ending
        if not dead:
            return None
        followed = {t.path + t.repo: t for t in (self.forward(node) for node in dead)}
        targets = sorted(followed.values(), key=lambda t: not t.alive)
        living = [t for t in targets if t.alive]
        return targets[0] if len(targets) == 1 or len(living) == 1 else self.several(text, targets)

    def forward(self, node: Node) -> Target:
        """A path that is gone under its present name, or as it was when it went."""
        seen, at = {node.id}, node
        while not at.alive:
            rows = self.db.read(
                """SELECT n.id, n.repo_id, n.path, n.is_dir, n.alive FROM touches t JOIN nodes n ON n.id = t.node_id
                   JOIN commits c ON c.id = t.commit_id
                   WHERE t.from_node_id = :id AND t.change = 'R' AND c.reachable = 1 AND c.commit_time <= :until
                   ORDER BY c.seq DESC LIMIT 1""",
                id=at.id, until=self.latest,
            )  # fmt: skip
            later = self.nodes(rows)
            if not later or later[0].id in seen:
                break
            at = later[0]
            seen.add(at.id)
        target = self.target(at if at.alive else node)
        return replace(target, asked=node.path if target.path != node.path else "")

    def one_of(self, said: str, nodes: list[Node]) -> Resolution:
        """The only one of these nodes, or the question which."""
        if len(nodes) == 1:
            return self.target(nodes[0])
        return self.several(said, [self.target(n) for n in self.by_life(nodes)])

    def by_life(self, nodes: list[Node]) -> list[Node]:
        """The ones that are worked on first; tests, examples and the like after the rest."""
        busy = {
            n.id: self.db.read(
                """SELECT COUNT(*), MAX(c.commit_time) FROM touches t JOIN commits c ON c.id = t.commit_id
                   WHERE t.node_id = :id AND c.reachable = 1 AND c.commit_time <= :until""",
                id=n.id,
                until=self.latest,
            )[0]
            for n in nodes[:60]
        }

        def rank(n: Node) -> tuple[bool, bool, int, int]:
            count, _ = busy.get(n.id, (0, 0))
            return (not n.alive, bool(ASIDE.search(n.path)), -int(count or 0), len(n.path))

        return sorted(nodes, key=rank)

    def several(self, said: str, targets: Sequence[Target], *, loose: bool = False) -> Several:
        """The question which of these it is."""
        mixed = len({target.repo_id for target in targets}) > 1
        return Several(said, tuple(targets[:MOST_CHOICES]), len(targets), loose, mixed)

    def target(self, node: Node) -> Target:
        """A node as what a question is about."""
        repo = next((r.name for r in self.repos() if r.id == node.repo_id), "")
        if not node.path:
            return Target("repository", node.repo_id, repo)
        return Target("directory" if node.is_dir else "file", node.repo_id, repo, node.path, alive=bool(node.alive))

    def made_of(self, core: list[str], repos: list[Repo]) -> Resolution | None:
        """Paths that contain all the words as parts of their names: "json provider" → src/flask/json/provider.py."""
        fits = [n for n in self._holding(core, repos) if n.alive and is_made_of(n.path, core)]
        fits = [n for n in fits if not PICTURE.search(n.path)]
        # A directory stands for what lies under it.
        fits = [n for n in fits if not any(d.is_dir and n.path.startswith(d.path + "/") for d in fits)]
        front = [n for n in fits if not ASIDE.search(n.path)] or fits
        if not front:
            return None
        ranked = self.by_life(front)
        targets = [self.target(n) for n in ranked]
        return targets[0] if len(ranked) == 1 else self.several(" ".join(core), targets, loose=True)

    def _holding(self, core: list[str], repos: list[Repo]) -> list[Node]:
        if self.text is not None and self.text.ready():
            ids = self.text.holding([stem(word) for word in core])
            if len(ids) <= _MOST_LOOKED_AT:  # else words of a letter or two, for which the store stops early
                return self._by_id(ids, repos, _MOST_HOLDING, alive=self.until is None)
        nodes = []
        for repo in repos:
            wheres = " AND ".join(f"LOWER(path) LIKE :w{i} ESCAPE '!'" for i in range(len(core)))
            rows = self.db.read(
                f"""SELECT id, repo_id, path, is_dir, alive FROM nodes
                    WHERE repo_id = :repo AND (alive = 1 OR :past = 1) AND {wheres} LIMIT {_MOST_HOLDING}""",
                repo=repo.id, past=int(self.until is not None),
                **{f"w{i}": f"%{like_pattern(stem(w))}%" for i, w in enumerate(core)},
            )  # fmt: skip
            nodes += self.nodes(rows)
        return nodes

    def near(self, text: str, repos: list[Repo]) -> tuple[Target, ...]:
        """Living files whose name is a slip or two away, then the directory that does exist."""
        folder, _, base = text.rpartition("/")
        base = base.rstrip(".").lower()
        scored: list[tuple[int, bool, int, Node]] = []
        for repo in repos:
            rows = self.db.read(
                "SELECT id, repo_id, path, is_dir, alive FROM nodes WHERE repo_id = :r AND (alive = 1 OR :past = 1)",
                r=repo.id, past=int(self.until is not None),
            )  # fmt: skip
            for node in self.nodes(rows):
                name = node.path.rpartition("/")[2].lower()
                ends = name.rpartition(".")[0]
                if node.alive and (name == base or near(name, base) or (ends and near(ends, base))):
                    same_folder = bool(folder) and folder.lower() in node.path.lower()
                    scored.append((slips(name, base, 3), not same_folder, len(node.path), node))
        targets = [self.target(node) for *_, node in sorted(scored, key=lambda s: s[:3])[:MOST_CHOICES]]
        if folder and isinstance(under := self.path(folder, repos), Target):
            targets = [*targets[: MOST_CHOICES - 1], under]
        return tuple(targets)
