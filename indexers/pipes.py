"""The pipes through which git talks to us."""

from __future__ import annotations

import threading
from contextlib import suppress
from io import BufferedReader
from typing import IO

PIPE_BYTES = 1 << 20


def widen(pipe: BufferedReader) -> None:
    """A roomier pipe, so that git and we take turns less often; where the system has none, it works as well."""
    with suppress(AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


class Listener:
    """Reads what git says on stderr in a thread, so that a talkative git never blocks; keeps the end of it."""

    def __init__(self, pipe: IO[bytes]) -> None:
        """Listens from now on."""
        self._pipe = pipe
        self._kept = b""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while chunk := self._pipe.read1(65536):  # type: ignore[attr-defined]
            self._kept = (self._kept + chunk)[-65536:]

    def text(self) -> str:
        """What it said; waits for the end of it."""
        self._thread.join()
        self._pipe.close()
        return self._kept.decode(errors="replace")
