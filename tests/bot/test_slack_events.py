"""What Slack sends and what we make of it."""

import pytest

from bot.chat.slack_events import Own, clean, from_action, from_event, from_receipt, question

OWN = Own("T1", "U0BOT", "B0BOT")


def event(**changes):
    return {
        "type": "message",
        "user": "U1",
        "channel": "C1",
        "ts": "2.2",
        "text": "hi",
        "channel_type": "channel",
    } | changes


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"type": "app_mention", "text": "<@U0BOT> hi"}, "mention"),
        ({"text": "hi <@U0BOT>"}, "mention"),
        ({"channel": "D1", "channel_type": "im"}, "dm"),
        ({"channel": "D1", "channel_type": "im", "thread_ts": "1.1"}, "dm"),
        ({"thread_ts": "1.1"}, "follow_up"),
        ({"thread_ts": "1.1", "subtype": "thread_broadcast"}, "follow_up"),
        ({"thread_ts": "1.1", "text": "<@U2> look"}, None),
        ({"thread_ts": "1.1", "text": "<!here> look"}, None),
        ({"thread_ts": "1.1", "bot_id": "B7"}, None),
        ({"thread_ts": "2.2"}, None),  # the root of a thread
        ({}, None),
        ({"text": "<@U0BOT> hi", "user": "U0BOT"}, None),  # our own words
        ({"text": "<@U0BOT> hi", "bot_id": "B0BOT", "subtype": "bot_message"}, None),
        ({"text": "<@U0BOT> hi", "user": "USLACKBOT"}, None),
        ({"subtype": "message_changed", "text": "<@U0BOT> hi"}, None),
        ({"subtype": "message_deleted"}, None),
        ({"subtype": "channel_join", "text": "<@U0BOT> has joined"}, None),
        ({"type": "reaction_added"}, None),
        ({"text": None, "channel": "D1", "subtype": "file_share"}, "dm"),
    ],
)
def test_who_speaks_to_us(changes, kind):
    heard = from_event(event(**changes), OWN)
    assert (heard.kind if heard else None) == kind


def test_the_two_events_of_a_mention_have_one_key():
    one = from_event(event(type="app_mention", text="<@U0BOT> hi"), OWN)
    two = from_event(event(text="<@U0BOT> hi"), OWN)
    assert one.receipt("T1").key == two.receipt("T1").key == ("slack", "T1", "C1", "2.2")


def test_a_receipt_holds_all_that_was_heard():
    heard = from_event(event(type="app_mention", text="<@U0BOT> hi", thread_ts="1.1"), OWN)
    assert from_receipt(heard.receipt("T1")) == heard


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("<@U0BOT> who knows <http://README.md|README.md>?", "who knows README.md?"),
        ("<@U0BOT>, ask <@U2BOB> or <@U3|cleo>", "ask @Bob or @cleo"),
        ("hey <@U0BOT> x &lt;y&gt; &amp;amp; z", "hey x <y> &amp; z"),
        ("see <https://x.org/a?b=1&amp;c=2> in <#C1|dev>", "see https://x.org/a?b=1&c=2 in #dev"),
        ("<mailto:ana@x.org|ana@x.org> <!here> <!subteam^S1|@web>", "ana@x.org @here @web"),
        ("“quoted” ‘words’\N{NO-BREAK SPACE}here", "\"quoted\" 'words' here"),
        ("two\nlines", "two\nlines"),
        ("<@U0BOT>", ""),
    ],
)
def test_what_a_person_typed(typed, cleaned):
    assert clean(typed, OWN, {"U2BOB": "Bob"}) == cleaned


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("", "help"),
        ("help", "help"),
        ("who", "help"),
        ("ask", "help"),
        ("ask how do we deploy?", "how do we deploy?"),
        ("who src/app.py", "who knows src/app.py?"),
        ("who the login code", "who knows the login code?"),
        ("who knows src/app.py", "who knows src/app.py"),
        ("who last touched src/app.py?", "who last touched src/app.py?"),
        ("last src/app.py:120", "who last touched src/app.py:120?"),
        ("last touched src/app.py", "who last touched src/app.py"),
        ("WHO app.py", "who knows app.py?"),
        ("where is the wiki?", "where is the wiki?"),
    ],
)
def test_a_command_as_a_question(asked, says):
    assert question(asked) == says


def test_buttons_that_are_not_ours():
    body = {"user": {"id": "U1"}, "channel": {"id": "C1"}, "actions": [{"action_id": "other", "value": "x"}]}
    assert from_action(body) is None
    body["actions"] = [{"action_id": "lamplighter_choice:0:1", "value": "not json"}]
    assert from_action(body) is None
