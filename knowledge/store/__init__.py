"""SQL is the truth: one module a subject, all of them over `database.Database`."""
