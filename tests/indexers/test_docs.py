"""Documents are read from git's own objects, at the indexed commit, and after that only what changed."""

import io
import sys
import zipfile

import pytest

from indexers.formats import office
from indexers.pipeline import Tally, read_source
from indexers.repository import Repository
from indexers.rules import Rules
from indexers.sources.docs import DocsSource
from knowledge.model import Cursor, Document, Gone, Skipped
from knowledge.store.schema import open_store
from tests.teams import Team


@pytest.fixture
def repo(tmp_path):
    return Team(tmp_path / "team")


def commit(repo, files=None):
    """Commit these files (None deletes) and whatever else was written."""
    return repo.commit("Ada", "2024-01-02", "Change", files=files)


def read(repo, cursor=None, rules=None, where=None):
    source = DocsSource(Repository.open(str(where or repo.path), repo.path / "home"), rules)
    return list(source.read(cursor))


def told(records):
    """What happened to which path, in a word each."""
    words = {Document: "read", Gone: "gone", Skipped: "skipped"}
    return sorted(
        (words[type(r)], getattr(r, "path", getattr(r, "where", ""))) for r in records if not isinstance(r, Cursor)
    )


def cursor(records):
    return records[-1].value


def test_a_document_is_cited_at_the_commit_it_was_read_from(repo):
    sha = commit(repo, {"docs/deploying.md": "# Deploying\n\nEvery merge.\n\n## Rolling back\n\nPress the button.\n"})
    repo.write("docs/deploying.md", "not committed yet")
    document, last = read(repo)
    assert (document.path, document.commit) == ("docs/deploying.md", sha)
    assert [(p.kind, p.title, p.line_start, p.line_end, p.text) for p in document.passages] == [
        ("doc", "Deploying", 1, 3, "Every merge."),
        ("doc", "Deploying › Rolling back", 5, 7, "Press the button."),
    ]
    assert (last.value["commit"], last.value["whole"]) == (sha, True)


def test_a_bare_repository_reads_the_same(repo, tmp_path):
    commit(repo, {"README.md": "# Hello\n\nWorld.\n"})
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare.git"))
    assert read(repo, where=tmp_path / "bare.git") == read(repo)


def test_a_second_run_reads_only_what_changed(repo):
    commit(repo, {"a.md": "A.\n", "b.md": "B.\n", "c.md": "C.\n", "d.md": "D. A page that moves, with enough in it.\n"})
    first = read(repo)
    assert told(first) == [("read", "a.md"), ("read", "b.md"), ("read", "c.md"), ("read", "d.md")]
    repo.git("mv", "d.md", "e.md")
    sha = commit(repo, {"a.md": "A, changed.\n", "b.md": None})
    second = read(repo, cursor(first))
    assert told(second) == [("gone", "b.md"), ("gone", "d.md"), ("read", "a.md"), ("read", "e.md")]
    assert cursor(second) == {**cursor(first), "commit": sha, "whole": False}


def test_when_nothing_changed_nothing_is_said(repo):
    commit(repo, {"a.md": "A.\n"})
    assert read(repo, cursor(read(repo))) == []


def test_a_repository_without_commits_has_nothing(repo):
    assert read(repo) == []


def test_other_rules_read_everything_again_and_drop_what_they_leave_out(repo):
    commit(repo, {"docs/a.md": "A.\n", "old/b.md": "B.\n"})
    first = read(repo)
    second = read(repo, cursor(first), Rules(exclude=("old/",)))
    assert told(second) == [("gone", "old/b.md"), ("read", "docs/a.md")]
    assert cursor(second)["whole"]


def test_a_new_gitattributes_reads_everything_again(repo):
    commit(repo, {"docs/a.md": "A.\n", "gen/b.md": "B.\n"})
    first = read(repo)
    repo.write(".gitattributes", "gen/* linguist-generated\n")
    commit(repo)
    second = read(repo, cursor(first))
    assert ("gone", "gen/b.md") in told(second)
    assert [r.why for r in second if isinstance(r, Skipped)] == ["generated"]


def test_after_a_force_push_that_lost_the_old_commit_all_is_read_again(repo):
    commit(repo, {"a.md": "A.\n"})
    records = read(repo, {**cursor(read(repo)), "commit": "f" * 40})
    assert ("read", "a.md") in told(records)
    assert cursor(records)["whole"]


def test_a_page_of_a_lost_commit_leaves_the_store(repo, tmp_path):
    """kept.md and dropped.md, then a force-push without dropped.md that prunes the commit which had it."""
    db = open_store(f"sqlite:///{tmp_path}/store.sqlite")
    with db.transaction() as tx:
        tx.run("INSERT INTO repos (id, name) VALUES (1, 'demo')")
    source = DocsSource(Repository.open(str(repo.path), tmp_path / "home"))
    commit(repo, {"kept.md": "Kept as it was.\n"})
    commit(repo, {"dropped.md": "Gone for good.\n"})
    read_source(db, 1, source, Tally(), now=0)
    repo.git("reset", "-q", "--hard", "HEAD~1")
    commit(repo, {"new.md": "Something new.\n"})
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "-q", "--prune=now")
    tally = Tally()
    read_source(db, 1, source, tally, now=0)
    assert [row[0] for row in db.read("SELECT path FROM documents ORDER BY path")] == ["kept.md", "new.md"]
    assert (tally.passages, tally.kept, tally.removed) == (1, 1, 1)


def test_what_cannot_be_read_says_why_once(repo):
    repo.write("big.md", "x" * 3000 + "\n")
    repo.write("bin.md", b"\0\1\2")
    repo.write("lfs.md", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    (repo.path / "link.md").symlink_to("bin.md")
    commit(repo, {"vendor/lib.md": "# Theirs\n", "node_modules/x/README.md": "# Theirs\n", "ok.md": "Ours.\n"})
    found = {r.where: r.why for r in read(repo, rules=Rules(max_bytes=2048)) if isinstance(r, Skipped)}
    assert found == {
        "big.md": "larger than 2 kB (index.docs.max_kilobytes, index.code.max_kilobytes)",
        "bin.md": "binary",
        "lfs.md": "kept in Git LFS, not in the repository",
        "link.md": "a symlink: what it points to is read where it is",
        "node_modules/x/README.md": "vendored",
        "vendor/lib.md": "vendored",
    }


def test_a_team_can_ask_for_more_files(repo):
    commit(repo, {"notes/plan.log": "We agreed on Tuesdays.\n", "vendor/guide.md": "# Ours after all\n\nText.\n"})
    records = read(repo, rules=Rules(include=("notes/*.log", "vendor/guide.md")))
    assert told(records) == [("read", "notes/plan.log"), ("read", "vendor/guide.md")]


def test_odd_encodings_and_names_are_read(repo):
    repo.write("latin.md", "# Grüße\n\nSchöne Grüße.\n".encode("latin-1"))
    repo.write("utf16.md", "# Hello\n\nWorld.\n".encode("utf-16"))
    repo.write("süß/naïve.md", "\ufeff# Mark\n\r\nText.\r\n")
    commit(repo)
    found = {r.path: [(p.title, p.text) for p in r.passages] for r in read(repo) if isinstance(r, Document)}
    assert found == {
        "latin.md": [("Grüße", "Schöne Grüße.")],
        "utf16.md": [("Hello", "World.")],
        "süß/naïve.md": [("Mark", "Text.")],
    }


def test_secrets_are_gone_before_anything_leaves_the_source(repo):
    key = "AKIA" + "QZ7XKPL2M4NV8RTW"
    notebook = '{"cells": [{"cell_type": "code", "source": "key = \'' + key + "'\"}]}"
    commit(repo, {"a.md": f"# Keys\n\nUse {key}.\n", "b.ipynb": notebook})
    assert [p.text for r in read(repo) if isinstance(r, Document) for p in r.passages] == [
        "Use [redacted: AWS access key].",
        "key = '[redacted: AWS access key]'",
    ]
    kept = read(repo, rules=Rules(redact=False))
    assert key in kept[0].passages[0].text


def test_erb_markdown_is_a_document_and_templates_are_not(repo):
    commit(
        repo,
        {
            "source/alerts.html.md.erb": "# Alerts\n\nText.\n",
            "app/templates/page.html": "<p>x</p>",
            "requirements.txt": "flask\n",
        },
    )
    assert told(read(repo)) == [("read", "source/alerts.html.md.erb")]


# -- Word, PDF, slides ------------------------------------------------------------------------------------------------

SCHEMA = "http://schemas.openxmlformats.org"


def word(*paragraphs):
    """The smallest Word file with these `style:text` paragraphs."""
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
        for style, _, text in (paragraph.partition(":") for paragraph in paragraphs)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{SCHEMA}/package/2006/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{SCHEMA}/package/2006/relationships"><Relationship Id="rId1" Type='
        f'"{SCHEMA}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{SCHEMA}/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_without_the_extra_a_word_file_says_its_cure(repo, monkeypatch):
    monkeypatch.setitem(sys.modules, "markitdown", None)  # how Python says "not installed"
    office._converter.cache_clear()
    commit(repo, {"plan.docx": b"PK\3\4\0\0"})
    (skipped, _) = read(repo)
    office._converter.cache_clear()
    assert skipped == Skipped("plan.docx", "Word, PDF and slides need the extra: pip install 'lamplighter[documents]'")


def test_a_word_file_has_headings(repo):
    commit(repo, {"plan.docx": word("Heading1:Rolling back", "Normal:Press the button.")})
    (document, _) = read(repo)
    assert [(p.title, p.text) for p in document.passages] == [("Rolling back", "Press the button.")]


def test_a_damaged_pdf_is_skipped(repo):
    commit(repo, {"plan.pdf": b"%PDF-1.4\n\0nothing"})
    (skipped, _) = read(repo)
    assert skipped == Skipped("plan.pdf", "could not be converted: damaged, encrypted, or not what its name says")
