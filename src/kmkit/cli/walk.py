"""The walk through one's due notes: one line each."""

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kmkit.cli.screen import ask, report, say
from kmkit.errors import KmkitError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kmkit.index.stale import Stale
    from kmkit.kb import KnowledgeBase
    from kmkit.note.model import Note

_HELP = (
    "c REASON confirms; e opens the editor to revise; r REASON retires; h EMAIL hands it over; "
    "d [DATE] puts it off, once; s skips; q ends."
)
_LINE = re.compile(
    r"(c|confirm|e|edit|r|retire|h|d|defer|s|skip|q|quit)\b[\s:,-]*(.*)", re.IGNORECASE
)
_NEEDS = {"c": "what you checked it against", "r": "why", "h": "the new owner's e-mail"}
"""What must follow a letter."""


def walk(kb: "KnowledgeBase", rows: "Sequence[Stale]", ref: str) -> None:
    """Go through those of ``rows`` that are mine, or through one; each takes one line."""
    if ref:
        note = kb.resolve(ref)
        mine = [row for row in rows if row.note.path == str(note.path)]
        if not mine:
            say(f"{note.title} is not due.")
            _answer(kb, note)
            return
    else:
        me = kb.actor.key
        mine = [row for row in rows if me in (row.owner, row.note.backup)]
    if not mine:
        say("None of your notes is due.")
        return
    say(_HELP)
    for place, row in enumerate(mine, 1):
        _show(row, f"{place} of {len(mine)}")
        if row.note.conflict:  # nothing can be done with it before that is settled
            continue
        if not _answer(kb, kb.read(PurePosixPath(row.note.path))):
            return


def _show(row: "Stale", place: str) -> None:
    note = row.note
    say(f"({place}) {note.title}  [{note.state}, {note.short}]")
    if note.summary:
        say(f"  {note.summary}")
    for reason in row.reasons:
        say(f"  {reason.code}: {reason.message}")


def _answer(kb: "KnowledgeBase", note: "Note") -> bool:
    """Take one line and act on it; False ends the walk."""
    while True:
        found = _LINE.fullmatch(ask("c, e, r, h, d, s, q or ?", default="s"))
        if found is None:
            say(_HELP)
            continue
        letter = found[1][0].lower()
        if letter in "sq":
            return letter == "s"
        if letter in _NEEDS and not found[2].strip():
            say(f"Say {_NEEDS[letter]} behind the letter: {letter} …")
            continue
        try:
            _act(kb, note, letter, found[2].strip())
            return True
        except KmkitError as refusal:
            say(str(refusal))


def _act(kb: "KnowledgeBase", note: "Note", letter: str, words: str) -> None:
    from kmkit.cli.edit import revise
    from kmkit.cli.options import a_day
    from kmkit.cli.persons import a_person
    from kmkit.lifecycle.context import Request
    from kmkit.lifecycle.states import LONGEST_DEFERRAL

    if letter == "e":
        revise(kb, note, words)
        return
    latest = LONGEST_DEFERRAL.after(kb.today)
    moves: dict[str, tuple[str, Request]] = {
        "c": ("confirm", Request(because=words)),
        "r": ("retire", Request(because=words)),
        "h": ("reassign", Request(owner=words)),
    }
    if letter == "h":
        moves["h"] = ("reassign", Request(owner=a_person(kb, words, "h", outside=False)))
    if letter == "d":
        moves["d"] = ("defer", Request(due=a_day(words, "DATE") if words else latest))
    verb, request = moves[letter]
    report(kb.move(verb, note, request), dry_run=kb.dry_run)
