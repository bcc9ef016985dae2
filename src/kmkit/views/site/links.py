"""What lies around a note: the notes, people and files that its page leads to."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from html import unescape
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import quote, unquote

from kmkit.audience.shown import Shown
from kmkit.note.model import Note
from kmkit.note.references import is_file, resolved
from kmkit.text import one_line
from kmkit.views.site import naming
from kmkit.views.site.values import File, Link, Row, Translation
from kmkit.views.site.view import View

_ADDRESS = re.compile(
    r"\]\(\s*(?:<([^>\n]*)>|([^\s()]*(?:\([^\s()]*\)[^\s()]*)*))"
    r"|^ {0,3}\[[^\]\n]+\]:\s*(?:<([^>\n]*)>|(\S+))"
    r"|\b(?:href|src|HREF|SRC)\s*=\s*[\"']?([^\"'\s>]+)",
    re.MULTILINE,
)
"""An address in Markdown: of a link or a picture, of a definition, in HTML."""
_SIGNS = (b"](", b"]:", b"href", b"HREF", b"src", b"SRC")
"""Without any of these a text has no address."""
_WEB = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
PICTURES = frozenset((".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"))
_ACTIVE = frozenset((
    ".bat", ".cmd", ".com", ".exe", ".hta", ".htm", ".html", ".jar", ".js", ".jse", ".lnk", ".mht",
    ".mhtml", ".mjs", ".msi", ".ps1", ".scr", ".sh", ".shtml", ".svg", ".swf", ".url", ".vbs",
    ".wasm", ".wsf", ".xht", ".xhtml", ".xml", ".xsl", ".xslt",
))  # fmt: skip
"""Files that do something when they are opened; a portal does not carry them."""
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
"""Names that Windows keeps for itself."""


class Copy(NamedTuple):
    """A file that goes with a note."""

    path: PurePosixPath
    """In the knowledge base."""
    href: str
    """Where it will stand in the portal."""
    file: File


class Around:
    """What lies around each note of a portal."""

    def __init__(self, view: View, people: Mapping[str, str]) -> None:
        self._view = view
        self._people = people

    def person(self, email: str) -> str:
        """The page of a person, '' where there is none."""
        return self._people.get(email.casefold(), "")

    def rows(self, ids: Iterable[str]) -> tuple[Row, ...]:
        """The notes with these ids, as far as they may be seen."""
        found = (self._view.row(id) for id in dict.fromkeys(ids))
        return tuple(row for row in found if row)

    # Notes

    def backlinks(self, note: Note) -> Iterator[Row]:
        """The notes that point to ``note`` and are in use, newest first."""
        own = {*note.fields.supersedes, *note.fields.derived_from, note.id}
        found = self._back.get(note.id, ())
        rows = (row for id in found if id not in own and (row := self._view.row(id)))
        yield from sorted(rows, key=lambda row: (str(row.on or ""), row.id), reverse=True)

    @cached_property
    def _back(self) -> Mapping[str, Mapping[str, None]]:
        """By id: the ids of the notes that point to it."""
        found: dict[str, dict[str, None]] = {}
        for shown in self._view.seen.notes.values():
            for target in self._pointed(shown):
                if target != shown.note.id:
                    found.setdefault(target, {})[shown.note.id] = None
        return found

    def _pointed(self, shown: Shown) -> Iterator[str]:
        fields = shown.note.fields
        if "retired" in self._view.rows[shown.note.id].marks:
            return
        yield from (*fields.derived_from, *fields.supersedes, *fields.repeats)
        for address in addresses(shown.note):
            if id := self._view.seen.link_target(shown.note, address):
                yield id

    def translations(self, note: Note) -> tuple[Translation, ...]:
        """The note in other languages: the original, and what else translates it."""
        first = note.fields.translation_of or note.id
        wanted = [first, *self._translations.get(first, ())]
        rows = [
            row for id in dict.fromkeys(wanted) if id != note.id and (row := self._view.row(id))
        ]
        found = (Translation(r.language or self._view.language, r.href, r.title) for r in rows)
        return tuple(sorted(found))

    @cached_property
    def _translations(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for id, shown in self._view.seen.notes.items():
            if first := shown.note.fields.translation_of:
                found.setdefault(first, []).append(id)
        return found

    # Addresses in the text

    def targets(self, note: Note) -> tuple[dict[str, str], dict[str, str]]:
        """Where the relative addresses in a note's text lead, from its page: links, pictures."""
        links: dict[str, str] = {}
        pictures: dict[str, str] = {}
        for address in addresses(note):
            path = resolved(note, address)
            if id := self._view.seen.link_target(note, address):
                if row := self._view.row(id):
                    links[address] = f"../{row.href}"
            elif path and (copy := self._copies_by_path(note).get(path)):
                links[address] = f"../{copy.href}"
                if PurePosixPath(path).suffix.lower() in PICTURES:
                    pictures[address] = f"../{copy.href}"
        return links, pictures

    def evidence(self, note: Note) -> Iterator[Link]:
        """What proves a note and is no file that goes with it."""
        copied = self._copies_by_path(note) if note.fields.evidence else {}
        for address in note.fields.evidence:
            places = (str(PurePosixPath(address)), resolved(note, address))
            if any(place in copied for place in places) and is_file(address):
                continue
            shown = one_line(address)
            yield Link(shown, shown if _WEB.fullmatch(shown) else None)

    # Files

    def files(self, note: Note) -> tuple[File, ...]:
        """The files that go with a note and are no pictures in its text."""
        return tuple(copy.file for copy in self.copies(note))

    def copies(self, note: Note) -> tuple[Copy, ...]:
        """The files that go with a note, and where they come from."""
        root = self._view.seen.root
        if root is None or not _may_have_files(note):
            return ()
        taken: set[str] = set()
        copies: list[Copy] = []
        for path in self._view.seen.files(note):
            name = _file_name(path.name, taken)
            if name and not self._view.seen.protected.in_text(name):
                folder = f"files/{naming.safe(note.id)}"
                size = (root / path).stat().st_size
                shown = File(one_line(path.name), f"{folder}/{quote(name)}", size)
                copies.append(Copy(path, f"{folder}/{name}", shown))
        return tuple(copies)

    def _copies_by_path(self, note: Note) -> Mapping[str, File]:
        return {str(copy.path): copy.file for copy in self.copies(note)}


def _may_have_files(note: Note) -> bool:
    return bool(note.fields.evidence) or bool(addresses(note))


def addresses(note: Note) -> tuple[str, ...]:
    """The relative addresses in a note's text, each once, as a browser would read them."""
    if not any(sign in note.data for sign in _SIGNS):
        return ()
    found: dict[str, None] = {}
    for match in _ADDRESS.finditer(note.data.decode("utf-8", "replace")):
        address = unescape(next(filter(None, match.groups()), "")).strip()
        if address and not _outside(address):
            found[unquote(address)] = None
    return tuple(found)


def _outside(address: str) -> bool:
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\#?]", address))


def _file_name(name: str, taken: set[str]) -> str:
    """A name that every file system takes, no two alike; '' for a file that does something."""
    plain = _UNFIT.sub("-", one_line(name)).strip(" .")[-100:].strip(" .")
    suffixes = {suffix.lower() for suffix in PurePosixPath(plain).suffixes}
    if not plain or not suffixes.isdisjoint(_ACTIVE):
        return ""
    plain = f"_{plain}" if _RESERVED.fullmatch(plain) else plain
    stem, suffix = PurePosixPath(plain).stem, PurePosixPath(plain).suffix
    number = 1
    while plain.casefold() in taken:
        number += 1
        plain = f"{stem}-{number}{suffix}"
    taken.add(plain.casefold())
    return plain
