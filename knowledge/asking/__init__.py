"""What a question names and means: `knowledge/resolve.py` puts it together."""
