"""A page in five kinds of wikis: named, titled and listed as its neighbours are, and nothing else touched."""

from datetime import date

import pytest

from bot.wiki.conventions import Convention, detect, file_name, free_path, wiki_pages, wiki_words
from bot.wiki.filing import Clash, Filing, Tree, diff, file, review_words, with_section
from bot.wiki.front import fields_of, with_fields
from knowledge.store.wiki import Draft
from tests.bot import wikis

INTENT = {"owner": "ada@example.org", "day": "2024-06-15", "review_days": 182, "sources": ["question 7"]}


def tree(files, folder=""):
    return Tree(list(files), files.get, folder)


def new(files, title="Roll back a release", folder=""):
    where = tree(files, folder)
    path = free_path(title, where.convention, where.paths)
    found = file(Draft("d1", "new", path, title, "Run `make rollback`.\n", intent=INTENT), where)
    assert isinstance(found, Filing)
    return path, found


def test_mkdocs_gets_a_line_of_nav_beside_its_neighbours_and_no_front_matter():
    path, found = new(wikis.MKDOCS, folder="docs/ops")
    assert path == "docs/ops/roll_back_a_release.md"
    assert found.files[path] == "# Roll back a release\n\nRun `make rollback`.\n"
    before, after = wikis.MKDOCS["mkdocs.yml"], found.files["mkdocs.yml"]
    line = "      - Roll back a release: ops/roll_back_a_release.md\n"
    assert after.replace(line, "") == before
    assert after.index(line) == before.index("  - About")
    assert found.notes == ()


def test_mkdocs_without_a_neighbour_in_nav_says_what_to_add():
    files = {**wikis.MKDOCS, "mkdocs.yml": "nav: [index.md, about.md]\n"}
    path, found = new(files)
    assert path == "docs/roll_back_a_release.md"
    assert list(found.files) == [path]
    assert found.notes == (
        "`mkdocs.yml` lists its pages by hand: please add `roll_back_a_release.md` where it belongs.",
    )


def test_docusaurus_gets_id_title_and_the_next_position():
    path, found = new(wikis.DOCUSAURUS, "Roll back: a release")
    assert found.files == {
        "website/docs/roll-back-a-release.md": '---\nid: roll-back-a-release\ntitle: "Roll back: a release"\n'
        "sidebar_position: 5\nowner: ada@example.org\nlast_reviewed_on: 2024-06-15\nreview_in: 6 months\nsources:\n"
        "  - question 7\n---\n\nRun `make rollback`.\n"
    }  # fmt: skip
    assert fields_of(found.files[path])["sidebar_position"] == 5
    assert fields_of(found.files[path])["last_reviewed_on"] == date(2024, 6, 15)


def test_a_sidebar_written_by_hand_is_told():
    _, found = new({**wikis.DOCUSAURUS, "website/sidebars.js": "module.exports = {docs: ['intro']};\n"})
    assert found.notes == ("`website/sidebars.js` lists its pages by hand: please add `roll-back-a-release.md` where it belongs.",)  # fmt: skip


def test_jupyter_book_lists_files_without_their_suffix():
    path, found = new(wikis.JUPYTER, folder="methods")
    assert path == "methods/roll_back_a_release.md"
    assert found.files["_toc.yml"] == wikis.JUPYTER["_toc.yml"] + "  - file: methods/roll_back_a_release\n"
    assert found.files[path].startswith("# Roll back a release\n")


def test_a_github_wiki_has_neither_heading_nor_front_matter():
    path, found = new(wikis.GITHUB)
    assert path == "Roll-Back-A-Release.md"
    assert found.files[path] == "Run `make rollback`.\n"
    assert found.files["_Sidebar.md"] == wikis.GITHUB["_Sidebar.md"].replace(
        "* [[Rolling Back]]\n", "* [[Rolling Back]]\n* [[Roll Back A Release]]\n"
    )


def test_an_empty_repository_gets_an_ordinary_page():
    path, found = new({})
    assert path == "roll-back-a-release.md"
    assert found.files[path] == (
        "---\nowner: ada@example.org\nlast_reviewed_on: 2024-06-15\nreview_in: 6 months\nsources:\n  - question 7\n---\n\n"
        "# Roll back a release\n\nRun `make rollback`.\n"
    )


def test_a_confirmation_changes_one_value_and_no_other_byte():
    where = tree(wikis.HANDBOOK)
    found = file(Draft("c1", "confirm", "docs/deploy.md", intent={"day": "2024-06-15"}), where)
    before = wikis.HANDBOOK["docs/deploy.md"]
    assert found.files == {"docs/deploy.md": before.replace("2024-01-01 # by", "2024-06-15 # by")}
    assert file(Draft("c2", "confirm", "docs/deploy.md", intent={"day": "2023-06-15"}), where).files == {}


def test_where_nobody_uses_front_matter_a_confirmation_changes_no_file():
    assert file(Draft("c", "confirm", "docs/about.md", intent={"day": "2024-06-15"}), tree(wikis.MKDOCS)) == Filing({})


def test_adopting_adds_an_owner_at_the_end():
    found = file(Draft("a", "adopt", "docs/keys.md", intent={"owner": "bob@example.org"}), tree(wikis.HANDBOOK))
    assert found.files["docs/keys.md"] == wikis.HANDBOOK["docs/keys.md"].replace(
        "3 months\n", "3 months\nowner: bob@example.org\n"
    )


def test_a_section_goes_to_the_end_and_the_same_title_replaces_it():
    where = tree(wikis.HANDBOOK)
    once = file(Draft("u", "update", "docs/deploy.md", "Rolling back", "Run `x`.", "section", INTENT), where)
    page = once.files["docs/deploy.md"]
    assert page.endswith("Run it.\r\n\r\n## Rolling back\r\n\r\nRun `x`.\r\n")
    assert "last_reviewed_on: 2024-06-15 # by" in page
    assert with_section(page, "rolling back", "Run `y`.", "\r\n").endswith("## rolling back\r\n\r\nRun `y`.\r\n")
    assert "`x`" not in with_section(page, "rolling back", "Run `y`.", "\r\n")
    assert diff(once, where).count("\n+") == 6


def test_a_heading_in_code_is_none():
    page = "# A\n\n## B\n\n```sh\n## B\n```\n\n### C\n\nx\n\n## D\n"
    assert with_section(page, "B", "new", "\n") == "# A\n\n## B\n\nnew\n\n## D\n"


def test_a_page_that_changed_meanwhile_is_a_clash_with_both_versions():
    draft = Draft("w", "update", "docs/keys.md", "Keys", "ours", "whole", {"old": "what it was"})
    assert file(draft, tree(wikis.HANDBOOK)) == Clash(
        "`docs/keys.md` was changed meanwhile", wikis.HANDBOOK["docs/keys.md"], "ours"
    )


def test_retiring_says_what_still_names_the_page():
    found = file(Draft("r", "retire", "docs/ops/deploy.md"), tree(wikis.MKDOCS))
    assert found == Filing({"docs/ops/deploy.md": None}, ("Still naming “Deploying”: `mkdocs.yml`.",))


@pytest.mark.parametrize(
    ("page", "key", "value", "made"),
    [
        ("---\na: [1,\n  2]\nb: x\n---\n", "a", ("p",), "---\na:\n  - p\nb: x\n---\n"),
        ("---\nowner:\n---\n", "owner", "Ada: L", '---\nowner: "Ada: L"\n---\n'),
        ("---\nowner: 'x'\n---\n", "owner", "O'Neil", "---\nowner: 'O''Neil'\n---\n"),
        ("---\nb: |\n  last_reviewed_on: 1\n---\nt", "c", "no", '---\nb: |\n  last_reviewed_on: 1\nc: "no"\n---\nt'),
        ("+++\na = 1\n+++\n", "a", "b", "+++\na = 1\n+++\n"),
        ("---\nnot yaml: [\n---\n", "a", "b", "---\nnot yaml: [\n---\n"),
    ],
)
def test_one_field_changes_or_nothing_does(page, key, value, made):
    assert with_fields(page, {key: value}, begin=True) == made


def test_a_name_is_never_taken_twice():
    convention = Convention("plain", "docs")
    assert free_path("Über die Keys", convention, ["docs/uber-die-keys.md"]) == "docs/uber-die-keys-2.md"
    assert file_name("", convention) == "page.md"
    assert file_name("a b", Convention("plain", "", "Camel", ".mdx")) == "AB.mdx"


@pytest.mark.parametrize(("days", "words"), [(182, "6 months"), (90, "3 months"), (21, "3 weeks"), (45, "45 days"), (1, "1 day"), (365, "12 months")])  # fmt: skip
def test_days_are_said_as_people_do(days, words):
    assert review_words(days) == words


def test_detection_reads_the_tools_own_files():
    assert (detect(list(wikis.DOCUSAURUS), wikis.DOCUSAURUS.get).tool, tree(wikis.GITHUB).convention.tool) == (
        "docusaurus",
        "github-wiki",
    )
    assert tree(wikis.JUPYTER).convention.listing == "_toc.yml"
    assert tree(wikis.HANDBOOK).convention.front_matter


def test_the_first_page_in_docs_takes_no_other_page_out_of_the_wiki():
    """Where no tool says where pages are, every page is one, wherever new ones would go."""
    files = ["README.md", "src/flask/sansio/README.md", "docs/index.rst", ".github/bug-report.md", "vendor/x/README.md"]
    before, after = detect(files, {}.get), detect([*files, "docs/keys.md"], {}.get)
    assert wiki_pages(files, before) == ["README.md", "src/flask/sansio/README.md"]
    assert wiki_pages([*files, "docs/keys.md"], after) == ["docs/keys.md", "README.md", "src/flask/sansio/README.md"]
    assert (before.folder, after.folder) == ("", "docs")
    assert wiki_words(after).startswith("The wiki is every Markdown page of the repository; new ones go to docs/.")
    told = detect([*files, "docs/keys.md"], {}.get, "docs")
    assert wiki_pages([*files, "docs/keys.md"], told) == ["docs/keys.md"]
    assert wiki_words(told) == "The wiki is what lies in docs/, as config.yaml says."
