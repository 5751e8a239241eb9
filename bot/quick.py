"""`lamp last PATH` with the fewest imports: the plain case answered in a few milliseconds, everything else declined.

Plain is: a file or directory that lives in one indexed repository that has not moved on, asked for through a pipe, with
a config that has not changed since the index was made. The words are those of `bot/touches.py`, as in the full answer
of `bot/answers/last_touched.py`; a test holds both ways against each other, path by path.
"""

from __future__ import annotations

import sys
from time import time

from bot.dates import day
from bot.phrases import code
from bot.touches import Last, last_of, nobody_now, notes, sentence, titled, why_skipped
from indexers.heads import head_of
from knowledge.activation.holders import first_holders, hold
from knowledge.activation.past import Past
from knowledge.lean_files import above, exists, getcwd, is_file, join, relative, setting, written_ns
from knowledge.memory import is_fresh
from knowledge.store.database import SqliteDatabase

TYPE_CHECKING = False  # typing's own costs an import
if TYPE_CHECKING:
    from knowledge.activation.holders import Placed
    from knowledge.activation.past import PastCommit
    from knowledge.model import Knower

STAMP = "plain"  # in the home: which config the index was made under, if answers depend on nothing else in it
LOOK_BACK, OTHERS = 60, 2  # as in bot/answers/last_touched.py
FEW = 1, 8  # touches read at first


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
    repo_id, path, is_dir, repo = place
    found = _last(Past(db, repo_id), path, is_dir=is_dir)
    if found is None:
        return None
    now = int(time())
    holders = _holders(db, repo_id, path, now)
    told: list[Knower] = []
    nobody = ""
    if not holders and not as_json:
        nobody = nobody_now(
            found.commit, _spare(db, repo_id, path, now) if is_fresh(found.commit.time, now) else None, now
        )
    elif as_json or holders[0][1].id != found.commit.author.person_id:
        said = holders if as_json else [one for one in holders if one[1].id != found.commit.author.person_id][:OTHERS]
        told = _told(db, repo_id, path, said, now)
    words = _words(path, found, told, now, nobody, is_dir=is_dir) + (f"\nIn the repository {repo}.\n" if repo else "")
    sys.stdout.write(_json(path, found, told) if as_json else words)
    return 0


def _last(past: Past, path: str, *, is_dir: bool) -> Last | None:
    """The touch that counts; most often the newest one or, after some by bots, the fourth: the others are not read."""
    touches = past.of_directory if is_dir else past.of_file
    for few in FEW:
        newest = touches(path, few)
        if any(not why_skipped(one) for one in newest):
            break
    merged = next((one.is_merge for one in newest if not why_skipped(one)), True)
    return last_of(newest if not merged else touches(path, LOOK_BACK))


def _holders(db: SqliteDatabase, repo_id: int, path: str, now: int) -> list[Placed]:
    """Who holds a path, the one to ask first first."""
    found = first_holders(db, repo_id, path, now)
    if found is None:
        held = hold(db, repo_id, path, now)
        found = held.holders if held else []
    return found


def _told(db: SqliteDatabase, repo_id: int, path: str, holders: list[Placed], now: int) -> list[Knower]:
    """What these people know of a path, in words."""
    from knowledge.activation.standing import find_place
    from knowledge.insight import told

    place = find_place(db, repo_id, path) if holders else None
    return told(db, repo_id, place, holders, now) if place else []


def _spare(db: SqliteDatabase, repo_id: int, path: str, now: int) -> Knower | None:
    """Who else may be asked about a path that nobody holds."""
    from knowledge.insight import who_knows

    return who_knows(db, repo_id, path, now).backup


def stamp(config: str | None) -> str:
    """What identifies a config file: its path and when it was last written."""
    return f"{config}\n{written_ns(config)}" if config else "none"


def _home() -> str | None:
    """The home, if it was indexed under the very config that is in force now."""
    config, folder = None, getcwd()
    start = folder
    while config is None:
        candidate = f"{folder}/config.yaml"
        if is_file(candidate):
            with open(candidate, encoding="utf-8", errors="replace") as file:
                config = candidate if "Lamplighter" in file.readline() or _is_ours(candidate) else None
        parent = above(folder)
        if config or parent == folder or exists(f"{folder}/.git"):
            break
        folder = parent
    home = setting("LAMPLIGHTER_HOME") or f"{folder if config else start}/.lamplighter"
    try:
        with open(f"{home}/{STAMP}", encoding="utf-8") as file:
            return home if file.read() == stamp(config) else None
    except OSError:
        return None


def _is_ours(path: str) -> bool:
    from bot.ours import is_ours

    return is_ours(path)


def _place(db: SqliteDatabase, asked: str) -> tuple[int, str, bool, str] | None:
    """The one living file or directory that this path names, from where we stand or from the top of its repository.

    Third comes whether it is a directory, last the repository's name, where there are several; else "".
    """
    found = set()
    only_dirs = asked.endswith("/")
    asked = asked.rstrip("/")
    repos = db.read("SELECT id, location, head, name FROM repos")
    for repo_id, location, head, name in repos:
        inside = relative(join(getcwd(), asked), location)
        rows = db.read(
            "SELECT path, is_dir FROM nodes WHERE repo_id = :repo AND path IN (:asked, :inside) AND path <> ''"
            " AND alive = 1",
            repo=repo_id, asked=asked, inside=inside,
        )  # fmt: skip
        if head_of(location) not in {None, head}:
            return None
        here = name if len(repos) > 1 else ""
        found |= {(repo_id, path, bool(is_dir), here) for path, is_dir in rows if is_dir or not only_dirs}
    return found.pop() if len(found) == 1 else None


def _words(path: str, found: Last, told: list[Knower], now: int, nobody: str, *, is_dir: bool) -> str:
    commit = found.commit
    said = [sentence(found, code(path + "/" * is_dir), now)]
    if nobody:
        said.append(nobody)
    elif told:
        said += ["Who knows it now:", "\n".join(f"  * {k.person.name}: {k.why}" for k in told)]
    said.append(f"  - {commit.sha[:9]} · {day(commit.time)} · {titled(commit)}")
    return (
        "\n\n".join(text.replace("**", "").replace("`", "") for text in (*said, *notes(found, "" if is_dir else path)))
        + "\n"
    )


def _json(path: str, found: Last, holders: list[Knower]) -> str:
    import json
    from datetime import UTC, datetime

    commit = found.commit
    answer = {
        "path": path,
        "person": _hand(commit),
        "commit": commit.sha,
        "date": datetime.fromtimestamp(commit.time, UTC).isoformat(),
        "subject": commit.subject,
        "skipped": [{"commit": c.sha, "why": why, "person": _hand(c)} for c, why in found.skipped],
        "knows_now": [{"name": k.person.name, "email": k.person.email, "why": k.why} for k in holders],
    }
    return json.dumps(answer, ensure_ascii=False) + "\n"


def _hand(commit: PastCommit) -> dict[str, str]:
    return {"name": commit.author.name, "email": commit.author.email}
