"""How right the model is on a team's own past, and what it learns from it."""
