"""A question that wants a person: states, clock, words, and what brings them to people (`bot/requests.py` decides)."""
