"""Real repositories in temporary directories; what git itself says is the expectation."""

import os
from pathlib import Path

import pytest

from indexers.repository import Change, GitFailed, Repository, path_bytes, path_text
from knowledge.errors import Mistake
from tests.teams import Team, seconds, team

STORY = """
    2024-01-02 | Ada        | Add the login page  | app/login.py README.md
    2024-02-03 | Bob + Cleo | Pair on the timeout | app/login.py
    2024-03-01 | Ada        | Rename              | app/login.py > app/auth.py
    2024-04-01 | Bob        | Drop the notes      | -README.md docs/guide.md
"""


@pytest.fixture
def shop(tmp_path: Path) -> Team:
    return team(tmp_path, STORY)


def opened(shop: Team) -> Repository:
    return Repository.open(str(shop.path), shop.path.parent / "home")


def test_the_same_story_makes_the_same_shas(tmp_path: Path) -> None:
    one, two = team(tmp_path / "1", STORY), team(tmp_path / "2", STORY)
    assert one.head() == two.head()
    assert one.git("log", "-1", "--format=%an <%ae> %at") == f"Bob Example <bob@example.org> {seconds('2024-04-01')}"


def test_where_it_stands(shop: Team) -> None:
    repository = opened(shop)
    assert repository.head() == shop.head()
    assert (repository.branch(), repository.name) == ("main", "team")
    assert repository.is_ancestor(shop.sha("Add the login page"), shop.head())
    assert not repository.is_ancestor(shop.head(), shop.sha("Add the login page"))
    assert repository.resolve("nobody") is None
    assert not repository.shallow()


def test_from_a_folder_inside(shop: Team) -> None:
    assert Repository.open(str(shop.path / "app"), shop.path).head() == shop.head()


def test_another_branch_than_the_checked_out_one(shop: Team) -> None:
    shop.git("branch", "release", "HEAD~2")
    repository = Repository.open(str(shop.path), shop.path, "release")
    assert (repository.head(), repository.branch()) == (shop.sha("Pair on the timeout"), "release")
    with pytest.raises(Mistake, match=r"has no branch relaese\. Choose one of main, release\."):
        Repository.open(str(shop.path), shop.path, "relaese")


def test_unborn_head(tmp_path: Path) -> None:
    repository = opened(team(tmp_path))
    assert (repository.head(), repository.branch()) == (None, "main")


def test_detached_head(shop: Team) -> None:
    shop.git("checkout", "-q", "HEAD~1")
    assert (opened(shop).branch(), opened(shop).head()) == ("", shop.head())


def test_files_of_a_commit(shop: Team) -> None:
    files = opened(shop).files("HEAD")
    assert [file.path for file in files] == ["app/auth.py", "docs/guide.md"]
    assert files[0].size == (shop.path / "app/auth.py").stat().st_size
    assert (files[0].mode, files[0].oid) == ("100644", shop.git("rev-parse", "HEAD:app/auth.py"))


def test_changes_between_commits(shop: Team) -> None:
    assert opened(shop).changes("HEAD~2", "HEAD") == [
        Change("D", "README.md", None),
        Change("R", "app/auth.py", "app/login.py"),
        Change("A", "docs/guide.md", None),
    ]


def test_blobs_in_the_order_asked_for_and_missing_ones_left_out(shop: Team) -> None:
    guide, auth = shop.git("rev-parse", "HEAD:docs/guide.md"), shop.git("rev-parse", "HEAD:app/auth.py")
    got = list(opened(shop).blobs([guide, "0" * 40, auth]))
    assert got == [
        (guide, (shop.path / "docs/guide.md").read_bytes()),
        (auth, (shop.path / "app/auth.py").read_bytes()),
    ]


@pytest.mark.parametrize("bare", [False, True])
def test_attributes(tmp_path: Path, bare: bool) -> None:
    shop = team(tmp_path)
    shop.commit(
        "Ada",
        "2024-01-02",
        "Say what is what",
        files={
            ".gitattributes": "*.lock linguist-generated\nlib/** linguist-vendored=true\n*.psd filter=lfs\n"
            "*.dat binary\nbook/** linguist-documentation\nlib/own.js -linguist-vendored\n",
            "sub/.gitattributes": "*.txt linguist-generated=true\n",
        },
    )
    if bare:
        shop.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
        repository = Repository.open(str(tmp_path / "bare.git"), tmp_path)
    else:
        repository = opened(shop)
    paths = ["a.lock", "lib/x.js", "lib/own.js", "art.psd", "w.dat", "book/1.md", "plain.py", "sub/x.txt", "x.txt"]
    assert repository.attributes(paths, "HEAD") == {
        "a.lock": {"generated"},
        "lib/x.js": {"vendored"},
        "art.psd": {"lfs"},
        "w.dat": {"binary"},
        "book/1.md": {"documentation"},
        "sub/x.txt": {"generated"},
    }


def test_blame(shop: Team) -> None:
    repository = opened(shop)
    first, second = shop.sha("Add the login page"), shop.sha("Pair on the timeout")
    assert repository.blame("app/auth.py", 9, "HEAD") == (first, 9)
    assert repository.blame("app/auth.py", 10, "HEAD") == (second, 10)
    assert repository.blame("app/auth.py", 99, "HEAD") is None
    assert repository.blame("app/nothing.py", 1, "HEAD") is None


def test_blame_looks_through_what_is_ignored(shop: Team) -> None:
    before = (shop.path / "app/auth.py").read_text()
    reformatted = shop.commit("Rob", "2024-05-01", "Indent", files={"app/auth.py": before.replace("# ", "#  ")})
    assert opened(shop).blame("app/auth.py", 10, "HEAD") == (reformatted, 10)
    assert opened(shop).blame_span("app/auth.py", 9, 10, "HEAD", [reformatted]) == [
        shop.sha("Add the login page"),
        shop.sha("Pair on the timeout"),
    ]
    assert opened(shop).blame("app/auth.py", 10, "HEAD", [reformatted]) == (shop.sha("Pair on the timeout"), 10)


def test_names_that_are_no_utf8_find_their_way_back() -> None:
    assert path_text(b"caf\xe9/men\xc3\xbc.txt") == "caf\\xe9/menü.txt"
    assert path_bytes("caf\\xe9/menü.txt") == b"caf\xe9/men\xc3\xbc.txt"


def test_odd_names_in_a_tree(shop: Team) -> None:
    odd = b'caf\xe9 "x"\n.txt'
    (Path(str(shop.path)) / odd.decode(errors="surrogateescape")).write_text("un\n")
    shop.commit("Ada", "2024-05-01", "Menu", files={"*.py": "star\n"})
    repository = opened(shop)
    name = 'caf\\xe9 "x"\n.txt'
    assert name in [file.path for file in repository.files("HEAD")]
    assert repository.blame(name, 1, "HEAD") == (shop.head(), 1)
    assert repository.attributes([name], "HEAD") == {}


def test_git_that_fails_is_heard(shop: Team) -> None:
    with pytest.raises(GitFailed, match="unknown revision"), opened(shop).stream("log", "nobody") as out:
        assert out.read() == b""


def test_leaving_a_stream_early_ends_git(shop: Team) -> None:
    with opened(shop).stream("cat-file", "--batch-all-objects", "--batch") as out:
        assert out.read(10)


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=r"is no git repository.*git init"):
        Repository.open(str(tmp_path), tmp_path)
    with pytest.raises(Mistake, match="there is no folder"):
        Repository.open(str(tmp_path / "nowhere"), tmp_path)


def test_a_url_is_cloned_once_and_fetched_after(shop: Team, tmp_path: Path) -> None:
    url, home = f"file://{shop.path}", tmp_path / "home"
    repository = Repository.open(url, home)
    assert (repository.head(), repository.name, repository.location) == (shop.head(), "team", url)
    newer = shop.commit("Ada", "2024-06-01", "More", changes="more.py")
    assert Repository.open(url, home).head() == newer
    shop.git("checkout", "-q", "-b", "trunk")
    shop.git("branch", "-q", "-D", "main")
    newest = shop.commit("Ada", "2024-06-02", "Trunk", changes="more.py")
    again = Repository.open(url, home)
    assert (again.head(), again.branch()) == (newest, "trunk")
    assert len(list((home / "repos").iterdir())) == 1


def test_what_a_killed_git_left_in_a_clone_is_cleared_away(shop: Team, tmp_path: Path) -> None:
    """A lock of a git that nobody runs any more, and half a clone; younger ones belong to somebody."""
    url, repos = f"file://{shop.path}", tmp_path / "home" / "repos"
    (half := repos / ".cloning-old" / "clone").mkdir(parents=True)
    (repos / ".cloning-new").mkdir()
    os.utime(half.parent, (1_700_000_000, 1_700_000_000))
    clone = Repository.open(url, tmp_path / "home").git_dir
    assert {path.name for path in repos.iterdir()} == {".cloning-new", clone.name}
    newer = shop.commit("Ada", "2024-06-01", "More", changes="more.py")
    locks = [clone / "packed-refs.lock", clone / "refs" / "heads" / "main.lock", clone / "config.lock"]
    for lock in locks:
        lock.touch()
    with pytest.raises(Mistake, match=r"main\.lock"):
        Repository.open(url, tmp_path / "home")
    for lock in locks:
        os.utime(lock, (1_700_000_000, 1_700_000_000))
    assert Repository.open(url, tmp_path / "home").head() == newer


def test_a_token_in_a_url_is_never_in_the_clone(shop: Team, tmp_path: Path) -> None:
    """Not even while it is being made: a kill would leave it there."""
    git = tmp_path / "gitconfig"
    git.write_text(f'[url "file://{shop.path}"]\n\tinsteadOf = https://me:secret@example.org/shop.git\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(git))
        clone = Repository.open("https://me:secret@example.org/shop.git", tmp_path / "home")
    assert clone.head() == shop.head()
    assert "secret" not in (clone.git_dir / "config").read_text()


def test_a_url_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=r"git cannot fetch file:///nowhere/shop\.git \('/nowhere/shop\.git' does not"):
        Repository.open("file://me:secret@/nowhere/shop.git", tmp_path)
