"""Notes for other programs and other organisations: as Markdown, JSON, lines of JSON, or CSV.

Only what an audience may see is in it, and of people only whom to ask: like every output it is made
from what `kmkit.audience.seeing.see` gives.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from kmkit.audience.audiences import audience_of
from kmkit.audience.seeing import Seen, see
from kmkit.audience.shown import Shown
from kmkit.index.book import Index
from kmkit.index.choosing.conditions import where
from kmkit.index.choosing.filters import Filter
from kmkit.kb import KnowledgeBase
from kmkit.note.file import compose
from kmkit.note.model import Note
from kmkit.note.problem import Problem
from kmkit.text import one_line
from kmkit.views.prose import strip_comments
from kmkit.views.site.naming import safe
from kmkit.views.site.view import portal_of
from kmkit.views.tables import Cell, csv

FORMATS = ("md", "json", "jsonl", "csv")
SCHEMA = "kmkit.export/1"

_PLAIN = ("id", "title", "kind", "state", "level", "summary", "matters_to", "topics", "language")
"""Fields that go as they are; state and level are those of the version that is shown."""
_LINKS = ("translation_of", "derived_from", "supersedes", "superseded_by", "repeats")
"""Fields that name notes; only notes that are exported too are named."""
COLUMNS = (*_PLAIN, "being_revised", "gathered_on", "gathered_method", "reviewed_on", *_LINKS)
_LINK = re.compile(
    r"(?P<before>!?\[[^\[\]\n]*+\])\((?P<href>[^)\s]{0,2000}+)(?P<title>\s{1,9}\"[^\"\n]{0,500}\")?\)"
)
_OUT = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)


@dataclass(frozen=True)
class Exported:
    """What was exported."""

    level: str
    notes: int
    files: Mapping[str, bytes]
    """By name; one file where the format has one."""
    attached: tuple[tuple[PurePosixPath, str], ...]
    """Files of the knowledge base that go with Markdown, and their names in the export."""
    problems: tuple[Problem, ...]
    """Of the notes that could not be read."""
    unknown: tuple[str, ...] = ()
    """Attached files that stay, for nobody can look for protected names in them."""


def export(kb: KnowledgeBase, to: str, fmt: str, *, asked: Filter = Filter()) -> Exported:
    """The notes that an audience or level may see, and that are asked for, in one of `FORMATS`.

    Each in the version that stands. Raises what `audience_of` raises; KeyError for a format.
    """
    audience = audience_of(kb.config, kb.policy, to)
    with Index.open(kb.root, today=kb.today) as index:
        seen = see(kb, index, audience)
        ids = _ids(index, asked) if asked.terms else None
    return exported(seen, fmt, ids)


def exported(seen: Seen, fmt: str, ids: frozenset[str] | None = None) -> Exported:
    """What of ``seen`` is exported in one of `FORMATS`; ``ids``: of these notes alone."""
    seen = portal_of(seen)
    shown = [s for id, s in seen.notes.items() if ids is None or id in ids]
    here = {one.note.id for one in shown}
    values = [_values(one, here) for one in shown]
    attached: list[tuple[PurePosixPath, str]] = []
    if fmt == "md":
        files = dict(_markdown(seen, shown, here, values))
        attached = sorted({(f, f"files/{f}") for one in shown for f in seen.files(one.note)})
    else:
        files = {
            f"notes.{fmt}": _WRITERS[fmt](shown, values, seen.level).encode("utf-8", "replace")
        }
    unknown = seen.unknown_files() if fmt == "md" else ()
    problems = tuple(seen.problems)
    return Exported(seen.level, len(shown), files, tuple(attached), problems, unknown)


def _ids(index: Index, asked: Filter) -> frozenset[str]:
    sql, given = where(asked, index)
    rows = index.query(f"SELECT id, path FROM notes WHERE {sql}", given)
    return frozenset(id or path for id, path in rows)


def _values(shown: Shown, here: set[str]) -> dict[str, object]:
    """The fields of a note as they go out."""
    fields = shown.note.fields
    plain = fields.model_dump(mode="json", include=set(_PLAIN), exclude_none=True)
    values: dict[str, object] = {name: plain[name] for name in _PLAIN if plain.get(name)}
    values |= {"state": shown.state, "level": shown.level or shown.note.level}
    if shown.being_revised:
        values["being_revised"] = True
    if fields.gathered:
        values["gathered_on"] = fields.gathered.on
        values["gathered_method"] = fields.gathered.method
    if fields.reviewed:
        values["reviewed_on"] = fields.reviewed.on
    for name in _LINKS:
        named = getattr(fields, name) or ()
        kept = [id for id in ([named] if isinstance(named, str) else named) if id in here]
        if kept:
            values[name] = kept[0] if isinstance(named, str) else kept
    return {name: value for name, value in values.items() if value is not None}


def _sections(note: Note) -> Iterator[tuple[int, str, str]]:
    """Level, heading and text of each section, comments and empty ones left out."""
    if preamble := strip_comments(note.preamble).strip():
        yield 0, "", preamble
    for section in note.sections:
        if text := strip_comments(section.text).strip():
            yield section.level, one_line(section.heading), text


def _markdown(
    seen: Seen, shown: Iterable[Shown], here: set[str], values: Iterable[Mapping[str, object]]
) -> Iterator[tuple[str, bytes]]:
    """A file for each note; links lead to the files beside it, or to the files that go with it."""
    for one, fields in zip(shown, values, strict=True):
        files = {str(path) for path in seen.files(one.note)}

        def led(found: re.Match[str], note: Note = one.note, files: set[str] = files) -> str:
            """A link that leads on, or its text alone."""
            href = found["href"]
            if _OUT.match(href):
                return found[0]
            id = seen.link_target(note, href)
            if id in here:
                return f"{found['before']}({safe(id)}.md)"
            path = str(PurePosixPath(href))
            near = next((f for f in files if f == path or f.endswith(f"/{path}")), "")
            return f"{found['before']}(files/{near})" if near else found["before"].lstrip("!")

        parts = [
            f"{'#' * level} {heading}\n\n{text}\n" if heading else f"{text}\n"
            for level, heading, text in _sections(one.note)
        ]
        yield f"{safe(one.note.id)}.md", compose(dict(fields), _LINK.sub(led, "\n".join(parts)))


def _whole(
    shown: Iterable[Shown], values: Iterable[Mapping[str, object]]
) -> Iterator[dict[str, object]]:
    """The notes with their text."""
    for one, fields in zip(shown, values, strict=True):
        texts = [{"heading": head, "text": text} for _, head, text in _sections(one.note)]
        yield {**fields, "sections": texts}


def _json(shown: list[Shown], values: list[dict[str, object]], level: str) -> str:
    whole = {"schema": SCHEMA, "level": level, "notes": list(_whole(shown, values))}
    return json.dumps(whole, ensure_ascii=False, indent=1, default=str) + "\n"


def _jsonl(shown: list[Shown], values: list[dict[str, object]], level: str) -> str:
    return "".join(
        json.dumps(n, ensure_ascii=False, default=str) + "\n" for n in _whole(shown, values)
    )


def _csv(shown: list[Shown], values: list[dict[str, object]], level: str) -> str:
    return csv(COLUMNS, [[_cell(fields.get(name)) for name in COLUMNS] for fields in values])


def _cell(value: object) -> Cell:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return None if value is None else "yes" if value is True else str(value)


_WRITERS = {"json": _json, "jsonl": _jsonl, "csv": _csv}
