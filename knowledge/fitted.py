"""Parameters of `knowledge/memory.py`, fitted to public histories by `python -m bench.experts --fit`. Do not edit.

Fitted on celery/celery, fastapi/fastapi, git/git, pallets/flask, psf/requests, pypa/pip, pytest-dev/pytest and
redis/redis:
1,106,782 cases, of which 2.7% were active.
Left out one repository at a time: Brier skill 0.259, calibration error 0.0015.
"""

VERSION = "11 features, 1106782 cases"

# The weights of `memory.FEATURES`.
RETENTION = (
    -0.5212,
    -0.0791,
    0.0614,
    -0.3112,
    -0.3376,
    0.3872,
    0.0351,
    0.3153,
    0.6282,
    0.2910,
    -1.1823,
)

# Above it somebody counts as a holder: the lowest retention whose F1 is within 0.02 of the best.
BAR = 0.15
