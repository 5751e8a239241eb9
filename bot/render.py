"""A `Message` as Markdown, as JSON and as terminal text. (Slack and Discord turn it into blocks in their own rooms.)"""

from __future__ import annotations

from bot.message import Choices, Message, Note, People, Quote, Sources, Text


def markdown(message: Message) -> str:
    """The whole message as CommonMark, nothing shortened."""
    out: list[str] = []
    for part in message.parts:
        match part:
            case Text(text):
                out.append(text)
            case Quote(text, source, language):
                fence = "```" if language else ""
                body = (
                    f"{fence}{language}\n{text}\n{fence}"
                    if fence
                    else "\n".join(f"> {line}" for line in text.splitlines())
                )
                out.append(f"{body}\n{source}" if source else body)
            case Sources(sources):
                out.append("\n".join(f"- [{s.label}]({s.url})" if s.url else f"- {s.label}" for s in sources))
            case People(people):
                out.append("\n".join(f"- **{p.name}**: {p.why}" for p in people))
            case Choices(prompt, choices):
                out.append("\n".join([prompt, *(f"- {choice.label}" for choice in choices)]))
            case Note(text):
                out.append(f"_{text}_")
    return "\n\n".join(out)
