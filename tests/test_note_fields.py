"""Fields: from text to types, and every misfit in plain words."""

from datetime import date
from pathlib import PurePosixPath

import pytest

from kmkit.note.fields import typed_as
from kmkit.note.file import read
from kmkit.note.frontmatter import load
from kmkit.note.model import MOVE_FIELDS, Fields, Gathered, Note, Reviewed, Verdict
from kmkit.note.strict import twin
from kmkit.period import Period


def note(front: str) -> Note:
    return read(f"---\n{front}---\n".encode(), PurePosixPath("n.md"))


def told(front: str) -> list[str]:
    return [f"{p.line}:{p.col} {p.rule}: {p.message} {p.mend}" for p in note(front).problems]


def test_fields_have_their_types() -> None:
    front = """\
title: 2026
state: no
topics: logistics
sources: [anonymous, 007]
gathered: {on: 2026-11-20, method: retrospect, by: a@b.c, from: 1_000}
review_every: 12 months
reviewed:
  on: "2026-11-21"
  by: a@b.c
  because: yes
x_free: {any: [thing]}
unit:
"""
    made = note(front)
    assert made.problems == ()
    assert made.fields == Fields(
        title="2026",
        state="no",
        topics=("logistics",),
        sources=("anonymous", "007"),
        gathered=Gathered(on=date(2026, 11, 20), method="retrospect", by="a@b.c", from_="1_000"),
        review_every=Period(months=12),
        reviewed=Reviewed(on=date(2026, 11, 21), by="a@b.c", because="yes"),
    )
    assert made.raw["x_free"] == {"any": ["thing"]}


DATES = [
    "2026-02-30",
    "2026-13-01",
    "0000-01-01",
    "2026-11-20T10:00",
    "2026-11-20T00:00:00Z",
    "2026-11-20 00:00",
    "20261120",
    "2026-W47-5",
    "1795132800",
    "20.11.2026",
    "26-11-20",
    "٢٠٢٦-١١-٢٠",
    "no",
    "''",
    "yesterday",
]


@pytest.mark.parametrize("day", DATES)
def test_what_is_no_iso_date_is_no_date(day: str) -> None:
    made = note(f"title: a\ngathered: {{by: b, on: {day}, method: c}}\n")
    (problem,) = made.problems
    assert (problem.line, problem.col, problem.rule) == (3, 23, "bad-date")
    assert problem.mend == "Write it as YYYY-MM-DD."
    assert made.fields == Fields(title="a")


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("ownr: a\n", "2:1 unknown-field: There is no field 'ownr'. Did you mean owner?"),
        ("Title: a\n", "2:1 unknown-field: There is no field 'Title'. Did you mean title?"),
        (
            "matters to: a\n",
            "2:1 unknown-field: There is no field 'matters to'. Did you mean matters_to?",
        ),
        ("tags:\n  - a\n", "2:1 unknown-field: There is no field 'tags'. Did you mean topics?"),
        (
            "zzz: a\n",
            "2:1 unknown-field: There is no field 'zzz'."
            " Delete it. Fields of your own begin with 'x_'.",
        ),
        (
            "gathered: {on: 2026-01-01, metod: a, by: b, method: c}\n",
            "2:28 unknown-field: There is no field 'metod' in 'gathered'. Did you mean method?",
        ),
        (
            "gathered: {on: 2026-01-01, method: a}\n",
            "2:11 bad-value: gathered.by is missing. Add 'by: …'.",
        ),
        (
            "gathered: {on: , method: a, by: b}\n",
            "2:12 bad-value: gathered.on is missing. Add 'on: …'.",
        ),
        (
            "title: [a]\n",
            "2:8 bad-value: title: a list stands where text is needed."
            " Write one text, in quotes if it has brackets.",
        ),
        (
            "topics: {a: b}\n",
            "2:9 bad-value: topics: a map (name: value) stands where a list is needed."
            " Begin each entry on its own line with '- '.",
        ),
        (
            "topics: [a, ]\nsources: [a, ~]\n",
            "3:14 bad-value: sources.1: nothing stands where a value is needed."
            " Write the value, or delete the line.",
        ),
        (
            "gathered: yesterday\n",
            '2:11 bad-value: gathered: "yesterday" stands where named parts are needed.'
            " Write them as {name: value, name: value}.",
        ),
        (
            "review_every: 12 moths\n",
            '2:15 bad-value: review_every: "12 moths" is not a duration.'
            " Write it as P1Y, P6M, P2W, P90D or '12 months'.",
        ),
        (
            "review_every: [P1Y]\n",
            "2:15 bad-value: review_every: a list is not a duration."
            " Write it as P1Y, P6M, P2W, P90D or '12 months'.",
        ),
    ],
)
def test_a_misfit_is_told_in_plain_words(front: str, expected: str) -> None:
    assert told(front) == [expected]


def test_each_misfit_of_a_list_of_maps_is_told_once_and_the_list_is_left_out() -> None:
    front = """\
title: a
verdicts:
  - {on: 2026-01-01, by: a@b.c, method: m, verdict: aprove, fingerprint: x}
  - {on: 2026-01-0x, by: a@b.c, method: m, verdict: approve, fingerprint: x, colour: red}
"""
    assert told(front) == [
        '4:53 bad-value: verdicts.0.verdict: "aprove" is not allowed here.'
        " Write approve, return or reject.",
        '5:10 bad-date: verdicts.1.on: "2026-01-0x" is not a date. Write it as YYYY-MM-DD.',
        "5:78 unknown-field: There is no field 'colour' in 'verdicts.1'. Delete it.",
    ]
    assert note(front).fields == Fields(title="a")
    assert len(note(front).raw["verdicts"]) == 2


def test_an_unknown_part_does_not_take_the_rest_of_a_map_with_it() -> None:
    made = note("gathered: {on: 2026-01-01, by: a, method: b, colour: red, size: {a: b}}\n")
    assert [problem.rule for problem in made.problems] == ["unknown-field", "unknown-field"]
    assert made.fields.gathered == Gathered(on=date(2026, 1, 1), by="a", method="b")
    assert made.raw["gathered"]["colour"] == "red"


def test_a_model_that_needs_what_does_not_fit_is_none() -> None:
    verdict, flaws = typed_as(twin(Verdict), load("on: 2026-01-01\nby: a\nverdict: maybe\n"))
    assert verdict is None
    assert [flaw.rule for flaw in flaws][:3] == ["bad-value"] * 3


def test_every_field_and_entry_has_a_help() -> None:
    for name, info in Fields.model_fields.items():
        assert info.description, name
    assert {"state", "verdicts", "disseminated", "reviewed", "in_force"} <= MOVE_FIELDS
