"""A page's way into git against real repositories: exactly one commit, whatever dies, moves or refuses on the way."""

import os
import shutil
import signal
from dataclasses import replace

import pytest

from bot.wiki.carrying import Carrier, Rules
from indexers.wiki_clone import WikiClone
from knowledge.store.schema import open_store
from knowledge.store.wiki import Draft, Drafts, put
from tests.bot import wikis
from tests.teams import Team, seconds

NOW = seconds("2024-06-15")
ADA = {"name": "Ada Example", "email": "ada@example.org", "person": None}
BOB = {"name": "Bob Example", "email": "bob@example.org", "person": None}
PAGE = Draft("d1", "new", "docs/ops/roll.md", "Roll back", "Run it.", intent={"authors": [ADA, BOB], "day": "2024-06-15"}, created=NOW)  # fmt: skip


class Wiki:
    """A bare repository that people push to, one of their clones, and our side."""

    def __init__(self, path, files=wikis.MKDOCS, *, direct=False, like=None):
        self.path, self.direct = path, direct
        self.url = f"sqlite:///{path}/store.sqlite"
        if like is not None:
            shutil.copytree(like.path, path)
        self.team = Team(path / "team")
        if like is not None:
            return
        self.team.commit("Ada", "2024-01-01", "Begin", files=dict(files))
        self.team.git("clone", "-q", "--bare", str(self.team.path), str(path / "bare.git"))
        self.team.git("remote", "add", "origin", "../bare.git")

    def carrier(self, git=None):
        clone = WikiClone.open(str(self.path / "bare.git"), self.path / "home")
        return Carrier(open_store(self.url), git(clone) if git else clone, Rules(direct=self.direct))

    def keep(self, draft=PAGE):
        db = open_store(self.url)
        with db.transaction() as tx:
            put(tx, draft)
        return draft

    def carry(self, number="d1", now=NOW, git=None):
        carrier = self.carrier(git)
        return carrier.carry(carrier.drafts.get(number), now)

    def git(self, *args):
        return self.team.git(f"--git-dir={self.path / 'bare.git'}", *args)

    def commits(self, number="d1"):
        return self.git("log", "--all", "--format=%H", f"--grep=Lamplighter-Draft: {number}").split()

    def people_push(self, **files):
        self.team.git("fetch", "-q", "origin")
        self.team.git("reset", "-q", "--hard", "origin/main")
        self.team.commit("Bob", "2024-06-15", "People write", files=files.get("files", {"docs/other.md": "# Other\n"}))
        self.team.git("push", "-q", "origin", "main")


def test_a_branch_for_people_to_merge_with_its_authors(tmp_path):
    wiki = Wiki(tmp_path)
    wiki.keep()
    done = wiki.carry()
    assert (done.state, done.branch) == ("pushed", "lamplighter/roll-d1")
    assert wiki.git("log", "-1", "--format=%an <%ae>|%cn|%at%n%B", done.branch) == (
        f"Ada Example <ada@example.org>|Lamplighter|{NOW}\nAdd “Roll back”\n\n"
        "Co-authored-by: Bob Example <bob@example.org>\nLamplighter-Draft: d1"
    )
    assert wiki.git("diff", "--stat=80", "main", done.branch).splitlines()[-1] == " 2 files changed, 4 insertions(+)"
    assert wiki.carry(now=NOW + 3600).state == "pushed"
    wiki.git("update-ref", "refs/heads/main", done.branch)
    assert wiki.carry(now=NOW + 7200).state == "merged"
    assert len(wiki.commits()) == 1


@pytest.mark.parametrize("how", ["squashed", "reworded", "deleted"])
def test_what_people_made_of_a_branch_is_seen(tmp_path, how):
    wiki = Wiki(tmp_path)
    wiki.keep()
    done = wiki.carry()
    wiki.people_push()
    if how != "deleted":
        wiki.team.git("fetch", "-q", "origin", done.branch)
        wiki.team.git("merge", "-q", "--squash", "FETCH_HEAD")
        if how == "reworded":
            wiki.team.write("docs/ops/roll.md", "# Rolling back\n\nBetter words.\n")
        wiki.team.commit("Bob", "2024-06-16", "How to roll back")
        wiki.team.git("push", "-q", "origin", "main")
    wiki.git("branch", "-D", done.branch)
    assert wiki.carry(now=NOW + 7200).state == ("dropped" if how == "deleted" else "merged")


def test_direct_goes_to_the_branch_also_when_people_were_quicker(tmp_path):
    wiki = Wiki(tmp_path, direct=True)
    wiki.keep()

    class Slow:
        """Somebody pushes between our commit and our push."""

        def __init__(self, clone):
            self.clone, self.pushed = clone, False

        def __getattr__(self, name):
            return getattr(self.clone, name)

        def push(self, sha, branch):
            if not self.pushed:
                self.pushed = True
                wiki.people_push()
            return self.clone.push(sha, branch)

    done = wiki.carry(git=Slow)
    assert (done.state, done.branch) == ("merged", "main")
    assert wiki.git("log", "--format=%s", "main").splitlines() == ["Add “Roll back”", "People write", "Begin"]
    assert len(wiki.commits()) == 1


def test_offline_is_kept_and_tried_ever_less_often(tmp_path):
    wiki = Wiki(tmp_path)
    wiki.keep()
    (tmp_path / "bare.git").rename(tmp_path / "gone.git")
    (tmp_path / "bare.git").mkdir()
    wiki.team.git("init", "-q", "--bare", str(tmp_path / "bare.git"))
    carrier = wiki.carrier()
    (tmp_path / "bare.git").rename(tmp_path / "empty.git")
    waits, draft = [], carrier.drafts.get("d1")
    for _ in range(4):
        draft = carrier.carry(draft, NOW)
        waits.append(draft.next_time - NOW)
    assert (draft.state, waits) == ("kept", [60, 120, 240, 480])
    assert draft.why.startswith("the wiki's repository cannot be reached")
    (tmp_path / "gone.git").rename(tmp_path / "bare.git")
    assert [one.id for one in carrier.drafts.due(NOW + 479)] == []
    assert carrier.carry(carrier.drafts.due(NOW + 480)[0], NOW + 480).state == "pushed"


def test_a_hook_that_refuses_is_told_in_its_own_words(tmp_path):
    wiki = Wiki(tmp_path)
    hook = tmp_path / "bare.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'pages want a ticket' >&2\nexit 1\n")
    hook.chmod(0o755)
    wiki.keep()
    done = wiki.carry()
    assert (done.state, done.tries) == ("committed", 1)
    assert done.why == "the push was refused (pre-receive hook declined: pages want a ticket)"
    hook.unlink()
    assert wiki.carry(now=done.next_time).sha == done.sha
    assert wiki.commits() == [done.sha]


def test_a_page_that_came_into_being_meanwhile_is_a_conflict_and_nothing_is_lost(tmp_path):
    wiki = Wiki(tmp_path)
    wiki.keep()
    wiki.people_push(files={"docs/ops/roll.md": "# Ours\n"})
    done = wiki.carry()
    assert (done.state, done.why) == ("conflict", "a page `docs/ops/roll.md` came into being meanwhile")
    assert (done.text, wiki.commits()) == ("Run it.", [])


def test_a_clone_that_is_gone_is_made_again(tmp_path):
    wiki = Wiki(tmp_path)
    wiki.keep()
    hook = tmp_path / "bare.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    first = wiki.carry()
    hook.unlink()
    for clone in (tmp_path / "home" / "wiki").iterdir():
        clone.rename(tmp_path / "lost")
    assert wiki.carry(now=NOW + 60).sha == first.sha
    assert wiki.commits() == [first.sha]


class Dying:
    """A clone that kills its process at the n-th line between two things it does."""

    def __init__(self, clone, at):
        self.clone, self.left = clone, at

    def tick(self):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)

    def __getattr__(self, name):
        found = getattr(self.clone, name)
        if not callable(found) or name in {"read", "paths", "head"}:
            return found

        def both(*args, **options):
            self.tick()
            value = found(*args, **options)
            self.tick()
            return value

        return both


def dies(wiki, at, now=NOW):
    """Whether a copy of the bot that carries the draft is killed at its `at`-th line; a process of its own."""
    pid = os.fork()
    if not pid:
        try:
            dying = []
            carrier = wiki.carrier(lambda clone: dying.append(Dying(clone, at)) or dying[0])
            save = carrier.drafts.save_in

            def saved(*args):
                dying[0].tick()
                found = save(*args)
                dying[0].tick()
                return found

            carrier.drafts.save_in = saved
            carrier.carry(carrier.drafts.get("d1"), now)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize(("direct", "meanwhile"), [(False, False), (True, True)])
def test_killed_at_every_line_it_is_one_commit(tmp_path, direct, meanwhile):
    """With and without people who push something else before the next copy goes on."""
    first = Wiki(tmp_path / "first")
    first.keep()
    at, killed = 0, True
    while killed:
        at += 1
        wiki = Wiki(tmp_path / str(at), direct=direct, like=first)
        killed = dies(wiki, at)
        if meanwhile:
            wiki.people_push()
        done = wiki.carry(now=NOW + 60)
        assert done.state == ("merged" if direct else "pushed"), at
        assert wiki.commits() == [done.sha], at
        assert wiki.git("ls-tree", "--name-only", done.branch, "docs/ops/roll.md") == "docs/ops/roll.md"
    assert at > 10


def test_what_a_killed_git_left_in_our_clone_holds_nothing_up(tmp_path):
    """A repository that was not made to its end, and the lock of a fetch."""
    wiki = Wiki(tmp_path)
    wiki.keep()
    WikiClone.open(str(tmp_path / "bare.git"), tmp_path / "home")
    [clone] = (tmp_path / "home" / "wiki").iterdir()
    shutil.rmtree(clone / "objects")
    made = WikiClone.open(str(tmp_path / "bare.git"), tmp_path / "home")
    assert made.fetch() == ""
    wiki.people_push()
    for name in ("HEAD.lock", "refs/remotes/origin/main.lock"):
        (clone / name).touch()
        os.utime(clone / name, (NOW, NOW))
    assert wiki.carry().state == "pushed"
    assert wiki.git("log", "-1", "--format=%s", wiki.carry().branch + "~1").strip() == "People write"


def test_two_copies_at_once_make_one_commit(tmp_path):
    wiki = Wiki(tmp_path)
    wiki.keep()
    one, other = wiki.carrier(), wiki.carrier()
    draft = one.drafts.get("d1")
    assert {one.carry(draft, NOW).state, other.carry(draft, NOW).state} == {"pushed"}
    assert len(wiki.commits()) == 1


def test_drafts_on_both_engines(both_stores):
    drafts = Drafts(both_stores)
    with both_stores.transaction() as tx:
        assert (put(tx, PAGE), put(tx, PAGE)) == (True, False)
    kept = drafts.get("d1")
    assert (kept.intent["authors"], kept.state, kept.created) == ([ADA, BOB], "kept", NOW)
    after = drafts.save(kept, replace(kept, state="dropped", why="x"))
    assert (after.version, drafts.save(kept, replace(kept, state="pushed"))) == (1, None)
    assert drafts.unfinished() == []
    with both_stores.transaction() as tx:
        assert put(tx, PAGE)
    assert [(one.state, one.why, one.version) for one in drafts.due(NOW)] == [("kept", "", 2)]
