"""The trail as the index holds it: which step of which note is in which commit."""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from functools import cache, lru_cache
from pickle import dumps, loads
from sys import intern

from kmkit.errors import Cannot
from kmkit.index.keeping.schema import OF_EVENTS, Values, find_events
from kmkit.trail.event import ONCE, Event, parse
from kmkit.trail.git import Git
from kmkit.trail.log import commits, listed, named


def bring_up(index: sqlite3.Connection, git: Git, head: str) -> None:
    """Have the table of events hold the steps in the history of ``head``, and no others.

    Only what was added since is read; a branch that was left behind is taken out.
    """
    known = told_up_to(index, git)
    if known == head:
        return
    gone, past = _between(git, known, head)
    if gone is None:
        index.execute("DELETE FROM events")
        for name in OF_EVENTS:
            index.execute(f"DROP INDEX IF EXISTS {name}")
    else:
        rows = index.execute("SELECT seq, sha FROM events") if gone else ()
        away = [(seq,) for seq, sha in rows if sha in gone]
        index.executemany("DELETE FROM events WHERE seq = ?", away)
    if head:
        put_in(index, added(git, past, in_line(git, head, past)))
    sealed(index, git, head)


def put_in(index: sqlite3.Connection, rows: Iterable["Row"]) -> int:
    """Put ``rows`` into the table of events, behind those that are there; how many they were."""
    return index.executemany(_INSERT, rows).rowcount


def sealed(index: sqlite3.Connection, git: Git, head: str) -> None:
    """Note that the table of events holds the history of ``head``."""
    find_events(index)
    told = {"told": head, "cut": _cut(git)}
    index.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", told.items())


_INSERT = "INSERT INTO events (sha, note, move, at, day, email) VALUES (?, ?, ?, ?, ?, ?)"


def told_up_to(index: sqlite3.Connection, git: Git) -> str:
    """The commit whose history the table of events holds; '' where a clone was deepened since."""
    said = dict(index.execute("SELECT key, value FROM meta WHERE key IN ('told', 'cut')"))
    return str(said.get("told", "")) if said.get("cut", "") == _cut(git) else ""


def _cut(git: Git) -> str:
    """The commits at which the history of a shallow clone begins, '' where it is whole."""
    try:
        return (git.common_dir / "shallow").read_text(encoding="ascii")
    except OSError:
        return ""


def _between(git: Git, known: str, head: str) -> tuple[set[bytes] | None, tuple[str, ...]]:
    """The commits that are in the history of ``known`` alone, and how git leaves out the others.

    None in the place of the first where ``known`` tells nothing: all of ``head``'s are new.
    """
    if not known or not head:
        return None, ()
    try:
        listing = git.text("rev-list", "--end-of-options", known, f"^{head}", "--")
    except Cannot:  # its commits were thrown away
        return None, ()
    return {bytes.fromhex(sha) for sha in listing.split()}, (f"^{known}",)


Row = tuple[bytes, str, str, int, str, str]
"""Of the table ``events``, behind ``seq``."""


InLine = tuple[list[bytes], str]
"""What `in_line` gives."""


def added(git: Git, past: Sequence[str], line: InLine) -> Iterator[Row]:
    """The rows of a history without its ``past``, parents before children."""
    shares, older = line
    if older:
        found = commits(git, older, *past, oldest_first=True)
        yield from (row for sha, raw in found if (row := _row(sha, raw)))
    while shares:
        yield from reversed(loads(shares.pop()))


def in_line(git: Git, head: str, past: Sequence[str]) -> InLine:
    """The rows of the latest commits, newest first, down to one that has several parents.

    They come in shares, each in a form that takes little memory. Behind them, the commit from
    which on git has to put the others in order; '' where all of history was one line. A message
    that begins with its trailers ends the line, too: whether it has a subject, that is empty, is
    not in the listing.
    """
    shares: list[bytes] = []
    find = _form(len(head)).findall
    awaited = head
    with closing(listed(git, head, *past)) as pieces:
        for piece in pieces:
            rows: list[Row] = []
            for sha, parent, *said, odd in find(piece.decode("latin-1")):
                moves = _MOVES in odd
                if sha != awaited or odd.startswith("parent ") or (moves and _BLANK not in odd):
                    return [*shares, dumps(rows, -1)], sha
                awaited = parent
                if row := _other(sha, odd) if moves else None if odd else _plain(sha, *said):
                    rows.append(row)
            shares.append(dumps(rows, -1))
    return shares, ""


_MOVES, _BLANK = "\n    Kmkit-Move: ", "\n    \n"


def _other(sha: str, odd: str) -> Row | None:
    """The row of a listed commit that is not written as kmkit writes them."""
    header, _, message = odd.partition("\n\n")
    raw = "\n\n".join((header, message.replace("\n    ", "\n")[4:]))
    event = parse(sha, raw.encode("latin-1"))
    return _of(event) if event else None


@cache
def _form(length: int) -> re.Pattern[str]:
    """A commit as git lists it, by the length of a name; as kmkit writes it, or behind its parent.

    Texts are bytes here, each as the character of its number.
    """
    name = f".{{{length}}}"
    key = "(?!Kmkit-(?:Note|Record|Move):)(?:Kmkit-[A-Za-z-]+|Reviewed-by)"
    return re.compile(
        rf"({name})\ntree {name}\n(?:parent ({name})\n)?(?:"
        r"author [^<>\n]*+<([!-;=?-~]+)> (\d{1,11}+) ([+-]\d{4})\ncommitter .*+\n"
        r"(?:gpgsig(?:-sha256)? .*+\n(?: .*+\n)*)?\n"
        r"    .++\n(?:[^\0]*?\n)??    \n    Kmkit-(?:Note|Record): ([!-~]+)\n"
        r"    Kmkit-Move: ([a-z-]+)(?: (?:[a-z]+ )?-> [a-z]+)?"
        rf"((?:\n    {key}: \S.*+)*)\n\0|([^\0]*+)\0)"
    )


_KEY = re.compile(r"\n    (Kmkit-[A-Za-z-]+):")


def _row(sha: str, raw: bytes) -> Row | None:
    """The row of a raw commit, None where it carries no move of kmkit.

    A message as kmkit writes it is taken apart here, since a history has many; any other is left
    to `kmkit.trail.event.parse`, which says the same of both.
    """
    if b"\nKmkit-Move: " not in raw:
        return None
    header, _, message = raw.partition(b"\n\n")
    lines = message.removesuffix(b"\n").replace(b"\n", b"\n    ")
    listed = b"%s\n%s\n\n    %s\n\0" % (sha.encode(), header, lines)
    found = _form(len(sha)).fullmatch(listed.decode("latin-1"))
    if found and found[9] is None:
        return _plain(sha, *found.groups()[2:8])
    event = parse(sha, raw)
    return _of(event) if event else None


def _plain(sha: str, email: str, at: str, zone: str, note: str, move: str, said: str) -> Row | None:
    """The row of a commit as kmkit writes it; None where a trailer stands twice that may not."""
    keys = _KEY.findall(said)
    if len(set(keys)) < len(keys) and any(keys.count(key) > 1 for key in ONCE):
        return None
    when = int(at)
    day = _date((when + _zone(zone)) // 86400)
    return bytes.fromhex(sha), intern(note), intern(move), when, day, intern(email.lower())


@lru_cache(maxsize=64)
def _zone(zone: str) -> int:
    """The seconds that clocks are ahead in a zone such as ``+0130``; 0 where that is none."""
    seconds = (int(zone[1:3]) * 60 + int(zone[3:])) * 60
    return 0 if seconds >= 86400 else -seconds if zone[0] == "-" else seconds


@lru_cache(maxsize=4096)
def _date(days: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


def _of(event: Event) -> Row:
    at = int(event.when.timestamp())
    day = event.when.date().isoformat()
    return bytes.fromhex(event.commit), event.note, event.move, at, day, event.email


def steps(
    index: sqlite3.Connection, git: Git, where: str = "1", values: Values = ()
) -> Iterator[Event]:
    """The events that a condition on their table asks for, in full, oldest first."""
    rows = index.execute(f"SELECT sha FROM events WHERE {where} ORDER BY seq", values)
    shas = [row[0].hex() for row in rows]
    for sha, raw in named(git, shas):
        if event := parse(sha, raw):
            yield event
