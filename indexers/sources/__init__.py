"""One file a source; the word in config.yaml is the name of the file."""
