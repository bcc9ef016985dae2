"""`kmkit level` says how far a note reaches, and why."""

import json

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.note.model import Note
from tests.conftest import ANA, Run, at, captured, disseminated, validated


def settings(kb: KnowledgeBase, text: str) -> None:
    with (kb.root / "kmkit.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def protect(kb: KnowledgeBase, line: str) -> None:
    path = kb.root / "kmkit.toml"
    text = path.read_text(encoding="utf-8")
    assert "[protect]\n" in text
    path.write_text(text.replace("[protect]\n", f"[protect]\n{line}\n"), encoding="utf-8")


def by_hand(kb: KnowledgeBase, note: Note, before: str, after: str) -> None:
    path = kb.root / note.path
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


def test_without_an_audience_it_says_which_ones_it_may_reach(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb, level="domestic")
    settings(kb, '\n[audiences.partners]\nlevel = "domestic"\n')
    ran = run(kb.root, "level", note.short)
    assert ran.code == 0
    rows = [line.split("\t") for line in ran.out.splitlines()]
    assert [row[:3] for row in rows if row[0] != "all-staff"] == [
        ["audience", "level", "reaches"],
        ["partners", "domestic", "yes"],
        ["", "internal", "yes"],
        ["", "domestic", "yes"],
        ["", "international", "no"],
    ]
    assert rows[-1][3] == "Its level is domestic, and that is narrower than international."


def test_yes_is_0_and_no_is_1(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb, level="domestic")
    ran = run(kb.root, "level", note.short, "domestic")
    assert (ran.code, ran.out) == (0, f"Yes: Order fuel early ({note.short}) may reach domestic.\n")
    ran = run(kb.root, "level", note.short, "international")
    assert ran.code == 1
    assert ran.out == (
        f"No: Order fuel early ({note.short}) does not reach international.\n"
        "Its level is domestic, and that is narrower than international.\n"
        f"kmkit release {note.short} --level international --because '…' "
        "(by a manager: ana@example.org).\n"
    )
    assert run(kb.root, "level", note.short, "domestc").code == 2


def test_a_level_that_a_hand_widened_does_not_count(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    by_hand(kb, note, "level: internal", "level: domestic")
    ran = run(kb.root, "level", note.short, "domestic", "--explain")
    assert ran.code == 1
    assert "Level in the file: domestic. Level that the history proves: internal." in ran.out
    assert "It counts as internal." in ran.out
    assert "Write 'level: internal' into the file" in ran.out


@pytest.mark.parametrize("level", ["secret", "''"])
def test_a_level_that_does_not_exist_counts_as_the_narrowest(
    kb: KnowledgeBase, run: Run, level: str
) -> None:
    note = validated(kb, level="domestic")
    by_hand(kb, note, "level: domestic", f"level: {level}")
    ran = run(kb.root, "level", note.short, "domestic")
    assert ran.code == 1
    assert "it counts as internal." in ran.out


def test_protected_names_are_told_with_their_line(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb, "Ask Zoë Marsh", level="domestic")
    protect(kb, '"Zoe Marsh" = "internal"')
    ran = run(kb.root, "level", note.short, "domestic")
    assert ran.code == 1
    assert "'Zoe Marsh' may reach internal at most and stands in the file's path." in ran.out
    assert f"Write a role instead of the name: kmkit edit {note.short}." in ran.out
    assert run(kb.root, "level", note.short, "internal").code == 0
    found = json.loads(run(kb.root, "level", note.short, "--json").out)
    assert found["schema"] == "kmkit.level/1"
    circles = {one["level"]: one for one in found["circles"] if not one["audience"]}
    assert circles["domestic"]["names"][0]["name"] == "Zoe Marsh"
    assert circles["internal"] == {
        "audience": "", "level": "internal", "reaches": True, "because": [], "names": [],
        "mend": [],
    }  # fmt: skip


def test_a_name_that_is_left_out_as_a_person_is_no_reason(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb, "Ask for fuel early", level="domestic")
    protect(kb, f'"{note.owner}" = "internal"\n"fuel" = "domestic"')
    assert run(kb.root, "level", note.short, "domestic").code == 0
    ran = run(kb.root, "level", note.short, "international")
    assert ran.code == 1
    assert "'fuel' may reach domestic at most" in ran.out
    assert f"'{note.owner}' may reach" not in ran.out


def test_a_name_that_another_note_protects_counts_too(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb, summary="Told by Zoe Marsh.", level="domestic")
    captured(kb, "Minutes", protect=["Zoe Marsh"])
    ran = run(kb.root, "level", note.short, "domestic")
    assert (ran.code, "and stands in line" in ran.out) == (1, True)


def test_which_version_readers_are_shown(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    kb.move("reopen", note, Request(because="New prices."))
    ran = run(kb.root, "level", note.short, "internal", "--explain")
    assert ran.code == 0
    assert "Readers are shown the version in force (disseminated); it is being revised." in ran.out
    other = disseminated(kb, "Test sirens")
    by_hand(kb, other, "Text of lessons", "Other text")
    ran = run(kb.root, "level", other.short, "internal", "--explain")
    assert "Readers are shown the last approved version" in ran.out
    new = captured(at(kb, ANA), "Something new")
    ran = run(kb.root, "level", new.short, "internal", "--explain")
    assert "Nobody has approved it yet" in ran.out


def test_how_to_widen_and_to_narrow(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb, level="domestic")
    ran = run(kb.root, "level", note.short, "--explain")
    assert f"To widen it: kmkit release {note.short} --level international" in ran.out
    assert f"To narrow it: kmkit narrow {note.short} --level internal" in ran.out
