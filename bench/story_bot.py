"""The story's bot: the real `lamp serve` and `lamp …` in processes of their own, of which only the clock is moved."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from bench.local_slack import ENVIRONMENT
from bench.stage import ROOT
from bench.story_team import Place

CLOCKWORK = Path(__file__).parent / "moved_clock"  # its sitecustomize.py moves time.time of every Python below
UP_SECONDS = 90


class Clock:
    """The story's clock: seconds UTC, as far from the real one as the file says that the bot's processes read."""

    def __init__(self, file: Path, start: int) -> None:
        self.file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        self.ahead = 0
        self.to(start)

    def __call__(self) -> int:
        return int(time.time()) + self.ahead

    def to(self, moment: int) -> None:
        """Set it; the processes that run follow within a moment."""
        self.ahead = moment - int(time.time())
        part = self.file.with_suffix(".new")
        part.write_text(str(self.ahead))
        part.replace(self.file)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to live by it."""
        path = os.pathsep.join([str(ROOT), str(CLOCKWORK)])
        rest = {key: said for key, said in os.environ.items() if key != "LAMPLIGHTER_HOME"}
        return {**rest, **ENVIRONMENT, "PYTHONPATH": path, "DEMO_CLOCK": str(self.file)}


class Bot:
    """`lamp serve`, which can be stopped, killed and started again."""

    def __init__(self, place: Place, clock: Clock) -> None:
        self.place, self.clock = place, clock
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, and wait until Slack reaches it."""
        with (self.place.folder / "bot.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._lamp("serve"), env=self.clock.environment, cwd=self.place.folder, stdout=log, stderr=log
            )
        async with asyncio.timeout(UP_SECONDS):
            while not self._is_up():
                if self._process.returncode is not None:
                    raise RuntimeError(
                        f"the bot ended with {self._process.returncode}: see {self.place.folder}/bot.log"
                    )
                await asyncio.sleep(0.1)

    async def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        assert self._process is not None
        self._process.terminate()
        return await self._process.wait()

    async def kill(self) -> int:
        """SIGKILL, in the middle of whatever it does; returns its process id."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()
        return self._process.pid

    def lamp(self, *words: str) -> str:
        """What a command prints; its exit status is 0 or 2.

        Raises:
            RuntimeError: it is another.
        """
        done = subprocess.run(
            self._lamp(*words), env={**self.clock.environment, "COLUMNS": "100"}, cwd=self.place.folder,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode not in {0, 2}:
            raise RuntimeError(f"lamp {' '.join(words)}: {done.returncode} {done.stderr}")
        return done.stdout.rstrip()

    def _lamp(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "bot.cli", *words, "--config", str(self.place.config)]

    def _is_up(self) -> bool:
        assert self._process is not None
        try:
            state = json.loads((self.place.folder / "home" / "health.json").read_text())
        except (FileNotFoundError, ValueError):
            return False
        return bool(state["slack"]) and state["pid"] == self._process.pid
