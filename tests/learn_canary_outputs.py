"""Everything that the reports make of what a circle may know, each with its name."""

from collections.abc import Iterator
from datetime import date

from kmkit.errors import Refused
from kmkit.index.book import Index
from kmkit.learn.actions import actions
from kmkit.learn.knowledge_map import knowledge_map
from kmkit.learn.learned import learned
from kmkit.learn.metrics.scorecard import scorecard
from kmkit.learn.metrics.slices import BY, sliced
from kmkit.learn.metrics.table import METRICS, measured
from kmkit.learn.metrics.world import world
from kmkit.learn.onboarding import onboarding
from kmkit.learn.plans import planned
from kmkit.learn.reports.report import ROLES, report
from kmkit.note.records import EventRecord
from kmkit.views import knowledge_map as maps
from kmkit.views import metrics as figures
from kmkit.views import people, plans, records
from kmkit.views import report as reports
from kmkit.views.foot import foot


def told(index: Index) -> Iterator[tuple[str, str]]:
    """Everything that the reports make of an index, each with its name."""
    around = world(index, since=date(2025, 11, 22), until=index.today)
    lines = scorecard(around, index.rules.targets)
    for by in BY:
        parts = [(name, measured(part, by=by)) for name, part in sliced(around, by)]
        yield (
            f"metrics by {by}, html",
            figures.page(
                around, lines, by, parts, organisation=index.rules.organisation, kb=index.root
            ),
        )
        yield f"metrics by {by}, json", figures.as_json(around, lines, by, parts)
        yield f"metrics by {by}, rows", str(figures.sliced_rows(parts))
    yield "metrics, rows", str(figures.rows(lines))
    for metric in METRICS:
        if not (metric.house and index.wide):
            opened = [("", one) for one in metric.figures(around)]
            yield f"why {metric.name}", figures.why_json(around, metric, "", opened)
    yield from _maps(index)
    yield from _reports(index)
    yield from _lists(index)
    yield "foot", foot(index.circle, wide=index.wide)


def known(index: Index) -> Iterator[tuple[str, str]]:
    """All that there is to be asked, whether a report asks for it or not."""
    for table in ("notes", "cards", "marks", "links", "records", "events"):
        yield f"the table {table}", str(list(index.query(f"SELECT * FROM {table}")))
    for (n,) in index.query("SELECT n FROM notes"):
        yield "a text", index.text(n)
    yield "the settings", index.rules.packed()


def _maps(index: Index) -> Iterator[tuple[str, str]]:
    found, name = knowledge_map(index), index.rules.organisation
    yield (
        "map, html",
        maps.page(found, organisation=name, kb=index.root, circle=index.circle, wide=index.wide),
    )
    yield "map, svg", maps.picture(found, wide=index.wide)
    yield "map, json", maps.map_json(found, index.circle)
    yield "map, rows", str(maps.wide_rows(found) if index.wide else maps.rows(found))


def _reports(index: Index) -> Iterator[tuple[str, str]]:
    for role in ROLES:
        try:
            found = report(index, role)
        except Refused:
            continue
        for fmt in ("text", "md", "html", "mail", "json"):
            name = index.rules.organisation
            made = reports.render(found, fmt, organisation=name, kb=index.root)
            yield f"report for {role}, {fmt}", made


def _lists(index: Index) -> Iterator[tuple[str, str]]:
    wide, circle = index.wide, index.circle
    for unverified in (False, True):
        rows = actions(index, unverified=unverified)
        yield "actions, json", records.actions(rows, circle, wide=wide)
    found = list(learned(index).values())
    titles = {one.note: card.title for one in found if (card := index.by_id(one.note))}
    yield "learned, json", records.learned(found, titles, circle)
    steps = planned(index)
    yield "plans, json", plans.plans_json(steps, circle, wide=wide)
    yield "plans, rows", str(plans.rows(steps, wide=wide))
    sessions = [one for one in index.records("event") if isinstance(one, EventRecord)]
    yield "sessions, rows", str(plans.session_rows(sessions, wide=wide))
    path = onboarding(index, topics=("floods",), unit="Water", role="expert.floods")
    yield "path, json", people.path_json(path, circle)
    name = index.rules.organisation
    yield "path, md", people.welcome(path, organisation=name, unit="Water", wide=wide)
    yield "path, rows", str(people.reading_rows(path))
