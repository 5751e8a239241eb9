"""Areas of a repository: what they are, how well they are held, what puts them at risk."""
