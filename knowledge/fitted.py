"""Parameters of `knowledge/memory.py`, fitted to public histories by `python -m bench.experts --fit`. Do not edit.

Fitted on celery/celery, fastapi/fastapi, git/git, pallets/flask, psf/requests, pypa/pip, pytest-dev/pytest and
redis/redis:
1,093,828 cases, of which 2.6% were active.
Left out one repository at a time: Brier skill 0.248, calibration error 0.0022.
"""

VERSION = "11 features, 1093828 cases"

# The weights of `memory.FEATURES`.
RETENTION = (
    -0.6222,
    -0.0571,
    0.0306,
    -0.2747,
    -0.3944,
    0.3651,
    0.0291,
    0.3267,
    0.5998,
    0.2955,
    -1.0093,
)

# Above it somebody counts as a holder: the lowest retention whose F1 is within 0.02 of the best.
BAR = 0.15
