"""An assessment on paper and on the screen: the form, the workbook, the report."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from kmkit.errors import Cannot
from kmkit.learn.assess.instrument import NO_ANSWER, Instrument
from kmkit.learn.assess.rounds import Change, Round, Score, changes, extremes, scores
from kmkit.learn.assess.sheets import ABOUT, SCHEMA
from kmkit.learn.assess.tally import MINIMUM, mean
from kmkit.resources import template
from kmkit.views.charts import Series, radar, stacked
from kmkit.views.digest_values import day
from kmkit.views.environment import render_template
from kmkit.views.tables import Cell

SCORES = ("dimension", "mean", "agree", "before", "items compared")


def form(instrument: Instrument, kb: Path | None) -> str:
    """The instrument as a page that works without a network and saves the answers as a file."""
    script = _text("assess/form.js", kb)
    style = _text("assess/form.css", kb)
    return render_template(
        "assess/form.html.j2",
        kb,
        it=instrument,
        schema=SCHEMA,
        cannot_say=NO_ANSWER,
        minimum=MINIMUM,
        script=Markup(script),
        style=Markup(style),
        script_hash=_hash(script),
        style_hash=_hash(style),
    )


def _text(name: str, kb: Path | None) -> str:
    return template(name, kb).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What a Content-Security-Policy names an inline text by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def workbook(instrument: Instrument) -> bytes:
    """The instrument as an .xlsx with a drop-down for each answer."""
    try:
        from openpyxl import Workbook
        from openpyxl.styles import Alignment, Font
        from openpyxl.worksheet.datavalidation import DataValidation
    except ImportError:
        raise Cannot(
            "What writes workbooks is not installed.", "Install it: pip install 'kmkit[office]'"
        ) from None
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Answers"
    rows = list(_rows(instrument))
    choices = [f"{n} {label}" for n, label in enumerate(instrument.scale.labels, 1)]
    drop = DataValidation(
        type="list", formula1='"' + ",".join([*choices, NO_ANSWER]) + '"', allow_blank=True,
        showErrorMessage=True, errorTitle="Answer", error="Choose one of the list.",
    )  # fmt: skip
    sheet.add_data_validation(drop)
    for number, (number_shown, text, key) in enumerate(rows, 1):
        sheet.append([number_shown, text if key != "unit" else "", "", key])
        cell = sheet.cell(number, 2)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if "@" in key:
            drop.add(sheet.cell(number, 3))
        elif key != "unit":
            cell.font = Font(bold=True)
    for column, width in (("A", 10), ("B", 80), ("C", 22)):
        sheet.column_dimensions[column].width = width
    sheet.column_dimensions["D"].hidden = True
    about = book.create_sheet(ABOUT)
    about.append([instrument.name, instrument.version])
    about.sheet_state = "hidden"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(instrument: Instrument) -> Iterator[tuple[str, str, str]]:
    """Number, text and key of each row; the key of headings is ''."""
    yield "", instrument.title, ""
    yield "", instrument.about, ""
    yield "", f"No name is asked. Of fewer than {MINIMUM} people nothing is told apart.", ""
    yield "Unit", "", "unit"
    yield "", instrument.scale.question, ""
    number = 0
    for dimension in instrument.dimensions:
        yield "", dimension.title, ""
        for item in dimension.items:
            number += 1
            yield str(number), item.text, item.key


class Row(NamedTuple):
    """A dimension in the report."""

    score: Score
    change: Change | None
    answers: Markup
    """Each item's distribution."""
    items: tuple[tuple[str, str], ...]
    """Text and mean of each item."""


def score_rows(instrument: Instrument, now: Round, before: Round | None) -> list[tuple[Cell, ...]]:
    """The dimensions as rows of `SCORES`."""
    told = changes(instrument, before, now) if before else []
    by_title = {change.title: change for change in told}
    rows: list[tuple[Cell, ...]] = []
    for score in scores(instrument, now):
        change = by_title.get(score.title)
        rows.append((
            score.title, _figure(score.mean), _share(score.agreeing),
            _figure(change.before) if change else None, change.items if change else None,
        ))  # fmt: skip
    return rows


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}".replace("%", " %")


def report(
    instrument: Instrument,
    now: Round,
    before: Round | None,
    others: Sequence[Round],
    *,
    organisation: str,
    kb: Path | None,
    foot: str = "",
) -> str:
    """A round as a page of HTML that needs nothing but itself."""
    told = changes(instrument, before, now) if before else []
    changed = {change.title: change for change in told}
    own = scores(instrument, now)
    labels = (*instrument.scale.labels, NO_ANSWER)
    best, worst = extremes(instrument, now)
    return render_template(
        "assess/report.html.j2",
        kb,
        it=instrument,
        organisation=organisation,
        foot=foot,
        now=now,
        day=day(now.on),
        before=before,
        radar=_radar(instrument, now, before, others),
        series=[_name(one, organisation) for one in (now, *([before] if before else []), *others)],
        rows=[_row(instrument, now, score, changed.get(score.title), labels) for score in own],
        labels=labels,
        best=best,
        worst=worst,
        others=[(one, scores(instrument, one)) for one in others],
        figure=_figure,
        share=_share,
        minimum=MINIMUM,
        unit_means=[
            (
                unit.unit,
                unit.people,
                [_figure(mean(unit.dimensions.get(s.dimension, ()))) for s in own],
            )
            for unit in now.tally.units
        ],
    )


def _name(of: Round, organisation: str) -> str:
    return f"{of.office or organisation}, {of.name}"


def _radar(
    instrument: Instrument, now: Round, before: Round | None, others: Sequence[Round]
) -> Markup:
    axes = [dimension.title for dimension in instrument.dimensions]
    drawn = [now, *([before] if before else []), *others]
    series = []
    for one in drawn:
        means = {score.title: score.mean for score in scores(instrument, one)}
        series.append(Series(_name(one, "here"), [means.get(axis) for axis in axes]))
    return radar(f"{instrument.title}: the mean of each dimension", axes, series, instrument.points)


def _row(
    instrument: Instrument, now: Round, score: Score, change: Change | None, labels: Sequence[str]
) -> Row:
    dimension = next(d for d in instrument.dimensions if d.id == score.dimension)
    asked = [(n, item) for n, item in enumerate(dimension.items, 1) if item.key in now.tally.items]
    counts = [(str(number), now.tally.items[item.key]) for number, item in asked]
    chart = stacked(f"{score.title}: how many gave each answer", counts, labels)
    means = (_figure(mean(now.tally.items[item.key])) for _, item in asked)
    texts = (f"{number}. {item.text}" for number, item in asked)
    return Row(score, change, chart, tuple(zip(texts, means, strict=True)))
