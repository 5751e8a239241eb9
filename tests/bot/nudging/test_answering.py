"""What people hear who answer: each way once, twice, late, after the end, and where it was written to somebody else."""

from threading import Timer

import pytest

from bot.nudging.answering import Answering
from bot.nudging.flow import Flow
from bot.nudging.states import Sent
from knowledge.errors import Mistake
from tests.bot.nudging.talking import DAY, TEAM, TUESDAY, decided, nudge, people
from tests.bot.nudging.test_flow import HOUR, sent

T1 = TUESDAY + 3 * HOUR  # 13:00: three hours' notice


@pytest.fixture
def db(both_stores):
    people(both_stores)
    return both_stores


class Desk:
    """An `Answering` at a time of its own."""

    def __init__(self, db):
        self.now = TUESDAY + 60
        self.say = Answering(db, TEAM, lambda: self.now)


async def test_yes_and_yes_find_a_time(db):
    _, _, number = await sent(db)
    desk = Desk(db)
    first = desk.say.answer(number, 1, "yes")
    assert first.text == "Thank you! Which of these times would suit you?"
    assert first.times[0][1] == "Tuesday 11 June, 13:30 (UTC)"
    assert len(first.times) == 3
    assert first.name_one
    assert not first.over
    at = first.times[1][0]
    assert desk.say.pick(number, 1, at).text == (
        "Wednesday 12 June, 09:30 (UTC), noted. As soon as it suits Bob, too, you both get the card."
    )
    assert desk.say.answer(number, 1, "yes").text == (
        "You said so already, and a time, too. As soon as it suits Bob, you both hear."
    )
    second = desk.say.answer(number, 2, "yes")
    assert second.text == "Thank you! Ada would like that: does Wednesday 12 June, 09:30 (UTC) suit you?"
    assert [one for one, _ in second.times] == [at, first.times[0][0], first.times[2][0]]
    agreed = desk.say.pick(number, 2, at)
    assert agreed.text == "Then it is Wednesday 12 June, 09:30 (UTC). The card comes to you both in a moment."
    assert desk.say.pick(number, 1, at).text == "It is Wednesday 12 June, 09:30 (UTC), as you both said."
    assert desk.say.answer(number, 1, "yes").text == "You said so already: yes, let's. Nothing more is needed."


async def test_each_other_answer(db):
    desk = Desk(db)
    said = {}
    for n, answer in enumerate(("later", "other", "no")):
        _, _, number = await sent(db, nudge(area=f"a{n}", week=f"2024-W{n + 10}", pair=(2 * n + 1, 2 * n + 2)))
        told = desk.say.answer(number, 2 * n + 1, answer)
        said[answer] = (told.text, told.over, told.ask_until)
        again = desk.say.answer(number, 2 * n + 1, answer)
        assert again.text.startswith("You said so already: ")
    assert said == {
        "later": ("Gladly later: I ask again on Tuesday 25 June.", False, True),
        "other": ("Thank you for saying so: I look for somebody else.", True, False),
        "no": ("That is fine, and thank you for saying so: I leave `a2` be.", True, False),
    }


async def test_late_after_the_end_and_somebody_elses(db):
    _, flow, number = await sent(db)
    desk = Desk(db)
    assert desk.say.answer("nothing", 1, "yes").text == "I no longer know what this was about; nothing has changed."
    assert desk.say.answer(number, 6, "yes").text.startswith("This was written to somebody else")
    assert desk.say.pick(number, 6, T1).text.startswith("This was written to somebody else")
    assert desk.say.never(number, 6).text.startswith("This was written to somebody else")
    assert desk.say.told(number, 6, happened=True).text.startswith("This was written to somebody else")
    desk.say.answer(number, 2, "no")
    assert desk.say.answer(number, 1, "yes").text == "This is no longer open; thank you all the same."
    assert "Bob" not in desk.say.answer(number, 1, "yes").text
    _, flow, number = await sent(db, nudge(area="b", week="2024-W30", pair=(3, 4), now=TUESDAY))
    desk.now = TUESDAY + 9 * DAY
    flow.tick(desk.now)
    assert flow.nudges.get(number).state == "ignored"
    assert desk.say.answer(number, 3, "yes").text == "Thank you! Which of these times would suit you?"  # late is fine


async def test_did_it_happen_and_the_note(db):
    _, flow, number = await sent(db)
    desk = Desk(db)
    at = desk.say.answer(number, 1, "yes").times[0][0]
    desk.say.pick(number, 1, at)
    desk.say.pick(number, 2, at)
    desk.now = at + HOUR
    told = desk.say.told(number, 1, happened=True)
    assert told.text.startswith("Good to hear, thank you!")
    assert told.ask_note
    assert desk.say.told(number, 1, happened=True).text == "You said so already; thank you."
    assert desk.say.note(number, 1, " The key is in the vault. ").text.startswith("Kept,")
    assert desk.say.told(number, 2, happened=True).ask_note
    assert flow.nudges.get(number).party(1).note == "The key is in the vault."
    assert flow.nudges.get(number).state == "followed-up"
    assert desk.say.answer(number, 1, "later").text == "That is over already; thank you all the same."
    with pytest.raises(Mistake, match="nothing to keep"):
        desk.say.note(number, 1, " ")


async def test_never_again_asks_of_what(db):
    _, flow, number = await sent(db)
    desk = Desk(db)
    assert "“show what is fresh”" in desk.say.never(number, 1).text
    assert desk.say.stop(number, 1, "share").text.startswith("Understood: I will not write to you about this")
    assert flow.nudges.get(number).state == "declined"
    assert db.read("SELECT wish, subject FROM wishes") == [("opt-out", "share")]


def test_later_in_words(both_stores):
    people(both_stores)
    desk = Desk(both_stores)
    assert desk.say.later(1, "week") == TUESDAY + 6 * DAY - HOUR  # Monday at nine
    assert desk.say.later(1, "2024-07-01") == TUESDAY + 20 * DAY - HOUR
    with pytest.raises(Mistake, match="is not ahead"):
        desk.say.later(1, "2024-06-01")
    with pytest.raises(Mistake, match="is no time"):
        desk.say.later(1, "soon")


def test_who_presses_before_it_is_noted_that_it_was_said_is_heard(db):
    one = nudge(now=TUESDAY)
    decided(db, one, now=TUESDAY)
    noted = Timer(0.25, Flow(db).change, (one.id, Sent(TUESDAY + 7 * DAY), TUESDAY))
    noted.start()
    said = Desk(db).say.answer(one.id, 1, "yes")
    noted.join()
    assert said.text == "Thank you! Which of these times would suit you?"
