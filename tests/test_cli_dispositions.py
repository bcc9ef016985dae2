"""``kmkit brief --record``: what a project makes of each lesson."""

import csv
import io
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.note.records import ApplicationRecord
from tests.brief_kb import DESCRIPTION, approve
from tests.conftest import BEN, Run, at
from tests.sitting import sitting

FILLED = {
    "Order fuel before the roads close": {
        "decision": "Action", "because": "We burn diesel.", "action": "Sign in spring",
        "by": BEN.email, "due": "2027-03-01",
    },
    "Test every siren with the village": {
        "decision": "Not applicable", "because": "No sirens here.",
    },
}  # fmt: skip


def decisions(kb: KnowledgeBase) -> dict[str, str]:
    return {record.note: record.status for record in at(kb).records(ApplicationRecord)}


def filled(file: Path, changes: dict[str, dict[str, str]], sign: str = ",") -> None:
    """What somebody writes into the file with a spreadsheet."""
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys(), delimiter=sign)
        writer.writeheader()
        writer.writerows({**row, **changes.get(row["title"], {})} for row in rows)


@pytest.mark.parametrize("sign", [",", ";"])
def test_by_a_file_that_is_written_first(
    kb: KnowledgeBase, run: Run, tmp_path: Path, sign: str
) -> None:
    fuel, sirens = approve(kb, "Fuel"), approve(kb, "Sirens")
    file = tmp_path / "decisions.csv"
    args = ["brief", DESCRIPTION, "--record", "Coast road", "--answers", str(file)]
    ran = run(kb.root, *args)
    assert ran.code == 0, ran.err
    assert "Fill in decision" in ran.err
    assert decisions(kb) == {}
    filled(file, FILLED, sign)
    dry = run(kb.root, *args, "--dry-run")
    assert (dry.code, decisions(kb)) == (0, {})
    ran = run(kb.root, *args)
    assert ran.code == 0, ran.err
    assert decisions(kb) == {fuel.id: "planned", sirens.id: "not-applicable"}
    planned = next(r for r in at(kb).records(ApplicationRecord) if r.status == "planned")
    assert (planned.action, planned.by, str(planned.due)) == (
        "Sign in spring", BEN.key, "2027-03-01",
    )  # fmt: skip
    assert (planned.in_, planned.because) == ("Coast road", "We burn diesel.")
    ran = run(kb.root, *args)
    assert "2 lessons decided on before." in ran.err
    assert len(decisions(kb)) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"decision": "Maybe so"}, "'Maybe so' is no decision"),
        ({"decision": "maybe"}, "'maybe' is no decision"),
        ({"because": " "}, "because is missing"),
        ({"action": ""}, "action is missing"),
        ({"due": "soon"}, "no date"),
        ({"due": "2020-01-01"}, "is past"),
        ({"by": "ben"}, "no e-mail address"),
        ({"note": "x"}, "no lesson of this brief"),
    ],
)
def test_one_line_that_is_wrong_keeps_all_from_being_recorded(
    kb: KnowledgeBase, run: Run, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    approve(kb, "Fuel")
    approve(kb, "Sirens")
    file = tmp_path / "decisions.csv"
    args = ["brief", DESCRIPTION, "--record", "Coast road", "--answers", str(file)]
    run(kb.root, *args)
    title = "Order fuel before the roads close"
    filled(file, {**FILLED, title: {**FILLED[title], **change}})
    ran = run(kb.root, *args)
    assert ran.code == 2
    assert said in ran.err
    assert f"{file}:" in ran.err
    assert decisions(kb) == {}


def test_a_file_without_its_columns(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    approve(kb, "Fuel")
    file = tmp_path / "decisions.csv"
    file.write_text("lesson,verdict\nx,y\n", encoding="utf-8")
    ran = run(kb.root, "brief", DESCRIPTION, "--record", "Coast", "--answers", str(file))
    assert ran.code == 2
    assert "no column because, decision, note" in ran.err


def test_nobody_there_to_be_asked(kb: KnowledgeBase, run: Run) -> None:
    approve(kb, "Fuel")
    ran = run(kb.root, "brief", DESCRIPTION, "--record", "Coast road", "--no-input")
    assert ran.code == 2
    assert "--answers FILE.csv" in ran.err


def test_on_a_terminal_lesson_by_lesson(kb: KnowledgeBase) -> None:
    fuel, sirens = approve(kb, "Fuel"), approve(kb, "Sirens")
    sat = sitting(
        kb.root, "brief", DESCRIPTION, "--record", "Coast road",
        talk=[
            ("1 of 2", "a"), ("Why?", "We burn diesel.\n"), ("What is to be done", "Sign\n"),
            ("By whom", "\n"), ("By which day", "2027-03-01\n"), ("2 of 2", "n"),
            ("Why?", "They are new.\n"),
        ],
    )  # fmt: skip
    assert sat.code == 0, sat.screen
    assert decisions(kb) == {fuel.id: "planned", sirens.id: "no-action"}
