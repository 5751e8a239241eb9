"""What the path of `lamp last` asks of `os`, without the millisecond and a half that its import costs a cold start.

`os` makes thirty abstract classes before it says where we stand. The C module below it knows as much.
"""

from __future__ import annotations

import sys

try:
    import posix
except ImportError:  # another system: its own os is as quick as it gets
    import os as posix  # type: ignore[no-redef]

getcwd = posix.getcwd
_FORMAT, _FOLDER, _FILE = 0o170000, 0o040000, 0o100000  # of a mode (inode(7))


def setting(name: str) -> str:
    """An environment variable, "" where there is none."""
    whole = sys.modules.get("os")
    if whole is not None:  # it may have been changed since the start
        return str(whole.environ.get(name, ""))
    at_start: dict[bytes, bytes] = vars(posix)["environ"]
    return at_start.get(name.encode(), b"").decode("utf-8", "surrogateescape")


def is_file(path: str) -> bool:
    """Whether a file is there; follows links."""
    return _mode(path) & _FORMAT == _FILE


def is_folder(path: str) -> bool:
    """Whether a directory is there; follows links."""
    return _mode(path) & _FORMAT == _FOLDER


def exists(path: str) -> bool:
    """Whether anything is there; follows links."""
    return _mode(path) != 0


def written_ns(path: str) -> int:
    """When a file was last written, nanoseconds since 1970."""
    return posix.stat(path).st_mtime_ns


def _mode(path: str) -> int:
    try:
        return posix.stat(path).st_mode
    except (OSError, ValueError):
        return 0


def join(folder: str, path: str) -> str:
    """A path as seen from a folder."""
    return path if path.startswith("/") else f"{folder.rstrip('/')}/{path}"


def above(folder: str) -> str:
    """The folder that holds a folder; the root holds itself."""
    return folder.rstrip("/").rpartition("/")[0] or "/"


def relative(path: str, start: str) -> str:
    """A whole path as seen from another one, without following links."""
    there, here = _parts(path), _parts(start)
    same = next((n for n, (a, b) in enumerate(zip(there, here, strict=False)) if a != b), min(len(there), len(here)))
    return "/".join([".."] * (len(here) - same) + there[same:]) or "."


def _parts(path: str) -> list[str]:
    found: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del found[-1:]
        elif part not in ("", "."):
            found.append(part)
    return found
