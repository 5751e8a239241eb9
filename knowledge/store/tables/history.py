"""The tree, commits, who took part in them and what they touched; sums and fits that follow from these."""

from __future__ import annotations

import sqlalchemy as sa

from knowledge.store.tables.columns import BigId, flag, id_, metadata, number, ref, text, time

# The tree: files and directories of every repository, living and dead; the root has path "" and no parent.
nodes = sa.Table(
    "nodes",
    metadata,
    id_(),
    ref("repo_id", "repos.id"),
    ref("parent_id", "nodes.id", nullable=True),
    text("path", default=None),
    flag("is_dir"),
    flag("alive"),  # in the tree of the indexed commit
    text("traits"),  # space-separated: binary generated lfs submodule symlink vendored
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
    id_(),
    ref("repo_id", "repos.id"),
    sa.Column("seq", sa.BigInteger, nullable=False),
    text("sha", default=None),
    time("author_time"),
    time("commit_time"),
    text("subject"),
    text("body"),
    sa.Column("path_count", sa.Integer, nullable=False, server_default="0"),
    number("weight", "1"),
    text("why"),
    flag("is_merge"),
    sa.Column("reachable", sa.SmallInteger, nullable=False, server_default="1"),
    flag("is_counted"),
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
    ref("commit_id", "commits.id", primary_key=True),
    ref("identity_id", "identities.id", primary_key=True),
    text("kind", default=None, primary_key=True),
    sqlite_with_rowid=False,
)
sa.Index("roles_identity", roles.c.identity_id)

# What a commit did to a path; for a rename or copy, `from_node_id` is the old path. Lines that it added and removed,
# and how many there were afterwards, are NULL where they were not counted (store/lines.py): that is not zero.
touches = sa.Table(
    "touches",
    metadata,
    ref("node_id", "nodes.id", primary_key=True),
    ref("commit_id", "commits.id", primary_key=True),
    text("change", default=None),
    ref("from_node_id", "nodes.id", nullable=True),
    sa.Column("added", sa.Integer, nullable=True),
    sa.Column("removed", sa.Integer, nullable=True),
    sa.Column("lines", sa.Integer, nullable=True),
    sqlite_with_rowid=False,
)
sa.Index("touches_commit", touches.c.commit_id)
_OLD = touches.c.from_node_id.is_not(None)  # one in fifty: what became of a path that is gone
sa.Index("touches_from", touches.c.from_node_id, sqlite_where=_OLD, postgresql_where=_OLD)

# Forward-decayed sums of evidence (knowledge/memory.py): value · 2^(t/half-life of the node's level), so that a new
# event is one addition and no row ever fades by itself. Derived from the tables above; may be dropped and rebuilt.
activations = sa.Table(
    "activations",
    metadata,
    ref("node_id", "nodes.id", primary_key=True),
    ref("identity_id", "identities.id", primary_key=True),
    number("work", "0"),
    number("review", "0"),
    sa.Column("event_count", sa.Integer, nullable=False, server_default="0"),
    time("first_time"),
    time("last_time"),
    sa.Column("path_count", sa.Integer, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)
sa.Index("activations_identity", activations.c.identity_id)

# What the model learned from a repository's own past (knowledge/proof/fitting.py): one row a half-year, made from
# nothing later than `until`. `params` is text (store/traces.py), `figures` JSON: how right the fit before it was in
# that half.
fits = sa.Table(
    "fits",
    metadata,
    ref("repo_id", "repos.id", primary_key=True),
    sa.Column("until", sa.BigInteger, primary_key=True),
    text("params"),
    text("figures", default="{}"),
    time("made_time"),
    sa.Column("commits", sa.Integer, nullable=False, server_default="0"),
)

# What people did outside of commits: answered, asked, paired, taught, attended, confirmed, documented.
events = sa.Table(
    "events",
    metadata,
    id_(),
    text("kind", default=None),
    ref("person_id", "people.id"),
    ref("node_id", "nodes.id", nullable=True),
    text("topic"),
    time("time"),
    number("weight", "1"),
    text("reference"),
)
sa.Index("events_node", events.c.node_id)
sa.Index("events_person", events.c.person_id)
