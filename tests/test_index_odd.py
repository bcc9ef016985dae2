"""Files that are no plain files and repositories that are no plain ones: the index says the same.

Each case does something, yields, and does more; after each step the index, brought up to date, has
to say what a new one says, and what plain reading of the files says.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kmkit.index.book import Index
from kmkit.index.keeping.opening import Opened
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from tests.conftest import captured, disseminated
from tests.index_tables import same_as_anew, same_as_the_files
from tests.note_material import TODAY

TEXT = "---\nid: 20261101-{0}-ab12\ntitle: {0}\nkind: lesson\nstate: captured\n---\n\n## Lessons\n"


def git(root: Path, *args: str) -> str:
    """What git prints; it must succeed."""
    options = ("-c", "protocol.file.allow=always")
    done = subprocess.run(
        ["git", *options, *args], cwd=root, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(root: Path) -> None:
    git(root, "add", "-A", ".")
    git(root, "commit", "-q", "-m", "By hand")


def write(place: Path, title: str) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(TEXT.format(title), encoding="utf-8")
    return place


def titles(root: Path) -> list[str]:
    with Index.open(root, today=TODAY) as index:
        return sorted(card.title for card in index.cards())


def names(root: Path, other: Path) -> Iterator[None]:
    odd = ['"quoted".md', "-rf.md", "two words.md", "tab\there.md", "back\\slash.md", "e\u0301.md",
           "ខ្មែរ.md", "[red].md", "*.md", "$(x).md", "100%.md"]  # fmt: skip
    odd += ["line\nbreak.md", "return\r.md"] if os.name != "nt" else []
    for number, name in enumerate(odd):
        write(root / "notes" / name, f"n{number}")
    yield
    commit(root)
    yield
    for number, name in enumerate(odd):
        write(root / "notes" / name, f"m{number}")
    yield
    for name in odd:
        (root / "notes" / name).unlink()
    yield
    git(root, "checkout", "-q", "--", ".")
    yield
    (root / "notes").rename(root / "people")
    yield


def bytes_in_names(root: Path, other: Path) -> Iterator[None]:
    place = os.fsencode(root / "notes") + b"/caf\xe9.md"
    try:
        Path(os.fsdecode(place)).write_text(TEXT.format("cafe"), encoding="utf-8")
        Path(os.fsdecode(place) + ".md").write_text("no title", encoding="utf-8")
    except OSError:
        pytest.skip("this file system wants names in UTF-8")
    yield
    commit(root)
    yield
    Path(os.fsdecode(place)).unlink()
    yield


def folders_for_files(root: Path, other: Path) -> Iterator[None]:
    write(root / "notes/a.md/b.md", "inside")
    yield
    commit(root)
    shutil.rmtree(root / "notes/a.md")
    write(root / "notes/a.md", "a file now")
    yield
    commit(root)
    (root / "notes/a.md").unlink()
    (root / "notes/a.md").mkdir()
    yield
    shutil.rmtree(root / "notes")
    write(root / "notes", "no folder")
    yield


def empty_and_bare(root: Path, other: Path) -> Iterator[None]:
    for name, data in (("e", b""), ("n", b"no front"), ("o", b"---\n"), ("z", b"\x00\xff" * 999)):
        (root / f"notes/{name}.md").write_bytes(data)
    yield
    commit(root)
    yield


def links_to_files(root: Path, other: Path) -> Iterator[None]:
    target = write(other / "target.md", "one")
    (root / "notes/link.md").symlink_to(target)
    (root / "notes/nowhere.md").symlink_to(other / "none.md")
    (root / "notes/folder.md").symlink_to(other)
    yield
    commit(root)
    yield
    write(target, "two")
    yield
    write(other / "none.md", "here now")
    yield
    target.unlink()
    yield


def links_to_folders(root: Path, other: Path) -> Iterator[None]:
    write(other / "inside.md", "one")
    (root / "notes/linked").symlink_to(other)
    yield
    commit(root)
    write(other / "inside.md", "two")
    yield


def nested(root: Path, other: Path) -> Iterator[None]:
    place = write(root / "notes/nested/in.md", "one")
    git(place.parent, "init", "-q")
    yield
    commit(place.parent)
    yield
    write(place, "two")
    yield
    write(place.with_name("more.md"), "three")
    yield


def submodule(root: Path, other: Path) -> Iterator[None]:
    git(other, "init", "-q")
    write(other / "in.md", "one")
    commit(other)
    git(root, "submodule", "--quiet", "add", str(other), "notes/sub")
    yield
    commit(root)
    yield
    write(root / "notes/sub/in.md", "two")
    yield
    write(root / "notes/sub/new.md", "three")
    yield
    (root / "notes/sub/in.md").unlink()
    yield
    commit(root / "notes/sub")
    yield
    commit(root)
    yield


def sparse(root: Path, other: Path) -> Iterator[None]:
    write(root / "notes/here/a.md", "here")
    write(root / "notes/there/b.md", "there")
    commit(root)
    yield
    git(root, "sparse-checkout", "set", "notes/here")
    yield
    git(root, "sparse-checkout", "set", "notes/there", "people")
    yield
    git(root, "sparse-checkout", "disable")
    yield


def line_ends(root: Path, other: Path) -> Iterator[None]:
    git(root, "config", "core.autocrlf", "true")
    shutil.rmtree(root / "notes")
    git(root, "checkout", "-q", "--", ".")
    assert b"\r\n" in next((root / "notes").rglob("*.md")).read_bytes()
    yield
    for place in (root / "notes").rglob("*.md"):
        place.write_bytes(place.read_bytes().replace(b"fuel", b"oil"))
    yield
    commit(root)
    yield
    git(root, "reset", "-q", "--hard", "HEAD~1")
    yield


def filters(root: Path, other: Path) -> Iterator[None]:
    for way, old, new in (("clean", "Fuel", "Oil"), ("smudge", "Oil", "Fuel")):
        turn = f"import sys; sys.stdout.write(sys.stdin.read().replace('{old}', '{new}'))"
        git(root, "config", f"filter.oil.{way}", f'"{sys.executable}" -c "{turn}"')
    (root / ".gitattributes").write_text("*.md filter=oil\n", encoding="utf-8")
    write(root / "notes/f.md", "Fuel")
    yield
    commit(root)
    yield
    write(root / "notes/f.md", "Oil")
    yield
    git(root, "checkout", "-q", "-f", "HEAD~1")
    yield


def orphan(root: Path, other: Path) -> Iterator[None]:
    yield
    git(root, "checkout", "-q", "--orphan", "fresh")
    yield
    git(root, "rm", "-q", "-r", "-f", "notes")
    yield
    write(root / "notes/a.md", "first")
    yield
    commit(root)
    yield


def gone_and_back(root: Path, other: Path) -> Iterator[None]:
    first = next((root / "notes").rglob("*.md"))
    yield
    data = first.read_bytes()
    first.unlink()
    yield
    git(root, "checkout", "-q", "--", ".")
    yield
    first.unlink()
    commit(root)
    yield
    git(root, "reset", "-q", "--soft", "HEAD~1")
    yield
    first.write_bytes(data)
    git(root, "reset", "-q", "--hard")
    yield


def replaced_repository(root: Path, other: Path) -> Iterator[None]:
    yield
    (root / ".git").rename(other / "old")
    git(root, "init", "-q")
    yield
    commit(root)
    yield
    shutil.rmtree(root / ".git")
    (other / "old").rename(root / ".git")
    yield


CASES: list[Callable[[Path, Path], Iterator[None]]] = [
    names, bytes_in_names, folders_for_files, empty_and_bare, links_to_files, links_to_folders,
    nested, submodule, sparse, line_ends, filters, orphan, gone_and_back, replaced_repository,
]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_odd(
    case: Callable[[Path, Path], Iterator[None]], kb: KnowledgeBase, tmp_path: Path
) -> None:
    captured(kb)
    captured(kb, "Boats")
    other = tmp_path / "other"
    other.mkdir()
    same_as_anew(kb.root)
    for _ in case(kb.root, other):
        same_as_anew(kb.root)
        same_as_the_files(kb.root, (TODAY,))


def test_an_edit_of_the_same_size_whose_time_is_put_back(kb: KnowledgeBase) -> None:
    """git sees it of what is committed, and the index of what is not, by the time of the change."""
    committed = write(kb.root / "notes/c.md", "one")
    commit(kb.root)
    new = write(kb.root / "notes/n.md", "two")
    time.sleep(2.1)  # from then on what the file system says is believed
    same_as_anew(kb.root)
    for place, title in ((committed, "six"), (new, "ten")):
        before = place.stat()
        write(place, title)
        os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert place.stat().st_size == before.st_size
    assert titles(kb.root) == ["six", "ten"]


def test_edits_of_the_same_size_one_right_after_the_other(kb: KnowledgeBase) -> None:
    place = kb.root / "notes/n.md"
    for title in ("one", "two", "six", "ten"):
        write(place, title)
        assert titles(kb.root) == [title]


def test_what_git_is_told_not_to_look_at_is_not_seen(kb: KnowledgeBase) -> None:
    """The promise ends there: whoever says 'assume unchanged' is believed."""
    place = write(kb.root / "notes/n.md", "one")
    commit(kb.root)
    assert titles(kb.root) == ["one"]
    git(kb.root, "update-index", "--assume-unchanged", "notes/n.md")
    write(place, "another")  # of another length: git compares times by the second
    assert git(kb.root, "status", "--porcelain") == ""
    assert titles(kb.root) == ["one"]
    git(kb.root, "update-index", "--no-assume-unchanged", "notes/n.md")
    assert titles(kb.root) == ["another"]


def test_two_work_trees_at_once(kb: KnowledgeBase, tmp_path: Path) -> None:
    captured(kb)
    other = tmp_path / "other"
    git(kb.root, "worktree", "add", "-q", "-b", "side", str(other))
    write(kb.root / "notes/a.md", "here")
    write(other / "notes/b.md", "there")
    for _ in range(2):
        assert titles(kb.root) == ["Order fuel early", "here"]
        assert titles(other) == ["Order fuel early", "there"]
        same_as_anew(other)
        same_as_anew(kb.root)
    commit(other)
    assert titles(kb.root) == ["Order fuel early", "here"]
    assert titles(other) == ["Order fuel early", "there"]


def test_two_knowledge_bases_in_one_repository(kb: KnowledgeBase) -> None:
    second = kb.root / "second"
    shutil.copytree(kb.root, second, ignore=shutil.ignore_patterns(".git", "second"))
    write(kb.root / "notes/a.md", "first")
    write(second / "notes/b.md", "second")
    assert (titles(kb.root), titles(second)) == (["first"], ["second"])
    commit(kb.root)
    assert (titles(kb.root), titles(second)) == (["first"], ["second"])


@pytest.mark.parametrize("pattern", ["docs/", "docs/lessons/", "lessons", "notes/", "*.md", "*"])
def test_in_a_folder_that_git_ignores(pattern: str, kb: KnowledgeBase, tmp_path: Path) -> None:
    """Drafts that nobody wants to commit are notes all the same."""
    root = tmp_path / "repository" / "docs" / "lessons"
    shutil.copytree(kb.root, root, ignore=shutil.ignore_patterns(".git"))
    git(tmp_path / "repository", "init", "-q")
    (tmp_path / "repository" / ".gitignore").write_text(f"{pattern}\n", encoding="utf-8")
    git(tmp_path / "repository", "add", "-f", ".gitignore")
    git(tmp_path / "repository", "commit", "-q", "-m", "By hand")
    for title in ("one", "two"):
        write(root / "notes/here/a.md", title)
        assert titles(root) == [title]
    (root / "notes/here/a.md").unlink()
    assert titles(root) == []


@pytest.mark.parametrize("inside", ["", "docs/lessons"])
def test_through_a_link(inside: str, kb: KnowledgeBase, tmp_path: Path) -> None:
    root = tmp_path / "repository" / inside
    shutil.copytree(kb.root, root, ignore=shutil.ignore_patterns(".git"))
    git(tmp_path / "repository", "init", "-q")
    write(root / "notes/a.md", "one")
    commit(tmp_path / "repository")
    link = tmp_path / "deep" / "er" / "link"
    link.parent.mkdir(parents=True)
    link.symlink_to(root)
    assert titles(link) == ["one"]
    write(root / "notes/a.md", "two")
    assert titles(link) == titles(root) == ["two"]
    same_as_the_files(link, (TODAY,))


def test_without_git(kb: KnowledgeBase, tmp_path: Path) -> None:
    captured(kb)
    copy = tmp_path / "copy"
    shutil.copytree(kb.root, copy, ignore=shutil.ignore_patterns(".git"))
    assert titles(copy) == ["Order fuel early"]
    write(copy / "notes/b.md", "b")
    assert titles(copy) == ["Order fuel early", "b"]
    (copy / "notes/b.md").unlink()
    assert titles(copy) == ["Order fuel early"]
    same_as_the_files(copy, (TODAY,))
    assert not list(copy.rglob("*.sqlite"))


def test_in_a_repository_without_a_commit(kb: KnowledgeBase, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(kb.root, copy, ignore=shutil.ignore_patterns(".git"))
    git(copy, "init", "-q")
    write(copy / "notes/b.md", "b")
    same_as_anew(copy)
    write(copy / "notes/b.md", "c")
    same_as_anew(copy)
    commit(copy)
    same_as_anew(copy)
    assert titles(copy) == ["c"]


def test_where_git_fails_the_files_are_read(kb: KnowledgeBase) -> None:
    captured(kb)
    write(kb.root / "notes/b.md", "b")
    assert titles(kb.root) == ["Order fuel early", "b"]
    config = (kb.root / ".git/config").read_text(encoding="utf-8")
    (kb.root / ".git/config").write_text("[core\n", encoding="utf-8")
    (kb.root / "notes/b.md").unlink()
    assert titles(kb.root) == ["Order fuel early"]
    write(kb.root / "notes/c.md", "c")
    assert titles(kb.root) == ["Order fuel early", "c"]
    (kb.root / ".git/config").write_text(config, encoding="utf-8")
    same_as_anew(kb.root)
    assert titles(kb.root) == ["Order fuel early", "c"]


def test_a_shallow_clone_that_is_deepened(kb: KnowledgeBase, tmp_path: Path) -> None:
    """HEAD is the same, and there is more to be told."""
    note = disseminated(kb)
    draft = note.data.replace(b"Text of results.", b"Fuel was late.")
    kb.move("edit", note, Request(because="It was not so."), data=draft)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", kb.root.as_uri(), str(clone))
    assert len(steps(clone)) == 1
    git(clone, "fetch", "-q", "--unshallow")
    assert steps(clone) == steps(kb.root)
    same_as_anew(clone)
    same_as_the_files(clone, (TODAY,))


def steps(root: Path) -> list[str]:
    """The moves of all notes, oldest first."""
    opened = Opened(root)
    opened.settle()
    found = [event.move for event in opened.trail("1", ())]
    opened.close()
    return found


def test_a_file_that_may_not_be_read(kb: KnowledgeBase) -> None:
    place = write(kb.root / "notes/n.md", "one")
    place.chmod(0)
    if os.access(place, os.R_OK):
        place.chmod(0o644)
        pytest.skip("this user may read everything")
    same_as_the_files(kb.root, (TODAY,))
    place.chmod(0o644)
    assert titles(kb.root) == ["one"]
