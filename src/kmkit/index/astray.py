"""Notes whose file says other than their trail, as after a git revert: no move can be made of them.

The tables tell which may be such notes; those are then judged as a move would judge them.
"""

from collections.abc import Iterator, Mapping
from json import dumps
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kmkit.errors import Cannot, Refused
from kmkit.index.card import Card
from kmkit.lifecycle.states import WALK

if TYPE_CHECKING:
    from kmkit.index.book import Index
    from kmkit.trail.event import Event

_APPROVED = tuple(map(str, WALK[1:]))
ENDS: Mapping[str, tuple[str, ...]] = {
    "capture": ("captured",),
    "revise": ("captured",),
    "validate": ("captured", *_APPROVED, "retired"),
    "settle": _APPROVED,
    "format": ("formatted",),
    "disseminate": ("disseminated", "maintained"),
    "confirm": ("maintained",),
    "retire": ("retired",),
    "reopen": ("captured",),
}
"""By each verb of `lifecycle.moves` that leads from state to state: where a note can be after it.

They are written out because a listing has no time to import the guards of all moves.
"""
_LAST = (
    "SELECT n, state, (SELECT move FROM events WHERE note = notes.id AND move IN"
    " (SELECT value FROM json_each(?)) ORDER BY seq DESC LIMIT 1) FROM notes WHERE id != ''"
)
_GIVEN = (
    "SELECT n FROM notes WHERE state IN ('captured', 'validated', 'formatted') AND id IN"
    " (SELECT note FROM events WHERE move IN ('release', 'narrow', 'reassign'))"
)
"""Those of which something is still to be done, and that were given another level or owner."""


def astray(index: "Index") -> tuple[Card, ...]:
    """The notes that no move can be made of before file and trail agree again, by path.

    None where the history cannot tell: a damaged one hides no note.
    """
    try:
        rows = index.told(_LAST, (dumps([*ENDS]),))
        numbers = {n for n, state, move in rows if move and _odd(state, move)}
        numbers.update(row[0] for row in index.told(_GIVEN))
        wanted = dumps(sorted(numbers))
        return tuple(_judged(index, "n IN (SELECT value FROM json_each(?))", wanted))
    except Cannot:
        return ()


def _odd(state: str, move: str) -> bool:
    """Whether a note may not have come to its state by the last move that leads to one."""
    if move == "validate":  # which leads to many states, or to none
        return state == "captured"
    return state not in ENDS[move]


def _judged(index: "Index", where: str, wanted: str) -> Iterator[Card]:
    """Those of the notes that a condition asks for whose file says other than their trail."""
    trails: dict[str, list[Event]] = {}
    if wanted == "[]":
        return
    for event in index.steps(f"note IN (SELECT id FROM notes WHERE {where})", (wanted,)):
        trails.setdefault(event.note, []).append(event)
    for card in index.cards(where, (wanted,)):
        trail = trails.get(card.own_id, [])
        if _differs(card, trail) and _refused(index, card, trail):
            yield card


def _differs(card: Card, trail: "list[Event]") -> bool:
    """Whether a note says other than the last of its moves that say it, whatever the branch."""
    said = {"state": card.state, "level": card.level, "owner": card.owner}
    last: dict[str, str] = {}
    for event in trail:
        owner = event.get("Owner").strip().casefold()
        told = {"state": event.to_state, "level": event.get("Level"), "owner": owner}
        last |= {name: value for name, value in told.items() if value}
    return last != {name: said[name] for name in last}


def _refused(index: "Index", card: Card, trail: "list[Event]") -> bool:
    """Whether a move of the note would be refused; not where nobody can tell."""
    from kmkit.kb.history import as_merged
    from kmkit.kb.seeing import agreed
    from kmkit.note.reading import read
    from kmkit.trail.fold import fold

    kb, path = index.kb, PurePosixPath(card.path)
    try:
        entry = kb.git.entry(kb.git.tip(), kb.repo_path(path))
        if entry is None or kb.git.shallow:
            return False
        there = read(kb.git.blob(entry.sha), path)
        claim = as_merged(kb, there, fold(trail))
        if claim.captured:
            agreed(kb, there, there, claim)
    except Refused:
        return True
    except Cannot:
        return False
    return False
