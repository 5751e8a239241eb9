"""Fitted parameters of the activation model. Written by `python -m bench.experts --fit`; never edited by hand."""

RETENTION = (
    -0.7472,
    -0.0322,
    0.1160,
    -0.2673,
    -0.3257,
    0.3539,
    0.0634,
    0.3651,
    0.6380,
    0.3053,
    -0.8530,
)
BAR = 0.15
