"""Whose account runs this process."""

from __future__ import annotations


def user_name() -> str:
    """The name of the account; "user 10001" where its number has none, as in a container with a number of one's own."""
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
