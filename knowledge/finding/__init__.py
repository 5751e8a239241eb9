"""What search, words and meaning are made of: `knowledge/search.py` puts them together."""
