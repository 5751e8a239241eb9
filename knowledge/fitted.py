"""Parameters of `knowledge/memory.py`, fitted to public histories by `python -m bench.experts --fit`. Do not edit.

Fitted on celery/celery, fastapi/fastapi, git/git, pallets/flask, psf/requests, pypa/pip, pytest-dev/pytest and
redis/redis:
1,093,828 cases, of which 2.6 % were active.
Left out one repository at a time: Brier skill 0.250, calibration error 0.0024.
"""

VERSION = "11 features, 1093828 cases"

# The weights of `memory.FEATURES`.
RETENTION = (
    -0.3825,
    -0.0397,
    0.0206,
    -0.2696,
    -0.2445,
    0.3787,
    -0.0244,
    0.3153,
    0.5696,
    0.3005,
    -1.1175,
)

# Above it somebody counts as a holder: the lowest retention whose F1 is within 0.02 of the best.
BAR = 0.15
