import json
import subprocess
from pathlib import Path

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from tests.conftest import BEN, CY, Run, at, captured, disseminated, validated
from tests.terminal import CONTROLS, on_terminal


def rows(text: str) -> list[dict[str, str]]:
    head, *lines = (line.split("\t") for line in text.splitlines())
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_every_step_with_who_method_verdict_and_reason(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    back = Request(method="peer-review", verdict="return", because="Which\nyear?")
    at(kb, CY).move("validate", note, back)
    returned = kb.read(note.path)
    kb.move("edit", returned, data=returned.data.replace(b"Sign contracts", b"Sign them"))
    yes = Request(method="peer-review", verdict="approve", because="Checked.")
    at(kb, BEN).move("validate", kb.read(note.path), yes)
    steps = rows(run(kb.root, "log", note.id).out)
    assert [(s["move"], s["to"], s["email"]) for s in steps] == [
        ("capture", "captured", "ana@example.org"),
        ("validate", "captured", "cy@example.org"),
        ("edit", "captured", "ana@example.org"),
        ("validate", "validated", "ben@example.org"),
    ]
    assert (steps[1]["method"], steps[1]["verdict"]) == ("peer-review", "return")
    assert steps[1]["reason"] == "Which year?"
    assert all(step["fingerprint"].startswith("k1:") for step in steps)
    assert len(steps[0]["fingerprint"]) == 15
    assert [s["binds"] for s in steps] == [
        "an earlier text", "an earlier text", "what stands", "what stands",
    ]  # fmt: skip


def test_a_revision_is_told_from_what_stands(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    draft = note.data.replace(b"Text of results.", b"Fuel was late.")
    kb.move("edit", note, Request(because="It was not so."), data=draft)
    steps = rows(run(kb.root, "log", note.id).out)
    assert [s["move"] for s in steps][-2:] == ["disseminate", "revise"]
    assert [s["binds"] for s in steps][-2:] == ["what stands", "the revision"]


def test_a_change_by_hand_unbinds_the_approval(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    (kb.root / note.path).write_bytes(note.data.replace(b"Sign contracts", b"Sign no contracts"))
    assert {s["binds"] for s in rows(run(kb.root, "log", note.id).out)} == {"an earlier text"}


def test_json(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    found = json.loads(run(kb.root, "log", note.id, "--json").out)
    assert found["schema"] == "kmkit.log/1"
    assert found["id"] == note.id
    assert [(e["move"], e["bound"]) for e in found["events"]] == [
        ("capture", True), ("validate", True),
    ]  # fmt: skip
    assert found["events"][1]["reason"] == "Checked against the log."


def test_a_note_without_a_trail(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    (kb.root / "notes" / "copy.md").write_bytes(note.data.replace(note.id[-4:].encode(), b"zz99"))
    ran = run(kb.root, "log", "zz99")
    assert ran.code == 0
    assert rows(ran.out) == []
    assert "nothing proves that it is captured" in ran.err


def test_a_shallow_clone_says_that_steps_may_be_missing(
    kb: KnowledgeBase, run: Run, tmp_path: Path
) -> None:
    note = validated(kb)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", kb.root.as_uri(), str(clone)], check=True)
    ran = run(clone, "log", note.id)
    assert ran.code == 0
    assert [s["move"] for s in rows(ran.out)] == ["validate"]
    assert "shallow" in ran.err


def test_on_a_terminal(kb: KnowledgeBase) -> None:
    note = captured(kb, "[red]Fuel")
    yes = Request(method="peer-review", verdict="approve", because="[/b] Good \u202e\x1b[31m.")
    at(kb, BEN).move("validate", note, yes)
    shown = on_terminal(kb.root, "log", note.id)
    assert "[red]Fuel" in shown
    assert "captured → validated" in shown
    assert "peer-review, approve" in shown
    assert "[/b] Good" in shown
    assert "what stands" in shown
    assert "\u202e" not in shown
    assert not set(CONTROLS) & set(shown)
