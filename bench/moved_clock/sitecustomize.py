"""On PYTHONPATH, moves `time.time` of a Python process by the seconds that the file in DEMO_CLOCK holds, now and later.

Python imports a module of this name before anything else, so that the bot itself runs as it is, in any number of
processes, and only its clock is another; what is measured by `time.monotonic`, and what APScheduler waits, stays real.
"""

import os
import time
from pathlib import Path

_real, _tick = time.time, time.monotonic
_file = Path(os.environ["DEMO_CLOCK"]) if os.environ.get("DEMO_CLOCK") else None
_known = (float("-inf"), 0.0)  # when it was read (monotonic), and what it said
FRESH_SECONDS = 0.05


def _moved() -> float:
    """Seconds UTC, as the demo has it."""
    global _known  # noqa: PLW0603  (one clock a process)
    if _file is not None and _tick() - _known[0] > FRESH_SECONDS:
        _known = (_tick(), float(_file.read_text() or 0))
    return _real() + _known[1]


if _file is not None:
    time.time = _moved
