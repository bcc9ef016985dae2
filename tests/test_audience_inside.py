"""Protected names in attached files: Office files are looked into, others stay where it matters."""

import zipfile
from pathlib import Path

import pytest

from kmkit.audience.inside import holds, searchable
from kmkit.kb import KnowledgeBase
from kmkit.note.names import Names
from tests.conftest import Run, at, disseminated, settle

KIM = Names(["Kim Lee"])
WORD = "word/document.xml"


def packed(path: Path, **parts: str) -> Path:
    """A zip archive with parts; __ in a name stands for a slash."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return path


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("<w:p><w:r><w:t>Told by Kim Lee.</w:t></w:r></w:p>", True),
        (
            "<w:p><w:r><w:t>Told by K</w:t></w:r><w:r><w:t>im L</w:t></w:r><w:t>ee.</w:t></w:p>",
            True,
        ),
        ("<w:t>Kim</w:t><w:tab/><w:t>Lee</w:t>", True),
        (
            "<w:p><w:t>Asked</w:t></w:p><w:p><w:t>Kim Lee</w:t></w:p><w:p><w:t>Noon</w:t></w:p>",
            True,
        ),
        ('<w:ins w:author="Kim Lee"><w:t>fuel</w:t></w:ins>', True),
        ("<w:t>K&#237;m&#160;LEE</w:t>", True),
        ("<w:t>Kim Leeds</w:t>", False),
        ("<w:p><w:t>Order fuel early.</w:t></w:p>", False),
    ],
)
def test_a_name_in_a_word_file(tmp_path: Path, text: str, there: bool) -> None:
    assert (
        holds(packed(tmp_path / "a.docx", word__document=f"<w:body>{text}</w:body>"), KIM) is there
    )


def test_a_name_in_files_that_office_programs_write(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    openpyxl = pytest.importorskip("openpyxl")
    for name, there in (("Kim Lee", True), ("Ana Ruiz", False)):
        document = docx.Document()
        document.add_paragraph("Told by ").add_run(name).bold = True
        document.save(tmp_path / "a.docx")
        assert holds(tmp_path / "a.docx", KIM) is there
        book = openpyxl.Workbook()
        book.active.append(["who", name, 3])
        book.save(tmp_path / "a.xlsx")
        assert holds(tmp_path / "a.xlsx", KIM) is there


def test_who_wrote_it_and_what_its_parts_are_called_count(tmp_path: Path) -> None:
    core = "<cp:coreProperties><dc:creator>Kim Lee</dc:creator></cp:coreProperties>"
    assert holds(packed(tmp_path / "a.pptx", docProps__core=core), KIM)
    assert holds(packed(tmp_path / "b.pptx", **{"media__kim-lee": "<x/>"}), KIM)


def test_a_file_that_cannot_be_taken_apart_may_hold_anything(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04 nothing")
    assert holds(tmp_path / "a.docx", KIM)
    assert holds(packed(tmp_path / "b.docx", word__document="0" * (17 << 20)), KIM)
    whole = packed(tmp_path / "c.docx", word__document="<w:t>fuel</w:t>").read_bytes()
    (tmp_path / "c.docx").write_bytes(whole[:40] + b"xxxx" + whole[44:])
    assert holds(tmp_path / "c.docx", KIM)


@pytest.mark.parametrize(
    ("name", "can"),
    [("a.TXT", True), ("a.docx", True), ("a.xlsx", True), ("a.odt", True), ("a.svg", True),
     ("a.pdf", False), ("a.doc", False), ("a.zip", False), ("a.png", False), ("a", False)],
)  # fmt: skip
def test_what_can_be_looked_into(name: str, can: bool) -> None:
    assert searchable(name) is can


def test_what_nobody_can_look_into_stays_unless_it_is_let_go(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    """Pictures go; a PDF does where no name is protected, in the narrowest circle, or if asked."""
    annex = kb.root / "annex"
    annex.mkdir()
    for name in ("a.pdf", "a.png", "a.txt"):
        (annex / name).write_text("x", encoding="utf-8")
    disseminated(kb, level="domestic", evidence=["annex/a.pdf", "annex/a.png", "annex/a.txt"])

    def made(level: str) -> tuple[set[str], str]:
        out = tmp_path / f"out-{len(list(tmp_path.iterdir()))}"
        ran = run(kb.root, "export", "-o", str(out), "--for", level)
        assert ran.code == 0, ran.err
        return {path.suffix for path in out.rglob("a.*")}, ran.err

    everything = {".pdf", ".png", ".txt"}
    assert made("domestic")[0] == everything
    text = (kb.root / "kmkit.toml").read_text(encoding="utf-8")
    protecting = text.replace("[protect]\n", '[protect]\n"Kim Lee" = "internal"\n')
    settle(at(kb), protecting)
    kept, said = made("domestic")
    assert kept == {".png", ".txt"}
    assert "1 attached file stays behind" in said
    assert "(annex/a.pdf)" in said
    assert made("internal")[0] == everything
    site = run(kb.root, "site", str(tmp_path / "site"), "--for", "domestic")
    assert "1 attached file stays behind" in site.err
    settle(at(kb), protecting.replace('"webp"', '"webp", ".PDF"'))
    kept, said = made("domestic")
    assert (kept, "stays behind" in said) == (everything, False)


WRITTEN = {
    "list.csv": "x;Jörg Müller;1".encode("cp1252"),
    "russian.txt": "Пётр Иванов".encode("cp1251"),
    "wide.txt": "Jörg Müller".encode("utf-16-le"),
    "numbers.json": rb'{"a": "J\u00f6rg M\u00fcller"}',
    "marks.html": "<p>Jörg <b>Müller</b></p>".encode(),
    "letters.html": b"J&ouml;rg M&#252;ller",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_letters_are_written_in_many_ways(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(WRITTEN[name])
    assert holds(tmp_path / name, Names(["Jörg Müller", "Пётр Иванов"]))


@pytest.mark.parametrize(
    ("part", "data", "found"),
    [
        ("word/media/drawing.svg", "<text>Jörg Müller</text>".encode(), True),
        ("word/header.vml", "<v>Jörg Müller</v>".encode(), True),
        ("word/old.xml", "<t>Jörg Müller</t>".encode("latin-1"), True),
        ("word/embeddings/sheet.xlsx", b"PK", True),
        ("xl/printerSettings/printerSettings1.bin", b"\0\1", False),
        ("word/media/photo.png", b"\x89PNG\0", False),
    ],
)
def test_what_lies_in_an_office_file(tmp_path: Path, part: str, data: bytes, found: bool) -> None:
    place = tmp_path / "report.docx"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("word/document.xml", "<w:t>Nothing</w:t>")
        archive.writestr(part, data)
    assert holds(place, Names(["Jörg Müller"])) is found


def test_letters_and_rich_text_are_not_looked_into() -> None:
    assert not searchable("mail.eml")
    assert not searchable("report.rtf")
