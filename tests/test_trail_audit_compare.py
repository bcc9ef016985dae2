"""What the audit compares: a file with its trail, one field at a time, and which files it reads."""

from collections import Counter
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import pytest

from kmkit.note.model import (
    Asked,
    Deferred,
    Dissemination,
    Fields,
    InForce,
    Note,
    Reviewed,
    Verdict,
)
from kmkit.trail.audit.compare import bare, before_move, claim_of, differing
from kmkit.trail.audit.findings import Finding, Standing
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.paths import in_notes, is_note, is_rule, matters
from kmkit.trail.audit.report import Report
from kmkit.trail.fold import Claim

DAY, LATER = date(2026, 11, 21), date(2026, 12, 1)
GIVEN: dict[str, Any] = {"method": "crowd", "verdict": "approve", "fingerprint": "k1:1"}
VERDICT = Verdict(on=DAY, by="ben@example.org", because="Read.", **GIVEN)
ASKED = Asked(on=DAY, to="ben@example.org", by="cy@example.org")
WEEKLY = Dissemination(on=DAY, channel="weekly-digest", by="ana@example.org")
REVIEWED = Reviewed(on=DAY, by="cy@example.org", because="Read.")
DEFERRED = Deferred(until=LATER, by="cy@example.org", on=DAY)
IN_FORCE = InForce(blob="1" * 40, state="validated", since=DAY)
FULL: dict[str, Any] = {
    "state": "captured", "level": "internal", "owner": "cy@example.org", "superseded_by": "n-2",
    "verdicts": (VERDICT,), "asked": (ASKED,), "disseminated": (WEEKLY,), "reviewed": REVIEWED,
    "deferred": DEFERRED, "in_force": IN_FORCE,
}  # fmt: skip


def test_a_file_says_what_its_trail_says() -> None:
    claim = Claim(**FULL)
    fields = Fields(**FULL)
    assert list(differing(fields, claim)) == []
    assert claim_of(fields) == claim
    assert list(differing(Fields(), Claim())) == []
    assert claim_of(Fields()) == Claim()
    kept = Claim(scribe="cy@example.org", captured="1", settled="2", reached="3", held=(VERDICT,))
    said = claim_of(fields, kept)
    assert (said.scribe, said.captured, said.settled, said.reached) == ("cy@example.org", *"123")
    assert (said.held, said.state, said.verdicts) == ((VERDICT,), "captured", (VERDICT,))


@pytest.mark.parametrize("name", FULL)
def test_each_field_is_compared(name: str) -> None:
    less = {key: value for key, value in FULL.items() if key != name}
    assert list(differing(Fields(**FULL), Claim(**less))) == [name]
    assert list(differing(Fields(**less), Claim(**FULL))) == [name]
    other = Fields(**FULL).model_copy(update={name: OTHER[name]})
    assert list(differing(other, Claim(**FULL))) == [name]


OTHER: dict[str, Any] = {
    "state": "validated", "level": "domestic", "owner": "ana@example.org", "superseded_by": "n-3",
    "verdicts": (VERDICT.model_copy(update={"because": "Skimmed."}),),
    "asked": (ASKED.model_copy(update={"to": "dee@example.org"}),),
    "disseminated": (WEEKLY.model_copy(update={"on": LATER}),),
    "reviewed": REVIEWED.model_copy(update={"by": "ana@example.org"}),
    "deferred": DEFERRED.model_copy(update={"until": DAY}),
    "in_force": IN_FORCE.model_copy(update={"blob": "2" * 40}),
}  # fmt: skip

SAME: dict[str, Any] = {
    "owner": "Cy@Example.org",
    "verdicts": (VERDICT.model_copy(update={"on": LATER, "by": "BEN@example.org", "topic": ""}),),
    "asked": (ASKED.model_copy(update={"on": LATER}),),
    "reviewed": REVIEWED.model_copy(update={"on": LATER}),
    "deferred": DEFERRED.model_copy(update={"on": LATER}),
    "in_force": IN_FORCE.model_copy(update={"since": LATER}),
}
"""The day that an entry copies from its commit proves nothing; letters of an address are one."""


@pytest.mark.parametrize("name", SAME)
def test_what_proves_nothing_is_not_compared(name: str) -> None:
    fields = Fields(**FULL).model_copy(update={name: SAME[name]})
    assert list(differing(fields, Claim(**FULL))) == []


def test_an_entry_laid_bare() -> None:
    assert bare(None) is None
    assert bare(WEEKLY) == {
        "on": DAY, "channel": "weekly-digest", "by": "ana@example.org",
    }  # fmt: skip
    assert bare(IN_FORCE) == {"blob": "1" * 40, "state": "validated"}
    assert bare(DEFERRED) == {"until": LATER, "by": "cy@example.org"}


def test_a_note_as_a_move_found_it() -> None:
    path = PurePosixPath("notes/n.md")
    note = Note(path, b"", Fields(**{**FULL, "title": "T", "backup": "x@example.org"}))
    assert before_move(note, Claim(**FULL), "x@example.org").fields == note.fields
    plain = before_move(note, Claim(), "").fields
    assert plain == Fields(title="T")


def test_which_files_are_read() -> None:
    notes = {"notes/a.md", "notes/2026/a.md"}
    beside = {"notes", "notes/a.txt", "notes/.a/b.md", "notes/2026/.a.md"}
    rules = {"policy.toml", "templates", "templates/notes", "templates/notes/lesson.md.j2"}
    others = {"README.md", "my/notes/a.md", "notesy/a.md", "templates/digest/x", "my/policy.toml"}
    every = {*notes, *beside, *rules, *others, "kmkit.toml"}
    assert {path for path in every if is_note(path)} == notes
    assert {path for path in every if in_notes(path)} == {*notes, *beside}
    assert {path for path in every if is_rule(path)} == rules
    assert {path for path in every if matters(path)} == {*rules, "kmkit.toml"}


@pytest.mark.parametrize(
    ("doubt", "before", "captured", "signed", "proof"),
    [
        (0, False, "1", True, "proved"),
        (0, False, "1", False, "claimed"),
        (0, False, "", True, "unproved"),
        (0, True, "1", True, "before-anchor"),
        (0, True, "", False, "before-anchor"),
        (1, True, "1", True, "unproved"),
        (2, False, "1", True, "unproved"),
    ],
)
def test_how_well_a_note_stands(
    doubt: int, before: bool, captured: str, signed: bool, proof: str
) -> None:
    known = Known(
        "n", "notes/n.md", "1", "lesson", "k1:1", b"", "", Claim(captured=captured),
        doubt=doubt, before_anchor=before, signed=signed,
    )  # fmt: skip
    assert known.proof == proof


def test_the_report_of_some_notes() -> None:
    one, two = (Standing(id, f"notes/{id}.md", "captured", "k1:1", "claimed") for id in "ab")
    found = [Finding("unproved", id, "", "1" * 40, "Why.") for id in ("a", "b", "")]
    report = Report(tuple(found), (one, two), 7, "1", "2", 3, {"claimed": 2}, 5)
    some = report.only({"b"})
    assert (some.findings, some.standings) == ((found[1], found[2]), (two,))
    assert some.proofs == Counter({"claimed": 1})
    assert (some.checked, some.anchor, some.tip, some.mended, some.judged) == (7, "1", "2", 3, 5)
