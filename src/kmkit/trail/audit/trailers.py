"""Reading a commit's message so that nobody else can read something different in it."""

import re
from typing import NamedTuple

from kmkit.trail.event import MOVE, NOTE, OURS, RECORD, REPEATABLE, Event, parse, trailers_of

_LINE = re.compile(r"^[ \t]?(kmkit-[a-z-]+)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_CUTS = re.compile(r"^(?:---|\S+ -+ >8 -)", re.MULTILINE)
"""Lines at which some git commands take the message to end."""
_BROKEN = re.compile(r"^kmkit-[a-z-]+[ \t]*:.*\n[ \t]+\S", re.IGNORECASE | re.MULTILINE)
_QUOTED = re.compile(r"^[ \t]+Kmkit-Move: ", re.MULTILINE)
"""As ``git merge --squash`` sets in the messages that it joins."""
_LOOKALIKES = frozenset("\u0130\u0131\u017f\u212a")
"""Letters that regular expressions take for i, s and k, whatever their case."""
_FOLDED = {name.casefold() for name in OURS}


class Told(NamedTuple):
    """What a commit says of itself."""

    event: Event | None
    """The move of a note; None where there is none, or none that is certain."""
    rule: str = ""
    """The rule that the message breaks."""
    message: str = ""
    quotes: int = 0
    """How many moves it only quotes, as a squash does."""
    record: Event | None = None
    """The step of a record; None where there is none, or none that is certain."""


def told(sha: str, raw: bytes) -> Told:
    """The move that a raw commit tells, and what is wrong with how it tells it."""
    if b"mkit-" not in raw and b"MKIT-" not in raw.upper():
        return Told(None)
    text = raw.partition(b"\n\n")[2].decode("utf-8", "replace").replace("\r\n", "\n")
    if (event := parse(sha, raw)) and _canonical(raw, text, event):
        return Told(event)
    lines = [match[1] for match in _LINE.finditer(text) if match[0][0] not in " \t"]
    if not lines:
        return Told(None, quotes=len(_QUOTED.findall(text)))
    if event and _plain(text, lines, event):
        return Told(event)
    if said := _doubt(text, lines, event is not None):
        return Told(None, *said)
    if event is None or NOTE not in event.trailers:  # a record's event is about no note's file
        return Told(None, record=event)
    return Told(event)


def _canonical(raw: bytes, text: str, event: Event) -> bool:
    """Whether the message is letter for letter as kmkit writes most: `_plain` at a glance.

    Each of our trailers is a line of the last paragraph, and their names stand nowhere else.
    """
    folded = text.casefold()
    return (
        NOTE in event.trailers
        and RECORD not in event.trailers
        and folded.count("kmkit-") == len(event.trailers)
        and folded.count("reviewed-by") == text.count("Reviewed-by") == len(event.reviewed_by)
        and not event.attached
        and "---" not in text
        and ">8" not in text
        and "\n " not in text
        and "\n\t" not in text
        and "\0" not in text
        and b"\nencoding " not in raw
        and (text.isascii() or not _LOOKALIKES.intersection(text))
    )


def _plain(text: str, lines: list[str], event: Event) -> bool:
    """Whether the message is as kmkit writes it, which is soon seen; if not, see `_doubt`."""
    ours = [key for key in event.trailers if key.startswith("Kmkit-")]
    return (
        len(lines) == len(ours) + len(event.attached)
        and all(line in OURS for line in lines)
        and NOTE in ours
        and RECORD not in ours
        and "\0" not in text
        and text.casefold().count("reviewed-by")
        == text.count("Reviewed-by")
        == len(event.reviewed_by)
        and not _CUTS.search(text)
        and not _BROKEN.search(text)
    )


def _doubt(text: str, lines: list[str], parsed: bool) -> tuple[str, str] | None:
    """The rule that the message breaks and how, or None."""
    if "\0" in text or _CUTS.search(text):
        return "bad-trailers", "Some programs would take the message to end before its trailers."
    last = [key for key, _ in trailers_of(text) if key.casefold() in _FOLDED]
    ours = [key for key in last if key.casefold().startswith("kmkit-")]
    moves = [line for line in lines if line.casefold() == MOVE.casefold()]
    if len(moves) > 1 and ours.count(MOVE) < len(moves):
        return "squashed", f"The commit holds {len(moves)} moves in one."
    odd = next((key for key in (*lines, *last) if _odd(key)), "")
    if odd:
        return "bad-trailers", f"The trailer '{odd[:40]}' is spelt in a way of its own."
    twice = next((k for k in ours if k in OURS and k not in REPEATABLE and ours.count(k) > 1), "")
    if twice:
        return "bad-trailers", f"The trailer {twice} stands there twice."
    if len(ours) < len(lines):
        return "bad-trailers", "Trailers of kmkit stand outside the message's last paragraph."
    if _BROKEN.search(text):
        return "bad-trailers", "A trailer of kmkit is broken over two lines."
    if NOTE in ours and RECORD in ours:
        return "bad-trailers", "The commit tells of a note and of a record at once."
    if not parsed:
        return "bad-trailers", "The trailers of kmkit do not make a move."
    return None


def _odd(key: str) -> bool:
    """Whether a trailer of ours is written in other letters than we write it."""
    return key.casefold() in _FOLDED and key not in OURS
