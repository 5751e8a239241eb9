"""What Slack sends when somebody presses something, read once → `Pressed`. Pure.

Samples: a press is {"type": "block_actions", "user", "actions": [{"action_id": "nudge:yes", "value"}], "container":
{"message_ts"}, "message", "trigger_id", "response_url"}; a form {"type": "view_submission", "view": {"callback_id",
"private_metadata", "state": {"values": {field: {action: {"type", "value"}}}}}}; from a message's menu {"type":
"message_action", "callback_id", "message", "channel"}; from the global menu {"type": "shortcut", "callback_id"}.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.chat.flows.base import How, Pressed

Body = Mapping[str, Any]

KEPT = ("user", "bot_id", "text", "ts", "thread_ts", "blocks", "metadata", "files")


def from_press(body: Body) -> Pressed | None:
    """A button, menu or date of a message; None for one whose id is no flow's."""
    action = body["actions"][0]
    begun = _begun("button", body, str(action.get("action_id") or ""))
    container, message = body.get("container") or {}, body.get("message") or {}
    if begun is None:
        return None
    ts = str(container.get("message_ts") or message.get("ts") or "")
    return replace(
        begun,
        once=f"pressed:{begun.flow}:{begun.what}:{ts}:{begun.user}:{action.get('action_ts', '')}",
        channel=str((body.get("channel") or {}).get("id") or container.get("channel_id") or ""),
        ts=ts,
        thread=_thread(message or container, ts),
        value=_chosen(action),
        view=str((body.get("view") or {}).get("id") or ""),
        response_url=str(body.get("response_url") or ""),
        ephemeral=bool(container.get("is_ephemeral") or message.get("subtype") == "ephemeral"),
        message=_kept(message),
    )


def from_form(body: Body) -> Pressed | None:
    """A form that was sent in; None for one that is no flow's."""
    view = body["view"]
    begun = _begun("form", body, str(view.get("callback_id") or ""))
    if begun is None:
        return None
    values = (view.get("state") or {}).get("values") or {}
    fields = {name: _chosen(next(iter(filled.values()), {})) for name, filled in values.items()}
    meta, origin = unpacked(str(view.get("private_metadata") or ""))
    digest = hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:12]
    return replace(
        begun,
        once=f"form:{view.get('id', '')}:{digest}",
        channel=origin.get("channel", ""),
        ts=origin.get("ts", ""),
        thread=origin.get("thread", ""),
        fields=fields,
        meta=meta,
        view=str(view.get("id") or ""),
    )


def from_shortcut(body: Body) -> Pressed | None:
    """Something picked from a message's menu, or from the global one; None for what is no flow's."""
    begun = _begun("shortcut", body, str(body.get("callback_id") or ""))
    if begun is None:
        return None
    message = body.get("message") or {}
    ts = str(message.get("ts") or "")
    return replace(
        begun,
        once=f"shortcut:{begun.flow}:{begun.what}:{body.get('action_ts') or body.get('trigger_id')}",
        channel=str((body.get("channel") or {}).get("id") or ""),
        ts=ts,
        thread=_thread(message, ts),
        response_url=str(body.get("response_url") or ""),
        message=_kept(message),
    )


def from_words(body: Body, flow: str) -> Pressed:
    """`/lamp WORD …` where the word is a flow's."""
    word, _, rest = " ".join(str(body.get("text") or "").split()).partition(" ")
    return Pressed(
        "command",
        flow,
        word.lower(),
        str(body["user_id"]),
        _team(body),
        f"command:{body['trigger_id']}",
        channel=str(body["channel_id"]),
        value=rest,
        trigger=str(body["trigger_id"]),
        response_url=str(body.get("response_url") or ""),
        ephemeral=True,
    )


def packed(meta: str, pressed: Pressed) -> str:
    """The meta of a form, with where it was opened."""
    origin = {"channel": pressed.channel, "ts": pressed.ts, "thread": pressed.thread}
    return json.dumps({"meta": meta, "from": origin}, ensure_ascii=False)


def unpacked(said: str) -> tuple[str, dict[str, str]]:
    """The meta of a form, and where it was opened."""
    try:
        found = json.loads(said)
        return str(found["meta"]), {str(key): str(value) for key, value in found["from"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return said, {}


def _begun(how: How, body: Body, number: str) -> Pressed | None:
    """What every press, form and shortcut has; None for an id that is no flow's."""
    flow, _, rest = number.partition(":")
    what, _, about = rest.partition(":")
    if not (flow and what):
        return None
    trigger = str(body.get("trigger_id") or "")
    return Pressed(how, flow, what, str(body["user"]["id"]), _team(body), "", about=about, trigger=trigger)


def _chosen(element: Body) -> str:
    option = element.get("selected_option") or {}
    found = element.get("value") or option.get("value") or element.get("selected_date")
    return str(found or element.get("selected_user") or element.get("selected_conversation") or "")


def _thread(message: Body, ts: str) -> str:
    thread = str(message.get("thread_ts") or "")
    return "" if thread == ts and not message.get("reply_count") else thread


def _kept(message: Body) -> dict[str, Any]:
    return {key: message[key] for key in KEPT if key in message}


def _team(body: Body) -> str:
    team = body.get("team") or {}
    return str(body.get("team_id") or (team.get("id") if isinstance(team, Mapping) else team) or "")
