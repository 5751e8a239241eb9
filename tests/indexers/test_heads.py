"""Reading where a repository stands from its files agrees with asking git."""

import pytest

from indexers.heads import head_of
from tests.teams import Team, team


@pytest.fixture
def shop(tmp_path):
    return team(tmp_path, "2024-01-02 | Ada | Begin | a.py\n2024-01-03 | Ada | Go on | a.py")


def test_a_work_tree_and_its_git_folder(shop):
    assert head_of(str(shop.path)) == shop.head()
    assert head_of(str(shop.path / ".git")) == shop.head()


def test_packed_refs(shop):
    shop.git("pack-refs", "--all", "--prune")
    assert head_of(str(shop.path)) == shop.head()


def test_a_detached_head(shop):
    shop.git("checkout", "-q", "--detach", "HEAD~1")
    assert head_of(str(shop.path)) == shop.head()


def test_a_linked_work_tree_on_a_branch_of_its_own(shop, tmp_path):
    shop.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"), "HEAD~1")
    assert head_of(str(tmp_path / "linked")) == shop.sha("Begin")
    shop.git("pack-refs", "--all", "--prune")
    assert head_of(str(tmp_path / "linked")) == shop.sha("Begin")


def test_a_bare_repository(shop, tmp_path):
    shop.git("clone", "-q", "--bare", str(shop.path), str(tmp_path / "bare.git"))
    assert head_of(str(tmp_path / "bare.git")) == shop.head()


def test_no_commit_yet_and_no_repository_are_unknown(tmp_path):
    assert head_of(str(Team(tmp_path / "empty").path)) is None
    assert head_of(str(tmp_path / "nowhere")) is None
