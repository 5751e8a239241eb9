"""The memory: events, passages and people, and what follows from them. Knows no git and no chat."""
