"""One file as the rows that the index has of it: read, checked, and made plain."""

from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from kmkit.errors import Cannot
from kmkit.index import dates
from kmkit.index.card import Card, packed, returns
from kmkit.index.carding import card_of, known_card
from kmkit.index.keeping.grounds import Grounds
from kmkit.index.reasons import hidden, reapproved
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.lifecycle.rounds import to_settle
from kmkit.lifecycle.standing import overlaid
from kmkit.lifecycle.states import State
from kmkit.note.checks import CheckContext, check
from kmkit.note.model import Note
from kmkit.note.problem import Problem
from kmkit.note.reading import read, unopened
from kmkit.note.references import is_file, linked
from kmkit.text import fold, one_line
from kmkit.trail.git import Git

if TYPE_CHECKING:
    from kmkit.index.keeping.searched import Words

_CAPTURED = State.CAPTURED  # to ask the class for it takes longer than to compare


class Entered(NamedTuple):
    """A note as the index keeps it."""

    columns: tuple[str | int, ...]
    """Those of the table ``notes`` behind ``seen``."""
    cards: tuple[str, str | None, str, str]
    """Those of the table ``cards``."""
    marks: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    problems: tuple[tuple[int, int, str, str, str, str], ...]
    words: "Words | None" = None
    """As it is searched; None where nobody asked for that."""


class Recorded(NamedTuple):
    """A record as the index keeps it: the columns of the table ``records`` behind ``seen``."""

    kind: str
    id: str
    note: str
    card: str | None
    errors: int


class _Any(dict[str, tuple[str, ...]]):
    """Ids among which every id is: whether one leads anywhere is not told by one file alone."""

    def __contains__(self, key: object) -> bool:
        return True


class Entering:
    """What the files of one knowledge base are read by."""

    def __init__(self, root: Path, grounds: Grounds, *, words: bool = False) -> None:
        self.root = root
        self.grounds = grounds
        self.rules = grounds.rules
        self.words = words
        """Whether notes are wanted as they are searched, too."""
        self._drifted = False
        self._context = CheckContext(
            grounds, grounds, grounds.kinds, {}, _Any(), approved=lambda note: not self._drifted
        )

    @cached_property
    def _git(self) -> Git:
        return Git.near(self.root)

    def note(self, path: str, data: bytes | Cannot) -> Entered:
        """The note in a file, or with the reason why the file cannot be opened."""
        place = PurePosixPath(path)
        note = unopened(place, data) if isinstance(data, Cannot) else read(data, place)
        card = known_card(note, self.grounds, self.grounds.kinds)
        self._drifted = card.drifted
        standing = self._standing(note)
        shown = self._shown(note, standing, card)
        problems = [*note.problems, *check(note, self._context)]
        print_ = self._print(note)
        return Entered(
            self.columns(card, shown),
            (
                packed(card),
                packed(shown) if shown is not card else None,
                print_,
                print_ if standing is note else self._print(standing) if standing else "",
            ),
            tuple(
                marks_of(card, shown, problems)
                | _special(note, standing)
                | self._waits(note, print_)
            ),
            linked(note),
            tuple([(p.line, p.col, p.rule, p.severity, p.message, p.mend) for p in problems]),
            self._words(card, shown, standing) if self.words else None,
        )

    def _words(self, card: Card, shown: Card, standing: Note | None) -> "Words":
        from kmkit.index.keeping.searched import below, searched

        text = below(standing.data) if standing else ""
        return searched(shown, text, self._language(shown), card.state)

    def _standing(self, note: Note) -> Note | None:
        """The version that stands, None where git has it not."""
        if note.fields.in_force is None or note.state != _CAPTURED:
            return note
        try:
            return overlaid(note, read(self._git.blob(note.fields.in_force.blob), note.path))
        except Cannot:
            return None

    def _shown(self, note: Note, standing: Note | None, card: Card) -> Card:
        """The card of the version that stands; the file's own where git has it not."""
        if standing is None or standing is note:
            return card
        shown = card_of(standing, self.grounds, self.grounds.kinds)
        return shown._replace(
            own_id=card.own_id, path=card.path, in_force=card.in_force, conflict=card.conflict
        )

    def _print(self, note: Note) -> str:
        return fingerprint(note, self.grounds.guidance(note.kind))

    def _waits(self, note: Note, print_: str) -> set[tuple[str, str]]:
        """Whether only the last step of its validation is left to be taken."""
        judged = bool(note.fields.verdicts) and not note.problems
        return {("settle", "")} if judged and to_settle(note, print_, self.grounds) else set()

    def columns(self, card: Card, shown: Card) -> tuple[str | int, ...]:
        """Those of the table ``notes`` behind ``seen``, of a note and the version that stands."""
        limit, since = self.rules.waiting.get(card.state), dates.entered(card)
        reviewed = dates.last_review(card)
        due = dates.due_after(reviewed, card, self.rules)
        revised = card.state == _CAPTURED and card.in_force is not None
        put_off = card.deferred.on if card.deferred else None
        latest = dates.latest_day(card)
        return (
            one_line(card.own_id),
            one_line(shown.title),
            fold(one_line(shown.title)),
            one_line(shown.kind),
            one_line(shown.owner),
            one_line(shown.level),
            self.rules.width(shown.level),
            fold(shown.unit),
            self._language(shown),
            dates.standing_state(card),
            int(revised),
            card.state,
            _iso(dates.id_date(card)),
            _iso(due),
            _iso(limit.after(since) if limit and since else None),
            _iso(since or reviewed),
            _iso(max(latest, put_off) if latest and put_off else latest or put_off),
            _iso(reapproved(card)),
            int(self._odd(card, due, since)),
            int(card.drifted),
            card.errors,
        )

    def _language(self, card: Card) -> str:
        return (card.language or self.rules.language).casefold()

    def _odd(self, card: Card, due: date | None, since: date | None) -> bool:
        """Whether the note may need a person for a reason that no other column tells."""
        if not card.owner or card.superseded_by or card.flaw or card.conflict:
            return True
        told = due and (since or card.state in dates.OUT)  # that asks for all its dates
        return not told and bool(hidden(card, self.rules, None))

    def record(self, path: str, data: bytes | Cannot) -> Recorded:
        """The record in a file; what cannot be read is counted."""
        from kmkit.note.records import kind_at, read_record

        place = PurePosixPath(path)
        kind = kind_at(place)
        if isinstance(data, Cannot):
            return Recorded(kind, "", "", None, 1)
        record, found = read_record(data, place)
        errors = sum(problem.severity == "error" for problem in found)
        if record is None:
            return Recorded(kind, "", "", None, errors)
        card = record.model_dump_json(by_alias=True)
        return Recorded(kind, record.id, record.about, card, errors)


def marks_of(card: Card, shown: Card, problems: list[Problem]) -> set[tuple[str, str]]:
    """What the note has several of; topics and methods are those of the version that stands."""
    found = [("topic", fold(topic)) for topic in shown.topics]
    methods = [shown.gathered_method, *[entry.method for entry in card.verdicts]]
    found += [("method", method) for method in methods if method]
    if card.state == _CAPTURED:
        found += [("asked", entry.to) for entry in card.asked]
        found += [("returned", card.owner)] if returns(card) else []
    found += [("problem", problem.rule) for problem in problems]
    return set(found)


def _special(note: Note, standing: Note | None) -> set[tuple[str, str]]:
    """What few notes have.

    Names to protect, files as evidence, a question to the readers, a version in force that git
    has not.
    """
    found = [("protect", name) for name in note.fields.protect]
    found += [("evidence", address) for address in note.fields.evidence if is_file(address)]
    found += [("question", "")] if note.raw.get("x_question") else []
    found += [("lost", "")] if standing is None else []
    return set(found)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
