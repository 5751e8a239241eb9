"""Which commit `git log -1 -- path` names, for every path of a tree at once.

Git walks back from HEAD. At a merge it follows the first parent that has the same content at the path, and names the
merge itself when no parent has; elsewhere it names the first commit that touched the path. Nearly always that is the
newest touch in the order of the log. It is another commit where a side branch lost its merge, where one content was
made twice on parallel lines, and where a merge made a content of its own. Those few paths are found by comparing the
content that the newest touch left with the content in the tree; `walks.py` repeats git's walk for them.

Input: what `log.Log` shows to its witness. Output: path → sha, for the exceptions only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from indexers.log import Did
from indexers.repository import Repository, path_text
from indexers.walks import Content, Doubt, Walks, left_by


class LastTouches:
    """Sees a range of commits, oldest first, and tells where git's last touch is not the newest one."""

    def __init__(self) -> None:
        self._shas: list[bytes] = []
        self._parents: list[bytes] = []
        self._did: list[list[Did]] = []

    def see(self, sha: bytes, parents: bytes, did: list[Did]) -> None:
        """A commit and what it did."""
        self._shas.append(sha)
        self._parents.append(parents)
        self._did.append(did)

    def paths(self) -> set[bytes]:
        """Every path that was seen."""
        return {path for did in self._did for path, _, _ in did}

    def exceptions(
        self, repository: Repository, head: str, tree: Mapping[bytes, Content], same: Collection[bytes] = ()
    ) -> dict[str, str]:
        """The paths of `tree` whose last touch is not the newest one seen, with the sha that git names.

        Args:
            repository: where to ask.
            head: the commit from which git would walk; the newest that was seen.
            tree: the paths in question, as they are at `head`.
            same: those of them with the same content before the range that was seen.
        """
        doubts = self._evidence({path: tree[path] for path in self._doubtful(tree, same)})
        if not doubts:
            return {}
        newest = {doubt.path: self._shas[doubt.touches[-1][0]] for doubt in doubts if doubt.touches}
        walks = Walks(repository, head, self._shas, self._parents)
        return {path_text(path): sha.decode() for path, sha in walks.of(doubts) if sha != newest.get(path)}

    def _doubtful(self, tree: Mapping[bytes, Content], same: Collection[bytes]) -> Iterator[bytes]:
        """The paths of which not exactly one touch made the present content, or of which it is not the newest."""
        last: dict[bytes, bytes] = {}
        makers: Counter[bytes] = Counter()
        for did in self._did:
            for path, entry, _ in did:
                content = tree.get(path)
                if content is not None:
                    last[path] = entry
                    if content.oid in entry and left_by(entry) == content:
                        makers[path] += 1
        for path, content in tree.items():
            if makers[path] != 1 or path in same or left_by(last[path]) != content:
                yield path

    def _evidence(self, tree: Mapping[bytes, Content]) -> list[Doubt]:
        """What was seen of some paths, under their earlier names too."""
        doubts = {path: Doubt(path, content, [], []) for path, content in tree.items()}
        owners: dict[bytes, set[bytes]] = {path: {path} for path in doubts}
        for did in reversed(self._did) if doubts else ():
            for path, _, old in did:
                if old and path in owners:
                    owners.setdefault(old, set()).update(owners[path])
        for number, did in enumerate(self._did):
            for path, entry, _ in did:
                for owner in owners.get(path, ()):
                    if owner == path:
                        doubts[owner].touches.append((number, entry))
                    else:
                        doubts[owner].earlier.append(number)
        return list(doubts.values())
