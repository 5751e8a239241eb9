"""The words that paths are made of, and the words around them in a question. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.asking.mentions import Mention
from knowledge.asking.targets import Resolution, Several, Target

# Places that are rarely meant when the same name exists elsewhere.
ASIDE = re.compile(
    r"^\.|(?:^|/)(?:tests?|testing|spec|specs|examples?|fixtures|vendor|third_party|node_modules|docs?_src|benchmarks?)/"
    r"|(?:^|/)(?:test_|conftest)|_test\.|\.test\."
)
KIND_WORDS = frozenset(
    """whole entire complete the a an our my file files directory folder dir package module class function method
    code part area thing stuff page doc docs documentation source sources component implementation logic of in
    for and to about""".split()
)
ARTICLES = frozenset({"the", "a", "an", "our", "my", "of", "in", "for", "and", "to", "about"})
DOC_WORDS = frozenset({"doc", "docs", "documentation", "page", "pages", "guide", "manual"})
DOC_FILE = re.compile(r"\.(?:md|mdx|rst|txt|adoc|html?|ipynb|erb)$|(?:^|/)(?:docs?|wiki|manual)(?:/|$)", re.IGNORECASE)
PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|ico|webp|woff2?|ttf|pdf|mp4)$", re.IGNORECASE)
DIR_WORDS = frozenset({"directory", "folder", "dir", "package"})
EVERYTHING = frozenset({"repo", "repository", "project", "codebase", "everything", "anything", "here", "codebases"})


def only_docs(result: Resolution | None) -> Resolution | None:
    """Of what the words fit, what is written for reading: "the deploy docs" are not deploy.yml."""
    if isinstance(result, Target):
        return result if DOC_FILE.search(result.path) else None
    if isinstance(result, Several):
        kept = tuple(t for t in result.choices if DOC_FILE.search(t.path))
        return kept[0] if len(kept) == 1 else replace(result, choices=kept, total=len(kept)) if kept else None
    return result


def is_path(mention: Mention) -> bool:
    """Whether a mention looks like a path or a link rather than a name."""
    return mention.kind in {"path", "file", "url"} or (
        mention.kind == "ticked" and bool(re.search(r"[/\\.]", mention.raw))
    )


def path_words(text: str) -> list[str]:
    """The words of a path or name, in small letters: sessionStore → session, store."""
    return [w.lower() for w in re.findall(r"[A-Za-z0-9]+", re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text))]


def stem(word: str) -> str:
    """The word without its plural."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def made_of(path: str, core: list[str]) -> bool:
    """Whether every word is a part of the path, the last name holding at least one of them."""
    parts = [stem(w) for w in path_words(path)]
    last = [stem(w) for w in path_words(path.rpartition("/")[2])]
    stems = [stem(w) for w in core]
    return all(s in parts for s in stems) and any(s in last for s in stems)


def like_pattern(text: str) -> str:
    """`text` for LIKE … ESCAPE '!', letter by letter."""
    return re.sub(r"([!%_])", r"!\1", text)
