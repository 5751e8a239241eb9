"""The git source and its store, together, on real repositories; git itself says what is right."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from indexers.pipeline import Tally, read_source
from indexers.repository import Repository
from indexers.sources.git import GitSource
from knowledge.model import Skipped
from knowledge.store.database import Database
from knowledge.store.schema import open_store
from tests.indexers.test_redact import AWS
from tests.teams import Team, seconds, team

NEWEST = """SELECT c.sha FROM nodes n JOIN commits c ON c.id = COALESCE(n.git_last_commit_id,
            (SELECT t.commit_id FROM touches t JOIN commits k ON k.id = t.commit_id
             WHERE t.node_id = n.id AND k.reachable = 1 ORDER BY k.seq DESC LIMIT 1)) WHERE n.path = :path"""


class Index:
    """A store, and one repository that is read into it."""

    def __init__(self, home: Path, mass_commit_paths: int = 50) -> None:
        self.home = home
        self.db: Database = open_store(f"sqlite:///{home}/store.db")
        self.mass_commit_paths = mass_commit_paths
        with self.db.transaction() as tx:
            tx.run("INSERT INTO repos (id, name) VALUES (1, 'team')")

    def read(self, location: Path) -> Tally:
        tally = Tally()
        repository = Repository.open(str(location), self.home)
        read_source(self.db, 1, GitSource(repository, self.mass_commit_paths), tally, now=0)
        return tally

    def column(self, sql: str, **params: Any) -> list[Any]:
        return [row[0] for row in self.db.read(sql, **params)]

    def subjects(self) -> list[str]:
        return self.column("SELECT subject FROM commits WHERE reachable = 1 ORDER BY seq")

    def roles(self, subject: str) -> list[tuple[str, str]]:
        return self.db.read(
            """SELECT r.kind, i.name FROM commits c JOIN roles r ON r.commit_id = c.id
               JOIN identities i ON i.id = r.identity_id WHERE c.subject = :s ORDER BY r.kind, i.name""",
            s=subject,
        )

    def touches(self, subject: str) -> list[tuple[str, str, str | None]]:
        return self.db.read(
            """SELECT n.path, t.change, f.path FROM commits c JOIN touches t ON t.commit_id = c.id
               JOIN nodes n ON n.id = t.node_id LEFT JOIN nodes f ON f.id = t.from_node_id
               WHERE c.subject = :s ORDER BY n.path""",
            s=subject,
        )

    def weight(self, subject: str) -> tuple[float, str]:
        ((weight, why),) = self.db.read("SELECT weight, why FROM commits WHERE subject = :s", s=subject)
        return weight, why

    def alive(self) -> list[str]:
        return self.column("SELECT path FROM nodes WHERE alive = 1 AND is_dir = 0 ORDER BY path")

    def agrees(self, repository: Team) -> bool:
        """Whether every path of the tree is alive here, and its last touch is git's."""
        paths = [path for path in repository.git("ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0") if path]
        assert self.alive() == sorted(paths)
        for path in paths:
            assert self.column(NEWEST, path=path) == [
                repository.git("--literal-pathspecs", "log", "-1", "--format=%H", "--", path)
            ], path
        return True


@pytest.fixture
def index(tmp_path: Path) -> Index:
    home = tmp_path / "home"
    home.mkdir()
    return Index(home)


@pytest.fixture
def shop(tmp_path: Path) -> Team:
    return team(
        tmp_path,
        """
        2024-01-02 | Ada              | Add the login page  | app/login.py README.md
        2024-02-03 | Bob + Cleo       | Pair on the timeout | app/login.py
        2024-03-01 | Ada / Dan        | Rename              | app/login.py > app/auth.py
        2024-04-01 | Bob              | Drop the notes      | -README.md docs/guide.md
        """,
    )


# -- what is in a history ---------------------------------------------------------------------------------------------


def test_a_story_as_it_was_told(index: Index, shop: Team) -> None:
    tally = index.read(shop.path)
    assert (tally.commits, tally.events, tally.skipped) == (4, 2 + 2 + 2 + 2, [])
    assert index.subjects() == ["Add the login page", "Pair on the timeout", "Rename", "Drop the notes"]
    assert index.column("SELECT sha FROM commits ORDER BY seq") == shop.git("rev-list", "--reverse", "HEAD").split()
    assert index.column("SELECT commit_time FROM commits ORDER BY seq")[0] == seconds("2024-01-02")
    assert index.touches("Drop the notes") == [("README.md", "D", None), ("docs/guide.md", "A", None)]
    assert index.alive() == ["app/auth.py", "docs/guide.md"]
    assert index.column("SELECT path FROM nodes WHERE alive = 1 AND is_dir = 1 ORDER BY path") == ["", "app", "docs"]
    assert index.agrees(shop)


def test_a_renamed_file_keeps_its_past(index: Index, shop: Team) -> None:
    index.read(shop.path)
    assert index.touches("Rename") == [("app/auth.py", "R", "app/login.py")]
    from knowledge.activation.past import Past

    past = Past(index.db, 1).of_file("app/auth.py", 10)
    assert [(c.subject, c.path) for c in past] == [
        ("Rename", "app/auth.py"),
        ("Pair on the timeout", "app/login.py"),
        ("Add the login page", "app/login.py"),
    ]


def test_everybody_who_took_part(index: Index, shop: Team) -> None:
    body = (
        "* fix it\n\nco-authored-by: Cleo Example <cleo@example.org>\n\n* and again\n\n"
        "Signed-off-by: Ada Example <ada@example.org>\nAcked-by: Dan <dan@example.org>\n"
        'Co-Authored-By: Ada Example <ada@example.org>\nReviewed-By: "Eve, E." <eve@example.org>\n'
        "Tested-by: Dan <dan@example.org>\nReported-by: nobody in particular\nReported-by: Fay <fay@example.org>"
    )
    shop.commit("Ada", "2024-05-01", "Squash the branch (#12)", changes="app/auth.py", body=body)
    index.read(shop.path)
    assert index.roles("Squash the branch (#12)") == [
        ("acked", "Dan"),
        ("authored", "Ada Example"),
        ("coauthored", "Cleo Example"),
        ("reported", "Fay"),
        ("reviewed", "Eve, E."),
        ("tested", "Dan"),
    ]
    assert index.roles("Rename") == [("authored", "Ada Example"), ("reviewed", "Dan Example")]


def test_merges_are_no_touches(index: Index, shop: Team) -> None:
    shop.git("checkout", "-q", "-b", "topic")
    shop.commit("Cleo", "2024-05-01", "On the side", changes="app/side.py")
    shop.git("checkout", "-q", "main")
    shop.commit("Bob", "2024-05-02", "On the line", changes="app/line.py")
    merge = shop.merge("topic", "Ada", "2024-05-03")
    index.read(shop.path)
    assert index.touches("Merge branch 'topic'") == []
    assert index.column("SELECT is_merge FROM commits WHERE sha = :sha", sha=merge) == [1]
    assert index.weight("Merge branch 'topic'") == (0.0, "merges lines of work")
    assert index.agrees(shop)


def conflict(shop: Team, resolved: str) -> str:
    """Both lines change the guide; a merge writes what neither had."""
    shop.git("checkout", "-q", "-b", "topic")
    shop.commit("Cleo", "2024-05-01", "Guide, this way", files={"docs/guide.md": "this\n"})
    shop.git("checkout", "-q", "main")
    shop.commit("Bob", "2024-05-02", "Guide, that way", files={"docs/guide.md": "that\n"})
    shop.git("merge", "-q", "--no-ff", "--no-commit", "-s", "ours", "topic")
    return shop.commit("Ada", "2024-05-03", "Merge, and decide", files={"docs/guide.md": resolved})


def test_a_merge_with_a_content_of_its_own_is_the_last_touch(index: Index, shop: Team) -> None:
    merge = conflict(shop, "both\n")
    index.read(shop.path)
    assert index.touches("Merge, and decide") == [("docs/guide.md", "M", None)]
    assert index.column(NEWEST, path="docs/guide.md") == [merge]
    assert index.agrees(shop)


@pytest.mark.parametrize("side", ["this\n", "that\n"])
def test_a_side_that_lost_its_merge_is_not_the_last_touch(index: Index, shop: Team, side: str) -> None:
    conflict(shop, side)
    index.read(shop.path)
    assert index.agrees(shop)


def test_one_content_made_on_two_lines(index: Index, shop: Team) -> None:
    shop.git("checkout", "-q", "-b", "topic")
    shop.commit("Cleo", "2024-05-01", "Fix", files={"app/auth.py": "fixed\n", "a": "a\n"})
    shop.git("checkout", "-q", "main")
    shop.commit("Bob", "2024-04-20", "Pick the fix", files={"app/auth.py": "fixed\n"})
    shop.merge("topic", "Ada", "2024-05-03")
    index.read(shop.path)
    assert index.agrees(shop)
    assert index.column(NEWEST, path="app/auth.py") == [shop.sha("Pick the fix")]


def test_a_merge_that_writes_where_nobody_else_did(index: Index, shop: Team) -> None:
    shop.git("checkout", "-q", "-b", "topic")
    shop.commit("Cleo", "2024-05-01", "On the side", changes="app/side.py")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "--no-commit", "topic")
    shop.commit("Ada", "2024-05-03", "Merge, and sneak", files={"docs/guide.md": "sneaked\n", "new.txt": "new\n"})
    index.read(shop.path)
    assert index.agrees(shop)
    assert index.touches("Merge, and sneak") == [("docs/guide.md", "M", None), ("new.txt", "M", None)]


def test_a_subtree_that_a_merge_brought_in(index: Index, shop: Team, tmp_path: Path) -> None:
    library = team(tmp_path / "library", "2023-01-01 | Lib | Start | a.c b.c c.c d.c\n2023-02-01 | Lib | Go on | b.c")
    shop.git("fetch", "-q", str(library.path), "main")
    shop.git("merge", "-q", "--no-commit", "-s", "ours", "--allow-unrelated-histories", "FETCH_HEAD")
    shop.git("read-tree", "--prefix=lib/", "-u", "FETCH_HEAD")
    shop.commit("Ada", "2024-06-01", "Bring in the library")
    shop.commit("Ada", "2024-06-02", "Mend it", changes="lib/d.c")
    index.read(shop.path)
    assert index.agrees(shop)
    assert index.column(NEWEST, path="lib/a.c") == [shop.sha("Bring in the library")]


def test_modes_and_copies_of_history(index: Index, shop: Team) -> None:
    (shop.path / "docs/guide.md").chmod(0o755)
    shop.commit("Ada", "2024-06-01", "Executable")
    (shop.path / "docs/guide.md").chmod(0o644)
    shop.commit("Bob", "2024-06-02", "Not executable")
    shop.commit("Cleo", "2024-06-03", "To and", changes="app/auth.py")
    shop.git("revert", "--no-edit", "HEAD")
    index.read(shop.path)
    assert index.agrees(shop)


# -- what says little -------------------------------------------------------------------------------------------------


def test_mass_commits_weigh_little_and_say_why(tmp_path: Path, shop: Team) -> None:
    (tmp_path / "home").mkdir()
    index = Index(tmp_path / "home", mass_commit_paths=20)
    many = {f"pkg/{n}.py": f"x = {n}\n" for n in range(40)}
    shop.commit("Ada", "2024-05-01", "Add a package", files=many)
    shop.commit(
        "Rob",
        "2024-05-02",
        "Run black on the code",
        files={p: t.replace("=", " = ") for p, t in list(many.items())[:12]},
    )
    shop.commit("Rob", "2024-05-03", "Update license headers", files={p: f"# (c)\n{t}" for p, t in many.items()})
    shop.commit("Bob", "2024-05-04", "Touch a few", files=dict.fromkeys(list(many)[:11], "y = 1\n"))
    index.read(shop.path)
    assert index.weight("Add a package") == (pytest.approx(0.05), "adds 40 files at once")
    assert index.weight("Run black on the code") == (pytest.approx(0.1), "reformats 12 files")
    assert index.weight("Update license headers") == (pytest.approx(0.05), "licence headers in 40 files")
    assert index.weight("Touch a few") == (1.0, "")


def test_commits_that_the_team_listed_weigh_nothing_also_afterwards(index: Index, shop: Team) -> None:
    reformatted = shop.commit("Rob", "2024-05-01", "Indent", changes="app/auth.py")
    index.read(shop.path)
    assert index.weight("Indent") == (1.0, "")
    shop.commit(
        "Ada", "2024-05-02", "List it", files={".git-blame-ignore-revs": f"# black\n{reformatted} # why\n{'0' * 40}\n"}
    )
    index.read(shop.path)
    assert index.weight("Indent") == (0.0, "listed in .git-blame-ignore-revs")
    shop.git("config", "blame.ignoreRevsFile", "revs.txt")
    shop.commit(
        "Ada", "2024-05-03", "List another", files={".git-blame-ignore-revs": "", "revs.txt": shop.sha("List it")}
    )
    index.read(shop.path)
    assert index.weight("Indent") == (1.0, "")
    assert index.weight("List it") == (0.0, "listed in revs.txt")
    assert index.column("SELECT COUNT(*) FROM commits") == [7]
    assert index.touches("Indent") == [("app/auth.py", "M", None)]


def test_paths_are_known_for_what_they_are(index: Index, shop: Team) -> None:
    (shop.path / "link").symlink_to("docs/guide.md")
    shop.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(shop.path), "sub")
    files: dict[str, str | bytes | None] = {
        ".gitattributes": "*.gen linguist-generated\n*.psd filter=lfs\n", "a.gen": "x", "art.psd": "version https://git-lfs",
        "vendor/x.c": "x", "logo.png": b"\x89PNG\0", "poetry.lock": "x",
    }  # fmt: skip
    shop.commit("Ada", "2024-05-01", "All kinds", files=files)
    index.read(shop.path)
    told = dict(index.db.read("SELECT path, traits FROM nodes WHERE traits <> ''"))
    assert told == {
        "a.gen": "generated", "art.psd": "binary lfs", "vendor/x.c": "vendored", "logo.png": "binary", "poetry.lock": "generated",
        "link": "symlink", "sub": "submodule",
    }  # fmt: skip
    shop.commit("Ada", "2024-05-02", "Not generated", files={".gitattributes": "*.psd filter=lfs\n", "b.gen": "b"})
    index.read(shop.path)
    told = dict(index.db.read("SELECT path, traits FROM nodes WHERE traits <> ''"))
    assert "a.gen" not in told
    assert told["art.psd"] == "binary lfs"
    assert index.agrees(shop)


# -- again and again --------------------------------------------------------------------------------------------------


def test_a_second_run_reads_only_what_is_new(index: Index, shop: Team) -> None:
    index.read(shop.path)
    assert index.read(shop.path).commits == 0
    shop.tell(
        """
        2024-05-01 | Cleo | More     | app/more.py app/auth.py
        2024-05-02 | Ada  | No guide | -docs/guide.md
        """
    )
    assert index.read(shop.path).commits == 2
    assert index.column("SELECT path FROM nodes WHERE alive = 1 AND is_dir = 1 ORDER BY path") == ["", "app"]
    assert index.agrees(shop)
    assert index.column("SELECT seq FROM commits ORDER BY id") == [1, 2, 3, 4, 5, 6]


def test_merges_that_come_later(index: Index, shop: Team) -> None:
    shop.git("checkout", "-q", "-b", "topic", "HEAD~2")
    shop.commit("Cleo", "2024-02-10", "Early on the side", changes="app/login.py side.py")
    shop.git("checkout", "-q", "main")
    index.read(shop.path)
    shop.merge("topic", "Ada", "2024-05-03")
    assert index.read(shop.path).commits == 2
    assert index.agrees(shop)
    shop.git("checkout", "-q", "-b", "other", "topic")
    shop.commit("Cleo", "2024-06-01", "Other", changes="side.py")
    shop.git("merge", "-q", "--no-ff", "-m", "The wrong way round", "main")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--ff-only", "other")
    assert index.read(shop.path).commits == 2
    assert index.agrees(shop)


def test_a_revert_that_comes_later(index: Index, shop: Team) -> None:
    index.read(shop.path)
    before = (shop.path / "app/auth.py").read_text()
    shop.commit("Cleo", "2024-05-01", "There", files={"app/auth.py": "x"})
    shop.commit("Cleo", "2024-05-02", "And back", files={"app/auth.py": before})
    index.read(shop.path)
    assert index.agrees(shop)


def test_a_force_push_leaves_the_lost_commits_as_past(index: Index, shop: Team) -> None:
    index.read(shop.path)
    lost = shop.head()
    shop.git("reset", "-q", "--hard", "HEAD~2")
    shop.commit("Cleo", "2024-05-01", "Instead", changes="app/login.py")
    assert index.read(shop.path).commits == 1
    assert index.subjects() == ["Add the login page", "Pair on the timeout", "Instead"]
    assert index.column("SELECT subject FROM commits WHERE reachable = 0 ORDER BY seq") == ["Rename", "Drop the notes"]
    assert index.agrees(shop)
    shop.git("reset", "-q", "--hard", lost)
    index.read(shop.path)
    assert index.subjects() == ["Add the login page", "Pair on the timeout", "Rename", "Drop the notes"]
    assert index.column("SELECT COUNT(*) FROM commits") == [5]
    assert index.agrees(shop)


def test_a_rebase_whose_old_commits_were_pruned(index: Index, shop: Team) -> None:
    index.read(shop.path)
    shop.git("reset", "-q", "--hard", "HEAD~1")
    shop.commit("Cleo", "2024-05-01", "Instead", changes="app/auth.py")
    shop.git("reflog", "expire", "--expire=now", "--all")
    shop.git("gc", "-q", "--prune=now")
    index.read(shop.path)
    assert index.subjects() == ["Add the login page", "Pair on the timeout", "Rename", "Instead"]
    assert index.column("SELECT subject FROM commits WHERE reachable = 0") == ["Drop the notes"]
    assert index.agrees(shop)


def test_a_branch_that_was_deleted(index: Index, shop: Team) -> None:
    shop.git("checkout", "-q", "-b", "topic")
    shop.commit("Cleo", "2024-05-01", "On the branch", changes="app/side.py")
    index.read(shop.path)
    shop.git("checkout", "-q", "main")
    shop.git("branch", "-q", "-D", "topic")
    index.read(shop.path)
    assert index.column("SELECT subject FROM commits WHERE reachable = 0") == ["On the branch"]
    assert index.agrees(shop)
    shop.git("symbolic-ref", "HEAD", "refs/heads/topic")
    assert index.read(shop.path).skipped == [Skipped("team", "branch topic has no commits yet")]


def test_another_rule_reads_everything_again(index: Index, shop: Team) -> None:
    index.read(shop.path)
    index.mass_commit_paths = 2
    shop.commit("Ada", "2024-05-01", "Three", changes="a b c")
    assert index.read(shop.path).commits == 5
    assert index.column("SELECT COUNT(*) FROM commits") == [5]
    assert index.weight("Three")[1] == "adds 3 files at once"
    assert index.agrees(shop)


def test_secrets_in_messages_are_redacted_also_in_what_was_read_before(index: Index, shop: Team) -> None:
    shop.commit("Ada", "2024-05-01", "Log in with Zoe", changes="a", body=f"key {AWS}\npassword=Zx9kLm2qRt77")
    plain = Repository.open(str(shop.path), index.home)
    read_source(index.db, 1, GitSource(plain, redact=False), Tally(), now=0)
    told = "SELECT body FROM commits WHERE subject = 'Log in with Zoe'"
    assert index.column(told) == [f"key {AWS}\npassword=Zx9kLm2qRt77"]
    assert index.read(shop.path).commits == 5
    assert index.column(told) == ["key [redacted: AWS access key]\npassword=[redacted: secret]"]
    assert index.agrees(shop)


def many_commits(shop: Team, count: int) -> None:
    """A long history in one process."""
    lines = []
    for n in range(count):
        mark, parent = n + 1, f"from :{n}\n" if n else ""
        message, content = f"Commit {n}", f"{n}\n"
        lines.append(
            f"commit refs/heads/main\nmark :{mark}\nauthor A{n % 7} <a{n % 7}@x> {1_600_000_000 + n * 60} +0000\n"
            f"committer C <c@x> {1_600_000_000 + n * 60} +0000\ndata {len(message)}\n{message}\n{parent}"
            f"M 100644 inline f/{n % 97}.txt\ndata {len(content)}\n{content}\n"
        )
    shop.git("fast-import", "--quiet", stdin="".join(lines).encode())
    shop.git("reset", "-q", "--hard")


RUN = """
import sys
from pathlib import Path
import indexers.sources.git as git
from indexers.pipeline import Tally, read_source
from indexers.repository import Repository
from knowledge.store.schema import open_store
git.COMMITS_PER_CURSOR = 200
home = Path(sys.argv[2])
tally = Tally()
read_source(open_store(f"sqlite:///{home}/store.db"), 1, git.GitSource(Repository.open(sys.argv[1], home)), tally, now=0)
print(tally.commits)
"""


def test_killing_it_anywhere_loses_nothing(index: Index, tmp_path: Path) -> None:
    long = team(tmp_path / "long")
    many_commits(long, 8000)
    kills = 0
    for _ in range(40):
        run = subprocess.Popen(
            [sys.executable, "-c", RUN, str(long.path), str(index.home)], stdout=subprocess.PIPE, text=True
        )
        before = index.column("SELECT COUNT(*) FROM commits")[0]
        while run.poll() is None and index.column("SELECT COUNT(*) FROM commits")[0] < before + 1500:
            time.sleep(0.002)
        if run.poll() is None and kills < 3:
            run.send_signal(signal.SIGKILL)
            kills += 1
        run.communicate()
        if run.returncode == 0:
            break
    assert kills == 3
    assert index.column("SELECT sha FROM commits ORDER BY seq") == long.git("rev-list", "--reverse", "HEAD").split()
    assert index.column("SELECT COUNT(*) FROM touches") == [8000]
    assert index.agrees(long)


def test_a_push_while_a_run_was_interrupted(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexers.sources.git.COMMITS_PER_CURSOR", 100)
    long = team(tmp_path / "long")
    many_commits(long, 450)
    source = GitSource(Repository.open(str(long.path), index.home))

    class Broken:
        name = source.name

        def read(self, cursor: dict[str, Any] | None) -> Any:
            for number, record in enumerate(source.read(cursor)):
                yield record
                if number == 310:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_source(index.db, 1, Broken(), Tally(), now=0)  # type: ignore[arg-type]
    assert index.column("SELECT COUNT(*) FROM commits") == [300]
    long.commit("Ada", "2026-01-01", "Pushed since", changes="new.py")
    assert index.read(long.path).commits == 151
    assert index.agrees(long)


def test_a_force_push_while_a_run_was_interrupted(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexers.sources.git.COMMITS_PER_CURSOR", 100)
    long = team(tmp_path / "long")
    many_commits(long, 250)
    with index.db.transaction() as tx:
        from knowledge.store.repos import Repos

        source = GitSource(Repository.open(str(long.path), index.home))
        cursor = next(record for record in source.read(None) if type(record).__name__ == "Cursor")
        Repos(index.db).set_cursor(tx, "git", 1, {**cursor.value, "to": "1" * 40}, 0)  # type: ignore[union-attr]
    index.read(long.path)
    assert len(index.subjects()) == 250
    assert index.agrees(long)


# -- odd repositories -------------------------------------------------------------------------------------------------


def test_an_empty_repository(index: Index, tmp_path: Path) -> None:
    empty = team(tmp_path / "empty")
    assert index.read(empty.path).skipped == [Skipped("team", "branch main has no commits yet")]
    empty.commit("Ada", "2024-01-01", "At last", changes="a")
    assert index.read(empty.path).commits == 1


def test_a_commit_of_an_empty_tree(index: Index, tmp_path: Path) -> None:
    empty = team(tmp_path / "empty")
    empty.commit("Ada", "2024-01-01", "Nothing")
    assert index.read(empty.path).commits == 1
    assert index.alive() == []


def test_a_bare_repository(index: Index, shop: Team, tmp_path: Path) -> None:
    shop.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    assert index.read(tmp_path / "bare.git").commits == 4
    assert index.agrees(shop)


def test_a_shallow_clone_and_its_deepening(index: Index, shop: Team, tmp_path: Path) -> None:
    clone = Team(tmp_path / "clone")
    clone.git("fetch", "-q", "--depth=2", f"file://{shop.path}", "main")
    clone.git("reset", "-q", "--hard", "FETCH_HEAD")
    tally = index.read(clone.path)
    assert [skipped.why.split(":")[0] for skipped in tally.skipped] == ["a shallow clone"]
    assert index.weight("Rename") == (0.0, "the history is cut off here (shallow clone)")
    assert index.agrees(clone)
    clone.git("fetch", "-q", "--unshallow", f"file://{shop.path}", "main")
    assert index.read(clone.path).skipped == []
    assert index.subjects() == ["Add the login page", "Pair on the timeout", "Rename", "Drop the notes"]
    assert index.weight("Rename") == (1.0, "")
    assert index.touches("Rename") == [("app/auth.py", "R", "app/login.py")]
    assert index.agrees(clone)


def test_names_and_messages_that_are_no_utf8(index: Index, shop: Team) -> None:
    odd = os.fsdecode(b"caf\xe9\n.txt")
    (shop.path / odd).write_text("x")
    shop.git("add", "-A")
    env = {
        "GIT_AUTHOR_NAME": os.fsdecode(b"Ren\xe9"),
        "GIT_AUTHOR_EMAIL": "r@x",
        "GIT_COMMITTER_NAME": "C",
        "GIT_COMMITTER_EMAIL": "c@x",
    }
    shop.git(
        "-c",
        "i18n.commitEncoding=UTF-8",
        "commit",
        "-q",
        "-F",
        "-",
        stdin=b"Men\xfc\n\nf\xfcr \x01 Zo\xc3\xab\n",
        env=env,
    )
    index.read(shop.path)
    assert index.roles("Menü") == [("authored", "René")]
    assert index.touches("Menü") == [("caf\\xe9\n.txt", "A", None)]
    assert index.column(NEWEST, path="caf\\xe9\n.txt") == [shop.head()]


@pytest.mark.parametrize("at", [0, 1, seconds("2099-12-31")])
def test_dates_that_cannot_be(index: Index, shop: Team, at: int) -> None:
    shop.commit("Ada", at, "Some time", changes="app/auth.py")
    shop.commit("Bob", "2024-07-01", "After it", changes="app/auth.py")
    index.read(shop.path)
    assert index.column("SELECT author_time FROM commits WHERE subject = 'Some time'") == [at]
    assert index.subjects()[-2:] == ["Some time", "After it"]
    assert index.agrees(shop)


def test_a_blob_of_100_megabytes(index: Index, shop: Team) -> None:
    shop.commit("Ada", "2024-05-01", "Big", files={"big.bin": b"\0" * 100_000_000})
    shop.commit(
        "Ada", "2024-05-02", "Moved, and a byte more", files={"big.bin": None, "b.bin": b"\0" * 100_000_000 + b"x"}
    )
    began = time.process_time()
    index.read(shop.path)
    assert time.process_time() - began < 2
    assert index.touches("Big") == [("big.bin", "A", None)]
    assert index.touches("Moved, and a byte more") == [("b.bin", "R", "big.bin")]


def test_a_missing_blob(index: Index, shop: Team) -> None:
    shop.commit("Ada", "2024-05-01", "Move and change", changes="docs/guide.md > docs/book.md docs/book.md")
    blob = shop.git("rev-parse", "HEAD~1:docs/guide.md")
    (shop.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    tally = index.read(shop.path)
    assert index.subjects()[-1] == "Move and change"
    assert len(index.subjects()) == 5
    assert [s.why.split("(")[0] for s in tally.skipped] == ["files are missing "]
    assert index.touches("Move and change") == [("docs/book.md", "A", None), ("docs/guide.md", "D", None)]


def test_a_partial_clone_never_asks_the_network(index: Index, shop: Team, tmp_path: Path) -> None:
    shop.commit("Ada", "2024-05-01", "Move", changes="docs/guide.md > docs/book.md")
    shop.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "partial"
    shop.git("clone", "-q", "--bare", "--filter=blob:none", f"file://{shop.path}", str(clone))
    shop.path.rename(tmp_path / "elsewhere")
    tally = index.read(clone)
    assert tally.commits == 5
    assert [s.why.split(":")[0] for s in tally.skipped] == ["a partial clone"]
    assert index.touches("Move") == [("docs/book.md", "R", "docs/guide.md")]
    shop.path = tmp_path / "elsewhere"
    assert index.agrees(shop)


def test_mailmap_gives_proper_names(index: Index, shop: Team) -> None:
    shop.commit("Ada", "2024-05-01", "Names", files={".mailmap": "Ada Lovelace <ada@new.example> <ada@example.org>\n"})
    index.read(shop.path)
    identities = index.db.read("SELECT name, email FROM identities ORDER BY name")
    assert identities[0] == ("Ada Example", "ada@example.org")
    aliases = GitSource(Repository.open(str(shop.path), index.home)).aliases(
        [*identities, ("odd <name>", "x@y"), ("", "")]
    )
    assert aliases == {("Ada Example", "ada@example.org"): ("Ada Lovelace", "ada@new.example")}


def test_settings_of_a_person_change_nothing(index: Index, shop: Team) -> None:
    for key, value in {
        "log.showSignature": "true", "diff.noprefix": "true", "color.ui": "always", "log.date": "relative",
        "diff.renames": "copies", "format.pretty": "oneline", "log.follow": "true", "log.decorate": "full",
        "core.abbrev": "7", "log.diffMerges": "on", "diff.ignoreSubmodules": "all", "diff.submodule": "log",
    }.items():  # fmt: skip
        shop.git("config", key, value)
    index.read(shop.path)
    assert index.touches("Rename") == [("app/auth.py", "R", "app/login.py")]
    assert index.agrees(shop)
