"""The answers, one file an intent (its name), each with `answer(ground, asked) -> Answer`."""
