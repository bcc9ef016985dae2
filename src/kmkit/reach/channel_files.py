"""What a channel that is a folder or a feed holds: a page for each note, their list, a feed."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from kmkit.audience.seeing import Seen
from kmkit.audience.shown import Shown
from kmkit.config.leaving import Channel
from kmkit.errors import Cannot
from kmkit.index.dates import OUT
from kmkit.kb import KnowledgeBase
from kmkit.kb.links import links
from kmkit.text import one_line
from kmkit.views import channel as view
from kmkit.views.environment import rendering
from kmkit.views.feed import Entry, Feed, atom, noon
from kmkit.views.site.naming import safe

FEED = "feed.xml"
_LATEST = 50
"""Entries of a feed."""


class Held(NamedTuple):
    """A note, and the file with its page, '' where it has none."""

    shown: Shown
    file: str


def files_of(
    kb: KnowledgeBase, name: str, channel: Channel, seen: Seen, going: Collection[str]
) -> dict[str, bytes]:
    """The files of the channel ``name``, as name -> content.

    They hold what readers have of what its circle may see, and the notes ``going`` out now.
    Raises Cannot for a feed of notes that have no web address.
    """
    notes = [
        one
        for one in seen.notes.values()
        if seen.wanted(one) and (one.state in OUT or one.note.id in going)
    ]
    notes.sort(key=lambda one: (_day(kb, one), one.note.id), reverse=True)
    language = seen.audience.language or kb.config.organisation.language
    if channel.kind == "feed":
        return {FEED: _feed(kb, name, [Held(one, "") for one in notes], language)}
    held = [Held(one, f"{safe(one.note.id)}.html") for one in notes]
    return {FEED: _feed(kb, name, held, language)} | {
        file: text.encode() for file, text in _pages(kb, channel, held, language).items()
    }


def _pages(
    kb: KnowledgeBase, channel: Channel, held: Sequence[Held], language: str
) -> dict[str, str]:
    """The page of each note, and the list of them."""
    name, address = kb.config.organisation.name, links(kb)
    rows = [(file, view.told(shown, address, language=language)) for shown, file in held]
    with rendering("channels", kb.root, language=language) as render:
        pages = {
            file: view.page(
                render,
                shown,
                link=address,
                organisation=name,
                language=language,
                template=channel.template,
            )
            for shown, file in held
        }
        return pages | {"index.html": view.contents(render, rows, organisation=name)}


def _feed(kb: KnowledgeBase, name: str, held: Sequence[Held], language: str) -> bytes:
    """The newest notes as a feed."""
    address, channel = links(kb), kb.config.channels[name]
    entries = [
        Entry(
            id=shown.note.id,
            title=shown.note.title,
            href=file or _needed(address(shown.note)),
            updated=noon(_day(kb, shown)),
            summary=one_line(shown.note.fields.summary),
            topics=shown.note.fields.topics,
            language=one_line(shown.note.fields.language),
        )
        for shown, file in held[:_LATEST]
    ]
    return atom(
        Feed(
            id=f"channel {name} of {kb.config.organisation.name}",
            title=kb.config.organisation.name,
            subtitle=channel.help,
            home="index.html" if held and held[0].file else (entries[0].href if entries else ""),
            own=f"{channel.address}{FEED}" if channel.address else "",
            language=language,
            entries=entries,
        )
    )


def _needed(address: str | None) -> str:
    if not address:
        raise Cannot(
            "The notes have no web address, and a feed has to lead to them.",
            'Write [links] note = "https://…/{path}" in kmkit.toml; or use a channel of kind '
            "folder, which holds the notes themselves.",
        )
    return address


def _day(kb: KnowledgeBase, shown: Shown) -> date:
    """When the note last went out; today where it goes now."""
    return max((entry.on for entry in shown.note.fields.disseminated), default=kb.today)
