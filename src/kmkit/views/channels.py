"""What went over which channel, as rows of text and as plain values for JSON."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from kmkit.config import Config
from kmkit.index.card import Card
from kmkit.index.dates import OUT

ENOUGH = 2
"""Channels that a note should reach: people miss what comes by one way alone."""
COLUMNS = ("channel", "kind", "level", "notes", "last", "help")
"""Of `rows`."""
FEW_COLUMNS = ("note", "level", "channels", "could_go_to", "owner", "title")
"""Of `few_rows`."""
WENT_COLUMNS = ("on", "note", "level", "audience", "title")
"""Of `went_rows`."""


class Way(NamedTuple):
    """A channel, and what went over it."""

    name: str
    kind: str
    """'' for a channel that notes name and kmkit.toml does not."""
    level: str
    help: str
    notes: int
    last: date | None
    """When something last went there."""


class Few(NamedTuple):
    """A note that reached fewer channels than it should."""

    note: Card
    channels: tuple[str, ...]
    more: tuple[str, ...]
    """Channels that its level lets it go to, and that it did not go to."""


class Went(NamedTuple):
    """A note that went over a channel."""

    on: date
    audience: str
    note: Card


def ways(config: Config, cards: Iterable[Card]) -> list[Way]:
    """Every channel, those of kmkit.toml first, with what went over it."""
    notes: dict[str, int] = {}
    last: dict[str, date] = {}
    for card in cards:
        for name in {entry.channel for entry in card.disseminated}:
            notes[name] = notes.get(name, 0) + 1
        for entry in card.disseminated:
            last[entry.channel] = max(entry.on, last.get(entry.channel, entry.on))
    known = config.channels
    others = sorted(notes.keys() - known.keys())
    return [
        Way(name, way.kind, way.level, way.help, notes.get(name, 0), last.get(name))
        for name, way in known.items()
    ] + [Way(name, "", "", "not in kmkit.toml", notes[name], last.get(name)) for name in others]


def few(
    config: Config, widths: Mapping[str, int], cards: Iterable[Card], least: int = ENOUGH
) -> list[Few]:
    """The notes that readers have and that reached fewer than ``least`` channels, fewest first.

    ``widths``: how wide each level is; an unknown one is the narrowest.
    """
    found = []
    for card in cards:
        went = dict.fromkeys(entry.channel for entry in card.disseminated)
        if card.state in OUT and len(went) < least:
            width = widths.get(card.level, 0)
            more = tuple(
                name
                for name, way in config.channels.items()
                if name not in went and widths.get(way.level, len(widths)) <= width
            )
            found.append(Few(card, tuple(went), more))
    return sorted(found, key=lambda one: (len(one.channels), one.note.id))


def went(cards: Iterable[Card], channel: str) -> list[Went]:
    """What went over ``channel``, newest first."""
    found = [
        Went(entry.on, entry.audience, card)
        for card in cards
        for entry in card.disseminated
        if entry.channel == channel
    ]
    return sorted(found, key=lambda one: (one.on, one.note.id), reverse=True)


def rows(found: Iterable[Way]) -> list[tuple[str, ...]]:
    """A line for each channel."""
    return [
        (way.name, way.kind, way.level, str(way.notes), str(way.last or ""), way.help)
        for way in found
    ]


def few_rows(found: Iterable[Few]) -> list[tuple[str, ...]]:
    """A line for each note that reached too few."""
    return [
        (
            one.note.short,
            one.note.level,
            " ".join(one.channels),
            " ".join(one.more),
            one.note.owner,
            one.note.title,
        )
        for one in found
    ]


def went_rows(found: Iterable[Went]) -> list[tuple[str, ...]]:
    """A line for each time that a note went over a channel."""
    return [
        (str(one.on), one.note.short, one.note.level, one.audience, one.note.title) for one in found
    ]


def values(found: Iterable[Way], reached: Iterable[Few]) -> dict[str, Any]:
    """The channels, and the notes that reached too few: ``kmkit.channels/1``."""
    return {
        "schema": "kmkit.channels/1",
        "channels": [
            {
                "channel": way.name,
                "kind": way.kind or None,
                "level": way.level or None,
                "help": way.help or None,
                "notes": way.notes,
                "last": str(way.last) if way.last else None,
            }
            for way in found
        ],
        "few": [
            {
                "note": one.note.id,
                "title": one.note.title,
                "level": one.note.level,
                "owner": one.note.owner or None,
                "channels": list(one.channels),
                "could_go_to": list(one.more),
            }
            for one in reached
        ],
    }


def channel_values(
    way: Way, found: Iterable[Went], waiting: Sequence[Mapping[str, Any]], *, more: int, older: int
) -> dict[str, Any]:
    """One channel, what went there and what waits for it: ``kmkit.channel/1``."""
    return {
        "schema": "kmkit.channel/1",
        "channel": way.name,
        "kind": way.kind or None,
        "level": way.level or None,
        "went": [
            {
                "note": one.note.id,
                "title": one.note.title,
                "on": str(one.on),
                "audience": one.audience or None,
            }
            for one in found
        ],
        "waiting": list(waiting),
        "more": more,
        "older": older,
    }
