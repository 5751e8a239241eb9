"""A year of a team with Lamplighter, time-lapsed: a real history, simulated people, the bot's own code paths.

    python -m bench.timelapse flask=/path/to/flask … [--seeds 5] [--kills 200] [--json]

The history is real and read as of each simulated moment; people, their answers and their meetings are made up
(`people.py` says how). What a meeting does to an area is the model's own view (`paired`, `taught`, `attended`), not a
measurement. Deaths are real: copies of the bot are processes, ended by SIGKILL (`copies.py`).
"""
