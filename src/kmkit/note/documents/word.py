"""Word documents (.docx) as Markdown: headings, lists and tables, through mammoth and markdownify.

Both come with the extra ``kmkit[office]`` and are imported only when a Word document is read.
"""

import io
import re
import zipfile
from datetime import date
from typing import NamedTuple
from xml.etree import ElementTree

from kmkit.errors import Cannot

MAX_UNPACKED = 50 * 1024 * 1024
"""More than this inside a .docx is refused unread."""
MAX_PARTS = 5000

_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Titel'] => h1.title:fresh
p[style-name='Titre'] => h1.title:fresh
p[style-name='Subtitle'] => p:fresh
"""
_TITLE = re.compile(r'<h1 class="title">(.*?)</h1>', re.DOTALL)
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\x00!\x00[DE]\x00|\x00<\x00!\x00[DE]")
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_EMPTY_TITLES = re.compile(
    r"\s*(?:document\s*\d*|title|untitled|microsoft word.*|.*\.dot[xm]?)?\s*$", re.I
)


class WordText(NamedTuple):
    """What a Word document says."""

    markdown: str
    shown_title: str
    """The paragraph in the style 'Title', '' where there is none."""
    title: str
    """Of the document's properties."""
    created: date | None
    notes: tuple[str, ...]
    """What was left out, in sentences."""


def is_word(data: bytes) -> bool:
    """Whether this is a ZIP file with a Word document inside."""
    if not data.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def read_word(data: bytes, name: str) -> WordText:
    """Read a .docx; raises Cannot where it is damaged or too large, or the extra is missing."""
    shown = f"'{name}'" if name else "What was given"
    try:
        import mammoth
        import markdownify
    except ImportError:
        mend = "Install what it needs: pip install 'kmkit[office]'."
        raise Cannot("Word documents are read by an extra part of kmkit.", mend) from None
    damaged = Cannot(f"{shown} is not a Word document that can be read: it is damaged.")
    damaged.mend = "Open it in Word, save it again as .docx, and capture that."
    try:
        parts = _check(data, shown)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        raise damaged from None
    images: list[str] = []

    def left_out(image: object) -> dict[str, str]:
        images.append(str(getattr(image, "content_type", "")))
        return {}

    try:
        html = mammoth.convert_to_html(
            io.BytesIO(data),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(left_out),
            external_file_access=False,
        ).value
        text = markdownify.markdownify(
            re.sub(r"<img\b[^>]*>", "", html),
            heading_style="ATX",
            bullets="-",
            table_infer_header=True,
            wrap=False,
        )
        title, created = _properties(parts.get("docProps/core.xml", b""))
    except Exception:  # both libraries raise whatever the damage leads to, RecursionError included
        raise damaged from None
    found = _TITLE.search(html)
    visible = markdownify.markdownify(found[1]).strip() if found else ""
    return WordText(_tidy(text), visible, title, created, _left_out(images, parts))


def _check(data: bytes, shown: str) -> dict[str, bytes]:
    """The parts that are XML, after a look at their sizes and at what XML may not hold."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if sum(e.file_size for e in entries) > MAX_UNPACKED or len(entries) > MAX_PARTS:
            raise Cannot(
                f"{shown} holds more than 50 MB once unpacked.",
                "Take out the pictures, or copy its text into a new document.",
            )
        parts = {
            e.filename: archive.read(e) for e in entries if e.filename.endswith((".xml", ".rels"))
        }
    if any(_DTD.search(part) for part in parts.values()):
        raise ValueError("XML with a document type")
    if "word/document.xml" not in parts:
        raise ValueError("no document inside")
    return parts


def _properties(core: bytes) -> tuple[str, date | None]:
    """Title and day of creation from the document's properties."""
    if not core:
        return "", None
    root = ElementTree.fromstring(core)
    title = (root.findtext(f"{_DC}title") or "").strip()
    try:
        created = date.fromisoformat((root.findtext(f"{_TERMS}created") or "").strip()[:10])
    except ValueError:
        created = None
    return "" if _EMPTY_TITLES.match(title) else " ".join(title.split()), created


def _left_out(images: list[str], parts: dict[str, bytes]) -> tuple[str, ...]:
    """Sentences on what a Word document can hold and a note cannot."""
    said = []
    if count := len(images):
        said.append("1 picture was left out." if count == 1 else f"{count} pictures were left out.")
    if count := len(re.findall(rb"<w:comment[ >]", parts.get("word/comments.xml", b""))):
        said.append(f"{count} comment{'s were' if count > 1 else ' was'} left out.")
    edges = (
        part for name, part in parts.items() if re.match(r"word/(header|footer)\d*\.xml", name)
    )
    if any(b"<w:t>" in part or b"<w:t " in part for part in edges):
        said.append("Page headers and footers were left out.")
    if re.search(rb"<w:(ins|del) ", parts["word/document.xml"]):
        said.append("Tracked changes were read as if accepted.")
    return tuple(said)


def _tidy(text: str) -> str:
    """Without trailing blanks and runs of blank lines."""
    lines = (line.rstrip() for line in text.replace("\xa0", " ").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
