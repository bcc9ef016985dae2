"""kill -9 at the steps of every move of the lifecycle: the old state or the new one, no third.

``KMKIT_TEST_EVERY_STEP=1`` looks at each step; without it a few of each move are.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.moves import BY_KEY, MOVES
from kmkit.lifecycle.person import Person
from kmkit.note.file import write_body, write_fields
from kmkit.note.frontmatter import split
from kmkit.note.model import Note
from kmkit.trail.git import Git
from tests.conftest import (
    ANA,
    APPROVE,
    BEN,
    CY,
    DEE,
    NOW,
    at,
    captured,
    disseminated,
    formatted,
    validated,
)  # fmt: skip
from tests.cut_off import assert_sound, cut_off, finished, git, needs_fork
from tests.test_kb_renewing import squashed
from tests.test_kb_resolving import CROWD, approving, mended, parted

STRIDE = 1 if os.environ.get("KMKIT_TEST_EVERY_STEP") else 11
"""Every so many steps one is looked at; the first of them differs from move to move."""


class Case(NamedTuple):
    """A move, and the note that it starts from."""

    key: str
    """Of its row in MOVES."""
    begun: Callable[[KnowledgeBase], Note]
    request: Request = Request()
    who: Person = ANA
    edited: Callable[[Note], bytes] | None = None


def packaged(note: Note) -> bytes:
    return write_fields(note, {"topics": ["fuel", "roads"]})


def rewritten(note: Note) -> bytes:
    return write_body(note, split(note.text)[0].body + "\nAlways.\n")


def reworded(kb: KnowledgeBase) -> Note:
    note = validated(kb)
    return kb.move("reword", note, data=rewritten(note)).note


def revised(kb: KnowledgeBase) -> Note:
    note = disseminated(kb)
    return kb.move("edit", note, Request(because="Wrong since May."), data=rewritten(note)).note


def quorate(kb: KnowledgeBase) -> Note:
    note = approving(kb, BEN, CROWD)(captured(kb))
    parted(kb, note, approving(kb, CY, CROWD), approving(kb, DEE, CROWD))
    return mended(kb, note).note


def retired(kb: KnowledgeBase) -> Note:
    return kb.move("retire", captured(kb), Request(because="Of no use.")).note


def wide(kb: KnowledgeBase) -> Note:
    return kb.move("release", captured(kb), Request(level="domestic", because="So.")).note


def ready(kb: KnowledgeBase) -> Note:
    """A note that only the move to 'formatted' has yet to reach."""
    note = formatted(kb)
    git(kb.root, "reset", "-q", "--hard", "HEAD~1")
    kb.forget()
    return kb.read(note.path)


def verdict(said: str) -> Request:
    return Request(method="peer-review", verdict=said, because="Where was that?")


SO = Request(because="So it is.")
AGAIN = Request(channel="weekly-digest", evidence="The list of those who came")
CASES = (
    Case("edit", captured, edited=packaged),
    Case("revise", disseminated, SO, edited=rewritten),
    Case("ask", captured, Request(to=BEN.email)),
    Case("validate", captured, CROWD, BEN),
    Case("validate/quorum", captured, APPROVE, BEN),
    Case("validate/return", captured, verdict("return"), BEN),
    Case("validate/reject", captured, verdict("reject"), BEN),
    Case("validate/reject-revision", revised, verdict("reject"), BEN),
    Case("settle", quorate),
    Case("renew", squashed, APPROVE, CY),
    Case("reword", validated, edited=rewritten),
    Case("same-meaning", reworded, SO, BEN),
    Case("format", ready),
    Case("disseminate", formatted, Request(channel="weekly-digest")),
    Case("disseminate/again", disseminated, AGAIN),
    Case("confirm", disseminated, SO),
    Case("defer", disseminated, Request(due=NOW.date() + timedelta(days=9))),
    Case("release", captured, Request(level="domestic", because="So.")),
    Case("narrow", wide, Request(level="internal", because="So.")),
    Case("reassign", captured, Request(owner=BEN.email)),
    Case("retire", captured, SO),
    Case("reopen", retired, SO),
)


def test_every_move_is_among_them() -> None:
    assert [case.key for case in CASES] == [move.key for move in MOVES if move.key != "capture"]


@needs_fork
@pytest.mark.parametrize("case", CASES, ids=[case.key for case in CASES])
def test_a_move_happens_or_does_not(kb: KnowledgeBase, case: Case) -> None:
    note = case.begun(kb)
    tip, old = Git(kb.root).tip(), note.data
    verb = BY_KEY[case.key].verb
    mine = at(kb, case.who)
    data = case.edited(note) if case.edited else None
    work = partial(mine.move, verb, note, case.request, data=data)
    step, alive, seen = sum(case.key.encode()) % STRIDE + 1, True, set[bool]()
    while alive:
        alive = cut_off(work, step)
        moved = Git(kb.root).tip() != tip
        finished(kb)
        kb.forget()
        assert_sound(kb, told=moved or case.key != "renew")
        assert (kb.read(note.path).data != old) is moved, step
        assert int(git(kb.root, "rev-list", "--count", f"{tip}..HEAD")) == moved
        seen.add(moved)
        git(kb.root, "reset", "-q", "--hard", tip)
        step += STRIDE
    assert seen == {True, False}
    assert step > 25
