"""The senses of a house: the half of the composition root that knows the indexers; `bot/wiring.py` is the other."""
