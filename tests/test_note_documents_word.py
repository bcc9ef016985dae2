"""Word documents, made here with python-docx."""

import io
import sys
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from kmkit.errors import Cannot
from kmkit.note.documents import place, propose, read_document
from kmkit.note.documents.word import is_word, read_word
from kmkit.note.kinds import load_kind

docx = pytest.importorskip("docx")


def saved(made: Any) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def review() -> bytes:
    made = docx.Document()
    made.add_heading("Cyclone, Bay district", 0)
    made.add_paragraph("Review held on 12 May 2024")
    made.add_heading("Background", 1)
    made.add_paragraph("Shelters were full on the second day.")
    made.add_heading("Lessons Learned", 1)
    for text in ("We should open the schools before the warning.", "Keep a boat at each landing."):
        made.add_paragraph(text, style="List Bullet")
    made.add_heading("Action items", 1)
    table = made.add_table(rows=0, cols=2)
    for row in (("Action", "Owner"), ("List schools", "Education desk")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return saved(made)


def changed(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The archive with ``change`` applied to each of its parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return file.getvalue()


def test_headings_lists_and_tables_arrive() -> None:
    document = read_document(review(), "AAR.docx")
    assert (document.title, document.title_from) == ("Cyclone, Bay district", "its title")
    assert (str(document.day), document.day_from) == ("2024-05-12", "its opening")
    placed = place(document, load_kind("after-action-review", None))
    assert placed.summary == "Shelters were full on the second day."
    assert placed.sections["Who acts"] == (
        "| Action | Owner |\n| --- | --- |\n| List schools | Education desk |"
    )
    assert placed.actions == ("List schools (Owner: Education desk)",)
    assert [p.title for p in propose(document)] == [
        "Open the schools before the warning",
        "Keep a boat at each landing",
    ]


def test_lines_in_bold_serve_as_headings() -> None:
    made = docx.Document()
    for text, bold in (
        ("AFTER ACTION REVIEW", True),
        ("Flood in Ward 7", True),
        ("What went wrong", True),
        ("Nobody had the key.", False),
        ("What to change:", True),
        ("Give the key to two people.", False),
    ):
        made.add_paragraph().add_run(text).bold = bold
    document = read_document(saved(made), "x.docx")
    assert document.title == "Flood in Ward 7"
    assert [p.heading for p in propose(document)] == ["What went wrong", "What to change"]


def test_what_a_note_cannot_hold_is_told() -> None:
    made = docx.Document()
    made.add_paragraph("Text.")
    made.add_picture(io.BytesIO(PNG))
    made.sections[0].header.paragraphs[0].text = "Ministry"
    assert read_word(saved(made), "x").notes == (
        "1 picture was left out.",
        "Page headers and footers were left out.",
    )


def test_without_the_extra_the_refusal_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "mammoth", None)
    with pytest.raises(Cannot) as refusal:
        read_document(review(), "a.docx")
    assert refusal.value.mend == "Install what it needs: pip install 'kmkit[office]'."


def test_damage_is_refused_in_one_sentence() -> None:
    broken = changed(review(), lambda n, d: d[:200] if n == "word/document.xml" else d)
    bomb = changed(
        review(),
        lambda n, d: d.replace(b"?>", b"?><!DOCTYPE a [<!ENTITY b 'c'>]>", 1),
    )
    for data in (broken, bomb):
        with pytest.raises(Cannot, match=r"'a\.docx' is not a Word document that can be read"):
            read_document(data, "a.docx")


def test_a_document_that_unpacks_to_too_much_is_refused_unread() -> None:
    file = io.BytesIO(review())
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/big.bin", bytes(51 * 1024 * 1024))
    with pytest.raises(Cannot, match="holds more than 50 MB once unpacked"):
        read_document(file.getvalue(), "a.docx")


def test_what_is_a_word_document() -> None:
    assert is_word(review())
    assert not is_word(review()[:2000])
    assert not is_word(b"PK\x03\x04")
    assert not is_word(b"# Text")


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
