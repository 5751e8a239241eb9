"""The bot in Slack: events in by Socket Mode (or HTTP), acknowledged at once, answered exactly once.

`run` is what `lamp serve` calls. Bolt hands over what happened; `slack_events` says what it means, `once` sees to one
answerer, `slack_talk` thinks and sends. A message's receipt is taken before Slack gets its acknowledgement (bounded, so
that three seconds are kept): what was acknowledged is in the store, and what was not is delivered again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.chat.flows.base import Flow, Pressed
from bot.chat.flows.parse import from_form, from_press, from_shortcut, from_words
from bot.chat.once import Once, Unreachable, new_holder, wait
from bot.chat.slack_api import Pace, identify, web_client
from bot.chat.slack_events import Heard, Own, from_action, from_command, from_event
from bot.chat.slack_flows import Flows, as_heard
from bot.chat.slack_socket import Socket
from bot.chat.slack_talk import Access, Greeting, ReplyTo, TakeFeedback, Talk
from knowledge.errors import Mistake
from knowledge.store.database import Database
from knowledge.store.receipts import Receipt, Receipts

log = logging.getLogger(__name__)

PATH = "/slack/events"
API_URL = "https://slack.com/api/"


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """What config.yaml says under `slack:`; `pace` is for tests and slow networks."""

    mode: Literal["socket", "http"] = "socket"
    port: int = 3000
    host: str = "0.0.0.0"  # noqa: S104  (Slack calls from outside)
    allow_guests: bool = False
    allow_external: bool = False
    allow_bots: bool = False
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The secrets, which come from the environment only."""

    bot: str
    app: str = ""
    signing: str = ""
    api_url: str = API_URL

    @classmethod
    def from_environment(cls, mode: str, environment: Mapping[str, str] = os.environ) -> Tokens:
        """The tokens that the mode needs; raises Mistake for one that is missing or of the wrong kind."""
        bot = _secret(environment, "SLACK_BOT_TOKEN", "xoxb-", "the Bot User OAuth Token under OAuth & Permissions")
        app = signing = ""
        if mode == "socket":
            app = _secret(environment, "SLACK_APP_TOKEN", "xapp-", "an app-level token with connections:write")
        else:
            signing = _secret(environment, "SLACK_SIGNING_SECRET", "", "the signing secret under Basic Information")
        url = environment.get("SLACK_API_URL", "").strip() or API_URL
        return cls(bot, app, signing, url if url.endswith("/") else url + "/")


class SlackBot:
    """One running copy. `healthy()` is true while Slack reaches it."""

    def __init__(
        self,
        settings: SlackSettings,
        tokens: Tokens,
        reply: ReplyTo,
        feedback: TakeFeedback,
        db: Database,
        flows: Sequence[Flow] = (),
        greeting: Greeting | None = None,
    ) -> None:
        self.greeting = greeting
        self.settings = settings
        self.flows = Flows(flows)
        self.tokens = tokens
        self._reply, self._feedback = reply, feedback
        self._receipts = Receipts(db, new_holder(), settings.pace.lease)
        self._own: Own | None = None
        self._once: Once | None = None
        self._talk: Talk | None = None
        self._socket: Socket | None = None
        self._listening = False
        self._opening: set[asyncio.Task[None]] = set()

    def healthy(self) -> bool:
        """Whether events reach us: the socket is connected, or the HTTP server listens."""
        return self._listening if self.settings.mode == "http" else bool(self._socket and self._socket.connected)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; waits for Slack where it cannot be reached.

        Raises:
            Mistake: a token that Slack refuses.
        """
        own = await self._identify(stop)
        if own is None:
            return
        once = self._wire(own)
        app = _app(self, self.tokens, own, self.settings)
        sweeper = asyncio.create_task(once.look_after(stop, self.settings.pace.sweep))
        try:
            await (self._serve_http(app, stop) if self.settings.mode == "http" else self._serve_socket(app, stop))
        finally:
            sweeper.cancel()
            await once.close()

    async def take(self, heard: Heard | None) -> Receipt | None:
        """The receipt, if this was said to us and nobody has it yet; else None."""
        once, own = self._once, self._own
        if heard is None or once is None or own is None:
            return None
        receipt = heard.receipt(own.team)
        try:
            if heard.kind == "follow_up" and not await once.store(self._is_ours, heard, own.team):
                return None
            return receipt if await once.take(receipt) else None
        except Exception as error:
            if heard.kind == "follow_up":  # nobody knows whether it was for us
                raise
            await once.confess(receipt, error)
            return None

    def _is_ours(self, heard: Heard, team: str) -> bool:
        """A thread that began with a question to us is ours; in others only those who asked us are followed."""
        spoken = self._receipts.addressed_by("slack", team, heard.channel, heard.thread)
        return heard.reply_to in spoken or heard.user in spoken.values()

    def answer(self, receipt: Receipt | None) -> None:
        """Answer in the background."""
        if receipt is not None and self._once is not None:
            self._once.answer(receipt)

    def open_form(self, pressed: Pressed) -> None:
        """Open a form, in the background and at once."""
        if self._talk is not None:
            task = asyncio.create_task(self._talk.open_form(pressed))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _identify(self, stop: asyncio.Event) -> Own | None:
        pace = self.settings.pace
        client, pause = web_client(self.tokens.bot, self.tokens.api_url, pace, posts=True), pace.retry_pause
        while not stop.is_set():
            try:
                return await identify(client)
            except Unreachable as error:
                log.warning("Slack does not answer (%s); next try in %.0f s", error, pause)
                await wait(stop, pause)
                pause = min(pause * 2, 30.0)
        return None

    def _wire(self, own: Own) -> Once:
        settings, url = self.settings, self.tokens.api_url
        talk = Talk(
            web_client(self.tokens.bot, url, settings.pace),
            web_client(self.tokens.bot, url, settings.pace, posts=True),
            own,
            self._reply,
            self._feedback,
            Access(settings.allow_guests, settings.allow_external, settings.allow_bots),
            settings.pace,
            self.flows,
            self.greeting,
        )
        self._own, self._talk, self._once = own, talk, Once(talk, self._receipts)
        return self._once

    async def _serve_socket(self, app: AsyncApp, stop: asyncio.Event) -> None:
        client = web_client(self.tokens.app, self.tokens.api_url, self.settings.pace, posts=True)
        self._socket = Socket(app, client, self.settings.pace)
        await self._socket.run(stop)

    async def _serve_http(self, app: AsyncApp, stop: asyncio.Event) -> None:
        async def events(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

        async def health(_: web.Request) -> web.Response:
            return web.Response(text="ok")

        server = web.Application()
        server.add_routes([web.post(PATH, events), web.get("/healthz", health)])
        runner = web.AppRunner(server, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.settings.host, self.settings.port).start()
            self._listening = True
            await stop.wait()
        except OSError as error:
            raise Mistake(
                f"port {self.settings.port} cannot be listened on ({error.strerror})", "Set slack.port to a free one."
            ) from error
        finally:
            self._listening = False
            await runner.cleanup()


async def run(
    settings: SlackSettings,
    reply: ReplyTo,
    feedback: TakeFeedback,
    db: Database,
    stop: asyncio.Event,
    flows: Sequence[Flow] = (),
) -> None:
    """Be in Slack until `stop`.

    Args:
        settings: what config.yaml says.
        reply: from what somebody says to what we answer; synchronous, called in threads.
        feedback: (question id, asker, "helpful" | "not" | "person", note) → what to say to it, None for thanks;
            synchronous, called in threads.
        db: the store, shared by all copies of the bot.
        stop: set to end; what is being answered is finished first, for up to ten seconds.
        flows: what people do besides asking.

    Raises:
        Mistake: a token is missing, malformed or refused by Slack.
    """
    await SlackBot(settings, Tokens.from_environment(settings.mode), reply, feedback, db, flows).run(stop)


def _app(bot: SlackBot, tokens: Tokens, own: Own, settings: SlackSettings) -> AsyncApp:
    async def authorize(**_: Any) -> AuthorizeResult:
        # One workspace: no auth.test a request, and none in the way of the first acknowledgement.
        return AuthorizeResult(
            enterprise_id=own.enterprise or None,
            team_id=own.team,
            bot_token=tokens.bot,
            bot_id=own.bot,
            bot_user_id=own.user,
        )

    bolt = log.getChild("bolt")
    bolt.setLevel(logging.ERROR)  # or it warns of the token in the environment, which we read ourselves
    app = AsyncApp(
        authorize=authorize,
        signing_secret=tokens.signing or None,
        request_verification_enabled=settings.mode == "http",
        logger=bolt,
    )
    bolt.setLevel(logging.WARNING)

    async def heard_before_ack(heard: Heard | None, context: Any, next_: Any) -> None:
        taking = asyncio.create_task(bot.take(heard))
        await asyncio.wait({taking}, timeout=settings.pace.take)
        context["taking"] = taking
        await next_()

    async def take_event(event: dict[str, Any], context: Any, next: Any) -> None:  # noqa: A002  (Bolt injects by name)
        await heard_before_ack(from_event(event, own), context, next)

    async def press(pressed: Pressed | None, context: Any, next_: Any) -> None:
        if pressed is not None and bot.flows.opens_form(pressed):
            bot.open_form(pressed)  # beside the acknowledgement: its trigger lives three seconds, and can be used once
            await heard_before_ack(None, context, next_)
        else:
            await heard_before_ack(as_heard(pressed) if pressed else None, context, next_)

    async def take_command(body: dict[str, Any], context: Any, next: Any) -> None:  # noqa: A002
        flow = bot.flows.by_word.get(str(body.get("text") or "").strip().partition(" ")[0].lower())
        if flow is not None:
            await press(from_words(body, flow.name), context, next)
        else:
            await heard_before_ack(from_command(body), context, next)

    async def take_press(body: dict[str, Any], context: Any, next: Any) -> None:  # noqa: A002
        await press(from_press(body), context, next)

    async def take_shortcut(body: dict[str, Any], context: Any, next: Any) -> None:  # noqa: A002
        await press(from_shortcut(body), context, next)

    async def take_form(ack: Any, body: dict[str, Any]) -> None:
        pressed = from_form(body)
        wrong = await bot.flows.mistakes(pressed) if pressed else {}
        if wrong:
            await ack(response_action="errors", errors=dict(wrong))
            return
        taking = asyncio.create_task(bot.take(as_heard(pressed) if pressed else None))
        await asyncio.wait({taking}, timeout=settings.pace.take)
        await ack()
        bot.answer(await taking)

    async def take_action(body: dict[str, Any], context: Any, next: Any) -> None:  # noqa: A002
        await heard_before_ack(from_action(body), context, next)

    async def answer(ack: Any, context: Any) -> None:
        await ack()
        bot.answer(await context["taking"])

    async def only_ack(ack: Any) -> None:
        await ack()

    for kind in ("app_mention", "message", "team_join"):
        app.event(kind, middleware=[take_event])(answer)
    app.command("/lamp", middleware=[take_command])(answer)
    app.action(re.compile(r"^lamplighter_"), middleware=[take_action])(answer)
    if bot.flows.by_name:
        names = "|".join(map(re.escape, bot.flows.by_name))
        app.action(re.compile(rf"^(?:{names}):"), middleware=[take_press])(answer)
        app.shortcut(re.compile(rf"^(?:{names}):"), middleware=[take_shortcut])(answer)
        app.view(re.compile(rf"^(?:{names}):"))(take_form)
    # What we subscribe to but do not use must be acknowledged, or Slack delivers it again and again.
    app.event(re.compile(r".*"))(only_ack)
    app.action(re.compile(r".*"))(only_ack)
    app.shortcut(re.compile(r".*"))(only_ack)
    app.view(re.compile(r".*"))(only_ack)
    app.view_closed(re.compile(r".*"))(only_ack)
    return app


def _secret(environment: Mapping[str, str], name: str, prefix: str, what: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise Mistake(f"{name} is not set", f"Set it to {what} of your Slack app (docs/slack.md).")
    if not value.startswith(prefix):
        raise Mistake(f"{name} does not begin with {prefix}", f"It is {what} of your Slack app (docs/slack.md).")
    return value
