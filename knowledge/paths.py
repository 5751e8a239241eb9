"""What a path says about a file by itself: whether somebody writes it, whether it tests, what a glob means. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate

# Pictures, sounds, fonts, archives, what programs print, and data: nobody is asked to explain them.
_DATA = re.compile(
    r"\.(?:png|jpe?g|gif|svg|ico|webp|bmp|pdf|mp[34]|wav|woff2?|ttf|eot|otf|zip|gz|bz2|xz|tar|jar|whl|pyc|exe|dll|so"
    r"|csv|tsv|parquet|npy|pkl|bin|dat|db|sqlite3?|key|pem|crt|csr|asc|gpg|sig|lock|min\.js|map|snap|expect|expected|out"
    r"|golden|patch|diff|po|pot|mo|log|drawio|excalidraw)$",
    re.IGNORECASE,
)
_NAMES = frozenset("Makefile Dockerfile Rakefile Gemfile Procfile Vagrantfile Jenkinsfile README CONTRIBUTING".split())
_TEST_NAME = re.compile(
    r"^(?:test_|tests_|t\d{4}-|u-)|[._-](?:test|tests|spec)\.[\w.]+$|(?:Test|Tests|Spec|IT)\.\w+$|^conftest\.py$"
)
_TEST_DIRECTORY = re.compile(r"(?:^|/)(?:tests?|testing|specs?|__tests__|t|e2e|features|testdata|fixtures)(?:/|$)")
# Below tests: what tests read, not what somebody knows.
_FIXTURES = re.compile(
    r"(?:^|[_-])(?:examples?|fixtures?|data|testdata|samples?|resources?|snapshots?|golden|cases|static|templates?|stubs?"
    r"|vectors?|expected)(?:[_-]|$)"
)
_ALWAYS_FIXTURES = re.compile(r"^(?:testdata|test[-_]data|__fixtures__|fixtures|__snapshots__|snapshots|golden)$")
_CODE = re.compile(
    r"\.(?:py|pyi|pyx|c|h|cc|cpp|cxx|hpp|rs|go|java|kt|scala|rb|js|jsx|mjs|ts|tsx|vue|php|cs|swift|m|mm|pl|pm|lua|ex|exs"
    r"|erl|hs|ml|jl|r|sh|bash|sql|proto|tf|clj|dart|nim|zig)$",
    re.IGNORECASE,
)
# Pages that tell of one moment and are not meant to follow the code.
_CHRONICLE = re.compile(
    r"(?:^|/)(?:(?:rel|release)[-_]?notes?|announce(?:ments?)?|change(?:s|log|logs)|history|news(?:fragments)?|blog|posts"
    r"|whats?[-_]?new|adrs?|rfcs?|decisions?|proposals?|peps?|seps?|minutes|retros?)(?:[/._-]|$)",
    re.IGNORECASE,
)
_LISTING = re.compile(
    r"(?:^|/)(?:(?:codeowners|owners|maintainers|authors|contributors|copying|notice)(?:\.[^/]*)?"
    r"|licen[cs]es?(?:[.-][^/]*)?)$",
    re.IGNORECASE,
)
_PAGE = re.compile(r"\.(?:md|mdx|rst|adoc|txt|html?|ipynb|erb|textile|org)$", re.IGNORECASE)


def is_written(path: str) -> bool:
    """Whether it is a file that people write and others may ask about: code, a page, settings; by its name."""
    name = path.rpartition("/")[2]
    return name in _NAMES or ("." in name.lstrip(".") and not _DATA.search(name))


def is_test(path: str) -> bool:
    """Whether a file is a test, by its name."""
    return bool(_TEST_NAME.search(path.rpartition("/")[2]))


def is_code(path: str) -> bool:
    """Whether a file is program text, by its name."""
    return bool(_CODE.search(path))


def is_fixture_directory(path: str) -> bool:
    """Whether a directory is called like what tests read; below tests, more names mean that."""
    parent, _, name = path.lower().rpartition("/")
    return bool((_FIXTURES if is_test_directory(parent) else _ALWAYS_FIXTURES).search(name))


def is_test_directory(path: str) -> bool:
    """Whether a directory lies in one for tests."""
    return bool(_TEST_DIRECTORY.search(path))


def is_page(path: str) -> bool:
    """Whether a file is written to be read rather than run."""
    return bool(_PAGE.search(path))


def is_chronicle(path: str) -> bool:
    """Whether a page tells of one moment (release notes, decisions, posts), so that it cannot fall behind."""
    return bool(_CHRONICLE.search(path))


def explains(path: str) -> bool:
    """Whether a page may tell how something works now: no chronicle, no list of people, no licence."""
    return not (is_chronicle(path) or _LISTING.search(path))


def glob(said: str) -> Callable[[str], bool]:
    """The test that a path or glob of config.yaml stands for: `src/auth`, `src/auth/**`, `docs/*.md`, `**/billing*`."""
    wanted = said.strip().strip("/")
    if not re.search(r"[*?\[]", wanted):
        return lambda path: path == wanted or path.startswith(f"{wanted}/") or not wanted
    directory = wanted.removesuffix("/**")
    if directory != wanted and not re.search(r"[*?\[]", directory):
        return lambda path: path.startswith(f"{directory}/")
    pattern = re.compile(translate(wanted).replace("(?s:", "(?s:(?:", 1).removesuffix(r")\Z") + r")(?:/.*)?)\Z")
    return lambda path: bool(pattern.match(path))
