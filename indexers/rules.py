"""Which file goes to which source, and which to none, with the reason in words that group well in a summary.

Docs are told by their suffix or name (formats/__init__.py); everything else that somebody writes by hand is code.
Tests are code, change logs are docs. Lock files, translations, images, vendored and generated files are neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fnmatch import translate
from functools import cached_property, lru_cache
from hashlib import blake2b
from pathlib import PurePosixPath

from indexers.formats import format_of

READERS_VERSION = 4  # raised when the same file would now make other passages: every file is read again

GENERATED = "generated"
VENDORED = "vendored"
BINARY = "binary"
LFS = "kept in Git LFS, not in the repository"
LOCK_FILE = "a lock file"
PICTURE = "a picture"
TRANSLATION = "a translation"
FIXTURE = "data of a test"
UNKNOWN = "no reader for this kind of file"

_VENDORED = re.compile(
    r"(?:^|/)(?:vendor|vendored|node_modules|bower_components|third[_-]?party|site-packages|\.yarn|Pods|Godeps)/"
    r"|(?:^|/)(?:jquery|bootstrap|d3|lodash|moment)[\w.-]*\.(?:js|css)$",
)
_GENERATED = re.compile(
    r"\.min\.(?:js|css|mjs)$|\.(?:js|css|mjs)\.map$|_pb2(?:_grpc)?\.pyi?$|\.pb(?:\.gw)?\.go$|\.pb\.(?:cc|h)$|\.g\.dart$"
    r"|\.designer\.cs$|\.generated\.\w+$|(?:^|/)(?:dist|\.next|__snapshots__)/|(?:^|/)__generated__/|\.snap$|\.lock$",
    re.IGNORECASE,
)
_LOCK = re.compile(
    r"(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.ya?ml|go\.sum|gradle\.lockfile|packages\.lock\.json"
    r"|(?:yarn|poetry|pdm|uv|cargo|composer|gemfile|podfile|pipfile|flake|mix|bun|pubspec)\.lock)$",
    re.IGNORECASE,
)
_BINARY = frozenset(
    [
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".ico",
        ".webp",
        ".avif",
        ".bmp",
        ".tif",
        ".tiff",
        ".psd",
        ".mp3",
        ".mp4",
        ".mov",
        ".avi",
        ".webm",
        ".ogg",
        ".wav",
        ".ttf",
        ".otf",
        ".woff",
        ".woff2",
        ".eot",
        ".zip",
        ".gz",
        ".bz2",
        ".xz",
        ".zst",
        ".7z",
        ".rar",
        ".tar",
        ".tgz",
        ".jar",
        ".war",
        ".class",
        ".pyc",
        ".so",
        ".dll",
        ".dylib",
        ".exe",
        ".o",
        ".a",
        ".bin",
        ".dat",
        ".db",
        ".sqlite",
        ".sqlite3",
        ".parquet",
        ".npy",
        ".npz",
        ".pkl",
        ".pt",
        ".onnx",
        ".h5",
        ".wasm",
        ".keystore",
        ".jks",
        ".p12",
        ".pfx",
        ".der",
        ".mo",
        ".gpg",
        ".doc",
        ".ppt",
        ".xls",
        ".xlsx",
    ],
)

_PICTURES = frozenset({".svg", ".drawio", ".gliffy", ".excalidraw", ".fig", ".sketch", ".xcf", ".ai"})
_TRANSLATIONS = frozenset({".po", ".pot", ".xlf", ".xliff", ".arb"})
_FIXTURES = re.compile(r"(?:^|/)(?:fixtures?|testdata|test[_-]data|cassettes|snapshots|golden)/", re.IGNORECASE)

# Names that end like a document and are something else.
_NOT_DOCS = re.compile(
    r"(?:^|/)(?:requirements|constraints|cmakelists|robots|humans|security|ads)[\w.-]*\.txt$"
    r"|(?:^|/)requirements/[^/]*\.txt$"
    r"|(?:^|/)(?:templates?|_includes|_layouts|layouts|partials|views)/(?:.*/)?[^/]*\.x?html?$"
    r"|(?:^|/)(?:tests?|t|spec|testing|testdata|fixtures|test_data|examples?/data)/(?:.*/)?[^/]*\.(?:txt|text|x?html?|asc)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Rules:
    """What of a tree a source reads. Globs match a whole path, a name anywhere, or a folder with all that is in it."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_bytes: int = 1024 * 1024
    redact: bool = True  # secrets become "[redacted: …]" before anything leaves the source

    def fingerprint(self) -> str:
        """Changes whenever the same tree would be read differently."""
        return blake2b(repr((READERS_VERSION, asdict(self))).encode(), digest_size=8).hexdigest()

    def includes(self, path: str) -> bool:
        """Whether the team wants `path` read here, whatever its name says."""
        return bool(self._include and self._include.match(path))

    def excludes(self, path: str) -> bool:
        """Whether the team wants `path` left out."""
        return bool(self._exclude and self._exclude.match(path))

    @cached_property
    def _include(self) -> re.Pattern[str] | None:
        return _globs(self.include)

    @cached_property
    def _exclude(self) -> re.Pattern[str] | None:
        return _globs(self.exclude)


def _globs(globs: Iterable[str]) -> re.Pattern[str] | None:
    forms: list[str] = []
    for glob in globs:
        bare = glob.removeprefix("/").removesuffix("/")
        spellings = {bare, f"{bare}/*", bare.removeprefix("**/"), bare.replace("/**/", "/")}
        if "/" not in bare:
            spellings |= {f"*/{bare}", f"*/{bare}/*"}
        forms += [translate(spelling) for spelling in sorted(spellings)]
    return re.compile("|".join(forms)) if forms else None


@lru_cache(maxsize=1 << 16)
def is_document(path: str, rules: Rules) -> bool:
    """Whether `path` is read as a document."""
    if rules.excludes(path):
        return False
    if rules.includes(path):
        return True
    return format_of(path) is not None and not _NOT_DOCS.search(path)


def left_out(path: str) -> str | None:
    """Why a path is not read, by its name alone; None where it is."""
    if _LOCK.search(path):
        return LOCK_FILE
    if _VENDORED.search(path):
        return VENDORED
    if _GENERATED.search(path):
        return GENERATED
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in _BINARY:
        return BINARY
    if suffix in _PICTURES:
        return PICTURE
    return TRANSLATION if suffix in _TRANSLATIONS else None


def is_fixture(path: str) -> bool:
    """Whether a path is in a folder of data that tests read."""
    return bool(_FIXTURES.search(path))
