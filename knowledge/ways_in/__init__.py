"""The ways into a place: for somebody new (tour), for somebody who was away (refresh)."""
