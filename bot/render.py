"""A `Message` as Markdown and as terminal text, and shortened by meaning; chat platforms make blocks of their own."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import replace

from bot.message import Choices, Message, Note, Part, People, Quote, Sources, Text
from bot.phrases import cut


def markdown(message: Message) -> str:
    """The whole message as CommonMark, nothing shortened."""
    return "\n\n".join(_markdown(part) for part in message.parts)


def _markdown(part: Part) -> str:
    match part:
        case Text(text):
            return text
        case Quote(text, source, language):
            body = (
                _fenced(text, language) if language else "\n".join(f"> {line}".rstrip() for line in text.splitlines())
            )
            return f"{body}\n\n{source}" if source else body
        case Sources(sources):
            return "\n".join(f"- [{_label(s.label)}]({s.url})" if s.url else f"- {s.label}" for s in sources)
        case People(people):
            return "\n".join(f"- **{p.name}**: {p.why}" for p in people)
        case Choices(prompt, choices):
            return "\n".join([prompt, *(f"{n}. {choice.label}" for n, choice in enumerate(choices, 1))])
        case Note(text):
            return f"_{text}_"


def _fenced(text: str, language: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _label(text: str) -> str:
    return text.replace("[", "(").replace("]", ")")


# -- shortening -------------------------------------------------------------------------------------------------------


def shorten(message: Message, limit: int) -> Message:
    """The message with at most `limit` characters of Markdown, by meaning.

    Notes go first, the last one before the others; then the tails of quotes; then people beyond the first; then choices
    beyond the second; then the ends of paragraphs. Sources and the first person stay whatever the limit, so a limit
    below their own length is exceeded by as little as possible.
    """
    over = len(markdown(message)) - limit
    for step in (_drop_notes, _trim_quotes, _trim_people, _trim_choices, _trim_texts):
        if over <= 0:
            return message
        message = replace(message, parts=step(message.parts, limit))
        over = len(markdown(message)) - limit
    return message


Parts = tuple[Part, ...]


def _over(parts: Parts, limit: int) -> int:
    return len(markdown(Message(parts))) - limit


def _drop_notes(parts: Parts, limit: int) -> Parts:
    for at in range(len(parts) - 1, -1, -1):
        if _over(parts, limit) <= 0:
            break
        if isinstance(parts[at], Note) and len(parts) > 1:
            parts = parts[:at] + parts[at + 1 :]
    return parts


def _trim_quotes(parts: Parts, limit: int) -> Parts:
    for at in range(len(parts) - 1, -1, -1):
        part = parts[at]
        if not isinstance(part, Quote):
            continue
        while (over := _over(parts, limit)) > 0 and part.text:
            # Each line of a quote costs two characters more in Markdown, so one cut may not be enough.
            part = replace(
                part,
                text=cut(part.text, max(0, len(part.text) - max(over, 1)), marks=False) if len(part.text) > 40 else "",
            )
            kept: Parts = (part,) if part.text else ()
            parts = parts[:at] + kept + parts[at + 1 :] if kept or len(parts) > 1 else parts
            if not kept:
                break
    return parts


def _trim_people(parts: Parts, limit: int) -> Parts:
    for at, part in enumerate(parts):
        if isinstance(part, People):
            kept = part.people
            while len(kept) > 1 and _over(parts, limit) > 0:
                kept = kept[:-1]
                parts = (*parts[:at], People(kept), *parts[at + 1 :])
    return parts


def _trim_choices(parts: Parts, limit: int) -> Parts:
    for at, part in enumerate(parts):
        if isinstance(part, Choices):
            kept = part.choices
            while len(kept) > 2 and _over(parts, limit) > 0:
                kept = kept[:-1]
                parts = (*parts[:at], replace(part, choices=kept), *parts[at + 1 :])
    return parts


def _trim_texts(parts: Parts, limit: int) -> Parts:
    for at in range(len(parts) - 1, -1, -1):
        part = parts[at]
        over = _over(parts, limit)
        if over <= 0:
            break
        if isinstance(part, Text):
            least = 20 if at == 0 else 0
            text = cut(part.text, max(least, len(part.text) - over))
            kept: Parts = (Text(text),) if text else ()
            parts = parts[:at] + kept + parts[at + 1 :] if kept or len(parts) > 1 else parts
    return parts


# -- terminal ---------------------------------------------------------------------------------------------------------


def terminal(message: Message, width: int | None = None, colour: bool | None = None) -> str:
    """The message for a terminal: wrapped and coloured there, plain and unwrapped when the output is piped.

    Args:
        message: What to show.
        width: Columns; None asks the terminal, 0 never wraps.
        colour: None means: where standard output is a terminal.
    """
    interactive = sys.stdout.isatty()
    colour = interactive if colour is None else colour
    if width is None:
        width = min(shutil.get_terminal_size((88, 24)).columns, 110) if interactive else 0
    if not colour:
        return "\n\n".join(_wrapped(_plain(part), width) for part in message.parts)
    return _rich(message, width or 88)


def _plain(part: Part) -> str:
    match part:
        case Text(text) | Note(text):
            return _unmarked(text)
        case Quote(text, source, _):
            body = "\n".join(f"  | {line}".rstrip() for line in text.splitlines())
            return f"{body}\n    {source}" if source else body
        case Sources(sources):
            return "\n".join(f"  - {s.label}" + (f"  {s.url}" if s.url else "") for s in sources)
        case People(people):
            return "\n".join(f"  * {p.name}: {_unmarked(p.why)}" for p in people)
        case Choices(prompt, choices):
            return "\n".join([_unmarked(prompt), *(f"  {n}. {_unmarked(c.label)}" for n, c in enumerate(choices, 1))])


def _unmarked(text: str) -> str:
    return text.replace("**", "").replace("`", "")


def _wrapped(text: str, width: int) -> str:
    if not width:
        return text
    import textwrap

    lines = []
    for line in text.splitlines():
        start = re.match(r"\s*(?:[|*-] |\d+\. )?", line)
        hang = "  | " if line.startswith("  | ") else " " * len(start[0] if start else "")
        lines += textwrap.wrap(
            line, max(width, 20), subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(lines)


def _rich(message: Message, width: int) -> str:
    from io import StringIO

    from rich.console import Console, Group
    from rich.padding import Padding
    from rich.text import Text as Styled

    def styled(text: str, style: str = "") -> Styled:
        out = Styled(style=style)
        for piece in re.split(r"(\*\*.+?\*\*|`[^`]+`)", text):
            if piece.startswith("**"):
                out.append(piece[2:-2], "bold")
            elif piece.startswith("`"):
                out.append(piece[1:-1], "cyan")
            else:
                out.append(piece)
        return out

    def drawn(part: Part) -> Group | Styled | Padding:
        match part:
            case Text(text):
                return styled(text)
            case Note(text):
                return styled(text, "dim italic")
            case Quote(text, source, _):
                body = Styled("\n".join(f"│ {line}" for line in text.splitlines()), style="green")
                return Padding(Group(body, Styled(source, style="dim")) if source else body, (0, 0, 0, 2))
            case Sources(sources):
                lines = [Styled.assemble("· ", (s.label, f"link {s.url}" if s.url else "")) for s in sources]
                return Padding(Group(*lines), (0, 0, 0, 2))
            case People(people):
                rows = [Styled.assemble((p.name, "bold yellow"), ": ", styled(p.why)) for p in people]
                return Padding(Group(*rows), (0, 0, 0, 2))
            case Choices(prompt, choices):
                rows = [Styled.assemble((f"{n}. ", "bold"), styled(c.label)) for n, c in enumerate(choices, 1)]
                return Group(styled(prompt), Padding(Group(*rows), (0, 0, 0, 2)))

    out = StringIO()
    console = Console(file=out, width=width, force_terminal=True, highlight=False, color_system="standard")
    for at, part in enumerate(message.parts):
        if at:
            console.print()
        console.print(drawn(part), soft_wrap=False)
    return out.getvalue().rstrip("\n")
