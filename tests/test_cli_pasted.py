"""Commands that sentences name can be pasted: what a shell would take apart is quoted."""

import re
import shlex
from pathlib import PurePosixPath

import pytest

from kmkit.kb import KnowledgeBase
from tests.conftest import Run, captured

NAMES = ("PM2020-001 - Inotify file watches.md", "It's fuel.md", 'The "old" way; $HOME & `id`.md')
_COMMAND = re.compile(r"\b(?:kmkit [a-z]+|git restore -SW|git rm --cached -f) (?=[\"'])")


def pasted(text: str) -> list[str]:
    """What a shell makes of the argument after each command whose argument is quoted."""
    found = []
    for command in _COMMAND.finditer(text):
        words = shlex.shlex(text[command.end() :], posix=True, punctuation_chars=False)
        words.whitespace_split, words.commenters = True, ""
        found.append(str(words.get_token()).rstrip(".,;"))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_way_out_of_a_note_without_an_id_can_be_pasted(
    kb: KnowledgeBase, run: Run, name: str
) -> None:
    place = kb.root / "notes" / name
    place.parent.mkdir(exist_ok=True)
    place.write_text("---\ntitle: Fuel early\nkind: lesson\nstate: captured\n---\nx\n", "utf-8")
    path = f"notes/{name}"
    for command in (
        ("check",),
        ("review", "--stale"),
        ("edit", path, "--as-is"),
        ("validate", path, "--approve", "--because", "x"),
    ):
        ran = run(kb.root, *command)
        said = pasted(ran.out + ran.err)
        assert said, command
        assert set(said) == {path}, command


def test_the_way_out_of_a_change_that_is_not_recorded_can_be_pasted(
    kb: KnowledgeBase, run: Run
) -> None:
    note = captured(kb)
    path = PurePosixPath("notes/Fuel - early.md")
    kb.git.run("mv", str(note.path), str(path))
    kb.git.run("commit", "-q", "-m", "Rename")
    (kb.root / path).write_bytes(note.data + b"More.\n")
    ran = run(kb.root, "validate", note.id, "--approve", "--because", "x")
    assert ran.code == 3
    assert set(pasted(ran.err)) == {str(path)}


def test_a_topic_of_two_words_can_be_pasted(kb: KnowledgeBase, run: Run) -> None:
    text = (kb.root / "kmkit.toml").read_text("utf-8")
    text = text.replace("[topics]", '[topics]\n"water supply" = "x"', 1)
    text = re.sub(r"\[critical\][^\[]*topics = .*", '[critical]\ntopics = ["water supply"]', text)
    (kb.root / "kmkit.toml").write_text(text, "utf-8")
    captured(kb)
    assert 'kmkit capture --for "water supply"' in run(kb.root, "status").out
    assert 'kmkit capture --for "water supply"' in run(kb.root, "map").out
