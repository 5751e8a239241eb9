"""What somebody wants, from their own words."""
