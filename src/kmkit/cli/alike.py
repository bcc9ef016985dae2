"""What a person is told who captures a lesson that is there already."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kmkit.cli.formats import many
from kmkit.cli.screen import ask, may_ask, pressed, say

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.index.listed import Listed
    from kmkit.index.nearby.alike import Said
    from kmkit.index.search import Engine
    from kmkit.kb import KnowledgeBase

_MOST = 3
_LINES = 24
_LINKS = ("derived_from", "supersedes", "repeats", "translation_of")
"""Fields that name notes of which the new one is known to say something too."""


class Before(NamedTuple):
    """A note that says the same already."""

    id: str
    short: str
    title: str
    standing: str
    """The state in words, and the day on which it was captured."""
    text: str
    """Its summary and what stands below its front matter."""

    def __str__(self) -> str:
        return f"{self.short}  {self.title} ({self.standing})"


def said_before(
    kb: "KnowledgeBase", texts: "Sequence[Said]", but: Collection[str] = ()
) -> list[list[Before]]:
    """For each of ``texts`` the notes that say the same already, at most three, nearest first.

    Notes whose id or path is in ``but`` are left out. Where the index cannot be used nobody is
    told anything: a lesson is never lost for want of it.
    """
    from kmkit.cli.reading import watched
    from kmkit.index.book import Index

    def track(files: "Iterable[object]", count: int) -> "Iterable[object]":
        """The first time all files go by while the index takes them in."""
        return watched(files, "Reading files:", count)

    try:
        with Index.open(kb.root, today=kb.today, track=track) as index:
            engine = index.words
            return [_found(index, engine, text, but) for text in texts]
    except Exception:  # whatever it is, the lesson matters more than what is like it
        return [[] for _ in texts]


def _found(index: "Index", engine: "Engine", text: "Said", but: Collection[str]) -> list[Before]:
    from kmkit.index.nearby.alike import saying_the_same
    from kmkit.index.nearby.related import reader

    found = []
    for one in saying_the_same(engine, text, reader(index)):
        listed = index.get(one.n)
        if listed and not {listed.card.id, listed.card.path} & set(but):
            found.append(_before(index, listed))
    return found[:_MOST]


def _before(index: "Index", listed: "Listed") -> Before:
    card, day = listed.card, f", {listed.captured}" if listed.captured else ""
    text = f"{card.summary}\n\n{index.text(card.n)}"
    return Before(card.id, card.short, card.title, f"{listed.standing}{day}", text)


def with_repeats(
    kb: "KnowledgeBase", fields: Mapping[str, object], body: str, *, no_input: bool
) -> Mapping[str, object]:
    """The fields of a new note, with the notes that the person says it repeats.

    Where nobody can answer, the notes that say the same are named on stderr.
    """
    from kmkit.index.nearby.alike import Said

    named = [name for field in _LINKS for name in listed_ids(fields.get(field))]
    text = Said(str(fields.get("title") or ""), str(fields.get("summary") or ""), body)
    (found,) = said_before(kb, [text], named)
    if not found:
        return fields
    if not may_ask(no_input):
        say(hint(found))
        return fields
    chosen = _asked(found)
    return repeating(fields, chosen) if chosen else fields


def text_with_repeats(kb: "KnowledgeBase", data: bytes, *, no_input: bool) -> bytes:
    """The same for the file of a new note."""
    from pathlib import PurePosixPath

    from kmkit.note.file import read, write_fields

    note = read(data, PurePosixPath("new note"))
    if note.problems:
        return data
    body = "\n\n".join([note.preamble, *(section.text for section in note.sections)])
    fields = {name: getattr(note.fields, name) for name in ("title", "summary", *_LINKS)}
    wanted = with_repeats(kb, fields, body, no_input=no_input)
    if wanted is fields:
        return data
    return write_fields(note, {"repeats": wanted["repeats"]})


def repeating(fields: Mapping[str, object], before: Before) -> Mapping[str, object]:
    """The fields of a note that says again what is said in ``before``."""
    known = listed_ids(fields.get("repeats"))
    return {**fields, "repeats": [*dict.fromkeys([*known, before.id])]}


def listed_ids(value: object) -> list[str]:
    """The ids that a field names: a list of them, one, or none."""
    if isinstance(value, str):
        return [value]
    return [str(name) for name in value] if isinstance(value, (list, tuple)) else []


def hint(found: Sequence[Before]) -> str:
    """One line that names the notes that say the same."""
    names = "; ".join(f"{one.short} ({one.title})" for one in found)
    link = f"kmkit edit NOTE --repeats {found[0].short}"
    return f"{_these(found)} already: {names}. If it is that lesson again: {link}."


def _these(found: Sequence[Before]) -> str:
    return f"{many(len(found), 'note')} {'says' if len(found) == 1 else 'say'} something like this"


def _asked(found: Sequence[Before]) -> Before | None:
    """The note that the person says is repeated, None to go on without."""
    say(f"{_these(found)} already:")
    for number, one in enumerate(found, 1):
        say(f"{number}. {one}")
    while True:
        key = pressed("Link to one instead? (l)ink as repeats / (s)how / (g)o on", "lsg")
        if key in ("", "g"):
            return None
        one = _which(found)
        if key == "l":
            say(f"It will say that it repeats {one.short}.")
            return one
        _show(one)


def _which(found: Sequence[Before]) -> Before:
    """The one that is meant, asked where there are several."""
    while len(found) > 1:
        answer = ask(f"Which, 1 to {len(found)}?", default="1")
        if answer.isdecimal() and 1 <= int(answer) <= len(found):
            return found[int(answer) - 1]
    return found[0]


def _show(one: Before) -> None:
    """The note on stderr: its beginning, where it is long."""
    from kmkit.views.words import wrap

    lines = [part for line in one.text.strip().split("\n") for part in wrap(line).split("\n")]
    say("")
    say(str(one))
    for line in lines[:_LINES]:
        say(line)
    if len(lines) > _LINES:
        say(f"… the rest: kmkit show {one.short}")
    say("")
