"""Finding notes by words and by what their fields say: one pass over the notes, each read once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import NamedTuple

from kmkit.config import Policy
from kmkit.errors import UsageError
from kmkit.index.dates import due_date, id_date, is_overdue, standing, standing_state
from kmkit.lifecycle.states import State
from kmkit.note.kinds import Kind
from kmkit.note.model import Note
from kmkit.text import did_you_mean, fold

OVERDUE, STALE, REVISED = "overdue", "stale", "revised"
STATES = (*State, OVERDUE, STALE, REVISED)
"""What ``state:`` can ask for: the states, overdue, in need of a person, being revised."""


@dataclass(frozen=True)
class Query:
    """What is looked for: of each field any of its values, and all of the words."""

    words: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    """Addresses, or parts of them."""
    level: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    level_at_least: str = ""

    @classmethod
    def parse(cls, words: Iterable[str], *, me: str = "") -> "Query":
        """The query in words such as ``fuel kind:lesson owner:me level>=domestic``.

        ``owner:me`` is the owner whose address ``me`` is. A word with a colon that names no field
        is a word.
        """
        said: dict[str, tuple[str, ...]] = {}
        least = ""
        for word in filter(str.strip, words):
            name, colon, value = word.partition(":")
            if word.startswith("level>="):
                least = word.removeprefix("level>=")
            elif colon and value and name in _FIELDS:
                value = me if me and (name, value) == ("owner", "me") else value
                said[name] = (*said.get(name, ()), value)
            else:
                said["words"] = (*said.get("words", ()), word)
        return cls(**said, level_at_least=least)

    def checked(self, policy: Policy, kinds: Collection[str]) -> "Query":
        """The same query; UsageError for a kind, state or level that does not exist."""
        levels = (*self.level, self.level_at_least) if self.level_at_least else self.level
        for name, values, known in (
            ("kind", self.kind, tuple(kinds)),
            ("state", self.state, STATES),
            ("level", levels, policy.levels),
        ):
            for value in values:
                if value not in known:
                    mend = did_you_mean(value, known) or f"Known: {', '.join(known)}."
                    raise UsageError(f"There is no {name} '{value}'.", mend)
        return self


_FIELDS = tuple(f.name for f in fields(Query) if f.name not in ("words", "level_at_least"))


class Row(NamedTuple):
    """A note that was found, with what lists say of it."""

    note: Note
    """The version that stands."""
    state: str
    """The state of the version that stands."""
    standing: str
    """The state in words, with 'being revised' and 'overdue' beside it."""
    revised: bool
    """Whether a revision of the note is under way."""
    overdue: bool
    """Whether its review was due before today."""
    due: date | None
    captured: date | None


def row(note: Note, shown: Note, kinds: Mapping[str, Kind], today: date) -> Row:
    """The row of ``note`` as its file stands; ``shown`` is the version that people are shown."""
    kind = kinds.get(note.kind)
    return Row(
        shown,
        standing_state(note),
        standing(note, kind, today),
        note.state == State.CAPTURED and note.fields.in_force is not None,
        is_overdue(note, kind, today),
        due_date(note, kind, today),
        id_date(note),
    )


def find(
    rows: Iterable[Row],
    query: Query,
    *,
    policy: Policy,
    stale: Collection[str] = (),
    language: str = "",
) -> Iterator[Row]:
    """The rows that ``query`` asks for, in their order.

    ``stale`` holds the ids that ``state:stale`` means; ``language`` is that of notes that do not
    say theirs.
    """
    words = tuple(fold(word) for word in query.words)
    topics = frozenset(fold(topic) for topic in query.topic)
    owners = tuple(owner.casefold() for owner in query.owner)
    units = tuple(fold(unit) for unit in query.unit)
    least = policy.width(query.level_at_least)
    for found in rows:
        note, said = found.note, found.note.fields
        if (
            (not query.kind or note.kind in query.kind)
            and (not query.state or _in_state(found, query.state, stale))
            and (not owners or any(owner in note.owner for owner in owners))
            and (not query.level or note.level in query.level)
            and (not topics or any(fold(topic) in topics for topic in said.topics))
            and (not units or any(unit in fold(said.unit or "") for unit in units))
            and (not query.language or _speaks(said.language or language, query.language))
            and policy.width(note.level) >= least
            and _matches(note, words)
        ):
            yield found


def _in_state(found: Row, wanted: tuple[str, ...], stale: Collection[str]) -> bool:
    """Whether a row is in one of the states; a revision is captured beside what stands."""
    also = {
        OVERDUE: found.overdue,
        REVISED: found.revised,
        State.CAPTURED: found.revised,
        STALE: found.note.id in stale,
    }
    return found.state in wanted or any(so and name in wanted for name, so in also.items())


def _speaks(language: str, wanted: tuple[str, ...]) -> bool:
    """Whether a note is in one of the languages; 'fr' takes 'fr-CA' too."""
    tongue = language.casefold()
    return any(tongue == w or tongue.startswith(f"{w}-") for w in map(str.casefold, wanted))


def _matches(note: Note, words: tuple[str, ...]) -> bool:
    """Whether all words stand in the note: its id, title, summary, topics or text."""
    if not words:
        return True
    said = note.fields
    parts = [note.id, note.title, said.summary or "", said.matters_to or "", *said.topics]
    parts.append(note.preamble)
    parts += [part for section in note.sections for part in (section.heading, section.text)]
    text = fold("\n".join(parts))
    return all(word in text for word in words)


SORTS = ("captured", "title", "state", "owner", "kind", "level", "due")
"""What rows can be sorted by; captured is newest first, the others lowest first."""


def ordered(rows: Iterable[Row], by: str, policy: Policy) -> list[Row]:
    """The rows sorted by one of `SORTS`; what has no value comes last."""

    def key(found: Row) -> tuple[bool, int | str | date, str]:
        """What a row is sorted by, then its title."""
        note = found.note
        values: dict[str, int | str | date] = {
            "captured": -(found.captured or date.min).toordinal(),
            "state": _STEP.get(found.state, len(_STEP)),
            "owner": note.owner,
            "kind": note.kind,
            "level": policy.width(note.level),
            "due": found.due or date.max,
        }
        value = values.get(by, "")
        return value == "", value, fold(note.title)

    return sorted(rows, key=key)


_STEP = {str(state): step for step, state in enumerate(State)}
