"""kill -9 while a digest is sent: nobody is left out, one letter a kill is repeated at most.

``KMKIT_TEST_KILLS=1000`` runs so many random lives, ``KMKIT_TEST_EVERY_STEP=1`` looks at each step;
without them a few of each are.
"""

import os
import random
import shutil
import signal
import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.reach.ledger import Ledger
from tests.conftest import ANA, NOW
from tests.cut_off import cut_off, forked, needs_fork
from tests.sending_kb import STAFF, Mailbox, Outcome, cloned, git, send, staffed, write_staff

LIVES = int(os.environ.get("KMKIT_TEST_KILLS", "6"))
STRIDE = 1 if os.environ.get("KMKIT_TEST_EVERY_STEP") else 23
LATER = Outcome("deferred", 451)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a knowledge base that has something to tell, and the remote it pushes to."""
    place = tmp_path_factory.mktemp("begun")
    kb = staffed(place / "kb")
    cloned(kb, place / "bare.git")
    first = tmp_path_factory.mktemp("first")
    send(staffed(first / "kb"), Mailbox(first / "box"))  # so that all modules are there
    return place


def copied(begun: Path, place: Path) -> KnowledgeBase:
    """The knowledge base and its remote once more, elsewhere."""
    shutil.copytree(begun, place, symlinks=True)
    git(place / "kb", "remote", "set-url", "origin", str(place / "bare.git"))
    return KnowledgeBase(place / "kb", now=NOW, actor=ANA)


def again(kb: KnowledgeBase) -> KnowledgeBase:
    return KnowledgeBase(kb.root, now=kb.now, actor=ANA)


def finish(kb: KnowledgeBase, mailbox: Mailbox) -> None:
    """Send until nothing is left; what came of it is the same for both sides."""
    mailbox.answers = {}
    for _ in range(2):
        send(again(kb), mailbox)
    runs = Ledger(again(kb)).runs()
    assert [run.state(kb.now) for run in runs] == ["done"], runs
    assert not list((kb.root / ".git/kmkit/outbox").glob("*"))
    if git(kb.root, "remote"):
        assert git(kb.root, "rev-parse", "kmkit-outbox") == git(
            kb.root, "ls-remote", "origin", "refs/heads/kmkit-outbox"
        ).partition("\t")[0]  # fmt: skip
    (note,) = again(kb).notes()
    assert [entry.channel for entry in note.fields.disseminated] == ["letter"]


def assert_each_once(mailbox: Mailbox, to: tuple[str, ...], repeats: int) -> None:
    """Everybody has the letter, and no more than ``repeats`` are there twice, as the same one."""
    assert set(mailbox.to) == set(to)
    assert len(mailbox.letters) <= len(to) + repeats
    assert len({row[1] for row in mailbox.letters}) == len(to)


@needs_fork
def test_cut_off_at_any_step(begun: Path, tmp_path: Path) -> None:
    """Before the intent, before and after it is shared, around each letter and each line of the
    journal, before and after what came of them is written down and shared, around each record.
    """
    step, alive, seen = 1, True, Counter[int]()
    while alive:
        kb = copied(begun, tmp_path / str(step))
        mailbox = Mailbox(tmp_path / f"box-{step}")
        alive = cut_off(partial(send, kb, mailbox), step)
        seen[len(mailbox.letters)] += 1
        finish(kb, mailbox)
        assert_each_once(mailbox, STAFF, 1)
        shutil.rmtree(tmp_path / str(step))
        step += STRIDE
    assert step > 100
    assert seen[0]
    assert seen[len(STAFF)]


@needs_fork
@pytest.mark.parametrize("life", range(LIVES))
def test_cut_off_again_and_again(begun: Path, tmp_path: Path, life: int) -> None:
    """Recipients, answers of the server, kills at steps and at moments: drawn by lot."""
    draw = random.Random(life)
    kb = copied(begun, tmp_path / "life")
    mailbox = Mailbox(tmp_path / "box")
    to = tuple(f"reader{n}@example.org" for n in range(draw.randint(1, 6)))
    write_staff(kb, to)
    if draw.random() < 0.3:
        git(kb.root, "remote", "remove", "origin")
    kills = unknown = 0
    for _ in range(draw.randint(1, 4)):
        mailbox.answers = {one: LATER for one in to if draw.random() < 0.2}
        lost = [one for one in to if one not in mailbox.answers and draw.random() < 0.1]
        mailbox.answers |= dict.fromkeys(lost, Outcome("unknown", 0))
        before = Counter(mailbox.to)
        if draw.random() < 0.7:
            killed = cut_off(lambda: send(again(kb), mailbox), draw.randint(1, 200))
        else:
            killed = killed_after(kb, mailbox, draw.uniform(0.02, 0.6))
        kills += killed
        unknown += sum(1 for one in lost if Counter(mailbox.to)[one] > before[one])
    finish(kb, mailbox)
    assert_each_once(mailbox, to, kills + unknown)


def killed_after(kb: KnowledgeBase, mailbox: Mailbox, seconds: float) -> bool:
    """Whether a child that sends was still at it when it was killed from outside."""
    child = forked(lambda: _quiet(kb, mailbox))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != 0


def _quiet(kb: KnowledgeBase, mailbox: Mailbox) -> None:
    send(again(kb), mailbox)
