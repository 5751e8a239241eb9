"""Who asks, what is said of people, and what they say of themselves."""
