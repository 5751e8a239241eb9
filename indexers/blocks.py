"""Parts of code whose name is a sentence: `describe("Cart")`, `it "sums"`, `test_expect_success 'log works'`.

They are calls to a grammar, so they are told by the word that is called; the name is its first string.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

_GROUPS = frozenset({"describe", "context", "suite", "feature", "shared_examples", "namespace"})
_SINGLES = frozenset({"it", "test", "specify", "scenario", "task", "bench"})
_CALLS = frozenset({"expression_statement", "call", "command"})
_WORD = re.compile(r"^(?:RSpec\.)?([A-Za-z_]\w*)")
_STRINGS = frozenset({"string", "raw_string", "template_string", "constant", "simple_symbol"})


class Block(NamedTuple):
    """A named call: what it is called with, and what is in it where it groups others."""

    name: str
    inside: tuple[Node, ...]


class Slice:
    """The text of a node, cut from the source: a tree asks its reader for it again and again."""

    def __init__(self, source: bytes) -> None:
        self._source = source

    def __call__(self, node: Node | None, limit: int = 120) -> str:
        """At most `limit` bytes of a node in one line; empty for None."""
        if node is None:
            return ""
        end = min(node.end_byte, node.start_byte + limit)
        return " ".join(self._source[node.start_byte : end].decode(errors="ignore").split())


def block_of(node: Node, text: Slice) -> Block | None:
    """The named block that a statement is; None for every other statement."""
    if node.type not in _CALLS:
        return None
    call = node.named_children[0] if node.type == "expression_statement" and node.named_children else node
    if call.type not in ("call_expression", "call", "command"):
        return None
    match = _WORD.match(text(call, 60))
    word = match[1] if match else ""
    if not (word in _GROUPS or word in _SINGLES or word.startswith("test_expect_")):
        return None
    arguments = _arguments(call)
    title = next((argument for argument in arguments if argument.type in _STRINGS), None)
    if title is None:
        return None
    name = text(title).strip("'\"`:").strip()
    return Block(name, _inside(call, arguments) if word in _GROUPS else ())


def _arguments(call: Node) -> list[Node]:
    if call.type == "command":
        return call.named_children[1:]
    held = call.child_by_field_name("arguments")
    if held is None:
        held = next((child for child in call.named_children if child.type == "arguments"), None)
    return held.named_children if held else []


def _inside(call: Node, arguments: list[Node]) -> tuple[Node, ...]:
    """The statements of the function (JavaScript) or block (Ruby, Elixir) that a group is given."""
    given = call.child_by_field_name("block") or next((c for c in call.named_children if c.type == "do_block"), None)
    if given is None and arguments:
        given = arguments[-1]
    body = given.child_by_field_name("body") if given is not None else None
    held = body if body is not None else given
    return tuple(held.children) if held is not None else ()
