"""A progress bar on stderr for whatever takes longer than a second; nothing when nobody watches."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_SECONDS = 0.8


class Bar:
    """Shows the present step once it has taken longer than a person's patience."""

    def __init__(self) -> None:
        self._shown: Progress | None = None
        self._task: TaskID | None = None
        self._what = ""
        self._total: int | None = None
        self._done = 0
        self._since = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown is not None:
            self._shown.stop()

    def start(self, what: str, total: int | None = None) -> None:
        """A step begins."""
        if self._shown is not None and self._task is not None:
            self._shown.remove_task(self._task)
            self._task = None
        self._what, self._total, self._done = what, total, 0
        self._show()

    def advance(self, count: int = 1) -> None:
        """So many more are done."""
        self._done += count
        self._show()

    def _show(self) -> None:
        if not sys.stderr.isatty() or time.monotonic() - self._since < PATIENCE_SECONDS:
            return
        if self._shown is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._shown = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._shown.start()
        if self._task is None:
            self._task = self._shown.add_task(self._what, total=self._total)
        self._shown.update(self._task, completed=self._done)
