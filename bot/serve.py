"""`lamp serve`: the platforms that have tokens, the timetable, and a clean end on SIGTERM."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import time
from typing import TYPE_CHECKING, Any

from knowledge.errors import Mistake

if TYPE_CHECKING:
    from bot.planned import Runs
    from bot.wiring import House

log = logging.getLogger("lamplighter.serve")

HEALTH_FILE = "health.json"
HEALTH_SECONDS = 5
HEALTH_STALE_SECONDS = 90


async def serve(house: House, *, once: bool = False) -> int:
    """Serve until SIGTERM, SIGINT or the end of a platform; `once` indexes and returns. The exit code.

    Raises:
        Mistake: no platform has tokens and no report goes by mail, or a token is refused.
    """
    from bot.jobs import Sync, add_report, keep_wiki, speak_first, timetable
    from bot.planned import Runs

    ahead, _ = house.senses.index_command("areas")
    sync = Sync(*house.senses.index_command(), None if once else ahead)
    if once:
        return await sync.run()
    has_slack = bool(os.environ.get("SLACK_BOT_TOKEN"))
    if not has_slack:
        _need_no_slack(house)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # what ran every minute is told by health
    scheduler = timetable(sync, house.settings.index.sync_minutes)
    courier = house.courier()
    add_report(scheduler, courier.tick)
    keep_wiki(scheduler, house.wiki_tick)
    if has_slack:
        speak_first(scheduler, house.speaking(house.slack.sender()))
    runs = Runs(scheduler)
    scheduler.start()
    health = asyncio.create_task(_health(house, stop, runs, has_slack=has_slack))
    delivering = asyncio.create_task(courier.run(stop))
    try:
        await (house.slack.run(stop) if has_slack else stop.wait())
    finally:
        stop.set()
        await sync.end()
        scheduler.shutdown(wait=False)
        await asyncio.gather(health, delivering)
    return 0


def _need_no_slack(house: House) -> None:
    """Without tokens there must be something else to do: reports by mail."""
    said = house.settings.report
    if said.channel or not said.to:
        what = (
            f"report.channel is {said.channel}, but Slack has no tokens" if said.channel else "no platform has tokens"
        )
        cure = "Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN (docs/slack.md), or use `lamp chat`."
        raise Mistake(what, cure)
    log.info("no platform has tokens: only the index is kept fresh, and reports go by mail")


async def _health(house: House, stop: asyncio.Event, runs: Runs, *, has_slack: bool) -> None:
    """Write how things are every few seconds, for `lamp doctor --health` (the container's healthcheck).

    `slack` is null where this copy does not speak there.
    """
    path = house.home / HEALTH_FILE
    while not stop.is_set():
        slack = house.slack.healthy() if has_slack else None
        state = {"time": int(time.time()), "slack": slack, "pid": os.getpid(), "jobs": runs.state()}
        await asyncio.to_thread(path.write_text, json.dumps(state))
        try:
            await asyncio.wait_for(stop.wait(), HEALTH_SECONDS)
        except TimeoutError:
            continue
    await asyncio.to_thread(path.unlink, missing_ok=True)


def served(house: House) -> dict[str, Any] | None:
    """What a serving process wrote last about itself: time, slack, pid, jobs; None where there is none."""
    try:
        state = json.loads((house.home / HEALTH_FILE).read_text())
    except (FileNotFoundError, ValueError):
        return None
    return state if isinstance(state, dict) else None


def is_healthy(house: House, now: float) -> bool:
    """Whether a serving process wrote lately that its platforms are connected."""
    state = served(house)
    return bool(state and now - state["time"] < HEALTH_STALE_SECONDS and state["slack"] is not False)
