"""The half of the small Slack in which people press, choose, pick from menus and fill in forms, and its rooms."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

TRIGGER_SECONDS = 3.0


class Forms:
    """Mixed into `FakeSlack`."""

    views: dict[str, dict[str, Any]]  # open forms, by id
    rooms: dict[str, frozenset[str]]  # group conversations
    users: dict[str, dict[str, Any]]
    messages: list[dict[str, Any]]
    triggers: dict[str, float]  # until when each may be used
    _seq: itertools.count[int]

    def trigger(self) -> str:
        """A trigger as comes with every press: good for one form within three seconds."""
        made = f"{next(self._seq)}.t"
        self.triggers[made] = time.monotonic() + TRIGGER_SECONDS
        return made

    # -- what a person does -------------------------------------------------------------------------------------------

    def pressing(self, who: str, message: dict[str, Any], action_id: str, chosen: str = "") -> dict[str, Any]:
        """The payload of pressing a button, or of choosing from a menu or a calendar of a message."""
        found = [e for b in message["blocks"] for e in b.get("elements", ()) if isinstance(e, dict)]
        element = next(e for e in found if e.get("action_id", "").startswith(action_id))
        hidden = bool(message.get("ephemeral_to"))
        action = {**element, "action_ts": self.ts()}  # type: ignore[attr-defined]
        if element["type"] == "static_select":
            action["selected_option"] = next(o for o in element["options"] if o["value"] == chosen)
        if element["type"] == "datepicker":
            action["selected_date"] = chosen
        return {
            "type": "block_actions",
            "team": {"id": TEAM}, "user": {"id": who, "team_id": TEAM}, "channel": {"id": message["channel"]},
            "container": {"type": "message", "message_ts": message["ts"], "is_ephemeral": hidden},
            "trigger_id": self.trigger(), "response_url": self.hook(message["channel"], who, message["ts"]),  # type: ignore[attr-defined]
            "actions": [action],
            **({} if hidden else {"message": message}),
        }  # fmt: skip

    async def click(self, who: str, message: dict[str, Any], action_id: str, chosen: str = "") -> dict[str, Any]:
        """Press a button of a message (or choose from a menu); returns the payload, to deliver it again."""
        payload = self.pressing(who, message, action_id, chosen)
        await self.deliver("interactive", payload)  # type: ignore[attr-defined]
        return payload

    async def shortcut(self, who: str, callback_id: str, message: dict[str, Any] | None = None) -> dict[str, Any]:
        """Pick something from a message's menu, or (without one) from the global menu."""
        payload: dict[str, Any] = {
            "type": "message_action" if message else "shortcut", "callback_id": callback_id,
            "team": {"id": TEAM}, "user": {"id": who}, "trigger_id": self.trigger(), "action_ts": self.ts(),  # type: ignore[attr-defined]
        }  # fmt: skip
        if message:
            channel = message["channel"]
            payload |= {"message": message, "channel": {"id": channel}, "response_url": self.hook(channel, who)}  # type: ignore[attr-defined]
        await self.deliver("interactive", payload)  # type: ignore[attr-defined]
        return payload

    async def form(self, callback_id: str, seconds: float = 8.0) -> dict[str, Any]:
        """The open form of an id (or of ids that begin so), waited for."""

        def found() -> list[dict[str, Any]]:
            return [v for v in self.views.values() if v["callback_id"].startswith(callback_id)]

        await self.until(found, seconds, f"the form {callback_id}")  # type: ignore[attr-defined]
        return found()[-1]

    async def submit(self, who: str, view: dict[str, Any], **fields: str) -> dict[str, Any]:
        """Fill in a form and send it; returns the mistakes told beside its fields. Without any, the form closes."""
        values: dict[str, Any] = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                values[block["block_id"]] = {block["element"]["action_id"]: _filled(block, fields)}
        payload = {
            "type": "view_submission", "team": {"id": TEAM}, "user": {"id": who}, "trigger_id": self.trigger(),
            "view": {**view, "state": {"values": values}},
        }  # fmt: skip
        [answer] = await self.deliver("interactive", payload)  # type: ignore[attr-defined]
        said = json.loads(text) if isinstance(text := await _of(answer), str) and text else (text or {})
        if said.get("response_action") == "errors":
            return dict(said["errors"])
        self.views.pop(view["id"], None)
        return {}

    # -- the Web API --------------------------------------------------------------------------------------------------

    def _do_views_open(self, args: Any) -> dict[str, Any]:
        until = self.triggers.pop(args["trigger_id"], None)
        if until is None:
            return {"ok": False, "error": "exchanged_trigger_id"}
        if time.monotonic() > until:
            return {"ok": False, "error": "expired_trigger_id"}
        return self._show(f"V{next(self._seq)}", args["view"])

    def _do_views_update(self, args: Any) -> dict[str, Any]:
        if args["view_id"] not in self.views:
            return {"ok": False, "error": "not_found"}
        return self._show(args["view_id"], args["view"])

    def _show(self, number: str, view: Any) -> dict[str, Any]:
        made = json.loads(view) if isinstance(view, str) else view
        if error := refused_form(made):
            return {"ok": False, "error": "invalid_arguments", "response_metadata": {"messages": [error]}}
        self.views[number] = {**made, "id": number}
        return {"ok": True, "view": self.views[number]}

    def _do_conversations_open(self, args: Any) -> dict[str, Any]:
        people = frozenset(args["users"].split(","))
        for one in people:
            if one not in self.users:
                return {"ok": False, "error": "user_not_found"}
            if self.users[one].get("deleted"):
                return {"ok": False, "error": "user_disabled"}
        if len(people) == 1:
            return {"ok": True, "channel": {"id": "D" + next(iter(people))[1:]}}
        number = next((room for room, inside in self.rooms.items() if inside == people), f"G{next(self._seq)}")
        self.rooms[number] = people
        return {"ok": True, "channel": {"id": number}}

    def _do_chat_update(self, args: Any) -> dict[str, Any]:
        found = next((m for m in self.messages if (m["ts"], m["channel"]) == (args["ts"], args["channel"])), None)
        if found is None:
            return {"ok": False, "error": "message_not_found"}
        found |= {key: args[key] for key in ("text", "blocks") if key in args}
        found["edited"] = {"user": BOT}
        return {"ok": True, "ts": args["ts"]}

    def _do_users_lookupbyemail(self, args: Any) -> dict[str, Any]:
        for one in self.users.values():
            if one["profile"].get("email", "").lower() == args["email"].lower() and not one.get("deleted"):
                return {"ok": True, "user": one}
        return {"ok": False, "error": "users_not_found"}


TEAM, BOT = "T1TEAM", "U0BOT"


def refused_form(view: dict[str, Any]) -> str:
    """What Slack would have against a form, "" for nothing."""
    if view.get("type") != "modal" or not 1 <= len(view["title"]["text"]) <= 24:
        return "title"
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    if inputs and not 1 <= len((view.get("submit") or {"text": ""})["text"]) <= 24:
        return "submit"
    if len(view.get("private_metadata", "")) > 3000 or len(view["callback_id"]) > 255 or len(view["blocks"]) > 100:
        return "too long"
    for block in inputs:
        element = block["element"]
        if not 1 <= len(block["label"]["text"]) <= 2000:
            return "label"
        if element["type"] == "plain_text_input" and len(element.get("initial_value", "")) > element["max_length"]:
            return "initial_value"
        if element["type"] == "static_select" and not fits_menu(element):
            return "options"
    return ""


def fits_menu(element: dict[str, Any]) -> bool:
    """Whether Slack takes the options of a menu."""
    return 1 <= len(element["options"]) <= 100 and all(
        1 <= len(one["text"]["text"]) <= 75 and 1 <= len(one["value"]) <= 150 for one in element["options"]
    )


def _filled(block: dict[str, Any], fields: dict[str, str]) -> dict[str, Any]:
    element = block["element"]
    said = fields.get(block["block_id"])
    match element["type"]:
        case "static_select":
            option = {"value": said} if said else element.get("initial_option")
            return {"type": "static_select", "selected_option": option}
        case "datepicker":
            return {"type": "datepicker", "selected_date": said or element.get("initial_date")}
        case kind:
            return {"type": kind, "value": said if said is not None else element.get("initial_value")}


async def _of(answer: Any) -> Any:
    return await answer if hasattr(answer, "__await__") else answer
