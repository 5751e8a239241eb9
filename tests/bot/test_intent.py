"""Understanding is measured on phrases that people type, kept as data; the ways of follow-ups are told one by one."""

from pathlib import Path

import pytest

from bot.intent import Meaning, understand
from tests.teams import seconds

NOW = seconds("2026-03-15")
TEAM = {"ann", "bob", "david", "mei"}


def read(text: str) -> Meaning:
    return understand(text, NOW, lambda word: word.lower() in TEAM)


def phrasings() -> list[tuple[str, str, str]]:
    rows, intent = [], ""
    for line in (Path(__file__).parent / "phrasings.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            intent = line.strip("[]")
        elif line and not line.startswith("#"):
            phrase, _, subject = line.partition(" => ")
            rows.append((intent, phrase, subject))
    return rows


def test_the_intent_of_nearly_every_phrase_is_understood() -> None:
    rows = phrasings()
    assert len(rows) >= 150
    wrong = [f"{phrase!r}: {read(phrase).intent}, not {intent}" for intent, phrase, _ in rows if read(phrase).intent != intent]
    assert len(wrong) <= 0.03 * len(rows), "\n".join(wrong)


def test_the_subject_is_what_the_asker_named() -> None:
    rows = [row for row in phrasings() if row[2]]
    wrong = [f"{phrase!r}: {read(phrase).subject!r}, not {subject!r}" for _, phrase, subject in rows if read(phrase).subject != subject]
    assert len(wrong) <= 0.05 * len(rows), "\n".join(wrong)
