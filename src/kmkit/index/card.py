"""What the index knows of a note, a person or a use: plain values, cheap to keep and to read."""

import json
from datetime import date
from typing import NamedTuple

from kmkit.period import Period
from kmkit.text import address_key, as_typed


class Judged(NamedTuple):
    """One verdict, without the fingerprint that it binds."""

    on: date
    by: str
    method: str
    verdict: str
    because: str
    topic: str
    decided_by: str
    same_as: bool
    """Whether it confirms the meaning of a text that was approved before."""


class Asked(NamedTuple):
    """A request to validate the note."""

    on: date
    to: str
    by: str
    due: date | None


class Sent(NamedTuple):
    """One time that the note was brought to people."""

    on: date
    channel: str
    audience: str


class Looked(NamedTuple):
    """The last time that somebody confirmed that the note still holds."""

    on: date
    by: str
    because: str


class Deferred(NamedTuple):
    """A review that was put off."""

    until: date
    on: date


class Standing(NamedTuple):
    """The approved version that stands while the note is being revised."""

    state: str
    since: date | None
    blob: str
    """git's name of that version of the file."""


class Card(NamedTuple):
    """One note, as one version of its file has it.

    Texts are '' and days None where the file does not say them. Its attributes are named like
    those of `kmkit.note.model.Note`, so that what needs no more takes either.
    """

    n: int
    """The number of its row in the index."""
    path: str
    """Relative to the knowledge base, with ``/``."""
    own_id: str
    """The id in the file, '' where there is none."""
    title: str
    """The file's name where there is none."""
    kind: str
    state: str
    """As the file claims it."""
    owner: str
    """In lower case, like all addresses here."""
    backup: str
    level: str
    unit: str
    language: str
    summary: str
    matters_to: str
    topics: tuple[str, ...]
    sources: tuple[str, ...]
    authors: tuple[str, ...]
    gathered_on: date | None
    gathered_method: str
    gathered_by: str
    gathered_from: str
    review_every: Period | None
    """None: as its kind says."""
    translation_of: str
    derived_from: tuple[str, ...]
    supersedes: tuple[str, ...]
    superseded_by: str
    repeats: tuple[str, ...]
    verdicts: tuple[Judged, ...]
    asked: tuple[Asked, ...]
    disseminated: tuple[Sent, ...]
    reviewed: Looked | None
    deferred: Deferred | None
    in_force: Standing | None
    drifted: bool
    """Whether it claims an approval that its text does not have."""
    flaw: str
    """The first error of its reading and what to do about it, '' for none."""
    errors: int
    """Errors of its reading."""
    conflict: str = ""
    """That git could not merge the file, and where; '' where its marks do not stand in it."""

    @property
    def id(self) -> str:
        """The note's identity; its path where it has none."""
        return self.own_id or self.path

    @property
    def short(self) -> str:
        """What people type for it: the last four characters of its id; its path without one."""
        return as_typed(self.own_id[-4:] if self.own_id else self.path)


class Profile(NamedTuple):
    """Somebody of the organisation."""

    path: str
    id: str
    email: str
    """In lower case."""
    name: str
    unit: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    until: date | None
    """The last day here, where it is known."""
    wants: tuple[str, ...] = ()
    """What they would learn from others."""


class Use(NamedTuple):
    """One time that a lesson was used somewhere, and what came of it."""

    path: str
    id: str
    note: str
    """Id of the note that was used."""
    where: str
    by: str
    on: date
    outcome: str
    because: str
    evidence: tuple[str, ...]


def returns(note: Card) -> tuple[Judged, ...]:
    """The verdicts that stand and want changes: the latest of each person that says so."""
    latest = {entry.by: entry for entry in note.verdicts}
    return tuple(entry for entry in latest.values() if entry.verdict == "return")


def packed(values: Card) -> str:
    """A card as text for the index; the number of its row left out."""
    return _encoded(values[1:])


_encoded = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":"), default=str
).encode


def card(n: int, text: str) -> Card:
    """The card that `packed` made ``text`` of, for the row ``n``."""
    row = json.loads(text)
    for place in _LISTS:
        row[place] = tuple(row[place])
    every = row[_EVERY]
    row[_DAY] = _day(row[_DAY])
    row[_EVERY] = Period(*every) if every else None
    row[_VERDICTS] = tuple(Judged(_sure(v[0]), *v[1:]) for v in row[_VERDICTS])
    row[_ASKED] = tuple(Asked(_sure(a[0]), a[1], a[2], _day(a[3])) for a in row[_ASKED])
    row[_SENT] = tuple(Sent(_sure(s[0]), *s[1:]) for s in row[_SENT])
    if looked := row[_REVIEWED]:
        row[_REVIEWED] = Looked(_sure(looked[0]), *looked[1:])
    if put := row[_DEFERRED]:
        row[_DEFERRED] = Deferred(_sure(put[0]), _sure(put[1]))
    if standing := row[_IN_FORCE]:
        row[_IN_FORCE] = Standing(standing[0], _day(standing[1]), standing[2])
    return Card(n, *row)


def profile(path: str, text: str) -> Profile:
    """The profile in the file ``path``, of the fields of a person as JSON."""
    of = json.loads(text)
    return Profile(
        path,
        of["id"],
        address_key(of["email"]),
        of["name"],
        of["unit"],
        tuple(of["skills"]),
        tuple(of["languages"]),
        _day(of["until"]),
        tuple(of["wants"]),
    )


def use(path: str, text: str) -> Use | None:
    """The use in the file ``path``, of the fields of an application; None without an outcome."""
    of = json.loads(text)
    if of["status"] not in ("done", "verified") or not (of["on"] and of["outcome"]):
        return None
    return Use(
        path,
        of["id"],
        of["note"],
        of["in"],
        address_key(of["by"]),
        _sure(of["on"]),
        of["outcome"],
        of["because"],
        tuple(of["evidence"]),
    )


def _place(name: str) -> int:
    """Where a field of a card stands in its text, which begins with the path."""
    return Card._fields.index(name) - 1


_LISTS = tuple(
    _place(name)
    for name in ("topics", "sources", "authors", "derived_from", "supersedes", "repeats")
)
_DAY, _EVERY = _place("gathered_on"), _place("review_every")
_VERDICTS, _ASKED, _SENT = _place("verdicts"), _place("asked"), _place("disseminated")
_REVIEWED, _DEFERRED, _IN_FORCE = _place("reviewed"), _place("deferred"), _place("in_force")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


_sure = date.fromisoformat
