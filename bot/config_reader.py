"""YAML beside dataclasses: the values of a section's fields, and every mistake at once, with its line and its cure.

answers:                      config.yaml:2: answers.confidence lies between 0 and 1, not 7
confidence: 7               config.yaml:3: answers.peeple is unknown; did you mean people?
peeple: 3
"""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Callable, Collection
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple

from knowledge.errors import Mistake


class Range(NamedTuple):
    """What a number may be, both ends included."""

    low: float
    high: float


class Check(NamedTuple):
    """What a text must be: the function raises a `Mistake` for what is none."""

    of: Callable[[str], None]


class Reader:
    """Walks YAML nodes beside the dataclasses and collects every mistake.

    `secrets` are the environment variables that a key may have been meant for.
    """

    def __init__(self, file: str, secrets: Collection[str] = ()) -> None:
        self.file = file
        self.secrets = secrets
        self.mistakes: list[str] = []

    def wrong(self, node: Any, sentence: str) -> None:
        """Note a mistake at the line of a node."""
        self.mistakes.append(f"{self.file}:{node.start_mark.line + 1}: {sentence}")

    def section(self, cls: type, node: Any, where: str) -> dict[str, Any]:
        """The keyword arguments that a mapping gives to a dataclass."""
        import yaml

        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"{where or 'the file'} holds keys and values, such as {_example(cls)}")
            return {setting.name: "" for setting in fields(cls) if _is_required(setting)}
        hints = typing.get_type_hints(cls, include_extras=True)
        known = {_key(f): f for f in fields(cls) if _key(f)}
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            name = f"{where}.{key}" if where else key
            if key not in known:
                self.wrong(key_node, _unknown(key, name, list(known), self.secrets))
            elif key in values:
                self.wrong(key_node, f"{name} stands here twice; keep one")
            else:
                values[key] = self.value(hints[known[key].name], value_node, name)
        for key, missing in known.items():
            if _is_required(missing) and key not in values:
                self.wrong(node, f"{where or 'the file'} needs {key}")
                values[key] = ""
        return {known[key].name: value for key, value in values.items()}

    def value(self, hint: Any, node: Any, where: str) -> Any:
        """What a node says for a field of that type; any value where it says it wrongly."""
        import yaml

        try:
            plain: Any = yaml.SafeLoader("").construct_object(node, deep=True)
        except ValueError as error:  # such as 2026-13-01, which looks like a day
            if isinstance(node, yaml.ScalarNode):
                self.wrong(node, f"{where} is no day that there is ({error})")
                return None
            plain = node  # something within it is wrong, and told there
        limit: Range | Check | None = None
        if typing.get_origin(hint) is Annotated:
            hint, limit = typing.get_args(hint)[:2]
        if isinstance(hint, type) and is_dataclass(hint):
            nothing = plain is None and not any(map(_is_required, fields(hint)))
            return hint() if nothing else self.made(hint, node, where)
        if typing.get_origin(hint) is tuple:
            return self.sequence(typing.get_args(hint)[0], node, where, empty=plain is None)
        if typing.get_origin(hint) is Literal:
            allowed = typing.get_args(hint)
            if plain not in allowed:
                self.wrong(node, f"{where} is one of {', '.join(map(str, allowed))}, not {plain!r}")
            return plain
        if isinstance(hint, types.UnionType):
            if type(plain) not in typing.get_args(hint):
                ways = [_WORDS[one] for one in typing.get_args(hint) if one in _WORDS]
                self.wrong(node, f"{where} is {' or '.join(ways)}, not {plain!r}")
            return plain
        return self.scalar(hint, plain, limit, node, where)

    def made(self, cls: type, node: Any, where: str) -> Any:
        """The value of a section; None where its fields contradict each other (`__post_init__` says how)."""
        values = self.section(cls, node, where)
        try:
            return cls(**values)
        except Mistake as mistake:
            self.wrong(node, _told(where, mistake))
            return None

    def scalar(self, hint: Any, plain: Any, limit: Range | Check | None, node: Any, where: str) -> Any:
        """A text, a number, a truth or a day within its limits."""
        if hint is float and isinstance(plain, int) and not isinstance(plain, bool):
            plain = float(plain)
        if hint is str and plain is None:
            plain = ""
        if not isinstance(plain, hint) or (hint is int and isinstance(plain, bool)):
            self.wrong(node, f"{where} is {_WORDS[hint]}, not {plain!r}")
        elif isinstance(limit, Range) and not limit.low <= plain <= limit.high:
            self.wrong(node, f"{where} lies between {limit.low} and {limit.high}, not {plain!r}")
        elif isinstance(limit, Check):
            try:
                limit.of(plain)
            except Mistake as mistake:
                self.wrong(node, _told(where, mistake))
        return plain

    def sequence(self, hint: Any, node: Any, where: str, *, empty: bool) -> tuple[Any, ...]:
        """The entries of a list."""
        import yaml

        if empty:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(node, f"{where} is a list; put '- ' in front of each entry")
            return ()
        return tuple(self.value(hint, item, f"{where}[{at}]") for at, item in enumerate(node.value))


_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", date: "a day (2026-08-03)"}


def _key(setting: Field[Any]) -> str:
    """What config.yaml calls a field; empty for one that is no key."""
    key = setting.metadata.get("key", True)
    return key if isinstance(key, str) else setting.name if key else ""


def _is_required(setting: Field[Any]) -> bool:
    return setting.default is MISSING and setting.default_factory is MISSING


def _told(where: str, mistake: Mistake) -> str:
    """The sentence of a mistake in the file, whose name of the setting stands there once."""
    return f"{where}: {str(mistake).removeprefix(f'{where}: ')}"


def _unknown(key: str, name: str, known: list[str], secrets: Collection[str]) -> str:
    if any(word in key.lower() for word in ("token", "secret", "password")):
        meant = [secret for secret in secrets if secret.lower().startswith(name.split(".", maxsplit=1)[0])] or secrets
        return f"{name}: secrets are not kept in files; set {' or '.join(meant)} in the environment"
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f"{name} is unknown; " + (f"did you mean {near[0]}?" if near else f"known here: {', '.join(sorted(known))}")


def _example(cls: type) -> str:
    return f"{_key(fields(cls)[0])}: …"
