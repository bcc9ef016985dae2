"""Twenty who write at once while somebody commits by hand: nobody's work is lost or swept in."""

import os
import subprocess
import threading
from collections.abc import Callable
from functools import partial

from kmkit.errors import Refused
from kmkit.kb import KnowledgeBase
from kmkit.kb.moving import Moved
from kmkit.lifecycle.context import Request
from tests.conftest import APPROVE, BEN, at, captured
from tests.cut_off import assert_sound, forked, git, needs_fork

WRITERS = 20


def write(kb: KnowledgeBase, number: int, name: str, said: int) -> None:
    """Capture a note, approve another and give it away; each commit is told once acknowledged."""
    mine = at(kb, BEN)
    steps: tuple[Callable[[], Moved], ...] = (
        lambda: mine.capture({"title": f"New {number}", "sources": ["anonymous"]}, "## Lessons\n"),
        lambda: mine.move("validate", mine.resolve(name), APPROVE),
        lambda: at(kb).move("reassign", at(kb).resolve(name), Request(owner="cy@example.org")),
    )
    for step in steps:
        while True:
            try:
                done = step()
            except Refused:  # the others were faster for ten seconds
                continue
            os.write(said, f"{done.commit} {done.note.path}\n".encode())
            break


def by_hand(kb: KnowledgeBase, done: threading.Event, made: list[str]) -> None:
    """Commit a file of one's own, again and again, as people do: with git add and git commit."""
    mine = kb.root / "mine.txt"
    while not done.is_set():
        mine.write_text(f"{len(made)}\n", "utf-8")
        for command in (["add", "mine.txt"], ["commit", "-q", "-m", f"By hand {len(made)}"]):
            while subprocess.run(
                ["git", "-C", str(kb.root), *command], stderr=subprocess.DEVNULL, check=False
            ).returncode:
                done.wait(0.01)
        made.append(git(kb.root, "log", "-1", "--format=%H", "--", "mine.txt"))


@needs_fork
def test_twenty_writers_and_one_by_hand(kb: KnowledgeBase) -> None:
    notes = [captured(kb, f"Lesson {number}") for number in range(WRITERS)]
    start = kb.git.tip()
    (kb.root / "staged.txt").write_text("mine\n", "utf-8")
    done, made = threading.Event(), list[str]()
    hear, say = os.pipe()
    children = [
        forked(partial(write, kb, number, note.id, say)) for number, note in enumerate(notes)
    ]
    os.close(say)
    user = threading.Thread(target=by_hand, args=(kb, done, made))
    user.start()
    with os.fdopen(hear) as stream:
        told = [(line[:40], line[41:]) for line in stream.read().splitlines()]
    assert {os.waitpid(child, 0)[1] for child in children} == {0}
    done.set()
    user.join()

    assert len(told) == 3 * WRITERS
    assert len(made) > 1
    paths = dict(told) | dict.fromkeys(made, "mine.txt")
    assert set(git(kb.root, "rev-list", f"{start}..HEAD").split()) == set(paths)
    for commit, path in paths.items():
        assert git(kb.root, "show", "--format=", "--name-only", commit) == path
    (kb.root / "staged.txt").unlink()
    assert_sound(kb)
    for note in notes:
        after = kb.read(note.path)
        assert (after.state, after.owner) == ("validated", "cy@example.org")
    assert git(kb.root, "show", "HEAD:mine.txt") == str(len(made) - 1)
