"""Records in the audit: which files are judged, how they walk, and how they are kept."""

import pytest

from kmkit.note.records import KINDS
from kmkit.note.records.walks import WALKS, deed_of
from kmkit.trail.audit.findings import Finding, RecordStanding, Standing
from kmkit.trail.audit.packing import packed, proof_of, unpacked
from kmkit.trail.audit.paths import JUDGED, in_records, is_record
from kmkit.trail.audit.records_known import Filed
from kmkit.trail.audit.report import Report

FILED = Filed("r", "records/application/r.md", "b" * 40, "application", "verified", "n", "{}")


def test_which_files_are_judged() -> None:
    judged = ("records/application/x.md", "records/application/2026/x.md", "records/question/x.md")
    for path in judged:
        assert is_record(path)
        assert in_records(path)
    for path in ("records", "records/application", "records/application/x.txt"):
        assert in_records(path)
        assert not is_record(path)
    others = ("records/plan/x.md", "records/x.md", "people/x.md", "notes/application/x.md")
    for path in (*others, "records/application/.x/y.md", "records/application/.x.md", "record"):
        assert not is_record(path)
        assert not in_records(path)


def test_every_walked_field_is_one_of_the_kind() -> None:
    for kind, walk in WALKS.items():
        model = KINDS[kind]
        assert model.walked <= set(model.model_fields)
        for deed in walk.deeds:
            assert deed.writes <= model.walked
            assert {name.partition(".")[0] for name in deed.names} <= model.walked
        assert walk.way.startswith("kmkit ")
    assert {kind for kind in KINDS if KINDS[kind].walked} == set(WALKS)


@pytest.mark.parametrize(
    ("verb", "before", "after", "there"),
    [
        ("verify", "done", "verified", True),
        ("verify", "planned", "verified", False),
        ("plan", "planned", "planned", False),
        ("change", "done", "done", True),
        ("change", "done", "verified", False),
        ("change", "", "", False),
    ],
)
def test_which_steps_there_are(verb: str, before: str, after: str, there: bool) -> None:
    assert (deed_of("application", verb, before, after) is not None) == there


# How they are kept


@pytest.mark.parametrize(
    ("filed", "counted"),
    [
        (FILED, "record-claimed"),
        (FILED._replace(signed=True), "record-proved"),
        (FILED._replace(told=False), "verified-by-hand"),
        (FILED._replace(told=False, stage="done"), "record-by-hand"),
        (FILED._replace(before_anchor=True), "record-before-anchor"),
        (FILED._replace(doubt=True, faults=(1, 2)), "verified-unproved"),
        (FILED._replace(doubt=True, stage="done", sound=FILED), "record-unproved"),
        (
            FILED._replace(
                whose=frozenset(("a@x", "b@x")),
                doers=frozenset(("Ben Adu", "b@x")),
                trail=frozenset((4, 11)),
                since="c" * 40,
            ),
            "record-claimed",
        ),
    ],
)
def test_a_record_is_kept_as_it_is(filed: Filed, counted: str) -> None:
    line = packed(filed)
    assert unpacked(line) == filed
    assert proof_of(line) == proof_of(filed) == counted


# What is told of some of them


def test_a_report_of_some() -> None:
    def record(id: str, note: str) -> RecordStanding:
        return RecordStanding(id, "application", "p", "done", note, "", "claimed", "", "")

    def finding(id: str) -> Finding:
        return Finding("record-by-hand", id, "", "c", "x.", "")

    notes = (Standing("n", "p", "captured", "k1:", "proved", "", (), ""),
             Standing("m", "p", "captured", "k1:", "claimed", "", (), ""))  # fmt: skip
    records = (record("r", "n"), record("q", "m"), record("n-like", ""))
    found = tuple(finding(id) for id in ("", "n", "m", "r", "q", "n-like"))
    whole = Report(found, notes, 9, "a", "t", records=records)
    some = whole.only({"n"})
    assert [one.note for one in some.standings] == ["n"]
    assert [one.record for one in some.records] == ["r"]
    assert [one.note for one in some.findings] == ["", "n", "r"]
    assert some.proofs == {"proved": 1, "record-claimed": 1}
    alone = whole.only({"q"})
    assert (alone.standings, alone.records) == ((), (record("q", "m"),))
    assert [one.note for one in alone.findings] == ["", "q"]


def test_what_walks_is_judged() -> None:
    assert {*JUDGED} == {*WALKS}
