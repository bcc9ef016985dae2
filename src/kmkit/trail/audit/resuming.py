"""Going on from what was kept: two commits of which all is known, and what they lead to.

Of the first, the *waist*, every note is kept; of the second, the tip that was audited last, those
that are not as they were at the waist. A branch that left the history between the two is judged
from the waist on; everything else from the tip.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import partial
from typing import Any, NamedTuple, TypeVar

from kmkit.trail.audit.book import Book, Held
from kmkit.trail.audit.findings import Counted, Finding
from kmkit.trail.audit.kept import LAG, Facts, Kept
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.lines import DamagedError, line_of, value_of
from kmkit.trail.audit.packing import packed, proof_of, rules_in, rules_out
from kmkit.trail.audit.records_known import Filed
from kmkit.trail.audit.session import Pass, Point, Session

WAIST, TIP = 0, 1
"""The pages of the tables."""

V = TypeVar("V", bound="Known | Filed | str | None")


class Resumed(NamedTuple):
    """What was kept."""

    waist: Point
    tip: Point
    bottom: Book
    """The page of the waist, on which both stand."""
    proofs: Counter[Counted]
    """How many notes stood how well at the waist."""
    stamp: str
    """Says whether it is still the same."""

    def points(self) -> Iterator[Point]:
        """Where to go on from, the best first."""
        far = self.tip.number - self.waist.number > 2 * LAG
        yield from (self.waist, self.tip) if far else (self.tip, self.waist)


def resumed(facts: Facts, session: Session) -> Resumed:
    """What was kept; DamagedError where it cannot be told."""
    try:
        findings = tuple(Finding(*each) for each in value_of(facts.line("findings")))
        stamp = facts.line("told")
        waist, tip = (value_of(facts.line(name)) for name in ("waist", "tip"))
        bottom = _page(facts, WAIST, waist, session, None)
        above = _page(facts, TIP, tip, session, bottom)
        return Resumed(
            _point(waist, bottom, findings),
            _point(tip, above, findings),
            bottom,
            Counter(waist["proofs"]),
            stamp,
        )
    except (LookupError, TypeError, ValueError):
        raise DamagedError from None


def _page(facts: Facts, number: int, values: Any, session: Session, under: Book | None) -> Book:
    rules = rules_in(values["rules"], session.reader, session.read)
    size = facts.size(number)
    return Book(
        rules,
        under,
        _Rows[Held](facts, "notes", number, size),
        _Rows[str](facts, "paths", number, size),
        _Rows[Known | Filed | str](facts, "gone", number, size),
    )


def _point(values: Any, page: Book, findings: tuple[Finding, ...]) -> Point:
    return Point(
        str(values["commit"]),
        int(values["number"]),
        Book(page.rules, page),
        findings[: int(values["findings"])],
        frozenset(values["mended"]),
        dict(values["again"]),
    )


class _Rows(MutableMapping[str, V]):
    """A page of what is kept, of which each line is read when somebody asks for it."""

    def __init__(self, facts: Facts, table: str, page: int, size: int) -> None:
        self.facts, self.table, self.page, self.size = facts, table, page, size
        self.have: dict[str, V] = {}

    def __getitem__(self, name: str) -> V:
        if name not in self.have:
            self.have[name] = self.facts.row(self.table, self.page, name)
        return self.have[name]

    def __setitem__(self, name: str, value: V) -> None:
        self.have[name] = value

    def __delitem__(self, name: str) -> None:
        raise TypeError("Nothing is taken out of what is kept.")

    def __iter__(self) -> Iterator[str]:
        for name, line in self.facts.rows(self.table, self.page):
            self.have.setdefault(name, line)
        return iter(self.have)

    def __len__(self) -> int:
        return self.size


def keeping(
    kept: Kept, done: Pass, before: Resumed | None, told: Mapping[str, object]
) -> Callable[[], None]:
    """What keeps what an audit came to, once nothing is read any more; ``told`` is its report."""
    waist, tip = done.waist, done.tip
    if before and not waist.number > before.waist.number < tip.number - 2 * LAG:
        waist = before.waist
    pages = {TIP: tip.book.apart(waist.book)}
    if before is None or waist is not before.waist:
        pages[WAIST] = waist.book.apart(before.bottom if before else Book())
    lines = {
        "waist": line_of({**_told(waist), "proofs": proofs_of(waist.book, before)}),
        "tip": line_of(_told(tip)),
        "findings": line_of([list(finding) for finding in tip.findings]),
        "told": line_of(told),
    }
    fill = partial(_fill, pages, lines)
    return partial(kept.go_on, before.stamp, fill) if before else partial(kept.begin, fill)


def proofs_of(book: Book, before: Resumed | None) -> Counter[Counted]:
    """How many notes stand how well; of a book that grew out of what was kept, by what is new."""
    if before is None:
        return book.proofs()
    found = Counter(before.proofs)
    for path, held in book.apart(before.bottom).notes.items():
        was = before.bottom.notes.get(path)
        found.subtract(proof_of(one) for one in (was,) if one is not None)
        found.update(proof_of(one) for one in (held,) if one is not None)
    return +found


def _fill(pages: Mapping[int, Book], lines: Mapping[str, str], facts: Facts) -> None:
    """Write the pages, and what is to be known of the two points."""
    facts.empty(TIP)
    for number, page in pages.items():
        facts.put("notes", number, ((name, _line(held)) for name, held in page.notes.items()))
        facts.put("paths", number, page.paths.items())
        facts.put("gone", number, ((id, _line(held)) for id, held in page.gone.items()))
    facts.tell(lines)


def _line(held: Held) -> str | None:
    return packed(held) if isinstance(held, Known | Filed) else held


def _told(point: Point) -> dict[str, object]:
    return {
        "commit": point.commit,
        "number": point.number,
        "rules": rules_out(point.book.rules),
        "findings": len(point.findings),
        "mended": sorted(point.mended),
        "again": sorted(point.again.items()),
    }
