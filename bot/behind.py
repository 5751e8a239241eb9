"""What reading is left, in a process of its own behind a conversation; killed with it, it goes on the next time."""

from __future__ import annotations

import os
import subprocess
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from bot.wiring import House

LOOK_SECONDS = 1.0
BAR_WIDTH = 20


class ReadingBehind:
    """Starts `lamp index` where something is unread, and tells how far the reading of meaning is."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._process: subprocess.Popen[bytes] | None = None
        self._line = ""
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        if self._house.has_unread():
            command, environment = self._house.senses.index_command()
            self._process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            os.setpriority(os.PRIO_PROCESS, self._process.pid, 10)  # the conversation comes first
            self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def line(self) -> str:
        """How far the reading is, empty when it is done."""
        return self._line

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            done, total = self._house.coverage()
            code = self._process.poll() if self._process is not None else 0
            if code:
                self._line = f"reading meaning stopped (exit {code}); `lamp index` tells why"
                return
            if code == 0:
                self._line = ""
                return
            filled = BAR_WIDTH * done // max(total, 1)
            bar = "█" * filled + "░" * (BAR_WIDTH - filled)
            self._line = f"reading meaning {bar} {done:,} of {total:,} passages; answers use words until then"
            if done >= total:
                self._line = "reading the meaning of commit messages; pages are done"
            if not self._house.has_read_code():
                self._line = "reading code; answers use history and docs until then"
