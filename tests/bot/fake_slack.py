"""A small Slack on a local port: Web API, Socket Mode, signed HTTP deliveries, response URLs; with the real limits of
blocks, and with faults to inject.

    async with FakeSlack() as slack:
        ts = await slack.say("U1ANA", "C1DEV", "<@U0BOT> who knows app.py?")
        reply = await slack.reply_to(ts)
        slack.fail("chat.postMessage", Fault("lost"))   # carried out, but the answer never arrives
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
from aiohttp import WSMsgType, web

from tests.bot.fake_slack_forms import Forms, fits_menu

TEAM, BOT, BOT_ID = "T1TEAM", "U0BOT", "B0BOT"
BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-test", "xapp-test", "signing-secret"


@dataclass
class Fault:
    """What goes wrong at a call: "429", "500", "gone" (404), "lost", "slow", or an error code of Slack's."""

    kind: str
    seconds: float = 0.0  # Retry-After of "429"; how long "slow" takes
    times: int = 1
    before: bool = False  # "lost" and "slow": the call is not carried out


def user(number: str, name: str, **kw: Any) -> dict[str, Any]:
    profile = {"real_name": name, "email": kw.pop("email", f"{name.split(maxsplit=1)[0].lower()}@example.org")}
    return {
        "id": number,
        "team_id": TEAM,
        "name": name.lower(),
        "real_name": name,
        "profile": profile,
        "is_bot": False,
        **kw,
    }


@dataclass
class FakeSlack(Forms):
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)  # everything that is in a channel
    ephemeral: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    acks: dict[str, float] = field(default_factory=dict)  # envelope → seconds until it was acknowledged
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)  # by file id
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    rooms: dict[str, frozenset[str]] = field(default_factory=dict)
    triggers: dict[str, float] = field(default_factory=dict)
    dnd: dict[str, tuple[int, int]] = field(default_factory=dict)  # planned quiet hours: from, until (seconds UTC)
    snoozes: dict[str, int] = field(default_factory=dict)  # until when; only dnd.info tells it
    unknown_methods: set[str] = field(default_factory=set)
    to_all: bool = False  # deliver to every connection, as if two copies were not one app
    deliver_to: str = ""  # URL of an HTTP-mode app

    async def __aenter__(self) -> Self:
        for someone in (
            user("U1ANA", "Ana Ruiz"),
            user("U2BOB", "Bob Stone"),
            user("U3GUEST", "Gil Guest", is_restricted=True),
            user("U4STRANGER", "Sam Stranger", team_id="T9OTHER", is_stranger=True),
            user("U5ROBOT", "Robot", is_bot=True),
            user(BOT, "Lamplighter", is_bot=True),
        ):
            self.users[someone["id"]] = someone
        self._seq = itertools.count(1)
        self._sockets: list[web.WebSocketResponse] = []
        self._tickets: set[str] = set()
        self._sent: dict[str, tuple[float, asyncio.Future[Any]]] = {}
        self._hooks: dict[str, dict[str, Any]] = {}
        self._changed = asyncio.Condition()
        app = web.Application(client_max_size=10**8)
        app.add_routes(
            [
                web.route("*", "/api/{method}", self._api),
                web.get("/socket/{ticket}", self._socket),
                web.post("/hook/{id}", self._hook),
                web.post("/upload/{id}", self._upload),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.api_url = f"{self.base}/api/"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect(polite=False)
        await self._runner.cleanup()

    def environment(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": self.api_url,
        }

    # -- what a person does -------------------------------------------------------------------------------------------

    async def say(self, who: str, channel: str, text: str, thread: str = "", **extra: Any) -> str:
        """A person writes; the events go out as Slack sends them. Returns the ts."""
        message = {"type": "message", "user": who, "text": text, "ts": self.ts(), "channel": channel, **extra}
        if thread:
            message["thread_ts"] = thread
        self.messages.append(message)
        await self.announce(message)
        return str(message["ts"])

    async def announce(self, message: dict[str, Any], retry: int = 0) -> None:
        """Deliver the events of a message: `message`, and `app_mention` beside it."""
        kind = "im" if message["channel"].startswith("D") else "channel"
        await self.event({**message, "channel_type": kind, "event_ts": message["ts"]}, retry)
        if f"<@{BOT}>" in message["text"] and kind != "im":
            await self.event({**message, "type": "app_mention", "event_ts": message["ts"]}, retry)

    async def edit(self, ts: str, text: str) -> None:
        before = self.message(ts)
        after = {**before, "text": text, "edited": {"user": before["user"], "ts": self.ts()}}
        event = {"type": "message", "subtype": "message_changed", "channel": before["channel"], "ts": self.ts()}
        await self.event({**event, "message": after, "previous_message": before})
        if f"<@{BOT}>" in text and f"<@{BOT}>" not in before["text"]:
            await self.event({**after, "type": "app_mention"})
        before["text"] = text

    async def command(self, who: str, channel: str, text: str, trigger: str = "") -> str:
        """`/lamp text`; returns the trigger id."""
        trigger = trigger or self.trigger()
        payload = {
            "command": "/lamp", "text": text, "user_id": who, "channel_id": channel, "team_id": TEAM,
            "trigger_id": trigger, "response_url": self.hook(channel, who), "api_app_id": "A1",
        }  # fmt: skip
        await self.deliver("slash_commands", payload)
        return trigger

    # -- what the bot said --------------------------------------------------------------------------------------------

    def replies(self, thread: str) -> list[dict[str, Any]]:
        return [m for m in self.messages if m.get("thread_ts") == thread and m.get("bot_id") == BOT_ID]

    async def reply_to(self, thread: str, count: int = 1, seconds: float = 8.0) -> dict[str, Any]:
        """The bot's `count`-th message in that thread, waited for."""
        await self.until(lambda: len(self.replies(thread)) >= count, seconds, f"reply {count} in {thread}")
        return self.replies(thread)[count - 1]

    async def whisper(self, count: int = 1, seconds: float = 8.0) -> dict[str, Any]:
        await self.until(lambda: len(self.ephemeral) >= count, seconds, f"ephemeral message {count}")
        return self.ephemeral[count - 1]

    async def until(self, true: Any, seconds: float = 8.0, what: str = "") -> None:
        async def wait() -> None:
            async with self._changed:
                await self._changed.wait_for(true)

        try:
            await asyncio.wait_for(wait(), seconds)
        except TimeoutError:
            raise AssertionError(
                f"waited {seconds} s for {what or true}; said so far: {texts(self.messages)}"
            ) from None

    async def quiet(self, seconds: float = 0.4) -> None:
        """Let pass what would come if something else came."""
        await asyncio.sleep(seconds)

    def message(self, ts: str) -> dict[str, Any]:
        return next(m for m in self.messages if m["ts"] == ts)

    def called(self, method: str) -> list[dict[str, Any]]:
        return [args for name, args in self.calls if name == method]

    # -- delivery -----------------------------------------------------------------------------------------------------

    def fail(self, method: str, fault: Fault) -> None:
        self.faults.setdefault(method, []).append(fault)

    async def event(self, event: dict[str, Any], retry: int = 0) -> None:
        body = {
            "type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event": event,
            "event_id": f"Ev{next(self._seq)}", "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }  # fmt: skip
        await self.deliver("events_api", body, retry)

    async def deliver(self, kind: str, payload: dict[str, Any], retry: int = 0) -> list[Any]:
        """Send to the newest connection (or all, or by HTTP); returns what was acknowledged with."""
        if self.deliver_to:
            return [await self._deliver_http(kind, payload, retry)]
        await self.until(lambda: self._sockets, what="a socket")
        waiting = []
        for socket in self._sockets if self.to_all else self._sockets[-1:]:
            envelope = {"envelope_id": f"env{next(self._seq)}", "type": kind, "payload": payload}
            if retry:
                envelope |= {"retry_attempt": retry, "retry_reason": "timeout"}
            acked: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            self._sent[envelope["envelope_id"]] = (time.monotonic(), acked)
            await socket.send_json(envelope)
            waiting.append(acked)
        return waiting

    async def _deliver_http(self, kind: str, payload: dict[str, Any], retry: int) -> int:
        if kind == "events_api":
            body, content_type = json.dumps(payload), "application/json"
        else:
            form = aiohttp.FormData({"payload": json.dumps(payload)} if kind == "interactive" else payload)
            body, content_type = form()._value.decode(), "application/x-www-form-urlencoded"
        status, _ = await self.post_signed(body, content_type, retry=retry)
        return status

    async def post_signed(self, body: str, content_type: str, *, secret: str = SECRET, age: int = 0, retry: int = 0):
        stamp = str(int(time.time()) - age)
        signature = "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, "Content-Type": content_type}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        began = time.monotonic()
        async with aiohttp.ClientSession() as session, session.post(self.deliver_to, data=body, headers=headers) as got:
            text = await got.text()
            self.acks[f"http{next(self._seq)}"] = time.monotonic() - began
            return got.status, text

    async def disconnect(self, *, polite: bool = True, forget_tickets: bool = False) -> None:
        """End every connection: with Slack's `disconnect` message, or just cut."""
        sockets, self._sockets = self._sockets, []
        if forget_tickets:
            self._tickets.clear()
        for socket in sockets:
            if polite:
                await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})
            else:
                await socket.close()

    @property
    def connections(self) -> int:
        return len(self._sockets)

    def ts(self) -> str:
        return f"{int(time.time())}.{next(self._seq):06d}"

    def hook(self, channel: str, who: str, ts: str = "") -> str:
        name = f"h{next(self._seq)}"
        self._hooks[name] = {"channel": channel, "user": who, "left": 5, "ts": ts}
        return f"{self.base}/hook/{name}"

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["ticket"] not in self._tickets:
            return web.Response(status=404)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._sockets.append(socket)
        await self._notify()
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                answer = json.loads(frame.data)
                began, acked = self._sent.pop(answer["envelope_id"])
                self.acks[answer["envelope_id"]] = time.monotonic() - began
                acked.set_result(answer.get("payload"))
                await self._notify()
        if socket in self._sockets:
            self._sockets.remove(socket)
        await self._notify()
        return socket

    async def _hook(self, request: web.Request) -> web.Response:
        hook = self._hooks[request.match_info["id"]]
        body = await request.json()
        self.calls.append(("response_url", body))
        if (broken := await self._fault("response_url")) is not None:
            return broken
        hook["left"] -= 1
        if hook["left"] < 0:
            return web.Response(status=404, text="used_url")
        if error := refused(body):
            return web.Response(status=400, text=error)
        if body.get("replace_original") and (found := [m for m in self.ephemeral if m["ts"] == hook["ts"]]):
            found[0].update(text=body.get("text"), blocks=body.get("blocks"))
            await self._notify()
            return web.Response(text="ok")
        self.ephemeral.append(
            {"ts": self.ts(), "channel": hook["channel"], "ephemeral_to": hook["user"], "bot_id": BOT_ID, **body}
        )
        await self._notify()
        return web.Response(text="ok")

    # -- the Web API --------------------------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args = dict(request.query)
        if request.content_type == "application/json":
            args |= await request.json()
        else:
            args |= dict(await request.post())
        for name in ("blocks", "metadata"):
            if isinstance(args.get(name), str):
                args[name] = json.loads(args[name])
        self.calls.append((method, args))
        await self._notify()
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in (BOT_TOKEN, APP_TOKEN) or (method == "apps.connections.open") != (token == APP_TOKEN):
            return web.json_response({"ok": False, "error": "invalid_auth"})
        fault = next(iter(self.faults.get(method, [])), None)
        if fault and fault.kind in ("lost", "slow") and not fault.before:
            self._spend(method)
            self._carry_out(method, args)
            await self._notify()
            await asyncio.sleep(fault.seconds)
            if fault.kind == "lost" and request.transport:
                request.transport.close()
            return web.json_response({"ok": True})
        if (broken := await self._fault(method)) is not None:
            return broken
        answer = self._carry_out(method, args)
        await self._notify()
        return web.json_response(answer)

    def _spend(self, method: str) -> None:
        fault = self.faults[method][0]
        fault.times -= 1
        if fault.times <= 0:
            self.faults[method].pop(0)

    async def _fault(self, method: str) -> web.Response | None:
        if not self.faults.get(method):
            return None
        fault = self.faults[method][0]
        self._spend(method)
        match fault.kind:
            case "429":
                body = {"ok": False, "error": "ratelimited"}
                return web.json_response(body, status=429, headers={"Retry-After": str(int(fault.seconds))})
            case "500":
                return web.Response(status=500, text="<html>broken</html>", content_type="text/html")
            case "gone":
                return web.Response(status=404, text="expired_url")
            case "slow":
                await asyncio.sleep(fault.seconds)
                return None
            case code:
                return web.json_response({"ok": False, "error": code})

    def _carry_out(self, method: str, args: dict[str, Any]) -> dict[str, Any]:
        if method in self.unknown_methods:
            return {"ok": False, "error": "unknown_method"}
        does = getattr(self, "_do_" + method.replace(".", "_").lower(), None)
        return does(args) if does else {"ok": False, "error": "unknown_method"}

    def _do_auth_test(self, _: Any) -> dict[str, Any]:
        return {"ok": True, "team_id": TEAM, "user_id": BOT, "bot_id": BOT_ID, "team": "Team", "user": "lamplighter"}

    def _do_apps_connections_open(self, _: Any) -> dict[str, Any]:
        ticket = f"t{next(self._seq)}"
        self._tickets.add(ticket)
        return {"ok": True, "url": f"ws://127.0.0.1:{self.port}/socket/{ticket}"}

    def _do_users_info(self, args: Any) -> dict[str, Any]:
        found = self.users.get(args["user"])
        return {"ok": True, "user": found} if found else {"ok": False, "error": "user_not_found"}

    def _do_dnd_teaminfo(self, args: Any) -> dict[str, Any]:
        wanted = args["users"].split(",")
        if not all(wanted) or len(wanted) > 50:
            return {"ok": False, "error": "no_users_provided"}
        return {"ok": True, "users": {one: self._dnd_of(one) for one in wanted}}

    def _do_dnd_info(self, args: Any) -> dict[str, Any]:
        until = self.snoozes.get(args["user"], 0)
        snooze = {"snooze_enabled": True, "snooze_endtime": until, "snooze_remaining": 60} if until else {}
        return {"ok": True, **self._dnd_of(args["user"]), **(snooze or {"snooze_enabled": False})}

    def _dnd_of(self, who: str) -> dict[str, Any]:
        begins, ends = self.dnd.get(who, (1, 1))
        return {"dnd_enabled": who in self.dnd, "next_dnd_start_ts": begins, "next_dnd_end_ts": ends}

    def set_status(self, who: str, words: str, sign: str = "", until: int = 0) -> None:
        """What stands in somebody's profile."""
        said = {"status_text": words, "status_emoji": sign, "status_expiration": until}
        self.users[who]["profile"].update(said)

    def _do_chat_postmessage(self, args: Any) -> dict[str, Any]:
        if error := refused(args):
            return {"ok": False, "error": error}
        ts = self.ts()
        channel = "D" + args["channel"][1:] if args["channel"].startswith("U") else args["channel"]
        kept = {key: args[key] for key in ("text", "blocks", "metadata", "thread_ts") if args.get(key)}
        self.messages.append({"type": "message", "ts": ts, "channel": channel, "user": BOT, "bot_id": BOT_ID, **kept})
        return {"ok": True, "ts": ts, "channel": channel}

    def _do_chat_postephemeral(self, args: Any) -> dict[str, Any]:
        if error := refused(args):
            return {"ok": False, "error": error}
        ts = self.ts()
        self.ephemeral.append({"ts": ts, "ephemeral_to": args["user"], "bot_id": BOT_ID, **args})
        return {"ok": True, "message_ts": ts}

    def _do_chat_delete(self, args: Any) -> dict[str, Any]:
        left = [m for m in self.messages if (m["channel"], m["ts"]) != (args["channel"], args["ts"])]
        if len(left) == len(self.messages):
            return {"ok": False, "error": "message_not_found"}
        self.messages = left
        return {"ok": True}

    def _do_conversations_replies(self, args: Any) -> dict[str, Any]:
        root, oldest = args["ts"], args.get("oldest", "0")
        found = [m for m in self.messages if m["channel"] == args["channel"] and root in (m["ts"], m.get("thread_ts"))]
        if not found:
            return {"ok": False, "error": "thread_not_found"}
        found = [m for m in found if m["ts"] > oldest]
        start, limit = int(args.get("cursor") or 0), int(args.get("limit", 100))
        page = found[start : start + limit]
        if str(args.get("include_all_metadata", "")).lower() not in ("1", "true"):
            page = [{k: v for k, v in m.items() if k != "metadata"} for m in page]
        more = str(start + limit) if start + limit < len(found) else ""
        return {"ok": True, "messages": page, "response_metadata": {"next_cursor": more}}

    def _do_conversations_history(self, args: Any) -> dict[str, Any]:
        oldest = float(args.get("oldest") or 0)
        found = [m for m in self.messages if m["channel"] == args["channel"] and float(m["ts"]) > oldest]
        roots = [m for m in found if m.get("thread_ts", m["ts"]) == m["ts"]][::-1]
        start, limit = int(args.get("cursor") or 0), int(args.get("limit", 100))
        page, more = roots[start : start + limit], str(start + limit) if start + limit < len(roots) else ""
        if str(args.get("include_all_metadata", "")).lower() not in ("1", "true"):
            page = [{k: v for k, v in m.items() if k != "metadata"} for m in page]
        return {"ok": True, "messages": page, "has_more": bool(more), "response_metadata": {"next_cursor": more}}

    def _do_files_getuploadurlexternal(self, args: Any) -> dict[str, Any]:
        number = f"F{next(self._seq)}"
        self.uploads[number] = {"name": args["filename"], "content": b""}
        return {"ok": True, "upload_url": f"{self.base}/upload/{number}", "file_id": number}

    def _do_files_completeuploadexternal(self, args: Any) -> dict[str, Any]:
        files = json.loads(args["files"]) if isinstance(args["files"], str) else args["files"]
        for file in files:
            kept = self.uploads[file["id"]] | {"channel": args.get("channel_id"), "thread_ts": args.get("thread_ts")}
            self.uploads[file["id"]] = kept
        return {"ok": True, "files": files}

    async def _upload(self, request: web.Request) -> web.Response:
        self.uploads[request.match_info["id"]]["content"] = await request.read()
        return web.Response(text="OK")

    def _do_assistant_threads_setstatus(self, args: Any) -> dict[str, Any]:
        return {"ok": bool(args["channel_id"] and args["thread_ts"])}

    def _do_reactions_add(self, args: Any) -> dict[str, Any]:
        message = self.message(args["timestamp"])
        if args["name"] in message.setdefault("reactions", []):
            return {"ok": False, "error": "already_reacted"}
        message["reactions"].append(args["name"])
        return {"ok": True}

    def _do_reactions_remove(self, args: Any) -> dict[str, Any]:
        message = self.message(args["timestamp"])
        if args["name"] not in message.get("reactions", []):
            return {"ok": False, "error": "no_reaction"}
        message["reactions"].remove(args["name"])
        return {"ok": True}


# -- Slack's limits ---------------------------------------------------------------------------------------------------


def refused(args: dict[str, Any]) -> str:
    """Slack's error for these arguments of a message, "" where it takes them."""
    blocks, text = args.get("blocks") or [], args.get("text") or ""
    if not blocks and not text:
        return "no_text"
    if len(text) > 40_000:
        return "msg_too_long"
    if len(blocks) > 50:
        return "invalid_blocks"
    if len(json.dumps(blocks, ensure_ascii=False)) > 13_200:
        return "msg_blocks_too_long"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(set(ids)) != len(ids) or any(len(one) > 255 for one in ids):
        return "invalid_blocks"
    return "" if all(_fits(block) for block in blocks) else "invalid_blocks"


def _fits(block: dict[str, Any]) -> bool:
    match block["type"]:
        case "section":
            return 1 <= len(block["text"]["text"]) <= 3000 and sound(block["text"]["text"])
        case "context":
            return 1 <= len(block["elements"]) <= 10 and all(
                1 <= len(e["text"]) <= 2000 and sound(e["text"]) for e in block["elements"]
            )
        case "actions":
            actions = [e["action_id"] for e in block["elements"]]
            return (
                1 <= len(actions) <= 25
                and len(set(actions)) == len(actions)
                and all(_fits_row(e) for e in block["elements"])
            )
        case _:
            return False


def _fits_row(element: dict[str, Any]) -> bool:
    if not 1 <= len(element["action_id"]) <= 255:
        return False
    match element["type"]:
        case "button":
            return 1 <= len(element["text"]["text"]) <= 75 and 1 <= len(element.get("value", "-")) <= 2000
        case "static_select":
            return fits_menu(element)
        case kind:
            return bool(kind == "datepicker")


def sound(text: str) -> bool:
    """mrkdwn without control sequences other than web links and users' mentions, and without half an entity."""
    bare = re.sub(r"<(https?://[^<>|\s]+(\|[^<>]*)?|@[UW][A-Z0-9]+)>", "", text)
    return not re.search(r"[<>]", bare.replace("\n>", "\n").removeprefix(">")) and not re.search(
        r"&(?!amp;|lt;|gt;)", bare
    )


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [words(m) for m in messages]


def words(message: dict[str, Any]) -> str:
    """All that a message shows, as one text."""
    out = []
    for block in message.get("blocks") or []:
        if "text" in block:
            out.append(block["text"]["text"])
        out.extend(
            e["text"] if isinstance(e.get("text"), str) else f"[{(e.get('text') or e['placeholder'])['text']}]"
            for e in block.get("elements", ())
        )
    return "\n".join(out) or message.get("text", "")
