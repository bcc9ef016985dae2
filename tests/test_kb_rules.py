"""Moves are judged by the rules that are committed, and nothing goes out by others."""

from pathlib import Path

import pytest

from kmkit.errors import Refused
from kmkit.kb import KnowledgeBase
from kmkit.kb.rules import settled
from kmkit.lifecycle.context import Request
from kmkit.resources import templates_dir
from kmkit.trail.audit.audit import audit
from tests.conftest import BEN, at, captured, formatted, settle, validated
from tests.sending_kb import Mailbox, git, send, staffed


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_role_that_is_not_committed_is_none(kb: KnowledgeBase) -> None:
    note = validated(kb)
    request = Request(because="The contract ended.")
    with pytest.raises(Refused):
        at(kb, BEN).move("retire", note, request)
    change(kb.root / "policy.toml", "manager = [", 'manager = ["ben@example.org", ')
    with pytest.raises(Refused, match=r"policy\.toml has changes that are not committed"):
        at(kb, BEN).move("retire", note, request)
    git(kb.root, "commit", "-qam", "Ben is a manager")
    assert at(kb, BEN).move("retire", note, request).note.state == "retired"


def test_what_is_refused_for_its_own_sake_names_no_file_of_rules(kb: KnowledgeBase) -> None:
    note = captured(kb)
    with (kb.root / "kmkit.toml").open("a", encoding="utf-8") as config:
        config.write('\n[channels.portal]\nlevel = "internal"\n')
    with pytest.raises(Refused) as refused:
        kb.move("validate", note, Request(method="peer-review", verdict="approve", because="Me"))
    assert "not committed" not in str(refused.value)


def test_a_kind_asks_for_what_its_committed_template_asks(kb: KnowledgeBase) -> None:
    """Otherwise the audit, which judges by what is committed, would find an illegal move."""
    note = captured(kb)
    own = kb.root / "templates" / "notes" / "lesson.md.j2"
    own.parent.mkdir(parents=True, exist_ok=True)
    shipped = (templates_dir() / "notes" / "lesson.md.j2").read_text(encoding="utf-8")
    own.write_text(shipped, encoding="utf-8")
    change(own, "validate_by: [", "validate_by: [self-review, ")
    request = Request(method="self-review", verdict="approve", because="I know it.")
    with pytest.raises(Refused, match=r"lesson\.md\.j2 has changes that are not committed"):
        at(kb).move("validate", note, request)
    git(kb.root, "add", "templates")
    git(kb.root, "commit", "-qm", "Lessons may be reviewed by oneself")
    moved = at(kb).move("validate", note, request)
    assert moved.note.state == "validated"


def test_a_new_kind_is_committed_before_a_note_of_it(kb: KnowledgeBase) -> None:
    own = kb.root / "templates" / "notes" / "song.md.j2"
    own.parent.mkdir(parents=True, exist_ok=True)
    shipped = (templates_dir() / "notes" / "how-to.md.j2").read_text(encoding="utf-8")
    own.write_text(shipped.replace("kind: how-to", "kind: song"), encoding="utf-8")
    given: dict[str, object] = {"kind": "song", "title": "A song", "sources": ["anonymous"]}
    with pytest.raises(Refused, match=r"song\.md\.j2 is not committed") as refused:
        kb.capture(given, "## Steps\n\nSing.\n")
    assert "git add templates/notes/song.md.j2" in str(refused.value)
    assert not list(kb.notes())
    git(kb.root, "add", "templates")
    git(kb.root, "commit", "-qm", "Songs are a kind")
    assert kb.capture(given, "## Steps\n\nSing.\n").note.kind == "song"
    first = kb.git.text("rev-list", "--max-parents=0", "HEAD")
    assert not audit(kb.git, "", anchor=first, tip=kb.git.tip()).findings


def test_line_ends_are_no_change(kb: KnowledgeBase) -> None:
    git(kb.root, "config", "core.autocrlf", "true")
    for name in ("kmkit.toml", "policy.toml"):
        place = kb.root / name
        place.write_bytes(place.read_bytes().replace(b"\n", b"\r\n"))
    settled(kb)
    assert formatted(kb).state == "formatted"


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("kmkit.toml", '\n[audiences.others]\nlevel = "internal"\n'),
        ("kmkit.toml", '\n[protect]\n"Ana Ruiz" = "internal"\n'),
        ("policy.toml", "\n[quorum]\ncrowd = 4\n"),
    ],
)
def test_nothing_is_sent_by_settings_that_are_not_committed(
    tmp_path: Path, name: str, more: str
) -> None:
    kb, mailbox = staffed(tmp_path / "kb"), Mailbox(tmp_path / "box")
    committed = (kb.root / name).read_text(encoding="utf-8")
    if "[quorum]" in committed:
        change(kb.root / name, "crowd = 3", "crowd = 4")
    else:
        (kb.root / name).write_text(committed + more, encoding="utf-8")
    with pytest.raises(Refused, match=f"{name} has changes that are not committed"):
        send(at(kb), mailbox)
    assert not mailbox.letters
    git(kb.root, "commit", "-qam", "Settled")
    send(at(kb), mailbox)
    assert mailbox.letters


def test_a_changed_look_stops_no_letter(tmp_path: Path) -> None:
    kb, mailbox = staffed(tmp_path / "kb"), Mailbox(tmp_path / "box")
    with (kb.root / "kmkit.toml").open("a", encoding="utf-8") as config:
        config.write("\n[digest]\nmax_words = 99\n")
    send(at(kb), mailbox)
    assert mailbox.letters


def test_a_file_that_is_not_in_git_at_all_stops_it(kb: KnowledgeBase) -> None:
    git(kb.root, "rm", "-q", "--cached", "kmkit.toml")
    git(kb.root, "commit", "-qm", "Not in git")
    with pytest.raises(Refused, match=r"kmkit\.toml has changes"):
        settled(kb)
    git(kb.root, "add", "kmkit.toml")
    settle(kb)
    settled(kb)


def test_rules_that_were_removed_are_put_back_first(kb: KnowledgeBase) -> None:
    note = captured(kb)
    git(kb.root, "rm", "-q", "--cached", "policy.toml")
    git(kb.root, "commit", "-qm", "Oops")
    with pytest.raises(Refused, match=r"policy\.toml was removed"):
        at(kb, BEN).move("retire", note, Request(because="x"))
    (kb.root / "policy.toml").unlink()
    git(kb.root, "checkout", "HEAD~1", "--", "policy.toml")
    git(kb.root, "commit", "-qm", "Put the rules back", "policy.toml")
    assert at(kb).move("retire", note, Request(because="x")).note.state == "retired"


@pytest.mark.parametrize(
    ("name", "broken", "said"),
    [
        ("kmkit.toml", b"\n[mail]\n[mail]\n", r"the table \[mail\] stands there twice"),
        ("kmkit.toml", b"\n# \xff\n", "not UTF-8"),
        ("policy.toml", b"\nlevels = 1\n", r"policy\.toml"),
    ],
)
def test_what_was_committed_broken_and_is_mended_is_to_be_committed(
    kb: KnowledgeBase, name: str, broken: bytes, said: str
) -> None:
    note = captured(kb)
    place = kb.root / name
    sound = place.read_bytes()
    place.write_bytes(sound + broken)
    git(kb.root, "commit", "-qam", "Oops")
    place.write_bytes(sound)
    with pytest.raises(Refused, match=f"What is committed cannot be read: .*{said}") as refused:
        at(kb).move("retire", note, Request(because="x"))
    assert f"git add {name}" in str(refused.value)
    git(kb.root, "commit", "-qam", "Mended")
    assert at(kb).move("retire", note, Request(because="x")).note.state == "retired"
