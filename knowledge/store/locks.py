"""One writer of a kind at a time in a home: a lock file that the operating system drops when its holder dies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.errors import Busy


@contextmanager
def held(
    home: Path, name: str, *, wait_seconds: float = 0, on_wait: Callable[[], None] | None = None
) -> Iterator[None]:
    """Hold the lock `name`; `on_wait` is called once when somebody else has it and we are going to wait.

    Raises:
        Busy: somebody else still has it after `wait_seconds` (negative: wait for ever).
    """
    from filelock import FileLock, Timeout

    home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if wait_seconds == 0:
            raise _busy(name) from None
        if on_wait:
            on_wait()
        try:
            lock.acquire(timeout=wait_seconds)
        except Timeout:
            raise _busy(name) from None
    try:
        yield
    finally:
        lock.release()


def _busy(name: str) -> Busy:
    return Busy(f"another Lamplighter is busy with {name} here", "Wait for it to end, or stop it.")
