"""What a note points to, and what stands in it that should not: links, hidden characters."""

import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from datetime import date
from functools import lru_cache
from urllib.parse import unquote

from kmkit.note.frontmatter import split
from kmkit.note.model import Note, shows_all
from kmkit.note.problem import Problem
from kmkit.note.sections import lines_in
from kmkit.text import HIDDEN, one_line

_ID = re.compile(r"\d{8}-(?:[a-z0-9]++-)*[a-z0-9]{4}")
_LINK = re.compile(r"\]\(\s*(<[^>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)")
_DEFINITION = re.compile(r" {0,3}\[[^\]^][^\]]*\]:\s*(\S+)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"`[^`]*`")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|/|\?")
_FILE = re.compile(
    r".*\.(?:csv|docx?|eml|gif|jpe?g|json|md|msg|od[pst]|pdf|png|pptx?|rtf|svg|txt|xlsx?|xml|ya?ml"
    r"|zip)",
    re.IGNORECASE,
)
_LOUD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]")
_CUT = re.compile(r"#(?<=[^\S\r\n]#)")
"""A hash behind a blank; written so that only hashes are looked at."""
_SHOWN = ("title", "summary", "matters_to", "owner", "unit", "topics", "sources")


def broken_links(
    note: Note, ids: Collection[str], exists: Callable[[str], bool] | None
) -> Iterator[Problem]:
    """Ids, links in the text and evidence that lead nowhere."""
    for at, target in _ids(note):
        if target == note.fields.id:
            message = f"{at} names the note itself."
            yield note.problem("broken-link", message, "Name another note.", at=at)
        elif target not in ids:
            mend = near_ids(target, ids) or "Correct it or take it away."
            yield note.problem("broken-link", f"{at}: there is no note '{target}'.", mend, at=at)
    if exists is None:
        return
    for line, col, target in _links(note):
        if (path := resolved(note, target)) and not exists(path):
            message = f"The link leads to '{target}', and there is no such file."
            mend = "Correct the path, or take the link away."
            yield Problem(str(note.path), line, col, "broken-link", message, mend)
    for i, address in enumerate(note.fields.evidence):
        if is_file(address) and not _is_there(note, address, exists):
            message = f"The evidence '{address}' looks like a file and is not there."
            mend = (
                "Attach it (kmkit edit NOTE --attach FILE), correct the path, or write where it is."
            )
            at = f"evidence.{i}"
            yield note.problem("broken-link", message, mend, at=at, warning=True)


def is_id(text: str) -> bool:
    """Whether ``text`` has the shape of an id and begins with a day that exists."""
    return bool(_ID.fullmatch(text)) and _is_day(text[:8])


@lru_cache(maxsize=256)
def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def near_ids(target: str, ids: Collection[str]) -> str:
    """``Did you mean …?`` of the ids that hold ``target`` or end like it, '' where none does.

    Cheaper than looking for likeness, for there can be many ids.
    """
    like = sorted(name for name in ids if target in name or name[-4:] == target[-4:])[:3]
    return f"Did you mean {' or '.join(like)}?" if like else ""


def leads_on(note: Note) -> bool:
    """Whether the front matter points to notes."""
    of = note.fields
    return bool(
        of.derived_from or of.supersedes or of.repeats or of.superseded_by or of.translation_of
    )


def _ids(note: Note) -> Iterator[tuple[str, str]]:
    """The notes that the front matter points to."""
    if not leads_on(note):
        return
    for name in ("derived_from", "supersedes", "repeats"):
        for i, target in enumerate(getattr(note.fields, name)):
            yield f"{name}.{i}", target
    for name in ("superseded_by", "translation_of"):
        if target := getattr(note.fields, name):
            yield name, target


def linked(note: Note) -> tuple[tuple[str, str], ...]:
    """What the note points to, each once: (field, id), or ('link', path) in its text.

    Paths are those of files in the knowledge base, relative to it; links that lead out are left
    out.
    """
    found = {(at.split(".")[0], target): None for at, target in _ids(note)}
    for _, _, target in _links(note):
        if path := resolved(note, target):
            found["link", path] = None
    return tuple(found)


def _links(note: Note) -> Iterator[tuple[int, int, str]]:
    """The links in the text outside of code: line, column and target."""
    front = note.data.find(b"\n---") if note.clear else 0
    if note.data.find(b"]", front) < 0:  # none below the front matter
        return
    if "](" not in note.text and "]:" not in note.text:
        return
    lines = note.text.split("\n")
    fence = ""
    for number in range(_body_line(lines), len(lines)):
        line = lines[number]
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif fence:
            if mark and mark[1].startswith(fence):
                fence = ""
        else:
            plain = _CODE.sub(lambda code: " " * len(code[0]), line)
            found = [*_LINK.finditer(plain), *_DEFINITION.finditer(plain)]
            yield from ((number + 1, link.start(1) + 1, link[1].strip("<>")) for link in found)


def _body_line(lines: list[str]) -> int:
    """Where the text begins, from 0: behind the front matter."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    return next((i + 1 for i, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)


def resolved(note: Note, target: str) -> str:
    """The path in the knowledge base that a link in a note means, '' where it leads elsewhere."""
    if not target or _ELSEWHERE.match(target):
        return ""
    plain = unquote(re.split("[#?]", target)[0])
    path = posixpath.normpath(posixpath.join(str(note.path.parent), plain))
    return "" if path.startswith("..") or not plain else path


def is_file(address: str) -> bool:
    """Whether evidence looks like a file that is kept with the notes."""
    if "@" in address or address.startswith("www.") or _ELSEWHERE.match(address):
        return False
    first, slash, _ = address.removeprefix("./").partition("/")
    is_host = bool(slash) and "." in first and first != ".."
    return bool(_FILE.fullmatch(address)) and not is_host


def _is_there(note: Note, address: str, exists: Callable[[str], bool]) -> bool:
    """Whether evidence is beside the note or named from the top of the knowledge base."""
    places = (posixpath.normpath(address), resolved(note, address))
    return any(place.startswith("..") or (bool(place) and exists(place)) for place in places)


def hidden_characters(note: Note) -> Iterator[Problem]:
    """Characters that nobody sees: any of them in what lists show, the loud ones anywhere."""
    if note.clear or (b"\\" not in note.data and shows_all(note.data)):  # a "\" begins an escape
        return
    mend = "Delete it; retyping the words around it is the surest way."
    for name in _SHOWN:
        value = getattr(note.fields, name)
        text = value if isinstance(value, str) else " ".join(value or ())
        if hit := HIDDEN.search(text):
            message = f"{name} holds the hidden character U+{ord(hit[0]):04X}."
            yield note.problem("hidden-character", message, mend, at=name, warning=True)
    lines = note.text.split("\n")
    for number in range(_body_line(lines), len(lines)):
        if hit := _LOUD.search(lines[number]):
            message = f"There is a hidden character, U+{ord(hit[0]):04X}, in this line."
            path, col = str(note.path), hit.start() + 1
            yield Problem(
                path, number + 1, col, "hidden-character", message, mend, severity="warning"
            )


def cut_by_comment(note: Note) -> Iterator[Problem]:
    """Free text of which YAML reads only the part before a hash, as in ``order #5 now``."""
    if note.clear or not _CUT.search(split(note.text)[0].front):
        return
    lines = lines_in(note.text)
    for name in ("title", "summary", "matters_to"):
        value, place = getattr(note.fields, name), note.places.get(name)
        if not value or place is None:
            continue
        rest = lines[place.line - 1][place.col - 1 :]
        if rest.startswith(value) and re.match(r"\s+#", rest[len(value) :]):
            message = f"{name} ends at '{one_line(value)[-20:]}': the hash behind it is a comment."
            mend = "If it belongs to the text, put the whole text in double quotes."
            yield note.problem("cut-by-comment", message, mend, at=name, warning=True)
