"""Bringing people together: whom, about what, in which words, and what became of it (docs/nudges.md)."""
