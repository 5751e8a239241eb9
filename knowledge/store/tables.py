"""The schema of the store. Migrations in `migrations/versions/` build it; a test proves that both agree.

Conventions: times are whole seconds since 1970, UTC; flags are 0 or 1; lists and objects are JSON text; a path is a
node of a tree per repository, so that a file, its directories and the root are rows of one table.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", BigId, primary_key=True, autoincrement=True)


def _ref(column: str, target: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(column, BigId, sa.ForeignKey(target), nullable=nullable, primary_key=primary_key)


def _flag(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.SmallInteger, nullable=False, server_default="0")


def _text(name: str, *, default: str | None = "", primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default, primary_key=primary_key)


def _time(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _number(name: str, default: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=False, server_default=default)


# Small facts about the store itself: the schema of the config it was filled under, projections, fitted parameters.
meta = sa.Table("meta", metadata, _text("key", primary_key=True, default=None), _text("value"))

# A repository: `name` is what people call it, `location` the path or URL it is read from, `head` the indexed commit.
repos = sa.Table(
    "repos",
    metadata,
    _id(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    _text("location"),
    _text("head"),
    _text("branch"),
)

# How far each source has read each repository; `value` is JSON that only the source understands.
cursors = sa.Table(
    "cursors",
    metadata,
    _text("source", primary_key=True, default=None),
    _ref("repo_id", "repos.id", primary_key=True),
    _text("value", default="{}"),
    _time("time"),
)

# -- people -----------------------------------------------------------------------------------------------------------

people = sa.Table(
    "people",
    metadata,
    _id(),
    _text("name"),
    _text("email"),
    _flag("is_bot"),
    _flag("has_left"),
    _flag("opted_out"),
    _text("timezone"),
    _text("slack_id"),
    _text("discord_id"),
    sa.Column("left_time", sa.BigInteger, nullable=False, server_default="0"),  # 0: nobody said when
)
sa.Index("people_opted_out", people.c.opted_out)

# A name and address exactly as some history holds it; `person_id` is filled by knowledge/people.py and may change.
# `why` says what joined it to that person: "mailmap", "same address", "noreply", "config", "merged by hand".
identities = sa.Table(
    "identities",
    metadata,
    _id(),
    _text("name"),
    _text("email"),
    _ref("person_id", "people.id", nullable=True),
    _text("why"),
    _flag("is_bot"),
    _flag("opted_out"),  # said by hand of whoever this is: it follows the name, whomever the name is mapped to
    sa.UniqueConstraint("name", "email"),
)

# What config.yaml and what people say of people; the columns of `people` follow from both (store/sayings.py).
sayings = sa.Table(
    "sayings",
    metadata,
    _ref("person_id", "people.id", primary_key=True),
    _text("what", default=None, primary_key=True),  # left, opted_out, timezone, slack, discord
    _text("source", default=None, primary_key=True),  # config, hand
    _text("value"),
    _time("time"),
    _text("said_by"),
)

# When somebody is away: whole days in the person's time zone, and the same in seconds.
absences = sa.Table(
    "absences",
    metadata,
    _id(),
    _ref("person_id", "people.id"),
    _text("first_day", default=None),  # ISO; `last_day` is the last day away, "" where nobody knows it
    _text("last_day"),
    _time("from_time"),
    _time("until_time"),
    _text("source", default=None),  # config, hand
)
sa.Index("absences_person", absences.c.person_id, absences.c.until_time)

# Every change that somebody made to people by hand; `detail` (JSON) is what undoing a merge or a split needs.
people_log = sa.Table(
    "people_log",
    metadata,
    _id(),
    _time("time"),
    _text("said_by"),
    _text("action", default=None),
    _ref("person_id", "people.id", nullable=True),
    _text("words"),
    _text("detail", default="{}"),
    _time("undone_time", nullable=True),
)

# -- history ----------------------------------------------------------------------------------------------------------

# The tree: files and directories of every repository, living and dead; the root has path "" and no parent.
nodes = sa.Table(
    "nodes",
    metadata,
    _id(),
    _ref("repo_id", "repos.id"),
    _ref("parent_id", "nodes.id", nullable=True),
    _text("path", default=None),
    _flag("is_dir"),
    _flag("alive"),  # in the tree of the indexed commit
    _text("traits"),  # space-separated: binary generated lfs submodule symlink vendored
    # The commit that `git log -1 -- path` names, where the newest touch in the order of `seq` is another (a side
    # branch that lost its merge). NULL almost everywhere.
    sa.Column("git_last_commit_id", BigId, nullable=True),
    sa.Column("lines", sa.Integer, nullable=True),  # of a living text file, where they were counted
    sa.UniqueConstraint("repo_id", "path"),
)

# `seq` orders the commits of a repository as git does (later = newer); `reachable` is 0 after a force-push dropped it;
# `is_counted` says that the lines of its touches were counted (those of a binary file stay NULL all the same).
commits = sa.Table(
    "commits",
    metadata,
    _id(),
    _ref("repo_id", "repos.id"),
    sa.Column("seq", sa.BigInteger, nullable=False),
    _text("sha", default=None),
    _time("author_time"),
    _time("commit_time"),
    _text("subject"),
    _text("body"),
    sa.Column("path_count", sa.Integer, nullable=False, server_default="0"),
    _number("weight", "1"),
    _text("why"),
    _flag("is_merge"),
    sa.Column("reachable", sa.SmallInteger, nullable=False, server_default="1"),
    _flag("is_counted"),
    sa.UniqueConstraint("repo_id", "sha"),
)
sa.Index("commits_seq", commits.c.repo_id, commits.c.seq)
sa.Index("commits_time", commits.c.repo_id, commits.c.commit_time)
# The few that a force-push dropped: what was counted of them must be uncounted (store/activations.py).
sa.Index(
    "commits_gone",
    commits.c.repo_id,
    commits.c.id,
    sqlite_where=sa.text("reachable = 0"),
    postgresql_where=sa.text("reachable = 0"),
)

# Who took part in a commit and how (`kind` is one of model.COMMIT_ROLES). Events are roles × touches.
roles = sa.Table(
    "roles",
    metadata,
    _ref("commit_id", "commits.id", primary_key=True),
    _ref("identity_id", "identities.id", primary_key=True),
    _text("kind", default=None, primary_key=True),
    sqlite_with_rowid=False,
)
sa.Index("roles_identity", roles.c.identity_id)

# What a commit did to a path; for a rename or copy, `from_node_id` is the old path. Lines that it added and removed,
# and how many there were afterwards, are NULL where they were not counted (store/lines.py): that is not zero.
touches = sa.Table(
    "touches",
    metadata,
    _ref("node_id", "nodes.id", primary_key=True),
    _ref("commit_id", "commits.id", primary_key=True),
    _text("change", default=None),
    _ref("from_node_id", "nodes.id", nullable=True),
    sa.Column("added", sa.Integer, nullable=True),
    sa.Column("removed", sa.Integer, nullable=True),
    sa.Column("lines", sa.Integer, nullable=True),
    sqlite_with_rowid=False,
)
sa.Index("touches_commit", touches.c.commit_id)

# Forward-decayed sums of evidence (knowledge/memory.py): value · 2^(t/half-life of the node's level), so that a new
# event is one addition and no row ever fades by itself. Derived from the tables above; may be dropped and rebuilt.
activations = sa.Table(
    "activations",
    metadata,
    _ref("node_id", "nodes.id", primary_key=True),
    _ref("identity_id", "identities.id", primary_key=True),
    _number("work", "0"),
    _number("review", "0"),
    sa.Column("event_count", sa.Integer, nullable=False, server_default="0"),
    _time("first_time"),
    _time("last_time"),
    sa.Column("path_count", sa.Integer, nullable=False, server_default="0"),
)
sa.Index("activations_identity", activations.c.identity_id)

# What the model learned from a repository's own past (knowledge/proof/fitting.py): one row a half-year, made from
# nothing later than `until`. `params` is text (store/traces.py), `figures` JSON: how right the fit before it was in
# that half.
fits = sa.Table(
    "fits",
    metadata,
    _ref("repo_id", "repos.id", primary_key=True),
    sa.Column("until", sa.BigInteger, primary_key=True),
    _text("params"),
    _text("figures", default="{}"),
    _time("made_time"),
    sa.Column("commits", sa.Integer, nullable=False, server_default="0"),
)

# What people did outside of commits: answered, asked, paired, taught, attended, confirmed, documented.
events = sa.Table(
    "events",
    metadata,
    _id(),
    _text("kind", default=None),
    _ref("person_id", "people.id"),
    _ref("node_id", "nodes.id", nullable=True),
    _text("topic"),
    _time("time"),
    _number("weight", "1"),
    _text("reference"),
)
sa.Index("events_node", events.c.node_id)
sa.Index("events_person", events.c.person_id)

# -- passages ---------------------------------------------------------------------------------------------------------

# A file as a source read it: its blob decides whether it must be read again.
documents = sa.Table(
    "documents",
    metadata,
    _id(),
    _ref("repo_id", "repos.id"),
    _text("source", default=None),
    _text("path", default=None),
    _text("commit_sha"),  # the commit at which it was read
    sa.UniqueConstraint("repo_id", "source", "path"),
)

passages = sa.Table(
    "passages",
    metadata,
    _id(),
    _ref("document_id", "documents.id"),
    _text("kind", default=None),
    sa.Column("line_start", sa.Integer, nullable=False),
    sa.Column("line_end", sa.Integer, nullable=False),
    _text("title"),
    _text("symbol"),
    _text("text"),
    _text("hash", default=None),
    sa.Column("near_id", BigId, nullable=True),  # the passage that this one nearly repeats
)
sa.Index("passages_document", passages.c.document_id)
sa.Index("passages_hash", passages.c.hash)
sa.Index("passages_symbol", passages.c.symbol)
sa.Index("passages_near", passages.c.near_id)

# Keys of which texts that nearly repeat each other share one (indexers/near.py), for passages that stand for all of
# those: the ones without `near_id`.
passage_bands = sa.Table(
    "passage_bands",
    metadata,
    sa.Column("band", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("passage_id", BigId, primary_key=True, autoincrement=False),
)
sa.Index("passage_bands_passage", passage_bands.c.passage_id)

# The change feed: followers (vectors, words) remember the last `seq` they applied. `op` is "+" or "-".
passage_changes = sa.Table(
    "passage_changes",
    metadata,
    sa.Column("seq", BigId, primary_key=True, autoincrement=True),
    sa.Column("passage_id", BigId, nullable=False),
    _text("op", default=None),
    sqlite_autoincrement=True,
)

# What the model made of a text, by content hash, so that nothing is embedded twice. `vector` is float16 × dim;
# `tokens` int8 × (n, projected dim) for late interaction, empty where it is not wanted.
embeddings = sa.Table(
    "embeddings",
    metadata,
    _text("hash", default=None, primary_key=True),
    _text("model", default=None, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sa.Column("tokens", sa.LargeBinary, nullable=False),
)

# -- conversation -----------------------------------------------------------------------------------------------------

# Every question and what was said: demand for the reports, and the events `asked` and `answered` in the making.
questions = sa.Table(
    "questions",
    metadata,
    _id(),
    _time("time"),
    _text("platform"),
    _text("place"),  # team and channel, or "terminal"
    _text("thread"),
    _ref("person_id", "people.id", nullable=True),
    _text("asker"),  # the platform's id of the asker
    _text("text"),
    _text("intent"),
    _text("target"),  # JSON
    _flag("abstained"),
    _text("answer"),  # JSON of `lamp ask`
    sa.Column("took_ms", sa.Integer, nullable=False, server_default="0"),
)
sa.Index("questions_thread", questions.c.platform, questions.c.place, questions.c.thread)

feedback = sa.Table(
    "feedback",
    metadata,
    _ref("question_id", "questions.id", primary_key=True),
    _text("asker", default=None, primary_key=True),
    _text("verdict", default=None),  # helpful, not, person
    _text("note"),
    _time("time"),
)

# Exactly one reply to every message: who is at it until when, and what was posted.
receipts = sa.Table(
    "receipts",
    metadata,
    _text("platform", default=None, primary_key=True),
    _text("team", default=None, primary_key=True),
    _text("channel", default=None, primary_key=True),
    _text("ts", default=None, primary_key=True),
    _text("state", default=None),  # taken, posting, replied, refused, failed
    _text("holder"),  # the copy of the bot that is at it
    _time("taken_time"),  # when that copy last said so
    _text("thread"),  # what was addressed here makes later messages of this thread ours as well
    _text("asker"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="1"),
    _text("reply_ts"),
    _text("payload"),  # what is needed to answer it after a restart (JSON)
)
sa.Index("receipts_state", receipts.c.state)
sa.Index("receipts_thread", receipts.c.platform, receipts.c.team, receipts.c.channel, receipts.c.thread)

# -- reports ----------------------------------------------------------------------------------------------------------
# The risk register (knowledge/areas/register.py). `mark` is what the latest report said; acceptances are decisions of
# people.
risks = sa.Table(
    "risks",
    metadata,
    _ref("repo_id", "repos.id", primary_key=True),
    _text("area", default=None, primary_key=True),
    _text("title"),
    _text("mark", default=None),  # new, worse, better, same, accepted, resolved
    _time("first_time"),
    _time("last_time"),
    _time("resolved_time", nullable=True),
    _text("note"),
    _time("accepted_time", nullable=True),
    _time("accepted_until", nullable=True),
    _text("accepted_by"),
    _text("accepted_reason"),
    _flag("accepted_level"),  # how dark it was then: 1 dim, 2 dark
)

# What each week's report saw of each area; the marks follow from these rows. `factors` is JSON (register.Seen).
risk_weeks = sa.Table(
    "risk_weeks",
    metadata,
    _ref("repo_id", "repos.id", primary_key=True),
    _text("area", default=None, primary_key=True),
    _text("week", default=None, primary_key=True),
    _time("time"),
    _text("factors"),
)

# -- nudges -----------------------------------------------------------------------------------------------------------

# One decision of whom to bring together is made a round and stored whole; `approved_time` is NULL while a lead looks.
rounds = sa.Table(
    "rounds",
    metadata,
    _text("week", default=None, primary_key=True),  # ISO: 2026-W47
    _time("time"),
    _time("approved_time", nullable=True),
    _text("approved_by"),
)

# What was decided: `id` follows from kind, area, people and week, so that the same decision is never stored twice.
# `version` counts the changes (compare-and-set); `facts` (JSON) is what its words are made of.
nudges = sa.Table(
    "nudges",
    metadata,
    _text("id", default=None, primary_key=True),
    _text("week", default=None),
    _ref("repo_id", "repos.id"),
    _text("kind", default=None),
    _text("area", default=None),  # path of a directory or file; a topic where there is none
    _text("state", default=None),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    _time("created_time"),
    _time("state_time"),
    _time("expires_time"),
    _time("meet_time", nullable=True),
    _time("later_time", nullable=True),  # when somebody said "later": not before
    _text("facts", default="{}"),
)
sa.Index("nudges_state", nudges.c.state)

nudge_people = sa.Table(
    "nudge_people",
    metadata,
    sa.Column("nudge_id", sa.Text, sa.ForeignKey("nudges.id"), primary_key=True),
    _ref("person_id", "people.id", primary_key=True),
    _text("role"),  # shows, learns, asked
    _text("answer"),  # yes, later, other, no; empty until they say
    _text("happened"),  # yes, no; empty until they say
    _text("note"),  # what should be written down, in their words
    _time("time", nullable=True),  # when they last said something
)
sa.Index("nudge_people_person", nudge_people.c.person_id)

# Everything the bot says first, exactly once: `mark` goes along as the message's metadata, so that it can be found.
# state: waiting → posting → posted | dropped. `beat` changes with every sign of life of the `holder` that posts it.
outbox = sa.Table(
    "outbox",
    metadata,
    _text("mark", default=None, primary_key=True),
    _text("kind", default=None),  # what one may opt out of
    _text("what", default=None),  # proposal, reminder, question, courtesy, unmatched, thanks, …
    _text("about"),  # a nudge's id, or whatever its owner knows it by
    _text("place"),  # person, group, channel
    _flag("agreed"),
    _time("created_time"),
    _time("not_before"),
    _time("expires_time"),
    _text("state", default=None),
    _text("why"),  # why it waits or was dropped
    _text("holder"),
    sa.Column("beat", sa.Integer, nullable=False, server_default="0"),
    _time("posted_time", nullable=True),
    _text("channel"),
    _text("ts"),
    _text("payload", default="{}"),
)
sa.Index("outbox_state", outbox.c.state, outbox.c.not_before)

# To whom: `time` is when it was (or is being) said, which counts against their budget unless they agreed to it.
outbox_people = sa.Table(
    "outbox_people",
    metadata,
    _text("mark", default=None, primary_key=True),
    _ref("person_id", "people.id", primary_key=True),
    _flag("agreed"),
    _flag("introduced"),
    _time("time", nullable=True),
    _time("answered_time", nullable=True),
)
sa.Index("outbox_people_person", outbox_people.c.person_id, outbox_people.c.time)

# What somebody wants of the bot, confidential: snooze, opt-out, never-pair, interest, resume.
wishes = sa.Table(
    "wishes",
    metadata,
    _ref("person_id", "people.id", primary_key=True),
    _text("wish", default=None, primary_key=True),
    _text("subject", default=None, primary_key=True),  # a kind, a person's id, an area; empty where there is none
    _time("until_time", nullable=True),
    _time("time"),
)

# -- the wiki ---------------------------------------------------------------------------------------------------------

# A change of the wiki on its way into git: `intent` (JSON) is what somebody wanted, whatever the tree looks like by
# then; `base`, `branch` and `sha` are the one commit made of it.
# state: kept → committed → pushed → merged | conflict | dropped.
wiki_drafts = sa.Table(
    "wiki_drafts",
    metadata,
    _text("id", default=None, primary_key=True),
    _text("kind", default=None),  # new, update, confirm, adopt, retire
    _text("path"),
    _text("title"),
    _text("text"),
    _text("how"),  # of an update: append, section, whole
    _text("intent", default="{}"),  # authors, owner, sources, links, what it came from
    _text("state", default=None),
    _text("why"),  # why it waits, or what stands against it
    _text("base"),
    _text("branch"),
    _text("sha"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_time", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("created_time", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("state_time", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
)
sa.Index("wiki_drafts_state", wiki_drafts.c.state, wiki_drafts.c.next_time)

# What people said of pages; where a page's own front matter says something later, that counts.
wiki_pages = sa.Table(
    "wiki_pages",
    metadata,
    _text("path", default=None, primary_key=True),
    _ref("owner_id", "people.id", nullable=True),
    sa.Column("confirmed_time", sa.BigInteger, nullable=False, server_default="0"),
    _ref("confirmed_by", "people.id", nullable=True),
    sa.Column("review_days", sa.Integer, nullable=False, server_default="0"),
    _text("not_owners", default="[]"),  # people who said "not mine"
    _time("retired_time", nullable=True),
)

# -- requests ---------------------------------------------------------------------------------------------------------

# A question that wants a person. `version` counts the changes (compare-and-set); `look_time` is when the clock looks at
# it again. Where somebody took or answered it whom the store does not know, `holder_id` is NULL and only the name held.
requests = sa.Table(
    "requests",
    metadata,
    _text("id", default=None, primary_key=True),
    _text("text", default=None),
    _text("platform"),
    _text("place"),
    _text("thread"),
    _text("asker"),  # their id on the platform
    _text("asker_name"),
    _ref("asker_id", "people.id", nullable=True),
    _flag("private"),  # asked where only the asker could read it
    _flag("urgent"),
    _ref("question_id", "questions.id", nullable=True),
    _ref("repo_id", "repos.id", nullable=True),
    _text("area"),
    _text("topic"),
    _text("state", default=None),  # open, asked, claimed, channel, answered, withdrawn, unanswered
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    _time("created_time"),
    _time("state_time"),
    _time("look_time"),
    _ref("holder_id", "people.id", nullable=True),  # whom it is with: asked, taken or answered by
    _text("holder_name"),
    _text("channel"),
    _text("ts"),
    _text("answer"),
    _text("facts", default="{}"),
)
sa.Index("requests_state", requests.c.state)

# Who may be asked, the first choice first, as it was when the question came; and what came of it.
request_people = sa.Table(
    "request_people",
    metadata,
    sa.Column("request_id", sa.Text, sa.ForeignKey("requests.id"), primary_key=True),
    _ref("person_id", "people.id", primary_key=True),
    sa.Column("rank", sa.Integer, nullable=False, server_default="0"),
    _number("retention", "0"),
    _text("why"),
    _text("outcome"),  # asked, claimed, passed, not-now, never, timed-out, unreached; empty until asked
    _time("asked_time", nullable=True),
    _time("due_time", nullable=True),
)
sa.Index("request_people_person", request_people.c.person_id)
