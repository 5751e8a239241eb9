"""One story in a real local Slack, from the week's first proposal to the report of the next week.

    make story-demo REPO=../pytest        or: python -m bench.story_demo REPO [--no-picture]

The server, `lamp serve` (killed once with SIGKILL), git, the wiki and the store are real; only the clock is moved, by
`moved_clock/`. People are played: who presses what and what they write stands below. Writes docs/story.md with its
pictures. REPO is a clone of pytest, of which the notes speak; on another one they would be about something else.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import story_team as team
from bench.browser import picture_of_form, picture_of_messages
from bench.local_slack import LocalSlack, binary, serving
from bench.stage import FOLDER, PROFILE, ROOT, Play, indented
from bench.stage import perform as performed
from bench.story_bot import Bot, Clock
from bench.story_script import Script
from knowledge.store.nudges import Nudge, Nudges
from knowledge.store.persons import people_by_id
from knowledge.store.schema import open_store

START = int(datetime(2026, 8, 18, 9, 58, tzinfo=UTC).timestamp())  # a Tuesday, two minutes before the week's round
HOUR, DAY = 3600, 86_400
LEADS = "C03NEW"  # the channel #leads
PAGE = ROOT / "docs" / "story.md"
PATIENCE = (
    240.0  # seconds: the bot looks every minute, and for half of one after a crash whether it died while speaking
)
NOTE = (
    "`--markers`, `-m` and `pytest.mark.NAME` all read the registered names in one place, `_iter_registered_markers` in"
    " src/_pytest/config/__init__.py. `-m` refuses an unknown name only when `strict_markers` is on; where that is not"
    " set, `strict` decides."
)
SECOND_NOTE = (
    "A misspelt `parametrize` fails at once, also without strict markers: see MarkGenerator in"
    " src/_pytest/mark/structures.py."
)
TITLE = "How marker names are checked"
QUESTION = "where is the release bot token kept?"
ANSWER = (
    "There is none to keep. .github/workflows/deploy.yml publishes with the workflow's own identity (id-token: write, in"
    " the environment “deploy”), and prepare-release-pr.yml uses the token that GitHub makes for each run."
)
INTRO = """
One week of a team, in a real Slack server on this machine (`make story-demo REPO=../pytest`), from the bot's first
proposal to the next report to the leads. `lamp serve` runs as a process of its own, on pytest's repository as it was on
18 August 2026; the wiki is a bare git repository. **The people are played, under invented names**: nobody of that project
has said any of this. What the bot says, finds and counts is as it came; only its clock was moved, from one moment of the
week to the next. The server knows no conversations of several, no message menus and no event of joining; so each of a
pair gets a message of their own, and the newcomer asks for the tour. Times in the pictures are left out: they are the
server's.
"""


class Story:
    """The scenes, in their order."""

    def __init__(self, place: team.Place, clock: Clock, bot: Bot, slack: LocalSlack, *, pictures: bool) -> None:
        self.place, self.clock, self.bot, self.slack, self.pictures = place, clock, bot, slack, pictures
        self.script = Script()
        people = {team.first(one): team.account(one) for one in (*team.NAMES, team.NEWCOMER)}
        self.play = Play(slack, people, clock, self.script.tell, PATIENCE)
        self.db = open_store(f"sqlite:///{place.folder / 'home' / 'lamplighter.sqlite'}")

    async def perform(self) -> None:
        """All of it."""
        await self.play.open_rooms()
        shared, worn = await self.a_round()
        await self.not_now(worn)
        await self.a_time(shared)
        await self.the_session(shared)
        await self.a_page(shared)
        await self.the_newcomer()
        await self.the_report()

    # -- Tuesday ------------------------------------------------------------------------------------------------------

    async def a_round(self) -> tuple[Nudge, Nudge | None]:
        """The lead looks, the proposals go out; the one that shares what is fresh, and another one."""
        self.script.scene(
            "Tuesday, ten o'clock: whom would it help?",
            f"""It is {team.day_of(self.clock())} UTC. {team.LEAD} leads the team and is shown a first round before
            anybody else is.""",
        )
        self.clock.to(START + 3 * 60)
        preview = await self.play.news(team.LEAD)
        await self.play.press(team.LEAD, preview, "nudge:approve")
        proposals = [one for one in Nudges(self.db).since(0) if one.kind in {"share", "re-light"}]
        shared = next(one for one in proposals if one.kind == "share")
        return shared, next((one for one in proposals if one.id != shared.id), None)

    async def not_now(self, nudge: Nudge | None) -> None:
        """Somebody has no time this week."""
        if nudge is None:
            return
        self.script.say("A minute later the messages go out. Two people have other plans for this week.")
        shows, learns = self._names(nudge)
        first, second = await self.play.news(shows), await self.play.news(learns, show=False)
        asked = await self.play.press(shows, first, "nudge:later")
        chosen = await self.slack.choose(self.play.people[shows], asked, "nudge:until", "week")
        self.script.tell(f"\n{shows} chooses [{chosen}]")
        await self.play.told(shows)
        await self.play.press(learns, second, "nudge:yes")

    async def a_time(self, nudge: Nudge) -> None:
        """Yes, a time, and the bot dies before it can say so."""
        shows, learns = self._names(nudge)
        self.script.say(f"{shows} and {learns} have.")
        theirs = await self.play.news(shows)
        mine = await self.play.news(learns, show=False)
        asked = await self.play.press(shows, theirs, "nudge:yes")
        await self.play.press(shows, asked, "nudge:pick")
        asked = await self.play.press(learns, mine, "nudge:yes")
        agreed = await self.play.press(learns, asked, "nudge:pick")
        pid = await self.bot.kill()
        self.script.say(f"""Here the bot is killed (`kill -9 {pid}`): a time has been agreed on, and nobody has a card.
            It is started again.""")
        await self.bot.start()
        await self.play.news(shows)
        await self.play.news(learns, show=False)
        cards = [one for name in (shows, learns) for one in await self.slack.messages(self.play.rooms[name])
                 if "minutes on" in str(one.get("blocks")) and "drives" in str(one.get("blocks"))]  # fmt: skip
        if len(cards) != 2:
            raise RuntimeError(f"{len(cards)} cards for two people")
        self.script.say("Each has one card, and the invitation in its thread:")
        ics = self.place.folder / "session.ics"
        self.bot.lamp("nudge", "card", nudge.id, "--as", f"{learns.lower()}@example.org", "--ics", str(ics))
        lines = ics.read_bytes().decode().replace("\r\n ", "").splitlines()
        wanted = ("DTSTART", "DTEND", "SUMMARY", "ATTENDEE")
        self.script.tell("\n" + "\n".join(indented(one) for one in lines if one.startswith(wanted)))
        caption = f"The proposal and the card, as {learns} sees them"
        await self._picture("story-session.png", caption, learns, [mine, agreed, cards[1]])
        await self.play.skip(shows, show=False)
        await self.play.skip(learns, show=False)

    # -- the session --------------------------------------------------------------------------------------------------

    async def the_session(self, nudge: Nudge) -> None:
        """The reminder, the session, the question."""
        shows, learns = self._names(nudge)
        meet = self._now(nudge).meet_time
        if meet is None:
            raise RuntimeError("no time was found")
        self.script.scene("The session")
        self.clock.to(meet - 2 * HOUR + 60)
        await self.play.news(shows)
        await self.play.skip(learns, show=False)
        self.script.say("They meet, look at the commits of the card, and half an hour after it each is asked.")
        self.clock.to(meet + HOUR)
        asked = await self.play.news(shows)
        theirs = await self.play.news(learns, show=False)
        said = await self.play.press(shows, asked, "nudge:did")
        form = await self.play.opens(shows, said, "nudge:note", "nudge:note")
        await self.play.sends(shows, form, note=NOTE)
        self.kept = await self.play.told(shows)
        said = await self.play.press(learns, theirs, "nudge:did")
        form = await self.play.opens(learns, said, "nudge:note", "nudge:note")
        await self.play.sends(learns, form, note=SECOND_NOTE)
        self.kept_too = await self.play.told(learns)

    async def a_page(self, nudge: Nudge) -> None:
        """The notes become a page of the wiki; a second draft becomes a section of it; it is confirmed."""
        shows, learns = self._names(nudge)
        self.script.scene("The notes become a page")
        view = await self.play.opens(shows, self.kept, "wiki:session", "wiki:write")
        await self.play.sends(shows, view, title=TITLE)
        await self.play.told(shows)
        self.script.say(f"The wiki's repository has the branch. {team.LEAD} reads it and merges it, as any other:")
        branch = self._branch()
        written = ("log", "-1", "--format=Author: %an <%ae>%nDate:   %ad%n%n%B", "--date=iso", branch)
        self.script.terminal(f"git log -1 {branch}", team.git(self.place.wiki, *written))
        self.script.terminal(f"git merge {branch}", team.merge(self.place, branch, self.clock() + 60))
        self.clock.to(START + DAY - 20 * 60)
        self.bot.lamp("index")
        self.script.say(f"""The next morning {learns}, too, would keep what was written down. The page is there by now,
            and the form says so: only the second note is added to it.""")
        view = await self.play.opens(learns, self.kept_too, "wiki:session", "wiki:write")
        if self.pictures:
            await picture_of_form(ROOT / "docs" / "story-section.png", PROFILE)
        self.script.picture(
            "story-section.png",
            "The form knows the page (this server's own page shows a text in one line, and not what is chosen)",
        )
        await self.play.sends(learns, view, title="A misspelt parametrize", text=SECOND_NOTE)
        await self.play.told(learns)
        team.merge(self.place, self._branch(), self.clock() + 60)
        self.bot.lamp("index")
        self.script.say(f"""{team.LEAD} merges that, too. Whoever asks from now on is answered from the page, and may say
            that it is right.""")
        await self.play.says("Bob", "how are marker names in -m checked?")
        await self.play.says("Bob", "this page is still right")

    # -- Thursday -----------------------------------------------------------------------------------------------------

    async def the_newcomer(self) -> None:
        """A tour, a question that nobody wrote an answer to, a person, an answer, a page."""
        nia = team.first(team.NEWCOMER)
        self.clock.to(START + 2 * DAY + 10 * 60)
        self.script.scene("Thursday: somebody is new", f"{nia} has joined; no commit of the history is {nia}'s.")
        await self.play.commands(nia, "tour")
        asked = await self.play.says(nia, QUESTION)
        brought = await self.play.press(nia, asked, "lamplighter_feedback:person")
        holder, request = await self._whoever_is_asked()
        await self.play.press(holder, request, "request:claim")
        await self.play.news(nia)
        view = await self.play.opens(holder, request, "request:answer", "request:answered")
        await self.play.sends(holder, view, answer=ANSWER)
        await self.play.told(holder)
        answered = await self.play.news(nia)
        while not _has(answered, "wiki:page"):  # what stood there before may have lost its buttons
            answered = await self.play.news(nia)
        await self._picture(
            "story-question.png", f"What {nia} asked, and what came back", nia, [asked, brought, answered]
        )
        view = await self.play.opens(nia, answered, "wiki:page", "wiki:write")
        await self.play.sends(nia, view)
        await self.play.told(nia)

    async def _whoever_is_asked(self) -> tuple[str, dict[str, Any]]:
        """Who got the question, and the message."""
        for _ in range(int(PATIENCE)):
            for name in self.play.people:
                for message in await self.slack.messages(self.play.rooms[name]):
                    if _has(message, "request:claim"):
                        await self.play.skip(name, show=False)
                        self.play.show(name, message)
                        return name, message
            await asyncio.sleep(1)
        raise RuntimeError("nobody was asked")

    # -- the next week ------------------------------------------------------------------------------------------------

    async def the_report(self) -> None:
        """What the leads read on Monday."""
        monday = START + 6 * DAY - HOUR + 4 * 60
        self.script.scene(
            "Monday: the report to the leads",
            """The repository has got its commits of the days between, and over the weekend the bot's machine was
            restarted. At nine the report stands in #leads.""",
        )
        await self.bot.stop()
        team.as_of(self.place, monday)
        self.clock.to(monday - 10 * 60)
        self.bot.lamp("index")
        await self.bot.start()
        await asyncio.sleep(5)
        self.clock.to(monday)
        report = await self.play.news(LEADS)
        await self.play.skip(LEADS, show=False)
        self.script.say("In its thread are the map of the areas and the details.")
        await self._picture("story-report.png", "The report, in the leads' channel", LEADS, [report])

    # -- below the stage ----------------------------------------------------------------------------------------------

    def _now(self, nudge: Nudge) -> Nudge:
        found = Nudges(self.db).get(nudge.id)
        if found is None:
            raise RuntimeError(f"nudge {nudge.id} is gone")
        return found

    def _branch(self) -> str:
        """The branch that waits in the wiki's repository and is not merged yet."""
        waits = ("for-each-ref", "--no-merged=main", "--format=%(refname:short)", "refs/heads/lamplighter/")
        return team.git(self.place.wiki, *waits).splitlines()[0]

    def _names(self, nudge: Nudge) -> tuple[str, ...]:
        """Those of a pair, who shows first."""
        known = people_by_id(self.db, nudge.people)
        return tuple(team.first(known[one].name) for one in nudge.people)

    async def _picture(self, name: str, caption: str, where: str, shown: list[dict[str, Any]]) -> None:
        if self.pictures:
            room = self.play.rooms.get(where, where)
            await picture_of_messages(room, [one["ts"] for one in shown], ROOT / "docs" / name, PROFILE)
        self.script.picture(name, caption)


def _has(message: dict[str, Any], action: str) -> bool:
    """Whether a message has a button of that id."""
    return any(
        e.get("action_id", "").startswith(action) for b in message.get("blocks") or () for e in b.get("elements", ())
    )


def prepared(source: str, place: team.Place) -> None:
    """The team's repository and wiki, and a home with both indexed, which is kept for the next time."""
    team.clone(source, place)
    head = team.as_of(place, START)
    home, kept = place.folder / "home", place.folder / f"indexed-{head[:12]}"
    shutil.rmtree(home, ignore_errors=True)
    team.configure(place, Path(source).resolve().name, team.active(place, START, len(team.NAMES)))
    if kept.exists():
        shutil.copytree(kept, home)
    else:
        print(f"indexing {source} as of {team.day_of(START)} (once, some minutes) …", file=sys.stderr)
        Bot(place, Clock(place.folder / "clock", START)).lamp("index", "--repo", str(place.repo))
        shutil.copytree(home, kept)
    team.begin_wiki(place, START)


async def demo(args: argparse.Namespace) -> None:
    """All of it, inside the namespace."""
    place = team.Place(FOLDER / "story")
    prepared(args.repo, place)
    clock = Clock(place.folder / "clock", START)
    bot = Bot(place, clock)
    bot.lamp("index", "--only", "history")
    async with serving(binary(FOLDER), FOLDER, f"{Path(args.repo).name} team", team.users(), ["leads"]) as slack:
        await bot.start()
        story = Story(place, clock, bot, slack, pictures=not args.no_picture)
        try:
            await story.perform()
        finally:
            story.script.write(place.folder / "story.md" if args.no_picture else PAGE, "A week with Lamplighter", INTRO)
            await bot.stop()


if __name__ == "__main__":
    sys.exit(performed("bench.story_demo", __doc__, demo, "repo"))
