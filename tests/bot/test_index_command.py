"""What `lamp index` says when it is done."""

from bot.cli import main
from bot.commands.index import in_words
from knowledge.model import IndexSummary, Skipped
from tests.teams import team


def test_the_summary_says_what_is_new_what_was_skipped_and_how_long_it_took():
    skipped = (Skipped("a.png", "binary"), Skipped("b.png", "binary"), Skipped("x.lock", "a lock file"))
    assert in_words(IndexSummary(1, 2, 1200, 30, skipped, 3.21)) == (
        "Read 1 new commit (2 events), 1,200 new passages and the meaning of 30 texts, in 3.2 s.\n"
        "  skipped 2 files, such as a.png: binary\n"
        "  skipped x.lock: a lock file"
    )
    assert in_words(IndexSummary(0, 0, 0, 0, (), 0.1)) == "No new commits, docs or code; looking took 0.1 s."


def test_several_steps_may_be_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(team(tmp_path, "2024-01-02 | Ada | Add the page | README.md").path)
    assert main(["index", "--only", "docs", "--only", "history"]) == 0
    assert capsys.readouterr().out.startswith("Read 1 new commit (1 event) and 9 new passages, in ")
    assert main(["index", "--only", "history"]) == 0
    assert capsys.readouterr().out.startswith("No new commits, docs or code; looking took ")
