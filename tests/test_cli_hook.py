"""The hooks, called by git itself: before commits, before pushes are taken in, and in merges."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kmkit
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


@pytest.mark.parametrize("path", ["", ":", "."])
def test_no_program_of_the_knowledge_base_is_run(
    kb: KnowledgeBase, run: Run, tmp_path: Path, path: str
) -> None:
    """Whatever a colleague pushed, and whatever this person's Python is told of the folder."""
    installed(kb, run, "pre-commit")
    installed(kb, run, "merge-driver")
    note = captured(kb)
    for name in ("kmkit", "json", "typing", "sitecustomize"):
        trap = f"open({str(tmp_path / 'run')!r}, 'a').write(__name__)\n"
        (kb.root / f"{name}.py").write_text(trap, encoding="utf-8")
    git(kb.root, "add", ".")
    done = Done(kb.root, "commit", "-m", "Programs", env={"PYTHONPATH": path})
    assert done.code == 0, done.err
    assert "No problems" in done.err
    done = side(kb, note, BEN, CY, env={"PYTHONPATH": path})
    assert done.code == 0, done.out + done.err
    assert len(kb.read(note.path).fields.verdicts) == 2
    assert not (tmp_path / "run").exists()


def test_the_repository_that_git_works_on_is_meant_and_not_the_usual_one(
    kb: KnowledgeBase, run: Run, server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(kb, run, "pre-commit")
    installed(kb, run, "merge-driver")
    other = kb.root.parent / "other"
    git(kb.root.parent, "init", "-q", str(other))
    monkeypatch.setenv("KMKIT_DIR", str(other))
    note = the_note(kb)
    done = side(kb, note, BEN, CY)
    assert done.code == 0, done.out + done.err
    (kb.root / note.path).write_bytes(broken(kb.read(note.path)))
    assert Done(kb.root, "commit", "-am", "Break it").code == 1
    git(kb.root, "commit", "-q", "--no-verify", "-am", "Break it")
    assert push(kb, "HEAD").code == 1


def test_a_hook_that_git_could_not_call_is_not_installed(
    kb: KnowledgeBase, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "kmkit").symlink_to(Path(kmkit.__file__).parent)
    lonely = tmp_path / "python"
    lonely.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n', encoding="utf-8")
    lonely.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(lonely))
    ran = run(kb.root, "hook", "install", "pre-commit", env={"PYTHONPATH": str(tmp_path)})
    assert ran.code == 4
    assert "by PYTHONPATH alone" in ran.err
    assert not (kb.root / ".git" / "hooks" / "pre-commit").exists()


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
    assert "-m kmkit -C . hook run pre-commit || exit 1" in ran.err
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


def test_what_was_put_right_does_not_come_back_by_a_merge(kb: KnowledgeBase, server: Path) -> None:
    claim(kb, "validated")
    git(kb.root, "branch", "side")
    git(kb.root, "revert", "--no-edit", "HEAD")
    done = push(kb, "HEAD")
    assert done.code == 0, done.err
    tips = ("-p", "HEAD", "-p", "side", "side^{tree}")
    git(kb.root, "update-ref", "HEAD", git(kb.root, "commit-tree", "-m", "Merge", *tips))
    done = push(kb, "HEAD")
    assert done.code == 1
    assert "(which stands again by" in done.err


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
    for said in ("live", "refs/heads/*", "l?ve"):
        git(server, "config", "kmkit.protected", said)
        assert "live is protected" in push(kb, "--delete", "live").err
    git(server, "config", "kmkit.protected", "release/*")
    assert push(kb, "--delete", "live").code == 0


@pytest.mark.parametrize("said", ["refs/tags/*", "!main", "ma..in", "[ab]*", "refs/heads/"])
def test_what_can_be_no_branch_is_not_taken_for_a_protected_one(
    kb: KnowledgeBase, server: Path, said: str
) -> None:
    git(server, "config", "kmkit.protected", said)
    done = push(kb, "HEAD:refs/heads/topic")
    assert done.code == 1
    assert f"kmkit.protected of this server says '{said}', which is no branch" in done.err


def test_another_name_of_a_protected_branch_is_protected(kb: KnowledgeBase, server: Path) -> None:
    before = git(server, "rev-parse", "HEAD")
    git(server, "symbolic-ref", "refs/heads/old", f"refs/heads/{branch(kb)}")
    git(kb.root, "reset", "-q", "--hard", "HEAD^")
    done = push(kb, "--force", "HEAD:refs/heads/old")
    assert f"old is protected: this push would drop {before[:12]}" in done.err
    assert git(server, "rev-parse", "HEAD") == before


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


def test_a_tag_brings_in_no_forgery(kb: KnowledgeBase, server: Path) -> None:
    main = branch(kb)
    claim(kb, "validated")
    git(kb.root, "tag", "plain")
    git(kb.root, "tag", "-a", "-m", "Ours", "annotated")
    git(kb.root, "checkout", "-q", "-b", "pages")
    git(kb.root, "rm", "-q", "policy.toml")
    git(kb.root, "commit", "-qm", "Pages")
    assert push(kb, "pages").code == 0  # no knowledge base; what it drags along is no branch's
    for name in ("tags/plain", "tags/annotated", "notes/plain"):
        ref = name.replace("notes/", "tags/")
        done = push(kb, f"refs/{ref}:refs/{name}")
        assert f"{name}, {git(kb.root, 'rev-parse', 'plain')[:12]}: notes/" in done.err
        assert "state-without-move" in done.err
    assert "state-without-move" in push(kb, "--force", "plain^{commit}:refs/heads/pages").err
    assert git(server, "tag") == ""
    git(kb.root, "checkout", "-q", main)
    assert push(kb, main, "plain").code == 1
    git(kb.root, "reset", "-q", "--hard", "HEAD^")
    at(kb, BEN).move("validate", the_note(kb), APPROVE)
    git(kb.root, "tag", "sound")
    git(kb.root, "tag", "-a", "-m", "Ours", "signed")
    assert push(kb, "sound").code == 0  # before the branch has it
    assert push(kb, main, "signed", "pages:refs/tags/pages").code == 0
    git(kb.root, "tag", "file", "HEAD:kmkit.toml")
    git(kb.root, "tag", "folder", "HEAD^{tree}")
    done = push(kb, "file", "folder")
    assert done.code == 0, done.err
    assert push(kb, "--delete", "sound").code == 0


def test_a_tag_of_what_a_branch_has_is_not_judged_again(kb: KnowledgeBase, server: Path) -> None:
    hook = server / "hooks" / "pre-receive"
    hook.rename(server / "pre-receive")
    claim(kb, "validated")
    assert push(kb, "HEAD:refs/heads/topic").code == 0
    (server / "pre-receive").rename(hook)
    git(kb.root, "tag", "there")
    assert push(kb, "there").code == 0
    claim(kb, "formatted")
    git(kb.root, "tag", "new")
    told = push(kb, "new").err
    assert f"tags/new, {git(kb.root, 'rev-parse', 'new')[:12]}:" in told
    assert git(kb.root, "rev-parse", "there")[:12] not in told


def test_what_the_server_audited_is_its_own(kb: KnowledgeBase, server: Path, run: Run) -> None:
    ref = f"refs/kmkit/seen/heads/{branch(kb)}"
    before = git(server, "rev-parse", ref)
    assert f"{ref}-2 says what was audited" in push(kb, f"HEAD:{ref}-2").err
    assert f"{ref} says what was audited" in push(kb, "--delete", ref).err
    assert git(server, "rev-parse", ref) == before
    assert git(server, "for-each-ref", "--format=%(refname)", "refs/kmkit") == ref


def test_a_branch_of_pages_becomes_no_other_knowledge_base(kb: KnowledgeBase, server: Path) -> None:
    git(server, "config", "--unset", "kmkit.anchor")
    rules = {name: (kb.root / name).read_text() for name in ("kmkit.toml", "policy.toml")}
    git(kb.root, "checkout", "-q", "--orphan", "pages")
    git(kb.root, "rm", "-rqf", ".")
    git(kb.root, "commit", "-q", "--allow-empty", "-m", "Pages")
    assert push(kb, "pages").code == 0
    for name, text in rules.items():
        (kb.root / name).write_text(text.replace(ANA.email, BEN.email), encoding="utf-8")
    git(kb.root, "add", ".")
    git(kb.root, "commit", "-qm", "Mine")
    assert "wrong-anchor" in push(kb, "pages").err


def test_a_bare_repository_is_told_what_it_has_no_use_for(tmp_path: Path, run: Run) -> None:
    bare = tmp_path / "kb.git"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    ran = run(bare, "hook", "install", "merge-driver")
    assert ran.code == 3
    assert ran.err.startswith("A merge driver belongs into a working copy")
    ran = run(bare, "audit")
    assert ran.code == 4
    assert ran.err.startswith("Nothing was pushed here yet.")


def test_the_words_of_git_alone_are_understood(server: Path, run: Run) -> None:
    ran = run(server, "hook", "run", "pre-receive", stdin="hello\n")
    assert ran.code == 4
    assert "'hello' is not what git tells a pre-receive hook." in ran.err
    assert run(server, "hook", "run", "pre-receive").code == 0


# In a merge


def side(
    kb: KnowledgeBase, note: Note, who: Person, other: Person, env: dict[str, str] | None = None
) -> Done:
    """Two approvals of one note on two branches, merged."""
    main = branch(kb)
    git(kb.root, "checkout", "-q", "-b", "side")
    at(kb, other).move("validate", note, APPROVE)
    git(kb.root, "checkout", "-q", main)
    at(kb, who).move("validate", kb.read(note.path), APPROVE)
    return Done(kb.root, "merge", "--no-edit", "side", env=env)


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
