"""A knowledge base on disk: where it is, what is in it, and what its trail says."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeVar, overload

from kmkit.config import Config, Policy
from kmkit.errors import Cannot, Refused
from kmkit.kb.history import as_merged
from kmkit.kb.shelves import Shelves
from kmkit.kb.tables import committed_policy_of, config_of, policy_of
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.lifecycle.standing import overlaid
from kmkit.lifecycle.states import State
from kmkit.note.finding import as_path, pick, read_ids
from kmkit.note.kind import Kind
from kmkit.note.model import Note
from kmkit.note.reading import read, unopened
from kmkit.places import find_root, read_plain
from kmkit.trail.event import Event, parse
from kmkit.trail.fold import Claim, fold
from kmkit.trail.git import Git
from kmkit.trail.log import events, named

if TYPE_CHECKING:
    from kmkit.kb.moving import Moved
    from kmkit.note.records import Application, Record
    from kmkit.note.records import Person as Profile

R = TypeVar("R", bound="Record")


class KnowledgeBase:
    """The folder that holds kmkit.toml, with its notes, its rules and its trail.

    ``now`` is the clock: the day from which reviews are due, and the date of new commits.
    ``actor`` is who acts; by default whoever git says. With ``dry_run`` a move is judged and
    worked out in full, and nothing is written.
    """

    def __init__(
        self,
        root: Path,
        *,
        now: datetime | None = None,
        actor: Person | None = None,
        dry_run: bool = False,
    ) -> None:
        self.root = root
        self.now = now or datetime.now().astimezone()
        self.dry_run = dry_run
        self.finder: Callable[[str, Path | None], PurePosixPath] | None = None
        """Tells the path of the note that a word means, sooner than by looking into every file."""
        self.told: Callable[[str, str], Sequence[str] | None] | None = None
        """Names the commits that hold the steps of a note, up to a commit, sooner than by looking
        through the history; None where it does not know. What they say is read from git."""
        self._actor = actor

    @classmethod
    def find(
        cls,
        start: Path,
        *,
        now: datetime | None = None,
        actor: Person | None = None,
        dry_run: bool = False,
    ) -> "KnowledgeBase":
        """The knowledge base that ``start`` lies in; Cannot where there is none."""
        return cls(find_root(start), now=now, actor=actor, dry_run=dry_run)

    @property
    def today(self) -> date:
        """The day by the knowledge base's clock."""
        return self.now.date()

    # Its rules

    @cached_property
    def config(self) -> Config:
        """kmkit.toml."""
        return config_of(self)

    @cached_property
    def policy(self) -> Policy:
        """policy.toml as its file stands."""
        return policy_of(self)

    @property
    def committed_policy(self) -> Policy:
        """policy.toml as it is committed, which is the one that moves are judged by."""
        return committed_policy_of(self)

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """Every kind of note that has a template, by name."""
        from kmkit.note.kinds import kind_names, load_kind

        return {name: load_kind(name, self.root) for name in kind_names(self.root)}

    def kind(self, note: Note) -> Kind:
        """The kind of ``note``; Refused where there is no such kind."""
        if note.kind in self.kinds:
            return self.kinds[note.kind]
        raise Refused(
            f"{note.path}: there is no kind '{note.kind}'.", f"Kinds: {', '.join(self.kinds)}."
        )

    def guidance(self, note: Note) -> frozenset[str]:
        """The comments of the note's kind, which are no substance."""
        kind = self.kinds.get(note.kind)
        return kind.guidance if kind else frozenset()

    # git

    @cached_property
    def git(self) -> Git:
        """The repository; Cannot where there is none."""
        return Git.near(self.root)

    @cached_property
    def actor(self) -> Person:
        """Who acts."""
        return self._actor or self.git.identity()

    def repo_path(self, path: PurePosixPath) -> str:
        """A path of the knowledge base as the repository names it."""
        inside = self.root.resolve().relative_to(self.git.top.resolve())
        return PurePosixPath(inside.as_posix(), path).as_posix()

    # Notes

    def note_paths(self) -> Iterator[PurePosixPath]:
        """The path of every note, sorted."""
        return self.markdown("notes")

    def markdown(self, folder: str) -> Iterator[PurePosixPath]:
        """The path of every Markdown file below ``folder``, sorted; hidden ones left out."""
        for here, folders, files in os.walk(self.root / folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            place = PurePosixPath(Path(here).relative_to(self.root).as_posix())
            for name in sorted(files):
                if name.endswith(".md") and not name.startswith("."):
                    yield place / name

    def notes(self) -> Iterator[Note]:
        """Every note as its file stands; one that cannot be opened is a note with a problem."""
        for path in self.note_paths():
            try:
                yield self.read(path)
            except Cannot as error:
                yield unopened(path, error)

    def read(self, path: PurePosixPath) -> Note:
        """The note in the file ``path``; Cannot where the file cannot be read."""
        try:
            return read(read_plain(self.root / path), path)
        except FileNotFoundError:
            raise Cannot(f"There is no file {path}.", "See kmkit list.") from None
        except OSError as error:
            raise Cannot(f"{path} cannot be read: {error.strerror}.") from None

    @cached_property
    def ids(self) -> dict[str, tuple[str, ...]]:
        """Every id, and the paths of the files that hold it."""
        return read_ids(self.root, self.note_paths())

    def resolve(self, ref: str, *, folder: Path | None = None) -> Note:
        """The note that ``ref`` means: an id, a unique part of one, or a path.

        UsageError names the candidates where it means several, and near ids where it means none.
        """
        if self.finder:
            return self.read(self.finder(ref, folder))
        return self.read(self.as_path(ref, folder) or PurePosixPath(pick(ref, self.ids)))

    def as_path(self, ref: str, folder: Path | None = None) -> PurePosixPath | None:
        """``ref`` as the path of an existing file below the knowledge base, or None."""
        return as_path(self.root, ref, folder)

    def standing(self, note: Note) -> Note:
        """The version to show: the one in force while the note is being revised, else itself."""
        if note.fields.in_force is None or note.state != State.CAPTURED:
            return note
        return overlaid(note, read(self.git.blob(note.fields.in_force.blob), note.path))

    # People and records

    @cached_property
    def shelves(self) -> Shelves:
        """The files of people/ and records/."""
        return Shelves(self.root, self.markdown)

    @overload
    def records(self, kind: str) -> "tuple[Record, ...]":
        """By the name of the kind."""

    @overload
    def records(self, kind: type[R]) -> tuple[R, ...]:
        """By its model."""

    def records(self, kind: str | type[R]) -> "tuple[Record, ...] | tuple[R, ...]":
        """The records of a kind, by path; the kind by its name or by its model."""
        name = kind if isinstance(kind, str) else str(kind.model_fields["kind"].default)
        return self.shelves.records(name)

    @property
    def people(self) -> "dict[str, Profile]":
        """The people of people/, by e-mail in lower case."""
        return self.shelves.people

    @property
    def applications(self) -> "list[Application]":
        """Every reported use of a note, with what came of it; not what is only planned."""
        return self.shelves.applications

    # The trail

    def events(self, note: Note | None = None) -> list[Event]:
        """The moves in the history, oldest first; of one note, or of all."""
        known = self.told(note.id, self.git.tip()) if self.told and note else None
        if note is None or known is None:
            return events(self.git, note.id if note else "")
        found = (parse(sha, raw) for sha, raw in named(self.git, known))
        return [event for event in found if event and event.note == note.id]

    def claim(self, note: Note) -> Claim:
        """Where the note stands by its trail."""
        return as_merged(self, note, fold(self.events(note)))

    # What changes it

    def forget(self) -> None:
        """Drop what was read of notes and records: the files have changed."""
        for name in ("ids", "shelves"):
            self.__dict__.pop(name, None)

    def move(
        self, verb: str, note: Note, request: Request | None = None, *, data: bytes | None = None
    ) -> "Moved":
        """Move ``note`` and commit it; Refused, with nothing changed, where a guard objects.

        ``data`` is the new content of the file, for ``edit`` and ``reword``, and what ``format``
        put in order.
        """
        from kmkit.kb.moving import move

        return move(self, verb, note, request or Request(), data=data)

    def capture(
        self,
        fields: Mapping[str, object],
        body: str,
        *,
        attach: Sequence[Path] = (),
        on_behalf_of: str = "",
    ) -> "Moved":
        """Write a new note and commit it, with the files attached to it."""
        from kmkit.kb.capturing import capture

        return capture(self, fields, body, attach=attach, on_behalf_of=on_behalf_of)

    def adopt(self, path: PurePosixPath) -> "Moved":
        """Capture the note in a file that somebody wrote by hand."""
        from kmkit.kb.capturing import adopt

        return adopt(self, path)

    def apply(
        self,
        note: Note,
        *,
        where: str,
        outcome: str,
        because: str,
        on: date | None = None,
        evidence: Sequence[str] = (),
        attach: Sequence[Path] = (),
        changed: str = "",
    ) -> PurePosixPath:
        """Record that ``note`` was used and what came of it; the path of the record."""
        from kmkit.kb.applying import apply

        return apply(
            self,
            note,
            where=where,
            outcome=outcome,
            because=because,
            on=on,
            evidence=evidence,
            attach=attach,
            changed=changed,
        )
