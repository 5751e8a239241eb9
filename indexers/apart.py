r"""Outlines by a process apart: a grammar is native code that may loop for ever, eat all memory, or die.

    "<<M\n$`"              holds the grammar of Perl for ever
    "<a {{b:>c:d(e f)"      that of TSX, and takes ever more memory

What happens to it there costs one outline, neither a run of the indexers nor a bot that holds a conversation.
"""

from __future__ import annotations

import pickle
import resource
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from indexers.symbols import NO_OUTLINE, Outline
from indexers.symbols import outline as outline_here

_SECONDS = 10.0  # of processor time for one source; 400 kB of ordinary code take less than one
_MEMORY = 2 << 30  # bytes
_IDLE_SECONDS = 60  # then it ends, and is started again when it is wanted


class Apart:
    """Asks a process of its own, started when it is first wanted. Safe to share between threads."""

    def __init__(self, seconds: float = _SECONDS, idle_seconds: int = _IDLE_SECONDS) -> None:
        """A source has `seconds` of processor time; the process ends after `idle_seconds` without one."""
        self._call = f"serve({seconds}, {idle_seconds})"
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def outline(self, language: str, source: bytes) -> Outline:
        """As `symbols.outline`; empty where the grammar died of `source` twice, or did not come to an end.

        Raises:
            Exception: what `symbols.outline` raised.
            RuntimeError: the process cannot start.
        """
        with self._lock:
            for _ in range(2):  # once more: it may have ended for want of work, or by somebody's kill
                try:
                    answer = self._asked(language, source)
                except (EOFError, BrokenPipeError):
                    code = self._end()
                    if code >= 0:
                        raise RuntimeError(f"the process that reads code stopped (exit {code})") from None
                    if code == -signal.SIGPROF:
                        break
                    continue
                except BaseException:  # of a question that is broken off, the answer must not be the next one's
                    self._end()
                    raise
                if isinstance(answer, Exception):
                    raise answer
                found: Outline = answer
                return found
        return NO_OUTLINE

    def _asked(self, language: str, source: bytes) -> Any:
        process = self._process = self._process or self._started()
        assert process.stdin is not None  # noqa: S101  (both are pipes)
        assert process.stdout is not None  # noqa: S101
        pickle.dump((language, source), process.stdin)
        process.stdin.flush()
        return pickle.load(process.stdout)  # noqa: S301  (of our own process)

    def _started(self) -> subprocess.Popen[bytes]:
        code = f"import sys; sys.path[:] = {sys.path!r}; from indexers.apart import serve; {self._call}"
        return subprocess.Popen(
            [sys.executable, "-P", "-S", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def _end(self) -> int:
        """Its exit code; killed where it still runs."""
        process, self._process = self._process, None
        if process is None:
            return 0
        for pipe in (process.stdin, process.stdout):
            with suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()
        try:
            return process.wait(1)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def serve(seconds: float, idle_seconds: int) -> None:
    """The other side: answers until nobody asks any more. Too long a silence or too long a source ends the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who asks
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY if most < 0 else min(_MEMORY, most), most))
    while True:
        signal.alarm(idle_seconds)
        try:
            language, source = pickle.load(sys.stdin.buffer)  # noqa: S301  (of the process that started us)
        except EOFError:
            return
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, seconds)  # its signal ends a process, native code or not
        answer: Outline | Exception
        try:
            answer = outline_here(language, source)
        except Exception as error:  # noqa: BLE001  (whoever asked raises it)
            answer = error
        signal.setitimer(signal.ITIMER_PROF, 0)
        pickle.dump(answer, sys.stdout.buffer)
        sys.stdout.buffer.flush()


outline = Apart().outline
