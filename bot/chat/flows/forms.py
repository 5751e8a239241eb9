"""Buttons, menus and forms as Slack's blocks, within Slack's limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from bot.chat.slack_blocks import cut, escape, mrkdwn

Block = dict[str, Any]

ID = 255
LABEL = 75  # of buttons and options
TITLE = 24  # of a form, and what its buttons say
VALUE = 2000
OPTIONS = 100
FIELD_LABEL = 2000
FIELD = 3000  # characters that a field can hold
META = 3000

FILLED = "filled"  # the action id within a field's block; the block's id is the field's name


def form(number: str, title: str, *fields: Block, submit: str = "Send", meta: str = "") -> Block:
    """A form; `number` is its id ("nudge:note"), `meta` comes back with it."""
    if len(meta) > META - 600:  # beside it goes where the form was opened
        raise ValueError(f"{len(meta)} characters do not fit into a form's meta")
    return {
        "type": "modal",
        "callback_id": number[:ID],
        "title": _plain(title, TITLE),
        "submit": _plain(submit, TITLE),
        "close": _plain("Cancel", TITLE),
        "private_metadata": meta,
        "blocks": list(fields),
    }


def waiting(number: str, title: str, words: str = "One moment…") -> Block:
    """A form that will be filled by `desk.refill`; it cannot be sent in."""
    view = form(number, title, paragraph(words))
    del view["submit"]
    return view


def text(
    name: str,
    label: str,
    *,
    initial: str = "",
    lines: bool = False,
    optional: bool = False,
    hint: str = "",
    most: int = FIELD,
) -> Block:
    """A field to write in; `lines` for more than one."""
    element: Block = {"type": "plain_text_input", "action_id": FILLED, "multiline": lines, "max_length": most}
    if initial:
        element["initial_value"] = cut(initial, most)
    return _field(name, label, element, optional=optional, hint=hint)


def select(
    name: str, label: str, options: Mapping[str, str], *, initial: str = "", optional: bool = False, hint: str = ""
) -> Block:
    """A field to choose from: value → what people read."""
    element: Block = {"type": "static_select", "action_id": FILLED, "options": _options(options)}
    if initial:
        element["initial_option"] = _option(initial, options[initial])
    return _field(name, label, element, optional=optional, hint=hint)


def day(name: str, label: str, *, initial: str = "", optional: bool = False) -> Block:
    """A field for a date, as 2026-05-04."""
    element: Block = {"type": "datepicker", "action_id": FILLED}
    if initial:
        element["initial_date"] = initial
    return _field(name, label, element, optional=optional)


def paragraph(words: str) -> Block:
    """Words in a form or a message, in our small Markdown."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(mrkdwn(words), 3000), "verbatim": True}}


def button(number: str, label: str, value: str = "", style: Literal["", "primary", "danger"] = "") -> Block:
    """A button; `number` is its id ("nudge:yes"), the value comes with the press."""
    made: Block = {"type": "button", "text": _plain(label, LABEL), "action_id": number[:ID]}
    made |= {"value": value[:VALUE]} if value else {}
    return {**made, "style": style} if style else made


def menu(number: str, label: str, options: Mapping[str, str]) -> Block:
    """A menu beside buttons: value → what people read; what it is about stands in its id ("nudge:until:ID")."""
    return {
        "type": "static_select",
        "placeholder": _plain(label, LABEL),
        "action_id": number[:ID],
        "options": _options(options),
    }


def calendar(number: str, label: str) -> Block:
    """A date to pick beside buttons."""
    return {"type": "datepicker", "placeholder": _plain(label, LABEL), "action_id": number[:ID]}


def row(*elements: Block) -> Block:
    """Buttons, menus and dates side by side."""
    return {"type": "actions", "elements": list(elements)}


def _field(name: str, label: str, element: Block, *, optional: bool, hint: str = "") -> Block:
    made: Block = {
        "type": "input",
        "block_id": name[:ID],
        "label": _plain(label, FIELD_LABEL),
        "element": element,
        "optional": optional,
    }
    return {**made, "hint": _plain(hint, FIELD_LABEL)} if hint else made


def _options(options: Mapping[str, str]) -> list[Block]:
    return [_option(value, label) for value, label in list(options.items())[:OPTIONS]]


def _option(value: str, label: str) -> Block:
    return {"text": _plain(label, LABEL), "value": value[:150]}


def _plain(words: str, most: int) -> Block:
    return {"type": "plain_text", "text": cut(" ".join(words.split()), most) or "…", "emoji": False}


def quoted(words: str) -> str:
    """Somebody's words within a block of ours, line by line."""
    return "\n".join(f">{line}" for line in escape(words).splitlines())
