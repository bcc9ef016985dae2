"""The one function that decides what an audience may see. Whatever leaves begins with it."""

from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from kmkit.audience import attached
from kmkit.audience.audiences import Audience
from kmkit.audience.choosing import reaching, trail_of
from kmkit.audience.hidden import Hidden, Named, named_in
from kmkit.audience.keeping import kept, kept_event, kept_use, weighed
from kmkit.audience.protected import Protected, addresses_of, names_above, odd, signs_of
from kmkit.audience.shown import Shown, admits, read_shown
from kmkit.config import Policy
from kmkit.config.leaving import UNSEARCHED
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from kmkit.note.names import Names
from kmkit.note.problem import Problem
from kmkit.text import fold
from kmkit.trail.event import Event
from kmkit.trail.fold import by_note

if TYPE_CHECKING:
    from kmkit.note.records import Application


class Others(NamedTuple):
    """What has to be known of the notes that were not looked at."""

    hidden: Container[str] = frozenset()
    """What means one that the circle may not see: its id, the path and the name of its file,
    folded."""
    odd: Collection[str] = ()
    """Those of the ids that look like any other word."""
    files: Container[str] = frozenset()
    """The paths of the files that they name as evidence or link to."""
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
    uses: "Sequence[Application]"
    """Of these notes, newest first."""
    protected: Protected
    """What no text of an output may say."""
    tails: Callable[[str], int]
    """How many ids end with these four characters."""
    problems: Sequence[Problem] = ()
    """Of the notes that were read: for whoever makes the output, never in it."""
    root: Path | None = None
    """The folder of the knowledge base, None where there is none."""
    elsewhere: Container[str] = frozenset()
    """The files that notes name which the circle may not see."""
    unsearched: Container[str] = UNSEARCHED
    """Endings of files that go along although nobody can look for protected names in them."""

    @property
    def level(self) -> str:
        """The circle."""
        return self.audience.level

    def masked(self, text: str) -> str:
        """``text`` with a sign of omission for what the circle may not see.

        That is protected names, and ids and paths of notes. Notes in ``notes`` are masked already;
        this is for text from anywhere else, such as a reason in the trail.
        """
        return self.protected.masked(text)

    def wanted(self, shown: Shown) -> bool:
        """Whether the audience is interested in the note: in its kind and in one of its topics."""
        kinds, topics = self.audience.kinds, self._topics
        fields = shown.note.fields
        of_kind = not kinds or shown.note.kind in kinds
        return of_kind and (not topics or any(fold(topic) in topics for topic in fields.topics))

    @cached_property
    def _topics(self) -> frozenset[str]:
        return frozenset(map(fold, self.audience.topics))

    def link_target(self, note: Note, href: str) -> str | None:
        """The id of the note that a link in ``note`` means, by its path or by its id.

        None where it means none that the circle may see: it is then shown as plain text.
        """
        return attached.target(note, href, self.notes, self._paths) or None

    @cached_property
    def _paths(self) -> dict[str, str]:
        return {str(shown.note.path): id for id, shown in self.notes.items()}

    def files(self, note: Note) -> tuple[PurePosixPath, ...]:
        """The files below the knowledge base that may go with ``note``.

        They are those that it names as evidence or links to, pictures among them. A file that a
        note names which the circle may not see stays, and so does one that holds a protected name,
        or may hold one.
        """
        return tuple(PurePosixPath(path) for path in self._attached(note) if self._goes(path))

    def unknown_files(self) -> tuple[str, ...]:
        """The files that stay alone for a protected name that they hold, or may hold."""
        if not self.protected.names:
            return ()
        named = (path for shown in self.notes.values() for path in self._attached(shown.note))
        kept = (path for path in named if not self._goes(path))
        return tuple(sorted(set(kept)))

    def _attached(self, note: Note) -> Iterator[str]:
        """The files that a note names and the circle may see, whatever they hold."""
        if self.root is not None:
            for path in dict.fromkeys(attached.named_files(note)):
                hidden = path in self.elsewhere or self.protected.in_text(path)
                if not hidden and attached.is_attachment(self.root, path):
                    yield path

    def _goes(self, path: str) -> bool:
        """Whether an attached file holds no protected name."""
        if path not in self._looked_at and self.root is not None:
            names = self.protected.names
            self._looked_at[path] = attached.may_go(self.root, path, names, self.unsearched)
        return self._looked_at[path]

    @cached_property
    def _looked_at(self) -> dict[str, bool]:
        return {}


def seen_of(
    audience: Audience,
    policy: Policy,
    notes: Iterable[Shown],
    *,
    events: Iterable[Event] = (),
    uses: "Iterable[Application]" = (),
    others: Others = Others(),
    problems: Sequence[Problem] = (),
    protect: Iterable[str] = (),
    people: Iterable[tuple[str, str]] = (),
    root: Path | None = None,
) -> Seen:
    """What ``audience`` may see of ``notes``, of their ``events`` and of their ``uses``.

    The level comes first, then the names that are protected: those in ``protect``, and those that
    the notes name, which never leave the narrowest circle, with the addresses that belong to such
    names among ``people`` (name and address). ``others`` tells of the notes that are not among
    ``notes``.
    """
    everything, wide = list(notes), policy.width(audience.level) > 0
    past = sorted(events, key=lambda event: event.when)
    names = [*protect]
    if wide:
        names += [name for shown in everything for name in shown.note.fields.protect]
    known = {*people, *((event.name, event.email) for event in past)} if names else ()
    protected = Protected(Names([*names, *addresses_of(names, known)]))
    hidden, named = set(), set()
    for shown in everything:
        found = weighed(protected, shown.note)
        if found.hidden or not admits(policy, audience.level, shown):
            hidden.add(shown.note.id)
        if found.named:
            named.add(shown.note.id)
    hidden_notes = [shown.note for shown in everything if shown.note.id in hidden]
    signs = frozenset(sign for note in hidden_notes for sign in signs_of(note.id, str(note.path)))
    looks_plain = Names([*filter(odd, signs), *others.odd])
    protected = Protected(protected.names, signs, others.hidden, looks_plain)
    by_id = {shown.note.id: shown for shown in everything if shown.note.id not in hidden}
    if wide:
        for id, shown in by_id.items():
            by_id[id] = shown._replace(note=kept(protected, shown.note, named=id in named))
    told = (event for event in past if event.note in by_id or event.about in by_id)
    used = [kept_use(protected, use) for use in uses if use.note in by_id]
    return Seen(
        audience=audience,
        policy=policy,
        notes=by_id,
        events=[kept_event(protected, event) if wide else event for event in told],
        uses=sorted(filter(None, used), key=lambda a: (a.on, a.id), reverse=True),
        protected=protected,
        tails=others.tails or Counter(id[-4:] for id in by_id).__getitem__,
        problems=problems,
        root=root,
        elsewhere=named_in(hidden_notes, others.files),
    )


def see(
    kb: KnowledgeBase, index: Index, audience: Audience, *, ids: Collection[str] | None = None
) -> Seen:
    """What ``audience`` may see of the knowledge base: of the notes with ``ids``, else of all.

    Each note in the version that stands, as its trail proves it. What cannot be read is left out,
    and named in ``problems``. Cannot where kmkit.toml protects a name at a level that is none.
    """
    policy, width = kb.policy, kb.policy.width(audience.level)
    protect = list(names_above(kb.config.protect, audience.level, policy))
    if width > 0:
        marked = index.query("SELECT DISTINCT value FROM marks WHERE name = 'protect'")
        protect += [name for (name,) in marked]
    paths = reaching(index, width, ids)
    chosen = frozenset(paths.values())
    problems: list[Problem] = []
    events = trail_of(index, chosen)
    claims = by_note(events)
    read = (read_shown(kb, path, claims, problems) for path in paths)
    notes = [shown for shown in read if shown]
    people = [(person.name, email) for email, person in kb.people.items()] if protect else []
    kept = Names([*protect, *addresses_of(protect, people)])
    admitted = _Admitted(kb, index, audience.level, chosen, kept)
    admitted.seen = {shown.note.id for shown in notes}
    seen = seen_of(
        audience,
        policy,
        notes,
        events=events,
        uses=kb.applications,
        others=_others(index, admitted) if width else Others(tails=index.tails),
        problems=problems,
        protect=protect,
        people=people,
        root=kb.root,
    )
    return replace(seen, unsearched=kb.config.attachments.endings)


def _others(index: Index, admitted: Container[str]) -> Others:
    """What has to be known of the notes that a circle may not see."""
    hidden = Hidden(index, admitted)
    return Others(hidden, hidden.odd, Named(index, admitted), index.tails)


class _Admitted:
    """The ids of the notes that a circle may see, chosen or not."""

    def __init__(
        self, kb: KnowledgeBase, index: Index, level: str, chosen: Collection[str], names: Names
    ) -> None:
        self._kb, self._index, self._level = kb, index, level
        self._chosen, self._names = chosen, names
        self.seen: Collection[str] = chosen
        """Those that were chosen and may be seen."""
        self._known: dict[str, bool] = {}

    def __contains__(self, id: object) -> bool:
        if not isinstance(id, str) or id in self._chosen:
            return id in self.seen
        if id not in self._known:
            self._known[id] = self._reaches(id)
        return self._known[id]

    def _reaches(self, id: str) -> bool:
        """Whether every file of the note may be shown, as the trail proves it."""
        claims = {id: self._index.trail("note = ?", (id,))}
        paths = reaching(self._index, 0, [id])
        read = [read_shown(self._kb, path, claims, []) for path in paths]
        policy, protected = self._kb.policy, Protected(self._names)
        return all(
            shown
            and admits(policy, self._level, shown)
            and not weighed(protected, shown.note).hidden
            for shown in read
        )
