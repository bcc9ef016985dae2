"""What is wrong with a note beyond its reading: a list of problems, each with its mend.

It looks at files alone, so it is right in a shallow clone too.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain
from operator import itemgetter

from kmkit.measures import QUORUM
from kmkit.note.checked_by import STATES, WALK, CheckContext
from kmkit.note.conflict import conflict
from kmkit.note.model import GATHERING_METHODS, Fields, Note
from kmkit.note.problem import Problem
from kmkit.note.protecting import protected_names
from kmkit.note.references import broken_links, cut_by_comment, hidden_characters, is_id, leads_on
from kmkit.note.required import lacking, missing_for
from kmkit.note.rules import RULES
from kmkit.period import Period
from kmkit.text import did_you_mean

__all__ = ["RULES", "CheckContext", "check", "is_id", "missing_for"]

_CLAIMS = WALK[1:]
"""The states that an approval carries."""
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
_PRINT = re.compile(r"k1:[0-9a-f]{64}")
_BLOB = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LONGEST_INTERVAL = 120
"""Months."""


def check(note: Note, context: CheckContext) -> list[Problem]:
    """The problems of ``note`` beyond those of its reading, in the order of the file."""
    if note.problems and not note.raw:
        return []
    if any(problem.rule == "merge-conflict" for problem in note.problems):
        return []
    if found_there := conflict(note.data, note.path):
        return [Problem(str(note.path), *found_there)]
    found: list[Problem] = []
    for look in _LOOKS:
        if problems := look(note, context):
            found += problems
    return sorted(found, key=itemgetter(1, 2, 3)) if found else found


def _required(note: Note, context: CheckContext) -> Iterable[Problem]:
    """What the state that the note claims asks for."""
    return lacking(note, context.asked(note.fields.state or "", note.fields.kind or ""))


def _names(note: Note, context: CheckContext) -> Iterable[Problem]:
    """Kind, state and level are ones that exist."""
    of = note.fields
    if of.kind in context.kinds and of.state in STATES and of.level in context.levels:
        return ()
    return _unknown_names(note, context)


def _unknown_names(note: Note, context: CheckContext) -> Iterator[Problem]:
    known = (
        ("kind", "unknown-kind", tuple(context.kinds)),
        ("state", "unknown-state", STATES),
        ("level", "unknown-level", context.levels),
    )
    for name, rule, values in known:
        value = getattr(note.fields, name)
        if value and value not in values:
            mend = did_you_mean(value, values) or f"Known: {', '.join(values)}."
            yield note.problem(rule, f"There is no {name} '{value}'.", mend, at=name)


def _vocabulary(note: Note, context: CheckContext) -> Iterator[Problem]:
    """Topics, channels and methods are ones that exist."""
    topics, channels = context.topics, context.channels
    for topic in note.fields.topics if topics else ():
        if topic not in topics:
            mend = did_you_mean(topic, topics) or "Add it under [topics] in kmkit.toml."
            message = f"The topic '{topic}' is not in the vocabulary."
            yield note.problem("unknown-topic", message, mend, at="topics", warning=True)
    for i, entry in enumerate(note.fields.disseminated if channels else ()):
        if entry.channel not in channels:
            mend = did_you_mean(entry.channel, channels) or f"Known: {', '.join(channels)}."
            message = f"There is no channel '{entry.channel}' in kmkit.toml."
            at = f"disseminated.{i}.channel"
            yield note.problem("unknown-channel", message, mend, at=at, warning=True)
    gathered = note.fields.gathered
    if gathered and gathered.method not in GATHERING_METHODS:
        mend = did_you_mean(gathered.method, GATHERING_METHODS)
        mend = mend or f"Known: {', '.join(GATHERING_METHODS)}."
        message = f"'{gathered.method}' is no way of gathering that kmkit knows."
        yield note.problem("unknown-method", message, mend, at="gathered.method", warning=True)


def _identity(note: Note, context: CheckContext) -> Iterator[Problem]:
    """The id has its shape, is the note's alone, and fits the file's name."""
    name = note.fields.id
    if not name:
        return
    if not is_id(name):
        message = f"'{name}' is no id: YYYYMMDD, a slug, four characters, joined by hyphens."
        mend = "Put back the id that the note was captured with."
        yield note.problem("bad-id", message, mend, at="id")
    elif note.path.name != f"{name}.md" and note.path.stem != name and is_id(note.path.stem):
        message = f"The file is named like the note {note.path.stem} and holds {name}."
        mend = "Rename the file, or capture a new note instead of copying one."
        yield note.problem("id-mismatch", message, mend, at="id", warning=True)
    paths = context.ids.get(name, ())
    if len(paths) > 1:
        message = f"{len(paths)} files hold the id {name}: {', '.join(sorted(paths))}."
        mend = "Keep one; capture the others anew if they are notes in their own right."
        yield note.problem("duplicate-id", message, mend, at="id")


def _persons(note: Note, context: CheckContext) -> Iterable[Problem]:
    """People are named by address, and the owner is there to be asked."""
    of = note.fields
    named = {of.owner, of.backup, of.gathered and of.gathered.by, of.reviewed and of.reviewed.by}
    for entry in of.verdicts:
        named.add(entry.by)
    if all(map(_is_address_or_none, named)):
        return _owner(note, context) if context.people else ()
    return chain(_nameless(note), _owner(note, context))


@lru_cache(maxsize=256)
def _is_address_or_none(text: str | None) -> bool:
    """The same few people stand in many notes."""
    return not text or bool(_EMAIL.fullmatch(text.strip()))


def _nameless(note: Note) -> Iterator[Problem]:
    """What stands where an address is asked for, and is none."""
    fields = note.fields
    named = [("owner", fields.owner), ("backup", fields.backup)]
    named += [("gathered.by", fields.gathered.by)] if fields.gathered else []
    named += [("reviewed.by", fields.reviewed.by)] if fields.reviewed else []
    named += [(f"verdicts.{i}.by", entry.by) for i, entry in enumerate(fields.verdicts)]
    for at, value in named:
        if not _is_address_or_none(value):
            message = f"{at}: '{value}' is no e-mail address."
            mend = "Write an address such as name@example.org."
            yield note.problem("bad-email", message, mend, at=at, warning=at != "owner")


def _owner(note: Note, context: CheckContext) -> Iterator[Problem]:
    """The owner is among the people, and has not left."""
    if not (context.people and _EMAIL.fullmatch(note.owner)):
        return
    person = context.people.get(note.owner)
    mend = f"kmkit reassign {note.short} --to EMAIL."
    if person is None:
        message = f"The owner {note.owner} is not among the people."
        yield note.problem("unknown-owner", message, mend, at="owner", warning=True)
    elif context.today and person.until and person.until < context.today:
        message = f"The owner {note.owner} left on {person.until}."
        yield note.problem("owner-left", message, mend, at="owner", warning=True)


def _verdicts(note: Note, context: CheckContext) -> Iterable[Problem]:
    """Each verdict is one that ``kmkit validate`` could have written."""
    of = note.fields
    if not of.verdicts:
        return ()
    givers = [source.strip().casefold() for source in of.sources] if of.sources else []
    if of.gathered:
        givers.append(of.gathered.by.strip().casefold())
    for entry in of.verdicts:
        usual = entry.verdict == "approve" and entry.method in context.methods
        if not usual or entry.method == "expert-review" or not _PRINT.fullmatch(entry.fingerprint):
            break
        if entry.by.strip().casefold() in givers:
            break
    else:
        return ()
    return _each_verdict(note, context, givers)


def _each_verdict(note: Note, context: CheckContext, givers: Collection[str]) -> Iterator[Problem]:
    mend = "Verdicts are written by kmkit validate alone: take the entry away."
    for i, entry in enumerate(note.fields.verdicts):
        at = f"verdicts.{i}"
        if entry.method not in context.methods:
            known = did_you_mean(entry.method, context.methods) or f"Known: {', '.join(QUORUM)}."
            message = f"'{entry.method}' is no way to validate."
            yield note.problem("unknown-method", message, known, at=f"{at}.method")
        if not _PRINT.fullmatch(entry.fingerprint):
            message = f"The verdict of {entry.by} names no fingerprint."
            yield note.problem("bad-verdict", message, mend, at=f"{at}.fingerprint")
        if entry.verdict != "approve" and not entry.because.strip():
            message = f"The verdict '{entry.verdict}' of {entry.by} gives no reason."
            yield note.problem("bad-verdict", message, mend, at=at, warning=True)
        if entry.method == "expert-review" and not entry.topic:
            message = f"The expert review of {entry.by} does not say for which topic."
            yield note.problem("bad-verdict", message, mend, at=at, warning=True)
        independent = entry.method in ("peer-review", "expert-review", "crowd")
        if independent and entry.verdict == "approve" and entry.by.strip().casefold() in givers:
            message = f"{entry.by} approved knowledge that they gave or gathered."
            yield note.problem("own-verdict", message, _by_another(note, context), at=at)


def _by_another(note: Note, context: CheckContext) -> str:
    """How somebody else comes to judge the note."""
    mend = f"Ask somebody else: kmkit validate {note.short} --ask EMAIL."
    if note.state != "captured":
        mend = f"Have it judged anew: kmkit reopen {note.short} --because '…'."
    return (context.unfounded(note)[1] if context.unfounded else "") or mend


def _proof(note: Note, context: CheckContext) -> Iterable[Problem]:
    """The state is one that an approval in the file carries; ``in_force`` has its shape.

    What cannot be read in full has no certain fingerprint; its reading problems come first.
    """
    of = note.fields
    claimed = of.state in _CLAIMS and of.verdicts and (not note.problems or _is_legible(note))
    doubted = bool(claimed and context.approved and not context.approved(note))
    return _unproved(note, doubted, context) if doubted or of.in_force else ()


def _unproved(note: Note, doubted: bool, context: CheckContext) -> Iterator[Problem]:
    message, mend = context.unfounded(note) if doubted and context.unfounded else ("", "")
    if doubted and not message:
        message = f"It says {note.state}, and the substance changed since it was approved."
        mend = f"kmkit reopen {note.short} --because '…', then have it validated again."
        if note.state == "validated":
            same = f"kmkit validate {note.short} --same-meaning"
            mend = f"Where kmkit edit --reword changed it, an approver runs {same}; else {mend}"
    if doubted:
        yield note.problem("unproved-state", message, mend, at="state")
    standing = note.fields.in_force
    if standing is None:
        return
    mend = "Put back what the trail gives (kmkit log); no hand writes in_force."
    if not _BLOB.fullmatch(standing.blob) or standing.state not in _CLAIMS:
        message = "in_force does not name an approved version and its state."
        yield note.problem("bad-in-force", message, mend, at="in_force")
    elif note.state in _CLAIMS:
        message = f"in_force belongs to a note that is being revised, and this one is {note.state}."
        yield note.problem("bad-in-force", message, mend, at="in_force")


def _is_legible(note: Note) -> bool:
    return not any(problem.severity == "error" for problem in note.problems)


def _dates(note: Note, context: CheckContext) -> Iterator[Problem]:
    """Nothing has happened tomorrow, and reviews come at sensible intervals."""
    every = note.fields.review_every
    if every is not None and (
        every == Period() or every.months + every.days / 30 > _LONGEST_INTERVAL
    ):
        message = f"review_every is {every}."
        mend = "Write a duration such as P6M or P1Y."
        yield note.problem("bad-review-interval", message, mend, at="review_every", warning=True)
    if context.today is None:
        return
    latest = context.today + timedelta(days=1)  # somewhere it is tomorrow already
    for at, day in _days(note.fields):
        if day > latest:
            message = f"{at} is {day}, a day that has not come yet."
            yield note.problem("future-date", message, "Write the day it happened.", at=at)


def _days(fields: Fields) -> Iterator[tuple[str, date]]:
    """Every day on which something is said to have happened."""
    for name in ("gathered", "reviewed", "deferred"):
        if entry := getattr(fields, name):
            yield f"{name}.on", entry.on
    for name in ("verdicts", "asked", "disseminated"):
        for i, entry in enumerate(getattr(fields, name)):
            yield f"{name}.{i}.on", entry.on


def _references(note: Note, context: CheckContext) -> Iterator[Problem]:
    """What the note points to is there; nothing in it is hidden or protected."""
    if context.exists or leads_on(note):
        yield from broken_links(note, context.ids, context.exists)
    if not note.clear:
        yield from hidden_characters(note)
        yield from cut_by_comment(note)
    if note.fields.protect or context.protect:
        yield from protected_names(note, context.protect, context.policy)


_LOOKS = (
    _required,
    _names,
    _vocabulary,
    _identity,
    _persons,
    _verdicts,
    _proof,
    _dates,
    _references,
)
