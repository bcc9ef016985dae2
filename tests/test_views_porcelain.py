import json
from datetime import UTC, datetime

import pytest

from kmkit.learn.status import status
from kmkit.trail.event import Event
from kmkit.views import listing, porcelain
from tests import golden_files
from tests.index_material import as_listed, index_of, stale_of
from tests.note_material import ID, OWNER, note

BIDI = note("disseminated", title="Fuel \u202e\x9b31m ខ្មែរ", x_desk="7")
ROW = as_listed(BIDI)


def test_a_terminal_is_safe_and_nothing_is_lost() -> None:
    text = "".join(listing.as_json([ROW]))
    assert "\u202e" not in text
    assert "\x9b" not in text
    assert "ខ្មែរ" in text
    assert json.loads(text)["notes"][0]["title"] == BIDI.title


def test_halves_of_pairs_can_be_encoded() -> None:
    assert json.loads(porcelain.dumps({"path": "a\udcff"}).encode("utf-8")) == {"path": "a\udcff"}


def test_notes(pytestconfig: pytest.Config) -> None:
    text = "".join(listing.as_json([ROW]))
    golden_files.check(pytestconfig, "porcelain-notes.json", text)
    found = json.loads(text)
    assert found["schema"] == "kmkit.notes/1"
    [one] = found["notes"]
    assert list(one) == [
        "id", "path", "title", "kind", "state", "being_revised", "overdue", "due", "captured",
        "owner", "backup", "level", "topics", "summary", "matters_to", "unit", "language",
        "in_conflict",
    ]  # fmt: skip
    assert one["overdue"] is True
    assert one["due"] == "2026-04-01"
    assert one["captured"] == "2025-03-10"
    assert one["backup"] is None


def test_one_note_with_its_text(pytestconfig: pytest.Config) -> None:
    golden_files.check(pytestconfig, "porcelain-note.json", porcelain.note(ROW, BIDI))
    found = json.loads(porcelain.note(ROW, BIDI))
    assert found["schema"] == "kmkit.note/1"
    assert found["fields"]["gathered"]["from"] == "Flood response"
    assert found["fields"]["review_every"] == "P1Y"
    assert found["own_fields"] == {"x_desk": "7"}
    assert found["sections"][0]["heading"] == "Context and challenge"


def test_stale_rows(pytestconfig: pytest.Config) -> None:
    rows = stale_of(BIDI)
    golden_files.check(pytestconfig, "porcelain-stale.json", porcelain.stale(rows))
    found = json.loads(porcelain.stale(rows))
    assert found["schema"] == "kmkit.stale/1"
    assert found["notes"][0]["owner"] == OWNER
    assert found["notes"][0]["reasons"][0]["reason"] == "overdue"
    assert found["notes"][0]["reasons"][0]["since"] == "2026-04-01"


def test_events(pytestconfig: pytest.Config) -> None:
    event = Event(
        commit="c" * 40, when=datetime(2026, 3, 1, 9, tzinfo=UTC), name="Cy",
        email="cy@example.org",
        subject="validate: x", reason="Read it.", note=ID, move="validate", from_state="captured",
        to_state="validated",
        trailers={"Kmkit-Method": "peer-review", "Kmkit-Fingerprint": "k1:" + "a" * 64},
    )  # fmt: skip
    text = porcelain.events(BIDI, [(event, True)])
    golden_files.check(pytestconfig, "porcelain-log.json", text)
    found = json.loads(text)
    assert found["schema"] == "kmkit.log/1"
    assert found["id"] == ID
    [step] = found["events"]
    assert (step["move"], step["from"], step["to"]) == ("validate", "captured", "validated")
    assert step["when"] == "2026-03-01T09:00:00+00:00"
    assert step["fingerprint_short"] == "k1:aaaaaaaaaaaa"
    assert step["verdict"] is None
    assert step["bound"] is True


def test_status(pytestconfig: pytest.Config) -> None:
    with index_of(BIDI) as index:
        seen = status(index, me=OWNER)
    text = porcelain.status(seen)
    golden_files.check(pytestconfig, "porcelain-status.json", text)
    found = json.loads(text)
    assert found["schema"] == "kmkit.status/1"
    assert found["stale"] == {"overdue": 1}
    assert found["uncovered_critical_topics"] == ["procurement"]
    assert found["waiting_for_me"][0]["why"] == "overdue"
    assert {s["state"]: s["notes"] for s in found["states"]}["disseminated"] == 1
