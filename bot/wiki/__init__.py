"""The wiki: drafts from answers and notes, on their way into git; reviews of pages. `desk` does, the rest decides."""
