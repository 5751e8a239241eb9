"""A `Message` as Slack's Block Kit, within every limit of it, and never without its sources.

Input: parts with small Markdown (`code`, **bold**). Output: `section` blocks in mrkdwn, not Slack's `markdown` block:
so small a Markdown needs no converter worth the name, and mrkdwn is what every server and client shows. `<`, `>` and
`&` are escaped, so that no quoted text can ping anybody (`<!channel>`).

Shortening is by meaning (`bot/render.py`). Only when nothing but sources is left, and still too much, do these lose
their links, and then the middles of their labels.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.message import Choices, Message, Note, Part, People, Quote, Source, Sources, Text
from bot.render import shorten

Block = dict[str, Any]

SECTION = 3000  # characters of one section's text
CONTEXT = 2000  # characters of one context element, kept below the section's limit
BLOCKS = 50
BUDGET = 13_000  # characters of all blocks of a message together, counted as the JSON that is sent
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
BUTTONS = 25
NOTICE = 3000  # characters of the plain text beside the blocks: what a notification or a screen reader gets

FEEDBACK = "lamplighter_feedback"  # action ids; a number or verdict follows
CHOICE = "lamplighter_choice"

SHORTENED = Note("Shortened to fit into Slack.")
NOTHING = Text("I have nothing to say to that.")


def blocks(message: Message, *, marker: str = "", echo: str = "", budget: int = BUDGET) -> list[Block]:
    """The message as at most 50 blocks and `budget` characters.

    Args:
        message: what is said.
        marker: becomes the first block's id (at most 255 characters), by which the message is found again.
        echo: what was asked, shown first, where the question itself is not in the conversation.
        budget: characters of all blocks together; lower it when Slack refuses a message as too long.
    """
    said = replace(message, parts=tuple(part for part in message.parts if _has_words(part)) or (NOTHING,))
    for shorter in _shorter(said, budget):
        fitting = _render(shorter, marker, echo)
        if len(fitting) <= BLOCKS and size(fitting) <= budget:
            return fitting
    return _render(_bare(said, budget), marker, "")


def size(rendered: list[Block]) -> int:
    """Characters that Slack counts, on the safe side: the whole JSON."""
    return len(json.dumps(rendered, ensure_ascii=False))


def notice(message: Message) -> str:
    """The plain text beside the blocks, for notifications: the first words of the answer."""
    text = "\n".join(part.text for part in message.parts if isinstance(part, Text)) or message.text
    return cut(mrkdwn(text), NOTICE) or NOTHING.text


def plain_text(message: Message) -> str:
    """The answer as one text without blocks, sources included: for a server that refuses our blocks."""
    sources = [source for part in message.parts if isinstance(part, Sources) for source in part.sources]
    lines = [_source(replace(source, url="")) for source in sources]
    return "\n".join([notice(message), *lines])


def escape(text: str) -> str:
    """Slack's three control characters made harmless; nothing escaped can mention or link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(text: str) -> str:
    """Our small Markdown in Slack's: **bold** becomes *bold*, also around `code`, and a list gets its bullets."""
    codes: list[str] = []

    def keep(found: re.Match[str]) -> str:
        codes.append(found[0])
        return f"\0{len(codes) - 1}\0"

    bare = re.sub(r"`[^`\n]+`", keep, escape(text.replace("\0", "")))
    bold = re.sub(r"\*\*(.+?)\*\*", r"*\1*", re.sub(r"(?m)^- ", "• ", bare))
    return re.sub(r"\0(\d+)\0", lambda found: codes[int(found[1])], bold)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters: whole words, no half entity, and an ellipsis where something is missing."""
    if len(text) <= limit:
        return text
    head = re.sub(r"&\w{0,4}$", "", text[: limit - 1])
    space = head.rfind(" ", int(len(head) * 0.8))
    return (head[:space] if space > 0 else head).rstrip() + "…"


def cut_middle(text: str, limit: int) -> str:
    """At most `limit` characters with both ends kept: what a path or a citation is known by."""
    if len(text) <= limit:
        return text
    tail = (limit - 1) // 2
    return text[: limit - 1 - tail] + "…" + text[len(text) - tail :]


# -- parts to blocks --------------------------------------------------------------------------------------------------


def _render(message: Message, marker: str, echo: str) -> list[Block]:
    out: list[Block] = [context(cut(mrkdwn(echo), 300))] if echo.strip() else []
    for number, part in enumerate(message.parts):
        out.extend(_part(part, number))
    if message.question_id is not None:
        out.append(_feedback(message.question_id, _first_person(message)))
    out = out or _sections(NOTHING.text)
    if marker:
        out[0] = {**out[0], "block_id": marker}
    return out


def _part(part: Part, number: int) -> list[Block]:
    match part:
        case Text(text):
            return _sections(mrkdwn(text))
        case Quote(text, source, language):
            below = [context(_flat(source))] if source.strip() else []
            return [_section(_quoted(text, language, SECTION)), *below]
        case Sources(sources):
            cited = "\n".join(_source(source) for source in sources)
            return [context(piece) for piece in _pieces(cited, CONTEXT, "\n")]
        case People(people):
            lines = (f"• *{_flat(person.name)}*: {mrkdwn(person.why)}" for person in people)
            return _sections("\n".join(lines), glue="\n")
        case Choices(prompt, choices):
            head = _sections(mrkdwn(prompt)) if prompt.strip() else []
            buttons = [
                _button(choice.label, {"say": choice.say}, f"{CHOICE}:{number}:{i}")
                for i, choice in enumerate(choices[:BUTTONS])
                if choice.label.strip()
            ]
            return [*head, {"type": "actions", "elements": buttons}] if buttons else head
        case Note(text):
            return [context(mrkdwn(text))]


def _sections(text: str, glue: str = " ") -> list[Block]:
    return [_section(piece) for piece in _pieces(text, SECTION, glue)]


def _section(text: str) -> Block:
    # verbatim: Slack shall not turn words of ours into links or mentions.
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def context(text: str) -> Block:
    """Small print, in mrkdwn."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": cut(text, CONTEXT), "verbatim": True}]}


def _quoted(text: str, language: str, limit: int) -> str:
    if language:
        return "```\n" + cut(escape(text.strip("\n")).replace("```", "'''"), limit - 8) + "\n```"
    # ``code`` of reStructuredText and **bold** would stand there with half of their marks.
    shown = mrkdwn(re.sub(r"``([^`\n]+)``", r"`\1`", text.strip("\n")))
    quoted = "\n".join(f">{line}" for line in shown.splitlines())
    return cut(quoted, limit)


def _source(source: Source) -> str:
    label = _flat(source.label) or "source"
    if re.fullmatch(r"https?://[^\s<>|]+", source.url):
        return f"• <{source.url.replace('&', '&amp;')}|{label.replace('|', '¦')}>"
    return f"• {label}"


def _flat(text: str) -> str:
    return escape(" ".join(text.split()))


def _button(label: str, value: dict[str, Any], action_id: str) -> Block:
    packed = json.dumps(value, ensure_ascii=False)
    while len(packed) > BUTTON_VALUE:  # nobody says so much by a button; its first words still ask something
        value = {**value, "say": cut(str(value["say"]), len(str(value["say"])) // 2)}
        packed = json.dumps(value, ensure_ascii=False)
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": cut_middle(" ".join(label.split()), BUTTON_TEXT), "emoji": False},
        "value": packed,
        "action_id": action_id,
    }


def _feedback(question_id: int, person: str) -> Block:
    value = {"q": question_id, "who": person} if person else {"q": question_id}
    labels = {"helpful": "Helpful", "not": "Not helpful", "person": "Ask a person"}
    return {
        "type": "actions",
        "elements": [_button(label, value, f"{FEEDBACK}:{verdict}") for verdict, label in labels.items()],
    }


def _first_person(message: Message) -> str:
    people = [person for part in message.parts if isinstance(part, People) for person in part.people]
    return people[0].slack_id if people and re.fullmatch(r"[UW][A-Z0-9]{2,30}", people[0].slack_id) else ""


def _pieces(text: str, limit: int, glue: str) -> list[str]:
    """Text in pieces of at most `limit` characters, broken between lines or words where there are any."""
    pieces: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        at = max(rest.rfind("\n", 0, limit), rest.rfind(glue, 0, limit) if glue != "\n" else -1)
        head = rest[: at if at > limit // 4 else limit]
        head = re.sub(r"&\w{0,4}$", "", head) or head
        pieces.append(head.rstrip())
        rest = rest[len(head) :].strip()
    return [piece for piece in [*pieces, rest] if piece]


# -- shortening -------------------------------------------------------------------------------------------------------


def _shorter(message: Message, budget: int) -> Iterator[Message]:
    """The message, and then ever less of it; blocks cost more than Markdown does, so its limit is found by trying."""
    yield message
    merged = replace(message, parts=tuple(_merged(message.parts)))
    for whole, shares in ((message, (0.9, 0.75, 0.55, 0.35)), (merged, (0.75, 0.5, 0.25, 0.1))):
        for share in shares:
            short = shorten(whole, int(budget * share))
            yield replace(short, parts=(*short.parts, SHORTENED))


def _merged(every: tuple[Part, ...]) -> list[Part]:
    """The first words, person and choices of a message of far too many parts, and all of its sources."""
    first = {kind: next((p for p in every if isinstance(p, kind)), None) for kind in (Text, Quote, People, Choices)}
    sources = tuple(source for p in every if isinstance(p, Sources) for source in p.sources)
    kept: list[Part] = [part for part in first.values() if part is not None]
    return [*kept, Sources(sources)] if sources else kept


def _bare(message: Message, budget: int) -> Message:
    """The first sentence and every source, each source in an equal share of what is left."""
    parts = _merged(message.parts)
    sources = [source for part in parts if isinstance(part, Sources) for source in part.sources]
    text = next((part.text for part in parts if isinstance(part, Text)), "")
    room = max(0, budget - 1500)
    lead = min(300, room // 4)
    share = max(1, (room - lead) // (2 * max(1, len(sources)))) - 4
    shown = [Text(cut(text, lead))] if text.strip() and lead else []
    cited = Sources(tuple(Source(cut_middle(" ".join(s.label.split()), max(8, share))) for s in sources))
    return replace(message, parts=(*shown, cited) if sources else tuple(shown) or (SHORTENED,))


def _has_words(part: Part) -> bool:
    match part:
        case Text(text) | Note(text) | Quote(text):
            return bool(text.strip())
        case Sources(items) | People(items):
            return bool(items)
        case Choices(prompt, choices):
            return bool(prompt.strip()) or bool(choices)
