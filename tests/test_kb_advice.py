"""Whatever a refusal advises is something that the note's state allows."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from kmkit.errors import KmkitError
from kmkit.kb import KnowledgeBase
from kmkit.kb.capturing import adopt
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.moves import VERBS, legal
from kmkit.lifecycle.person import Person
from kmkit.lifecycle.states import State
from kmkit.note.model import Note
from tests.conftest import ANA, APPROVE, BEN, at, captured, disseminated, formatted, validated
from tests.test_kb_resolving import git

COMMAND = re.compile(r"kmkit ([a-z]+) (\S+)((?: --[a-z-]+)*)")
BY_OPTION = {"--ask": "ask", "--renew": "renew", "--same-meaning": "same-meaning",
             "--settle": "settle", "--reword": "reword"}  # fmt: skip
BY_NAME = {"reopen": ["reopen", "revise"], "review": ["confirm", "defer"]}
ELSE = ("log", "audit", "check", "show", "list", "resolve")
"""The commands that move nothing."""


def moved(verb: str, *requests: Request) -> Callable[[KnowledgeBase, Note], Note]:
    """Leads a note on."""

    def lead(kb: KnowledgeBase, note: Note) -> Note:
        for request in requests:
            note = kb.move(verb, note, request).note
        return note

    return lead


WHY = Request(because="So.")
MADE: dict[str, Callable[[KnowledgeBase], Note]] = {
    "captured": captured,
    "returned": lambda kb: at(kb, BEN).move(
        "validate", captured(kb), replace(APPROVE, verdict="return")).note,
    "in a crowd": lambda kb: at(kb, BEN).move(
        "validate", captured(kb), replace(APPROVE, method="crowd")).note,
    "revised": lambda kb: kb.move("reopen", validated(kb), WHY).note,
    "validated": validated,
    "reworded": lambda kb: kb.move(
        "reword", it := validated(kb), WHY, data=it.data.replace(b"early.", b"soon.")).note,
    "formatted": formatted,
    "disseminated": disseminated,
    "maintained": lambda kb: kb.move("confirm", disseminated(kb), WHY).note,
    "retired": lambda kb: kb.move("retire", validated(kb), WHY).note,
}  # fmt: skip


def untouched(note: Note) -> bytes:
    """The file as kmkit left it."""
    return note.data


def words(note: Note) -> bytes:
    """Another text."""
    return note.data.replace(b"\n## Lessons", b"\nMore of it.\n\n## Lessons")


def level(note: Note) -> bytes:
    """A wider level."""
    return note.data.replace(b"level: internal", b"level: domestic")


def requests(kb: KnowledgeBase, note: Note, verb: str) -> Iterator[Request]:
    """What may be asked for, right and wrong."""
    if verb in ("validate", "renew"):
        for method in ("self-review", "peer-review", "expert-review", "committee"):
            yield replace(APPROVE, method=method)
        yield replace(APPROVE, verdict="reject")
    elif verb in ("release", "narrow", "disseminate"):
        for wide in kb.policy.levels if verb != "disseminate" else ("",):
            yield Request(because="So.", level=wide, channel="weekly-digest", audience="all-staff")
    else:
        ahead = kb.today + timedelta(days=9)
        yield Request(because="So.", to=ANA.email, owner=ANA.email, due=ahead)


HANDS = ("captured", "validated", "maintained", "retired")
EVERY = [
    *((name, True, untouched) for name in MADE),
    *((name, commit, change) for name in HANDS for commit in (True, False)
      for change in (words, level)),
]  # fmt: skip
FEW = [
    ("captured", True, untouched), ("validated", True, untouched), ("retired", False, words),
    ("validated", False, words), ("maintained", True, words),
]  # fmt: skip
CASES = EVERY if os.environ.get("KMKIT_ADVICE") else FEW
"""All of them with ``KMKIT_ADVICE=1 pytest tests/test_kb_advice.py``, in a minute."""


@pytest.mark.parametrize(("name", "commit", "change"), CASES)
def test_what_a_refusal_names_can_be_done(
    kb: KnowledgeBase, name: str, commit: bool, change: Callable[[Note], bytes]
) -> None:
    note = MADE[name](kb)
    (kb.root / note.path).write_bytes(change(note))
    if commit:
        git(kb, "commit", "-qam", "By hand", ok=(0, 1))
    kb.forget()
    note = kb.read(note.path)
    for who in (ANA, BEN):
        for said in refusals(kb, who, note):
            assert not list(impossible(said, note)), said


def refusals(kb: KnowledgeBase, who: Person, note: Note) -> set[str]:
    """What kmkit says where it refuses ``who`` something; nothing is changed."""
    seen = KnowledgeBase(kb.root, now=kb.now, actor=who, dry_run=True)
    said = set()
    for verb in VERBS:
        for request in requests(kb, note, verb) if verb != "capture" else ():
            data = words(note) if verb == "reword" else None
            try:
                seen.move(verb, note, request, data=data)
            except KmkitError as error:
                said.add(str(error))
    try:
        adopt(seen, note.path)
    except KmkitError as error:
        said.add(str(error))
    return said


def impossible(said: str, note: Note) -> Iterator[str]:
    """The commands about ``note`` in a text that its state does not allow."""
    state, end = note.state, 0
    for found in COMMAND.finditer(said):
        verb, what = str(found[1]), found[2].strip(".,;)")
        options = str(found[3]).split()
        if "then" not in said[end : found.start()] or ";" in said[end : found.start()]:
            state = note.state
        end = found.end()
        if what not in (note.short, str(note.path)) or verb in ELSE:
            continue
        verbs = [BY_OPTION[one] for one in options if one in BY_OPTION] or BY_NAME.get(verb, [verb])
        if not any(legal(one, state, to) for one in verbs for to in State):
            yield found[0]
        state = State.CAPTURED if verb == "reopen" else state


def test_what_cannot_be_done_is_seen(kb: KnowledgeBase) -> None:
    note = validated(kb)
    ask, reopen = f"kmkit validate {note.short} --ask EMAIL", f"kmkit reopen {note.short}"
    assert list(impossible(f"{ask}.", note))
    assert list(impossible(f"{reopen} --because '…', then {ask}.", note)) == []
    assert list(impossible(f"{reopen}, or {ask}.", note))
