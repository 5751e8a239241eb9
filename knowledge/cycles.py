"""Lets a long piece of work go without searches for reference cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collections() -> Iterator[None]:
    """No search for cycles: a history is a million values without any, and the searches cost up to half of the time.

    It counts for the whole process; of several at once, the first that ends lets the searches go on.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
