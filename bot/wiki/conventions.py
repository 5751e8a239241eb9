"""What a folder of Markdown is, and how its pages are named, titled and listed; pure.

| tool         | told by                                   | pages in          | a page is listed by                |
|--------------|-------------------------------------------|-------------------|------------------------------------|
| MkDocs       | mkdocs.yml                                | docs_dir, or docs | nav, where there is one            |
| Docusaurus   | docusaurus.config.*                       | docs beside it    | itself, or sidebars.*              |
| Jupyter Book | _toc.yml                                  | its folder        | _toc.yml                           |
| GitHub wiki  | _Sidebar.md or Home.md, nothing in folders | the top           | itself; _Sidebar.md where it lists |
| anything     | –                                         | every folder; new | –                                  |
|              |                                           | ones: docs, wiki, |                                    |
|              |                                           | top               |                                    |

How names are joined and where a title stands is what most of the neighbours do.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from bot.wiki.front import fields_of, has_front_matter

Tool = Literal["mkdocs", "docusaurus", "jupyter-book", "github-wiki", "plain"]
Style = Literal["kebab", "snake", "Kebab", "Camel"]
Read = Callable[[str], str | None]  # a file of the tree as text, None where there is none

SUFFIXES = (".md", ".mdx", ".markdown")
MOST_READ = 40  # neighbours looked at for what is usual
_SPECIAL = frozenset(
    {"index", "readme", "home", "_index", "_sidebar", "_footer", "changelog", "license", "contributing"}
)
_NO_PAGE = re.compile(r"(?:^|/)(?:\.|(?:node_modules|vendor|third_party|testdata|fixtures)/)")  # forms, others' pages
_TOLD_BY = {
    "mkdocs": ", as mkdocs.yml says", "docusaurus": ", as Docusaurus has it", "jupyter-book": ", beside _toc.yml",
    "github-wiki": ", as a wiki of GitHub", "plain": ", as config.yaml says",
}  # fmt: skip
MOST_WORDS = 8  # of a title make a file name


@dataclass(frozen=True, slots=True)
class Convention:
    """How pages are kept in a repository."""

    tool: Tool
    folder: str  # of pages; "" is the top
    style: Style = "kebab"
    suffix: str = ".md"
    heading: bool = True  # the title is the first heading
    title_field: bool = False  # the title is in front matter
    front_matter: bool = True  # whether pages may have any
    listing: str = ""  # the file that lists pages: mkdocs.yml, _toc.yml, _Sidebar.md, sidebars.js
    positions: bool = False  # Docusaurus: neighbours have sidebar_position
    ids: bool = False  # Docusaurus: neighbours have an id
    everywhere: bool = False  # no tool and nobody says where pages are: every one of the repository is a page


def detect(paths: Sequence[str], read: Read, folder: str = "") -> Convention:
    """The convention of a tree; a `folder` of the config comes before the tool's own."""
    tool, own, listing = _tool(paths, read)
    where = folder.strip("/") if folder else own
    pages = pages_in(paths, where)
    texts = {path: text for path in pages[:MOST_READ] if (text := read(path)) is not None}
    usual = [text for path, text in texts.items() if PurePosixPath(path).stem.lower() not in _SPECIAL]
    fronted = [fields_of(text) for text in texts.values() if has_front_matter(text)]
    front = _front_matter(tool, len(texts), len(fronted))
    titled = sum("title" in fields for fields in fronted)
    return Convention(
        tool,
        where,
        _style(pages, tool),
        _suffix(pages),
        heading=tool != "github-wiki" and not (tool == "docusaurus" and _most(titled, len(texts))) and not (
            front and _most(titled, len(texts)) and not _most(sum(_has_heading(text) for text in usual), len(usual))
        ),
        title_field=front and (_most(titled, len(texts)) if texts else tool == "docusaurus"),
        front_matter=front,
        listing=listing,
        positions=_most(sum("sidebar_position" in fields for fields in fronted), len(texts)),
        ids=_most(sum("id" in fields for fields in fronted), len(texts)),
        everywhere=tool == "plain" and not folder.strip("/"),
    )  # fmt: skip


def wiki_pages(paths: Sequence[str], convention: Convention) -> list[str]:
    """The pages of a wiki, those of its folder first; what pages there are never follows from where new ones would go.

    Else the first page in `docs` would take all the others out of it.
    """
    own = pages_in(paths, convention.folder)
    if not convention.everywhere:
        return own
    there = set(own)
    return [path for path in [*own, *(p for p in pages_in(paths, "") if p not in there)] if not _NO_PAGE.search(path)]


def wiki_words(convention: Convention) -> str:
    """What is taken to be the wiki, in one sentence."""
    folder = f"{convention.folder}/" if convention.folder else "the top folder"
    if convention.everywhere:
        return f"The wiki is every Markdown page of the repository; new ones go to {folder}. `wiki.folder` narrows it."
    return f"The wiki is what lies in {folder}{_TOLD_BY.get(convention.tool, '')}."


def pages_in(paths: Sequence[str], folder: str) -> list[str]:
    """The pages below a folder."""
    start = f"{folder}/" if folder else ""
    return [path for path in paths if path.startswith(start) and path.lower().endswith(SUFFIXES)]


def _tool(paths: Sequence[str], read: Read) -> tuple[Tool, str, str]:
    """The tool, the folder of its pages, and the file that lists them."""
    there = set(paths)
    for name in ("mkdocs.yml", "mkdocs.yaml"):
        if name in there:
            found = re.search(r"(?m)^docs_dir:\s*['\"]?([^'\"#\n]+)", read(name) or "")
            listed = re.search(r"(?m)^nav:", read(name) or "")
            return "mkdocs", (found[1].strip().strip("./") if found else "docs"), name if listed else ""
    config = next((p for p in sorted(paths, key=len) if re.fullmatch(r"(?:[^/]+/)?docusaurus\.config\.\w+", p)), None)
    if config:
        base = config.rpartition("/")[0]
        start = f"{base}/" if base else ""
        sidebars = next((p for p in paths if re.fullmatch(rf"{re.escape(start)}sidebars\.\w+", p)), "")
        return "docusaurus", f"{start}docs", sidebars
    toc = next((p for p in sorted(paths, key=len) if re.fullmatch(r"(?:[^/]+/)?_toc\.yml", p)), None)
    if toc:
        return "jupyter-book", toc.rpartition("/")[0], toc
    pages = [path for path in paths if path.lower().endswith(SUFFIXES)]
    flat = bool(pages) and all("/" not in path for path in pages)
    if flat and there & {"_Sidebar.md", "Home.md", "_Footer.md"}:
        return "github-wiki", "", "_Sidebar.md" if "_Sidebar.md" in there else ""
    for folder in ("docs", "doc", "wiki"):
        if any(path.startswith(f"{folder}/") for path in pages):
            return "plain", folder, ""
    return "plain", "", ""


def _front_matter(tool: Tool, pages: int, fronted: int) -> bool:
    """GitHub shows front matter of a wiki as a table; and where nobody uses any, nobody wants the first."""
    if tool == "github-wiki":
        return False
    return tool == "docusaurus" or not pages or _most(fronted, pages, 0.25)


def _most(some: int, of: int, share: float = 0.5) -> bool:
    return of > 0 and some >= share * of


def _has_heading(text: str) -> bool:
    return re.search(r"(?m)^# \S|^\S.*\r?\n=+\s*$", text) is not None


def _style(pages: Sequence[str], tool: Tool) -> Style:
    votes: Counter[Style] = Counter()
    for path in pages:
        stem = PurePosixPath(path).stem
        if stem.lower() in _SPECIAL:
            continue
        if "-" in stem:
            votes["Kebab" if re.fullmatch(r"[A-Z].*-[A-Z0-9].*", stem) else "kebab"] += 1
        elif "_" in stem:
            votes["snake"] += 1
        elif re.fullmatch(r"(?:[A-Z][a-z0-9]+){2,}", stem):
            votes["Camel"] += 1
    if tool == "github-wiki":
        return "Kebab"
    return votes.most_common(1)[0][0] if votes else "kebab"


def _suffix(pages: Sequence[str]) -> str:
    found = Counter(PurePosixPath(path).suffix for path in pages)
    return found.most_common(1)[0][0] if found else ".md"


def file_name(title: str, convention: Convention) -> str:
    """The name of a page's file after its title, joined as the neighbours are: how-to-roll-back-a-release.md."""
    ascii_ = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", ascii_.replace("'", "")) or ["page"]
    words = words[:MOST_WORDS]
    match convention.style:
        case "kebab":
            stem = "-".join(words).lower()
        case "snake":
            stem = "_".join(words).lower()
        case "Kebab":
            stem = "-".join(word[:1].upper() + word[1:] for word in words)
        case "Camel":
            stem = "".join(word[:1].upper() + word[1:] for word in words)
    return stem + convention.suffix


def free_path(title: str, convention: Convention, taken: Sequence[str]) -> str:
    """Where a new page goes: a name that no other file has, whatever its case."""
    low = {path.lower() for path in taken}
    name = PurePosixPath(file_name(title, convention))
    start = f"{convention.folder}/" if convention.folder else ""
    join = "_" if convention.style == "snake" else "-"
    for number in range(1, len(low) + 2):
        path = f"{start}{name.stem}{f'{join}{number}' if number > 1 else ''}{name.suffix}"
        if path.lower() not in low:
            return path
    raise AssertionError("there are more names than files")


def title_in(path: str, text: str, fields: Mapping[str, object]) -> str:
    """What a page calls itself: its title field, its first heading, or the words of its file name."""
    if isinstance(title := fields.get("title"), str) and title.strip():
        return title.strip()
    found = re.search(r"(?m)^#[ \t]+(.+?)[ \t#]*\r?$", text)
    return found[1] if found else PurePosixPath(path).stem.replace("-", " ").replace("_", " ")
