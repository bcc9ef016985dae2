"""What a document is called, which day it tells of, and what is refused."""

import io
from datetime import date

import pytest

from kmkit.errors import Cannot
from kmkit.note.documents import Document, propose, read_document

HEAD = "its first heading"
BELOW = "the line below its heading"
LINE = "its line 'Date'"


def read(text: str, name: str = "review.md") -> Document:
    return read_document(text.encode(), name)


@pytest.mark.parametrize(
    ("text", "name", "title", "place"),
    [
        ("# Fuel ran out\n\n## Summary\n\nx\n", "a.md", "Fuel ran out", HEAD),
        ("Fuel ran out\n============\n\nx\n", "a.md", "Fuel ran out", HEAD),
        ("FUEL RAN OUT\n\nIMPACT\n\nMuch.\n", "a.txt", "FUEL RAN OUT", HEAD),
        ("---\ntitle: Fuel\n---\n# Fuel\n\nx\n", "a.md", "Fuel", "its front matter"),
        ("Fuel ran out\n\nLessons learned:\n- x\n", "a.txt", "Fuel ran out", "its first line"),
        ("Fuel ran out\n", "a.txt", "Fuel ran out", "its first line"),
        ("Date: 3 May\nTitle: Fuel\n\nLessons:\n- x\n", "a.txt", "Fuel", "its line 'Title'"),
        ("## Summary\n\nx\n", "PM7 - fuel_gone.md", "PM7 - fuel gone", "the file's name"),
        ("# Summary\n\nIt was late.\n", "-", "It was late", "its first sentence"),
        ("- Order early.\n- Test it.\n", "-", "Order early", "its first sentence"),
        ("# After-action review\n\nFuel\n\n## Summary\n\nx", "a.md", "Fuel", BELOW),
        ("# **Fuel** [ran](http://x.y) out.\n\n## Lessons\n\nx", "a.md", "Fuel ran out", HEAD),
        ("# Q&amp;A \x1b[31mred\n\nx\n", "a.md", "Q&A [31mred", HEAD),
        ("# Summary of the flood\n\n## Lessons\n\nx", "a.md", "Summary of the flood", HEAD),
    ],
)
def test_the_title_and_where_it_was_found(text: str, name: str, title: str, place: str) -> None:
    document = read(text, name)
    assert (document.title, document.title_from) == (title, place)


def test_the_first_of_several_parts_is_no_title() -> None:
    document = read("## Setting\n\nA town.\n\n## Weather\n\nRain.\n", "town.md")
    assert document.title == "town"
    assert [block.heading for block in document.blocks] == ["Setting", "Weather"]


def test_a_title_too_long_for_one_stays_in_the_text() -> None:
    long = "Fuel and water and food " * 10
    document = read(f"# {long}\n\n## Lessons\n\n- x\n")
    assert len(document.title) <= 120
    assert document.preamble == long.strip()


@pytest.mark.parametrize(
    ("text", "name", "day", "place"),
    [
        ("# T\n\nDate: 31 March 2021\n\nSince 2 May 2020.", "a.md", "2021-03-31", LINE),
        ("# T\n\n| Date | 2021-03-31 |\n| --- | --- |\n", "a.md", "2021-03-31", LINE),
        ("---\ndate: 2021-03-31\n---\n# T\n\nx\n", "a.md", "2021-03-31", "its front matter"),
        ("# T\n\nx\n", "2021-03-31 review.md", "2021-03-31", "the file's name"),
        ("# T, 31.3.2021\n\nx\n", "a.md", "2021-03-31", "its title"),
        ("# T\n\n## Summary\n\nOn 20. January x.", "PM2020.md", "2020-01-20", "its part 'Summary'"),
        ("# T\n\n## Timeline\n\n12 mai 2024 : rien\n", "a.md", "2024-05-12", "its part 'Timeline'"),
        ("# T\n\n## Lessons\n\nAs in March 3, 2020.\n", "a.md", "2020-03-03", "its part 'Lessons'"),
    ],
)
def test_the_day_and_where_it_was_found(text: str, name: str, day: str, place: str) -> None:
    document = read(text, name)
    assert (str(document.day), document.day_from) == (day, place)


@pytest.mark.parametrize(
    "text",
    [
        "# T\n\nOn 03/04/2021 it rained.\n",
        "# T\n\nOn 31 March it rained.\n",
        "# T\n\n## References\n\nReport of 3 May 2009.\n",
        "# T\n\nDate: 2021-02-30\n",
        "# T\n\nIt may 5 times happen in 2021.\n",
    ],
)
def test_a_day_that_is_not_certain_is_none(text: str) -> None:
    assert (read(text).day, read(text).day_from) == (None, "")


def test_encodings_of_other_programs() -> None:
    text = "Été 2024\r\n\r\nLeçons apprises\r\n\r\n- Réserver tôt – vite\r\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        document = read_document(text.encode(encoding), "n.txt")
        assert document.title == "Été 2024"
        assert propose(document)[0].title == "Réserver tôt – vite"
        assert not document.notes
    document = read_document(text.encode("cp1252"), "n.txt")
    assert propose(document)[0].title == "Réserver tôt – vite"
    assert document.notes == ("'n.txt' is not UTF-8; it was read as Windows text (cp1252).",)


def test_damaged_unicode_is_read_and_told() -> None:
    document = read_document("Flood\n\nÉté".encode("utf-16") + b"\x00", "n.txt")
    assert document.title == "Flood"
    assert "damaged UTF-16" in document.notes[0]


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "e.md", "'e.md' is empty."),
        (b" \n\n", "-", "What was given is empty."),
        (bytes(range(256)) * 9, "b.bin", "'b.bin' is not text."),
        (b"%PDF-1.7 ...", "r.pdf", "'r.pdf' is a PDF."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "r.doc", "'r.doc' is in the old Word format."),
        (b"{\\rtf1", "r.rtf", "'r.rtf' is in Rich Text Format."),
        (b"PK\x03\x04xxxx", "r.zip", "'r.zip' is not a Word document (.docx)."),
        (b"x" * 6_000_000, "b.md", "'b.md' is larger than 5 MB."),
    ],
)
def test_what_is_no_document_is_refused(data: bytes, name: str, message: str) -> None:
    with pytest.raises(Cannot) as refusal:
        read_document(data, name)
    assert refusal.value.message == message
    assert refusal.value.mend


def test_a_word_document_is_read_by_its_content_not_its_name() -> None:
    docx = pytest.importorskip("docx")
    made = docx.Document()
    made.add_heading("Flood", 0)
    file = io.BytesIO()
    made.save(file)
    assert read_document(file.getvalue(), "-").title == "Flood"
    assert read_document(file.getvalue(), "flood.txt").title_from == "its title"


def test_the_day_of_a_word_document_may_be_the_day_it_was_made() -> None:
    docx = pytest.importorskip("docx")
    made = docx.Document()
    made.add_paragraph("Nothing is said about the day.")
    made.core_properties.title = "Boats"
    file = io.BytesIO()
    made.save(file)
    document = read_document(file.getvalue(), "x.docx")
    assert (document.title, document.title_from) == ("Boats", "the document's properties")
    assert isinstance(document.day, date)
    assert document.day_from == "the day the document was made"
