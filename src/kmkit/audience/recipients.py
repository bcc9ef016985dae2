"""Who belongs to an audience: addresses, people of people/, and lists in files."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from kmkit.audience.audiences import Audience
from kmkit.errors import Cannot
from kmkit.kb import KnowledgeBase
from kmkit.note.records import Person
from kmkit.text import HIDDEN, did_you_mean, fold, one_line

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:[^\W_](?:[\w-]*[^\W_])?\.)*[^\W_][\w-]*")
_NAMED = re.compile(r'\s*"?([^"<>]*?)"?\s*<([^<>]*)>\s*')
_ENCODED = re.compile(r"=\?.*\?=")
"""A word in the encoding of mail headers, in which line breaks can hide."""
_LONGEST = 254
"""Characters of an address (RFC 5321)."""
_LARGEST = 10 * 1024 * 1024
"""Bytes of a file with addresses."""
_FIELDS: dict[str, Callable[[Person], tuple[str, ...]]] = {
    "unit": lambda person: (person.unit,),
    "skills": lambda person: person.skills,
    "languages": lambda person: person.languages,
}
_ALSO = {"skill": "skills", "language": "languages"}


class Recipient(NamedTuple):
    """Somebody to whom something goes."""

    email: str
    """In lower case but for what stands before the @."""
    name: str = ""
    language: str = ""
    """Of the fixed words: the audience's, else the person's first; '' for the organisation's."""


def recipients_of(kb: KnowledgeBase, audience: Audience) -> tuple[Recipient, ...]:
    """Everybody of ``audience``, each once, in the order of kmkit.toml.

    Whoever has left by people/ is left out, however they are named. Empty where the audience is.
    Raises Cannot, naming the setting or the file and its line, for what is no address, for a file
    that cannot be read and for people chosen by what they do not have.
    """
    people = kb.people
    found: dict[str, Recipient] = {}
    where = f"kmkit.toml: audiences.{audience.name}.recipients"
    for text in audience.recipients:
        for email, name in _meant(kb, text.strip(), where):
            person = people.get(email.casefold())
            if person and person.until and person.until < kb.today:
                continue
            spoken = person.languages[0] if person and person.languages else ""
            known = one_line(person.name) if person else name
            made = Recipient(email, known, audience.language or spoken)
            found.setdefault(email.casefold(), made)
    return tuple(found.values())


def nobody_by(kb: KnowledgeBase, audience: Audience) -> tuple[str, ...]:
    """The entries ``people:…`` and ``file:…`` of ``audience`` that mean nobody; Cannot as above."""
    where = f"kmkit.toml: audiences.{audience.name}.recipients"
    entries = map(str.strip, audience.recipients)
    return tuple(one_line(text) for text in entries if not any(_meant(kb, text, where)))


class Misfit(NamedTuple):
    """An entry of an audience's recipients that is no good, or means nobody."""

    entry: str
    path: str
    """The file that it stands in, '' for the setting itself."""
    line: int
    message: str
    mend: str
    severity: Literal["error", "warning"] = "error"
    """warning: it means nobody, or is a file that another machine may have."""


def misfits(kb: KnowledgeBase, name: str) -> Iterator[Misfit]:
    """What is wrong with the recipients of the audience ``name``, whatever it is."""
    where = f"audiences.{name}.recipients"
    for entry in map(str.strip, kb.config.audiences[name].recipients):
        if entry.startswith("file:"):
            yield from _of_list(kb, entry, where)
            continue
        try:
            found = list(_meant(kb, entry, where))
        except Cannot as error:
            yield Misfit(entry, "", 0, error.message, error.mend)
            continue
        if not found:
            message = f"{where}: '{one_line(entry)}' means nobody of people/."
            yield Misfit(entry, "", 0, message, "Correct it, or take it out.", "warning")


def _of_list(kb: KnowledgeBase, entry: str, where: str) -> Iterator[Misfit]:
    """What is wrong in a file of addresses, line by line."""
    name = entry.removeprefix("file:").strip()
    try:
        lines = list(_lines(kb.root, name, where))
    except Cannot as error:
        elsewhere = Path(name).is_absolute() and not Path(name).exists()
        severity: Literal["error", "warning"] = "warning" if elsewhere else "error"
        yield Misfit(entry, "", 0, error.message, error.mend, severity)
        return
    for number, text in lines:
        try:
            _address(text, where)
        except Cannot as error:
            yield Misfit(entry, name, number, error.message, error.mend)
    if not lines:
        message = f"{where}: there is no address in {one_line(name)}."
        yield Misfit(entry, "", 0, message, "Write one a line, or take it out.", "warning")


def _meant(kb: KnowledgeBase, text: str, where: str) -> Iterator[tuple[str, str]]:
    """The addresses and names that one entry means."""
    if text.startswith("people:"):
        yield from _of_people(kb, text.removeprefix("people:"), where)
    elif text.startswith("file:"):
        yield from _of_file(kb.root, text.removeprefix("file:").strip(), where)
    else:
        yield _address(text, where)


def _of_people(kb: KnowledgeBase, asked: str, where: str) -> Iterator[tuple[str, str]]:
    """The people of whom a field says what is asked for."""
    name, sign, value = (part.strip() for part in asked.partition("="))
    field = _ALSO.get(name.casefold(), name.casefold())
    if not (sign and value):
        raise Cannot(f"{where}: 'people:{one_line(asked)}' says nothing.", _how())
    if field not in _FIELDS:
        near = did_you_mean(field[:80], _FIELDS)
        raise Cannot(f"{where}: people are not chosen by '{one_line(name)}'.", near or _how())
    values = _FIELDS[field]
    for person in kb.people.values():
        if fold(value) in map(fold, map(str.strip, values(person))):
            yield _address(person.email.strip(), f"people: {person.name}", person.name)


def _how() -> str:
    return f"Write people:FIELD=VALUE; the fields are {', '.join(_FIELDS)}."


def _of_file(root: Path, name: str, where: str) -> Iterator[tuple[str, str]]:
    """The addresses in a file."""
    for number, text in _lines(root, name, where):
        yield _address(text, f"{name}:{number}")


def _lines(root: Path, name: str, where: str) -> Iterator[tuple[int, str]]:
    """The lines of a file that hold something, and their numbers; ``#`` begins a comment."""
    place = _place(root, name, where)
    try:
        if not place.is_file():
            raise Cannot(f"{where}: there is no file {name}.", "Correct the path, or write it.")
        if place.stat().st_size > _LARGEST:
            raise Cannot(f"{where}: {name} is too large for a list of addresses.")
        text = place.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Cannot(f"{name}:{line}: this is not UTF-8.", "Save the file as UTF-8.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no path"
        raise Cannot(f"{where}: {one_line(name)} cannot be read: {why}.") from None
    for number, written in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if said := re.sub(r"(^|\s)#.*", "", written).strip():
            yield number, said


def _place(root: Path, name: str, where: str) -> Path:
    """The file that ``name`` means: in the knowledge base, or anywhere by its whole path."""
    if not name:
        raise Cannot(f"{where}: 'file:' names no file.", "Write file:PATH.")
    place = Path(name)
    if place.is_absolute():
        return place
    inside = root / PurePosixPath(name.replace("\\", "/"))
    try:
        if inside.resolve().is_relative_to(root.resolve()):
            return inside
    except (OSError, ValueError, RuntimeError):
        raise Cannot(f"{where}: {one_line(name)} is no path.") from None
    mend = "Keep the list in the knowledge base, or write its whole path."
    raise Cannot(f"{where}: {one_line(name)} lies outside of the knowledge base.", mend)


def _address(text: str, where: str, name: str = "") -> tuple[str, str]:
    """The address and the name in ``text``: ``a@b.org`` or ``Name <a@b.org>``."""
    email = text
    if named := _NAMED.fullmatch(text):
        name, email = named[1], named[2].strip()
    odd = HIDDEN.search(text) or "\n" in text or "\r" in text or _ENCODED.search(f"{name}{email}")
    if odd or len(email) > _LONGEST or not _ADDRESS.fullmatch(email):
        raise Cannot(
            f"{where}: '{one_line(text)[:80]}' is no e-mail address.",
            "Write one address, such as name@example.org or Name <name@example.org>.",
        )
    local, _, domain = email.rpartition("@")
    return f"{local}@{domain.casefold()}", one_line(name)
