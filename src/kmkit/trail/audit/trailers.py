"""Reading a commit's message so that nobody else can read something different in it."""

import re
from typing import NamedTuple

from kmkit.note.model import shows_all
from kmkit.trail.event import (
    MOVE,
    NOTE,
    ONCE,
    OURS,
    RECORD,
    REPEATABLE,
    Event,
    author_in,
    decoded,
    event_of,
    parse,
    trailers_of,
)

_LINE = re.compile(r"^(kmkit-[a-z-]+)[ \t]*:", re.IGNORECASE | re.MULTILINE)
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
    if event := _at_a_glance(sha, raw):
        return Told(event)
    coded = b"\nencoding " in raw
    if b"mkit-" not in raw and b"MKIT-" not in raw.upper() and not coded:
        return Told(None)
    header, _, body = raw.partition(b"\n\n")
    text = body.decode("utf-8", "replace")
    event = parse(sha, raw)
    texts = (text, decoded(header, body)) if coded else (text,)
    if not any(map(_lines, texts)):
        return Told(None, quotes=len(_QUOTED.findall(text)))
    if said := next(filter(None, map(_doubt, texts)), None):
        return Told(None, *said)
    if _certain(texts[0]) != _certain(texts[-1]):
        return Told(None, "bad-trailers", "What its trailers say depends on its encoding.")
    if event is None:
        return Told(None, "bad-trailers", "The trailers of kmkit do not make a move.")
    if NOTE in event.trailers:
        return Told(event)
    return Told(None, record=event)  # it is about no note's file


def _at_a_glance(sha: str, raw: bytes) -> Event | None:
    """The move in a message like those that kmkit writes most; None in any other.

    All of it prints, the last paragraph holds trailers of ours and nothing else, most of them once,
    and nothing above could be taken for one. So there is no `_doubt`, and `parse` finds the same.
    """
    header, _, body = raw.partition(b"\n\n")
    if b"\nencoding " in header or b"\r" in body or not shows_all(body):
        return None
    text = body.decode("utf-8", "replace")
    above, _, last = text.rpartition("\n\n")
    if last[-1:] != "\n" or ">8" in text or not _harmless(above):
        return None
    once: dict[str, str] = {}
    reviewed = []
    lines = last[:-1].split("\n")
    for line in lines:
        key, colon, value = line.partition(": ")
        if colon and key in ONCE:
            once[key] = value.strip(" ")
        elif colon and key == "Reviewed-by":
            reviewed.append(value.strip(" "))
        else:
            return None
    if len(once) + len(reviewed) < len(lines) or RECORD in once:
        return None
    subject, _, reason = above.partition("\n\n")
    said = (subject.partition("\n")[0], reason.strip("\n"))
    author = author_in(header, coded=False)
    return event_of(sha, author, said, once, (tuple(reviewed), (), ()))


def _harmless(above: str) -> bool:
    """Whether a text that prints is a subject and paragraphs, and nobody sees a trailer in it."""
    return (
        above[:1] not in ("", "\n")
        and above[-1] != " "
        and " \n" not in above
        and "---" not in above
        and "kmkit-" not in above.casefold()
        and (above.isascii() or _LOOKALIKES.isdisjoint(above))
    )


def _lines(text: str) -> list[str]:
    """The names of trailers with which lines begin that could be ours, wherever they stand."""
    return _LINE.findall(text)


def _certain(text: str) -> list[tuple[str, str]]:
    """The trailers that are the same in every encoding that people use."""
    return [(key, value) for key, value in trailers_of(text) if value.isascii()]


def _doubt(text: str) -> tuple[str, str] | None:
    """The rule that the message breaks and how, or None."""
    if "\0" in text or _CUTS.search(text):
        return "bad-trailers", "Some programs would take the message to end before its trailers."
    lines = _lines(text)
    last = [key for key, _ in trailers_of(text) if key.casefold() in _FOLDED]
    ours = [key for key in last if key.casefold().startswith("kmkit-")]
    moves = [line for line in lines if line.casefold() == MOVE.casefold()]
    if len(moves) > 1 and ours.count(MOVE) < len(moves):
        return "squashed", f"The commit holds {len(moves)} moves in one."
    odd = next((key for key in (*lines, *last) if _odd(key)), "")
    if odd:
        return "bad-trailers", f"The trailer '{odd[:40]}' is spelt in a way of its own."
    twice = next((key for key in ours if key not in REPEATABLE and ours.count(key) > 1), "")
    if twice:
        return "bad-trailers", f"The trailer {twice} stands there twice."
    if len(ours) < len(lines):
        return "bad-trailers", "Trailers of kmkit stand outside the message's last paragraph."
    if _BROKEN.search(text):
        return "bad-trailers", "A trailer of kmkit is broken over two lines."
    if NOTE in ours and RECORD in ours:
        return "bad-trailers", "The commit tells of a note and of a record at once."
    return None


def _odd(key: str) -> bool:
    """Whether a trailer of ours is written in other letters than we write it."""
    return key.casefold() in _FOLDED and key not in OURS
