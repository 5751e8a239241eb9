"""Word, slides and PDF, made by real writers, from the repository to an answer that cites them."""

import io

import pytest
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from pptx import Presentation

from bot.config import Settings
from bot.wiring import House
from indexers.pipeline import Silent
from knowledge.model import Skipped
from tests.bot.house import NOW, Talk
from tests.indexers.test_docs import word
from tests.teams import Team


def pdf(*lines: str) -> bytes:
    page, out = Figure(figsize=(8, 11)), io.BytesIO()
    for number, line in enumerate(lines):
        page.text(0.1, 0.9 - 0.05 * number, line)
    FigureCanvasPdf(page).print_pdf(out)
    return out.getvalue()


def slides(*told: tuple[str, str, str]) -> bytes:
    """Title, body and speaker's notes of each slide."""
    deck, out = Presentation(), io.BytesIO()
    for title, body, notes in told:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = title, body
        slide.notes_slide.notes_text_frame.text = notes
    deck.save(out)
    return out.getvalue()


FILES = {
    "docs/handbook.docx": word(
        "Heading1:Handbook", "Heading2:Rolling back a release", "Normal:Press the red button, then wait for the lamps."
    ),
    "docs/drill.pptx": slides(
        ("Incident drill", "Call the lighthouse keeper before anybody else.", "The tide table hangs in the kitchen."),
        ("Afterwards", "Write a postmortem within two working days.", ""),
    ),
    "docs/travel.pdf": pdf("Travel policy", "Book trains through the purser and keep every receipt for the audit."),
    "docs/scan.pdf": pdf(),
}


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """The house of a repository of such files, and what its indexing said."""
    folder = tmp_path_factory.mktemp("documents")
    team = Team(folder / "team")
    team.commit("Ada", "2024-03-01", "Write it down", files=FILES)
    house = House(Settings(folder=folder), None, folder / "home")
    summary = house.senses.index(
        locations=(str(team.path),), steps=("history", "docs", "code"), progress=Silent(), now=NOW
    )
    return house, summary


@pytest.mark.parametrize(
    ("question", "path", "title", "quote"),
    [
        ("how do I roll back a release?", "docs/handbook.docx", "Rolling back a release", "Press the red button"),
        ("who do we call first in an incident drill?", "docs/drill.pptx", "Incident drill", "lighthouse keeper"),
        ("where does the tide table hang?", "docs/drill.pptx", "Incident drill", "in the kitchen"),
        ("postmortem within how many days?", "docs/drill.pptx", "Afterwards", "two working days"),
        ("how do I book trains?", "docs/travel.pdf", "travel", "through the purser"),
    ],
)
def test_what_they_say_is_found_and_cited(read, question, path, title, quote):
    house, _ = read
    [found] = house.search().pages(question, 1)
    assert (found.path, quote in found.quote) == (path, True)
    assert title in found.title


def test_an_answer_quotes_a_word_file_with_its_date(read):
    house, _ = read
    answer = Talk(house)("how do I roll back a release?")
    [evidence] = [e for e in answer.data["evidence"] if e["path"] == "docs/handbook.docx"][:1]
    assert evidence["quote"].startswith("Press the red button")
    assert evidence["date"][:10] == "2024-03-01"
    assert "docs/handbook.docx" in answer.text


def test_a_scan_is_skipped_with_its_reason(read):
    _, summary = read
    assert summary.skipped == (Skipped("docs/scan.pdf", "no text in it: a scan, or pictures only"),)
