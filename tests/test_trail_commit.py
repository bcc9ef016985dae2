"""A commit touches the named files alone, and leaves everything else of everybody as it was."""

import os
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from kmkit.errors import Cannot, Refused
from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.trail import commit as trail_commit
from kmkit.trail import safely
from kmkit.trail.git import Git
from tests.conftest import ANA, APPROVE, BEN, NOW, at, captured, validated


def git(root: Path, *args: str, stdin: str | None = None) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *args], input=stdin, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def changed_paths(root: Path, commit: str = "HEAD") -> list[str]:
    listing = git(root, "show", "--format=", "--name-only", "-z", commit)
    return [path for path in listing.split("\0") if path]


def test_only_the_note_is_in_the_commit(kb: KnowledgeBase) -> None:
    note = captured(kb)
    (kb.root / "staged.txt").write_text("mine\n", encoding="utf-8")
    git(kb.root, "add", "staged.txt")
    (kb.root / "kmkit.toml").write_text(
        (kb.root / "kmkit.toml").read_text(encoding="utf-8") + "# edited\n", encoding="utf-8"
    )
    (kb.root / "loose.txt").write_text("loose\n", encoding="utf-8")
    before = git(kb.root, "status", "--porcelain")

    at(kb, BEN).move("validate", note, APPROVE)

    assert changed_paths(kb.root) == [str(note.path)]
    assert git(kb.root, "status", "--porcelain") == before
    assert "A  staged.txt" in before
    assert " M kmkit.toml" in before


def test_the_author_the_committer_and_the_clock(kb: KnowledgeBase) -> None:
    note = captured(kb)
    at(kb, BEN).move("validate", note, APPROVE)
    shown = git(kb.root, "log", "-1", "--format=%an <%ae>|%cn <%ce>|%aI|%cI").strip()
    assert shown == f"{BEN}|{BEN}|2026-11-21T12:00:00+00:00|2026-11-21T12:00:00+00:00"


def test_git_reads_the_trailers_that_were_meant(kb: KnowledgeBase) -> None:
    note = captured(kb)
    moved = at(kb, BEN).move("validate", note, APPROVE)
    message = git(kb.root, "log", "-1", "--format=%B")
    parsed = git(kb.root, "interpret-trailers", "--parse", "--no-divider", stdin=message)
    assert dict(line.split(": ", 1) for line in parsed.splitlines()) == {
        "Kmkit-Note": note.id,
        "Kmkit-Move": "validate captured -> validated",
        "Kmkit-Fingerprint": moved.note.fields.verdicts[0].fingerprint,
        "Kmkit-Method": "peer-review",
        "Kmkit-Verdict": "approve",
        "Reviewed-by": str(BEN),
    }


@pytest.mark.parametrize(
    "reason",
    [
        "It is fine.\n---\nKmkit-Move: retire captured -> retired",
        "Kmkit-Move: validate captured -> validated\nKmkit-Verdict: approve",
        "Fine.\n\nReviewed-by: Nobody <nobody@example.org>\nSigned-off-by: X <x@example.org>",
        "\x1b[31mred\x1b[0m and \u202ebidi",
        "[/red] =cmd() --output=x",
        "سبب بالعربية\nហេតុផល",
        "a\r\nb\rc\u2028d",
        "# a comment line\n\n\n\nthe end",
    ],
)
def test_no_reason_forges_or_hides_a_trailer(kb: KnowledgeBase, reason: str) -> None:
    note = captured(kb)
    request = Request(method="peer-review", verdict="return", because=reason)
    at(kb, BEN).move("validate", note, request)
    after = kb.read(note.path)
    claim = kb.claim(after)
    assert after.state == claim.state == "captured"
    assert claim.verdicts == after.fields.verdicts
    assert len(claim.verdicts) == 1
    assert claim.verdicts[0].verdict == "return"
    assert "\x1b" not in git(kb.root, "log", "-1", "--format=%B")


@pytest.mark.parametrize(
    "title",
    [
        "[/red] bold",
        "\\e[31m red",
        "=cmd()",
        "--output=x",
        "-n",
        "اطلب الوقود مبكرًا",
        "បញ្ជាទិញប្រេងមុន",
        'it\'s "quoted": #1',
        "Kmkit-Move: validate",
    ],
)
def test_any_title_walks(kb: KnowledgeBase, title: str) -> None:
    note = captured(kb, title)
    after = at(kb, BEN).move("validate", note, APPROVE).note
    assert (after.title, after.state) == (title, "validated")
    assert git(kb.root, "status", "--porcelain") == ""


@pytest.mark.parametrize("name", ["a note.md", 'it\'s "so".md', "-rf.md", "ملاحظة.md", "100%.md"])
def test_any_path_is_captured(kb: KnowledgeBase, name: str) -> None:
    if os.name == "nt" and '"' in name:
        pytest.skip("Windows forbids quotation marks in names")
    path = PurePosixPath("notes", "by hand", name)
    (kb.root / path).parent.mkdir(parents=True, exist_ok=True)
    (kb.root / path).write_text("---\ntitle: By hand\nkind: lesson\n---\n\n## Lessons\n\nx\n")
    note = kb.adopt(path).note
    assert note.state == "captured"
    assert changed_paths(kb.root) == [str(path)]
    retired = kb.move("retire", kb.resolve(note.id), Request(because="No use."))
    assert retired.note.path == path
    assert git(kb.root, "status", "--porcelain") == ""


def test_an_unborn_branch_gets_its_first_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk", ".")
    made = lay(tmp_path, now=NOW, actor=ANA).kb
    assert git(tmp_path, "rev-list", "--count", "trunk").strip() == "2"
    assert git(tmp_path, "status", "--porcelain") == ""
    assert len(list(made.notes())) == 1


def test_a_knowledge_base_inside_a_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main", ".")
    (tmp_path / "code.py").write_text("print()\n", encoding="utf-8")
    git(tmp_path, "add", "code.py")
    git(tmp_path, "commit", "-q", "-m", "code")
    made = lay(tmp_path / "docs" / "our lessons", now=NOW, actor=ANA).kb
    note = validated(made)
    assert changed_paths(tmp_path) == [f"docs/our lessons/{note.path}"]
    assert (tmp_path / ".github" / "workflows" / "kmkit.yml").read_text(encoding="utf-8").count(
        '-C "docs/our lessons"'
    ) == 3
    assert git(tmp_path, "status", "--porcelain") == ""


def test_a_second_work_tree(kb: KnowledgeBase, tmp_path: Path) -> None:
    note = captured(kb)
    other = tmp_path / "other tree"
    git(kb.root, "worktree", "add", "-q", "-b", "side", str(other))
    there = KnowledgeBase(other, now=kb.now, actor=BEN)
    there.move("validate", there.resolve(note.id), APPROVE)
    assert kb.read(note.path).state == "captured"
    assert there.read(note.path).state == "validated"
    assert git(other, "status", "--porcelain") == git(kb.root, "status", "--porcelain") == ""


def test_autocrlf_keeps_crlf_on_disk_and_lf_in_git(kb: KnowledgeBase) -> None:
    note = captured(kb)
    git(kb.root, "config", "core.autocrlf", "true")
    (kb.root / note.path).write_bytes(note.data.replace(b"\n", b"\r\n"))
    git(kb.root, "add", "--renormalize", ".")
    assert git(kb.root, "status", "--porcelain") == ""
    after = at(kb, BEN).move("validate", kb.resolve(note.id), APPROVE).note
    on_disk = (kb.root / note.path).read_bytes()
    assert on_disk.count(b"\n") == on_disk.count(b"\r\n") > 20
    assert (
        b"\r"
        not in subprocess.run(
            ["git", "-C", str(kb.root), "show", f"HEAD:{note.path}"],
            capture_output=True,
            check=True,
        ).stdout
    )
    assert git(kb.root, "status", "--porcelain") == ""
    assert after.state == "validated"


def test_the_mode_is_kept(kb: KnowledgeBase) -> None:
    note = captured(kb)
    git(kb.root, "update-index", "--chmod=+x", str(note.path))
    git(kb.root, "commit", "-q", "-m", "executable")
    (kb.root / note.path).chmod(0o755)
    at(kb, BEN).move("validate", note, APPROVE)
    assert git(kb.root, "ls-tree", "HEAD", str(note.path)).startswith("100755")
    assert (kb.root / note.path).stat().st_mode & 0o111 or os.name == "nt"


def test_hooks_do_not_run(kb: KnowledgeBase) -> None:
    note = captured(kb)
    for name in ("pre-commit", "commit-msg", "reference-transaction", "post-index-change"):
        hook = kb.root / ".git" / "hooks" / name
        hook.write_text("#!/bin/sh\necho ran >> ../ran\nexit 1\n", encoding="utf-8")
        hook.chmod(0o755)
    at(kb, BEN).move("validate", note, APPROVE)
    assert not (kb.root.parent / "ran").exists()


def test_signed_where_git_signs(kb: KnowledgeBase, tmp_path: Path) -> None:
    key = tmp_path / "key"
    try:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    except FileNotFoundError:
        pytest.skip("ssh-keygen is not installed")
    git(kb.root, "config", "gpg.format", "ssh")
    git(kb.root, "config", "user.signingkey", str(key))
    git(kb.root, "config", "commit.gpgsign", "true")
    captured(kb)
    assert "-----BEGIN SSH SIGNATURE-----" in git(kb.root, "cat-file", "commit", "HEAD")


# Refusals: each leaves everything as it was


def refused(kb: KnowledgeBase, words: str, kind: type[Exception] = Refused) -> None:
    note = next(kb.notes())
    tip, data = Git(kb.root).tip(), note.data
    with pytest.raises(kind, match=words):
        at(kb, BEN).move("validate", note, APPROVE)
    assert Git(kb.root).tip() == tip
    assert (kb.root / note.path).read_bytes() == data
    assert not list(kb.root.rglob(".kmkit-*"))
    assert not list((kb.root / ".git").glob("index.kmkit-*"))


def test_a_detached_head(kb: KnowledgeBase) -> None:
    captured(kb)
    git(kb.root, "checkout", "-q", "--detach")
    refused(kb, "HEAD is detached")


@pytest.mark.parametrize("name", ["MERGE_HEAD", "CHERRY_PICK_HEAD", "rebase-merge"])
def test_something_under_way(kb: KnowledgeBase, name: str) -> None:
    captured(kb)
    (kb.root / ".git" / name).write_text("x", encoding="utf-8")
    refused(kb, "under way")


def test_an_edited_note(kb: KnowledgeBase) -> None:
    note = captured(kb)
    (kb.root / note.path).write_bytes(note.data + b"\nMore.\n")
    refused(kb, "--as-is|not recorded")


def test_a_staged_note(kb: KnowledgeBase) -> None:
    note = captured(kb)
    (kb.root / note.path).write_bytes(note.data + b"\nMore.\n")
    git(kb.root, "add", "-A")
    (kb.root / note.path).write_bytes(note.data)
    refused(kb, "staged")
    assert git(kb.root, "diff", "--cached", "--name-only").strip() == str(note.path)


def test_git_at_work(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    captured(kb)
    monkeypatch.setattr(safely, "PATIENCE", 0.1)
    lock = kb.root / ".git" / "index.lock"
    lock.write_text("", encoding="utf-8")
    refused(kb, "index.lock exists")
    assert lock.exists()


def test_a_symbolic_link(kb: KnowledgeBase) -> None:
    note = captured(kb)
    real = kb.root / "elsewhere.md"
    (kb.root / note.path).rename(real)
    try:
        (kb.root / note.path).symlink_to(real)
    except OSError:
        pytest.skip("this system makes no symbolic links")
    with pytest.raises(Refused, match=r"link|not recorded"):
        at(kb, BEN).move("validate", kb.read(note.path), APPROVE)


def test_outside_the_sparse_checkout(kb: KnowledgeBase) -> None:
    note = captured(kb)
    data = (kb.root / note.path).read_bytes()
    git(kb.root, "sparse-checkout", "set", "--no-cone", "/kmkit.toml", "/policy.toml")
    git(kb.root, "config", "sparse.expectFilesOutsideOfPatterns", "true")
    (kb.root / note.path).parent.mkdir(parents=True, exist_ok=True)
    (kb.root / note.path).write_bytes(data)
    with pytest.raises(Refused, match="sparse checkout"):
        at(kb, BEN).move("validate", kb.read(note.path), APPROVE)


def test_a_bare_repository(kb: KnowledgeBase, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(kb.root), str(bare))
    with pytest.raises(Cannot, match="bare"):
        Git.find(bare)


def test_no_identity(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(Cannot, match="who you are"):
        captured(KnowledgeBase(kb.root, now=kb.now))


def test_a_shallow_clone_cannot_move(kb: KnowledgeBase, tmp_path: Path) -> None:
    note = captured(kb)
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{kb.root}", str(tmp_path / "clone"))
    clone = KnowledgeBase(tmp_path / "clone", now=kb.now, actor=BEN)
    with pytest.raises(Cannot, match="shallow") as raised:
        clone.move("validate", clone.resolve(note.id), APPROVE)
    assert "fetch-depth: 0" in str(raised.value)


def test_a_foreign_index_in_the_environment(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    note = captured(kb)
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other-index"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    at(kb, BEN).move("validate", note, APPROVE)
    assert not (tmp_path / "other-index").exists()


def test_the_rules_changed_meanwhile(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    note = captured(kb)
    reviewer = at(kb, BEN)
    real = trail_commit.commit

    def slow(*args: object, **kwargs: object) -> str:
        policy = kb.root / "policy.toml"
        policy.write_text(policy.read_text(encoding="utf-8") + "# stricter\n", encoding="utf-8")
        git(kb.root, "commit", "-q", "-am", "stricter rules")
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("kmkit.kb.moving.commit", slow)
    with pytest.raises(Refused, match=r"policy\.toml was changed by somebody else"):
        reviewer.move("validate", note, APPROVE)


def test_another_commit_in_between_is_built_upon(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = captured(kb)
    real = trail_commit.commit

    def slow(*args: object, **kwargs: object) -> str:
        git(kb.root, "commit", "-q", "--allow-empty", "-m", "somebody else")
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("kmkit.kb.moving.commit", slow)
    at(kb, BEN).move("validate", note, APPROVE)
    subjects = git(kb.root, "log", "--format=%s", "-2").splitlines()
    assert subjects == [f"validate: {note.title}", "somebody else"]


def test_a_person_with_another_name_in_another_script(kb: KnowledgeBase) -> None:
    note = captured(kb)
    reviewer = Person("ស្រី ពេជ្រ", "Srey@Example.org")
    at(kb, reviewer).move("validate", note, APPROVE)
    assert git(kb.root, "log", "-1", "--format=%an <%ae>").strip() == str(reviewer)
    assert kb.read(note.path).fields.verdicts[0].by == "srey@example.org"
