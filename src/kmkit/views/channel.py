"""What a channel is told of new notes: messages for Slack and Teams, pages for a folder."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kmkit.audience.shown import Shown
from kmkit.errors import Cannot
from kmkit.note.model import Note
from kmkit.text import one_line
from kmkit.views.clean import direction, escape_markdown
from kmkit.views.environment import Render, render_template
from kmkit.views.prose import strip_comments
from kmkit.views.wording import words
from kmkit.views.words import clip

Link = Callable[[Note], str | None]
"""Where a reader finds a note."""
TEMPLATES = {"slack": "slack.json.j2", "teams": "teams.json.j2", "folder": "note.html.j2"}
"""Kind of channel -> the template in templates/channels that it is written by."""
LARGEST = 28_000
"""Bytes of a message: what Teams takes; Slack takes more."""
_TITLE = 150
"""Characters: what a heading of Slack takes."""
_WORDS = 60
"""Of a summary at most."""


class Told(NamedTuple):
    """A note as a message tells of it; every text is one line, escaped for where it goes."""

    id: str
    title: str
    lines: tuple[str, ...]
    """Its summary, and what is in it for the reader, where it says so."""
    marks: str
    """Its kind, that it is being revised, and where it has no address what to ask for it by."""
    link: str
    """Its web address, '' for none."""
    direction: str
    """``rtl`` or ``ltr``."""


def slack_text(text: str) -> str:
    """``text`` on one line as Slack shows it literally: no links, no mentions of people."""
    line = one_line(text)
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


ESCAPES: dict[str, Callable[[str], str]] = {"slack": slack_text, "teams": escape_markdown}
"""Kind of channel -> how a text is written there so that nothing in it acts."""


def told(shown: Shown, link: Link, kind: str = "", language: str = "") -> Told:
    """A note as a message of this kind of channel tells of it; for people where none is named."""
    note, fields, said = shown.note, shown.note.fields, words(language)
    escape = ESCAPES.get(kind, one_line)
    lines = (clip(one_line(text), _WORDS) for text in (fields.summary, fields.matters_to))
    plain = one_line if kind == "slack" else escape  # there, what is no title goes as plain text
    address = _address(link(note))
    marks = [said.gettext(note.kind.replace("-", " "))]
    if shown.being_revised:
        marks.append(said.gettext("being revised"))
    if not address:
        marks.append(note.short)
    return Told(
        id=note.id,
        title=escape(clip(one_line(note.title), _WORDS)[:_TITLE]),
        lines=tuple(plain(line) for line in lines if line),
        marks=plain(" · ".join(marks)),
        link=address,
        direction=direction(one_line(note.title), one_line(fields.language)),
    )


def message(
    notes: Sequence[Shown],
    *,
    kind: str,
    link: Link,
    organisation: str,
    language: str = "",
    template: str = "",
    kb: Path | None = None,
) -> bytes:
    """The JSON that a webhook of ``kind`` (slack or teams) takes, telling of ``notes``.

    ``template``: another one of templates/channels. Raises Cannot where it makes no JSON, or more
    than the webhook takes.
    """
    name = f"channels/{template or TEMPLATES[kind]}"
    text = render_template(
        name,
        kb,
        language=language,
        organisation=one_line(organisation),
        heading=heading(len(notes), organisation, language),
        notes=[told(shown, link, kind, language)._asdict() for shown in notes],
    )
    try:
        data = json.dumps(json.loads(text), ensure_ascii=False).encode()
    except ValueError as error:
        raise Cannot(
            f"templates/{name} makes no JSON: {error}.", "Put '| tojson' behind every value."
        ) from None
    if len(data) > LARGEST:
        raise Cannot(
            f"The message has {len(data)} bytes, and {LARGEST} are taken.",
            "Lower the channel's max_notes in kmkit.toml.",
        )
    return data


def heading(count: int, organisation: str, language: str = "") -> str:
    """The first line of a message: whose notes, and how many."""
    said = words(language).ngettext("%(num)s new note", "%(num)s new notes", count)
    return f"{one_line(organisation)[: _TITLE - len(said) - 2]}: {said}"


def page(
    render: Render,
    shown: Shown,
    *,
    link: Link,
    organisation: str,
    language: str = "",
    template: str = "",
) -> str:
    """A note as an HTML page of its own, with all its sections, for a folder of pages.

    ``render``: the templates of ``channels``. ``language``: of notes that do not say theirs.
    """
    note = shown.note
    return render(
        f"channels/{template or TEMPLATES['folder']}",
        organisation=one_line(organisation),
        note=told(shown, link, language=language)._asdict(),
        note_language=one_line(note.fields.language) or language or "en",
        sections=[
            (one_line(heading), stripped)
            for heading, text, *_ in note.sections
            if (stripped := strip_comments(text))
        ],
        preamble=strip_comments(note.preamble),
    )


def contents(render: Render, rows: Sequence[tuple[str, Told]], *, organisation: str) -> str:
    """The page that lists the pages of a folder, as (file, note)."""
    values: list[dict[str, Any]] = [{"file": file, **note._asdict()} for file, note in rows]
    name = "channels/contents.html.j2"
    return render(name, organisation=one_line(organisation), notes=values)


def _address(address: str | None) -> str:
    """A web address that nothing in a message can end early, '' for any other."""
    if not address or not address.startswith(("https://", "http://")):
        return ""
    return "" if set(address) & set(' <>|"\\\n\r') else address
