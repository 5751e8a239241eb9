"""The commands of `lamp`, one file each: `arguments(parser)` and `run(args) -> exit code`."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NoReturn

from knowledge.errors import Mistake, fault_id


class _Parser(argparse.ArgumentParser):
    """An argparse that says a mistake in one sentence and exits 1, as all our commands do."""

    def error(self, message: str) -> NoReturn:
        print(f"lamp: {message}. `{self.prog} --help` tells more.", file=sys.stderr)
        sys.exit(1)


def run(name: str, argv: list[str]) -> int:
    """Run the command `name`; every exception becomes an exit code and a sentence."""
    module = importlib.import_module(f"bot.commands.{name}")
    parser = _Parser(
        prog=f"lamp {name}", description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.usage = None
    parser.add_argument("--config", metavar="FILE", help="settings; default: the nearest config.yaml")
    module.arguments(parser)
    args = parser.parse_args(argv)
    from bot.veiling import printing

    with printing():
        return _run(name, module, args)


def _run(name: str, module: ModuleType, args: argparse.Namespace) -> int:
    try:
        code = int(module.run(args))
        sys.stdout.flush()  # here, where a full disk or a closed pipe still finds its words
        return code  # noqa: TRY300
    except Mistake as mistake:
        print(f"lamp: {mistake}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; what was read is kept.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        import logging

        from bot.troubles import mistake_of

        if (told := mistake_of(error)) is not None:
            print(f"lamp: {told}", file=sys.stderr)
            return 1
        number = fault_id()
        logging.getLogger("lamplighter").exception("fault %s in lamp %s", number, name)
        print(f"lamp: something broke (id {number}); the log above has the details.", file=sys.stderr)
        return 3


def print_json(value: Mapping[str, Any]) -> None:
    """One object on stdout."""
    print(json.dumps(value, ensure_ascii=False))


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option that every reading command has."""
    parser.add_argument("--json", action="store_true", help="one JSON object for machines")


def number(low: int, high: int) -> Callable[[str], int]:
    """A whole number of an option; others are refused in words."""

    def read(text: str) -> int:
        try:
            found = int(text)
        except ValueError:
            found = low - 1
        if not low <= found <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {low} to {high}")
        return found

    return read


def add_as_of(parser: argparse.ArgumentParser) -> None:
    """The option of commands that can look from a date in the past."""
    parser.add_argument("--as-of", metavar="DATE", help="look from this date on back (ISO, UTC); uses nothing later")


def moment(as_of: str | None) -> int:
    """`--as-of` in seconds since 1970 UTC (a date means its end), or this moment."""
    import time
    from datetime import UTC, datetime, timedelta

    if not as_of:
        return int(time.time())
    try:
        when = datetime.fromisoformat(as_of)
    except ValueError:
        raise Mistake(f"--as-of {as_of!r} is no date", "Write it as 2026-03-31 or 2026-03-31T18:00.") from None
    if len(as_of) == len("2026-03-31"):
        when += timedelta(days=1, seconds=-1)
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
