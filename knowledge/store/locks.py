"""One writer of a kind at a time: on a machine by a lock file, between machines by a lock of the database server.

Both die with their holder: the operating system drops the one, the server the other when the connection ends.
A SQLite store has its lock file beside it; a home that shares a server's store takes its own lock file, then the
server's lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from knowledge.errors import Busy
from knowledge.store.database import Database, SqliteDatabase

LOOK_SECONDS = 0.2  # how often a waiting one looks whether the lock is free

Release = Callable[[], object]
Claim = Callable[[], Release | None]  # takes a lock and returns how to give it back, None when somebody else has it


@contextmanager
def held(
    home: Path,
    name: str,
    db: Database | None = None,
    *,
    wait_seconds: float = 0,
    on_wait: Callable[[], None] | None = None,
) -> Iterator[None]:
    """Hold the lock `name` of a home and of the store that it shares with others.

    Args:
        home: where the lock file lies, unless the store is a SQLite file.
        name: what is to be done, as the one who finds it taken reads it.
        db: the store.
        wait_seconds: how long to wait for somebody else to end; negative: for ever.
        on_wait: called once, before waiting.

    Raises:
        Busy: somebody else still has it after `wait_seconds`.
    """
    folder = Path(db.path).parent if isinstance(db, SqliteDatabase) else home
    claims: list[Claim] = [partial(_file, folder / f"{name}.lock")]
    if db is not None:
        claims.append(partial(db.claim, name))
    until = time.monotonic() + wait_seconds if wait_seconds >= 0 else float("inf")
    with ExitStack() as stack:
        for claim in claims:
            release = claim()
            if release is None and on_wait and wait_seconds:
                on_wait()
                on_wait = None
            while release is None:
                if time.monotonic() >= until:
                    raise Busy(f"another Lamplighter is busy with {name} here", "Wait for it to end, or stop it.")
                time.sleep(LOOK_SECONDS)
                release = claim()
            stack.callback(release)
        yield


def _file(path: Path) -> Release | None:
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return lock.release
