"""The real local Slack server (npm: local-slack-linux-x64), driven over its control interface.

The server listens on every interface, so all of this runs in a network namespace of its own, which knows only itself.
"""

from __future__ import annotations

import asyncio
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
PORT = 3000
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

    async def form(self, number: str, seconds: float = 20.0) -> dict[str, Any]:
        """The form of this id, once it is open and can be sent in."""
        async with asyncio.timeout(seconds), self._session.ws_connect(f"{BASE}/ui") as page:
            async for frame in page:
                stack = _stack(json.loads(frame.data))
                if stack and stack[-1]["callback_id"].startswith(number) and "submit" in stack[-1]:
                    return dict(stack[-1])
        raise RuntimeError("the server closed the page")

    async def submit(
        self, who: str, view: Mapping[str, Any], fields: Mapping[str, str], seconds: float = 30.0
    ) -> dict[str, str]:
        """A person fills in a form and sends it; returns what is wrong with it by field, nothing where it was taken."""
        values: dict[str, Any] = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                said = _filled(block["element"], fields.get(block["block_id"]))
                values[block["block_id"]] = {block["element"]["action_id"]: said}
        async with asyncio.timeout(seconds), self._session.ws_connect(f"{BASE}/ui") as page:
            await page.send_json({"t": "view_submit", "user": who, "values": values})
            async for frame in page:
                told = json.loads(frame.data)
                if told["t"] == "view_errors":
                    return dict(told["errors"])
                if told["t"] == "view":
                    return {}
        raise RuntimeError("the server closed the page")

    async def close_form(self, who: str) -> None:
        """A person closes the form that is open."""
        async with self._session.ws_connect(f"{BASE}/ui") as page:
            await page.send_json({"t": "view_close", "user": who})
            await asyncio.sleep(0.2)

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


def _stack(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The open forms, as the page hears of them."""
    return list(((said.get("state") or {}).get("modalStack") if said["t"] == "init" else said.get("stack")) or ())


def _filled(element: Mapping[str, Any], said: str | None) -> dict[str, Any]:
    """A field as a browser sends it: what somebody wrote or chose, else what stood there."""
    if element["type"] == "static_select":
        chosen = next((one for one in element["options"] if one["value"] == said), element.get("initial_option"))
        return {"type": "static_select", "selected_option": chosen}
    if element["type"] == "datepicker":
        return {"type": "datepicker", "selected_date": said or element.get("initial_date")}
    return {"type": "plain_text_input", "value": element.get("initial_value") if said is None else said}


@asynccontextmanager
async def serving(
    program: Path, folder: Path, team: str, users: Sequence[Mapping[str, str]] = (), channels: Sequence[str] = ()
) -> AsyncIterator[LocalSlack]:
    """The server, up for the time of the block; `users` in place of Ana and Bob, with more `channels`."""
    config = folder / "workspace.yaml"
    workspace = {**WORKSPACE, "workspace": {**WORKSPACE["workspace"], "name": team}}
    if users:
        everybody = [*(one["id"] for one in users), BOT]
        rooms = [{**one, "members": everybody} for one in WORKSPACE["channels"]]
        rooms += [{"id": f"C{at:02}NEW", "name": name, "members": everybody} for at, name in enumerate(channels, 3)]
        workspace |= {"users": [dict(one) for one in users], "channels": rooms}
    config.write_text(yaml.safe_dump(workspace), "utf-8")
    with (folder / "server.log").open("w") as log:
        server = await asyncio.create_subprocess_exec(
            str(program), "--config", str(config), "--port", str(PORT), stdout=log, stderr=log
        )
    try:
        async with aiohttp.ClientSession() as session:
            await until_up(session, f"{BASE}/_control/state")
            yield LocalSlack(session)
    finally:
        server.terminate()
        await server.wait()


async def until_up(session: aiohttp.ClientSession, url: str) -> None:
    """Wait until something answers there."""
    async with asyncio.timeout(30):
        while True:
            try:
                async with session.get(url) as got:
                    if got.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.1)
