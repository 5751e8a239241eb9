"""The voice: questions in, answers out, on every platform."""
