"""Pictures of the local Slack's page, taken with a headless chromium over its debugging port."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from bench.local_slack import BASE, until_up
from knowledge.errors import Mistake

DEBUG_PORT = 9222
SETTLED_SECONDS = 3.0  # the page has loaded, and the highlight of a linked message has faded
MARGIN = 12  # pixels around a crop
COLOURS = 64  # of a picture: enough for text on few grounds, at a quarter of the size

# The server's clock is the real one, a demo's may be another: times are left out of cropped pictures.
_BARE = """
    document.head.insertAdjacentHTML('beforeend', `<style>.topbar, .sidebar, .composer, .channel-header,
      .msg-time, .thread-summary-time, .msg-edited, .status { display: none !important }</style>`);
    document.activeElement?.blur();
"""
_ONLY = """
    (shown => document.querySelectorAll('.msg').forEach(one =>
      { if (!shown.includes(one.dataset.ts)) one.style.display = 'none' }))(%s);
    document.querySelector('.messages')?.scrollTo({top: 0});
"""
_BOX = """
    (() => { const boxes = [...document.querySelectorAll(%s)].map(one => one.getBoundingClientRect())
                 .filter(box => box.height);
      return JSON.stringify([Math.min(...boxes.map(b => b.left)), Math.min(...boxes.map(b => b.top)),
                             Math.max(...boxes.map(b => b.right)), Math.max(...boxes.map(b => b.bottom))]) })()
"""
_TO_TOP = "document.querySelector('.thread-body')?.scrollTo({top: 0}); document.activeElement?.blur()"


class Tab:
    """One page of a browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def tell(self, method: str, **params: Any) -> dict[str, Any]:
        """A command of the debugging protocol."""
        await self._socket.send_json({"id": 1, "method": method, "params": params})
        while True:
            answer = json.loads(await self._socket.receive_str())
            if answer.get("id") == 1:
                return dict(answer.get("result") or {})

    async def run(self, script: str) -> Any:
        """What a script in the page comes to."""
        return (await self.tell("Runtime.evaluate", expression=script)).get("result", {}).get("value")

    async def go(self, url: str, width: int, height: int) -> None:
        """Open a page in a window of this size, and wait until it stands."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self.tell("Emulation.setDeviceMetricsOverride", **size)
        await self.tell("Page.navigate", url=url)
        await asyncio.sleep(SETTLED_SECONDS)

    async def drag(self, start: int, end: int) -> None:
        """Pull at an edge, from one x to another."""
        where = {"y": 600, "button": "left", "clickCount": 1}
        for kind, x in (("mousePressed", start), ("mouseMoved", end), ("mouseReleased", end), ("mouseMoved", 10)):
            await self.tell("Input.dispatchMouseEvent", **where, type=kind, x=x, buttons=1)

    async def save(self, picture: Path, clip: str = "") -> None:
        """A picture of the page, or of what a selector finds."""
        options: dict[str, Any] = {"format": "png"}
        if clip:
            left, top, right, bottom = json.loads(await self.run(_BOX % json.dumps(clip)))
            box = {"x": max(0, left - MARGIN), "y": max(0, top - MARGIN)}
            box |= {"width": right - box["x"] + MARGIN, "height": bottom - box["y"] + MARGIN, "scale": 1}
            options["clip"] = box
        shot = await self.tell("Page.captureScreenshot", **options)
        whole = Image.open(BytesIO(base64.b64decode(shot["data"]))).convert("RGB")
        whole.quantize(COLOURS, dither=Image.Dither.NONE).save(picture, optimize=True)


@asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Tab]:
    """A browser with one page, for the time of the block."""
    program = shutil.which("chromium")
    if program is None:
        raise Mistake("chromium is not installed", "Install it for the screenshot, or leave it with --no-picture.")
    options = [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--hide-scrollbars", "--force-device-scale-factor=1", f"--remote-debugging-port={DEBUG_PORT}",
        f"--user-data-dir={profile}",
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        program, *options, "about:blank", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with aiohttp.ClientSession() as session:
            await until_up(session, f"http://localhost:{DEBUG_PORT}/json/version")
            async with session.get(f"http://localhost:{DEBUG_PORT}/json/list") as got:
                page = next(target for target in await got.json() if target["type"] == "page")
            async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                yield Tab(socket)
    finally:
        process.terminate()
        await process.wait()


async def picture_of_thread(url: str, picture: Path, profile: Path, *, thread_width: int, height: int = 1250) -> None:
    """The whole page with its thread pane drawn wide."""
    width = 1500
    async with browser(profile) as tab:
        await tab.go(url, width, height)
        await tab.drag(width - 380, width - thread_width)
        await asyncio.sleep(SETTLED_SECONDS)
        await tab.run(_TO_TOP)
        await tab.save(picture)


async def picture_of_messages(room: str, shown: Sequence[str], picture: Path, profile: Path, width: int = 760) -> None:
    """Some messages of a conversation (their ts), and nothing around them."""
    async with browser(profile) as tab:
        await tab.go(f"{BASE}/archives/{room}", width, 2400)
        await tab.run(_BARE + _ONLY % json.dumps(list(shown)))
        await asyncio.sleep(0.5)
        await tab.save(picture, ".msg")


async def picture_of_form(picture: Path, profile: Path, width: int = 760) -> None:
    """The form that is open."""
    async with browser(profile) as tab:
        await tab.go(BASE, width, 1400)
        await tab.run("document.querySelector('.modal-body').style.maxHeight = 'none'")
        await tab.save(picture, ".modal")
