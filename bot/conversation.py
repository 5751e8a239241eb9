"""Incoming text → intent → answer → Message: the one door to the bot, the same for every platform.

It never raises and never says nothing: a mistake is one sentence with its cure, anything else "Something broke (id …)"
with the id in the log. Every question is recorded with its answer, so that a thread goes on after a restart.
"""

from __future__ import annotations

import importlib
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from bot.answer import Answer, AnswerOptions, Asked, Blame, Git, Ground, Searcher, code
from bot.answer_json import message_of
from bot.message import Asker, Choice, Choices, Incoming, Message, Note, Text
from bot.understanding.compound import questions
from bot.understanding.intent import Meaning, understand
from bot.understanding.thread import before, chosen, in_thread, turns_before
from bot.veiling import unnamed, veiled
from knowledge.asking.names import Names
from knowledge.asking.targets import Several, Target
from knowledge.asking.tree_text import TreeText
from knowledge.errors import Mistake, fault_id
from knowledge.resolve import Resolver
from knowledge.store.database import Database, storable
from knowledge.store.questions import Questions

if TYPE_CHECKING:
    from bot.requesting.flow import Asking
    from bot.understanding.guess import Looks
    from knowledge.store.requests import Request

log = logging.getLogger("lamplighter.conversation")

PAST_SECONDS = 3_600  # a question asked for a moment further back than this is answered as of then
MOST_CHARACTERS = 2_000  # of a question are read
Doing = Callable[[Incoming, Sequence[Mapping[str, Any]]], Answer | None]  # and the answers before it, latest first

_ABOUT_MANNERS = re.compile(  # what may be about being spoken to; the rest costs no import
    r"\s*(?:snooze|stop|resume|opt-|never|pair|(?:(?:i['’]m|i am|no|forget) )?interest|(?:my )?wishes)",
    re.IGNORECASE,
)


class Conversation:
    """Answers questions about the repositories of a store; synchronous, safe to share between threads."""

    def __init__(
        self,
        db: Database,
        search: Callable[[], Searcher | None],
        blame: Blame | None = None,
        options: AnswerOptions | None = None,
        clock: Callable[[], float] = time.time,
        git: Git | None = None,
        asking: Callable[[], Asking] | None = None,
        doing: Doing | None = None,
        redact: Callable[[str], str] | None = None,
    ) -> None:
        """The parts; `search` and `asking` are called when an answer first needs them, `doing` before any answer.

        What is said goes through `redact` before anything else: it is kept, and may be told to others.
        """
        self._db = db
        self._options = options or AnswerOptions()
        self._search = search
        self._blame = blame
        self._git = git
        self._asking = asking
        self._doing = doing
        self._redact = redact
        self._clock = clock
        self._resolver = Resolver(db, self._options.topics, self._options.webs, text=TreeText(db))
        self._names = Names(db)
        self._questions = Questions(db)

    # -- talking ------------------------------------------------------------------------------------------------------

    def reply(self, incoming: Incoming) -> Message:
        """The answer to whatever was said."""
        began = time.perf_counter()
        incoming = replace(
            incoming, text=storable(incoming.text[:MOST_CHARACTERS]), time=incoming.time or int(self._clock())
        )
        meaning = Meaning("none")
        try:
            if self._redact is not None:
                incoming = replace(incoming, text=self._redact(incoming.text))
            meaning = Meaning("none", text=incoming.text)
            if (told := self._manners(incoming)) is not None:
                return told  # confidential, so it is no question that anybody could ever see
            incoming = replace(incoming, text=unnamed(incoming.text, self._db))  # who opted out is not even looked for
            meaning, answer = self._answered(incoming)
        except Mistake as mistake:
            answer = Answer((Text(str(mistake)),), abstained=True, extra={"mistake": str(mistake)})
        except Exception as error:  # noqa: BLE001  (whatever it is, the asker hears a sentence)
            answer = _broken(incoming.text, error)
        return self._kept(incoming, meaning, answer, began)

    def last(self, path: str, now: int) -> Message:
        """The answer of `lamp last`: who last touched a path or a line of it.

        What is written as it is in the tree is a path, also where it is a word like "tests" that could mean several.
        """
        there = bool(path.rstrip("/")) and self._resolver.is_there(path)
        message = self._straight("last_touched", f"`{path}`" if there else path, now)
        data = dict(message.data)
        asked_back = {"choices": data["choices"]} if "choices" in data else {}
        return replace(message, data=data.get("last") or _nothing_last(path, message.text) | asked_back)

    def who(self, subject: str, now: int, top: int = 3) -> Message:
        """The answer of `lamp who`: who knows a path or topic."""
        message = self._straight("who_knows", subject, now, people=max(1, min(top, 3)))
        data = message.data
        wanted = {
            "target": data["target"],
            "people": data["people"],
            "nobody": data.get("nobody", ""),
            "backup": data.get("backup"),
        }
        return replace(message, data=wanted)

    def bring(self, incoming: Incoming, about: str = "", *, urgent: bool = False, to_channel: bool = False) -> Message:
        """Keep a question for a person, about a path or topic (else about what its words say); never raises.

        With `to_channel`, it is asked in the channel for questions at once.
        """

        def make(ground: Ground) -> Request:
            made = _of_words(ground, incoming, about)
            return replace(made, candidates=()) if to_channel else made

        return self._brought(incoming, make, urgent=urgent)

    def bring_question(self, question_id: int, incoming: Incoming) -> Message:
        """Keep an earlier question for a person, as "ask a person" below its answer says; never raises.

        Where `incoming` says no place, the answer goes to where the question was asked.
        """
        return self._brought(incoming, lambda ground: _of_question(ground, incoming, question_id))

    def _brought(self, incoming: Incoming, make: Callable[[Ground], Request], *, urgent: bool = False) -> Message:
        began = time.perf_counter()
        meaning = Meaning("person", text=incoming.text)
        try:
            from bot.requesting.talk import NO_PEOPLE, opened

            ground = self._ground(incoming.time or int(self._clock()))
            asking = self._asking() if self._asking else None
            answer = NO_PEOPLE if asking is None else opened(asking, make(ground), ground.now, urgent=urgent)
        except Mistake as mistake:
            answer = Answer((Text(str(mistake)),), abstained=True, extra={"mistake": str(mistake)})
        except Exception as error:  # noqa: BLE001  (whatever it is, the asker hears a sentence)
            answer = _broken(incoming.text, error)
        return veiled(message_of(meaning, answer, _took(began)), self._db)

    def feedback(self, question_id: int, asker: Asker | str, verdict: str, note: str = "") -> bool:
        """Keep what somebody thought of an answer ("helpful", "not", "person"); False for an unknown question."""
        name = asker if isinstance(asker, str) else asker.id
        return self._questions.feedback(question_id, name, verdict, note, int(self._clock()))

    # -- understanding ------------------------------------------------------------------------------------------------

    def _manners(self, incoming: Incoming) -> Message | None:
        """What to say to a wish about being spoken to, such as "snooze"; None for anything else."""
        if not _ABOUT_MANNERS.match(incoming.text):
            return None
        from bot.nudging.saying import said_in_chat

        told = said_in_chat(self._db, incoming)
        return None if told is None else veiled(told, self._db)

    def _answered(self, incoming: Incoming) -> tuple[Meaning, Answer]:
        ground = self._ground(incoming.time)

        def read(text: str) -> Meaning:
            return understand(text, incoming.time, self._names.is_name)

        asked_one, *asked_then = questions(incoming.text, read)
        meaning = read(asked_one)
        turns = turns_before(self._questions, incoming)
        if self._doing is not None and (done := self._doing(incoming, [turn.answer for turn in turns])) is not None:
            return Meaning("none", text=incoming.text), done
        typed = asked_one
        if turns and (say := chosen(turns, meaning.choice, typed)):
            typed = say
            meaning = read(say)
        meaning = in_thread(meaning, turns)
        about, people = before(turns)
        if meaning.fits != "phrase" and not (meaning.leans and about is not None):
            from bot.understanding.guess import guessed

            meaning = guessed(meaning, typed, self._looks(ground))
        one = incoming if not asked_then else replace(incoming, text=asked_one)
        answer = self._by_intent(ground, Asked(one, meaning, about, people))
        if asked_then and not any(isinstance(part, Choices) for part in answer.parts):
            from bot.telling.second import told_then

            said = [(text, read(text)) for text in asked_then]
            answer = told_then(answer, incoming, said, lambda asked: self._by_intent(ground, asked))
        return meaning, answer

    def _looks(self, ground: Ground) -> Looks:
        from bot.understanding.guess import Looks
        from bot.understanding.likeness import MODEL

        def is_place(words: str) -> bool:
            found = ground.resolver.subject(words)
            return isinstance(found, Several) or (isinstance(found, Target) and bool(found.path))

        def is_answered(question: str) -> bool:
            search = ground.search()
            found = search.pages(question, 3) if search else []
            return bool(search and search.confidence(question, found) >= ground.options.confidence)

        search = ground.search()
        sense = (lambda text: search.sense(text, MODEL)) if search else lambda _: None
        return Looks(self._names.is_name, sense, is_place, is_answered)

    def _by_intent(self, ground: Ground, asked: Asked) -> Answer:
        if asked.meaning.request is not None:
            from bot.requesting import talk

            asking = self._asking() if self._asking else None
            return talk.answer(replace(ground, asking=asking), asked, asked.meaning.request)
        module = importlib.import_module(f"bot.answers.{asked.meaning.intent}")
        answer: Answer = module.answer(ground, asked)
        return _in_repository(ground, answer)

    def _straight(self, intent: str, subject: str, now: int, people: int | None = None) -> Message:
        """An answer to a command: no thread, no guess at the intent, nothing recorded."""
        began = time.perf_counter()
        subject = unnamed(subject, self._db)
        ground = self._ground(now)
        if people is not None:
            ground = replace(ground, options=replace(ground.options, people=people))
        meaning = Meaning(intent, subject, subject)  # type: ignore[arg-type]
        incoming = Incoming(subject, Asker("terminal", "command line"), time=now)
        answer = self._by_intent(ground, Asked(incoming, meaning))
        return veiled(message_of(meaning, answer, _took(began)), self._db)

    def _ground(self, now: int) -> Ground:
        as_of = now if now < self._clock() - PAST_SECONDS else None
        return Ground(
            self._db,
            self._resolver.at(as_of),
            self._names,
            self._options,
            self._search if as_of is None else lambda: _then(self._search(), self._db, as_of),
            self._blame,
            now,
            as_of,
            self._git,
            reached=self._reached,
        )

    def _reached(self) -> bool:
        asking = self._asking() if self._asking else None
        return asking is not None and asking.reached()

    # -- keeping ------------------------------------------------------------------------------------------------------

    def _kept(self, incoming: Incoming, meaning: Meaning, answer: Answer, began: float) -> Message:
        try:
            message = veiled(message_of(meaning, answer, _took(began)), self._db)
        except Exception as error:  # noqa: BLE001  (better no answer than one that names who may not be named)
            message = message_of(meaning, _broken(incoming.text, error), _took(began))
        if incoming.looks_back or incoming.is_command:
            return message
        try:
            question_id = self._record(incoming, message, answer.target)
        except Exception:  # the store may be full or busy; the answer is worth more than its record
            log.exception("a question could not be recorded (id %s)", fault_id())
            return message
        useful = meaning.intent not in {"none", "help"} and not _choices(message)  # a question back is no answer yet
        return replace(message, question_id=question_id if useful else None)

    def _record(self, incoming: Incoming, message: Message, target: Target | None) -> int:
        from knowledge.store.people import by_chat

        asker = incoming.asker
        person = by_chat(self._db, asker.platform, asker.id, asker.email)
        kept = dict(message.data)
        kept["choices"] = [asdict(choice) for choice in _choices(message)]
        return self._questions.record(
            time=incoming.time, platform=asker.platform, place=incoming.place, thread=incoming.thread, asker=asker.id,
            person_id=person.id if person else None, text=incoming.text, intent=message.intent,
            target=asdict(target) if target else {}, abstained=message.abstained, answer=kept,
            took_ms=int(message.data["took_ms"]), node_id=self._node(target),
            topic=target.topic if target and target.kind == "topic" else "",
        )  # fmt: skip

    def _node(self, target: Target | None) -> int | None:
        if target is None or not target.repo_id or target.kind == "topic":
            return None
        rows = self._db.read(
            "SELECT id FROM nodes WHERE repo_id = :repo AND path = :path", repo=target.repo_id, path=target.path
        )
        return int(rows[0][0]) if rows else None


# -- requests ---------------------------------------------------------------------------------------------------------


def _of_words(ground: Ground, incoming: Incoming, about: str) -> Request:
    from bot.requesting.intake import of_words

    found = ground.resolver.subject(about) if about else None
    target = found if isinstance(found, Target) else Target("topic", topic=about) if about else None
    text = unnamed(incoming.text, ground.db)
    return of_words(ground, incoming.asker, text, incoming.place, incoming.thread, target)


def _of_question(ground: Ground, incoming: Incoming, question_id: int) -> Request:
    from bot.requesting.intake import of_turn

    questions = Questions(ground.db)
    turn = questions.get(question_id)
    if turn is None:
        raise Mistake("that question is no longer known", "Ask it again, then press the button.")
    place, thread = questions.where(question_id)
    return of_turn(ground, incoming.asker, turn, incoming.place or place, incoming.thread or thread)


def _choices(message: Message) -> list[Choice]:
    return [choice for part in message.parts if isinstance(part, Choices) for choice in part.choices]


# -- messages ---------------------------------------------------------------------------------------------------------


def _broken(text: str, error: Exception) -> Answer:
    from bot.troubles import mistake_of

    if (mistake := mistake_of(error)) is not None:  # no git, a full disk: the asker can do something about it
        log.warning("%s (asked was %r)", mistake, text)
        return Answer((Text(str(mistake)),), abstained=True, extra={"mistake": str(mistake)})
    number = fault_id()
    log.error("fault %s while answering %r", number, text, exc_info=error)
    told = Text(f"Something broke (id {number}). It is logged; please try again.")
    return Answer((told,), abstained=True, extra={"fault": number})


def _in_repository(ground: Ground, answer: Answer) -> Answer:
    """Where a home has several repositories, the answer about a place says of which."""
    at = answer.target
    is_place = at is not None and at.path and at.kind in {"file", "directory", "symbol", "line"}
    if at is None or not is_place or len(ground.resolver.repos()) < 2:
        return answer
    return replace(answer, parts=(*answer.parts, Note(f"In the repository {code(at.repo)}.")))


def _then(search: Searcher | None, db: Database, until: int) -> Searcher | None:
    from bot.telling.search_then import SearchThen

    return SearchThen(search, db, until) if search is not None else None


def _took(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)


def _nothing_last(path: str, text: str) -> dict[str, Any]:
    return {
        "path": path,
        "person": None,
        "commit": None,
        "date": None,
        "subject": None,
        "skipped": [],
        "knows_now": [],
        "text": text,
    }
