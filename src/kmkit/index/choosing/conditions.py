"""What a filter asks for, as SQL over the tables of the index."""

import shlex
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from kmkit.errors import UsageError
from kmkit.index.choosing.filters import (
    ANY,
    AT_LEAST,
    OVERDUE,
    REVISED,
    STALE,
    STATES,
    WORD,
    Filter,
    Term,
)
from kmkit.index.choosing.troubles import BESIDE, days_ahead
from kmkit.index.choosing.where import Where, all_of, among, any_of
from kmkit.lifecycle.states import State
from kmkit.note.methods import GATHERING_METHODS, VALIDATION_METHODS
from kmkit.text import did_you_mean, fold

if TYPE_CHECKING:
    from kmkit.index.book import Index

DAYS = ("since", "until")
"""The fields that name days; together they make one stretch of time."""


def where(asked: Filter, index: "Index", *, inside: tuple[str, ...] = ()) -> Where:
    """The condition that ``asked`` means; UsageError for a value that does not exist.

    ``inside`` names the saved filters that led here, so that none leads to itself.
    """
    return all_of(_conditions(asked, index, inside))


def _conditions(asked: Filter, index: "Index", inside: tuple[str, ...]) -> Iterator[Where]:
    if any(term.field in DAYS for term in asked.terms):
        yield from _in_days(asked.terms, index)
    for field in dict.fromkeys(term.field for term in asked.terms):
        if field in DAYS:
            continue
        found: dict[bool, list[Where]] = {True: [], False: []}
        for term in asked.terms:
            if term.field == field:
                one = _saved(term.value, index, inside) if field == "filter" else None
                found[term.wanted].append(one or _MEANS[field](term.value, index))
        if found[True]:
            yield (all_of if field in _ALL else any_of)(found[True])
        yield from (~condition for condition in found[False])


def _known(field: str, value: str, known: Collection[str]) -> str:
    """``value`` as it is spelt among ``known``; UsageError with what is near where it is not."""
    spelt = {fold(name): name for name in known}
    if value in known or fold(value) in spelt:
        return value if value in known else spelt[fold(value)]
    mend = did_you_mean(value, known) or f"Known: {', '.join(known) or 'none'}."
    raise UsageError(f"There is no {field} '{value}'.", mend)


def _saved(name: str, index: "Index", inside: tuple[str, ...]) -> Where:
    """What a saved filter asks for; UsageError where there is none of that name."""
    filters = index.rules.filters
    if name not in filters:
        known = f"Saved: {', '.join(filters)}." if filters else "Save it under [filters]."
        message = f"There is no filter '{name}' in kmkit.toml."
        raise UsageError(message, did_you_mean(name, filters) or known)
    if name in inside:
        way = " → ".join((*inside, name))
        raise UsageError(f"The filter '{name}' leads to itself: {way}.", "Change it in kmkit.toml.")
    try:
        words = shlex.split(filters[name])
    except ValueError:
        words = filters[name].split()
    return where(Filter.parse(words), index, inside=(*inside, name))


def _state(value: str, index: "Index") -> Where:
    """In that state; a revision is captured beside what stands."""
    value = _known("state", value, STATES)
    if value == STALE:
        return _stale(ANY, index)
    if value == OVERDUE:
        return _overdue(index)
    if value == REVISED:
        return Where("revised")
    if value == State.CAPTURED:
        return Where("stands = ? OR revised", (value,))
    return Where("stands = ?", (value,))


def _overdue(index: "Index") -> Where:
    """Its review was due before today; where a day of it lies ahead, that day does not count."""
    ahead = days_ahead(index)
    odd = [found.card.n for found in index.select(*ahead) if found.overdue]
    due = Where("due <> '' AND due < ?", (index.today.isoformat(),))
    return any_of([all_of([due, ~ahead]), among(odd)]) if index.count(*ahead) else due


def _stale(value: str, index: "Index") -> Where:
    from kmkit.index.reasons import REASONS

    value = _known("reason", value, (ANY, *REASONS))
    return among([row.note.n for row in index.stale() if value == ANY or value in row.codes])


def _kind(value: str, index: "Index") -> Where:
    return Where("kind = ?", (_known("kind", value, tuple(index.rules.kinds)),))


def _topic(value: str, index: "Index") -> Where:
    """About that topic: one of the vocabulary, or one that a note says."""
    mark, sql = fold(value), "SELECT 1 FROM marks WHERE name = 'topic' AND value = ? LIMIT 1"
    if not list(index.query(sql, (mark,))):
        said = index.query("SELECT DISTINCT value FROM marks WHERE name = 'topic'")
        topics = dict.fromkeys([*index.rules.topics, *(name for (name,) in said)])
        mark = fold(_known("topic", value, topics))
    return _marked("topic", mark)


def _method(value: str, index: "Index") -> Where:
    return _marked("method", _known("method", value, (*GATHERING_METHODS, *VALIDATION_METHODS)))


def _marked(name: str, value: str) -> Where:
    """The notes that bear a mark."""
    return Where("n IN (SELECT n FROM marks WHERE name = ? AND value = ?)", (name, value))


def _owner(value: str, index: "Index") -> Where:
    """The owner's address holds that; ``me`` is whoever git says works here."""
    if value == "me":
        return Where("owner = ?", (index.git.identity().key,))
    return Where("instr(owner, ?)", (value.casefold(),))


def _unit(value: str, index: "Index") -> Where:
    return Where("instr(unit_folded, ?)", (fold(value),))


def _level(value: str, index: "Index") -> Where:
    return Where("level = ?", (_known("level", value, index.rules.levels),))


def _at_least(value: str, index: "Index") -> Where:
    """Of that level or a wider one; a level that cannot be read is the narrowest."""
    return Where("width >= ?", (index.rules.width(_known("level", value, index.rules.levels)),))


def _language(value: str, index: "Index") -> Where:
    """In that language; notes that do not say theirs are in the organisation's."""
    start = f"{value.casefold()}-"
    return Where("substr(language || '-', 1, ?) = ?", (len(start), start))


def _linked(value: str, index: "Index") -> Where:
    note = index.resolve(value)
    return Where("n IN (SELECT n FROM links WHERE target IN (?, ?))", (note.id, note.path))


def _problem(value: str, index: "Index") -> Where:
    """The note breaks that rule: by its file alone, or beside other files and on this day."""
    value = value if value == ANY else rule(value)
    marked = _marked("problem", value)
    if value == ANY:
        marked = Where("n IN (SELECT n FROM marks WHERE name = 'problem')")
    return any_of([marked, *(find(index) for rule, find in BESIDE.items() if value in (ANY, rule))])


def rule(name: str) -> str:
    """The rule of that name; UsageError where there is none."""
    from kmkit.note.rules import RULES

    return _known("rule", name, RULES)


def _word(value: str, index: "Index") -> Where:
    """The word stands in the note or in its id; what has blanks in it, stands there like that.

    Ids end in four random characters, in which a shorter word would be found by chance.
    """
    from kmkit.index.search.asked import parse

    typed = f'"{value}"' if " " in value and '"' not in value else value
    found = among(index.words.matching(parse(typed, filters=())))
    in_id = Where("instr(id, ?)", (value.casefold(),))
    return any_of([found, in_id]) if len(value) >= _TAIL else found


_TAIL = 4


def _in_days(terms: Iterable[Term], index: "Index") -> Iterator[Where]:
    """Something happened to the note in the days from the first ``since`` to the last ``until``.

    ``not:since:`` and ``not:until:`` ask each that nothing happened in those days.
    """
    days: dict[tuple[str, bool], list[date]] = {}
    for term in terms:
        if term.field in DAYS:
            days.setdefault((term.field, term.wanted), []).append(_day(term, index.today))
    index.told("SELECT 1")  # brings the table of events up to what git has
    first, last = days.get(("since", True), []), days.get(("until", True), [])
    if first or last:
        yield _happened(min(first, default=date.min), max(last, default=date.max))
    for day in days.get(("since", False), []):
        yield ~_happened(day, date.max)
    for day in days.get(("until", False), []):
        yield ~_happened(date.min, day)


def _day(term: Term, today: date) -> date:
    from kmkit import natural  # its patterns take a while, and few filters name a day

    read = natural.since if term.field == "since" else natural.until
    try:
        return read(term.value, today)
    except ValueError:
        raise UsageError(f"{term.field}: '{term.value}' is no day.", natural.HOW) from None


def _happened(first: date, last: date) -> Where:
    """A step of the trail lies in those days, or the capture of a note without any."""
    if first > last:
        raise UsageError(f"since {first} is later than until {last}.", "Exchange them.")
    days = (first.isoformat(), last.isoformat())
    return Where(
        "id IN (SELECT note FROM events WHERE day BETWEEN ? AND ?) OR captured BETWEEN ? AND ? "
        "AND NOT EXISTS (SELECT 1 FROM events WHERE note = notes.id)",
        days + days,
    )


_ALL = (WORD, AT_LEAST, "filter")
"""Of these each has to hold; of the other fields any value."""
_MEANS: dict[str, Callable[[str, "Index"], Where]] = {
    "state": _state,
    "kind": _kind,
    "topic": _topic,
    "owner": _owner,
    "unit": _unit,
    "level": _level,
    AT_LEAST: _at_least,
    "method": _method,
    "linked-to": _linked,
    "stale": _stale,
    "problem": _problem,
    "language": _language,
    WORD: _word,
}
