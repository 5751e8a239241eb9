"""The senses: history, docs and code become events and passages. They know no chat."""
