"""Changing front matter in place: the text of the named fields changes, no other byte does."""

from collections.abc import Mapping
from typing import Any

import yaml

from kmkit.errors import Refused
from kmkit.note.editing import Front, rank
from kmkit.note.frontmatter import MAX_FRONT, split
from kmkit.note.model import Note
from kmkit.note.plain import Plain
from kmkit.note.problem import Flaw
from kmkit.note.yamlread import load
from kmkit.note.yamltext import plain

_HARMLESS = frozenset({"bom"})


def utf8(note: Note) -> str:
    """The file's text; refused where that would lose bytes."""
    try:
        return note.data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(f"{note.path} is not UTF-8.", "Save it as UTF-8 first.") from None


def write_fields(note: Note, changes: Mapping[str, object | None]) -> bytes:
    """The file with other values in the fields named; None removes a field."""
    text = utf8(note)
    document, flaws = split(text)
    loaded = load(document.front, first_line=document.front_line)
    _refuse_flaws(note, [*flaws, *loaded.flaws])
    wanted = {
        name: plain(value)
        for name, value in changes.items()
        if not _same(loaded.values, name, plain(value))
    }
    for careful in (True, False):
        front = _changed(document.front, document.newline, changes, wanted, careful=careful)
        if front is not None and len(front.encode("utf-8")) > MAX_FRONT:
            raise Refused(
                f"{note.path}: the front matter would be longer than {MAX_FRONT // 1024} KiB.",
                "Put long text below the second '---'.",
            )
        if front is not None and _holds(document.front, front, wanted):
            end = document.front_at + len(document.front)
            return (text[: document.front_at] + front + text[end:]).encode("utf-8")
    raise Refused(
        f"{note.path}: {', '.join(wanted)} cannot be changed without touching what is around.",
        "Write each field on a line of its own, without comments inside, then try again.",
    )


def append_entry(note: Note, name: str, entry: Plain) -> bytes:
    """The file with one more entry at the end of a list such as ``verdicts``."""
    document, _ = split(utf8(note))
    there = load(document.front).values.get(name)
    before = there if isinstance(there, list) else [there] if there is not None else []
    return write_fields(note, {name: [*before, entry]})


def _changed(
    front: str,
    newline: str,
    changes: Mapping[str, object | None],
    wanted: Mapping[str, Any],
    *,
    careful: bool,
) -> str | None:
    """The front matter with the changes made, field by field; None where one cannot be made."""
    try:
        for name in sorted(wanted, key=rank):
            front = Front(front, newline).changed(name, changes[name], careful=careful)
    except yaml.YAMLError:
        return None
    return front


def _same(values: Mapping[str, Any], name: str, new: Any) -> bool:
    """Whether a field says ``new`` already; an empty list says what an absent field does."""
    if new is None:
        return name not in values
    return bool(values.get(name) == new) or (new == [] and values.get(name) is None)


def _refuse_flaws(note: Note, flaws: list[Flaw]) -> None:
    for flaw in flaws:
        if flaw.rule not in _HARMLESS:
            raise Refused(
                f"{note.path}:{flaw.line}:{flaw.col}: {flaw.message}",
                f"{flaw.mend} Mend the front matter first; until then nothing is written there.",
            )


def _holds(old: str, new: str, wanted: Mapping[str, Any]) -> bool:
    """Read again what would be written: exactly the named fields differ, and as intended."""
    before, after = load(old), load(new)
    if after.flaws or not all(_same(after.values, name, value) for name, value in wanted.items()):
        return False
    kept = [(name, value) for name, value in before.values.items() if name not in wanted]
    values = [(name, value) for name, value in after.values.items() if name not in wanted]
    return kept == values and Front(old).without(wanted) == Front(new).without(wanted)
