"""Channels: what waits for each, and bringing it there."""

from collections.abc import Collection, Container
from dataclasses import dataclass
from datetime import date

from kmkit.audience.audiences import Audience, audience_of
from kmkit.audience.seeing import Seen, see
from kmkit.audience.shown import Shown
from kmkit.config.leaving import WEBHOOKS, Channel
from kmkit.errors import Cannot, KmkitError, UsageError
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.states import State
from kmkit.period import Period
from kmkit.reach import folder
from kmkit.reach.channel_files import files_of
from kmkit.reach.recording import Left, Recorded, record
from kmkit.text import as_typed, did_you_mean, one_line

FOLDERS = ("folder", "feed")
"""The kinds of channels that `bring` writes."""
SENDABLE = (*WEBHOOKS, *FOLDERS)
"""The kinds of channels that kmkit brings notes to."""
RECENT = Period(months=-1)
"""How long a note counts as new to a channel that never had it."""


@dataclass(frozen=True)
class Waiting:
    """What is to go to a channel."""

    name: str
    channel: Channel
    seen: Seen
    """What the channel's circle may see."""
    notes: tuple[Shown, ...]
    """Those that go now, the longest waiting first."""
    more: int = 0
    """How many wait for the next time, since one message does not hold them."""
    older: int = 0
    """How many never went there, but became ready before the days that were asked for."""
    left: tuple[Left, ...] = ()
    """Those that cannot go, and why."""

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the notes that go."""
        return tuple(shown.note.id for shown in self.notes)


@dataclass(frozen=True)
class Brought:
    """What was done for a channel."""

    said: str
    """In one sentence."""
    recorded: Recorded


def channel_of(kb: KnowledgeBase, name: str) -> Channel:
    """The channel ``name`` of kmkit.toml; UsageError where there is none."""
    found = kb.config.channels.get(name)
    if found is None:
        known = ", ".join(kb.config.channels) or "none yet"
        near = did_you_mean(name[:80], kb.config.channels) or f"In kmkit.toml: {known}."
        raise UsageError(f"There is no channel '{one_line(name)}'.", near)
    return found


def waiting(
    kb: KnowledgeBase,
    name: str,
    *,
    since: date | None = None,
    told: Container[str] = (),
    again: Collection[str] = (),
) -> Waiting:
    """What is to go to the channel ``name``: ready notes that never went there.

    Only what its circle may see and its audience is interested in. ``since``: notes that became
    ready before are left out; by default those of more than a month ago, where a channel gets
    messages. ``told``: the ids of notes that went there by the ledger. ``again``: those of a
    message that was begun before; no others then. Raises UsageError for a channel that there is
    not.
    """
    channel = channel_of(kb, name)
    snapshot = channel.kind in FOLDERS
    since = since or (date.min if snapshot or again else RECENT.after(kb.today))
    with Index.open(kb.root, today=kb.today) as index:  # closed before any note is moved
        fresh = {
            card.id
            for card in index.cards("state IN (?, ?, ?)", _READY)
            if name not in {entry.channel for entry in card.disseminated}
            and (card.id in again if again else card.id not in told)
        }
        seen = see(kb, index, _audience(kb, channel), ids=None if snapshot else fresh)
    wanted = [seen.notes[id] for id in fresh if id in seen.notes and seen.wanted(seen.notes[id])]
    ready = _days(seen)
    days = {shown.note.id: ready.get(shown.note.id, kb.today) for shown in wanted}
    new = [shown for shown in wanted if days[shown.note.id] >= since]
    new.sort(key=lambda shown: (days[shown.note.id], shown.note.id))
    able, left = _rehearsed(kb, name, channel, new)
    most = len(able) if snapshot else channel.max_notes
    return Waiting(
        name=name,
        channel=channel,
        seen=seen,
        notes=tuple(able[:most]),
        more=len(able[most:]),
        older=len(wanted) - len(new),
        left=tuple(left),
    )


def bring(kb: KnowledgeBase, what: Waiting) -> Brought:
    """Write what a channel's circle may see to its folder, then record what waited for it.

    Raises UsageError for a channel that people bring notes to, Cannot for what stops it.
    """
    kind = what.channel.kind
    if kind == "mail":
        raise UsageError(
            f"{what.name} is mail.", "kmkit digest --send --for AUDIENCE sends it, and records it."
        )
    if kind not in FOLDERS:
        raise UsageError(
            f"kmkit does not write to channels of the kind {one_line(kind)}.",
            "Once it has happened, record it: kmkit disseminate NOTE --channel "
            f"{as_typed(what.name)}.",
        )
    said = _written(kb, what)
    recorded = record(kb, what.ids, channel=what.name, audience=what.channel.audience)
    return Brought(said, recorded)


_READY = (str(State.FORMATTED), str(State.DISSEMINATED), str(State.MAINTAINED))


def _audience(kb: KnowledgeBase, channel: Channel) -> Audience:
    """Who reads a channel: its audience, at the wider of the two levels."""
    if channel.level not in kb.policy.levels:
        near = did_you_mean(channel.level[:80], kb.policy.levels)
        raise Cannot(
            f"kmkit.toml: a channel has the level '{one_line(channel.level)}', which there is not.",
            near or f"The levels are {', '.join(kb.policy.levels)}.",
        )
    circle = Audience(channel.level)
    if not channel.audience:
        return circle
    audience = audience_of(kb.config, kb.policy, channel.audience)
    return audience._replace(level=max(circle.level, audience.level, key=kb.policy.width))


def _days(seen: Seen) -> dict[str, date]:
    """Note -> the day on which it became ready for readers, where its trail tells."""
    ready = (event for event in seen.events if event.to_state == State.FORMATTED)
    return {event.note: event.when.date() for event in ready}


def _rehearsed(
    kb: KnowledgeBase, name: str, channel: Channel, notes: list[Shown]
) -> tuple[list[Shown], list[Left]]:
    """The notes of which it can be recorded that they went there, and the others."""
    trying = KnowledgeBase(kb.root, now=kb.now, actor=kb.actor, dry_run=True)
    able: list[Shown] = []
    left: list[Left] = []
    for shown in notes:
        try:
            note = trying.resolve(shown.note.id)
            trying.move("disseminate", note, Request(channel=name, audience=channel.audience))
            able.append(shown)
        except KmkitError as error:
            left.append(Left(shown.note.id, shown.note.title, str(error)))
    return able, left


def _written(kb: KnowledgeBase, what: Waiting) -> str:
    """Write what the circle may see to the channel's folder; what was done."""
    place = folder.place_of(kb.root, what.channel.folder)
    files = files_of(kb, what.name, what.channel, what.seen, what.ids)
    came, went = folder.put(place, what.name, files)
    return f"{place}: {came} {'file' if came == 1 else 'files'} written, {went} removed."
