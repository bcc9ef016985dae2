"""Moves that were taken back, as the content of the file proves it."""

import json

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.note.model import Note
from kmkit.trail.event import Event
from kmkit.trail.undone import taken_back
from tests.conftest import BEN, CY, Run, at, captured, validated
from tests.terminal import on_terminal


def git(kb: KnowledgeBase, *args: str, when: str = "2027-01-01T00:00:00Z") -> str:
    """Run git at some time; where HEAD is then."""
    kb.git.run(*args, env={"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when})
    return kb.git.tip()


def undone(kb: KnowledgeBase, note: Note) -> dict[str, str]:
    return taken_back(kb.git, kb.root, str(note.path), moves(kb, note))


def moves(kb: KnowledgeBase, note: Note) -> list[Event]:
    kb.told = None
    return kb.events(note)


def by_hand(kb: KnowledgeBase, note: Note, old: str, new: str) -> str:
    """Change the file and commit it; the commit."""
    text = (kb.root / note.path).read_text("utf-8")
    assert old in text
    (kb.root / note.path).write_text(text.replace(old, new), "utf-8", newline="")
    return git(kb, "commit", "-q", "-a", "-m", "By hand")


def test_what_no_hand_touched_stands(kb: KnowledgeBase) -> None:
    note = validated(kb)
    assert undone(kb, note) == {}
    by_hand(kb, note, "Sign contracts", "Sign some contracts")
    assert undone(kb, note) == {}


def test_a_revert_takes_a_move_back_and_its_own_revert_gives_it_again(kb: KnowledgeBase) -> None:
    note = validated(kb)
    move = kb.git.tip()
    back = git(kb, "revert", "--no-edit", move)
    assert undone(kb, note) == {move: back}
    git(kb, "revert", "--no-edit", "HEAD")
    assert undone(kb, note) == {}
    third = git(kb, "revert", "--no-edit", "HEAD")
    assert undone(kb, note) == {move: third}


def test_one_after_the_other_and_all_at_once(kb: KnowledgeBase) -> None:
    note = captured(kb)
    start = kb.git.tip()
    again = at(kb, BEN).move(
        "validate", note, Request("When?", method="peer-review", verdict="return")
    )
    first = kb.git.tip()
    at(kb, CY).move("validate", again.note, Request("Who?", method="peer-review", verdict="return"))
    second = kb.git.tip()
    one = git(kb, "revert", "--no-edit", second)
    assert undone(kb, note) == {second: one}
    two = git(kb, "revert", "--no-edit", first)
    assert undone(kb, note) == {second: one, first: two}
    git(kb, "reset", "-q", "--hard", second)
    git(kb, "checkout", "-q", start, "--", str(note.path))
    both = git(kb, "commit", "-q", "-m", "Back to the beginning")
    assert undone(kb, note) == {first: both, second: both}


def test_what_a_message_says_and_the_file_does_not_show_is_not_told(kb: KnowledgeBase) -> None:
    note = validated(kb)
    move = kb.git.tip()
    by_hand(kb, note, "Sign contracts", "Sign some contracts")
    git(kb, "revert", "--no-edit", move)
    assert kb.read(note.path).state == "captured"
    assert undone(kb, note) == {}
    git(kb, "commit", "-q", "--allow-empty", "-m", f"This reverts commit {move}.")
    assert undone(kb, note) == {}


def test_a_file_that_was_renamed_or_gone_for_a_while(kb: KnowledgeBase) -> None:
    note = validated(kb)
    move = kb.git.tip()
    git(kb, "mv", str(note.path), "notes/other place.md")
    git(kb, "commit", "-q", "-m", "Rename")
    found = kb.read(type(note.path)("notes/other place.md"))
    assert undone(kb, found) == {}
    back = git(kb, "revert", "--no-edit", move)
    assert undone(kb, found) == {move: back}
    git(kb, "rm", "-q", "notes/other place.md")
    git(kb, "commit", "-q", "-m", "Gone")
    git(kb, "revert", "--no-edit", "HEAD")
    assert undone(kb, found) == {move: back}


def test_branches_count_by_what_they_grew_out_of_and_not_by_their_dates(
    kb: KnowledgeBase,
) -> None:
    note = captured(kb)
    start, main = kb.git.tip(), kb.git.branch().removeprefix("refs/heads/")
    at(kb, BEN).move("validate", note, Request("When?", method="peer-review", verdict="return"))
    forged = kb.git.tip()
    git(kb, "switch", "-q", "-c", "side")
    back = git(kb, "revert", "--no-edit", forged, when="2020-01-01T00:00:00Z")
    git(kb, "switch", "-q", main)
    (kb.root / "other.txt").write_text("x", "utf-8")
    git(kb, "add", "other.txt")
    git(kb, "commit", "-q", "-m", "Something else")
    assert undone(kb, note) == {}
    git(kb, "merge", "-q", "--no-edit", "side")
    assert kb.git.entry("HEAD", kb.repo_path(note.path)) == kb.git.entry(
        start, kb.repo_path(note.path)
    )
    assert undone(kb, note) == {forged: back}


def test_a_merge_that_mixes_both_sides_takes_nothing_back(kb: KnowledgeBase) -> None:
    note, main = captured(kb), kb.git.branch().removeprefix("refs/heads/")
    at(kb, BEN).move("validate", note, Request("When?", method="peer-review", verdict="return"))
    forged = kb.git.tip()
    git(kb, "switch", "-q", "-c", "side")
    git(kb, "revert", "--no-edit", forged)
    git(kb, "switch", "-q", main)
    by_hand(kb, note, "Sign contracts early", "Sign contracts in spring")
    git(kb, "merge", "-q", "--no-edit", "side")
    assert "in spring" in (kb.root / note.path).read_text("utf-8")
    assert undone(kb, note) == {}


def test_a_note_below_a_folder_of_the_repository(kb: KnowledgeBase) -> None:
    note = validated(kb)
    move = kb.git.tip()
    back = git(kb, "revert", "--no-edit", move)
    inner = kb.root / note.path.parent
    found = taken_back(kb.git, inner, note.path.name, moves(kb, note))
    assert found == {move: back}


def test_the_log_says_what_was_taken_back_and_by_which_commit(kb: KnowledgeBase, run: Run) -> None:
    note = validated(kb)
    move = kb.git.tip()
    back = git(kb, "revert", "--no-edit", move)
    rows = [line.split("\t") for line in run(kb.root, "log", note.id).out.splitlines()]
    binds = rows[0].index("binds")
    assert [row[binds] for row in rows[1:]] == ["what stands", f"taken back by {back[:12]}"]
    told = json.loads(run(kb.root, "log", note.id, "--json").out)["events"]
    assert [(e["bound"], e["taken_back_by"]) for e in told] == [(True, None), (None, back)]
    assert f"taken back by {back[:12]}" in on_terminal(kb.root, "log", note.id)
