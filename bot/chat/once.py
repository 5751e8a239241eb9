"""Exactly one reply to everything, on any platform: take a receipt, think, send, close; and find what a dead copy left.

    heard ─take─▶ ours ─think─▶ a reply ─posting─▶ send ─close─▶ done
                                                     └─ killed here: the next holder looks for the reply before sending

The platform tells how to think, send and find (`Platform`); this room knows no platform. A reply carries its receipt's
`mark`, by which it is found again; should a copy that was thought dead speak late, the older of two replies stays.
Where a sent reply cannot be found (private ones), it is not sent a second time: at most once there, exactly once
everywhere else. Copies share receipts through the store; their clocks must agree to within a few seconds.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import socket
import time
import uuid
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from bot.message import Message, Text
from knowledge.errors import Mistake, fault_id
from knowledge.store.receipts import Closed, Key, Receipt, Receipts

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3  # copies that may die or fail over one message before it is answered with a sentence
KEEP_SECONDS = 90 * 86_400  # how long a thread stays ours, and a key is known
THINK_SECONDS = 120.0

T = TypeVar("T")


class Unreachable(Exception):  # noqa: N818  (a state of the platform, not of our code)
    """The platform could not be reached for long; the receipt stays open and is tried again later."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What to send, and what the receipt becomes by it. `private`: for the asker's eyes only."""

    message: Message
    private: bool = False
    state: Closed = "replied"


class Platform(Protocol):
    """What a platform must be able to do for its messages to be answered exactly once."""

    name: str

    async def think(self, receipt: Receipt) -> Reply | None:
        """The reply; None for a message that is refused without a word."""
        ...

    async def send(self, receipt: Receipt, reply: Reply) -> str:
        """Send it, with `mark(receipt.key)` on it; returns its id. Raises `Unreachable` when it may be tried later."""
        ...

    async def find(self, receipt: Receipt) -> str | None:
        """The id of the reply that bears the mark, "" when there certainly is none, None when nobody can know."""
        ...

    async def settle(self, receipt: Receipt, reply_id: str) -> str:
        """Of several replies that bear the mark the oldest stays: take ours back if it is not that. Returns its id."""
        ...


def mark(key: Key) -> str:
    """The name that a reply bears, the same for every copy: 29 characters."""
    return "lamp-" + hashlib.sha256("\0".join(key).encode()).hexdigest()[:24]


def new_holder() -> str:
    """A name that no other copy has, past or present; readable in the store."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def fault(error: BaseException, doing: str) -> Message:
    """The sentence with an id that stands for a failure; the failure itself goes to the log under that id."""
    if isinstance(error, Mistake):
        return Message((Text(str(error)),))
    number = fault_id()
    log.error("fault %s while %s", number, doing, exc_info=error)
    return Message((Text(f"Something broke while I was {doing} (id `{number}`). It is logged; please ask me again."),))


class Once:
    """Answers receipts for one platform; one per copy of the bot."""

    def __init__(self, platform: Platform, receipts: Receipts, clock: Callable[[], float] = time.time) -> None:
        self.platform = platform
        self.receipts = receipts
        self.clock = clock
        self._busy: set[asyncio.Task[None]] = set()
        self._confessed: set[Key] = set()
        self._closed = False
        self._threads: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        # Leases must be renewed while every thread of the default pool is thinking, hence a pool of our own.
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="receipts")

    async def store(self, work: Callable[..., T], *args: Any) -> T:
        """Run a call to the receipts' store beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *args)

    async def take(self, receipt: Receipt) -> bool:
        """Whether the message is ours to answer."""
        return await self.store(self.receipts.take, receipt, self._now())

    def answer(self, receipt: Receipt) -> asyncio.Task[None]:
        """Answer a receipt that is ours, in the background; never raises."""
        task = asyncio.create_task(self._answer(receipt))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)
        return task

    async def confess(self, receipt: Receipt, error: Exception) -> None:
        """Say that it cannot be answered because the store fails: the platform itself is asked for what was said."""
        if receipt.key in self._confessed or self._closed:
            return  # while closing nothing is acknowledged any more: another copy will hear it
        self._confessed.add(receipt.key)
        said = fault(error, "noting your message down")
        if await self.platform.find(receipt) == "":
            await self.platform.send(receipt, Reply(said, state="failed"))

    async def look_after(self, stop: asyncio.Event, every_seconds: float) -> None:
        """Until `stop`: take over what dead copies left, and forget what is long closed."""
        forget_at = 0.0
        while not stop.is_set():
            try:
                for receipt in await self.store(self.receipts.take_over, self.platform.name, self._now()):
                    log.info("taking over %s (attempt %d)", receipt.key, receipt.attempts)
                    self.answer(receipt)
                if self.clock() >= forget_at:
                    await self.store(self.receipts.forget, self._now() - KEEP_SECONDS)
                    forget_at = self.clock() + 86_400
            except Exception:  # the store may be busy or away for a while; the next round tries again
                log.exception("looking after unfinished messages failed")
            await wait(stop, every_seconds)

    async def close(self, grace_seconds: float = 10.0) -> None:
        """Finish what is being answered; after the grace it is left to the next copy."""
        self._closed = True
        if self._busy:
            await asyncio.wait(set(self._busy), timeout=grace_seconds)
        left = list(self._busy)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._quietly(self.receipts.release)
        self._pool.shutdown(wait=False)

    def _now(self) -> int:
        return int(self.clock())

    async def _answer(self, receipt: Receipt) -> None:
        lock = self._threads.setdefault(f"{receipt.key.channel}/{receipt.thread}", asyncio.Lock())
        heart = asyncio.create_task(self._renew(receipt.key))
        try:
            async with lock:  # one thing after the other within a thread, as people read it
                await self._answer_in_turn(receipt)
        except Unreachable as error:
            log.warning("%s cannot be answered now (%s); it will be tried again", receipt.key, error)
            await self._quietly(self.receipts.give_back, receipt.key)
        except Exception as error:  # noqa: BLE001  (nothing can be said: the store knows it and the log says why)
            fault(error, f"answering {receipt.key}")
            await self._quietly(self.receipts.close, receipt.key, "failed", self._now())
        finally:
            heart.cancel()

    async def _answer_in_turn(self, receipt: Receipt) -> None:
        key = receipt.key
        if receipt.resumed:
            found = await self.platform.find(receipt)
            if found or (found is None and receipt.was_posting):
                await self.store(self.receipts.close, key, "replied", self._now(), found or "unknown")
                return
        reply = await self._think(receipt)
        if reply is None:
            await self.store(self.receipts.close, key, "refused", self._now())
            return
        if not await self.store(self.receipts.posting, key, self._now()):
            return  # another copy is at it
        reply_id = await self.platform.send(receipt, reply)
        if receipt.resumed:  # the one before us may not be dead, only late
            reply_id = await self.platform.settle(receipt, reply_id)
        if not await self.store(self.receipts.close, key, reply.state, self._now(), reply_id):
            await self.platform.settle(receipt, reply_id)  # we were late ourselves

    async def _think(self, receipt: Receipt) -> Reply | None:
        if receipt.attempts > MAX_ATTEMPTS:
            error = RuntimeError(f"{receipt.attempts - 1} attempts at {receipt.key} ended without a reply")
            return Reply(fault(error, "answering this"), state="failed")
        try:
            return await asyncio.wait_for(self.platform.think(receipt), THINK_SECONDS)
        except Unreachable:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, the asker hears a sentence)
            return Reply(fault(error, "answering this"), state="replied" if isinstance(error, Mistake) else "failed")

    async def _quietly(self, work: Callable[..., object], *args: Any) -> None:
        try:
            await self.store(work, *args)
        except Exception:  # the receipt stays open, and is taken over when its lease has run out
            log.exception("the store did not take %s", work.__name__)

    async def _renew(self, key: Key) -> None:
        while True:
            await asyncio.sleep(self.receipts.lease_seconds / 3)
            try:
                if not await self.store(self.receipts.renew, key, self._now()):
                    return
            except Exception:  # a busy store; there are two more tries within the lease
                log.exception("could not renew %s", key)


async def wait(stop: asyncio.Event, seconds: float) -> None:
    """Sleep, but not longer than until `stop`."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
