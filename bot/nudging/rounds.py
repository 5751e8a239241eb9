"""A round: gather, decide, keep. What `lamp nudge` shows and what the timetable does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.config import NudgeSettings, PersonSettings
from bot.etiquette import Send
from bot.message import Message
from bot.nudge import Decision, Proposal, decide, sends_at
from bot.nudging.flow import previews, proposal
from bot.nudging.gather import gather, week_of
from bot.nudging.people import Team, team_of
from bot.nudging.texts import Texts, load_texts
from bot.nudging.wording import Spoken, compose
from knowledge.store.database import Database
from knowledge.store.nudges import Nudges
from knowledge.store.people import find


@dataclass(frozen=True, slots=True)
class Nudging:
    """The settings of nudging, read and checked."""

    team: Team
    texts: Texts
    settings: NudgeSettings


def nudging_of(settings: NudgeSettings, people: tuple[PersonSettings, ...], folder: Path) -> Nudging:
    """From config.yaml, which stands in `folder`.

    Raises:
        Mistake: hours, a zone, a country or a text that cannot be.
    """
    own = (folder / Path(settings.texts).expanduser()) if settings.texts else None
    team = team_of(settings, people)
    return Nudging(team, load_texts(own), settings)


def decision(db: Database, nudging: Nudging, now: int) -> Decision:
    """What would be said at `now`; nothing is kept."""
    said = nudging.settings
    return decide(gather(db, nudging.team, now, most=said.a_round, repeat_days=said.repeat_days))


def hold_round(db: Database, nudging: Nudging, now: int) -> Decision | None:
    """Decide this week's round and keep it for the runner; None when it was decided before.

    The very first round waits for a lead's `lamp nudge approve`.
    """
    store = Nudges(db)
    if store.round(week_of(now, nudging.team.manners.zone)) is not None:  # asked every minute, decided once a week
        return None
    made = decision(db, nudging, now)
    nudges = [one.nudge for one in made.proposals]
    entries = [replace(proposal(one.nudge, now), not_before=sends_at(one.verdict, now)) for one in made.proposals]
    approved = any(one.approved is not None for one in store.rounds())
    if nudges and not approved:
        entries += previews(made.week, _leads(db, nudging.settings.preview_to), now)
    return made if store.open_round(made.week, now, approved=approved, nudges=nudges, entries=entries) else None


def _leads(db: Database, said: tuple[str, ...]) -> list[int]:
    """The people whom the config names as those who look first."""
    return [person.id for words in said for person in find(db, words)[:1]]


def wording(nudging: Nudging, one: Proposal, names: Mapping[int, str]) -> Message:
    """A proposal as its people would read it."""
    entry = proposal(one.nudge, one.nudge.created)
    verdict = one.verdict if isinstance(one.verdict, Send) else Send()
    spoken = Spoken(names, verdict.introduce, verdict.last_call, nudging.team.manners.budget)
    return compose(nudging.texts, one.nudge, entry, spoken)
