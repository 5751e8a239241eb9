"""Git's walk to the last touch of a path, repeated for many paths at once on the few merges that could have mattered.

The first-parent line of HEAD is followed. A path can only change there where the line itself touched it, or where a
merge brought in a commit that did; at each of these, newest first, the contents on both sides say what git would do.
Where this does not decide, git is asked: `git log -1` for one path, or one log of a directory for many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from indexers.repository import Repository, path_arg, path_text

_MORE = 6  # times as many stops of a path are looked at in the next call of git, where the last did not decide
_MANY = 3  # undecided paths below one directory: worth a look at everything that changed in it

States = dict[bytes, bytes]  # "commit:path" → blob, b"" where there is none


class Content(NamedTuple):
    """What stands at a path: git's mode (100644, …) and the blob's id."""

    mode: bytes
    oid: bytes


class Doubt(NamedTuple):
    """A path whose walk has to be repeated; commits by their number in the order of the log."""

    path: bytes
    content: Content
    touches: list[tuple[int, bytes]]  # (commit, what became of the path), oldest first
    earlier: list[int]  # commits that touched it under an earlier name


class _Question(NamedTuple):
    """A path for which git is asked, and the commit at which its walk has arrived."""

    doubt: Doubt
    start: str


def left_by(entry: bytes) -> Content:
    """The content that an entry of `git log --raw` leaves at its path: ":100644 100755 <old> <new> M" → 100755, new."""
    words = entry.split(b" ", 4)
    return Content(words[1], words[3])


class Walks:
    """Walks from one commit, through a range of commits of which shas and parents are known, oldest first."""

    def __init__(self, repository: Repository, head: str, shas: Sequence[bytes], parents: Sequence[bytes]) -> None:
        self._repository = repository
        self._head = head
        self._shas = shas
        self._parents = parents

    def of(self, doubts: Sequence[Doubt]) -> Iterator[tuple[bytes, bytes]]:
        """For every path, the sha that `git log -1 -- path` names."""
        undecided: list[_Question] = []
        walking: list[tuple[Doubt, list[int]]] = []
        entered = self._entered()
        for doubt in doubts:
            brought = {entered[n] for n, _ in doubt.touches} | {entered[n] for n in doubt.earlier}
            if self._only_git_knows(doubt):
                undecided.append(_Question(doubt, self._head))
            else:
                walking.append((doubt, sorted(brought - {-1}, reverse=True)))
        at_once = 1
        while walking:
            states = self._states((one.path, stop) for one, stops in walking for stop in stops[:at_once])
            further = []
            for doubt, stops in walking:
                answer = self._decide(doubt, stops[:at_once], states, entered)
                if isinstance(answer, bytes):
                    yield doubt.path, answer
                elif answer or len(stops) <= at_once:
                    undecided.append(answer or _Question(doubt, self._head))
                else:
                    further.append((doubt, stops[at_once:]))
            walking, at_once = further, at_once * _MORE
        yield from self._asked(undecided)

    def _only_git_knows(self, doubt: Doubt) -> bool:
        """Contents that cannot be asked for by name without their mode, or at all."""
        modes = {content.mode for _, entry in doubt.touches if (content := left_by(entry)).oid == doubt.content.oid}
        return (
            len(modes | {doubt.content.mode}) > 1 or doubt.content.mode == b"160000" or self._repository.lacks_blobs()
        )

    def _entered(self) -> list[int]:
        """For every commit, the one on the first-parent line that brought it in; -1 outside."""
        number = {sha: n for n, sha in enumerate(self._shas)}
        line = []
        at = number.get(self._head.encode())
        while at is not None:
            line.append(at)
            at = number.get(self._parents[at].partition(b" ")[0])
        entered = [-1] * len(self._shas)
        for commit in reversed(line):
            entered[commit] = commit
            parents = self._parents[commit]
            todo = parents.split(b" ")[1:] if b" " in parents else []
            while todo:
                parent = number.get(todo.pop())
                if parent is not None and entered[parent] < 0:
                    entered[parent] = commit
                    parents = self._parents[parent]
                    if b" " in parents:
                        todo += parents.split(b" ")
                    else:
                        todo.append(parents)
        return entered

    def _states(self, stops: Iterable[tuple[bytes, int]]) -> States:
        """The blobs at paths in merges and their parents."""
        names = dict.fromkeys(
            commit + b":" + path
            for path, stop in stops
            if b" " in self._parents[stop] and b"\n" not in path
            for commit in (self._shas[stop], *self._parents[stop].split(b" "))
        )
        return self._blobs(list(names))

    def _blobs(self, names: Sequence[bytes]) -> States:
        if not names:
            return {}
        asked = b"\n".join(names) + b"\n"
        told = self._repository.run("cat-file", "--batch-check=%(objectname)", "--buffer", stdin=asked)
        lines = told.split(b"\n")[:-1]
        return {name: b"" if b" " in line else line for name, line in zip(names, lines, strict=True)}

    def _decide(
        self, doubt: Doubt, stops: Sequence[int], states: States, entered: Sequence[int]
    ) -> bytes | _Question | None:
        """The commit that git names, if these stops tell; a question to git, if no further one will; else None."""
        for stop in stops:
            sha, parents = self._shas[stop], self._parents[stop].split(b" ")
            if len(parents) < 2:
                left = [left_by(entry) for n, entry in doubt.touches if n == stop]
                return sha if left == [doubt.content] else _Question(doubt, self._head)
            if states.get(sha + b":" + doubt.path) != doubt.content.oid:
                return _Question(doubt, self._head)  # a later merge made this content of its own
            same = [parent for parent in parents if states.get(parent + b":" + doubt.path) == doubt.content.oid]
            if not same:
                return sha
            if same[0] == parents[0]:
                continue
            makers = [n for n, entry in doubt.touches if entered[n] == stop and left_by(entry) == doubt.content]
            if len(makers) == 1 and len(parents) == 2:
                return self._shas[makers[0]]
            return _Question(doubt, same[0].decode())
        return None

    # -- asking git ---------------------------------------------------------------------------------------------------

    def _asked(self, questions: Sequence[_Question]) -> Iterator[tuple[bytes, bytes]]:
        for doubt, start in self._narrowed(questions):
            if isinstance(start, bytes):
                yield doubt.path, start
                continue
            path = path_arg(path_text(doubt.path))
            named = self._repository.run("--literal-pathspecs", "log", "-1", "--format=%H", start, "--", path)
            yield doubt.path, named.strip()

    def _narrowed(self, questions: Sequence[_Question]) -> Iterator[tuple[Doubt, str | bytes]]:
        """Where git has to start to look; or the answer, for paths that a subtree merge brought in.

        Such paths have no touch of their own; one log of a directory shows the merges that changed them.
        """
        below: defaultdict[bytes, list[Doubt]] = defaultdict(list)
        for doubt, _ in questions:
            if not doubt.touches and b"/" in doubt.path and not self._only_git_knows(doubt):
                below[doubt.path.partition(b"/")[0]].append(doubt)
        many = {directory: doubts for directory, doubts in below.items() if len(doubts) >= _MANY}
        newest: dict[bytes, tuple[bytes, list[bytes]]] = {}
        if many:
            newest = self._newest_on_line(many, {doubt.path for doubts in many.values() for doubt in doubts})
        names = [parent + b":" + path for path, (_, parents) in newest.items() for parent in parents[1:]]
        states = self._blobs([name for name in names if b"\n" not in name])
        for doubt, start in questions:
            if doubt.path not in newest:
                yield doubt, start
                continue
            sha, parents = newest[doubt.path]
            same = [parent for parent in parents[1:] if states.get(parent + b":" + doubt.path) == doubt.content.oid]
            yield doubt, same[0].decode() if same else sha

    def _newest_on_line(
        self, directories: Mapping[bytes, object], paths: set[bytes]
    ) -> dict[bytes, tuple[bytes, list[bytes]]]:
        """The newest commit of the first-parent line that changed each path, with its parents."""
        told = self._repository.run(
            "--literal-pathspecs", "log", "--first-parent", "-m", "--raw", "--no-renames", "--no-abbrev", "-z",
            "--format=%x00%x00%H %P%x00", self._head, "--", *map(path_arg, map(path_text, directories)),
        )  # fmt: skip
        newest: dict[bytes, tuple[bytes, list[bytes]]] = {}
        for record in (b"\0" + told).split(b"\0\0\0")[1:]:
            commit, *words = record.split(b"\0")
            sha, *parents = commit.split(b" ")
            for path in words[2::2]:
                if path in paths:
                    newest.setdefault(path, (sha, parents))
        return newest
