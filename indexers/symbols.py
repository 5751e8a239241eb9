"""Source text → its symbols as a tree: qualified names and lines, by tree-sitter. Pure.

class Flask:                → Symbol("Flask", 1, …, with create_url_adapter in it)
    # built once            →   the comment belongs to the method under it
    def create_url_adapter  →   Symbol("Flask.create_url_adapter", 2, …)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

from indexers.blocks import Slice, block_of
from indexers.languages import LANGUAGES, Language, parser_of

if TYPE_CHECKING:
    from tree_sitter import Node

_FUNCTIONS = frozenset(
    {"arrow_function", "function_expression", "generator_function", "class", "function_definition", "function"},
)
_ELIXIR_HOLDERS = frozenset({"defmodule", "defprotocol", "defimpl"})
_ELIXIR_SYMBOLS = frozenset({"def", "defp", "defmacro", "defmacrop", "defstruct"})
_DECLARED = frozenset({"struct_specifier", "union_specifier", "enum_specifier", "class_specifier"})
_SMALL = 24 * 1024  # bytes; no grammar takes more than two seconds for as many
_SAMPLE = 8 * 1024
_PATIENCE = 0.03  # seconds of processor time for a sample; ordinary code takes .002
_AS_LETTERS = bytes(range(128)) + b"x" * 128  # as many bytes as before, so every place stays where it is
_DEPTH = 12  # of nesting; no reader follows further, and no stack should


class Symbol(NamedTuple):
    """A part with a name. Lines start at 1, both ends included, leading comments and decorators too."""

    name: str
    line_start: int
    line_end: int
    inner: tuple[Symbol, ...] = ()
    is_sentence: bool = False  # the name is the title of a test, no identifier


class Outline(NamedTuple):
    """The symbols of a file in order, and the lines that hold nothing but imports."""

    symbols: tuple[Symbol, ...]
    imports: frozenset[int]


NO_OUTLINE = Outline((), frozenset())


def outline(language: str, source: bytes) -> Outline:
    """The outline of `source`; broken code has as much of one as the grammar can save.

    Text that makes a grammar try without end (100 kB of "<" take one of them 37 s) has none. What a grammar does to a
    process is not held up here but in `apart`, which is what indexing and answers call.
    """
    walk = _Walk(LANGUAGES[language], source)
    root = _parsed(language, source)
    symbols = tuple(walk.symbols(root.children, "", 0)) if root else ()
    return Outline(symbols, frozenset(walk.imports))


def _parsed(language: str, source: bytes) -> Node | None:
    """The tree of `source`, None where the grammar would take for ever.

    A long source is tried in samples first: the time of a grammar that is lost grows with the square of the length.
    """
    parser = parser_of(language)
    if LANGUAGES[language].ascii_only:
        source = source.translate(_AS_LETTERS)
    if len(source) > _SMALL:
        for place in range(0, len(source), max(_SAMPLE, len(source) // 3)):
            start = process_time()
            parser.parse(source[place : place + _SAMPLE])
            if process_time() - start > _PATIENCE:
                return None
    return parser.parse(source).root_node


class _Walk:
    """One way through a tree; collects the lines of imports on the way."""

    def __init__(self, known: Language, source: bytes) -> None:
        self.known = known
        self.text = Slice(source)
        self.imports: set[int] = set()

    def symbols(self, nodes: Sequence[Node], prefix: str, depth: int) -> Iterator[Symbol]:
        """The symbols among sibling nodes, each with the comments that stand right above it."""
        above: int | None = None
        last = -2
        for node in nodes:
            start, end = node.start_point[0], _last_row(node)
            joins = start <= last + 1
            if node.type in self.known.above and (start > last or above is not None):
                above = above if above is not None and joins else start
                last = end
                continue
            first = above if above is not None and joins else start
            above, last = None, end
            if node.type in self.known.imports:
                self.imports.update(range(start + 1, end + 2))
            elif depth <= _DEPTH:
                yield from self.symbol(node, prefix, depth, first + 1)

    def symbol(self, node: Node, prefix: str, depth: int, first: int) -> Iterator[Symbol]:
        """What is in one node; `first` is the line of the comments above it."""
        known, kind = self.known, node.type
        if known.has_blocks and (block := block_of(node, self.text)):
            name = f"{prefix} › {block.name}" if prefix else block.name
            inner = tuple(self.symbols(block.inside, name, depth + 1))
            yield Symbol(name, first, _last_row(node) + 1, inner, is_sentence=True)
        elif kind in known.wrappers:
            for wrapped in self.symbols(node.children, prefix, depth + 1):
                yield wrapped._replace(line_start=first, line_end=_last_row(node) + 1)
                return
        elif kind in known.holders and not (kind in _DECLARED and node.child_by_field_name("body") is None):
            name = self.joined(prefix, _name(node, self.text))
            children = self.members(node)
            inner_symbols = tuple(self.symbols(children, name, depth + 1))
            yield Symbol(name, first, _last_row(node) + 1, inner_symbols)
        elif kind in _DECLARED and node.child_by_field_name("body") is None:
            return  # `struct commit;` only says that there is one
        elif kind in known.symbols or kind in known.bindings:
            name = _name(node, self.text) if kind in known.symbols else _bound(node, self.text)
            if name:
                yield Symbol(self.joined(prefix, name), first, _last_row(node) + 1)
        elif kind in known.around:
            yield from self.symbols(node.children, prefix, depth + 1)
        elif kind == "call" and known.grammar == "tree_sitter_elixir":
            yield from self.elixir(node, prefix, depth, first)

    def members(self, node: Node) -> list[Node]:
        """What is in the body of a holder, and the comments that grammars leave in front of it (Ruby)."""
        body = node.child_by_field_name("body")
        bodies = [body] if body else [child for child in node.children if child.type in self.known.around]
        if not bodies:
            return []
        before = [child for child in node.children if child.type in self.known.above]
        leading = [child for child in before if node.start_byte < child.start_byte < bodies[0].start_byte]
        return [*leading, *(child for part in bodies for child in part.children)]

    def elixir(self, node: Node, prefix: str, depth: int, first: int) -> Iterator[Symbol]:
        """Elixir's definitions are calls: `defmodule Name do … end`, `def name(…)`."""
        word = self.text(node.child_by_field_name("target"))
        arguments = next((child for child in node.named_children if child.type == "arguments"), None)
        if arguments is None or not (word in _ELIXIR_HOLDERS or word in _ELIXIR_SYMBOLS):
            return
        name = self.joined(prefix, re.split(r"[\s(,]", self.text(arguments).removeprefix("("))[0])
        body = next((child for child in node.named_children if child.type == "do_block"), None)
        holds = body is not None and word in _ELIXIR_HOLDERS
        inner = tuple(self.symbols(body.children, name, depth + 1)) if body and holds else ()
        yield Symbol(name, first, _last_row(node) + 1, inner)

    def joined(self, prefix: str, name: str) -> str:
        """The qualified name; either part may be empty."""
        return f"{prefix}{self.known.separator}{name}" if prefix and name else prefix or name


def _last_row(node: Node) -> int:
    """The last row with something of the node on it; some grammars end a node at the start of the next line."""
    row, column = node.end_point
    return max(node.start_point[0], row - 1 if column == 0 else row)


def _name(node: Node, text: Slice) -> str:
    """The name of a definition, wherever its grammar keeps it."""
    if node.type == "method_declaration" and (receiver := node.child_by_field_name("receiver")):
        owner = re.search(r"\*?\s*([A-Za-z_]\w*)\s*(?:\[[^\]]*\])?\s*\)$", text(receiver))
        name = text(node.child_by_field_name("name"))
        return f"{owner[1]}.{name}" if owner else name
    if node.type == "impl_item":
        return re.sub(r"<.*", "", text(node.child_by_field_name("type")))
    if node.type == "type_declaration":
        return ", ".join(text(spec.child_by_field_name("name")) for spec in node.named_children[:3]).strip(", ")
    if node.type in ("init_declaration", "secondary_constructor"):
        return "init" if node.type == "init_declaration" else "constructor"
    named = node.child_by_field_name("name")
    if named is None and (named := node.child_by_field_name("declarator")):
        while inner := named.child_by_field_name("declarator"):
            named = inner
    if named is None:
        named = next((child for child in node.named_children if child.type.endswith("identifier")), None)
    name = text(named)
    return "companion" if not name and node.type == "companion_object" else name


def _bound(node: Node, text: Slice) -> str:
    """The name that a function is bound to: `const f = () => …`, `exports.f = function …`, `M.f = function …`."""
    place = next((child for child in node.named_children if child.type == "variable_declarator"), node)
    value = place.child_by_field_name("value") or place.child_by_field_name("right")
    if value is None and place.named_children:
        value = place.named_children[-1]
    if value is not None and value.type == "expression_list":
        value = value.named_child(0)
    if value is None or value.type not in _FUNCTIONS:
        return ""
    target = (
        place.child_by_field_name("name") or place.child_by_field_name("left") or place.child_by_field_name("property")
    )
    name = text(target or place.named_child(0))
    return re.sub(r"^(?:module\.)?exports\.|^this\.", "", name)
