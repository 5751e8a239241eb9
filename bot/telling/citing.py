"""Citations: where an answer comes from, as a label and, where the repository's web address is configured, a link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from bot.answer import Ground
from bot.dates import day
from bot.message import Source, plain
from bot.telling import remembered
from bot.touches import titled as titled
from knowledge.activation.past import PastCommit
from knowledge.asking.targets import Repo
from knowledge.fresh import last_change
from knowledge.model import Evidence
from knowledge.store.passages import Passages

NOWHERE = Repo(0, "", "")


def repo_of(ground: Ground, evidence: Evidence) -> Repo:
    """The repository that a passage comes from."""
    repos = ground.resolver.repos()
    if len(repos) > 1 and evidence.passage_id is not None:
        rows = ground.db.read(
            "SELECT d.repo_id FROM passages p JOIN documents d ON d.id = p.document_id WHERE p.id = :id",
            id=evidence.passage_id,
        )
        repos = [repo for repo in repos if rows and repo.id == rows[0][0]] or repos
    return repos[0] if repos else NOWHERE


def _web(repo: Repo) -> str:
    return repo.web.rstrip("/").removesuffix(".git")


def commit_source(ground: Ground, commit: PastCommit, *, author: bool = False) -> Source:
    """A citation of a commit."""
    repo = next((repo for repo in ground.resolver.repos() if repo.id == commit.repo_id), NOWHERE)
    web = _web(repo)
    by = f" ({plain(commit.author.name)})" if author else ""
    label = f"{commit.sha[:9]} · {day(commit.time)} · {titled(commit)}{by}"
    return Source(label, f"{web}/commit/{commit.sha}" if web else "")


def page_source(ground: Ground, evidence: Evidence) -> Source:
    """A citation of lines of a file, or of what a person answered."""
    if evidence.kind == "chat":
        return remembered.source(ground.db, evidence)
    web = _web(repo_of(ground, evidence))
    first, last = evidence.line_start, evidence.line_end
    lines = f"{first}-{last}" if last > first else f"{first}"
    label = f"{evidence.path}:{lines} · {evidence.commit[:9]}" + (f" · {day(evidence.date)}" if evidence.date else "")
    return Source(label, f"{web}/blob/{evidence.commit}/{quote(evidence.path)}#L{first}-L{last}" if web else "")


def pages_source(ground: Ground, pages: Iterable[Evidence]) -> tuple[Source, ...]:
    """Citations of several pages."""
    return tuple(page_source(ground, page) for page in pages)


def commit_evidence(commit: PastCommit, path: str) -> Evidence:
    """A commit as evidence."""
    message = f"{commit.subject}\n\n{commit.body}".strip()
    return Evidence("commit", path, 0, 0, commit.subject, message, commit.sha, commit.time)


def dated(ground: Ground, evidence: Evidence) -> Evidence:
    """The evidence with the day on which its page was last changed."""
    if evidence.date is not None:
        return evidence
    if evidence.kind == "chat":
        return remembered.dated(ground.db, evidence)
    return evidence._replace(date=last_change(ground.db, repo_of(ground, evidence).id, evidence.path, ground.as_of))


def whole(ground: Ground, evidence: Evidence) -> str:
    """The text of the passage that a quote was taken from."""
    if evidence.passage_id is None:
        return evidence.quote
    found = Passages(ground.db).get([evidence.passage_id])
    return found[evidence.passage_id].text if evidence.passage_id in found else evidence.quote


def found_commits(ground: Ground, query: str, limit: int) -> list[tuple[PastCommit, float]]:
    """The commits that the search finds, with their scores, best first."""
    search = ground.search()
    hits = {hit.id: float(hit.score) for hit in search.commits(query, limit)} if search else {}
    return [(c, hits[c.id]) for c in by_id(ground, list(hits))]


def by_id(ground: Ground, ids: Sequence[int]) -> list[PastCommit]:
    """Commits of whatever repository, in the order asked."""
    found = {c.id: c for repo in ground.resolver.repos() for c in ground.past(repo.id).by_id(ids)}
    return [found[i] for i in ids if i in found]
