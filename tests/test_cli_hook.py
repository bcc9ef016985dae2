"""The hooks, called by git itself: before commits, before pushes are taken in, and in merges."""

import os
import subprocess
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.note.file import write_fields
from kmkit.note.model import Note
from tests.conftest import ANA, APPROVE, BEN, CY, NOW, Run, at, captured, validated


class Done:
    """What git did."""

    def __init__(self, place: Path, *args: str, env: dict[str, str] | None = None) -> None:
        done = subprocess.run(
            ["git", "-C", str(place), *args],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **(env or {})},
            check=False,
        )
        self.code, self.out, self.err = done.returncode, done.stdout.strip(), done.stderr


def git(place: Path, *args: str) -> str:
    """What git prints; it succeeds."""
    done = Done(place, *args)
    assert done.code == 0, done.err
    return done.out


# Before a commit


def installed(kb: KnowledgeBase, run: Run, name: str) -> str:
    ran = run(kb.root, "hook", "install", name)
    assert ran.code == 0, ran.err
    return ran.err


def broken(note: Note) -> bytes:
    return note.data.replace(b"kind: lesson", b"kind: lessen")


def test_a_commit_of_a_broken_note_is_stopped_and_of_a_whole_one_is_not(
    kb: KnowledgeBase, run: Run
) -> None:
    note = captured(kb)
    assert "pre-commit" in installed(kb, run, "pre-commit")
    (kb.root / note.path).write_bytes(broken(note))
    git(kb.root, "add", ".")
    stopped = Done(kb.root, "commit", "-m", "Break it")
    assert stopped.code == 1
    assert str(note.path) in stopped.err
    assert "lessen" in stopped.err
    (kb.root / note.path).write_bytes(note.data.replace(b"Sign fuel", b"Do sign fuel"))
    git(kb.root, "add", ".")
    git(kb.root, "commit", "-m", "Mend it")


def test_what_is_staged_counts_and_not_what_stands_in_the_file(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    installed(kb, run, "pre-commit")
    (kb.root / note.path).write_bytes(broken(note))
    git(kb.root, "add", ".")
    (kb.root / note.path).write_bytes(note.data)
    stopped = Done(kb.root, "commit", "-m", "Break it")
    assert stopped.code == 1
    assert f"{note.path}:" in stopped.err
    assert "kmkit-" not in stopped.err.partition(str(note.path))[0]
    (kb.root / note.path).write_bytes(note.data.replace(b"Sign fuel", b"Do sign fuel"))
    git(kb.root, "add", ".")
    (kb.root / note.path).write_bytes(broken(note))
    git(kb.root, "commit", "-m", "The staged one is whole")
    assert Done(kb.root, "commit", "-am", "The other is not").code == 1


def test_files_of_no_knowledge_base_are_left_alone(kb: KnowledgeBase, run: Run) -> None:
    top = kb.root.parent / "other"
    git(kb.root.parent, "init", "-q", str(top))
    assert run(top, "hook", "install", "pre-commit").code == 0
    (top / "notes.md").write_text("---\nkind: no\n", encoding="utf-8")
    git(top, "add", ".")
    git(top, "commit", "-m", "Mine")
    assert Done(top, "commit", "--allow-empty", "-m", "Nothing").code == 0


def test_kmkits_own_moves_go_through(kb: KnowledgeBase, run: Run) -> None:
    installed(kb, run, "pre-commit")
    assert validated(kb).state == "validated"


@pytest.mark.parametrize("elsewhere", ["", ".githooks"])
def test_a_hook_of_somebody_else_is_left_as_it_is(
    kb: KnowledgeBase, run: Run, elsewhere: str
) -> None:
    place = kb.root / (elsewhere or ".git/hooks") / "pre-commit"
    place.parent.mkdir(exist_ok=True)
    if elsewhere:
        git(kb.root, "config", "core.hooksPath", elsewhere)
    place.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    ran = run(kb.root, "hook", "install", "pre-commit")
    assert ran.code == 3
    assert str(place) in ran.err
    assert "Add this line to it: " in ran.err
    assert "-m kmkit hook run pre-commit || exit 1" in ran.err
    assert place.read_text(encoding="utf-8") == "#!/bin/sh\nexit 0\n"
    place.unlink()
    assert run(kb.root, "hook", "install", "pre-commit").code == 0
    assert run(kb.root, "hook", "install", "pre-commit").code == 0
    assert "kmkit hook install" in place.read_text(encoding="utf-8")
    assert os.access(place, os.X_OK)


@pytest.mark.parametrize(
    ("args", "code", "gist"),
    [
        (("install", "post-office"), 2, "There is no hook 'post-office'."),
        (("remove", "pre-commit"), 2, "'remove' is nothing that a hook can do."),
        (("run", "merge-driver"), 2, "by another name"),
        (("install", "pre-receive"), 3, "A pre-receive hook belongs in a bare repository"),
    ],
)
def test_what_cannot_be_is_said(
    kb: KnowledgeBase, run: Run, args: tuple[str, str], code: int, gist: str
) -> None:
    ran = run(kb.root, "hook", *args)
    assert ran.code == code
    assert gist in ran.err


# Before a push is taken in


@pytest.fixture
def server(kb: KnowledgeBase, run: Run) -> Path:
    """A bare repository with the hook, which ``kb`` is pushed to."""
    captured(kb)
    bare = kb.root.parent / "kb.git"
    git(kb.root.parent, "clone", "-q", "--bare", str(kb.root), str(bare))
    git(kb.root, "remote", "add", "origin", str(bare))
    ran = run(bare, "hook", "install", "pre-receive")
    assert ran.code == 0, ran.err
    assert run(bare, "audit", "--pin").code == 0
    return bare


def push(kb: KnowledgeBase, *args: str) -> Done:
    return Done(kb.root, "push", "origin", *args)


def branch(kb: KnowledgeBase) -> str:
    return git(kb.root, "branch", "--show-current")


def the_note(kb: KnowledgeBase) -> Note:
    return next(kb.notes())


def claim(kb: KnowledgeBase, state: str, message: str = "Say so") -> None:
    """A forged state, committed by hand."""
    note = the_note(kb)
    (kb.root / note.path).write_bytes(write_fields(note, {"state": state}))
    git(kb.root, "commit", "-qam", message)


def test_legal_moves_are_taken_in(kb: KnowledgeBase, server: Path) -> None:
    at(kb, BEN).move("validate", the_note(kb), APPROVE)
    done = push(kb, "HEAD")
    assert done.code == 0, done.err
    assert git(server, "rev-parse", "HEAD") == git(kb.root, "rev-parse", "HEAD")


def test_a_forged_state_is_refused_with_the_words_of_the_audit(
    kb: KnowledgeBase, server: Path, run: Run
) -> None:
    before = git(server, "rev-parse", "HEAD")
    claim(kb, "validated")
    done = push(kb, "HEAD")
    assert done.code == 1
    assert "state-without-move" in done.err
    said = run(kb.root, "audit").out.split("state-without-move")[1].strip(": \t\n")
    assert said.split(".")[0] in done.err
    assert git(server, "rev-parse", "HEAD") == before


def test_a_forgery_hides_behind_no_other_branch_and_no_legal_move(
    kb: KnowledgeBase, server: Path
) -> None:
    claim(kb, "validated")
    assert push(kb, "HEAD:refs/heads/topic").code == 1
    assert Done(server, "rev-parse", "--verify", "-q", "refs/heads/topic").code == 1
    git(kb.root, "reset", "-q", "--hard", "HEAD^")
    claim(kb, "validated")
    claim(kb, "captured", "Take it back")
    at(kb, BEN).move("validate", the_note(kb), APPROVE)
    done = push(kb, "HEAD")
    assert done.code == 0, done.err  # what was wrong was made good before it got here


def test_only_what_is_pushed_is_judged(kb: KnowledgeBase, server: Path) -> None:
    hook = server / "hooks" / "pre-receive"
    hook.rename(server / "pre-receive")
    claim(kb, "validated")
    assert push(kb, "HEAD").code == 0
    (server / "pre-receive").rename(hook)
    captured(kb, "Another lesson")
    done = push(kb, "HEAD")
    assert done.code == 0, done.err


def test_a_forced_push_drops_nothing_from_the_main_branch(kb: KnowledgeBase, server: Path) -> None:
    before = git(server, "rev-parse", "HEAD")
    git(kb.root, "reset", "-q", "--hard", "HEAD^")
    captured(kb, "Another lesson")
    done = push(kb, "--force", "HEAD")
    assert done.code == 1
    assert f"{branch(kb)} is protected: this push would drop {before[:12]}" in done.err
    assert git(server, "rev-parse", "HEAD") == before
    assert push(kb, "HEAD:refs/heads/topic").code == 0
    git(kb.root, "reset", "-q", "--hard", "HEAD^")
    captured(kb, "One more")
    assert push(kb, "--force", "HEAD:refs/heads/topic").code == 0


def test_the_main_branch_is_not_deleted(kb: KnowledgeBase, server: Path) -> None:
    git(server, "config", "receive.denyDeleteCurrent", "ignore")
    done = push(kb, "--delete", branch(kb))
    assert done.code == 1
    assert f"{branch(kb)} is protected: it is not deleted." in done.err
    assert push(kb, "HEAD:refs/heads/topic").code == 0
    assert push(kb, "--delete", "topic").code == 0


def test_other_branches_are_protected_by_name(kb: KnowledgeBase, server: Path) -> None:
    assert push(kb, "HEAD:refs/heads/live").code == 0
    git(server, "config", "--add", "kmkit.protected", "live")
    assert "live is protected" in push(kb, "--delete", "live").err


def test_the_rules_are_those_from_before_the_push(kb: KnowledgeBase, server: Path) -> None:
    rules = kb.root / "policy.toml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace(ANA.email, BEN.email), encoding="utf-8")
    git(kb.root, "-c", f"user.email={BEN.email}", "commit", "-qam", "Mine now")
    done = push(kb, "HEAD")
    assert done.code == 1
    assert "rules-by-other" in done.err


def test_another_beginning_is_refused(kb: KnowledgeBase, server: Path, tmp_path: Path) -> None:
    other = lay(tmp_path / "other", name="Mine", now=NOW, actor=BEN, first_note=False).kb
    git(other.root, "remote", "add", "origin", str(server))
    done = push(other, "HEAD:refs/heads/mine")
    assert done.code == 1
    assert "wrong-anchor" in done.err


def test_a_first_push_tags_and_foreign_branches(kb: KnowledgeBase, server: Path, run: Run) -> None:
    empty = kb.root.parent / "empty.git"
    git(kb.root.parent, "init", "-q", "--bare", "-b", branch(kb), str(empty))
    assert run(empty, "hook", "install", "pre-receive").code == 0
    assert Done(kb.root, "push", str(empty), "HEAD").code == 0
    git(kb.root, "tag", "v1")
    assert push(kb, "v1").code == 0
    git(kb.root, "checkout", "-q", "--orphan", "pages")
    git(kb.root, "rm", "-rqf", ".")
    git(kb.root, "commit", "-q", "--allow-empty", "-m", "Pages")
    assert push(kb, "pages").code == 0


def test_the_words_of_git_alone_are_understood(server: Path, run: Run) -> None:
    ran = run(server, "hook", "run", "pre-receive", stdin="hello\n")
    assert ran.code == 4
    assert "'hello' is not what git tells a pre-receive hook." in ran.err
    assert run(server, "hook", "run", "pre-receive").code == 0


# In a merge


def side(kb: KnowledgeBase, note: Note, who: Person, other: Person) -> Done:
    """Two approvals of one note on two branches, merged."""
    main = branch(kb)
    git(kb.root, "checkout", "-q", "-b", "side")
    at(kb, other).move("validate", note, APPROVE)
    git(kb.root, "checkout", "-q", main)
    at(kb, who).move("validate", kb.read(note.path), APPROVE)
    return Done(kb.root, "merge", "--no-edit", "side")


@pytest.mark.parametrize("folder", ["", "our notes"])
def test_two_approvals_merge_without_a_conflict(tmp_path: Path, run: Run, folder: str) -> None:
    top = tmp_path / "repo"
    git(tmp_path, "init", "-q", str(top))
    kb = lay(top / folder, name="T", now=NOW, actor=ANA, first_note=False).kb
    note = captured(kb)
    installed(kb, run, "merge-driver")
    installed(kb, run, "merge-driver")
    done = side(kb, note, BEN, CY)
    assert done.code == 0, done.out + done.err
    merged = kb.read(note.path)
    assert merged.state == "validated"
    assert [entry.by for entry in merged.fields.verdicts] == [BEN.email, CY.email]
    assert run(kb.root, "audit").code == 0
    attributes = (top / ".git" / "info" / "attributes").read_text(encoding="utf-8")
    assert attributes.count("merge=kmkit") == 1


def test_what_the_driver_cannot_merge_has_the_marks_of_git(kb: KnowledgeBase, run: Run) -> None:
    note = captured(kb)
    installed(kb, run, "merge-driver")
    main = branch(kb)

    def sign(month: str) -> None:
        there = kb.read(note.path)
        data = there.data.replace(b"Sign contracts early.", f"Sign in {month}.".encode())
        kb.move("edit", there, data=data)

    git(kb.root, "checkout", "-q", "-b", "side")
    sign("May")
    git(kb.root, "checkout", "-q", main)
    sign("April")
    done = Done(kb.root, "merge", "--no-edit", "side")
    assert done.code == 1
    assert "CONFLICT" in done.out
    text = (kb.root / note.path).read_text(encoding="utf-8")
    assert "<<<<<<< ours\nSign in April.\n=======\nSign in May.\n>>>>>>> theirs\n" in text
    ran = run(kb.root, "resolve", note.short)
    assert ran.code == 3
    assert "same place" in ran.err


def test_resolve_says_what_it_did_and_what_is_left(kb: KnowledgeBase, run: Run) -> None:
    request = Request(method="crowd", verdict="approve", because="I saw it.")
    first = at(kb, Person("Dee", "dee@example.org")).move("validate", captured(kb), request).note
    main = branch(kb)
    git(kb.root, "checkout", "-q", "-b", "side")
    at(kb, BEN).move("validate", first, request)
    git(kb.root, "checkout", "-q", main)
    at(kb, CY).move("validate", kb.read(first.path), request)
    assert Done(kb.root, "merge", "side").code == 1
    tried = run(kb.root, "resolve", first.short, "--dry-run")
    assert tried.code == 0
    assert "Would merge" in tried.err
    ran = run(kb.root, "resolve", first.short)
    assert ran.code == 0, ran.err
    assert "captured; 3 verdicts." in ran.err
    assert "Then end the merge: git commit." in ran.err
    assert f"kmkit validate {first.short} --settle" in ran.err
    git(kb.root, "commit", "-q", "--no-edit")
    settled = run(kb.root, "validate", first.short, "--settle")
    assert settled.code == 0, settled.err
    assert "captured → validated" in settled.err
    assert run(kb.root, "audit").code == 0
    renewed = run(
        kb.root, "validate", first.short, "--renew", "--method", "crowd", "--because", "x", who=BEN
    )
    assert renewed.code == 0, renewed.err
    assert run(kb.root, "validate", first.short, "--renew", "--settle").code == 2
