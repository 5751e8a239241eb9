"""How active knowledge is, person by person and place by place: what rests on `knowledge/memory.py`."""
