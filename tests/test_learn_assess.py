"""Assessments: answers added up, compared and matched, and nobody found in them."""

import json
import random
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.errors import Cannot, Refused, UsageError
from kmkit.learn.assess.instrument import (
    Instrument,
    instrument_names,
    load_instrument,
    parse_instrument,
)
from kmkit.learn.assess.match import AHEAD, Means, dated, matched, means_of
from kmkit.learn.assess.rounds import (
    Round,
    changes,
    extremes,
    fields_of,
    read_shared,
    round_of,
    scores,
    shared,
)
from kmkit.learn.assess.sheets import Sheet, read_sheet, written
from kmkit.learn.assess.tally import MINIMUM, added, agreeing, mean, tally
from kmkit.note.records.assessment import Assessment
from kmkit.views.assess import workbook

SMALL = """
name: small
title: Small
version: 2
scale: {question: "Is it so?", labels: [No, Rather not, Rather, Yes]}
dimensions:
  - id: a
    title: Apples
    items:
      - {id: a-1, text: "Ripe."}
      - {id: a-2, text: "Red.", rev: 3}
  - id: b
    title: Boats
    items:
      - {id: b-1, text: "Dry."}
"""
KEYS = ("a-1@1", "a-2@3", "b-1@1")


def small(text: str = SMALL) -> Instrument:
    return parse_instrument(text.encode(), Path("small.yaml"))


def sheet(*answers: int | None, unit: str = "") -> Sheet:
    return Sheet("small", 2, unit, dict(zip(KEYS, answers, strict=True)))


FIVE = [sheet(1, 2, 4), sheet(2, 2, 4), sheet(3, None, 4), sheet(4, 2, 3), sheet(4, 4, None)]


def a_round(sheets: Sequence[Sheet] = FIVE, name: str = "2026", office: str = "Ours") -> Round:
    return Round("small", 2, name, date(2026, 11, 1), tally(small(), sheets), office)


# Instruments


@pytest.mark.parametrize("name", instrument_names(None))
def test_a_shipped_instrument(name: str) -> None:
    found = load_instrument(name, None)
    assert len(found.items) >= 10
    texts = [item.text for item in found.items]
    assert len(set(texts)) == len(texts)
    assert all(text.endswith(".") and len(text) < 100 for text in texts)
    assert found.points == 6
    if name != "after-an-event":
        assert all(len(dimension.items) >= 10 for dimension in found.dimensions)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: a-2", "id: a-1", "The id 'a-1' stands there twice"),
        ("version: 2", "version: two", ":4:"),
        ("title: Apples", "titel: Apples", ":8:5: dimensions.0.titel:"),
        ('text: "Dry."', 'text: ""', "text"),
        ("labels: [No, Rather not, Rather, Yes]", "labels: [Yes]", "labels"),
        ("name: small", "name: other", "its name is 'other'"),
        ("dimensions:", "dimensions: &a", "small.yaml:"),
    ],
)
def test_a_damaged_instrument_is_told_with_its_place(old: str, new: str, message: str) -> None:
    with pytest.raises(Cannot, match=r"small\.yaml") as caught:
        small(SMALL.replace(old, new, 1))
    assert message in str(caught.value)


def test_an_instrument_of_ones_own_comes_before_the_shipped(tmp_path: Path) -> None:
    place = tmp_path / "templates" / "assess"
    place.mkdir(parents=True)
    (place / "small.yaml").write_text(SMALL, encoding="utf-8")
    assert load_instrument("small", tmp_path).title == "Small"
    with pytest.raises(UsageError, match="no instrument 'smal'") as caught:
        load_instrument("smal", tmp_path)
    assert "small" in caught.value.mend


# Answers


def test_answers_are_read_as_they_were_written(tmp_path: Path) -> None:
    place = tmp_path / "a.json"
    place.write_text(written(sheet(1, None, 4, unit="Straße")), encoding="utf-8")
    assert read_sheet(place, lambda _: small()) == sheet(1, None, 4, unit="Straße")


def test_a_workbook_is_filled_in_and_read(tmp_path: Path) -> None:
    import openpyxl

    place = tmp_path / "a.xlsx"
    place.write_bytes(workbook(small()))
    book = openpyxl.load_workbook(place)
    page = book.worksheets[0]
    rows = {str(row[3].value): row for row in page.iter_rows(max_col=4) if row[3].value}
    assert set(rows) == {*KEYS, "unit"}
    (drop,) = page.data_validations.dataValidation
    assert drop.formula1 == '"1 No,2 Rather not,3 Rather,4 Yes,I cannot say"'
    assert len(drop.sqref.ranges) >= 1
    rows["unit"][1].value = "Roads"
    rows["a-1@1"][2].value, rows["b-1@1"][2].value = "4 Yes", "I cannot say"
    book.save(place)
    assert read_sheet(place, lambda _: small()) == sheet(4, None, None, unit="Roads")
    rows["unit"][1].value, rows["unit"][2].value = None, "Roads"  # where the answers stand
    book.save(place)
    assert read_sheet(place, lambda _: small()) == sheet(4, None, None, unit="Roads")


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", "no", '{"schema": "kmkit.sheet/1"}', "[" * 100_000,
        written(sheet(1, 2, 5)),
        written(sheet(0, 2, 3)),
        written(sheet(None, None, None)),
        written(sheet(1, 2, 3)).replace(": 1", ": true"),
        written(sheet(1, 2, 3)).replace(": 1", ": 1.5"),
        written(sheet(1, 2, 3)).replace('"version": 2', '"version": 1'),
        written(sheet(1, 2, 3)).replace("a-1@1", "a-1@2"),
        written(sheet(1, 2, 3)).replace('{\n  "a-1', '7, "x": {\n  "a-1'),
    ],
)  # fmt: skip
def test_what_are_no_answers(tmp_path: Path, text: str) -> None:
    place = tmp_path / "a.json"
    place.write_text(text, encoding="utf-8")
    with pytest.raises(Cannot, match=r"a\.json"):
        read_sheet(place, lambda _: small())


def test_a_workbook_that_is_none_or_unpacks_without_end(tmp_path: Path) -> None:
    place = tmp_path / "a.xlsx"
    for name, size in (("xl/workbook.xml", 10), ("xl/media/x", 50_000_000)):
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(name, b"0" * size)
        with pytest.raises(Cannot, match=r"a\.xlsx holds no answers"):
            read_sheet(place, lambda _: small())


# Sums


def test_sums_that_were_counted_by_hand() -> None:
    found = tally(small(), FIVE)
    assert found.people == 5
    assert found.items == {
        "a-1@1": (1, 1, 1, 2, 0),
        "a-2@3": (0, 3, 0, 1, 1),
        "b-1@1": (0, 0, 1, 3, 1),
    }
    assert mean(found.items["a-1@1"]) == 14 / 5
    assert mean(found.items["a-2@3"]) == 10 / 4
    assert agreeing(found.items["a-2@3"]) == 1 / 4
    assert (mean((0, 0, 0, 0, 5)), agreeing((0, 0, 0, 0, 5))) == (None, None)
    apples, boats = scores(small(), a_round())
    assert (apples.mean, boats.mean) == (24 / 9, 15 / 4)
    assert (apples.agreeing, boats.agreeing) == (4 / 9, 1)
    assert extremes(small(), a_round(), 1) == (["Dry."], ["Red."])


def test_of_fewer_than_five_nothing_is_told() -> None:
    with pytest.raises(Refused, match="4 answered, and of fewer than 5 nothing is told"):
        tally(small(), FIVE[:4])


UNITS = st.lists(
    st.sampled_from(["Roads", "roads ", "Water", "Health", ""]), min_size=5, max_size=40
)


@settings(max_examples=200, deadline=None)
@given(UNITS)
def test_nobody_is_left_over_beside_the_units_that_are_told_apart(units: list[str]) -> None:
    found = tally(small(), [sheet(1, 2, 3, unit=unit) for unit in units])
    told = sum(unit.people for unit in found.units)
    assert all(unit.people >= MINIMUM and unit.unit.strip() for unit in found.units)
    assert len(units) - told == 0 or len(units) - told >= MINIMUM or not found.units
    for unit in found.units:
        assert all(
            sum(c) == unit.people * n for c, n in zip(unit.dimensions.values(), (2, 1), strict=True)
        )


def test_a_round_is_kept_whole_and_shared_without_units(tmp_path: Path) -> None:
    sheets = [*FIVE, *(s._replace(unit="Roads") for s in FIVE)]
    summed = tally(small(), sheets)
    assert [unit.unit for unit in summed.units] == ["Roads"]
    fields = {
        "id": "x",
        "kind": "assessment",
        **fields_of(small(), "2026", date(2026, 11, 1), summed),
    }
    record = Assessment.model_validate(fields)
    assert list(record.misfits()) == []
    assert round_of(record) == a_round(sheets, office="")
    place = tmp_path / "ours.json"
    place.write_text(shared(round_of(record), "Ours\u202e"), encoding="utf-8")
    assert "Roads" not in place.read_text(encoding="utf-8")
    assert read_shared(place) == a_round(sheets)._replace(tally=summed._replace(units=()))


@pytest.mark.parametrize(
    ("old", "new"),
    [('"people": 5', '"people": 4'), ("1,", "-1,"), ("kmkit.assessment/1", "x"), ("2026-", "20-")],
)
def test_a_shared_round_that_cannot_be_one(tmp_path: Path, old: str, new: str) -> None:
    place = tmp_path / "x.json"
    text = shared(a_round(), "Ours")
    assert old in text
    place.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Cannot, match="is no shared round"):
        read_shared(place)


def test_only_items_in_the_same_words_are_compared() -> None:
    before = a_round()
    items = {
        "a-1@1": (0, 0, 0, 5, 0),
        "a-2@2": (5, 0, 0, 0, 0),
    }  # other words; boats were not asked
    before = before._replace(tally=before.tally._replace(items=items))
    apples, boats = changes(small(), before, a_round())
    assert (apples.before, apples.now, apples.items, apples.left_out) == (4, 14 / 5, 1, 1)
    assert apples.by == pytest.approx(-1.2)
    assert (boats.before, boats.by, boats.items) == (None, None, 0)


def test_counts_add_up() -> None:
    assert added([(1, 2), (3, 4)]) == (4, 6)


# Who could help whom


@st.composite
def offices(draw: st.DrawFn) -> dict[str, dict[str, float]]:
    names = draw(st.lists(st.sampled_from("ABCDEFGH"), unique=True, min_size=2))
    value = st.integers(10, 60).map(lambda n: n / 10)
    return {name: {about: draw(value) for about in "xyz"} for name in names}


def ranks(means: Means, asks: str, helps: str, about: str) -> tuple[float, str, float, str]:
    """How an office orders its wishes; the least is the dearest."""
    return (means[asks][about], about, -means[helps][about], helps)


@settings(max_examples=200, deadline=None)
@given(offices(), st.integers(1, 3), st.randoms())
def test_no_two_offices_would_both_rather_be_paired(
    means: dict[str, dict[str, float]], each: int, chance: random.Random
) -> None:
    pairs = matched(means, {}, each=each)
    asked = {pair.asks: pair for pair in pairs}
    assert len(asked) == len(pairs)
    for office in means:
        helped = [pair for pair in pairs if pair.helps == office]
        assert len(helped) <= each
    for asks, helps, about in product(means, means, "xyz"):
        if asks == helps or means[helps][about] - means[asks][about] < AHEAD:
            continue
        own = asked.get(asks)
        if own and ranks(means, asks, own.helps, own.about) <= ranks(means, asks, helps, about):
            continue  # it has what it would rather have
        held = sorted((means[p.asks][p.about], p.asks) for p in pairs if p.helps == helps)
        rather = len(held) < each or (means[asks][about], asks) < held[-1]
        assert not rather, (asks, helps, about)
    shuffled = list(means.items())
    chance.shuffle(shuffled)
    assert matched(dict(shuffled), {}, each=each) == pairs


@settings(max_examples=100, deadline=None)
@given(offices())
def test_who_needs_most_is_helped_and_no_office_twice_within_two_weeks(
    means: dict[str, dict[str, float]],
) -> None:
    pairs = dated(matched(means, {}, each=2), date(2026, 11, 22))
    days: dict[str, list[date]] = {}
    for pair in pairs:
        assert pair.strength - pair.need >= AHEAD
        assert pair.on is not None
        assert pair.on.weekday() == 1
        assert pair.on >= date(2026, 11, 22)
        for office in (pair.asks, pair.helps):
            days.setdefault(office, []).append(pair.on)
    for own in days.values():
        own.sort()
        assert all(b - a >= timedelta(days=14) for a, b in pairwise(own))


def test_offices_are_compared_over_what_all_were_asked() -> None:
    other = a_round(office="Theirs")
    other = other._replace(tally=other.tally._replace(items={"a-1@1": (0, 0, 0, 5, 0)}))
    assert means_of(small(), [a_round(), other]) == {"Ours": {"a": 2.8}, "Theirs": {"a": 4.0}}
    (pair,) = matched(means_of(small(), [a_round(), other]), {"a": "Apples"})
    assert (pair.asks, pair.helps) == ("Ours", "Theirs")
    assert pair.why == "Apples: Ours stands at 2.8, Theirs at 4.0."


def test_the_file_of_answers_says_nothing_of_who_gave_them() -> None:
    value = json.loads(written(sheet(1, 2, 3)))
    assert set(value) == {"schema", "instrument", "version", "unit", "answers"}
