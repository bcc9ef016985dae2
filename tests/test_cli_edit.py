"""``kmkit edit``: by options, in the editor, as it stands."""

import shlex
import sys

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.kb.rewording import slipped
from kmkit.note.model import Note
from tests.conftest import BEN, Run, captured, disseminated, validated
from tests.editor import editor
from tests.sitting import sitting


def by_hand(kb: KnowledgeBase, note: Note, old: str, new: str) -> None:
    assert old in note.text
    (kb.root / note.path).write_bytes(note.data.replace(old.encode(), new.encode()))


def test_packaging_by_options_keeps_the_state(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    ran = run(kb.root, "edit", note.short, "--topic", "fuel", "--topic", "roads", "--unit", "North")
    assert ran.code == 0, ran.err
    after = kb.read(note.path)
    assert (after.state, after.fields.topics) == ("disseminated", ("fuel", "roads"))
    assert after.section("Lessons") == note.section("Lessons")
    assert run(kb.root, "edit", note.short, "--unit", "").code == 0
    assert kb.read(note.path).fields.unit is None
    same = run(kb.root, "edit", note.short, "--topic", "fuel", "--topic", "roads")
    assert (same.code, same.err) == (0, "Nothing was changed.\n")


def test_substance_asks_for_a_reason_and_leaves_the_old_in_force(
    kb: KnowledgeBase, run: Run
) -> None:
    note = disseminated(kb)
    refused = run(kb.root, "edit", note.short, "--title", "Another title")
    assert refused.code == 3
    assert "A reason is missing" in refused.err
    ran = run(kb.root, "edit", note.short, "--title", "Another title", "--because", "Clearer.")
    assert "disseminated → captured" in ran.err
    after = kb.read(note.path)
    assert after.fields.in_force
    assert kb.standing(after).title == note.title


def test_withdrawn_is_not_in_force(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    run(kb.root, "edit", note.short, "--title", "New", "--because", "Wrong.", "--withdraw")
    assert kb.read(note.path).fields.in_force is None


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--title", "a\nb"], 2, "A title is one line"),
        (["--title", "x" * 500], 2, "500 characters"),
        (["--method", "vote"], 2, "no way of gathering"),
        (["--on", "2030-01-01"], 2, "lies in the future"),
        (["--on", "soon"], 2, "is no date"),
        (["--review-every", "soon"], 2, "no duration"),
        (["--repeats", "zzzz"], 2, "There is no note 'zzzz'"),
        (["--as-is", "--title", "x"], 2, "--as-is records the file"),
        (["--owner", "x@y.z"], 2, "No such option"),
        ([], 2, "No editor is set"),
    ],
)
def test_what_no_edit_can_say(
    kb: KnowledgeBase, run: Run, args: list[str], code: int, said: str
) -> None:
    note = captured(kb)
    env = dict.fromkeys(("KMKIT_EDITOR", "GIT_EDITOR", "VISUAL", "EDITOR"), "")
    ran = run(kb.root, "edit", note.short, *args, env=env)
    assert ran.code == code
    assert said in ran.err
    assert kb.read(note.path).data == note.data


def test_as_is_records_what_a_hand_changed(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    assert run(kb.root, "edit", note.short, "--as-is").err == "Nothing was changed.\n"
    by_hand(kb, note, "The roads closed.", "Both roads closed.")
    before = run(kb.root, "validate", note.short, "--approve", "--because", "x", who=BEN)
    assert before.code == 3
    assert f"kmkit edit {note.short} --as-is" in before.err
    assert run(kb.root, "edit", note.short, "--as-is").code == 0
    assert kb.git.text("status", "--short") == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("state: validated", "state: maintained", "'state' was changed by hand"),
        ("verdict: approve", "verdict: reject", "'verdicts' was changed by hand"),
        ("level: internal", "level: international", "kmkit release and kmkit narrow"),
        ("owner: ana@", "owner: eve@", "kmkit reassign"),
        ("title: Order", "reviewed: {on: 2026-11-20, by: a@b.c, because: x}\ntitle: Order",
         "take it out"),
        ("kind: lesson", "kind: lessn", "there is no kind 'lessn'"),
        ("title: Order", "titel: Order", "Did you mean title"),
    ],
)  # fmt: skip
def test_as_is_refuses_what_only_moves_write(
    kb: KnowledgeBase, run: Run, old: str, new: str, said: str
) -> None:
    note = validated(kb)
    by_hand(kb, note, old, new)
    ran = run(kb.root, "edit", note.short, "--as-is", "--because", "By hand.")
    assert ran.code == 3
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_in_the_editor(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    ran = run(
        kb.root, "edit", note.short, "--because", "New law.", env=editor("contracts", "leases")
    )
    assert ran.code == 0
    assert "validated → captured" in ran.err
    assert "leases early" in kb.read(note.path).text
    assert run(kb.root, "edit", note.short, env=editor()).err == "Nothing was changed.\n"


def test_a_rewording_waits_for_an_approver(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    ran = run(kb.root, "edit", note.short, "--reword", env=editor("contracts", "the contracts"))
    assert ran.code == 0
    assert f"kmkit validate {note.short} --same-meaning" in ran.err
    assert kb.read(note.path).state == "validated"
    plain = run(kb.root, "edit", note.short, "--reword", "--topic", "fuel")
    assert "recorded as a plain edit" in plain.err


@pytest.mark.parametrize(
    ("env", "code"),
    [
        (editor("^state: .*", "state: maintained"), 3),
        (editor("^owner: .*", "owner: ["), 3),
        (editor("early", "late", code=3), 4),
        (editor("early", "late"), 3),
    ],
)
def test_text_that_cannot_be_recorded_is_kept(
    kb: KnowledgeBase, run: Run, env: dict[str, str], code: int
) -> None:
    note = validated(kb)
    ran = run(kb.root, "edit", note.short, env=env)
    assert ran.code == code, ran.err
    assert "Your text is kept in " in ran.err
    (draft,) = (kb.root / ".git" / "kmkit" / "drafts").iterdir()
    assert str(draft) in ran.err
    assert kb.read(note.path).data == note.data


def test_an_editor_that_deletes_the_file(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    remove = [sys.executable, "-c", "import os, sys; os.remove(sys.argv[1])"]
    ran = run(kb.root, "edit", note.short, env={"EDITOR": shlex.join(remove)})
    assert ran.code == 4
    assert kb.read(note.path).data == note.data


def test_the_reason_is_asked_at_the_terminal(kb: KnowledgeBase) -> None:
    note = validated(kb)
    env = editor("contracts", "leases")
    sat = sitting(kb.root, "edit", note.short, env=env, talk=[("Why?", "New law.\n")])
    assert sat.code == 0, sat.screen
    assert kb.read(note.path).state == "captured"
    assert kb.events(note)[-1].reason == "New law."


def test_a_dry_run_changes_nothing(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    ran = run(kb.root, "edit", note.short, "--unit", "North", "--dry-run")
    assert ran.err.startswith("Would edit: Order fuel early")
    assert kb.read(note.path).data == note.data


UNCOVERED = "changed the approved text without kmkit edit --reword, so the approval does not"


def test_who_edits_a_text_that_a_hand_changed_is_told(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    by_hand(kb, note, "early.", "soon.")
    kb.git.run("commit", "-qam", "A word")
    ran = run(kb.root, "edit", note.short, "--topic", "fuel")
    assert ran.code == 0
    assert UNCOVERED in ran.err
    assert "--reword;" not in ran.err
    assert f"kmkit reopen {note.short}" in ran.err
    assert run(kb.root, "reopen", note.short, "--because", "New words.").code == 0
    assert slipped(kb, kb.read(note.path)) is None


def test_as_is_or_by_options_no_rewording_is_taken(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    by_hand(kb, note, "early.", "soon.")
    kb.git.run("commit", "-qam", "A word")
    changed = kb.read(note.path)
    ran = run(kb.root, "edit", note.short, "--reword", "--summary", "Another.")
    assert (ran.code, kb.read(note.path).data) == (3, changed.data)
    assert UNCOVERED in ran.err
    (kb.root / note.path).write_bytes(changed.data.replace(b"soon.", b"now."))
    assert UNCOVERED in run(kb.root, "edit", note.short, "--as-is", "--reword").err
