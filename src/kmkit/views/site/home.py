"""Where readers of the portal begin: what is new, what to start with, what came of it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from kmkit.index.dates import OUT
from kmkit.lifecycle.states import State
from kmkit.text import one_line
from kmkit.views.site import naming
from kmkit.views.site.drafts import use_of
from kmkit.views.site.lists import Lists, Page, pager_of
from kmkit.views.site.pages import Entry, HomePage, Month, SearchPage, TimelinePage
from kmkit.views.site.values import Link, Row
from kmkit.views.site.view import View
from kmkit.views.wording import Wording

NEW, START, APPLIED = 8, 5, 6
"""Notes that are new, notes to start with, uses: on the first page, at most."""
RECENT, YEAR = timedelta(days=30), timedelta(days=365)
ENTRIES = 200
"""What happened, on one page of the timeline."""
_DOUBTFUL = frozenset(("captured", "overdue", "revised"))
"""The marks of notes that are nothing to start with."""
_MOVES = {"disseminate": "disseminated", "confirm": "confirmed", "retire": "retired"}


def home(view: View, lists: Lists) -> Page:
    """The first page."""
    of_interest = [row for row in view.listed if view.seen.wanted(view.seen.notes[row.id])]
    judged = [row for row in of_interest if row.state != State.CAPTURED]
    best = [row for row in judged if row.state in OUT] or judged or of_interest
    entries = list(_entries(view))
    value = HomePage(
        title=one_line(view.config.organisation.name),
        new=tuple(best[:NEW]),
        start=tuple(_to_start_with(view, best)),
        applied=tuple(use_of(view, use) for use in view.seen.uses[:APPLIED]),
        topics=lists.topics(),
        kinds=lists.kinds(),
        recent=_count(entries, "disseminated", view.today - RECENT),
        confirmed=_count(entries, "confirmed", view.today - YEAR),
        uses=len(view.seen.uses),
    )
    return Page("index.html", "home", "home", value)


def search(view: View, lists: Lists, said: Wording) -> Page:
    """The page on which readers search."""
    value = SearchPage(said.gettext("Search"), lists.topics(), lists.kinds())
    return Page("search.html", "search", "search", value)


def _to_start_with(view: View, rows: Sequence[Row]) -> list[Row]:
    """The notes that a newcomer should not miss: those that helped, and those on critical topics.

    What nobody validated, waits for a review, or did not help somewhere, is nothing to start with.
    """
    scored = []
    for at, row in enumerate(rows):
        outcomes = [use.outcome for use in view.uses.get(row.id, ())]
        if "did-not-help" in outcomes or not _DOUBTFUL.isdisjoint(row.marks):
            continue
        helped = min(outcomes.count("helped"), 3)
        critical = "critical" in row.marks
        confirmed = row.state == State.MAINTAINED
        score = 2 * helped + 3 * critical + confirmed
        if score:
            scored.append((-score, at, row))
    return [row for _, _, row in sorted(scored)[:START]]


def _entries(view: View) -> Iterator[Entry]:
    """What happened to the notes, in no order: as the trail says, else as their files do."""
    for event in view.seen.events:
        what = _MOVES.get(event.move)
        row = view.row(event.note) if what else None
        if what and row:
            yield Entry(event.when.date(), what, row)
    for id, row in view.rows.items():
        if not view.events.get(id):
            fields = view.seen.notes[id].note.fields
            yield from (Entry(sent.on, "disseminated", row) for sent in fields.disseminated)
            if fields.reviewed:
                yield Entry(fields.reviewed.on, "confirmed", row)
    for use in view.seen.uses:
        yield Entry(use.on, "applied", view.rows[use.note])


def _count(entries: Sequence[Entry], what: str, since: date) -> int:
    """How many notes something happened to since a day."""
    return len({entry.row.id for entry in entries if entry.what == what and entry.on > since})


def timeline(view: View, said: Wording) -> Iterator[Page]:
    """What happened, newest first: a page for each year, and more where one is not enough."""
    entries = sorted(set(_entries(view)), key=lambda e: (e.on, e.what, e.row.id), reverse=True)
    by_year: dict[int, list[Entry]] = {}
    for entry in entries:
        by_year.setdefault(entry.on.year, []).append(entry)
    years = tuple(
        Link(str(year), "new.html" if not at else f"new/{year}.html")
        for at, year in enumerate(by_year)
    )
    for at, (year, found) in enumerate(by_year.items() or [(view.today.year, [])]):
        shares = [found[n : n + ENTRIES] for n in range(0, len(found), ENTRIES)] or [[]]
        for number, share in enumerate(shares, 1):
            value = TimelinePage(
                title=said.gettext("Timeline"),
                year=year,
                months=tuple(_months(share)),
                years=years,
                pager=None,
            )
            yield _timeline_page(value, at == 0, number, len(shares))


def _timeline_page(value: TimelinePage, latest: bool, number: int, of: int) -> Page:
    from dataclasses import replace

    slug = str(value.year)
    pager = pager_of("new", slug, number, of)
    href = naming.part("new", slug, number)
    if latest:  # the newest year stands at the root
        first = naming.part("new", slug, 1)
        href = "new.html" if href == first else href
        if pager and pager.previous == first:
            pager = pager._replace(previous="new.html")
    return Page(href, "timeline", "new", replace(value, pager=pager))


def _months(entries: Sequence[Entry]) -> Iterator[Month]:
    by_month: dict[date, list[Entry]] = {}
    for entry in entries:
        by_month.setdefault(entry.on.replace(day=1), []).append(entry)
    for first, found in by_month.items():
        yield Month(first, tuple(found))
