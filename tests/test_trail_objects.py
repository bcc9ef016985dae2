"""Trees, commits and the index as git itself would have made them, whatever the repository."""

import os
import subprocess
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.trail import stage
from kmkit.trail.answers import Answers
from kmkit.trail.git import Entry, Git
from kmkit.trail.trees import FOLDER, row_of, rows, with_row
from tests.conftest import ANA, APPROVE, BEN, NOW, at, captured, disseminated, validated


def git(root: Path, *args: str, stdin: bytes | None = None) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *args], input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def assert_clean(root: Path) -> None:
    """Files, index and history agree, all objects are whole, and git has nothing to look up."""
    assert git(root, "diff-files") == ""  # which looks at no content
    assert git(root, "status", "--porcelain") == ""
    git(root, "fsck", "--strict")


@pytest.mark.parametrize(
    "setting",
    [
        (), ("index.version", "4"), ("index.version", "3"), ("core.splitIndex", "true"),
        ("index.skipHash", "true"), ("core.sharedRepository", "group"),
        ("core.untrackedCache", "true"), ("commit.gpgsign", "no"),
    ],
)  # fmt: skip
def test_a_walk_leaves_what_git_would(kb: KnowledgeBase, setting: tuple[str, ...]) -> None:
    if setting:
        git(kb.root, "config", *setting)
    disseminated(kb)
    assert_clean(kb.root)
    mode = next((kb.root / ".git" / "objects").glob("??/*")).stat().st_mode
    assert mode & 0o222 == 0 or os.name == "nt"


def test_a_repository_of_longer_names(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256", "-b", "main", "kb")
    kb = lay(tmp_path / "kb", name="Us", actor=ANA, now=NOW, first_note=False).kb
    note = validated(kb)
    assert len(kb.git.tip()) == 64
    assert kb.claim(note).state == "validated"
    assert_clean(kb.root)


def test_a_file_that_changes_this_moment_is_not_noted_as_clean(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = captured(kb)
    real = stage.put_index

    def edited(git_: Git, index: Path, *rest: object) -> None:
        (kb.root / note.path).write_bytes(b"somebody's\n")
        real(git_, index, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("kmkit.trail.commit.put_index", edited)
    at(kb, BEN).move("validate", note, APPROVE)
    assert git(kb.root, "status", "--porcelain") == f" M {note.path}\n"


def test_what_is_staged_already_is_not_changed_in_place(kb: KnowledgeBase) -> None:
    """A copy of the index that is the index itself under another name is left to git."""
    note = captured(kb)
    entry = kb.git.entry(kb.git.tip(), str(note.path))
    assert entry
    index = kb.root / ".git" / "index"
    inode = index.stat().st_ino
    held = index.read_bytes()
    with stage.new_index(kb.git, {str(note.path): entry}) as copy:
        if copy.stat().st_ino == inode:
            assert not stage._noted(
                kb.git, copy, {str(note.path): entry}, {str(note.path): note.data}
            )
        assert index.read_bytes() == held


NAMES = st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=4)
MODES = st.sampled_from([b"100644", b"40000", b"100755"])


@given(st.dictionaries(NAMES.filter(lambda n: n not in {".", "..", ".git"}), MODES, max_size=6))
@settings(max_examples=80, deadline=None)
def test_entries_stand_as_git_sorts_them(wanted: dict[str, bytes]) -> None:
    tree = b""
    for name, mode in wanted.items():
        tree = with_row(tree, b"100644", name, "ab" * 20)  # and in the place of another
        tree = with_row(tree, mode, name, "cd" * 20)
    order = [row.name + b"/" * (row.mode == FOLDER) for row in rows(tree, 40)]
    assert order == sorted(order)
    assert {os.fsdecode(row.name): row.mode for row in rows(tree, 40)} == wanted
    for name, mode in wanted.items():
        row = row_of(tree, name, 40)
        assert row
        assert (row.mode, row.sha) == (mode, "cd" * 20)
    assert row_of(tree, "no such name", 40) is None


def test_one_process_answers_what_several_would(kb: KnowledgeBase) -> None:
    note = validated(kb)
    paths = [str(note.path), "kmkit.toml", "no/such/path", "kmkit.toml/below", "notes/no"]
    tip = kb.git.tip()
    apart = kb.git.entries(tip, *paths)
    with kb.git.asking():
        assert kb.git.entries(tip, *paths) == apart
        assert kb.git.tip() == tip
        assert kb.git.tip("refs/heads/none") == ""
        assert kb.git.entries("0" * 40, *paths) == {}
        assert kb.git.blob(apart[str(note.path)].sha) == note.data
        assert kb.git.object("a name with blanks") is None
    assert apart[str(note.path)] == Entry("100644", apart[str(note.path)].sha)
    answers = Answers(kb.git)
    answers.close()


def test_the_branch_is_read_as_git_reads_it(kb: KnowledgeBase) -> None:
    captured(kb)
    assert kb.git.branch() == "refs/heads/main"
    git(kb.root, "symbolic-ref", "refs/heads/other", "refs/heads/main")
    git(kb.root, "symbolic-ref", "HEAD", "refs/heads/other")
    assert kb.git.branch() == git(kb.root, "symbolic-ref", "HEAD").strip()
    git(kb.root, "pack-refs", "--all")
    git(kb.root, "symbolic-ref", "HEAD", "refs/heads/main")
    assert kb.git.branch() == "refs/heads/main"
    assert PurePosixPath(kb.git.branch()).name == "main"
