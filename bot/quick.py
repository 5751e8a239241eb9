"""`lamp last PATH` with the fewest imports: the plain case answered in a few milliseconds, everything else declined.

Plain is: a file that lives in one indexed repository that has not moved on, last touched by a human in an ordinary
commit, asked for through a pipe, with a config that has not changed since the index was made. The words are those of
`bot/answers/last_touched.py`; a test holds both against each other, path by path.
"""

from __future__ import annotations

import os
import sys
from time import time

from bot.dates import day, when
from indexers.heads import head_of
from knowledge.insight import who_knows
from knowledge.past import Past, PastCommit
from knowledge.store.database import SqliteDatabase

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from knowledge.model import Knower

STAMP = "plain"  # in the home: which config the index was made under, if answers depend on nothing else in it
LONGEST_SUBJECT = 110


def last(arguments: list[str]) -> int | None:
    """Answer and return the exit code, or None: this is not the plain case."""
    as_json = "--json" in arguments
    asked = [a for a in arguments if a != "--json"]
    if len(asked) != 1 or asked[0].startswith("-") or (sys.stdout.isatty() and not as_json):
        return None
    home = _home()
    if home is None:
        return None
    db = SqliteDatabase(f"{home}/lamplighter.sqlite", create=False)
    place = _place(db, asked[0])
    if place is None:
        return None
    repo_id, path = place
    touches = Past(db, repo_id).of_file(path, 1)
    if not touches or not _is_plain(touches[0], path):
        return None
    commit, now = touches[0], int(time())
    holders = [k for k in who_knows(db, repo_id, path, now).people if k.person.reachable(now)]
    sys.stdout.write(_json(path, commit, holders) if as_json else _words(path, commit, holders, now))
    return 0


def stamp(config: str | None) -> str:
    """What identifies a config file: its path and when it was last written."""
    return f"{config}\n{os.stat(config).st_mtime_ns}" if config else "none"


def _home() -> str | None:
    """The home, if it was indexed under the very config that is in force now."""
    config, folder = None, os.getcwd()
    start = folder
    while config is None:
        candidate = f"{folder}/config.yaml"
        if os.path.isfile(candidate):
            with open(candidate, encoding="utf-8", errors="replace") as file:
                config = candidate if "Lamplighter" in file.readline() else None
        parent = os.path.dirname(folder)
        if config or parent == folder or os.path.exists(f"{folder}/.git"):
            break
        folder = parent
    home = os.environ.get("LAMPLIGHTER_HOME") or f"{folder if config else start}/.lamplighter"
    try:
        with open(f"{home}/{STAMP}", encoding="utf-8") as file:
            return home if file.read() == stamp(config) else None
    except OSError:
        return None


def _place(db: SqliteDatabase, asked: str) -> tuple[int, str] | None:
    """The one living file that this path names, from where we stand or from the top of its repository."""
    found = set()
    for repo_id, location, head in db.read("SELECT id, location, head FROM repos"):
        inside = os.path.relpath(os.path.join(os.getcwd(), asked), location)
        rows = db.read(
            "SELECT path FROM nodes WHERE repo_id = :repo AND path IN (:asked, :inside) AND is_dir = 0 AND alive = 1",
            repo=repo_id, asked=asked, inside=inside,
        )  # fmt: skip
        if head_of(location) not in {None, head}:
            return None
        found |= {(repo_id, path) for (path,) in rows}
    return found.pop() if len(found) == 1 else None


def _is_plain(commit: PastCommit, path: str) -> bool:
    hands = [hand.kind for hand in commit.hands if hand.kind in {"authored", "coauthored"}]
    return (
        hands == ["authored"] and not commit.author.is_bot and not commit.is_mass and not commit.is_merge
        and commit.change == "M" and commit.path == path
        and len(commit.subject) <= LONGEST_SUBJECT and "`" not in commit.subject and "*" not in commit.subject
    )  # fmt: skip


def _words(path: str, commit: PastCommit, holders: list[Knower], now: int) -> str:
    author = commit.author
    said = [f"{author.name} last touched {path} {when(commit.time, now)}: “{commit.subject}”."]
    if not holders:
        said.append("Nobody active knows it now.")
    elif holders[0].person.id != author.person_id:
        others = [k for k in holders if k.person.id != author.person_id][:2]
        said += ["Who knows it now:", "\n".join(f"  * {k.person.name}: {k.why}" for k in others)]
    said.append(f"  - {commit.sha[:9]} · {day(commit.time)} · {commit.subject}")
    return "\n\n".join(said) + "\n"


def _json(path: str, commit: PastCommit, holders: list[Knower]) -> str:
    import json
    from datetime import UTC, datetime

    answer = {
        "path": path,
        "person": {"name": commit.author.name, "email": commit.author.email},
        "commit": commit.sha,
        "date": datetime.fromtimestamp(commit.time, UTC).isoformat(),
        "subject": commit.subject,
        "skipped": [],
        "knows_now": [{"name": k.person.name, "email": k.person.email, "why": k.why} for k in holders],
    }
    return json.dumps(answer, ensure_ascii=False) + "\n"
