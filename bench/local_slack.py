"""The real local Slack server (npm: local-slack-linux-x64), driven over its control interface, and a browser to look at it.

The server listens on every interface, so all of this runs in a network namespace of its own, which knows only itself.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from knowledge.errors import Mistake

PACKAGE, VERSION = "local-slack-linux-x64", "0.1.8"
PORT, DEBUG_PORT = 3000, 9222
BASE = f"http://localhost:{PORT}"
INSIDE = "LAMPLIGHTER_DEMO_INSIDE"

WORKSPACE: dict[str, Any] = {
    "workspace": {"name": "", "domain": "demo", "teamId": "T01TEAM"},
    "app": {
        "appId": "A01LAMP", "botUserId": "U0LAMP", "botName": "Lamplighter", "botToken": "xoxb-demo",
        "appToken": "xapp-demo", "signingSecret": "demo", "mode": "socket",
    },
    "users": [
        {"id": "U01ANA", "name": "ana", "real_name": "Ana Ruiz", "email": "ana@example.org"},
        {"id": "U02BOB", "name": "bob", "real_name": "Bob Stone", "email": "bob@example.org"},
    ],
    "channels": [
        {"id": "C01DEV", "name": "dev", "members": ["U01ANA", "U02BOB", "U0LAMP"]},
        {"id": "C02ASK", "name": "ask-lamplighter", "members": ["U01ANA", "U02BOB", "U0LAMP"]},
    ],
}  # fmt: skip
ENVIRONMENT = {"SLACK_BOT_TOKEN": "xoxb-demo", "SLACK_APP_TOKEN": "xapp-demo", "SLACK_API_URL": f"{BASE}/api/"}
BOT = "U0LAMP"


def binary(folder: Path) -> Path:
    """The server's program, installed into `folder` where it is not there yet."""
    found = folder / "node_modules" / PACKAGE / "bin" / "local-slack"
    if not found.exists():
        if shutil.which("npm") is None:
            raise Mistake("npm is not installed", "The local Slack server is an npm package: install Node.js.")
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--prefix", str(folder), f"{PACKAGE}@{VERSION}"], check=True)
    return found


def enter_namespace(module: str = "bench.slack_demo") -> None:
    """Start this program (`module`) again in a network namespace with nothing but a loopback; returns where it is inside."""
    if os.environ.get(INSIDE):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        raise Mistake("unshare or ip is not installed", "The demo needs util-linux and iproute2 (Linux only).")
    again = [sys.executable, "-m", module, *sys.argv[1:]]
    os.execvpe("unshare", ["unshare", "-rn", *again], {**os.environ, INSIDE: "1"})


class LocalSlack:
    """What people do in it, and what they see."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def say(self, who: str, channel: str, text: str, thread: str = "") -> str:
        """A person writes; returns the ts."""
        body = {"user": who, "channel": channel, "text": text, **({"thread_ts": thread} if thread else {})}
        return str((await self._post("message", body))["message"]["ts"])

    async def command(self, who: str, channel: str, text: str) -> None:
        """A person types `/lamp text`."""
        await self._post("command", {"user": who, "channel": channel, "command": "/lamp", "text": text})

    async def choose(self, who: str, message: dict[str, Any], action_id: str, value: str) -> str:
        """A person chooses from the menu whose action begins so; returns the words of what they chose."""
        menus = [e for b in message.get("blocks", ()) for e in b.get("elements", ()) if e["type"] == "static_select"]
        menu = next(one for one in menus if one["action_id"].startswith(action_id))
        option = next(one for one in menu["options"] if one["value"] == value)
        action = {"type": "static_select", "action_id": menu["action_id"], "selected_option": option}
        body = {"channel": message["channel"], "messageTs": message["ts"], "user": who, "action": action}
        await self._post("interact", body)
        return str(option["text"]["text"])

    async def submit(self, who: str, seconds: float = 10.0, **fields: str) -> dict[str, Any]:
        """A person fills in the form that is open, and sends it; returns the form."""
        async with asyncio.timeout(seconds), self._session.ws_connect(f"{BASE}/ui") as page:
            view: dict[str, Any] = {}
            async for frame in page:
                said = json.loads(frame.data)
                stack = (said.get("state") or {}).get("modalStack") if said["t"] == "init" else said.get("stack")
                if stack:
                    view = stack[-1]
                    break
            values = {
                block["block_id"]: {block["element"]["action_id"]: {"type": "plain_text_input", "value": text}}
                for block in view["blocks"]
                if block["type"] == "input" and (text := fields.get(block["block_id"]))
            }
            await page.send_json({"t": "view_submit", "user": who, "values": values})
            async for frame in page:
                if json.loads(frame.data)["t"] in ("view", "view_errors"):
                    return view
        raise RuntimeError("the server closed the page")

    async def click(self, who: str, message: dict[str, Any], action_id: str) -> str:
        """A person presses the first button whose action begins so; returns its words."""
        buttons = [
            (b, e) for b in message.get("blocks", ()) for e in b.get("elements", ()) if e.get("type") == "button"
        ]
        block, button = next((b, e) for b, e in buttons if e["action_id"].startswith(action_id))
        action = {**button, "block_id": block.get("block_id", "")}
        body = {"channel": message["channel"], "messageTs": message["ts"], "user": who, "action": action}
        await self._post("interact", body)
        return str(button["text"]["text"])

    async def messages(self, channel: str) -> list[dict[str, Any]]:
        """Everything in a channel, oldest first."""
        async with self._session.get(f"{BASE}/_control/messages/{channel}") as got:
            return list((await got.json())["messages"])

    async def answer(self, channel: str, known: int, seconds: float = 60.0) -> dict[str, Any]:
        """The first message of the bot's after the `known` first ones."""
        async with asyncio.timeout(seconds):
            while True:
                new = [m for m in (await self.messages(channel))[known:] if m.get("bot_id")]
                if new:
                    return new[0]
                await asyncio.sleep(0.05)

    async def direct_channel(self, who: str) -> str:
        """The conversation of a person with the bot."""
        url, headers = f"{BASE}/api/conversations.open", {"Authorization": "Bearer xoxb-demo"}
        async with self._session.post(url, json={"users": who}, headers=headers) as got:
            return str((await got.json())["channel"]["id"])

    async def _post(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._session.post(f"{BASE}/_control/{what}", json=body) as got:
            answer: dict[str, Any] = await got.json()
            if not answer.get("ok"):
                raise RuntimeError(f"{what}: {answer}")
            return answer


@asynccontextmanager
async def serving(
    program: Path, folder: Path, team: str, users: Sequence[Mapping[str, str]] = ()
) -> AsyncIterator[LocalSlack]:
    """The server, up for the time of the block; `users` in place of Ana and Bob."""
    config = folder / "workspace.yaml"
    workspace = {**WORKSPACE, "workspace": {**WORKSPACE["workspace"], "name": team}}
    if users:
        everybody = [*(one["id"] for one in users), BOT]
        channels = [{**one, "members": everybody} for one in WORKSPACE["channels"]]
        workspace |= {"users": [dict(one) for one in users], "channels": channels}
    config.write_text(yaml.safe_dump(workspace), "utf-8")
    with (folder / "server.log").open("w") as log:
        server = await asyncio.create_subprocess_exec(
            str(program), "--config", str(config), "--port", str(PORT), stdout=log, stderr=log
        )
    try:
        async with aiohttp.ClientSession() as session:
            await _until_up(session, f"{BASE}/_control/state")
            yield LocalSlack(session)
    finally:
        server.terminate()
        await server.wait()


async def screenshot(
    url: str, picture: Path, profile: Path, *, thread_width: int, width: int = 1500, height: int = 1250
) -> None:
    """The page as a browser shows it, with the thread pane drawn wide."""
    browser = shutil.which("chromium")
    if browser is None:
        raise Mistake("chromium is not installed", "Install it for the screenshot, or leave it with --no-picture.")
    options = [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--hide-scrollbars", "--force-device-scale-factor=1", f"--remote-debugging-port={DEBUG_PORT}",
        f"--window-size={width},{height}", f"--user-data-dir={profile}",
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        browser, *options, "about:blank", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        async with aiohttp.ClientSession() as session:
            await _until_up(session, f"http://localhost:{DEBUG_PORT}/json/version")
            async with session.get(f"http://localhost:{DEBUG_PORT}/json/list") as got:
                page = next(target for target in await got.json() if target["type"] == "page")
            async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as tab:
                size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
                await _tell(tab, "Emulation.setDeviceMetricsOverride", size)
                await _tell(tab, "Page.navigate", {"url": url})
                await asyncio.sleep(3)
                await _drag(tab, width - 380, width - thread_width)
                await asyncio.sleep(3)  # the highlight of a linked message fades
                await _tell(tab, "Runtime.evaluate", {"expression": _TO_TOP})
                shot = await _tell(tab, "Page.captureScreenshot", {"format": "png"})
        picture.write_bytes(  # noqa: ASYNC240
            base64.b64decode(shot["data"])
        )
    finally:
        process.terminate()
        await process.wait()


_TO_TOP = "document.querySelector('.thread-body')?.scrollTo({top: 0}); document.activeElement?.blur()"


async def _drag(tab: aiohttp.ClientWebSocketResponse, start: int, end: int) -> None:
    where = {"y": 600, "button": "left", "clickCount": 1}
    for kind, x in (("mousePressed", start), ("mouseMoved", end), ("mouseReleased", end), ("mouseMoved", 10)):
        await _tell(tab, "Input.dispatchMouseEvent", {**where, "type": kind, "x": x, "buttons": 1})


async def _tell(tab: aiohttp.ClientWebSocketResponse, method: str, params: dict[str, Any]) -> dict[str, Any]:
    await tab.send_json({"id": 1, "method": method, "params": params})
    while True:
        answer = json.loads(await tab.receive_str())
        if answer.get("id") == 1:
            return dict(answer.get("result") or {})


async def _until_up(session: aiohttp.ClientSession, url: str) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                async with session.get(url) as got:
                    if got.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.1)
