"""What Slack sends, read once: an event, slash command or click → `Heard`, or None where nobody speaks to us. Pure.

Samples of input: {"type": "app_mention", "user": "U1", "text": "<@U0BOT> who knows app.py?", "ts": "1.2", "channel":
"C1", "thread_ts": …}; the same mention comes again as {"type": "message", …} with the same (channel, ts); an edit is
{"type": "message", "subtype": "message_changed", …} and says nothing new; a slash command is a form with `command`,
`text`, `trigger_id` and `response_url`; a click has `container`, `actions` and `message`.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bot.chat.slack_blocks import CHOICE, FEEDBACK
from knowledge.store.newcomers import GREETED
from knowledge.store.receipts import Key, Receipt

Kind = Literal["mention", "dm", "follow_up", "command", "choice", "feedback", "pressed", "joined"]
Body = Mapping[str, Any]

SPOKEN = (None, "file_share", "thread_broadcast", "bot_message")  # message subtypes in which somebody says something
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^>|]+)(?:\|([^>]*))?>")
_SENTENCE = re.compile(
    r"^(?:last|knows?|can|could|is|are|was|has|had|did|does|touched|changed|wrote|owns|to|should)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Own:
    """Who we are, as `auth.test` says."""

    team: str
    user: str
    bot: str
    enterprise: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something said to the bot. `ts` is what is answered once; `reply_to` the thread that the reply stands in."""

    kind: Kind
    channel: str
    ts: str
    user: str
    text: str = ""  # as Slack sent it; see `clean`
    reply_to: str = ""
    bot: str = ""  # the id of the bot that speaks, if one does
    response_url: str = ""
    ephemeral: bool = False  # the question is only its asker's to see, and so is the reply
    echo: str = ""  # what a click or command asked, where nobody else can see that
    verdict: str = ""  # of feedback
    question_id: int = 0
    person: str = ""  # the first person that the answer named, where Slack knows them
    pressed: Mapping[str, Any] = field(default_factory=dict)  # of a flow: `bot.chat.flows.base.Pressed`

    @property
    def is_dm(self) -> bool:
        """Whether the channel is a conversation with the bot alone."""
        return self.channel.startswith("D")

    @property
    def thread(self) -> str:
        """What follow-ups share: a thread; in private the whole conversation with that person; nothing for feedback."""
        if self.kind == "feedback":
            return ""
        if self.kind == "pressed":
            return f"pressed:{self.user}"
        if self.ephemeral:
            return f"lamp:{self.user}"
        return self.channel if self.is_dm else self.reply_to

    def receipt(self, team: str) -> Receipt:
        """The receipt of this message, with all of it as payload."""
        return Receipt(Key("slack", team, self.channel, self.ts), self.thread, self.user, asdict(self))


def from_receipt(receipt: Receipt) -> Heard:
    """What was heard, from its stored receipt."""
    return Heard(**receipt.payload)


def from_event(event: Body, own: Own) -> Heard | None:
    """A mention, a direct message, what may be a follow-up in a thread, somebody new; None for everything else."""
    if event.get("type") == "team_join":
        return _joined(event.get("user") or {})
    if event.get("type") not in ("app_mention", "message") or event.get("subtype") not in SPOKEN:
        return None
    user, bot = str(event.get("user") or ""), str(event.get("bot_id") or "")
    channel, ts, text = str(event.get("channel") or ""), str(event.get("ts") or ""), str(event.get("text") or "")
    if user in (own.user, "USLACKBOT") or (bot and bot == own.bot) or not (channel and ts and (user or bot)):
        return None
    heard = Heard("mention", channel, ts, user, text, reply_to=str(event.get("thread_ts") or ts), bot=bot)
    if heard.is_dm or event.get("channel_type") == "im":
        return _as(heard, "dm")
    mentioned = {found.group(1) for found in _USER.finditer(text)}
    if own.user in mentioned or event.get("type") == "app_mention":
        return heard
    in_thread = heard.reply_to != ts
    if in_thread and not mentioned and "<!" not in text and not bot:
        return _as(heard, "follow_up")
    return None


def _joined(user: Body) -> Heard | None:
    """Somebody new in the workspace, to be greeted once; None for a bot."""
    number = str(user.get("id") or "")
    if not number or user.get("is_bot") or number == "USLACKBOT":
        return None
    return Heard("joined", number, f"{GREETED}{number}", number)


def from_command(body: Body) -> Heard:
    """`/lamp ask|who|last|help …`, as a question in words."""
    asked = " ".join(str(body.get("text") or "").split())
    return Heard(
        "command",
        str(body["channel_id"]),
        f"command:{body['trigger_id']}",
        str(body["user_id"]),
        question(asked),
        response_url=str(body.get("response_url") or ""),
        ephemeral=True,
        echo=f"You asked: {body.get('command', '/lamp')} {asked}".strip(),
    )


def question(asked: str) -> str:
    """The words after `/lamp` as a sentence: `who app.py` → "who knows app.py?"; no words → "help"."""
    word, _, rest = asked.partition(" ")
    match word.lower(), rest.strip():
        case ("ask" | "who" | "last" | "help" | "", ""):
            return "help"
        case "ask", rest:
            return rest
        case (("who" | "last"), rest) if _SENTENCE.match(rest) or rest.endswith("?"):
            return asked if word.lower() == "who" else f"who {asked}"
        case "who", rest:
            return f"who knows {rest}?"
        case "last", rest:
            return f"who last touched {rest}?"
        case _:
            return asked


def from_action(body: Body) -> Heard | None:
    """A click on one of our buttons; None for a button that is not ours."""
    action = body["actions"][0]
    name, _, which = str(action.get("action_id") or "").partition(":")
    container, message = body.get("container") or {}, body.get("message") or {}
    channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
    shown = str(container.get("message_ts") or message.get("ts") or "")
    try:
        value = json.loads(action.get("value") or "null")
    except ValueError:
        return None
    if name not in (FEEDBACK, CHOICE) or not isinstance(value, dict) or not channel:
        return None
    user = str(body["user"]["id"])
    heard = Heard(
        "choice",
        channel,
        "",
        user,
        reply_to=str(message.get("thread_ts") or container.get("thread_ts") or shown),
        response_url=str(body.get("response_url") or ""),
        ephemeral=bool(container.get("is_ephemeral") or message.get("subtype") == "ephemeral"),
    )
    if name == FEEDBACK:
        question_id = int(value.get("q") or 0)
        ts = f"feedback:{question_id}:{user}:{which}"
        return _as(heard, "feedback", ts=ts, verdict=which, question_id=question_id, person=str(value.get("who") or ""))
    say = str(value.get("say") or "")
    label = str((action.get("text") or {}).get("text") or say)
    digest = hashlib.sha256(say.encode()).hexdigest()[:12]
    return _as(
        heard, "choice", ts=f"choice:{shown}:{digest}", text=html.escape(say, quote=False), echo=f"Chosen: {label}"
    )


def clean(text: str, own: Own, names: Mapping[str, str]) -> str:
    """What a person typed, without Slack's mark-up.

    Args:
        text: as Slack sends it: `<@U0BOT> who knows <http://README.md|README.md>?`
        own: our own mention is left out.
        names: names of the users that are mentioned, by id.
    """
    text = _USER.sub(lambda m: "" if m[1] == own.user else "@" + (names.get(m[1]) or m[2] or m[1]), text)
    text = _LINK.sub(lambda m: m[2] or m[1].removeprefix("mailto:"), text)  # README.md becomes a link as one types
    text = re.sub(r"<#[A-Z0-9]+\|([^>]*)>", r"#\1", text)
    text = re.sub(r"<!subteam\^[A-Z0-9]+\|([^>]*)>", r"\1", text)
    text = re.sub(r"<!(here|channel|everyone)(?:\|[^>]*)?>", r"@\1", text)
    text = html.unescape(text).replace("\N{NO-BREAK SPACE}", " ")
    text = text.translate(str.maketrans("“”‘’", "\"\"''"))  # what phones make of quotes
    return re.sub(r"[ \t]+", " ", text).strip(" ,:\n")


def mentioned(text: str) -> set[str]:
    """The ids of the users that a text mentions."""
    return {found.group(1) for found in _USER.finditer(text)}


def _as(heard: Heard, kind: Kind, **changes: Any) -> Heard:
    return Heard(**{**asdict(heard), "kind": kind, **changes})
