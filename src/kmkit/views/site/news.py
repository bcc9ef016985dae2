"""The portal for programs: a feed of what is new, and the notes as JSON."""

import json

from kmkit.index.dates import OUT
from kmkit.text import one_line
from kmkit.views.feed import Entry, Feed, noon
from kmkit.views.site.values import Row
from kmkit.views.site.view import View

FEED = "feed.xml"
ENTRIES = 30
"""Notes in the feed, at most."""
SCHEMA = "kmkit.site/1"


def feed_of(view: View) -> Feed:
    """The feed of what went out last, and is of interest."""
    rows = [
        row for row in view.listed if row.state in OUT and view.seen.wanted(view.seen.notes[row.id])
    ]
    audience = view.seen.audience
    return Feed(
        id=f"{view.config.organisation.name} {audience.name or audience.level}",
        title=view.config.organisation.name,
        subtitle=view.seen.masked(one_line(audience.help)),
        home="index.html",
        own=f"{address}{FEED}" if (address := address_of(view)) else "",
        language=view.language,
        entries=[_entry(view, row) for row in rows[:ENTRIES]],
    )


def address_of(view: View) -> str:
    """Where in the web the portal is found, by the channel that it is; '' where none says so.

    That is the channel of kind site with this audience; else the one of this level for anybody.
    """
    audience = view.seen.audience
    sites = [one for one in view.config.channels.values() if one.kind == "site" and one.address]
    own = [one.address for one in sites if audience.name and one.audience == audience.name]
    level = [one.address for one in sites if not one.audience and one.level == audience.level]
    return next(iter([*own, *level]), "")


def _entry(view: View, row: Row) -> Entry:
    sent = [e.when for e in view.events.get(row.id, ()) if e.move == "disseminate"]
    on = row.on or view.today
    return Entry(
        id=row.id,
        title=row.title,
        href=row.href,
        updated=max(sent) if sent else noon(on),
        summary=row.summary,
        topics=tuple(topic.label for topic in row.topics),
        language=row.language,
    )


def notes_json(view: View) -> bytes:
    """Every note that stands in lists, as JSON with a versioned schema."""
    notes = [
        {
            "id": row.id,
            "href": row.href,
            "title": row.title,
            "summary": row.summary,
            "kind": view.seen.notes[row.id].note.kind,
            "state": row.state,
            "overdue": "overdue" in row.marks,
            "being_revised": "revised" in row.marks,
            "topics": [topic.label for topic in row.topics],
            "language": row.language or view.language,
            "on": str(row.on) if row.on else None,
            "due": str(row.due) if row.due else None,
        }
        for row in view.listed
    ]
    head = {"schema": SCHEMA, "level": view.seen.level}
    lines = ",\n".join(json.dumps(note, ensure_ascii=False) for note in notes)
    text = f'{json.dumps(head, ensure_ascii=False)[:-1]}, "notes": [\n{lines}\n]}}\n'
    return text.encode("utf-8", "replace")
