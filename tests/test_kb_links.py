"""Where a reader finds a note."""

from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.kb.links import filled, links, web_address
from tests.digest_kb import Kb
from tests.digest_material import example, note

PATH = "notes/2025/say-what-the-water-will-do.md"


@pytest.mark.parametrize(
    ("remote", "wanted"),
    [
        ("https://github.com/o/r.git", "https://github.com/o/r"),
        ("https://github.com/o/r/", "https://github.com/o/r"),
        ("https://user:s3cret@github.com/o/r.git", "https://github.com/o/r"),
        ("https://s3cret@github.com/o/r", "https://github.com/o/r"),
        ("http://gitea.local:3000/o/r.git", "http://gitea.local:3000/o/r"),
        ("git@github.com:o/r.git", "https://github.com/o/r"),
        ("gitlab.com:group/sub/r.git", "https://gitlab.com/group/sub/r"),
        ("ssh://git@gitlab.example.org:2222/group/r.git", "https://gitlab.example.org/group/r"),
        ("git://github.com/o/r.git", "https://github.com/o/r"),
        ("https://github.com/o/a b.git", "https://github.com/o/a%20b"),
        ("/srv/git/r.git", ""),
        ("../r.git", ""),
        ("C:\\repos\\r", ""),
        ("C:/repos/r", ""),
        ("file:///srv/r.git", ""),
        ("https://github.com", ""),
        ("https://[bad/o/r", ""),
        ("https://github.com:port/o/r", ""),
        ("", ""),
    ],
)
def test_a_remotes_web_address(remote: str, wanted: str) -> None:
    assert web_address(remote) == wanted


@pytest.mark.parametrize(
    ("remote", "wanted"),
    [
        ("git@github.com:o/r.git", f"https://github.com/o/r/blob/main/{PATH}"),
        ("https://gitlab.com/o/r", f"https://gitlab.com/o/r/-/blob/main/{PATH}"),
        ("https://gitea.local/o/r", f"https://gitea.local/o/r/src/branch/main/{PATH}"),
        ("https://codeberg.org/o/r", f"https://codeberg.org/o/r/src/branch/main/{PATH}"),
        ("https://git.example.org/o/r", None),
        ("/srv/git/github.git", None),
    ],
)
def test_a_notes_address(tmp_path: Path, remote: str, wanted: str | None) -> None:
    made = Kb(tmp_path / "kb")
    made.git("remote", "add", "origin", remote)
    assert links(KnowledgeBase(made.root))(example("say-what-the-water-will-do")) == wanted


def test_a_knowledge_base_in_a_folder_and_a_path_to_be_quoted(tmp_path: Path) -> None:
    made = Kb(tmp_path / "repo", below="our kb")
    made.git("remote", "add", "origin", "git@github.com:o/r.git")
    one = note("x", id="20261101-é-aaaa")
    assert links(KnowledgeBase(made.root))(one) == (
        "https://github.com/o/r/blob/main/our%20kb/notes/2026/20261101-%C3%A9-aaaa.md"
    )


def test_the_remotes_own_first_branch_goes_before_the_one_checked_out(tmp_path: Path) -> None:
    made = Kb(tmp_path / "kb")
    made.git("remote", "add", "origin", "git@github.com:o/r.git")
    made.git("switch", "-q", "-c", "draft/today")
    find = links(KnowledgeBase(made.root))
    assert find(note("x")) == (
        "https://github.com/o/r/blob/draft/today/notes/2026/20261101-a-lesson-aaaa.md"
    )
    made.git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    made.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    find = links(KnowledgeBase(made.root))
    assert "/blob/trunk/" in (find(note("x")) or "")


def test_where_head_is_detached_and_no_branch_known_there_is_no_link(tmp_path: Path) -> None:
    made = Kb(tmp_path / "kb")
    made.git("remote", "add", "origin", "git@github.com:o/r.git")
    made.git("switch", "-q", "--detach")
    assert links(KnowledgeBase(made.root))(note("x")) is None


def test_the_setting_goes_before_the_remote(tmp_path: Path) -> None:
    made = Kb(tmp_path / "kb")
    made.git("remote", "add", "origin", "git@github.com:o/r.git")
    with (made.root / "kmkit.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[links]\nnote = "https://wiki.example.org/n/{id}?file={path}"\n')
    assert links(KnowledgeBase(made.root))(note("x")) == (
        "https://wiki.example.org/n/20261101-a-lesson-aaaa?file=notes/2026/20261101-a-lesson-aaaa.md"
    )


def test_only_path_and_id_are_filled_in() -> None:
    hostile = note("x", id="'{path} {0.__class__}/..'")
    assert filled("https://x/{id}{0}{note}", hostile) == (
        "https://x/%7Bpath%7D%20%7B0.__class__%7D%2F..{0}{note}"
    )
