"""The one function that decides what an audience may see. Whatever leaves begins with it."""

from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kmkit.audience.audiences import Audience
from kmkit.audience.choosing import cards_of, trail_of
from kmkit.audience.protected import Protected
from kmkit.audience.shown import Shown, admits, read_shown
from kmkit.config import Policy
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.note.problem import Problem
from kmkit.note.records import Application
from kmkit.trail.event import Event
from kmkit.trail.fold import by_note


class Others(NamedTuple):
    """What has to be known of the notes that were not looked at."""

    hidden: Container[str] = frozenset()
    """The ids, folded, of those that the circle may not see."""
    tails: Callable[[str], int] | None = None
    """How many of all ids end with these four characters."""


@dataclass(frozen=True)
class Seen:
    """What one audience may see: outputs are made of this, and of nothing else."""

    audience: Audience
    policy: Policy
    notes: Mapping[str, Shown]
    """By id."""
    events: Sequence[Event]
    """The steps of these notes and of the records about them, oldest first."""
    uses: Sequence[Application]
    """Of these notes, newest first."""
    protected: Protected
    """What no text of an output may say."""
    tails: Callable[[str], int]
    """How many ids end with these four characters."""
    problems: Sequence[Problem] = ()
    """Of the notes that were read: for whoever makes the output, never in it."""

    @property
    def level(self) -> str:
        """The circle."""
        return self.audience.level


def seen_of(
    audience: Audience,
    policy: Policy,
    notes: Iterable[Shown],
    *,
    events: Iterable[Event] = (),
    uses: Iterable[Application] = (),
    others: Others = Others(),
    problems: Sequence[Problem] = (),
) -> Seen:
    """What ``audience`` may see of ``notes``, of their ``events`` and of their ``uses``.

    The level comes first, then the names that are protected. ``others`` tells of the notes that
    are not among ``notes``.
    """
    everything = list(notes)
    level = audience.level
    protected = Protected.above(level, policy, everything)
    hidden = {
        shown.note.id
        for shown in everything
        if not admits(policy, level, shown) or protected.in_note(shown.note)
    }
    by_id = {shown.note.id: shown for shown in everything if shown.note.id not in hidden}
    protected = protected.with_ids(hidden, others.hidden)
    past = sorted(events, key=lambda event: event.when)
    used = [a for a in uses if a.note in by_id and not protected.in_text(a.in_, a.because, a.by)]
    return Seen(
        audience=audience,
        policy=policy,
        notes=by_id,
        events=[event for event in past if event.note in by_id or event.about in by_id],
        uses=sorted(used, key=lambda a: (a.on, a.id), reverse=True),
        protected=protected,
        tails=others.tails or Counter(id[-4:] for id in by_id).__getitem__,
        problems=problems,
    )


def see(
    kb: KnowledgeBase, index: Index, audience: Audience, *, ids: Collection[str] | None = None
) -> Seen:
    """What ``audience`` may see of the knowledge base: of the notes with ``ids``, else of all.

    Each note in the version that stands, as its trail proves it. What cannot be read is left out,
    and named in ``problems``.
    """
    if ids is None:
        ids = {row[0] for row in index.query("SELECT coalesce(nullif(id, ''), path) FROM notes")}
    problems: list[Problem] = []
    events = trail_of(index, ids)
    claims = by_note(events)
    notes = [
        shown
        for card in cards_of(index, ids)
        if (shown := read_shown(kb, card.path, claims, problems))
    ]
    return seen_of(
        audience,
        kb.policy,
        notes,
        events=events,
        uses=kb.applications,
        others=Others(_Hidden(kb, index, audience.level, ids), index.tails),
        problems=problems,
    )


class _Hidden:
    """The ids, folded, of the notes that a circle may not see and that were not looked at."""

    def __init__(self, kb: KnowledgeBase, index: Index, level: str, chosen: Collection[str]):
        self._kb, self._index, self._level, self._chosen = kb, index, level, chosen
        self._known: dict[str, bool] = {}

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str) or self._kb.policy.width(self._level) == 0:
            return False
        if word not in self._known:
            self._known[word] = any(self._keeps(id) for id in self._index.like_id(word))
        return self._known[word]

    def _keeps(self, id: str) -> bool:
        """Whether the note with that id is kept back."""
        if id in self._chosen:
            return False
        claims = {id: self._index.trail("note = ?", (id,))}
        read = (read_shown(self._kb, c.path, claims, []) for c in cards_of(self._index, [id]))
        return any(not admits(self._kb.policy, self._level, shown) for shown in read if shown)
